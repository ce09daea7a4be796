/* Requests inside a dialog: BYE, re-INVITE, and what is carried to the other leg. */
#include <stdlib.h>

#include "call/app_int.h"
#include "call/consult.h"
#include "call/keys.h"
#include "call/passing.h"
#include "call/transfer_int.h"
#include "call/twin.h"

static void
on_bye(struct leg *l, struct sip_server *tsx, const struct sip_msg *bye)
{
	struct call *c = l->call;
	bool seated;

	if (l->state != LEG_UP && l->state != LEG_ASKED) {
		sip_server_reject(tsx, 481, SLICE("")); /* a phone may not BYE before it answered */
		return;
	}
	sip_server_reject(tsx, 200, SLICE(""));
	if (l->state == LEG_ASKED && c->transfer && transfer_on_cancel(l))
		return;
	if (l->takes_over) {
		reinvite_on_cancel(l);
		return;
	}
	if (l->twin) {
		twin_on_bye(l);
		return;
	}
	seated = c->leg[l->side] == l;
	if (seated && !c->consult && !(c->transfer && l == c->transfer->by))
		present_keep_end(c, bye);
	if (l->state == LEG_ASKED) { /* 15: a caller may give up so */
		call_end(c, CDR_CANCELLED, CDR_BY_CALLER, 487);
		return;
	}
	if (l->ack_due && l->invite_in)
		sip_server_acked(l->invite_in); /* it has our 2xx, or it would not hang up */
	if (l->invite_in_pending)
		sip_server_reject(l->invite_in, 487, SLICE(""));
	if (c->consult && consult_on_bye(l))
		return;
	if (c->transfer && transfer_on_bye(l))
		return;
	leg_done(l);
	if (!seated) { /* somebody else has its seat already */
		if (c->replaced == l)
			c->replaced = NULL;
		return;
	}
	if (c->state == CALL_RINGING && l->side == MEDIA_CALLER) { /* it was made to dial */
		call_end(c, CDR_CANCELLED, CDR_BY_CALLER, 487);
		return;
	}
	if (c->state == CALL_RINGING) { /* it answered, but the caller does not know yet */
		call_end(c, CDR_UNAVAILABLE, CDR_BY_CALLED, 480);
		return;
	}
	call_end(c, CDR_ANSWERED, l->side == MEDIA_CALLER ? CDR_BY_CALLER : CDR_BY_CALLED, 0);
}

static void
relayed_free(struct relayed *r)
{
	list_remove(&r->link);
	if (r->in)
		sip_server_attach(r->in, NULL, NULL);
	if (r->out)
		sip_client_detach(r->out);
	free(r);
}

void
relayed_drop_all(struct call *c)
{
	LIST_FOR_EACH_SAFE (it, &c->relayed) {
		struct relayed *r = container_of(it, struct relayed, link);

		if (r->in)
			sip_server_reject(r->in, 481, SLICE(""));
		relayed_free(r);
	}
}

static void
relayed_finish(struct relayed *r, uint16_t status, struct slice content_type, struct slice body)
{
	struct sip_response resp = {.status = status, .content_type = content_type, .body = body};

	if (r->in && sip_server_respond(r->in, &resp) != ERR_OK)
		call_log(LOG_WARN, r->call, "a response could not be passed on");
	relayed_free(r);
}

static void
relayed_on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	if (resp->status >= 200)
		relayed_finish(
		    user, resp->status, sip_msg_value(resp, SIP_HDR_CONTENT_TYPE), resp->body);
}

static void
relayed_on_failed(void *user, struct sip_client *tsx, enum err why)
{
	relayed_finish(user, why == ERR_TIMEOUT ? 408 : 503, SLICE(""), SLICE(""));
}

static void
relayed_on_client_gone(void *user, struct sip_client *tsx)
{
	struct relayed *r = user;

	r->out = NULL;
}

static void
relayed_on_server_gone(void *user, struct sip_server *tsx)
{
	struct relayed *r = user;

	r->in = NULL;
}

