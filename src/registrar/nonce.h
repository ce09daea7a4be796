/*
 * Nonces for digest challenges (RFC 7616, 3.3), stateless to give out: a time and a random
 * salt, signed with a key that lives as long as the process. Only a nonce that was used
 * with success is remembered, with its window of counters (nc), so that a request seen
 * on the wire cannot be sent again; strangers cannot fill that memory.
 *
 * A value of its owner (struct auth). No I/O, no clock.
 */
#ifndef REGISTRAR_NONCE_H
#define REGISTRAR_NONCE_H

#include "base/random.h"

enum {
	NONCE_TEXT_BYTES = 56, /* time 16, salt 8, signature 32 hex digits */
	NONCE_KEY_BYTES = 32,
	NONCE_WAYS = 4,
};

struct nonce_used {
	uint64_t hash;	     /* of the nonce; 0 = free */
	uint64_t expires_ms; /* when it is worthless anyway */
	uint32_t nc_max;     /* highest counter seen */
	uint64_t seen;	     /* bit n: nc_max - n was used */
};

struct nonces {
	unsigned char key[NONCE_KEY_BYTES];
	struct nonce_used *used; /* sets of NONCE_WAYS */
	size_t sets;		 /* a power of two */
};

/** Remembers at least used_max nonces. ERR_NOMEM. */
ERR_MUST_CHECK enum err nonces_init(struct nonces *n, struct rng *rng, size_t used_max);
void nonces_fini(struct nonces *n);
/** Appends NONCE_TEXT_BYTES characters. */
void nonce_write(struct nonces *n, struct rng *rng, uint64_t now_ms, struct buf *b);
/** ERR_OK: ours and not too old. ERR_TIMEOUT: ours, too old. ERR_DENIED: not ours. */
ERR_MUST_CHECK enum err nonce_check(
    const struct nonces *n, struct slice text, uint64_t now_ms, uint64_t lifetime_ms);
/** Marks the counter as used; 1 for requests without qop. ERR_EXISTS: it was used before, or
 *  is too far behind to know. A full set forgets its oldest nonce. */
ERR_MUST_CHECK enum err nonce_use(
    struct nonces *n, struct slice text, uint32_t nc, uint64_t now_ms, uint64_t lifetime_ms);

#endif
