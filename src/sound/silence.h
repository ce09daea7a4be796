/*
 * Which parts of what somebody says need not be sent (silence suppression): pauses, of which only
 * the noise is described now and then (comfort.h). Whether there is voice is judged by level.h,
 * which hears it from its first packet on and hangs over after its last one; what is loud is never
 * left out, whatever it is: tones and music are no noise. Pure.
 */
#ifndef SOUND_SILENCE_H
#define SOUND_SILENCE_H

#include "sound/comfort.h"
#include "sound/level.h"

enum {
	SILENCE_AGAIN_MIN_MS = 200, /* noise that has changed is not told sooner */
	SILENCE_AGAIN_MAX_MS = 1000,
};

enum silence_verdict {
	SILENCE_VOICE,	 /* is to be sent as it is */
	SILENCE_NOISE,	 /* its description is to be sent */
	SILENCE_NOTHING, /* the last description still holds */
};

struct silence {
	struct level level;
	struct comfort_meter meter;
	uint32_t after_loud_ms;
	bool resting;				    /* the last verdict was none of voice */
	uint32_t told_ms;			    /* ago */
	unsigned char payload[COMFORT_PAYLOAD_MAX]; /* the last description */
	size_t n_payload;
};

void silence_init(struct silence *s);
/** About the next packet: n samples, ms of them. */
enum silence_verdict silence_judge(struct silence *s, const int16_t *pcm, size_t n, uint32_t ms);

#endif
