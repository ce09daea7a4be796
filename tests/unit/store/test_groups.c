/* Groups, members and who holds a number (GRP-1, NUM-1): store/group.c and the rules. */
#include "fixture.h"

struct team {
	int64_t anna, bert, carl, sales, at[3];
};

static int64_t
add_member(struct store *s, int64_t group, int64_t user, const char *more)
{
	char text[160];

	snprintf(text, sizeof text, "{'group':%lld,'user':%lld%s}", (long long)group,
	    (long long)user, more);
	return make(s, &model_group_member, text);
}

static struct team
make_team(struct store *s)
{
	struct team t;

	t.anna = make(s, &model_user, "{'login':'1001','first_name':'Anna','last_name':'Berg'}");
	t.bert = make(s, &model_user, "{'login':'1002','first_name':'Bert','last_name':'Cohn'}");
	t.carl = make(s, &model_user, "{'login':'1003','first_name':'Carl','last_name':'Dorn'}");
	t.sales = make(s, &model_group, "{'name':'Sales'}");
	t.at[0] = add_member(s, t.sales, t.anna, "");
	t.at[1] = add_member(s, t.sales, t.bert, "");
	t.at[2] = add_member(s, t.sales, t.carl, "");
	return t;
}

/* "Anna Bert Carl" in their order, "-" behind who is logged off. */
static const char *
order(struct store *s, int64_t group)
{
	static char text[256];
	struct store_query q = {.equals = json_pack("{s:I}", "group", (json_int_t)group)};
	json_t *items = NULL, *row;
	int64_t total;
	size_t i;

	assert_int_equal(store_list(s, &model_group_member, &q, &items, &total, NULL), ERR_OK);
	text[0] = '\0';
	json_array_foreach(items, i, row)
	{
		assert_int_equal(json_integer_value(json_object_get(row, "position")), i + 1);
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.4s%s", i ? " " : "",
		    text_at(row, "user_name"),
		    json_is_true(json_object_get(row, "logged_on")) ? "" : "-");
	}
	json_decref(items);
	json_decref((json_t *)q.equals);
	return text;
}

static void
get(struct store *s, const struct model_entity *e, int64_t id, json_t **row)
{
	assert_int_equal(store_get(s, e, id, row), ERR_OK);
}

static void
a_group_gets_the_next_free_id_and_a_pin_of_its_own(void **state)
{
	struct fixture *f = *state;
	static const char *const made[] = {
	    "{'name':'A'}", "{'name':'B','group_id':'3'}", "{'name':'C'}", "{'name':'D'}"};
	static const char *const ids[] = {"1", "3", "2", "4"};
	char pins[4][16];

	for (size_t i = 0; i < 4; i++) {
		int64_t id = make(f->store, &model_group, made[i]);
		json_t *row = NULL;

		get(f->store, &model_group, id, &row);
		assert_string_equal(text_at(row, "group_id"), ids[i]);
		assert_null(json_object_get(row, "pin")); /* lists do not tell it */
		json_decref(row);
		assert_int_equal(store_get_secret(f->store, &model_group, id, &row), ERR_OK);
		slice_clip_cstr(slice_cstr(text_at(row, "pin")), pins[i], sizeof pins[i]);
		json_decref(row);
		assert_int_equal(strlen(pins[i]), 6);
		assert_int_equal(strspn(pins[i], "0123456789"), 6);
	}
	assert_true(strcmp(pins[0], pins[1]) || strcmp(pins[1], pins[2]));
}

static void
what_is_no_pin_or_is_taken_is_refused(void **state)
{
	struct fixture *f = *state;
	int64_t a = make(f->store, &model_group, "{'name':'A'}");
	struct model_errors errors;

	make(f->store, &model_group, "{'name':'B'}");
	assert_int_equal(patch(f->store, &model_group, a, "{'pin':'123'}", &errors), ERR_INVALID);
	assert_int_equal(patch(f->store, &model_group, a, "{'pin':'12a4'}", &errors), ERR_INVALID);
	assert_int_equal(
	    patch(f->store, &model_group, a, "{'pin':'123456789'}", &errors), ERR_INVALID);
	assert_int_equal(patch(f->store, &model_group, a, "{'pin':'1234'}", &errors), ERR_OK);
	assert_int_equal(patch(f->store, &model_group, a, "{'name':'B'}", &errors), ERR_EXISTS);
	assert_int_equal(patch(f->store, &model_group, a, "{'group_id':'2'}", &errors), ERR_EXISTS);
	assert_string_equal(errors.at[0].field, "group_id");
}

