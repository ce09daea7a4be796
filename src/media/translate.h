/*
 * What shall become of the packets that one side of a stream sends, where the other side speaks
 * something else: one route for each payload type. Part of media.h's interface.
 */
#ifndef MEDIA_TRANSLATE_H
#define MEDIA_TRANSLATE_H

#include "sound/codec.h"

enum { MEDIA_ROUTES_MAX = 6 };

/* How keys (DTMF) travel. */
enum media_keys {
	MEDIA_KEYS_PASS,   /* as the routes say; both ways or none */
	MEDIA_KEYS_EVENTS, /* packets of their own, RFC 4733 */
	MEDIA_KEYS_TONES,  /* in the voice */
	MEDIA_KEYS_TOLD,   /* by signalling: media_stream_key, MEDIA_EV_KEY */
};

/* The same codec: the payload passes under another number; CODEC_NONE twice: so does one that
 * we do not know. Two voice codecs: it is transcoded. Two clocks of keys: they are rewritten.
 * Comfort noise into voice: the noise is made here. */
struct media_route {
	uint8_t pt_in, pt_out;
	uint8_t codec_in, codec_out; /* enum codec */
};

/* n_routes 0: every packet passes untouched. Else what has no route is dropped. Where keys are
 * converted there is a route for voice; events that come have routes to CODEC_NONE. */
struct media_translation {
	struct media_route route[MEDIA_ROUTES_MAX];
	uint8_t n_routes;
	uint8_t ptime_ms;	   /* of packets made here; 0 = the usual */
	uint8_t keys_in, keys_out; /* enum media_keys */
	uint8_t key_pt, key_codec; /* MEDIA_KEYS_EVENTS out: CODEC_EVENT_… */
	/* How the listener wants pauses of voice that is encoded here: as comfort noise
	 * (CODEC_NOISE_…; CODEC_NONE: he has not asked for it), and where the codec has a way of
	 * its own to leave them out, that way. */
	uint8_t noise_pt, noise_codec;
	bool leave_pauses_out;
};

#endif
