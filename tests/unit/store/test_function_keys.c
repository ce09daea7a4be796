/* Function keys of users (USR-10): model/function_keys.c, store/function_key.c. */
#include "fixture.h"

struct firm {
	int64_t anna, bert, sales, support;
};

static struct firm
make_firm(struct store *s)
{
	struct firm f;
	char text[160];

	f.anna = make(s, &model_user, "{'login':'1001','first_name':'Anna','last_name':'Berg'}");
	f.bert = make(s, &model_user, "{'login':'1002','first_name':'Bert','last_name':'Cohn'}");
	f.sales = make(s, &model_group, "{'name':'Sales'}");
	f.support = make(s, &model_group, "{'name':'Support'}");
	snprintf(text, sizeof text, "{'number':'102','user':%lld}", (long long)f.bert);
	make(s, &model_number, text);
	return f;
}

static enum err
try_key(struct store *s, int64_t user, const char *more, struct model_errors *errors, json_t **row)
{
	char text[240];
	json_t *in;
	enum err e;

	snprintf(text, sizeof text, "{'user':%lld,%s}", (long long)user, more);
	in = json_of(text);
	*errors = (struct model_errors){0};
	*row = NULL;
	e = store_create(s, &model_function_key, in, row, errors);
	json_decref(in);
	return e;
}

static int64_t
key(struct store *s, int64_t user, const char *more)
{
	struct model_errors errors;
	json_t *row;
	int64_t id;

	assert_int_equal(try_key(s, user, more, &errors, &row), ERR_OK);
	id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	return id;
}

static const char *
with_id(const char *before, int64_t id, const char *behind)
{
	static char text[4][200];
	static int at;

	at = (at + 1) % 4;
	snprintf(text[at], sizeof text[at], "%s%lld%s", before, (long long)id, behind);
	return text[at];
}

