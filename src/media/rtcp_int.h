/*
 * RTCP (RFC 3550, 6.4). What passes through is not changed: it tells what a side reports of the
 * packets it got, and the round trip between us and it. Encrypted reports (SRTCP) say nothing, for
 * their blocks name no source that we know. Where a stream is translated the sides' reports would
 * speak of sources that the other one never saw: there, reports of our own are written.
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

/* A sender report that went somewhere: the middle of its time stamp (0 = none), and when. */
struct rtcp_passed {
	uint32_t mid;
	uint64_t us;
};

/* What one side has said. */
struct rtcp_stats {
	struct rtcp_passed sr; /* its last one */
	uint32_t rtt_us;       /* between us and it, smoothed; 0 = not known */
	uint32_t ssrc;	       /* of whom it spoke last */
	uint64_t lost_before, lost;
};

/** A packet of this side. to_it: the last sender report that it was sent, of the other side or of
 *  ours. heard_ssrc: of the RTP that it is sent. */
void rtcp_stats_packet(struct rtcp_stats *s, const struct rtcp_passed *to_it, uint32_t heard_ssrc,
    struct slice packet, uint64_t now_us);
static inline uint64_t
rtcp_stats_lost(const struct rtcp_stats *s)
{
	return s->lost_before + s->lost;
}

/* A report of our own. */
struct rtcp_own {
	uint32_t ssrc;
	bool sends; /* then with: */
	uint64_t ntp;
	uint32_t timestamp; /* of RTP at that time */
	uint64_t packets, bytes;
	bool hears; /* then with one block: */
	uint32_t heard_ssrc;
	uint8_t fraction_lost; /* of 256, since the last report */
	uint64_t lost;
	uint32_t highest_seq, jitter, lsr, dlsr;
};

enum { RTCP_OWN_MAX_BYTES = 8 + 20 + 24 + 28, RTCP_CNAME_BYTES = 16 };

/** With the name of the source, as every compound packet must have (6.1). Returns its bytes. */
size_t rtcp_own_write(unsigned char out[RTCP_OWN_MAX_BYTES], const struct rtcp_own *own,
    const char cname[RTCP_CNAME_BYTES]);
/** Seconds since 1900 and their fractions (RFC 3550, 4), of microseconds since 1970. */
uint64_t rtcp_ntp(uint64_t wall_us);

#endif
