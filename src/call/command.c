/* What people ask of their calls elsewhere than at the phone (the call manager): looks whether it
 * may be done, and has it done by who does it for phones, too. */
#include "call/completion.h"
#include "call/line_int.h"
#include "call/orbit.h"
#include "call/talk_record.h"
#include "call/transfer_int.h"

/* Where user speaks in c, or is rung: at that phone, 0 = any. A leg without a phone is nobody's,
 * but for that of a mobile phone. */
static struct leg *
own_leg(const struct call *c, int64_t user, int64_t phone)
{
	for (int side = 0; side < MEDIA_SIDES; side++) {
		struct leg *l = c->leg[side];

		if (l && (l->phone || leg_line_twin(l)) && l->party.user == user)
			return l;
	}
	LIST_FOR_EACH (it, &c->legs) {
		struct leg *l = container_of(it, struct leg, link);

		if (l->state == LEG_ASKING && l->phone && l->party.user == user &&
		    (!phone || l->phone == phone))
			return l;
	}
	return NULL;
}

static enum call_outcome
find_own(const struct call_switch *sw, const char *id, int64_t user, struct leg **out)
{
	const struct call *c = call_find(sw, slice_cstr(id));

	if (!c || c->state == CALL_ENDED)
		return CALL_OUTCOME_GONE;
	*out = own_leg(c, user, 0);
	return *out ? CALL_OUTCOME_DONE : CALL_OUTCOME_NOT_YOURS;
}

static bool
is_reachable(struct call_switch *sw, int64_t phone)
{
	struct call_contact contact;

	return sw->p.ops->contacts(sw->p.ctx, phone, &contact, 1) > 0;
}

/* The phone that is meant: one of user's that is registered. id 0: the first such. */
static enum call_outcome
find_phone(struct call_switch *sw, int64_t user, int64_t id, const struct dir_phone **out)
{
	const struct dir_user *u = dir_user_by_id(sw->p.directory, user);
	bool has = false;

	for (size_t i = 0; u && i < u->phone_count; i++) {
		const struct dir_phone *phone = u->phones[i];

		if (id && phone->id != id)
			continue;
		has = true;
		if (!phone->enabled || !is_reachable(sw, phone->id))
			continue;
		*out = phone;
		return CALL_OUTCOME_DONE;
	}
	if (!id)
		return CALL_OUTCOME_NO_PHONE;
	return has ? CALL_OUTCOME_PHONE_AWAY : CALL_OUTCOME_NOT_YOUR_PHONE;
}

static enum call_outcome
outcome_of(enum err e)
{
	return e == ERR_OK ? CALL_OUTCOME_DONE : CALL_OUTCOME_BUSY;
}

/* The last reason of a plan that refuses says why. */
static enum call_outcome
refused(const struct routing_plan *plan, struct call_result *out)
{
	if (plan->n_reasons)
		slice_clip_cstr(slice_cstr(plan->reasons[plan->n_reasons - 1]), out->reason,
		    sizeof out->reason);
	return CALL_OUTCOME_REFUSED;
}

static void
name_call(struct call_result *out, const struct call *c)
{
	slice_clip_cstr(slice_cstr(c->id), out->call_id, sizeof out->call_id);
}

static enum call_outcome
dial(struct call_switch *sw, const struct call_command *cmd, struct call_result *out)
{
	struct routing_query q = {.dialled = slice_cstr(cmd->number)};
	enum call_outcome o = find_phone(sw, cmd->user, cmd->phone, &q.caller_phone);
	struct routing_plan plan;
	struct call *c = NULL;
	enum err e;

	if (o != CALL_OUTCOME_DONE)
		return o;
	plan_ask(sw, &q, &plan);
	if (plan.action == ROUTING_REFUSE) {
		completion_note_refused(sw, &q, &plan);
		return refused(&plan, out);
	}
	e = dial_start(sw,
	    &(struct dial_params){.number = q.dialled, .plan = &plan, .phone = q.caller_phone}, &c);
	if (e == ERR_OK) {
		name_call(out, c);
		completion_note_dialled(c, &q, &plan);
	}
	return outcome_of(e);
}

