/* Digest access authentication: reading values, hashing, comparing, writing. */
#include "sip/digest.h"

#include <openssl/evp.h>

#include <pthread.h>
#include <stdio.h>

#include "sip/parse_int.h"
#include "sip/write_int.h"

static const struct {
	struct slice name;
	const char *openssl_name;
} algorithms[SIP_DIGEST_N] = {
    [SIP_DIGEST_MD5] = {SLICE("MD5"), "MD5"},
    [SIP_DIGEST_SHA256] = {SLICE("SHA-256"), "SHA256"},
};

/* ---- hashing ---- */

/* OpenSSL 3 looks an algorithm up by name at each use unless it was fetched, which
 * costs more than the hash. Fetched once for the process; one context a thread. */
static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *digests[SIP_DIGEST_N];
static pthread_key_t context_key;

static void
free_context(void *context)
{
	EVP_MD_CTX_free(context);
}

static void
fetch(void)
{
	for (int i = 0; i < SIP_DIGEST_N; i++)
		digests[i] = EVP_MD_fetch(NULL, algorithms[i].openssl_name, NULL);
	if (pthread_key_create(&context_key, free_context) != 0)
		for (int i = 0; i < SIP_DIGEST_N; i++) {
			EVP_MD_free(digests[i]);
			digests[i] = NULL;
		}
}

static EVP_MD_CTX *
thread_context(void)
{
	EVP_MD_CTX *context = pthread_getspecific(context_key);

	if (!context) {
		context = EVP_MD_CTX_new();
		if (context && pthread_setspecific(context_key, context) != 0) {
			EVP_MD_CTX_free(context);
			context = NULL;
		}
	}
	return context;
}

/* Hex of H(part ":" part …). Empty when the library refuses (MD5 under FIPS, no
 * memory): an empty value matches nothing. */
static void
hash_joined(
    enum sip_digest_algorithm alg, const struct slice *part, size_t n, char out[SIP_DIGEST_HEX_MAX])
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned raw_n = 0;
	EVP_MD_CTX *context;
	struct buf b;
	bool ok;

	out[0] = '\0';
	pthread_once(&fetched, fetch);
	if ((unsigned)alg >= SIP_DIGEST_N || !digests[alg] || !(context = thread_context()))
		return;
	ok = EVP_DigestInit_ex2(context, digests[alg], NULL) == 1;
	for (size_t i = 0; ok && i < n; i++) {
		ok = (i == 0 || EVP_DigestUpdate(context, ":", 1) == 1) &&
		     EVP_DigestUpdate(context, part[i].p, part[i].n) == 1;
	}
	if (!ok || EVP_DigestFinal_ex(context, raw, &raw_n) != 1)
		return;
	buf_init(&b, out, SIP_DIGEST_HEX_MAX - 1);
	buf_hex(&b, raw, raw_n);
	out[buf_ok(&b) ? b.n : 0] = '\0';
}

/* ---- reading ---- */

static void
set_algorithm(struct sip_digest *d, struct slice value)
{
	for (int i = 0; i < SIP_DIGEST_N; i++) {
		if (slice_eq_nocase(value, algorithms[i].name)) {
			d->algorithm = (enum sip_digest_algorithm)i;
			return;
		}
	}
	d->unsupported = true;
}

/* Credentials name one qop, a challenge lists some; ours is auth. */
static void
set_qop(struct sip_digest *d, struct slice value)
{
	while (value.n) {
		struct slice one = sip_trim(slice_take_until(&value, ','));

		if (slice_eq_nocase(one, SLICE("auth"))) {
			d->qop = one;
			return;
		}
	}
	d->unsupported = true;
}

