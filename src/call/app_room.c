/*
 * A call with more than two seats is several calls and a room. Each of them has a phone in one seat
 * and an app in the other, as every call to an app has (app.h); the phones opposite the apps of a
 * room hear each other through media. So each phone holds, is transferred and hangs up as ever, and
 * nothing else of call/ knows of more than two.
 *
 * Who dials gets there by the app that answers; who is called into the room, by a call that is made
 * here for him. In a room with a host that is inner, which has no record, for that of the one who
 * dialled says it all.
 *
 * A room lives as long as anybody is in it. Whose it is, a host (here) or a conference
 * (conference.c), is told of changes; a host takes all along when he goes. Both on a timer, never
 * from within what has changed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "call/app_int.h"
#include "call/conference_int.h"
#include "call/transfer_int.h"

/* One whose host takes all along when he goes. */
struct hosted {
	struct call_room room;
	struct call_app *host; /* NULL: he has gone, and all shall go */
};

/* ---- any room ---- */

static void
on_timer(struct timer *t)
{
	struct call_room *room = container_of(t, struct call_room, changed);

	room->owner->on_changed(room);
}

bool
app_room_init(struct call_room *room, struct call_switch *sw, const struct call_room_owner *owner)
{
	room->sw = sw;
	room->owner = owner;
	list_init(&room->seats);
	timer_init(&room->changed, on_timer);
	return media_room_new(sw->p.media, &room->media) == ERR_OK;
}

void
app_room_fini(struct call_room *room)
{
	timer_stop(&room->changed);
	media_room_drop(room->sw->p.media, room->media);
	room->media = NULL;
}

void
app_room_changed(struct call_room *room)
{
	timer_start(room->sw->p.timers, &room->changed, 0);
}

void
app_room_enter(struct call_room *room, struct call_app *a)
{
	a->room = room;
	list_push(&room->seats, &a->in_room);
}

void
app_room_leave(struct call_app *a)
{
	struct call_room *room = a->room;

	if (!room)
		return;
	list_remove(&a->in_room);
	a->room = NULL;
	room->owner->on_left(room, a);
	if (list_empty(&room->seats))
		room->owner->on_empty(room);
	else
		app_room_changed(room);
}

void
app_room_serve(const struct call_app *a, struct media_service *what)
{
	if (a->member) {
		conference_serve(a, what);
	} else if (a->room) {
		what->room = a->room->media;
		what->muted = a->muted;
	}
}

void
app_room_end_call(struct call_app *a)
{
	struct call *c = a->leg->call;

	call_end(c, c->state == CALL_UP ? CDR_ANSWERED : CDR_CANCELLED, CDR_BY_SYSTEM, 487);
}

void
app_room_end_calls(struct call_room *room, bool (*stays)(const struct call_app *a))
{
	struct list *next = list_empty(&room->seats) ? NULL : room->seats.next;

	/* the last one may take the room with him */
	for (struct list *it = next; it; it = next) {
		struct call_app *a = container_of(it, struct call_app, in_room);

		next = it->next == &room->seats ? NULL : it->next;
		if (!stays || !stays(a))
			app_room_end_call(a);
	}
}

/* ---- a room with a host ---- */

static struct hosted *
hosted(struct call_room *room)
{
	return container_of(room, struct hosted, room);
}

static void
on_changed(struct call_room *room)
{
	if (hosted(room)->host) {
		app_on_room(hosted(room)->host);
		return;
	}
	app_room_end_calls(room, NULL);
}

static void
on_left(struct call_room *room, struct call_app *a)
{
	if (hosted(room)->host == a)
		hosted(room)->host = NULL;
}

static void
on_empty(struct call_room *room)
{
	app_room_fini(room);
	free(hosted(room));
}

static const struct call_room_owner by_host = {
    .on_changed = on_changed, .on_left = on_left, .on_empty = on_empty};

bool
call_app_open_room(struct call_app *a)
{
	struct hosted *h;

	if (!a->leg || a->room)
		return a->leg != NULL;
	h = calloc(1, sizeof *h);
	if (!h || !app_room_init(&h->room, a->leg->call->sw, &by_host)) {
		free(h);
		return false;
	}
	h->host = a;
	app_room_enter(&h->room, a);
	music_follow(a->leg->call);
	return true;
}

/* ---- calling somebody into it ---- */

