#include "call/spending.h"

#include <stdlib.h>

#include "call/line_int.h"

enum { MINUTE_MS = 60000 };

/* What a line has used of a day. */
struct spent {
	int64_t line;
	struct day day;
	uint32_t minutes;
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

static uint32_t
limit_of(struct call_switch *sw, int64_t line)
{
	const struct dir_line *l = dir_line_by_id(sw->p.directory, line);

	return l ? l->costly_minutes : 0;
}

static void
tell(struct call_switch *sw, struct spent *s)
{
	const struct dir_line *l = dir_line_by_id(sw->p.directory, s->line);
	struct live_spent v = {.at = sw->p.ops->wall_ms(sw->p.ctx), .minutes = s->minutes};

	if (s->told || !l)
		return;
	s->told = true;
	log_warn(CALL, "line %.*s: the %u minutes of costly calls for today are used up",
	    SLICE_FMT(l->name), s->minutes);
	slice_clip_cstr(l->name, v.line, sizeof v.line);
	if (sw->p.ops->on_spent)
		sw->p.ops->on_spent(sw->p.ctx, &v);
}

/* False: there was none left. */
static bool
take_minute(struct call_switch *sw, int64_t line)
{
	uint32_t limit = limit_of(sw, line);
	struct spent *s = of_line(sw, line);

	if (!s)
		return true;
	if (limit && s->minutes >= limit) {
		tell(sw, s);
		return false;
	}
	s->minutes++;
	if (limit && s->minutes == limit)
		tell(sw, s);
	return true;
}

bool
spending_is_over(struct call_switch *sw, int64_t line)
{
	uint32_t limit = limit_of(sw, line);
	const struct spent *s = limit ? of_line(sw, line) : NULL;

	return s && s->minutes >= limit;
}

void
spending_charge(struct leg *l, struct timer *meter)
{
	struct call *c = l->call;

	if (take_minute(c->sw, l->line)) {
		timer_start(c->sw->p.timers, meter, MINUTE_MS);
		return;
	}
	record_reason(c, REASON_SPENT_ENDED, REASON_ARGS(leg_line_name(l)));
	call_end(c, CDR_ANSWERED, CDR_BY_SYSTEM, 0);
}

/* The first minute is never refused: the plan has looked. */
void
spending_begin(struct leg *l, struct timer *meter)
{
	(void)take_minute(l->call->sw, l->line);
	timer_start(l->call->sw->p.timers, meter, MINUTE_MS);
}

void
call_spent(struct call_switch *sw, int64_t line, uint32_t minutes)
{
	struct spent *s = of_line(sw, line);

	if (!s)
		return;
	s->minutes += minutes;
	s->told = s->minutes >= limit_of(sw, line);
}

void
spending_free(struct call_switch *sw)
{
	free(sw->spent);
}
