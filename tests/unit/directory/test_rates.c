/* directory/rates.h: which rate a call has (LIN-5), and what it costs. */
#include "directory/rates.h"

#include "../store/fixture.h"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211'},"
    "'lines':[{'name':'isp','host':'isp.example','username':'u','password':'p'},"
    "{'name':'other','host':'other.example','username':'u','password':'p','currency':'CHF'}],"
    "'rates':[{'line':'isp','prefix':'','per_minute_micro':1000},"
    "{'line':'isp','prefix':'00','per_minute_micro':500000},"
    "{'line':'isp','prefix':'0043','per_minute_micro':19000},"
    "{'line':'isp','prefix':'+43664','per_minute_micro':190000,'setup_micro':50000,"
    "'first_s':60,'step_s':1},"
    "{'line':'isp','prefix':'0','per_minute_micro':2000},"
    "{'line':'other','prefix':'0041','per_minute_micro':70000}]}";

static void
load(struct fixture *f, const char *text, struct directory **out)
{
	struct store_import_params params = {0};
	json_t *file = json_of(text), *report = NULL;

	if (store_import(f->store, file, &params, &report) != ERR_OK)
		fail_msg("%s", json_dumps(report, 0));
	json_decref(report);
	json_decref(file);
	assert_int_equal(directory_build(f->store, out), ERR_OK);
}

static const struct dir_line *
line(const struct directory *d, const char *name)
{
	size_t n;
	const struct dir_line *lines = dir_lines(d, &n);

	for (size_t i = 0; i < n; i++)
		if (slice_eq(lines[i].name, slice_cstr(name)))
			return &lines[i];
	fail_msg("no line %s", name);
	return NULL;
}

static int64_t
price(const struct directory *d, const char *of, const char *number)
{
	const struct rate *r = dir_rate_find(d, line(d, of)->id, slice_cstr(number));

	return r ? r->per_minute_micro : -1;
}

static void
the_longest_beginning_of_the_number_counts(void **state)
{
	struct directory *d;

	load(*state, config, &d);
	assert_int_equal(price(d, "isp", "+43664123"), 190000);
	assert_int_equal(price(d, "isp", "+43123"), 19000);
	assert_int_equal(price(d, "isp", "+43"), 19000);
	assert_int_equal(price(d, "isp", "+33123"), 500000);
	assert_int_equal(price(d, "isp", "+49211123"), 2000);
	assert_int_equal(price(d, "isp", "115"), 1000);
	assert_int_equal(price(d, "isp", ""), 1000);
	directory_free(d);
}

static void
each_line_has_rates_of_its_own(void **state)
{
	struct directory *d;

	load(*state, config, &d);
	assert_int_equal(price(d, "other", "+41446681800"), 70000);
	assert_int_equal(price(d, "other", "+43664123"), -1);
	assert_string_equal(line(d, "isp")->currency, "EUR");
	assert_string_equal(line(d, "other")->currency, "CHF");
	assert_null(dir_rate_find(d, 4711, SLICE("+43")));
	directory_free(d);
}

static void
each_interval_that_has_begun_is_charged(void **state)
{
	const struct rate minutes = {.per_minute_micro = 60000, .first_s = 60, .step_s = 60},
			  seconds = {.per_minute_micro = 60000, .first_s = 60, .step_s = 1},
			  once = {.setup_micro = 90000, .first_s = 60, .step_s = 60};

	assert_int_equal(rate_charge_micro(&minutes, 0), 60000);
	assert_int_equal(rate_charge_micro(&minutes, 60000), 60000);
	assert_int_equal(rate_charge_micro(&minutes, 60001), 120000);
	assert_int_equal(rate_charge_micro(&seconds, 59000), 60000);
	assert_int_equal(rate_charge_micro(&seconds, 60001), 61000);
	assert_int_equal(rate_charge_micro(&seconds, 90000), 90000);
	assert_int_equal(rate_charge_micro(&once, 3600000), 90000);
	assert_int_equal(rate_charge_micro(&minutes, -5), 60000); /* a clock that was set back */
}

static void
a_sum_is_rounded_to_the_nearest_millionth(void **state)
{
	const struct rate half = {.per_minute_micro = 30, .first_s = 1, .step_s = 1},
			  less = {.per_minute_micro = 29, .first_s = 1, .step_s = 1};

	assert_int_equal(rate_charge_micro(&half, 1000), 1); /* 0.5 */
	assert_int_equal(rate_charge_micro(&less, 1000), 0); /* 0.48 */
	assert_int_equal(rate_charge_micro(&less, 2000), 1); /* 0.97: the sum, not each step */
	assert_int_equal(rate_charge_micro(&less, 3000), 1); /* 1.45 */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	    TEST(the_longest_beginning_of_the_number_counts),
	    TEST(each_line_has_rates_of_its_own),
	    TEST(each_interval_that_has_begun_is_charged),
	    TEST(a_sum_is_rounded_to_the_nearest_millionth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
