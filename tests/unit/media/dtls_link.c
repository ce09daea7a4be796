#include "dtls_link.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/time.h>

/* What libssl and libcrypto have of the heap. */
size_t heap_bytes;
struct net net;

static void *
ssl_malloc(size_t n, const char *file, int line)
{
	void *p = malloc(n);

	heap_bytes += malloc_usable_size(p);
	return p;
}

static void
ssl_free(void *p, const char *file, int line)
{
	heap_bytes -= malloc_usable_size(p);
	free(p);
}

static void *
ssl_realloc(void *p, size_t n, const char *file, int line)
{
	heap_bytes -= malloc_usable_size(p);
	p = realloc(p, n);
	heap_bytes += malloc_usable_size(p);
	return p;
}

/* The clock of libssl. */
int
gettimeofday(struct timeval *tv, void *tz)
{
	tv->tv_sec = (time_t)(net.now_us / SECOND_US);
	tv->tv_usec = (suseconds_t)(net.now_us % SECOND_US);
	return 0;
}

/* ---- the network ---- */

void
put(struct end *to, struct slice bytes)
{
	assert_in_range(net.n, 0, QUEUE_MAX - 1);
	assert_in_range(bytes.n, 1, sizeof net.queue[0].bytes);
	net.queue[net.n].to = to;
	net.queue[net.n].n = bytes.n;
	memcpy(net.queue[net.n++].bytes, bytes.p, bytes.n);
}

void
put_garbage(struct end *to)
{
	unsigned char bytes[100];

	rng_fill(&net.rng, bytes, sizeof bytes);
	bytes[0] = (unsigned char)(20 + rng_below(&net.rng, 44));
	put(to, slice_make(bytes, 1 + rng_below(&net.rng, sizeof bytes)));
}

void
on_send(void *ctx, struct slice bytes)
{
	struct end *from = ctx, *to = &net.end[from == &net.end[0]];

	assert_in_range(bytes.n, 1, DTLS_DATAGRAM_MAX_BYTES);
	assert_true(dtls_is(bytes));
	from->sent++;
	from->sent_bytes += bytes.n;
	from->largest = bytes.n > from->largest ? bytes.n : from->largest;
	if (net.garbage)
		put_garbage(to);
	if (net.sent++ == net.lost)
		return;
	put(to, bytes);
	if (net.doubled)
		put(to, bytes);
}

/* OpenSSL alone: its BIO glues records together, here each becomes a datagram. */
void
raw_flush(struct end *e)
{
	unsigned char record[2048];

	while (BIO_pending(SSL_get_wbio(e->ssl)) >= 13) {
		int n;

		assert_int_equal(BIO_read(SSL_get_wbio(e->ssl), record, 13), 13);
		n = record[11] << 8 | record[12];
		assert_in_range(n, 0, sizeof record - 13);
		assert_int_equal(BIO_read(SSL_get_wbio(e->ssl), record + 13, n), n);
		on_send(e, slice_make(record, (size_t)n + 13));
	}
}

void
raw_step(struct end *e)
{
	char data[64];
	int r = SSL_do_handshake(e->ssl);

	if (r == 1)
		r = SSL_read(e->ssl, data, sizeof data);
	r = SSL_get_error(e->ssl, r);
	e->ended |= r == SSL_ERROR_ZERO_RETURN || r == SSL_ERROR_SSL;
	raw_flush(e);
}

void
deliver(void)
{
	static unsigned char bytes[2048];
	size_t i = net.reversed ? net.n - 1 : 0, n = net.queue[i].n;
	struct end *to = net.queue[i].to;

	memcpy(bytes, net.queue[i].bytes, n);
	memmove(&net.queue[i], &net.queue[i + 1], (--net.n - i) * sizeof net.queue[0]);
	if (to->dtls) {
		dtls_packet(to->dtls, slice_make(bytes, n), net.now_us, on_send, to);
	} else {
		BIO_write(SSL_get_rbio(to->ssl), bytes, (int)n);
		raw_step(to);
	}
}

static bool
is_settled(const struct end *e)
{
	return e->dtls ? dtls_state(e->dtls) != DTLS_HANDSHAKING
		       : e->ended || SSL_is_init_finished(e->ssl);
}

static uint64_t
due_us(const struct end *e)
{
	struct timeval left;

	if (e->dtls)
		return dtls_due_us(e->dtls, net.now_us);
	return DTLSv1_get_timeout(e->ssl, &left) == 1
		   ? net.now_us + (uint64_t)left.tv_sec * SECOND_US + (uint64_t)left.tv_usec
		   : UINT64_MAX;
}

void
on_timer(struct end *e)
{
	if (e->dtls) {
		dtls_on_timer(e->dtls, net.now_us, on_send, e);
	} else {
		(void)DTLSv1_handle_timeout(e->ssl);
		raw_flush(e);
	}
}

/* Until nothing more can happen, or both know how it ends. */
void
run(void)
{
	for (unsigned steps = 0; steps < 1000; steps++) {
		uint64_t a = due_us(&net.end[0]), b = due_us(&net.end[1]), next = a < b ? a : b;

		while (net.n)
			deliver();
		if (is_settled(&net.end[0]) && is_settled(&net.end[1]))
			return;
		a = due_us(&net.end[0]);
		b = due_us(&net.end[1]);
		next = a < b ? a : b;
		if (next == UINT64_MAX)
			return;
		assert_true(next >= net.now_us);
		net.now_us = next;
		if (a <= next)
			on_timer(&net.end[0]);
		if (b <= next)
			on_timer(&net.end[1]);
	}
	fail_msg("it never ends");
}

