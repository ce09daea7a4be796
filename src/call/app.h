/*
 * What answers a call instead of a person: announcements, menus, mailboxes, places to wait. An app
 * takes a seat of a call as a phone does, by a leg without a peer; it speaks whatever the other
 * side does. apps/ declares the kinds, routing/ says which of them a call is for, call/ runs them.
 *
 * Signalling thread. A running app belongs to its leg and ends with it: on_end is the last that it
 * hears. Callbacks may do all that is declared here, also hang up; the object then lives until they
 * return. Nothing here waits; what a file says comes through media (media/service.h).
 */
#ifndef CALL_APP_H
#define CALL_APP_H

#include "call/call.h"
#include "call/diversion.h"
#include "model/feature.h"
#include "model/voicemail.h"
#include "routing/routing.h"

struct call_app;
struct call_app_news;
struct dir_participant;

/* All but name and begin may be NULL. */
struct call_app_kind {
	const char *name;
	size_t state_bytes; /* of its own, zeroed */
	/** The other side hears and is heard. */
	void (*begin)(struct call_app *a);
	/** 0-9 * # A-D */
	void (*on_key)(struct call_app *a, char key);
	/** What was played is over. */
	void (*on_played)(struct call_app *a);
	/** What was listened for, call_app_listen. */
	void (*on_heard)(struct call_app *a, enum listen_event_kind what);
	/** call_app_after's time has come. */
	void (*on_time)(struct call_app *a);
	/** What the other side said is in its file; fault: as media's RECORDED event says. */
	void (*on_recorded)(struct call_app *a, enum err fault, uint64_t length_ms);
	/** To call_app_ask, and when a message begins; borrowed. */
	void (*on_answer)(struct call_app *a, const struct voicemail_answer *answer);
	/** What was ordered has been done, or not. */
	void (*on_result)(struct call_app *a, enum feature_outcome outcome);
	/** Nobody came instead, call_app_call_on: what SIP says of it. It must not hang up in it.
	 */
	void (*on_stayed)(struct call_app *a, uint16_t status);
	/** Who is in its room has changed, call_app_open_room. */
	void (*on_room)(struct call_app *a);
	/** Something has happened in its conference; borrowed. */
	void (*on_news)(struct call_app *a, const struct call_app_news *news);
	void (*on_end)(struct call_app *a);
};

/** state_bytes of it. */
void *call_app_state(const struct call_app *a);
/** The code that was dialled; FEATURES_N: none. */
enum feature call_app_feature(const struct call_app *a);
/** What was dialled behind it. Lives as long as the app. */
struct slice call_app_argument(const struct call_app *a);
/** Who is at the other end; user 0 = none of ours. */
const struct routing_party *call_app_party(const struct call_app *a);
const struct directory *call_app_directory(const struct call_app *a);
/** In which he is spoken to. */
enum prompt_language call_app_language(const struct call_app *a);
/** In this one from now on. */
void call_app_set_language(struct call_app *a, enum prompt_language l);
/** Why the call was sent on to here; DIVERSION_UNKNOWN: it was not. */
enum diversion_reason call_app_sent_on(const struct call_app *a);
/** Milliseconds since 1970, by the clock on the wall. */
int64_t call_app_wall_ms(const struct call_app *a);

/** Plays from now on instead of what plays; what is copied (what->user is not used). Without memory
 *  or a file that can be read on_played follows at once, or later. */
void call_app_play(struct call_app *a, const struct media_sound_params *what);
/** A tone, until it is over. */
void call_app_tone(struct call_app *a, enum tone tone);
/** Prompts one after the other, in the language of who is at the other end. */
void call_app_say(struct call_app *a, const enum prompt *prompts, size_t n);
/** Then a file of FOLDER below the data folder, when it is not empty. */
void call_app_say_file(struct call_app *a, const enum prompt *prompts, size_t n, const char *folder,
    struct slice file);
/** The same, the file first. */
void call_app_say_behind_file(struct call_app *a, const char *folder, struct slice file,
    const enum prompt *prompts, size_t n);
void call_app_stop_playing(struct call_app *a);
/** Keys are always told. */
void call_app_listen(struct call_app *a, unsigned flags, uint32_t silence_ms);
/** on_time; one time at once, 0 = not any more. */
void call_app_after(struct call_app *a, uint64_t ms);
/** Does the PIN fit (hash: model/pin.h)? Wrong ones are counted for the phone opposite, or the line
 * that he calls through, which after some may use none for a while: then none fits (call/pin.h). */
bool call_app_pin_fits(struct call_app *a, struct slice hash, struct slice pin);
/** The same with several that may be meant: the first that fits; n: none. */
size_t call_app_which_pin(
    struct call_app *a, const struct slice *hashes, size_t n, struct slice pin);
/** The same, where who asks compares: may one be tried at all? */
bool call_app_may_try_pin(struct call_app *a);
void call_app_pin_tried(struct call_app *a, bool fits);
/** Has management change what is stored, for the one at the other end; on_result follows. */
void call_app_order(struct call_app *a);
/** Music on hold, instead of what plays; it does not end. */
void call_app_music(struct call_app *a);
/** The same, a certain loop (directory/music.h). */
void call_app_loop(struct call_app *a, int64_t loop);

/* ---- what the other side says (recording.c) ---- */
struct call_app_recording {
	const char *folder; /* VOICEMAIL_FOLDER, ANNOUNCEMENT_FOLDER */
	int64_t mailbox; /* whose message it is; 0: nobody's, and management does not learn of it */
	uint32_t min_s, max_s;
};

