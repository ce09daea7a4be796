/* call/heard: what the record says of how the two heard each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "talk.h"

static struct office o;

static const struct cdr *
record_of_a_call(const struct media_stats *stats)
{
	struct talk t;

	talk_office_open(&o);
	o.heard = stats;
	t = talk_connect(office_phone(&o, "b1"), "101", office_phone(&o, "a1"), 4000);
	talk_end(&t);
	office_close(&o);
	assert_int_equal(o.n_records, 1);
	return &o.record[0];
}

/* The caller's packets get lost before us, the called one's behind us, as the caller reports. */
static void
each_side_is_judged_by_what_reached_it(void **state)
{
	static const struct media_stats stats = {
	    .side[MEDIA_CALLER] = {.packets = 950, .lost = 50, .missed = 200, .rtt_us = 30000},
	    .side[MEDIA_CALLED] = {.packets = 1000, .missed = 50, .rtt_us = 50000}};
	const struct cdr *r = record_of_a_call(&stats);

	assert_string_equal(r->codec, "PCMA");
	assert_in_range(r->mos_to_called_x100, 375, 395); /* 5 % of 1,000 */
	assert_in_range(r->mos_to_caller_x100, 250, 300); /* 200 of 1,200: the caller's word */
	assert_int_equal(r->delay_to_caller_ms, 41);
	assert_int_equal(r->delay_to_called_ms, 41);
}

static void
what_is_not_known_is_not_told(void **state)
{
	static const struct media_stats silent = {
	    .side[MEDIA_CALLER] = {.packets = 1000, .rtt_us = 30000},
	    .side[MEDIA_CALLED] = {.packets = 10, .lost = 3}};
	const struct cdr *r = record_of_a_call(&silent);

	assert_int_equal(r->mos_to_caller_x100, 0); /* ten packets are no voice */
	assert_true(r->mos_to_called_x100 > 400);
	assert_int_equal(r->delay_to_called_ms, 0); /* one phone sends no reports */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_side_is_judged_by_what_reached_it),
	    cmocka_unit_test(what_is_not_known_is_not_told),
	};

	return cmocka_run_group_tests_name("call/heard", tests, NULL, NULL);
}
