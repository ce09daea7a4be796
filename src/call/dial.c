/*
 * A call from the web page: the own phone is rung first, and when it is picked up the number is
 * called as if it had been dialled there. Until then a leg without a peer keeps the other seat:
 * who will be called, for the display, and the description that the phone is offered (RFC 3725,
 * 4.1, with an offer of ours, because many phones take no INVITE without one). What follows is
 * like a blind transfer (transfer_int.h): who waits has told its media, another one is rung.
 */
#include <stdio.h>

#include "call/app_int.h"
#include "call/completion.h"
#include "call/transfer_int.h"

bool
transfer_is_dialling(const struct call *c)
{
	return c->transfer && c->transfer->stage <= TRANSFER_DIALLING;
}

bool
transfer_wants_ringback(const struct leg *l)
{
	const struct call *c = l->call;

	return c->state == CALL_RINGING && c->transfer && c->transfer->dialled &&
	       c->transfer->stage == TRANSFER_RINGING && l->side != c->transfer->seat &&
	       c->ring.active && c->ring.told && !c->ring.early && c->sw->p.ringback;
}

enum err
dial_stand_in(struct call *c, enum media_side seat, const struct routing_party *party)
{
	struct leg *l;
	enum err e = leg_new(c, seat, LEG_ASKED, party, &l);

	if (e != ERR_OK)
		return e;
	l->media_waits = true; /* for ever */
	leg_sit(l);
	return app_describe(l);
}

static enum err
ring_own_phone(struct call *c, const struct dial_params *p)
{
	const struct settings *set = dir_settings(c->sw->p.directory);
	struct routing_plan plan;
	enum err e;

	if (!p->own) {
		plan =
		    (struct routing_plan){.called = c->caller_party, .ring_ms = set->ring_s * 1000};
		plan.target[plan.n_targets++] = (struct routing_target){
		    .phone = p->phone->id, .phone_name = p->phone->name, .auto_answer = true};
	}
	c->family[MEDIA_CALLED] = 4;
	e = ring_prepare(c, MEDIA_CALLER, &c->caller_party, p->own ? p->own : &plan);
	return e == ERR_OK ? dial_stand_in(c, MEDIA_CALLED, p->shown ? p->shown : &c->called_party)
			   : e;
}

void
dial_abandon(struct call *c)
{
	if (c->transfer)
		transfer_free(c->transfer);
	call_abandon(c);
}

enum err
dial_new_call(struct call_switch *sw, bool emergency, struct call **out)
{
	char sip_call_id[32];
	struct buf b;

	buf_init(&b, sip_call_id, sizeof sip_call_id);
	rng_token(sw->p.rng, &b, 20);
	return call_new(sw, buf_slice(&b), emergency, out);
}

/* What the plan says of it. */
static enum err
keep_plan(struct call *c, const struct routing_plan *plan, const struct call_origin *from,
    enum media_side seat)
{
	enum err e = setup_keep_plan(c, plan, from);
	struct transfer *t = e == ERR_OK ? transfer_alloc(c, seat) : NULL;

	if (e != ERR_OK)
		return e;
	if (!t)
		return ERR_NOMEM;
	t->dialled = true;
	c->max_forwards = 70;
	return party_copy(&t->arena, &c->called_party, &t->to);
}

enum err
dial_new(struct call_switch *sw, const struct routing_plan *plan, const struct call_origin *from,
    enum media_side seat, struct transfer **out)
{
	struct call *c;
	enum err e = dial_new_call(sw, plan->emergency, &c);

	if (e != ERR_OK)
		return e;
	e = keep_plan(c, plan, from, seat);
	if (e == ERR_OK)
		*out = c->transfer;
	else
		dial_abandon(c);
	return e;
}

enum err
dial_prepare(struct call *c, const struct dial_params *p, enum media_side seat)
{
	enum err e = keep_plan(c, p->plan, &(struct call_origin){.phone = p->phone}, seat);

	if (e == ERR_OK)
		e = arena_dup(&c->transfer->arena, p->number, &c->transfer->number);
	if (e != ERR_OK)
		return e;
	c->transfer->stage = TRANSFER_DIALLING;
	c->transfer->from_phone = p->phone->id;
	c->transfer->plays = p->plays;
	c->completion = p->request;
	return ERR_OK;
}

