/* What a certificate must be before it is stored, and what it says about itself. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/addr.h"
#include "store/certificate_int.h"

enum { CHAIN_MAX = 10, HOSTS_BYTES = 1000 };

static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	return 0;
}

static BIO *
open_text(const char *text)
{
	return BIO_new_mem_buf(text, -1);
}

/* The next certificate of a PEM text, NULL at its end. */
static X509 *
next_certificate(BIO *in)
{
	X509 *x = in ? PEM_read_bio_X509(in, NULL, no_passphrase, NULL) : NULL;

	ERR_clear_error();
	return x;
}

static EVP_PKEY *
read_key(const char *text)
{
	BIO *in = open_text(text);
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;

	BIO_free(in);
	ERR_clear_error();
	return key;
}

/* ---- what it says ---- */

static void
add_host(struct buf *b, struct slice host)
{
	if (host.n == 0 || b->n + host.n + 2 > b->cap)
		return; /* a list for people: what does not fit is left out whole */
	if (b->n)
		buf_lit(b, ", ");
	buf_put(b, host);
}

static void
add_name(struct buf *b, const GENERAL_NAME *g)
{
	char text[ADDR_TEXT_MAX];
	struct addr ip = {0};
	struct buf host;

	if (g->type == GEN_DNS) {
		add_host(b, slice_make(ASN1_STRING_get0_data(g->d.dNSName),
				(size_t)ASN1_STRING_length(g->d.dNSName)));
	} else if (g->type == GEN_IPADD) {
		int n = ASN1_STRING_length(g->d.iPAddress);

		if (n != 4 && n != 16)
			return;
		ip.family = n == 4 ? 4 : 6;
		memcpy(ip.ip, ASN1_STRING_get0_data(g->d.iPAddress), (size_t)n);
		buf_init(&host, text, sizeof text);
		addr_write_ip(&host, &ip);
		add_host(b, buf_slice(&host));
	}
}

/* Names of the subject alternative name; without one the common name. */
static void
write_hosts(struct buf *b, X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	char common[256] = "";

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		add_name(b, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	if (b->n == 0) {
		(void)X509_NAME_get_text_by_NID(
		    X509_get_subject_name(x), NID_commonName, common, sizeof common);
		add_host(b, slice_cstr(common));
	}
}

static int64_t
not_after_ms(const X509 *x)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) != 1)
		return 0;
	return (int64_t)timegm(&tm) * 1000;
}

/* ---- what it must be ---- */

static void
check_key(X509 *x, const char *text, struct model_errors *errors)
{
	EVP_PKEY *key;

	if (!text || !*text) {
		model_error_add(
		    errors, "required", "key", "A certificate of our own needs its private key.");
		return;
	}
	key = read_key(text);
	if (!key)
		model_error_add(errors, "malformed", "key",
		    "The private key is not readable; it must be in PEM form and without a "
		    "passphrase.");
	else if (X509_check_private_key(x, key) != 1)
		model_error_add(errors, "does_not_fit", "key",
		    "The private key does not belong to this certificate.");
	ERR_clear_error();
	EVP_PKEY_free(key);
}

/* Key size and signature: what TLS itself would refuse later, with nobody there to read it. */
static void
check_strength(X509 *x, struct model_errors *errors)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx && SSL_CTX_use_certificate(ctx, x) != 1)
		model_error_add(errors, "too_weak", "certificate",
		    "This certificate is too weak for TLS (RSA needs 2048 bits, its signature "
		    "SHA-256 or better).");
	ERR_clear_error();
	SSL_CTX_free(ctx);
}

static void
check_authority(X509 *x, const char *key, struct model_errors *errors)
{
	if (!X509_check_ca(x))
		model_error_add(errors, "no_authority", "certificate",
		    "This certificate may not sign others, so it is no authority.");
	if (key && *key)
		model_error_add(errors, "not_wanted", "key",
		    "The private key of an authority does not belong here.");
}

static void
check_rest(BIO *in, struct model_errors *errors)
{
	X509 *x;
	int n = 1;

	while ((x = next_certificate(in))) {
		X509_free(x);
		n++;
	}
	if (n > CHAIN_MAX)
		model_error_add(errors, "too_many", "certificate",
		    "There are more than %d certificates in one chain.", CHAIN_MAX);
}

enum err
certificate_derive(const json_t *row, json_t *values, struct model_errors *errors)
{
	const char *text = json_string_value(json_object_get(row, "certificate"));
	const char *key = json_string_value(json_object_get(row, "key"));
	const char *kind = json_string_value(json_object_get(row, "kind"));
	struct model_errors found = {0};
	char hosts[HOSTS_BYTES], until[MODEL_TIME_TEXT];
	BIO *in = open_text(text ? text : "");
	X509 *x = next_certificate(in);
	struct buf b;

	if (!x) {
		model_error_add(&found, "malformed", "certificate",
		    "The certificate is not readable; it must be in PEM form.");
	} else if (kind && strcmp(kind, "authority") == 0) {
		check_authority(x, key, &found);
	} else {
		check_key(x, key, &found);
		check_strength(x, &found);
	}
	check_rest(in, &found);
	BIO_free(in);
	for (uint32_t i = 0; i < found.count; i++)
		model_error_add(
		    errors, found.at[i].code, found.at[i].field, "%s", found.at[i].message);
	if (!found.count) {
		buf_init(&b, hosts, sizeof hosts);
		write_hosts(&b, x);
		json_object_set_new(values, "hosts", json_stringn(hosts, b.n));
		json_object_set_new(
		    values, "not_after", json_string(model_time_write(not_after_ms(x), until)));
	}
	X509_free(x);
	return found.count ? ERR_INVALID : ERR_OK;
}
