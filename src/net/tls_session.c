/* TLS of one connection. OpenSSL reads and writes through a BIO of ours that knows only the
 * slice at hand and the buffer below: no socket, no copy in between. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/addr.h"
#include "net/tls_int.h"

static BIO_METHOD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- the BIO ---- */

static int
bio_read(BIO *bio, char *to, size_t n, size_t *got)
{
	struct tls_session *s = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (s->in.n == 0) {
		BIO_set_retry_read(bio);
		return 0;
	}
	*got = n < s->in.n ? n : s->in.n;
	memcpy(to, s->in.p, *got);
	s->in = slice_from(s->in, *got);
	return 1;
}

static int
bio_write(BIO *bio, const char *from, size_t n, size_t *written)
{
	struct tls_session *s = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (out_buf_put(s->out, slice_make(from, n)) != ERR_OK)
		return 0;
	*written = n;
	return 1;
}

static long
bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
	return cmd == BIO_CTRL_FLUSH;
}

static void
make_method(void)
{
	method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "strowger");
	if (!method)
		return;
	BIO_meth_set_read_ex(method, bio_read);
	BIO_meth_set_write_ex(method, bio_write);
	BIO_meth_set_ctrl(method, bio_ctrl);
}

/* ---- beginning and end ---- */

static enum err
session_new(struct tls_session **out, struct net_tls *t, SSL_CTX *ctx, struct out_buf *sink)
{
	struct tls_session *s = calloc(1, sizeof *s);
	BIO *bio = NULL;

	pthread_once(&once, make_method);
	if (s && method)
		bio = BIO_new(method);
	if (bio)
		s->ssl = SSL_new(ctx);
	if (!bio || !s->ssl) {
		BIO_free(bio);
		free(s);
		return ERR_NOMEM;
	}
	s->out = sink;
	s->tls = tls_ref(t);
	BIO_set_data(bio, s);
	BIO_set_init(bio, 1);
	SSL_set_bio(s->ssl, bio, bio);
	SSL_set_app_data(s->ssl, s);
	*out = s;
	return ERR_OK;
}

/* ---- what a server shows, for people ---- */

static void
write_name(const X509_NAME *name, char *out, size_t cap)
{
	BIO *mem = BIO_new(BIO_s_mem());
	char *text;
	long n;

	out[0] = '\0';
	if (mem && X509_NAME_print_ex(mem, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		n = BIO_get_mem_data(mem, &text);
		slice_clip_cstr(slice_make(text, n > 0 ? (size_t)n : 0), out, cap);
	}
	BIO_free(mem);
}

static void
note_shown(struct tls_session *s, const X509 *x)
{
	struct tm tm;

	if (!x || s->shown)
		return;
	s->shown = calloc(1, sizeof *s->shown);
	if (!s->shown)
		return;
	write_name(X509_get_subject_name(x), s->shown->subject, sizeof s->shown->subject);
	write_name(X509_get_issuer_name(x), s->shown->issuer, sizeof s->shown->issuer);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1)
		s->shown->until_s = timegm(&tm);
}

/* A certificate that is refused is forgotten by the session: it is looked at here. */
static int
on_verify(int ok, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

	note_shown(SSL_get_app_data(ssl), X509_STORE_CTX_get0_cert(store));
	return ok;
}

/* ---- beginning and end of a session ---- */

enum err
tls_session_accept(struct tls_session **out, struct net_tls *t, struct out_buf *sink)
{
	enum err e = session_new(out, t, t->server[0], sink);

	if (e == ERR_OK)
		SSL_set_accept_state((*out)->ssl);
	return e;
}

enum err
tls_session_connect(struct tls_session **out, struct net_tls *t, struct out_buf *sink,
    struct slice name, SSL_SESSION *resume)
{
	struct tls_session *s;
	struct addr ip;
	enum err e = session_new(&s, t, t->client, sink);

	if (e != ERR_OK)
		return e;
	SSL_set_connect_state(s->ssl);
	if (name.n) {
		s->name = malloc(name.n + 1);
		if (!s->name) {
			tls_session_free(s);
			return ERR_NOMEM;
		}
		memcpy(s->name, name.p, name.n);
		s->name[name.n] = '\0';
		SSL_set_verify(s->ssl, SSL_VERIFY_PEER, on_verify);
		if (addr_parse_ip(name, 0, &ip) != ERR_OK) /* RFC 6066, 3: no literal */
			(void)SSL_set_tlsext_host_name(s->ssl, s->name);
	}
	if (resume)
		(void)SSL_set_session(s->ssl, resume);
	*out = s;
	return ERR_OK;
}

