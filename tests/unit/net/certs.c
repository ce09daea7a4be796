#include "certs.h"

#include "harness.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

static void
write_pem(char *out, size_t cap, const struct cert *c, bool key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p;
	long n;

	if (key)
		PEM_write_bio_PrivateKey(bio, c->key, NULL, NULL, 0, NULL, NULL);
	else
		PEM_write_bio_X509(bio, c->x);
	n = BIO_get_mem_data(bio, &p);
	assert_true(n > 0 && (size_t)n < cap);
	memcpy(out, p, (size_t)n);
	out[n] = '\0';
	BIO_free(bio);
}

static void
extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(e);
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

void
cert_make(struct cert *c, const char *name, const char *san, const struct cert *issuer)
{
	static long serial = 1;
	X509_NAME *subject;

	c->key = EVP_EC_gen("P-256");
	c->x = X509_new();
	assert_non_null(c->key);
	X509_set_version(c->x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(c->x), serial++);
	X509_gmtime_adj(X509_getm_notBefore(c->x), -60);
	X509_gmtime_adj(X509_getm_notAfter(c->x), 3600);
	subject = X509_get_subject_name(c->x);
	X509_NAME_add_entry_by_txt(
	    subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(c->x, issuer ? X509_get_subject_name(issuer->x) : subject);
	X509_set_pubkey(c->x, c->key);
	if (san)
		extend(c->x, NID_subject_alt_name, san);
	else
		extend(c->x, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(c->x, issuer ? issuer->key : c->key, EVP_sha256()) > 0);
	write_pem(c->pem, sizeof c->pem, c, false);
	write_pem(c->key_pem, sizeof c->key_pem, c, true);
}

void
cert_free(struct cert *c)
{
	X509_free(c->x);
	EVP_PKEY_free(c->key);
	c->x = NULL;
	c->key = NULL;
}

struct net_tls_certificate
cert_params(const struct cert *c)
{
	return (struct net_tls_certificate){slice_cstr(c->pem), slice_cstr(c->key_pem)};
}
