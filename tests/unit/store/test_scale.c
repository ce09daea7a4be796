/* Lists of a big house: what they cost is counted in rows that are read one after another and in
 * steps of SQLite's machine, not in time, so that it fails when an index is gone and on no slow
 * machine. */
#include <sqlite3.h>

#include "fixture.h"
#include "store/store_int.h"

enum { USERS = 10000, RECORDS = 100000 };

/* What the statements of a list did. */
struct work {
	sqlite3 *db;
	int64_t steps, scanned, made_indexes;
	char plans[8192]; /* of all of them, as EXPLAIN QUERY PLAN has it */
	size_t n;
	bool explaining;
};

static void
run(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

/* In SQL: rows made one by one through the store would hash, check and tell each. */
static void
fill(struct store *s)
{
	char sql[1600];

	assert_int_equal(store_write_begin(s), ERR_OK);
	snprintf(sql, sizeof sql,
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
	    "INSERT INTO user (id, login, first_name, last_name, email) SELECT i, 100000 + i, "
	    "'Anna', "
	    "char(65 + i %% 26) || 'meier ' || i, 'u' || i || '@example.invalid' FROM c;"
	    "INSERT INTO phone (id, name) SELECT id, 'phone-' || id FROM user;"
	    "INSERT INTO user_phone (user, phone, position) SELECT id, id, 0 FROM user;"
	    "INSERT INTO number (id, number, user) SELECT id, 100000 + id, id FROM user",
	    USERS);
	run(s->writer->h, sql);
	snprintf(sql, sizeof sql,
	    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d) "
	    "INSERT INTO call_record (call_id, started_at, caller_user, called_user, result, "
	    "explanation, caller_name, called_number) SELECT 'c' || i, 1000 * i, i %% 1000 + 1, "
	    "i * 7 %% 500 + 1, 'answered', '[]', 'Ines ' || char(65 + i %% 4) || 'ö\"el', "
	    "100000 + i * 7 %% 500 FROM c;"
	    "UPDATE call_record SET caller_name = 'Žofie Quandt', called_number = '+49301234567' "
	    "WHERE id IN (17, 70000, 99999)",
	    RECORDS);
	run(s->writer->h, sql);
	assert_int_equal(store_write_end(s, ERR_OK), ERR_OK);
}

static int
big_setup(void **state)
{
	fixture_setup(state);
	fill(((struct fixture *)*state)->store);
	return 0;
}

static void
explain(struct work *w, const char *sql)
{
	sqlite3_stmt *st = NULL;
	char text[8192];

	snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(sqlite3_prepare_v2(w->db, text, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		w->n += (size_t)snprintf(w->plans + w->n, sizeof w->plans - w->n, "%s\n",
		    (const char *)sqlite3_column_text(st, 3));
	assert_true(w->n < sizeof w->plans);
	sqlite3_finalize(st);
}

static int
on_statement(unsigned what, void *ctx, void *statement, void *ns)
{
	struct work *w = ctx;
	sqlite3_stmt *st = statement;
	const char *sql = sqlite3_sql(st);

	if (w->explaining)
		return 0;
	w->steps += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_VM_STEP, 1);
	w->scanned += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
	w->made_indexes += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_AUTOINDEX, 1);
	if (strncmp(sql, "SELECT t.id FROM", 16) == 0 || strncmp(sql, "SELECT count", 12) == 0) {
		w->explaining = true;
		explain(w, sql);
		w->explaining = false;
	}
	return 0;
}

static int64_t
list(struct store *s, const struct model_entity *e, const struct store_query *q, struct work *w)
{
	struct model_errors errors = {0};
	json_t *items = NULL;
	int64_t total = 0;
	struct db *db;

	/* the reader that is free is the one that the list will take */
	assert_int_equal(store_read_begin(s, &db), ERR_OK);
	store_read_end(s, db);
	*w = (struct work){.db = db->h};
	sqlite3_trace_v2(db->h, SQLITE_TRACE_PROFILE, on_statement, w);
	assert_int_equal(store_list(s, e, q, &items, &total, &errors), ERR_OK);
	sqlite3_trace_v2(db->h, 0, NULL, NULL);
	assert_true(w->steps > 0); /* or another reader was used */
	json_decref(items);
	return total;
}

static void
a_page_costs_what_is_on_it_where_an_index_leads_to_its_rows(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const struct model_entity *e;
		const char *equals, *plan;
		int64_t total;
	} cases[] = {
	    {&model_number, "{\"user\":77}", "number_user", 1},
	    {&model_number, "{\"number\":\"100077\"}", "sqlite_autoindex_number", 1},
	    {&model_user, "{\"login\":\"100077\"}", "sqlite_autoindex_user", 1},
	    {&model_phone, "{\"name\":\"phone-77\"}", "sqlite_autoindex_phone", 1},
	    {&model_group_member, "{\"user\":77}", "group_member_user", 0},
	};
	struct work w;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *equals = json_loads(cases[i].equals, 0, NULL);
		struct store_query q = {.equals = equals};

		assert_int_equal(list(f->store, cases[i].e, &q, &w), cases[i].total);
		if (!strstr(w.plans, cases[i].plan) || w.scanned > 0 || w.steps > 1000)
			fail_msg("%s %s: %lld rows scanned, %lld steps\n%s", cases[i].e->name,
			    cases[i].equals, (long long)w.scanned, (long long)w.steps, w.plans);
		json_decref(equals);
	}
}

