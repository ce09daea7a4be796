/* media/rtp_stats.c: losses and jitter, RFC 3550 A.1, A.3, A.8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "media/rtp_stats_int.h"

enum { FRAME_US = 20000, FRAME_UNITS = 160 };

/* Plays packets: numbers from seq on, each + one frame. */
static void
play(struct rtp_stats *s, uint32_t ssrc, uint16_t seq)
{
	struct rtp_head head = {.ssrc = ssrc, .seq = seq, .timestamp = (uint32_t)seq * FRAME_UNITS};

	rtp_stats_packet(s, &head, 172, (uint64_t)seq * FRAME_US);
}

static void
play_range(struct rtp_stats *s, uint32_t ssrc, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		play(s, ssrc, (uint16_t)(first + i));
}

static void
nothing_heard_nothing_lost(void **state)
{
	struct rtp_stats s;

	rtp_stats_init(&s, 0);
	assert_int_equal(rtp_stats_lost(&s), 0);
	assert_int_equal(rtp_stats_jitter_us(&s), 0);
	assert_int_equal(s.clock_rate_hz, 8000);
	rtp_stats_init(&s, UINT32_MAX);
	assert_int_equal(s.clock_rate_hz, 8000);
}

static void
losses_are_counted(void **state)
{
	static const struct {
		const char *name;
		uint16_t seq[12];
		size_t n;
		uint64_t lost;
	} cases[] = {
	    {"in order", {1, 2, 3, 4}, 4, 0},
	    {"one missing", {1, 2, 4, 5}, 4, 1},
	    {"three missing in two places", {10, 12, 13, 16}, 4, 3},
	    {"reordered", {1, 3, 2, 4}, 4, 0},
	    {"reordered far", {1, 5, 4, 3, 2, 6}, 6, 0},
	    {"older than the first", {5, 4, 6, 8}, 4, 1},
	    {"wrap", {65534, 65535, 0, 1}, 4, 0},
	    {"loss across the wrap", {65534, 1, 2}, 3, 2},
	    {"reordered across the wrap", {65535, 1, 0, 65534, 2}, 5, 0},
	    {"first after the wrap, straggler before", {0, 65535, 1}, 3, 0},
	    {"duplicates are not negative losses", {1, 1, 1, 2}, 4, 0},
	    {"restart", {100, 101, 103, 30000, 30001, 30002}, 6, 1},
	    {"restart, then loss", {100, 101, 30000, 30001, 30004}, 5, 2},
	    {"one wild number", {100, 101, 30000, 102, 103}, 5, 0},
	    {"two wild numbers apart", {100, 101, 30000, 102, 50000, 103}, 6, 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rtp_stats s;

		rtp_stats_init(&s, 8000);
		for (size_t k = 0; k < cases[i].n; k++)
			play(&s, 7, cases[i].seq[k]);
		if (rtp_stats_lost(&s) != cases[i].lost)
			fail_msg("%s: %d lost, expected %d", cases[i].name, (int)rtp_stats_lost(&s),
			    (int)cases[i].lost);
		assert_int_equal(s.packets, cases[i].n);
		assert_int_equal(s.bytes, cases[i].n * 172);
	}
}

static void
another_ssrc_is_another_run(void **state)
{
	struct rtp_stats s;

	rtp_stats_init(&s, 8000);
	play_range(&s, 1, 100, 10);
	play_range(&s, 1, 112, 10); /* 2 lost */
	play_range(&s, 2, 5000, 10);
	play_range(&s, 2, 5013, 10); /* 3 lost */
	play_range(&s, 1, 60, 10);   /* and back */
	assert_int_equal(rtp_stats_lost(&s), 5);
	assert_int_equal(s.packets, 50);
}

static void
hours_of_packets_wrap_many_times(void **state)
{
	struct rtp_stats s;
	uint64_t lost = 0;

	rtp_stats_init(&s, 8000);
	for (uint32_t i = 0; i < 1000000; i++)
		if (i % 1000 == 999)
			lost++;
		else
			play(&s, 1, (uint16_t)i);
	/* The last one cannot be missed yet. */
	assert_int_equal(rtp_stats_lost(&s), lost - 1);
	assert_int_equal(s.packets, 1000000 - lost);
}

static void
random_reordering_loses_nothing(void **state)
{
	struct rtp_stats s;
	struct rng rng;

	rng_init_seed(&rng, 3550);
	rtp_stats_init(&s, 8000);
	for (uint32_t block = 0; block < 20000; block++) {
		uint16_t seq[16];

		for (uint32_t i = 0; i < 16; i++)
			seq[i] = (uint16_t)(block * 16 + i);
		for (uint32_t i = 15; i > 0; i--) {
			uint32_t k = rng_below(&rng, i + 1);
			uint16_t swap = seq[i];

			seq[i] = seq[k];
			seq[k] = swap;
		}
		for (uint32_t i = 0; i < 16; i++)
			play(&s, 1, seq[i]);
	}
	assert_int_equal(rtp_stats_lost(&s), 0);
}

/* Packets of one stream, alternately late by late_us. */
static uint32_t
jitter_of(uint32_t rate_hz, uint32_t late_us, uint64_t start_us, uint32_t start_units)
{
	struct rtp_stats s;

	rtp_stats_init(&s, rate_hz);
	for (uint32_t i = 0; i < 2000; i++) {
		struct rtp_head head = {
		    .seq = (uint16_t)i, .timestamp = start_units + i * (rate_hz / 50)};

		rtp_stats_packet(
		    &s, &head, 100, start_us + (uint64_t)i * FRAME_US + (i & 1) * late_us);
	}
	return rtp_stats_jitter_us(&s);
}

static void
jitter_is_the_mean_deviation(void **state)
{
	assert_int_equal(jitter_of(8000, 0, 0, 0), 0);
	/* |D| is 5 ms each time, so the mean converges to it (RFC 3550 6.4.1). */
	assert_in_range(jitter_of(8000, 5000, 0, 0), 4900, 5100);
	assert_in_range(jitter_of(48000, 5000, 0, 0), 4950, 5050);
	assert_in_range(jitter_of(8000, 40000, 0, 0), 39500, 40500);
	/* Neither a timestamp that wraps nor a machine up for years matters. */
	assert_in_range(jitter_of(8000, 5000, 0, UINT32_MAX - 1000), 4900, 5100);
	assert_in_range(jitter_of(48000, 5000, 10ull * 365 * 86400 * 1000000, 0), 4950, 5050);
}

static void
key_presses_are_no_jitter(void **state)
{
	struct rtp_stats s;

	/* RFC 4733: the packets of one event keep the timestamp of its beginning. */
	rtp_stats_init(&s, 8000);
	for (uint16_t i = 0; i < 50; i++) {
		struct rtp_head head = {.seq = i,
		    .timestamp = (i < 20      ? i
				     : i < 35 ? 20
					      : i) *
				 160u};

		rtp_stats_packet(&s, &head, 16, (uint64_t)i * FRAME_US);
	}
	assert_int_equal(rtp_stats_jitter_us(&s), 0);
}

static void
wild_timestamps_stay_in_range(void **state)
{
	struct rtp_stats s;
	struct rng rng;

	rng_init_seed(&rng, 1);
	rtp_stats_init(&s, 1);
	for (int i = 0; i < 100000; i++) {
		struct rtp_head head = {.seq = (uint16_t)i, .timestamp = (uint32_t)rng_u64(&rng)};

		rtp_stats_packet(&s, &head, 12, rng_u64(&rng));
	}
	assert_int_equal(rtp_stats_jitter_us(&s), UINT32_MAX);
}

/* Somebody else counts the middle of a stream: nobody can tell from the figures. */
static void
what_others_count_is_added(void **state)
{
	struct rtp_stats s;
	const uint64_t turn = 1 << 16; /* see begin_run */
	struct rtp_stats_more more = {.packets = 95,
	    .bytes = 95 * 172,
	    .highest = turn + 199,
	    .timestamp = 199 * FRAME_UNITS,
	    .stamped_us = 199 * FRAME_US,
	    .jitter_ns_x16 = 16 * 3000000};

	rtp_stats_init(&s, 8000);
	play_range(&s, 1, 0, 100);
	rtp_stats_add(&s, &more);
	assert_int_equal(rtp_stats_lost(&s), 5);
	assert_int_equal(rtp_stats_jitter_us(&s), 3000);
	play(&s, 1, 200);
	assert_in_range(rtp_stats_jitter_us(&s), 2800, 3000); /* it came in time */
	/* news that are older than what came to us */
	rtp_stats_add(
	    &s, &(struct rtp_stats_more){.packets = 5, .bytes = 5 * 172, .highest = turn + 199});
	assert_int_equal(s.packets, 201);
	assert_int_equal(s.bytes, 201 * 172);
	assert_int_equal(rtp_stats_lost(&s), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_heard_nothing_lost),
	    cmocka_unit_test(losses_are_counted),
	    cmocka_unit_test(another_ssrc_is_another_run),
	    cmocka_unit_test(hours_of_packets_wrap_many_times),
	    cmocka_unit_test(random_reordering_loses_nothing),
	    cmocka_unit_test(jitter_is_the_mean_deviation),
	    cmocka_unit_test(key_presses_are_no_jitter),
	    cmocka_unit_test(wild_timestamps_stay_in_range),
	    cmocka_unit_test(what_others_count_is_added),
	};

	return cmocka_run_group_tests_name("media/rtp_stats", tests, NULL, NULL);
}
