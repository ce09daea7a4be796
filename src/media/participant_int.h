/*
 * Where the engine takes part in a stream itself, translating, playing or mixing, instead of
 * letting packets pass: what it is to each side, and the reports (RTCP) it owes to both (RFC 3550,
 * 6.4). Exists only as long as it is needed. Media thread of the stream.
 */
#ifndef MEDIA_PARTICIPANT_INT_H
#define MEDIA_PARTICIPANT_INT_H

#include "loop/timer.h"
#include "media/media.h"
#include "media/rtcp_int.h"
#include "media/rtp_sent_int.h"
#include "media/rtp_stats_int.h"

/* What a side is told by us. */
struct participant_side {
	struct rtp_sent sent;
	struct rtcp_passed sr; /* our last one */
	struct rtp_stats_told told;
};

struct participant {
	struct timer reports; /* the stream's, which is: */
	void *owner;
	struct participant_side to[MEDIA_SIDES];
	char cname[RTCP_CNAME_BYTES]; /* for both: they shall not see that it is one call (RFC 7022)
				       */
};

/** ERR_NOMEM. */
ERR_MUST_CHECK enum err participant_new(struct rng *rng, struct participant **out);
void participant_free(struct participant *p);
/** A report for a side about what it sends (heard, with the last sender report it sent) and what
 *  it is sent. Returns its bytes. */
size_t participant_report(struct participant *p, enum media_side side,
    const struct rtp_stats *heard, const struct rtcp_passed *its_sr, uint64_t now_us,
    uint64_t wall_us, unsigned char out[RTCP_OWN_MAX_BYTES]);

#endif
