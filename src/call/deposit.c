/* LIN-5: a call from outside that nobody answers goes on to the deposit. */
#include "call/call_int.h"

/* The party that did not answer, as the deposit's phones are told. */
static void
note(struct call *c)
{
	struct diversion one = {.reason = DIVERSION_NO_ANSWER};

	slice_clip_cstr(c->ring.whom->party.number, one.by.number, sizeof one.by.number);
	slice_clip_cstr(c->ring.whom->party.name, one.by.name, sizeof one.by.name);
	diversion_note(c, &one);
}

static bool
start(struct call *c, const struct routing_plan *plan)
{
	struct routing_party party;
	enum media_side seat = c->ring.seat;

	if (party_copy(&c->arena, &plan->called, &party) != ERR_OK)
		return false;
	note(c);
	ring_stop(c, SLICE(""));
	if (ring_prepare(c, seat, &party, plan) != ERR_OK)
		return false;
	ring_start(c);
	return true;
}

bool
deposit_follow(struct call *c)
{
	const struct leg *caller = c->leg[MEDIA_CALLER];
	struct slice deposit = c->deposit;
	struct routing_plan plan;
	struct routing_query q = {.dialled = deposit};

	c->deposit = (struct slice){0}; /* once */
	if (!deposit.n || !caller || c->transfer)
		return false;
	q.caller_line = dir_line_by_id(c->sw->p.directory, caller->line);
	if (!q.caller_line)
		return false;
	q.caller = caller->party;
	plan_ask(c->sw, &q, &plan);
	record_reason(c, REASON_NO_ANSWER, NULL);
	record_reason(c, REASON_DEPOSIT, REASON_ARGS(deposit));
	plan_keep_reasons(c, &plan, 1);
	return plan.action == ROUTING_RING && start(c, &plan);
}
