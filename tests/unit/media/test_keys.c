/* media/keys.c: keys as packets, whatever the network does to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "media/bytes_int.h"
#include "media/keys_int.h"

enum { PACKETS_MAX = 16384, KEYS_MAX = 20, TICKS = 160 };

static const char digits[] = "0123456789*#ABCD!";

static struct rng rng;
static struct key_sender sender;
static struct key_receiver receiver;

static struct {
	char digits[KEYS_MAX + 2];
	uint64_t duration[KEYS_MAX + 2]; /* at the end */
	uint32_t timestamp[KEYS_MAX + 2];
	size_t begins, ends, steps;
} heard;

static void
forget(void)
{
	memset(&heard, 0, sizeof heard);
	key_receiver_init(&receiver, 8000);
}

static int
setup(void **state)
{
	rng_init_seed(&rng, 1);
	forget();
	return 0;
}

/* Whatever comes, a key begins before it grows and ends once. */
static void
note(const struct key_event *e)
{
	if (e->kind == KEY_BEGIN) {
		assert_int_equal(heard.begins, heard.ends);
		assert_true(heard.begins <= KEYS_MAX);
		heard.timestamp[heard.begins] = e->timestamp;
		heard.digits[heard.begins++] = e->digit;
		heard.digits[heard.begins] = '\0';
		return;
	}
	assert_int_equal(heard.begins, heard.ends + 1);
	assert_int_equal(e->digit, heard.digits[heard.ends]);
	assert_int_equal(e->timestamp, heard.timestamp[heard.ends]);
	assert_true(e->duration >= heard.duration[heard.ends]);
	heard.duration[heard.ends] = e->duration;
	if (e->kind == KEY_END)
		heard.ends++;
	else
		heard.steps++;
}

static void
arrive(const struct key_packet *p)
{
	struct key_event events[KEY_EVENTS_MAX];
	size_t n = key_receiver_put(
	    &receiver, p->timestamp, p->marker, slice_make(p->payload, sizeof p->payload), events);

	assert_true(n <= KEY_EVENTS_MAX);
	for (size_t i = 0; i < n; i++)
		note(&events[i]);
}

static void
quiet(void)
{
	struct key_event e;

	if (key_receiver_quiet(&receiver, &e))
		note(&e);
}

static void
voice(uint32_t timestamp)
{
	struct key_event e;

	if (key_receiver_voice(&receiver, timestamp, &e))
		note(&e);
}

static uint16_t
duration_of(const struct key_packet *p)
{
	return u16(slice_make(p->payload, sizeof p->payload), 2);
}

static bool
is_end(const struct key_packet *p)
{
	return p->payload[1] & 0x80;
}

/* All packets of a key of this length. */
static size_t
send(
    char digit, uint32_t timestamp, uint32_t clock_hz, uint32_t duration_ms, struct key_packet *out)
{
	size_t n = 0;

	assert_true(
	    key_sender_begin(&sender, digit, timestamp, clock_hz, KEY_VOLUME_DEFAULT, duration_ms));
	while (key_sender_step(&sender, &out[n]))
		assert_true(++n < PACKETS_MAX);
	return n;
}

static void
a_key_grows_and_ends_three_times(void **state)
{
	struct key_packet p[16];

	assert_int_equal(send('#', 1000, 8000, 90, p), 7);
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(p[i].timestamp, 1000);
		assert_int_equal(p[i].marker, i == 0);
		assert_int_equal(p[i].payload[0], 11);
		assert_int_equal(p[i].payload[1], (i >= 4 ? 0x80 : 0) | 10);
		assert_int_equal(duration_of(&p[i]), i < 4 ? (i + 1) * TICKS : 720);
	}
	/* other clocks count faster */
	assert_int_equal(send('1', 0, 48000, 40, p), 4);
	assert_int_equal(duration_of(&p[0]), 960);
	assert_int_equal(duration_of(&p[3]), 1920);
	assert_int_equal(send('1', 0, 16000, 20, p), 3);
	assert_int_equal(duration_of(&p[0]), 320);
}