static void
members_keep_their_order_whoever_comes_moves_or_goes(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	int64_t dora =
	    make(s, &model_user, "{'login':'1004','first_name':'Dora','last_name':'Ernst'}");
	struct model_errors errors;

	assert_string_equal(order(s, t.sales), "Anna Bert Carl");
	assert_int_equal(patch(s, &model_group_member, t.at[2], "{'position':1}", &errors), ERR_OK);
	assert_string_equal(order(s, t.sales), "Carl Anna Bert");
	assert_int_equal(patch(s, &model_group_member, t.at[2], "{'position':2}", &errors), ERR_OK);
	assert_string_equal(order(s, t.sales), "Anna Carl Bert");
	assert_int_equal(patch(s, &model_group_member, t.at[0], "{'position':0}", &errors), ERR_OK);
	assert_string_equal(order(s, t.sales), "Carl Bert Anna");
	add_member(s, t.sales, dora, ",'position':2,'logged_on':false");
	assert_string_equal(order(s, t.sales), "Carl Dora- Bert Anna");
	assert_int_equal(
	    patch(s, &model_group_member, t.at[1], "{'logged_on':false}", &errors), ERR_OK);
	assert_string_equal(order(s, t.sales), "Carl Dora- Bert- Anna");
	/* a place left empty is taken by the next that moves */
	assert_int_equal(store_delete(s, &model_user, dora, &errors), ERR_OK);
	assert_int_equal(patch(s, &model_group_member, t.at[0], "{'position':2}", &errors), ERR_OK);
	assert_string_equal(order(s, t.sales), "Carl Anna Bert-");
}

static void
two_administrators_who_change_members_lose_nothing(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	int64_t dora =
	    make(s, &model_user, "{'login':'1004','first_name':'Dora','last_name':'Ernst'}");
	struct model_errors errors = {0};
	json_t *in = json_pack(
		   "{s:I, s:I}", "group", (json_int_t)t.sales, "user", (json_int_t)t.bert),
	       *row = NULL;

	/* both have the page with Anna, Bert, Carl open: one moves, one takes out, one adds */
	assert_int_equal(patch(s, &model_group_member, t.at[2], "{'position':1}", &errors), ERR_OK);
	assert_int_equal(store_delete(s, &model_group_member, t.at[0], &errors), ERR_OK);
	add_member(s, t.sales, dora, "");
	assert_int_equal(
	    patch(s, &model_group_member, t.at[1], "{'logged_on':false}", &errors), ERR_OK);
	/* what the other has taken out cannot be moved, who is in cannot come twice */
	assert_int_equal(
	    patch(s, &model_group_member, t.at[0], "{'position':1}", &errors), ERR_NOT_FOUND);
	assert_int_equal(store_create(s, &model_group_member, in, &row, &errors), ERR_EXISTS);
	json_decref(in);
	assert_int_equal(patch(s, &model_group_member, t.at[2], "{'position':1}", &errors), ERR_OK);
	assert_string_equal(order(s, t.sales), "Carl Bert- Dora");
}

static void
a_list_shows_who_is_on_and_who_cannot_ring(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	int64_t phone = make(s, &model_phone, "{'name':'desk'}");
	char text[80];
	struct model_errors errors;
	json_t *row = NULL;

	snprintf(text, sizeof text, "{'phones':[%lld]}", (long long)phone);
	assert_int_equal(patch(s, &model_user, t.anna, text, &errors), ERR_OK);
	assert_int_equal(patch(s, &model_user, t.bert, text, &errors), ERR_OK);
	assert_int_equal(patch(s, &model_user, t.bert, "{'enabled':false}", &errors), ERR_OK);
	assert_int_equal(
	    patch(s, &model_group_member, t.at[0], "{'logged_on':false}", &errors), ERR_OK);
	get(s, &model_group, t.sales, &row);
	assert_int_equal(json_integer_value(json_object_get(row, "members")), 3);
	assert_int_equal(json_integer_value(json_object_get(row, "members_on")), 2);
	assert_int_equal(json_integer_value(json_object_get(row, "members_unfit")), 2);
	json_decref(row);
	get(s, &model_group_member, t.at[0], &row);
	assert_false(json_is_true(json_object_get(row, "unfit")));
	json_decref(row);
	get(s, &model_group_member, t.at[1], &row);
	assert_true(json_is_true(json_object_get(row, "unfit")));
	json_decref(row);
}

