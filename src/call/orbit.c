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
	const struct leg *l = sw->orbit[n], *waits = l ? leg_other(l) : NULL;
	struct live_orbit o = {.orbit = (uint8_t)n, .taken = l != NULL};

	if (!sw->p.ops->on_orbit)
		return;
	if (l) {
		o.since = call_wall_ms(l->call);
		slice_clip_cstr(slice_cstr(l->call->id), o.call_id, sizeof o.call_id);
		slice_clip_cstr(l->app->from.name, o.by_name, sizeof o.by_name);
	}
	if (waits && !l->call->private_call && !waits->hidden) {
		slice_clip_cstr(waits->party.number, o.number, sizeof o.number);
		slice_clip_cstr(waits->party.name, o.name, sizeof o.name);
	}
	sw->p.ops->on_orbit(sw->p.ctx, &o);
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

	if (!l || !a->from.number.n || !transfer_instead_of(l, a->from.number, &t))
		return false;
	c = l->call;
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

enum call_outcome
orbit_ring(struct call_switch *sw, struct slice orbit, const struct dir_user *by,
    const struct dir_phone *phone, struct call **out)
{
	struct routing_plan plan = {.action = ROUTING_RING,
	    .ring_ms = dir_settings(sw->p.directory)->ring_s * 1000,
	    .feature = FEATURES_N};
	struct transfer *t;
	struct leg *l;
	uint32_t n;

	if (!read_orbit(orbit, &n) || !sw->orbit[n])
		return CALL_OUTCOME_NOBODY_WAITS;
	l = sw->orbit[n];
	plan.called = routing_party_of(by);
	if (!transfer_instead_of(l, plan.called.number, &t))
		return CALL_OUTCOME_BUSY;
	*out = l->call;
	plan.target[plan.n_targets++] = (struct routing_target){
	    .phone = phone->id, .phone_name = phone->name, .auto_answer = true};
	record_reason(l->call, REASON_WEB_FETCHED, REASON_ARGS(by->name, orbit));
	if (!transfer_ring(t, &plan))
		transfer_fail(t, 500);
	return CALL_OUTCOME_DONE;
}

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
