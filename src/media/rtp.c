#include "media/rtp_int.h"

#include "media/bytes_int.h"

enum { RTCP_HEAD_BYTES = 8 };

/* RFC 3550 A.2, the parts that are also true of SRTCP: the length of the first
 * packet of the compound fits. */
static bool
rtcp_fits(struct slice packet)
{
	return packet.n >= RTCP_HEAD_BYTES && ((size_t)u16(packet, 2) + 1) * 4 <= packet.n;
}

/* RFC 3550 A.1: with sources and header extension, which may go beyond the packet's end. */
static size_t
whole_head_bytes(struct slice packet)
{
	size_t bytes = RTP_HEAD_BYTES + 4 * (size_t)(u8(packet, 0) & 0x0f);

	if (!(u8(packet, 0) & 0x10))
		return bytes;
	if (packet.n < bytes + 4)
		return SIZE_MAX;
	return bytes + 4 + 4 * (size_t)u16(packet, bytes + 2);
}

enum rtp_kind
rtp_classify(struct slice packet, bool on_rtcp_port)
{
	if (packet.n < RTCP_HEAD_BYTES || packet.n > RTP_PACKET_MAX)
		return RTP_KIND_BROKEN;
	if (u8(packet, 0) < 128) /* RFC 7983 section 7 */
		return u8(packet, 0) < 80 ? RTP_KIND_FOREIGN : RTP_KIND_BROKEN;
	if (u8(packet, 0) >= 192)
		return RTP_KIND_BROKEN;
	/* RFC 5761 section 4: 192-223 are RTCP; no RTP payload type may look like it. */
	if (u8(packet, 1) >= 192 && u8(packet, 1) <= 223)
		return rtcp_fits(packet) ? RTP_KIND_RTCP : RTP_KIND_BROKEN;
	if (on_rtcp_port || packet.n < RTP_HEAD_BYTES)
		return RTP_KIND_BROKEN;
	return whole_head_bytes(packet) <= packet.n ? RTP_KIND_RTP : RTP_KIND_BROKEN;
}

struct rtp_head
rtp_head_of(struct slice packet)
{
	return (struct rtp_head){
	    .payload_type = u8(packet, 1) & 0x7f,
	    .marker = u8(packet, 1) >> 7,
	    .seq = u16(packet, 2),
	    .timestamp = u32(packet, 4),
	    .ssrc = u32(packet, 8),
	};
}

struct slice
rtp_payload(struct slice packet)
{
	struct slice payload = slice_from(packet, whole_head_bytes(packet));
	uint8_t padding;

	if (!(u8(packet, 0) & 0x20) || payload.n == 0)
		return payload;
	padding = u8(payload, payload.n - 1);
	payload.n = padding && padding <= payload.n ? payload.n - padding : 0;
	return payload;
}

void
rtp_head_write(unsigned char out[RTP_HEAD_BYTES], const struct rtp_head *head)
{
	out[0] = 0x80;
	out[1] = (unsigned char)(head->marker << 7 | head->payload_type);
	put_u16(out + 2, head->seq);
	put_u32(out + 4, head->timestamp);
	put_u32(out + 8, head->ssrc);
}
