/*
 * What somebody hears or speaks at a telephone that rings because the web page asked for it (SYS-4,
 * VMB-3, MOH-1): a kind and an id. A call names it in the place of a number, "announcement:7"; only
 * a command to play says so (model/callman.h), what is dialled never is one.
 *
 * Any thread.
 */
#ifndef MODEL_PLAY_H
#define MODEL_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define PLAY_KINDS(X)                                                                              \
	X(MUSIC, "music")		/* a loop is heard */                                      \
	X(ANNOUNCEMENT, "announcement") /* is heard */                                             \
	X(MESSAGE, "message")		/* is heard */                                             \
	X(SPEAK, "speak")		/* an announcement is spoken anew */                       \
	X(GREET, "greet")		/* a mailbox gets a new announcement, everybody's */       \
	X(GREET_OWN, "greet-own")	/* the same, of who speaks it */

enum play_kind {
#define X(id, text) PLAY_##id,
	PLAY_KINDS(X)
#undef X
	    PLAY_KINDS_N
};

struct play {
	enum play_kind kind;
	int64_t id;	  /* of its row; of GREET and GREET_OWN the mailbox's */
	uint8_t greeting; /* of these two: enum voicemail_greeting */
};

enum { PLAY_NAME_BYTES = 48 };

void play_write(const struct play *p, char out[PLAY_NAME_BYTES]);
/** False: it is no such name. */
bool play_read(struct slice name, struct play *out);
/** Somebody speaks; else he listens. */
bool play_is_spoken(enum play_kind kind);

#endif
