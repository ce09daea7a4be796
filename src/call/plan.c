/* Asks routing/ what shall happen to a call, and keeps its answer. */
#include <time.h>

#include "call/call_int.h"
#include "call/orbit.h"
#include "call/pin.h"
#include "call/spending.h"

static bool
reachable(void *ctx, int64_t phone_id)
{
	struct call_switch *sw = ctx;
	struct call_contact contact;

	return sw->p.ops->contacts(sw->p.ctx, phone_id, &contact, 1) > 0;
}

static enum routing_line_state
line_state(void *ctx, int64_t line_id)
{
	struct call_switch *sw = ctx;

	return sw->p.line_ops ? sw->p.line_ops->state(sw->p.line_ctx, line_id)
			      : ROUTING_LINE_NOT_REGISTERED;
}

static bool
line_spent(void *ctx, int64_t line_id)
{
	return spending_is_over(ctx, line_id);
}

static bool
orbit_taken(void *ctx, unsigned orbit)
{
	return orbit_is_taken(ctx, orbit);
}

static bool
pin_locked(void *ctx, int64_t phone_id)
{
	return pin_is_locked(ctx, phone_id);
}

static bool
user_talks(void *ctx, int64_t user_id)
{
	return talking_is(ctx, user_id);
}

struct routing_time
plan_local_time(struct call_switch *sw)
{
	time_t now = (time_t)(sw->p.ops->wall_ms(sw->p.ctx) / 1000);
	struct tm t;

	localtime_r(&now, &t);
	return (struct routing_time){
	    .day = {(uint16_t)(t.tm_year + 1900), (uint8_t)(t.tm_mon + 1), (uint8_t)t.tm_mday},
	    .minute = (uint16_t)(60 * t.tm_hour + t.tm_min)};
}

struct routing_state
plan_state(struct call_switch *sw)
{
	return (struct routing_state){.ctx = sw,
	    .phone_reachable = reachable,
	    .line_state = line_state,
	    .line_spent = line_spent,
	    .orbit_taken = orbit_taken,
	    .pin_locked = pin_locked,
	    .user_talks = user_talks};
}

void
plan_ask_others(struct call_switch *sw, struct routing_query *q, const struct dir_user *user,
    const struct dir_phone *but, struct slice but_mobile, struct routing_plan *out)
{
	struct routing_state state = plan_state(sw);

	q->state = &state;
	q->when = plan_local_time(sw);
	routing_plan_others(out, sw->p.directory, q, user, but, but_mobile);
	q->state = NULL;
}

void
plan_ask(struct call_switch *sw, struct routing_query *q, struct routing_plan *out)
{
	struct routing_state state = plan_state(sw);
	struct call_contact contact;

	/* a call that does not come from the phone, but is for it: where it is registered from */
	if (q->caller_phone && !q->source.family &&
	    sw->p.ops->contacts(sw->p.ctx, q->caller_phone->id, &contact, 1) > 0)
		q->source = contact.flow.remote;
	q->state = &state;
	q->when = plan_local_time(sw);
	routing_plan_make(out, sw->p.directory, q);
	if (out->pin != ROUTING_PIN_NONE) {
		struct pin_dialler who = pin_dialler_of_phone(q->caller_phone);

		pin_counts(sw, &who, out->pin);
	}
	q->state = NULL;
}

void
plan_keep_reasons(struct call *c, const struct routing_plan *plan, size_t first)
{
	for (uint32_t i = (uint32_t)first; i < plan->n_reasons; i++)
		record_reason_text(c, slice_cstr(plan->reasons[i]));
}
