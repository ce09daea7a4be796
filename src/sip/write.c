/* Lines of SIP messages. What may come from strangers goes through sip_put_clean. */
#include <stdio.h>

#include "sip/parse_int.h"
#include "sip/write.h"
#include "sip/write_int.h"

void
sip_put_clean(struct buf *b, struct slice s)
{
	const char *p = s.p, *end = s.n ? p + s.n : p;

	while (p < end) {
		const char *stop = sip_find_control(p, end);

		buf_put(b, slice_make(p, (size_t)(stop - p)));
		p = stop;
		while (p < end && (unsigned char)*p < 0x20 && *p != '\t')
			p++;
	}
}

void
sip_write_request_line(struct buf *b, struct slice method, struct slice uri)
{
	sip_put_clean(b, method);
	buf_char(b, ' ');
	sip_put_clean(b, uri);
	buf_lit(b, " SIP/2.0\r\n");
}

void
sip_write_status_line(struct buf *b, uint16_t status, struct slice reason)
{
	buf_lit(b, "SIP/2.0 ");
	buf_u64(b, status);
	buf_char(b, ' ');
	sip_put_clean(b, reason.n ? reason : sip_reason(status));
	buf_lit(b, "\r\n");
}

void
sip_write_hdr_named(struct buf *b, struct slice name, struct slice value)
{
	sip_put_clean(b, name);
	buf_lit(b, ": ");
	sip_put_clean(b, value);
	buf_lit(b, "\r\n");
}

void
sip_write_hdr(struct buf *b, enum sip_hdr_id id, struct slice value)
{
	sip_write_hdr_named(b, sip_hdr_name(id), value);
}

void
sip_write_hdrf(struct buf *b, enum sip_hdr_id id, const char *fmt, ...)
{
	char value[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof value, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof value)
		b->overflow = true;
	else
		sip_write_hdr(b, id, slice_make(value, (size_t)n));
}

void
sip_write_via(
    struct buf *b, enum sip_transport transport, const struct addr *sent_by, struct slice branch)
{
	buf_lit(b, "Via: SIP/2.0/");
	buf_put(b, sip_transport_name(transport));
	buf_char(b, ' ');
	addr_write(b, sent_by);
	buf_lit(b, ";branch=");
	sip_put_clean(b, branch);
	buf_lit(b, ";rport\r\n");
}

void
sip_write_transport_param(struct buf *b, enum sip_transport transport)
{
	switch (transport) {
	case SIP_UDP: break;
	case SIP_TCP: buf_lit(b, ";transport=tcp"); break;
	case SIP_TLS: buf_lit(b, ";transport=tls"); break;
	case SIP_WS:
	case SIP_WSS: buf_lit(b, ";transport=ws"); break;
	}
}

void
sip_write_name_addr(struct buf *b, struct slice display, struct slice uri, struct slice tag)
{
	if (display.n) {
		buf_char(b, '"');
		for (size_t i = 0; i < display.n; i++) {
			if (display.p[i] == '"' || display.p[i] == '\\')
				buf_char(b, '\\');
			sip_put_clean(b, slice_make(display.p + i, 1));
		}
		buf_lit(b, "\" ");
	}
	buf_char(b, '<');
	sip_put_clean(b, uri);
	buf_char(b, '>');
	if (tag.n) {
		buf_lit(b, ";tag=");
		sip_put_clean(b, tag);
	}
}

void
sip_copy_hdrs(struct buf *b, const struct sip_msg *m, enum sip_hdr_id id)
{
	for (const struct sip_hdr *h = sip_msg_hdr(m, id); h; h = sip_msg_hdr_next(m, h))
		sip_write_hdr(b, id, h->value);
}

void
sip_write_body(struct buf *b, struct slice content_type, struct slice body)
{
	if (body.n)
		sip_write_hdr(b, SIP_HDR_CONTENT_TYPE, content_type);
	buf_lit(b, "Content-Length: ");
	buf_u64(b, body.n);
	buf_lit(b, "\r\n\r\n");
	buf_put(b, body);
}
