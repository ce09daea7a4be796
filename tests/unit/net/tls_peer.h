/* The other side of a TLS connection: OpenSSL on a socket that does not block, which runs the
 * harness's loop while it waits. */
#ifndef TESTS_UNIT_NET_TLS_PEER_H
#define TESTS_UNIT_NET_TLS_PEER_H

#include <openssl/ssl.h>

#include "certs.h"

struct tls_peer {
	int fd;
	SSL_CTX *ctx;
	SSL *ssl;
};

/** A client for a connected socket, before its handshake: set what the test wants on ssl. */
void tls_peer_client(struct tls_peer *p, int fd);
/** A server that shows this certificate. */
void tls_peer_server(struct tls_peer *p, int fd, const struct cert *cert);
/** Runs the handshake to its end. True: established; false: it failed. */
bool tls_peer_shake(struct tls_peer *p);
void tls_peer_send(struct tls_peer *p, struct slice bytes);
/** Reads exactly expected. */
void tls_peer_expect(struct tls_peer *p, struct slice expected);
/** Reads until the other side ends it; true: in order, with close_notify. */
bool tls_peer_expect_end(struct tls_peer *p);
/** The common name of the certificate that was shown. */
const char *tls_peer_name(struct tls_peer *p, char text[64]);
void tls_peer_free(struct tls_peer *p);

#endif