static void
a_held_key_ends_when_it_is_let_go(void **state)
{
	struct key_packet p;

	assert_true(key_sender_begin(&sender, '5', 0, 8000, 99, 0));
	for (uint32_t i = 1; i <= 50; i++) {
		assert_true(key_sender_step(&sender, &p));
		assert_int_equal(duration_of(&p), i * TICKS);
		assert_false(is_end(&p));
		assert_int_equal(p.payload[1], KEY_VOLUME_MAX);
	}
	key_sender_release(&sender);
	for (int i = 0; i < 3; i++) {
		assert_true(key_sender_step(&sender, &p));
		assert_int_equal(duration_of(&p), 50 * TICKS);
		assert_true(is_end(&p));
	}
	assert_false(key_sender_step(&sender, &p));
	/* let go before anything was sent, it is as short as can be */
	assert_true(key_sender_begin(&sender, '5', 0, 8000, 10, 0));
	key_sender_release(&sender);
	assert_true(key_sender_step(&sender, &p));
	assert_true(is_end(&p) && p.marker);
	assert_int_equal(duration_of(&p), TICKS);
}

static void
what_is_no_key_is_not_sent(void **state)
{
	struct key_packet p;

	assert_false(key_sender_begin(&sender, 'x', 0, 8000, 10, 100));
	assert_false(key_sender_step(&sender, &p));
	assert_false(key_sender_begin(&sender, '\0', 0, 8000, 10, 100));
	assert_false(key_sender_step(&sender, &p));
}

/* 8.2 s at 8 kHz are all that one event can say. */
static void
long_keys_travel_in_segments(void **state)
{
	static const uint32_t clocks_hz[] = {8000, 16000, 48000};
	static struct key_packet p[PACKETS_MAX];

	for (size_t c = 0; c < 3; c++) {
		uint32_t ticks = clocks_hz[c] * 20, expected = 0xfffff000;
		size_t n = send('0', expected, clocks_hz[c], 20000, p), segments = 1;

		forget();
		key_receiver_init(&receiver, clocks_hz[c]);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(p[i].marker, i == 0);
			assert_int_equal(is_end(&p[i]), i >= n - 3);
			if (p[i].timestamp != expected) {
				/* the one before was full, and there is no hole */
				expected += 0xffff;
				segments++;
				assert_int_equal(p[i].timestamp, expected);
				assert_int_equal(duration_of(&p[i - 1]), 0xffff);
			}
			arrive(&p[i]);
		}
		assert_int_equal(segments, ticks / 0xffff + 1);
		assert_string_equal(heard.digits, "0");
		assert_int_equal(heard.ends, 1);
		assert_int_equal(heard.duration[0], ticks);
	}
}

static void
segments_may_get_lost(void **state)
{
	static struct key_packet p[PACKETS_MAX];
	size_t n = send('7', 5, 48000, 10000, p);

	key_receiver_init(&receiver, 48000);
	for (size_t i = 0; i < n; i++)
		if (p[i].timestamp != 5 + 0xffff && p[i].timestamp != 5 + 2 * 0xffff &&
		    duration_of(&p[i]) != 0xffff)
			arrive(&p[i]);
	assert_string_equal(heard.digits, "7");
	assert_int_equal(heard.ends, 1);
	assert_int_equal(heard.duration[0], 480000);
	/* late ones of it change nothing */
	for (size_t i = 0; i < n; i++)
		arrive(&p[i]);
	assert_string_equal(heard.digits, "7");
}

static void
whichever_packet_is_left_the_key_is_heard_once(void **state)
{
	struct key_packet p[16];
	size_t n = send('3', 1 << 20, 8000, 100, p);

	for (size_t left = 0; left < n; left++) {
		forget();
		arrive(&p[left]);
		arrive(&p[left]);
		quiet();
		quiet();
		arrive(&p[left]);
		for (size_t i = 0; i < n; i++)
			arrive(&p[i]);
		assert_string_equal(heard.digits, "3");
		assert_int_equal(heard.ends, 1);
		assert_int_equal(heard.duration[0], duration_of(&p[left]));
	}
}

