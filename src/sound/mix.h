/*
 * Voices on top of each other. Sums are 32 bit wide, so that one voice can be taken out again
 * exactly; what goes out bends softly where it would not fit into 16 bits, instead of being cut.
 * Pure.
 */
#ifndef SOUND_MIX_H
#define SOUND_MIX_H

#include <stddef.h>
#include <stdint.h>

enum { MIX_GAIN_ONE = 4096, MIX_GAIN_MAX_DB = 24 };

/** n samples, added to the sum. */
void mix_add(int32_t *sum, const int16_t *pcm, size_t n);
/** The sum, without one of its voices; NULL: all of it. */
void mix_take(int16_t *out, const int32_t *sum, const int16_t *without, size_t n);
/** In place; gain in units of 1/MIX_GAIN_ONE. */
void mix_gain(int16_t *pcm, size_t n, int32_t gain);
/** Of decibels, MIX_GAIN_MAX_DB at most; under -60: nothing is left. */
int32_t mix_gain_of_db(int db);

#endif
