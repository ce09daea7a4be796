/* KEY: recording a call, see talk_record.h. */
#include "call/talk_record.h"

#include <stdlib.h>

#include "call/app_int.h"
#include "call/recording.h"
#include "directory/mailboxes.h"

enum {
	BEEP_MS = 15000,
	HEARD_MS = 100, /* what is over sooner was not heard: its file cannot be read */
	TALK_SECONDS_MAX = 4 * 3600,
};

enum stage { ANNOUNCES, RUNS, SAYS };

struct words {
	struct media_sound *sound; /* what a side is told; NULL: nothing */
	uint64_t playing, since_ms;
};

struct talk_record {
	struct call *call;
	struct leg *by;
	enum stage stage;
	struct recording *file; /* NULL: it is over */
	struct words said[MEDIA_SIDES];
	struct timer beep;
};

/* ---- what is said about it ---- */

static void
hush(struct talk_record *t, unsigned side)
{
	media_sound_drop(t->call->sw->p.media, t->said[side].sound);
	t->said[side] = (struct words){0};
}

/* False: nothing can be said. */
static bool
say(struct talk_record *t, unsigned side, enum prompt words)
{
	const struct leg *l = t->call->leg[side];
	struct words *w = &t->said[side];

	hush(t, side);
	w->sound = l ? app_say_to(t->call->sw, l->party.user, words, &w->playing) : NULL;
	w->since_ms = timers_now_ms(t->call->sw->p.timers);
	music_follow(t->call);
	return w->sound;
}

static unsigned
other_side(const struct talk_record *t)
{
	return t->by->side == MEDIA_CALLER ? MEDIA_CALLED : MEDIA_CALLER;
}

/* ---- its end ---- */

static void
show(struct call *c)
{
	record_live(c, bridge_is_held(c) ? LIVE_CALL_HELD : LIVE_CALL_ANSWERED);
}

static void
forget(struct talk_record *t)
{
	timer_stop(&t->beep);
	recording_leave(t->file, true); /* whoever is left is served anew, or goes */
	for (unsigned side = 0; side < MEDIA_SIDES; side++)
		hush(t, side);
	t->call->talk_record = NULL;
	free(t);
}

/* It is kept; he hears these words. */
static void
close_file(struct talk_record *t, enum prompt words)
{
	struct recording *file = t->file;

	timer_stop(&t->beep);
	t->stage = SAYS;
	t->file = NULL;
	recording_leave(file, false);
	hush(t, other_side(t));
	record_reason(t->call, REASON_RECORD_ENDS, REASON_ARGS(t->by->party.name));
	show(t->call);
	if (!say(t, t->by->side, words))
		forget(t);
}

static void
on_closed(void *of, enum err fault, uint64_t length_ms)
{
	struct talk_record *t = of;

	close_file(t, fault == ERR_OK || fault == ERR_LIMIT ? PROMPT_RECORDING_ENDS
							    : PROMPT_RECORDING_FAILED);
}

static void
on_refused(void *of, enum err why)
{
	struct talk_record *t = of;

	recording_drop(t->file);
	close_file(t, why == ERR_LIMIT ? PROMPT_BOX_FULL : PROMPT_NOT_POSSIBLE);
}

void
talk_record_on_end(struct call *c)
{
	if (c->talk_record)
		forget(c->talk_record);
}

void
talk_record_follow(struct call *c)
{
	struct talk_record *t = c->talk_record;

	if (t && (t->by->call != c || c->leg[t->by->side] != t->by))
		forget(t);
}

/* ---- its beginning ---- */

static void
on_beep(struct timer *timer)
{
	struct talk_record *t = container_of(timer, struct talk_record, beep);

	timer_start(t->call->sw->p.timers, &t->beep, BEEP_MS);
	if (!say(t, other_side(t), PROMPT_BEEP))
		close_file(t, PROMPT_RECORDING_FAILED);
}

static void
run(struct talk_record *t)
{
	bool beeps = dir_settings(t->call->sw->p.directory)->record_notice == RECORD_BEEPS;

	t->stage = RUNS;
	if (recording_start(t->file) != ERR_OK)
		close_file(t, PROMPT_RECORDING_FAILED);
	else if (beeps)
		timer_start(t->call->sw->p.timers, &t->beep, 0);
}

/* The other one hears of it first, where he shall. */
static void
announce(struct talk_record *t)
{
	enum settings_record_notice notice = dir_settings(t->call->sw->p.directory)->record_notice;

	(void)say(t, t->by->side, PROMPT_RECORDING_BEGINS);
	if (notice != RECORD_ANNOUNCED)
		run(t);
	else if (!say(t, other_side(t), PROMPT_CALL_RECORDED))
		close_file(t, PROMPT_NOT_POSSIBLE);
}

