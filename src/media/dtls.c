/*
 * One connection. OpenSSL reads and writes through a BIO of ours that keeps datagrams apart: a
 * read is one datagram that came, a write is one that goes.
 *
 * The SSL object stays until it is over, for who sent the last flight must send it again when it
 * was lost, and both may say the end. But its buffers, half of it, go when there are keys, and
 * come back for the few packets after that.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "media/dtls_ssl_int.h"

enum {
	FIRST_WAIT_US = 500 * 1000, /* twice as long each time */
	LONGEST_WAIT_US = 4000 * 1000,
	UDP_OVERHEAD_BYTES = 48, /* over IPv6 */
	SALT_MAX = 14,
	KEY_MAX = 32,
	RECORD_HEAD_BYTES = 13,
	EPOCH_AT = 3,
	LENGTH_AT = 11,
	EARLY_MAX = 16,
	SEALED_MIN_BYTES = 24, /* nonce and tag of AES-GCM; AES-CBC has more */
};

struct dtls {
	SSL *ssl;
	enum dtls_state state;
	bool active;
	unsigned early; /* encrypted records before there were keys */
	uint64_t deadline_us;
	struct sdp_fingerprint peer;
	struct media_protection keys;
	char why[DTLS_WHY_BYTES];
	/* of the call that is running */
	struct slice in;
	bool in_there;
	dtls_send_fn *send;
	void *send_ctx;
};

static const struct {
	unsigned long profile;
	enum media_suite suite;
	size_t key_bytes, salt_bytes;
} suites[] = {
    {SRTP_AEAD_AES_128_GCM, MEDIA_SUITE_GCM_128, 16, 12},
    {SRTP_AEAD_AES_256_GCM, MEDIA_SUITE_GCM_256, 32, 12},
    {SRTP_AES128_CM_SHA1_80, MEDIA_SUITE_CM_128_80, 16, SALT_MAX},
};

static BIO_METHOD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- the BIO ---- */

/* What does not fit is lost, as with a socket. */
static int
bio_read(BIO *bio, char *to, size_t n, size_t *got)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (!d->in_there) {
		BIO_set_retry_read(bio);
		return 0;
	}
	*got = n < d->in.n ? n : d->in.n;
	memcpy(to, d->in.p, *got);
	d->in_there = false;
	return 1;
}

static int
bio_write(BIO *bio, const char *from, size_t n, size_t *written)
{
	struct dtls *d = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (d->send)
		d->send(d->send_ctx, slice_make(from, n));
	*written = n;
	return 1;
}

static long
bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	if (cmd == BIO_CTRL_FLUSH)
		return 1;
	return cmd == BIO_CTRL_DGRAM_GET_MTU_OVERHEAD ? UDP_OVERHEAD_BYTES : 0;
}

static void
make_method(void)
{
	method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "strowger datagrams");
	if (!method)
		return;
	BIO_meth_set_read_ex(method, bio_read);
	BIO_meth_set_write_ex(method, bio_write);
	BIO_meth_set_ctrl(method, bio_ctrl);
}

/* ---- beginning and end ---- */

bool
dtls_is(struct slice datagram)
{
	return datagram.n && (uint8_t)datagram.p[0] >= 20 && (uint8_t)datagram.p[0] <= 63;
}

/* Voice does not wait a second for a packet that was lost. */
static unsigned int
wait_after(SSL *ssl, unsigned int before_us)
{
	if (before_us == 0)
		return FIRST_WAIT_US;
	return before_us < LONGEST_WAIT_US / 2 ? before_us * 2 : LONGEST_WAIT_US;
}

static SSL *
session_new(SSL_CTX *ctx, struct dtls *d)
{
	SSL *ssl = SSL_new(ctx);
	BIO *bio;

	pthread_once(&once, make_method);
	bio = ssl && method ? BIO_new(method) : NULL;
	if (!bio) {
		SSL_free(ssl);
		return NULL;
	}
	BIO_set_data(bio, d);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	SSL_set_app_data(ssl, d);
	SSL_set_mtu(ssl, DTLS_DATAGRAM_MAX_BYTES);
	DTLS_set_timer_cb(ssl, wait_after);
	return ssl;
}

