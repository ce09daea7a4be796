/* GRP-2, broadcast: who of a group hears what the caller says. Nobody rings: a phone that is free
 * answers by itself, and nobody is torn out of a call. */
#include "routing/routing_int.h"

enum { ANSWERS_MS = 30000 }; /* the app, which does so at once */

static bool
is_callers(const struct routing_query *q, const struct dir_user *user)
{
	const struct dir_phone *phone = q->caller_phone;

	return phone && phone->user_count && phone->users[0] == user;
}

static bool
can_be_called(const struct routing_query *q, const struct dir_phone *phone)
{
	return phone->enabled && phone->kind != DIR_USER && phone != q->caller_phone &&
	       q->state->phone_reachable(q->state->ctx, phone->id);
}

const struct dir_phone *
routing_listener(
    const struct routing_query *q, const struct dir_member *m, enum reason *why, struct slice *whom)
{
	const struct dir_user *user = m->user;

	*whom = user->name;
	*why = REASON_USER_NO_PHONE;
	if (!m->logged_on)
		*why = REASON_MEMBER_LOGGED_OFF;
	else if (!user->enabled)
		*why = REASON_USER_OFF;
	else if (user->dnd)
		*why = REASON_USER_DND;
	else if (is_callers(q, user))
		*why = REASON_BROADCAST_OWN;
	else if (user_talks(q, user))
		*why = REASON_BROADCAST_TALKS;
	else
		for (size_t i = 0; i < user->phone_count; i++)
			if (can_be_called(q, user->phones[i]))
				return user->phones[i];
	return NULL;
}

bool
plan_broadcast(
    struct routing_plan *plan, const struct routing_query *q, const struct dir_group *group)
{
	size_t n = 0;

	because(plan, REASON_GROUP_BROADCAST, REASON_ARGS(group->name));
	for (size_t i = 0; i < group->member_count; i++) {
		struct slice whom;
		enum reason why;

		if (routing_listener(q, &group->members[i], &why, &whom))
			n++;
		else
			because(plan, why, REASON_ARGS(whom));
	}
	if (n == 0) {
		because(plan, REASON_GROUP_NO_PHONE, REASON_ARGS(group->name));
		return false;
	}
	plan->target[plan->n_targets++] = (struct routing_target){
	    .kind = ROUTING_APP, .app = ROUTING_APP_BROADCAST, .phone_name = group->name};
	plan->action = ROUTING_RING;
	plan->ring_ms = ANSWERS_MS;
	return true;
}
