/* The simulated network: reproducible, and as bad as one asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hmap.h"
#include "loop/sim.h"

enum { SENT = 2000 };

struct seen {
	struct sim *sim;
	size_t n;
	uint32_t numbers[2 * SENT];
	uint64_t at_ms[2 * SENT];
};

static struct addr a, b;

static void
remember(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct seen *s = ctx;

	assert_true(addr_eq(from, &a) && addr_eq(to, &b));
	assert_int_equal(bytes.n, 4);
	memcpy(&s->numbers[s->n], bytes.p, 4);
	s->at_ms[s->n++] = sim_now_ms(s->sim);
}

static struct seen *
run(uint64_t seed, struct sim_impairments imp, struct sim_counts *counts)
{
	struct seen *s = calloc(1, sizeof *s);
	struct sim_params params = {.start_ms = 1000, .seed = seed, .impairments = imp};

	assert_non_null(s);
	assert_int_equal(sim_new(&s->sim, &params), ERR_OK);
	assert_int_equal(sim_endpoint_add(s->sim, &b, remember, s), ERR_OK);
	for (uint32_t i = 0; i < SENT; i++) {
		sim_send(s->sim, &a, &b, slice_make(&i, sizeof i));
		sim_run_until(s->sim, 1000 + i);
	}
	while (sim_step(s->sim))
		;
	assert_true(sim_idle(s->sim));
	*counts = sim_count(s->sim);
	sim_free(s->sim);
	return s;
}

static void
same_seed_same_run(void **state)
{
	struct sim_impairments imp = {200, 100, 5, 60};
	struct sim_counts ca, cb, cc;
	struct seen *x = run(42, imp, &ca), *y = run(42, imp, &cb), *z = run(43, imp, &cc);

	assert_int_equal(x->n, y->n);
	assert_memory_equal(x->numbers, y->numbers, sizeof x->numbers);
	assert_memory_equal(x->at_ms, y->at_ms, sizeof x->at_ms);
	assert_memory_not_equal(x->numbers, z->numbers, sizeof x->numbers);
	free(x);
	free(y);
	free(z);
}

static void
impairments_are_what_was_asked_for(void **state)
{
	struct sim_counts c;
	struct seen *s = run(1, (struct sim_impairments){200, 100, 5, 60}, &c);
	size_t reordered = 0;

	assert_int_equal(c.sent, SENT);
	assert_int_equal(c.delivered, c.sent - c.lost + c.duplicated);
	assert_int_equal(c.delivered, s->n);
	assert_in_range(c.lost, SENT * 15 / 100, SENT * 25 / 100);
	assert_in_range(c.duplicated, SENT * 5 / 100, SENT * 12 / 100);
	for (size_t i = 0; i < s->n; i++) {
		uint64_t sent_ms = s->numbers[i] ? 1000 + s->numbers[i] - 1 : 1000;

		assert_in_range(s->at_ms[i] - sent_ms, 5, 60);
		if (i && s->numbers[i] < s->numbers[i - 1])
			reordered++;
	}
	assert_true(reordered > 100);
	free(s);
}

static void
a_good_network_keeps_order(void **state)
{
	struct sim_counts c;
	struct seen *s =
	    run(1, (struct sim_impairments){.delay_min_ms = 10, .delay_max_ms = 10}, &c);

	assert_int_equal(s->n, SENT);
	for (uint32_t i = 0; i < SENT; i++)
		assert_int_equal(s->numbers[i], i);
	free(s);
}

static int ticks;

static void
tick(struct timer *t)
{
	ticks++;
}

static void
answer(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	sim_send(ctx, to, from, bytes);
}

static void
count_bytes(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	*(size_t *)ctx += bytes.n;
}

static void
clock_jumps_and_ends_where_told(void **state)
{
	struct sim *sim = NULL;
	struct timer t;
	size_t heard = 0, tapped = 0;

	assert_int_equal(sim_new(&sim, &(struct sim_params){.start_ms = 5}), ERR_OK);
	assert_true(sim_idle(sim));
	assert_false(sim_step(sim));
	timer_init(&t, tick);
	timer_start(sim_timers(sim), &t, 24 * 3600 * 1000);
	sim_run_until(sim, 1000);
	assert_true(sim_now_ms(sim) == 1000);
	assert_int_equal(ticks, 0);
	assert_true(sim_step(sim));
	assert_true(sim_now_ms(sim) == 24 * 3600 * 1000 + 5);
	assert_int_equal(ticks, 1);

	assert_int_equal(sim_endpoint_add(sim, &a, count_bytes, &heard), ERR_OK);
	assert_int_equal(sim_endpoint_add(sim, &b, answer, sim), ERR_OK);
	assert_int_equal(sim_endpoint_add(sim, &b, answer, sim), ERR_EXISTS);
	sim_set_tap(sim, count_bytes, &tapped);
	sim_send(sim, &a, &b, SLICE("hello"));
	while (sim_step(sim))
		;
	assert_int_equal(heard, 5);
	assert_int_equal(tapped, 10);
	assert_int_equal(sim_endpoint_remove(sim, &b), ERR_OK);
	assert_int_equal(sim_endpoint_remove(sim, &b), ERR_NOT_FOUND);
	sim_send(sim, &a, &b, SLICE("hello"));
	sim_run_until(sim, sim_now_ms(sim) + 10);
	assert_int_equal(sim_count(sim).unreachable, 1);
	sim_send(sim, &a, &b, SLICE("under way"));
	sim_free(sim);
}

static int
addresses(void **state)
{
	if (addr_parse(SLICE("10.0.0.1:5060"), 0, &a) ||
	    addr_parse(SLICE("[2001:db8::2]:5060"), 0, &b))
		return -1;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_seed_same_run),
	    cmocka_unit_test(impairments_are_what_was_asked_for),
	    cmocka_unit_test(a_good_network_keeps_order),
	    cmocka_unit_test(clock_jumps_and_ends_where_told),
	};
	return cmocka_run_group_tests(tests, addresses, NULL);
}
