/*
 * GRUU (RFC 5627): addresses that route to one device from anywhere.
 *
 *	public     sip:101@host;gr=urn:uuid:…       address of record and device, for everybody to
 *see temporary  sip:tgruu.HEX@host;gr            says neither; a new one with each REGISTER
 *
 * A temporary one is its own memory (appendix A.2): phone and device, encrypted and signed with a
 * key that outlives a restart. All that were given to a registration stay good as long as it
 * keeps its Call-ID (3.1.2.2).
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "registrar/registrar_int.h"

enum {
	BLOCK_BYTES = 16,
	MARK_BYTES = 4,
	SIGNATURE_BYTES = 10, /* A.2: HMAC-SHA256-80 */
	TOKEN_BYTES = BLOCK_BYTES + SIGNATURE_BYTES,
	CIPHER_KEY_BYTES = 16,
};

static const struct slice prefix = {"tgruu.", 6};

/* What is inside: which phone, which device and Call-ID, and chance, so that no two look alike. */
struct content {
	int64_t phone_id;
	unsigned char mark[MARK_BYTES], chance[BLOCK_BYTES - 8 - MARK_BYTES];
};

_Static_assert(sizeof(struct content) == BLOCK_BYTES, "one block of the cipher");

static bool
hmac(const struct registrar *r, struct slice a, struct slice b, unsigned char *out, size_t n)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	char text[INSTANCE_MAX_BYTES + SIP_CALL_ID_MAX_BYTES + 1];
	struct buf t;

	buf_init(&t, text, sizeof text);
	buf_put(&t, a);
	buf_char(&t, ' ');
	buf_put(&t, b);
	if (!buf_ok(&t) ||
	    !HMAC(EVP_sha256(), r->gruu_key + CIPHER_KEY_BYTES, GRUU_KEY_BYTES - CIPHER_KEY_BYTES,
		(const unsigned char *)text, t.n, mac, NULL))
		return false;
	memcpy(out, mac, n);
	return true;
}

static bool
mark_of(const struct binding *b, unsigned char out[MARK_BYTES])
{
	return hmac(b->phone->registrar, binding_text(b, TEXT_INSTANCE),
	    binding_text(b, TEXT_CALL_ID), out, MARK_BYTES);
}

/* One block, no chaining: what is encrypted never repeats. */
static bool
crypt_block(const struct registrar *r, bool encrypt, const unsigned char in[BLOCK_BYTES],
    unsigned char out[BLOCK_BYTES])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = c && EVP_CipherInit_ex(c, EVP_aes_128_ecb(), NULL, r->gruu_key, NULL, encrypt) &&
		  EVP_CIPHER_CTX_set_padding(c, 0) &&
		  EVP_CipherUpdate(c, out, &n, in, BLOCK_BYTES) && n == BLOCK_BYTES;

	EVP_CIPHER_CTX_free(c);
	return ok;
}

static void
need_key(struct registrar *r)
{
	if (r->has_gruu_key)
		return;
	rng_fill(r->p.rng, r->gruu_key, sizeof r->gruu_key);
	r->has_gruu_key = true;
	kept_write_key(r);
}

static bool
write_token(struct buf *out, const struct binding *b)
{
	struct registrar *r = b->phone->registrar;
	struct content content = {.phone_id = b->phone->id};
	unsigned char token[TOKEN_BYTES];

	need_key(r);
	rng_fill(r->p.rng, content.chance, sizeof content.chance);
	if (!mark_of(b, content.mark) ||
	    !crypt_block(r, true, (const unsigned char *)&content, token) ||
	    !hmac(r, SLICE("token"), slice_make(token, BLOCK_BYTES), token + BLOCK_BYTES,
		SIGNATURE_BYTES))
		return false;
	buf_hex(out, token, sizeof token);
	return true;
}

/* ---- giving ---- */

/* A value of a URI parameter, escaped where it must be (RFC 3261, 25.1: pvalue). */
static void
write_pvalue(struct buf *out, struct slice s)
{
	static const char plain[] = "-_.!~*'()[]/:&+$";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		    (c && strchr(plain, c)))
			buf_char(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}

static void
write_host(struct buf *out, const struct sip_uri *aor)
{
	bool v6 = slice_find(aor->host, ':') < aor->host.n;

	buf_char(out, '@');
	if (v6)
		buf_char(out, '[');
	buf_put(out, aor->host);
	if (v6)
		buf_char(out, ']');
	if (aor->port)
		buf_printf(out, ":%u", aor->port);
}

