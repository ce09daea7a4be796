#include "routing/routing_int.h"

#include <stdio.h>

#include "directory/conferences.h"
#include "directory/mailboxes.h"
#include "routing/star.h"

#include "sip/msg.h"

void
because(struct routing_plan *plan, enum reason r, const struct slice *args)
{
	live_reason_add(plan->reasons, &plan->n_reasons, r, args);
}

void
refuse(struct routing_plan *plan, uint16_t status, enum cdr_result result)
{
	plan->action = ROUTING_REFUSE;
	plan->status = status;
	plan->result = result;
}

enum err
routing_normalise(struct slice dialled, char out[ROUTING_DIALLED_MAX])
{
	char plain[ROUTING_DIALLED_MAX], kept[ROUTING_DIALLED_MAX];
	size_t n, k = 0;
	enum err e = sip_unescape(dialled, plain, sizeof plain, &n);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n; i++) {
		char c = plain[i];

		if (c == '-' || c == '.' || c == '(' || c == ')' || c == ' ')
			continue;
		if (!strchr("0123456789*#+", c) || (c == '+' && k > 0) || c == '\0')
			return ERR_MALFORMED;
		if (k + 1 >= sizeof kept)
			return ERR_TOO_BIG;
		kept[k++] = c;
	}
	if (k == 0)
		return ERR_MALFORMED;
	memcpy(out, kept, k);
	out[k] = '\0';
	return ERR_OK;
}

struct routing_party
routing_party_of(const struct dir_user *user)
{
	return (struct routing_party){
	    .number = user->primary_number.n ? user->primary_number : user->login,
	    .name = user->name,
	    .user = user->id};
}

/* The first user of a phone owns its outgoing identity (USR-6). */
static void
identify_caller(struct routing_plan *plan, const struct dir_phone *phone)
{
	const struct dir_user *user = phone && phone->user_count ? phone->users[0] : NULL;

	if (!phone)
		return;
	if (!user) {
		plan->caller = (struct routing_party){.number = phone->name, .name = phone->name};
		because(plan, REASON_SHOWS_OWN_NAME, REASON_ARGS(phone->name));
		return;
	}
	plan->caller = routing_party_of(user);
	because(plan, REASON_CALLS_AS, REASON_ARGS(phone->name, user->name, plan->caller.number));
}

/* PHO-5, "trustrpid": a gateway knows better who is behind it. */
static void
believe_caller(struct routing_plan *plan, const struct routing_query *q)
{
	if (!q->caller_phone || !q->caller_phone->trust_rpid || !q->caller.number.n)
		return;
	plan->caller.number = q->caller.number;
	plan->caller.name = q->caller.name;
	because(plan, REASON_NAMES_CALLER,
	    REASON_ARGS(q->caller_phone->name, q->caller.name, q->caller.number));
}

static bool
is_target(const struct routing_plan *plan, const struct dir_phone *phone)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan->target[i].kind == ROUTING_PHONE && plan->target[i].phone == phone->id)
			return true;
	return false;
}

/* member: NULL when the phone is that of the user who is called. */
void
add_phone(struct routing_plan *plan, const struct routing_query *q, const struct dir_phone *phone,
    const struct routing_party *member)
{
	if (is_target(plan, phone))
		return; /* that of two members */
	if (q->caller_phone && phone == q->caller_phone) {
		because(plan, REASON_PHONE_OF_CALLER, REASON_ARGS(phone->name));
		return;
	}
	if (!phone->enabled) {
		because(plan, REASON_PHONE_OFF, REASON_ARGS(phone->name));
		return;
	}
	if (phone->kind == DIR_USER) {
		because(plan, REASON_PHONE_ONLY_CALLS, REASON_ARGS(phone->name));
		return;
	}
	if (!q->state->phone_reachable(q->state->ctx, phone->id)) {
		because(plan, REASON_PHONE_NOT_REGISTERED, REASON_ARGS(phone->name));
		return;
	}
	if (plan->n_targets == ROUTING_TARGETS_MAX)
		return;
	plan->target[plan->n_targets] = (struct routing_target){
	    .kind = ROUTING_PHONE, .phone = phone->id, .phone_name = phone->name};
	if (member)
		plan->target[plan->n_targets].member = *member;
	plan->n_targets++;
	because(plan, REASON_PHONE_RINGS, REASON_ARGS(phone->name));
}

