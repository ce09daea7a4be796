/*
 * KEY, park and orbit: calls wait at numbered places until somebody fetches them. The one who waits
 * sits opposite an app (apps/orbit.c), which plays music and, after a while, has the one rung who
 * brought it there. Here: who is where, and how somebody comes and goes.
 */
#include "call/orbit.h"
#include "call/app_int.h"
#include "call/transfer_int.h"

static bool
read_orbit(struct slice argument, uint32_t *n)
{
	return argument.n == 2 && slice_to_u32(argument, ORBITS - 1, n) == ERR_OK;
}

/* ---- what the app does ---- */

bool
orbit_is_taken(const struct call_switch *sw, unsigned n)
{
	return n < ORBITS && sw->orbit[n];
}

bool
call_app_was_brought(const struct call_app *a)
{
	return a->from.number.n > 0;
}

static void
tell(struct call_switch *sw, unsigned n)
{
	if (sw->p.ops->on_orbit)
		sw->p.ops->on_orbit(sw->p.ctx, n, sw->orbit[n] != NULL);
}

bool
call_app_take_orbit(struct call_app *a)
{
	struct call_switch *sw;
	uint32_t n;

	if (!a->leg || !read_orbit(a->argument, &n))
		return false;
	sw = a->leg->call->sw;
	if (sw->orbit[n])
		return false;
	sw->orbit[n] = a->leg;
	a->orbit = (int8_t)n;
	tell(sw, n);
	return true;
}

void
orbit_leave(struct call_switch *sw, struct call_app *a)
{
	if (a->orbit < 0)
		return;
	sw->orbit[a->orbit] = NULL;
	tell(sw, (unsigned)a->orbit);
	a->orbit = -1;
}

/* The one that this phone holds, the newest. */
static struct leg *
find_held(const struct call_switch *sw, int64_t phone)
{
	struct leg *found = NULL;

	LIST_FOR_EACH (it, &sw->calls) {
		const struct call *c = container_of(it, struct call, link);

		for (int side = 0; side < MEDIA_SIDES && c->state == CALL_UP; side++)
			if (c->leg[side] && c->leg[side]->phone == phone &&
			    hold_is_on(c->leg[side]) && !refer_refusal(c->leg[side]))
				found = c->leg[side];
	}
	return found;
}

bool
call_app_park_held(struct call_app *a)
{
	struct leg *by = NULL;
	struct transfer *t;
	struct sip_uri uri = {0};

	if (a->leg)
		by = find_held(a->leg->call->sw, leg_other(a->leg)->phone);
	if (!by)
		return false;
	uri.user = a->leg->party.number;
	if (transfer_new(by, &(struct transfer_asked){0}, uri.user, &t) != ERR_OK)
		return false;
	direct_leave(by->call);
	transfer_blind(t, &uri, SLICE(""));
	return by->state == LEG_DONE; /* it has given its seat to the app, which answers at once */
}

/* Who brought the call is rung as if the one who waits had dialled him. */
bool
call_app_return(struct call_app *a)
{
	struct leg *l = a->leg;
	struct routing_query q = {.dialled = a->from.number};
	struct routing_plan plan;
	struct transfer *t;
	struct call *c;

	if (!l || !a->from.number.n || l->call->transfer || l->call->replaced || !leg_other(l) ||
	    change_in_progress(leg_other(l)))
		return false;
	c = l->call;
	if (transfer_new(l, &(struct transfer_asked){0}, a->from.number, &t) != ERR_OK)
		return false;
	q.caller = leg_other(l)->party;
	q.sent_on_by = dir_user_by_id(c->sw->p.directory, a->from.user);
	plan_ask(c->sw, &q, &plan);
	record_reason(c, REASON_UNPARKED, REASON_ARGS(a->argument, a->from.name));
	transfer_execute(t, &plan, 1);
	return true;
}

void
orbit_note_from(struct call_app *a, const struct transfer *t)
{
	if (party_copy(&a->leg->arena, &t->from, &a->from) != ERR_OK)
		a->from = (struct routing_party){0};
}

/* ---- fetching ---- */

bool
orbit_fetch(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone, struct slice argument)
{
	uint16_t status;
	uint32_t n;

	if (!read_orbit(argument, &n) || !sw->orbit[n])
		return false;
	/* a second call does not fit there */
	status = find_held(sw, phone->id) ? 486 : replaces_take(sw->orbit[n], tsx, req, phone);
	if (status)
		sip_server_reject(tsx, status, SLICE(""));
	return true;
}
