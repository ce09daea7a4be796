#include "call/dial_in.h"

#include "call/app_int.h"
#include "call/line_int.h"
#include "call/pin.h"
#include "model/pin.h"

bool
dial_in_is_user(const struct leg *l)
{
	return (l->phone || l->dialled_in) && l->party.user;
}

struct slice
dial_in_mobile(const struct leg *l)
{
	if (leg_line_twin(l))
		return leg_line_called(l);
	return l->dialled_in ? cdr_mobile_number(l->phone_name) : SLICE("");
}

bool
dial_in_ask_as(const struct leg *l, struct routing_query *q)
{
	const struct directory *dir = l->call->sw->p.directory;

	q->caller_phone = dir_phone_by_id(dir, l->phone);
	if (!q->caller_phone && l->dialled_in) {
		q->caller_user = dir_user_by_id(dir, l->party.user);
		q->caller.number = dial_in_mobile(l);
	}
	return q->caller_phone || (q->caller_user && q->caller_user->enabled);
}

/* ---- who he is ---- */

/* Wrong ones count for the user, whom others may try to be, and for the line. */
static bool
pin_is_right(const struct leg *l, const struct dir_twin *t, struct slice pin)
{
	struct call_switch *sw = l->call->sw;
	char name[LIVE_MOBILE_BYTES];
	struct pin_dialler line, user = pin_dialler_of_user(t->user);
	enum routing_pin what;

	user.name = cdr_mobile_phone(t->number, name);
	if (!t->user->dial_pin.n) {
		record_reason(l->call, REASON_PIN_NONE, REASON_ARGS(user.name));
		return false;
	}
	if (!pin_dialler_of(l, &line) || pin_is_locked(sw, line.id) || pin_is_locked(sw, user.id)) {
		record_reason(l->call, REASON_PIN_LOCKED, REASON_ARGS(user.name));
		return false;
	}
	what = pin_fits(t->user->dial_pin, pin) ? ROUTING_PIN_RIGHT : ROUTING_PIN_WRONG;
	pin_counts(sw, &line, what);
	pin_counts(sw, &user, what);
	if (what == ROUTING_PIN_WRONG)
		record_reason(l->call, REASON_PIN_WRONG, REASON_ARGS(t->user->name));
	return what == ROUTING_PIN_RIGHT;
}

static enum err
become(struct leg *l, const struct dir_twin *t)
{
	struct routing_party who = routing_party_of(t->user);
	char text[LIVE_MOBILE_BYTES];
	struct slice phone = cdr_mobile_phone(t->number, text);
	struct call *c = l->call;
	enum err e = party_copy(&l->arena, &who, &l->party);

	if (e == ERR_OK)
		e = arena_dup(&l->arena, phone, &l->phone_name);
	if (e == ERR_OK)
		e = party_copy(&c->arena, &who, &c->caller_party);
	if (e == ERR_OK)
		e = arena_dup(&c->arena, phone, &c->caller_phone);
	return e;
}

bool
call_app_dials_in(struct call_app *a, struct slice pin)
{
	struct leg *l = a->leg ? leg_other(a->leg) : NULL;
	const struct directory *dir = call_app_directory(a);
	const struct dir_twin *t = dir_twin_find(dir, a->argument);
	struct call *c;

	if (!l || !l->line || l->side != MEDIA_CALLER || !t || !t->user->enabled)
		return false;
	if (dir_settings(dir)->dial_in_check != DIAL_IN_BY_NUMBER && !pin_is_right(l, t, pin))
		return false;
	if (become(l, t) != ERR_OK)
		return false;
	c = l->call;
	l->dialled_in = true;
	l->hidden = false; /* what he shows is his user's business from now on */
	talking_begin(l);
	record_reason(c, REASON_DIALLED_IN, REASON_ARGS(t->user->name, t->number));
	record_update(c);
	record_live(c, LIVE_CALL_ANSWERED);
	return true;
}