static void
tell_begin(struct talk_record *t)
{
	const struct call *c = t->call;
	const struct routing_party *with = &c->leg[other_side(t)]->party;
	struct voicemail_began began = {
	    .began_at = c->sw->p.ops->wall_ms(c->sw->p.ctx), .recorded = true};

	slice_clip_cstr(slice_cstr(c->id), began.call_id, sizeof began.call_id);
	if (!c->private_call || with->user) { /* others may have the mailbox, too */
		slice_clip_cstr(with->number, began.number, sizeof began.number);
		slice_clip_cstr(with->name, began.name, sizeof began.name);
	}
	recording_tell(t->file, 0, &began);
}

static bool
is_talking(const struct leg *l)
{
	const struct call *c = l->call;
	const struct leg *other = leg_other(l);

	return c->state == CALL_UP && c->leg[l->side] == l && l->state == LEG_UP && !l->app &&
	       other && other->state == LEG_UP && !other->app && !c->emergency && !c->consult &&
	       !hold_is_on(l) && !hold_is_on(other);
}

enum err
talk_record_begin(struct leg *l)
{
	struct call *c = l->call;
	const struct directory *dir = c->sw->p.directory;
	const struct dir_mailbox *box = dir_mailbox_of(dir, dir_user_by_id(dir, l->party.user));
	struct talk_record *t;

	if (!dir_settings(dir)->record_calls)
		return ERR_DENIED;
	if (!box)
		return ERR_NOT_FOUND;
	if (!is_talking(l) || !c->sw->p.ops->voicemail_began)
		return ERR_WRONG_STATE;
	if (c->talk_record && c->talk_record->stage != SAYS)
		return ERR_EXISTS;
	talk_record_on_end(c);
	t = calloc(1, sizeof *t);
	if (!t)
		return ERR_NOMEM;
	t->call = c;
	t->by = l;
	timer_init(&t->beep, on_beep);
	if (recording_new(c->sw,
		&(struct call_app_recording){VOICEMAIL_FOLDER, box->id, 0, TALK_SECONDS_MAX},
		&(struct recording_owner){
		    .of = t, .at = l, .on_closed = on_closed, .on_refused = on_refused},
		&t->file) != ERR_OK) {
		free(t);
		return ERR_NOMEM;
	}
	c->talk_record = t;
	direct_leave(c);
	record_reason(c, REASON_RECORD_BEGINS, REASON_ARGS(l->party.name));
	tell_begin(t);
	announce(t);
	show(c);
	return ERR_OK;
}

bool
talk_record_stop(struct leg *l)
{
	struct talk_record *t = l->call->talk_record;

	if (!t || t->by != l || t->stage == SAYS)
		return false;
	close_file(t, PROMPT_RECORDING_ENDS);
	return true;
}

void
talk_record_press(struct leg *l)
{
	enum err e;

	if (talk_record_stop(l))
		return;
	e = talk_record_begin(l);
	if (e != ERR_OK)
		call_log(LOG_INFO, l->call, "it is not recorded: %s", err_text(e));
}

/* ---- while it runs ---- */

bool
talk_record_is_on(const struct call *c)
{
	return c->talk_record && c->talk_record->stage != SAYS;
}

bool
talk_record_is_heard(const struct leg *l)
{
	const struct talk_record *t = l->call->talk_record;

	return t && (t->said[l->side].sound || t->stage == RUNS);
}

void
talk_record_serves(const struct leg *l, struct media_service *what)
{
	const struct talk_record *t = l->call->talk_record;

	if (!t || l->call->leg[l->side] != l || app_of_peer(l))
		return; /* an app records for itself */
	if (t->said[l->side].sound)
		what->sound = t->said[l->side].sound;
	if (!l->call->consult)
		what->recording = recording_media(t->file);
}

bool
talk_record_on_played(struct call *c, uint64_t sound)
{
	struct talk_record *t = c->talk_record;
	unsigned side = 0;
	bool heard;

	while (t && side < MEDIA_SIDES && (!t->said[side].sound || t->said[side].playing != sound))
		side++;
	if (!t || side == MEDIA_SIDES)
		return false;
	heard = timers_now_ms(c->sw->p.timers) - t->said[side].since_ms >= HEARD_MS;
	hush(t, side);
	if (t->stage == SAYS)
		forget(t);
	else if (t->stage == ANNOUNCES && side == other_side(t) && heard)
		run(t);
	else if (t->stage == ANNOUNCES && side == other_side(t))
		close_file(t, PROMPT_NOT_POSSIBLE);
	music_follow(c);
	return true;
}