static void
a_number_has_one_holder_and_the_refusal_names_him(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	int64_t number = make(s, &model_number, "{'number':'201'}");
	struct model_errors errors;
	char to_group[40], to_anna[40], move[60];
	json_t *row = NULL;

	snprintf(to_group, sizeof to_group, "{'group':%lld}", (long long)t.sales);
	snprintf(to_anna, sizeof to_anna, "{'user':%lld}", (long long)t.anna);
	snprintf(move, sizeof move, "{'group':null,'user':%lld}", (long long)t.anna);
	assert_int_equal(patch(s, &model_number, number, to_group, &errors), ERR_OK);
	get(s, &model_number, number, &row);
	assert_string_equal(text_at(row, "group_name"), "Sales");
	assert_true(json_is_true(json_object_get(row, "held")));
	json_decref(row);
	get(s, &model_group, t.sales, &row);
	assert_json(json_object_get(row, "numbers"), "['201']");
	json_decref(row);

	assert_int_equal(patch(s, &model_number, number, to_anna, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].message, "201 is held by group Sales.");
	assert_string_equal(errors.at[0].field, "user");
	assert_int_equal(patch(s, &model_number, number, move, &errors), ERR_OK);
	assert_int_equal(patch(s, &model_number, number, to_group, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].message, "201 is held by Anna Berg.");
	assert_string_equal(errors.at[0].field, "group");
	/* it is free again when the holder goes */
	assert_int_equal(store_delete(s, &model_user, t.anna, &errors), ERR_OK);
	assert_int_equal(patch(s, &model_number, number, to_group, &errors), ERR_OK);
	assert_int_equal(store_delete(s, &model_group, t.sales, &errors), ERR_OK);
	get(s, &model_number, number, &row);
	assert_false(json_is_true(json_object_get(row, "held")));
	json_decref(row);
}

static void
a_number_leads_to_a_mailbox_as_to_anybody_else_num_1(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	int64_t box = make(s, &model_mailbox, "{'name':'Orders'}");
	int64_t number = make(s, &model_number, "{'number':'201'}");
	struct model_errors errors;
	char to_box[40], to_group[40];
	json_t *row = NULL;

	snprintf(to_box, sizeof to_box, "{'mailbox':%lld}", (long long)box);
	snprintf(to_group, sizeof to_group, "{'group':%lld}", (long long)t.sales);
	assert_int_equal(patch(s, &model_number, number, to_box, &errors), ERR_OK);
	get(s, &model_number, number, &row);
	assert_string_equal(text_at(row, "mailbox_name"), "Orders");
	assert_true(json_is_true(json_object_get(row, "held")));
	json_decref(row);
	get(s, &model_mailbox, box, &row);
	assert_json(json_object_get(row, "numbers"), "['201']");
	json_decref(row);
	assert_int_equal(patch(s, &model_number, number, to_group, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].message, "201 is held by mailbox Orders.");
	assert_string_equal(errors.at[0].field, "group");
	/* it is free when the mailbox goes */
	assert_int_equal(store_delete(s, &model_mailbox, box, &errors), ERR_OK);
	get(s, &model_number, number, &row);
	assert_false(json_is_true(json_object_get(row, "held")));
	json_decref(row);
	/* and leads there again when it comes back */
	assert_int_equal(
	    store_changes_revert(s, (int64_t[]){store_last_change()}, 1, &errors), ERR_OK);
	get(s, &model_number, number, &row);
	assert_string_equal(text_at(row, "mailbox_name"), "Orders");
	json_decref(row);
}

static int64_t
count(struct store *s, const char *equals)
{
	struct store_query q = {.equals = json_of(equals)};
	json_t *items = NULL;
	int64_t total = 0;

	assert_int_equal(store_list(s, &model_number, &q, &items, &total, NULL), ERR_OK);
	json_decref(items);
	json_decref((json_t *)q.equals);
	return total;
}

