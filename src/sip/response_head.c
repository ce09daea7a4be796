/* The part of a response that repeats its request: RFC 3261, 8.2.6 and 18.2.1, RFC 3581. */
#include "sip/parse_int.h"
#include "sip/write.h"
#include "sip/write_int.h"

/* 18.2.1: received is added when the sent-by is a name or another address. With
 * rport it always is (RFC 3581, 4). */
static bool
needs_received(const struct sip_via *via, const struct sip_flow *flow)
{
	struct addr sent_by;

	return via->has_rport || addr_parse_ip(via->host, 0, &sent_by) != ERR_OK ||
	       !addr_eq_ip(&sent_by, &flow->remote);
}

/* The topmost Via value, with our received and rport in place of what it claims. */
static void
write_top_via(
    struct buf *b, const struct sip_msg *req, const struct sip_flow *flow, struct slice value)
{
	struct slice rest = slice_from(value, slice_find(value, ';'));
	struct sip_param p;

	sip_put_clean(b, sip_trim(slice_take_until(&value, ';')));
	while (sip_param_take(&rest, &p) == SIP_PARAM_FOUND) {
		if (slice_eq_nocase(p.name, SLICE("received")) ||
		    slice_eq_nocase(p.name, SLICE("rport")))
			continue;
		buf_char(b, ';');
		sip_put_clean(b, p.text);
	}
	if (needs_received(&req->via, flow)) {
		buf_lit(b, ";received=");
		addr_write_ip(b, &flow->remote);
	}
	if (req->via.has_rport) {
		buf_lit(b, ";rport=");
		buf_u64(b, flow->remote.port);
	}
}

static void
write_vias(struct buf *b, const struct sip_msg *req, const struct sip_flow *flow)
{
	const struct sip_hdr *h = sip_msg_hdr(req, SIP_HDR_VIA);
	struct slice rest, top;

	if (!h)
		return;
	rest = h->value;
	top = sip_value_take(&rest);
	buf_lit(b, "Via: ");
	write_top_via(b, req, flow, top);
	if (sip_trim(rest).n) {
		buf_lit(b, ", ");
		sip_put_clean(b, sip_trim(rest));
	}
	buf_lit(b, "\r\n");
	while ((h = sip_msg_hdr_next(req, h)))
		sip_write_hdr(b, SIP_HDR_VIA, h->value);
}

/* Without the end of the line: a tag may follow. */
static void
write_to(struct buf *b, const struct sip_msg *req)
{
	struct slice to = sip_msg_value(req, SIP_HDR_TO);

	while (to.n && (to.p[to.n - 1] == ';' || sip_char_is(to.p[to.n - 1], SIP_CC_SPACE)))
		to.n--;
	buf_lit(b, "To: ");
	sip_put_clean(b, to);
}

static void
write_tag(struct buf *b, struct slice tag)
{
	buf_lit(b, ";tag=");
	sip_put_clean(b, tag);
}

static bool
wants_tag(const struct sip_msg *req)
{
	return req->to.uri_text.n && req->to.tag.n == 0;
}

/* Requests whose 101–299 responses make a dialog (RFC 3261, 12.1.1; RFC 6665; RFC 3515). */
static bool
makes_dialog(enum sip_method m)
{
	return m == SIP_INVITE || m == SIP_SUBSCRIBE || m == SIP_NOTIFY || m == SIP_REFER;
}

static bool
shows_routes(uint16_t status)
{
	return status > 100 && status < 300;
}

void
sip_write_response_head(struct buf *b, const struct sip_msg *req, const struct sip_flow *flow,
    uint16_t status, struct slice reason, struct slice to_tag)
{
	sip_write_status_line(b, status, reason);
	write_vias(b, req, flow);
	if (shows_routes(status) && makes_dialog(req->method))
		sip_copy_hdrs(b, req, SIP_HDR_RECORD_ROUTE);
	sip_copy_hdrs(b, req, SIP_HDR_FROM);
	if (sip_msg_hdr(req, SIP_HDR_TO)) {
		write_to(b, req);
		if (to_tag.n && wants_tag(req))
			write_tag(b, to_tag);
		buf_lit(b, "\r\n");
	}
	sip_copy_hdrs(b, req, SIP_HDR_CALL_ID);
	sip_copy_hdrs(b, req, SIP_HDR_CSEQ);
}

void
sip_response_echo_write(struct buf *b, const struct sip_msg *req, const struct sip_flow *flow,
    struct sip_response_echo *out)
{
	size_t begin = b->n;

	write_vias(b, req, flow);
	out->vias_end = (uint16_t)(b->n - begin);
	if (makes_dialog(req->method))
		sip_copy_hdrs(b, req, SIP_HDR_RECORD_ROUTE);
	out->routes_end = (uint16_t)(b->n - begin);
	sip_copy_hdrs(b, req, SIP_HDR_FROM);
	write_to(b, req);
	out->to_end = (uint16_t)(b->n - begin);
	buf_lit(b, "\r\n");
	sip_copy_hdrs(b, req, SIP_HDR_CALL_ID);
	sip_copy_hdrs(b, req, SIP_HDR_CSEQ);
	out->end = (uint16_t)(b->n - begin);
	out->wants_tag = wants_tag(req);
}

void
sip_write_response_echo(struct buf *b, const struct sip_response_echo *e, const char *text,
    uint16_t status, struct slice reason, struct slice to_tag)
{
	uint16_t from = shows_routes(status) ? e->vias_end : e->routes_end;

	sip_write_status_line(b, status, reason);
	buf_put(b, slice_make(text, e->vias_end));
	buf_put(b, slice_make(text + from, (size_t)e->to_end - from));
	if (to_tag.n && e->wants_tag)
		write_tag(b, to_tag);
	buf_put(b, slice_make(text + e->to_end, (size_t)e->end - e->to_end));
}
