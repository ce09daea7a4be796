/* Apps: they sit down, speak, hear and leave. What they are about is in apps/. */
#include "call/app_int.h"

#include <stdlib.h>

#include "call/codecs.h"
#include "call/orbit.h"
#include "call/pin.h"
#include "call/transfer_int.h"
#include "model/pin.h"

enum { SAY_PROMPTS_MAX = 32 };

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
	if (ev->kind == MEDIA_EV_HEARD) {
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
app_new(struct call *c, enum media_side seat, enum leg_state state,
    const struct call_app_kind *kind, const struct routing_party *party, struct call_app **out)
{
	struct call_app *a = calloc(1, sizeof *a);
	struct leg *l;
	enum err e = a ? leg_new(c, seat, state, party, &l) : ERR_NOMEM;

	if (e != ERR_OK) {
		free(a);
		return e;
	}
	a->leg = l;
	a->kind = kind;
	a->orbit = -1;
	a->feature = FEATURES_N;
	a->id = ++c->sw->next_app_id;
	timer_init(&a->timer, on_timer);
	l->app = a;
	l->party.user = 0;     /* it speaks for nobody */
	l->media_waits = true; /* for ever: there is no peer */
	if (kind->state_bytes && !(a->state = calloc(1, kind->state_bytes))) {
		leg_done(l);
		return ERR_NOMEM;
	}
	*out = a;
	return ERR_OK;
}

static enum err
new_leg(
    struct call *c, const struct ring_target *t, const struct call_app_kind *kind, struct leg **out)
{
	struct call_app *a;
	enum err e = app_new(c, c->ring.seat, LEG_ASKING, kind, &t->whom->party, &a);

	if (e != ERR_OK)
		return e;
	*out = a->leg;
	a->feature = t->whom->feature;
	e = arena_dup(&a->leg->arena, t->t.phone_name, &a->leg->phone_name);
	if (e == ERR_OK)
		e = arena_dup(&a->leg->arena, t->whom->argument, &a->argument);
	if (e != ERR_OK) {
		leg_done(a->leg);
		return e;
	}
	c->ring.asking++;
	return ERR_OK;
}

enum err
app_take_seat(struct call *c, enum media_side seat, const struct call_app_kind *kind,
    const struct routing_party *party, struct call_app **out)
{
	enum err e = app_new(c, seat, LEG_ASKED, kind, party, out);

	if (e != ERR_OK)
		return e;
	leg_sit((*out)->leg);
	return app_describe((*out)->leg);
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

/* As packets; else they are looked for in the voice. */
static bool
sends_keys(const struct media_service *what)
{
	for (size_t i = 0; i < what->n_in; i++)
		if (codec_is_event(what->in[i].codec))
			return true;
	return false;
}

enum prompt_language
call_app_language(const struct call_app *a)
{
	const struct directory *dir = call_app_directory(a);

	return dir_prompt_language(dir, dir_user_by_id(dir, call_app_party(a)->user));
}

bool
app_serves(const struct leg *l, struct media_service *what)
{
	const struct call_app *a = app_of_peer(l);

	if (!a || !a->begun)
		return false;
	what->sound = a->music ? l->call->sw->p.hold_music : a->sound;
	app_room_serve(a, what);
	what->listening = a->listening;
	what->listening.keys = true;
	if (!sends_keys(what))
		what->listening.flags |= LISTEN_DTMF;
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
	a->music = true;
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

void
call_app_say(struct call_app *a, const enum prompt *prompts, size_t n)
{
	const char *paths[SAY_PROMPTS_MAX];
	struct media_sound_params what = {.paths = paths};
	const struct directory *dir;
	struct call_switch *sw;
	struct arena arena;

	if (!a->leg)
		return;
	sw = a->leg->call->sw;
	dir = sw->p.directory;
	what.n_paths = n < SAY_PROMPTS_MAX ? n : SAY_PROMPTS_MAX;
	arena_init(&arena, "prompts", 1024, 64 * 1024);
	if (!sw->p.prompts.sounds || dir_prompt_paths(dir, &sw->p.prompts, call_app_language(a),
					 prompts, what.n_paths, &arena, paths) != ERR_OK)
		what.n_paths = 0;
	call_app_play(a, &what);
	arena_fini(&arena);
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
call_app_pin_fits(struct call_app *a, const struct dir_user *user, struct slice pin)
{
	struct call_switch *sw = a->leg ? a->leg->call->sw : NULL;
	const struct dir_phone *phone =
	    sw ? dir_phone_by_id(sw->p.directory, leg_other(a->leg)->phone) : NULL;
	bool fits;

	if (!phone || pin_is_locked(sw, phone->id))
		return false;
	fits = pin_fits(user->dial_pin, pin);
	pin_counts(sw, phone, fits ? ROUTING_PIN_RIGHT : ROUTING_PIN_WRONG);
	return fits;
}

void
call_app_order(struct call_app *a)
{
	struct feature_order order = {.id = a->id, .feature = a->feature};
	struct call_switch *sw;
	const struct leg *other;

	if (!a->leg || a->ordered)
		return;
	sw = a->leg->call->sw;
	other = leg_other(a->leg);
	order.user = other->party.user;
	order.phone = other->phone;
	slice_clip_cstr(a->argument, order.argument, sizeof order.argument);
	if (sw->p.ops->order && hmap_put(&sw->apps, &a->by_id, a->id) == ERR_OK) {
		a->ordered = true;
		sw->p.ops->order(sw->p.ctx, &order);
		return;
	}
	TELL(a, on_result, a, FEATURE_FAILED);
}

void
call_on_feature_result(struct call_switch *sw, const struct feature_result *r)
{
	struct hnode *n = hmap_first(&sw->apps, r->id);
	struct call_app *a;

	if (!n)
		return; /* who asked has hung up */
	a = container_of(n, struct call_app, by_id);
	a->ordered = false;
	hmap_remove(&sw->apps, n);
	TELL(a, on_result, a, r->outcome);
}

void
call_app_hang_up(struct call_app *a)
{
	if (a->leg)
		call_end(a->leg->call, CDR_ANSWERED,
		    a->leg->side == MEDIA_CALLER ? CDR_BY_CALLER : CDR_BY_CALLED, 0);
}
