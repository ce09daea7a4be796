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
	uint64_t id;			  /* of what it asks; never used again */
	unsigned busy;			  /* callbacks that run */
	uint64_t playing;		  /* what plays, as media name it; 0 = nothing */
	struct hnode by_id;		  /* while an answer is under way */
	struct recording *recording;	  /* NULL: none */
	struct routing_party from;	  /* who brought the call here; empty: who called */
	int8_t orbit;			  /* where it waits; -1 = nowhere */
	struct media_room *bridge_room;	  /* consult.c's, in which it brings who sits opposite */
	struct call_room *room;		  /* app_room.c's; NULL: none */
	struct list in_room;		  /* room->seats */
	bool muted;			  /* the room does not hear who sits opposite */
	struct conference_member *member; /* conference.c's; NULL: in none */
	int64_t loop; /* of the music that it plays; 0 = what the other side would hear on hold */
	enum prompt_language language;
	bool begun, ordered, music, language_set;
};

enum { APP_WORDS_MAX = 32 };

/* ---- app.c ---- */
/** An app sits down in a call that nobody has dialled; it describes itself. On failure it goes with
 * the call. */
ERR_MUST_CHECK enum err app_stand_in(struct call *c, enum media_side side,
    const struct routing_party *party, const struct call_app_kind *kind, struct call_app **out);
/** The files that say it; returns how many, 0: nothing can be said. */
size_t app_words(struct call_switch *sw, enum prompt_language language, const enum prompt *prompts,
    size_t n, struct arena *arena, const char *paths[APP_WORDS_MAX]);
/** A sound that says it to one side, in the user's language; *playing: how media name it. NULL:
 *  nothing can be said. */
struct media_sound *app_say_to(
    struct call_switch *sw, int64_t user, enum prompt words, uint64_t *playing);
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
/** What l hears of the app opposite, besides music. False: there is none. */
bool app_serves(const struct leg *l, struct media_service *what);

/** An answer will come back with a->id, which is a new one. False: none can come. */
bool app_awaits(struct call_app *a);
void app_on_stayed(struct call_app *a, uint16_t status);
void app_on_recorded(struct call_app *a, enum err fault, uint64_t length_ms);
/** Its room has changed. */
void app_on_room(struct call_app *a);
/** Something has happened in its conference. */
void app_on_news(struct call_app *a, const struct call_app_news *news);

/* ---- app_room.c ---- */
struct call_room;

/* Whose room it is. */
struct call_room_owner {
	/** Somebody has come, has answered or has gone; on a timer. */
	void (*on_changed)(struct call_room *room);
	/** a is not in it any more. */
	void (*on_left)(struct call_room *room, struct call_app *a);
	/** Nobody is. The owner frees it, at any time. */
	void (*on_empty)(struct call_room *room);
};

struct call_room {
	struct call_switch *sw;
	struct media_room *media;
	struct list seats; /* call_app.in_room */
	struct timer changed;
	const struct call_room_owner *owner;
};

/** False: no memory. */
bool app_room_init(
    struct call_room *room, struct call_switch *sw, const struct call_room_owner *owner);
void app_room_fini(struct call_room *room);
/** Its owner is told so soon. */
void app_room_changed(struct call_room *room);
void app_room_enter(struct call_room *room, struct call_app *a);

/* Somebody who is called into a room. */
struct room_call {
	const struct routing_plan *plan; /* borrowed */
	const struct call_app_kind *kind;
	bool inner;  /* it has no record */
	bool hidden; /* who calls is not shown */
};

/** A call with an app of that kind in the caller's seat, in the room already; nobody rings yet. */
ERR_MUST_CHECK enum err app_room_call(
    struct call_room *room, const struct room_call *what, struct call_app **out);
/** Now they ring; it may be over before this returns. */
void app_room_ring(struct call_app *a);
/** a: NULL is in none. */
static inline bool
app_is_in_room(const struct call_app *a)
{
	return a && a->room;
}
/** What is heard there, for who sits opposite a. */
void app_room_serve(const struct call_app *a, struct media_service *what);
/** a ends. */
void app_room_leave(struct call_app *a);
/** The call of who sits there is over; so may be the room. */
void app_room_end_call(struct call_app *a);
/** The same for all; stays: but for those, NULL: for everybody. */
void app_room_end_calls(struct call_room *room, bool (*stays)(const struct call_app *a));

/* ---- app_media.c ---- */
/** Describes what l, an app's, can do with what is opposite: an answer to its last description;
 * with no description there, an offer. ERR_UNSUPPORTED: nothing. */
ERR_MUST_CHECK enum err app_describe(struct leg *l);

#endif
