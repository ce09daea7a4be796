/*
 * A stretch of voice made shorter or longer by one period of its pitch: what plays a stream uses it
 * to follow a clock that runs differently, without a click and without another pitch (WSOLA). Pure.
 */
#ifndef SOUND_STRETCH_H
#define SOUND_STRETCH_H

#include <stddef.h>
#include <stdint.h>

enum { STRETCH_MIN_MS = 20, STRETCH_PERIOD_MAX_MS = 10 };

/** Takes a period out of n samples (STRETCH_MIN_MS at least); returns how many are left. */
size_t stretch_shorten(int16_t *pcm, size_t n, uint32_t rate_hz);
/** Says a period twice; there must be room for STRETCH_PERIOD_MAX_MS more. Returns how many they
 *  are then. */
size_t stretch_lengthen(int16_t *pcm, size_t n, uint32_t rate_hz);

#endif
