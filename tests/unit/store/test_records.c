/* store/cdr.c: call records. */
#include "fixture.h"

static struct cdr
record(const char *call_id, int64_t started_at)
{
	struct cdr c = {.started_at = started_at,
	    .answered_at = started_at + 1000,
	    .ended_at = started_at + 61000,
	    .caller_number = "101",
	    .caller_name = "Anna",
	    .caller_user = 7,
	    .called_number = "102",
	    .result = CDR_BUSY,
	    .ended_by = CDR_BY_CALLED,
	    .sip_status = 486,
	    .duration_s = 60,
	    .packets_to_caller = 3000,
	    .jitter_to_called_us = 120};

	snprintf(c.call_id, sizeof c.call_id, "%s", call_id);
	live_reason_add(c.explanation, &c.explanation_count, REASON_PHONE_ANSWERED,
	    REASON_ARGS(SLICE("p\"2"), SLICE("486"), SLICE("Busy Here")));
	/* as versions before the reasons had codes stored them */
	snprintf(c.explanation[c.explanation_count++], LIVE_REASON_BYTES, "102 is busy");
	return c;
}

static int64_t
total(struct store *s, const char *search)
{
	struct store_query q = {.search = slice_cstr(search)};
	json_t *items = NULL;
	int64_t n = -1;

	assert_int_equal(store_list(s, &model_call_record, &q, &items, &n, NULL), ERR_OK);
	json_decref(items);
	return n;
}

static void
count_changes(void *ctx, const struct store_change *change)
{
	assert_ptr_equal(change->entity, &model_call_record);
	++*(int *)ctx;
}

static void
a_replay_of_call_records_does_not_double_them(void **state)
{
	struct fixture *f = *state;
	struct cdr c[3] = {record("a", 1000), record("b", 2000), record("a", 3000)};
	struct store_query q = {0};
	json_t *items = NULL, *row;
	int64_t n;
	int told = 0;

	store_on_change(f->store, count_changes, &told);
	assert_int_equal(store_cdr_insert(f->store, NULL, 0), ERR_OK);
	assert_int_equal(store_cdr_insert(f->store, c, 2), ERR_OK);
	assert_int_equal(store_cdr_insert(f->store, c, 3), ERR_OK);
	assert_int_equal(store_cdr_insert(f->store, c, 3), ERR_OK);
	assert_int_equal(total(f->store, ""), 3);
	assert_int_equal(told, 2); /* once a batch, and not for a replay */
	assert_int_equal(total(f->store, "anna"), 3);
	assert_int_equal(store_list(f->store, &model_call_record, &q, &items, &n, NULL), ERR_OK);
	row = json_array_get(items, 2); /* newest first */
	assert_string_equal(text_at(row, "started_at"), "1970-01-01T00:00:01.000Z");
	assert_string_equal(text_at(row, "result"), "busy");
	assert_string_equal(text_at(row, "ended_by"), "called");
	assert_json(json_object_get(row, "explanation"),
	    "[{'code':'phone_answered','args':['p\\'2','486','Busy Here'],"
	    "'text':'Phone p\\'2 answered 486 Busy Here'},"
	    "{'code':'note','args':['102 is busy'],'text':'102 is busy'}]");
	assert_json(json_object_get(row, "ringing_at"), "null");
	assert_json(json_object_get(row, "called_user"), "null");
	assert_json(json_object_get(row, "caller_user"), "7");
	assert_json(json_object_get(row, "packets_to_caller"), "3000");
	assert_json(json_object_get(row, "jitter_to_called_us"), "120");
	json_decref(items);
}

