/*
 * re-INVITE: hold, new codecs, new addresses go from one side to the other; a
 * refresh that changes nothing is answered here. One at a time in a call: glare
 * is answered with 491 (RFC 3261, 14.2). A refused offer leaves everything as it was.
 */
#include "call/app_int.h"
#include "call/line_int.h"

static const struct sip_client_ops reinvite_ops;

enum err
reinvite_send(struct leg *to, struct slice sdp, enum reinvite_purpose purpose)
{
	char extra[256];
	struct buf b;
	enum err e;

	buf_init(&b, extra, sizeof extra);
	session_write_offer(to, &b);
	if (to->invite_out) /* an older one that only waits for late 2xx */
		sip_client_detach(to->invite_out);
	to->invite_out = NULL;
	e = leg_request(to, SIP_INVITE, buf_slice(&b), sdp.n ? SLICE("application/sdp") : SLICE(""),
	    sdp, &reinvite_ops, to, &to->invite_out);
	if (e == ERR_OK) {
		to->invite_out_pending = true;
		to->purpose = purpose;
		to->asked_late = sdp.n == 0;
	}
	return e;
}

enum err
reinvite_forward(struct leg *to, struct slice sdp)
{
	return reinvite_send(to, sdp, REINVITE_FORWARD);
}

/* The other side would not notice a change, but it shall see who came. */
static void
accept_quietly(struct leg *l, struct leg *other)
{
	bool came = l->takes_over;

	change_accept(l);
	if (came && other->state == LEG_UP)
		update_refresh(other);
}

static uint16_t
forward(struct leg *l, struct leg *other, const struct sip_msg *req)
{
	uint64_t version = other->sdp_version;
	struct slice sdp = {0};
	enum err e = ERR_OK;

	if (l->reoffer_late || !direct_is_same(l, req->body))
		direct_leave(l->call);
	if (!l->reoffer_late) {
		e = sdp_text_set(&l->agreed_sdp, sdp_text_slice(&l->remote_sdp));
		if (e == ERR_OK)
			e = bridge_take(l, req->body, &l->dialog.flow, false);
		if (e == ERR_OK && other->app)
			e = app_describe(other);
		else if (e == ERR_OK)
			e = bridge_give(l, other, &sdp);
		if (e != ERR_OK)
			return e == ERR_LIMIT ? 503 : e == ERR_MALFORMED ? 400 : 488;
		if (other->sdp_version == version) { /* nothing the other side would notice */
			accept_quietly(l, other);
			return 0;
		}
	}
	if (other->app) { /* asked for an offer: the answer comes with the ACK */
		other->ack_owed = true;
		change_accept(l);
		return 0;
	}
	return reinvite_forward(other, sdp) == ERR_OK ? 0 : 500;
}

void
reinvite_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	struct call *c = l->call;
	struct leg *other = leg_other(l);
	uint16_t status;

	if (l->invite_in_pending && l->state == LEG_UP) {
		sip_server_reject(tsx, 500, SLICE("Retry-After: 2\r\n"));
		return;
	}
	if (c->state != CALL_UP || !other || l->state != LEG_UP || other->state != LEG_UP ||
	    c->leg[l->side] != l || c->transfer || c->replaced || change_in_progress(l) ||
	    change_in_progress(other)) {
		sip_server_reject(tsx, 491, SLICE(""));
		return;
	}
	if (session_refuse_small(tsx, req))
		return;
	leg_take_invite(l, tsx, req);
	l->reoffer_late = req->body.n == 0;
	sip_dialog_refresh(&l->dialog, req, sip_server_flow(tsx));
	session_on_invite(l, req);
	update_note_allow(l, req);
	if (req->body.n && slice_eq(req->body, sdp_text_slice(&l->remote_sdp))) {
		change_accept(l);
		return;
	}
	status = forward(l, other, req);
	if (status)
		change_refuse(l, status);
}

void
reinvite_pass(struct leg *l, const struct sip_msg *invite)
{
	uint16_t status;

	l->reoffer_late = invite->body.n == 0;
	status = forward(l, leg_other(l), invite);
	if (status)
		change_refuse(l, status);
}

void
reinvite_on_cancel(struct leg *l)
{
	struct leg *other = leg_other(l);

	if (other && other->invite_out_pending && other->purpose == REINVITE_FORWARD)
		sip_client_cancel(other->invite_out, SLICE(""));
}

