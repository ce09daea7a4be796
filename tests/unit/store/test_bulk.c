/* One request about several rows: all or none, each row with its own entry in the log of changes.
 */
#include "fixture.h"
#include "store/store_int.h"

struct office {
	int64_t anna, ben, cora, sales, service;
};

static struct office
furnish(struct fixture *f)
{
	struct office o = {
	    make(f->store, &model_user,
		"{'login':'1001','first_name':'Anna','last_name':'A','rights':['voice'],"
		"'password':'geheim1','admin':true}"),
	    make(f->store, &model_user,
		"{'login':'1002','first_name':'Ben','last_name':'B','rights':['fax','voice']}"),
	    make(f->store, &model_user,
		"{'login':'1003','first_name':'Cora','last_name':'C','rights':[]}"),
	    make(f->store, &model_group, "{'name':'Sales'}"),
	    make(f->store, &model_group, "{'name':'Service'}"),
	};

	return o;
}

static enum err
bulk(struct fixture *f, const struct model_entity *e, const char *text, json_t **result,
    struct model_errors *errors)
{
	static struct model_errors lost;
	json_t *in = json_of(text);
	enum err err;

	errors = errors ? errors : &lost;
	errors->count = 0;
	err = store_bulk(f->store, e, in, result, errors);
	json_decref(in);
	return err;
}

static json_t *
done(struct fixture *f, const struct model_entity *e, const char *text)
{
	struct model_errors errors = {0};
	json_t *result = NULL;

	if (bulk(f, e, text, &result, &errors) != ERR_OK)
		fail_msg("%s: %s", text, errors.at[0].message);
	return result;
}

static void
refused(struct fixture *f, const char *text, enum err want, const char *code, const char *field,
    int64_t row)
{
	struct model_errors errors = {0};
	json_t *result = NULL;

	assert_int_equal(bulk(f, &model_user, text, &result, &errors), want);
	assert_null(result);
	assert_string_equal(errors.at[0].code, code);
	assert_string_equal(errors.at[0].field, field);
	assert_int_equal(errors.at[0].row, row);
}

static void
assert_field(struct fixture *f, const struct model_entity *e, int64_t id, const char *field,
    const char *want)
{
	json_t *row = NULL;

	assert_int_equal(store_get(f->store, e, id, &row), ERR_OK);
	assert_json(json_object_get(row, field), want);
	json_decref(row);
}

static int64_t
total(struct fixture *f, const struct model_entity *e)
{
	struct store_query q = {.per_page = 1};
	json_t *items = NULL;
	int64_t n;

	assert_int_equal(store_list(f->store, e, &q, &items, &n, NULL), ERR_OK);
	json_decref(items);
	return n;
}

/* All changes that the answer names. */
static enum err
undo(struct fixture *f, json_t *result, struct model_errors *errors)
{
	int64_t ids[64];
	size_t n = 0, i, k;
	json_t *row, *id;

	json_array_foreach(json_object_get(result, "rows"), i, row)
	{
		json_array_foreach(json_object_get(row, "changes"), k, id)
		{
			ids[n++] = json_integer_value(id);
		}
	}
	return store_changes_revert(f->store, ids, n, errors);
}

static void
several_users_change_at_once_and_each_is_in_the_log(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	int64_t changes = total(f, &model_change);
	json_t *result = done(f, &model_user,
	    "{'ids':[3,1,2],'values':{'language':'en','ring_s':25},'add':{'rights':['fax']},"
	    "'remove':{'rights':['voice']}}");

	assert_json(json_object_get(result, "changed"), "3");
	assert_json(json_object_get(json_array_get(json_object_get(result, "rows"), 0), "id"), "3");
	assert_field(f, &model_user, o.anna, "language", "'en'");
	assert_field(f, &model_user, o.anna, "rights", "['fax']");
	assert_field(f, &model_user, o.ben, "rights", "['fax']");
	assert_field(f, &model_user, o.cora, "rights", "['fax']");
	assert_field(f, &model_user, o.cora, "ring_s", "25");
	assert_int_equal(total(f, &model_change), changes + 3);
	json_decref(result);
	/* once more: nothing is left to do, and nothing is said to have been done */
	result = done(f, &model_user, "{'ids':[1,2,3],'values':{'language':'en'}}");
	assert_json(json_object_get(result, "changed"), "0");
	assert_json(json_array_get(json_object_get(result, "rows"), 2),
	    "{'id':3,'changed':false,'changes':[]}");
	assert_int_equal(total(f, &model_change), changes + 3);
	json_decref(result);
}