void
gruu_write_params(struct buf *out, struct binding *b, const struct sip_uri *aor)
{
	struct slice instance = binding_text(b, TEXT_INSTANCE);
	char token[2 * TOKEN_BYTES];
	struct buf t;

	if (instance.n < 3 || aor->user.n == 0)
		return;
	buf_lit(out, ";pub-gruu=\"");
	buf_put(out, aor->scheme);
	buf_char(out, ':');
	buf_put(out, aor->user);
	write_host(out, aor);
	buf_lit(out, ";gr=");
	write_pvalue(out, slice_make(instance.p + 1, instance.n - 2));
	buf_char(out, '"');
	buf_init(&t, token, sizeof token);
	if (!write_token(&t, b))
		return;
	buf_lit(out, ";temp-gruu=\"");
	buf_put(out, aor->scheme);
	buf_char(out, ':');
	buf_put(out, prefix);
	buf_put(out, buf_slice(&t));
	write_host(out, aor);
	buf_lit(out, ";gr\"");
}

/* ---- finding ---- */

bool
registrar_is_gruu(const struct sip_uri *uri)
{
	return sip_param_find(uri->params, SLICE("gr"), NULL);
}

static bool
is_flow_of(const struct binding *b, struct slice urn)
{
	struct slice instance = binding_text(b, TEXT_INSTANCE);

	return instance.n == urn.n + 2 && slice_eq_nocase(slice_make(instance.p + 1, urn.n), urn);
}

static bool
is_marked(const struct binding *b, const unsigned char mark[MARK_BYTES])
{
	unsigned char own[MARK_BYTES];

	return binding_text(b, TEXT_INSTANCE).n && mark_of(b, own) &&
	       memcmp(own, mark, sizeof own) == 0;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_token(const struct registrar *r, struct slice hex, struct content *out)
{
	unsigned char token[TOKEN_BYTES], expected[SIGNATURE_BYTES], diff = 0;

	if (!r->has_gruu_key || hex.n != 2 * sizeof token)
		return false;
	for (size_t i = 0; i < sizeof token; i++) {
		int high = hex_value(hex.p[2 * i]), low = hex_value(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		token[i] = (unsigned char)(high << 4 | low);
	}
	if (!hmac(r, SLICE("token"), slice_make(token, BLOCK_BYTES), expected, sizeof expected))
		return false;
	for (size_t i = 0; i < sizeof expected; i++)
		diff |= (unsigned char)(expected[i] ^ token[BLOCK_BYTES + i]);
	return diff == 0 && crypt_block(r, false, token, (unsigned char *)out);
}

static enum err
find_temporary(const struct registrar *r, struct slice hex, int64_t *phone_id, struct found *f)
{
	struct content content;

	if (!read_token(r, hex, &content))
		return ERR_NOT_FOUND;
	*phone_id = content.phone_id;
	find_begin(f, r, content.phone_id);
	for (size_t i = 0; i < f->n;)
		if (is_marked(f->binding[i], content.mark))
			i++;
		else
			find_drop(f, i);
	return dir_phone_by_id(r->p.dir, content.phone_id) ? ERR_OK : ERR_NOT_FOUND;
}

/* The device may be any phone of the address: of the phone's name, or of a number's user. */
static enum err
find_public(const struct registrar *r, struct slice user, struct slice urn, int64_t *phone_id,
    struct found *f)
{
	const struct dir_phone *named = dir_phone_by_name(r->p.dir, user);
	const struct dir_user *owner = named ? NULL : dir_user_by_number(r->p.dir, user);
	size_t phones = named ? 1 : owner ? owner->phone_count : 0;

	for (size_t i = 0; i < phones; i++) {
		const struct dir_phone *dp = named ? named : owner->phones[i];

		*phone_id = dp->id;
		find_begin(f, r, dp->id);
		for (size_t k = 0; k < f->n;)
			if (is_flow_of(f->binding[k], urn))
				k++;
			else
				find_drop(f, k);
		if (f->n)
			return ERR_OK;
	}
	return phones ? ERR_OK : ERR_NOT_FOUND;
}

enum err
registrar_find_gruu(const struct registrar *r, const struct sip_uri *uri, int64_t *phone_id,
    struct reg_contact *out, size_t max, size_t *n)
{
	char user[128], urn[INSTANCE_MAX_BYTES];
	struct found f = {0};
	size_t user_n, urn_n;
	struct slice gr;
	int64_t id;
	enum err e;

	if (!sip_param_find(uri->params, SLICE("gr"), &gr) ||
	    sip_unescape(uri->user, user, sizeof user, &user_n) != ERR_OK ||
	    sip_unescape(gr, urn, sizeof urn, &urn_n) != ERR_OK)
		return ERR_NOT_FOUND;
	if (gr.n)
		e = find_public(r, slice_make(user, user_n), slice_make(urn, urn_n), &id, &f);
	else if (slice_starts_nocase(slice_make(user, user_n), prefix))
		e = find_temporary(r, slice_make(user + prefix.n, user_n - prefix.n), &id, &f);
	else
		e = ERR_NOT_FOUND;
	if (e != ERR_OK)
		return e;
	*phone_id = id;
	*n = find_write(&f, out, max);
	return ERR_OK;
}