enum err
dial_start(struct call_switch *sw, const struct dial_params *p, struct call **out)
{
	struct call *c;
	enum err e = dial_new_call(sw, p->plan->emergency, &c);

	if (e != ERR_OK)
		return e;
	e = dial_prepare(c, p, MEDIA_CALLER);
	if (e != ERR_OK) {
		dial_abandon(c);
		return e;
	}
	record_begin(c);
	record_reason(c, p->request ? REASON_COMPLETION : REASON_WEB_DIALLED,
	    REASON_ARGS(c->caller_party.name, p->request ? c->called_party.name : p->phone->name));
	*out = c;
	e = ring_own_phone(c, p);
	if (e == ERR_OK)
		ring_start(c);
	else
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 503);
	if (c->state != CALL_ENDED)
		record_live(c, LIVE_CALL_SETUP);
	return e;
}

void
dial_note_phone(struct transfer *t, const struct leg *l)
{
	struct slice name;

	t->from_phone = l->phone;
	if (arena_dup(&t->call->arena, l->phone_name, &name) == ERR_OK)
		t->call->caller_phone = name;
	completion_on_picked_up(t->call);
}

/* As if it had been dialled there; who is where, and who may what, may have changed meanwhile. */
static void
call_the_other(struct transfer *t)
{
	struct call *c = t->call;
	struct routing_query q = {.dialled = t->number,
	    .caller_phone = dir_phone_by_id(c->sw->p.directory, t->from_phone)};
	struct routing_plan plan;

	if (!q.caller_phone) {
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 403);
		return;
	}
	if (!t->plays || !play_plan(c->sw, c->caller_party.user, t->number, t->to.name, &plan))
		plan_ask(c->sw, &q, &plan);
	t->seat = MEDIA_CALLED;
	t->stage = TRANSFER_RINGING;
	/* why it is rung was said when it was dialled */
	transfer_execute(t, &plan, plan.action == ROUTING_REFUSE ? 1 : plan.n_reasons);
}

bool
dial_on_own_answer(struct transfer *t, struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	struct leg *stand_in = leg_other(l);

	if ((resp->body.n || !l->rel.agreed) &&
	    bridge_take(l, resp->body, &l->dialog.flow, true) != ERR_OK && !l->rel.agreed)
		return false;
	present_take_response(l, resp);
	ring_on_winner(l);
	transfer_take_2xx(l, resp);
	bridge_drop_refused(l);
	leg_sit(l);
	leg_done(stand_in);
	session_start(l);
	if (t->trial) {
		trial_answered(t, l);
		return true;
	}
	dial_note_phone(t, l);
	watch_tell(l, CALL_DIALOG_CONFIRMED);
	record_live(c, LIVE_CALL_SETUP);
	call_the_other(t);
	return true;
}

void
dial_arrived(struct transfer *t, struct leg *l)
{
	t->stage = TRANSFER_UPDATING;
	leg_sit(l);
	call_answered(t->call, l);
}

void
dial_failed(struct transfer *t, enum cdr_result result, enum cdr_ended_by by, uint16_t status)
{
	struct call *c = t->call;

	if (t->stage == TRANSFER_CALLING_BACK) {
		record_reason(c, REASON_OWN_PHONE_SILENT, REASON_ARGS(c->caller_phone));
		call_end(c, c->state == CALL_UP ? CDR_ANSWERED : CDR_CANCELLED, CDR_BY_CALLER, 480);
	} else if (t->stage == TRANSFER_DIALLING && !t->trial) {
		record_reason(c, REASON_OWN_PHONE_SILENT, REASON_ARGS(c->caller_phone));
		call_end(c, CDR_CANCELLED, CDR_BY_CALLER, status);
	} else {
		call_end(c, result, by, status);
	}
}