void
tls_session_free(struct tls_session *s)
{
	if (!s)
		return;
	SSL_free(s->ssl);
	SSL_SESSION_free(s->resumable);
	tls_unref(s->tls);
	free(s->name);
	free(s->shown);
	free(s);
}

/* ---- who it is ---- */

/* RFC 5922, 7.1: a URI sip:host in the certificate. */
static bool
has_sip_uri(X509 *x, const char *name)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, i);
		struct slice uri;

		if (g->type != GEN_URI)
			continue;
		uri = slice_make(ASN1_STRING_get0_data(g->d.uniformResourceIdentifier),
		    (size_t)ASN1_STRING_length(g->d.uniformResourceIdentifier));
		found = slice_starts_nocase(uri, SLICE("sip:")) &&
			slice_eq_nocase(slice_from(uri, 4), slice_cstr(name));
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool
peer_has_name(struct tls_session *s)
{
	X509 *x = SSL_get0_peer_certificate(s->ssl);
	struct addr ip;
	bool ok;

	if (!s->name)
		return true;
	if (!x)
		return false;
	note_shown(s, x); /* of a session taken up again nothing is verified */
	if (addr_parse_ip(slice_cstr(s->name), 0, &ip) == ERR_OK)
		ok = X509_check_ip(x, ip.ip, ip.family == 4 ? 4 : 16, 0) == 1;
	else
		ok = X509_check_host(x, s->name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) ==
			 1 ||
		     has_sip_uri(x, s->name);
	if (!ok)
		snprintf(s->why, sizeof s->why, "the certificate is not for %.60s", s->name);
	return ok;
}

static enum err
fail(struct tls_session *s)
{
	long verified = SSL_get_verify_result(s->ssl);
	unsigned long code = ERR_peek_error();

	s->failed = true;
	if (!s->why[0] && !s->established && verified != X509_V_OK)
		snprintf(s->why, sizeof s->why, "%s", X509_verify_cert_error_string(verified));
	else if (!s->why[0])
		snprintf(s->why, sizeof s->why, "%s",
		    code ? ERR_reason_error_string(code) ? ERR_reason_error_string(code) : "error"
			 : "not TLS");
	ERR_clear_error();
	return ERR_DENIED;
}

/* ---- the flow of bytes ---- */

static enum err
handshake(struct tls_session *s)
{
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(s->ssl);
	if (r == 1) {
		if (!peer_has_name(s))
			return fail(s);
		s->established = true;
		return ERR_OK;
	}
	return SSL_get_error(s->ssl, r) == SSL_ERROR_WANT_READ ? ERR_INCOMPLETE : fail(s);
}

void
tls_session_start(struct tls_session *s)
{
	(void)handshake(s);
}

static enum err
take(struct tls_session *s, char *plain, size_t *n)
{
	int r;

	if (s->failed)
		return ERR_DENIED;
	if (!s->established) {
		*n = 0;
		return handshake(s);
	}
	ERR_clear_error();
	r = SSL_read_ex(s->ssl, plain, TLS_PLAIN_BYTES, n);
	if (r == 1)
		return ERR_OK;
	switch (SSL_get_error(s->ssl, r)) {
	case SSL_ERROR_WANT_READ: return ERR_INCOMPLETE;
	case SSL_ERROR_ZERO_RETURN: return ERR_CLOSED;
	default: return fail(s);
	}
}

enum err
tls_session_take(struct tls_session *s, struct slice *in, char plain[TLS_PLAIN_BYTES], size_t *n)
{
	enum err e;

	s->in = *in;
	e = take(s, plain, n);
	*in = s->in;
	s->in = (struct slice){0};
	return e;
}

enum err
tls_session_write(struct tls_session *s, struct slice plain)
{
	size_t written;

	if (!s->established || s->failed)
		return ERR_WRONG_STATE;
	ERR_clear_error();
	if (SSL_write_ex(s->ssl, plain.p, plain.n, &written) == 1)
		return ERR_OK;
	(void)fail(s);
	return ERR_CLOSED;
}

void
tls_session_end(struct tls_session *s)
{
	if (s->failed || !s->established)
		return;
	ERR_clear_error();
	(void)SSL_shutdown(s->ssl);
}
