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

#endif
