/* Who changed what, from what to what, and the way back. */
#include "fixture.h"

static json_t *
newest(struct store *s)
{
	struct store_query q = {.sort = SLICE("id"), .descending = true, .per_page = 1};
	json_t *items = NULL, *row;
	int64_t total;

	assert_int_equal(store_list(s, &model_change, &q, &items, &total, NULL), ERR_OK);
	row = json_incref(json_array_get(items, 0));
	json_decref(items);
	return row;
}

static int64_t
count(struct store *s)
{
	struct store_query q = {.per_page = 1};
	json_t *items = NULL;
	int64_t total;

	assert_int_equal(store_list(s, &model_change, &q, &items, &total, NULL), ERR_OK);
	json_decref(items);
	return total;
}

static void
assert_newest(struct store *s, const char *writer, const char *entity, const char *name,
    const char *action, const char *fields, const char *before, const char *after)
{
	json_t *row = newest(s);

	assert_string_equal(text_at(row, "writer"), writer);
	assert_string_equal(text_at(row, "entity"), entity);
	assert_string_equal(text_at(row, "name"), name);
	assert_string_equal(text_at(row, "action"), action);
	assert_json(json_object_get(row, "fields"), fields);
	assert_json(json_object_get(row, "before"), before);
	assert_json(json_object_get(row, "after"), after);
	assert_null(json_object_get(row, "undo"));
	json_decref(row);
}

static int64_t
newest_id(struct store *s)
{
	json_t *row = newest(s);
	int64_t id = json_integer_value(json_object_get(row, "id"));

	json_decref(row);
	return id;
}

static enum err
revert(struct store *s, int64_t id, const char *code)
{
	struct model_errors errors = {0};
	enum err e = store_changes_revert(s, &id, 1, &errors);

	if (code)
		assert_string_equal(errors.count ? errors.at[0].code : "", code);
	return e;
}

static void
every_change_says_who_and_what(void **state)
{
	struct fixture *f = *state;
	int64_t phone, user;

	store_set_writer("Ada Admin (1000)", "192.0.2.7");
	phone = make(f->store, &model_phone, "{'name':'desk','secret':'geheim1'}");
	assert_newest(f->store, "Ada Admin (1000)", "phone", "desk", "created", "[]", "{}", "{}");
	user = make(f->store, &model_user,
	    "{'login':'1234','first_name':'Emil','last_name':'Muster','password':'geheim1'}");
	patch(f->store, &model_user, user, "{'dnd':true,'first_name':'Emil','phones':[1]}", NULL);
	assert_newest(f->store, "Ada Admin (1000)", "user", "Emil Muster", "changed",
	    "['dnd','phones']", "{'dnd':false,'phones':[]}", "{'dnd':true,'phones':['desk']}");
	patch(f->store, &model_user, user, "{'password':'geheim2'}", NULL);
	assert_newest(f->store, "Ada Admin (1000)", "user", "Emil Muster", "changed",
	    "['password']", "{}", "{}"); /* but not to what */
	store_set_writer("", "");
	patch(f->store, &model_settings, 1, "{'ring_s':25}", NULL);
	assert_newest(f->store, "", "settings", "", "changed", "['ring_s']", "{'ring_s':30}",
	    "{'ring_s':25}");
	assert_int_equal(store_delete(f->store, &model_phone, phone, NULL), ERR_OK);
	assert_newest(f->store, "", "phone", "desk", "deleted", "[]", "{}", "{}");
}

static void
what_stays_or_is_refused_is_no_change(void **state)
{
	struct fixture *f = *state;
	int64_t phone = make(f->store, &model_phone, "{'name':'desk','secret':'geheim1'}"), before;
	struct model_errors errors = {0};

	before = count(f->store);
	patch(f->store, &model_phone, phone, "{'name':'desk','enabled':true}", NULL);
	assert_int_equal(
	    patch(f->store, &model_phone, phone, "{'name':'no good'}", &errors), ERR_INVALID);
	assert_int_equal(store_notice_add(f->store, NOTICE_WEAK_PASSWORDS,
			     (const char *const[3]){"1", "desk"}, 1),
	    ERR_OK);
	assert_int_equal(count(f->store), before);
}

