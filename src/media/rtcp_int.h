/*
 * RTCP as it passes through (RFC 3550, 6.4): what a side reports of the packets it got, and the
 * round trip between us and it. Nothing is changed or sent; encrypted reports (SRTCP) say nothing,
 * for their blocks name no source that we know.
 *
 *	A ──SR──► us ──SR──► B		we note when A's SR left for B
 *	A ◄──RR── us ◄──RR── B		B's block names that SR and says how long B kept it
 *
 * So each side's way to us is measured by itself, whatever clocks the phones have. Media thread.
 */
#ifndef MEDIA_RTCP_INT_H
#define MEDIA_RTCP_INT_H

#include "base/slice.h"

enum { RTCP_BLOCKS_MAX = 31 };

struct rtcp_block {
	uint32_t ssrc; /* of whose packets it speaks */
	int32_t lost;  /* since the beginning; negative with duplicates */
	uint32_t lsr, dlsr;
};

/* A sender or receiver report. */
struct rtcp_report {
	bool sender;
	uint32_t ntp_mid; /* of a sender: the middle of its time stamp, as LSR repeats it */
	size_t n_blocks;
	struct rtcp_block block[RTCP_BLOCKS_MAX];
};

/** The next report of a compound packet; false: no more, or what follows is broken. */
bool rtcp_report_take(struct slice *rest, struct rtcp_report *out);

/* What one side has said. */
struct rtcp_stats {
	uint32_t sr_mid; /* of its last sender report, 0 = none */
	uint64_t sr_us;	 /* when that passed */
	uint32_t rtt_us; /* between us and it, smoothed; 0 = not known */
	uint32_t ssrc;	 /* of whom it spoke last */
	uint64_t lost_before, lost;
};

/** A packet of this side. heard_ssrc: of the RTP that the other side sends. */
void rtcp_stats_packet(struct rtcp_stats *s, const struct rtcp_stats *other, uint32_t heard_ssrc,
    struct slice packet, uint64_t now_us);
static inline uint64_t
rtcp_stats_lost(const struct rtcp_stats *s)
{
	return s->lost_before + s->lost;
}

#endif
