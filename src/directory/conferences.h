/*
 * Conference rooms (CNF-3) and planned conferences (CNF-1) as the switch knows them. Part of the
 * snapshot (directory.h): immutable, borrowed, any thread.
 */
#ifndef DIRECTORY_CONFERENCES_H
#define DIRECTORY_CONFERENCES_H

#include "directory/directory.h"
#include "directory/prompts.h"

/* What is heard of who comes and goes. */
enum dir_entry { DIR_ENTRY_NONE, DIR_ENTRY_TONE, DIR_ENTRY_NAME };

struct dir_conference_room {
	int64_t id;
	struct slice key; /* the id as text: what an app is told */
	struct slice name;
	struct slice pin, moderator_pin; /* hashes, model/pin.h; empty = none */
	enum dir_entry entry;
	uint32_t max_members;
	bool waits;	 /* for the first moderator, with music */
	bool ends;	 /* with the last moderator */
	bool silent;	 /* who comes is silenced, but for moderators */
	bool dial_in;	 /* it leads to planned ones, of whose participants the PIN is asked */
	int64_t mailbox; /* where recordings go; 0 = it is not recorded */
	int64_t music;	 /* for who waits; 0 = the default */
};

/* One that runs, or that takes place next. */
struct dir_conference {
	int64_t id;
	struct slice name;
	const struct dir_user *owner;
	int64_t from_ms, until_ms; /* since 1970 */
	bool waits;		   /* for the first moderator */
	bool silent;		   /* who comes is silenced, but for moderators */
	bool may_record;
	bool language_set;
	enum prompt_language language; /* else that of each */
	const struct dir_participant *participants;
	size_t participant_count;
};

struct dir_participant {
	int64_t id;
	const struct dir_conference *conference;
	struct slice key;    /* as a room's, behind a letter */
	struct slice name;   /* of a user: his */
	struct slice number; /* where he is called, as the owner dials; empty = nowhere */
	struct slice pin;
	bool moderator, call_on_start;
};

/** By id. */
const struct dir_conference *dir_conferences(const struct directory *d, size_t *count);
/** NULL: it is nobody's. */
const struct dir_participant *dir_participant_by_pin(const struct directory *d, struct slice pin);
const struct dir_participant *dir_participant_by_id(const struct directory *d, int64_t id);
/** Its participants may come in: it runs, or begins soon. now_ms since 1970. */
bool dir_conference_is_on(const struct dir_conference *c, int64_t now_ms);
/** By its key; NULL: there is none. */
const struct dir_participant *dir_participant_by_key(const struct directory *d, struct slice key);
/** NULL: there is none. O(log n). */
const struct dir_conference_room *dir_conference_room_by_id(const struct directory *d, int64_t id);
/** By its key. */
const struct dir_conference_room *dir_conference_room_by_key(
    const struct directory *d, struct slice key);

#endif
