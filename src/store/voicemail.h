/*
 * Messages in mailboxes: their rows, and the files in the data folder that belong to them
 * (model/voicemail.h). A row comes before its file and goes before it: after kill -9 what is in the
 * database can be heard, or is mended at the next start.
 *
 * Management threads; functions block. They tell the change feed.
 */
#ifndef STORE_VOICEMAIL_H
#define STORE_VOICEMAIL_H

#include "model/voicemail.h"
#include "store/store.h"

/** Makes the folders of messages and announcements. */
ERR_MUST_CHECK enum err store_voicemail_folders(const char *data_dir);
/** A row with the state "recording". ERR_NOT_FOUND: there is no such mailbox (any more); ERR_LIMIT:
 *  it is full. */
ERR_MUST_CHECK enum err store_voicemail_begin(struct store *s, const struct voicemail_began *b);
/** The message is new now; or it goes with its file. ERR_NOT_FOUND: it never began, its file goes.
 */
ERR_MUST_CHECK enum err store_voicemail_end(
    struct store *s, const char *data_dir, const struct voicemail_ended *e);
/** New ones first, the newest first among them; id comes back in it. The caller frees. */
ERR_MUST_CHECK enum err store_voicemail_list(
    struct store *s, uint64_t id, int64_t mailbox, struct voicemail_answer **out);
/** ERR_NOT_FOUND: not in this mailbox; ERR_INVALID: no state that people give. */
ERR_MUST_CHECK enum err store_voicemail_mark(
    struct store *s, int64_t mailbox, int64_t message, enum voicemail_state state);
/** Another message with the same sound, new there. by: who forwards, as people read it.
 *  ERR_NOT_FOUND: there is no such message or mailbox; ERR_LIMIT: that is full. */
ERR_MUST_CHECK enum err store_voicemail_forward(struct store *s, const char *data_dir,
    int64_t mailbox, int64_t message, int64_t to, const char *by);
/** The file, which is there, is an announcement of the user's from now on (0, or with everybodys:
 *  everybody's), and the mailbox's greeting of that kind. ERR_NOT_FOUND: no such mailbox. */
ERR_MUST_CHECK enum err store_voicemail_greet(struct store *s, const struct voicemail_ask *ask);
/** What waits for each user who has access to a mailbox: himself, or as a member of a group. cb may
 *  not call the store. */
ERR_MUST_CHECK enum err store_voicemail_counts(struct store *s,
    void (*cb)(void *ctx, int64_t user, uint32_t unheard, uint32_t heard), void *ctx);
/** The same for those who have access to the mailbox of this message, also when nothing waits for
 *  them. ERR_NOT_FOUND: it is gone, nobody knows from where. */
ERR_MUST_CHECK enum err store_voicemail_counts_after(struct store *s, int64_t message,
    void (*cb)(void *ctx, int64_t user, uint32_t unheard, uint32_t heard), void *ctx);
/** Does a committed change of this entity (NULL = anything) alter these counts? */
bool store_voicemail_counts_depend_on(const struct model_entity *e);
/** What a crash has cut off: what was spoken is a new message, what is too short goes. At the
 *  start, before anybody records. mend_file makes a file one that plays, and says how long it is.
 */
ERR_MUST_CHECK enum err store_voicemail_mend(struct store *s, const char *data_dir,
    enum err (*mend_file)(const char *path, uint64_t *length_ms));

#endif
