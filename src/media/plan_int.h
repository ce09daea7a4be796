/*
 * The plan of a stream: everything signalling wants of it, always complete. And
 * the box in which it goes from the signalling thread to the media thread.
 *
 * The order of putting and taking is one for all threads, so that a stream can be given from one
 * media thread to another.
 *
 * The box holds three plans: one that signalling writes, one that media reads,
 * one in the middle. Each side swaps its own with the middle, so nobody waits,
 * nobody sees half a plan, and only the newest counts. What signalling writes is always what it
 * wants by now: it begins as a copy of what was put last. A box with an unread plan
 * is told of once: so a mailbox with room for one word per slot can never be full.
 */
#ifndef MEDIA_PLAN_INT_H
#define MEDIA_PLAN_INT_H

#include <stdatomic.h>

#include "media/attendant_int.h"
#include "media/key_watch_int.h"

struct worker;

/* What most streams do without. Never changed; each stays until its stream has ended, for the media
 * thread may be using it. */
struct plan_extra {
	struct plan_extra *before;
	uint32_t serial;				   /* of the slot's, that many before it */
	struct media_translation translation[MEDIA_SIDES]; /* of packets from that side */
	struct media_protection protection[MEDIA_SIDES];
	struct media_transport transport[MEDIA_SIDES];
	struct attendant_order order[MEDIA_SIDES];
};

struct plan {
	uint32_t gen;
	bool open;
	bool drain; /* the sockets have not rested: what is in them when gen begins is old */
	uint32_t timeout_ms;
	uint32_t timeout_serial; /* another value: count anew */
	uint32_t clock_rate_hz;
	uint32_t extra_serial; /* no older extra is needed by who follows this plan */
	uint64_t user;
	struct worker *worker; /* that shall carry it */
	struct media_peer peer[MEDIA_SIDES];
	struct key_watch_plan keys[MEDIA_SIDES]; /* that are told while they pass */
	const struct plan_extra *extra; /* the slot's; NULL: the two speak alike, in the clear */
};

struct plan_box {
	_Atomic unsigned middle; /* which plan, and PLAN_UNREAD */
	unsigned writing;	 /* signalling's */
	unsigned reading;	 /* media's */
	struct plan plan[3];
};

void plan_box_init(struct plan_box *b);
/** Signalling thread: what it wants, to be changed and put. Another one after each put. */
static inline struct plan *
plan_box_wanted(struct plan_box *b)
{
	return &b->plan[b->writing];
}

/** Signalling thread: puts what it wants. True: media has to be told (it knows of no unread
 *  plan). */
bool plan_box_put(struct plan_box *b);
/** Media thread, when told. Valid until the next take; NULL: nothing new. */
const struct plan *plan_box_take(struct plan_box *b);
/** Any thread: there is a plan that media have not taken. */
bool plan_box_is_unread(const struct plan_box *b);
/** Media thread: the one taken last, once more. */
const struct plan *plan_box_taken(const struct plan_box *b);

#endif
