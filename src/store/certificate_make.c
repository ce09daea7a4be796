/* A certificate signed by itself, for the first start: phones can encrypt before anybody has
 * bought or made a certificate. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/addr.h"
#include "store/certificate_int.h"

enum { YEARS = 10, SERIAL_BYTES = 16 };

static bool
set_serial(X509 *x)
{
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *n;
	bool ok;

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40); /* RFC 5280, 4.1.2.2: positive */
	n = BN_bin2bn(bytes, sizeof bytes, NULL);
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
	BN_free(n);
	return ok;
}

static bool
extend(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;
	bool ok;

	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = e && X509_add_ext(x, e, -1) == 1;
	X509_EXTENSION_free(e);
	return ok;
}

/* Letters, digits, points and hyphens: nothing that OpenSSL's notation could take for more. */
static bool
is_host_name(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_",
			s.p[i]))
			return false;
	return s.n > 0 && s.n <= 253;
}

/* "DNS:pbx.example,IP:192.0.2.1" of "pbx.example, 192.0.2.1". */
static void
write_alternatives(struct buf *b, struct slice hosts)
{
	while (hosts.n) {
		struct slice host = slice_trim(slice_take_until(&hosts, ','));
		struct addr ip;
		bool is_ip = addr_parse_ip(host, 0, &ip) == ERR_OK;

		if (!is_ip && !is_host_name(host))
			continue;
		buf_cstr(b, b->n ? "," : "");
		buf_cstr(b, is_ip ? "IP:" : "DNS:");
		buf_put(b, host);
	}
}

static bool
describe(X509 *x, EVP_PKEY *key, const struct store_certificate_names *names)
{
	X509_NAME *subject = X509_get_subject_name(x);
	char alternatives[2000] = "";
	struct buf b;

	buf_init(&b, alternatives, sizeof alternatives - 1);
	write_alternatives(&b, slice_cstr(names->hosts));
	if (b.n == 0)
		buf_lit(&b, "DNS:localhost");
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       X509_gmtime_adj(X509_getm_notBefore(x), -24L * 3600) &&
	       X509_time_adj_ex(X509_getm_notAfter(x), YEARS * 365, 0, NULL) &&
	       X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
		   (const unsigned char *)names->common, -1, -1, 0) == 1 &&
	       X509_set_issuer_name(x, subject) == 1 && X509_set_pubkey(x, key) == 1 &&
	       extend(x, NID_basic_constraints, "critical,CA:FALSE") &&
	       extend(x, NID_key_usage, "critical,digitalSignature") &&
	       extend(x, NID_ext_key_usage, "serverAuth,clientAuth") &&
	       extend(x, NID_subject_key_identifier, "hash") && buf_ok(&b) &&
	       extend(x, NID_subject_alt_name, alternatives) && X509_sign(x, key, EVP_sha256()) > 0;
}

static bool
take_text(BIO *bio, char *out, size_t cap)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	if (n <= 0 || (size_t)n >= cap)
		return false;
	memcpy(out, p, (size_t)n);
	out[n] = '\0';
	OPENSSL_cleanse(p, (size_t)n);
	return true;
}

enum err
certificate_make(const struct store_certificate_names *names, char pem[CERTIFICATE_PEM_BYTES],
    char key_pem[CERTIFICATE_KEY_BYTES])
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *cert_text = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_mem());
	bool ok = key && x && cert_text && key_text && describe(x, key, names) &&
		  PEM_write_bio_X509(cert_text, x) == 1 &&
		  PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) == 1 &&
		  take_text(cert_text, pem, CERTIFICATE_PEM_BYTES) &&
		  take_text(key_text, key_pem, CERTIFICATE_KEY_BYTES);

	BIO_free(cert_text);
	BIO_free(key_text);
	X509_free(x);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok ? ERR_OK : ERR_IO;
}
