/* What moderators ask of a conference elsewhere than at the telephone (CNF-2). */
#include "call/conference_int.h"
#include "call/recording.h"

enum { RECORD_MAX_S = 4 * 3600, BEEP_MS = 15000 };

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

static enum settings_record_notice
notice(const struct conference *f)
{
	return dir_settings(f->room.sw->p.directory)->record_notice;
}

void
conference_leave_recording(struct conference *f)
{
	timer_stop(&f->beep);
	recording_leave(f->recording, false);
	f->recording = NULL;
}

/* by: hears it from his own app. Who was not told that it began is not told that it ends, but for
 * those who could begin it anew. */
static void
end_record(struct conference *f, const struct conference_member *by)
{
	conference_leave_recording(f);
	conference_changed(f);
	conference_tell_others(f, &(struct call_app_news){.kind = CALL_APP_RECORDED_NO_MORE}, by,
	    notice(f) != RECORD_ANNOUNCED);
}

static void
on_closed(void *of, enum err fault, uint64_t length_ms)
{
	end_record(of, NULL);
}

static void
on_refused(void *of, enum err why)
{
	struct conference *f = of;

	recording_drop(f->recording);
	end_record(f, NULL);
}

static bool
open_record(struct conference *f)
{
	const struct call_switch_params *p = &f->room.sw->p;
	struct call_app_recording what = {VOICEMAIL_FOLDER, f->mailbox, 0, RECORD_MAX_S};
	struct recording_owner owner = {
	    .of = f, .in = &f->room, .on_closed = on_closed, .on_refused = on_refused};
	struct voicemail_began began = {.began_at = p->ops->wall_ms(p->ctx), .recorded = true};

	if (!p->ops->voicemail_began ||
	    recording_new(f->room.sw, &what, &owner, &f->recording) != ERR_OK)
		return false;
	slice_clip_cstr(slice_cstr(f->name), began.name, sizeof began.name);
	recording_tell(f->recording, 0, &began);
	if (recording_start(f->recording) == ERR_OK)
		return true;
	conference_leave_recording(f);
	return false;
}

static void
on_beep(struct timer *t)
{
	struct conference *f = container_of(t, struct conference, beep);

	timer_start(f->room.sw->p.timers, &f->beep, BEEP_MS);
	conference_tell_others(
	    f, &(struct call_app_news){.kind = CALL_APP_RECORD_BEEP}, NULL, false);
}

void
conference_init_recording(struct conference *f)
{
	timer_init(&f->beep, on_beep);
}

/* by: as with end_record. */
static enum conference_outcome
record(struct conference *f, const struct conference_member *by)
{
	if (f->recording)
		return CONFERENCE_OUTCOME_DONE;
	if (!f->mailbox)
		return CONFERENCE_OUTCOME_NOT_RECORDED;
	if (!open_record(f))
		return CONFERENCE_OUTCOME_BUSY;
	conference_changed(f);
	if (notice(f) == RECORD_ANNOUNCED)
		conference_tell_others(
		    f, &(struct call_app_news){.kind = CALL_APP_RECORDED}, by, false);
	else if (notice(f) == RECORD_BEEPS)
		timer_start(f->room.sw->p.timers, &f->beep, 0);
	return CONFERENCE_OUTCOME_DONE;
}

static enum conference_outcome
record_stop(struct conference *f)
{
	if (f->recording)
		end_record(f, NULL);
	return CONFERENCE_OUTCOME_DONE;
}

enum call_app_minutes
call_app_record_room(struct call_app *a)
{
	struct conference *f = a->member ? conference_of(a->member) : NULL;

	if (!f || f->over || !a->member->moderator)
		return CALL_APP_MINUTES_NOT;
	if (f->recording) {
		end_record(f, a->member);
		return CALL_APP_MINUTES_END;
	}
	return record(f, a->member) == CONFERENCE_OUTCOME_DONE ? CALL_APP_MINUTES_BEGIN
							       : CALL_APP_MINUTES_NOT;
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

	if (cmd->kind == CONFERENCE_JOIN)
		return conference_join(
		    sw, cmd->participant, dir_user_by_id(sw->p.directory, cmd->user), out->reason);
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
	case CONFERENCE_RECORD: return record(f, NULL);
	case CONFERENCE_RECORD_STOP: return record_stop(f);
	case CONFERENCE_INVITE: return invite(f, cmd, out);
	case CONFERENCE_JOIN: break; /* not of one that runs */
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
