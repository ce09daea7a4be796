/* media/jitter.c: order, and how long to wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "media/jitter_int.h"

enum { FRAME_US = 20000 };

static struct jitter j;

static int
setup(void **state)
{
	jitter_init(&j, 8000);
	return 0;
}

static int
teardown(void **state)
{
	jitter_fini(&j);
	return 0;
}

/* Timestamps go on where sequence numbers turn. */
static enum jitter_verdict
put(uint16_t seq, uint64_t now_us)
{
	static uint16_t last;
	static uint32_t timestamp = 0xffffff00;
	struct rtp_head head = {.payload_type = 8, .seq = seq, .ssrc = 1};

	timestamp += (uint32_t)((int16_t)(seq - last) * 160);
	last = seq;
	head.timestamp = timestamp;
	return jitter_put(&j, &head, slice_make(&seq, sizeof seq), now_us);
}

static void
expect(uint16_t seq)
{
	struct jitter_packet *p = jitter_take(&j);
	uint16_t got;

	assert_non_null(p);
	memcpy(&got, p->payload, sizeof got);
	assert_int_equal(got, seq);
	assert_int_equal((uint16_t)p->seq, seq);
	free(p);
}

static void
packets_come_out_in_order(void **state)
{
	static const uint16_t in[] = {65533, 65535, 65534, 2, 0, 1, 1, 3};

	assert_int_equal(put(in[0], 0), JITTER_RESTART);
	for (size_t i = 1; i < 8; i++)
		assert_int_equal(put(in[i], i * FRAME_US), i == 6 ? JITTER_DROPPED : JITTER_TAKEN);
	for (uint16_t seq = 65533; seq != 4; seq++)
		expect(seq);
	assert_null(jitter_take(&j));
	assert_null(jitter_first(&j));
	assert_int_equal(j.stats.doubled, 1);
	/* timestamps have no turns either */
	assert_int_equal(put(4, 8 * FRAME_US), JITTER_TAKEN);
	assert_true(jitter_first(&j)->timestamp > (int64_t)1 << 32);
}

static void
late_ones_are_dropped(void **state)
{
	put(10, 0);
	put(12, 40000);
	expect(10);
	expect(12);
	assert_int_equal(put(11, 41000), JITTER_DROPPED);
	assert_int_equal(put(12, 41000), JITTER_DROPPED);
	assert_int_equal(j.stats.late, 2);
	assert_int_equal(put(13, 60000), JITTER_TAKEN);
}

static void
another_stream_begins_anew(void **state)
{
	struct rtp_head other = {.payload_type = 8, .seq = 11, .timestamp = 77, .ssrc = 2};

	put(10, 0);
	assert_int_equal(jitter_put(&j, &other, SLICE("xx"), 1000), JITTER_RESTART);
	assert_int_equal(j.n, 1);
	other.seq += 2000; /* another start of numbers */
	assert_int_equal(jitter_put(&j, &other, SLICE("xx"), 2000), JITTER_RESTART);
	other.seq++;
	other.timestamp += 0x30000000; /* another clock */
	assert_int_equal(jitter_put(&j, &other, SLICE("xx"), 3000), JITTER_RESTART);
	other.seq++;
	other.timestamp += 160;
	assert_int_equal(jitter_put(&j, &other, SLICE("xx"), 23000), JITTER_TAKEN);
}

static void
without_a_listener_the_newest_stay(void **state)
{
	for (uint16_t seq = 0; seq < 200; seq++)
		put(seq, seq * FRAME_US);
	assert_int_equal(j.n, JITTER_PACKETS_MAX);
	assert_int_equal(j.stats.overrun, 200 - JITTER_PACKETS_MAX);
	expect(200 - JITTER_PACKETS_MAX);
}

/* The wait is what 98 of 100 packets need; it rises at once and sinks in some seconds. */
static void
the_wait_follows_the_jitter(void **state)
{
	struct rng rng;
	uint64_t now_us = 1000000;
	uint16_t seq = 0;

	rng_init_seed(&rng, 1);
	for (int i = 0; i < 500; i++, now_us += FRAME_US) {
		put(seq++, now_us);
		free(jitter_take(&j));
	}
	assert_int_equal(jitter_target_us(&j), 2 * JITTER_BUCKET_US);
	for (int i = 0; i < 500; i++, now_us += FRAME_US) {
		put(seq++, now_us + rng_below(&rng, 100000));
		free(jitter_take(&j));
	}
	assert_in_range(jitter_target_us(&j), 85000, 110000);
	for (int i = 0; i < 1500; i++, now_us += FRAME_US) {
		put(seq++, now_us);
		free(jitter_take(&j));
	}
	assert_in_range(jitter_target_us(&j), 2 * JITTER_BUCKET_US, 25000);
}

/* A sender whose clock runs differently is no jitter. */
static void
drift_is_no_jitter(void **state)
{
	for (int ppm = -200; ppm <= 200; ppm += 400) {
		uint64_t now_us = 1000000;

		setup(NULL);
		for (int i = 0; i < 180000; i++) { /* an hour */
			now_us += (uint64_t)(FRAME_US + (i % 5 == 0 ? ppm / 10 : 0));
			put((uint16_t)i, now_us);
			free(jitter_take(&j));
		}
		assert_in_range(jitter_target_us(&j), 2 * JITTER_BUCKET_US, 3 * JITTER_BUCKET_US);
		teardown(NULL);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(packets_come_out_in_order),
	    T(late_ones_are_dropped),
	    T(another_stream_begins_anew),
	    T(without_a_listener_the_newest_stay),
	    T(the_wait_follows_the_jitter),
	    T(drift_is_no_jitter),
	};

	return cmocka_run_group_tests_name("media/jitter", tests, NULL, NULL);
}