/* As the pages open: by name, by number. */
static void
the_first_page_is_read_in_its_order(void **state)
{
	struct fixture *f = *state;
	static const struct model_entity *const all[] = {&model_user, &model_phone, &model_number};
	struct work w;

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct store_query q = {0}, last = {.page = USERS / 50};

		assert_int_equal(list(f->store, all[i], &q, &w), USERS);
		if (strstr(w.plans, "TEMP B-TREE") || !strstr(w.plans, "_covering") ||
		    w.steps > 20000)
			fail_msg("%s: %lld steps\n%s", all[i]->name, (long long)w.steps, w.plans);
		assert_int_equal(list(f->store, all[i], &last, &w), USERS);
		assert_true(w.steps < INT64_C(10) * USERS);
	}
}

/* The columns of the list are compared once for each row; what is computed from other tables is
 * looked at once for the whole list. */
static void
a_search_reads_each_row_once(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const struct model_entity *e;
		const char *search;
		int64_t total;
	} cases[] = {
	    {&model_user, "anna 9999", 1},
	    {&model_user, "100500", 1},
	    {&model_user, "phone-7777", 1},
	    {&model_user, "nobody at all", 0},
	    {&model_phone, "phone-77", 111},
	    {&model_phone, "meier 7777", 1},
	    {&model_number, "meier 7777", 1},
	    {&model_number, "107777", 1},
	};
	struct work w;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct store_query q = {.search = slice_cstr(cases[i].search)};

		assert_int_equal(list(f->store, cases[i].e, &q, &w), cases[i].total);
		if (strstr(w.plans, "CORRELATED") || strstr(w.plans, "TEMP B-TREE") ||
		    !strstr(w.plans, "SCAN t USING COVERING INDEX") || w.made_indexes ||
		    w.scanned > 4 * USERS || w.steps > INT64_C(80) * USERS)
			fail_msg("%s: %lld rows scanned, %lld steps\n%s", cases[i].search,
			    (long long)w.scanned, (long long)w.steps, w.plans);
	}
}

/* In every list that can be searched, and by every field that it can be sorted by: what belongs to
 * a row and stands elsewhere is looked up, not looked for row by row. */
static void
nothing_is_looked_for_row_by_row(void **state)
{
	struct fixture *f = *state;
	size_t count;
	const struct model_entity *const *all = model_entities(&count);

	for (size_t i = 0; i < count; i++) {
		struct store_query q = {.search = SLICE("anna 12")};
		bool searched = false;
		struct work w;

		for (size_t k = 0; k < all[i]->field_count; k++)
			searched = searched || all[i]->fields[k].flags & MODEL_SEARCH;
		if (!searched || all[i]->flags & (MODEL_HIDDEN | MODEL_SINGLETON))
			continue;
		list(f->store, all[i], &q, &w);
		for (const char *line = strstr(w.plans, "CORRELATED"); line;
		     line = strstr(line + 1, "CORRELATED")) {
			const char *next = strchr(line, '\n') + 1;

			if (strncmp(next, "SCAN ", 5) == 0)
				fail_msg("%s\n%s", all[i]->name, w.plans);
		}
		assert_int_equal(w.made_indexes, 0);
	}
}

static void
the_newest_calls_are_read_from_their_end(void **state)
{
	struct fixture *f = *state;
	struct store_query all = {0}, later = {.page = 20},
			   period = {.from_ms = INT64_C(1000) * (RECORDS - 500)};
	struct work w;

	assert_int_equal(list(f->store, &model_call_record, &all, &w), RECORDS);
	assert_true(w.steps < 20000);
	assert_int_equal(list(f->store, &model_call_record, &later, &w), RECORDS);
	assert_true(w.steps < 40000);
	assert_int_equal(list(f->store, &model_call_record, &period, &w), 501);
	assert_non_null(strstr(w.plans, "started_at>?"));
	assert_true(w.steps < 40000);
}

static void
index_all(struct store *s)
{
	bool more = true;

	while (more)
		assert_int_equal(store_cdr_index(s, &more), ERR_OK);
}

static int64_t
search(struct fixture *f, const char *words, struct work *w)
{
	struct store_query q = {.search = slice_cstr(words)};

	return list(f->store, &model_call_record, &q, w);
}

/* What is found is the same with the index as without; a rare word leads to its records, and of a
 * frequent one only those are counted that people look at. */
