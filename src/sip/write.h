/*
 * Writing SIP messages into a bounded buffer. Whoever writes checks buf_ok()
 * once at the end. Values must not hold CR or LF of strangers: sip_write_hdr
 * drops control characters, so that no header can be smuggled in.
 */
#ifndef SIP_WRITE_H
#define SIP_WRITE_H

#include "sip/flow.h"
#include "sip/msg.h"

/** "INVITE sip:… SIP/2.0\r\n" */
void sip_write_request_line(struct buf *b, struct slice method, struct slice uri);
/** "SIP/2.0 486 Busy Here\r\n"; empty reason = the standard phrase. */
void sip_write_status_line(struct buf *b, uint16_t status, struct slice reason);
/** "Name: value\r\n" */
void sip_write_hdr(struct buf *b, enum sip_hdr_id id, struct slice value);
/** The same for a header by its name. */
void sip_write_hdr_named(struct buf *b, struct slice name, struct slice value);
/** sip_write_hdr with printf. Value up to 1 KiB. */
void sip_write_hdrf(struct buf *b, enum sip_hdr_id id, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/** "Via: SIP/2.0/UDP host:port;branch=…;rport\r\n" for a request we send; sent_by is what the
 *  peer sees of us. */
void sip_write_via(
    struct buf *b, enum sip_transport transport, const struct addr *sent_by, struct slice branch);
/** ";transport=tcp" of a URI, nothing for UDP; secure WebSocket is "ws" too (RFC 7118, 5). */
void sip_write_transport_param(struct buf *b, enum sip_transport transport);
/** `"Display" <uri>` (display is plain text: quoted and escaped, left out when empty), then
 *  ";tag=" + tag when tag is not empty. No CR LF. */
void sip_write_name_addr(struct buf *b, struct slice display, struct slice uri, struct slice tag);
/** Copies every header line of this kind from m: full name, value as it is but unfolded. */
void sip_copy_hdrs(struct buf *b, const struct sip_msg *m, enum sip_hdr_id id);
/** Content-Type (when body is not empty), Content-Length, empty line, body. */
void sip_write_body(struct buf *b, struct slice content_type, struct slice body);
/** Status line, all Via (the top one completed with received and rport from
 *  flow, RFC 3581), From, To (with to_tag appended if it has none and to_tag is
 *  not empty), Call-ID, CSeq, and Record-Route for 101–299 of requests that make a
 *  dialog: RFC 3261, 8.2.6. Of a request that did not parse, what is there. */
void sip_write_response_head(struct buf *b, const struct sip_msg *req, const struct sip_flow *flow,
    uint16_t status, struct slice reason, struct slice to_tag);

/* The same for a transaction, whose responses all begin alike: what they repeat is written once
 * and kept, without tag and status line. Offsets into that text. */
struct sip_response_echo {
	uint16_t vias_end, routes_end, to_end, end;
	bool wants_tag;
};

/** Of a request that did parse. Valid if buf_ok and shorter than 64 KiB. */
void sip_response_echo_write(struct buf *b, const struct sip_msg *req, const struct sip_flow *flow,
    struct sip_response_echo *out);
/** What sip_write_response_head would write; text is what sip_response_echo_write wrote. */
void sip_write_response_echo(struct buf *b, const struct sip_response_echo *e, const char *text,
    uint16_t status, struct slice reason, struct slice to_tag);

#endif
