/*
 * Packets in their order, and how long to wait for those that are late. Pure: arrival times come
 * in.
 *
 * The way of a packet through the network takes at least the time that the fastest ones need; how
 * much longer it takes is the jitter. Whoever plays each packet jitter_target_us after the fastest
 * would have come loses one in fifty to lateness. The estimate rises with the first packets that
 * are slower, and forgets them in some seconds.
 *
 * Owned and used by one thread.
 */
#ifndef MEDIA_JITTER_INT_H
#define MEDIA_JITTER_INT_H

#include "media/rtp_int.h"

enum {
	JITTER_PACKETS_MAX = 64,
	JITTER_BUCKET_US = 5000,
	JITTER_BUCKETS = 80, /* up to 400 ms */
	JITTER_WINDOWS = 2,
};

struct jitter_packet {
	uint64_t seq;	   /* without turns */
	int64_t timestamp; /* of its clock, without turns */
	uint8_t payload_type;
	bool marker;
	size_t n;
	char payload[];
};

struct jitter_stats {
	uint64_t late;	  /* came after their turn */
	uint64_t doubled; /* came twice */
	uint64_t overrun; /* no room */
};

struct jitter {
	uint32_t clock_hz;
	bool started;
	uint32_t ssrc;
	uint64_t seq_highest;
	int64_t timestamp_last;				  /* of the last one that came */
	struct jitter_packet *packet[JITTER_PACKETS_MAX]; /* by seq */
	size_t n;
	bool taken_any;
	uint64_t seq_taken; /* of the last one taken */

	/* how late packets are */
	int64_t window_us[JITTER_WINDOWS]; /* shortest ways of this window and the one before */
	uint64_t window_began_us;
	float share[JITTER_BUCKETS]; /* of packets, forgetting; they add up to sum */
	float sum;
	struct jitter_stats stats;
};

enum jitter_verdict {
	JITTER_TAKEN,
	JITTER_DROPPED,
	JITTER_RESTART, /* taken, and it begins another stream: what was there is gone */
};

/** clock_hz: of the timestamps. */
void jitter_init(struct jitter *j, uint32_t clock_hz);
/** Drops all packets. */
void jitter_fini(struct jitter *j);
/** Copies the packet. */
enum jitter_verdict jitter_put(
    struct jitter *j, const struct rtp_head *head, struct slice payload, uint64_t now_us);
/** The oldest one, which stays; NULL: none. */
const struct jitter_packet *jitter_first(const struct jitter *j);
/** Takes the oldest one out; the caller frees it. NULL: none. */
struct jitter_packet *jitter_take(struct jitter *j);
/** How long after the fastest way something should be played. */
uint64_t jitter_target_us(const struct jitter *j);
/** How long after the fastest way now is, for this timestamp. */
int64_t jitter_lateness_us(const struct jitter *j, int64_t timestamp, uint64_t now_us);

#endif