enum err
app_room_call(struct call_room *room, const struct room_call *what, struct call_app **out)
{
	const struct routing_plan *plan = what->plan;
	struct call_app *a;
	struct call *c;
	enum err e = dial_new_call(room->sw, false, &c);

	if (e != ERR_OK)
		return e;
	c->inner = what->inner;
	c->max_forwards = 70;
	c->family[MEDIA_CALLER] = 4;
	e = setup_keep_plan(c, plan, &(struct call_origin){0});
	if (e == ERR_OK)
		e = ring_prepare(c, MEDIA_CALLED, &plan->called, plan);
	if (e != ERR_OK) {
		call_abandon(c);
		return e;
	}
	if (!c->inner)
		record_begin(c);
	e = app_stand_in(c, MEDIA_CALLER, &c->caller_party, what->kind, &a);
	if (e != ERR_OK) {
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 503);
		return e;
	}
	a->leg->hidden = what->hidden;
	app_room_enter(room, a);
	*out = a;
	return ERR_OK;
}

void
app_room_ring(struct call_app *a)
{
	struct call *c = a->leg->call;

	ring_start(c);
	if (c->state != CALL_ENDED)
		record_live(c, LIVE_CALL_SETUP);
}

/* He has answered: app_begin has let him in. */
static void
begin(struct call_app *a)
{
	if (a->room)
		app_room_changed(a->room);
}

static const struct call_app_kind seat_kind = {.name = "room", .begin = begin};

/* What one call more is about. */
struct invitation {
	struct call_room *room;
	const struct routing_party *from; /* as he is shown who calls him */
	const struct dir_user *user;
	const struct dir_phone *phone;
	uint32_t answer_ms;
	bool hidden;
};

static void
invite(const struct invitation *in)
{
	struct routing_plan plan = {.action = ROUTING_RING,
	    .caller = *in->from,
	    .called = routing_party_of(in->user),
	    .ring_ms = in->answer_ms,
	    .feature = FEATURES_N};
	struct room_call what = {
	    .plan = &plan, .kind = &seat_kind, .inner = true, .hidden = in->hidden};
	struct call_app *a;

	plan.caller.user = 0; /* his own call is the one that he made */
	plan.target[plan.n_targets++] = (struct routing_target){
	    .phone = in->phone->id, .phone_name = in->phone->name, .auto_answer = true};
	if (app_room_call(in->room, &what, &a) != ERR_OK)
		return;
	a->muted = true;
	app_room_ring(a);
}

void
call_app_call_group(struct call_app *a, uint32_t answer_ms)
{
	struct call_switch *sw = a->leg ? a->leg->call->sw : NULL;
	const struct dir_number *n =
	    sw ? dir_number_find(sw->p.directory, a->leg->party.number) : NULL;
	struct routing_state state;
	struct routing_query q = {.state = &state};
	struct invitation in = {.room = a->room, .answer_ms = answer_ms};

	if (!n || !n->group || !a->room)
		return;
	state = plan_state(sw);
	q.caller_phone = dir_phone_by_id(sw->p.directory, leg_other(a->leg)->phone);
	in.from = &leg_other(a->leg)->party;
	in.hidden = leg_other(a->leg)->hidden;
	for (size_t i = 0; i < n->group->member_count; i++) {
		struct slice whom;
		enum reason why;

		in.user = n->group->members[i].user;
		in.phone = routing_listener(&q, &n->group->members[i], &why, &whom);
		if (in.phone)
			invite(&in);
	}
	app_room_changed(a->room);
}

struct call_app_room
call_app_in_room(const struct call_app *a)
{
	struct call_app_room n = {0};

	if (!a->room)
		return n;
	LIST_FOR_EACH (it, &a->room->seats) {
		const struct call_app *other = container_of(it, struct call_app, in_room);

		if (other == a)
			continue;
		if (other->begun)
			n.there++;
		else
			n.asked++;
	}
	return n;
}

void
call_app_note_heard(struct call_app *a, unsigned heard, unsigned called)
{
	char text[2][12];

	if (!a->leg)
		return;
	snprintf(text[0], sizeof text[0], "%u", heard);
	snprintf(text[1], sizeof text[1], "%u", called);
	record_reason(a->leg->call, REASON_BROADCAST_HEARD,
	    REASON_ARGS(slice_cstr(text[0]), slice_cstr(text[1])));
}
