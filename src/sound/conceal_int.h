/*
 * Sound in place of what got lost, for codecs that have none of their own: the last pitch period
 * goes on, quieter and quieter, and the first good samples are faded in (after ITU-T G.711
 * appendix I, at any rate and without its delay). Pure.
 */
#ifndef SOUND_CONCEAL_INT_H
#define SOUND_CONCEAL_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONCEAL_RATE_MAX_HZ = 48000, CONCEAL_HISTORY_MS = 50 };

struct conceal {
	uint32_t rate_hz;
	bool lost;
	size_t period; /* samples */
	size_t made;   /* samples, since the loss began */
	int32_t step;  /* between what was heard last and where the period begins */
	int16_t history[CONCEAL_RATE_MAX_HZ / 1000 * CONCEAL_HISTORY_MS];
	int16_t loop[CONCEAL_RATE_MAX_HZ / 1000 * CONCEAL_HISTORY_MS / 2];
};

/** rate_hz: CONCEAL_RATE_MAX_HZ at most. */
void conceal_init(struct conceal *c, uint32_t rate_hz);
/** Samples that came; after a loss the first few are changed. */
void conceal_heard(struct conceal *c, int16_t *pcm, size_t n);
/** Makes samples for what did not come. */
void conceal_fill(struct conceal *c, int16_t *pcm, size_t n);

#endif
