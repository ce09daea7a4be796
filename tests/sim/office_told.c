#include "office_told.h"

#include "office.h"
#include "office_check.h"

/* ---- noted ---- */

static int
trigger_of(enum feature f)
{
	switch (f) {
	case FEATURE_REDIRECT_ALWAYS:
	case FEATURE_REDIRECT_ALWAYS_OFF: return 0;
	case FEATURE_REDIRECT_BUSY:
	case FEATURE_REDIRECT_BUSY_OFF: return 1;
	case FEATURE_REDIRECT_TIMEOUT:
	case FEATURE_REDIRECT_TIMEOUT_OFF: return 2;
	default: return -1;
	}
}

static struct desk_user *
desk_user(struct office *o, int64_t id)
{
	return &o->desk.user[id % DESK_USERS_MAX];
}

static void
note_log_on(struct desk_user *u, const struct feature_order *order)
{
	uint32_t group;

	if (slice_to_u32(slice_cstr(order->argument), DESK_GROUPS_MAX - 1, &group) == ERR_OK)
		u->logged_on[group] = order->feature == FEATURE_GROUP_ON ? DESK_YES : DESK_NO;
}

static void
note_seat(struct office *o, const struct feature_order *order)
{
	const struct dir_user *who = dir_user_by_login(o->directory, slice_cstr(order->argument));
	bool in = order->feature == FEATURE_PHONE_LOGIN;
	int64_t phone = order->phone % DESK_PHONES_MAX;

	for (int64_t id = 1; id < DESK_USERS_MAX; id++) {
		struct desk_user *u = desk_user(o, id);

		if (order->feature != FEATURE_PHONE_LOGOUT_ALL && (!who || who->id != id))
			continue;
		u->at[phone] = in ? DESK_YES : DESK_NO;
		if (in)
			u->primary = order->phone;
		else if (u->primary == order->phone)
			u->primary = 0;
	}
}

static struct desk_completion *
free_completion(struct office *o)
{
	for (size_t i = 0; i < o->desk.n_completions; i++)
		if (!o->desk.completion[i].id)
			return &o->desk.completion[i];
	return o->desk.n_completions < DESK_COMPLETIONS_MAX
		   ? &o->desk.completion[o->desk.n_completions++]
		   : NULL;
}

/* The newest row of it: it may stand for an older one. */
static void
note_completion(struct office *o, const struct feature_order *order)
{
	const struct dir_completion *all, *found = NULL;
	struct desk_completion *c;
	size_t n;

	all = dir_completions(o->directory, &n);
	for (size_t i = 0; i < n; i++)
		if (all[i].user == order->user &&
		    slice_eq(all[i].number, slice_cstr(order->argument)))
			found = &all[i];
	if (!found) {
		office_problem(
		    o, "a call back to %s was promised, and is not written down", order->argument);
		return;
	}
	told_forget(o, found->id, 0);
	c = free_completion(o);
	if (!c) {
		office_problem(o, "more calls back are promised than people can dial");
		return;
	}
	*c = (struct desk_completion){.id = found->id, .user = order->user};
	memcpy(c->number, order->argument, sizeof c->number);
}

void
told_note(struct office *o, const struct feature_order *order)
{
	struct desk_user *u = desk_user(o, order->user);
	int trigger = trigger_of(order->feature);

	if (trigger >= 0) { /* without an argument: off */
		u->redirect_known[trigger] = true;
		memcpy(u->redirect[trigger], order->argument, sizeof u->redirect[trigger]);
	}
	switch (order->feature) {
	case FEATURE_DND_ON:
	case FEATURE_DND_OFF:
		u->dnd_known = true;
		u->dnd = order->feature == FEATURE_DND_ON;
		break;
	case FEATURE_GROUP_ON:
	case FEATURE_GROUP_OFF: note_log_on(u, order); break;
	case FEATURE_PHONE_LOGIN:
	case FEATURE_PHONE_LOGOUT:
	case FEATURE_PHONE_LOGOUT_ALL: note_seat(o, order); break;
	case FEATURE_COMPLETION: note_completion(o, order); break;
	case FEATURE_COMPLETION_OFF: told_forget(o, 0, order->user); break;
	default: break;
	}
}

