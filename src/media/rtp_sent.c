#include "media/rtp_sent_int.h"

void
rtp_sent_init(struct rtp_sent *s, struct rng *rng)
{
	uint64_t random = rng_u64(rng);

	*s = (struct rtp_sent){
	    .ssrc = (uint32_t)random,
	    .seq =
		(uint16_t)(random >> 32) & 0x7fff, /* SRTP: not near the turn (RFC 3711, 3.3.1) */
	    .timestamp = (uint32_t)rng_u64(rng),
	};
}

void
rtp_sent_head(struct rtp_sent *s, unsigned char out[RTP_HEAD_BYTES], uint8_t payload_type,
    bool marker, uint32_t timestamp, uint32_t clock_hz, size_t bytes, uint64_t now_us)
{
	struct rtp_head head = {.payload_type = payload_type,
	    .marker = marker,
	    .seq = s->seq++,
	    .timestamp = timestamp,
	    .ssrc = s->ssrc};

	rtp_head_write(out, &head);
	s->packets++;
	s->bytes += bytes;
	s->timestamp = timestamp;
	s->clock_hz = clock_hz;
	s->at_us = now_us;
}

uint32_t
rtp_sent_now(const struct rtp_sent *s, uint32_t clock_hz, uint64_t now_us)
{
	if (!s->packets)
		return s->timestamp;
	return s->timestamp + (uint32_t)((now_us - s->at_us) * clock_hz / 1000000);
}