static enum call_outcome
play(struct call_switch *sw, const struct call_command *cmd, struct call_result *out)
{
	const struct dir_phone *phone = NULL;
	enum call_outcome o = find_phone(sw, cmd->user, cmd->phone, &phone);
	struct routing_plan plan;
	struct call *c = NULL;
	enum err e;

	if (o != CALL_OUTCOME_DONE)
		return o;
	if (!play_plan(sw, cmd->user, slice_cstr(cmd->number), slice_cstr(cmd->title), &plan))
		return CALL_OUTCOME_WRONG_STATE;
	e = dial_start(sw,
	    &(struct dial_params){
		.number = plan.argument, .plan = &plan, .phone = phone, .plays = true},
	    &c);
	if (e == ERR_OK)
		name_call(out, c);
	return outcome_of(e);
}

/* ---- answering, here or there ---- */

/* RFC 6665, 4.1.3, inside the dialog of the INVITE, as telephones have it that announce "talk". */
static enum call_outcome
make_answer(struct leg *l)
{
	if (!l->takes_talk || !l->dialog.remote_tag.n)
		return CALL_OUTCOME_CANNOT_ANSWER;
	return outcome_of(
	    leg_request(l, SIP_NOTIFY, SLICE("Event: talk\r\nSubscription-State: active\r\n"),
		SLICE(""), SLICE(""), NULL, NULL, NULL));
}

static void
plan_phone(struct leg *l, const struct dir_phone *phone, struct routing_plan *plan)
{
	const struct settings *set = dir_settings(l->call->sw->p.directory);

	*plan = (struct routing_plan){.called = l->party, .ring_ms = set->ring_s * 1000};
	plan->target[plan->n_targets++] = (struct routing_target){
	    .phone = phone->id, .phone_name = phone->name, .auto_answer = true};
	record_reason(l->call, REASON_WEB_MOVED, REASON_ARGS(l->party.name, phone->name));
}

/* That phone, which may be ringing already, is called once more, to answer by itself. */
static enum call_outcome
ring_there(struct leg *l, const struct dir_phone *phone)
{
	struct call *c = l->call;
	struct leg *same = own_leg(c, l->party.user, phone->id);
	struct routing_plan plan;

	if (!c->ring.active || transfer_is_dialling(c))
		return CALL_OUTCOME_WRONG_STATE;
	plan_phone(l, phone, &plan);
	if (ring_add(c, &plan) != ERR_OK)
		return CALL_OUTCOME_BUSY;
	if (same)
		ring_give_up(same, true);
	ring_next(c);
	return CALL_OUTCOME_DONE;
}

/* A call that is talked in goes on at another phone of the same user. */
static enum call_outcome
move_there(struct leg *l, const struct dir_phone *phone)
{
	struct call *c = l->call;
	struct routing_plan plan;
	struct transfer *t;

	if (l->phone == phone->id || refer_obstacle(l))
		return CALL_OUTCOME_WRONG_STATE;
	if (transfer_new(l, &(struct transfer_asked){0}, l->party.number, &t) != ERR_OK)
		return CALL_OUTCOME_BUSY;
	direct_leave(c);
	plan_phone(l, phone, &plan);
	c->gruu = SLICE("");
	if (!transfer_ring(t, &plan))
		transfer_fail(t, 500);
	return CALL_OUTCOME_DONE;
}

static enum call_outcome
answer(struct call_switch *sw, const struct call_command *cmd, struct leg *l)
{
	const struct dir_phone *phone = NULL;
	enum call_outcome o;

	if (!cmd->phone)
		return l->state == LEG_ASKING ? make_answer(l) : CALL_OUTCOME_WRONG_STATE;
	o = find_phone(sw, cmd->user, cmd->phone, &phone);
	if (o != CALL_OUTCOME_DONE)
		return o;
	return l->state == LEG_ASKING ? ring_there(l, phone) : move_there(l, phone);
}

/* ---- taking over what rings for somebody else (USR-11) ---- */

/* The phone of who picks up rings besides, and answers by itself if it can; whoever is first has
 * the call. Those who were rung go on until then: a phone that does not answer must not lose a
 * call for them. */
