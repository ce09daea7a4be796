/*
 * A plain request asked again with credentials (RFC 3261, 22.2): the transaction gets a new
 * branch, the next CSeq number and Authorization lines, and begins anew. Its user sees one
 * transaction and hears of the final response only.
 */
#include <stdlib.h>

#include "sip/core_int.h"

static bool
is_replaced(enum sip_hdr_id id)
{
	switch (id) {
	case SIP_HDR_VIA:
	case SIP_HDR_CSEQ:
	case SIP_HDR_AUTHORIZATION:
	case SIP_HDR_PROXY_AUTHORIZATION:
	case SIP_HDR_CONTENT_TYPE:
	case SIP_HDR_CONTENT_LENGTH: return true;
	default: return false;
	}
}

static enum err
write_again(struct sip_client *t, const struct client_auth *auth, const struct sip_msg *req,
    const char token[TSX_TOKEN_BYTES], struct slice *out)
{
	char branch[TSX_BRANCH_BYTES];
	struct addr sent_by;
	struct buf b;

	buf_init(&b, branch, sizeof branch);
	buf_lit(&b, "z9hG4bK");
	buf_put(&b, slice_make(token, TSX_TOKEN_BYTES));
	buf_init(&b, t->core->scratch, sizeof t->core->scratch);
	sip_core_address(t->core, &t->flow, &sent_by);
	sip_write_request_line(&b, req->method_text, req->uri_text);
	sip_write_via(&b, t->flow.transport, &sent_by, slice_make(branch, sizeof branch));
	for (size_t i = 0; i < req->n_hdrs; i++)
		if (!is_replaced(req->hdr[i].id))
			sip_write_hdr_named(&b, req->hdr[i].name, req->hdr[i].value);
	sip_write_hdrf(&b, SIP_HDR_CSEQ, "%u %.*s", req->cseq + 1, SLICE_FMT(req->method_text));
	auth->ops->write(auth->ctx, auth->id, &b, req->method_text, req->uri_text);
	sip_write_body(&b, sip_msg_value(req, SIP_HDR_CONTENT_TYPE), req->body);
	*out = buf_slice(&b);
	return buf_ok(&b) ? ERR_OK : ERR_TOO_BIG;
}

static bool
begin_again(struct sip_client *t, const struct client_auth *auth)
{
	char token[TSX_TOKEN_BYTES];
	struct sip_msg req;
	struct slice bytes;

	client_draw_token(t->core, token);
	if (sip_msg_parse(&req, bytes_slice(t->request), NULL) != ERR_OK ||
	    write_again(t, auth, &req, token, &bytes) != ERR_OK ||
	    bytes_set(&t->request, bytes) != ERR_OK)
		return false;
	hmap_remove(&t->core->clients, &t->by_branch);
	memcpy(t->token, token, sizeof t->token);
	/* the map has buckets: it held this very node */
	(void)!hmap_put(&t->core->clients, &t->by_branch,
	    tsx_key_client(slice_make(t->token, sizeof t->token), (enum sip_method)t->method));
	timer_stop(&t->resend);
	t->state = client_plain.first;
	client_plain.enter(t, (enum client_state)t->state);
	core_send(t->core, &t->flow, bytes_slice(t->request));
	return true;
}

bool
client_ask_again(struct sip_client *t, const struct sip_msg *resp)
{
	struct client_auth *auth = t->auth;
	bool again;

	if (!auth || (resp->status != 401 && resp->status != 407) ||
	    (t->state != CLIENT_TRYING && t->state != CLIENT_PROCEEDING))
		return false;
	t->auth = NULL; /* once: a second refusal is the user's */
	again = auth->ops->challenged(auth->ctx, auth->id, resp) && begin_again(t, auth);
	free(auth);
	return again;
}

enum err
client_take_auth(struct sip_client *t, const struct sip_request *r)
{
	if (!r->auth || r->method == SIP_INVITE)
		return ERR_OK;
	t->auth = malloc(sizeof *t->auth);
	if (!t->auth)
		return ERR_NOMEM;
	*t->auth = (struct client_auth){r->auth, r->auth_ctx, r->auth_id};
	return ERR_OK;
}