static bool
set_nonce_count(struct sip_digest *d, struct slice value)
{
	struct slice rest = value;
	uint32_t nc = 0;

	if (value.n != 8 || sip_take_chars(&rest, SIP_CC_HEX).n != 8)
		return false;
	for (size_t i = 0; i < 8; i++) {
		char c = value.p[i];

		nc = nc << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	d->nc = nc;
	d->nc_text = value;
	return true;
}

enum param { ALGORITHM, QOP, NC, STALE, TEXTS };

static const struct {
	struct slice name;
	size_t offset; /* in struct sip_digest, of those kept as they are */
} params[] = {
    [ALGORITHM] = {SLICE("algorithm"), 0},
    [QOP] = {SLICE("qop"), 0},
    [NC] = {SLICE("nc"), 0},
    [STALE] = {SLICE("stale"), 0},
    [TEXTS] = {SLICE("username"), offsetof(struct sip_digest, username)},
    {SLICE("realm"), offsetof(struct sip_digest, realm)},
    {SLICE("nonce"), offsetof(struct sip_digest, nonce)},
    {SLICE("uri"), offsetof(struct sip_digest, uri)},
    {SLICE("response"), offsetof(struct sip_digest, response)},
    {SLICE("cnonce"), offsetof(struct sip_digest, cnonce)},
    {SLICE("opaque"), offsetof(struct sip_digest, opaque)},
};

enum { N_PARAMS = sizeof params / sizeof params[0] };

/* False when a parameter comes twice: two readers might choose differently. */
static bool
set_param(struct sip_digest *d, struct slice name, struct slice value, unsigned *seen)
{
	unsigned i = 0;

	while (i < N_PARAMS && !slice_eq_nocase(name, params[i].name))
		i++;
	if (i == N_PARAMS)
		return true; /* one we do not know */
	if (*seen >> i & 1)
		return false;
	*seen |= 1u << i;
	switch (i) {
	case ALGORITHM: set_algorithm(d, value); return true;
	case QOP: set_qop(d, value); return true;
	case NC: return set_nonce_count(d, value);
	case STALE: d->stale = slice_eq_nocase(value, SLICE("true")); return true;
	default: *(struct slice *)(void *)((char *)d + params[i].offset) = value; return true;
	}
}

/* Eats `name = value ,`. */
static bool
take_param(struct slice *s, struct slice *name, struct slice *value)
{
	*name = sip_take_chars(s, SIP_CC_TOKEN);
	sip_skip_space(s);
	if (name->n == 0 || !slice_take_char(s, '='))
		return false;
	sip_skip_space(s);
	if (!sip_take_quoted(s, value)) {
		/* Some leave out the quotes, also around URIs. */
		struct slice rest = *s;

		*value = sip_trim(slice_take_until(&rest, ','));
		if (slice_find(*value, '"') < value->n || slice_find(*value, '\\') < value->n)
			return false;
		*s = slice_from(*s, slice_find(*s, ','));
	}
	sip_skip_space(s);
	if (s->n && !slice_take_char(s, ','))
		return false;
	sip_skip_space(s);
	return true;
}

enum err
sip_digest_parse(struct sip_digest *out, struct slice value)
{
	struct sip_digest d = {0};
	struct slice s = sip_trim(value), name;
	unsigned seen = 0;

	if (!slice_eq_nocase(sip_take_chars(&s, SIP_CC_TOKEN), SLICE("Digest")) || s.n == 0 ||
	    !sip_char_is(s.p[0], SIP_CC_SPACE))
		return ERR_MALFORMED;
	sip_skip_space(&s);
	while (s.n)
		if (!take_param(&s, &name, &value) || !set_param(&d, name, value, &seen))
			return ERR_MALFORMED;
	if (d.nonce.n == 0)
		return ERR_MALFORMED;
	/* RFC 7616, 3.4: credentials with qop need both. */
	if (d.response.n && d.qop.n && (d.cnonce.n == 0 || d.nc_text.n == 0))
		return ERR_MALFORMED;
	if (d.qop.n == 0)
		d.nc = 0;
	*out = d;
	return ERR_OK;
}

/* ---- computing ---- */

void
sip_digest_ha1(enum sip_digest_algorithm alg, struct slice user, struct slice realm,
    struct slice password, char out[SIP_DIGEST_HEX_MAX])
{
	hash_joined(alg, (const struct slice[]){user, realm, password}, 3, out);
}

void
sip_digest_response(const struct sip_digest *d, struct slice ha1_hex, struct slice method,
    char out[SIP_DIGEST_HEX_MAX])
{
	char ha2[SIP_DIGEST_HEX_MAX], nc[9];
	struct slice nc_text = d->nc_text;

	hash_joined(d->algorithm, (const struct slice[]){method, d->uri}, 2, ha2);
	if (d->qop.n == 0) {
		hash_joined(d->algorithm,
		    (const struct slice[]){ha1_hex, d->nonce, slice_cstr(ha2)}, 3, out);
		return;
	}
	if (nc_text.n == 0) {
		snprintf(nc, sizeof nc, "%08x", (unsigned)d->nc);
		nc_text = slice_make(nc, 8);
	}
	hash_joined(d->algorithm,
	    (const struct slice[]){ha1_hex, d->nonce, nc_text, d->cnonce, d->qop, slice_cstr(ha2)},
	    6, out);
}

bool
sip_digest_verify(const struct sip_digest *d, struct slice ha1_hex, struct slice method)
{
	char expected[SIP_DIGEST_HEX_MAX];
	unsigned differ = 0;
	size_t n;

	if (d->unsupported)
		return false;
	sip_digest_response(d, ha1_hex, method, expected);
	n = strlen(expected);
	if (n == 0 || d->response.n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)d->response.p[i];

		c |= (c >= 'A' && c <= 'F') ? 0x20u : 0u;
		differ |= c ^ (unsigned char)expected[i];
	}
	return differ == 0;
}

