/* A call that does not get through goes on: to where the number that was called redirects it
 * (USR-5, GRP-1), else from outside to the deposit (LIN-5, RTG-2). */
#include "call/transfer_int.h"

/* ---- who has sent it on ---- */

void
onward_note(struct call *c, const struct routing_party *by, enum diversion_reason reason)
{
	struct diversion one = {.reason = reason};

	slice_clip_cstr(by->number, one.by.number, sizeof one.by.number);
	slice_clip_cstr(by->name, one.by.name, sizeof one.by.name);
	diversion_note(c, &one);
	if (c->n_sent_on < DIVERSIONS_MAX)
		c->n_sent_on++;
}

static const enum diversion_reason diversions[] = {[ROUTING_ALWAYS] = DIVERSION_ALWAYS,
    [ROUTING_BUSY] = DIVERSION_BUSY,
    [ROUTING_UNREACHED] = DIVERSION_UNAVAILABLE,
    [ROUTING_NO_ANSWER] = DIVERSION_NO_ANSWER};

void
onward_note_plan(struct call *c, const struct routing_plan *plan)
{
	for (size_t i = 0; i < plan->n_via; i++) {
		onward_note(c, &plan->via[i].by, diversions[plan->via[i].why]);
		c->hops++;
	}
}

void
onward_history(const struct call *c, struct slice been[ONWARD_BEEN_MAX], struct routing_query *q)
{
	q->been = been;
	if (c->ring.whom)
		been[q->n_been++] = c->ring.whom->party.number;
	for (size_t i = 0; i < c->n_sent_on && i < c->n_diverted; i++)
		been[q->n_been++] = slice_cstr(c->diverted[i].by.number);
	q->hops = c->n_diverted;
}

/* ---- going on ---- */

/* Who is called was called by somebody who is still there, and nothing else goes on with the call
 * than this ringing. */
static struct leg *
who_waits(const struct call *c)
{
	const struct transfer *t = c->transfer;

	if (t && (t->call != c || t->recalling || t->stage == TRANSFER_DIALLING))
		return NULL;
	return c->leg[MEDIA_SIDES - 1 - c->ring.seat];
}

/* Rings whom the plan says in the place of those who do not answer. */
static bool
ring_instead(struct call *c, const struct routing_plan *plan)
{
	const struct leg *waits = who_waits(c);
	enum media_side seat = c->ring.seat;
	struct routing_party party;

	ring_stop(c, SLICE(""));
	if (c->transfer)
		return party_copy(&c->transfer->arena, &plan->called, &c->transfer->to) == ERR_OK &&
		       transfer_ring(c->transfer, plan);
	if (party_copy(&c->arena, &plan->called, &party) != ERR_OK ||
	    ring_prepare(c, seat, &party, plan) != ERR_OK)
		return false;
	if (!waits->local_sdp.n) /* it has not been told where to send */
		bridge_refit(c);
	ring_start(c);
	return true;
}

static void
note_redirection(struct call *c, enum routing_why why, struct slice target)
{
	static const enum reason reasons[] = {[ROUTING_BUSY] = REASON_REDIRECT_BUSY,
	    [ROUTING_UNREACHED] = REASON_REDIRECT_UNREACHED,
	    [ROUTING_NO_ANSWER] = REASON_REDIRECT_NO_ANSWER};

	record_reason(c, reasons[why], REASON_ARGS(c->ring.onward_of->party.number, target));
}

/* Where the number redirects it. */
static bool
redirected(struct call *c, enum routing_why why)
{
	const struct directory *dir = c->sw->p.directory;
	const struct routing_onward *to = &c->ring.onward;
	const struct routing_party *by = &c->ring.onward_of->party;
	const struct leg *waits = who_waits(c);
	struct slice been[ONWARD_BEEN_MAX];
	struct routing_query q = {.dialled = why == ROUTING_BUSY ? to->busy : to->timeout,
	    .sent_on_by = dir_user_by_id(dir, to->user),
	    .sent_on_group = dir_group_by_id(dir, to->group),
	    .caller_phone = dir_phone_by_id(dir, waits->phone)};
	struct routing_plan plan;

	if (!q.caller_phone)
		q.caller = waits->party;
	note_redirection(c, why, q.dialled);
	onward_history(c, been, &q);
	if (q.hops >= ROUTING_HOPS_MAX) {
		record_reason(c, REASON_DIVERTED_ROUND, REASON_ARGS(q.dialled));
		return false;
	}
	plan_ask(c->sw, &q, &plan);
	plan_keep_reasons(c, &plan, q.caller_phone ? 1 : 0); /* how the caller is shown is known */
	if (plan.action != ROUTING_RING || plan.emergency)
		return false;
	onward_note(c, by, diversions[why]);
	c->hops++;
	return ring_instead(c, &plan);
}

static bool
to_deposit(struct call *c, enum routing_why why)
{
	const struct leg *caller = who_waits(c);
	struct slice deposit = c->deposit;
	struct slice been[ONWARD_BEEN_MAX];
	struct routing_plan plan;
	struct routing_query q = {.dialled = deposit};

	if (why == ROUTING_UNREACHED &&
	    dir_settings(c->sw->p.directory)->unavailable == UNAVAILABLE_REJECT)
		return false;
	c->deposit = (struct slice){0}; /* once */
	if (c->transfer)
		return false;
	q.caller_line = dir_line_by_id(c->sw->p.directory, caller->line);
	if (!q.caller_line)
		return false;
	q.caller = caller->party;
	onward_history(c, been, &q);
	plan_ask(c->sw, &q, &plan);
	if (why == ROUTING_NO_ANSWER)
		record_reason(c, REASON_NO_ANSWER, NULL);
	record_reason(c, REASON_DEPOSIT, REASON_ARGS(deposit));
	plan_keep_reasons(c, &plan, 1);
	if (plan.action != ROUTING_RING)
		return false;
	onward_note(c, &c->ring.whom->party, diversions[why]);
	return ring_instead(c, &plan);
}

/* Which key of a phone its user pressed to refuse is the maker's choice: a busy phone and a refusal
 * are one. */
enum routing_why
onward_why(uint16_t status)
{
	return status == 486 || status == 603 ? ROUTING_BUSY : ROUTING_UNREACHED;
}

bool
onward_follow(struct call *c, enum routing_why why)
{
	struct slice target = why == ROUTING_BUSY ? c->ring.onward.busy : c->ring.onward.timeout;

	if (c->state == CALL_ENDED || !who_waits(c))
		return false;
	if (target.n && redirected(c, why))
		return true;
	return why != ROUTING_BUSY && c->deposit.n && to_deposit(c, why);
}