static void
a_key_needs_the_target_of_its_type_and_no_other(void **state)
{
	struct fixture *f = *state;
	struct firm firm = make_firm(f->store);
	const struct {
		const char *key, *code, *field;
	} bad[] = {
	    {"'type':'blf'", "required", "target_user"},
	    {"'type':'speed_dial'", "required", "number"},
	    {"'type':'group'", "required", "groups"},
	    {"'type':'redirect'", "required", "redirected"},
	    {"'type':'orbit'", "required", "orbit"},
	    {"'type':'orbit','orbit':'7'", "two_digits", "orbit"},
	    {"'type':'redirect_all','trigger':'never'", "bad_choice", "trigger"},
	    {"'type':'redirect_all','orbit':'07'", "not_for_type", "orbit"},
	    {"'type':'dnd','number':'1'", "not_for_type", "number"},
	    {"'type':'label','number':'1'", "not_for_type", "number"},
	    {with_id("'type':'speed_dial','number':'0211','target_user':", firm.bert, ""),
		"not_for_type", "target_user"},
	    {"'type':'module'", "bad_choice", "type"},
	    {"'type':'label','column':9", "too_large", "column"},
	    {with_id("'type':'blf','target_user':", firm.bert, ",'target_group':1"), "one_target",
		"target_group"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct model_errors errors;
		json_t *row;

		assert_int_equal(
		    try_key(f->store, firm.anna, bad[i].key, &errors, &row), ERR_INVALID);
		assert_string_equal(errors.at[0].code, bad[i].code);
		assert_string_equal(errors.at[0].field, bad[i].field);
	}
	key(f->store, firm.anna, with_id("'type':'blf','target_user':", firm.bert, ""));
	key(f->store, firm.anna, with_id("'type':'blf','target_group':", firm.sales, ""));
	key(f->store, firm.anna, with_id("'type':'group','groups':[", firm.sales, "]"));
	key(f->store, firm.anna, "'type':'dnd'");
	key(f->store, firm.anna, "'type':'orbit','orbit':'07'");
	key(f->store, firm.anna, "'type':'redirect_all'");
	key(f->store, firm.anna, "'type':'redirect_all','trigger':'busy'");
}

static void
a_second_key_of_the_same_kind_is_refused_with_the_place_of_the_first(void **state)
{
	struct fixture *f = *state;
	struct firm firm = make_firm(f->store);
	const char *blf = with_id("'type':'blf','target_user':", firm.bert, "");
	struct model_errors errors;
	json_t *row;

	key(f->store, firm.anna, "'type':'label','label':'Own'");
	key(f->store, firm.anna, blf);
	key(f->store, firm.anna, "'type':'dnd','column':2");
	key(f->store, firm.anna, "'type':'speed_dial','number':'0211999'");
	assert_int_equal(try_key(f->store, firm.anna, blf, &errors, &row), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "key_twice");
	assert_non_null(strstr(errors.at[0].message, "column 1, place 2 "));
	assert_int_equal(try_key(f->store, firm.anna, "'type':'dnd'", &errors, &row), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "key_once");
	assert_non_null(strstr(errors.at[0].message, "column 2, place 1 "));
	assert_int_equal(
	    try_key(f->store, firm.anna, "'type':'speed_dial','number':'0211999'", &errors, &row),
	    ERR_CONFLICT);
	/* what has no target may look alike, and others have their own */
	key(f->store, firm.anna, "'type':'label','label':'Own'");
	key(f->store, firm.anna, "'type':'separator'");
	key(f->store, firm.anna, "'type':'separator'");
	key(f->store, firm.bert, "'type':'dnd'");
}

/* "label of a key…" of a column, in its order. */
static const char *
column(struct store *s, int64_t user, int64_t number)
{
	static char text[256];
	struct store_query q = {.all = true,
	    .equals =
		json_pack("{s:I, s:I}", "user", (json_int_t)user, "column", (json_int_t)number)};
	json_t *items = NULL, *row;
	int64_t total;
	size_t i;

	assert_int_equal(store_list(s, &model_function_key, &q, &items, &total, NULL), ERR_OK);
	text[0] = '\0';
	json_array_foreach(items, i, row) snprintf(text + strlen(text), sizeof text - strlen(text),
	    "%s%s", i ? " " : "", text_at(row, "label"));
	json_decref(items);
	json_decref((json_t *)q.equals);
	return text;
}

static void
move(struct store *s, int64_t id, const char *text)
{
	assert_int_equal(patch(s, &model_function_key, id, text, NULL), ERR_OK);
}

static void
keys_have_places_in_columns_and_make_room(void **state)
{
	struct fixture *f = *state;
	struct firm firm = make_firm(f->store);
	int64_t c;

	key(f->store, firm.anna, "'type':'label','label':'A'");
	key(f->store, firm.anna, "'type':'label','label':'B'");
	c = key(f->store, firm.anna, "'type':'label','label':'C'");
	key(f->store, firm.anna, "'type':'label','label':'X','column':2");
	key(f->store, firm.bert, "'type':'label','label':'Other'");
	assert_string_equal(column(f->store, firm.anna, 1), "A B C");
	move(f->store, c, "{'position':1}");
	assert_string_equal(column(f->store, firm.anna, 1), "C A B");
	move(f->store, c, "{'column':2,'position':1}");
	assert_string_equal(column(f->store, firm.anna, 1), "A B");
	assert_string_equal(column(f->store, firm.anna, 2), "C X");
}

static json_t *
read_key(struct store *s, int64_t id)
{
	json_t *row = NULL;

	assert_int_equal(store_get(s, &model_function_key, id, &row), ERR_OK);
	return row;
}

static void
a_key_tells_whom_it_shows_and_whether_its_user_is_logged_on_to_all_its_groups(void **state)
{
	struct fixture *f = *state;
	struct firm firm = make_firm(f->store);
	int64_t blf =
	    key(f->store, firm.anna, with_id("'type':'blf','target_user':", firm.bert, ""));
	int64_t both, member;
	char text[120];
	json_t *row;

	snprintf(text, sizeof text, "'type':'group','groups':[%lld,%lld]", (long long)firm.sales,
	    (long long)firm.support);
	both = key(f->store, firm.anna, text);
	row = read_key(f->store, blf);
	assert_string_equal(text_at(row, "target_name"), "Bert Cohn");
	assert_string_equal(text_at(row, "target_number"), "102");
	assert_false(json_is_true(json_object_get(row, "target_dnd")));
	json_decref(row);
	row = read_key(f->store, both);
	assert_string_equal(text_at(row, "target_name"), "Sales, Support");
	assert_false(json_is_true(json_object_get(row, "logged_on")));
	json_decref(row);
	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof text, "{'group':%lld,'user':%lld}",
		    (long long)(i ? firm.support : firm.sales), (long long)firm.anna);
		member = make(f->store, &model_group_member, text);
		row = read_key(f->store, both);
		assert_int_equal(json_is_true(json_object_get(row, "logged_on")), i == 1);
		json_decref(row);
	}
	assert_int_equal(
	    patch(f->store, &model_group_member, member, "{'logged_on':false}", NULL), ERR_OK);
	row = read_key(f->store, both);
	assert_false(json_is_true(json_object_get(row, "logged_on")));
	json_decref(row);
}

