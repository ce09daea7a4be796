/* media/quality.h against values of ITU-T G.107 and G.113. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/quality.h"

static uint32_t
mos(const char *codec, uint64_t packets, uint64_t lost, uint32_t jitter_us, uint32_t network_us)
{
	return quality_mos_x100(
	    slice_cstr(codec), &(struct quality_heard){packets, lost, jitter_us, network_us});
}

static void
values_of_the_recommendation(void **state)
{
	/* R = 93.2 - 0.96 (40 ms of phones): 4.39; without any delay it would be 4.41 */
	assert_in_range(mos("PCMA", 10000, 0, 0, 0), 438, 440);
	/* G.113: 5 % random loss with concealment brings G.711 to R = 76, 3.9 */
	assert_in_range(mos("PCMU", 9500, 500, 0, 0), 384, 392);
	/* G.729: Ie = 11, R = 81, 4.1 */
	assert_in_range(mos("g729", 10000, 0, 0, 0), 406, 412);
	assert_in_range(mos("GSM", 10000, 0, 0, 0), 336, 346);
	/* translated: 11 + 26 */
	assert_in_range(mos("G729/GSM", 10000, 0, 0, 0), 280, 292);
	assert_int_equal(mos("PCMA/G729", 10000, 0, 0, 0), mos("G729", 10000, 0, 0, 0));
	/* 400 ms one way: R falls by 0.024 * 440 + 0.11 * 262.7, to 53.7: 2.8 */
	assert_in_range(mos("PCMA", 10000, 0, 0, 400000), 273, 281);
	/* nothing but losses is the worst there is */
	assert_in_range(mos("PCMA", 100, 100000, 0, 900000), 100, 110);
}

static void
worse_is_never_better(void **state)
{
	uint32_t last = 500;

	for (uint64_t lost = 0; lost <= 5000; lost += 50) {
		uint32_t now = mos("opus", 10000 - lost, lost, 0, 0);

		assert_true(now <= last && now >= 100);
		last = now;
	}
	for (uint32_t us = 0, before = 500; us < 2000000; us += 10000) {
		uint32_t now = mos("G722", 10000, 0, us, us);

		assert_true(now <= before && now >= 100);
		before = now;
	}
}

static void
too_little_is_not_judged(void **state)
{
	assert_int_equal(mos("PCMA", 0, 0, 0, 0), 0);
	assert_int_equal(mos("PCMA", QUALITY_PACKETS_MIN - 1, 10, 0, 0), 0);
	assert_true(mos("", QUALITY_PACKETS_MIN, 0, 0, 0) > 400); /* unknown: as G.711 */
	assert_true(mos("PCMA", UINT64_MAX / 2, UINT64_MAX / 2, UINT32_MAX, UINT32_MAX) == 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_of_the_recommendation),
	    cmocka_unit_test(worse_is_never_better),
	    cmocka_unit_test(too_little_is_not_judged),
	};

	return cmocka_run_group_tests_name("media/quality", tests, NULL, NULL);
}
