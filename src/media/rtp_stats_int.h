/*
 * What one sender's RTP says about the network: packets, losses, jitter. Pure.
 *
 * A run is a stretch of one SSRC with continuous sequence numbers. When the SSRC
 * changes or the sequence restarts, the losses of the run are kept and a new run
 * begins: what is missing between two runs nobody can know.
 */
#ifndef MEDIA_RTP_STATS_INT_H
#define MEDIA_RTP_STATS_INT_H

#include "media/rtp_int.h"

struct rtp_stats {
	uint64_t packets, bytes;
	uint64_t lost_before; /* in runs that ended */
	uint64_t base;	      /* lowest and highest extended sequence number of the run */
	uint64_t highest;
	uint64_t received; /* of the run */
	uint32_t jump_seq; /* expected next if the jump just seen was a restart */
	uint32_t ssrc;
	uint32_t clock_rate_hz;
	uint32_t transit, timestamp; /* of the last packet */
	uint64_t jitter_x16;	     /* timestamp units */
	bool started;
};

/** clock_rate_hz: 0 or nonsense (over 384 kHz) = 8000. */
void rtp_stats_init(struct rtp_stats *s, uint32_t clock_rate_hz);
/** arrival_us: any monotonic clock. */
void rtp_stats_packet(
    struct rtp_stats *s, const struct rtp_head *head, size_t bytes, uint64_t arrival_us);
/** RFC 3550 A.3, but never negative: duplicates can hide losses, not repay them. */
uint64_t rtp_stats_lost(const struct rtp_stats *s);
uint32_t rtp_stats_jitter_us(const struct rtp_stats *s);

/* Packets of the run that somebody else has counted (fastpath_int.h). */
struct rtp_stats_more {
	uint64_t packets, bytes;
	uint64_t highest;
	uint64_t jitter_ns_x16;
	uint64_t stamped_us; /* arrival of the first packet with that timestamp; 0: not known */
	uint32_t timestamp;
};
void rtp_stats_add(struct rtp_stats *s, const struct rtp_stats_more *more);

/* What a report says of the run (RFC 3550, 6.4.1); kept between two reports. */
struct rtp_stats_told {
	uint64_t expected, received;
	uint64_t base; /* of the run it was about */
};
/** Of 256, of what should have come since the last time. */
uint8_t rtp_stats_fraction_lost(const struct rtp_stats *s, struct rtp_stats_told *told);

#endif