static enum call_outcome
pick_up(struct call_switch *sw, const struct call_command *cmd, struct call_result *out)
{
	const struct dir_user *by = dir_user_by_id(sw->p.directory, cmd->user);
	struct call *c = (struct call *)call_find(sw, slice_cstr(cmd->call_id));
	const struct leg *rung =
	    c && c->state != CALL_ENDED ? own_leg(c, cmd->other_user, 0) : NULL;
	const struct dir_phone *phone = NULL;
	struct routing_plan plan;
	struct leg *mine;
	bool of_group;
	enum call_outcome o;

	if (!rung || !by)
		return CALL_OUTCOME_GONE;
	mine = own_leg(c, cmd->user, 0);
	if (c->inner || rung->state != LEG_ASKING || (mine && mine->state != LEG_ASKING) ||
	    !c->ring.active || transfer_is_dialling(c))
		return CALL_OUTCOME_WRONG_STATE;
	o = find_phone(sw, cmd->user, cmd->phone, &phone);
	if (o != CALL_OUTCOME_DONE)
		return o;
	name_call(out, c);
	if (mine) /* both are of a group that is called */
		return ring_there(mine, phone);
	plan = (struct routing_plan){.called = routing_party_of(by),
	    .ring_ms = dir_settings(sw->p.directory)->ring_s * 1000};
	plan.target[plan.n_targets++] = (struct routing_target){.phone = phone->id,
	    .phone_name = phone->name,
	    .member = plan.called, /* he is rung for himself, as one of a group is */
	    .auto_answer = true};
	record_reason(
	    c, REASON_WEB_PICKED_UP, REASON_ARGS(plan.called.name, rung->party.name, phone->name));
	of_group = c->ring.group;
	if (ring_add(c, &plan) != ERR_OK)
		return CALL_OUTCOME_BUSY;
	c->ring.group = of_group;
	ring_next(c);
	return CALL_OUTCOME_DONE;
}

/* ---- in a call ---- */

static enum call_outcome
hold(struct leg *l, bool on)
{
	const struct call *c = l->call;

	if (c->state != CALL_UP || c->leg[l->side] != l || l->state != LEG_UP || !leg_other(l) ||
	    c->transfer || c->replaced || c->consult)
		return CALL_OUTCOME_WRONG_STATE;
	hold_set(l, on);
	return CALL_OUTCOME_DONE;
}

static enum call_outcome
transfer(
    struct call_switch *sw, const struct call_command *cmd, struct leg *l, struct call_result *out)
{
	struct routing_query q = {.dialled = slice_cstr(cmd->number)};
	struct sip_uri uri = {.user = q.dialled};
	struct routing_plan plan;
	struct transfer *t;

	if (refer_refusal(l))
		return CALL_OUTCOME_WRONG_STATE;
	if (transfer_new(l, &(struct transfer_asked){0}, q.dialled, &t) != ERR_OK)
		return CALL_OUTCOME_BUSY;
	q.caller_phone = transfer_calling_phone(t);
	plan_ask(sw, &q, &plan);
	if (plan.action == ROUTING_REFUSE) {
		transfer_free(t); /* nothing has happened yet */
		return refused(&plan, out);
	}
	direct_leave(l->call);
	transfer_blind(t, &uri, SLICE(""));
	return CALL_OUTCOME_DONE;
}

/* Where the user talks; the newest such call. */
static struct leg *
find_talk(const struct call_switch *sw, int64_t user)
{
	struct leg *found = NULL;

	LIST_FOR_EACH (it, &sw->calls) {
		const struct call *c = container_of(it, struct call, link);
		struct leg *l = c->state == CALL_UP ? own_leg(c, user, 0) : NULL;

		if (l && !refer_refusal(l))
			found = l;
	}
	return found;
}

/* As a transfer to the code for places does. */
static enum call_outcome
park(struct call_switch *sw, const struct call_command *cmd, struct leg *l, struct call_result *out)
{
	const char *code = dir_settings(sw->p.directory)->code[FEATURE_ORBIT];
	struct call_command to = *cmd;
	struct buf b;

	buf_init(&b, to.number, sizeof to.number - 1);
	buf_put(&b, slice_cstr(code));
	buf_put(&b, slice_cstr(cmd->number));
	to.number[b.n] = '\0';
	if (!code[0] || !buf_ok(&b))
		return CALL_OUTCOME_REFUSED;
	return transfer(sw, &to, l, out);
}

static enum call_outcome
fetch(struct call_switch *sw, const struct call_command *cmd, struct call_result *out)
{
	const struct dir_user *by = dir_user_by_id(sw->p.directory, cmd->user);
	const struct dir_phone *phone = NULL;
	struct call *c = NULL;
	enum call_outcome o =
	    by ? find_phone(sw, cmd->user, cmd->phone, &phone) : CALL_OUTCOME_NO_PHONE;

	if (o == CALL_OUTCOME_DONE)
		o = orbit_ring(sw, slice_cstr(cmd->number), by, phone, &c);
	if (c)
		name_call(out, c);
	return o;
}

