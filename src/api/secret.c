#include "api/secret_int.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

void
secret_sha256(const void *bytes, size_t n, unsigned char hash[32])
{
	SHA256(bytes, n, hash);
}

bool
secret_random(void *out, size_t n)
{
	return RAND_bytes(out, (int)n) == 1;
}

bool
secret_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

bool
secret_hmac_sha1(const void *key, size_t key_n, const void *bytes, size_t n, unsigned char mac[20])
{
	return HMAC(EVP_sha1(), key, (int)key_n, bytes, n, mac, NULL) != NULL;
}