enum err
dtls_new(const struct dtls_identity *identity, bool active, const struct sdp_fingerprint *peer,
    uint64_t now_us, struct dtls **out)
{
	struct dtls *d;

	if (sdp_hash_bytes(peer->hash) == 0)
		return ERR_INVALID;
	d = calloc(1, sizeof *d);
	if (d)
		d->ssl = session_new(identity->ctx, d);
	if (!d || !d->ssl) {
		free(d);
		ERR_clear_error();
		return ERR_NOMEM;
	}
	d->active = active;
	d->peer = *peer;
	d->deadline_us = now_us + DTLS_HANDSHAKE_MAX_US;
	if (active)
		SSL_set_connect_state(d->ssl);
	else
		SSL_set_accept_state(d->ssl);
	*out = d;
	return ERR_OK;
}

void
dtls_free(struct dtls *d)
{
	if (!d)
		return;
	SSL_free(d->ssl);
	explicit_bzero(d, sizeof *d);
	free(d);
}

/* ---- who it is, and what is agreed ---- */

int
dtls_verify(X509_STORE_CTX *chain, void *unused)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct dtls *d = SSL_get_app_data(ssl);
	X509 *certificate = X509_STORE_CTX_get0_cert(chain);
	uint8_t value[SDP_HASH_BYTES_MAX];

	if (certificate && dtls_digest(certificate, d->peer.hash, value) &&
	    CRYPTO_memcmp(value, d->peer.bytes, sdp_hash_bytes(d->peer.hash)) == 0) {
		X509_STORE_CTX_set_error(chain, X509_V_OK);
		return 1;
	}
	snprintf(d->why, sizeof d->why, "the certificate has another fingerprint");
	X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static void
fail(struct dtls *d, const char *why)
{
	d->state = DTLS_FAILED;
	if (!d->why[0])
		snprintf(d->why, sizeof d->why, "%s", why);
}

static void
fail_by_library(struct dtls *d)
{
	unsigned long code = ERR_peek_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	fail(d, reason ? reason : "not DTLS");
}

/* RFC 5764, 4.2: the client's key, the server's, the client's salt, the server's. */
static bool
take_keys(struct dtls *d)
{
	unsigned char material[2 * (KEY_MAX + SALT_MAX)];
	struct media_key *of_client = d->active ? &d->keys.out : &d->keys.in;
	struct media_key *of_server = d->active ? &d->keys.in : &d->keys.out;
	SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(d->ssl);
	size_t i = 0, key, salt;

	while (chosen && i < sizeof suites / sizeof suites[0] && suites[i].profile != chosen->id)
		i++;
	if (!chosen || i == sizeof suites / sizeof suites[0]) {
		fail(d, "no encryption of voice in common");
		return false;
	}
	key = suites[i].key_bytes;
	salt = suites[i].salt_bytes;
	if (SSL_export_keying_material(d->ssl, material, 2 * (key + salt), "EXTRACTOR-dtls_srtp",
		strlen("EXTRACTOR-dtls_srtp"), NULL, 0, 0) != 1) {
		fail(d, "no keys");
		return false;
	}
	of_client->suite = of_server->suite = (uint8_t)suites[i].suite;
	memcpy(of_client->bytes, material, key);
	memcpy(of_server->bytes, material + key, key);
	memcpy(of_client->bytes + key, material + 2 * key, salt);
	memcpy(of_server->bytes + key, material + 2 * key + salt, salt);
	OPENSSL_cleanse(material, sizeof material);
	return true;
}

/* ---- the flow of datagrams ---- */

static void
handshake(struct dtls *d)
{
	int r = SSL_do_handshake(d->ssl);

	if (r == 1) {
		if (take_keys(d))
			d->state = DTLS_DONE;
	} else if (SSL_get_error(d->ssl, r) != SSL_ERROR_WANT_READ) {
		fail_by_library(d);
	}
}

/* Data are no business of a voice; flights that come again and the end are seen in passing. */
static void
read_all(struct dtls *d)
{
	char data[512];
	int r;

	while ((r = SSL_read(d->ssl, data, sizeof data)) > 0)
		;
	switch (SSL_get_error(d->ssl, r)) {
	case SSL_ERROR_WANT_READ: return;
	case SSL_ERROR_ZERO_RETURN: d->state = DTLS_CLOSED; return;
	default: fail_by_library(d); return;
	}
}

static unsigned
u16_at(const char *p)
{
	return (unsigned)(uint8_t)p[0] << 8 | (uint8_t)p[1];
}

