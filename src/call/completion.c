/* Who is to be called back, and when. What a request is doing:
 *
 *   WAITING ──target and requester are free──► RECALLING ──both speak──► OVER
 *      ▲                                          │
 *      └── the requester did not answer, or the target is busy again (RECALLS_MAX times)
 *
 * OVER stays until the row in the database is gone, so that no directory brings it to life again.
 */
#include "call/completion.h"

#include <stdlib.h>

#include "call/completion_int.h"
#include "call/identity.h"
#include "call/transfer_int.h"

enum {
	CHECK_SOON_MS = 10000, /* so often first … */
	CHECKS_SOON = 5,
	CHECK_MS = 20000,	 /* … then so often … */
	BUSY_MS = 3600000,	 /* … so long; */
	NO_ANSWER_MS = 10800000, /* people come back from lunch */
	GRACE_MS = 3000,	 /* who has hung up may want to breathe, or to dial */
	RECALL_RING_MS = 20000,
	RECALL_AGAIN_MS = 60000,
	RECALLS_MAX = 3,
};

static void on_check(struct timer *t);

/* ---- the list ---- */

static struct request *
request_at(struct list *it)
{
	return container_of(it, struct request, link);
}

static uint64_t
now_ms(const struct call_switch *sw)
{
	return timers_now_ms(sw->p.timers);
}

static void
wait_on(struct request *r)
{
	uint32_t ms = r->checks < CHECKS_SOON ? CHECK_SOON_MS : CHECK_MS;

	if (r->state == REQUEST_WAITING)
		timer_start_late(r->sw->p.timers, &r->timer, ms);
}

static void
tell(struct call_switch *sw, int64_t user)
{
	struct live_completion v = {.user = user};
	const struct tried *last = tried_find(sw, user);

	LIST_FOR_EACH (it, &sw->completions->requests) {
		const struct request *r = request_at(it);

		if (r->user != user || r->state == REQUEST_OVER)
			continue;
		if (last && tried_is_of(last, r))
			last = NULL; /* it is waited for already */
		if (r->state == REQUEST_RECALLING && r->rings)
			v.state = LIVE_COMPLETION_RECALLING;
		else if (v.state == LIVE_COMPLETION_OFF)
			v.state = LIVE_COMPLETION_ON;
	}
	if (last && last->possible && v.state != LIVE_COMPLETION_RECALLING) {
		v.state = LIVE_COMPLETION_POSSIBLE;
		v.tried = last->how;
		slice_clip_cstr(slice_cstr(last->number), v.number, sizeof v.number);
	}
	if (sw->p.ops->on_completion)
		sw->p.ops->on_completion(sw->p.ctx, &v);
}

void
completion_tell(struct call_switch *sw, int64_t user)
{
	tell(sw, user);
}

static void
over(struct request *r, enum live_completed_why why)
{
	struct live_completed v = {.id = r->id, .user = r->user, .why = why};

	r->state = REQUEST_OVER;
	r->rings = false;
	timer_stop(&r->timer);
	tried_forget(r);
	if (r->sw->p.ops->on_completed)
		r->sw->p.ops->on_completed(r->sw->p.ctx, &v);
	tell(r->sw, r->user);
}

static void
add(struct call_switch *sw, const struct dir_completion *c)
{
	struct request *r = calloc(1, sizeof *r);

	if (!r)
		return; /* the next directory brings it again */
	r->sw = sw;
	r->id = c->id;
	r->user = c->user;
	r->target = c->target;
	r->private_call = c->private_call;
	r->no_answer = c->no_answer;
	r->until_wall_ms = c->since_ms + (c->no_answer ? NO_ANSWER_MS : BUSY_MS);
	slice_clip_cstr(c->number, r->number, sizeof r->number);
	timer_init(&r->timer, on_check);
	list_push(&sw->completions->requests, &r->link);
	wait_on(r);
	tell(sw, r->user);
}

