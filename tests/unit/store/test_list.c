/* store/list.c: search, sort, letters, pages; nothing typed in becomes SQL. */
#include "fixture.h"

static void
fill(struct store *s)
{
	static const char *const users[] = {
	    "{'login':'1000','first_name':'Anna','last_name':'M\u00fcller'}",
	    "{'login':'1001','first_name':'Bert','last_name':'Apfel'}",
	    "{'login':'1002','first_name':'Carl','last_name':'\u00c4pfel','email':'c@x.example'}",
	    "{'login':'1003','first_name':'Dora','last_name':'Zorn'}",
	    "{'login':'1004','first_name':'Emil','last_name':'1st Floor'}",
	};
	static const struct {
		const char *login, *number;
	} numbers[] = {
	    {"1000", "300"}, {"1001", "200"}, {"1001", "20"}, {"1002", "1000"}, {"1003", "99"}};
	char text[100];

	assert_int_equal(patch(s, &model_range, 1, "{'first':'100','last':'999'}", NULL), ERR_OK);
	make(s, &model_range, "{'first':'10','last':'99'}");
	make(s, &model_range, "{'first':'1000','last':'9999'}");
	for (size_t i = 0; i < 5; i++)
		make(s, &model_user, users[i]);
	for (size_t i = 0; i < 5; i++) {
		json_t *user = NULL;

		assert_int_equal(
		    store_find(s, &model_user, "login", numbers[i].login, &user), ERR_OK);
		snprintf(text, sizeof text, "{'number':'%s','user':%lld}", numbers[i].number,
		    (long long)json_integer_value(json_object_get(user, "id")));
		make(s, &model_number, text);
		json_decref(user);
	}
}

/* The given field of all items, joined by blanks. */
static void
list(struct store *s, const struct model_entity *e, const struct store_query *q, const char *field,
    char *out, size_t cap, int64_t *total)
{
	json_t *items = NULL, *item;
	struct model_errors errors = {0};
	size_t i;
	int n = 0;

	out[0] = '\0';
	if (store_list(s, e, q, &items, total, &errors) != ERR_OK)
		fail_msg("%s", errors.at[0].message);
	json_array_foreach(items, i, item)
	{
		n += snprintf(out + n, cap - (size_t)n, "%s%s", i ? " " : "", text_at(item, field));
	}
	json_decref(items);
}

static void
lists_are_sorted_searched_and_paged_usr_1(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *search, *sort;
		bool descending;
		char letter;
		uint32_t page, per_page;
		const char *logins;
		int64_t total;
	} cases[] = {
	    {"", "", false, 0, 0, 0, "1004 1001 1002 1000 1003", 5},
	    {"", "last_name", true, 0, 0, 0, "1003 1000 1002 1001 1004", 5},
	    {"", "login", false, 0, 0, 0, "1000 1001 1002 1003 1004", 5},
	    {"", "login", false, 0, 2, 2, "1002 1003", 5},
	    {"", "login", false, 0, 9, 2, "", 5},
	    {"", "login", false, 'A', 0, 0, "1001 1002", 2},
	    {"", "login", false, 'M', 0, 0, "1000", 1},
	    {"", "login", false, '#', 0, 0, "1004", 1},
	    {"", "login", false, 'Q', 0, 0, "", 0},
	    {"muller", "", false, 0, 0, 0, "1000", 1},
	    {"M\u00dcLLER anna", "", false, 0, 0, 0, "1000", 1},
	    {"anna apfel", "", false, 0, 0, 0, "", 0},
	    {"x.example", "", false, 0, 0, 0, "1002", 1},
	    {"300", "", false, 0, 0, 0, "1000", 1},
	    {"%", "", false, 0, 0, 0, "", 0},
	    {"_", "", false, 0, 0, 0, "", 0},
	    /* by the shortest number; those without any first */
	    {"", "numbers", false, 0, 0, 0, "1004 1001 1003 1000 1002", 5},
	    {"", "numbers", true, 0, 0, 0, "1002 1000 1003 1001 1004", 5},
	    {"", "phone_names", false, 0, 0, 0, "1000 1001 1002 1003 1004", 5},
	};
	char have[200];

	fill(f->store);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct store_query q = {
		    .search = slice_cstr(cases[i].search),
		    .sort = slice_cstr(cases[i].sort),
		    .descending = cases[i].descending,
		    .letter = cases[i].letter,
		    .page = cases[i].page,
		    .per_page = cases[i].per_page,
		};
		int64_t total = -1;

		list(f->store, &model_user, &q, "login", have, sizeof have, &total);
		if (strcmp(have, cases[i].logins) != 0 || total != cases[i].total)
			fail_msg("case %zu: have \"%s\" (%lld)", i, have, (long long)total);
	}
}

static void
numbers_sort_as_numbers_and_by_owner_num_1(void **state)
{
	struct fixture *f = *state;
	struct store_query q = {.sort = SLICE("number")};
	json_t *equals = json_of("{'user':2}");
	char have[200];
	int64_t total;

	fill(f->store);
	list(f->store, &model_number, &q, "number", have, sizeof have, &total);
	assert_string_equal(have, "20 99 200 300 1000");
	q.sort = SLICE("user_name");
	list(f->store, &model_number, &q, "number", have, sizeof have, &total);
	assert_string_equal(have, "200 20 1000 300 99");
	q.equals = equals;
	list(f->store, &model_number, &q, "number", have, sizeof have, &total);
	assert_string_equal(have, "200 20");
	q = (struct store_query){.search = SLICE("anna")};
	list(f->store, &model_number, &q, "number", have, sizeof have, &total);
	assert_string_equal(have, "300");
	json_decref(equals);
}

