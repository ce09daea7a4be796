/* The answer: 200 from the phone that won, to the caller, and the ACKs of both. */
#include "call/call_int.h"
#include "call/passing.h"

static void
on_cancel(void *user, struct sip_server *tsx, const struct sip_msg *cancel)
{
	struct leg *l = user;

	if (tsx != l->invite_in)
		return;
	if (l->state == LEG_ASKED) {
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

const struct sip_server_ops answer_server_ops = {
    .on_cancel = on_cancel, .on_no_ack = on_no_ack, .on_gone = on_gone};

/* The 2xx crossed our CANCEL, or its SDP is useless: take the call and end it. An
 * offer in it wants an answer all the same (13.2.2.4). */
static void
take_and_end(struct leg *l, const struct sip_msg *resp)
{
	if (l->state == LEG_ASKING)
		l->call->ring.asking--;
	l->state = LEG_UP;
	leg_ack(l, l->call->offer_late ? bridge_refusal(l, resp->body) : SLICE(""));
	leg_bye(l, SLICE(""));
}

static enum err
connect_sides(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	struct leg *caller = leg_other(l);
	struct slice sdp = {0};
	char extra[PASSING_MAX_BYTES + 768];
	struct buf b;
	enum err e = bridge_take(l, resp->body, &l->dialog.flow, !c->offer_late);

	if (e == ERR_OK)
		e = bridge_give(l, caller, &sdp);
	if (e != ERR_OK)
		return e;
	buf_init(&b, extra, sizeof extra);
	session_write_answer(caller, &b);
	present_take_response(l, resp);
	present_write(caller, l, &b);
	passing_copy(&b, resp, PASS_ANSWER);
	return leg_accept(caller, 200, buf_slice(&b), sdp);
}

static void
on_first_2xx(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	enum err e = sip_dialog_on_response(&l->dialog, &l->arena, resp);

	l->invite_out_pending = false;
	if (e != ERR_OK || l->state == LEG_CANCELLED || !c->ring.active) {
		take_and_end(l, resp);
		if (e != ERR_OK && c->ring.active && c->ring.asking == 0)
			call_end(c, CDR_FAILED, CDR_BY_CALLED, 500);
		return;
	}
	e = connect_sides(l, resp);
	if (e != ERR_OK) {
		record_reason(
		    c, REASON_ANSWER_MEDIA, REASON_ARGS(l->phone_name, slice_cstr(err_text(e))));
		take_and_end(l, resp);
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, e == ERR_LIMIT ? 503 : 488);
		return;
	}
	ring_on_winner(l);
	l->state = LEG_UP;
	leg_sit(l);
	leg_other(l)->state = LEG_UP;
	bridge_drop_refused(l);
	if (c->offer_late)
		l->ack_owed = true;
	else
		leg_ack(l, SLICE(""));
	session_on_2xx(l, resp);
	session_start(l);
	session_start(leg_other(l));
	call_answered(c, l);
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
}
