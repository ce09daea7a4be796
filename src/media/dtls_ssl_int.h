/* What the files about DTLS share of OpenSSL; nobody else in this room sees it. */
#ifndef MEDIA_DTLS_SSL_INT_H
#define MEDIA_DTLS_SSL_INT_H

#include <openssl/ssl.h>

#include "media/dtls_int.h"

struct dtls_identity {
	SSL_CTX *ctx;
	struct sdp_fingerprint fingerprint;
};

/** Asks the connection (its application data) whether it expects this certificate. */
int dtls_verify(X509_STORE_CTX *chain, void *unused);
/** The first byte of a digest's value to the last; false: no memory. */
bool dtls_digest(X509 *certificate, enum sdp_hash hash, uint8_t out[SDP_HASH_BYTES_MAX]);

#endif