/* Whose phones ring for it, need not answer any more; who speaks, goes on. */
static void
drop(struct request *r)
{
	struct call_switch *sw = r->sw;
	struct call *c = r->call;
	int64_t user = r->user;

	timer_stop(&r->timer);
	if (r->state != REQUEST_OVER)
		tried_forget(r); /* cancelled: it is not offered again */
	list_remove(&r->link);
	free(r);
	if (c) {
		c->completion = NULL;
		if (transfer_is_dialling(c))
			call_end(c, CDR_CANCELLED, CDR_BY_CALLER, 487);
	}
	tell(sw, user);
}

/* Both lists are in the order of their ids, and ids are never used again. */
void
completion_follow_directory(struct call_switch *sw)
{
	size_t n, i = 0;
	const struct dir_completion *c = dir_completions(sw->p.directory, &n);

	LIST_FOR_EACH_SAFE (it, &sw->completions->requests) {
		struct request *r = request_at(it);

		if (i < n && c[i].id == r->id)
			i++;
		else
			drop(r);
	}
	for (; i < n; i++)
		add(sw, &c[i]);
}

/* ---- who is free ---- */

static bool
has_phone(struct call_switch *sw, const struct dir_user *u)
{
	struct call_contact contact;

	for (size_t i = 0; i < u->phone_count; i++)
		if (u->phones[i]->enabled && u->phones[i]->kind != DIR_USER &&
		    sw->p.ops->contacts(sw->p.ctx, u->phones[i]->id, &contact, 1) > 0)
			return true;
	return false;
}

static bool
is_free(struct call_switch *sw, int64_t user)
{
	const struct dir_user *u = dir_user_by_id(sw->p.directory, user);

	return u && u->enabled && !u->dnd && !talking_is(sw, user) && has_phone(sw, u);
}

/* Who has all his calls redirected since need not be free himself. */
static bool
target_is_free(const struct request *r)
{
	const struct dir_number *n = dir_number_find(r->sw->p.directory, slice_cstr(r->number));

	if (!r->target)
		return true; /* nobody here knows */
	if (n && n->redirect && n->redirect->always.n)
		return true;
	return is_free(r->sw, r->target);
}

static bool
is_same_target(const struct request *a, const struct request *b)
{
	return a->target == b->target && (a->target || strcmp(a->number, b->number) == 0);
}

/* He may be called back now, as far as it is up to him. */
static bool
is_ready(const struct request *r)
{
	if (r->state != REQUEST_WAITING || (r->no_answer && !r->active) ||
	    now_ms(r->sw) < r->not_before_ms || !is_free(r->sw, r->user))
		return false;
	LIST_FOR_EACH (it, &r->sw->completions->requests) {
		const struct request *q = request_at(it);

		if (q->state == REQUEST_RECALLING && q->user == r->user)
			return false; /* one after the other */
	}
	return true;
}

/* Of those who wait for the same one, who has asked first; NULL: somebody is being served, or
 * nobody is ready. */
static struct request *
first_of(const struct request *r)
{
	struct request *first = NULL;

	LIST_FOR_EACH (it, &r->sw->completions->requests) {
		struct request *q = request_at(it);

		if (!is_same_target(q, r))
			continue;
		if (q->state == REQUEST_RECALLING)
			return NULL;
		if (!first && is_ready(q))
			first = q;
	}
	return first;
}

/* ---- calling back ---- */

static void
ring(struct request *r)
{
	r->rings = true;
	r->recalls++;
	tell(r->sw, r->user);
}

void
completion_on_ringing(struct call *c)
{
	if (c->completion)
		ring(c->completion);
}

static void
wait_again(struct request *r)
{
	r->state = REQUEST_WAITING;
	r->rings = false;
	wait_on(r);
	tell(r->sw, r->user);
}

