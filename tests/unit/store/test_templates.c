/* Templates and what follows them (LIN-2, PHO-5): store/template.c, store/provider.c. */
#include "fixture.h"

static int64_t
id_of(struct store *s, const struct model_entity *e, const char *name)
{
	json_t *row = NULL;
	int64_t id;

	if (store_find(s, e, "name", name, &row) != ERR_OK)
		fail_msg("no %s %s", e->name, name);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	return id;
}

static const char *
server_of(struct store *s, int64_t line)
{
	static char text[256];
	json_t *row = NULL;

	assert_int_equal(store_get(s, &model_line, line, &row), ERR_OK);
	slice_clip_cstr(slice_cstr(text_at(row, "server")), text, sizeof text);
	json_decref(row);
	return text;
}

static enum err
create(struct store *s, const struct model_entity *e, const char *text, struct model_errors *errors)
{
	json_t *in = json_of(text), *row = NULL;
	enum err err;

	errors->count = 0;
	err = store_create(s, e, in, &row, errors);
	json_decref(row);
	json_decref(in);
	return err;
}

static void
a_line_says_what_is_its_own_and_follows_its_provider_in_the_rest(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct model_errors errors;
	int64_t mine =
	    make(s, &model_provider, "{'name':'Mine','host':'one.example','srtp':'off'}");
	int64_t line;
	char text[160];
	json_t *row = NULL;

	snprintf(text, sizeof text, "{'name':'L','provider':%lld,'username':'u','srtp':'required'}",
	    (long long)mine);
	line = make(s, &model_line, text);
	assert_string_equal(server_of(s, line), "one.example");
	assert_int_equal(
	    patch(s, &model_provider, mine, "{'host':'two.example'}", &errors), ERR_OK);
	assert_string_equal(server_of(s, line), "two.example");
	assert_int_equal(
	    patch(s, &model_line, line, "{'host':'own.example:5070'}", &errors), ERR_OK);
	assert_string_equal(server_of(s, line), "own.example:5070");
	assert_int_equal(patch(s, &model_line, line, "{'host':null}", &errors), ERR_OK);
	assert_int_equal(store_get(s, &model_line, line, &row), ERR_OK);
	assert_true(json_is_null(json_object_get(row, "host")));
	assert_true(json_is_null(json_object_get(row, "codecs")));
	assert_string_equal(text_at(row, "srtp"), "required");
	assert_string_equal(text_at(row, "provider_name"), "Mine");
	json_decref(row);
}

static void
servers_named_after_the_account_need_one(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct model_errors errors;
	long long twilio = (long long)id_of(s, &model_provider, "Twilio");
	char text[160];
	int64_t line;

	snprintf(text, sizeof text, "{'name':'L','provider':%lld,'username':'u'}", twilio);
	assert_int_equal(create(s, &model_line, text, &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].field, "account");
	snprintf(text, sizeof text, "{'name':'L','provider':%lld,'username':'u','account':'acme'}",
	    twilio);
	line = make(s, &model_line, text);
	assert_string_equal(server_of(s, line), "acme.pstn.twilio.com");
	assert_int_equal(patch(s, &model_line, line, "{'account':''}", &errors), ERR_INVALID);
	assert_int_equal(
	    create(s, &model_provider, "{'name':'X','host':'<other>.example'}", &errors),
	    ERR_INVALID);
	assert_string_equal(errors.at[0].code, "bad_format");
}

static void
what_a_line_needs_may_come_from_its_provider_but_must_be_there(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct model_errors errors;
	long long trunk = (long long)id_of(s, &model_provider, "IP trunk");
	char text[160];

	assert_int_equal(create(s, &model_line, "{'name':'L'}", &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].field, "host");
	assert_string_equal(errors.at[1].field, "username"); /* the usual one has a password */
	snprintf(text, sizeof text, "{'name':'L','provider':%lld,'host':'192.0.2.1'}", trunk);
	assert_int_equal(create(s, &model_line, text, &errors), ERR_OK);
	snprintf(text, sizeof text,
	    "{'name':'M','provider':%lld,'host':'192.0.2.1','register':true}", trunk);
	assert_int_equal(create(s, &model_line, text, &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].field, "register");
}

