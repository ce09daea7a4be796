#include "registrar/nonce.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/hmap.h"

enum { TIME_HEX = 16, SIGNED_BYTES = 24, SIGNATURE_BYTES = 16, WINDOW = 64 };

enum err
nonces_init(struct nonces *n, struct rng *rng, size_t used_max)
{
	size_t sets = 1;

	while (sets * NONCE_WAYS < used_max)
		sets *= 2;
	n->used = calloc(sets * NONCE_WAYS, sizeof *n->used);
	if (!n->used)
		return ERR_NOMEM;
	n->sets = sets;
	rng_fill(rng, n->key, sizeof n->key);
	return ERR_OK;
}

void
nonces_fini(struct nonces *n)
{
	free(n->used);
	OPENSSL_cleanse(n->key, sizeof n->key);
}

static void
sign(const struct nonces *n, const char *text, struct buf *b)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned mac_n = sizeof mac;

	HMAC(EVP_sha256(), n->key, sizeof n->key, (const unsigned char *)text, SIGNED_BYTES, mac,
	    &mac_n);
	buf_hex(b, mac, SIGNATURE_BYTES);
}

void
nonce_write(struct nonces *n, struct rng *rng, uint64_t now_ms, struct buf *b)
{
	char text[SIGNED_BYTES];
	struct buf t;

	buf_init(&t, text, sizeof text);
	for (int shift = 56; shift >= 0; shift -= 8) {
		unsigned char byte = (unsigned char)(now_ms >> shift);

		buf_hex(&t, &byte, 1);
	}
	rng_token(rng, &t, SIGNED_BYTES - TIME_HEX);
	buf_put(b, buf_slice(&t));
	sign(n, text, b);
}

static uint64_t
time_of(struct slice text)
{
	uint64_t ms = 0;

	for (size_t i = 0; i < TIME_HEX; i++) {
		char c = text.p[i];

		ms = ms << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return ms;
}

enum err
nonce_check(const struct nonces *n, struct slice text, uint64_t now_ms, uint64_t lifetime_ms)
{
	char expected[2 * SIGNATURE_BYTES];
	struct buf b;
	uint64_t given_ms;

	if (text.n != NONCE_TEXT_BYTES)
		return ERR_DENIED;
	buf_init(&b, expected, sizeof expected);
	sign(n, text.p, &b);
	if (CRYPTO_memcmp(expected, text.p + SIGNED_BYTES, sizeof expected) != 0)
		return ERR_DENIED;
	given_ms = time_of(text); /* what we signed is hex */
	return now_ms - given_ms > lifetime_ms ? ERR_TIMEOUT : ERR_OK;
}

static struct nonce_used *
find_or_replace(struct nonces *n, uint64_t hash, uint64_t now_ms)
{
	struct nonce_used *set = &n->used[(hash & (n->sets - 1)) * NONCE_WAYS], *oldest = set;

	for (size_t i = 0; i < NONCE_WAYS; i++) {
		if (set[i].hash == hash)
			return &set[i];
		if (set[i].hash && set[i].expires_ms < now_ms)
			set[i] = (struct nonce_used){0};
		if (set[i].expires_ms < oldest->expires_ms)
			oldest = &set[i];
	}
	*oldest = (struct nonce_used){.hash = hash};
	return oldest;
}

enum err
nonce_use(struct nonces *n, struct slice text, uint32_t nc, uint64_t now_ms, uint64_t lifetime_ms)
{
	uint64_t hash = hash_bytes(text) | 1; /* never 0 */
	struct nonce_used *u = find_or_replace(n, hash, now_ms);

	u->expires_ms = time_of(text) + lifetime_ms;
	if (nc > u->nc_max) {
		uint32_t ahead = nc - u->nc_max;

		u->seen = ahead < WINDOW ? u->seen << ahead : 0;
		u->seen |= 1;
		u->nc_max = nc;
		return ERR_OK;
	}
	if (u->nc_max - nc >= WINDOW || u->seen & 1ull << (u->nc_max - nc))
		return ERR_EXISTS;
	u->seen |= 1ull << (u->nc_max - nc);
	return ERR_OK;
}
