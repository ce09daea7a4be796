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

/* ---- while they talk ---- */

static struct media_stats so_far;
static struct talk talking;

static void
begin(void)
{
	so_far = (struct media_stats){0};
	talk_office_open(&o);
	talking = talk_connect(office_phone(&o, "b1"), "101", office_phone(&o, "a1"), 4000);
}

/* Five seconds more, in which so many of the caller's packets got lost. */
static void
five_seconds(uint64_t lost)
{
	so_far.side[MEDIA_CALLER].packets += 250 - lost;
	so_far.side[MEDIA_CALLER].lost += lost;
	so_far.side[MEDIA_CALLED].packets += 250;
	office_media_stats(&o, 0, &so_far);
}

static void
finish(void)
{
	talk_end(&talking);
	office_close(&o);
}

static uint64_t
calls_that_hear(enum live_voice voice)
{
	return call_switch_get_stats(o.calls)->heard_now[voice];
}

static void
the_live_page_sees_a_voice_become_bad_and_good_again(void **state)
{
	begin();
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_UNKNOWN);
	for (int i = 0; i < 60; i++) /* five good minutes do not hide what comes then */
		five_seconds(0);
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_GOOD);
	assert_int_equal(calls_that_hear(LIVE_VOICE_GOOD), 1);
	five_seconds(50);
	five_seconds(50);
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_POOR);
	assert_in_range(o.live.heard_by_called.lost_x100, 1200, 1800);
	assert_int_equal(o.live.heard_by_caller.voice, LIVE_VOICE_GOOD);
	assert_int_equal(calls_that_hear(LIVE_VOICE_GOOD), 0);
	assert_int_equal(calls_that_hear(LIVE_VOICE_POOR), 1);
	for (int i = 0; i < 8; i++)
		five_seconds(0);
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_GOOD);
	finish();
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLER);
}

static void
a_call_that_is_over_is_not_counted_among_those_that_talk(void **state)
{
	begin();
	five_seconds(0);
	assert_int_equal(calls_that_hear(LIVE_VOICE_GOOD), 1);
	talk_end(&talking);
	for (int voice = 0; voice <= LIVE_VOICE_POOR; voice++)
		assert_int_equal(calls_that_hear((enum live_voice)voice), 0);
	office_close(&o);
}

static void
what_stays_the_same_is_told_once(void **state)
{
	size_t told;

	begin();
	five_seconds(0);
	told = o.n_live;
	for (int i = 0; i < 10; i++) {
		so_far.side[MEDIA_CALLER].jitter_us = 300u + 50 * (unsigned)(i & 1);
		five_seconds(0);
	}
	assert_int_equal(o.n_live, told);
	so_far.side[MEDIA_CALLER].jitter_us = 12000;
	five_seconds(0);
	assert_int_equal(o.n_live, told + 1);
	assert_int_equal(o.live.heard_by_called.jitter_ms, 12);
	finish();
}

/* In the first moment of a call nothing has come yet; later nothing is silence. */
static void
who_hears_nothing_any_more_is_shown_as_such(void **state)
{
	begin();
	office_media_stats(&o, 0, &so_far);
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_UNKNOWN);
	five_seconds(0);
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_GOOD);
	so_far.side[MEDIA_CALLED].packets += 250;
	office_media_stats(&o, 0, &so_far);
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_SILENT);
	assert_int_equal(o.live.heard_by_called.mos_x100, 0);
	assert_int_equal(o.live.heard_by_caller.voice, LIVE_VOICE_GOOD);
	finish();
}

static void
a_failed_media_thread_ends_the_call_and_the_record_says_so(void **state)
{
	begin();
	office_media_fails(&o, 0);
	ua_answer(talking.from, ua_expect(talking.from, "BYE", 100), 200, "", "");
	ua_answer(talking.to, ua_expect(talking.to, "BYE", 100), 200, "", "");
	office_run(&o, 1000);
	assert_int_equal(o.n_records, 1);
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
	assert_int_equal(o.record[0].ended_by, CDR_BY_SYSTEM);
	assert_string_equal(
	    o.record[0].explanation[o.record[0].explanation_count - 1], "media_failed");
	assert_int_equal(call_switch_get_stats(o.calls)->media_failures, 1);
	office_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_side_is_judged_by_what_reached_it),
	    cmocka_unit_test(what_is_not_known_is_not_told),
	    cmocka_unit_test(the_live_page_sees_a_voice_become_bad_and_good_again),
	    cmocka_unit_test(a_call_that_is_over_is_not_counted_among_those_that_talk),
	    cmocka_unit_test(what_stays_the_same_is_told_once),
	    cmocka_unit_test(who_hears_nothing_any_more_is_shown_as_such),
	    cmocka_unit_test(a_failed_media_thread_ends_the_call_and_the_record_says_so),
	};

	return cmocka_run_group_tests_name("call/heard", tests, NULL, NULL);
}
