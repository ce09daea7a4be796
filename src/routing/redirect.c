/* USR-5, GRP-1: where calls to a number go instead. */
#include <stdio.h>

#include "directory/mailboxes.h"
#include "routing/routing_int.h"

bool
user_talks(const struct routing_query *q, const struct dir_user *user)
{
	const struct routing_state *s = q->state;

	return s->user_talks && s->user_talks(s->ctx, user->id);
}

static struct slice
target_of(const struct routing_query *q, const struct dir_number *n, enum routing_why why)
{
	if (!n->redirect || q->one_device)
		return (struct slice){0};
	switch (why) {
	case ROUTING_ALWAYS: return n->redirect->always;
	case ROUTING_BUSY: return n->redirect->busy;
	default: return n->redirect->timeout;
	}
}

/* What the caller hears when a redirection leads nowhere. */
static void
refuse_round(struct routing_plan *plan, enum routing_why why)
{
	if (why == ROUTING_ALWAYS)
		refuse(plan, 482, CDR_FAILED);
	else if (why == ROUTING_BUSY)
		refuse(plan, 486, CDR_BUSY);
	else
		refuse(plan, 480, CDR_UNAVAILABLE);
}

bool
redirect_is_round(
    struct routing_plan *plan, const struct routing_query *q, const struct dir_number *n)
{
	bool round = false;

	for (size_t i = 0; i < plan->n_via && !round; i++)
		round = slice_eq(plan->via[i].by.number, n->number);
	for (size_t i = 0; i < q->n_been && !round; i++)
		round = slice_eq(q->been[i], n->number);
	if (!round)
		return false;
	because(plan, REASON_DIVERTED_ROUND, REASON_ARGS(n->number));
	refuse_round(plan, plan->n_via ? plan->via[plan->n_via - 1].why : ROUTING_NO_ANSWER);
	return true;
}

/* Who redirects answers for what it costs. The caller stays who he is. */
static void
go_on(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_number *n, struct slice target)
{
	struct routing_query on = *q;
	struct slice mailbox;

	on.caller_line = NULL;
	on.sent_on_by = n->user;
	on.sent_on_group = n->user ? NULL : n->group;
	plan->called = (struct routing_party){.number = target};
	if (dir_target_mailbox(target, &mailbox)) {
		plan_mailbox(plan, dir, mailbox);
		return;
	}
	if (routing_normalise(target, plan->dialled) != ERR_OK) {
		because(plan, REASON_NOT_A_NUMBER, NULL);
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	plan->called.number = slice_cstr(plan->dialled);
	if (routing_emergency(dir, plan->called.number)) {
		because(plan, REASON_REDIRECT_EMERGENCY, REASON_ARGS(target));
		refuse(plan, 403, CDR_FAILED);
		return;
	}
	if (!plan_feature(plan, dir, &on))
		plan_number(plan, dir, &on, plan->called.number);
}

bool
redirect(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_number *n, enum routing_why why)
{
	static const enum reason reasons[] = {[ROUTING_ALWAYS] = REASON_REDIRECT_ALWAYS,
	    [ROUTING_BUSY] = REASON_REDIRECT_BUSY,
	    [ROUTING_UNREACHED] = REASON_REDIRECT_UNREACHED,
	    [ROUTING_NO_ANSWER] = REASON_REDIRECT_NO_ANSWER};
	struct slice target = target_of(q, n, why);

	if (!target.n)
		return false;
	because(plan, reasons[why], REASON_ARGS(n->number, target));
	if (q->hops + plan->n_via >= ROUTING_HOPS_MAX) {
		because(plan, REASON_DIVERTED_ROUND, REASON_ARGS(target));
		refuse_round(plan, why);
		return true;
	}
	plan->via[plan->n_via++] = (struct routing_via){plan->called, why};
	go_on(plan, dir, q, n, target);
	return true;
}

bool
redirect_group(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, const struct dir_number *n, bool busy)
{
	return (busy && redirect(plan, dir, q, n, ROUTING_BUSY)) ||
	       redirect(plan, dir, q, n, ROUTING_UNREACHED);
}

void
redirect_later(
    struct routing_plan *plan, const struct routing_query *q, const struct dir_number *n, bool busy)
{
	struct slice timeout = target_of(q, n, ROUTING_NO_ANSWER);
	char after[12];

	plan->onward = (struct routing_onward){
	    .busy = busy ? target_of(q, n, ROUTING_BUSY) : (struct slice){0},
	    .timeout = timeout,
	    .user = n->user ? n->user->id : 0,
	    .group = n->group ? n->group->id : 0};
	if (plan->onward.busy.n)
		because(plan, REASON_REDIRECT_WHEN_BUSY, REASON_ARGS(plan->onward.busy));
	if (!timeout.n)
		return;
	plan->ring_ms = n->redirect->after_s * 1000;
	snprintf(after, sizeof after, "%u", n->redirect->after_s);
	because(plan, REASON_REDIRECT_AFTER, REASON_ARGS(slice_cstr(after), timeout));
}
