/* base/zone.h, base/series.h: the dates of series on the wall of a place (CNF-1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/series.h"

enum { HOUR_S = 3600, DAY_S = 86400 };

static void
load(const char *name, struct zone *z)
{
	static char bytes[ZONE_FILE_BYTES_MAX];
	char path[200];
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	assert_int_equal(zone_parse(slice_make(bytes, n), z), ERR_OK);
}

static int64_t
instant(int year, int month, int day, int hour, int minute)
{
	return days_of_date(year, (unsigned)month, (unsigned)day) * DAY_S + hour * HOUR_S +
	       minute * 60;
}

static void
assert_date(const struct series *s, int64_t n, int64_t want)
{
	int64_t at_s;

	assert_true(series_at(s, n, &at_s));
	assert_int_equal(at_s, want);
}

static struct series
weekly(const struct zone *z, int64_t starts_s)
{
	return (struct series){.zone = z,
	    .starts_s = starts_s,
	    .length_s = HOUR_S,
	    .repeat = SERIES_WEEK,
	    .every = 1,
	    .last_day = INT64_MAX};
}

/* ---- zones ---- */

static void
every_zone_agrees_with_the_system_library(void **state)
{
	static const char *const names[] = {"Europe/Berlin", "America/New_York", "Asia/Kolkata",
	    "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Tehran",
	    "Pacific/Chatham", "Europe/Dublin", "Etc/UTC", "America/Nuuk"};
	static struct zone z;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		load(names[i], &z);
		setenv("TZ", names[i], 1);
		tzset();
		for (int64_t t = instant(1990, 1, 1, 0, 0); t < instant(2080, 1, 1, 0, 0);
		     t += 5 * HOUR_S + 17) {
			time_t at = (time_t)t;
			struct tm tm;

			localtime_r(&at, &tm);
			assert_int_equal(zone_offset(&z, t), tm.tm_gmtoff);
		}
	}
	unsetenv("TZ");
	tzset();
}

static void
a_file_that_is_none_or_is_cut_is_refused(void **state)
{
	static char bytes[ZONE_FILE_BYTES_MAX];
	static struct zone z;
	FILE *f = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
	size_t n = fread(bytes, 1, sizeof bytes, f);

	(void)state;
	fclose(f);
	assert_int_equal(zone_parse(slice_make(bytes, n), &z), ERR_OK);
	for (size_t cut = 0; cut < n; cut++) {
		char *part = malloc(cut + 1);

		memcpy(part, bytes, cut);
		assert_int_equal(zone_parse(slice_make(part, cut), &z), ERR_MALFORMED);
		free(part);
	}
	for (size_t i = 0; i < n; i++) { /* whatever stands there, nothing is read outside */
		char kept = bytes[i];

		bytes[i] = (char)~kept;
		if (zone_parse(slice_make(bytes, n), &z) == ERR_OK)
			zone_offset(&z, 1000000000);
		bytes[i] = kept;
	}
}

static void
a_name_leads_nowhere_else(void **state)
{
	(void)state;
	assert_true(zone_name_ok(SLICE("Europe/Berlin")));
	assert_true(zone_name_ok(SLICE("Etc/GMT+1")));
	assert_true(zone_name_ok(SLICE("America/Port-au-Prince")));
	assert_false(zone_name_ok(SLICE("")));
	assert_false(zone_name_ok(SLICE("../passwd")));
	assert_false(zone_name_ok(SLICE("/etc/passwd")));
	assert_false(zone_name_ok(SLICE("Europe//Berlin")));
	assert_false(zone_name_ok(SLICE("Europe/")));
}

