/*
 * Between two sides that speak differently: a transcoder for each direction that needs one. Exists
 * only as long as it is needed. Media thread of the stream.
 */
#ifndef MEDIA_INTERPRET_INT_H
#define MEDIA_INTERPRET_INT_H

#include "media/participant_int.h"
#include "media/transcode_int.h"

struct interpreter {
	struct media_translation what[MEDIA_SIDES]; /* of packets from that side */
	struct transcoder *from[MEDIA_SIDES];	    /* NULL: they pass untouched */
};

/** Is anything to be translated? */
bool interpreter_is_needed(const struct media_translation what[MEDIA_SIDES]);
/** Follows a new pair of translations: makes *i, changes it, or frees it. A direction that stays
 *  the same goes on as it was. self: what we are to both sides; it outlives *i. ERR_NOMEM,
 *  ERR_INVALID: *i is NULL, nothing is translated. */
ERR_MUST_CHECK enum err interpreter_follow(struct interpreter **i,
    const struct media_translation what[MEDIA_SIDES], struct participant *self);
void interpreter_free(struct interpreter *i);

#endif
