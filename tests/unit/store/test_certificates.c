/* Certificates: the one made at the first start, what is checked and derived when people enter
 * theirs, and that keys stay where they are. */
#include "fixture.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "store/certificate.h"

static const struct store_certificate_names names = {
    "pbx", "pbx, pbx.example, 192.0.2.1, 2001:db8::1, not a name, a,DNS:evil"};
static const int64_t day_ms = 86400000;

static int64_t
now_ms(void)
{
	return (int64_t)time(NULL) * 1000;
}

struct seen {
	size_t n, own;
	int64_t first_id;
	char chain[8192], key[2048];
	int64_t not_after;
	bool first_automatic;
};

static bool
see(void *ctx, const struct store_certificate_row *row)
{
	struct seen *s = ctx;

	if (s->n++ == 0) {
		s->first_id = row->id;
		s->first_automatic = row->automatic;
		s->not_after = row->not_after;
		snprintf(s->chain, sizeof s->chain, "%s", row->chain);
		snprintf(s->key, sizeof s->key, "%s", row->key);
	}
	s->own += row->own;
	return true;
}

static struct seen
look(struct fixture *f)
{
	struct seen s = {0};

	assert_int_equal(store_certificates_read(f->store, see, &s), ERR_OK);
	return s;
}

static X509 *
parse(const char *pem)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);

	BIO_free(in);
	assert_non_null(x);
	return x;
}

static void
the_first_start_makes_one(void **state)
{
	struct fixture *f = *state;
	struct seen s;
	bool made = false;
	X509 *x;

	assert_int_equal(store_certificate_ensure(f->store, &names, now_ms(), &made), ERR_OK);
	assert_true(made);
	assert_int_equal(store_certificate_ensure(f->store, &names, now_ms(), &made), ERR_OK);
	assert_false(made);
	s = look(f);
	assert_int_equal(s.n, 1);
	assert_true(s.first_automatic);
	assert_true(s.not_after > now_ms() + 9 * 365 * day_ms);
	x = parse(s.chain);
	assert_int_equal(X509_check_host(x, "pbx.example", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(x, "192.0.2.1", 0), 1);
	assert_int_equal(X509_check_ip_asc(x, "2001:db8::1", 0), 1);
	assert_int_equal(X509_check_host(x, "evil", 0, 0, NULL), 0);
	assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(x)), 256);
	X509_free(x);
}

/* What the system made it also renews; what people entered it leaves alone. */
static void
an_old_automatic_one_is_renewed(void **state)
{
	struct fixture *f = *state;
	struct seen before, after;
	bool made = false;

	assert_int_equal(store_certificate_ensure(f->store, &names, now_ms(), NULL), ERR_OK);
	before = look(f);
	assert_int_equal(
	    store_certificate_ensure(f->store, &names, before.not_after - 31 * day_ms, &made),
	    ERR_OK);
	assert_false(made);
	assert_int_equal(
	    store_certificate_ensure(f->store, &names, before.not_after - 29 * day_ms, &made),
	    ERR_OK);
	assert_true(made);
	after = look(f);
	assert_int_equal(after.n, 1);
	assert_string_not_equal(after.chain, before.chain);
}

static enum err
create(struct fixture *f, const char *name, const char *kind, const char *chain, const char *key,
    json_t **row, struct model_errors *errors)
{
	json_t *in = json_pack("{s:s, s:s, s:s}", "name", name, "kind", kind, "certificate", chain);
	enum err e;

	if (key)
		json_object_set_new(in, "key", json_string(key));
	e = store_create(f->store, &model_certificate, in, row, errors);
	json_decref(in);
	return e;
}

static void
what_people_enter_is_checked(void **state)
{
	struct fixture *f = *state;
	struct seen first, second;
	json_t *row = NULL;

	assert_int_equal(store_certificate_ensure(f->store, &names, now_ms(), NULL), ERR_OK);
	first = look(f);
	assert_int_equal(store_certificate_ensure(f->store, &names, first.not_after, NULL), ERR_OK);
	second = look(f);
	const struct {
		const char *kind, *chain, *key, *field, *code;
	} cases[] = {
	    {"own", "hello", first.key, "certificate", "malformed"},
	    {"own", first.chain, NULL, "key", "required"},
	    {"own", first.chain, "hello", "key", "malformed"},
	    {"own", first.chain, second.key, "key", "does_not_fit"},
	    {"authority", first.chain, NULL, "certificate", "no_authority"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct model_errors errors = {0};

		assert_int_equal(
		    create(f, "x", cases[i].kind, cases[i].chain, cases[i].key, NULL, &errors),
		    ERR_INVALID);
		assert_int_equal(errors.count, 1);
		assert_string_equal(errors.at[0].field, cases[i].field);
		assert_string_equal(errors.at[0].code, cases[i].code);
		assert_null(strstr(errors.at[0].message, "PRIVATE KEY"));
	}
	assert_int_equal(
	    create(f, "mine", "own", first.chain, first.key, &row, &(struct model_errors){0}),
	    ERR_OK);
	assert_string_equal(json_string_value(json_object_get(row, "hosts")),
	    "pbx, pbx.example, 192.0.2.1, 2001:db8::1, a");
	assert_true(json_is_false(json_object_get(row, "automatic")));
	assert_true(json_is_string(json_object_get(row, "not_after")));
	assert_null(json_object_get(row, "key")); /* never comes back */
	json_decref(row);
	/* A person's own goes before the automatic one, for who names no host. */
	second = look(f);
	assert_int_equal(second.n, 2);
	assert_false(second.first_automatic);
	assert_memory_equal(second.chain, first.chain, strlen(second.chain)); /* trimmed */
}

static void
a_change_is_checked_as_a_whole(void **state)
{
	struct fixture *f = *state;
	struct seen first, second;
	struct model_errors errors = {0};
	json_t *in, *row = NULL;

	assert_int_equal(store_certificate_ensure(f->store, &names, now_ms(), NULL), ERR_OK);
	first = look(f);
	assert_int_equal(store_certificate_ensure(f->store, &names, first.not_after, NULL), ERR_OK);
	second = look(f);
	in = json_pack("{s:s}", "certificate", first.chain); /* its key is another */
	assert_int_equal(
	    store_patch(f->store, &model_certificate, second.first_id, in, NULL, &errors),
	    ERR_INVALID);
	assert_string_equal(errors.at[0].code, "does_not_fit");
	json_object_set_new(in, "key", json_string(first.key));
	assert_int_equal(
	    store_patch(f->store, &model_certificate, second.first_id, in, &row, NULL), ERR_OK);
	assert_true(json_is_false(json_object_get(row, "automatic"))); /* a person's now */
	json_decref(in);
	json_decref(row);
	in = json_pack("{s:s}", "name", "other"); /* needs no new check */
	assert_int_equal(
	    store_patch(f->store, &model_certificate, second.first_id, in, NULL, NULL), ERR_OK);
	json_decref(in);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_first_start_makes_one),
	    TEST(an_old_automatic_one_is_renewed),
	    TEST(what_people_enter_is_checked),
	    TEST(a_change_is_checked_as_a_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
