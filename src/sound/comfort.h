/*
 * Comfort noise (RFC 3389): what stands for the sound of a pause that is not sent. A payload has
 * the level of the noise, in dB below the overload point (dBov: a square wave of full scale), and
 * may have its spectrum, as reflection coefficients of an all-pole filter.
 *
 * comfort_noise makes noise from payloads; comfort_meter makes payloads from noise. Both work at
 * the rate of the samples that they are given: coefficients mean the rate at which they were
 * measured. Pure; nothing is allocated.
 */
#ifndef SOUND_COMFORT_H
#define SOUND_COMFORT_H

#include "base/slice.h"

enum {
	COMFORT_ORDER_MAX = 10, /* coefficients that are heeded; more change nothing one hears */
	COMFORT_ORDER = 8,	/* that are sent */
	COMFORT_PAYLOAD_MAX = 1 + COMFORT_ORDER,
	COMFORT_LEVEL_MAX = 127, /* -dBov: silence */
};

struct comfort_noise {
	uint32_t random;
	uint32_t at; /* samples made */
	float rms, rms_wanted;
	float k[COMFORT_ORDER_MAX], k_wanted[COMFORT_ORDER_MAX];
	float cosine[COMFORT_ORDER_MAX]; /* that belongs to k */
	float back[COMFORT_ORDER_MAX];	 /* of the lattice */
};

/** The same seed and payloads make the same noise. Silence, until a payload is taken. */
void comfort_noise_init(struct comfort_noise *c, uint32_t seed);
/** How it sounds from now on; it glides there in some milliseconds. Any bytes; false: none, nothing
 *  changes. spectrum: false: only the level counts. */
bool comfort_noise_take(struct comfort_noise *c, struct slice payload, bool spectrum);
void comfort_noise_make(struct comfort_noise *c, int16_t *pcm, size_t n);

struct comfort_meter {
	bool known;
	float r[COMFORT_ORDER + 1]; /* autocorrelation, a sample, forgetting */
};

void comfort_meter_init(struct comfort_meter *m);
/** n samples of noise, some milliseconds. */
void comfort_meter_hear(struct comfort_meter *m, const int16_t *pcm, size_t n);
/** Returns the bytes of the payload. */
size_t comfort_meter_say(const struct comfort_meter *m, unsigned char out[COMFORT_PAYLOAD_MAX]);

#endif