static struct slice
dialled(const struct request *r, char text[ROUTING_DIALLED_MAX])
{
	struct buf b;

	buf_init(&b, text, ROUTING_DIALLED_MAX);
	if (r->private_call)
		buf_cstr(&b, dir_settings(r->sw->p.directory)->code[FEATURE_PRIVATE_CALL]);
	buf_cstr(&b, r->number);
	return buf_ok(&b) ? buf_slice(&b) : SLICE("");
}

/* The phone that stands for the user until one has answered. */
static const struct dir_phone *
own_phone(struct call_switch *sw, const struct dir_user *u)
{
	struct call_contact contact;

	for (size_t i = 0; u && i < u->phone_count; i++)
		if (u->phones[i]->enabled &&
		    sw->p.ops->contacts(sw->p.ctx, u->phones[i]->id, &contact, 1) > 0)
			return u->phones[i];
	return NULL;
}

/* His phones, as in a call to him that nobody else may take. */
static bool
plan_own(struct request *r, const struct dir_user *u, const struct routing_party *shown,
    struct routing_plan *own)
{
	struct routing_query q = {
	    .dialled = u->primary_number, .caller = *shown, .one_device = true};

	plan_ask(r->sw, &q, own);
	own->ring_ms = RECALL_RING_MS;
	return own->action == ROUTING_RING;
}

static struct slice
shown_name(const struct request *r, const struct dir_user *u, const struct routing_party *called,
    char text[PRESENT_NAME_BYTES])
{
	static const char *const words[] = {[PROMPT_EN] = "Call completion",
	    [PROMPT_DE] = "R\xc3\xbc"
			  "ckruf"};
	struct slice name = identity_shown(called);
	struct buf b;

	buf_init(&b, text, PRESENT_NAME_BYTES);
	buf_printf(
	    &b, "%s: %.*s", words[dir_prompt_language(r->sw->p.directory, u)], SLICE_FMT(name));
	return buf_ok(&b) ? buf_slice(&b) : name;
}

bool
completion_plan_recall(struct request *r, const struct routing_party *called,
    struct routing_plan *own, struct routing_party *shown, char name[PRESENT_NAME_BYTES])
{
	const struct dir_user *u = dir_user_by_id(r->sw->p.directory, r->user);

	*shown = *called;
	if (!u || !is_free(r->sw, u->id))
		return false;
	shown->name = shown_name(r, u, shown, name);
	return plan_own(r, u, shown, own);
}

/* False: not now. */
static bool
recall(struct request *r, const struct dir_phone *phone, const struct routing_plan *plan)
{
	char number[ROUTING_DIALLED_MAX], name[PRESENT_NAME_BYTES];
	bool outside = plan->outside[0] && !r->target;
	struct dial_params dial = {
	    .number = dialled(r, number), .plan = plan, .phone = phone, .request = r};
	struct routing_party shown;
	struct routing_plan own;
	struct call *c = NULL;
	enum err e;

	if (!completion_plan_recall(
		r, plan->n_via ? &plan->via[0].by : &plan->called, &own, &shown, name))
		return false;
	dial.own = &own;
	dial.shown = &shown;
	r->state = REQUEST_RECALLING;
	timer_stop(&r->timer);
	if (!outside)
		ring(r);
	e = outside ? probe_start(r->sw, &dial, &c) : dial_start(r->sw, &dial, &c);
	if (c && c->completion == r)
		r->call = c;
	if (e != ERR_OK && r->state == REQUEST_RECALLING) { /* there is no room for a call */
		r->recalls -= r->rings;
		wait_again(r);
	}
	return true;
}

