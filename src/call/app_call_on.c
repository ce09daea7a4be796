/* VMB-4: who sits opposite an app goes on to somebody else. */
#include "call/app_int.h"
#include "call/dial_in.h"
#include "call/emergency.h"
#include "call/transfer_int.h"

/* What the plan says of the call as a whole. */
static void
take_over(struct call *c, const struct routing_plan *plan)
{
	struct routing_party called;

	c->private_call |= plan->private_call && plan->outside[0];
	if (!plan->emergency || party_copy(&c->arena, &plan->called, &called) != ERR_OK)
		return;
	c->called_party = called;
	c->emergency = true;
	emergency_begins(c);
}

bool
call_app_call_on(struct call_app *a, struct slice number)
{
	const struct leg *other = a->leg ? leg_other(a->leg) : NULL;
	struct routing_query q = {.dialled = number};
	struct routing_plan plan;
	struct transfer *t;

	if (!other || !dial_in_ask_as(other, &q) || !transfer_instead_of(a->leg, number, &t))
		return false;
	plan_ask(a->leg->call->sw, &q, &plan);
	take_over(a->leg->call, &plan);
	transfer_execute(t, &plan, 1);
	return true;
}
