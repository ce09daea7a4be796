/*
 * A call that tests a line (LIN-2): the system itself calls a number, through exactly this line.
 * Nobody sits in the caller's seat but a leg without a peer, as in a call that was dialled on the
 * web page (dial.c); who picks up hears a tone, and after some seconds the call is over.
 */
#include "call/transfer_int.h"
#include "routing/number_class.h"

enum { RING_MS = 45000, TONE_MS = 5000 };

bool
trial_wants_tone(const struct leg *l)
{
	const struct call *c = l->call;

	return c->state == CALL_UP && c->transfer && c->transfer->trial && l->state == LEG_UP &&
	       c->sw->p.ringback;
}

static void
on_heard(struct timer *timer)
{
	struct transfer *t = container_of(timer, struct transfer, tone);

	record_reason(t->call, REASON_TEST_OVER, NULL);
	call_end(t->call, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
}

enum err
call_trial_check(const struct call_switch *sw, struct slice number)
{
	struct number_plan numbers = number_plan_of(dir_settings(sw->p.directory));
	char dialled[ROUTING_DIALLED_MAX], outside[NUMBER_BYTES];

	if (routing_normalise(number, dialled) != ERR_OK ||
	    number_canonical(&numbers, slice_cstr(dialled), NUMBER_DIALLED, outside) != ERR_OK)
		return ERR_INVALID;
	return routing_emergency(sw->p.directory, slice_cstr(dialled)) ? ERR_DENIED : ERR_OK;
}

/* One target: another line would prove nothing. The number is good. */
static enum err
make_plan(const struct call_switch *sw, const struct dir_line *line, struct slice number,
    struct routing_plan *plan)
{
	struct number_plan numbers = number_plan_of(dir_settings(sw->p.directory));
	enum err e;

	*plan = (struct routing_plan){.action = ROUTING_RING, .ring_ms = RING_MS};
	e = routing_normalise(number, plan->dialled);
	if (e == ERR_OK)
		e = number_canonical(
		    &numbers, slice_cstr(plan->dialled), NUMBER_DIALLED, plan->outside);
	if (e == ERR_OK)
		e = slice_copy_cstr(
		    slice_cstr(plan->dialled), plan->outside_dialled, sizeof plan->outside_dialled);
	if (e != ERR_OK)
		return e;
	plan->costly = number_is_costly(number_class_of(&numbers, slice_cstr(plan->outside)));
	plan->called.number = slice_cstr(plan->outside);
	plan->caller = (struct routing_party){.number = line->main_number, .name = SLICE("Test")};
	plan->target[plan->n_targets++] = (struct routing_target){.kind = ROUTING_LINE,
	    .line = line->id,
	    .phone_name = line->name,
	    .way = {.shown = line->main_number}};
	return ERR_OK;
}

/* The call says what comes of it. */
static void
start(struct call *c, const struct routing_plan *plan)
{
	enum err e;

	c->family[MEDIA_CALLER] = 4;
	e = ring_prepare(c, MEDIA_CALLED, &c->called_party, plan);
	if (e == ERR_OK)
		e = dial_stand_in(c, MEDIA_CALLER, &c->caller_party);
	if (e == ERR_OK)
		ring_start(c);
	else
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 503);
	if (c->state != CALL_ENDED)
		record_live(c, LIVE_CALL_SETUP);
}

enum err
call_trial(
    struct call_switch *sw, int64_t line_id, struct slice number, char call_id[CALL_ID_BYTES])
{
	const struct dir_line *line = dir_line_by_id(sw->p.directory, line_id);
	struct routing_plan plan;
	struct transfer *t;
	struct call *c;
	enum err e = line ? call_trial_check(sw, number) : ERR_NOT_FOUND;

	if (e == ERR_OK)
		e = make_plan(sw, line, number, &plan);
	if (e != ERR_OK)
		return e;
	e = dial_new(sw, &plan, &(struct call_origin){0}, MEDIA_CALLED, &t);
	if (e != ERR_OK)
		return e;
	c = t->call;
	timer_init(&t->tone, on_heard);
	t->stage = TRANSFER_DIALLING;
	t->trial = true;
	record_begin(c);
	record_reason(c, REASON_LINE_TESTED, REASON_ARGS(line->name));
	slice_clip_cstr(slice_cstr(c->id), call_id, CALL_ID_BYTES);
	start(c, &plan);
	return ERR_OK;
}

void
trial_answered(struct transfer *t, struct leg *l)
{
	call_answered(t->call, l);
	music_follow(t->call);
	timer_start(t->call->sw->p.timers, &t->tone, TONE_MS);
}
