/* net/pace.h: when a socket is looked at by the clock instead of by event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/pace.h"

/* So many datagrams a second, one at a time, for ms; returns whether it is paced at the end. */
static bool
feed(struct pace *p, uint64_t *now_ms, uint32_t per_second, uint32_t ms)
{
	uint64_t owed = 0;

	for (uint32_t i = 0; i < ms; i++, (*now_ms)++)
		for (owed += per_second; owed >= 1000; owed -= 1000)
			pace_on_read(p, *now_ms, 1);
	return p->paced;
}

static void
a_few_calls_are_served_at_once(void **state)
{
	struct pace p = {0};
	uint64_t now = 5000;

	assert_false(feed(&p, &now, 10, 3000));
	assert_false(feed(&p, &now, 500, 3000));
	assert_false(feed(&p, &now, 1300, 3000));
}

static void
a_rush_is_paced_and_its_end_noticed(void **state)
{
	struct pace p = {0};
	uint64_t now = 5000;

	assert_true(feed(&p, &now, 3000, 500));
	assert_true(feed(&p, &now, 1000, 500)); /* not at each dip */
	assert_false(feed(&p, &now, 400, 500));
	assert_true(feed(&p, &now, 20000, 200));
	for (int look = 0; look < 2 * PACE_WINDOW_MS;
	     look++) /* silence, looked at each millisecond */
		pace_on_read(&p, now++, 0);
	assert_false(p.paced);
}

static void
one_burst_after_a_silence_is_not_a_rush(void **state)
{
	struct pace p = {0};

	pace_on_read(&p, 1000, 1);
	assert_false(pace_on_read(&p, 60000, 5000));
	assert_false(pace_on_read(&p, 120000, 5000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_few_calls_are_served_at_once),
	    cmocka_unit_test(a_rush_is_paced_and_its_end_noticed),
	    cmocka_unit_test(one_burst_after_a_silence_is_not_a_rush),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
