#include "office_parked.h"

#include <limits.h>
#include <stdlib.h>

#include "office.h"
#include "office_check.h"
#include "office_list.h"

/* Who parks hangs up at once himself, or is hung up on, when he has given the call away. Who is
 * called because it comes back, or fetches it, has not waited. */
enum { PARKING_MS = 2000 };

static struct parked_call *
find(struct office *o, const char *id)
{
	for (size_t i = 0; i < o->parked.n; i++)
		if (strcmp(o->parked.call[i].id, id) == 0)
			return &o->parked.call[i];
	return NULL;
}

static struct parked_call *
find_sip(struct office *o, struct slice sip_call_id)
{
	char id[CALL_ID_BYTES];

	call_id_of(sip_call_id, id);
	return find(o, id);
}

void
parked_on_orbit(void *ctx, const struct live_orbit *orbit)
{
	struct office *o = ctx;
	size_t *at = &o->parked.at[orbit->orbit];
	struct parked_call *c;

	if (!orbit->taken) {
		if (*at)
			o->parked.call[*at - 1].left_ms = sim_now_ms(o->sim);
		*at = 0;
		return;
	}
	if (*at)
		office_problem(o, "two calls wait at place %u", orbit->orbit);
	c = find(o, orbit->call_id);
	if (!c) {
		o->parked.call =
		    office_grow(o->parked.call, o->parked.n, &o->parked.max, sizeof *c);
		c = &o->parked.call[o->parked.n++];
		*c = (struct parked_call){0};
		(void)!slice_copy_cstr(slice_cstr(orbit->call_id), c->id, sizeof c->id);
	}
	c->since_ms = sim_now_ms(o->sim);
	c->left_ms = 0;
	c->touched = false;
	c->ended |= office_is_uncertain(o); /* who waits may be gone already */
	c->times++;
	o->parked.times++;
	*at = (size_t)(c - o->parked.call) + 1;
}

void
parked_on_moves(struct office *o, struct slice sip_call_id)
{
	struct parked_call *c = find_sip(o, sip_call_id);

	if (c)
		c->touched = true;
}

/* Bad weather, or a switch without ports, ends calls as well. */
static bool
is_clear(const struct office *o)
{
	return !o->noisy && !o->starving && o->good_cable && o->streams_max == SIM_STREAMS_MAX;
}

void
parked_on_ending(void *ctx, const struct phone_ending *e)
{
	struct office *o = ctx;
	struct parked_call *c = find_sip(o, e->sip_call_id);
	uint64_t now_ms = sim_now_ms(o->sim);

	if (!c || e->up_ms > c->since_ms || (e->gives && now_ms < c->since_ms + PARKING_MS))
		return;
	if (!e->by_switch)
		c->ended = true;
	else if (!e->gives && !c->touched && !c->ended && is_clear(o) &&
		 (!c->left_ms || c->left_ms == now_ms))
		office_problem(o, "call %s is parked, and the switch hangs up", c->id);
}

/* Which of them, and who is in it, is not known here: none of them has to be fetched any more. */
void
parked_on_admin(struct office *o)
{
	for (size_t i = 0; i < o->parked.n; i++)
		o->parked.call[i].ended = true;
}

/* Reasons in its record; one that is full does not say all of them. Who waits in one of two calls
 * that were connected may have come from the other, and hangs up under its id. */
static unsigned
ways_out(const struct office *o, const char *id)
{
	static const char *const reasons[] = {"unparked", "picked_up", "taken_over", "web_fetched"};
	unsigned n = 0;

	for (size_t i = 0; i < o->n_records; i++) {
		const struct cdr *r = &o->record[i].cdr;

		if (strcmp(r->call_id, id) != 0)
			continue;
		if (r->explanation_count >= LIVE_REASONS_MAX)
			return UINT_MAX;
		for (uint32_t k = 0; k < r->explanation_count; k++) {
			struct slice reason = slice_cstr(r->explanation[k]);

			if (slice_starts(reason, SLICE("transfer_joins")))
				return UINT_MAX;
			for (size_t w = 0; w < sizeof reasons / sizeof reasons[0]; w++)
				n += slice_starts(reason, slice_cstr(reasons[w]));
		}
	}
	return n;
}

/* All that is to be said of it stands in its records. */
static bool
is_written(const struct office *o, const char *id)
{
	for (size_t i = 0; i < o->n_records; i++)
		if (strcmp(o->record[i].cdr.call_id, id) == 0 && !o->record[i].final)
			return false;
	return true;
}

void
parked_check(struct office *o)
{
	for (size_t i = 0; i < o->parked.n; i++) {
		const struct parked_call *c = &o->parked.call[i];

		if (is_clear(o) && is_written(o, c->id) && c->left_ms && !c->ended && !c->touched &&
		    ways_out(o, c->id) < c->times)
			office_problem(
			    o, "call %s was parked %u times, and never fetched", c->id, c->times);
	}
}

void
parked_crash(struct office *o)
{
	parked_check(o);
	o->parked.n = 0;
	memset(o->parked.at, 0, sizeof o->parked.at);
}

void
parked_check_end(struct office *o)
{
	for (size_t i = 0; i < o->parked.n; i++)
		if (!o->parked.call[i].left_ms)
			office_problem(o, "call %s is parked for ever", o->parked.call[i].id);
	parked_check(o);
}

void
parked_close(struct office *o)
{
	free(o->parked.call);
}