static void
groups_are_added_and_removed_like_rights(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	json_t *result;

	make(f->store, &model_group_member, "{'group':1,'user':1}");
	result = done(f, &model_user, "{'ids':[1,2,3],'add':{'groups':[1,2]}}");
	assert_json(json_object_get(result, "changed"), "3");
	assert_field(f, &model_group, o.sales, "members", "3");
	assert_field(f, &model_group, o.service, "members", "3");
	json_decref(result);
	/* the same list from its other end */
	result = done(f, &model_group, "{'ids':[1],'remove':{'users':[2,3]}}");
	assert_field(f, &model_group, o.sales, "members", "1");
	assert_int_equal(undo(f, result, NULL), ERR_OK);
	assert_field(f, &model_group, o.sales, "members", "3");
	json_decref(result);
	refused(
	    f, "{'ids':[2],'add':{'groups':[99]}}", ERR_INVALID, "no_such_reference", "group", 2);
	refused(f, "{'ids':[2],'add':{'phones':'x'}}", ERR_INVALID, "wrong_type", "phones", 0);
	refused(
	    f, "{'ids':[2],'add':{'numbers':['1']}}", ERR_INVALID, "unknown_field", "numbers", 0);
}

static void
a_fault_in_one_row_changes_none_and_names_it(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	int64_t changes = total(f, &model_change);

	refused(f, "{'ids':[1,99],'values':{'dnd':true}}", ERR_NOT_FOUND, "not_found", "", 99);
	refused(f, "{'ids':[1,2],'values':{'ring_s':999}}", ERR_INVALID, "too_large", "ring_s", 1);
	refused(
	    f, "{'ids':[1,2],'values':{'login':'2000'}}", ERR_INVALID, "one_row_only", "login", 0);
	refused(f, "{'ids':[1,2],'values':{'password':'geheim9'}}", ERR_INVALID, "one_row_only",
	    "password", 0);
	refused(f, "{'ids':[],'values':{'dnd':true}}", ERR_INVALID, "required", "ids", 0);
	refused(f, "{'ids':[1,1],'values':{'dnd':true}}", ERR_INVALID, "doubled", "ids", 0);
	refused(f, "{'ids':['1'],'values':{'dnd':true}}", ERR_INVALID, "wrong_type", "ids", 0);
	refused(f, "{'ids':[1],'value':{'dnd':true}}", ERR_INVALID, "unknown_field", "value", 0);
	refused(f, "{'ids':[1],'values':{'rights':[]},'add':{'rights':['fax']}}", ERR_INVALID,
	    "conflict", "rights", 0);
	assert_field(f, &model_user, o.anna, "dnd", "false");
	assert_int_equal(total(f, &model_change), changes);
}

static void
the_last_administrator_stays_whatever_the_order(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	json_t *result;

	patch(f->store, &model_user, o.ben, "{'admin':true}", NULL);
	refused(f, "{'ids':[1,2,3],'values':{'enabled':false}}", ERR_CONFLICT, "last_administrator",
	    "admin", 1);
	assert_field(f, &model_user, o.cora, "enabled", "true");
	result = done(f, &model_user, "{'ids':[1,3],'values':{'enabled':false}}");
	assert_int_equal(undo(f, result, NULL), ERR_OK);
	assert_field(f, &model_user, o.anna, "enabled", "true");
	json_decref(result);
}

