/*
 * The codecs that a list of codecs may name (PHO-4): what administrators write, and what session
 * descriptions call it. Pure tables, any thread.
 */
#ifndef MODEL_CODECS_H
#define MODEL_CODECS_H

#include "base/slice.h"

struct model_codec {
	struct slice key;  /* "alaw" */
	struct slice name; /* "PCMA" (rtpmap) */
	bool video;
};

enum { MODEL_CODEC_LIST_MAX = 200 }; /* bytes */

/** NULL: no such key. */
const struct model_codec *model_codec_find(struct slice key);
/** Eats the next of "g722, alaw"; NULL at the end. Unknown ones are skipped. */
const struct model_codec *model_codec_take(struct slice *list);
/** Known codecs separated by commas, none twice; empty is fine. */
bool model_codecs_ok(struct slice list);

/* What the list may hold, for texts that people read. */
#define MODEL_CODEC_KEYS                                                                           \
	"opus, g722, alaw, ulaw, g729, gsm, l16, g723, g726, ilbc, speex, h261, h263, h263p, "     \
	"h264, h265, vp8, vp9, av1"

#endif
