/* Who is in a conference, and who hears whom there (CNF-3, CNF-4). */
#include <stdlib.h>

#include "call/conference_int.h"

static struct conference *
conference(struct call_room *room)
{
	return container_of(room, struct conference, room);
}

struct conference *
conference_of(const struct conference_member *m)
{
	return m->app->room ? conference(m->app->room) : NULL;
}

static void
follow_media(const struct conference_member *m)
{
	if (m->app->leg)
		music_follow(m->app->leg->call);
}

/* ---- telling the members ---- */

static void
tell(struct conference_member *m, enum call_app_news_kind kind)
{
	app_on_news(m->app, &(struct call_app_news){.kind = kind});
}

/* Those who are in, but for one and maybe for who is no moderator. Who hangs up meanwhile takes
 * only himself out of the list. */
void
conference_tell_others(struct conference *f, const struct call_app_news *news,
    const struct conference_member *but, bool moderators)
{
	LIST_FOR_EACH_SAFE (it, &f->room.seats) {
		struct conference_member *m = container_of(it, struct call_app, in_room)->member;

		if (m != but && m->in && (m->moderator || !moderators))
			app_on_news(m->app, news);
	}
}

/* ---- its life ---- */

/* The room is still there for those who have not hung up yet. */
void
conference_end(struct conference *f)
{
	if (f->over)
		return;
	f->over = true;
	conference_leave_recording(f);
	conference_changed(f);
	conference_tell_others(f, &(struct call_app_news){.kind = CALL_APP_ENDS}, NULL, false);
	app_room_changed(&f->room); /* who has not answered is not called any more */
}

static void
free_conference(struct conference *f)
{
	conference_leave_recording(f);
	timer_stop(&f->tell);
	timer_stop(&f->end);
	list_remove(&f->link);
	app_room_fini(&f->room);
	free(f);
}

static void
on_tell(struct timer *t)
{
	struct conference *f = container_of(t, struct conference, tell);

	conference_tell_watchers(f);
	if (list_empty(&f->room.seats))
		free_conference(f);
}

void
conferences_free(struct call_switch *sw)
{
	LIST_FOR_EACH_SAFE (it, &sw->conferences)
		free_conference(container_of(it, struct conference, link));
}

/* ---- the room's ---- */

static bool
is_member(const struct call_app *a)
{
	return a->member->in;
}

/* It is over: those who have not come yet do not need to. */
static void
on_changed(struct call_room *room)
{
	if (conference(room)->over)
		app_room_end_calls(room, is_member);
}

/* He was in. */
static void
count_out(struct conference *f, struct conference_member *m)
{
	bool last;

	f->members--;
	f->moderators -= m->moderator;
	last = m->moderator && !f->moderators && f->ends;
	m->in = false;
	if (f->over)
		return;
	if (last)
		conference_end(f);
	else
		conference_tell_others(f,
		    &(struct call_app_news){.kind = CALL_APP_LEFT, .said = slice_cstr(m->said)}, m,
		    false);
}

static void
on_left(struct call_room *room, struct call_app *a)
{
	struct conference *f = conference(room);
	struct conference_member *m = a->member;

	a->member = NULL;
	if (!m)
		return;
	if (m->in)
		count_out(f, m);
	conference_tell_gone(f, m);
	free(m);
	conference_changed(f);
}

/* Who comes next comes to another one. */
static void
on_empty(struct call_room *room)
{
	struct conference *f = conference(room);

	f->over = true;
	conference_leave_recording(f);
	conference_changed(f);
}

static const struct call_room_owner by_conference = {
    .on_changed = on_changed, .on_left = on_left, .on_empty = on_empty};

static struct conference *
find(const struct call_switch *sw, const struct call_app_conference *what)
{
	LIST_FOR_EACH (it, &sw->conferences) {
		struct conference *f = container_of(it, struct conference, link);

		if (!f->over && f->row_room == what->room && f->row_conference == what->conference)
			return f;
	}
	return NULL;
}

