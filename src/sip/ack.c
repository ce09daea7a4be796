/*
 * ACK. For 300-699 it belongs to the transaction (17.1.1.3, 17.2.1): the client
 * makes it from the INVITE and the response, the server absorbs it. For 2xx it is
 * a message of its own, end to end (13.2.2.4).
 */
#include "sip/core_int.h"

void
ack_on_request(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *ack)
{
	struct tsx_key key = tsx_key_request(ack, SIP_INVITE);
	struct sip_server *s = server_find(c, key);
	char tag[TSX_TAG_BYTES];

	if (s && s->state != SERVER_ACCEPTED) {
		if (server_ack_fits(s, ack))
			server_run(s, SERVER_ACK);
		else
			c->stats.stray++;
		return;
	}
	/* Of a failure that was sent without a transaction? Then the tag tells. */
	tsx_key_tag(ack, key, tag);
	if (ack->to.tag.n == 0 || (!s && slice_eq(ack->to.tag, slice_make(tag, sizeof tag)))) {
		c->stats.stray++;
		return;
	}
	c->ops->on_ack(c->ctx, ack, flow);
}

/* The INVITE's Request-URI, Via and Routes, the response's To. */
static void
write_ack(struct buf *b, const struct sip_core *c, const struct sip_msg *invite,
    const struct sip_msg *resp)
{
	sip_write_request_line(b, SLICE("ACK"), invite->uri_text);
	sip_copy_hdrs(b, invite, SIP_HDR_VIA);
	sip_write_hdr(b, SIP_HDR_MAX_FORWARDS, SLICE("70"));
	sip_copy_hdrs(b, invite, SIP_HDR_ROUTE);
	sip_copy_hdrs(b, invite, SIP_HDR_FROM);
	sip_copy_hdrs(b, resp, SIP_HDR_TO);
	sip_copy_hdrs(b, invite, SIP_HDR_CALL_ID);
	sip_write_hdrf(b, SIP_HDR_CSEQ, "%u ACK", invite->cseq);
	if (c->server_name.n)
		sip_write_hdr(b, SIP_HDR_USER_AGENT, c->server_name);
	sip_write_body(b, (struct slice){0}, (struct slice){0});
}

void
ack_make(struct sip_client *t, const struct sip_msg *resp)
{
	struct sip_core *c = t->core;
	struct sip_msg invite;
	struct buf b;

	buf_init(&b, c->scratch, sizeof c->scratch);
	if (sip_msg_parse(&invite, bytes_slice(t->request), NULL) == ERR_OK)
		write_ack(&b, c, &invite, resp);
	if (b.n == 0 || !buf_ok(&b) || bytes_set(&t->request, buf_slice(&b)) != ERR_OK) {
		log_warn(SIP, "no ACK for a %u could be made", resp->status);
		bytes_drop(&t->request);
	}
}

enum err
sip_core_send_ack(struct sip_core *c, const struct sip_flow *flow, const struct sip_request *r)
{
	char token[TSX_TOKEN_BYTES];
	struct slice bytes;
	enum err e;

	if (r->method != SIP_ACK)
		return ERR_INVALID;
	client_draw_token(c, token);
	e = client_write(c, flow, r, token, &bytes);
	if (e == ERR_OK)
		core_send(c, flow, bytes);
	return e;
}
