#include "office_quiet.h"

#include <string.h>

#include "fault.h"
#include "office.h"
#include "office_check.h"

enum {
	LOOK_MS = 60000,
	QUIET_MS = 1100000, /* as long as after a day: all must be over */
	/* What comes and goes: bindings of phones that were off, nonces, whom somebody has tried to
	 * call. What each call leaves behind is more after a day. */
	BLOCKS_MORE = 150,
};

void
quiet_check_calls(struct office *o)
{
	const struct call_switch_stats *st =
	    call_switch_get_stats(switchboard_calls(o->switchboard));

	if (st->calls_now || st->calls_up || st->legs_now || st->streams_now)
		office_problem(o, "left over: %zu calls (%zu up), %zu legs, %zu streams",
		    st->calls_now, st->calls_up, st->legs_now, st->streams_now);
	if (sim_media_busy(&o->media))
		office_problem(o, "left over: %zu media streams", sim_media_busy(&o->media));
	if (sim_media_kept(&o->media))
		office_problem(
		    o, "left over: %zu sounds, rooms or recordings", sim_media_kept(&o->media));
}

static void
check_lamps(struct office *o)
{
	for (int64_t id = 1; id < LAMPS_USERS_MAX; id++)
		if (o->lamps.state[id] != LIVE_TELEPHONY_FREE)
			office_problem(
			    o, "user %lld is shown as busy, and nobody has a call", (long long)id);
	for (size_t i = 0; i < o->n_phones; i++) {
		struct phone_lamp lamp = phone_lamp(&o->phone[i]);

		if (lamp.number && lamp.lit)
			office_problem(o,
			    "phone %s was told that %s is busy, and nobody has a call",
			    o->phone[i].p.name, lamp.number);
	}
}

_Static_assert(QUIET_POWERS == 1 << OFFICE_PHONES_MAX, "each phone is on or off");

/* Which phones have power: each makes its share of it. */
static size_t
phones_on(const struct office *o)
{
	size_t on = 0;

	for (size_t i = 0; i < OFFICE_PHONES_MAX; i++)
		on |= (size_t)(o->phone[i].core != NULL) << i;
	return on;
}

/* Libraries take and give back besides, so blocks may be less than none. */
static void
check_memory(struct office *o)
{
	struct quiet_memory *m = &o->quiet.memory[phones_on(o)];
	long blocks = (long)fault.blocks;

	if (!m->known)
		m->blocks = blocks;
	else if (blocks > m->blocks + BLOCKS_MORE)
		office_problem(o, "%ld blocks of memory more than when it was quiet first",
		    blocks - m->blocks);
	m->known = true;
}

static void
look(struct timer *t)
{
	struct office *o = container_of(t, struct office, quiet.timer);

	timer_start(sim_timers(o->sim), t, LOOK_MS);
	if (office_has_calls(o) || !o->switchboard)
		quiet_disturb(o);
	if (sim_now_ms(o->sim) < o->quiet.since_ms + QUIET_MS)
		return;
	o->quiet.looked++;
	quiet_check_calls(o);
	if (!o->noisy && !o->starving)
		check_lamps(o);
	check_memory(o);
}

void
quiet_disturb(struct office *o)
{
	o->quiet.since_ms = sim_now_ms(o->sim);
}

void
quiet_start(struct office *o)
{
	timer_init(&o->quiet.timer, look);
	quiet_disturb(o);
	timer_start(sim_timers(o->sim), &o->quiet.timer, LOOK_MS);
}

void
quiet_stop(struct office *o)
{
	timer_stop(&o->quiet.timer);
}

void
quiet_crash(struct office *o)
{
	quiet_disturb(o);
	memset(o->quiet.memory, 0, sizeof o->quiet.memory);
}
