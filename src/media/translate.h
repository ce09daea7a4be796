/*
 * What shall become of the packets that one side of a stream sends, where the other side speaks
 * something else: one route for each payload type. Part of media.h's interface.
 */
#ifndef MEDIA_TRANSLATE_H
#define MEDIA_TRANSLATE_H

#include "sound/codec.h"

enum { MEDIA_ROUTES_MAX = 6 };

/* The same codec: the payload passes under another number; CODEC_NONE twice: so does one that
 * we do not know. Two voice codecs: it is transcoded. Two clocks of keys: they are rewritten. */
struct media_route {
	uint8_t pt_in, pt_out;
	uint8_t codec_in, codec_out; /* enum codec */
};

/* n_routes 0: every packet passes untouched. Else what has no route is dropped. */
struct media_translation {
	struct media_route route[MEDIA_ROUTES_MAX];
	uint8_t n_routes;
	uint8_t ptime_ms; /* of packets made here; 0 = the usual */
};

#endif
