/* From one sample rate to another, by libspeexdsp. Keeps what filters need between calls. */
#ifndef SOUND_RESAMPLE_H
#define SOUND_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct resampler;

/** ERR_NOMEM. */
ERR_MUST_CHECK enum err resampler_new(uint32_t from_hz, uint32_t to_hz, struct resampler **out);
void resampler_free(struct resampler *r);
/** All n samples; returns how many were written, cap at most (the rest is lost: give room). */
size_t resampler_run(struct resampler *r, const int16_t *in, size_t n, int16_t *out, size_t cap);
/** Forgets what was heard. The next sample that comes out is that of the next one that goes in:
 * what the filter would be late by is left out, so resampler_tail has to follow at the end. */
void resampler_restart(struct resampler *r);
/** Samples of silence that bring out the last ones, at the rate that goes in. */
size_t resampler_tail(const struct resampler *r);

#endif
