/* A tape of 8 kHz to record test sounds on: keys, pairs of sines, silence, noise, codecs. */
#ifndef TESTS_SOUND_TAPE_H
#define TESTS_SOUND_TAPE_H

#include "base/random.h"
#include "sound/codec.h"
#include "sound/tones.h"

enum { TAPE_RATE_HZ = 8000, TAPE_MS = TAPE_RATE_HZ / 1000 };

struct tape {
	int16_t *pcm;
	size_t n, room;
};

void tape_free(struct tape *t);
/** Empty again, keeps its memory. */
void tape_rewind(struct tape *t);
void tape_silence(struct tape *t, size_t samples);
/** A key with its ramps; samples from edge to edge, at half height. */
void tape_key(struct tape *t, char digit, size_t samples, float level_dbm0);
/** Two sines (0 Hz: none), level_dbm0 of each, with hard edges. */
void tape_pair(
    struct tape *t, double hz, double level_dbm0, double hz2, double level2_dbm0, size_t samples);
/** A tone of the network. */
void tape_tone(struct tape *t, const char *country, enum tone tone, size_t samples);
/** Vowels, as voice_make. */
void tape_voice(struct tape *t, size_t samples);
/** Adds white noise of this power to all that is there. */
void tape_add_noise(struct tape *t, double level_dbm0, struct rng *rng);
/** Adds a sine to all that is there. */
void tape_add_sine(struct tape *t, double hz, double level_dbm0);
/** Through a codec of 8 kHz, in packets of 20 ms; the tape becomes whole packets. */
void tape_through(struct tape *t, enum codec codec);

#endif
