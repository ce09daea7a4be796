/*
 * Payloads of one sender into samples at the rate that is wanted, whatever codec he speaks, and
 * what stands for those that are not there: concealment of lost ones, and comfort noise in his
 * pauses, as he has described it (RFC 3389) or as his codec makes it (Opus, G.729 annex B). Media
 * thread of the stream; packets allocate nothing, but the first of a codec does.
 */
#ifndef MEDIA_UNPACKER_INT_H
#define MEDIA_UNPACKER_INT_H

#include "sound/coder.h"
#include "sound/comfort.h"
#include "sound/resample.h"

/* What is heard in a pause. */
enum unpacker_rest { UNPACKER_AWAKE, UNPACKER_NOISE, UNPACKER_CODEC };

struct unpacker {
	enum codec codec;	/* CODEC_NONE: nothing is ready */
	uint32_t hz, wanted_hz; /* of what the decoder makes, and of what is wanted */
	struct decoder *decoder;
	struct resampler *resampler; /* NULL: not needed */
	enum unpacker_rest rest;     /* since the last payload */
	struct comfort_noise noise;
};

void unpacker_init(struct unpacker *u);
/** Forgets the codec. */
void unpacker_drop(struct unpacker *u);
/** False: no memory, or no voice codec; then nothing is ready. */
bool unpacker_ready(struct unpacker *u, enum codec codec, uint32_t wanted_hz);
/** A payload of the codec that is ready. Returns its samples at hz; 0: it is broken. */
size_t unpacker_decode(struct unpacker *u, struct slice payload, int16_t pcm[CODER_SAMPLES_MAX]);
/** A payload of comfort noise: it is heard until there is voice. wanted_hz: as long as there was
 *  none, samples have this rate. False: broken. */
bool unpacker_describe(
    struct unpacker *u, enum codec noise, struct slice payload, uint32_t wanted_hz);
/** n samples at hz for packets that are lost; next as in coder.h. */
void unpacker_conceal(struct unpacker *u, struct slice next, int16_t *pcm, size_t n);
/** n samples at hz of the pause. */
void unpacker_rest(struct unpacker *u, int16_t *pcm, size_t n);
/** As wanted: at most cap samples; the rest of them is lost. Returns how many. */
size_t unpacker_fit(struct unpacker *u, const int16_t *pcm, size_t n, int16_t *out, size_t cap);

#endif
