/*
 * Inside call/: conferences (conference.h). A conference owns its room (app_room.c) and what is
 * known of its members; a member belongs to the app that he sits opposite. It is freed on its timer
 * when nobody is left, so no callback of a member can pull it away from under who calls.
 */
#ifndef CALL_CONFERENCE_INT_H
#define CALL_CONFERENCE_INT_H

#include "call/app_int.h"
#include "call/conference.h"

struct recording;

struct conference_member {
	struct call_app *app;
	uint64_t id;
	int64_t participant, since;
	bool in;      /* else he is being called, or has not yet done what he shall do */
	bool confirm; /* he was called outside */
	bool moderator, muted, silenced, wants, talking;
	bool changed; /* since it was told */
	int8_t listening, speaking;
	char said[VOICEMAIL_FILE_BYTES];
};

struct conference {
	struct call_room room;
	struct list link; /* sw->conferences */
	struct timer tell, end, beep;
	uint64_t id;
	int64_t row_room, row_conference, mailbox, since;
	char name[LIVE_NAME_BYTES];
	char argument[24]; /* by which its apps know it */
	uint32_t max_members;
	unsigned members, moderators; /* who are in */
	bool waits;		      /* for the first moderator */
	bool ends;		      /* with the last moderator */
	bool locked, over;
	bool warned;		     /* of the end of its time: */
	int64_t until_ms;	     /* since 1970; 0 = it has none */
	struct recording *recording; /* NULL: it is not recorded */
};

/* ---- conference.c ---- */
/** That of a member; NULL: he has left. */
struct conference *conference_of(const struct conference_member *m);
/** Seats a, who is called into it, as a member. False: no memory. */
bool conference_expect(struct conference *f, struct call_app *a, struct conference_member **out);
/** What is heard there, for who sits opposite a. */
void conference_serve(const struct call_app *a, struct media_service *what);
/** Media have heard who sits opposite a begin or stop to speak. */
void conference_on_speaks(struct call_app *a, bool speaks);
/** Somebody else sits opposite a now. */
void conference_on_seat(struct call_app *a);
/** A moderator takes the word from him or gives it to him. */
void conference_silence(struct conference_member *m, bool on);
void conference_set_levels(struct conference_member *m, int listening, int speaking);
void conference_remove(struct conference_member *m);
/** All are told to go. */
void conference_end(struct conference *f);
/** Those who are in; but NULL: nobody is left out. */
void conference_tell_others(struct conference *f, const struct call_app_news *news,
    const struct conference_member *but, bool moderators);
void conferences_free(struct call_switch *sw);

/** The one that runs; else it begins. NULL: no memory. */
struct conference *conference_find_or_begin(
    struct call_switch *sw, const struct call_app_conference *what, struct slice argument);
/** That participant is in, or is being called. */
bool conference_has(const struct conference *f, int64_t participant);

/* ---- conference_call.c ---- */

/* Somebody who is called into it. */
struct conference_callee {
	struct slice number;	   /* as by dials it */
	struct slice argument;	   /* by which his app knows the conference */
	const struct dir_user *by; /* answers for it, and is shown; NULL: then nobody is called */
	int64_t participant;
	bool moderator, silenced;
};

/** reason: of REFUSED. */
enum conference_outcome conference_call(
    struct conference *f, const struct conference_callee *who, char reason[LIVE_REASON_BYTES]);
/** All telephones of who->by. */
enum conference_outcome conference_call_own(
    struct conference *f, const struct conference_callee *who, char reason[LIVE_REASON_BYTES]);

/* ---- conference_date.c ---- */
void conferences_init(struct call_switch *sw);
void conferences_fini(struct call_switch *sw);
/** Participants are called whose conference has begun meanwhile; those that run keep to their
 *  plan. */
void conferences_follow_directory(struct call_switch *sw);
/** f, a new one, ends then (ms since 1970), 0: at no time. */
void conference_keep_time(struct conference *f, int64_t until_ms);
/** A participant, who is that user, has his own telephones rung. */
enum conference_outcome conference_join(struct call_switch *sw, int64_t participant,
    const struct dir_user *user, char reason[LIVE_REASON_BYTES]);

/* ---- conference_command.c ---- */
/** Sets up what a recording needs; its end, without a word to anybody. */
void conference_init_recording(struct conference *f);
void conference_leave_recording(struct conference *f);

/* ---- conference_live.c ---- */
/** Who watches is told soon. */
void conference_changed(struct conference *f);
void conference_member_changed(struct conference_member *m);
/** Now, of all that has changed. */
void conference_tell_watchers(struct conference *f);
/** He has left f. */
void conference_tell_gone(const struct conference *f, const struct conference_member *m);

#endif