static void
an_hour_left_out_is_later_and_one_that_comes_twice_is_the_first(void **state)
{
	static struct zone z;

	(void)state;
	load("Europe/Berlin", &z);
	/* 2027-03-28: 2:00 becomes 3:00 */
	assert_int_equal(zone_utc(&z, instant(2027, 3, 28, 1, 59)), instant(2027, 3, 28, 0, 59));
	assert_int_equal(zone_utc(&z, instant(2027, 3, 28, 2, 30)), instant(2027, 3, 28, 1, 30));
	assert_int_equal(zone_local(&z, instant(2027, 3, 28, 1, 30)), instant(2027, 3, 28, 3, 30));
	assert_int_equal(zone_utc(&z, instant(2027, 3, 28, 3, 0)), instant(2027, 3, 28, 1, 0));
	/* 2027-10-31: 3:00 becomes 2:00 */
	assert_int_equal(zone_utc(&z, instant(2027, 10, 31, 2, 30)), instant(2027, 10, 31, 0, 30));
	assert_int_equal(zone_utc(&z, instant(2027, 10, 31, 3, 0)), instant(2027, 10, 31, 2, 0));
}

/* ---- series ---- */

static void
a_weekly_conference_keeps_its_hour_when_the_clock_is_changed(void **state)
{
	static struct zone z;
	struct series s;

	(void)state;
	load("Europe/Berlin", &z);
	s = weekly(&z, instant(2027, 3, 22, 8, 0)); /* a Monday, 9:00 on the wall */
	assert_date(&s, 0, instant(2027, 3, 22, 8, 0));
	assert_date(&s, 1, instant(2027, 3, 29, 7, 0));
	assert_date(&s, 31, instant(2027, 10, 25, 7, 0));
	assert_date(&s, 32, instant(2027, 11, 1, 8, 0));
	load("America/New_York", &z);
	s = weekly(&z, instant(2027, 3, 8, 14, 0));
	assert_date(&s, 1, instant(2027, 3, 15, 13, 0));
}

static void
a_series_in_a_left_out_hour_comes_an_hour_later_once(void **state)
{
	static struct zone z;
	struct series s;

	(void)state;
	load("Europe/Berlin", &z);
	s = weekly(&z, instant(2027, 3, 27, 1, 30)); /* 2:30 every day */
	s.repeat = SERIES_DAY;
	assert_date(&s, 1, instant(2027, 3, 28, 1, 30)); /* 3:30 */
	assert_date(&s, 2, instant(2027, 3, 29, 0, 30)); /* 2:30 */
}

static void
the_31st_is_the_last_day_of_shorter_months(void **state)
{
	static struct zone z;
	struct series s;

	(void)state;
	load("Europe/Berlin", &z);
	s = weekly(&z, instant(2027, 1, 31, 9, 0)); /* 10:00 */
	s.repeat = SERIES_MONTH;
	assert_date(&s, 1, instant(2027, 2, 28, 9, 0));
	assert_date(&s, 2, instant(2027, 3, 31, 8, 0));
	assert_date(&s, 3, instant(2027, 4, 30, 8, 0));
	assert_date(&s, 13, instant(2028, 2, 29, 9, 0)); /* a leap year */
	s.every = 3;
	assert_date(&s, 1, instant(2027, 4, 30, 8, 0));
	s = weekly(&z, instant(2028, 2, 29, 9, 0));
	s.repeat = SERIES_MONTH;
	s.every = 12;
	assert_date(&s, 1, instant(2029, 2, 28, 9, 0));
	assert_date(&s, 4, instant(2032, 2, 29, 9, 0));
}

static void
a_series_ends_on_its_last_day(void **state)
{
	static struct zone z;
	struct series_date next;
	struct series s;
	int64_t at_s;

	(void)state;
	load("Europe/Berlin", &z);
	s = weekly(&z, instant(2027, 5, 3, 22, 30)); /* 0:30 on Tuesday the 4th */
	s.last_day = days_of_date(2027, 5, 18);
	assert_true(series_at(&s, 2, &at_s));
	assert_false(series_at(&s, 3, &at_s));
	assert_true(series_next(&s, instant(2027, 5, 17, 23, 29), &next));
	assert_false(series_next(&s, instant(2027, 5, 17, 23, 30), &next));
	s.repeat = SERIES_ONCE;
	assert_false(series_at(&s, 1, &at_s));
}

