/* KEY: consultation by code, see consult.h. */
#include "call/consult.h"

#include <stdio.h>
#include <stdlib.h>

#include "call/app_int.h"
#include "call/dial_in.h"
#include "call/emergency.h"
#include "call/identity.h"
#include "call/keys.h"
#include "call/transfer_int.h"

enum {
	FIRST_KEY_MS = 15000, /* then he is back */
	NEXT_KEY_MS = 4000,   /* then the number is complete */
};

enum stage { ASKS, CALLS, SAYS };

struct consult {
	struct call *call;
	struct leg *by;
	enum stage stage;
	struct call_app *app; /* sits in his place in the call of whom he asks; NULL: none yet */
	struct media_room *room;
	struct media_sound *sound; /* what he is told */
	uint64_t playing;
	struct timer timer;
	bool three;
	bool told[MEDIA_SIDES]; /* whose keys came by INFO before */
	char number[ROUTING_DIALLED_MAX];
	size_t n;
};

static struct consult *
of_leg(const struct leg *l)
{
	return l->call->consult;
}

static struct call *
asked_call(const struct consult *k)
{
	return k->app ? k->app->leg->call : NULL;
}

/* ---- what is heard ---- */

static void
hush(struct consult *k)
{
	media_sound_drop(k->call->sw->p.media, k->sound);
	k->sound = NULL;
	k->playing = 0;
}

/* False: nothing can be said. */
static bool
say(struct consult *k, enum prompt words)
{
	hush(k);
	k->sound = app_say_to(k->call->sw, k->by->party.user, words, &k->playing);
	music_follow(k->call);
	return k->sound;
}

/* It rings there, and nothing is heard of it. */
static bool
rings(const struct consult *k)
{
	const struct call *o = asked_call(k);

	return o && o->state == CALL_RINGING && o->ring.active && o->ring.told && !o->ring.early;
}

bool
consult_is_heard(const struct leg *l)
{
	const struct consult *k = of_leg(l);

	return k && (l == k->by || k->three);
}

bool
consult_serves(const struct leg *l, struct media_service *what)
{
	const struct consult *k = of_leg(l);

	if (!consult_is_heard(l))
		return false;
	what->room = k->room;
	what->listening.keys = true; /* who is in it hears them */
	if (l == k->by)
		what->sound = k->sound ? k->sound : rings(k) ? k->call->sw->p.ringback : NULL;
	return true;
}

static struct consult *of_app(const struct call_app *a);

void
consult_follow(const struct call *o)
{
	const struct leg *l = o->leg[MEDIA_CALLER];
	const struct consult *k = l && l->app ? of_app(l->app) : NULL;

	if (k)
		music_follow(k->call);
}

/* ---- its end ---- */

/* Whom he asks hears of nothing here any more. */
static struct leg *
let_go(struct consult *k)
{
	struct leg *stand_in = k->app ? k->app->leg : NULL;

	if (!k->app)
		return NULL;
	*(struct consult **)call_app_state(k->app) = NULL;
	k->app->bridge_room = NULL;
	k->app = NULL;
	music_follow(stand_in->call);
	return stand_in;
}

void
consult_free(struct consult *k)
{
	struct media *media = k->call->sw->p.media;

	timer_stop(&k->timer);
	k->call->consult = NULL;
	for (int side = 0; side < MEDIA_SIDES; side++)
		if (k->call->leg[side])
			k->call->leg[side]->keys_told = k->told[side];
	if (k->app)
		(void)let_go(k);
	media_sound_drop(media, k->sound);
	media_room_drop(media, k->room);
	free(k);
}

/* Nobody is asked any more. */
static void
dismiss(struct consult *k)
{
	struct leg *stand_in = let_go(k);

	if (stand_in && stand_in->call->state == CALL_UP)
		call_end(stand_in->call, CDR_ANSWERED, CDR_BY_CALLER, 0);
	else if (stand_in)
		call_end(stand_in->call, CDR_CANCELLED, CDR_BY_CALLER, 487);
}

static void
go_back(struct consult *k)
{
	struct leg *by = k->by;
	struct call *c = k->call;

	dismiss(k);
	consult_free(k);
	if (leg_other(by))
		bridge_translate(by); /* keys need not be pressed by media any more */
	record_reason(c, REASON_CONSULT_OVER, REASON_ARGS(by->party.name));
	hold_set(by, false);
	change_done(c); /* also where nobody was held */
}

void
consult_on_end(struct call *c)
{
	struct consult *k = c->consult;

	dismiss(k);
	consult_free(k);
}

/* ---- whom he asks ---- */

static enum prompt
words_for(uint16_t status)
{
	switch (status) {
	case 404:
	case 484:
	case 604: return PROMPT_UNKNOWN_NUMBER;
	case 403: return PROMPT_NOT_PERMITTED;
	case 486:
	case 600:
	case 603: return PROMPT_TARGET_BUSY;
	case 408:
	case 480: return PROMPT_TARGET_NO_ANSWER;
	default: return PROMPT_NOT_POSSIBLE;
	}
}

