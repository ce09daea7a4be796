/*
 * Mailboxes as the switch knows them (VMB-1): what their callers hear and may do, and who may
 * listen to them. Part of the snapshot (directory.h): immutable, borrowed, any thread.
 */
#ifndef DIRECTORY_MAILBOXES_H
#define DIRECTORY_MAILBOXES_H

#include "directory/directory.h"
#include "directory/prompts.h"
#include "model/voicemail.h"

/* One of both. */
struct dir_access {
	const struct dir_user *user;
	const struct dir_group *group;
};

struct dir_mailbox {
	int64_t id;
	struct slice code; /* digits, dialled behind the code of the feature */
	struct slice name;
	struct slice pin; /* a hash, model/pin.h; empty = none */
	bool pin_always;
	bool records; /* else callers hear what is said, and that is all */
	uint32_t max_s, min_s, silence_s;
	/* names of files in ANNOUNCEMENT_FOLDER; empty = none */
	struct slice greeting[VOICEMAIL_GREETINGS];
	int64_t away_from, away_until; /* ms since 1970; 0 = open; both 0: never away */
	bool language_set;
	enum prompt_language language; /* else the system's */
	const struct dir_access *access;
	size_t access_count;
};

const struct dir_mailbox *dir_mailbox_by_id(const struct directory *d, int64_t id);
/** NULL: none has this code. O(log n). */
const struct dir_mailbox *dir_mailbox_by_code(const struct directory *d, struct slice code);
/** The first by code that the user may listen to, himself before his groups; NULL: none. */
const struct dir_mailbox *dir_mailbox_of(const struct directory *d, const struct dir_user *user);
/** Himself, or as a member of a group. */
bool dir_mailbox_is_open_to(const struct dir_mailbox *m, const struct dir_user *user);

/* How a redirection names a mailbox instead of a number: nobody can dial letters. */
#define DIR_MAILBOX_SCHEME "mailbox:"
/** The mailbox's code in such a target; false: it is a number. */
bool dir_target_mailbox(struct slice target, struct slice *code);

#endif
