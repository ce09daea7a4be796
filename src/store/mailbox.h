/*
 * Who has access to which mailbox (VMB-1), one message of it for who listens (VMB-4), and what
 * becomes of messages in the end: what was deleted goes for good after some days, what is old after
 * those of its mailbox.
 *
 * Management threads; functions block. They tell the change feed.
 */
#ifndef STORE_MAILBOX_H
#define STORE_MAILBOX_H

#include "model/voicemail.h"
#include "store/store.h"

/** ERR_NOT_FOUND: there is no such mailbox, or it is not open to the user: neither by himself nor
 *  by a group. */
ERR_MUST_CHECK enum err store_mailbox_open_to(struct store *s, int64_t mailbox, int64_t user);
/** cb for each user with access; it may not call the store. */
ERR_MUST_CHECK enum err store_mailbox_users(
    struct store *s, int64_t mailbox, void (*cb)(void *ctx, int64_t user), void *ctx);

struct store_message {
	int64_t mailbox, received_at;
	enum voicemail_state state;
	char file[VOICEMAIL_FILE_BYTES];
	char number[LIVE_NUMBER_BYTES];
};

/** ERR_NOT_FOUND; also while it is being recorded. */
ERR_MUST_CHECK enum err store_message_get(struct store *s, int64_t id, struct store_message *out);
/** A deleted one goes for good, with its file. ERR_NOT_FOUND: there is none, or it is not deleted.
 */
ERR_MUST_CHECK enum err store_message_remove(struct store *s, const char *data_dir, int64_t id);

/** Housekeeping, now and then: deletes messages that are older than their mailbox keeps them (saved
 *  ones stay), removes those that were deleted longer ago than the setting voicemail_trash_days,
 *  files that no row names, and rows whose file is gone. *removed (may be NULL): messages. */
ERR_MUST_CHECK enum err store_messages_expire(
    struct store *s, const char *data_dir, int64_t now_ms, int64_t *removed);

#endif
