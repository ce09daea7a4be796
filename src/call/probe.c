/*
 * Call completion for a number outside (completion.h): nobody here knows when it is free, so it is
 * called, and nobody hears of that while it is busy. When it rings there, the phones of who wants
 * to be called back are rung, too, and the two are connected when both have picked up; who does so
 * first hears that the other one rings.
 *
 *   PROBING ──it rings──► CALLING_BACK ──he answers──► RINGING ──it answers──► as dial.c
 *      └──────it answers at once or first──┘└────────────────────────────────► UPDATING
 *
 * Legs without a peer (dial.c) keep the seats of those who have not answered yet: both are offered
 * what the engine can speak, and told what the other one can when they have it.
 */
#include "call/completion.h"
#include "call/identity.h"
#include "call/line_int.h"
#include "call/transfer_int.h"

enum {
	PROBE_MS = 30000,      /* until it rings */
	EARLY_RINGS_MS = 4000, /* voice, no word of ringing, and not busy so long: it rings */
};

bool
probe_wants_tone(const struct leg *l)
{
	const struct call *c = l->call;

	return c->state == CALL_UP && c->transfer && c->transfer->probe &&
	       c->transfer->stage == TRANSFER_CALLING_BACK && l->side == MEDIA_CALLED &&
	       l->state == LEG_UP && c->sw->p.ringback;
}

/* ---- it is not busy ---- */

/* From here on it is a call as others. */
static void
show(struct call *c)
{
	if (!c->quiet)
		return;
	c->quiet = false;
	record_begin(c);
	record_reason(c, REASON_COMPLETION,
	    REASON_ARGS(c->caller_party.name, identity_shown(&c->called_party)));
}

static void
ring_back(struct transfer *t)
{
	struct call *c = t->call;
	struct routing_plan own;
	struct routing_party shown;
	char name[PRESENT_NAME_BYTES];
	enum err e = ERR_WRONG_STATE;

	show(c);
	t->stage = TRANSFER_CALLING_BACK;
	timer_stop(&t->tone);
	timer_stop(&c->ring.timer);
	t->far_whom = c->ring.whom;
	if (completion_plan_recall(c->completion, &c->called_party, &own, &shown, name))
		e = ring_prepare(c, MEDIA_CALLER, &c->caller_party, &own);
	if (e == ERR_OK && !c->leg[MEDIA_CALLED])
		e = dial_stand_in(c, MEDIA_CALLED, &shown);
	if (e != ERR_OK) { /* he is not free any more */
		call_end(c, c->state == CALL_UP ? CDR_ANSWERED : CDR_CANCELLED, CDR_BY_CALLER, 480);
		return;
	}
	completion_on_ringing(c);
	ring_start(c);
	if (c->state == CALL_ENDED)
		return;
	music_follow(c);
	record_live(c, c->state == CALL_UP ? LIVE_CALL_ANSWERED : LIVE_CALL_RINGING);
}

static void
on_early(struct timer *timer)
{
	struct transfer *t = container_of(timer, struct transfer, tone);

	if (t->stage == TRANSFER_PROBING)
		ring_back(t);
}

bool
probe_on_progress(struct transfer *t, const struct leg *l, const struct sip_msg *resp)
{
	struct call *c = t->call;

	if (!t->probe || l->side != MEDIA_CALLED || t->stage > TRANSFER_CALLING_BACK)
		return false;
	if (!c->ringing_at)
		c->ringing_at = call_wall_ms(c);
	if (t->stage == TRANSFER_PROBING && resp->status == 180)
		ring_back(t);
	else if (t->stage == TRANSFER_PROBING && !timer_active(&t->tone))
		timer_start(c->sw->p.timers, &t->tone, EARLY_RINGS_MS);
	return true;
}

/* ---- who answers ---- */

static void
stand_up(struct call *c, enum media_side side)
{
	struct leg *l = c->leg[side];

	if (l && l->state == LEG_ASKED)
		leg_done(l);
}

