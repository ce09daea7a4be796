/* Contexts of TLS: certificates, trust, policy, and the choice by host name (RFC 6066, 3). */
#include "net/tls.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/tls_int.h"

static const char ciphers_1_2[] =
    "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:"
    "ECDHE+AES256+SHA384:ECDHE+AES128+SHA256:ECDHE+AES:!aNULL:!eNULL:!PSK:!SRP";
static const char session_context[] = "strowger";

struct net_tls *
tls_ref(struct net_tls *t)
{
	t->refs++;
	return t;
}

void
tls_unref(struct net_tls *t)
{
	if (!t || --t->refs)
		return;
	for (size_t i = 0; i < t->server_n; i++)
		SSL_CTX_free(t->server[i]);
	SSL_CTX_free(t->client);
	free(t);
}

void
net_tls_free(struct net_tls *t)
{
	tls_unref(t);
}

/* ---- what is loaded ---- */

static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	return 0;
}

static BIO *
open_text(struct slice s)
{
	return s.n && s.n <= INT32_MAX ? BIO_new_mem_buf(s.p, (int)s.n) : NULL;
}

static bool
load_chain(SSL_CTX *ctx, struct slice pem)
{
	BIO *in = open_text(pem);
	X509 *x = in ? PEM_read_bio_X509(in, NULL, no_passphrase, NULL) : NULL;
	bool ok = x && SSL_CTX_use_certificate(ctx, x) == 1;

	X509_free(x);
	while (ok && (x = PEM_read_bio_X509(in, NULL, no_passphrase, NULL)))
		if (SSL_CTX_add0_chain_cert(ctx, x) != 1) {
			X509_free(x);
			ok = false;
		}
	BIO_free(in);
	ERR_clear_error(); /* the end of the text is an error too */
	return ok;
}

static bool
load_key(SSL_CTX *ctx, struct slice pem)
{
	BIO *in = open_text(pem);
	EVP_PKEY *key = in ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;
	bool ok =
	    key && SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_check_private_key(ctx) == 1;

	EVP_PKEY_free(key);
	BIO_free(in);
	ERR_clear_error();
	return ok;
}

/* names: those whose certificates a client may show, told to it; may be NULL. */
static bool
trust(SSL_CTX *ctx, struct slice pem, STACK_OF(X509_NAME) * names)
{
	BIO *in = open_text(pem);
	X509 *x;
	bool any = false;

	while (in && (x = PEM_read_bio_X509(in, NULL, no_passphrase, NULL))) {
		X509_NAME *name = names ? X509_NAME_dup(X509_get_subject_name(x)) : NULL;

		any |= X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x) == 1;
		if (name && !sk_X509_NAME_push(names, name))
			X509_NAME_free(name);
		X509_free(x);
	}
	BIO_free(in);
	ERR_clear_error();
	return any;
}

static bool
trust_all(
    SSL_CTX *ctx, const struct net_tls_params *p, bool tell_clients, char *why, size_t why_bytes)
{
	STACK_OF(X509_NAME) *names = tell_clients ? sk_X509_NAME_new_null() : NULL;

	for (size_t i = 0; i < p->authorities_n; i++) {
		if (trust(ctx, p->authorities[i], names))
			continue;
		snprintf(
		    why, why_bytes, "trusted authority %zu is no certificate in PEM form", i + 1);
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return false;
	}
	if (names)
		SSL_CTX_set_client_CA_list(ctx, names);
	return true;
}

/* ---- contexts ---- */

/* The exact name first, then wildcards; SIP names may stand in the URI form of RFC 5922. */
static SSL_CTX *
choose(const struct net_tls *t, const char *name)
{
	static const unsigned flags[] = {
	    X509_CHECK_FLAG_NO_WILDCARDS, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS};

	for (size_t f = 0; f < 2; f++)
		for (size_t i = 0; i < t->server_n; i++)
			if (X509_check_host(SSL_CTX_get0_certificate(t->server[i]), name, 0,
				flags[f], NULL) == 1)
				return t->server[i];
	return NULL;
}

