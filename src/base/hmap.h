/*
 * Intrusive hash map: nodes live in the objects, chains per bucket, grows by
 * doubling (amortised O(1); one growth of a million entries takes some ms).
 * Keys are the user's business: look up by hash, compare in the loop:
 *
 *	for (struct hnode *n = hmap_first(m, h); n; n = hmap_next(n, h))
 *		if (same(container_of(n, struct thing, node), key)) ...
 *
 * Keys that come from the network are hashed with hash_bytes, a SipHash under a
 * secret of this process, so that nobody can choose colliding keys.
 */
#ifndef BASE_HMAP_H
#define BASE_HMAP_H

#include "base/slice.h"

struct hnode {
	struct hnode *next;
	uint64_t hash;
};

struct hmap {
	struct hnode **bucket;
	size_t mask; /* buckets - 1, or 0 with bucket == NULL */
	size_t count;
};

void hmap_init(struct hmap *m);
/** Frees the buckets; nodes are the user's. */
void hmap_fini(struct hmap *m);
/** ERR_NOMEM only when the very first buckets cannot be had; later growth that
 *  fails just makes longer chains. Duplicates are allowed. */
ERR_MUST_CHECK enum err hmap_put(struct hmap *m, struct hnode *n, uint64_t hash);
/** n must be in m. */
void hmap_remove(struct hmap *m, struct hnode *n);
/** First node with this hash, NULL if none. */
struct hnode *hmap_first(const struct hmap *m, uint64_t hash);
/** Next node with the same hash. */
struct hnode *hmap_next(const struct hnode *n, uint64_t hash);
/** Walks all nodes in no order: pass NULL for the first. The node given may not
 *  have been removed. Cost O(buckets) for a whole walk. */
struct hnode *hmap_each(const struct hmap *m, const struct hnode *after);

/** SipHash-1-3 under the process secret. Same bytes, same value within a run. */
uint64_t hash_bytes(struct slice s);
/** Joins two hashes. */
static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
	return (a ^ (b + 0x9e3779b97f4a7c15ull + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdull;
}
/** Fixes the secret, for reproducible simulations. Before any other use. */
void hash_seed(uint64_t k0, uint64_t k1);

#endif
