/* store/rates.h: the rates of a line as a table (LIN-5). */
#include "store/rates.h"

#include "fixture.h"

static int64_t
a_line(struct store *s, const char *name)
{
	char text[120];

	snprintf(text, sizeof text, "{'name':'%s','host':'isp.example','username':'u'}", name);
	return make(s, &model_line, text);
}

static enum err
put(struct store *s, int64_t line, const char *table, json_t **report, struct model_errors *errors)
{
	*errors = (struct model_errors){0};
	return store_rates_read(s, line, slice_cstr(table), report, errors);
}

static void
puts_ok(struct store *s, int64_t line, const char *table, const char *expected)
{
	struct model_errors errors;
	json_t *report = NULL;

	if (put(s, line, table, &report, &errors) != ERR_OK)
		fail_msg("%s: %s", errors.at[0].code, errors.at[0].message);
	assert_json(report, expected);
	json_decref(report);
}

static void
is_table(struct store *s, int64_t line, const char *expected)
{
	char *text = NULL;
	size_t n = 0;

	assert_int_equal(store_rates_write(s, line, &text, &n), ERR_OK);
	assert_string_equal(text, expected);
	free(text);
}

static void
a_table_comes_back_as_it_was_given(void **state)
{
	static const char table[] = "prefix,name,per_minute,setup,first_s,step_s\r\n"
				    "'+43664,Austria mobile,0.19,0.05,60,1\r\n"
				    "0043,\"Austria, fixed\",0.019,0.00,60,60\r\n";
	struct store *s = ((struct fixture *)*state)->store;
	int64_t line = a_line(s, "isp");

	puts_ok(s, line, table, "{'rows':2,'created':2,'updated':0,'deleted':0}");
	is_table(s, line, table);
	puts_ok(s, line, table, "{'rows':2,'created':0,'updated':0,'deleted':0}");
	is_table(s, line, table);
}

static void
what_a_german_spreadsheet_writes_is_read(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	int64_t line = a_line(s, "isp");

	puts_ok(s, line, "Prefix;Name;per_minute\n0043;\xd6sterreich;0,019\n",
	    "{'rows':1,'created':1,'updated':0,'deleted':0}");
	is_table(s, line,
	    "prefix,name,per_minute,setup,first_s,step_s\r\n"
	    "0043,\u00d6sterreich,0.019,0.00,60,60\r\n");
}

static void
what_the_table_does_not_name_goes_and_other_lines_keep_theirs(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	int64_t line = a_line(s, "isp"), other = a_line(s, "other");

	puts_ok(s, other, "prefix,per_minute\n0043,0.1\n",
	    "{'rows':1,'created':1,'updated':0,'deleted':0}");
	puts_ok(s, line, "prefix,per_minute\n0043,0.1\n0041,0.2\n",
	    "{'rows':2,'created':2,'updated':0,'deleted':0}");
	puts_ok(s, line, "prefix,per_minute\n0041,0.3\n,0.01\n",
	    "{'rows':2,'created':1,'updated':1,'deleted':1}");
	is_table(s, line,
	    "prefix,name,per_minute,setup,first_s,step_s\r\n"
	    ",,0.01,0.00,60,60\r\n0041,,0.30,0.00,60,60\r\n");
	is_table(
	    s, other, "prefix,name,per_minute,setup,first_s,step_s\r\n0043,,0.10,0.00,60,60\r\n");
}

static void
refused(struct store *s, int64_t line, const char *table, const char *code, int64_t row)
{
	struct model_errors errors;
	json_t *report = NULL;

	if (put(s, line, table, &report, &errors) != ERR_INVALID)
		fail_msg("%s was taken", table);
	assert_null(report);
	assert_string_equal(errors.at[0].code, code);
	assert_int_equal(errors.at[0].row, row);
}

static void
a_fault_names_its_line_and_nothing_is_changed(void **state)
{
	static const char kept[] =
	    "prefix,name,per_minute,setup,first_s,step_s\r\n0043,,0.10,0.00,60,60\r\n";
	struct store *s = ((struct fixture *)*state)->store;
	int64_t line = a_line(s, "isp");
	struct model_errors errors;
	json_t *report = NULL;

	puts_ok(s, line, kept, "{'rows':1,'created':1,'updated':0,'deleted':0}");
	refused(s, line, "", "no_header", 0);
	refused(s, line, "prefix\n0043\n", "no_header", 1);
	refused(s, line, "prefix,price\n0043,1\n", "unknown_column", 1);
	refused(s, line, "prefix,per_minute\n0041,0.1\n0042,-1\n", "bad_amount", 3);
	refused(s, line, "prefix,per_minute\n0041,0.0000001\n", "bad_amount", 2);
	refused(s, line, "prefix,per_minute\n0041,1\n\n0041,2\n", "doubled", 4);
	refused(s, line, "prefix,per_minute\n00x,1\n", "bad_characters", 2);
	refused(s, line, "prefix,per_minute,step_s\n0041,1,0\n", "too_small", 2);
	refused(s, line, "prefix,per_minute\n\"0041,1\n", "bad_quotes", 2);
	assert_int_equal(put(s, 4711, "prefix,per_minute\n", &report, &errors), ERR_NOT_FOUND);
	is_table(s, line, kept);
}

static void
rates_go_with_their_line_and_come_with_the_configuration(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	int64_t line = a_line(s, "isp");
	struct model_errors errors = {0};
	json_t *file = NULL, *rates;

	puts_ok(s, line, "prefix,per_minute\n0043,0.1\n",
	    "{'rows':1,'created':1,'updated':0,'deleted':0}");
	assert_int_equal(store_export(s, &file), ERR_OK);
	rates = json_object_get(file, "rates");
	assert_int_equal(json_array_size(rates), 1);
	assert_string_equal(text_at(json_array_get(rates, 0), "line"), "isp");
	json_decref(file);
	assert_int_equal(store_delete(s, &model_line, line, &errors), ERR_OK);
	assert_int_equal(store_export(s, &file), ERR_OK);
	assert_int_equal(json_array_size(json_object_get(file, "rates")), 0);
	json_decref(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	    TEST(a_table_comes_back_as_it_was_given),
	    TEST(what_a_german_spreadsheet_writes_is_read),
	    TEST(what_the_table_does_not_name_goes_and_other_lines_keep_theirs),
	    TEST(a_fault_names_its_line_and_nothing_is_changed),
	    TEST(rates_go_with_their_line_and_come_with_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