static void
a_word_is_found_without_reading_all_records(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *words;
		int64_t total;
		bool rare;
	} cases[] = {
	    {"quandt", 3, true}, {"ŽOFIE quandt", 3, true}, {"0123456", 3, true},
	    {"+4930 ofi", 3, true}, {"c99999", 1, true}, /* younger than the index */
	    {"c4711", 11, true}, {"nobody", 0, true}, {"quandt nobody", 0, true},
	    {"bo\"el 100123", RECORDS / 500, true}, /* a quote is a letter, too */
	    {"bo\"el", STORE_LOG_COUNT_MAX, false}, {"ines 100123", RECORDS / 500, true},
	    {"ines c99998", 1, true},
	    {"qu dt", 3, false}, /* of two letters the index knows nothing */
	};
	json_t *busy = json_pack("{s:s}", "result", "busy");
	struct store_query filtered = {.search = SLICE("ines"), .equals = busy};
	struct work w;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(search(f, cases[i].words, &w), cases[i].total);
	index_all(f->store);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(search(f, cases[i].words, &w), cases[i].total);
		if (cases[i].rare && strstr(w.plans, "SCAN t"))
			fail_msg("%s:\n%s", cases[i].words, w.plans);
		if (cases[i].rare && w.steps > INT64_C(300000))
			fail_msg("%s: %lld steps\n%s", cases[i].words, (long long)w.steps, w.plans);
	}
	search(f, "ines", &w);
	assert_true(w.steps < INT64_C(40) * STORE_LOG_COUNT_MAX);
	assert_int_equal(list(f->store, &model_call_record, &filtered, &w), 0);
	json_decref(busy);
}

/* Whose calls they are is written down in segments; what is younger than the last is read as it
 * lies. What is found is the same before and after. */
static void
the_calls_of_a_user_are_found_without_reading_all_records(void **state)
{
	struct fixture *f = *state;
	struct store_query busy = {.owner = 7}, nobody = {.owner = 9999}, sales = {.group = 1},
			   period = {.owner = 7, .from_ms = INT64_C(1000) * (RECORDS - 5000)};
	struct work w;
	int64_t of_group;

	make(f->store, &model_group, "{'name':'Sales'}");
	make(f->store, &model_group_member, "{'group':1,'user':8}");
	assert_int_equal(store_write_begin(f->store), ERR_OK);
	run(f->store->writer->h,
	    "UPDATE number SET user = NULL, \"group\" = 1 WHERE id = 5000;"
	    "UPDATE call_record SET called_number = '105000', called_user = NULL, result = 'busy' "
	    "WHERE id IN (17, 99999)");
	assert_int_equal(store_write_end(f->store, ERR_OK), ERR_OK);
	assert_int_equal(list(f->store, &model_call_record, &busy, &w), 300);
	of_group = list(f->store, &model_call_record, &sales, &w);
	index_all(f->store); /* the second segment is not complete */

	assert_int_equal(list(f->store, &model_call_record, &busy, &w), 300);
	assert_non_null(strstr(w.plans, "SEARCH p USING PRIMARY KEY (segment=? AND party=?)"));
	assert_null(strstr(w.plans, "SCAN t\n"));
	assert_true(w.steps < INT64_C(30) * (RECORDS - 65536));
	assert_int_equal(list(f->store, &model_call_record, &nobody, &w), 0);
	assert_true(w.steps < INT64_C(30) * (RECORDS - 65536));
	assert_int_equal(list(f->store, &model_call_record, &period, &w), 15);
	assert_int_equal(list(f->store, &model_call_record, &sales, &w), of_group);
}

/* The index knows records that are gone for as long as they are the smaller part of it. */
static void
the_index_of_words_begins_anew_when_most_of_its_records_are_gone(void **state)
{
	struct fixture *f = *state;
	struct work w;
	int64_t first = 0;
	struct db *db;

	index_all(f->store);
	assert_int_equal(store_write_begin(f->store), ERR_OK);
	run(f->store->writer->h, "DELETE FROM call_record WHERE id <= 50000;"
				 "UPDATE call_word_range SET first = first - 2000000");
	assert_int_equal(store_write_end(f->store, ERR_OK), ERR_OK);
	assert_int_equal(search(f, "quandt", &w), 2);
	index_all(f->store);
	assert_int_equal(store_read_begin(f->store, &db), ERR_OK);
	assert_int_equal(db_int(db, "SELECT first FROM call_word_range", &first), ERR_OK);
	store_read_end(f->store, db);
	assert_int_equal(first, 50001);
	assert_int_equal(search(f, "c4711", &w), 0);
	assert_int_equal(search(f, "quandt", &w), 2);
	assert_int_equal(search(f, "c7123", &w), 10);
	assert_true(w.steps < 300000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_page_costs_what_is_on_it_where_an_index_leads_to_its_rows),
	    cmocka_unit_test(the_first_page_is_read_in_its_order),
	    cmocka_unit_test(a_search_reads_each_row_once),
	    cmocka_unit_test(nothing_is_looked_for_row_by_row),
	    cmocka_unit_test(the_newest_calls_are_read_from_their_end),
	    cmocka_unit_test(a_word_is_found_without_reading_all_records),
	    cmocka_unit_test(the_calls_of_a_user_are_found_without_reading_all_records),
	    cmocka_unit_test(the_index_of_words_begins_anew_when_most_of_its_records_are_gone),
	};

	return cmocka_run_group_tests(tests, big_setup, fixture_teardown);
}