static void
plan_user(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_number *n)
{
	const struct dir_user *user = n->user;

	plan->called.name = user->name;
	plan->called.user = user->id;
	because(plan, REASON_NUMBER_OF_USER, REASON_ARGS(plan->called.number, user->name));
	if (!user->enabled) {
		because(plan, REASON_USER_OFF, REASON_ARGS(user->name));
		refuse(plan, 480, CDR_UNAVAILABLE);
		return;
	}
	if (redirect(plan, dir, q, n, ROUTING_ALWAYS))
		return;
	if (user->dnd) {
		because(plan, REASON_USER_DND, REASON_ARGS(user->name));
		if (!redirect(plan, dir, q, n, ROUTING_UNREACHED))
			refuse(plan, 480, CDR_UNAVAILABLE);
		return;
	}
	if (!user->call_waiting && user_talks(q, user)) {
		because(plan, REASON_USER_TALKS, REASON_ARGS(user->name));
		if (!redirect(plan, dir, q, n, ROUTING_BUSY))
			refuse(plan, 486, CDR_BUSY);
		return;
	}
	for (size_t i = 0; i < user->phone_count; i++)
		add_phone(plan, q, user->phones[i], NULL);
	add_twins(plan, dir, q, user, NULL);
	if (plan->n_targets == 0) {
		because(plan, REASON_USER_NO_PHONE, REASON_ARGS(user->name));
		if (!redirect(plan, dir, q, n, ROUTING_UNREACHED))
			refuse(plan, 480, CDR_UNAVAILABLE);
		return;
	}
	plan->action = ROUTING_RING;
	plan->ring_ms = user->ring_s * 1000;
	redirect_later(plan, q, n, !user->call_waiting);
}

/* ---- groups ---- */

/* His own redirections and his mailbox take no call of a group. */
static void
add_member(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_member *m)
{
	struct routing_party party = routing_party_of(m->user);

	if (!m->logged_on)
		because(plan, REASON_MEMBER_LOGGED_OFF, REASON_ARGS(m->user->name));
	else if (!m->user->enabled)
		because(plan, REASON_USER_OFF, REASON_ARGS(m->user->name));
	else if (m->user->dnd)
		because(plan, REASON_USER_DND, REASON_ARGS(m->user->name));
	else if (!m->user->call_waiting && user_talks(q, m->user))
		because(plan, REASON_USER_TALKS, REASON_ARGS(m->user->name));
	else {
		for (size_t i = 0; i < m->user->phone_count; i++)
			add_phone(plan, q, m->user->phones[i], &party);
		add_twins(plan, dir, q, m->user, &party);
	}
}

/* GRP-2: what a member has added is his turn. Returns how many turns there are. */
static uint32_t
take_turn(struct routing_plan *plan, size_t first, uint32_t turns, uint32_t hunt_s)
{
	if (first == plan->n_targets)
		return turns; /* skipped */
	for (size_t i = first; i < plan->n_targets; i++) {
		struct routing_target *t = &plan->target[i];

		t->turn = turns + 1;
		t->turn_ms = hunt_s * 1000;
		t->turn_delay_ms = t->spare ? 0 : t->delay_ms;
		t->delay_ms = turns ? ROUTING_AFTER_OTHERS : 0;
	}
	return turns + 1;
}

/* Some are logged on and would take calls, and all of them are in one. */
static bool
group_talks(const struct routing_query *q, const struct dir_group *group)
{
	bool any = false;

	for (size_t i = 0; i < group->member_count; i++) {
		const struct dir_member *m = &group->members[i];

		if (!m->logged_on || !m->user->enabled || m->user->dnd)
			continue;
		if (!user_talks(q, m->user))
			return false;
		any = true;
	}
	return any;
}

