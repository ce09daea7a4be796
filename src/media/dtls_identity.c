/* Who we are to peers of DTLS: a certificate that says nothing, and the rules of all
 * connections. */
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "media/dtls_ssl_int.h"

/* The certificate of a process lives longer than the process, and it began before a clock that is
 * a day late. */
enum { DAYS = 3650, SERIAL_BYTES = 16, CERTIFICATES_MAX_BYTES = 16 << 10 };

/* AES-GCM, and for old peers AES-CBC with SHA-1. No others: dtls.c knows how short a record of
 * these cannot be. Our key is one of elliptic curves; peers may have RSA. */
static const char ciphers[] = "ECDHE+AESGCM:ECDHE+AES+SHA1:!aNULL:!eNULL:!PSK:!SRP";
static const char profiles[] = "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80";

/* RFC 5280, 4.1.2.2: positive */
static bool
set_serial(X509 *x)
{
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *n;
	bool ok;

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
	n = BN_bin2bn(bytes, sizeof bytes, NULL);
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
	BN_free(n);
	return ok;
}

static bool
describe(X509 *x, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(x);

	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       X509_gmtime_adj(X509_getm_notBefore(x), -24L * 3600) &&
	       X509_time_adj_ex(X509_getm_notAfter(x), DAYS, 0, NULL) &&
	       X509_NAME_add_entry_by_txt(
		   name, "CN", MBSTRING_ASC, (const unsigned char *)"voice", -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x, name) == 1 && X509_set_pubkey(x, key) == 1 &&
	       X509_sign(x, key, EVP_sha256()) > 0;
}

bool
dtls_digest(X509 *certificate, enum sdp_hash hash, uint8_t out[SDP_HASH_BYTES_MAX])
{
	const EVP_MD *md = hash == SDP_HASH_SHA_256   ? EVP_sha256()
			   : hash == SDP_HASH_SHA_384 ? EVP_sha384()
			   : hash == SDP_HASH_SHA_512 ? EVP_sha512()
						      : NULL;
	unsigned char value[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!md || X509_digest(certificate, md, value, &n) != 1 || n != sdp_hash_bytes(hash))
		return false;
	memcpy(out, value, n);
	return true;
}

static bool
set_rules(SSL_CTX *ctx)
{
	/* With encrypt-then-MAC, OpenSSL ends a connection for any record that is forged. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_NO_RENEGOTIATION |
				     SSL_OP_NO_COMPRESSION | SSL_OP_NO_QUERY_MTU |
				     SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(ctx, CERTIFICATES_MAX_BYTES);
	/* Both show a certificate, and only its fingerprint counts. */
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, dtls_verify, NULL);
	return SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(ctx, DTLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, ciphers) == 1 &&
	       SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384") == 1 &&
	       SSL_CTX_set_tlsext_use_srtp(ctx, profiles) == 0; /* this one says 0 for success */
}

static bool
fill(struct dtls_identity *identity, EVP_PKEY *key, X509 *x)
{
	identity->fingerprint.hash = SDP_HASH_SHA_256;
	return describe(x, key) && set_rules(identity->ctx) &&
	       SSL_CTX_use_certificate(identity->ctx, x) == 1 &&
	       SSL_CTX_use_PrivateKey(identity->ctx, key) == 1 &&
	       dtls_digest(x, SDP_HASH_SHA_256, identity->fingerprint.bytes);
}

enum err
dtls_identity_new(struct dtls_identity **out)
{
	struct dtls_identity *identity = calloc(1, sizeof *identity);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	bool there, fine;

	if (identity)
		identity->ctx = SSL_CTX_new(DTLS_method());
	there = identity && identity->ctx && key && x;
	fine = there && fill(identity, key, x);
	X509_free(x);
	EVP_PKEY_free(key);
	ERR_clear_error();
	if (!fine) {
		dtls_identity_free(identity);
		return there ? ERR_UNSUPPORTED : ERR_NOMEM;
	}
	*out = identity;
	return ERR_OK;
}

void
dtls_identity_free(struct dtls_identity *identity)
{
	if (!identity)
		return;
	SSL_CTX_free(identity->ctx); /* connections hold it too */
	free(identity);
}

const struct sdp_fingerprint *
dtls_identity_fingerprint(const struct dtls_identity *identity)
{
	return &identity->fingerprint;
}
