/*
 * A stream as the media thread sees it, and a packet's way through it. Everything
 * here belongs to the media thread that carries the stream.
 */
#ifndef MEDIA_STREAM_INT_H
#define MEDIA_STREAM_INT_H

#include <netinet/in.h>

#include "loop/timer.h"
#include "media/attendant_int.h"
#include "media/cipher_int.h"
#include "media/interpret_int.h"
#include "media/key_watch_int.h"
#include "media/latch_int.h"
#include "media/plan_int.h"
#include "media/ports_int.h"
#include "media/rtcp_int.h"
#include "media/rtp_stats_int.h"

struct worker;
struct slot;
struct door;

struct stream_target {
	socklen_t length; /* 0 = nowhere */
	union {
		struct sockaddr any;
		struct sockaddr_in ip4;
		struct sockaddr_in6 ip6;
	} to;
	struct addr from; /* family 0 = as the kernel chooses */
};

struct stream_side {
	struct latch latch;
	struct stream_target target[LATCH_PORTS];
	struct rtp_stats rtp;
	struct rtcp_stats rtcp;
	uint32_t refused, rtcp_packets;
	struct cipher *cipher; /* NULL: plain, or the door has no keys yet */
	struct key_watch keys;
	struct door *door; /* NULL: its peer is where signalling says, and so are its keys */
};

enum stream_due { STREAM_DUE_TIMEOUT = 1, STREAM_DUE_CLOSED = 2, STREAM_DUE_NEWS = 4 };

struct stream {
	struct worker *worker; /* that carries it; another one than the slot's carrier: not yet */
	uint32_t gen;
	bool open;
	uint64_t user;
	struct stream_side side[MEDIA_SIDES];
	uint64_t heard_ms; /* last accepted RTP, or when the timeout was set */
	uint32_t timeout_ms, timeout_serial;
	struct timer silence;
	struct participant *self;	 /* NULL: we say nothing ourselves */
	struct interpreter *interpreter; /* NULL: the two speak alike */
	struct attendant *attendant;	 /* NULL: nobody is served */
	struct list clocked;		 /* in the worker's list, while the clock ticks for it */
	struct list waiting;		 /* in the worker's list, while events are due */
	unsigned due;			 /* enum stream_due */
};

void stream_init(struct stream *s, struct worker *w);
/** The media thread has ended. */
void stream_fini(struct stream *s);
/** Another thread carries it from now on: leaves this one's timers and lists; joins the other's. */
void stream_leave(struct stream *s, struct worker *w);
void stream_join(struct stream *s, struct worker *w);
/** Follows a new plan of signalling. */
void stream_follow(struct slot *slot, struct worker *w, const struct plan *plan);
/** One packet from a socket that has something. */
void stream_on_readable(struct slot *slot, struct worker *w, unsigned side, unsigned port);
/** A tick of the clock, in two steps: all are heard before anybody is spoken to. */
void stream_hear(struct stream *s, struct worker *w);
void stream_speak(struct stream *s, struct worker *w);
/** Does the clock have to tick for it? */
bool stream_needs_clock(const struct stream *s);
/** A key for a side, of somebody who does not press it in his voice. */
void stream_press(struct stream *s, struct worker *w, enum media_side to, char key, uint32_t ms);
void stream_write_stats(const struct stream *s, struct media_stats *out);

#endif
