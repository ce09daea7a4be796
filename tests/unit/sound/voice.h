/* Something like a voice to send through codecs, and how much of it is left at the other end. */
#ifndef TESTS_MEDIA_VOICE_H
#define TESTS_MEDIA_VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Vowels with a wandering pitch between 100 and 180 Hz, in syllables; wide: with esses up to 7
 * kHz. The same every time, at every rate. */
void voice_make(int16_t *pcm, size_t n, uint32_t rate_hz, bool wide);

struct voice_heard {
	double correlation; /* 1 = the same, at the best delay */
	double delay_ms;
};

/** heard against said, of one rate; looks for delays up to max_ms. Leaves out the first 100 ms. */
struct voice_heard voice_compare(
    const int16_t *said, const int16_t *heard, size_t n, uint32_t rate_hz, double max_ms);
/** Largest jump between neighbours, beyond what said has: a click. */
int voice_largest_step(const int16_t *pcm, size_t n);
/** Share of the energy above cut_hz, 0 … 1. */
double voice_share_above(const int16_t *pcm, size_t n, uint32_t rate_hz, double cut_hz);

#endif