static void
a_date_that_runs_is_the_next_until_it_ends(void **state)
{
	static struct zone z;
	struct series_date next;
	struct series s;

	(void)state;
	load("Europe/Berlin", &z);
	s = weekly(&z, instant(2027, 5, 3, 7, 0));
	assert_true(series_next(&s, 0, &next));
	assert_int_equal(next.from_s, instant(2027, 5, 3, 7, 0));
	assert_true(series_next(&s, instant(2027, 5, 3, 7, 59), &next));
	assert_int_equal(next.from_s, instant(2027, 5, 3, 7, 0));
	assert_true(series_next(&s, instant(2027, 5, 3, 8, 0), &next));
	assert_int_equal(next.from_s, instant(2027, 5, 10, 7, 0));
}

static void
dates_are_left_out_and_moved_one_by_one(void **state)
{
	static struct zone z;
	struct series_date next;
	struct series s;

	(void)state;
	load("Europe/Berlin", &z);
	s = weekly(&z, instant(2027, 5, 3, 7, 0));
	s.change[0] = (struct series_change){instant(2027, 5, 10, 7, 0), 0};
	s.change[1] = (struct series_change){
	    instant(2027, 5, 24, 7, 0), instant(2027, 5, 11, 9, 0)}; /* before the one before */
	s.change[2] = (struct series_change){
	    instant(2027, 5, 25, 7, 0), instant(2027, 5, 4, 9, 0)}; /* none of its dates */
	s.changes = 3;
	assert_true(series_next(&s, instant(2027, 5, 3, 8, 0), &next));
	assert_int_equal(next.from_s, instant(2027, 5, 11, 9, 0));
	assert_int_equal(next.original_s, instant(2027, 5, 24, 7, 0));
	assert_true(series_next(&s, instant(2027, 5, 11, 10, 0), &next));
	assert_int_equal(next.from_s, instant(2027, 5, 17, 7, 0));
	assert_true(series_next(&s, instant(2027, 5, 17, 8, 0), &next));
	assert_int_equal(next.from_s, instant(2027, 5, 31, 7, 0));
}

static void
for_thirty_years_each_date_follows_the_one_before(void **state)
{
	static struct zone z;
	static const enum series_repeat repeats[] = {SERIES_DAY, SERIES_WEEK, SERIES_MONTH};

	(void)state;
	load("Europe/Berlin", &z);
	for (size_t i = 0; i < 3; i++) {
		struct series s = weekly(&z, instant(2027, 1, 31, 8, 15));
		struct series_date next = {0};
		int64_t now = 0, want;

		s.repeat = repeats[i];
		s.every = 2;
		for (int64_t n = 0; now < instant(2057, 1, 1, 0, 0); n++) {
			assert_true(series_next(&s, now, &next));
			assert_true(series_at(&s, n, &want));
			assert_int_equal(next.from_s, want);
			assert_int_equal(zone_local(&z, want) % DAY_S, 9 * HOUR_S + 15 * 60);
			assert_true(series_has(&s, want));
			assert_false(series_has(&s, want + 60));
			now = next.from_s + s.length_s;
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_zone_agrees_with_the_system_library),
	    cmocka_unit_test(a_file_that_is_none_or_is_cut_is_refused),
	    cmocka_unit_test(a_name_leads_nowhere_else),
	    cmocka_unit_test(an_hour_left_out_is_later_and_one_that_comes_twice_is_the_first),
	    cmocka_unit_test(a_weekly_conference_keeps_its_hour_when_the_clock_is_changed),
	    cmocka_unit_test(a_series_in_a_left_out_hour_comes_an_hour_later_once),
	    cmocka_unit_test(the_31st_is_the_last_day_of_shorter_months),
	    cmocka_unit_test(a_series_ends_on_its_last_day),
	    cmocka_unit_test(a_date_that_runs_is_the_next_until_it_ends),
	    cmocka_unit_test(dates_are_left_out_and_moved_one_by_one),
	    cmocka_unit_test(for_thirty_years_each_date_follows_the_one_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
