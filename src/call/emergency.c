#include "call/emergency.h"

#include "call/line_int.h"

bool
call_is_emergency(const struct directory *dir, const struct sip_msg *req)
{
	char digits[ROUTING_DIALLED_MAX];

	return req->method == SIP_INVITE && req->to.tag.n == 0 &&
	       routing_normalise(req->uri.user, digits) == ERR_OK &&
	       routing_emergency(dir, slice_cstr(digits));
}

void
emergency_tell(struct call *c, const struct routing_plan *plan)
{
	struct live_emergency e = {.at = c->started_at, .refused = plan->action != ROUTING_RING};

	if (!plan->emergency)
		return;
	call_log(LOG_WARN, c, "emergency call to %.*s from %.*s", SLICE_FMT(plan->called.number),
	    SLICE_FMT(c->caller_phone));
	slice_clip_cstr(plan->called.number, e.number, sizeof e.number);
	slice_clip_cstr(plan->called.name, e.name, sizeof e.name);
	slice_clip_cstr(plan->caller.name, e.caller.name, sizeof e.caller.name);
	slice_clip_cstr(plan->caller.number, e.caller.number, sizeof e.caller.number);
	slice_clip_cstr(c->caller_phone, e.caller.phone, sizeof e.caller.phone);
	e.caller.user = plan->caller.user;
	if (c->sw->p.ops->on_emergency)
		c->sw->p.ops->on_emergency(c->sw->p.ctx, &e);
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

bool
emergency_make_room(struct call_switch *sw, int64_t line)
{
	struct leg *l = youngest_on(sw, line);
	struct call *c = l ? l->call : NULL;

	if (!l)
		return false;
	call_log(LOG_WARN, c, "ended to make room for an emergency call on line %.*s",
	    SLICE_FMT(l->phone_name));
	record_reason(c, REASON_ENDED_FOR_EMERGENCY, REASON_ARGS(l->phone_name));
	leg_line_leave(l); /* before its BYE is answered */
	call_end(
	    c, c->answered_at ? CDR_ANSWERED : CDR_FAILED, CDR_BY_SYSTEM, c->answered_at ? 0 : 503);
	return true;
}
