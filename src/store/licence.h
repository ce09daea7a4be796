/*
 * Licences (SRV-11): how many users, phones, lines and groups there may be. A licence is a text
 * that somebody has signed; without one nothing is limited.
 *
 * The text is a JWS in compact form (RFC 7515) with an Ed25519 signature (RFC 8037): header with
 * alg "EdDSA" and kid, the first 16 hex digits of the SHA-256 of the raw public key; payload with
 * number, customer, valid_until (ISO 8601, may be absent) and seats ({"users": 50, ...}; what is
 * not named is not limited). tools/licence makes keys and licences.
 *
 * It is checked when it is written (entity "licence"), and its seats when a row is made. Its end
 * stops nothing. Management threads.
 */
#ifndef STORE_LICENCE_H
#define STORE_LICENCE_H

#include "store/store.h"

/** Whose licences are taken: a public key as PEM. Before other threads start. ERR_INVALID: it is no
 *  Ed25519 key. Without this call none are taken. */
ERR_MUST_CHECK enum err store_set_licence_key(struct store *s, const char *pem);
/** Number and end of the licence that is installed; 0 = none, or it has no end. */
ERR_MUST_CHECK enum err store_licence_end(
    struct store *s, char *number, size_t number_bytes, int64_t *end_ms);

#endif
