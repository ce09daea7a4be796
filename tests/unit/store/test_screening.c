/* What security writes: SIP passwords by guideline (SEC-1, SEC-2), screening's rules (SEC-3),
 * notices. */
#include "fixture.h"

#define GOOD "Tk4vPwq8mZrhGxb2"

static void
set(struct store *s, const char *text)
{
	json_t *in = json_of(text), *row = NULL;

	assert_int_equal(store_patch(s, &model_settings, 1, in, &row, NULL), ERR_OK);
	json_decref(row);
	json_decref(in);
}

static enum err
patch_phone(struct store *s, int64_t id, const char *text, struct model_errors *errors)
{
	json_t *in = json_of(text), *row = NULL;
	enum err e = store_patch(s, &model_phone, id, in, &row, errors);

	json_decref(row);
	json_decref(in);
	return e;
}

static void
expect_weak(enum err e, const struct model_errors *errors)
{
	assert_int_equal(e, ERR_INVALID);
	assert_string_equal(errors->at[0].code, "weak_password");
	assert_string_equal(errors->at[0].field, "secret");
}

static void
weak_sip_passwords_are_refused_sec_1(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors = {0};
	struct store_import_params params = {.keep_others = true};
	json_t *in, *row = NULL;
	int64_t id;

	id = make(f->store, &model_phone, "{'name':'old','secret':'geheim1'}");
	set(f->store, "{'password_weak_allowed':false}");
	in = json_of("{'name':'desk','secret':'geheim1'}");
	expect_weak(store_create(f->store, &model_phone, in, &row, &errors), &errors);
	json_decref(in);
	errors = (struct model_errors){0};
	expect_weak(patch_phone(f->store, id, "{'secret':'geheim2'}", &errors), &errors);
	assert_int_equal(patch_phone(f->store, id, "{'enabled':false}", NULL), ERR_OK);
	in = json_of("{'phones':[{'name':'soft','secret':'geheim1'}]}");
	assert_int_equal(store_import(f->store, in, &params, &row), ERR_INVALID);
	assert_string_equal(
	    text_at(json_array_get(json_object_get(row, "errors"), 0), "code"), "weak_password");
	json_decref(row);
	json_decref(in);
	/* what is there already and does not change is no reason to refuse a whole file */
	in = json_of("{'phones':[{'name':'old','secret':'geheim1','max_contacts':2}]}");
	assert_int_equal(store_import(f->store, in, &params, &row), ERR_OK);
	json_decref(row);
	json_decref(in);
	in = json_of("{'settings':{'password_weak_allowed':true},"
		     "'phones':[{'name':'soft','secret':'geheim1'}]}");
	assert_int_equal(store_import(f->store, in, &params, &row), ERR_OK);
	json_decref(row);
	json_decref(in);
	set(f->store, "{'password_weak_allowed':false}");
	assert_int_equal(patch_phone(f->store, id, "{'secret':'" GOOD "'}", NULL), ERR_OK);
	set(f->store, "{'password_policy':'paranoid'}");
	expect_weak(patch_phone(f->store, id, "{'secret':'" GOOD "x'}", &errors), &errors);
}

static void
generated_ones_follow_the_guideline_sec_1(void **state)
{
	struct fixture *f = *state;
	json_t *row = NULL;
	int64_t id;

	set(f->store, "{'password_policy':'paranoid','password_weak_allowed':false}");
	id = make(f->store, &model_phone, "{'name':'desk'}");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_get_secret(f->store, &model_phone, id, &row), ERR_OK);
		assert_int_equal(strlen(text_at(row, "secret")), 30);
		json_decref(row);
		assert_int_equal(store_phone_new_secret(f->store, id), ERR_OK);
	}
}

static void
note_weak(void *ctx, const char *phone, const char *weakness)
{
	struct buf *b = ctx;

	buf_printf(b, "%s:%s ", phone, weakness);
}

