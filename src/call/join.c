/*
 * Attended transfer: the far parties of two calls of one phone are connected, by
 * re-INVITEs of our own (RFC 3725, 4.3): the one who moves is asked for an offer, the
 * one who stays gets it, its answer goes back in the ACK. The leg that moves changes its
 * call for that; both phones of the two calls stay as they are until the end of it.
 */
#include <stdio.h>

#include "call/line_int.h"
#include "call/talk_record.h"
#include "call/transfer_int.h"

enum { RETRY_MS = 300, TRIES_MAX = 40 };

static void ask(struct transfer *t);

static struct leg *
stays(const struct transfer *t)
{
	return t->call->leg[MEDIA_SIDES - 1 - t->seat];
}

static void
move(struct leg *l, struct call *to, enum media_side side)
{
	struct call *from = l->call;

	leg_line_detach(l);
	if (l->call->leg[l->side] == l)
		l->call->leg[l->side] = NULL;
	list_remove(&l->link);
	list_push(&to->legs, &l->link);
	l->call = to;
	talk_record_follow(from);
	l->side = side;
}

static void
try_later(struct transfer *t, uint64_t ms)
{
	if (++t->tries > TRIES_MAX)
		transfer_fail(t, 491);
	else
		timer_start(t->call->sw->p.timers, &t->retry, ms);
}

void
join_start(struct transfer *t, struct leg *consult)
{
	struct call *o = consult->call;
	struct leg *far = leg_other(consult);
	const struct routing_party *to =
	    consult->state == LEG_UP ? &far->party : &o->ring.whom->party;

	t->attended = true;
	t->call->private_call |= o->private_call; /* with whom is nobody else's business */
	t->other = o;
	t->consult = consult;
	o->transfer = t;
	direct_leave(o);
	if (party_copy(&t->arena, to, &t->to) != ERR_OK) {
		transfer_fail(t, 500);
		return;
	}
	record_reason(t->call, REASON_TRANSFER_JOINS,
	    REASON_ARGS(t->from.name, to->number, slice_cstr(o->id)));
	if (consult->state != LEG_UP) {
		t->stage = TRANSFER_RINGING; /* join_on_answer goes on */
		return;
	}
	t->target = far;
	t->target_seat = far->side;
	ask(t);
}

void
join_on_answer(struct transfer *t, struct leg *l, const struct sip_msg *resp)
{
	struct call *o = t->other;
	struct leg *consult = t->consult;

	present_take_response(l, resp);
	ring_on_winner(l);
	leg_sit(l);
	if (o->offer_late)
		leg_ack(l, bridge_refusal(l, resp->body)); /* it is asked again at once */
	else
		leg_ack(l, SLICE(""));
	(void)!bridge_take(l, resp->body, &l->dialog.flow, !o->offer_late);
	session_on_2xx(l, resp);
	session_start(l);
	call_answered(o, l);
	t->consult = NULL;
	if (consult && consult->invite_in) {
		consult->invite_in_pending = false;
		sip_server_reject(consult->invite_in, 487, SLICE(""));
		record_reason(
		    o, REASON_GIVEN_AWAY, REASON_ARGS(t->from.name, slice_cstr(t->call->id)));
	}
	if (consult)
		leg_done(consult);
	t->target = l;
	t->target_seat = l->side;
	ask(t);
}

static void
ask(struct transfer *t)
{
	struct leg *far = t->target;
	struct slice sdp = {0};

	t->stage = TRANSFER_ASKING;
	if (change_in_progress(far) || change_in_progress(stays(t)) ||
	    (t->offered && bridge_give(stays(t), far, &sdp) != ERR_OK) ||
	    reinvite_send(far, sdp, REINVITE_ASK) != ERR_OK)
		try_later(t, RETRY_MS);
}

/* Sends the offer that came from the one who moves. */
static void
tell(struct transfer *t)
{
	struct slice sdp;

	t->stage = TRANSFER_TELLING;
	if (change_in_progress(stays(t))) {
		try_later(t, RETRY_MS);
		return;
	}
	if (bridge_give(t->target, stays(t), &sdp) != ERR_OK ||
	    reinvite_send(stays(t), sdp, REINVITE_TELL) != ERR_OK) {
		transfer_fail(t, 500);
		return;
	}
	t->must_tell = true; /* if it comes to nothing */
}

void
join_retry(struct transfer *t)
{
	if (t->stage == TRANSFER_ASKING)
		ask(t);
	else
		tell(t);
}

/* Its offer or answer is about the other call's media, but it gets them when both agree. */
static void
move_target(struct transfer *t)
{
	struct leg *far = t->target;

	far->media_waits = true;
	t->call->family[t->seat] = far->dialog.flow.remote.family == 6 ? 6 : 4;
	move(far, t->call, t->seat);
	t->refitted |= bridge_refit(t->call);
}

/* Many devices know no INVITE without an offer: they get the one of who stays. */
static void
offer(struct transfer *t)
{
	t->offered = true;
	t->tries = 0;
	move_target(t);
	ask(t);
}

static void
take_offer(struct transfer *t, const struct sip_msg *resp)
{
	struct leg *far = t->target;
	enum err e;

	far->ack_owed = true;
	e = sdp_text_set(&far->agreed_sdp, sdp_text_slice(&far->remote_sdp));
	move_target(t);
	if (e == ERR_OK)
		e = bridge_take(far, resp->body, &far->dialog.flow, false);
	if (e != ERR_OK) {
		transfer_fail(t, e == ERR_LIMIT ? 503 : 488);
		return;
	}
	t->tries = 0;
	tell(t);
}