static void
keys_survive_export_and_import_in_their_places(void **state)
{
	struct fixture *f = *state;
	struct firm firm = make_firm(f->store);
	const struct store_import_params params = {0};
	json_t *file = NULL, *report = NULL;
	int64_t b;

	key(f->store, firm.anna, "'type':'label','label':'A'");
	b = key(f->store, firm.anna, "'type':'label','label':'B'");
	key(f->store, firm.anna, with_id("'type':'blf','label':'C','target_user':", firm.bert, ""));
	key(f->store, firm.anna, with_id("'type':'group','label':'D','groups':[", firm.sales, "]"));
	move(f->store, b, "{'position':4}");
	assert_string_equal(column(f->store, firm.anna, 1), "A C D B");
	assert_int_equal(store_export(f->store, &file), ERR_OK);
	for (int64_t id = 1; id <= 4; id++)
		assert_int_equal(store_delete(f->store, &model_function_key, id, NULL), ERR_OK);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(store_import(f->store, file, &params, &report), ERR_OK);
		assert_int_equal(
		    json_integer_value(json_object_get(report, "created")), again ? 0 : 4);
		assert_int_equal(json_integer_value(json_object_get(report, "updated")), 0);
		json_decref(report);
		assert_string_equal(column(f->store, firm.anna, 1), "A C D B");
	}
	json_decref(file);
}

static void
a_deleted_user_comes_back_with_keys_and_those_that_showed_him(void **state)
{
	struct fixture *f = *state;
	struct firm firm = make_firm(f->store);
	struct model_errors errors = {0};
	struct store_query q = {.all = true};
	json_t *items = NULL;
	int64_t total, change;

	key(f->store, firm.anna,
	    with_id("'type':'blf','label':'Bert','target_user':", firm.bert, ""));
	key(f->store, firm.bert, "'type':'dnd'");
	store_set_writer("Anna", "");
	assert_int_equal(store_delete(f->store, &model_user, firm.bert, NULL), ERR_OK);
	assert_string_equal(column(f->store, firm.anna, 1), "");
	change = store_last_change();
	assert_int_equal(store_changes_revert(f->store, &change, 1, &errors), ERR_OK);
	assert_string_equal(column(f->store, firm.anna, 1), "Bert");
	assert_int_equal(
	    store_list(f->store, &model_function_key, &q, &items, &total, NULL), ERR_OK);
	assert_int_equal(total, 2);
	json_decref(items);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(a_key_needs_the_target_of_its_type_and_no_other),
	    T(a_second_key_of_the_same_kind_is_refused_with_the_place_of_the_first),
	    T(keys_have_places_in_columns_and_make_room),
	    T(a_key_tells_whom_it_shows_and_whether_its_user_is_logged_on_to_all_its_groups),
	    T(keys_survive_export_and_import_in_their_places),
	    T(a_deleted_user_comes_back_with_keys_and_those_that_showed_him),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