static void
weak_ones_are_found_sec_2(void **state)
{
	struct fixture *f = *state;
	char text[200] = "";
	struct buf b;

	make(f->store, &model_phone, "{'name':'anna','secret':'geheim1'}");
	make(f->store, &model_phone, "{'name':'bernd','secret':'" GOOD "'}");
	make(f->store, &model_phone, "{'name':'cleo','secret':'geheim1','enabled':false}");
	make(f->store, &model_phone, "{'name':'door','auth':'address','host':'192.0.2.9'}");
	make(f->store, &model_phone, "{'name':'emil','secret':'Tk4vEmil8mZrhGx2'}");
	buf_init(&b, text, sizeof text - 1);
	assert_int_equal(store_weak_secrets(f->store, note_weak, &b), ERR_OK);
	assert_string_equal(text, "anna:too_short emil:has_name ");
}

/* ---- screening ---- */

static struct store_screening
blocked(const char *address, int64_t at, bool is_new)
{
	struct store_screening s = {.at = at,
	    .expires_at = at + 1000,
	    .is_new = is_new,
	    .reason = "scanner",
	    .user_agent = "sipcli"};

	snprintf(s.address, sizeof s.address, "%s", address);
	return s;
}

static json_t *
rule_of(struct store *s, const char *address)
{
	json_t *row = NULL;

	if (store_find(s, &model_address_rule, "address", address, &row) != ERR_OK)
		return NULL;
	return row;
}

static void
count(void *ctx, const struct store_address_rule *r)
{
	++*(int *)ctx;
}

static void
screening_makes_renews_and_removes_rules_sec_3(void **state)
{
	struct fixture *f = *state;
	struct store_screening s[3] = {blocked("192.0.2.1", 1772323199000, true),
	    blocked("2001:db8::/64", 1772323199000, true), blocked("192.0.2.9", 1, true)};
	json_t *row, *in;
	int n = 0;

	make(f->store, &model_address_rule, "{'address':'192.0.2.9','action':'allow'}");
	assert_int_equal(store_screening_apply(f->store, s, 3), ERR_OK);
	row = rule_of(f->store, "192.0.2.1");
	assert_true(json_is_true(json_object_get(row, "automatic")));
	assert_string_equal(text_at(row, "action"), "block");
	assert_string_equal(text_at(row, "reason"), "scanner");
	assert_string_equal(text_at(row, "user_agent"), "sipcli");
	assert_string_equal(text_at(row, "created_at"), "2026-02-28T23:59:59.000Z");
	json_decref(row);
	row = rule_of(f->store, "192.0.2.9"); /* a person's rule stands */
	assert_string_equal(text_at(row, "action"), "allow");
	assert_false(json_is_true(json_object_get(row, "automatic")));
	assert_true(json_is_string(json_object_get(row, "created_at")));
	json_decref(row);

	s[0] = blocked("192.0.2.1", 1772323299000, false);
	assert_int_equal(store_screening_apply(f->store, s, 1), ERR_OK);
	row = rule_of(f->store, "192.0.2.1");
	assert_string_equal(text_at(row, "created_at"), "2026-02-28T23:59:59.000Z");
	assert_string_equal(text_at(row, "last_at"), "2026-03-01T00:01:39.000Z");
	assert_string_equal(text_at(row, "expires_at"), "2026-03-01T00:01:40.000Z");
	json_decref(row);
	assert_int_equal(store_address_rules_load(f->store, count, &n), ERR_OK);
	assert_int_equal(n, 3);

	/* what screening found is no configuration */
	assert_int_equal(store_export(f->store, &in), ERR_OK);
	assert_int_equal(json_array_size(json_object_get(in, "address-rules")), 1);
	json_decref(in);

	s[1].remove = true;
	s[2].remove = true; /* a person's */
	assert_int_equal(store_screening_apply(f->store, s + 1, 2), ERR_OK);
	assert_null(rule_of(f->store, "2001:db8::/64"));
	json_decref(row = rule_of(f->store, "192.0.2.9"));
	assert_non_null(row);
	assert_int_equal(store_address_rules_expire(f->store, 1772323300000), ERR_OK);
	assert_null(rule_of(f->store, "192.0.2.1"));
}

