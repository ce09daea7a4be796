/*
 * Digest for requests we send: what a 401 or 407 asks and what we answer to it (RFC 3261,
 * 22.2 and 22.3; RFC 7616; RFC 8760).
 *
 * struct sip_client_auth remembers the last challenge of each realm of one peer (a provider
 * line), so that later requests authenticate at once, counting nc. struct sip_auth_try
 * belongs to one request with all its repetitions and ends a loop with a peer that never is
 * content. Both are values without heap and without secrets; credentials come from the
 * caller each time and are neither kept nor logged. One thread at a time; no I/O, no clock,
 * no random numbers of its own.
 */
#ifndef SIP_CLIENT_AUTH_H
#define SIP_CLIENT_AUTH_H

#include "sip/digest.h"
#include "sip/msg.h"

enum {
	SIP_AUTH_REALMS_MAX = 4,      /* of one peer; more: the oldest is forgotten */
	SIP_AUTH_ROUNDS_MAX = 6,      /* challenges one request follows */
	SIP_AUTH_CHALLENGES_MAX = 16, /* looked at in one response */
	SIP_AUTH_TEXT_MAX = 512,      /* a realm, nonce or opaque; longer challenges are skipped */
};

struct sip_credentials {
	struct slice username;
	/* Either the password … */
	struct slice password;
	/* … or its digests for this realm, hex; an empty one cannot answer its algorithm. */
	struct slice ha1[SIP_DIGEST_N];
	/* The only realm that is answered; empty (with a password only) = any. */
	struct slice realm;
};

/* The last challenge of a realm. */
struct sip_challenge {
	char realm[SIP_AUTH_TEXT_MAX], nonce[SIP_AUTH_TEXT_MAX], opaque[SIP_AUTH_TEXT_MAX];
	char qop[8]; /* "auth" as it was written, or "" */
	uint16_t realm_n, nonce_n, opaque_n, qop_n;
	uint8_t algorithm; /* enum sip_digest_algorithm */
	bool proxy;	   /* came in a 407: Proxy-Authorization */
	uint32_t nc;	   /* how often this nonce was used */
};

struct sip_client_auth {
	struct sip_challenge challenge[SIP_AUTH_REALMS_MAX]; /* oldest first */
	uint8_t n;
};

/* All zeroes at the beginning, as sip_client_auth. */
struct sip_auth_try {
	uint8_t rounds, n_answered;
	uint64_t answered[SIP_AUTH_REALMS_MAX]; /* hashes of realms challenged in this try */
};

/**
 * Takes the challenges of a 401 or 407 to a request of this try: of each realm the strongest
 * algorithm we have credentials for; AKA, MD5-sess, auth-int and other things we do not
 * speak are skipped. ERR_OK: send the request again with the next CSeq. ERR_DENIED: the
 * peer refuses what we can offer (a realm refused the answer to its own challenge, or too
 * many rounds). ERR_UNSUPPORTED: nothing in it that we could answer. After an error the
 * remembered challenges of the realms that refused are forgotten.
 */
ERR_MUST_CHECK enum err sip_client_auth_on_challenge(struct sip_client_auth *a,
    struct sip_auth_try *t, const struct sip_msg *resp, const struct sip_credentials *c);

/**
 * Writes the Authorization and Proxy-Authorization lines (each with CR LF) that the
 * remembered challenges ask for; nothing when there are none. Counts nc. method is the
 * name on the wire, uri the Request-URI; cnonce: fresh random token, used when qop asks
 * for it.
 */
void sip_client_auth_write(struct sip_client_auth *a, struct buf *b,
    const struct sip_credentials *c, struct slice method, struct slice uri, struct slice cnonce);

#endif
