/* VMB-4: who sits opposite an app goes on to somebody else. */
#include "call/app_int.h"
#include "call/transfer_int.h"

bool
call_app_call_on(struct call_app *a, struct slice number)
{
	const struct leg *other = a->leg ? leg_other(a->leg) : NULL;
	struct routing_query q = {.dialled = number};
	struct routing_plan plan;
	struct transfer *t;

	if (other)
		q.caller_phone = dir_phone_by_id(call_app_directory(a), other->phone);
	if (!q.caller_phone || !transfer_instead_of(a->leg, number, &t))
		return false;
	plan_ask(a->leg->call->sw, &q, &plan);
	transfer_execute(t, &plan, 1);
	return true;
}
