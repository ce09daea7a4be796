/*
 * Changes inputs at random, as libFuzzer does but without looking at coverage: what replay.c
 * makes of the seeds when it has time. One thread; owns nothing.
 */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include "base/random.h"

/** An input that is being changed; bytes has room for cap, of which n are used. */
struct fuzz_input {
	uint8_t *bytes;
	size_t n, cap;
};

/** Makes a few changes to in: bits, bytes, ranges gone, doubled, moved; numbers and lines of text;
 *  pieces of other, which is another input (may be the same, may be empty). */
void fuzz_mutate(struct fuzz_input *in, struct slice other, struct rng *rng);

#endif
