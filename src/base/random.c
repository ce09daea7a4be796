#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void
rng_init_system(struct rng *r)
{
	*r = (struct rng){0};
}

static uint64_t
splitmix(uint64_t *x)
{
	uint64_t z = (*x += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

void
rng_init_seed(struct rng *r, uint64_t seed)
{
	*r = (struct rng){.seeded = true};
	for (int i = 0; i < 4; i++)
		r->state[i] = splitmix(&seed);
}

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static uint64_t
xoshiro(uint64_t s[4])
{
	uint64_t result = ROTL(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = ROTL(s[3], 45);
	return result;
}

static void
system_bytes(void *out, size_t n)
{
	char *p = out;

	while (n) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			fputs("strowger: the system gives no random numbers\n", stderr);
			abort();
		}
		p += got;
		n -= (size_t)got;
	}
}

static void
refill(struct rng *r)
{
	if (r->seeded) {
		for (size_t i = 0; i < sizeof r->pool; i += sizeof(uint64_t)) {
			uint64_t word = xoshiro(r->state);

			memcpy(r->pool + i, &word, sizeof word);
		}
	} else {
		system_bytes(r->pool, sizeof r->pool);
	}
	r->left = sizeof r->pool;
}

void
rng_fill(struct rng *r, void *out, size_t n)
{
	char *p = out;

	while (n) {
		size_t take;

		if (r->left == 0)
			refill(r);
		take = n < r->left ? n : r->left;
		memcpy(p, r->pool + sizeof r->pool - r->left, take);
		memset(r->pool + sizeof r->pool - r->left, 0, take); /* given out once */
		r->left -= take;
		p += take;
		n -= take;
	}
}

uint64_t
rng_u64(struct rng *r)
{
	uint64_t v;

	rng_fill(r, &v, sizeof v);
	return v;
}

uint32_t
rng_below(struct rng *r, uint32_t below)
{
	/* 64 bits reduced to 32: the bias is below 2^-32 */
	return (uint32_t)(((rng_u64(r) >> 32) * (uint64_t)below) >> 32);
}

void
rng_token(struct rng *r, struct buf *b, size_t n)
{
	unsigned char raw[32];
	char text[64];
	struct buf t;

	if (n > sizeof text)
		n = sizeof text;
	rng_fill(r, raw, (n + 1) / 2);
	buf_init(&t, text, sizeof text);
	buf_hex(&t, raw, (n + 1) / 2);
	buf_put(b, slice_make(text, n));
}
