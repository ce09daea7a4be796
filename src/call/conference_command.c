/* What moderators ask of a conference elsewhere than at the telephone (CNF-2). */
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

static enum conference_outcome
invite(struct conference *f, const struct conference_command *cmd, struct conference_result *out)
{
	struct conference_callee who = {.number = slice_cstr(cmd->number),
	    .argument = slice_cstr(f->argument),
	    .by = dir_user_by_id(f->room.sw->p.directory, cmd->user)};

	return conference_call(f, &who, out->reason);
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