static void
refused(struct consult *k, struct slice number, uint16_t status)
{
	char code[8];

	snprintf(code, sizeof code, "%u", status);
	record_reason(k->call, REASON_CONSULT_REFUSED,
	    REASON_ARGS(number, slice_cstr(code), sip_reason(status)));
	k->stage = SAYS;
	if (!say(k, words_for(status)))
		go_back(k);
}

/* His call with whom he asks is over. */
static void
on_app_end(struct call_app *a)
{
	struct consult *k = of_app(a);
	const struct call *o = a->leg->call;
	char number[LIVE_NUMBER_BYTES];

	if (!k)
		return;
	k->app = NULL;
	if (o->answered_at)
		go_back(k);
	else
		refused(k, record_called(o, number), o->sip_status);
}

static void on_app_key(struct call_app *a, char key);

static const struct call_app_kind kind = {.name = "consultation",
    .state_bytes = sizeof(struct consult *),
    .on_key = on_app_key,
    .on_end = on_app_end};

static struct consult *
of_app(const struct call_app *a)
{
	return a->kind == &kind ? *(struct consult **)call_app_state(a) : NULL;
}

void
consult_arrived(struct call *o)
{
	struct leg *l = o->leg[MEDIA_CALLER];
	struct slice unused;

	if (o->state != CALL_UP || !l || !l->app || l->app->kind != &kind)
		return;
	l->state = LEG_UP;
	/* what is agreed there says how keys are pressed */
	if (bridge_give(leg_other(l), l, &unused) != ERR_OK)
		call_log(LOG_WARN, o, "keys cannot be pressed for who is asked");
	app_begin(o);
}

static enum err
seat(struct consult *k, struct call *o, const struct routing_plan *plan)
{
	struct call_app *a = NULL;
	enum err e;

	o->family[MEDIA_CALLER] = 4;
	e = ring_prepare(o, MEDIA_CALLED, &o->called_party, plan);
	if (e == ERR_OK && k->by->dialled_in)
		e = arena_dup(&o->arena, k->by->phone_name, &o->caller_phone);
	if (e == ERR_OK)
		e = app_stand_in(o, MEDIA_CALLER, &o->caller_party, &kind, &a);
	if (e != ERR_OK)
		return e;
	*(struct consult **)call_app_state(a) = k;
	a->bridge_room = k->room;
	k->app = a;
	return arena_dup(&a->leg->arena, k->by->phone_name, &a->leg->phone_name);
}

/* The other call's record says nothing of a private one. */
static struct slice
told_number(const struct routing_plan *plan)
{
	return plan->private_call ? SLICE("xxx") : plan->called.number;
}

/* It may be over before this returns. */
static void
call_target(struct consult *k, const struct routing_plan *plan)
{
	struct call *c = k->call, *o;
	struct call_origin from = {.phone = dir_phone_by_id(c->sw->p.directory, k->by->phone)};
	char number[LIVE_NUMBER_BYTES];
	struct transfer *t;
	enum err e = dial_new(c->sw, plan, &from, MEDIA_CALLED, &t);

	if (e != ERR_OK) {
		refused(k, told_number(plan), 503);
		return;
	}
	o = t->call;
	k->stage = CALLS;
	t->stage = TRANSFER_RINGING;
	record_begin(o);
	record_reason(o, REASON_CONSULTED_BY, REASON_ARGS(k->by->party.name, slice_cstr(c->id)));
	record_reason(c, REASON_CONSULTS,
	    REASON_ARGS(k->by->party.name, record_called(o, number), slice_cstr(o->id)));
	emergency_begins(o);
	e = seat(k, o, plan);
	if (e != ERR_OK) {
		(void)let_go(k);
		call_end(o, CDR_FAILED, CDR_BY_SYSTEM, 503);
		refused(k, told_number(plan), 503);
		return;
	}
	record_live(o, LIVE_CALL_SETUP);
	ring_start(o);
}

/* Who has dialled in transfers by keys only: his provider may not do it for him. */
static uint16_t
refusal(const struct leg *by)
{
	return by->dialled_in ? refer_obstacle(by) : refer_refusal(by);
}

/* What answers instead of a person cannot be asked anything: who waits goes there at once. */
static void
bring(struct leg *by, struct slice number)
{
	struct sip_uri uri = {.user = number};
	struct transfer *t;

	if (!refusal(by) && transfer_new(by, &(struct transfer_asked){0}, number, &t) == ERR_OK)
		transfer_blind(t, &uri, SLICE(""));
}

