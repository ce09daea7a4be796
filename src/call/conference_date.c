/*
 * Planned conferences as their time comes (CNF-1). Who shall be called is, once for each date, as
 * long as that runs; whom that was done for is kept over a restart and kill -9, so that who was
 * away himself is called late, and nobody twice. Those that run are warned before the end of their
 * time, or end with it, as the settings say.
 */
#include <stdlib.h>

#include "call/conference_int.h"
#include "directory/conferences.h"
#include "directory/mailboxes.h"

enum {
	SETTLE_MS = 10 * 1000,		/* after the start, until lines and phones are back */
	LOOK_AGAIN_MS = 10 * 60 * 1000, /* somebody may set the clock */
	WARN_MS = 5 * 60 * 1000,	/* as the announcement says; and so late it may be: */
	WARN_LATE_MS = 10 * 1000,
	PLANNED_MEMBERS_MAX = 200,
};

/* What is kept of who has been called. */
struct called_value {
	int64_t participant, from_ms;
};

struct called {
	struct list link; /* sw->conference_called */
	struct called_value now;
	uint32_t handle;
};

struct call_app_conference
call_app_planned(const struct directory *dir, const struct dir_participant *p)
{
	const struct dir_conference *c = p->conference;
	const struct dir_mailbox *box = c->may_record ? dir_mailbox_of(dir, c->owner) : NULL;

	return (struct call_app_conference){.conference = c->id,
	    .participant = p->id,
	    .name = c->name,
	    .max_members = PLANNED_MEMBERS_MAX,
	    .mailbox = box ? box->id : 0,
	    .until_ms = c->until_ms,
	    .waits = c->waits,
	    .moderator = p->moderator,
	    .silenced = c->silent && !p->moderator};
}

/* ---- who has been called ---- */

static bool
called_new(struct call_switch *sw, const struct called_value *what, uint32_t handle)
{
	struct called *d = calloc(1, sizeof *d);

	if (!d)
		return false;
	d->now = *what;
	d->handle = handle;
	list_push(&sw->conference_called, &d->link);
	if (!handle && sw->p.ops->called_keep)
		sw->p.ops->called_keep(sw->p.ctx, &d->handle, slice_make(&d->now, sizeof d->now));
	return true;
}

static void
called_free(struct call_switch *sw, struct called *d, bool forget)
{
	if (forget && d->handle && sw->p.ops->called_forget)
		sw->p.ops->called_forget(sw->p.ctx, d->handle);
	list_remove(&d->link);
	free(d);
}

static bool
was_called(const struct call_switch *sw, const struct dir_participant *p)
{
	LIST_FOR_EACH (it, &sw->conference_called) {
		const struct called *d = container_of(it, struct called, link);

		if (d->now.participant == p->id && d->now.from_ms == p->conference->from_ms)
			return true;
	}
	return false;
}

void
call_restore_called(struct call_switch *sw, uint32_t handle, struct slice value)
{
	struct called_value v;

	if (value.n == sizeof v) {
		memcpy(&v, value.p, sizeof v);
		if (called_new(sw, &v, handle))
			return;
	}
	if (sw->p.ops->called_forget)
		sw->p.ops->called_forget(sw->p.ctx, handle);
}

/* That date is over, or it or he is not planned any more. */
static void
forget_past(struct call_switch *sw)
{
	LIST_FOR_EACH_SAFE (it, &sw->conference_called) {
		struct called *d = container_of(it, struct called, link);
		const struct dir_participant *p =
		    dir_participant_by_id(sw->p.directory, d->now.participant);

		if (!p || p->conference->from_ms != d->now.from_ms)
			called_free(sw, d, true);
	}
}

/* ---- calling ---- */

static struct conference_callee
callee(const struct dir_participant *p, const struct call_app_conference *what)
{
	return (struct conference_callee){.number = p->number,
	    .argument = p->key,
	    .by = p->conference->owner,
	    .participant = p->id,
	    .moderator = what->moderator,
	    .silenced = what->silenced};
}

static void
call_participant(struct call_switch *sw, const struct dir_participant *p)
{
	struct call_app_conference what = call_app_planned(sw->p.directory, p);
	struct conference_callee who = callee(p, &what);
	struct called_value done = {p->id, p->conference->from_ms};
	char reason[LIVE_REASON_BYTES] = "";
	enum conference_outcome o;
	struct conference *f;

	/* before, so that nobody is called twice, whatever happens next; also who is in already */
	if (!called_new(sw, &done, 0))
		return;
	f = conference_find_or_begin(sw, &what, p->key);
	if (!f || conference_has(f, p->id))
		return;
	o = conference_call(f, &who, reason);
	conference_changed(f); /* which frees it if nobody comes */
	if (o != CONFERENCE_OUTCOME_DONE)
		log_info(CALL, "a participant of a conference is not called: %s",
		    conference_outcome_text(o));
}

