/* What users have tried last to no avail, for ten minutes: what they may want to be called back
 * for. It is in memory only: nobody was promised anything. */
#include <stdlib.h>

#include "call/completion.h"
#include "call/completion_int.h"

enum { OFFER_MS = 600000, TRIED_MAX = 20000 };

/* What a call tries; of its arena. */
struct dialled {
	struct live_tried how;
	bool possible, outside;
	char number[LIVE_NUMBER_BYTES];
};

static uint64_t
hash_of(int64_t user)
{
	return hash_mix((uint64_t)user, 1);
}

static struct tried *
find(const struct call_switch *sw, int64_t user)
{
	const struct hmap *m = &sw->completions->by_user;
	uint64_t h = hash_of(user);

	for (struct hnode *n = hmap_first(m, h); n; n = hmap_next(n, h)) {
		struct tried *t = container_of(n, struct tried, node);

		if (t->user == user)
			return t;
	}
	return NULL;
}

const struct tried *
tried_find(const struct call_switch *sw, int64_t user)
{
	const struct tried *t = find(sw, user);

	return t && timers_now_ms(sw->p.timers) < t->until_ms ? t : NULL;
}

static void
drop(struct call_switch *sw, struct tried *t)
{
	hmap_remove(&sw->completions->by_user, &t->node);
	list_remove(&t->link);
	free(t);
}

bool
tried_is_of(const struct tried *t, const struct request *r)
{
	return t->how.target == r->target && (r->target || strcmp(t->number, r->number) == 0);
}

void
tried_forget(const struct request *r)
{
	struct tried *t = find(r->sw, r->user);

	if (t && tried_is_of(t, r))
		drop(r->sw, t);
}

static void
arm(struct call_switch *sw)
{
	struct completions *all = sw->completions;
	uint64_t now = timers_now_ms(sw->p.timers);
	struct tried *oldest;

	if (list_empty(&all->tried) || timer_active(&all->forget))
		return;
	oldest = container_of(all->tried.next, struct tried, link);
	timer_start_late(
	    sw->p.timers, &all->forget, oldest->until_ms > now ? oldest->until_ms - now : 1);
}

static void
on_forget(struct timer *timer)
{
	struct completions *all = container_of(timer, struct completions, forget);
	struct call_switch *sw = all->sw;
	uint64_t now = timers_now_ms(sw->p.timers);

	LIST_FOR_EACH_SAFE (it, &all->tried) {
		struct tried *t = container_of(it, struct tried, link);
		int64_t user = t->user;

		if (t->until_ms > now)
			break;
		drop(sw, t);
		completion_tell(sw, user);
	}
	arm(sw);
}

static void
remember(struct call_switch *sw, int64_t user, const struct dialled *d)
{
	struct completions *all = sw->completions;
	struct tried *t = find(sw, user);

	if (!t) {
		if (all->by_user.count >= TRIED_MAX)
			drop(sw, container_of(all->tried.next, struct tried, link));
		t = calloc(1, sizeof *t);
		if (!t || hmap_put(&all->by_user, &t->node, hash_of(user)) != ERR_OK) {
			free(t);
			return; /* he is not offered anything */
		}
		t->user = user;
	} else {
		list_remove(&t->link);
	}
	list_push(&all->tried, &t->link);
	t->until_ms = timers_now_ms(sw->p.timers) + OFFER_MS;
	t->how = d->how;
	t->possible = d->possible;
	memcpy(t->number, d->number, sizeof t->number);
	arm(sw);
	completion_tell(sw, user);
}

/* Not of codes, nor with a PIN, which nobody may keep. False: nothing to complete. */
static bool
read_dialled(const struct directory *dir, const struct routing_query *q,
    const struct routing_plan *plan, struct dialled *out)
{
	const struct routing_party *first = plan->n_via ? &plan->via[0].by : &plan->called;
	char text[ROUTING_DIALLED_MAX];
	const struct dir_speed_dial *stored;
	struct slice number, argument;
	enum feature f;

	if (!q->caller_phone || !plan->caller.user || q->one_device || plan->emergency ||
	    plan->pin != ROUTING_PIN_NONE || routing_normalise(q->dialled, text) != ERR_OK)
		return false;
	routing_speed_dial(dir, dir_user_by_id(dir, plan->caller.user), text, &stored);
	number = slice_cstr(text);
	*out = (struct dialled){.how = {.target = first->user}};
	if (routing_feature(dir, number, &f, &argument)) {
		if (f != FEATURE_PRIVATE_CALL && f != FEATURE_LINE_PREFIX)
			return false;
		if (f == FEATURE_PRIVATE_CALL)
			number = argument;
		out->how.private_call = f == FEATURE_PRIVATE_CALL && plan->outside[0];
	}
	out->outside = plan->outside[0] && !plan->n_via;
	out->possible = out->outside || (first->user && first->user != plan->caller.user);
	return slice_copy_cstr(number, out->number, sizeof out->number) == ERR_OK;
}

/* How it failed. False: it did not, or not so that waiting would help. */
static bool
judge(enum cdr_result result, bool rang, struct dialled *d)
{
	if (d->outside && result != CDR_BUSY) { /* he may try again himself, or is not there */
		d->possible = false;
		d->number[0] = '\0';
	}
	d->how.no_answer = result == CDR_NO_ANSWER || result == CDR_CANCELLED;
	switch (result) {
	case CDR_BUSY:
	case CDR_REJECTED:
	case CDR_UNAVAILABLE:
	case CDR_NO_ANSWER: return true;
	case CDR_CANCELLED: return rang;
	default: return false;
	}
}

void
completion_note_dialled(
    struct call *c, const struct routing_query *q, const struct routing_plan *plan)
{
	struct dialled d;

	if (!read_dialled(c->sw->p.directory, q, plan, &d))
		return;
	c->tried = arena_new(&c->arena, struct dialled);
	if (c->tried)
		*c->tried = d;
}

void
completion_note_refused(
    struct call_switch *sw, const struct routing_query *q, const struct routing_plan *plan)
{
	struct dialled d;

	if (read_dialled(sw->p.directory, q, plan, &d) && judge(plan->result, false, &d))
		remember(sw, plan->caller.user, &d);
}

void
tried_on_call_end(struct call *c)
{
	int64_t user = c->caller_party.user;
	struct tried *t;

	if (!c->tried || !user)
		return;
	if (judge(c->result, c->ringing_at != 0, c->tried)) {
		remember(c->sw, user, c->tried);
		return;
	}
	t = find(c->sw, user); /* he speaks with whom he tried last */
	if (!t || c->result != CDR_ANSWERED)
		return;
	drop(c->sw, t);
	completion_tell(c->sw, user);
}

void
completion_fill_order(const struct call_switch *sw, struct feature_order *order)
{
	const struct tried *t = tried_find(sw, order->user);

	order->argument[0] = '\0';
	if (!t)
		return;
	slice_clip_cstr(slice_cstr(t->number), order->argument, sizeof order->argument);
	order->tried = t->how;
}

void
tried_init(struct call_switch *sw)
{
	hmap_init(&sw->completions->by_user);
	list_init(&sw->completions->tried);
	timer_init(&sw->completions->forget, on_forget);
	sw->completions->sw = sw;
}

void
tried_fini(struct call_switch *sw)
{
	struct completions *all = sw->completions;

	timer_stop(&all->forget);
	while (!list_empty(&all->tried))
		drop(sw, container_of(all->tried.next, struct tried, link));
	hmap_fini(&all->by_user);
}