bool
conference_has(const struct conference *f, int64_t participant)
{
	LIST_FOR_EACH (it, &f->room.seats)
		if (container_of(it, struct call_app, in_room)->member->participant == participant)
			return true;
	return false;
}

static struct conference *
begin(struct call_switch *sw, const struct call_app_conference *what, struct slice argument)
{
	struct conference *f = calloc(1, sizeof *f);

	if (!f || !app_room_init(&f->room, sw, &by_conference)) {
		free(f);
		return NULL;
	}
	timer_init(&f->tell, on_tell);
	list_push(&sw->conferences, &f->link);
	f->id = ++sw->next_app_id;
	f->row_room = what->room;
	f->row_conference = what->conference;
	f->mailbox = what->mailbox;
	f->max_members = what->max_members;
	f->waits = what->waits;
	f->ends = what->ends;
	f->since = sw->p.ops->wall_ms(sw->p.ctx);
	slice_clip_cstr(what->name, f->name, sizeof f->name);
	slice_clip_cstr(argument, f->argument, sizeof f->argument);
	conference_init_recording(f);
	conference_keep_time(f, what->until_ms);
	return f;
}

struct conference *
conference_find_or_begin(
    struct call_switch *sw, const struct call_app_conference *what, struct slice argument)
{
	struct conference *f = find(sw, what);

	return f ? f : begin(sw, what, argument);
}

/* ---- members ---- */

bool
conference_expect(struct conference *f, struct call_app *a, struct conference_member **out)
{
	struct conference_member *m = calloc(1, sizeof *m);

	if (!m)
		return false;
	m->app = a;
	m->id = ++f->room.sw->next_app_id;
	m->since = f->room.sw->p.ops->wall_ms(f->room.sw->p.ctx);
	a->member = m;
	if (!a->room)
		app_room_enter(&f->room, a);
	conference_member_changed(m);
	*out = m;
	return true;
}

static void
count_in(struct conference *f, struct conference_member *m)
{
	bool begins = f->waits && m->moderator;

	m->in = true;
	m->since = f->room.sw->p.ops->wall_ms(f->room.sw->p.ctx);
	f->members++;
	f->moderators += m->moderator;
	f->waits = f->waits && !begins;
	conference_member_changed(m);
	follow_media(m);
	if (begins)
		conference_tell_others(
		    f, &(struct call_app_news){.kind = CALL_APP_BEGINS}, m, false);
	else
		conference_tell_others(f,
		    &(struct call_app_news){.kind = CALL_APP_JOINED, .said = slice_cstr(m->said)},
		    m, false);
}

/* Who was called has answered. */
static enum call_app_entry
let_in(struct call_app *a)
{
	struct conference *f = conference_of(a->member);

	if (!f || f->over)
		return CALL_APP_NOT_IN;
	if (!a->member->in)
		count_in(f, a->member);
	return CALL_APP_IN;
}

enum call_app_entry
call_app_enter(struct call_app *a, const struct call_app_conference *what)
{
	struct call_switch *sw = a->leg ? a->leg->call->sw : NULL;
	struct conference_member *m;
	struct conference *f;

	if (a->member)
		return let_in(a);
	f = sw ? find(sw, what) : NULL;
	if (f && f->locked && !what->moderator)
		return CALL_APP_LOCKED;
	if (f && f->members >= f->max_members && !what->moderator)
		return CALL_APP_FULL;
	if (sw && !f)
		f = begin(sw, what, a->argument);
	if (!f)
		return CALL_APP_NOT_IN;
	if (!conference_expect(f, a, &m)) {
		conference_changed(f); /* which frees it if nobody is in */
		return CALL_APP_NOT_IN;
	}
	m->moderator = what->moderator;
	m->silenced = what->silenced;
	m->participant = what->participant;
	slice_clip_cstr(what->said, m->said, sizeof m->said);
	count_in(f, m);
	return CALL_APP_IN;
}

