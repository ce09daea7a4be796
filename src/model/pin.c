#include "model/pin.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/random.h"

enum { SALT_HEX = 32, DIGEST_HEX = 64, DIGEST_BYTES = 32 };

static const struct slice mark = SLICE("pin1$");

static bool
digest(struct slice salt, struct slice pin, char hex[DIGEST_HEX + 1])
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (!HMAC(
		EVP_sha256(), salt.p, (int)salt.n, (const unsigned char *)pin.p, pin.n, out, &n) ||
	    n != DIGEST_BYTES)
		return false;
	for (unsigned i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", out[i]);
	return true;
}

enum err
pin_hash(struct slice pin, char out[PIN_HASH_BYTES])
{
	char hex[DIGEST_HEX + 1];
	struct rng rng;
	struct buf b;

	rng_init_system(&rng);
	buf_init(&b, out, PIN_HASH_BYTES - 1);
	buf_put(&b, mark);
	rng_token(&rng, &b, SALT_HEX);
	if (!digest(slice_make(out + mark.n, SALT_HEX), pin, hex))
		return ERR_NOMEM;
	buf_char(&b, '$');
	buf_cstr(&b, hex);
	out[b.n] = '\0';
	return buf_ok(&b) ? ERR_OK : ERR_TOO_BIG;
}

static bool
is_hex(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!s.p[i] || !strchr("0123456789abcdef", s.p[i]))
			return false;
	return true;
}

static bool
is_hash(struct slice hash)
{
	return hash.n == mark.n + SALT_HEX + 1 + DIGEST_HEX && slice_starts(hash, mark) &&
	       hash.p[mark.n + SALT_HEX] == '$' && is_hex(slice_make(hash.p + mark.n, SALT_HEX)) &&
	       is_hex(slice_from(hash, mark.n + SALT_HEX + 1));
}

bool
pin_hash_ok(const char *hash)
{
	return is_hash(slice_cstr(hash));
}

bool
pin_fits(struct slice hash, struct slice pin)
{
	char hex[DIGEST_HEX + 1];

	return is_hash(hash) && digest(slice_make(hash.p + mark.n, SALT_HEX), pin, hex) &&
	       CRYPTO_memcmp(hex, hash.p + hash.n - DIGEST_HEX, DIGEST_HEX) == 0;
}