static void
what_the_system_says_of_rules_nobody_else_does(void **state)
{
	static const char *const inputs[] = {"{'address':'192.0.2.1','automatic':true}",
	    "{'address':'192.0.2.1','reason':'x'}", "{'address':'192.0.2.1','created_at':null}",
	    "{'address':'no address'}", "{'address':'192.0.2.1','action':'tickle'}"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
		json_t *in = json_of(inputs[i]), *row = NULL;

		if (store_create(f->store, &model_address_rule, in, &row, NULL) != ERR_INVALID)
			fail_msg("%s", inputs[i]);
		json_decref(in);
	}
}

/* ---- notices ---- */

static void
notices_are_the_systems_but_seen_is_the_readers(void **state)
{
	const char *const args[NOTICE_ARGS_MAX] = {"192.0.2.7", "tries passwords", "x"};
	struct fixture *f = *state;
	struct store_query q = {.per_page = 1};
	json_t *in = json_of("{'seen':true}"), *row = NULL, *items;
	int64_t at = 1, total;

	assert_int_equal(store_notice_latest(f->store, NOTICE_ADDRESS_BLOCKED, &at), ERR_OK);
	assert_int_equal(at, 0);
	for (int i = 0; i < 1100; i++)
		assert_int_equal(
		    store_notice_add(f->store, NOTICE_ADDRESS_BLOCKED, args, 1772323199000 + i),
		    ERR_OK);
	assert_int_equal(store_notice_latest(f->store, NOTICE_ADDRESS_BLOCKED, &at), ERR_OK);
	assert_true(at == 1772323199000 + 1099);
	assert_int_equal(store_list(f->store, &model_notice, &q, &items, &total, NULL), ERR_OK);
	assert_int_equal(total, 1000); /* the newest */
	row = json_array_get(items, 0);
	assert_string_equal(
	    text_at(row, "text"), "192.0.2.7 has been blocked: it tries passwords (x)");
	assert_int_equal(json_array_size(json_object_get(row, "args")), 3);
	assert_false(json_is_true(json_object_get(row, "seen")));
	at = json_integer_value(json_object_get(row, "id"));
	json_decref(items);
	assert_int_equal(store_create(f->store, &model_notice, in, &row, NULL), ERR_UNSUPPORTED);
	assert_int_equal(store_patch(f->store, &model_notice, at, in, &row, NULL), ERR_OK);
	assert_true(json_is_true(json_object_get(row, "seen")));
	json_decref(row);
	json_decref(in);
	in = json_of("{'text':'all is well'}");
	assert_int_equal(store_patch(f->store, &model_notice, at, in, &row, NULL), ERR_INVALID);
	json_decref(in);
	assert_int_equal(store_delete(f->store, &model_notice, at, NULL), ERR_OK);
}

static void
mail_goes_to_the_first_administrator(void **state)
{
	struct fixture *f = *state;
	char email[256], language[8];

	assert_int_equal(store_first_admin(f->store, email, language), ERR_NOT_FOUND);
	make(f->store, &model_user,
	    "{'login':'1000','first_name':'A','last_name':'A','admin':true}"); /* no address */
	make(f->store, &model_user,
	    "{'login':'1001','first_name':'B','last_name':'B','email':'b@x.example'}");
	make(f->store, &model_user,
	    "{'login':'1002','first_name':'C','last_name':'C','admin':true,'language':'en',"
	    "'email':'c@x.example'}");
	assert_int_equal(store_first_admin(f->store, email, language), ERR_OK);
	assert_string_equal(email, "c@x.example");
	assert_string_equal(language, "en");
}

#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(weak_sip_passwords_are_refused_sec_1),
	    T(generated_ones_follow_the_guideline_sec_1),
	    T(weak_ones_are_found_sec_2),
	    T(screening_makes_renews_and_removes_rules_sec_3),
	    T(what_the_system_says_of_rules_nobody_else_does),
	    T(notices_are_the_systems_but_seen_is_the_readers),
	    T(mail_goes_to_the_first_administrator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