bool
call_app_is_invited(const struct call_app *a, bool *confirm)
{
	*confirm = a->member && a->member->confirm;
	return a->member && !a->member->in;
}

/* ---- who hears whom ---- */

void
conference_serve(const struct call_app *a, struct media_service *what)
{
	const struct conference_member *m = a->member;
	const struct conference *f = conference_of(m);

	if (!m->in || !f || f->waits)
		return;
	what->room = f->room.media;
	what->muted = m->muted || m->silenced;
	what->gain_db = (int8_t)(m->speaking * CONFERENCE_STEP_DB);
	what->hears_gain_db = (int8_t)(m->listening * CONFERENCE_STEP_DB);
}

void
conference_on_speaks(struct call_app *a, bool speaks)
{
	if (!a->member || a->member->talking == speaks)
		return;
	a->member->talking = speaks;
	conference_member_changed(a->member);
}

void
conference_on_seat(struct call_app *a)
{
	if (a->member)
		conference_member_changed(a->member);
}

struct call_app_seat
call_app_seat(const struct call_app *a)
{
	const struct conference_member *m = a->member;
	const struct conference *f = m ? conference_of(m) : NULL;

	if (!f || !m->in)
		return (struct call_app_seat){0};
	return (struct call_app_seat){.others = f->members - 1,
	    .moderator = m->moderator,
	    .waits = f->waits,
	    .locked = f->locked,
	    .recorded = f->recording &&
			dir_settings(f->room.sw->p.directory)->record_notice == RECORD_ANNOUNCED,
	    .muted = m->muted,
	    .silenced = m->silenced,
	    .listening = m->listening,
	    .speaking = m->speaking};
}

void
call_app_mute(struct call_app *a, bool on)
{
	if (!a->member)
		return;
	a->member->muted = on;
	conference_member_changed(a->member);
	follow_media(a->member);
}

void
call_app_ask_to_speak(struct call_app *a)
{
	struct conference *f = a->member ? conference_of(a->member) : NULL;

	if (!f || a->member->wants)
		return;
	a->member->wants = true;
	conference_member_changed(a->member);
	conference_tell_others(
	    f, &(struct call_app_news){.kind = CALL_APP_WANTS_TO_SPEAK}, a->member, true);
}

void
call_app_lock(struct call_app *a, bool on)
{
	struct conference *f = a->member ? conference_of(a->member) : NULL;

	if (!f || !a->member->moderator)
		return;
	f->locked = on;
	conference_changed(f);
}

static int8_t
level(int wanted)
{
	return (int8_t)(wanted > CONFERENCE_LEVEL_MAX	 ? CONFERENCE_LEVEL_MAX
			: wanted < -CONFERENCE_LEVEL_MAX ? -CONFERENCE_LEVEL_MAX
							 : wanted);
}

void
conference_set_levels(struct conference_member *m, int listening, int speaking)
{
	m->listening = level(listening);
	m->speaking = level(speaking);
	conference_member_changed(m);
	follow_media(m);
}

void
call_app_levels(struct call_app *a, int listening, int speaking)
{
	if (a->member)
		conference_set_levels(a->member, listening, speaking);
}

void
conference_silence(struct conference_member *m, bool on)
{
	bool was = m->silenced || (!on && m->muted);

	m->silenced = on;
	m->wants = false;
	if (!on)
		m->muted = false;
	conference_member_changed(m);
	follow_media(m);
	if (m->in && was != on)
		tell(m, on ? CALL_APP_SILENCED : CALL_APP_MAY_SPEAK);
}

/* He hears nobody from now on; his app says so and hangs up. */
void
conference_remove(struct conference_member *m)
{
	struct call_app *a = m->app;

	if (!m->in) {
		app_room_end_call(a);
		return;
	}
	app_room_leave(a);
	music_follow(a->leg->call);
	app_on_news(a, &(struct call_app_news){.kind = CALL_APP_REMOVED});
}