/* Returns when the next one begins, 0: none. */
static int64_t
call_due(struct call_switch *sw, int64_t now)
{
	size_t n;
	const struct dir_conference *c = dir_conferences(sw->p.directory, &n);
	int64_t next = 0;

	for (size_t i = 0; i < n; i++) {
		if (c[i].from_ms > now && (!next || c[i].from_ms < next))
			next = c[i].from_ms;
		if (c[i].from_ms > now || c[i].until_ms <= now)
			continue;
		for (size_t k = 0; k < c[i].participant_count; k++) {
			const struct dir_participant *p = &c[i].participants[k];

			if (p->call_on_start && !was_called(sw, p))
				call_participant(sw, p);
		}
	}
	return next;
}

enum conference_outcome
conference_join(struct call_switch *sw, int64_t participant, const struct dir_user *user,
    char reason[LIVE_REASON_BYTES])
{
	const struct dir_participant *p = dir_participant_by_id(sw->p.directory, participant);
	struct call_app_conference what;
	struct conference_callee who;
	enum conference_outcome o;
	struct conference *f;

	if (!p || !user || !dir_conference_is_on(p->conference, sw->p.ops->wall_ms(sw->p.ctx)))
		return CONFERENCE_OUTCOME_NOT_NOW;
	what = call_app_planned(sw->p.directory, p);
	who = callee(p, &what);
	who.by = user;
	f = conference_find_or_begin(sw, &what, p->key);
	if (!f)
		return CONFERENCE_OUTCOME_BUSY;
	if (conference_has(f, p->id))
		return CONFERENCE_OUTCOME_ALREADY;
	if (f->locked && !who.moderator)
		return CONFERENCE_OUTCOME_LOCKED;
	o = conference_call_own(f, &who, reason);
	conference_changed(f);
	return o;
}

/* ---- the end of its time ---- */

static void
watch_end(struct conference *f)
{
	const struct call_switch_params *p = &f->room.sw->p;
	enum settings_conference_over over = dir_settings(p->directory)->conference_over;
	int64_t left = f->until_ms - p->ops->wall_ms(p->ctx), next;

	timer_stop(&f->end);
	if (!f->until_ms || f->over || over == CONFERENCE_OVER_STAYS)
		return;
	if (left <= 0) {
		if (over == CONFERENCE_OVER_ENDS)
			conference_end(f);
		return;
	}
	if (left <= WARN_MS && !f->warned) {
		f->warned = true;
		if (left > WARN_MS - WARN_LATE_MS) /* else it would not be true */
			conference_tell_others(
			    f, &(struct call_app_news){.kind = CALL_APP_ENDS_SOON}, NULL, false);
	}
	next = left > WARN_MS ? left - WARN_MS : left;
	timer_start(
	    p->timers, &f->end, next < LOOK_AGAIN_MS ? (uint64_t)next : (uint64_t)LOOK_AGAIN_MS);
}

static void
on_end(struct timer *t)
{
	watch_end(container_of(t, struct conference, end));
}

void
conference_keep_time(struct conference *f, int64_t until_ms)
{
	timer_init(&f->end, on_end);
	f->until_ms = until_ms;
	watch_end(f);
}

/* The plan may have been changed while it runs; of the next date of a series it learns nothing. */
static void
follow_plan(struct conference *f, int64_t now)
{
	size_t n;
	const struct dir_conference *c = dir_conferences(f->room.sw->p.directory, &n);

	for (size_t i = 0; i < n; i++) {
		if (c[i].id != f->row_conference || !dir_conference_is_on(&c[i], now) ||
		    c[i].until_ms == f->until_ms)
			continue;
		f->until_ms = c[i].until_ms;
		f->warned = false;
	}
	watch_end(f);
}

/* ---- time ---- */

static void
on_time(struct timer *t)
{
	struct call_switch *sw = container_of(t, struct call_switch, conference_start);

	sw->conferences_ready = true;
	conferences_follow_directory(sw);
}

void
conferences_follow_directory(struct call_switch *sw)
{
	int64_t now = sw->p.ops->wall_ms(sw->p.ctx), next;

	if (!sw->conferences_ready)
		return;
	forget_past(sw);
	next = call_due(sw, now);
	LIST_FOR_EACH_SAFE (it, &sw->conferences)
		follow_plan(container_of(it, struct conference, link), now);
	timer_stop(&sw->conference_start);
	if (next)
		timer_start(sw->p.timers, &sw->conference_start,
		    next - now < LOOK_AGAIN_MS ? (uint64_t)(next - now) : LOOK_AGAIN_MS);
}

void
conferences_init(struct call_switch *sw)
{
	list_init(&sw->conferences);
	list_init(&sw->conference_called);
	timer_init(&sw->conference_start, on_time);
	timer_start(sw->p.timers, &sw->conference_start, SETTLE_MS);
}

void
conferences_fini(struct call_switch *sw)
{
	conferences_free(sw);
	timer_stop(&sw->conference_start);
	LIST_FOR_EACH_SAFE (it, &sw->conference_called)
		called_free(sw, container_of(it, struct called, link), false);
}