static void
cancel_stale(struct leg *l)
{
	uint64_t now_ms = timers_now_ms(l->call->sw->p.timers);

	if (l->invite_out_pending && l->invite_out && now_ms - l->invite_out_ms >= 64 * SIP_T1_MS)
		sip_client_cancel(l->invite_out, SLICE(""));
}

void
reinvite_cancel_stale(struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (c->leg[side] && c->leg[side]->state == LEG_UP)
			cancel_stale(c->leg[side]);
}

void
reinvite_refresh(struct leg *l)
{
	struct leg *other = leg_other(l);

	if (change_in_progress(l) || (other && change_in_progress(other)) ||
	    reinvite_send(l, sdp_text_slice(&l->local_sdp), REINVITE_REFRESH) != ERR_OK) {
		reinvite_cancel_stale(l->call);
		session_retry(l, 2000); /* somebody else is at it */
	}
}

static void
on_forwarded_2xx(struct leg *l, const struct sip_msg *resp)
{
	struct leg *asker = leg_other(l);
	enum err e;

	if (!asker || !(asker->invite_in_pending || asker->update_in)) { /* it has left meanwhile */
		leg_ack(l, l->asked_late ? bridge_refusal(l, resp->body) : SLICE(""));
		return;
	}
	e = bridge_take(l, resp->body, &l->dialog.flow, !asker->reoffer_late);
	if (asker->reoffer_late)
		l->ack_owed = true;
	else
		leg_ack(l, SLICE(""));
	if (e != ERR_OK) {
		record_reason(l->call, REASON_CHANGE_MEDIA,
		    REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
		call_end(l->call, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
		return;
	}
	change_accept(asker);
}

static void
on_2xx(struct leg *l, const struct sip_msg *resp)
{
	if (!l->invite_out_pending) { /* again: our ACK was lost */
		if (!l->ack_owed)
			leg_ack(l, l->ack_sdp ? sdp_text_slice(&l->local_sdp) : SLICE(""));
		return;
	}
	l->invite_out_pending = false;
	line_accepted(l);
	if (sip_dialog_on_response(&l->dialog, &l->arena, resp) != ERR_OK)
		call_log(LOG_DEBUG, l->call, "a 2xx to a re-INVITE has no usable Contact");
	session_on_2xx(l, resp);
	session_start(l);
	if (!l->asked_late)
		l->direct = l->direct_text;
	if (l->purpose == REINVITE_DIRECT) {
		direct_on_2xx(l, resp);
		return;
	}
	if (l->purpose >= REINVITE_ASK) {
		transfer_on_2xx(l, resp);
		return;
	}
	if (l->purpose == REINVITE_FORWARD) {
		on_forwarded_2xx(l, resp);
		return;
	}
	leg_ack(l, SLICE(""));
	if (resp->body.n && bridge_take(l, resp->body, &l->dialog.flow, true) != ERR_OK)
		call_log(LOG_WARN, l->call, "the answer to a refresh is not usable");
}

static void
on_refusal(struct leg *l, const struct sip_msg *resp)
{
	l->invite_out_pending = false;
	if (leg_line_follow_challenge(l, resp) &&
	    reinvite_send(
		l, l->asked_late ? SLICE("") : sdp_text_slice(&l->local_sdp), l->purpose) == ERR_OK)
		return;
	if (l->purpose == REINVITE_DIRECT) {
		direct_on_refusal(l, resp);
		return;
	}
	if (l->purpose >= REINVITE_ASK) {
		transfer_on_refusal(l, resp->status);
		return;
	}
	change_on_refusal(l, l->purpose == REINVITE_FORWARD ? leg_other(l) : NULL, resp);
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct leg *l = user;

	if (resp->status >= 300)
		on_refusal(l, resp);
	else if (resp->status >= 200)
		on_2xx(l, resp);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct leg *l = user;

	l->invite_out_pending = false;
	if (l->purpose >= REINVITE_ASK)
		transfer_on_refusal(l, 408);
	else
		change_forgotten(l);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct leg *l = user;

	if (l->invite_out == tsx)
		l->invite_out = NULL;
}

static const struct sip_client_ops reinvite_ops = {
    .on_response = on_response, .on_failed = on_failed, .on_gone = on_gone};