static int
on_server_name(SSL *ssl, int *alert, void *arg)
{
	const struct net_tls *t = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	SSL_CTX *ctx = name ? choose(t, name) : NULL;

	if (!ctx)
		return SSL_TLSEXT_ERR_NOACK; /* the first certificate */
	SSL_set_SSL_CTX(ssl, ctx);
	return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *
make_ctx(const SSL_METHOD *method, enum net_tls_version min)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (!ctx)
		return NULL;
	SSL_CTX_set_min_proto_version(ctx, min == NET_TLS_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	/* Ten thousand idle phones must not hold two record buffers each. */
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_dh_auto(ctx, 1);
	if (SSL_CTX_set_cipher_list(ctx, ciphers_1_2) != 1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

static void
set_client_policy(SSL_CTX *ctx, enum net_tls_client_cert policy)
{
	static const int modes[] = {
	    [NET_TLS_CLIENT_NONE] = SSL_VERIFY_NONE,
	    [NET_TLS_CLIENT_OPTIONAL] = SSL_VERIFY_PEER,
	    [NET_TLS_CLIENT_REQUIRED] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	};

	SSL_CTX_set_verify(ctx, modes[policy], NULL);
}

static enum err
add_server(struct net_tls *t, const struct net_tls_params *p, size_t i, char *why, size_t why_bytes)
{
	const struct net_tls_certificate *c = &p->certificates[i];
	SSL_CTX *ctx = make_ctx(TLS_server_method(), p->min_version);

	if (!ctx)
		return ERR_NOMEM;
	t->server[t->server_n++] = ctx;
	if (!load_chain(ctx, c->chain)) {
		snprintf(why, why_bytes, "certificate %zu does not parse as PEM", i + 1);
		return ERR_INVALID;
	}
	if (!load_key(ctx, c->key)) {
		snprintf(why, why_bytes, "the key of certificate %zu does not parse or fit", i + 1);
		return ERR_INVALID;
	}
	if (!trust_all(ctx, p, true, why, why_bytes))
		return ERR_INVALID;
	set_client_policy(ctx, p->client_cert);
	/* Tickets, no cache: nothing in memory per client. The context text keeps tickets of
	 * other programs out; their keys end with this value, and so does every policy. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(ctx, 1);
	SSL_CTX_set_session_id_context(
	    ctx, (const unsigned char *)session_context, sizeof session_context - 1);
	SSL_CTX_set_tlsext_servername_callback(ctx, on_server_name);
	SSL_CTX_set_tlsext_servername_arg(ctx, t);
	return ERR_OK;
}

/* Tickets of servers we call are kept with the session; the net gives the last one to the
 * next connection to the same name. */
static int
on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	struct tls_session *s = SSL_get_app_data(ssl);

	SSL_SESSION_free(s->resumable);
	s->resumable = ticket;
	return 1; /* ours now */
}

static enum err
add_client(struct net_tls *t, const struct net_tls_params *p, char *why, size_t why_bytes)
{
	t->client = make_ctx(TLS_client_method(), p->min_version);
	if (!t->client)
		return ERR_NOMEM;
	if (p->system_authorities)
		(void)SSL_CTX_set_default_verify_paths(t->client);
	if (!trust_all(t->client, p, false, why, why_bytes))
		return ERR_INVALID;
	/* For providers that want to see who we are. */
	if (p->certificates_n && (!load_chain(t->client, p->certificates[0].chain) ||
				     !load_key(t->client, p->certificates[0].key)))
		return ERR_INVALID;
	SSL_CTX_set_session_cache_mode(
	    t->client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(t->client, on_ticket);
	return ERR_OK;
}

enum err
net_tls_new(struct net_tls **out, const struct net_tls_params *p, char *why, size_t why_bytes)
{
	struct net_tls *t;
	enum err e = ERR_OK;

	snprintf(why, why_bytes, "out of memory");
	if (p->certificates_n > NET_TLS_CERTIFICATES_MAX) {
		snprintf(why, why_bytes, "there are more than %d certificates",
		    NET_TLS_CERTIFICATES_MAX);
		return ERR_LIMIT;
	}
	t = calloc(1, sizeof *t);
	if (!t)
		return ERR_NOMEM;
	t->refs = 1;
	for (size_t i = 0; e == ERR_OK && i < p->certificates_n; i++)
		e = add_server(t, p, i, why, why_bytes);
	if (e == ERR_OK)
		e = add_client(t, p, why, why_bytes);
	if (e != ERR_OK) {
		tls_unref(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}
