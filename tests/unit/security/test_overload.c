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
    {"busy", {199, 499, 799, 1000}, OVERLOAD_NONE},
    {"late", {200, 0, 0, 1000}, OVERLOAD_STRANGERS},
    {"very late", {1000, 0, 0, 1000}, OVERLOAD_NEW},
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

		if (overload_update(&o, &loads[i].load, 100) != loads[i].expected)
			fail_msg("%s: level %d", loads[i].name, o.level);
	}
}

/* A level ends when everything was well below it for two seconds, one at a time. */
static void
levels_are_left_slowly(void **state)
{
	const struct guard_load calm = {0}, between = {.lag_ms = 150}, much = {.lag_ms = 1500};
	struct overload o = {0};
	uint64_t now = 1000;

	assert_int_equal(overload_update(&o, &much, now), OVERLOAD_NEW);
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
	    cmocka_unit_test(levels_are_left_slowly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