static bool
take_media(struct leg *l, const struct sip_msg *resp)
{
	return (!resp->body.n && l->rel.agreed) ||
	       bridge_take(l, resp->body, &l->dialog.flow, true) == ERR_OK || l->rel.agreed;
}

static void
sit_down(struct leg *l, const struct sip_msg *resp)
{
	transfer_take_2xx(l, resp);
	bridge_drop_refused(l);
	stand_up(l->call, l->side);
	leg_sit(l);
	session_start(l);
}

static void
far_answered(struct transfer *t, struct leg *l, const struct sip_msg *resp)
{
	struct call *c = t->call;
	bool good = take_media(l, resp), first = t->stage == TRANSFER_PROBING;

	show(c);
	if (first) {
		timer_stop(&t->tone);
		ring_on_winner(l);
	} else {
		l->state = LEG_UP;
		leg_line_on_answer(l);
	}
	present_take_response(l, resp);
	sit_down(l, resp);
	stand_up(c, MEDIA_CALLER);
	call_answered(c, l);
	if (!good)
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 488);
	else if (first)
		ring_back(t);
	else
		music_follow(c);
}

static void
own_answered(struct transfer *t, struct leg *l, const struct sip_msg *resp)
{
	struct call *c = t->call;
	bool up = c->state == CALL_UP;

	present_take_response(l, resp);
	ring_on_winner(l);
	sit_down(l, resp);
	dial_note_phone(t, l);
	t->seat = MEDIA_CALLED;
	watch_tell(l, CALL_DIALOG_CONFIRMED);
	if (up) {
		t->stage = TRANSFER_UPDATING;
		record_update(c);
		record_live(c, LIVE_CALL_ANSWERED);
		watch_tell_seats(c);
		transfer_update(t);
		return;
	}
	stand_up(c, MEDIA_CALLED);
	t->stage = TRANSFER_RINGING;
	ring_go_on(c, MEDIA_CALLED, t->far_whom, ROUTING_OUTSIDE_RING_MS);
	music_follow(c);
	record_live(c, LIVE_CALL_RINGING);
}

bool
probe_on_answer(struct transfer *t, struct leg *l, const struct sip_msg *resp, bool *used)
{
	if (!t->probe || t->stage > TRANSFER_CALLING_BACK)
		return false;
	*used = l->side == MEDIA_CALLED || take_media(l, resp);
	if (l->side == MEDIA_CALLED)
		far_answered(t, l, resp);
	else if (*used)
		own_answered(t, l, resp);
	return true;
}

bool
probe_on_leg_failed(struct leg *l, uint16_t status)
{
	struct call *c = l->call;

	if (l->side == c->ring.seat || !c->transfer || !c->transfer->probe)
		return false;
	status = status ? status_from_line(status) : 480;
	leg_done(l);
	call_end(c, status_result(status), CDR_BY_CALLED, status);
	return true;
}

/* ---- the beginning ---- */

static enum err
prepare(struct call *c, const struct dial_params *p)
{
	struct transfer *t;
	enum err e = dial_prepare(c, p, MEDIA_CALLED);

	if (e != ERR_OK)
		return e;
	t = c->transfer;
	t->stage = TRANSFER_PROBING;
	t->probe = true;
	timer_init(&t->tone, on_early);
	c->quiet = true;
	e = ring_prepare(c, MEDIA_CALLER, &c->caller_party, p->own); /* what its media must reach */
	if (e == ERR_OK)
		e = ring_prepare(c, MEDIA_CALLED, &c->called_party, p->plan);
	c->ring.ring_ms = PROBE_MS;
	return e;
}

enum err
probe_start(struct call_switch *sw, const struct dial_params *p, struct call **out)
{
	struct call *c;
	enum err e = dial_new_call(sw, false, &c);

	if (e != ERR_OK)
		return e;
	e = prepare(c, p);
	if (e != ERR_OK) {
		dial_abandon(c);
		return e;
	}
	*out = c;
	e = dial_stand_in(c, MEDIA_CALLER, &c->caller_party);
	if (e == ERR_OK)
		ring_start(c);
	else
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 503);
	return ERR_OK;
}
