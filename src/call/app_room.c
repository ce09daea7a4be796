/*
 * A call with more than two seats is several calls and a room. Each of them has a phone in one seat
 * and an app in the other, as every call to an app has (app.h); the phones opposite the apps of a
 * room hear each other through media. So each phone holds, is transferred and hangs up as ever, and
 * nothing else of call/ knows of more than two.
 *
 * Who dials gets there by the app that answers; who is called into the room, by a call that is made
 * here for him: inner, which has no record, for that of the one who dialled says it all.
 *
 * A room lives as long as anybody is in it. Its host is told of changes, and takes all along when
 * he goes; both on a timer, never from within what has changed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "call/app_int.h"
#include "call/transfer_int.h"

struct call_room {
	struct call_switch *sw;
	struct media_room *media;
	struct list seats;     /* call_app.in_room, the host's among them */
	struct call_app *host; /* NULL: he has gone, and all shall go */
	struct timer changed;
};

static void
on_changed(struct timer *t)
{
	struct call_room *room = container_of(t, struct call_room, changed);

	if (room->host) {
		app_on_room(room->host);
		return;
	}
	/* the last one takes the room with him */
	for (struct list *it = room->seats.next, *next; it; it = next) {
		struct call *c = container_of(it, struct call_app, in_room)->leg->call;
		bool up = c->state == CALL_UP;

		next = it->next == &room->seats ? NULL : it->next;
		call_end(c, up ? CDR_ANSWERED : CDR_CANCELLED, CDR_BY_SYSTEM, 487);
	}
}

static void
enter(struct call_room *room, struct call_app *a, bool muted)
{
	a->room = room;
	a->muted = muted;
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
	if (room->host == a)
		room->host = NULL;
	if (!list_empty(&room->seats)) {
		timer_start(room->sw->p.timers, &room->changed, 0);
		return;
	}
	timer_stop(&room->changed);
	media_room_drop(room->sw->p.media, room->media);
	free(room);
}

void
app_room_serve(const struct call_app *a, struct media_service *what)
{
	if (!a->room)
		return;
	what->room = a->room->media;
	what->muted = a->muted;
}

bool
call_app_open_room(struct call_app *a)
{
	struct call_room *room;

	if (!a->leg || a->room)
		return a->leg != NULL;
	room = calloc(1, sizeof *room);
	if (!room)
		return false;
	room->sw = a->leg->call->sw;
	if (media_room_new(room->sw->p.media, &room->media) != ERR_OK) {
		free(room);
		return false;
	}
	list_init(&room->seats);
	timer_init(&room->changed, on_changed);
	room->host = a;
	enter(room, a, false);
	music_follow(a->leg->call);
	return true;
}

/* ---- calling somebody into it ---- */

/* He has answered: app_begin has let him in. */
static void
begin(struct call_app *a)
{
	if (a->room)
		timer_start(a->room->sw->p.timers, &a->room->changed, 0);
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

static enum err
new_call(const struct invitation *in, const struct routing_plan *plan, struct call **out)
{
	enum err e = dial_new_call(in->room->sw, false, out);

	if (e != ERR_OK)
		return e;
	(*out)->inner = true;
	(*out)->max_forwards = 70;
	(*out)->family[MEDIA_CALLER] = 4;
	e = setup_keep_plan(*out, plan, &(struct call_origin){0});
	if (e == ERR_OK)
		e = ring_prepare(*out, MEDIA_CALLED, &plan->called, plan);
	if (e != ERR_OK)
		call_abandon(*out);
	return e;
}

static void
invite(const struct invitation *in)
{
	struct routing_plan plan = {.action = ROUTING_RING,
	    .caller = *in->from,
	    .called = routing_party_of(in->user),
	    .ring_ms = in->answer_ms,
	    .feature = FEATURES_N};
	struct call_app *a;
	struct call *c;

	plan.caller.user = 0; /* his own call is the one that he made */
	plan.target[plan.n_targets++] = (struct routing_target){
	    .phone = in->phone->id, .phone_name = in->phone->name, .auto_answer = true};
	if (new_call(in, &plan, &c) != ERR_OK)
		return;
	if (app_stand_in(c, MEDIA_CALLER, &c->caller_party, &seat_kind, &a) != ERR_OK) {
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, 503);
		return;
	}
	a->leg->hidden = in->hidden;
	enter(in->room, a, true);
	ring_start(c);
	if (c->state != CALL_ENDED)
		record_live(c, LIVE_CALL_SETUP);
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
	timer_start(sw->p.timers, &a->room->changed, 0);
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
