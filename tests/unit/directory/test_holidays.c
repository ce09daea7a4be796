/* directory/holidays: the days that calendars of these years show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "directory/holidays.h"

static struct day
day_of(const char *text)
{
	struct day d;

	assert_true(day_parse(slice_cstr(text), &d));
	return d;
}

static void
days_of_calendars(void **state)
{
	static const struct {
		const char *date, *region;
		bool is;
	} cases[] = {
	    {"2026-01-01", "de-nw", true},
	    {"2026-01-06", "de-bw", true},
	    {"2026-01-06", "de-nw", false},
	    {"2026-03-08", "de-be", true},
	    {"2026-04-03", "de", true}, /* Good Friday */
	    {"2026-04-03", "at", false},
	    {"2026-04-05", "de-bb", true}, /* Easter Sunday */
	    {"2026-04-05", "de-nw", false},
	    {"2026-04-06", "at", true},
	    {"2026-05-14", "de-hh", true}, /* Ascension */
	    {"2026-05-25", "de-sl", true}, /* Whit Monday */
	    {"2026-06-04", "de-nw", true}, /* Corpus Christi */
	    {"2026-06-04", "de-be", false},
	    {"2026-08-15", "de-sl", true},
	    {"2026-09-20", "de-th", true},
	    {"2026-10-03", "de-by", true},
	    {"2026-10-26", "at", true},
	    {"2026-10-31", "de-ni", true},
	    {"2026-10-31", "de-he", false},
	    {"2026-11-01", "de-rp", true},
	    {"2026-11-18", "de-sn", true}, /* Repentance */
	    {"2027-11-17", "de-sn", true},
	    {"2028-11-22", "de-sn", true},
	    {"2026-11-18", "de-nw", false},
	    {"2026-12-08", "at", true},
	    {"2026-12-26", "de", true},
	    {"2026-12-24", "de", false},
	    {"2024-04-01", "de", true}, /* Easter Mondays of other years */
	    {"2025-04-21", "de", true},
	    {"2027-03-29", "de", true},
	    {"2038-04-26", "de", true}, /* as late as it can be */
	    {"2285-03-23", "de", true}, /* and as early */
	    {"2026-01-01", "none", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (holiday_is_public(slice_cstr(cases[i].region), day_of(cases[i].date)) !=
		    cases[i].is)
			fail_msg("%s in %s", cases[i].date, cases[i].region);
}

static void
days_of_the_week(void **state)
{
	assert_int_equal(day_of_week(day_of("1970-01-01")), 3);
	assert_int_equal(day_of_week(day_of("2000-02-29")), 1);
	assert_int_equal(day_of_week(day_of("2026-11-30")), 0);
	assert_int_equal(day_of_week(day_of("2100-03-01")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_of_calendars),
	    cmocka_unit_test(days_of_the_week),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
