/*
 * What signalling keeps over a restart and kill -9 in files of its own (store/keep.h). Opened
 * before signalling runs and closed after it; in between the files are the signalling thread's.
 */
#ifndef DAEMON_KEPT_H
#define DAEMON_KEPT_H

#include "store/keep.h"

enum kept_kind {
	KEPT_REGISTRATIONS,
	KEPT_SUBSCRIPTIONS,
	KEPT_CALLED, /* into planned conferences */
	KEPT_KINDS
};

/* NULL: not opened. */
struct kept {
	struct keep *in[KEPT_KINDS];
};

/** Opens all files in that folder; errors as of keep_open, whose sentence why gets. kept_close also
 *  after an error. */
ERR_MUST_CHECK enum err kept_open(struct kept *k, const char *folder, char *why, size_t why_bytes);
void kept_close(struct kept *k);
/** One of them, for messages. */
const char *kept_name(enum kept_kind kind);

#endif
