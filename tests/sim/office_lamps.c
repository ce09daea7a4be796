#include "office_lamps.h"

#include "office.h"
#include "office_check.h"

enum {
	LOOK_MS = 1000,
	/* So many looks may find something wrong: changes are told within a second, after a
	 * restart within three, and a lost NOTIFY by the next subscription. */
	GOOD_LOOKS = 5,
	/* The same as parts of how long phones subscribe. */
	KEPT_PERCENT = 75, /* what the clock made too old is subscribed to anew */
	BAD_PERCENT = 250,
};

void
lamps_on_telephony(void *ctx, const struct live_telephony *t)
{
	struct office *o = ctx;

	o->lamps.state[t->user % LAMPS_USERS_MAX] = t->state;
}

static bool
burns(const struct office *o, int64_t user)
{
	return o->lamps.state[user % LAMPS_USERS_MAX] != LIVE_TELEPHONY_FREE;
}

/* Counts how often it was wrong in a row; true: that is enough. */
static bool
is_too_long(const struct office *o, unsigned *wrong, bool now)
{
	unsigned watch_s = o->span->watch_s, most = GOOD_LOOKS;

	if (!o->good_cable)
		most = watch_s * BAD_PERCENT / 100;
	else if (o->crashes && o->wall_shift_ms && sim_now_ms(o->sim) < o->back_ms + watch_s * 1000)
		most = watch_s * KEPT_PERCENT / 100;

	*wrong = now ? *wrong + 1 : 0;
	return *wrong >= most;
}

/* ---- what watchers were told ---- */

static void
look_at_watcher(struct office *o, size_t i)
{
	struct phone_lamp lamp = phone_lamp(&o->phone[i]);
	const struct dir_user *u =
	    lamp.number ? dir_user_by_number(o->directory, slice_cstr(lamp.number)) : NULL;

	o->lamps.looked += u != NULL;
	if (is_too_long(o, &o->lamps.told_wrong[i], u && lamp.lit != burns(o, u->id)))
		office_problem(o, "phone %s was told that %s %s", o->phone[i].p.name, lamp.number,
		    lamp.lit ? "is busy" : "is free");
}

/* ---- what phones do ---- */

static const struct phone *
phone_named(const struct office *o, struct slice name)
{
	for (size_t i = 0; i < o->n_phones; i++)
		if (slice_eq(slice_cstr(o->phone[i].p.name), name))
			return &o->phone[i];
	return NULL;
}

static bool
has_calls(const struct office *o, const struct dir_user *u)
{
	const struct phone *outside = phone_named(o, SLICE("isp"));

	for (size_t i = 0; i < u->phone_count; i++) {
		const struct phone *p = phone_named(o, u->phones[i]->name);

		if (p && phone_calls(p))
			return true;
	}
	return u->twin_count && outside && phone_calls(outside);
}

static void
look_at_user(struct office *o, const struct dir_user *u)
{
	bool wrong = burns(o, u->id) && !has_calls(o, u) && !office_is_uncertain(o);

	if (is_too_long(o, &o->lamps.burns_wrong[u->id], wrong))
		office_problem(o, "%.*s is shown as busy, and has no call", SLICE_FMT(u->name));
}

static bool
belongs_to(const struct phone *p, const struct dir_user *u)
{
	for (size_t i = 0; i < u->phone_count; i++)
		if (slice_eq(u->phones[i]->name, slice_cstr(p->p.name)))
			return true;
	return false;
}

/* Who talks at a phone is one of its users. */
static void
look_at_phone(struct office *o, size_t which)
{
	const struct phone *p = &o->phone[which];
	bool wrong = phone_talks(p) && !p->p.outside && !office_is_shaken(o);

	for (int64_t id = 1; id < LAMPS_USERS_MAX; id++) {
		const struct dir_user *u = dir_user_by_id(o->directory, id);

		if (u && belongs_to(p, u) && burns(o, id))
			wrong = false;
	}
	if (is_too_long(o, &o->lamps.talks_wrong[which], wrong))
		office_problem(o, "phone %s talks, and all its users are shown as free", p->p.name);
}

static void
look(struct timer *t)
{
	struct office *o = container_of(t, struct office, lamps.timer);

	timer_start(sim_timers(o->sim), t, LOOK_MS);
	if (!o->switchboard)
		return;
	for (size_t i = 0; i < o->n_phones; i++)
		look_at_watcher(o, i);
	if (o->desk.n_done)
		return; /* people log in elsewhere while they talk */
	for (int64_t id = 1; id < LAMPS_USERS_MAX; id++) {
		const struct dir_user *u = dir_user_by_id(o->directory, id);

		if (u)
			look_at_user(o, u);
	}
	for (size_t i = 0; i < o->n_phones; i++)
		look_at_phone(o, i);
}

/* ---- life ---- */

void
lamps_start(struct office *o)
{
	timer_init(&o->lamps.timer, look);
	if (!o->noisy && !o->starving)
		timer_start(sim_timers(o->sim), &o->lamps.timer, LOOK_MS);
}

void
lamps_stop(struct office *o)
{
	timer_stop(&o->lamps.timer);
}

void
lamps_crash(struct office *o)
{
	for (size_t i = 0; i < LAMPS_USERS_MAX; i++) {
		o->lamps.state[i] = LIVE_TELEPHONY_FREE;
		o->lamps.burns_wrong[i] = 0;
	}
	for (size_t i = 0; i < LAMPS_PHONES_MAX; i++)
		o->lamps.told_wrong[i] = o->lamps.talks_wrong[i] = 0;
}
