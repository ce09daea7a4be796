/* What moderators ask of a conference elsewhere than at the telephone (CNF-2), and calling somebody
 * into it. */
#include "call/conference_int.h"
#include "call/recording.h"

static struct conference *
find(const struct call_switch *sw, uint64_t id)
{
	LIST_FOR_EACH (it, &sw->conferences) {
		struct conference *f = container_of(it, struct conference, link);

		if (f->id == id && !f->over)
			return f;
	}
	return NULL;
}

static struct conference_member *
find_member(const struct conference *f, uint64_t id)
{
	LIST_FOR_EACH (it, &f->room.seats) {
		struct conference_member *m = container_of(it, struct call_app, in_room)->member;

		if (m->id == id)
			return m;
	}
	return NULL;
}

/* ---- recording ---- */

static void
on_record_end(struct call_room *room)
{
	struct conference *f = container_of(room, struct conference, room);

	f->recording = NULL;
	conference_changed(f);
	conference_tell_all(f, &(struct call_app_news){.kind = CALL_APP_RECORDED_NO_MORE});
}

static enum conference_outcome
record(struct conference *f)
{
	struct routing_party who = {.name = slice_cstr(f->name)};

	if (f->recording)
		return CONFERENCE_OUTCOME_DONE;
	if (!f->mailbox)
		return CONFERENCE_OUTCOME_NOT_RECORDED;
	f->recording = recording_of_room(&f->room, f->mailbox, &who, on_record_end);
	if (!f->recording)
		return CONFERENCE_OUTCOME_BUSY;
	conference_changed(f);
	conference_tell_all(f, &(struct call_app_news){.kind = CALL_APP_RECORDED});
	return CONFERENCE_OUTCOME_DONE;
}

static enum conference_outcome
record_stop(struct conference *f)
{
	if (f->recording) {
		recording_end_room(f->recording);
		on_record_end(&f->room);
	}
	return CONFERENCE_OUTCOME_DONE;
}

/* ---- calling somebody in ---- */

static bool
leads_outside(const struct routing_plan *plan)
{
	return plan->n_targets && plan->target[0].kind == ROUTING_LINE;
}

/* As the one who asks for it would dial; who is called sees him. */
static enum conference_outcome
invite(struct conference *f, const struct conference_command *cmd, struct conference_result *out)
{
	struct call_switch *sw = f->room.sw;
	const struct dir_user *by = dir_user_by_id(sw->p.directory, cmd->user);
	struct routing_query q = {.dialled = slice_cstr(cmd->number), .sent_on_by = by};
	struct routing_plan plan;
	struct room_call what = {.plan = &plan, .kind = sw->p.apps[ROUTING_APP_CONFERENCE]};
	struct conference_member *m;
	struct call_app *a;

	if (!by)
		return CONFERENCE_OUTCOME_REFUSED;
	if (f->members >= f->max_members)
		return CONFERENCE_OUTCOME_FULL;
	q.caller = routing_party_of(by);
	plan_ask(sw, &q, &plan);
	if (plan.action == ROUTING_REFUSE ||
	    (plan.n_targets && plan.target[0].kind == ROUTING_APP)) {
		if (plan.n_reasons)
			slice_clip_cstr(slice_cstr(plan.reasons[plan.n_reasons - 1]), out->reason,
			    sizeof out->reason);
		return CONFERENCE_OUTCOME_REFUSED;
	}
	plan.caller.user = 0;			  /* his own call is the one that he is in */
	plan.onward = (struct routing_onward){0}; /* no mailbox shall take part */
	plan.deposit = SLICE("");
	if (app_room_call(&f->room, &what, &a) != ERR_OK)
		return CONFERENCE_OUTCOME_BUSY;
	if (!conference_expect(f, a, &m) ||
	    arena_dup(&a->leg->arena, slice_cstr(f->argument), &a->argument) != ERR_OK) {
		call_end(a->leg->call, CDR_FAILED, CDR_BY_SYSTEM, 503);
		return CONFERENCE_OUTCOME_BUSY;
	}
	m->confirm = leads_outside(&plan);
	app_room_ring(a);
	return CONFERENCE_OUTCOME_DONE;
}

/* ---- commands ---- */

static enum conference_outcome
of_member(struct conference *f, const struct conference_command *cmd)
{
	struct conference_member *m = find_member(f, cmd->member);

	if (!m)
		return CONFERENCE_OUTCOME_MEMBER_GONE;
	switch (cmd->kind) {
	case CONFERENCE_MUTE: conference_silence(m, true); break;
	case CONFERENCE_LET_SPEAK: conference_silence(m, false); break;
	case CONFERENCE_LEVELS: conference_set_levels(m, cmd->listening, cmd->speaking); break;
	default: conference_remove(m); break;
	}
	return CONFERENCE_OUTCOME_DONE;
}

static enum conference_outcome
carry_out(
    struct call_switch *sw, const struct conference_command *cmd, struct conference_result *out)
{
	struct conference *f = find(sw, cmd->conference);

	if (!f)
		return CONFERENCE_OUTCOME_OVER;
	switch (cmd->kind) {
	case CONFERENCE_MUTE:
	case CONFERENCE_LET_SPEAK:
	case CONFERENCE_LEVELS:
	case CONFERENCE_REMOVE: return of_member(f, cmd);
	case CONFERENCE_LOCK:
	case CONFERENCE_UNLOCK:
		f->locked = cmd->kind == CONFERENCE_LOCK;
		conference_changed(f);
		break;
	case CONFERENCE_END: conference_end(f); break;
	case CONFERENCE_RECORD: return record(f);
	case CONFERENCE_RECORD_STOP: return record_stop(f);
	case CONFERENCE_INVITE: return invite(f, cmd, out);
	}
	return CONFERENCE_OUTCOME_DONE;
}

void
call_conference_command(
    struct call_switch *sw, const struct conference_command *cmd, struct conference_result *out)
{
	*out = (struct conference_result){0};
	out->outcome = carry_out(sw, cmd, out);
}