static void
free_numbers_can_be_listed_num_1(void **state)
{
	struct fixture *f = *state;
	struct team t = make_team(f->store);
	char text[80];

	snprintf(text, sizeof text, "{'number':'201','group':%lld}", (long long)t.sales);
	make(f->store, &model_number, text);
	snprintf(text, sizeof text, "{'number':'202','user':%lld}", (long long)t.anna);
	make(f->store, &model_number, text);
	make(f->store, &model_number, "{'number':'203'}");
	snprintf(text, sizeof text, "{'number':'204','mailbox':%lld}",
	    (long long)make(f->store, &model_mailbox, "{'name':'Orders'}"));
	make(f->store, &model_number, text);
	assert_int_equal(count(f->store, "{'held':true}"), 3);
	assert_int_equal(count(f->store, "{'held':false}"), 1);
	assert_int_equal(count(f->store, "{'mailbox_name':'Orders'}"), 1);
	assert_int_equal(count(f->store, "{'group_name':'Sales'}"), 1);
}

static void
a_range_in_use_says_by_whom(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	struct model_errors errors = {0};
	char text[80];

	snprintf(text, sizeof text, "{'number':'201','group':%lld}", (long long)t.sales);
	make(s, &model_number, text);
	assert_int_equal(store_delete(s, &model_range, 1, &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].message,
	    "The internal number 201 (group Sales) would lie in no internal range.");
}

static char *
exported(struct store *s)
{
	json_t *file = NULL;
	char *text;

	assert_int_equal(store_export(s, &file), ERR_OK);
	text = json_dumps(file, JSON_SORT_KEYS);
	json_decref(file);
	return text;
}

static void
import_ok(struct store *s, json_t *file, bool keep_others)
{
	struct store_import_params params = {.keep_others = keep_others};
	json_t *report = NULL;

	if (store_import(s, file, &params, &report) != ERR_OK)
		fail_msg("%s", json_dumps(report, 0));
	json_decref(report);
}

static void
export_and_import_bring_groups_back_in_order(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	struct model_errors errors;
	char text[80], *before, *after;
	json_t *file = NULL;

	snprintf(text, sizeof text, "{'number':'201','group':%lld}", (long long)t.sales);
	make(s, &model_number, text);
	snprintf(text, sizeof text, "{'number':'202','mailbox':%lld}",
	    (long long)make(s, &model_mailbox, "{'name':'Orders'}"));
	make(s, &model_number, text);
	assert_int_equal(
	    patch(s, &model_group_member, t.at[1], "{'logged_on':false}", &errors), ERR_OK);
	before = exported(s);
	file = json_loads(before, 0, NULL);
	/* somebody turns everything round */
	assert_int_equal(patch(s, &model_group_member, t.at[2], "{'position':1}", &errors), ERR_OK);
	assert_int_equal(store_delete(s, &model_group_member, t.at[0], &errors), ERR_OK);
	make(s, &model_group, "{'name':'Another'}");
	import_ok(s, file, false);
	assert_string_equal(order(s, t.sales), "Anna Bert- Carl");
	after = exported(s);
	assert_string_equal(before, after);
	free(after);
	free(before);
	json_decref(file);
}

static void
a_deleted_group_or_member_can_be_brought_back(void **state)
{
	struct fixture *f = *state;
	struct store *s = f->store;
	struct team t = make_team(s);
	struct model_errors errors;
	char text[80], *before, *after;

	snprintf(text, sizeof text, "{'number':'201','group':%lld}", (long long)t.sales);
	make(s, &model_number, text);
	before = exported(s);
	assert_int_equal(store_delete(s, &model_group, t.sales, &errors), ERR_OK);
	assert_int_equal(
	    store_changes_revert(s, (int64_t[]){store_last_change()}, 1, &errors), ERR_OK);
	assert_int_equal(store_delete(s, &model_user, t.bert, &errors), ERR_OK);
	assert_int_equal(
	    store_changes_revert(s, (int64_t[]){store_last_change()}, 1, &errors), ERR_OK);
	after = exported(s);
	assert_string_equal(before, after);
	free(after);
	free(before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_group_gets_the_next_free_id_and_a_pin_of_its_own),
	    TEST(what_is_no_pin_or_is_taken_is_refused),
	    TEST(members_keep_their_order_whoever_comes_moves_or_goes),
	    TEST(two_administrators_who_change_members_lose_nothing),
	    TEST(a_list_shows_who_is_on_and_who_cannot_ring),
	    TEST(a_number_has_one_holder_and_the_refusal_names_him),
	    TEST(a_number_leads_to_a_mailbox_as_to_anybody_else_num_1),
	    TEST(free_numbers_can_be_listed_num_1),
	    TEST(a_range_in_use_says_by_whom),
	    TEST(export_and_import_bring_groups_back_in_order),
	    TEST(a_deleted_group_or_member_can_be_brought_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
