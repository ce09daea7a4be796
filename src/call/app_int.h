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
	uint64_t id;			/* of what it asks; never used again */
	unsigned busy;			/* callbacks that run */
	uint64_t playing;		/* what plays, as media name it; 0 = nothing */
	struct hnode by_id;		/* while an answer is under way */
	struct recording *recording;	/* NULL: none */
	struct routing_party from;	/* who brought the call here; empty: who called */
	int8_t orbit;			/* where it waits; -1 = nowhere */
	struct media_room *bridge_room; /* consult.c's, in which it brings who sits opposite */
	struct call_room *room;		/* app_room.c's; NULL: none */
	struct list in_room;		/* room->seats */
	bool muted;			/* the room does not hear who sits opposite */
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
void app_on_recorded(struct call_app *a, enum err fault, uint64_t length_ms);
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
