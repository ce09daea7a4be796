#include "media/rtcp_int.h"

#include "media/bytes_int.h"

enum {
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	SDES_CNAME = 1,
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
take_block(struct rtcp_stats *s, const struct rtcp_passed *to_it, const struct rtcp_block *b,
    uint64_t now_us)
{
	uint64_t kept_us = (uint64_t)b->dlsr * 1000000 / 65536, passed_us = now_us - to_it->us;

	if (b->ssrc != s->ssrc) {
		s->lost_before += s->lost;
		s->ssrc = b->ssrc;
	}
	s->lost = b->lost > 0 ? (uint64_t)b->lost : 0;
	if (b->lsr == 0 || b->lsr != to_it->mid || passed_us < kept_us ||
	    passed_us - kept_us > RTT_MAX_US)
		return;
	if (s->rtt_us)
		s->rtt_us = (uint32_t)(((uint64_t)s->rtt_us * 7 + (passed_us - kept_us)) / 8);
	else
		s->rtt_us = (uint32_t)(passed_us - kept_us) + 1; /* 0 means unknown */
}

void
rtcp_stats_packet(struct rtcp_stats *s, const struct rtcp_passed *to_it, uint32_t heard_ssrc,
    struct slice packet, uint64_t now_us)
{
	struct rtcp_report r;

	while (rtcp_report_take(&packet, &r)) {
		if (r.sender)
			s->sr = (struct rtcp_passed){r.ntp_mid, now_us};
		for (size_t i = 0; i < r.n_blocks; i++)
			if (r.block[i].ssrc == heard_ssrc)
				take_block(s, to_it, &r.block[i], now_us);
	}
}

uint64_t
rtcp_ntp(uint64_t wall_us)
{
	const uint64_t from_1900_s = 2208988800u;

	return (wall_us / 1000000 + from_1900_s) << 32 | (wall_us % 1000000 << 32) / 1000000;
}

static unsigned char *
write_block(unsigned char *p, const struct rtcp_own *own)
{
	uint32_t lost = own->lost > 0x7fffff ? 0x7fffff : (uint32_t)own->lost;

	put_u32(p, own->heard_ssrc);
	put_u32(p + 4, (uint32_t)own->fraction_lost << 24 | lost);
	put_u32(p + 8, own->highest_seq);
	put_u32(p + 12, own->jitter);
	put_u32(p + 16, own->lsr);
	put_u32(p + 20, own->dlsr);
	return p + BLOCK_BYTES;
}

size_t
rtcp_own_write(unsigned char out[RTCP_OWN_MAX_BYTES], const struct rtcp_own *own,
    const char cname[RTCP_CNAME_BYTES])
{
	unsigned char *p = out + HEAD_BYTES;

	put_u32(out + 4, own->ssrc);
	if (own->sends) {
		put_u32(p, (uint32_t)(own->ntp >> 32));
		put_u32(p + 4, (uint32_t)own->ntp);
		put_u32(p + 8, own->timestamp);
		put_u32(p + 12, (uint32_t)own->packets);
		put_u32(p + 16, (uint32_t)own->bytes);
		p += SENDER_BYTES;
	}
	if (own->hears)
		p = write_block(p, own);
	out[0] = (unsigned char)(0x80 | own->hears);
	out[1] = own->sends ? RTCP_SR : RTCP_RR;
	put_u16(out + 2, (uint16_t)((p - out) / 4 - 1));

	/* one chunk: the source, its name, and zeros up to a multiple of four */
	p[0] = 0x81;
	p[1] = RTCP_SDES;
	put_u16(p + 2, (8 + 2 + RTCP_CNAME_BYTES + 2) / 4 - 1);
	put_u32(p + 4, own->ssrc);
	p[8] = SDES_CNAME;
	p[9] = RTCP_CNAME_BYTES;
	memcpy(p + 10, cname, RTCP_CNAME_BYTES);
	memset(p + 10 + RTCP_CNAME_BYTES, 0, 2);
	return (size_t)(p + 12 + RTCP_CNAME_BYTES - out);
}
