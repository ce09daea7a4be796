/* SRV-11: licences, signed here with keys of the test's own. */
#include "fixture.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include "base/buf.h"
#include "store/licence.h"

struct signer {
	EVP_PKEY *key;
	char kid[17], pem[300];
};

static struct signer
new_signer(void)
{
	struct signer s = {.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
	unsigned char raw[32], hash[32];
	size_t n = sizeof raw;
	BIO *out = BIO_new(BIO_s_mem());
	struct buf b;

	assert_int_equal(EVP_PKEY_get_raw_public_key(s.key, raw, &n), 1);
	SHA256(raw, n, hash);
	buf_init(&b, s.kid, 16);
	buf_hex(&b, hash, 8);
	assert_int_equal(PEM_write_bio_PUBKEY(out, s.key), 1);
	assert_true(BIO_read(out, s.pem, sizeof s.pem - 1) > 0);
	BIO_free(out);
	return s;
}

static void
put_base64url(struct buf *out, const void *bytes, size_t n)
{
	unsigned char text[4000];
	int chars = EVP_EncodeBlock(text, bytes, (int)n);

	for (int i = 0; i < chars && text[i] != '='; i++)
		buf_char(out, (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]));
}

/* A licence with this payload; ' for ". In a static buffer. */
static const char *
licence(const struct signer *s, const char *payload)
{
	static char text[4000];
	char head[100], *body = strdup(payload);
	unsigned char signature[64];
	size_t n = sizeof signature;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct buf b;

	for (char *p = body; *p; p++)
		if (*p == '\'')
			*p = '"';
	buf_init(&b, text, sizeof text - 1);
	snprintf(head, sizeof head, "{\"alg\":\"EdDSA\",\"kid\":\"%s\"}", s->kid);
	put_base64url(&b, head, strlen(head));
	buf_char(&b, '.');
	put_base64url(&b, body, strlen(body));
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, s->key), 1);
	assert_int_equal(EVP_DigestSign(ctx, signature, &n, (const unsigned char *)text, b.n), 1);
	EVP_MD_CTX_free(ctx);
	buf_char(&b, '.');
	put_base64url(&b, signature, n);
	text[b.n] = '\0';
	free(body);
	return text;
}

static enum err
install(struct store *s, const char *text, struct model_errors *errors)
{
	json_t *in = json_pack("{s:s}", "text", text), *row = NULL;
	enum err e;

	errors->count = 0;
	e = store_patch(s, &model_licence, 1, in, &row, errors);
	json_decref(in);
	json_decref(row);
	return e;
}

static void
expect_refused(struct store *s, const char *text, const char *code)
{
	struct model_errors errors;

	assert_int_equal(install(s, text, &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].code, code);
	assert_string_equal(errors.at[0].field, "text");
}

static void
assert_seats(struct store *s, const char *field, int64_t seats, int64_t used)
{
	char name[40];
	json_t *row = NULL;

	snprintf(name, sizeof name, "%s_used", field);
	assert_int_equal(store_get(s, &model_licence, 1, &row), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(row, field)), seats);
	assert_int_equal(json_integer_value(json_object_get(row, name)), used);
	assert_null(json_object_get(row, "text"));
	json_decref(row);
}

static enum err
add_user(struct store *s, const char *login, struct model_errors *errors)
{
	json_t *in =
	    json_pack("{s:s, s:s, s:s}", "login", login, "first_name", "A", "last_name", "B");
	json_t *row = NULL;
	enum err e;

	errors->count = 0;
	e = store_create(s, &model_user, in, &row, errors);
	json_decref(in);
	json_decref(row);
	return e;
}

static void
without_a_licence_nothing_is_limited(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors;
	struct signer s = new_signer();

	assert_int_equal(add_user(f->store, "1000", &errors), ERR_OK);
	assert_seats(f->store, "users", 0, 1);
	/* and without a key there can be none */
	expect_refused(f->store, licence(&s, "{'number':'L-1'}"), "licence_no_key");
	EVP_PKEY_free(s.key);
}

