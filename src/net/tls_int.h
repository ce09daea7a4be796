/*
 * Private to net/: TLS as a layer of a connection. A session reads ciphertext that it is
 * given and appends what is to be sent to an out_buf; it never touches a socket, so nothing
 * in here can block.
 */
#ifndef NET_TLS_INT_H
#define NET_TLS_INT_H

#include <openssl/ssl.h>

#include "net/out_buf.h"
#include "net/tls.h"

enum { TLS_PLAIN_BYTES = 16384 }; /* the largest record */

struct net_tls {
	size_t refs; /* sessions, and the net that has it; one thread once it is in use */
	SSL_CTX *server[NET_TLS_CERTIFICATES_MAX];
	size_t server_n;
	SSL_CTX *client;
};

/* What people are told of a certificate; see struct net_peer. */
struct tls_shown {
	char subject[128], issuer[128];
	int64_t until_s;
};

struct tls_session {
	SSL *ssl;
	struct net_tls *tls;
	struct slice in;	 /* ciphertext not yet read; borrowed during tls_session_take */
	struct out_buf *out;	 /* of the stream below */
	char *name;		 /* whom we expect, NULL = anybody */
	SSL_SESSION *resumable;	 /* the newest ticket of a server, NULL = none yet */
	struct tls_shown *shown; /* by a server whose name we expect, NULL = nothing yet */
	bool established, failed;
	char why[96]; /* why it failed, for the log; never secrets */
};

struct net_tls *tls_ref(struct net_tls *t);
void tls_unref(struct net_tls *t);

/** A session on our side of an accepted connection. ERR_NOMEM. */
ERR_MUST_CHECK enum err tls_session_accept(
    struct tls_session **out, struct net_tls *t, struct out_buf *sink);
/** As a client. name (may be empty): host name or IP address the peer's certificate must have,
 *  sent as SNI; without one the certificate is not looked at. resume: a session of before, may
 *  be NULL. */
ERR_MUST_CHECK enum err tls_session_connect(struct tls_session **out, struct net_tls *t,
    struct out_buf *sink, struct slice name, SSL_SESSION *resume);
void tls_session_free(struct tls_session *s);
/** Sends the first flight of a client. */
void tls_session_start(struct tls_session *s);
/**
 * Gives ciphertext in and takes plaintext out, a piece at a time: call it with the same
 * slice until it says otherwise. ERR_OK: *n bytes are in plain (0: the handshake is done).
 * ERR_INCOMPLETE: all eaten. ERR_CLOSED: the peer has ended it in order. ERR_DENIED: handshake
 * or record failed, s->why says why; what is in the sink (an alert) should still be sent.
 */
ERR_MUST_CHECK enum err tls_session_take(
    struct tls_session *s, struct slice *in, char plain[TLS_PLAIN_BYTES], size_t *n);
/** Encrypts into the sink. ERR_WRONG_STATE: not established. */
ERR_MUST_CHECK enum err tls_session_write(struct tls_session *s, struct slice plain);
/** The closing alert goes into the sink. */
void tls_session_end(struct tls_session *s);

#endif
