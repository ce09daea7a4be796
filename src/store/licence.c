#include "store/licence.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "store/licence_int.h"

enum { TEXT_MAX = 8192, SIGNATURE_BYTES = 64, RAW_KEY_BYTES = 32, KID_CHARS = 16 };

/* What has seats. */
static const struct {
	const struct model_entity *entity;
	const char *seats; /* in the licence, and the column */
} kinds[] = {
    {&model_user, "users"},
    {&model_phone, "phones"},
    {&model_line, "lines"},
    {&model_group, "groups"},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* ---- whose licences ---- */

static enum err
write_kid(const EVP_PKEY *key, char kid[KID_CHARS + 1])
{
	unsigned char raw[RAW_KEY_BYTES], hash[SHA256_DIGEST_LENGTH];
	size_t n = sizeof raw;
	struct buf b;

	if (EVP_PKEY_get_id(key) != EVP_PKEY_ED25519 ||
	    EVP_PKEY_get_raw_public_key(key, raw, &n) != 1)
		return ERR_INVALID;
	SHA256(raw, n, hash);
	buf_init(&b, kid, KID_CHARS);
	buf_hex(&b, hash, KID_CHARS / 2);
	kid[b.n] = '\0';
	return ERR_OK;
}

enum err
store_set_licence_key(struct store *s, const char *pem)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = in ? PEM_read_bio_PUBKEY(in, NULL, NULL, NULL) : NULL;
	char kid[KID_CHARS + 1];
	enum err e = key ? write_kid(key, kid) : ERR_INVALID;

	BIO_free(in);
	ERR_clear_error();
	if (e != ERR_OK) {
		EVP_PKEY_free(key);
		return e;
	}
	licence_key_free(s);
	s->licence_key = key;
	return ERR_OK;
}

void
licence_key_free(struct store *s)
{
	EVP_PKEY_free(s->licence_key);
	s->licence_key = NULL;
}

/* ---- the text ---- */

/* base64url without padding (RFC 7515, 2), in the one form that stands for its bytes: none of the
 * bits that count for nothing is set. Returns how many bytes; -1: it is none. */
static int
decode(struct slice s, unsigned char *out, size_t cap)
{
	char text[TEXT_MAX + 4];
	unsigned char again[TEXT_MAX + 8];
	size_t n = 0;
	int bytes;

	if (s.n % 4 == 1 || s.n == 0 || s.n > TEXT_MAX || cap < s.n)
		return -1;
	for (; n < s.n; n++) {
		text[n] = s.p[n];
		if (text[n] == '-')
			text[n] = '+';
		else if (text[n] == '_')
			text[n] = '/';
	}
	if (memchr(s.p, '=', s.n) || memchr(s.p, '+', s.n) || memchr(s.p, '/', s.n))
		return -1;
	while (n % 4)
		text[n++] = '=';
	bytes = EVP_DecodeBlock(out, (const unsigned char *)text, (int)n);
	if (bytes < 0)
		return -1;
	bytes -= (int)(n - s.n);
	EVP_EncodeBlock(again, out, bytes);
	return memcmp(again, text, s.n) == 0 ? bytes : -1;
}