/* Both have agreed: the one who transferred is free, in both calls. */
static void
joined(struct transfer *t)
{
	struct call *o = t->other;
	struct leg *far = t->target;
	bool by_caller = t->target_seat == MEDIA_CALLED;

	t->target = NULL;
	t->other = NULL;
	t->call->emergency |= o->emergency; /* nothing takes its line */
	o->transfer = NULL;
	far->media_waits = false;
	bridge_connect(far);
	transfer_arrived(t, far);
	session_start(far);
	record_reason(o, REASON_JOINED_CALL, REASON_ARGS(t->from.name, slice_cstr(t->call->id)));
	if (t->offered)
		transfer_update(t); /* who stays has been told nothing yet */
	else
		transfer_free(t);
	call_end(o, CDR_ANSWERED, by_caller ? CDR_BY_CALLER : CDR_BY_CALLED, 0);
}

static void
take_answer(struct transfer *t, struct leg *l, const struct sip_msg *resp)
{
	struct leg *far = t->target;
	struct slice sdp = {0};
	enum err e;

	leg_ack(l, SLICE(""));
	e = bridge_take(l, resp->body, &l->dialog.flow, true);
	if (e == ERR_OK)
		e = bridge_give(l, far, &sdp);
	if (e != ERR_OK) {
		transfer_fail(t, 488);
		return;
	}
	leg_ack(far, sdp);
	bridge_drop_refused(l);
	joined(t);
}

/* The answer of a target that got an offer. */
static void
take_offered(struct transfer *t, const struct sip_msg *resp)
{
	struct leg *far = t->target;

	leg_ack(far, SLICE(""));
	if (bridge_take(far, resp->body, &far->dialog.flow, true) != ERR_OK) {
		t->target = NULL; /* it has left its media, and these are of no use */
		leg_bye(far, SLICE(""));
		transfer_fail(t, 488);
		return;
	}
	bridge_drop_refused(far);
	joined(t);
}

void
join_on_2xx(struct transfer *t, struct leg *l, const struct sip_msg *resp)
{
	if (l->purpose == REINVITE_ASK && l == t->target && t->offered)
		take_offered(t, resp);
	else if (l->purpose == REINVITE_ASK && l == t->target)
		take_offer(t, resp);
	else if (l->purpose == REINVITE_TELL && t->stage == TRANSFER_TELLING && t->target)
		take_answer(t, l, resp);
	else
		leg_ack(l, l->asked_late ? bridge_refusal(l, resp->body) : SLICE(""));
}

void
join_on_refusal(struct transfer *t, struct leg *l, uint16_t status)
{
	struct call *c = t->call;
	char code[8];

	if (status == 491) {
		try_later(t, 2100 + rng_below(c->sw->p.rng, 1900));
		return;
	}
	snprintf(code, sizeof code, "%u", status);
	record_reason(c, REASON_PHONE_ANSWERED,
	    REASON_ARGS(l->phone_name, slice_cstr(code), sip_reason(status)));
	if (status != 408 && status != 481 && status < 600 && l == t->target && !t->offered &&
	    t->stage == TRANSFER_ASKING && stays(t)->remote_sdp.n) {
		offer(t);
		return;
	}
	if (status != 408 && status != 481) {
		t->must_tell = false; /* it has not agreed to anything new */
		transfer_fail(t, status);
		return;
	}
	if (l != t->target) {
		record_reason(c, REASON_CALL_FORGOTTEN, REASON_ARGS(l->phone_name));
		call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
		return;
	}
	/* the target has forgotten its call (RFC 3261, 12.2.1.2) */
	t->target = NULL;
	leg_done(l);
	transfer_fail(t, status);
}

/* The offer it made gets an answer in any case (RFC 3261, 13.2.2.4): the media it had, when
 * the one it had them with is still there. */
static void
answer_old(struct transfer *t, struct leg *far)
{
	struct leg *consult = t->consult;
	struct slice sdp = {0};
	enum err e = ERR_NOT_FOUND;

	if (consult && consult->remote_sdp.n) {
		e = bridge_take(far, sdp_text_slice(&far->remote_sdp), &far->dialog.flow, false);
		if (e == ERR_OK)
			e = bridge_give(consult, far, &sdp);
	}
	leg_ack(far, e == ERR_OK ? sdp : bridge_refusal(far, sdp_text_slice(&far->remote_sdp)));
}

/* It has refused our offer, or nobody waits for what it says to it. */
static void
take_back_offer(struct transfer *t, struct leg *far)
{
	struct slice unused;

	if (t->consult && t->consult->remote_sdp.n &&
	    bridge_give(t->consult, far, &unused) != ERR_OK)
		call_log(LOG_WARN, far->call, "the former media could not be restored");
}

void
join_undo(struct transfer *t)
{
	struct call *o = t->other;
	struct leg *far = t->target, *consult;

	if (!o)
		return;
	o->transfer = NULL;
	t->other = NULL;
	t->target = NULL;
	if (far && far->call != o) {
		move(far, o, t->target_seat);
		far->media_waits = false;
		leg_sit(far);
		if (t->offered)
			take_back_offer(t, far);
		else
			answer_old(t, far);
	}
	consult = t->consult;
	t->consult = NULL;
	if (o->state == CALL_UP && !(far && consult))
		call_end(o, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
	else if (o->state == CALL_RINGING && !(consult && consult->invite_in))
		call_end(o, CDR_CANCELLED, CDR_BY_CALLER, 487);
	/* else that call goes on as if nothing had been */
}
