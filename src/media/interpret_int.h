/*
 * Between two sides that speak differently: a transcoder for each direction that needs one, and
 * reports of our own (RTCP), for what a side hears from us is not what the other one sent. Exists
 * only as long as it is needed. Media thread of the stream.
 */
#ifndef MEDIA_INTERPRET_INT_H
#define MEDIA_INTERPRET_INT_H

#include "loop/timer.h"
#include "media/media.h"
#include "media/rtcp_int.h"
#include "media/rtp_stats_int.h"
#include "media/transcode_int.h"

/* What a side is told by us. */
struct interpreter_voice {
	uint32_t ssrc; /* of reports while nothing is sent */
	struct rtcp_passed sr;
	struct rtp_stats_told told;
};

struct interpreter {
	struct timer reports; /* the stream's, which is: */
	void *owner;
	struct media_translation what[MEDIA_SIDES]; /* of packets from that side */
	struct transcoder *from[MEDIA_SIDES];	    /* NULL: they pass untouched */
	struct interpreter_voice to[MEDIA_SIDES];
	char cname[RTCP_CNAME_BYTES]; /* for both: they shall not see that it is one call (RFC 7022)
				       */
};

/** Follows a new pair of translations: makes *i, changes it, or frees it. A direction that stays
 *  the same goes on as it was. ERR_NOMEM, ERR_INVALID: *i is NULL, nothing is translated. */
ERR_MUST_CHECK enum err interpreter_follow(
    struct interpreter **i, const struct media_translation what[MEDIA_SIDES], struct rng *rng);
void interpreter_free(struct interpreter *i);
/** The SSRC of what a side hears; passing: of the other side's own packets. */
uint32_t interpreter_ssrc_to(const struct interpreter *i, enum media_side side, uint32_t passing);
/** A report for a side about what it sends (heard, with the last sender report it sent) and what
 *  it is sent. Returns its bytes. */
size_t interpreter_report(struct interpreter *i, enum media_side side,
    const struct rtp_stats *heard, const struct rtcp_passed *its_sr, uint64_t now_us,
    uint64_t wall_us, unsigned char out[RTCP_OWN_MAX_BYTES]);

#endif
