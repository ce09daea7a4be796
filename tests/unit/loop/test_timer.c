/* The timing wheel, held against a model that looks at every timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "loop/timer.h"

enum { MODEL_TIMERS = 200, LOG_MAX = 100000 };

struct item {
	struct timer timer;
	int id;
	/* The model. */
	bool running;
	uint64_t due_ms, order;
};

static struct timers wheel;
static struct item items[MODEL_TIMERS];
static int ran[LOG_MAX];
static size_t n_ran;
static uint64_t order;

static void
note(struct timer *t)
{
	assert_false(timer_active(t));
	assert_true(n_ran < LOG_MAX);
	ran[n_ran++] = container_of(t, struct item, timer)->id;
}

static void
set_up(uint64_t now_ms)
{
	timers_init(&wheel, now_ms);
	n_ran = 0;
	for (int i = 0; i < MODEL_TIMERS; i++) {
		items[i] = (struct item){.id = i};
		timer_init(&items[i].timer, note);
	}
}

static void
start(int id, uint64_t delay_ms)
{
	timer_start(&wheel, &items[id].timer, delay_ms);
	items[id].running = true;
	items[id].due_ms = timers_now_ms(&wheel) + delay_ms;
	items[id].order = order++;
}

static void
start_late(int id, uint64_t delay_ms)
{
	start(id, delay_ms);
	timer_start_late(&wheel, &items[id].timer, delay_ms);
	while (items[id].due_ms % TIMER_LATE_MS)
		items[id].due_ms++;
}

/* The model's next timer due at now_ms, -1 if none. */
static int
model_next(uint64_t now_ms)
{
	int best = -1;

	for (int i = 0; i < MODEL_TIMERS; i++)
		if (items[i].running && items[i].due_ms <= now_ms &&
		    (best < 0 || items[i].due_ms < items[best].due_ms ||
			(items[i].due_ms == items[best].due_ms &&
			    items[i].order < items[best].order)))
			best = i;
	return best;
}

static void
advance_and_compare(uint64_t now_ms)
{
	size_t from = n_ran;
	int id;

	timers_advance(&wheel, now_ms);
	for (size_t i = from; i < n_ran; i++) {
		id = model_next(now_ms);
		assert_int_equal(ran[i], id);
		items[id].running = false;
	}
	assert_int_equal(model_next(now_ms), -1);
}

/* Delays around every power of 64, so that all levels and their edges are met. */
static uint64_t
some_delay(struct rng *r)
{
	unsigned bits = rng_below(r, 37);
	uint64_t delay_ms = rng_u64(r) & ((1ull << bits) - 1);

	return delay_ms <= TIMER_DELAY_MAX_MS ? delay_ms : TIMER_DELAY_MAX_MS;
}

static void
behaves_like_the_model(void **state)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct rng r;
		uint64_t now_ms;

		rng_init_seed(&r, seed);
		now_ms =
		    seed % 4 == 0 ? (1ull << 36) * seed - rng_below(&r, 200) : rng_u64(&r) >> 20;
		set_up(now_ms);
		for (int step = 0; step < 1500; step++) {
			int id = (int)rng_below(&r, MODEL_TIMERS);

			switch (rng_below(&r, 8)) {
			case 0:
				timer_stop(&items[id].timer);
				items[id].running = false;
				break;
			case 1: start_late(id, some_delay(&r) >> rng_below(&r, 20)); break;
			case 2:
				now_ms += some_delay(&r) >> rng_below(&r, 20);
				advance_and_compare(now_ms);
				break;
			default: start(id, some_delay(&r) >> rng_below(&r, 20)); break;
			}
			for (int i = 0; i < MODEL_TIMERS; i++)
				assert_int_equal(timer_active(&items[i].timer), items[i].running);
		}
		advance_and_compare(now_ms + (1ull << 37));
		assert_int_equal(wheel.count, 0);
		assert_true(timers_next_ms(&wheel) == UINT64_MAX);
	}
}

/* Jumping from next to next meets every timer in its very millisecond. */
static void
next_is_never_late(void **state)
{
	struct rng r;

	rng_init_seed(&r, 7);
	set_up(12345);
	for (int i = 0; i < MODEL_TIMERS; i++)
		start(i, some_delay(&r));
	for (int jumps = 0; timers_next_ms(&wheel) != UINT64_MAX; jumps++) {
		uint64_t now_ms = timers_next_ms(&wheel);
		size_t from = n_ran;

		assert_true(jumps < MODEL_TIMERS * TIMER_LEVELS);
		timers_advance(&wheel, now_ms);
		for (size_t i = from; i < n_ran; i++)
			assert_true(items[ran[i]].due_ms == now_ms);
	}
	assert_int_equal(n_ran, MODEL_TIMERS);
}

/* A thousand that can wait wake a sleeper 16 times a second. */
static void
late_ones_come_together(void **state)
{
	uint64_t wakes = 0;
	struct rng r;

	rng_init_seed(&r, 3);
	set_up(777);
	for (int i = 0; i < MODEL_TIMERS; i++)
		start_late(i, rng_below(&r, 1000));
	for (; timers_next_ms(&wheel) != UINT64_MAX; wakes++)
		timers_advance(&wheel, timers_next_ms(&wheel));
	assert_int_equal(n_ran, MODEL_TIMERS);
	assert_true(wakes <= 1000 / TIMER_LATE_MS + 1);
}

