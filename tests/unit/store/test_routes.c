/* What decides how calls leave (LIN-5, LIN-6, RTG-3): what comes with a new database, and what the
 * rules refuse. */
#include "fixture.h"

static void
refused(struct store *s, const struct model_entity *e, const char *text, const char *code,
    const char *field)
{
	struct model_errors errors = {0};
	json_t *in = json_of(text), *row = NULL;

	if (store_create(s, e, in, &row, &errors) == ERR_OK)
		fail_msg("%s was taken", text);
	json_decref(in);
	assert_string_equal(errors.at[0].code, code);
	assert_string_equal(errors.at[0].field, field);
}

/* A line's place in a rule and a frame. */
static const char *
way(int64_t rule, int64_t frame, int64_t line)
{
	static char text[120];

	snprintf(text, sizeof text, "{'rule':%lld,'frame':%lld,'line':%lld}", (long long)rule,
	    (long long)frame, (long long)line);
	return text;
}

static void
comes_with_the_system(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	json_t *row = NULL;

	assert_int_equal(store_find(s, &model_emergency_number, "number", "110", &row), ERR_OK);
	json_decref(row);
	assert_int_equal(store_find(s, &model_emergency_number, "number", "112", &row), ERR_OK);
	json_decref(row);
	assert_int_equal(store_find(s, &model_time_frame, "name", "24/7", &row), ERR_OK);
	assert_int_equal(json_array_size(json_object_get(row, "days")), 8);
	json_decref(row);
}

/* What an administrator has deleted does not come back by itself. */
static void
what_was_deleted_stays_deleted(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors = {0};
	json_t *row = NULL;

	assert_int_equal(
	    store_find(f->store, &model_emergency_number, "number", "110", &row), ERR_OK);
	assert_int_equal(store_delete(f->store, &model_emergency_number,
			     json_integer_value(json_object_get(row, "id")), &errors),
	    ERR_OK);
	json_decref(row);
	store_close(f->store);
	fixture_open(f);
	assert_int_equal(
	    store_find(f->store, &model_emergency_number, "number", "110", &row), ERR_NOT_FOUND);
	make(f->store, &model_number, "{'number':'110'}"); /* and may be somebody's then */
}

static void
an_emergency_number_is_nobodys(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;

	refused(s, &model_number, "{'number':'112'}", "emergency_number", "number");
	refused(
	    s, &model_number, "{'number':'110','kind':'external'}", "emergency_number", "number");
	make(s, &model_number, "{'number':'115'}");
	refused(
	    s, &model_emergency_number, "{'number':'115','name':'Info'}", "number_taken", "number");
	make(s, &model_emergency_number, "{'number':'116117','name':'Arzt'}");
}

static void
time_frames_of_a_rule_do_not_overlap(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct model_errors errors = {0};
	int64_t line = make(s, &model_line, "{'name':'l','host':'h.test','username':'u'}");
	int64_t rule = make(s, &model_cor_rule, "{'number':'0049'}");
	int64_t other = make(s, &model_cor_rule, "{'number':'0043'}");
	int64_t day = make(s, &model_time_frame, "{'name':'day','from':'08:00','to':'18:00'}");
	int64_t evening =
	    make(s, &model_time_frame, "{'name':'evening','from':'18:00','to':'24:00'}");
	int64_t noon = make(
	    s, &model_time_frame, "{'name':'noon','from':'12:00','to':'13:00','days':['mon']}");
	int64_t sunday = make(
	    s, &model_time_frame, "{'name':'sunday','from':'00:00','to':'24:00','days':['sun']}");

	make(s, &model_cor_line, way(rule, day, line));
	make(s, &model_cor_line, way(rule, evening, line)); /* they only touch */
	refused(s, &model_cor_line, way(rule, noon, line), "frames_overlap", "frame");
	refused(s, &model_cor_line, way(rule, sunday, line), "frames_overlap", "frame");
	make(s, &model_cor_line, way(other, noon, line)); /* another rule */
	make(s, &model_cor_line, way(other, sunday, line));
	/* a frame that changes is looked at in all rules that use it */
	assert_int_equal(
	    patch(s, &model_time_frame, evening, "{'from':'17:59'}", &errors), ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "frames_overlap");
	errors.count = 0;
	assert_int_equal(
	    patch(s, &model_time_frame, noon, "{'days':['mon','sun']}", &errors), ERR_CONFLICT);
	errors.count = 0;
	assert_int_equal(patch(s, &model_time_frame, noon, "{'to':'14:00'}", &errors), ERR_OK);
	/* one that is used stays */
	assert_int_equal(store_delete(s, &model_time_frame, day, &errors), ERR_CONFLICT);
}

static void
bad_frames_and_dates(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	static const struct {
		const struct model_entity *e;
		const char *text, *code, *field;
	} cases[] = {
	    {&model_time_frame, "{'name':'x','from':'18:00','to':'08:00'}", "wrong_order", "to"},
	    {&model_time_frame, "{'name':'x','from':'08:00','to':'08:00'}", "wrong_order", "to"},
	    {&model_time_frame, "{'name':'x','from':'8:00','to':'09:00'}", "too_short", "from"},
	    {&model_time_frame, "{'name':'x','from':'08:60','to':'09:00'}", "bad_format", "from"},
	    {&model_time_frame, "{'name':'x','from':'08:00','to':'24:01'}", "bad_format", "to"},
	    {&model_time_frame, "{'name':'x','from':'08:00','to':'09:00','days':[]}", "required",
		"days"},
	    {&model_holiday, "{'date':'2026-02-29','name':'x'}", "bad_format", "date"},
	    {&model_holiday, "{'date':'2026-13-01','name':'x'}", "bad_format", "date"},
	    {&model_holiday, "{'date':'24.12.2026','name':'x'}", "bad_format", "date"},
	    {&model_cor_rule, "{'number':'0049a'}", "bad_characters", "number"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		refused(s, cases[i].e, cases[i].text, cases[i].code, cases[i].field);
	make(s, &model_holiday, "{'date':'2028-02-29','name':'x'}");
}

static void
a_line_prefix_leads_to_one_line(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;

	make(s, &model_line, "{'name':'a','host':'h.test','username':'u','line_prefix':'1'}");
	make(s, &model_line, "{'name':'b','host':'h.test','username':'u'}");
	refused(s, &model_line, "{'name':'c','host':'h.test','username':'u','line_prefix':'1'}",
	    "prefix_taken", "line_prefix");
	refused(s, &model_line, "{'name':'c','host':'h.test','username':'u','line_prefix':'12'}",
	    "too_long", "line_prefix");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(comes_with_the_system),
	    TEST(what_was_deleted_stays_deleted),
	    TEST(an_emergency_number_is_nobodys),
	    TEST(time_frames_of_a_rule_do_not_overlap),
	    TEST(bad_frames_and_dates),
	    TEST(a_line_prefix_leads_to_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
