/* call/plan.c: what the clock on the wall shows decides over time frames, also when it is put
 * forward or back (RTG-3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "call/call_int.h"
#include "model/model.h"

static int64_t now_ms;

static int64_t
wall_ms(void *ctx)
{
	return now_ms;
}

static void
the_clock_is_put_forward_and_back(void **state)
{
	static const struct {
		const char *utc;
		struct day day;
		unsigned hour, minute;
	} cases[] = {
	    {"2026-01-15T07:30:00Z", {2026, 1, 15}, 8, 30},
	    {"2026-07-15T07:30:00Z", {2026, 7, 15}, 9, 30},
	    {"2026-03-29T00:59:59Z", {2026, 3, 29}, 1, 59}, /* a second later it is three */
	    {"2026-03-29T01:00:00Z", {2026, 3, 29}, 3, 0},
	    {"2026-10-25T00:30:00Z", {2026, 10, 25}, 2, 30}, /* an hour later once more */
	    {"2026-10-25T01:30:00Z", {2026, 10, 25}, 2, 30},
	    {"2026-10-25T02:00:00Z", {2026, 10, 25}, 3, 0},
	    {"2026-12-31T22:59:00Z", {2026, 12, 31}, 23, 59},
	    {"2026-12-31T23:00:00Z", {2027, 1, 1}, 0, 0},
	    {"2028-02-28T23:30:00Z", {2028, 2, 29}, 0, 30},
	};
	static const struct call_switch_ops ops = {.wall_ms = wall_ms};
	struct call_switch sw = {.p = {.ops = &ops}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct routing_time t;

		assert_int_equal(model_time_parse(slice_cstr(cases[i].utc), &now_ms), ERR_OK);
		t = plan_local_time(&sw);
		if (t.day.year != cases[i].day.year || t.day.month != cases[i].day.month ||
		    t.day.day != cases[i].day.day ||
		    t.minute != 60 * cases[i].hour + cases[i].minute)
			fail_msg("%s: %u-%u-%u %u:%02u", cases[i].utc, t.day.year, t.day.month,
			    t.day.day, t.minute / 60, t.minute % 60);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_clock_is_put_forward_and_back)};

	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1); /* POSIX: needs no file */
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
