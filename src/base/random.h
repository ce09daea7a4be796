/*
 * Random numbers as something that is passed in: the daemon gives the system's
 * source (unpredictable; tags, branches, nonces depend on it), a simulation a
 * seeded one, so that a failure can be replayed. One rng belongs to one thread.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "base/buf.h"

struct rng {
	bool seeded; /* true: reproducible xoshiro256**, never for secrets */
	uint64_t state[4];
	unsigned char pool[256]; /* unused system randomness */
	size_t left;
};

/** System source; aborts the process if the kernel has no randomness. */
void rng_init_system(struct rng *r);
void rng_init_seed(struct rng *r, uint64_t seed);
void rng_fill(struct rng *r, void *out, size_t n);
uint64_t rng_u64(struct rng *r);
/** Uniform in 0 … below-1; below > 0. */
uint32_t rng_below(struct rng *r, uint32_t below);
/** Appends n lower-case hex digits (tags, branches, Call-IDs). n <= 64. */
void rng_token(struct rng *r, struct buf *b, size_t n);

#endif
