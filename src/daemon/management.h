/*
 * The management thread: takes what signalling reports and gives it to store and
 * api in batches; rebuilds the directory after a committed change and sends the
 * new snapshot to signalling; keeps house in the database.
 */
#ifndef DAEMON_MANAGEMENT_H
#define DAEMON_MANAGEMENT_H

#include "daemon/messages.h"
#include "loop/mailbox.h"
#include "store/store.h"

struct management;

struct management_params {
	struct store *store; /* borrowed, as all here */
	struct api *api;
	struct trace_store *traces;
	const char *data_dir;
	struct mailbox *in;	       /* struct to_management */
	struct mailbox *to_signalling; /* struct to_signalling */
	struct activation *activation;
	/* Takes the address rules there are, before management_start returns. */
	void (*restore_rule)(void *ctx, const struct guard_rule *rule);
	void *restore_ctx;
};

/** Starts the thread. */
ERR_MUST_CHECK enum err management_start(
    struct management **out, const struct management_params *p);
/** What writes the address rules; for the store's feed. */
const struct blacklist *management_blacklist(const struct management *m);
/** Close the mailbox before: everything in it is still worked off. Joins, frees. NULL is fine. */
void management_stop(struct management *m);
/** Frees what a message owns, when it could not be posted. */
void management_drop(const struct to_management *m);

#endif
