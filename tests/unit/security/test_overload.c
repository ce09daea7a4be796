/* security/overload: levels and their hysteresis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "security/overload.h"

static const struct {
	const char *name;
	struct guard_load load;
	enum overload_level expected;
} loads[] = {
    {"idle", {0, 0, 0, 1000}, OVERLOAD_NONE},
    {"busy", {499, 499, 799, 1000}, OVERLOAD_NONE},
    {"late", {500, 0, 0, 1000}, OVERLOAD_STRANGERS},
    {"very late", {2000, 0, 0, 1000}, OVERLOAD_NEW},
    {"queue half full", {0, 500, 0, 1000}, OVERLOAD_STRANGERS},
    {"queue full", {0, 850, 0, 1000}, OVERLOAD_NEW},
    {"many transactions", {0, 0, 800, 1000}, OVERLOAD_STRANGERS},
    {"table almost full", {0, 0, 930, 1000}, OVERLOAD_NEW},
    {"no limit known", {0, 0, 930, 0}, OVERLOAD_NONE},
};

static void
levels_are_reached(void **state)
{
	for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++) {
		struct overload o = {0};

		for (uint64_t ms = 100; ms <= 300; ms += 100)
			(void)overload_update(&o, &loads[i].load, ms);
		if (o.level != loads[i].expected)
			fail_msg("%s: level %d", loads[i].name, o.level);
	}
}

/* A burst is no overload; a table that is full is one at once. */
static void
bursts_do_not_count(void **state)
{
	const struct guard_load calm = {0}, burst = {.lag_ms = 3000, .queue_permille = 1000},
				full = {.transactions = 99, .transactions_max = 100};
	struct overload o = {0};

	for (uint64_t now = 0; now < 10000; now += 300) {
		assert_int_equal(overload_update(&o, &burst, now), OVERLOAD_NONE);
		assert_int_equal(overload_update(&o, &burst, now + 100), OVERLOAD_NONE);
		assert_int_equal(overload_update(&o, &calm, now + 200), OVERLOAD_NONE);
	}
	assert_int_equal(overload_update(&o, &full, 20000), OVERLOAD_NEW);
}

/* A level ends when everything was well below it for two seconds, one at a time. */
static void
levels_are_left_slowly(void **state)
{
	const struct guard_load calm = {0}, between = {.lag_ms = 300}, much = {.lag_ms = 3000};
	struct overload o = {0};
	uint64_t now = 1000;

	for (int i = 0; i < 3; i++)
		(void)overload_update(&o, &much, now);
	assert_int_equal(o.level, OVERLOAD_NEW);
	for (; now < 2900; now += 100)
		assert_int_equal(overload_update(&o, &calm, now), OVERLOAD_NEW);
	assert_int_equal(overload_update(&o, &much, now), OVERLOAD_NEW);
	for (; now < 5000; now += 100)
		(void)overload_update(&o, &between, now);
	/* below the upper level, not below the lower one */
	assert_int_equal(o.level, OVERLOAD_STRANGERS);
	for (; now < 20000; now += 100)
		assert_int_equal(overload_update(&o, &between, now), OVERLOAD_STRANGERS);
	for (; now < 22200; now += 100)
		(void)overload_update(&o, &calm, now);
	assert_int_equal(o.level, OVERLOAD_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(levels_are_reached),
	    cmocka_unit_test(bursts_do_not_count),
	    cmocka_unit_test(levels_are_left_slowly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