static void
sql_that_is_typed_in_stays_text(void **state)
{
	struct fixture *f = *state;
	static const char *const attacks[] = {
	    "'; DROP TABLE user; --",
	    "\" OR 1=1",
	    "x' UNION SELECT password_hash FROM user --",
	    "last_name; DELETE FROM user",
	    "1) OR (1=1",
	    "\\",
	    "%_",
	    "t.password_hash",
	    "password",
	    "password_hash",
	    "ha1_md5",
	    "id; --",
	    "last_name DESC, (SELECT 1)",
	};
	char text[200];
	int64_t total;

	fill(f->store);
	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
		struct slice attack = slice_cstr(attacks[i]);
		struct store_query search = {.search = attack}, sort = {.sort = attack};
		json_t *filter = json_pack("{s:i}", attacks[i], 1), *items = NULL, *row = NULL;
		struct store_query equals = {.equals = filter};
		struct model_errors errors = {0};

		assert_int_equal(
		    store_list(f->store, &model_user, &search, &items, &total, NULL), ERR_OK);
		assert_int_equal(total, 0);
		json_decref(items);
		items = NULL;
		assert_int_equal(
		    store_list(f->store, &model_user, &sort, &items, &total, &errors), ERR_INVALID);
		assert_string_equal(errors.at[0].code, "bad_sort");
		assert_int_equal(
		    store_list(f->store, &model_user, &equals, &items, &total, &errors),
		    ERR_INVALID);
		assert_null(items);
		assert_int_equal(store_find(f->store, &model_user, "last_name", attacks[i], &row),
		    ERR_NOT_FOUND);
		assert_int_equal(
		    store_find(f->store, &model_user, attacks[i], "1000", &row), ERR_NOT_FOUND);
		json_decref(filter);
		/* and comes back as it was given */
		filter = json_pack("{s:o, s:s, s:s}", "login", json_sprintf("7%03zu", i),
		    "first_name", attacks[i], "last_name", "X");
		assert_int_equal(store_create(f->store, &model_user, filter, &row, NULL), ERR_OK);
		assert_string_equal(text_at(row, "first_name"), attacks[i]);
		json_decref(row);
		json_decref(filter);
		snprintf(text, sizeof text, "7%03zu", i);
		assert_int_equal(store_find(f->store, &model_user, "login", text, &row), ERR_OK);
		assert_int_equal(store_delete(f->store, &model_user,
				     json_integer_value(json_object_get(row, "id")), NULL),
		    ERR_OK);
		json_decref(row);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static void
record(struct store *s, int64_t at, const char *number, int64_t called, enum cdr_result result)
{
	struct cdr r = {
	    .started_at = at, .ended_at = at + 1, .result = result, .called_user = called};

	snprintf(r.call_id, sizeof r.call_id, "call-%d", (int)at);
	snprintf(r.caller_number, sizeof r.caller_number, "0211999");
	snprintf(r.called_number, sizeof r.called_number, "%s", number);
	assert_int_equal(store_cdr_insert(s, &r, 1), ERR_OK);
}

static void
calls_to_a_group_are_in_the_lists_of_its_members_with_who_answered_use_2(void **state)
{
	struct fixture *f = *state;
	int64_t anna =
	    make(f->store, &model_user, "{'login':'7001','first_name':'A','last_name':'B'}");
	int64_t bert =
	    make(f->store, &model_user, "{'login':'7002','first_name':'B','last_name':'C'}");
	int64_t eva =
	    make(f->store, &model_user, "{'login':'7003','first_name':'E','last_name':'F'}");
	int64_t sales = make(f->store, &model_group, "{'name':'Sales'}");
	struct store_query mine = {.owner = anna, .sort = SLICE("started_at")},
			   hers = {.owner = eva},
			   ours = {.group = sales, .sort = SLICE("started_at")};
	char text[120], have[200];
	int64_t total;

	snprintf(text, sizeof text, "{'number':'701','group':%lld}", (long long)sales);
	make(f->store, &model_number, text);
	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof text, "{'group':%lld,'user':%lld}", (long long)sales,
		    (long long)(i ? bert : anna));
		make(f->store, &model_group_member, text);
	}
	record(f->store, 1000, "701", 0, CDR_NO_ANSWER);   /* nobody took it */
	record(f->store, 2000, "701", bert, CDR_ANSWERED); /* Bert did: all see that */
	record(f->store, 3000, "701", 0, CDR_ANSWERED);	   /* all heard it */
	record(f->store, 4000, "799", 0, CDR_CANCELLED);   /* another number */
	record(f->store, 5000, "701", 0, CDR_CANCELLED);
	list(f->store, &model_call_record, &mine, "call_id", have, sizeof have, &total);
	assert_string_equal(have, "call-1000 call-2000 call-5000");
	assert_int_equal(total, 3);
	list(f->store, &model_call_record, &mine, "answered_by", have, sizeof have, &total);
	assert_string_equal(have, "(none) B C (none)");
	list(f->store, &model_call_record, &hers, "call_id", have, sizeof have, &total);
	assert_string_equal(have, "");
	list(f->store, &model_call_record, &ours, "call_id", have, sizeof have, &total);
	assert_string_equal(have, "call-1000 call-2000 call-5000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(lists_are_sorted_searched_and_paged_usr_1),
	    TEST(numbers_sort_as_numbers_and_by_owner_num_1),
	    TEST(sql_that_is_typed_in_stays_text),
	    TEST(calls_to_a_group_are_in_the_lists_of_its_members_with_who_answered_use_2),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