static json_t *
decode_json(struct slice s)
{
	unsigned char bytes[TEXT_MAX];
	int n = decode(s, bytes, sizeof bytes);
	json_t *j =
	    n > 0 ? json_loadb((const char *)bytes, (size_t)n, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (json_is_object(j))
		return j;
	json_decref(j);
	return NULL;
}

struct parts {
	struct slice head, body, signature, signed_part;
};

/* Mail programs break lines: blanks count for nothing. */
static void
split(const char *text, char clean[TEXT_MAX], struct parts *p)
{
	size_t n = 0;
	struct slice rest;

	for (; *text && n < TEXT_MAX; text++)
		if ((unsigned char)*text > ' ')
			clean[n++] = *text;
	rest = slice_make(clean, n);
	p->head = slice_take_until(&rest, '.');
	p->body = slice_take_until(&rest, '.');
	p->signature = rest;
	p->signed_part = slice_make(clean, p->head.n + 1 + p->body.n);
}

static bool
verify(EVP_PKEY *key, const unsigned char *signature, struct slice text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, signature, SIGNATURE_BYTES, (const unsigned char *)text.p,
			text.n) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

/* ---- what it says ---- */

static bool
refuse(struct model_errors *errors, const char *code, const char *sentence)
{
	model_error_add(errors, code, "text", "%s", sentence);
	return false;
}

static bool
put_end(const json_t *payload, json_t *values, struct model_errors *errors)
{
	const json_t *until = json_object_get(payload, "valid_until");
	int64_t end_ms = 0;

	json_object_set_new(values, "valid_until", json_null());
	if (!until || json_is_null(until))
		return true;
	if (model_time_parse(slice_cstr(json_string_value(until)), &end_ms) != ERR_OK)
		return refuse(errors, "licence_malformed", "The end of the licence is no time.");
	if (end_ms <= (int64_t)loop_wall_ms())
		return refuse(errors, "licence_expired", "This licence has expired.");
	json_object_set(values, "valid_until", (json_t *)until);
	return true;
}

static bool
put_seats(const json_t *payload, json_t *values, struct model_errors *errors)
{
	const json_t *seats = json_object_get(payload, "seats");

	for (size_t i = 0; i < KINDS; i++) {
		const json_t *n = json_object_get(seats, kinds[i].seats);

		if (n && (!json_is_integer(n) || json_integer_value(n) < 1))
			return refuse(errors, "licence_malformed",
			    "The licence says a number of seats that makes no sense.");
		json_object_set_new(
		    values, kinds[i].seats, json_integer(n ? json_integer_value(n) : 0));
	}
	return true;
}

static bool
put_text(const json_t *payload, const char *field, json_t *values)
{
	const char *text = row_text(payload, field);
	int64_t chars = model_utf8_count(slice_cstr(text));

	json_object_set_new(values, field, json_string(text));
	return chars >= 0 && chars <= model_field_find(&model_licence, slice_cstr(field))->max;
}

static bool
put_payload(const json_t *payload, json_t *values, struct model_errors *errors)
{
	if (!payload || !put_text(payload, "number", values) ||
	    !put_text(payload, "customer", values))
		return refuse(errors, "licence_malformed", "This is no licence of this system.");
	return put_seats(payload, values, errors) && put_end(payload, values, errors);
}

static bool
is_ours(EVP_PKEY *key, const json_t *head)
{
	char kid[KID_CHARS + 1];

	return write_kid(key, kid) == ERR_OK && strcmp(row_text(head, "kid"), kid) == 0;
}

static bool
read_licence(EVP_PKEY *key, const char *text, json_t *values, struct model_errors *errors)
{
	char clean[TEXT_MAX];
	unsigned char signature[TEXT_MAX];
	struct parts p;
	json_t *head, *payload = NULL;
	bool ok;

	split(text, clean, &p);
	head = decode_json(p.head);
	if (!head || strcmp(row_text(head, "alg"), "EdDSA") != 0)
		ok = refuse(errors, "licence_malformed", "This is no licence file.");
	else if (decode(p.signature, signature, sizeof signature) != SIGNATURE_BYTES)
		ok = refuse(errors, "licence_malformed",
		    "This is not the whole licence file: its end is missing.");
	else if (!is_ours(key, head))
		ok = refuse(errors, "licence_foreign",
		    "This licence was signed by somebody else, not for this system.");
	else if (!verify(key, signature, p.signed_part))
		ok = refuse(errors, "licence_forged",
		    "The signature does not fit: the licence has been changed or is damaged.");
	else
		ok = put_payload(payload = decode_json(p.body), values, errors);
	json_decref(head);
	json_decref(payload);
	return ok;
}

/* There is none any more: nothing is limited. */
static enum err
put_nothing(json_t *values)
{
	json_t *nothing = json_object();
	enum err e = put_payload(nothing, values, NULL) ? ERR_OK : ERR_NOMEM;

	json_decref(nothing);
	return e;
}

enum err
licence_derive(struct store *s, json_t *values, struct model_errors *errors)
{
	const json_t *text = json_object_get(values, "text");

	if (!text)
		return ERR_OK;
	if (json_string_length(text) == 0) /* none any more */
		return put_nothing(values);
	if (!s->licence_key) {
		refuse(errors, "licence_no_key",
		    "This system takes no licences: it was started without --licence-key.");
		return ERR_INVALID;
	}
	return read_licence(s->licence_key, json_string_value(text), values, errors) ? ERR_OK
										     : ERR_INVALID;
}

/* ---- seats ---- */

static enum err
count_seats(struct db *db, size_t kind, int64_t *seats, int64_t *used)
{
	char sql[80];
	enum err e;

	snprintf(sql, sizeof sql, "SELECT \"%s\" FROM licence WHERE id = 1", kinds[kind].seats);
	e = db_int(db, sql, seats);
	if (e != ERR_OK || *seats == 0)
		return e;
	snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", kinds[kind].entity->name);
	return db_int(db, sql, used);
}

enum err
licence_seat(struct db *db, const struct model_entity *e, struct model_errors *errors)
{
	int64_t seats = 0, used = 0;
	size_t kind = 0;
	enum err err;

	while (kind < KINDS && kinds[kind].entity != e)
		kind++;
	if (kind == KINDS)
		return ERR_OK;
	err = count_seats(db, kind, &seats, &used);
	if (err != ERR_OK || seats == 0 || used < seats)
		return err;
	model_error_add(errors, "no_seat", "", "All %lld seats of the licence for %s are taken.",
	    (long long)seats, kinds[kind].seats);
	return ERR_CONFLICT;
}

enum err
store_licence_end(struct store *s, char *number, size_t number_bytes, int64_t *end_ms)
{
	json_t *row = NULL;
	enum err e = store_get(s, &model_licence, 1, &row);

	if (e != ERR_OK)
		return e;
	slice_clip_cstr(slice_cstr(row_text(row, "number")), number, number_bytes);
	*end_ms = 0;
	if (*row_text(row, "valid_until"))
		e = model_time_parse(slice_cstr(row_text(row, "valid_until")), end_ms);
	json_decref(row);
	return e;
}
