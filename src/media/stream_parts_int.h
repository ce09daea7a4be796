/*
 * What the parts of a stream have of each other: stream.c (plans and packets), stream_door.c
 * (browsers' doors), stream_clock.c (what is said without a packet that comes in: ticks, reports).
 * Media thread of the stream.
 */
#ifndef MEDIA_STREAM_PARTS_INT_H
#define MEDIA_STREAM_PARTS_INT_H

#include "media/rtp_int.h"
#include "media/stream_int.h"

/* ---- stream.c ---- */

/** Other keys for a side, or none. */
void stream_set_protection(struct stream_side *side, const struct media_protection *p);
/** length 0: there is no way. */
void stream_set_target(struct stream_target *t, struct worker *w, const struct stream_side *side,
    const struct addr *to);
/** Both ports' targets, which depend on each other (latch.c). */
void stream_renew_targets(struct stream_side *side, struct worker *w);
ssize_t stream_send(const struct stream_target *t, int fd, struct slice packet);
/** A packet for a side, if it wants any. */
void stream_deliver(struct slot *slot, struct worker *w, unsigned to, enum latch_port port,
    enum rtp_kind kind, struct slice packet);
bool stream_wants_voice(const struct stream_side *side);

struct stream_delivery {
	struct slot *slot;
	struct worker *worker;
	unsigned to;
};

/** One of ours; ctx: struct stream_delivery. */
void stream_on_ready_packet(void *ctx, struct slice packet);

/* ---- stream_door.c; i: the side ---- */

/** True: the side's keys are the door's business. One that cannot be made stays closed. */
bool stream_set_door(
    struct slot *slot, struct worker *w, unsigned i, const struct media_transport *t);
/** Its timer, on this thread. */
void stream_plan_door(struct door *d, struct worker *w);
void stream_close_doors(struct slot *slot, struct worker *w);
/** STUN or DTLS. */
void stream_knock(
    struct slot *slot, struct worker *w, unsigned i, struct slice packet, const struct addr *from);

/* ---- stream_clock.c ---- */

/** Reports to both sides from now on, as long as we take part. */
void stream_start_reports(struct stream *s, struct worker *w);
/** Their timer, on this thread. */
void stream_plan_reports(struct stream *s, struct worker *w);

#endif