/* ---- writing ---- */

/* ` name="value"`; slices of parsed values carry their escapes already. */
static void
write_quoted(struct buf *b, const char *name, struct slice value)
{
	buf_cstr(b, name);
	buf_lit(b, "=\"");
	sip_put_clean(b, value);
	buf_char(b, '"');
}

void
sip_digest_write_challenge(struct buf *b, enum sip_digest_algorithm alg, struct slice realm,
    struct slice nonce, bool stale)
{
	write_quoted(b, "Digest realm", realm);
	write_quoted(b, ", nonce", nonce);
	buf_lit(b, ", algorithm=");
	buf_put(b, algorithms[alg].name);
	buf_lit(b, ", qop=\"auth\"");
	if (stale)
		buf_lit(b, ", stale=true");
}

void
sip_digest_write_credentials(struct buf *b, const struct sip_digest *challenge, struct slice user,
    struct slice ha1_hex, struct slice method, struct slice uri, struct slice cnonce, uint32_t nc)
{
	struct sip_digest d = {.realm = challenge->realm,
	    .nonce = challenge->nonce,
	    .uri = uri,
	    .cnonce = cnonce,
	    .qop = challenge->qop,
	    .algorithm = challenge->algorithm,
	    .nc = nc};
	char response[SIP_DIGEST_HEX_MAX];

	sip_digest_response(&d, ha1_hex, method, response);
	write_quoted(b, "Digest username", user);
	write_quoted(b, ", realm", d.realm);
	write_quoted(b, ", nonce", d.nonce);
	write_quoted(b, ", uri", uri);
	write_quoted(b, ", response", slice_cstr(response));
	buf_lit(b, ", algorithm=");
	buf_put(b, algorithms[d.algorithm].name);
	if (d.qop.n) {
		write_quoted(b, ", cnonce", cnonce);
		buf_lit(b, ", qop=");
		buf_put(b, d.qop); /* as hashed: "Auth" of the challenge stays "Auth" */
		buf_printf(b, ", nc=%08x", (unsigned)nc);
	}
	if (challenge->opaque.n)
		write_quoted(b, ", opaque", challenge->opaque);
}
