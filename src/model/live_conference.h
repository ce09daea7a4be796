/*
 * Conferences that run (CNF-2): what is told of them and their members, and what is asked of them;
 * plain values that cross planes. Zero-initialise, then fill; texts are NUL-terminated. Times are
 * ms since 1970.
 *
 * Nothing here fails; any thread.
 */
#ifndef MODEL_LIVE_CONFERENCE_H
#define MODEL_LIVE_CONFERENCE_H

#include "model/live.h"

enum {
	CONFERENCE_LEVEL_MAX = 4, /* steps up and down from 0, how it comes; both ways */
	CONFERENCE_STEP_DB = 3,
};

struct live_conference {
	uint64_t id;		  /* never used again while the system runs */
	int64_t room, conference; /* the row it is held for, one of both */
	char name[LIVE_NAME_BYTES];
	int64_t since;
	uint32_t members, moderators; /* who are in */
	bool locked, recording;
	bool waits; /* for a moderator: nobody hears the others */
	bool over;  /* told for the last time; its members have been told to be gone */
};

/* Somebody who is in, or is being called. */
struct live_conference_member {
	uint64_t conference, id; /* id: the same as long as he is in; never used again */
	int64_t participant;	 /* the row of a managed conference; 0 = none */
	char call_id[LIVE_CALL_ID_BYTES];
	char number[LIVE_NUMBER_BYTES], name[LIVE_NAME_BYTES]; /* "": he does not show them */
	int64_t user;					       /* 0 = none of ours */
	int64_t since;
	bool moderator, talking;
	bool muted;		    /* by himself */
	bool silenced;		    /* by a moderator: he cannot end it himself */
	bool wants_to_speak;	    /* while he is silenced */
	bool asked;		    /* he is being called, and is not in yet */
	int8_t listening, speaking; /* levels: how he hears the others, how they hear him */
	bool gone;
};

/* ---- what is asked ---- */

enum conference_command_kind {
	CONFERENCE_MUTE,      /* member: nobody hears him, until: */
	CONFERENCE_LET_SPEAK, /* member: he is heard again; his wish to speak is over */
	CONFERENCE_LEVELS,    /* member, listening, speaking */
	CONFERENCE_LOCK,      /* nobody else comes in, but who is invited */
	CONFERENCE_UNLOCK,
	CONFERENCE_REMOVE, /* member */
	CONFERENCE_END,
	CONFERENCE_RECORD, /* the others hear what the settings say */
	CONFERENCE_RECORD_STOP,
	CONFERENCE_INVITE, /* number, as user would dial it */
	CONFERENCE_JOIN,   /* of a planned one, running or not: user, who is participant, is called
			      at his telephones */
};

struct conference_command {
	enum conference_command_kind kind;
	uint64_t conference, member;
	int64_t user; /* who asks; INVITE: answers for what it costs */
	int64_t participant;
	int8_t listening, speaking;
	char number[LIVE_NUMBER_BYTES];
};

/* Codes are part of the interface: do not rename them. */
#define CONFERENCE_OUTCOMES(X)                                                                     \
	X(DONE, "done", "It is done.")                                                             \
	X(OVER, "conference_over", "This conference is over.")                                     \
	X(MEMBER_GONE, "member_gone", "This member has left the conference.")                      \
	X(NOT_RECORDED, "not_recorded",                                                            \
	    "This conference may not be recorded, or has no mailbox for it.")                      \
	X(NOT_NOW, "conference_not_now", "This conference does not take place at the moment.")     \
	X(ALREADY, "already_in", "You are in this conference already, or are being called.")       \
	X(LOCKED, "conference_locked", "This conference is locked.")                               \
	X(FULL, "conference_full", "This conference has as many members as it may have.")          \
	X(REFUSED, "call_refused", "This number cannot be called.")                                \
	X(BUSY, "busy", "The system is busy. Please try again.")

enum conference_outcome {
#define X(id, code, text) CONFERENCE_OUTCOME_##id,
	CONFERENCE_OUTCOMES(X)
#undef X
	    CONFERENCE_OUTCOMES_N
};

struct conference_result {
	enum conference_outcome outcome;
	char reason[LIVE_REASON_BYTES]; /* REFUSED: why (model/reasons.h), or "" */
};

extern const struct model_entity model_live_conference, model_live_conference_member;

/** New objects; NULL: no memory. */
json_t *live_conference_json(const struct live_conference *c);
json_t *live_conference_member_json(const struct live_conference_member *m);

const char *conference_outcome_code(enum conference_outcome o);
/** English, for people. */
const char *conference_outcome_text(enum conference_outcome o);

#endif
