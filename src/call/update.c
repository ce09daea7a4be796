/*
 * UPDATE (RFC 3311), before and after the answer. Without a description it refreshes session
 * and target, and is answered here. An offer is carried to the other side: as an UPDATE when
 * that peer allows it, else as a re-INVITE in an answered call; 504 when a call that still
 * rings offers neither way. An offer in a PRACK goes the same way.
 *
 * One change at a time in a call: 500 with Retry-After to a second of the same peer, 491 to
 * one that meets ours (5.2). We refresh by UPDATE where we can (RFC 4028, 7.4): it says
 * nothing of media, and shows who is at the other end now.
 */
#include "call/app_int.h"

static const struct sip_client_ops update_ops;

/* ---- who is asked ---- */

void
update_note_allow(struct leg *l, const struct sip_msg *m)
{
	if (sip_msg_hdr(m, SIP_HDR_ALLOW))
		l->allows_update = sip_msg_has_token(m, SIP_HDR_ALLOW, SLICE("UPDATE"));
}

struct leg *
update_peer(const struct leg *l)
{
	struct leg *other = leg_other(l);
	struct ring *r = &l->call->ring;

	return other ? other : r->active && r->seat != l->side ? r->early : NULL;
}

static bool
is_early(const struct leg *l)
{
	return l->state == LEG_ASKED || l->state == LEG_ASKING;
}

bool
update_in_progress(const struct leg *l)
{
	return l->update_in || l->update_out;
}

/* ---- answering ---- */

static void
on_server_gone(void *user, struct sip_server *tsx)
{
	struct leg *l = user;

	if (l->update_in == tsx)
		l->update_in = NULL;
}

static const struct sip_server_ops server_ops = {.on_gone = on_server_gone};

enum err
update_respond(struct leg *l, uint16_t status, struct slice extra, struct slice sdp)
{
	struct sip_server *tsx = l->update_in;
	char headers[2048];
	struct buf b;

	l->update_in = NULL;
	sip_server_attach(tsx, NULL, NULL);
	buf_init(&b, headers, sizeof headers);
	if (status < 300) {
		sip_core_write_contact(
		    l->call->sw->p.core, &b, sip_server_flow(tsx), SLICE(""), SLICE(""));
		extensions_write(l, &b, true);
	}
	buf_put(&b, extra);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	return sip_server_respond(
	    tsx, &(struct sip_response){.status = status,
		     .headers = buf_slice(&b),
		     .content_type = sdp.n ? SLICE("application/sdp") : SLICE(""),
		     .body = sdp});
}

void
update_drop(struct leg *l)
{
	struct leg *asker = l->update_for;

	LIST_FOR_EACH (it, &l->call->legs) {
		struct leg *x = container_of(it, struct leg, link);

		if (x->update_for == l)
			x->update_for = NULL;
	}
	if (l->update_out)
		sip_client_detach(l->update_out);
	l->update_out = NULL;
	l->update_for = NULL;
	if (l->update_in)
		(void)!update_respond(l, 481, SLICE(""), SLICE(""));
	if (asker && asker->update_in)
		change_refuse(asker, 504);
}

/* ---- asking ---- */

static enum err
send_update(struct leg *to, struct slice sdp, struct leg *asker)
{
	char extra[1024];
	struct buf b;
	enum err e;

	buf_init(&b, extra, sizeof extra);
	if (to->state == LEG_UP)
		session_write_offer(to, &b);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	e = leg_request(to, SIP_UPDATE, buf_slice(&b), sdp.n ? SLICE("application/sdp") : SLICE(""),
	    sdp, &update_ops, to, &to->update_out);
	if (e == ERR_OK)
		to->update_for = asker;
	return e;
}

void
update_refresh(struct leg *l)
{
	struct leg *other = leg_other(l);

	if (!l->allows_update) {
		reinvite_refresh(l);
		return;
	}
	if (change_in_progress(l) || (other && change_in_progress(other)) ||
	    send_update(l, SLICE(""), NULL) != ERR_OK) {
		reinvite_cancel_stale(l->call);
		session_retry(l, 2000);
	}
}

/* ---- offers ---- */

static uint16_t
status_of(enum err e)
{
	return e == ERR_LIMIT ? 503 : e == ERR_MALFORMED ? 400 : 488;
}

/* 5.2: what stands against an offer of l now; 0 = nothing. */
static uint16_t
glare(const struct leg *l, const struct leg *other)
{
	if (l->update_in)
		return 500;
	if (l->update_out)
		return 491;
	if (l->twin)
		return 491; /* it has not taken the call yet */
	if (l->state == LEG_ASKED && !l->rel.agreed)
		return 500; /* the offer of its INVITE has no answer yet */
	if (l->state == LEG_ASKING && !l->rel.agreed)
		return 491; /* ours has none */
	if (l->call->transfer || l->call->replaced)
		return 491; /* its party is about to change */
	if (!other)
		return 504;
	if (l->call->transfer || l->call->replaced)
		return 491; /* somebody else comes to a seat */
	if (is_early(l) || is_early(other))
		return update_in_progress(other) ? 491 : 0;
	return change_in_progress(l) || change_in_progress(other) ? 491 : 0;
}

