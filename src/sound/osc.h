/*
 * Sines for tones and keys: a phase of 32 bits to a turn, so that it stays exact for hours, and a
 * polynomial in place of a table (error below -100 dB). Pure.
 *
 * Levels are in dBm0. ITU-T G.711 puts a sine of full scale at +3.14 dBm0 (A-law) or +3.17 dBm0
 * (u-law); here full scale of int16_t is +3.14 dBm0 for both, 0.03 dB is nothing to hear.
 */
#ifndef SOUND_OSC_INT_H
#define SOUND_OSC_INT_H

#include <stddef.h>
#include <stdint.h>

enum {
	OSC_RATE_MIN_HZ = 8000,
	OSC_RATE_MAX_HZ = 48000,
	OSC_RAMP_US = 2500, /* how long an edge takes: shorter ones click */
};

static const float OSC_FULL_SCALE_DBM0 = 3.14F;

struct osc {
	uint32_t phase, step; /* turns * 2^32; step: a sample */
	float amplitude;      /* peak, of int16_t */
};

/** Keeps the phase, so that a change of tone makes no step. */
void osc_set(struct osc *o, double hz, uint32_t rate_hz, float amplitude);
/** The peak of a sine of this level. */
float osc_amplitude(float level_dbm0);
/** Samples of an edge. */
uint32_t osc_ramp_samples(uint32_t rate_hz);
/** A raised cosine, 0 … 1, for at = 0 … ramp. */
float osc_ramp(uint32_t at, uint32_t ramp);
/** Rounded and kept in range. */
int16_t osc_sample(float v);

/** sin(2 pi phase / 2^32). */
static inline float
osc_sin(uint32_t phase)
{
	/* fold the second and third quarter onto the others, where the sine rises */
	uint32_t folded = (phase + 0x40000000U) & 0x80000000U ? 0x80000000U - phase : phase;
	float x = (float)(int32_t)folded / 1073741824.0F, xx = x * x;

	return x * (1.57079633F +
		       xx * (-0.64596410F +
				xx * (0.07969263F + xx * (-0.00468175F + xx * 0.00016044F))));
}

static inline float
osc_next(struct osc *o)
{
	float v = o->amplitude * osc_sin(o->phase);

	o->phase += o->step;
	return v;
}

#endif
