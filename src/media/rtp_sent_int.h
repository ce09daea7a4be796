/*
 * A stream of RTP of our own, as one listener gets it: its numbers, and what reports say of it (RFC
 * 3550, 6.4.1). Whatever we say to a listener has one source, however often it changes what that
 * is. Pure.
 */
#ifndef MEDIA_RTP_SENT_INT_H
#define MEDIA_RTP_SENT_INT_H

#include "base/random.h"
#include "media/rtp_int.h"

struct rtp_sent {
	uint32_t ssrc;
	uint16_t seq; /* of the next packet */
	uint64_t packets, bytes;
	uint32_t timestamp; /* of the last packet; before the first: where to begin */
	uint32_t clock_hz;
	uint64_t at_us; /* when it left */
};

void rtp_sent_init(struct rtp_sent *s, struct rng *rng);
/** The next packet's header, and what is noted of it. clock_hz: of its timestamp; bytes: of its
 *  payload. */
void rtp_sent_head(struct rtp_sent *s, unsigned char out[RTP_HEAD_BYTES], uint8_t payload_type,
    bool marker, uint32_t timestamp, uint32_t clock_hz, size_t bytes, uint64_t now_us);
/** Where its timestamps stand by the clock. */
uint32_t rtp_sent_now(const struct rtp_sent *s, uint32_t clock_hz, uint64_t now_us);

#endif
