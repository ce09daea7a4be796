#include "call/spending.h"

#include <stdlib.h>

#include "call/line_int.h"

enum { MINUTE_MS = 60000 };

/* What a line has used of a day. */
struct spent {
	int64_t line;
	struct day day;
	uint32_t minutes;
	int64_t charge_micro;
	bool told;
};

static bool
same_day(struct day a, struct day b)
{
	return a.year == b.year && a.month == b.month && a.day == b.day;
}

/* Of today; NULL: no memory. */
static struct spent *
of_line(struct call_switch *sw, int64_t line)
{
	struct day today = plan_local_time(sw).day;
	struct spent *s = NULL, *more;

	for (size_t i = 0; i < sw->n_spent && !s; i++)
		if (sw->spent[i].line == line)
			s = &sw->spent[i];
	if (!s) {
		more = realloc(sw->spent, (sw->n_spent + 1) * sizeof *more);
		if (!more)
			return NULL;
		sw->spent = more;
		s = &sw->spent[sw->n_spent++];
		*s = (struct spent){.line = line, .day = today};
	}
	if (!same_day(s->day, today))
		*s = (struct spent){.line = line, .day = today};
	return s;
}

static bool
used_up(const struct dir_line *l, const struct spent *s)
{
	return (l->costly_minutes && s->minutes >= l->costly_minutes) ||
	       (l->costly_charge_micro && s->charge_micro >= l->costly_charge_micro);
}

static void
tell(struct call_switch *sw, const struct dir_line *l, struct spent *s)
{
	struct live_spent v = {.at = sw->p.ops->wall_ms(sw->p.ctx),
	    .minutes = s->minutes,
	    .charge_micro = s->charge_micro};

	if (s->told)
		return;
	s->told = true;
	log_warn(CALL,
	    "line %.*s: what it may have of costly calls is used up for today, after %u minutes",
	    SLICE_FMT(l->name), s->minutes);
	slice_clip_cstr(l->name, v.line, sizeof v.line);
	slice_clip_cstr(slice_cstr(l->currency), v.currency, sizeof v.currency);
	if (sw->p.ops->on_spent)
		sw->p.ops->on_spent(sw->p.ctx, &v);
}

bool
spending_is_over(struct call_switch *sw, int64_t line)
{
	const struct dir_line *l = dir_line_by_id(sw->p.directory, line);
	const struct spent *s =
	    l && (l->costly_minutes || l->costly_charge_micro) ? of_line(sw, line) : NULL;

	return s && used_up(l, s);
}

void
call_spent(struct call_switch *sw, int64_t line, uint32_t minutes, int64_t charge_micro)
{
	const struct dir_line *l = dir_line_by_id(sw->p.directory, line);
	struct spent *s = l ? of_line(sw, line) : NULL;

	if (!s)
		return;
	s->minutes += minutes;
	s->charge_micro += charge_micro;
	s->told = used_up(l, s);
}

void
spending_free(struct call_switch *sw)
{
	free(sw->spent);
}

/* ---- the meter of a leg ---- */

static int64_t
charge(const struct meter *m, int64_t duration_ms)
{
	return m->currency[0] ? rate_charge_micro(&m->rate, duration_ms) : 0;
}

/* Until now, or the end of its call: the leg may wait for an answer to its BYE. */
static int64_t
charge_so_far(const struct meter *m)
{
	const struct call *c = m->leg->call;
	int64_t until = c->ended_at ? c->ended_at : c->sw->p.ops->wall_ms(c->sw->p.ctx);

	return charge(m, until - m->answered_at);
}

/* Counts the minute that begins. False: there was none left. */
static bool
take_minute(struct meter *m)
{
	struct call_switch *sw = m->leg->call->sw;
	const struct dir_line *l = dir_line_by_id(sw->p.directory, m->leg->line);
	struct spent *s = l ? of_line(sw, l->id) : NULL;
	int64_t due;

	if (!s)
		return true;
	if (m->minutes && used_up(l, s)) { /* the first one: the plan has looked */
		tell(sw, l, s);
		return false;
	}
	due = charge(m, (int64_t)++m->minutes * MINUTE_MS);
	s->minutes++;
	s->charge_micro += due - m->counted_micro;
	m->counted_micro = due;
	if (used_up(l, s))
		tell(sw, l, s);
	return true;
}

static void
on_minute(struct timer *t)
{
	struct meter *m = container_of(t, struct meter, minute);
	struct call *c = m->leg->call;

	if (take_minute(m)) {
		timer_start(c->sw->p.timers, t, MINUTE_MS);
		return;
	}
	record_reason(c, REASON_SPENT_ENDED, REASON_ARGS(leg_line_name(m->leg)));
	call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
}

void
meter_init(struct meter *m, struct leg *l)
{
	*m = (struct meter){.leg = l};
	timer_init(&m->minute, on_minute);
}

void
meter_start(struct meter *m, struct slice number, bool costly)
{
	struct call_switch *sw = m->leg->call->sw;
	const struct dir_line *l = dir_line_by_id(sw->p.directory, m->leg->line);
	const struct rate *r = l ? dir_rate_find(sw->p.directory, l->id, number) : NULL;

	m->answered_at = sw->p.ops->wall_ms(sw->p.ctx);
	if (r) {
		m->rate = *r;
		slice_clip_cstr(slice_cstr(l->currency), m->currency, sizeof m->currency);
	}
	if (!costly)
		return;
	(void)take_minute(m);
	timer_start(sw->p.timers, &m->minute, MINUTE_MS);
}

static void
add(int64_t *sum, char currency[CURRENCY_BYTES], const struct meter *m, int64_t micro)
{
	if (!currency[0])
		memcpy(currency, m->currency, CURRENCY_BYTES);
	if (strcmp(currency, m->currency) == 0)
		*sum += micro;
}

void
meter_stop(struct meter *m)
{
	struct call *c = m->leg->call;
	struct spent *s;
	int64_t cost;

	timer_stop(&m->minute);
	if (!m->answered_at)
		return;
	cost = charge_so_far(m);
	m->answered_at = 0;
	if (m->currency[0])
		add(&c->charge_micro, c->currency, m, cost);
	s = m->minutes ? of_line(c->sw, m->leg->line) : NULL;
	if (!s)
		return;
	s->charge_micro += cost - m->counted_micro;
	if (s->charge_micro < 0) /* a minute of yesterday */
		s->charge_micro = 0;
}

int64_t
spending_of_call(const struct call *c, char currency[CURRENCY_BYTES])
{
	int64_t sum = c->charge_micro;

	memcpy(currency, c->currency, CURRENCY_BYTES);
	LIST_FOR_EACH (it, &c->legs) {
		const struct meter *m = leg_line_meter(container_of(it, struct leg, link));

		if (m && m->answered_at && m->currency[0])
			add(&sum, currency, m, charge_so_far(m));
	}
	return sum;
}