static void
a_key_whose_end_is_lost_is_ended(void **state)
{
	struct key_packet p[16], next[16];
	size_t n = send('3', 1000, 8000, 100, p) - 3;

	send('3', 1000 + 150 * 8, 8000, 100, next);
	/* by the next key, though it is the same digit and its first packet is lost, too */
	for (size_t i = 0; i < n; i++)
		arrive(&p[i]);
	arrive(&next[1]);
	assert_int_equal(heard.begins, 2);
	assert_int_equal(heard.ends, 1);
	assert_int_equal(heard.duration[0], 640);
	/* by voice that is later, but not by voice that travels beside it */
	forget();
	for (size_t i = 0; i < n; i++) {
		arrive(&p[i]);
		voice(1000 + (uint32_t)i * TICKS);
	}
	voice(900);
	voice(1000 + 640 + TICKS);
	assert_int_equal(heard.ends, 0);
	voice(1000 + 640 + 3 * TICKS);
	assert_int_equal(heard.ends, 1);
	arrive(&p[3]);
	assert_int_equal(heard.begins, 1);
	/* by silence */
	forget();
	arrive(&p[0]);
	quiet();
	assert_int_equal(heard.ends, 1);
	assert_int_equal(heard.duration[0], TICKS);
}

static void
the_same_digit_twice_is_two_keys(void **state)
{
	struct key_packet p[16];

	for (uint32_t k = 0; k < 4; k++) {
		size_t n = send('9', 0xffffff00 + k * 800, 8000, 50, p);

		for (size_t i = 0; i < n; i++)
			arrive(&p[i]);
	}
	assert_string_equal(heard.digits, "9999");
	assert_int_equal(heard.ends, 4);
}

static void
a_key_after_hours_of_voice_is_heard(void **state)
{
	struct key_packet p[16];
	uint32_t timestamp = 100;

	send('1', timestamp, 8000, 40, p);
	arrive(&p[3]);
	/* 149 hours, a turn but for a second: it is not taken for one that is late */
	for (int i = 0; i < 149 * 60; i++)
		voice(timestamp += 60 * 8000);
	timestamp = 100 - 8000;
	send('2', timestamp, 8000, 40, p);
	arrive(&p[3]);
	assert_string_equal(heard.digits, "12");
	/* and one of a sender that began to count anew */
	send('4', timestamp - 8000 * 3600, 8000, 40, p);
	arrive(&p[0]);
	assert_string_equal(heard.digits, "124");
}

static void
several_reports_in_a_packet_are_read(void **state)
{
	static const unsigned char two[] = {1, 0x8a, 0, 160, 2, 0x0a, 0, 80};
	struct key_event e[KEY_EVENTS_MAX];
	size_t n = key_receiver_put(&receiver, 1000, true, slice_make(two, sizeof two), e);

	for (size_t i = 0; i < n; i++)
		note(&e[i]);
	assert_string_equal(heard.digits, "12");
	assert_int_equal(heard.timestamp[1], 1160);
	assert_int_equal(heard.ends, 1);
}

static void
nonsense_is_endured(void **state)
{
	struct key_event events[KEY_EVENTS_MAX];

	/* other events, and too little */
	assert_int_equal(
	    key_receiver_put(&receiver, 0, true, SLICE("\x11\x0a\x00\xa0"), events), 0);
	assert_int_equal(key_receiver_put(&receiver, 0, true, SLICE("\x01\x0a\x00"), events), 0);
	assert_int_equal(key_receiver_put(&receiver, 0, true, SLICE(""), events), 0);
	for (int i = 0; i < 200000; i++) {
		size_t bytes = rng_below(&rng, 40), n;
		unsigned char *noise = malloc(bytes + 1);
		bool active = receiver.active;

		rng_fill(&rng, noise, bytes);
		for (size_t k = 0; k < bytes; k += 4)
			noise[k] &= 0x1f;
		n = key_receiver_put(&receiver, (uint32_t)rng_u64(&rng) >> rng_below(&rng, 32),
		    i & 1, slice_make(noise, bytes), events);
		assert_true(n <= KEY_EVENTS_MAX);
		for (size_t k = 0; k < n; k++) {
			assert_int_equal(events[k].kind == KEY_BEGIN, !active);
			active = events[k].kind != KEY_END;
		}
		assert_int_equal(active, receiver.active);
		free(noise);
	}
}

