/*
 * Over whom a call came: Diversion (RFC 5806) and History-Info (RFC 7044), read from lines
 * and written for phones and lines when a call was redirected. Reduced to what both have in
 * common: who redirected and why, the last one first. Addresses of others do not pass: of
 * each URI only the number is kept. Private to call/. Pure functions.
 */
#ifndef CALL_DIVERSION_H
#define CALL_DIVERSION_H

#include "call/identity.h"

enum { DIVERSIONS_MAX = 5 };

/* Words of Diversion; History-Info has causes (RFC 4458). */
enum diversion_reason {
	DIVERSION_UNKNOWN,
	DIVERSION_ALWAYS,
	DIVERSION_BUSY,
	DIVERSION_NO_ANSWER,
	DIVERSION_UNAVAILABLE,
	DIVERSION_DEFLECTION,
};

struct diversion {
	struct identity by; /* who redirected; hidden as he asked */
	enum diversion_reason reason;
};

/** From an INVITE: Diversion when there, else History-Info. The last redirection comes first.
 *  Returns how many; what cannot be read is left out. */
size_t diversion_read(const struct sip_msg *req, struct diversion out[DIVERSIONS_MAX]);
/** Both headers for a call to called, for such a peer; nothing when n is 0. */
void diversion_write(struct buf *b, const struct diversion *d, size_t n, struct slice called,
    enum identity_trust to, const struct addr *host);

#endif
