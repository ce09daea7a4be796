#include "media/rtcp_int.h"

#include "media/bytes_int.h"

enum {
	RTCP_SR = 200,
	RTCP_RR = 201,
	HEAD_BYTES = 8, /* with the sender's SSRC */
	SENDER_BYTES = 20,
	BLOCK_BYTES = 24,
	RTT_MAX_US = 10000000,
};

static struct rtcp_block
read_block(struct slice s)
{
	uint32_t lost = u32(s, 4) & 0xffffff; /* the byte before is the fraction */

	return (struct rtcp_block){.ssrc = u32(s, 0),
	    .lost = lost & 0x800000 ? (int32_t)lost - 0x1000000 : (int32_t)lost,
	    .lsr = u32(s, 16),
	    .dlsr = u32(s, 20)};
}

/* RFC 3550, 6.4.1 and 6.4.2. Profile-specific extensions behind the blocks are left alone. */
static bool
read_report(struct slice packet, struct rtcp_report *out)
{
	size_t at = HEAD_BYTES;

	*out = (struct rtcp_report){.sender = u8(packet, 1) == RTCP_SR};
	if (out->sender) {
		if (packet.n < at + SENDER_BYTES)
			return false;
		out->ntp_mid = u32(packet, at + 2);
		at += SENDER_BYTES;
	}
	for (size_t n = u8(packet, 0) & 0x1f; n && packet.n >= at + BLOCK_BYTES; n--) {
		out->block[out->n_blocks++] = read_block(slice_from(packet, at));
		at += BLOCK_BYTES;
	}
	return true;
}

bool
rtcp_report_take(struct slice *rest, struct rtcp_report *out)
{
	while (rest->n >= HEAD_BYTES && u8(*rest, 0) >> 6 == 2) {
		size_t bytes = ((size_t)u16(*rest, 2) + 1) * 4;
		struct slice packet = slice_make(rest->p, bytes);
		uint8_t type = u8(*rest, 1);

		if (bytes > rest->n)
			break;
		*rest = slice_from(*rest, bytes);
		if ((type == RTCP_SR || type == RTCP_RR) && bytes >= HEAD_BYTES &&
		    read_report(packet, out))
			return true;
	}
	return false;
}

static void
take_block(struct rtcp_stats *s, const struct rtcp_stats *other, const struct rtcp_block *b,
    uint64_t now_us)
{
	uint64_t kept_us = (uint64_t)b->dlsr * 1000000 / 65536, passed_us = now_us - other->sr_us;

	if (b->ssrc != s->ssrc) {
		s->lost_before += s->lost;
		s->ssrc = b->ssrc;
	}
	s->lost = b->lost > 0 ? (uint64_t)b->lost : 0;
	if (b->lsr == 0 || b->lsr != other->sr_mid || passed_us < kept_us ||
	    passed_us - kept_us > RTT_MAX_US)
		return;
	if (s->rtt_us)
		s->rtt_us = (uint32_t)(((uint64_t)s->rtt_us * 7 + (passed_us - kept_us)) / 8);
	else
		s->rtt_us = (uint32_t)(passed_us - kept_us) + 1; /* 0 means unknown */
}

void
rtcp_stats_packet(struct rtcp_stats *s, const struct rtcp_stats *other, uint32_t heard_ssrc,
    struct slice packet, uint64_t now_us)
{
	struct rtcp_report r;

	while (rtcp_report_take(&packet, &r)) {
		if (r.sender) {
			s->sr_mid = r.ntp_mid;
			s->sr_us = now_us;
		}
		for (size_t i = 0; i < r.n_blocks; i++)
			if (r.block[i].ssrc == heard_ssrc)
				take_block(s, other, &r.block[i], now_us);
	}
}
