/* USR-9: mobile phones that ring with the phones of their users, and what else a user's devices
 * have in common. */
#include <stdio.h>

#include "model/live.h"
#include "routing/routing_int.h"

/* Somebody outside calls from there, or its user himself, who is shown with his number inside. */
static bool
is_callers(const struct routing_plan *plan, const struct routing_query *q, const struct dir_twin *t)
{
	if (q->caller_line)
		return slice_eq(slice_cstr(plan->caller_number), t->number);
	return !q->caller_phone && (slice_eq(plan->caller.number, t->number) ||
				       slice_eq(plan->caller.number, t->user->primary_number));
}

static bool
is_its_time(const struct directory *dir, const struct routing_query *q, const struct dir_twin *t)
{
	bool now = t->frame_count == 0;

	for (size_t i = 0; i < t->frame_count && !now; i++)
		now = is_time_for(dir, &t->frames[i], q->when);
	return now;
}

/* Why it does not ring; TWIN_RINGS: it does. */
static enum reason
why_not(const struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_twin *t, bool group)
{
	if (group && !t->group_calls)
		return REASON_TWIN_NOT_GROUP;
	if (!is_its_time(dir, q, t))
		return REASON_TWIN_NOT_NOW;
	if (is_callers(plan, q, t))
		return REASON_TWIN_OF_CALLER;
	return number_find_external(dir, t->number) ? REASON_TWIN_OURS : REASON_TWIN_RINGS;
}

static void
say_rings(struct routing_plan *plan, const struct dir_twin *t, uint32_t delay_ms)
{
	char seconds[12];

	snprintf(seconds, sizeof seconds, "%u", delay_ms / 1000);
	because(plan, delay_ms ? REASON_TWIN_RINGS_AFTER : REASON_TWIN_RINGS,
	    REASON_ARGS(t->number, slice_cstr(seconds)));
}

static void
add_twin(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_twin *t, uint32_t delay_ms, const struct routing_party *member)
{
	size_t first = plan->n_targets;

	if (plan->n_twins == ROUTING_TWINS_MAX)
		return;
	plan->twin[plan->n_twins++] =
	    (struct routing_twin){.number = t->number, .confirm = t->confirm};
	say_rings(plan, t, delay_ms);
	if (!plan_twin_lines(plan, dir, q, t->user, delay_ms)) {
		plan->n_twins--;
		because(plan, REASON_TWIN_NO_LINE, REASON_ARGS(t->number));
		return;
	}
	for (size_t i = first; member && i < plan->n_targets; i++)
		plan->target[i].member = *member;
}

/* Nobody else than that device is meant: then there are none. */
void
add_twins(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_user *user, const struct routing_party *member)
{
	for (size_t i = 0; i < user->twin_count && !q->one_device; i++) {
		const struct dir_twin *t = &user->twins[i];
		enum reason why = why_not(plan, dir, q, t, member != NULL);

		if (why == REASON_TWIN_RINGS)
			add_twin(plan, dir, q, t, t->delay_ms, member);
		else
			because(plan, why, REASON_ARGS(t->number));
	}
}

void
recognise_mobile(struct routing_plan *plan, const struct directory *dir)
{
	const struct dir_twin *t = dir_twin_find(dir, plan->caller.number);
	struct routing_party who;

	if (!t || !t->user->enabled)
		return;
	who = routing_party_of(t->user);
	because(plan, REASON_MOBILE_KNOWN, REASON_ARGS(t->number, who.name));
	plan->caller.number = who.number;
	plan->caller.name = who.name;
}

/* ---- dialling in ---- */

void
identify_mobile(struct routing_plan *plan, const struct routing_query *q)
{
	char phone[LIVE_MOBILE_BYTES];

	plan->caller = routing_party_of(q->caller_user);
	because(plan, REASON_CALLS_AS,
	    REASON_ARGS(cdr_mobile_phone(q->caller.number, phone), q->caller_user->name,
		plan->caller.number));
}

/* In any form that people write it in, or digit by digit. */
static bool
is_dial_in(const struct directory *dir, const struct dir_line *line, struct slice dialled)
{
	struct number_plan of_line = number_plan_of_line(dir, line),
			   ours = number_plan_of(dir_settings(dir));
	struct slice rest = slice_cstr(dir_settings(dir)->dial_in_numbers);
	char called[NUMBER_BYTES], one[NUMBER_BYTES];
	bool known = number_canonical(&of_line, dialled, NUMBER_WRITTEN, called) == ERR_OK;

	while (rest.n) {
		char plain[ROUTING_DIALLED_MAX];

		if (routing_normalise(slice_take_until(&rest, ','), plain) != ERR_OK)
			continue;
		if (slice_eq(slice_cstr(plain), dialled) ||
		    (known &&
			number_canonical(&ours, slice_cstr(plain), NUMBER_WRITTEN, one) == ERR_OK &&
			strcmp(one, called) == 0))
			return true;
	}
	return false;
}

bool
plan_dial_in(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	struct slice dialled = slice_cstr(plan->dialled);
	const struct dir_twin *t =
	    q->caller_line ? dir_twin_find(dir, slice_cstr(plan->caller_number)) : NULL;

	if (!t || !t->user->enabled || !is_dial_in(dir, q->caller_line, dialled))
		return false;
	plan->called = (struct routing_party){.number = dialled};
	plan->argument = t->number;
	because(plan, REASON_DIAL_IN, REASON_ARGS(dialled, t->user->name));
	app_named(plan, ROUTING_APP_DIAL_IN, SLICE("Dial-in"));
	return true;
}

/* ---- the other devices of somebody who talks ---- */

void
routing_plan_others(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, const struct dir_user *user, const struct dir_phone *but,
    struct slice but_mobile)
{
	plan_begin(plan);
	plan->caller = q->caller;
	plan->called = routing_party_of(user);
	for (size_t i = 0; i < user->phone_count; i++)
		if (user->phones[i] != but)
			add_phone(plan, q, user->phones[i], NULL);
	for (size_t i = 0; i < user->twin_count; i++)
		if (!slice_eq(user->twins[i].number, but_mobile))
			add_twin(plan, dir, q, &user->twins[i], 0, NULL);
	if (plan->n_targets) {
		plan->action = ROUTING_RING;
		return;
	}
	because(plan, REASON_USER_NO_PHONE, REASON_ARGS(user->name));
	refuse(plan, 480, CDR_UNAVAILABLE);
}
