/*
 * Voicemail in management: what signalling reports of messages is written down, what people ask at
 * telephones is done and answered, and message lamps follow what waits for whom.
 *
 * Management thread. Borrows all it is given.
 */
#ifndef DAEMON_VOICEMAIL_H
#define DAEMON_VOICEMAIL_H

#include "daemon/messages.h"
#include "loop/mailbox.h"
#include "security/notify.h"
#include "store/store.h"

struct voicemail;

struct voicemail_params {
	struct store *store;
	const char *data_dir; /* may be NULL: then nothing is recorded */
	struct notify *notify;
	struct mailbox *to_signalling;
};

/** Before anybody records: folders are there, and what a crash has cut off is kept. */
ERR_MUST_CHECK enum err voicemail_prepare(struct store *s, const char *data_dir);

ERR_MUST_CHECK enum err voicemail_new(struct voicemail **out, const struct voicemail_params *p);
/** NULL is fine. */
void voicemail_free(struct voicemail *v);
void voicemail_begin(struct voicemail *v, const struct voicemail_began *b);
void voicemail_end(struct voicemail *v, const struct voicemail_ended *e);
void voicemail_obey(struct voicemail *v, const struct voicemail_ask *ask);
/** What waits for users may have changed, told by the next voicemail_tell_waiting: by this message,
 *  or by anything (0). */
void voicemail_stale(struct voicemail *v, int64_t message);
/** Tells signalling what waits for users for whom that is something else than was told. */
void voicemail_tell_waiting(struct voicemail *v);

#endif