/* ---- strings through a bad network ---- */

struct sent {
	struct key_packet packet;
	uint32_t arrives_ms;
	size_t order;
};

static struct sent way[PACKETS_MAX];
static size_t on_way;

static int
by_arrival(const void *a, const void *b)
{
	const struct sent *x = a, *y = b;

	if (x->arrives_ms != y->arrives_ms)
		return x->arrives_ms < y->arrives_ms ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void
put_on_way(const struct key_packet *p, uint32_t sent_ms)
{
	/* delays reorder within 60 ms, which is less than pauses */
	assert_true(on_way < PACKETS_MAX);
	way[on_way] = (struct sent){*p, sent_ms + rng_below(&rng, 61), on_way};
	on_way++;
}

/* Loses so many of a hundred, all but one if it must be; doubles some. True: an end gets through.
 */
static bool
lose(const struct key_packet *p, size_t n, uint32_t began_ms, uint32_t loss)
{
	size_t spared = rng_below(&rng, (uint32_t)n);
	bool ended = false;

	for (size_t i = 0; i < n; i++) {
		uint32_t sent_ms = began_ms + (uint32_t)(i + 1) * KEY_STEP_MS;

		if (i != spared && rng_below(&rng, 100) < loss)
			continue;
		ended = ended || is_end(&p[i]);
		put_on_way(&p[i], sent_ms);
		if (rng_below(&rng, 5) == 0)
			put_on_way(&p[i], sent_ms);
	}
	return ended;
}

static void
one_string(uint32_t clock_hz, uint32_t loss)
{
	static struct key_packet p[PACKETS_MAX];
	char said[KEYS_MAX + 1] = "";
	uint32_t ms[KEYS_MAX], base = (uint32_t)rng_u64(&rng), now_ms = 0;
	bool ended[KEYS_MAX];
	size_t keys = 1 + rng_below(&rng, KEYS_MAX);

	on_way = 0;
	forget();
	key_receiver_init(&receiver, clock_hz);
	for (size_t i = 0; i < keys; i++) {
		size_t n;

		now_ms += 100 + rng_below(&rng, 100);
		said[i] = digits[rng_below(&rng, sizeof digits - 1)];
		/* one in a hundred is long enough for segments at 48 kHz */
		ms[i] = rng_below(&rng, 100) ? 40 + rng_below(&rng, 160) : 3000;
		n = send(said[i], base + now_ms * (clock_hz / 1000), clock_hz, ms[i], p);
		ended[i] = lose(p, n, now_ms, loss);
		now_ms += ms[i];
	}
	qsort(way, on_way, sizeof *way, by_arrival);
	for (size_t i = 0; i < on_way; i++)
		arrive(&way[i].packet);
	quiet();
	if (strcmp(heard.digits, said) != 0)
		fail_msg("%s became %s with %u %% lost", said, heard.digits, loss);
	assert_int_equal(heard.ends, keys);
	for (size_t i = 0; i < keys; i++)
		if (ended[i] && ms[i] < 1000)
			assert_int_equal(heard.duration[i], ms[i] * (clock_hz / 1000));
}

static void
ten_thousand_strings_arrive(void **state)
{
	static const uint32_t clocks_hz[] = {8000, 16000, 48000}, losses[] = {0, 5, 30, 70, 100};

	for (size_t i = 0; i < 10000; i++)
		one_string(clocks_hz[i % 3], losses[i % 5]);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
	    T(a_key_grows_and_ends_three_times),
	    T(a_held_key_ends_when_it_is_let_go),
	    T(what_is_no_key_is_not_sent),
	    T(long_keys_travel_in_segments),
	    T(segments_may_get_lost),
	    T(whichever_packet_is_left_the_key_is_heard_once),
	    T(a_key_whose_end_is_lost_is_ended),
	    T(the_same_digit_twice_is_two_keys),
	    T(a_key_after_hours_of_voice_is_heard),
	    T(several_reports_in_a_packet_are_read),
	    T(nonsense_is_endured),
	    T(ten_thousand_strings_arrive),
	};

	return cmocka_run_group_tests_name("media/keys", tests, NULL, NULL);
}
