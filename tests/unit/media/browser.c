#include "browser.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

enum { WAIT_MS = 200 };

/* ---- keys ---- */

static int
believe(X509_STORE_CTX *chain, void *ctx)
{
	return 1;
}

static void
make_identity(struct browser *b)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	unsigned int n = SDP_HASH_BYTES_MAX;

	assert_non_null(key);
	assert_non_null(x);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	b->ctx = SSL_CTX_new(DTLS_method());
	assert_int_equal(SSL_CTX_use_certificate(b->ctx, x), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(b->ctx, key), 1);
	SSL_CTX_set_verify(b->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(b->ctx, believe, NULL);
	assert_int_equal(SSL_CTX_set_tlsext_use_srtp(b->ctx, "SRTP_AES128_CM_SHA1_80"), 0);
	b->says.peer.hash = SDP_HASH_SHA_256;
	assert_int_equal(X509_digest(x, EVP_sha256(), b->says.peer.bytes, &n), 1);
	X509_free(x);
	EVP_PKEY_free(key);
}

static void
go_to(const struct phone *p, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	assert_int_equal(connect(p->fd[0], (struct sockaddr *)&to, sizeof to), 0);
}

void
browser_forget(struct browser *b)
{
	SSL_free(b->ssl);
	cipher_free(b->cipher);
	b->cipher = NULL;
	b->ssl = SSL_new(b->ctx);
	SSL_set_mtu(b->ssl, 1200);
	SSL_set_options(b->ssl, SSL_OP_NO_QUERY_MTU);
	SSL_set_bio(b->ssl, BIO_new_dgram(b->phone.fd[0], BIO_NOCLOSE),
	    BIO_new_dgram(b->phone.fd[0], BIO_NOCLOSE));
	BIO_ctrl(SSL_get_wbio(b->ssl), BIO_CTRL_DGRAM_SET_CONNECTED, 0,
	    &(struct sockaddr_in){.sin_family = AF_INET,
		.sin_port = htons(b->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)});
	if (b->says.active)
		SSL_set_accept_state(b->ssl);
	else
		SSL_set_connect_state(b->ssl);
}

void
browser_open(struct browser *b, uint16_t port, bool active)
{
	struct rng rng;

	memset(b, 0, sizeof *b);
	rng_init_system(&rng);
	phone_open(&b->phone, "127.0.0.1");
	b->port = port;
	go_to(&b->phone, port);
	b->says = (struct media_transport){.association = 1,
	    .active = !active,
	    .rtcp_mux = true,
	    .ice = true,
	    .peer_ufrag_bytes = 4,
	    .peer_ufrag = "brow"};
	ice_credentials_make(&b->says.ours, &rng);
	make_identity(b);
	browser_forget(b);
}

void
browser_close(struct browser *b)
{
	SSL_free(b->ssl);
	SSL_CTX_free(b->ctx);
	cipher_free(b->cipher);
	phone_close(&b->phone);
}

void
browser_moves(struct browser *b)
{
	struct phone other;

	phone_open(&other, "127.0.0.1");
	go_to(&other, b->port);
	phone_close(&b->phone);
	b->phone = other;
}

static bool
take_keys(struct browser *b)
{
	enum { KEY = 16, SALT = 14 };
	unsigned char m[2 * (KEY + SALT)];
	struct media_key client = {.suite = MEDIA_SUITE_CM_128_80}, server = client;

	if (SSL_export_keying_material(
		b->ssl, m, sizeof m, "EXTRACTOR-dtls_srtp", 19, NULL, 0, 0) != 1)
		return false;
	memcpy(client.bytes, m, KEY);
	memcpy(server.bytes, m + KEY, KEY);
	memcpy(client.bytes + KEY, m + 2 * KEY, SALT);
	memcpy(server.bytes + KEY, m + 2 * KEY + SALT, SALT);
	b->cipher =
	    cipher_new(b->says.active ? &(struct media_protection){.in = client, .out = server}
				      : &(struct media_protection){.in = server, .out = client});
	return true;
}

bool
browser_handshake(struct browser *b)
{
	for (int waited_ms = 0; waited_ms < DEADLINE_MS; waited_ms += WAIT_MS) {
		struct pollfd p = {.fd = b->phone.fd[0], .events = POLLIN};
		int r;

		ERR_clear_error();
		r = SSL_do_handshake(b->ssl);
		if (r == 1)
			return take_keys(b);
		if (SSL_get_error(b->ssl, r) != SSL_ERROR_WANT_READ)
			return false;
		poll(&p, 1, WAIT_MS);
	}
	return false;
}

/* ---- checks ---- */

static size_t
put(unsigned char *m, size_t n, unsigned type, const void *value, size_t value_bytes)
{
	m[n] = (unsigned char)(type >> 8);
	m[n + 1] = (unsigned char)type;
	m[n + 2] = 0;
	m[n + 3] = (unsigned char)value_bytes;
	memset(m + n + 4, 0, value_bytes + 3);
	memcpy(m + n + 4, value, value_bytes);
	n += 4 + (value_bytes + 3) / 4 * 4;
	m[2] = (unsigned char)((n - 20) >> 8);
	m[3] = (unsigned char)(n - 20);
	return n;
}

void
browser_check_from(struct browser *b, const struct phone *from, const char *pwd)
{
	unsigned char m[400] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
	unsigned char mac[20] = {0};
	char name[64];
	size_t n = 20;

	assert_int_equal(RAND_bytes(m + 8, 12), 1);
	memcpy(name, b->says.ours.ufrag, ICE_UFRAG_BYTES);
	memcpy(name + ICE_UFRAG_BYTES, ":brow", 5);
	n = put(m, n, 0x0006, name, ICE_UFRAG_BYTES + 5);
	n = put(m, n, 0x0024, "\x6e\0\1\xff", 4);
	n = put(m, n, 0x802a, "tiebreak", 8);
	n = put(m, n, 0x0025, "", 0);
	(void)put(m, n, 0x0008, mac, sizeof mac); /* its length counts */
	assert_non_null(HMAC(EVP_sha1(), pwd, ICE_PWD_BYTES, m, n, mac, NULL));
	n = put(m, n, 0x0008, mac, sizeof mac);
	phone_send(from, 0, b->port, slice_make(m, n));
}

void
browser_check(struct browser *b)
{
	browser_check_from(b, &b->phone, b->says.ours.pwd);
}

unsigned
browser_answer(const struct phone *at)
{
	unsigned char m[2048];

	assert_true(phone_receive(at, 0, m, sizeof m) >= 20);
	assert_true(m[0] < 4);
	return (unsigned)m[0] << 8 | m[1];
}

/* ---- voice ---- */

void
browser_send(struct browser *b, enum rtp_kind kind, struct slice plain)
{
	unsigned char packet[2048];
	size_t n = plain.n;

	memcpy(packet, plain.p, plain.n);
	assert_true(cipher_seal(b->cipher, kind, packet, &n));
	phone_send(&b->phone, 0, b->port, slice_make(packet, n));
}

void
browser_expect(struct browser *b, enum rtp_kind kind, struct slice plain)
{
	unsigned char got[2048];
	size_t n;

	do /* the last flight may have come twice */
		n = phone_receive(&b->phone, 0, got, sizeof got);
	while (got[0] >= 20 && got[0] < 64);
	assert_true(cipher_open(b->cipher, kind, got, &n));
	assert_int_equal(n, plain.n);
	assert_memory_equal(got, plain.p, n);
}