static void
a_change_can_be_undone(void **state)
{
	struct fixture *f = *state;
	int64_t a = make(f->store, &model_phone, "{'name':'a','secret':'geheim1'}"), user, change;
	json_t *row = NULL;

	make(f->store, &model_phone, "{'name':'b','secret':'geheim1'}");
	user = make(f->store, &model_user,
	    "{'login':'1234','first_name':'Emil','last_name':'Muster','phones':[1,2]}");
	patch(f->store, &model_user, user, "{'phones':[2],'login':'4321'}", NULL);
	change = newest_id(f->store);
	assert_int_equal(revert(f->store, change, NULL), ERR_OK);
	assert_int_equal(store_get(f->store, &model_user, user, &row), ERR_OK);
	assert_string_equal(text_at(row, "login"), "1234");
	assert_json(json_object_get(row, "phone_names"), "['a','b']");
	json_decref(row);
	/* that is a change of its own, and once is enough */
	assert_int_equal(revert(f->store, change, "changed_since"), ERR_CONFLICT);
	assert_int_equal(revert(f->store, newest_id(f->store), NULL), ERR_OK);
	/* what it referred to may be gone */
	patch(f->store, &model_user, user, "{'phones':[1,2]}", NULL);
	patch(f->store, &model_user, user, "{'phones':[]}", NULL);
	change = newest_id(f->store);
	assert_int_equal(store_delete(f->store, &model_phone, a, NULL), ERR_OK);
	assert_int_equal(revert(f->store, change, "changed_since"), ERR_CONFLICT);
	patch(f->store, &model_user, user, "{'password':'geheim9'}", NULL);
	assert_int_equal(revert(f->store, newest_id(f->store), "changed_since"), ERR_CONFLICT);
	assert_int_equal(revert(f->store, 99999, NULL), ERR_NOT_FOUND);
}

static void
what_was_deleted_comes_back_with_its_secrets(void **state)
{
	struct fixture *f = *state;
	int64_t phone = make(f->store, &model_phone, "{'name':'desk','secret':'geheim1'}"), change;
	int64_t user = make(f->store, &model_user,
	    "{'login':'1234','first_name':'Emil','last_name':'Muster','phones':[1],"
	    "'password':'geheim5'}");
	json_t *row = NULL;

	assert_int_equal(store_delete(f->store, &model_phone, phone, NULL), ERR_OK);
	change = newest_id(f->store);
	make(f->store, &model_phone, "{'name':'desk','secret':'other-1'}");
	assert_int_equal(revert(f->store, change, "changed_since"), ERR_CONFLICT);
	assert_int_equal(revert(f->store, newest_id(f->store), NULL), ERR_OK); /* it was made */
	assert_int_equal(revert(f->store, change, NULL), ERR_OK);
	assert_int_equal(store_find(f->store, &model_phone, "name", "desk", &row), ERR_OK);
	assert_json(json_object_get(row, "user_names"), "['Emil Muster']");
	phone = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	assert_int_equal(store_get_secret(f->store, &model_phone, phone, &row), ERR_OK);
	assert_string_equal(text_at(row, "secret"), "geheim1");
	json_decref(row);
	assert_int_equal(store_delete(f->store, &model_user, user, NULL), ERR_OK);
	assert_int_equal(revert(f->store, newest_id(f->store), NULL), ERR_OK);
	row = NULL;
	assert_int_equal(store_authenticate(f->store, "1234", "geheim5", &row), ERR_OK);
	json_decref(row);
}

static void
the_log_is_forgotten_in_time_and_passwords_before(void **state)
{
	struct fixture *f = *state;
	const int64_t day = 86400000, now = (int64_t)time(NULL) * 1000;
	int64_t change;

	assert_int_equal(
	    store_delete(f->store, &model_phone,
		make(f->store, &model_phone, "{'name':'desk','secret':'geheim1'}"), NULL),
	    ERR_OK);
	change = newest_id(f->store);
	assert_int_equal(store_expire(f->store, now + 40 * day, NULL), ERR_OK);
	assert_true(count(f->store) > 0);
	assert_int_equal(revert(f->store, change, "changed_since"), ERR_CONFLICT);
	assert_int_equal(store_expire(f->store, now + 366 * day, NULL), ERR_OK);
	assert_int_equal(count(f->store), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {T(every_change_says_who_and_what),
	    T(what_stays_or_is_refused_is_no_change), T(a_change_can_be_undone),
	    T(what_was_deleted_comes_back_with_its_secrets),
	    T(the_log_is_forgotten_in_time_and_passwords_before)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