/*
 * Two things that OpenSSL takes too seriously, before it looks who sent them. An encrypted record
 * that is too short to be one ends the connection (its ciphers call that an internal error);
 * nobody who has the keys sends such. One that comes before there are keys is kept with a buffer
 * of 17 KB, a hundred of them; of the right peer there are as many as it has sent its last flight.
 */
static bool
is_harmful(struct dtls *d, struct slice datagram)
{
	while (datagram.n >= RECORD_HEAD_BYTES) {
		size_t n = u16_at(datagram.p + LENGTH_AT);

		if (u16_at(datagram.p + EPOCH_AT) &&
		    (n < SEALED_MIN_BYTES ||
			(d->state == DTLS_HANDSHAKING && d->early++ >= EARLY_MAX)))
			return true;
		datagram = slice_from(datagram, RECORD_HEAD_BYTES + n);
	}
	return false;
}

/* False: no memory, as if the packet had been lost. */
static bool
begin(struct dtls *d, dtls_send_fn *send, void *ctx)
{
	ERR_clear_error();
	if (d->state != DTLS_HANDSHAKING && SSL_alloc_buffers(d->ssl) != 1)
		return false;
	d->send = send;
	d->send_ctx = ctx;
	return true;
}

static void
end(struct dtls *d)
{
	if (d->state == DTLS_DONE) {
		(void)SSL_free_buffers(d->ssl);
	} else if (d->state != DTLS_HANDSHAKING) {
		SSL_free(d->ssl);
		d->ssl = NULL;
	}
	d->in = SLICE("");
	d->in_there = false;
	d->send = NULL;
	ERR_clear_error();
}

void
dtls_start(struct dtls *d, dtls_send_fn *send, void *ctx)
{
	if (!d->active || d->state != DTLS_HANDSHAKING || !SSL_in_before(d->ssl) ||
	    !begin(d, send, ctx))
		return;
	handshake(d);
	end(d);
}

static bool
is_over(struct dtls *d, uint64_t now_us)
{
	if (d->state == DTLS_HANDSHAKING && now_us >= d->deadline_us) {
		fail(d, "the handshake takes too long");
		end(d);
	}
	return d->state == DTLS_FAILED || d->state == DTLS_CLOSED;
}

void
dtls_packet(struct dtls *d, struct slice datagram, uint64_t now_us, dtls_send_fn *send, void *ctx)
{
	if (!dtls_is(datagram) || is_over(d, now_us) || is_harmful(d, datagram) ||
	    !begin(d, send, ctx))
		return;
	d->in = datagram;
	d->in_there = true;
	if (d->state == DTLS_HANDSHAKING)
		handshake(d);
	/* Behind the last record of the handshake may stand others. */
	if (d->state == DTLS_DONE)
		read_all(d);
	end(d);
}

uint64_t
dtls_due_us(const struct dtls *d, uint64_t now_us)
{
	struct timeval left;
	uint64_t due_us;

	if (d->state != DTLS_HANDSHAKING)
		return UINT64_MAX;
	if (DTLSv1_get_timeout(d->ssl, &left) != 1)
		return d->deadline_us;
	due_us = now_us + (uint64_t)left.tv_sec * 1000000 + (uint64_t)left.tv_usec;
	return due_us < d->deadline_us ? due_us : d->deadline_us;
}

void
dtls_on_timer(struct dtls *d, uint64_t now_us, dtls_send_fn *send, void *ctx)
{
	if (is_over(d, now_us) || d->state != DTLS_HANDSHAKING || !begin(d, send, ctx))
		return;
	if (DTLSv1_handle_timeout(d->ssl) < 0)
		fail(d, "no answer");
	end(d);
}

void
dtls_close(struct dtls *d, dtls_send_fn *send, void *ctx)
{
	if (d->state != DTLS_DONE || !begin(d, send, ctx))
		return;
	(void)SSL_shutdown(d->ssl);
	d->state = DTLS_CLOSED;
	end(d);
}

enum dtls_state
dtls_state(const struct dtls *d)
{
	return d->state;
}

const char *
dtls_why(const struct dtls *d)
{
	return d->state == DTLS_FAILED ? d->why : "";
}

const struct media_protection *
dtls_keys(const struct dtls *d)
{
	return &d->keys;
}
