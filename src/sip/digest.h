/*
 * Digest access authentication (RFC 7616, RFC 8760): MD5, SHA-256 and their
 * qop=auth. Pure functions for any thread; nonces are the business of whoever
 * challenges. A hash the crypto library refuses is written as "" and matches nothing.
 */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include "base/buf.h"

enum sip_digest_algorithm { SIP_DIGEST_MD5, SIP_DIGEST_SHA256, SIP_DIGEST_N };

enum { SIP_DIGEST_HEX_MAX = 65 }; /* 32 bytes in hex and the NUL */

/* An Authorization or WWW-Authenticate value, views into it. */
struct sip_digest {
	struct slice username, realm, nonce, uri, response, cnonce, opaque, qop;
	enum sip_digest_algorithm algorithm;
	uint32_t nc;	      /* 0 when there is no qop */
	struct slice nc_text; /* as written: this is what was hashed; may be empty for writing */
	bool stale;
	bool unsupported; /* an algorithm or qop we do not know */
};

/** ERR_MALFORMED: not a Digest value, no nonce, a parameter twice, or qop without
 *  nc and cnonce. */
ERR_MUST_CHECK enum err sip_digest_parse(struct sip_digest *out, struct slice value);
/** HA1 = H(user:realm:password) as lower-case hex with NUL. */
void sip_digest_ha1(enum sip_digest_algorithm alg, struct slice user, struct slice realm,
    struct slice password, char out[SIP_DIGEST_HEX_MAX]);
/** The response value expected for these credentials and method (constant HA1 hex). */
void sip_digest_response(const struct sip_digest *d, struct slice ha1_hex, struct slice method,
    char out[SIP_DIGEST_HEX_MAX]);
/** Compares in constant time. */
bool sip_digest_verify(const struct sip_digest *d, struct slice ha1_hex, struct slice method);
/** `Digest realm="…", nonce="…", algorithm=…, qop="auth"[, stale=true]`, no CR LF. */
void sip_digest_write_challenge(struct buf *b, enum sip_digest_algorithm alg, struct slice realm,
    struct slice nonce, bool stale);
/** The other side of it, as phones do it: credentials for a challenge that was received,
 *  no CR LF. */
void sip_digest_write_credentials(struct buf *b, const struct sip_digest *challenge,
    struct slice user, struct slice ha1_hex, struct slice method, struct slice uri,
    struct slice cnonce, uint32_t nc);

#endif