static void
undo_of_several_is_all_or_none(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct model_errors errors = {0};
	json_t *result =
	    done(f, &model_user, "{'ids':[1,2],'values':{'dnd':true},'add':{'groups':[1]}}");

	patch(f->store, &model_user, o.anna, "{'dnd':false}", NULL);
	assert_int_equal(undo(f, result, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "changed_since");
	assert_field(f, &model_user, o.ben, "dnd", "true");
	assert_field(f, &model_group, o.sales, "members", "2");
	patch(f->store, &model_user, o.anna, "{'dnd':true}", NULL);
	assert_int_equal(undo(f, result, &errors), ERR_OK);
	assert_field(f, &model_user, o.ben, "dnd", "false");
	assert_field(f, &model_group, o.sales, "members", "0");
	json_decref(result);
}

/* A membership comes back by its group and user; a group that is called like the id of another
 * one is no reason against it. */
static void
a_membership_comes_back_to_a_group_that_is_called_by_a_number(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	int64_t group = make(f->store, &model_group, "{'name':'1'}");
	json_t *result;

	make(f->store, &model_group_member, "{'group':1,'user':3}");
	make(f->store, &model_group_member, "{'group':3,'user':1}");
	result = done(f, &model_user, "{'ids':[1],'remove':{'groups':[3]}}");
	assert_field(f, &model_group, group, "members", "0");
	assert_int_equal(undo(f, result, NULL), ERR_OK);
	assert_field(f, &model_group, group, "members", "1");
	assert_field(f, &model_group, o.sales, "members", "1");
	json_decref(result);
}

/* PHO-2: names that are taken, or come twice, make none of them. */
static void
several_phones_are_created_or_none(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors = {0};
	json_t *in = json_of("{'rows':[{'name':'a'},{'name':'b','codecs':'alaw'},{'name':'c'}]}");
	json_t *result = NULL;

	assert_int_equal(
	    store_create_several(f->store, &model_phone, in, &result, &errors), ERR_OK);
	assert_int_equal(total(f, &model_phone), 3);
	assert_field(f, &model_phone, 2, "codecs", "'alaw'");
	assert_int_equal(undo(f, result, NULL), ERR_OK);
	assert_int_equal(total(f, &model_phone), 0);
	json_decref(in);
	json_decref(result);
	in = json_of("{'rows':[{'name':'a'},{'name':'b'},{'name':'a'}]}");
	assert_int_equal(
	    store_create_several(f->store, &model_phone, in, &result, &errors), ERR_EXISTS);
	assert_string_equal(errors.at[0].field, "name");
	assert_int_equal(errors.at[0].row, 3);
	assert_int_equal(total(f, &model_phone), 0);
	json_decref(in);
	errors.count = 0;
	in = json_of("{'rows':[{'name':'a b'},{'name':'b','color':1}]}");
	assert_int_equal(
	    store_create_several(f->store, &model_phone, in, &result, &errors), ERR_INVALID);
	assert_int_equal(errors.count, 2);
	assert_int_equal(errors.at[1].row, 2);
	json_decref(in);
}

static void
count_change(void *ctx, const struct store_change *change)
{
	(void)change;
	++*(int *)ctx;
}

/* Figures are printed: they are in docs/performance.md. */
static void
thousands_of_rows_take_seconds_and_are_told_as_one(void **state)
{
	struct fixture *f = *state;
	const struct store_import_params params = {.keep_others = true};
	json_t *file = company_of(MODEL_BULK_MAX, "{'secret':'geheim1'}"), *report = NULL, *result;
	json_t *in = json_pack("{s:[], s:{s:b}, s:{s:[s]}}", "ids", "values", "dnd", 1, "add",
	    "rights", "fkey_shw_act_call");
	struct model_errors errors = {0};
	int told = 0;
	int64_t began;

	assert_int_equal(store_import(f->store, file, &params, &report), ERR_OK);
	for (int i = 1; i <= MODEL_BULK_MAX; i++)
		json_array_append_new(json_object_get(in, "ids"), json_integer(i));
	store_on_change(f->store, count_change, &told);
	began = now_us();
	assert_int_equal(store_bulk(f->store, &model_user, in, &result, &errors), ERR_OK);
	print_message("%d users: %lld ms\n", MODEL_BULK_MAX, (long long)(now_us() - began) / 1000);
	assert_json(json_object_get(result, "changed"), "5000");
	assert_int_equal(told, 1);
	json_array_append_new(json_object_get(in, "ids"), json_integer(5001));
	assert_int_equal(store_bulk(f->store, &model_user, in, &report, &errors), ERR_INVALID);
	assert_string_equal(errors.at[0].code, "too_many");
	json_decref(result);
	json_decref(report);
	json_decref(file);
	json_decref(in);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

/* ---- all that a query finds ---- */

static json_t *
found(struct fixture *f, const char *search, int64_t expected, const char *text, enum err want,
    struct model_errors *errors)
{
	struct store_query q = {.search = slice_cstr(search)};
	struct store_found all = {.q = &q, .expected = expected};
	json_t *in = json_of(text), *result = NULL;

	errors->count = 0;
	assert_int_equal(store_bulk_found(f->store, &model_user, &all, in, &result, errors), want);
	json_decref(in);
	return result;
}

static void
go_back(struct fixture *f, json_t *result)
{
	const json_t *undo = json_object_get(result, "undo");
	struct model_errors errors = {0};
	size_t n = 0;

	if (store_changes_revert_range(f->store, json_integer_value(json_object_get(undo, "first")),
		json_integer_value(json_object_get(undo, "last")), &n, &errors) != ERR_OK)
		fail_msg("%s", errors.at[0].message);
	json_decref(result);
}

static void
all_that_are_found_change_and_go_back(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct model_errors errors = {0};
	json_t *result = found(f, "100", 3,
	    "{'values':{'language':'en'},'add':{'groups':[1],'rights':['fax']}}", ERR_OK, &errors);

	assert_json(json_object_get(result, "changed"), "3");
	assert_null(json_object_get(result, "rows"));
	assert_field(f, &model_user, o.cora, "language", "'en'");
	assert_field(f, &model_group, o.sales, "members", "3");
	go_back(f, result);
	assert_field(f, &model_user, o.cora, "language", "'de'");
	assert_field(f, &model_user, o.cora, "rights", "[]");
	assert_field(f, &model_group, o.sales, "members", "0");
	/* what the search does not find stays */
	json_decref(found(f, "ben", 1, "{'values':{'language':'en'}}", ERR_OK, &errors));
	assert_field(f, &model_user, o.ben, "language", "'en'");
	assert_field(f, &model_user, o.anna, "language", "'de'");
	/* nothing to do, nothing to undo */
	result = found(f, "ben", 1, "{'values':{'language':'en'}}", ERR_OK, &errors);
	assert_json(json_object_get(result, "undo"), "null");
	json_decref(result);
}

static void
other_rows_than_expected_are_not_touched(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct model_errors errors = {0};

	assert_null(found(f, "100", 2, "{'values':{'language':'en'}}", ERR_CONFLICT, &errors));
	assert_string_equal(errors.at[0].code, STORE_FOUND_CHANGED);
	assert_string_equal(errors.at[0].message, "3 are found now, not 2.");
	assert_field(f, &model_user, o.anna, "language", "'de'");
	assert_null(
	    found(f, "100", 3, "{'ids':[1],'values':{'language':'en'}}", ERR_INVALID, &errors));
	assert_string_equal(errors.at[0].field, "ids");
}

static void
a_fault_of_one_that_is_found_says_whose_it_is(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct model_errors errors = {0};

	assert_null(found(f, "100", 3, "{'values':{'enabled':false}}", ERR_CONFLICT, &errors));
	assert_string_equal(errors.at[0].code, "last_administrator");
	assert_int_equal(errors.at[0].row, o.anna);
	assert_field(f, &model_user, o.ben, "enabled", "true");
}

struct moves {
	size_t count, last, total;
};

static void
on_moved(void *ctx, size_t done, size_t of)
{
	struct moves *m = ctx;

	m->count++;
	m->last = done;
	m->total = of;
}

enum { MANY = MODEL_BULK_MAX + 10 }; /* more than are kept to ask the rules about each */

static void
make_many(struct fixture *f)
{
	char sql[400];

	snprintf(sql, sizeof sql,
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
	    "INSERT INTO user (id, login, first_name, last_name) SELECT 10 + i, 20000 + i, 'Many', "
	    "'M' FROM c",
	    MANY);
	assert_int_equal(store_write_begin(f->store), ERR_OK);
	assert_int_equal(db_exec(f->store->writer, sql), ERR_OK);
	assert_int_equal(store_write_end(f->store, ERR_OK), ERR_OK);
}

static void
very_many_change_in_one_transaction_and_tell_how_far_they_are(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.search = SLICE("many")};
	struct moves moves = {0};
	struct store_found all = {.q = &q, .expected = MANY, .moved = on_moved, .ctx = &moves};
	struct model_errors errors = {0};
	json_t *in = json_of("{'values':{'enabled':false}}"), *result = NULL;

	furnish(f);
	make_many(f);
	assert_int_equal(
	    store_bulk_found(f->store, &model_user, &all, in, &result, &errors), ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(result, "changed")), MANY);
	assert_int_equal(moves.total, MANY);
	assert_true(moves.count > 10 && moves.last <= MANY);
	assert_field(f, &model_user, 11, "enabled", "false");
	go_back(f, result);
	assert_field(f, &model_user, 11, "enabled", "true");
	/* the rules are asked all the same */
	q.search = SLICE("");
	all.expected = MANY + 3;
	assert_int_equal(
	    store_bulk_found(f->store, &model_user, &all, in, &result, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "last_administrator");
	assert_field(f, &model_user, 11, "enabled", "true");
	json_decref(in);
}

static void
all_that_are_found_are_deleted_but_for_one(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct store_query q = {0};
	struct store_found all = {.q = &q, .expected = 3, .except = o.anna};
	struct model_errors errors = {0};
	json_t *result = NULL;

	make(f->store, &model_group_member, "{'group':1,'user':2}");
	assert_int_equal(store_delete_found(f->store, &model_user, &all, &result, &errors), ERR_OK);
	assert_json(json_object_get(result, "changed"), "2");
	assert_int_equal(total(f, &model_user), 1);
	go_back(f, result);
	assert_int_equal(total(f, &model_user), 3);
	assert_field(f, &model_group, o.sales, "members", "1");
	/* none without the last administrator */
	all.except = 0;
	assert_int_equal(
	    store_delete_found(f->store, &model_user, &all, &result, &errors), ERR_CONFLICT);
	assert_int_equal(total(f, &model_user), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(several_users_change_at_once_and_each_is_in_the_log),
	    T(groups_are_added_and_removed_like_rights),
	    T(a_fault_in_one_row_changes_none_and_names_it),
	    T(the_last_administrator_stays_whatever_the_order),
	    T(undo_of_several_is_all_or_none),
	    T(a_membership_comes_back_to_a_group_that_is_called_by_a_number),
	    T(several_phones_are_created_or_none),
	    T(thousands_of_rows_take_seconds_and_are_told_as_one),
	    T(all_that_are_found_change_and_go_back),
	    T(other_rows_than_expected_are_not_touched),
	    T(a_fault_of_one_that_is_found_says_whose_it_is),
	    T(very_many_change_in_one_transaction_and_tell_how_far_they_are),
	    T(all_that_are_found_are_deleted_but_for_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
