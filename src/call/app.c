/* Apps: they sit down, speak, hear and leave. What they are about is in apps/. */
#include "call/app_int.h"

#include <stdlib.h>

#include "call/codecs.h"
#include "call/completion.h"
#include "call/conference_int.h"
#include "call/keys.h"
#include "call/orbit.h"
#include "call/pin.h"
#include "call/recording.h"
#include "call/transfer_int.h"
#include "model/pin.h"

struct call_app *
app_of_peer(const struct leg *l)
{
	const struct leg *other = leg_other(l);

	return other ? other->app : NULL;
}

/* ---- callbacks ---- */

static void
let_go(struct call_app *a)
{
	if (--a->busy || a->leg)
		return;
	free(a->state);
	free(a);
}

/* What it is told; it may end meanwhile. */
#define TELL(a, callback, ...)                                                                     \
	do {                                                                                       \
		if (!(a)->kind->callback)                                                          \
			break;                                                                     \
		(a)->busy++;                                                                       \
		(a)->kind->callback(__VA_ARGS__);                                                  \
		let_go(a);                                                                         \
	} while (0)

static void
on_timer(struct timer *t)
{
	struct call_app *a = container_of(t, struct call_app, timer);

	TELL(a, on_time, a);
}

void
app_on_key(struct call_app *a, char key)
{
	if (a->begun)
		TELL(a, on_key, a, key);
}

void
app_on_event(struct call_app *a, const struct media_event *ev)
{
	if (ev->kind == MEDIA_EV_SPEAKS) {
		conference_on_speaks(a, ev->service.speaks);
	} else if (ev->kind == MEDIA_EV_HEARD) {
		TELL(a, on_heard, a, ev->service.heard);
	} else if (ev->kind == MEDIA_EV_PLAYED && a->playing && ev->service.sound == a->playing) {
		call_app_stop_playing(a);
		TELL(a, on_played, a);
	}
}

void
app_on_room(struct call_app *a)
{
	TELL(a, on_room, a);
}

void
app_on_news(struct call_app *a, const struct call_app_news *news)
{
	TELL(a, on_news, a, news);
}

static bool
may_begin(const struct leg *l)
{
	const struct leg *other = leg_other(l);

	return l->app && !l->app->begun && l->call->state == CALL_UP && !l->call->transfer &&
	       l->state == LEG_UP && other && other->state == LEG_UP && !other->ack_due;
}

void
app_begin(struct call *c)
{
	for (int side = 0; side < MEDIA_SIDES; side++) {
		struct leg *l = c->leg[side];
		struct call_app *a = l ? l->app : NULL;

		if (!a || !may_begin(l))
			continue;
		a->begun = true;
		music_follow(c); /* keys are heard from now on */
		TELL(a, begin, a);
		return;
	}
}

/* ---- its leg ---- */

/* A leg of its own, whose call knows nothing of it yet. */
static enum err
settle(struct leg *l, const struct call_app_kind *kind, struct call_app **out)
{
	struct call_app *a = calloc(1, sizeof *a);

	if (a && kind->state_bytes && !(a->state = calloc(1, kind->state_bytes))) {
		free(a);
		a = NULL;
	}
	if (!a)
		return ERR_NOMEM;
	a->leg = l;
	a->kind = kind;
	a->orbit = -1;
	a->feature = FEATURES_N;
	a->id = ++l->call->sw->next_app_id;
	timer_init(&a->timer, on_timer);
	l->app = a;
	l->media_waits = true; /* for ever: there is no peer */
	*out = a;
	return ERR_OK;
}

enum err
app_stand_in(struct call *c, enum media_side side, const struct routing_party *party,
    const struct call_app_kind *kind, struct call_app **out)
{
	struct leg *l;
	enum err e = leg_new(c, side, LEG_ASKED, party, &l);

	if (e != ERR_OK)
		return e;
	leg_sit(l); /* it ends with the call from here on */
	e = settle(l, kind, out);
	return e == ERR_OK ? app_describe(l) : e;
}

static enum err
new_leg(
    struct call *c, const struct ring_target *t, const struct call_app_kind *kind, struct leg **out)
{
	struct call_app *a = NULL;
	struct leg *l = NULL;
	enum err e = leg_new(c, c->ring.seat, LEG_ASKING, &t->whom->party, &l);

