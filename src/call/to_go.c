/*
 * Call2Go (KEY): who talks goes on at another phone of his. All that he has besides rings, his
 * mobile phones too, and whoever is first takes the seat; until then, and when nobody is, he talks
 * on. What follows is a blind transfer to himself (transfer_int.h) whose sender has not let go.
 */
#include "call/dial_in.h"
#include "call/transfer_int.h"

enum { RING_MS = 30000 };

static void
plan_others(struct leg *l, const struct dir_user *user, struct routing_plan *plan)
{
	const struct directory *dir = l->call->sw->p.directory;
	struct slice mobile = dial_in_mobile(l);
	struct routing_query q = {.caller = leg_other(l)->party, .sent_on_by = user};
	const struct dir_phone *but = dir_phone_by_id(dir, l->phone);

	q.caller.user = 0; /* whose permissions count, is said */
	plan_ask_others(l->call->sw, &q, user, but, mobile, plan);
	plan->ring_ms = RING_MS;
}

enum err
call_to_go(struct call *c, struct leg *l)
{
	const struct dir_user *user = dir_user_by_id(c->sw->p.directory, l->party.user);
	struct routing_plan plan;
	struct transfer *t;

	if (!user || refer_obstacle(l))
		return ERR_DENIED;
	plan_others(l, user, &plan);
	if (plan.action == ROUTING_REFUSE)
		return ERR_NOT_FOUND;
	if (transfer_new(l, &(struct transfer_asked){0}, l->party.number, &t) != ERR_OK)
		return ERR_NOMEM;
	t->goes = true;
	direct_leave(c);
	record_reason(c, REASON_TO_GO, REASON_ARGS(l->party.name));
	plan_keep_reasons(c, &plan, 0);
	c->gruu = SLICE("");
	if (!transfer_ring(t, &plan))
		transfer_fail(t, 500);
	return ERR_OK;
}
