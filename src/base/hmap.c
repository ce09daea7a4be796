#include "base/hmap.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

static struct {
	uint64_t k0, k1;
	pthread_once_t once;
	bool fixed;
} secret = {.once = PTHREAD_ONCE_INIT};

void
hmap_init(struct hmap *m)
{
	*m = (struct hmap){0};
}

void
hmap_fini(struct hmap *m)
{
	free(m->bucket);
	hmap_init(m);
}

static bool
resize(struct hmap *m, size_t buckets)
{
	struct hnode **fresh = calloc(buckets, sizeof(struct hnode *));

	if (!fresh)
		return false;
	for (size_t i = 0; m->bucket && i <= m->mask; i++) {
		struct hnode *n = m->bucket[i];

		while (n) {
			struct hnode *next = n->next;
			struct hnode **slot = &fresh[n->hash & (buckets - 1)];

			n->next = *slot;
			*slot = n;
			n = next;
		}
	}
	free(m->bucket);
	m->bucket = fresh;
	m->mask = buckets - 1;
	return true;
}

enum err
hmap_put(struct hmap *m, struct hnode *n, uint64_t hash)
{
	if (!m->bucket && !resize(m, 16))
		return ERR_NOMEM;
	if (m->count > m->mask)
		(void)resize(m, (m->mask + 1) * 2);
	n->hash = hash;
	n->next = m->bucket[hash & m->mask];
	m->bucket[hash & m->mask] = n;
	m->count++;
	return ERR_OK;
}

void
hmap_remove(struct hmap *m, struct hnode *n)
{
	struct hnode **at = &m->bucket[n->hash & m->mask];

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	n->next = NULL;
	m->count--;
}

struct hnode *
hmap_next(const struct hnode *n, uint64_t hash)
{
	struct hnode *it = n->next;

	while (it && it->hash != hash)
		it = it->next;
	return it;
}

struct hnode *
hmap_first(const struct hmap *m, uint64_t hash)
{
	struct hnode *n = m->bucket ? m->bucket[hash & m->mask] : NULL;

	return !n || n->hash == hash ? n : hmap_next(n, hash);
}

struct hnode *
hmap_each(const struct hmap *m, const struct hnode *after)
{
	size_t i = 0;

	if (!m->bucket)
		return NULL;
	if (after) {
		if (after->next)
			return after->next;
		i = (after->hash & m->mask) + 1;
	}
	for (; i <= m->mask; i++)
		if (m->bucket[i])
			return m->bucket[i];
	return NULL;
}

static void
draw_secret(void)
{
	uint64_t k[2] = {0x5374726f77676572ull, 0x1891ull};

	if (secret.fixed)
		return;
	if (getrandom(k, sizeof k, 0) != sizeof k)
		k[1] ^= (uint64_t)(uintptr_t)&k; /* address layout is better than nothing */
	secret.k0 = k[0];
	secret.k1 = k[1];
}

void
hash_seed(uint64_t k0, uint64_t k1)
{
	secret.k0 = k0;
	secret.k1 = k1;
	secret.fixed = true;
}

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static inline void
sip_round(uint64_t v[4])
{
	v[0] += v[1], v[1] = ROTL(v[1], 13) ^ v[0], v[0] = ROTL(v[0], 32);
	v[2] += v[3], v[3] = ROTL(v[3], 16) ^ v[2];
	v[0] += v[3], v[3] = ROTL(v[3], 21) ^ v[0];
	v[2] += v[1], v[1] = ROTL(v[1], 17) ^ v[2], v[2] = ROTL(v[2], 32);
}

/* SipHash-1-3, Aumasson and Bernstein: 1 round a word, 3 at the end. */
uint64_t
hash_bytes(struct slice s)
{
	uint64_t v[4], word, last = (uint64_t)s.n << 56;
	size_t at = 0;

	pthread_once(&secret.once, draw_secret);
	v[0] = secret.k0 ^ 0x736f6d6570736575ull;
	v[1] = secret.k1 ^ 0x646f72616e646f6dull;
	v[2] = secret.k0 ^ 0x6c7967656e657261ull;
	v[3] = secret.k1 ^ 0x7465646279746573ull;
	for (; at + 8 <= s.n; at += 8) {
		memcpy(&word, s.p + at, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	for (size_t i = 0; at + i < s.n; i++)
		last |= (uint64_t)(unsigned char)s.p[at + i] << (8 * i);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
