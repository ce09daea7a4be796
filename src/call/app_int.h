/* Inside call/: apps (app.h) as legs see them. */
#ifndef CALL_APP_INT_H
#define CALL_APP_INT_H

#include "call/app.h"
#include "call/call_int.h"

struct call_app {
	struct leg *leg; /* NULL: it has ended, and is freed when its callback returns */
	const struct call_app_kind *kind;
	enum feature feature;
	struct slice argument;
	void *state;
	struct media_sound *sound;
	struct media_listening listening;
	struct timer timer;
	uint64_t id;		   /* never used again */
	unsigned busy;		   /* callbacks that run */
	uint64_t playing;	   /* what plays, as media name it; 0 = nothing */
	struct hnode by_id;	   /* while an order is under way */
	struct routing_party from; /* who brought the call here; empty: who called */
	struct call_room *room;	   /* app_room.c's; NULL: none */
	struct list in_room;	   /* room->seats */
	bool muted;		   /* the room does not hear who sits opposite */
	int8_t orbit;		   /* where it waits; -1 = nowhere */
	bool begun, ordered, music;
};

/* ---- app.c ---- */
/** An app whose turn it is answers. False: it cannot, and is gone. */
bool app_ring(struct call *c, const struct ring_target *t);
/** Whoever sits opposite an app has it begin, if it may. */
void app_begin(struct call *c);
/** l is an app's: it ends. */
void app_end(struct leg *l);
/** The app opposite l; NULL: none. */
struct call_app *app_of_peer(const struct leg *l);
/** Keys and sounds of who sits opposite. */
void app_on_key(struct call_app *a, char key);
void app_on_event(struct call_app *a, const struct media_event *ev);
/** What l hears of the app opposite. False: there is none. */
bool app_serves(const struct leg *l, struct media_service *what);

/** Sits down in a seat of c whose other one is empty, for a call that is made here: describes
 *  itself, and waits for somebody to answer. party: as that is shown it. */
ERR_MUST_CHECK enum err app_take_seat(struct call *c, enum media_side seat,
    const struct call_app_kind *kind, const struct routing_party *party, struct call_app **out);
/** Its room has changed. */
void app_on_room(struct call_app *a);

/* ---- app_room.c ---- */
/** What is heard there, for who sits opposite a. */
void app_room_serve(const struct call_app *a, struct media_service *what);
/** a ends. */
void app_room_leave(struct call_app *a);

/* ---- app_media.c ---- */
/** Describes what l, an app's, can do with what is opposite: an answer to its last description;
 * with no description there, an offer. ERR_UNSUPPORTED: nothing. */
ERR_MUST_CHECK enum err app_describe(struct leg *l);

#endif
