/*
 * Voicemail as plain values that cross planes: what signalling reports of recordings, what a caller
 * at a telephone asks of a mailbox, and what management answers.
 *
 * A recording's file has a name that nobody else has: FOLDER/NAME.wav below the data folder. Its
 * row is there from the moment when it begins, with the state "recording", so that what a crash
 * leaves is found and kept.
 *
 * Any thread. Nothing here fails.
 */
#ifndef MODEL_VOICEMAIL_H
#define MODEL_VOICEMAIL_H

#include "base/buf.h"
#include "model/live.h"
#include "model/model.h"

enum {
	VOICEMAIL_SECONDS_MAX = 1800,
	VOICEMAIL_FILE_BYTES = 33, /* hex, with its end */
	VOICEMAIL_CODE_BYTES = 5,
	VOICEMAIL_LIST_MAX = 500, /* heard at a telephone at once; the newest */
};

#define VOICEMAIL_FOLDER    "voicemail"
#define ANNOUNCEMENT_FOLDER "announcements"
/* How people have said their names when they came to a conference; nobody's after a day. */
#define SPOKEN_NAME_FOLDER "spoken-names"
/* By their order in enum voicemail_state. */
#define VOICEMAIL_STATES "recording|new|old|saved|deleted"

enum voicemail_state {
	VOICEMAIL_RECORDING,
	VOICEMAIL_NEW,
	VOICEMAIL_OLD,
	VOICEMAIL_SAVED,
	VOICEMAIL_DELETED,
};

/* What callers of a mailbox are told. */
enum voicemail_greeting {
	VOICEMAIL_GREETING,
	VOICEMAIL_GREETING_BUSY,
	VOICEMAIL_GREETING_AWAY,
	VOICEMAIL_GREETINGS
};
#define VOICEMAIL_GREETING_NAMES "greeting|greeting_busy|greeting_away"

/** The mailbox's field. */
const char *voicemail_greeting_name(enum voicemail_greeting g);
/** What is none of them is the usual one. */
enum voicemail_greeting voicemail_greeting_find(const char *name);
const char *voicemail_state_name(enum voicemail_state s);
/** What is none of them is RECORDING, which nobody may see or set. */
enum voicemail_state voicemail_state_find(const char *name);
/** "voicemail/1f….wav": below the data folder; b has room for 64 bytes. */
void voicemail_write_path(struct buf *b, const char *folder, const char *file);

/* ---- from signalling: recordings ---- */

/* A message begins. An answer comes only when it may not: ERR_LIMIT, the mailbox is full. */
struct voicemail_began {
	uint64_t id; /* of who asks */
	char file[VOICEMAIL_FILE_BYTES];
	int64_t mailbox;
	int64_t began_at; /* ms since 1970 */
	char call_id[LIVE_CALL_ID_BYTES];
	char number[LIVE_NUMBER_BYTES], name[LIVE_NAME_BYTES]; /* who speaks; or with whom */
	bool recorded; /* a talk, by one who is in it; else somebody leaves a message */
};

struct voicemail_ended {
	char file[VOICEMAIL_FILE_BYTES];
	uint64_t length_ms;
	bool keep;	/* else it was too short, or spoken anew */
	enum err fault; /* ERR_OK; what the disk said, what was written before is there */
};

/* What waits for a user. */
struct voicemail_waiting {
	int64_t user;
	uint32_t unheard, heard;
};

/* ---- from a telephone, and what becomes of it ---- */

enum voicemail_wish {
	VOICEMAIL_LIST,	   /* the messages of a mailbox, new ones first; answered with them */
	VOICEMAIL_MARK,	   /* message gets the state */
	VOICEMAIL_FORWARD, /* message goes to the mailbox with the code, too */
	VOICEMAIL_GREET,   /* the announcement of that file is the mailbox's from now on */
	VOICEMAIL_FIND,	   /* one message that is open to the user, or announcement: one item */
	VOICEMAIL_SPOKEN,  /* announcement says what is in that file from now on */
};

struct voicemail_ask {
	uint64_t id; /* of who asks; comes back with the answer */
	enum voicemail_wish wish;
	int64_t mailbox, message, user;	  /* user: who asks, 0 = none of ours */
	int64_t announcement;		  /* FIND, when message is 0; SPOKEN */
	enum voicemail_greeting greeting; /* GREET: which of the mailbox's */
	bool everybodys;		  /* GREET: else the announcement is the user's own */
	enum voicemail_state state;
	char code[VOICEMAIL_CODE_BYTES];
	char file[VOICEMAIL_FILE_BYTES]; /* GREET, SPOKEN */
	uint64_t length_ms;
};

struct voicemail_item {
	int64_t id, mailbox, received_at;
	enum voicemail_state state;
	uint64_t length_ms;
	char file[VOICEMAIL_FILE_BYTES];
	char number[LIVE_NUMBER_BYTES];
};

/* One heap block. */
struct voicemail_answer {
	uint64_t id;
	enum err result; /* ERR_OK, ERR_NOT_FOUND, ERR_LIMIT: full, others: the log says why */
	uint32_t n;	 /* LIST */
	struct voicemail_item item[];
};

#endif
