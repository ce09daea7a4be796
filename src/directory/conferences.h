/*
 * Conference rooms as the switch knows them (CNF-3). Part of the snapshot (directory.h): immutable,
 * borrowed, any thread.
 */
#ifndef DIRECTORY_CONFERENCES_H
#define DIRECTORY_CONFERENCES_H

#include "directory/directory.h"

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
	int64_t mailbox; /* where recordings go; 0 = it is not recorded */
	int64_t music;	 /* for who waits; 0 = the default */
};

/** NULL: there is none. O(log n). */
const struct dir_conference_room *dir_conference_room_by_id(const struct directory *d, int64_t id);
/** By its key. */
const struct dir_conference_room *dir_conference_room_by_key(
    const struct directory *d, struct slice key);

#endif