/* While it rings only an UPDATE carries, and only to a side that has agreed to media. */
static uint16_t
carry(struct leg *l, struct leg *other, struct slice sdp)
{
	bool early = is_early(l) || is_early(other);

	if (early && (!other->allows_update || (is_early(other) && !other->rel.agreed)))
		return 504;
	if (other->allows_update)
		return send_update(other, sdp, l) == ERR_OK ? 0 : 500;
	return reinvite_forward(other, sdp) == ERR_OK ? 0 : 500;
}

static uint16_t
take_offer(struct leg *l, struct leg *other, const struct sip_msg *req)
{
	uint64_t version = other->sdp_version;
	struct slice sdp;
	enum err e = sdp_text_set(&l->agreed_sdp, sdp_text_slice(&l->remote_sdp));

	if (!direct_is_same(l, req->body))
		direct_leave(l->call);

	l->reoffer_late = false;
	if (e == ERR_OK)
		e = bridge_take(l, req->body, &l->dialog.flow, false);
	if (e == ERR_OK && other->app)
		e = app_describe(other);
	else if (e == ERR_OK)
		e = bridge_give(l, other, &sdp);
	if (e != ERR_OK)
		return status_of(e);
	if (other->sdp_version == version) {
		change_accept(l); /* nothing the other side would notice */
		return 0;
	}
	return carry(l, other, sdp);
}

/* An offer in a PRACK cannot well be refused: where it cannot be carried, what the other
 * side agreed to before is the answer, if it fits. */
static bool
answer_here(struct leg *l, const struct leg *other)
{
	struct sdp offer, answer;

	if (bridge_read(l, &offer) != ERR_OK || bridge_read(other, &answer) != ERR_OK ||
	    sdp_answer_check(&offer, &answer) != ERR_OK)
		return false;
	change_accept(l);
	return true;
}

void
update_on_offer(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	struct leg *other = update_peer(l);
	uint16_t status = glare(l, other);
	char retry[32];
	struct buf b;

	if (status) {
		buf_init(&b, retry, sizeof retry);
		if (status == 500)
			sip_write_hdrf(
			    &b, SIP_HDR_RETRY_AFTER, "%u", rng_below(l->call->sw->p.rng, 11));
		sip_server_reject(tsx, status, buf_slice(&b));
		return;
	}
	l->update_in = tsx;
	sip_server_attach(tsx, &server_ops, l);
	status = take_offer(l, other, req);
	if (status == 0 || (status == 504 && req->method == SIP_PRACK && answer_here(l, other)))
		return;
	change_refuse(l, status);
}

static bool
refuse_update(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	if (l->state == LEG_CANCELLED || l->state == LEG_DONE) {
		sip_server_reject(tsx, 481, SLICE(""));
		return true;
	}
	return extensions_refuse(tsx, req) || session_refuse_small(tsx, req) ||
	       extensions_refuse_body(tsx, req);
}

void
update_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	char extra[256];
	struct buf b;

	if (refuse_update(l, tsx, req))
		return;
	update_note_allow(l, req);
	sip_dialog_refresh(&l->dialog, req, sip_server_flow(tsx));
	if (sip_msg_hdr(req, SIP_HDR_SESSION_EXPIRES))
		session_on_invite(l, req);
	if (req->body.n) {
		update_on_offer(l, tsx, req);
		return;
	}
	if (l->update_in) { /* one with an offer waits: this one is answered at once */
		sip_server_reject(tsx, 500, SLICE("Retry-After: 1\r\n"));
		return;
	}
	l->update_in = tsx;
	buf_init(&b, extra, sizeof extra);
	session_write_answer(l, &b);
	if (update_respond(l, 200, buf_slice(&b), SLICE("")) != ERR_OK)
		call_log(LOG_WARN, l->call, "an UPDATE could not be answered");
	session_start(l);
}

/* ---- responses ---- */

static void
on_answer(struct leg *l, struct leg *asker, const struct sip_msg *resp)
{
	enum err e = bridge_take(l, resp->body, &l->dialog.flow, true);

	if (e == ERR_OK) {
		l->rel.sdp_version = l->sdp_version;
		change_accept(asker);
		return;
	}
	record_reason(
	    l->call, REASON_CHANGE_MEDIA, REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
	if (l->state == LEG_UP && l->call->state == CALL_UP)
		call_end(l->call, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
	else
		change_refuse(asker, 488);
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct leg *l = user, *asker = l->update_for;

	if (resp->status < 200)
		return;
	l->update_out = NULL;
	l->update_for = NULL;
	sip_client_detach(tsx);
	if (resp->status >= 300) {
		if (resp->status == 405 || resp->status == 501)
			l->allows_update = false;
		change_on_refusal(l, asker, resp);
		return;
	}
	update_note_allow(l, resp);
	if (sip_dialog_on_response(&l->dialog, &l->arena, resp) != ERR_OK)
		call_log(LOG_DEBUG, l->call, "a 2xx to an UPDATE has no usable Contact");
	if (l->state == LEG_UP) {
		session_on_2xx(l, resp);
		session_start(l);
	}
	if (asker) {
		l->direct = l->direct_text;
		on_answer(l, asker, resp);
	}
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct leg *l = user, *asker = l->update_for;

	l->update_out = NULL;
	l->update_for = NULL;
	if (l->state == LEG_UP)
		change_forgotten(l);
	else if (asker)
		change_refuse(asker, 504);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct leg *l = user;

	if (l->update_out == tsx)
		l->update_out = NULL;
}

static const struct sip_client_ops update_ops = {
    .on_response = on_response, .on_failed = on_failed, .on_gone = on_gone};