/* ---- ends ---- */

void
open_identity(struct end *e, bool active, const char *profiles)
{
	e->active = active;
	assert_int_equal(dtls_identity_new(&e->identity), ERR_OK);
	e->fingerprint = *dtls_identity_fingerprint(e->identity);
	if (profiles)
		assert_int_equal(SSL_CTX_set_tlsext_use_srtp(e->identity->ctx, profiles), 0);
}

void
open_dtls(struct end *e, const struct sdp_fingerprint *peer)
{
	assert_int_equal(dtls_new(e->identity, e->active, peer, net.now_us, &e->dtls), ERR_OK);
	assert_int_equal(dtls_state(e->dtls), DTLS_HANDSHAKING);
}

/* Two of ours; the first one is active. */
void
open_pair(const char *profiles, const char *other_profiles)
{
	open_identity(&net.end[0], true, profiles);
	open_identity(&net.end[1], false, other_profiles);
	open_dtls(&net.end[0], &net.end[1].fingerprint);
	open_dtls(&net.end[1], &net.end[0].fingerprint);
}

void
start(struct end *e)
{
	if (e->dtls)
		dtls_start(e->dtls, on_send, e);
	else
		raw_step(e);
}

static int
any_certificate(X509_STORE_CTX *chain, void *unused)
{
	X509_STORE_CTX_set_error(chain, X509_V_OK);
	return 1;
}

X509 *
make_certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();

	assert_true(x && key && X509_set_version(x, X509_VERSION_3));
	assert_true(X509_gmtime_adj(X509_getm_notBefore(x), -100000));
	assert_true(X509_gmtime_adj(X509_getm_notAfter(x), -1000)); /* nobody looks at it */
	assert_true(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
	    (const unsigned char *)"WebRTC", -1, -1, 0));
	assert_true(X509_set_issuer_name(x, X509_get_subject_name(x)));
	assert_true(X509_set_pubkey(x, key) && X509_sign(x, key, EVP_sha256()));
	return x;
}

/* A peer of OpenSSL alone; takes the key. */
static void
open_raw(struct end *e, bool active, EVP_PKEY *key, const char *profiles, int version)
{
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	e->active = active;
	e->ctx = SSL_CTX_new(DTLS_method());
	assert_true(e->ctx && in && out);
	SSL_CTX_set_cipher_list(e->ctx, "ALL:@SECLEVEL=0"); /* only for DTLS 1.0 */
	SSL_CTX_set_min_proto_version(e->ctx, version);
	SSL_CTX_set_max_proto_version(e->ctx, version);
	SSL_CTX_set_options(e->ctx, SSL_OP_NO_QUERY_MTU);
	SSL_CTX_set_verify(e->ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(e->ctx, any_certificate, NULL);
	if (profiles)
		assert_int_equal(SSL_CTX_set_tlsext_use_srtp(e->ctx, profiles), 0);
	if (key) {
		X509 *x = make_certificate(key);

		assert_int_equal(SSL_CTX_use_certificate(e->ctx, x), 1);
		assert_int_equal(SSL_CTX_use_PrivateKey(e->ctx, key), 1);
		e->fingerprint.hash = SDP_HASH_SHA_256;
		assert_true(dtls_digest(x, SDP_HASH_SHA_256, e->fingerprint.bytes));
		X509_free(x);
		EVP_PKEY_free(key);
	}
	e->ssl = SSL_new(e->ctx);
	assert_non_null(e->ssl);
	BIO_set_mem_eof_return(in, -1);
	BIO_set_mem_eof_return(out, -1);
	SSL_set_bio(e->ssl, in, out);
	SSL_set_mtu(e->ssl, 1200);
	if (active)
		SSL_set_connect_state(e->ssl);
	else
		SSL_set_accept_state(e->ssl);
}

/* Ours is the first one. */
void
open_with_raw(bool active, EVP_PKEY *key, const char *profiles, int version)
{
	open_identity(&net.end[0], active, NULL);
	if (version == DTLS1_VERSION) /* so that no rule but ours refuses it */
		SSL_CTX_set_security_level(net.end[0].identity->ctx, 0);
	open_raw(&net.end[1], !active, key, profiles, version);
	if (!key)
		net.end[1].fingerprint = net.end[0].fingerprint;
	open_dtls(&net.end[0], &net.end[1].fingerprint);
}

int
setup(void **state)
{
	memset(&net, 0, sizeof net);
	net.lost = NEVER;
	net.now_us = (uint64_t)BEGAN_S * SECOND_US;
	rng_init_seed(&net.rng, 1);
	return 0;
}

int
teardown(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		/* A connection may outlive what it is from. */
		dtls_identity_free(net.end[i].identity);
		dtls_free(net.end[i].dtls);
		SSL_free(net.end[i].ssl);
		SSL_CTX_free(net.end[i].ctx);
		net.end[i] = (struct end){0};
	}
	net.n = 0;
	return 0;
}

void
again(void)
{
	teardown(NULL);
	setup(NULL);
}

bool
count_heap(void)
{
	return CRYPTO_set_mem_functions(ssl_malloc, ssl_realloc, ssl_free) == 1;
}
