/*
 * apps/ - what answers a call instead of a person. Each app is a kind for call/ (call/app.h) in a
 * file of its own; they know nothing of each other. Signalling thread.
 */
#ifndef APPS_APPS_H
#define APPS_APPS_H

#include "call/app.h"

/** By enum routing_app. */
extern const struct call_app_kind *const apps[ROUTING_APPS];

/* ---- listen.c: plays to who wants to listen at his phone ---- */
extern const struct call_app_kind app_listen;
/* ---- broadcast.c: a group hears what who calls it says ---- */
extern const struct call_app_kind app_broadcast;
/* ---- conference.c: a seat in a conference ---- */
extern const struct call_app_kind app_conference;
/* ---- dial_in.c: a user calls from his mobile phone as from his desk ---- */
extern const struct call_app_kind app_dial_in;
/* ---- login.c: who logs in to a telephone says his PIN, if he has one ---- */
extern const struct call_app_kind app_login;
/* ---- mailbox.c: where people listen to their messages ---- */
extern const struct call_app_kind app_mailbox;
/* ---- voicemail.c: takes a message ---- */
extern const struct call_app_kind app_voicemail;
/* ---- orbit.c: a place to wait; parks what is held by who calls it ---- */
extern const struct call_app_kind app_orbit;
/* ---- order.c: does what a code asks for, and says whether it could be done ---- */
extern const struct call_app_kind app_order;
/* ---- speak.c: who was rung for that speaks an announcement ---- */
extern const struct call_app_kind app_speak;

/* ---- what apps have in common ---- */
/** What was ordered is told by a tone and words; order.c. Its state is the first in that of the
 * app, and its on_played follows the words. */
struct order {
	enum prompt words;
	bool told, said;
};
void order_begin(struct call_app *a);
void order_tell(struct call_app *a, bool done, enum prompt words);
void order_on_result(struct call_app *a, enum feature_outcome outcome);
void order_on_time(struct call_app *a);
void order_on_played(struct call_app *a);

/** Somebody speaks an announcement, hears it, and takes it or not; speak.c. Part of an app's state,
 * all zero at first. The app passes on what it is told while speak_is_on, and asks management when
 * it is taken; until then nothing has changed. */
struct speak {
	enum speak_step {
		SPEAK_OFF,
		SPEAK_TOLD, /* what to do is said */
		SPEAK_BEEP,
		SPEAK_SPEAKING,
		SPEAK_HEARING, /* what was spoken */
		SPEAK_JUDGING, /* 1 take, 2 hear, 3 again, * drop */
		SPEAK_TAKEN,
	} step;
	uint64_t length_ms;
};

enum speak_end {
	SPEAK_GOES_ON,
	SPEAK_IS_TAKEN, /* call_app_recording_file */
	SPEAK_IS_DROPPED,
	SPEAK_IS_IMPOSSIBLE, /* for the disk, or memory */
};

static inline bool
speak_is_on(const struct speak *s)
{
	return s->step != SPEAK_OFF;
}
enum speak_end speak_begin(struct call_app *a, struct speak *s);
enum speak_end speak_on_key(struct call_app *a, struct speak *s, char key);
void speak_on_played(struct call_app *a, struct speak *s);
enum speak_end speak_on_recorded(
    struct call_app *a, struct speak *s, enum err fault, uint64_t length_ms);
/** It is over: management has kept what was taken, or has not. */
void speak_kept(struct call_app *a, struct speak *s, bool kept);

#endif