	if (e == ERR_OK)
		e = arena_dup(&l->arena, t->t.phone_name, &l->phone_name);
	if (e == ERR_OK)
		e = settle(l, kind, &a);
	if (e == ERR_OK)
		e = arena_dup(&l->arena, t->whom->argument, &a->argument);
	if (e != ERR_OK) {
		if (l)
			leg_done(l);
		return e;
	}
	a->feature = t->whom->feature;
	l->party.user = 0; /* it speaks for nobody */
	c->ring.asking++;
	*out = l;
	return ERR_OK;
}

/* It has answered: as if a phone had sent 200. */
static enum err
sit_down(struct leg *l)
{
	struct call *c = l->call;
	struct transfer *t = c->transfer;
	struct slice unused;
	enum err e = app_describe(l);

	if (e == ERR_OK && !t)
		e = bridge_give(l, leg_other(l), &unused);
	if (e != ERR_OK)
		return e;
	ring_on_winner(l);
	if (t) {
		orbit_note_from(l->app, t);
		transfer_on_arrival(t, l);
		return ERR_OK;
	}
	leg_sit(l);
	bridge_drop_refused(l);
	if (c->offer_late)
		l->ack_owed = true;
	answer_tell_who(l);
	answer_caller_soon(c);
	return ERR_OK;
}

bool
app_ring(struct call *c, const struct ring_target *t)
{
	const struct call_app_kind *const *kinds = c->sw->p.apps;
	struct leg *l = NULL;
	enum err e = kinds ? new_leg(c, t, kinds[t->t.app], &l) : ERR_UNSUPPORTED;

	if (e != ERR_OK)
		return false;
	e = sit_down(l);
	if (e == ERR_OK)
		return true;
	call_log(LOG_WARN, c, "%.*s cannot answer: %s", SLICE_FMT(l->phone_name), err_text(e));
	c->ring.asking--;
	c->ring.best_status = status_better(c->ring.best_status, e == ERR_LIMIT ? 503 : 488);
	leg_done(l);
	return false;
}

void
app_end(struct leg *l)
{
	struct call_app *a = l->app;
	struct call_switch *sw = l->call->sw;

	if (!a)
		return;
	l->app = NULL;
	a->busy++;
	if (a->kind->on_end)
		a->kind->on_end(a);
	app_room_leave(a);
	a->leg = NULL;
	timer_stop(&a->timer);
	if (a->ordered)
		hmap_remove(&sw->apps, &a->by_id);
	recording_leave(a->recording, true);
	a->recording = NULL;
	orbit_leave(sw, a);
	media_sound_drop(sw->p.media, a->sound);
	a->sound = NULL;
	let_go(a);
}

/* ---- what apps may do ---- */

void *
call_app_state(const struct call_app *a)
{
	return a->state;
}

enum feature
call_app_feature(const struct call_app *a)
{
	return a->feature;
}

struct slice
call_app_argument(const struct call_app *a)
{
	return a->argument;
}

const struct routing_party *
call_app_party(const struct call_app *a)
{
	return &leg_other(a->leg)->party;
}

const struct directory *
call_app_directory(const struct call_app *a)
{
	return a->leg->call->sw->p.directory;
}

enum prompt_language
call_app_language(const struct call_app *a)
{
	const struct directory *dir = call_app_directory(a);

	if (a->language_set)
		return a->language;
	return dir_prompt_language(dir, dir_user_by_id(dir, call_app_party(a)->user));
}

void
call_app_set_language(struct call_app *a, enum prompt_language l)
{
	a->language = l;
	a->language_set = true;
}

enum diversion_reason
call_app_sent_on(const struct call_app *a)
{
	const struct call *c = a->leg->call;

	return c->n_sent_on && c->n_diverted ? c->diverted[0].reason : DIVERSION_UNKNOWN;
}

int64_t
call_app_wall_ms(const struct call_app *a)
{
	const struct call_switch *sw = a->leg->call->sw;

	return sw->p.ops->wall_ms(sw->p.ctx);
}

bool
app_serves(const struct leg *l, struct media_service *what)
{
	const struct call_app *a = app_of_peer(l);

	if (!a || !(a->begun || a->bridge_room))
		return false;
	what->room = a->bridge_room;
	what->sound = a->sound;
	what->recording = recording_media(a->recording);
	app_room_serve(a, what);
	what->listening = a->listening;
	if (a->bridge_room)
		what->listening.keys = true; /* those in its voice are heard in the room */
	else
		keys_listen(what);
	return true;
}

void
call_app_stop_playing(struct call_app *a)
{
	struct call *c;

	if (!a->leg || !a->sound)
		return;
	c = a->leg->call;
	a->playing = 0;
	media_sound_drop(c->sw->p.media, a->sound);
	a->sound = NULL;
	music_follow(c);
}

