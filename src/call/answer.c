/* The answer: 200 from the phone that won, to the caller, and the ACKs of both. */
#include "call/app_int.h"
#include "call/line_int.h"
#include "call/passing.h"
#include "call/twin.h"

static void
on_cancel(void *user, struct sip_server *tsx, const struct sip_msg *cancel)
{
	struct leg *l = user;

	if (tsx != l->invite_in)
		return;
	if (l->state == LEG_ASKED && l->call->transfer && transfer_on_cancel(l))
		return;
	if (l->state == LEG_ASKED && l->call->state == CALL_RINGING) {
		present_keep_end(l->call, cancel);
		call_end(l->call, CDR_CANCELLED, CDR_BY_CALLER, 487);
	} else {
		reinvite_on_cancel(l);
	}
}

static void
on_no_ack(void *user, struct sip_server *tsx)
{
	struct leg *l = user;
	struct call *c = l->call;

	l->ack_due = false;
	if (l->bye_wanted) {
		leg_bye(l, SLICE(""));
		return;
	}
	c->sw->stats.no_ack++;
	record_reason(c, REASON_ANSWER_UNCONFIRMED, REASON_ARGS(l->phone_name));
	call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 0);
}

static void
on_gone(void *user, struct sip_server *tsx)
{
	struct leg *l = user;

	if (l->invite_in == tsx) {
		l->invite_in = NULL;
		l->invite_in_pending = false;
	}
}

const struct sip_server_ops answer_server_ops = {.on_cancel = on_cancel,
    .on_no_ack = on_no_ack,
    .on_no_prack = prack_on_missing,
    .on_gone = on_gone};

/* The 2xx crossed our CANCEL, or its SDP is useless: take the call and end it. An
 * offer in it wants an answer all the same (13.2.2.4). */
static void
take_and_end(struct leg *l, const struct sip_msg *resp)
{
	if (l->state == LEG_ASKING && l->side == l->call->ring.seat)
		l->call->ring.asking--;
	l->state = LEG_UP;
	/* asked without SDP; the call may know its offer meanwhile, this leg does not */
	leg_ack(l, l->local_sdp.n == 0 ? bridge_refusal(l, resp->body) : SLICE(""));
	leg_bye(l, SLICE(""));
}

/* The answer, or the offer that the INVITE had not, for the caller. After a reliable 18x
 * with SDP the 200 need not have one, and it is that one which counts (RFC 3261, 13.2.1). */
static enum err
take_media(struct leg *l, const struct sip_msg *resp)
{
	struct slice unused;
	enum err e = ERR_OK;

	if (resp->body.n || !l->rel.agreed)
		e = bridge_take(l, resp->body, &l->dialog.flow, !l->call->offer_late);
	else
		bridge_connect(l); /* somebody else may have been heard there meanwhile */
	if (e != ERR_OK && l->rel.agreed)
		e = ERR_OK;
	if (e != ERR_OK)
		return e;
	if (!leg_other(l)->app)
		return bridge_give(l, leg_other(l), &unused);
	bridge_translate(l); /* nobody is there to be told */
	return ERR_OK;
}

/* What passes of the 200, and who answers. */
static enum err
keep_answer_headers(struct leg *l, const struct sip_msg *resp)
{
	char text[PASSING_MAX_BYTES + 512];
	struct buf b;

	buf_init(&b, text, sizeof text);
	present_take_response(l, resp);
	present_write(leg_other(l), l, &b);
	passing_copy(&b, resp, PASS_ANSWER);
	return buf_ok(&b) ? arena_dup(&l->arena, buf_slice(&b), &l->call->answer_headers)
			  : ERR_TOO_BIG;
}

void
answer_caller_now(struct call *c)
{
	struct leg *called = c->leg[MEDIA_CALLED], *caller = c->leg[MEDIA_CALLER];
	char extra[PASSING_MAX_BYTES + 768];
	struct buf b;
	enum err e;

	c->answer_waits = false;
	if (caller->app) {
		caller->state = LEG_UP;
		call_answered(c, called);
		return;
	}
	buf_init(&b, extra, sizeof extra);
	session_write_answer(caller, &b);
	buf_put(&b, c->answer_headers);
	e = buf_ok(&b)
		? leg_respond(caller, 200, buf_slice(&b),
		      caller->rel.no_sdp_in_200 ? SLICE("") : sdp_text_slice(&caller->local_sdp),
		      false)
		: ERR_TOO_BIG;
	if (e != ERR_OK) {
		record_reason(c, REASON_ANSWER_MEDIA,
		    REASON_ARGS(called->phone_name, slice_cstr(err_text(e))));
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 500);
		return;
	}
	caller->state = LEG_UP;
	session_start(caller);
	call_answered(c, called);
}

