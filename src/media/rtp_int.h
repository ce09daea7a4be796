/*
 * What a packet is, from its first bytes and the port it came to. Pure.
 */
#ifndef MEDIA_RTP_INT_H
#define MEDIA_RTP_INT_H

#include "base/slice.h"

enum {
	RTP_PACKET_MAX = 2048, /* larger ones are no voice */
	RTP_HEAD_BYTES = 12,
};

enum rtp_kind {
	RTP_KIND_BROKEN,  /* neither of the others */
	RTP_KIND_FOREIGN, /* STUN, DTLS, TURN, ZRTP (RFC 7983): of no use across a relay */
	RTP_KIND_RTP,	  /* also SRTP: its header is in the clear */
	RTP_KIND_RTCP,	  /* also SRTCP */
	RTP_KIND_RAW,	  /* signalling says that it is none of these: UDPTL */
};

struct rtp_head {
	uint32_t timestamp, ssrc;
	uint16_t seq;
	uint8_t payload_type;
	bool marker;
};

/** on_rtcp_port: came to the odd port, where RTP has no business. RTCP on the RTP
 *  port is RTCP (RFC 5761). */
enum rtp_kind rtp_classify(struct slice packet, bool on_rtcp_port);
/** Only for what rtp_classify called RTP_KIND_RTP. */
struct rtp_head rtp_head_of(struct slice packet);
/** What the packet carries, without sources, header extension and padding; empty when the padding
 *  lies. As above. */
struct slice rtp_payload(struct slice packet);

/** Writes a header without sources and extension. */
void rtp_head_write(unsigned char out[RTP_HEAD_BYTES], const struct rtp_head *head);

#endif