static const struct sip_client_ops relayed_client_ops = {.on_response = relayed_on_response,
    .on_failed = relayed_on_failed,
    .on_gone = relayed_on_client_gone};
static const struct sip_server_ops relayed_server_ops = {.on_gone = relayed_on_server_gone};

static void
carry_over(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	struct leg *other = leg_other(l);
	struct relayed *r;
	char extra[PASSING_MAX_BYTES];
	struct buf b;

	if (!other || other->state != LEG_UP || l->state != LEG_UP) {
		sip_server_reject(tsx, 480, SLICE(""));
		return;
	}
	if (other->app) {
		sip_server_reject(tsx, req->body.n ? 415 : 200, SLICE(""));
		return;
	}
	r = calloc(1, sizeof *r);
	if (!r) {
		sip_server_reject(tsx, 500, SLICE(""));
		return;
	}
	*r = (struct relayed){.call = l->call, .in = tsx};
	list_push(&l->call->relayed, &r->link);
	sip_server_attach(tsx, &relayed_server_ops, r);
	buf_init(&b, extra, sizeof extra);
	passing_copy(&b, req, req->method == SIP_INFO ? PASS_INFO : PASS_MESSAGE);
	if (leg_request(other, req->method, buf_slice(&b), sip_msg_value(req, SIP_HDR_CONTENT_TYPE),
		req->body, &relayed_client_ops, r, &r->out) != ERR_OK)
		relayed_finish(r, 500, SLICE(""), SLICE(""));
}

void
relayed_send(struct leg *to, enum sip_method method, struct slice content_type, struct slice body)
{
	struct relayed *r = calloc(1, sizeof *r);

	if (!r)
		return;
	r->call = to->call;
	list_push(&to->call->relayed, &r->link);
	if (leg_request(to, method, SLICE(""), content_type, body, &relayed_client_ops, r,
		&r->out) != ERR_OK)
		relayed_free(r);
}

bool
call_has_dialog(const struct call_switch *sw, const struct sip_msg *req)
{
	return sip_dialogs_find(&sw->dialogs, req) != NULL;
}

bool
call_on_in_dialog(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req)
{
	struct sip_dialog *d = sip_dialogs_find(&sw->dialogs, req);
	char allow[192];
	struct buf b;
	struct leg *l;

	if (!d)
		return false;
	l = container_of(d, struct leg, dialog);
	if (sip_dialog_check_cseq(d, req) != ERR_OK) {
		sip_server_reject(tsx, 500, SLICE("Retry-After: 1\r\n"));
		return true;
	}
	switch (req->method) {
	case SIP_BYE: on_bye(l, tsx, req); break;
	case SIP_INVITE: reinvite_on_request(l, tsx, req); break;
	case SIP_PRACK: prack_on_request(l, tsx, req); break;
	case SIP_UPDATE: update_on_request(l, tsx, req); break;
	case SIP_REFER: refer_on_request(l, tsx, req); break;
	case SIP_SUBSCRIBE:
		if (!refer_on_subscribe(l, tsx, req))
			sip_server_reject(tsx, 489, SLICE("Allow-Events: refer\r\n"));
		break;
	case SIP_INFO:
		if (!keys_take_info(l, tsx, req))
			carry_over(l, tsx, req);
		break;
	case SIP_MESSAGE: carry_over(l, tsx, req); break;
	default:
		buf_init(&b, allow, sizeof allow);
		sip_write_hdr(&b, SIP_HDR_ALLOW, call_allow[extensions_allow(l)]);
		sip_server_reject(tsx, req->method == SIP_OPTIONS ? 200 : 405, buf_slice(&b));
	}
	return true;
}

void
call_on_ack(struct call_switch *sw, const struct sip_msg *ack, const struct sip_flow *flow)
{
	struct sip_dialog *d = sip_dialogs_find(&sw->dialogs, ack);

	if (d)
		answer_on_ack(container_of(d, struct leg, dialog), ack);
}
