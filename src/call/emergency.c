#include "call/emergency.h"

#include "call/line_int.h"
#include "call/location.h"

bool
call_is_emergency(const struct directory *dir, const struct sip_msg *req)
{
	const struct dir_speed_dial *everybodys;
	char digits[ROUTING_DIALLED_MAX];

	if (req->method != SIP_INVITE || req->to.tag.n != 0 ||
	    routing_normalise(req->uri.user, digits) != ERR_OK)
		return false;
	routing_speed_dial(
	    dir, NULL, digits, &everybodys); /* whose phone it is, nobody knows yet */
	return routing_emergency(dir, slice_cstr(digits));
}

static void
tell(const struct call *c, bool refused)
{
	struct live_emergency e = {
	    .at = refused ? call_wall_ms(c) : c->started_at, .refused = refused};
	struct buf where;

	slice_clip_cstr(c->called_party.number, e.number, sizeof e.number);
	slice_clip_cstr(c->called_party.name, e.name, sizeof e.name);
	slice_clip_cstr(c->caller_party.name, e.caller.name, sizeof e.caller.name);
	slice_clip_cstr(c->caller_party.number, e.caller.number, sizeof e.caller.number);
	slice_clip_cstr(c->caller_phone, e.caller.phone, sizeof e.caller.phone);
	e.caller.user = c->caller_party.user;
	buf_init(&where, e.where, sizeof e.where - 1);
	location_text(c, &where);
	where.p[where.n] = '\0';
	if (c->sw->p.ops->on_emergency)
		c->sw->p.ops->on_emergency(c->sw->p.ctx, &e);
}

void
emergency_begins(const struct call *c)
{
	if (!c->emergency)
		return;
	call_log(LOG_WARN, c, "emergency call to %.*s from %.*s", SLICE_FMT(c->called_party.number),
	    SLICE_FMT(c->caller_phone));
	tell(c, false);
}

void
emergency_ends(const struct call *c)
{
	if (!c->emergency || c->answered_at || c->result == CDR_CANCELLED)
		return;
	call_log(LOG_ERROR, c, "emergency call to %.*s from %.*s: no line carried it",
	    SLICE_FMT(c->called_party.number), SLICE_FMT(c->caller_phone));
	tell(c, true);
}

static void
end_for(struct call *c)
{
	call_end(
	    c, c->answered_at ? CDR_ANSWERED : CDR_FAILED, CDR_BY_SYSTEM, c->answered_at ? 0 : 503);
}

static struct leg *
youngest_on(struct call_switch *sw, int64_t line)
{
	struct leg *youngest = NULL;

	LIST_FOR_EACH (it, &sw->calls) {
		struct call *c = container_of(it, struct call, link);

		if (c->emergency || c->state == CALL_ENDED ||
		    (youngest && c->started_ms < youngest->call->started_ms))
			continue;
		LIST_FOR_EACH (at, &c->legs) {
			struct leg *l = container_of(at, struct leg, link);

			if (l->line == line && leg_line_holds(l))
				youngest = l;
		}
	}
	return youngest;
}

/* ---- ports of voice ---- */

/* Media tell once a second what has been given back, at the latest. */
enum { AGAIN_MS = 50, WAIT_MS = 3000, NEXT_CALL_MS = 1500 };

struct ports_wait {
	struct call *call;
	struct timer again;
	struct slice offer;
	uint32_t waited_ms;
};

static bool
gives_ports_back(const struct call *c)
{
	const struct ports_wait *w = c->ports_wait;

	return w && w->waited_ms % NEXT_CALL_MS;
}

void
emergency_free_ports(const struct call *for_call)
{
	struct call *youngest = NULL;

	if (gives_ports_back(for_call))
		return; /* one has ended for it */
	LIST_FOR_EACH (it, &for_call->sw->calls) {
		struct call *c = container_of(it, struct call, link);

		if (!c->emergency && c->state != CALL_ENDED && c->streams_open &&
		    (!youngest || c->started_ms >= youngest->started_ms))
			youngest = c;
	}
	if (!youngest)
		return;
	call_log(LOG_WARN, youngest, "ended to free RTP ports for emergency calls");
	record_reason(youngest, REASON_PORTS_FOR_EMERGENCY, NULL);
	end_for(youngest);
}

static void
on_again(struct timer *t)
{
	struct ports_wait *w = container_of(t, struct ports_wait, again);

	w->waited_ms += AGAIN_MS;
	if (w->call->state != CALL_ENDED)
		setup_take_offer(w->call, w->offer);
}

static struct ports_wait *
wait_of(struct call *c, struct slice offer)
{
	struct ports_wait *w = c->ports_wait;

	if (w)
		return w;
	w = arena_new(&c->arena, struct ports_wait);
	if (!w || arena_dup(&c->arena, offer, &w->offer) != ERR_OK)
		return NULL;
	w->call = c;
	timer_init(&w->again, on_again);
	return c->ports_wait = w;
}

bool
emergency_wait_for_ports(struct call *c, struct slice offer)
{
	struct ports_wait *w = c->emergency ? wait_of(c, offer) : NULL;

	if (!w || w->waited_ms >= WAIT_MS)
		return false;
	timer_start(c->sw->p.timers, &w->again, AGAIN_MS);
	return true;
}

void
emergency_free(struct call *c)
{
	if (c->ports_wait)
		timer_stop(&c->ports_wait->again);
}

bool
emergency_make_room(struct call_switch *sw, int64_t line)
{
	struct leg *l = youngest_on(sw, line);
	struct call *c = l ? l->call : NULL;

	if (!l)
		return false;
	call_log(LOG_WARN, c, "ended to make room for an emergency call on line %.*s",
	    SLICE_FMT(leg_line_name(l)));
	record_reason(c, REASON_ENDED_FOR_EMERGENCY, REASON_ARGS(leg_line_name(l)));
	leg_line_leave(l); /* before its BYE is answered */
	if (leg_line_twin(l) && c->leg[l->side] != l)
		ring_give_up(l, false); /* the other phones ring on */
	else
		end_for(c);
	return true;
}