static void
users_beyond_the_seats_are_refused_with_a_sentence(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors;
	struct signer s = new_signer();
	json_t *file, *report = NULL;
	const struct store_import_params keep = {.keep_others = true};

	assert_int_equal(store_set_licence_key(f->store, s.pem), ERR_OK);
	assert_int_equal(
	    install(f->store,
		licence(
		    &s, "{'number':'L-1','customer':'M\u00fcller','seats':{'users':2},'new':1}"),
		&errors),
	    ERR_OK);
	assert_int_equal(add_user(f->store, "1000", &errors), ERR_OK);
	assert_int_equal(add_user(f->store, "1001", &errors), ERR_OK);
	assert_int_equal(add_user(f->store, "1002", &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "no_seat");
	assert_string_equal(
	    errors.at[0].message, "All 2 seats of the licence for users are taken.");
	assert_seats(f->store, "users", 2, 2);
	file = json_of("{'users':[{'login':'1003','first_name':'A','last_name':'B'}]}");
	assert_int_equal(store_import(f->store, file, &keep, &report), ERR_INVALID);
	assert_string_equal(
	    text_at(json_array_get(json_object_get(report, "errors"), 0), "code"), "no_seat");
	json_decref(report);
	json_decref(file);
	/* what is not named is not limited; a seat that becomes free may be taken */
	make(f->store, &model_phone, "{'name':'desk'}");
	assert_int_equal(store_delete(f->store, &model_user, 2, &errors), ERR_OK);
	assert_int_equal(add_user(f->store, "1002", &errors), ERR_OK);
	/* a smaller one throws nobody out; without one there is no limit any more */
	assert_int_equal(
	    install(
		f->store, licence(&s, "{'number':'L-2','seats':{'users':1,'phones':1}}"), &errors),
	    ERR_OK);
	assert_seats(f->store, "users", 1, 2);
	assert_int_equal(install(f->store, "", &errors), ERR_OK);
	assert_int_equal(add_user(f->store, "1005", &errors), ERR_OK);
	EVP_PKEY_free(s.key);
}

static void
what_is_forged_cut_off_foreign_or_over_is_refused_and_says_so(void **state)
{
	struct fixture *f = *state;
	struct signer s = new_signer(), other = new_signer();
	struct model_errors errors;
	char text[4000];
	size_t n;

	assert_int_equal(store_set_licence_key(f->store, "no key"), ERR_INVALID);
	assert_int_equal(store_set_licence_key(f->store, s.pem), ERR_OK);
	expect_refused(f->store, licence(&other, "{'number':'L-1'}"), "licence_foreign");
	/* somebody else who says that he is we */
	memcpy(other.kid, s.kid, sizeof other.kid);
	expect_refused(f->store, licence(&other, "{'number':'L-1'}"), "licence_forged");
	expect_refused(f->store,
	    licence(&s, "{'number':'L-1','valid_until':'2020-01-01T00:00:00Z'}"),
	    "licence_expired");
	expect_refused(
	    f->store, licence(&s, "{'number':'L-1','valid_until':'soon'}"), "licence_malformed");
	expect_refused(
	    f->store, licence(&s, "{'number':'L-1','seats':{'users':0}}"), "licence_malformed");
	expect_refused(f->store, licence(&s, "['L-1']"), "licence_malformed");
	expect_refused(f->store, "hello", "licence_malformed");
	expect_refused(f->store, "..", "licence_malformed");
	snprintf(text, sizeof text, "%s", licence(&s, "{'number':'L-1','seats':{'users':5}}"));
	n = strlen(text);
	for (size_t i = 0; i < n; i++) { /* cut off anywhere */
		char old = text[i];

		text[i] = '\0';
		if (i)
			expect_refused(f->store, text, "licence_malformed");
		text[i] = old;
	}
	for (size_t i = n;
	     i-- > 0;) { /* a character of it changed, also in bits that count for nothing */
		char old = text[i];

		text[i] = old == 'A' ? 'B' : 'A';
		assert_int_equal(install(f->store, text, &errors), ERR_INVALID);
		text[i] = old;
	}
	assert_seats(f->store, "users", 0, 0);
	assert_int_equal(install(f->store, text, &errors), ERR_OK);
	assert_seats(f->store, "users", 5, 0);
	EVP_PKEY_free(s.key);
	EVP_PKEY_free(other.key);
}

static void
a_licence_that_is_over_goes_on_and_its_end_is_known(void **state)
{
	struct fixture *f = *state;
	struct signer s = new_signer();
	struct model_errors errors;
	char number[40], text[100], until[MODEL_TIME_TEXT];
	int64_t end_ms = (int64_t)time(NULL) * 1000 + 1500, end = 0;

	assert_int_equal(store_set_licence_key(f->store, s.pem), ERR_OK);
	assert_int_equal(store_licence_end(f->store, number, sizeof number, &end), ERR_OK);
	assert_int_equal(end, 0);
	snprintf(text, sizeof text, "{'number':'L-1','valid_until':'%s','seats':{'users':2}}",
	    model_time_write(end_ms, until));
	assert_int_equal(install(f->store, licence(&s, text), &errors), ERR_OK);
	assert_int_equal(store_licence_end(f->store, number, sizeof number, &end), ERR_OK);
	assert_int_equal(end, end_ms);
	assert_string_equal(number, "L-1");
	while ((int64_t)time(NULL) * 1000 <= end_ms)
		usleep(50000);
	assert_int_equal(add_user(f->store, "1000", &errors), ERR_OK);
	assert_int_equal(add_user(f->store, "1001", &errors), ERR_OK);
	assert_int_equal(add_user(f->store, "1002", &errors), ERR_CONFLICT);
	EVP_PKEY_free(s.key);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(without_a_licence_nothing_is_limited),
	    T(users_beyond_the_seats_are_refused_with_a_sentence),
	    T(what_is_forged_cut_off_foreign_or_over_is_refused_and_says_so),
	    T(a_licence_that_is_over_goes_on_and_its_end_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
