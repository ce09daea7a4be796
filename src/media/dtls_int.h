/*
 * Keys of encrypted voice by DTLS (DTLS-SRTP: RFC 5763, 5764), by OpenSSL, without sockets:
 * datagrams and times come in, datagrams go out through a function of the caller.
 *
 * An identity is a certificate that lives as long as the process; its fingerprint stands in our
 * descriptions. Any number of connections share it, on any threads, and may outlive it. A
 * connection belongs to one thread. The peer's certificate must have the fingerprint that its
 * description says; nothing else about it matters (RFC 5763, 5).
 *
 * The caller lets only packets of the peer's address in (ICE knows it): there is no cookie
 * exchange. Without one answer the server sends its flight at most ten times.
 *
 * Time: OpenSSL measures by its own clock when a flight must be sent again, and cannot be given
 * another. dtls_due_us says when that is, dtls_on_timer sends it again when OpenSSL finds its time
 * over, and nothing else sends without a packet. The limit of the handshake is by now_us alone.
 *
 * DTLS 1.2 only; no renegotiation, no resumption.
 */
#ifndef MEDIA_DTLS_INT_H
#define MEDIA_DTLS_INT_H

#include "media/srtp.h"
#include "sip/sdp_dtls.h"

enum {
	DTLS_HANDSHAKE_MAX_US = 30 * 1000 * 1000,
	DTLS_DATAGRAM_MAX_BYTES = 1200,
	DTLS_WHY_BYTES = 96,
};

struct dtls_identity;
struct dtls;

enum dtls_state {
	DTLS_HANDSHAKING,
	DTLS_DONE,   /* there are keys */
	DTLS_CLOSED, /* by one of both; the keys stay */
	DTLS_FAILED, /* dtls_why */
};

/* One datagram to the peer. */
typedef void dtls_send_fn(void *ctx, struct slice datagram);

/** Makes a key and a certificate. ERR_NOMEM, ERR_UNSUPPORTED (the library lacks something). */
ERR_MUST_CHECK enum err dtls_identity_new(struct dtls_identity **out);
void dtls_identity_free(struct dtls_identity *identity);
/** SHA-256. */
const struct sdp_fingerprint *dtls_identity_fingerprint(const struct dtls_identity *identity);

/** Is a datagram on a media port DTLS (RFC 7983)? */
bool dtls_is(struct slice datagram);

/** active: we begin (dtls_start). peer: what its certificate must have. ERR_INVALID: no hash;
 *  ERR_NOMEM. */
ERR_MUST_CHECK enum err dtls_new(const struct dtls_identity *identity, bool active,
    const struct sdp_fingerprint *peer, uint64_t now_us, struct dtls **out);
void dtls_free(struct dtls *d);
/** Sends the first flight of an active one; does nothing else. Once. */
void dtls_start(struct dtls *d, dtls_send_fn *send, void *ctx);
/** Any bytes. What must be said to them is sent before it returns. */
void dtls_packet(
    struct dtls *d, struct slice datagram, uint64_t now_us, dtls_send_fn *send, void *ctx);
/** When dtls_on_timer is of use; UINT64_MAX = never. Changes with every call here. */
uint64_t dtls_due_us(const struct dtls *d, uint64_t now_us);
void dtls_on_timer(struct dtls *d, uint64_t now_us, dtls_send_fn *send, void *ctx);
/** Tells the peer that it is over, when it was done. */
void dtls_close(struct dtls *d, dtls_send_fn *send, void *ctx);

enum dtls_state dtls_state(const struct dtls *d);
/** In words, when it failed; else empty. Never secrets. */
const char *dtls_why(const struct dtls *d);
/** From DTLS_DONE on; before, no protection. */
const struct media_protection *dtls_keys(const struct dtls *d);

#endif
