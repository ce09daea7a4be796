/*
 * Keys of a side that are told while its packets pass untouched (RFC 4733): the packets of keys are
 * read on their way, nothing else is. No clock, no decoder; a key is told when it begins, so that
 * nothing has to be guessed when its last packets are lost.
 *
 * What it watches for is part of the plan; the kernel lets those payload types come up
 * (fastpath_shared_int.h) and forwards the rest. Media thread of the stream.
 */
#ifndef MEDIA_KEY_WATCH_INT_H
#define MEDIA_KEY_WATCH_INT_H

#include "media/keys_int.h"
#include "media/rtp_int.h"
#include "media/service.h"

enum { KEY_WATCH_FORMATS = 2, KEY_WATCH_QUEUE = 16 };

/* Payload types of keys, by their clocks; codec none: not used. */
struct key_watch_plan {
	struct media_format format[KEY_WATCH_FORMATS];
};

struct key_watch {
	struct key_watch_plan plan;
	struct key_receiver receiver;
	uint32_t ssrc;
	char queue[KEY_WATCH_QUEUE];
	uint8_t n, first;
};

/** What a service wants to be told. */
struct key_watch_plan key_watch_plan_of(const struct media_service *what);
/** A key that is held stays known. */
void key_watch_follow(struct key_watch *k, const struct key_watch_plan *plan);
/** A packet of that side. True: there is something to tell. */
bool key_watch_packet(struct key_watch *k, struct slice packet);
/** The oldest key; 0: none. */
char key_watch_first(const struct key_watch *k);
void key_watch_forget_first(struct key_watch *k);

#endif