void
call_app_play(struct call_app *a, const struct media_sound_params *what)
{
	struct media_sound_params p = *what;
	struct media_sound *old = a->sound;
	struct call_switch *sw;

	if (!a->leg)
		return;
	sw = a->leg->call->sw;
	a->playing = p.user = ++sw->next_app_id;
	a->sound = NULL;
	a->music = false;
	if ((p.tone || p.n_paths) && media_sound_new(sw->p.media, &p, &a->sound) != ERR_OK)
		call_log(LOG_WARN, a->leg->call, "nothing can be played");
	music_follow(a->leg->call);
	media_sound_drop(sw->p.media, old);
	if (!a->sound) {
		a->playing = 0;
		TELL(a, on_played, a);
	}
}

void
call_app_music(struct call_app *a)
{
	call_app_loop(a, 0);
}

void
call_app_loop(struct call_app *a, int64_t loop)
{
	a->music = true;
	a->loop = loop;
	call_app_stop_playing(a);
	if (a->leg)
		music_follow(a->leg->call);
}

void
call_app_tone(struct call_app *a, enum tone tone)
{
	if (a->leg)
		call_app_play(a, &(struct media_sound_params){.tone = tone_find(SLICE(""), tone)});
}

size_t
app_words(struct call_switch *sw, enum prompt_language language, const enum prompt *prompts,
    size_t n, struct arena *arena, const char *paths[APP_WORDS_MAX])
{
	if (n > APP_WORDS_MAX)
		n = APP_WORDS_MAX;
	return sw->p.prompts.sounds && dir_prompt_paths(sw->p.directory, &sw->p.prompts, language,
					   prompts, n, arena, paths) == ERR_OK
		   ? n
		   : 0;
}

struct media_sound *
app_say_to(struct call_switch *sw, int64_t user, enum prompt words, uint64_t *playing)
{
	const struct directory *dir = sw->p.directory;
	const char *paths[APP_WORDS_MAX];
	struct media_sound_params what = {.paths = paths, .user = ++sw->next_app_id};
	struct media_sound *sound = NULL;
	struct arena arena;

	*playing = 0;
	arena_init(&arena, "prompts", 1024, 16 * 1024);
	what.n_paths = app_words(
	    sw, dir_prompt_language(dir, dir_user_by_id(dir, user)), &words, 1, &arena, paths);
	if (what.n_paths && media_sound_new(sw->p.media, &what, &sound) == ERR_OK)
		*playing = what.user;
	arena_fini(&arena);
	return sound;
}

/* What is said: words, and a file before or behind them. */
struct saying {
	const enum prompt *prompts;
	size_t n;
	const char *folder;
	struct slice file; /* may be empty */
	bool file_first;
};

static void
say(struct call_app *a, const struct saying *s)
{
	const char *paths[APP_WORDS_MAX + 1];
	struct media_sound_params what = {.paths = paths};
	struct call_switch *sw;
	struct arena arena;
	char path[PATH_MAX];
	bool has_file;

	if (!a->leg)
		return;
	sw = a->leg->call->sw;
	arena_init(&arena, "prompts", 1024, 64 * 1024);
	has_file = s->file.n && recording_path(sw, s->folder, s->file, path);
	if (has_file && s->file_first)
		paths[what.n_paths++] = path;
	what.n_paths +=
	    app_words(sw, call_app_language(a), s->prompts, s->n, &arena, paths + what.n_paths);
	if (has_file && !s->file_first)
		paths[what.n_paths++] = path;
	call_app_play(a, &what);
	arena_fini(&arena);
}

void
call_app_say_file(
    struct call_app *a, const enum prompt *prompts, size_t n, const char *folder, struct slice file)
{
	say(a, &(struct saying){prompts, n, folder, file, false});
}

void
call_app_say_behind_file(
    struct call_app *a, const char *folder, struct slice file, const enum prompt *prompts, size_t n)
{
	say(a, &(struct saying){prompts, n, folder, file, true});
}

void
call_app_say(struct call_app *a, const enum prompt *prompts, size_t n)
{
	call_app_say_file(a, prompts, n, NULL, SLICE(""));
}

void
call_app_listen(struct call_app *a, unsigned flags, uint32_t silence_ms)
{
	a->listening.flags = (uint8_t)flags;
	a->listening.silence_ms = silence_ms;
	if (a->leg)
		music_follow(a->leg->call);
}

