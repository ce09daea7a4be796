/*
 * Two ends of DTLS, ours or OpenSSL alone, on a network that loses, doubles and reorders, in
 * virtual time: libssl asks the gettimeofday of this program.
 */
#ifndef TEST_DTLS_LINK_H
#define TEST_DTLS_LINK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "media/dtls_ssl_int.h"

enum { QUEUE_MAX = 64, NEVER = 1000, BEGAN_S = 1700000000, SECOND_US = 1000000 };

/* One end: ours, or OpenSSL alone. */
struct end {
	struct dtls_identity *identity;
	struct dtls *dtls;
	SSL_CTX *ctx;
	SSL *ssl;
	struct sdp_fingerprint fingerprint;
	bool active, ended;
	size_t sent, sent_bytes, largest;
};

extern struct net {
	struct end end[2];
	struct {
		struct end *to;
		size_t n;
		unsigned char bytes[2048];
	} queue[QUEUE_MAX];
	size_t n, sent, lost; /* the number of the one that is lost */
	bool doubled, reversed, garbage;
	struct rng rng;
	uint64_t now_us;
} net;

/* What libssl and libcrypto have of the heap, once count_heap was called before anything else. */
extern size_t heap_bytes;
bool count_heap(void);

/** The network as it is at the beginning; frees both ends. */
int setup(void **state);
int teardown(void **state);
void again(void);

/** A datagram on its way to an end. */
void put(struct end *to, struct slice bytes);
void put_garbage(struct end *to);
/** ctx: the end that sends. */
void on_send(void *ctx, struct slice bytes);
/** The oldest one arrives, or the newest when they are reversed. */
void deliver(void);
/** Until nothing more can happen, or both know how it ends. */
void run(void);
void on_timer(struct end *e);

/** profiles: NULL = as they are. */
void open_identity(struct end *e, bool active, const char *profiles);
void open_dtls(struct end *e, const struct sdp_fingerprint *peer);
/** Two of ours; the first one is active. */
void open_pair(const char *profiles, const char *other_profiles);
/** Ours and a peer of OpenSSL alone; takes its key, NULL = it has no certificate. */
void open_with_raw(bool active, EVP_PKEY *key, const char *profiles, int version);
void start(struct end *e);
/** Gives the peer of OpenSSL its turn; and sends what it has said. */
void raw_step(struct end *e);
void raw_flush(struct end *e);
/** Signed by itself, and too old; the caller frees it. */
X509 *make_certificate(EVP_PKEY *key);

#endif
