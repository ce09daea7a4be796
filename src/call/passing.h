/*
 * What of a message of one side the other side gets to see. Everything else is dropped or
 * written anew, so that neither topology nor surprises pass from one leg to another: the
 * one table stands in passing.c. Private to call/.
 */
#ifndef CALL_PASSING_H
#define CALL_PASSING_H

#include "sip/write.h"

/* Kinds of messages, as bits. */
enum passing {
	PASS_INVITE = 1, /* the first one */
	PASS_ANSWER = 2, /* 18x and 2xx to it */
	PASS_BYE = 4,
	PASS_CANCEL = 8,
	PASS_INFO = 16,
	PASS_MESSAGE = 32,
};

enum { PASSING_VALUE_MAX = 512, PASSING_MAX_BYTES = 1024 };

/** Copies the header lines of m that pass in such a message; a value that is too long or
 *  does not fit any more is left out. Writes PASSING_MAX_BYTES at most. */
void passing_copy(struct buf *b, const struct sip_msg *m, enum passing kind);

#endif
