#include "routing/routing.h"

#include "sip/msg.h"

/* args: REASON_ARGS() or NULL */
static void
because(struct routing_plan *plan, enum reason r, const struct slice *args)
{
	live_reason_add(plan->reasons, &plan->n_reasons, r, args);
}

static void
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
	plan->caller = (struct routing_party){
	    .number = user->primary_number.n ? user->primary_number : user->login,
	    .name = user->name,
	    .user = user->id};
	because(plan, REASON_CALLS_AS, REASON_ARGS(phone->name, user->name, plan->caller.number));
}

static void
add_phone(struct routing_plan *plan, const struct routing_query *q, const struct dir_phone *phone)
{
	if (q->caller_phone && phone == q->caller_phone) {
		because(plan, REASON_PHONE_OF_CALLER, REASON_ARGS(phone->name));
		return;
	}
	if (!phone->enabled) {
		because(plan, REASON_PHONE_OFF, REASON_ARGS(phone->name));
		return;
	}
	if (!q->state->phone_reachable(q->state->ctx, phone->id)) {
		because(plan, REASON_PHONE_NOT_REGISTERED, REASON_ARGS(phone->name));
		return;
	}
	if (plan->n_targets == ROUTING_TARGETS_MAX)
		return;
	plan->target[plan->n_targets++] =
	    (struct routing_target){.phone = phone->id, .phone_name = phone->name};
	because(plan, REASON_PHONE_RINGS, REASON_ARGS(phone->name));
}

static void
plan_user(struct routing_plan *plan, const struct routing_query *q, const struct dir_user *user)
{
	plan->called.name = user->name;
	plan->called.user = user->id;
	because(plan, REASON_NUMBER_OF_USER, REASON_ARGS(plan->called.number, user->name));
	if (!user->enabled) {
		because(plan, REASON_USER_OFF, REASON_ARGS(user->name));
		refuse(plan, 480, CDR_UNAVAILABLE);
		return;
	}
	if (user->dnd) {
		because(plan, REASON_USER_DND, REASON_ARGS(user->name));
		refuse(plan, 480, CDR_UNAVAILABLE);
		return;
	}
	for (size_t i = 0; i < user->phone_count; i++)
		add_phone(plan, q, user->phones[i]);
	if (plan->n_targets == 0) {
		because(plan, REASON_USER_NO_PHONE, REASON_ARGS(user->name));
		refuse(plan, 480, CDR_UNAVAILABLE);
		return;
	}
	plan->action = ROUTING_RING;
	plan->ring_ms = user->ring_s * 1000;
}

void
routing_plan_make(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	const struct dir_number *number;

	/* not the whole struct: texts beyond n_reasons and targets beyond n_targets stay unread */
	plan->action = ROUTING_REFUSE;
	plan->status = 404;
	plan->result = CDR_NOT_FOUND;
	plan->caller = plan->called = (struct routing_party){0};
	plan->ring_ms = 0;
	plan->n_targets = 0;
	plan->n_reasons = 0;
	plan->dialled[0] = '\0';
	identify_caller(plan, q->caller_phone);
	if (routing_normalise(q->dialled, plan->dialled) != ERR_OK) {
		plan->called.number = q->dialled;
		because(plan, REASON_NOT_A_NUMBER, NULL);
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	plan->called.number = slice_cstr(plan->dialled);
	number = dir_number_find(dir, plan->called.number);
	if (!number) {
		because(plan, REASON_NUMBER_UNKNOWN, REASON_ARGS(plan->called.number));
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	if (!number->user) {
		because(plan, REASON_NUMBER_UNUSED, REASON_ARGS(plan->called.number));
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	plan_user(plan, q, number->user);
}