static void
a_provider_in_use_stays_and_does_not_break_its_lines(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct model_errors errors = {0};
	int64_t mine = make(s, &model_provider, "{'name':'Mine','host':'one.example'}"), line;
	char text[120];

	snprintf(text, sizeof text, "{'name':'L','provider':%lld,'username':'u'}", (long long)mine);
	line = make(s, &model_line, text);
	assert_int_equal(store_delete(s, &model_provider, mine, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "in_use");
	assert_int_equal(patch(s, &model_provider, mine, "{'host':''}", &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].code, "breaks_follower");
	assert_non_null(strstr(errors.at[0].message, "Line L: "));
	assert_string_equal(server_of(s, line), "one.example");
	assert_int_equal(store_delete(s, &model_line, line, &errors), ERR_OK);
	assert_int_equal(store_delete(s, &model_provider, mine, &errors), ERR_OK);
}

static void
supplied_providers_can_be_copied_but_not_changed(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct model_errors errors = {0};
	int64_t telekom = id_of(s, &model_provider, "Telekom CompanyFlex");

	assert_int_equal(
	    patch(s, &model_provider, telekom, "{'host':'evil.example'}", &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "supplied");
	errors.count = 0;
	assert_int_equal(store_delete(s, &model_provider, telekom, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "supplied");
	assert_int_equal(
	    create(s, &model_provider, "{'name':'Telekom CompanyFlex'}", &errors), ERR_EXISTS);
}

static void
every_supplied_provider_makes_a_line(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct store_query q = {.all = true};
	struct model_errors errors = {0};
	json_t *items = NULL, *row;
	int64_t n;
	size_t i;

	assert_int_equal(store_list(s, &model_provider, &q, &items, &n, NULL), ERR_OK);
	assert_true(n >= 20);
	json_array_foreach(items, i, row)
	{
		const char *host = text_at(row, "host");
		char text[300];

		assert_true(json_is_true(json_object_get(row, "builtin")));
		assert_string_not_equal(text_at(row, "basis"), "own");
		snprintf(text, sizeof text,
		    "{'name':'line %zu','provider':%lld,'username':'u','account':'acct'%s}", i,
		    (long long)json_integer_value(json_object_get(row, "id")),
		    *host ? "" : ",'host':'sip.example'");
		if (create(s, &model_line, text, &errors) != ERR_OK)
			fail_msg("%s: %s", text_at(row, "name"), errors.at[0].message);
	}
	json_decref(items);
}

static void
an_export_names_providers_and_brings_them_back(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	const struct store_import_params params = {0};
	int64_t mine = make(s, &model_provider, "{'name':'Mine','host':'one.example'}");
	json_t *file = NULL, *report = NULL;
	char text[120];

	snprintf(text, sizeof text, "{'name':'L','provider':%lld,'username':'u'}", (long long)mine);
	make(s, &model_line, text);
	make(s, &model_line, "{'name':'M','host':'x.example','username':'u'}");
	assert_int_equal(store_export(s, &file), ERR_OK);
	assert_int_equal(json_array_size(json_object_get(file, "providers")), 1);
	assert_int_equal(store_import(s, file, &params, &report), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(report, "updated")), 0);
	assert_int_equal(json_integer_value(json_object_get(report, "deleted")), 0);
	json_decref(report);
	json_decref(file);
	assert_string_equal(server_of(s, id_of(s, &model_line, "L")), "one.example");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	    TEST(a_line_says_what_is_its_own_and_follows_its_provider_in_the_rest),
	    TEST(servers_named_after_the_account_need_one),
	    TEST(what_a_line_needs_may_come_from_its_provider_but_must_be_there),
	    TEST(a_provider_in_use_stays_and_does_not_break_its_lines),
	    TEST(supplied_providers_can_be_copied_but_not_changed),
	    TEST(every_supplied_provider_makes_a_line),
	    TEST(an_export_names_providers_and_brings_them_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