/* GRP-2: all at once, or one after the other, or without ringing. */
static void
plan_group(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_number *n)
{
	const struct dir_group *group = n->group;
	uint32_t turns = 0;
	char seconds[12];
	bool talk;

	plan->called.name = group->name;
	because(plan, REASON_NUMBER_OF_GROUP, REASON_ARGS(plan->called.number, group->name));
	if (redirect(plan, dir, q, n, ROUTING_ALWAYS))
		return;
	talk = group_talks(q, group);
	if (talk && n->redirect && !q->one_device) {
		because(plan, REASON_GROUP_TALKS, REASON_ARGS(group->name));
		if (redirect_group(plan, dir, q, n, true))
			return;
	}
	if (group->broadcast) {
		if (!plan_broadcast(plan, q, group) && !redirect_group(plan, dir, q, n, talk))
			refuse(plan, talk ? 486 : 480, talk ? CDR_BUSY : CDR_UNAVAILABLE);
		return;
	}
	if (group->hunt_s) {
		snprintf(seconds, sizeof seconds, "%u", group->hunt_s);
		because(plan, REASON_GROUP_HUNTS, REASON_ARGS(slice_cstr(seconds)));
	}
	for (size_t i = 0; i < group->member_count; i++) {
		size_t first = plan->n_targets;

		add_member(plan, dir, q, &group->members[i]);
		if (group->hunt_s)
			turns = take_turn(plan, first, turns, group->hunt_s);
	}
	if (plan->n_targets == 0) {
		because(plan, REASON_GROUP_NO_PHONE, REASON_ARGS(group->name));
		if (!redirect_group(plan, dir, q, n, talk))
			refuse(plan, talk ? 486 : 480, talk ? CDR_BUSY : CDR_UNAVAILABLE);
		return;
	}
	plan->action = ROUTING_RING;
	plan->ring_ms = (group->hunt_s ? turns * group->hunt_s : group->ring_s) * 1000;
	redirect_later(plan, q, n, true);
}

/* ---- the plan ---- */

/* A caller from outside is shown in a form that can be called back. */
static void
identify_outsider(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	struct number_plan numbers = number_plan_of_line(dir, q->caller_line);
	char plain[ROUTING_DIALLED_MAX];

	plan->caller = q->caller;
	plan->caller.user = 0;
	if (plan->caller.number.n == 0)
		plan->caller.number = SLICE("anonymous");
	plan->caller_number[0] = '\0';
	if (routing_normalise(q->caller.number, plain) == ERR_OK &&
	    number_canonical(&numbers, slice_cstr(plain), NUMBER_WRITTEN, plan->caller_number) ==
		ERR_OK)
		plan->caller.number = slice_cstr(plan->caller_number);
	because(plan, REASON_FROM_LINE, REASON_ARGS(q->caller_line->name));
	recognise_mobile(plan, dir);
}

static const struct dir_number *
find_number(const struct directory *dir, const struct routing_query *q, struct slice dialled)
{
	return q->caller_line ? number_find(dir, q->caller_line, dialled)
			      : dir_number_find(dir, dialled);
}

/* VMB-1: a mailbox redirects nothing, for nobody would answer for it. */
static void
plan_mailbox_number(struct routing_plan *plan, const struct dir_mailbox *m)
{
	because(plan, REASON_NUMBER_OF_MAILBOX, REASON_ARGS(plan->called.number, m->name));
	mailbox_answers(plan, m);
}

/* Whoever holds the number. */
static void
plan_holder(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_number *n)
{
	plan->called = (struct routing_party){.number = n->number};
	if (redirect_is_round(plan, q, n))
		return;
	if (n->conference_room) {
		plan_conference_room(plan, n->conference_room);
	} else if (n->group) {
		plan_group(plan, dir, q, n);
	} else if (n->user) {
		plan_user(plan, dir, q, n);
	} else if (n->mailbox) {
		plan_mailbox_number(plan, n->mailbox);
	} else {
		because(plan, REASON_NUMBER_UNUSED, REASON_ARGS(plan->called.number));
		refuse(plan, 404, CDR_NOT_FOUND);
	}
}