static void
call_records_are_chosen_by_the_time_they_began(void **state)
{
	static const struct {
		int64_t from_ms, to_ms, total;
	} cases[] = {
	    {0, 0, 3}, {2000, 0, 2}, {2001, 0, 1}, {0, 2000, 1}, {2000, 3000, 1}, {4000, 0, 0}};
	struct fixture *f = *state;
	struct cdr c[3] = {record("a", 1000), record("b", 2000), record("c", 3000)};
	struct model_errors errors = {0};
	struct store_query users = {.from_ms = 1};
	json_t *items = NULL;
	int64_t n;

	assert_int_equal(store_cdr_insert(f->store, c, 3), ERR_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct store_query q = {.from_ms = cases[i].from_ms, .to_ms = cases[i].to_ms};

		assert_int_equal(
		    store_list(f->store, &model_call_record, &q, &items, &n, NULL), ERR_OK);
		assert_int_equal(n, cases[i].total);
		json_decref(items);
	}
	assert_int_equal(
	    store_list(f->store, &model_user, &users, &items, &n, &errors), ERR_INVALID);
}

static void
texts_of_strangers_do_not_break_a_record(void **state)
{
	struct fixture *f = *state;
	struct cdr c = record("x", 1);

	memset(c.caller_name, 0xff, sizeof c.caller_name); /* not even a NUL */
	snprintf(c.explanation[0], LIVE_REASON_BYTES, "\xc3");
	assert_int_equal(store_cdr_insert(f->store, &c, 1), ERR_OK);
	assert_int_equal(total(f->store, "???"), 1);
}

static void
old_call_records_go_by_cdr_keep_days(void **state)
{
	struct fixture *f = *state;
	const int64_t day = 86400000;
	int64_t removed = -1;
	static struct cdr many[2500];

	for (size_t i = 0; i < 2500; i++) {
		char id[32];

		snprintf(id, sizeof id, "c%zu", i);
		many[i] = record(id, i < 2400 ? 10 * day : 90 * day);
	}
	assert_int_equal(store_cdr_insert(f->store, many, 2500), ERR_OK);
	assert_int_equal(store_expire(f->store, 100 * day, &removed), ERR_OK);
	assert_int_equal(removed, 0);
	assert_int_equal(patch(f->store, &model_settings, 1, "{'cdr_keep_days':30}", NULL), ERR_OK);
	assert_int_equal(store_expire(f->store, 100 * day, &removed), ERR_OK);
	assert_int_equal(removed, 2400);
	assert_int_equal(total(f->store, ""), 100);
}

struct uses {
	int n;
	int64_t seconds, micro;
	char numbers[64];
};

static void
add_use(void *ctx, const struct store_line_use *use)
{
	struct uses *u = ctx;
	size_t at = strlen(u->numbers);

	assert_string_equal(use->line, "main");
	u->n++;
	u->seconds += use->duration_s;
	u->micro += use->charge_micro;
	snprintf(u->numbers + at, sizeof u->numbers - at, "%s %s,", use->called_number,
	    use->called_phone);
}

/* What a day's limit of a line begins with: neither inside, nor unanswered, nor of yesterday. */
static void
what_lines_were_used_for_is_read(void **state)
{
	struct fixture *f = *state;
	struct cdr c[5] = {record("yesterday", 1000), record("inside", 5000), record("busy", 5001),
	    record("a", 5002), record("b", 5000)};
	struct uses u = {0};

	for (size_t i = 0; i < 5; i++)
		if (i != 1)
			snprintf(c[i].line, sizeof c[i].line, "main");
	c[2].answered_at = 0;
	c[3].charge_micro = 20000;
	snprintf(c[3].called_phone, sizeof c[3].called_phone, "mobile 0170");
	assert_int_equal(store_cdr_insert(f->store, c, 5), ERR_OK);
	assert_int_equal(store_line_uses(f->store, 5000, add_use, &u), ERR_OK);
	assert_int_equal(u.n, 2);
	assert_int_equal(u.seconds, 120);
	assert_int_equal(u.micro, 20000);
	assert_non_null(strstr(u.numbers, "102 mobile 0170,"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_replay_of_call_records_does_not_double_them),
	    TEST(call_records_are_chosen_by_the_time_they_began),
	    TEST(texts_of_strangers_do_not_break_a_record),
	    TEST(old_call_records_go_by_cdr_keep_days),
	    TEST(what_lines_were_used_for_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
