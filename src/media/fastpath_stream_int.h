/*
 * Which streams the kernel forwards, and when. A stream is given to it when nothing is done to
 * its packets, both sides have shown where they are, both want voice, and all that has been so for
 * about a second; it comes back with any new plan, at once. What the kernel does not take comes
 * to the sockets at any time, and is handled there as always: the two ways are used side by side.
 *
 * Each direction that the kernel has is one SSRC and one run of its sequence numbers: another one
 * comes up, and the stream with it. So the kernel's figures are simply added to ours: when asked
 * for, and twice a second.
 *
 * Media thread. All do nothing when the engine has no fast path.
 */
#ifndef MEDIA_FASTPATH_STREAM_INT_H
#define MEDIA_FASTPATH_STREAM_INT_H

#include "base/list.h"
#include "media/fastpath_int.h"
#include "media/media.h"
#include "media/rtp_stats_int.h"

struct worker;
struct stream;

enum { FASTPATH_SCAN_US = 500000 };

/* How far a stream is: each step takes a scan, so that nobody reads an entry while it is written,
 * and what changes all the time stays with us. */
enum fastpath_step {
	FASTPATH_SETTLING,
	FASTPATH_SETTLED,
	FASTPATH_WRITTEN,
	FASTPATH_ON,
};

struct fastpath_side {
	uint64_t packets, bytes;     /* of the entry, that are in our figures */
	uint64_t base;		     /* of the run the entry is of, see rtp_stats */
	struct fastpath_route route; /* to this side */
};

struct fastpath_stream {
	struct list link; /* in the worker's list while the stream is open */
	enum fastpath_step step;
	unsigned rest; /* scans to wait before the next try */
};

/* Of a stream that the kernel has, or is about to get: apart, for most calls never come so far. */
struct fastpath_way {
	uint64_t routed_ms;
	struct fastpath_side side[MEDIA_SIDES];
};

/** The stream is open, and this worker's; until it ends or another worker has it. */
void fastpath_enter(struct worker *w, struct stream *s);
void fastpath_leave(struct worker *w, struct stream *s);
/** Something about it changes: all comes up from here on. */
void fastpath_stop(struct worker *w, struct stream *s);
/** Adds what the kernel has counted. */
void fastpath_collect(struct worker *w, struct stream *s);
/** After a packet of its peer that came up was counted. */
void fastpath_check(struct worker *w, struct stream *s);
/** All streams of the worker, every FASTPATH_SCAN_US. */
void fastpath_scan(struct worker *w);

#endif