/* The target and who has asked seem to be free. False: not now. */
static bool
serve(struct request *r)
{
	const struct dir_user *u = dir_user_by_id(r->sw->p.directory, r->user);
	char number[ROUTING_DIALLED_MAX];
	struct routing_query q = {
	    .dialled = dialled(r, number), .caller_phone = own_phone(r->sw, u)};
	struct routing_plan plan;

	if (!u || !u->primary_number.n || !q.dialled.n) {
		over(r, LIVE_COMPLETED_GONE);
		return true;
	}
	if (!q.caller_phone)
		return false;
	plan_ask(r->sw, &q, &plan);
	if (r->target && (plan.n_via ? plan.via[0].by : plan.called).user != r->target) {
		over(r, LIVE_COMPLETED_GONE); /* the number is somebody else's now */
		return true;
	}
	if (plan.action == ROUTING_REFUSE &&
	    (plan.result == CDR_NOT_FOUND || plan.result == CDR_FAILED) && plan.status != 503) {
		over(r, LIVE_COMPLETED_GONE); /* the number is nobody's, or he may not */
		return true;
	}
	if (!r->target && !plan.outside[0] && plan.called.user) {
		r->target = plan.called.user; /* a public number of ours */
		return false;
	}
	return plan.action == ROUTING_RING && recall(r, q.caller_phone, &plan);
}

static bool
is_expired(const struct request *r)
{
	return r->sw->p.ops->wall_ms(r->sw->p.ctx) >= r->until_wall_ms;
}

static void
on_check(struct timer *t)
{
	struct request *r = container_of(t, struct request, timer), *first;

	if (is_expired(r)) {
		over(r, LIVE_COMPLETED_EXPIRED);
		return;
	}
	if (r->checks < CHECKS_SOON)
		r->checks++;
	wait_on(r);
	first = target_is_free(r) ? first_of(r) : NULL;
	if (first)
		(void)serve(first); /* else at the next time */
}

void
completion_on_free(struct call_switch *sw, int64_t user)
{
	LIST_FOR_EACH (it, &sw->completions->requests) {
		struct request *r = request_at(it);

		if (r->state != REQUEST_WAITING || (r->target != user && r->user != user))
			continue;
		r->active |= r->target == user;
		timer_start(sw->p.timers, &r->timer, GRACE_MS);
	}
}

/* ---- how it went ---- */

void
completion_on_picked_up(struct call *c)
{
	struct request *r = c->completion;

	if (!r)
		return;
	r->rings = false;
	tell(r->sw, r->user);
}

static void
try_again(struct request *r, struct call *c)
{
	bool last = r->recalls >= RECALLS_MAX;

	record_reason(c, last ? REASON_COMPLETION_DROPPED : REASON_COMPLETION_AGAIN,
	    REASON_ARGS(c->caller_party.name));
	if (last) {
		over(r, LIVE_COMPLETED_UNANSWERED);
		return;
	}
	r->not_before_ms = now_ms(r->sw) + RECALL_AGAIN_MS;
	wait_again(r);
}

void
completion_on_call_end(struct call *c)
{
	struct request *r = c->completion;

	tried_on_call_end(c);
	if (!r)
		return;
	c->completion = NULL;
	r->call = NULL;
	if (r->state != REQUEST_RECALLING)
		return;
	if (c->transfer && c->transfer->stage == TRANSFER_PROBING && c->result == CDR_NOT_FOUND)
		over(r, LIVE_COMPLETED_GONE);
	else if (c->transfer && c->transfer->stage == TRANSFER_PROBING)
		wait_again(r); /* busy still */
	else if (transfer_is_dialling(c) || c->result == CDR_BUSY || c->result == CDR_UNAVAILABLE ||
		 c->result == CDR_INTERRUPTED)
		try_again(r, c);
	else
		over(r, LIVE_COMPLETED_SERVED);
}

/* ---- life ---- */

enum err
completions_new(struct call_switch *sw)
{
	sw->completions = calloc(1, sizeof *sw->completions);
	if (!sw->completions)
		return ERR_NOMEM;
	list_init(&sw->completions->requests);
	tried_init(sw);
	completion_follow_directory(sw);
	return ERR_OK;
}

void
completions_free(struct call_switch *sw)
{
	struct list *node;

	while ((node = list_pop(&sw->completions->requests))) {
		struct request *r = request_at(node);

		timer_stop(&r->timer);
		free(r);
	}
	tried_fini(sw);
	free(sw->completions);
}
