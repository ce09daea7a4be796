/* The little cryptography of this room: the only file of api/ that knows OpenSSL. Any thread. */
#ifndef API_SECRET_INT_H
#define API_SECRET_INT_H

#include <stdbool.h>
#include <stddef.h>

void secret_sha256(const void *bytes, size_t n, unsigned char hash[32]);
/** False: OpenSSL refuses. */
bool secret_hmac_sha1(
    const void *key, size_t key_n, const void *bytes, size_t n, unsigned char mac[20]);
/** False when the system has no random numbers. */
bool secret_random(void *out, size_t n);
/** Takes the same time wherever the difference is. */
bool secret_equal(const void *a, const void *b, size_t n);

#endif
