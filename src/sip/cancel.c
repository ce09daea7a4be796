/*
 * CANCEL (RFC 3261, 9): hop by hop, a transaction of its own with the branch of the
 * INVITE it means.
 */
#include <stdlib.h>

#include "sip/core_int.h"

/* 9.2. Needs no transaction here: the answer to a repeated CANCEL is the same. */
void
cancel_on_request(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *cancel)
{
	struct sip_server *s = server_find(c, tsx_key_request(cancel, SIP_INVITE));
	struct sip_response ok = {.status = 200};
	struct slice bytes;
	bool first;

	if (!s) {
		core_reply(c, flow, cancel, 481, (struct slice){0}, (struct slice){0});
		return;
	}
	/* "the To tag of the response to the CANCEL and the To tag in the response to the
	 * original request SHOULD be the same" */
	if (core_write_response(c, flow, cancel, &ok, sip_server_tag(s), &bytes) == ERR_OK)
		core_send(c, flow, bytes);
	first = s->state == SERVER_PROCEEDING && !s->cancelled;
	s->cancelled = true;
	if (first && s->ops && s->ops->on_cancel)
		s->ops->on_cancel(s->user, s, cancel);
}

/* 9.1: Request-URI, Via, Route, From, To, Call-ID and the number of the CSeq are the
 * INVITE's. */
static enum err
write_cancel(struct sip_client *t, struct slice extra, struct slice *out)
{
	struct sip_core *c = t->core;
	struct sip_msg invite;
	struct buf b;

	if (sip_msg_parse(&invite, bytes_slice(t->request), NULL) != ERR_OK)
		return ERR_CORRUPT;
	buf_init(&b, c->scratch, sizeof c->scratch);
	sip_write_request_line(&b, SLICE("CANCEL"), invite.uri_text);
	sip_copy_hdrs(&b, &invite, SIP_HDR_VIA);
	sip_write_hdr(&b, SIP_HDR_MAX_FORWARDS, SLICE("70"));
	sip_copy_hdrs(&b, &invite, SIP_HDR_ROUTE);
	sip_copy_hdrs(&b, &invite, SIP_HDR_FROM);
	sip_copy_hdrs(&b, &invite, SIP_HDR_TO);
	sip_copy_hdrs(&b, &invite, SIP_HDR_CALL_ID);
	sip_write_hdrf(&b, SIP_HDR_CSEQ, "%u CANCEL", invite.cseq);
	if (c->server_name.n)
		sip_write_hdr(&b, SIP_HDR_USER_AGENT, c->server_name);
	buf_put(&b, extra);
	sip_write_body(&b, (struct slice){0}, (struct slice){0});
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	*out = buf_slice(&b);
	return ERR_OK;
}

/* Whatever becomes of the CANCEL: 64*T1 later the INVITE is over too. */
void
cancel_send(struct sip_client *t, struct slice extra)
{
	struct sip_client *cancel;
	struct slice bytes;

	t->cancelled = true;
	if (!t->closed)
		core_start(t->core, &t->end, TSX_LIFE_MS);
	if (write_cancel(t, extra, &bytes) != ERR_OK)
		log_warn(SIP, "CANCEL cannot be written");
	else if (client_start(t->core, &t->flow, SIP_CANCEL, bytes, t->token, &cancel) != ERR_OK)
		core_send(t->core, &t->flow, bytes); /* no memory to repeat it; once then */
}

void
sip_client_cancel(struct sip_client *t, struct slice extra)
{
	if (t->method != SIP_INVITE || t->cancelled || t->cancel_waits)
		return;
	if (t->state == CLIENT_PROCEEDING) {
		cancel_send(t, extra);
	} else if (t->state == CLIENT_CALLING) {
		t->cancel_waits = true;
		t->cancel_extra = malloc(extra.n + 1);
		if (t->cancel_extra &&
		    slice_copy_cstr(extra, t->cancel_extra, extra.n + 1) != ERR_OK)
			t->cancel_extra[0] = '\0';
	}
}