static void
ties_run_in_start_order(void **state)
{
	set_up(0);
	start(3, 5000); /* upper level */
	timers_advance(&wheel, 4990);
	start(1, 10); /* same moment, started later, from near */
	start(2, 10);
	start(1, 10); /* started again: now the last */
	timers_advance(&wheel, 6000);
	assert_int_equal(n_ran, 3);
	assert_int_equal(ran[0], 3);
	assert_int_equal(ran[1], 2);
	assert_int_equal(ran[2], 1);
}

static void
longer_delays_are_shortened(void **state)
{
	set_up(99);
	timer_start(&wheel, &items[0].timer, UINT64_MAX);
	timers_advance(&wheel, 99 + TIMER_DELAY_MAX_MS - 1);
	assert_int_equal(n_ran, 0);
	timers_advance(&wheel, 99 + TIMER_DELAY_MAX_MS);
	assert_int_equal(n_ran, 1);
}

static void
time_never_goes_back(void **state)
{
	set_up(1000);
	timers_advance(&wheel, 10);
	assert_true(timers_now_ms(&wheel) == 1000);
	start(0, 5);
	timers_advance(&wheel, 1004);
	assert_int_equal(n_ran, 0);
	timers_advance(&wheel, 1005);
	assert_int_equal(n_ran, 1);
}

static uint64_t clock_ms;

static uint64_t
test_clock(void *ctx)
{
	return clock_ms;
}

/* A loop that slept an hour starts a timer before it advances the wheel. */
static void
delays_count_from_the_clock(void **state)
{
	set_up(1000);
	timers_set_clock(&wheel, test_clock, NULL);
	clock_ms = 3600000;
	start(0, 500);
	assert_true(items[0].due_ms == 3600500);
	timers_advance(&wheel, 3600499);
	assert_int_equal(n_ran, 0);
	timers_advance(&wheel, 3600500);
	assert_int_equal(n_ran, 1);
}

static struct timer *heap_timer;

static void
meddle(struct timer *t)
{
	note(t);
	timer_stop(&items[1].timer);		  /* due in the same batch */
	timer_start(&wheel, &items[2].timer, 50); /* also, moved to later */
	timer_stop(heap_timer);
	free(heap_timer);	   /* due in the same batch, gone */
	timer_start(&wheel, t, 0); /* itself: not before the next advance */
}

static void
callbacks_may_touch_any_timer(void **state)
{
	set_up(0);
	heap_timer = malloc(sizeof *heap_timer);
	assert_non_null(heap_timer);
	timer_init(heap_timer, note);
	items[0].timer.cb = meddle;
	start(0, 10);
	start(1, 10);
	timer_start(&wheel, heap_timer, 11);
	start(2, 12);
	start(3, 12);
	timers_advance(&wheel, 20);
	assert_int_equal(n_ran, 2);
	assert_int_equal(ran[0], 0);
	assert_int_equal(ran[1], 3);
	assert_true(timers_next_ms(&wheel) == 20);
	items[0].timer.cb = note;
	timers_advance(&wheel, 20);
	assert_int_equal(ran[2], 0);
	timers_advance(&wheel, 69);
	assert_int_equal(n_ran, 3);
	timers_advance(&wheel, 70);
	assert_int_equal(ran[3], 2);
}

static size_t million_ran;
static uint64_t million_last_ms;

static void
count_one(struct timer *t)
{
	assert_true(t->due_ms >= million_last_ms);
	million_last_ms = t->due_ms;
	million_ran++;
}

static void
a_million_timers(void **state)
{
	enum { MILLION = 1000000 };
	struct timer *t = malloc(MILLION * sizeof *t);
	struct rng r;

	assert_non_null(t);
	rng_init_seed(&r, 3);
	timers_init(&wheel, 0);
	for (size_t i = 0; i < MILLION; i++) {
		timer_init(&t[i], count_one);
		timer_start(&wheel, &t[i], rng_below(&r, 3600000));
	}
	for (size_t i = 0; i < MILLION; i += 2)
		timer_stop(&t[i]);
	assert_int_equal(wheel.count, MILLION / 2);
	for (uint64_t now_ms = 0; now_ms <= 3600000; now_ms += 20)
		timers_advance(&wheel, now_ms);
	assert_int_equal(million_ran, MILLION / 2);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(behaves_like_the_model),
	    cmocka_unit_test(next_is_never_late),
	    cmocka_unit_test(late_ones_come_together),
	    cmocka_unit_test(ties_run_in_start_order),
	    cmocka_unit_test(longer_delays_are_shortened),
	    cmocka_unit_test(time_never_goes_back),
	    cmocka_unit_test(delays_count_from_the_clock),
	    cmocka_unit_test(callbacks_may_touch_any_timer),
	    cmocka_unit_test(a_million_timers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