void
call_app_after(struct call_app *a, uint64_t ms)
{
	if (!ms)
		timer_stop(&a->timer);
	else if (a->leg)
		timer_start(a->leg->call->sw->p.timers, &a->timer, ms);
}

bool
call_app_may_try_pin(struct call_app *a)
{
	struct pin_dialler who;

	return a->leg && pin_dialler_of(leg_other(a->leg), &who) &&
	       !pin_is_locked(a->leg->call->sw, who.id);
}

void
call_app_pin_tried(struct call_app *a, bool fits)
{
	struct pin_dialler who;

	if (a->leg && pin_dialler_of(leg_other(a->leg), &who))
		pin_counts(a->leg->call->sw, &who, fits ? ROUTING_PIN_RIGHT : ROUTING_PIN_WRONG);
}

size_t
call_app_which_pin(struct call_app *a, const struct slice *hashes, size_t n, struct slice pin)
{
	size_t i = 0;

	if (!call_app_may_try_pin(a))
		return n;
	while (i < n && !pin_fits(hashes[i], pin))
		i++;
	call_app_pin_tried(a, i < n);
	return i;
}

bool
call_app_pin_fits(struct call_app *a, struct slice hash, struct slice pin)
{
	return call_app_which_pin(a, &hash, 1, pin) == 0;
}

/* An answer comes back with a->id, a new one. False: none can come. */
bool
app_awaits(struct call_app *a)
{
	struct call_switch *sw = a->leg->call->sw;

	if (a->ordered)
		hmap_remove(&sw->apps, &a->by_id); /* who asks anew does not want the old answer */
	a->id = ++sw->next_app_id;
	a->ordered = hmap_put(&sw->apps, &a->by_id, a->id) == ERR_OK;
	return a->ordered;
}

/* The app that waits for that; it does no more. NULL: who asked has hung up. */
static struct call_app *
answered(struct call_switch *sw, uint64_t id)
{
	struct hnode *n = hmap_first(&sw->apps, id);
	struct call_app *a = n ? container_of(n, struct call_app, by_id) : NULL;

	if (a) {
		a->ordered = false;
		hmap_remove(&sw->apps, n);
	}
	return a;
}

void
call_app_order(struct call_app *a)
{
	struct feature_order order = {.feature = a->feature};
	struct call_switch *sw;
	const struct leg *other;

	if (!a->leg || a->ordered)
		return;
	sw = a->leg->call->sw;
	other = leg_other(a->leg);
	order.user = other->party.user;
	order.phone = other->phone;
	slice_clip_cstr(a->argument, order.argument, sizeof order.argument);
	if (a->feature == FEATURE_COMPLETION)
		completion_fill_order(sw, &order);
	if (sw->p.ops->order && app_awaits(a)) {
		order.id = a->id;
		sw->p.ops->order(sw->p.ctx, &order);
		return;
	}
	TELL(a, on_result, a, FEATURE_FAILED);
}

void
call_on_feature_result(struct call_switch *sw, const struct feature_result *r)
{
	struct call_app *a = answered(sw, r->id);

	if (a)
		TELL(a, on_result, a, r->outcome);
}

void
call_on_voicemail_answer(struct call_switch *sw, const struct voicemail_answer *answer)
{
	struct call_app *a = answered(sw, answer->id);

	if (a)
		TELL(a, on_answer, a, answer);
	else
		recording_on_answer(sw, answer);
}

void
app_on_stayed(struct call_app *a, uint16_t status)
{
	TELL(a, on_stayed, a, status);
}

void
app_on_recorded(struct call_app *a, enum err fault, uint64_t length_ms)
{
	TELL(a, on_recorded, a, fault, length_ms);
}

void
call_app_ask(struct call_app *a, struct voicemail_ask *ask)
{
	struct call_switch *sw = a->leg ? a->leg->call->sw : NULL;
	struct voicemail_answer none = {.result = ERR_WRONG_STATE};

	if (!sw)
		return;
	ask->user = call_app_party(a)->user;
	if (sw->p.ops->voicemail_ask && app_awaits(a)) {
		ask->id = a->id;
		sw->p.ops->voicemail_ask(sw->p.ctx, ask);
		return;
	}
	TELL(a, on_answer, a, &none);
}

void
call_app_hang_up(struct call_app *a)
{
	if (a->leg)
		call_end(a->leg->call, CDR_ANSWERED,
		    a->leg->side == MEDIA_CALLER ? CDR_BY_CALLER : CDR_BY_CALLED, 0);
}