void
told_forget(struct office *o, int64_t row, int64_t user)
{
	for (size_t i = 0; i < o->desk.n_completions; i++) {
		struct desk_completion *c = &o->desk.completion[i];

		if ((!row || c->id == row) && (!user || c->user == user))
			c->id = 0;
	}
}

/* ---- compared ---- */

static struct slice
target_of(const struct dir_user *u, int trigger)
{
	const struct dir_redirect *r = u->number_count ? u->numbers[0]->redirect : NULL;

	if (!r)
		return SLICE("");
	return trigger == 0 ? r->always : trigger == 1 ? r->busy : r->timeout;
}

static void
compare_switches(struct office *o, const struct dir_user *u, const struct desk_user *told)
{
	if (told->dnd_known && told->dnd != u->dnd)
		office_problem(o, "%.*s was told that do not disturb is %s", SLICE_FMT(u->name),
		    told->dnd ? "on" : "off");
	for (int i = 0; i < DESK_TRIGGERS; i++)
		if (told->redirect_known[i] && u->number_count &&
		    !slice_eq(target_of(u, i), slice_cstr(told->redirect[i])))
			office_problem(o, "%.*s was told that his calls go to '%s'",
			    SLICE_FMT(u->name), told->redirect[i]);
}

static void
compare_log_ons(struct office *o, const struct dir_user *u, const struct desk_user *told)
{
	for (int i = 0; i < DESK_GROUPS_MAX; i++) {
		char code[] = {(char)('0' + i), '\0'};
		const struct dir_group *g = dir_group_by_code(o->directory, slice_cstr(code));
		const struct dir_member *m = g ? dir_group_member(g, u->id) : NULL;

		if (told->logged_on[i] && (!m || m->logged_on != (told->logged_on[i] == DESK_YES)))
			office_problem(o, "%.*s was told that he is logged %s group %d",
			    SLICE_FMT(u->name),
			    told->logged_on[i] == DESK_YES ? "on to" : "off from", i);
	}
}

static void
compare_seats(struct office *o, const struct dir_user *u, const struct desk_user *told)
{
	bool at[DESK_PHONES_MAX] = {false};

	for (size_t i = 0; i < u->phone_count; i++)
		at[u->phones[i]->id % DESK_PHONES_MAX] = true;
	for (int i = 0; i < DESK_PHONES_MAX; i++)
		if (told->at[i] && at[i] != (told->at[i] == DESK_YES))
			office_problem(o, "%.*s was told that he is logged %s phone %d",
			    SLICE_FMT(u->name), told->at[i] == DESK_YES ? "in to" : "out of", i);
	if (told->primary && (!u->phone_count || u->phones[0]->id != told->primary))
		office_problem(o, "%.*s has logged in to phone %lld, which is not his first one",
		    SLICE_FMT(u->name), (long long)told->primary);
}

/* Each that was promised is there, and nobody is called back who did not ask. */
static void
compare_completions(struct office *o)
{
	const struct dir_completion *all;
	size_t n, promised = 0;

	all = dir_completions(o->directory, &n);
	for (size_t i = 0; i < o->desk.n_completions; i++) {
		const struct desk_completion *c = &o->desk.completion[i];
		bool there = false;

		for (size_t k = 0; k < n; k++)
			there |= all[k].id == c->id && all[k].user == c->user &&
				 slice_eq(all[k].number, slice_cstr(c->number));
		promised += c->id != 0;
		if (c->id && !there)
			office_problem(
			    o, "a call back to %s that was promised is forgotten", c->number);
	}
	if (n != promised)
		office_problem(o, "%zu calls back are promised, and %zu written down", promised, n);
}

void
told_compare(struct office *o)
{
	o->desk.n_compared++;
	for (int64_t id = 1; id < DESK_USERS_MAX; id++) {
		const struct dir_user *u = dir_user_by_id(o->directory, id);
		const struct desk_user *told = desk_user(o, id);

		if (!u)
			continue;
		compare_switches(o, u, told);
		compare_log_ons(o, u, told);
		compare_seats(o, u, told);
	}
	compare_completions(o);
}
