/*
 * Digest credentials of the load generators' phones (MD5, RFC 7616): the nonce a phone knows, used
 * with the next count as real phones do.
 */
#ifndef BENCH_PROOF_H
#define BENCH_PROOF_H

#include "load.h"

enum { PROOF_MAX = 1024 };

struct proof {
	char nonce[160], realm[64];
	uint32_t nc;
};

/** Takes the MD5 challenge of a 401. */
void proof_take(struct proof *p, const char *message);
/** The Authorization line, or nothing when no nonce is known yet. */
void proof_write(char out[PROOF_MAX], struct proof *p, const char *user, const char *password,
    const char *method, const char *uri);

#endif