/* LIN-5, RTG-2: where calls from outside go that nobody takes. */
static struct slice
deposit_of(const struct directory *dir, const struct dir_line *line)
{
	return line->deposit.n ? line->deposit : slice_cstr(dir_settings(dir)->deposit);
}

static void
plan_deposit(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	struct slice deposit = deposit_of(dir, q->caller_line);
	const struct dir_number *n = dir_number_find(dir, deposit);

	if (!deposit.n || slice_eq(deposit, plan->called.number))
		return;
	if (plan->action == ROUTING_RING) {
		plan->deposit = deposit;
		return;
	}
	if (plan->result == CDR_BUSY ||
	    (plan->result != CDR_NOT_FOUND && dir_settings(dir)->unavailable == UNAVAILABLE_REJECT))
		return;
	because(plan, REASON_DEPOSIT, REASON_ARGS(deposit));
	if (n)
		plan_holder(plan, dir, q, n);
	else
		because(plan, REASON_NUMBER_UNKNOWN, REASON_ARGS(deposit));
}

void
plan_number(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    struct slice dialled)
{
	const struct dir_number *number = find_number(dir, q, dialled);

	if (!number && is_outside(plan, dir, q, dialled)) {
		number = number_find_external(dir, slice_cstr(plan->outside)); /* one of ours? */
		if (!number) {
			plan_outside(plan, dir, q);
			return;
		}
		plan->outside[0] = plan->outside_dialled[0] = '\0';
	}
	if (!number) {
		because(plan, REASON_NUMBER_UNKNOWN, REASON_ARGS(plan->called.number));
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	plan_holder(plan, dir, q, number);
}

static void
plan_dialled(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	if (plan_emergency(plan, dir, q) || plan_dial_in(plan, dir, q))
		return;
	if (q->caller_phone && q->caller_phone->kind == DIR_PEER) {
		because(plan, REASON_PHONE_ONLY_CALLED, REASON_ARGS(q->caller_phone->name));
		refuse(plan, 403, CDR_FAILED);
		return;
	}
	if (!plan_feature(plan, dir, q))
		plan_number(plan, dir, q, slice_cstr(plan->dialled));
}

void
plan_begin(struct routing_plan *plan)
{
	/* not the whole struct: texts beyond n_reasons and targets beyond n_targets stay unread */
	plan->action = ROUTING_REFUSE;
	plan->status = 404;
	plan->result = CDR_NOT_FOUND;
	plan->caller = plan->called = (struct routing_party){0};
	plan->ring_ms = 0;
	plan->emergency = plan->costly = plan->private_call = false;
	plan->feature = FEATURES_N;
	plan->argument = (struct slice){0};
	plan->pin = ROUTING_PIN_NONE;
	plan->site = NULL;
	plan->deposit = (struct slice){0};
	plan->onward = (struct routing_onward){0};
	plan->n_via = 0;
	plan->n_targets = plan->n_twins = 0;
	plan->n_reasons = 0;
	plan->dialled[0] = plan->outside[0] = plan->outside_dialled[0] = '\0';
}

void
routing_plan_make(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	struct slice mailbox;

	plan_begin(plan);
	if (q->caller_line)
		identify_outsider(plan, dir, q);
	else if (q->caller_phone)
		identify_caller(plan, q->caller_phone);
	else if (q->caller_user)
		identify_mobile(plan, q);
	else
		plan->caller = q->caller;
	believe_caller(plan, q);
	if ((q->sent_on_by || q->sent_on_group) && dir_target_mailbox(q->dialled, &mailbox)) {
		plan_mailbox(plan, dir, mailbox);
	} else if (routing_normalise(q->dialled, plan->dialled) != ERR_OK) {
		plan->called.number = star_hide(q->dialled);
		because(plan, REASON_NOT_A_NUMBER, NULL);
		refuse(plan, 404, CDR_NOT_FOUND);
	} else {
		expand_speed_dial(plan, dir, q);
		if (plan_pin(plan, dir, q))
			plan_dialled(plan, dir, q);
	}
	if (q->caller_line)
		plan_deposit(plan, dir, q);
}
