/*
 * Calling somebody into a conference: as the one who answers for it would dial, who is shown to who
 * is called; or himself, at all his telephones, who asks for that.
 */
#include "call/conference_int.h"

static bool
leads_outside(const struct routing_plan *plan)
{
	return plan->n_targets && plan->target[0].kind == ROUTING_LINE;
}

static bool
can_be_called(const struct routing_plan *plan)
{
	return plan->action != ROUTING_REFUSE && !plan->emergency &&
	       !(plan->n_targets && plan->target[0].kind == ROUTING_APP);
}

static void
say_why(const struct routing_plan *plan, char reason[LIVE_REASON_BYTES])
{
	if (plan->n_reasons)
		slice_clip_cstr(
		    slice_cstr(plan->reasons[plan->n_reasons - 1]), reason, LIVE_REASON_BYTES);
}

static bool
seat(struct conference *f, const struct conference_callee *who, struct call_app *a, bool outside)
{
	struct conference_member *m;

	if (!conference_expect(f, a, &m) ||
	    arena_dup(&a->leg->arena, who->argument, &a->argument) != ERR_OK)
		return false;
	m->confirm = outside;
	m->moderator = who->moderator;
	m->silenced = who->silenced;
	m->participant = who->participant;
	return true;
}

static bool
is_full(const struct conference *f, const struct conference_callee *who)
{
	return f->members >= f->max_members && !who->moderator;
}

static enum conference_outcome
ring(struct conference *f, const struct conference_callee *who, struct routing_plan *plan,
    char reason[LIVE_REASON_BYTES])
{
	struct call_switch *sw = f->room.sw;
	struct room_call what = {.plan = plan, .kind = sw->p.apps[ROUTING_APP_CONFERENCE]};
	struct call_app *a;

	if (!can_be_called(plan)) {
		say_why(plan, reason);
		return CONFERENCE_OUTCOME_REFUSED;
	}
	plan->caller.user = 0;			   /* his own call is the one that he is in */
	plan->onward = (struct routing_onward){0}; /* no mailbox shall take part */
	plan->deposit = SLICE("");
	if (app_room_call(&f->room, &what, &a) != ERR_OK)
		return CONFERENCE_OUTCOME_BUSY;
	if (!seat(f, who, a, leads_outside(plan))) {
		call_end(a->leg->call, CDR_FAILED, CDR_BY_SYSTEM, 503);
		return CONFERENCE_OUTCOME_BUSY;
	}
	app_room_ring(a);
	return CONFERENCE_OUTCOME_DONE;
}

enum conference_outcome
conference_call(
    struct conference *f, const struct conference_callee *who, char reason[LIVE_REASON_BYTES])
{
	struct routing_query q = {.dialled = who->number, .sent_on_by = who->by};
	struct routing_plan plan;

	if (!who->by)
		return CONFERENCE_OUTCOME_REFUSED;
	if (is_full(f, who))
		return CONFERENCE_OUTCOME_FULL;
	q.caller = routing_party_of(who->by);
	plan_ask(f->room.sw, &q, &plan);
	return ring(f, who, &plan, reason);
}

enum conference_outcome
conference_call_own(
    struct conference *f, const struct conference_callee *who, char reason[LIVE_REASON_BYTES])
{
	struct call_switch *sw = f->room.sw;
	struct routing_state state = plan_state(sw);
	struct routing_query q = {.state = &state, .caller = routing_party_of(who->by)};
	struct routing_plan plan;

	if (is_full(f, who))
		return CONFERENCE_OUTCOME_FULL;
	routing_plan_others(&plan, sw->p.directory, &q, who->by, NULL, SLICE(""));
	plan.ring_ms = dir_settings(sw->p.directory)->ring_s * 1000;
	return ring(f, who, &plan, reason);
}