/** Gets ready for a new file, instead of the one before, which is kept. With a mailbox on_answer
 *  follows: ERR_LIMIT, it is full; ERR_NOT_FOUND. False: no memory. */
bool call_app_recording_open(struct call_app *a, const struct call_app_recording *what);
/** From now on; on_recorded follows when that is over. */
void call_app_record(struct call_app *a);
void call_app_record_stop(struct call_app *a);
/** What was said is not kept. Else it is, if it is long enough, when the app ends. */
void call_app_recording_drop(struct call_app *a);
/** The name of the file; empty: there is none. */
struct slice call_app_recording_file(const struct call_app *a);
/** Something about messages; id is filled in. */
void call_app_ask(struct call_app *a, struct voicemail_ask *ask);

/* ---- places to wait ---- */
/** Somebody transferred the call here; else it was dialled. */
bool call_app_was_brought(const struct call_app *a);
/** It waits at the place that the code named. False: that is taken. */
bool call_app_take_orbit(struct call_app *a);
/** The call that the phone opposite holds goes to the place that the code named. False: there is
 *  none. */
bool call_app_park_held(struct call_app *a);
/** Who brought it is rung; the other side waits on, and this app goes when he answers. False: not
 *  now. */
bool call_app_return(struct call_app *a);

/* ---- rooms: more than two who hear each other ---- */
/** Who sits opposite is in a room from now on, and is heard by all there. The room is the app's: it
 *  ends with it, and who was called into it is hung up on. False: no memory. */
bool call_app_open_room(struct call_app *a);
/** Calls the members of the group that was dialled into the room, at a free phone of each, which
 *  shall answer by itself within answer_ms; they hear, and are not heard. on_room follows. */
void call_app_call_group(struct call_app *a, uint32_t answer_ms);
/** Of those who were called: who is there, who is still asked. */
struct call_app_room {
	unsigned there, asked;
};
struct call_app_room call_app_in_room(const struct call_app *a);
/** For the record: so many of so many who were called have been there. */
void call_app_note_heard(struct call_app *a, unsigned heard, unsigned called);

/* ---- conferences (conference.h) ---- */

/* How somebody comes to one; who comes first brings it into being as he says it is. */
struct call_app_conference {
	int64_t room, conference; /* the row, one of both */
	int64_t participant;	  /* 0 = none */
	struct slice name;
	uint32_t max_members;
	int64_t mailbox;   /* where recordings go; 0 = it is not recorded */
	bool waits;	   /* for the first moderator */
	bool ends;	   /* with the last moderator */
	bool moderator;	   /* he is */
	bool silenced;	   /* he is, by a moderator */
	struct slice said; /* a file of ANNOUNCEMENT_FOLDER in which he says his name; or empty */
};

enum call_app_entry { CALL_APP_IN, CALL_APP_LOCKED, CALL_APP_FULL, CALL_APP_NOT_IN };

/** Who sits opposite enters; the others are told. CALL_APP_NOT_IN: no memory. */
enum call_app_entry call_app_enter(struct call_app *a, const struct call_app_conference *what);

/* What others do there. */
enum call_app_news_kind {
	CALL_APP_JOINED, /* said: his name */
	CALL_APP_LEFT,	 /* the same */
	CALL_APP_BEGINS, /* a moderator has come: all hear each other from now on */
	CALL_APP_SILENCED,
	CALL_APP_MAY_SPEAK,
	CALL_APP_WANTS_TO_SPEAK, /* somebody; told to moderators */
	CALL_APP_RECORDED,	 /* from now on */
	CALL_APP_RECORDED_NO_MORE,
	CALL_APP_REMOVED, /* he, and he hears the others no more; to say goodbye and hang up */
	CALL_APP_ENDS,	  /* the same with all */
};

struct call_app_news {
	enum call_app_news_kind kind;
	struct slice said; /* borrowed */
};

/* How it is for who sits opposite. */
struct call_app_seat {
	unsigned others; /* who are in besides him */
	bool moderator, waits, locked, recorded, muted, silenced;
	int listening, speaking; /* levels, CONFERENCE_LEVEL_MAX */
};

/** How a participant of a planned one comes to it (directory/conferences.h). */
struct call_app_conference call_app_planned(
    const struct directory *dir, const struct dir_participant *p);
/** All zero: he is in none. */
struct call_app_seat call_app_seat(const struct call_app *a);
/** By himself. */
void call_app_mute(struct call_app *a, bool on);
/** He wants to speak; moderators are told. */
void call_app_ask_to_speak(struct call_app *a);
void call_app_lock(struct call_app *a, bool on);
/** Cut at their limits. */
void call_app_levels(struct call_app *a, int listening, int speaking);
/** He has been called into one, and has answered: call_app_enter lets him in without what. confirm:
 *  he shall do something first, for a machine may have answered. False: he has called. */
bool call_app_is_invited(const struct call_app *a, bool *confirm);

/** Who sits opposite, at a phone of ours or dialled in, is connected to this number, as if he had
 * dialled it. The app goes when somebody answers; else on_stayed follows, at once if he may not
 * call it. False: not now, or it is no phone of ours. */
bool call_app_call_on(struct call_app *a, struct slice number);

/** Who sits opposite calls from the mobile phone whose number the app's argument is (USR-9): from
 * now on he is its user, with all that he may, if that is so: if the PIN is his, where the settings
 *  want one. Wrong ones are counted for him and for the line. False: it is not shown, or he may
 * not.
 */
bool call_app_dials_in(struct call_app *a, struct slice pin);

/** The call is over. */
void call_app_hang_up(struct call_app *a);

#endif
