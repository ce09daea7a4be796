#include "tls_peer.h"

#include "harness.h"

#include <fcntl.h>
#include <unistd.h>

#include <openssl/err.h>

enum { PATIENCE = 5000 /* turns of the loop */ };

static void
begin(struct tls_peer *p, int fd, const SSL_METHOD *method)
{
	p->fd = fd;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	p->ctx = SSL_CTX_new(method);
	assert_non_null(p->ctx);
}

void
tls_peer_client(struct tls_peer *p, int fd)
{
	begin(p, fd, TLS_client_method());
	p->ssl = SSL_new(p->ctx);
	SSL_set_fd(p->ssl, fd);
	SSL_set_connect_state(p->ssl);
}

void
tls_peer_server(struct tls_peer *p, int fd, const struct cert *cert)
{
	begin(p, fd, TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(p->ctx, cert->x), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(p->ctx, cert->key), 1);
	p->ssl = SSL_new(p->ctx);
	SSL_set_fd(p->ssl, fd);
	SSL_set_accept_state(p->ssl);
}

/* True: try again. */
static bool
wait_for(struct tls_peer *p, int r)
{
	int why = SSL_get_error(p->ssl, r);

	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		return false;
	run_once();
	return true;
}

bool
tls_peer_shake(struct tls_peer *p)
{
	for (int i = 0; i < PATIENCE; i++) {
		int r;

		ERR_clear_error();
		r = SSL_do_handshake(p->ssl);
		if (r == 1)
			return true;
		if (!wait_for(p, r))
			return false;
	}
	return false;
}

void
tls_peer_send(struct tls_peer *p, struct slice bytes)
{
	for (int i = 0; i < PATIENCE; i++) {
		int r;

		ERR_clear_error();
		r = SSL_write(p->ssl, bytes.p, (int)bytes.n);
		if (r == (int)bytes.n)
			return;
		assert_true(wait_for(p, r));
	}
	fail();
}

void
tls_peer_expect(struct tls_peer *p, struct slice expected)
{
	static char got[65536];
	size_t n = 0;

	for (int i = 0; n < expected.n && i < PATIENCE; i++) {
		int r;

		ERR_clear_error();
		r = SSL_read(p->ssl, got + n, (int)(expected.n - n));
		if (r > 0)
			n += (size_t)r;
		else
			assert_true(wait_for(p, r));
	}
	assert_int_equal(n, expected.n);
	assert_memory_equal(got, expected.p, n);
}

bool
tls_peer_expect_end(struct tls_peer *p)
{
	for (int i = 0; i < PATIENCE; i++) {
		char c[512];
		int r;

		ERR_clear_error();
		r = SSL_read(p->ssl, c, sizeof c);
		if (r <= 0 && !wait_for(p, r))
			return SSL_get_error(p->ssl, r) == SSL_ERROR_ZERO_RETURN;
	}
	fail();
	return false;
}

const char *
tls_peer_name(struct tls_peer *p, char text[64])
{
	X509 *x = SSL_get0_peer_certificate(p->ssl);

	assert_non_null(x);
	X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, text, 64);
	return text;
}

void
tls_peer_free(struct tls_peer *p)
{
	SSL_free(p->ssl);
	SSL_CTX_free(p->ctx);
	if (p->fd >= 0)
		close(p->fd);
}
