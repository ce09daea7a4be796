/* RTG-2: a PIN in front of a number that one may not dial otherwise. */
#include "model/pin.h"
#include "routing/routing_int.h"
#include "routing/star.h"

static void
take_pin(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    struct slice pin)
{
	const struct dir_user *user =
	    plan->caller.user ? dir_user_by_id(dir, plan->caller.user) : NULL;
	const struct routing_state *s = q->state;

	if (!user || !user->dial_pin.n) {
		because(plan, REASON_PIN_NONE, REASON_ARGS(q->caller_phone->name));
	} else if (s->pin_locked && s->pin_locked(s->ctx, q->caller_phone->id)) {
		because(plan, REASON_PIN_LOCKED, REASON_ARGS(q->caller_phone->name));
	} else if (!pin_fits(user->dial_pin, pin)) {
		plan->pin = ROUTING_PIN_WRONG;
		because(plan, REASON_PIN_WRONG, REASON_ARGS(user->name));
	} else {
		plan->pin = ROUTING_PIN_RIGHT;
		because(plan, REASON_PIN_RIGHT, REASON_ARGS(user->name));
	}
}

/* RTG-2: "*5", a PIN, "*" and a number. From here on the number stands there alone, so that the PIN
 * gets nowhere. False: the call is refused. Emergency numbers ask for none. */
bool
plan_pin(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	struct slice dialled = slice_cstr(plan->dialled), pin, number;
	bool ok, urgent;

	plan->called.number = dialled;
	if (!star_is_pin(dialled))
		return true;
	ok = star_pin(dialled, &pin, &number) && q->caller_phone && q->by_keys;
	urgent = number.n && routing_emergency(dir, number);
	if (ok && !urgent)
		take_pin(plan, dir, q, pin);
	else if (!urgent)
		because(plan, REASON_PIN_FORM, NULL);
	memmove(plan->dialled, number.n ? number.p : "", number.n);
	explicit_bzero(plan->dialled + number.n, sizeof plan->dialled - number.n);
	plan->called.number = number.n ? slice_cstr(plan->dialled) : star_hide(SLICE("*5"));
	if (urgent || plan->pin == ROUTING_PIN_RIGHT)
		return true;
	refuse(plan, 403, CDR_FAILED);
	return false;
}