static void
dial(struct consult *k)
{
	struct call_switch *sw = k->call->sw;
	char number[ROUTING_DIALLED_MAX];
	struct routing_query q = {.dialled = slice_make(number, k->n), .by_keys = true};
	struct routing_plan plan;
	struct leg *by = k->by;

	memcpy(number, k->number, k->n); /* k may go before the call is made */
	timer_stop(&k->timer);
	if (!k->n || !dial_in_ask_as(by, &q) ||
	    slice_eq(q.dialled, slice_cstr(dir_settings(sw->p.directory)->code[FEATURE_CONSULT]))) {
		go_back(k);
		return;
	}
	hush(k);
	plan_ask(sw, &q, &plan);
	if (plan.action == ROUTING_REFUSE) {
		refused(k, told_number(&plan), plan.status);
	} else if (plan.n_targets && plan.target[0].kind == ROUTING_APP) {
		go_back(k);
		bring(by, q.dialled);
	} else {
		call_target(k, &plan);
	}
}

/* ---- keys ---- */

static void
on_time(struct timer *t)
{
	dial(container_of(t, struct consult, timer));
}

bool
consult_on_key(struct leg *l, char key)
{
	struct consult *k = of_leg(l);

	if (l != k->by || k->stage != ASKS)
		return false;
	if (key == '#') {
		dial(k);
		return true;
	}
	if (k->sound) {
		hush(k);
		music_follow(k->call);
	}
	if (key != '!' && k->n < sizeof k->number - 1)
		k->number[k->n++] = key;
	timer_start(k->call->sw->p.timers, &k->timer, NEXT_KEY_MS);
	return true;
}

/* by: one of the three. Who waits with music hears nothing, and is not heard. */
static void
pass_key(struct consult *k, const struct leg *by, char key)
{
	const struct call *o = asked_call(k);
	struct leg *asked = o && o->state == CALL_UP ? leg_other(k->app->leg) : NULL;
	struct leg *waits = leg_other(k->by);
	struct leg *const who[] = {k->by, asked, k->three ? waits : NULL};

	if (by == waits && !k->three)
		return;
	for (size_t i = 0; i < sizeof who / sizeof who[0]; i++)
		if (who[i] && who[i] != by)
			keys_pass(by, who[i], key);
}

static void
on_app_key(struct call_app *a, char key)
{
	struct consult *k = of_app(a);

	if (k)
		pass_key(k, leg_other(a->leg), key);
}

bool
consult_pass_key(const struct leg *l, char key)
{
	struct consult *k = of_leg(l);

	if (l != l->call->leg[l->side])
		return false;
	pass_key(k, l, key);
	return true;
}

void
consult_on_played(struct consult *k, uint64_t sound)
{
	if (!k->playing || sound != k->playing)
		return;
	hush(k);
	if (k->stage == SAYS)
		go_back(k);
	else
		music_follow(k->call);
}

static void
begin(struct leg *l)
{
	struct call *c = l->call;
	struct consult *k = calloc(1, sizeof *k);

	if (!k || media_room_new(c->sw->p.media, &k->room) != ERR_OK) {
		free(k);
		return;
	}
	k->call = c;
	k->by = l;
	for (int side = 0; side < MEDIA_SIDES; side++)
		k->told[side] = c->leg[side]->keys_told;
	timer_init(&k->timer, on_time);
	c->consult = k;
	direct_leave(c);
	hold_set(l, true);
	timer_start(c->sw->p.timers, &k->timer, FIRST_KEY_MS);
	(void)say(k, PROMPT_ENTER_NUMBER);
}

void
consult_press(struct leg *l)
{
	struct consult *k = of_leg(l);

	if (k && l == k->by)
		go_back(k);
	else if (!k && !refusal(l))
		begin(l);
}

void
consult_three_way(struct leg *l)
{
	struct consult *k = of_leg(l);
	const struct call *o = k ? asked_call(k) : NULL;

	if (!o || l != k->by || k->three || o->state != CALL_UP)
		return;
	k->three = true;
	record_reason(k->call, REASON_THREE_WAY,
	    REASON_ARGS(l->party.name, identity_shown(&leg_other(l)->party)));
	hold_set(l, false);
}

/* ---- hanging up ---- */

/* Who is left and who is asked talk on with each other, as after an attended transfer by the one
 * who leaves. */
bool
consult_on_bye(struct leg *l)
{
	struct call *c = l->call;
	struct consult *k = c->consult;
	struct call *o = asked_call(k);
	struct leg *by = k->by, *stand_in;
	struct transfer *t;

	if (!o || c->leg[l->side] != l || c->transfer || c->replaced ||
	    (l != by && o->state != CALL_UP) || (o->state != CALL_UP && !o->ring.active) ||
	    transfer_new(l, &(struct transfer_asked){0}, o->called_party.number, &t) != ERR_OK)
		return false;
	if (l != by && party_copy(&t->arena, &by->party, &t->from) == ERR_OK)
		t->from_phone = t->from_line = 0; /* nobody calls him back */
	stand_in = let_go(k);
	consult_free(k);
	hold_leave(by);
	transfer_on_bye(l);
	if (o->transfer)
		transfer_free(o->transfer);
	join_start(t, stand_in);
	return true;
}