static enum call_outcome
join(struct leg *l, struct leg *consult)
{
	struct transfer *t;

	if (consult->call == l->call || refer_refusal(l))
		return CALL_OUTCOME_WRONG_STATE;
	if (transfer_new(l, &(struct transfer_asked){0}, SLICE(""), &t) != ERR_OK)
		return CALL_OUTCOME_BUSY;
	if (refer_consult_refusal(t, consult, false)) {
		transfer_free(t);
		return CALL_OUTCOME_WRONG_STATE;
	}
	direct_leave(l->call);
	join_start(t, consult);
	return CALL_OUTCOME_DONE;
}

static enum call_outcome
to_go(struct leg *l)
{
	switch (call_to_go(l->call, l)) {
	case ERR_OK: return CALL_OUTCOME_DONE;
	case ERR_NOT_FOUND: return CALL_OUTCOME_NO_OTHER_PHONE;
	case ERR_DENIED: return CALL_OUTCOME_WRONG_STATE;
	default: return CALL_OUTCOME_BUSY;
	}
}

static enum call_outcome
record(struct leg *l)
{
	switch (talk_record_begin(l)) {
	case ERR_OK: return CALL_OUTCOME_DONE;
	case ERR_DENIED: return CALL_OUTCOME_RECORDING_OFF;
	case ERR_NOT_FOUND: return CALL_OUTCOME_NO_MAILBOX;
	case ERR_NOMEM: return CALL_OUTCOME_BUSY;
	default: return CALL_OUTCOME_WRONG_STATE;
	}
}

static enum call_outcome
end_recording(struct leg *l)
{
	return talk_record_stop(l) ? CALL_OUTCOME_DONE : CALL_OUTCOME_WRONG_STATE;
}

static enum call_outcome
hang_up(struct leg *l)
{
	struct call *c = l->call;
	bool up = c->state == CALL_UP;

	record_reason(c, REASON_WEB_ENDED, REASON_ARGS(l->party.name));
	if (l->state == LEG_ASKING && !transfer_is_dialling(c))
		ring_decline(c, l->party.user);
	else
		call_end(c, up ? CDR_ANSWERED : CDR_CANCELLED,
		    l->side == MEDIA_CALLER ? CDR_BY_CALLER : CDR_BY_CALLED, up ? 0 : 487);
	return CALL_OUTCOME_DONE;
}

static enum call_outcome
carry_out(struct call_switch *sw, const struct call_command *cmd, struct call_result *out)
{
	struct leg *l = NULL, *consult = NULL;
	enum call_outcome o;

	if (cmd->kind == CALL_COMMAND_DIAL)
		return dial(sw, cmd, out);
	if (cmd->kind == CALL_COMMAND_PLAY)
		return play(sw, cmd, out);
	if (cmd->kind == CALL_COMMAND_PICK_UP)
		return pick_up(sw, cmd, out);
	if (cmd->kind == CALL_COMMAND_FETCH)
		return fetch(sw, cmd, out);
	if (cmd->kind == CALL_COMMAND_PARK && !cmd->call_id[0]) {
		l = find_talk(sw, cmd->user);
		o = l ? CALL_OUTCOME_DONE : CALL_OUTCOME_NO_CALL;
	} else {
		o = find_own(sw, cmd->call_id, cmd->user, &l);
	}
	if (o == CALL_OUTCOME_DONE && cmd->kind == CALL_COMMAND_JOIN)
		o = find_own(sw, cmd->other_call_id, cmd->user, &consult);
	if (o != CALL_OUTCOME_DONE)
		return o;
	name_call(out, l->call);
	switch (cmd->kind) {
	case CALL_COMMAND_DIAL:
	case CALL_COMMAND_PLAY:
	case CALL_COMMAND_PICK_UP:
	case CALL_COMMAND_FETCH: break;
	case CALL_COMMAND_PARK: return park(sw, cmd, l, out);
	case CALL_COMMAND_ANSWER: return answer(sw, cmd, l);
	case CALL_COMMAND_HOLD: return hold(l, true);
	case CALL_COMMAND_RESUME: return hold(l, false);
	case CALL_COMMAND_TRANSFER: return transfer(sw, cmd, l, out);
	case CALL_COMMAND_JOIN: return join(l, consult);
	case CALL_COMMAND_TO_GO: return to_go(l);
	case CALL_COMMAND_RECORD: return record(l);
	case CALL_COMMAND_END_RECORDING: return end_recording(l);
	case CALL_COMMAND_HANG_UP: return hang_up(l);
	}
	return CALL_OUTCOME_WRONG_STATE;
}

void
call_command(struct call_switch *sw, const struct call_command *cmd, struct call_result *out)
{
	*out = (struct call_result){0};
	out->outcome = carry_out(sw, cmd, out);
}