void
answer_caller_soon(struct call *c)
{
	const struct leg *caller = c->leg[MEDIA_CALLER];

	if (caller->rel.waits && caller->rel.waits_sdp)
		c->answer_waits = true; /* RFC 3262, 3 */
	else
		answer_caller_now(c);
}

void
answer_tell_who(const struct leg *l)
{
	struct call *c = l->call;
	char text[512];
	struct buf b;

	buf_init(&b, text, sizeof text);
	present_write(leg_other(l), l, &b);
	if (!buf_ok(&b) || arena_dup(&c->arena, buf_slice(&b), &c->answer_headers) != ERR_OK)
		c->answer_headers = SLICE("");
}

static void
on_useless_2xx(struct leg *l, const struct sip_msg *resp, enum err e)
{
	record_reason(
	    l->call, REASON_ANSWER_MEDIA, REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
	take_and_end(l, resp);
	call_end(l->call, CDR_FAILED, CDR_BY_SYSTEM, e == ERR_LIMIT ? 503 : 488);
}

/* A mobile phone that rings with others is of no use; the others ring on. */
static void
let_go(struct leg *l, const struct sip_msg *resp)
{
	take_and_end(l, resp);
	if (l->call->ring.asking == 0)
		ring_next(l->call);
}

static void
on_first_2xx(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	enum err e = sip_dialog_on_response(&l->dialog, &l->arena, resp);

	l->invite_out_pending = false;
	line_accepted(l);
	if (e != ERR_OK || l->state == LEG_CANCELLED || !c->ring.active) {
		take_and_end(l, resp);
		if (e != ERR_OK && c->ring.active && c->ring.asking == 0) {
			c->ring.best_status = status_better(c->ring.best_status, 500);
			ring_next(c);
		}
		return;
	}
	if (twin_must_ask(l)) {
		if (!twin_ask(l, resp))
			let_go(l, resp);
		return;
	}
	if (c->transfer) {
		if (!transfer_on_answer(l, resp)) {
			take_and_end(l, resp);
			if (c->ring.asking == 0)
				ring_next(c);
		}
		return;
	}
	e = take_media(l, resp);
	if (e == ERR_OK)
		e = keep_answer_headers(l, resp);
	if (e != ERR_OK && leg_line_twin(l)) {
		let_go(l, resp);
		return;
	}
	if (e != ERR_OK) {
		on_useless_2xx(l, resp, e);
		return;
	}
	ring_on_winner(l);
	l->state = LEG_UP;
	leg_sit(l);
	inband_end(l);
	bridge_drop_refused(l);
	if (c->offer_late)
		l->ack_owed = true;
	else
		leg_ack(l, SLICE(""));
	session_on_2xx(l, resp);
	session_start(l);
	answer_caller_soon(c);
}

void
answer_on_2xx(struct leg *l, const struct sip_msg *resp)
{
	if (l->invite_out_pending) {
		on_first_2xx(l, resp);
		return;
	}
	/* the 2xx again: our ACK was lost, or it has to wait for the other side's answer */
	if (l->state == LEG_UP && !l->ack_owed && slice_eq(resp->to.tag, l->dialog.remote_tag))
		leg_ack(l, l->ack_sdp ? sdp_text_slice(&l->local_sdp) : SLICE(""));
}

/* The answer to a late offer came in the ACK: pass it on in the other side's ACK. */
static void
pass_late_answer(struct leg *l, struct leg *other, const struct sip_msg *ack)
{
	struct slice sdp = {0};
	enum err e = bridge_take(l, ack->body, &l->dialog.flow, true);

	if (e == ERR_OK)
		e = bridge_give(l, other, &sdp);
	leg_ack(
	    other, e == ERR_OK ? sdp : bridge_refusal(other, sdp_text_slice(&other->remote_sdp)));
	if (e == ERR_OK)
		return;
	record_reason(
	    l->call, REASON_ACK_MEDIA, REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
	call_end(l->call, CDR_FAILED, CDR_BY_SYSTEM, 0);
}

void
answer_on_ack(struct leg *l, const struct sip_msg *ack)
{
	struct leg *other;

	if (!l->ack_due || ack->cseq != l->in_cseq)
		return;
	l->ack_due = false;
	if (l->invite_in)
		sip_server_acked(l->invite_in);
	if (l->bye_wanted) {
		leg_bye(l, SLICE(""));
		return;
	}
	other = leg_other(l);
	if (other && other->ack_owed)
		pass_late_answer(l, other, ack);
	else if (l->rel.agreed && l->rel.sdp_version != l->sdp_version)
		reinvite_refresh(l); /* another phone won than the one whose media it agreed to */
	l->rel.agreed = false;
	app_begin(l->call);
}
