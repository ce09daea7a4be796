/* media/plan.c: plans change threads whole, the newest wins, and each is told of once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loop/thread.h"
#include "media/plan_int.h"

static struct plan
plan_number(uint32_t n)
{
	struct plan p = {.gen = n, .user = n};

	p.peer[MEDIA_CALLED].signalling.scope = n;
	return p;
}

static bool
put(struct plan_box *b, uint32_t n)
{
	*plan_box_wanted(b) = plan_number(n);
	return plan_box_put(b);
}

static void
newest_wins_and_is_told_of_once(void **state)
{
	struct plan_box *b = test_malloc(sizeof *b);
	const struct plan *p;

	plan_box_init(b);
	assert_null(plan_box_take(b));
	assert_true(put(b, 1));
	assert_false(put(b, 2));
	p = plan_box_take(b);
	assert_non_null(p);
	assert_int_equal(p->gen, 2);
	assert_null(plan_box_take(b));
	assert_true(put(b, 3));
	/* What was taken stays as it is until the next take. */
	assert_int_equal(p->gen, 2);
	assert_int_equal(plan_box_take(b)->gen, 3);
	test_free(b);
}

static void
what_is_wanted_is_what_was_put_last(void **state)
{
	struct plan_box *b = test_malloc(sizeof *b);

	plan_box_init(b);
	for (uint32_t n = 1; n <= 7; n++) {
		put(b, n);
		assert_int_equal(plan_box_wanted(b)->gen, n);
		plan_box_wanted(b)->user = n + 100;
		plan_box_put(b);
		if (n % 3 == 0) {
			const struct plan *p = plan_box_take(b);

			assert_int_equal(p->gen, n);
			assert_int_equal(p->user, n + 100);
			assert_ptr_not_equal(p, plan_box_wanted(b));
		}
		assert_int_equal(plan_box_wanted(b)->gen, n);
		assert_int_equal(plan_box_wanted(b)->user, n + 100);
	}
	test_free(b);
}

enum { PLANS = 200000 };

struct race {
	struct plan_box box;
	_Atomic uint32_t told;
	_Atomic bool done;
};

static void
put_all(void *ctx)
{
	struct race *r = ctx;

	for (uint32_t n = 1; n <= PLANS; n++)
		if (put(&r->box, n))
			atomic_fetch_add(&r->told, 1);
	atomic_store(&r->done, true);
}

static void
nobody_sees_half_a_plan(void **state)
{
	struct race *r = test_calloc(1, sizeof *r);
	uint32_t last = 0, taken = 0;
	struct thread *t;
	bool done;

	plan_box_init(&r->box);
	assert_int_equal(thread_start(&t, "put", put_all, r), ERR_OK);
	do {
		const struct plan *p;

		done = atomic_load(&r->done);
		while ((p = plan_box_take(&r->box))) {
			assert_true(p->gen > last);
			assert_true(p->user == p->gen);
			assert_int_equal(p->peer[MEDIA_CALLED].signalling.scope, p->gen);
			last = p->gen;
			taken++;
		}
	} while (!done);
	thread_join(t);
	assert_int_equal(last, PLANS);
	assert_int_equal(atomic_load(&r->told), taken);
	test_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(newest_wins_and_is_told_of_once),
	    cmocka_unit_test(what_is_wanted_is_what_was_put_last),
	    cmocka_unit_test(nobody_sees_half_a_plan),
	};

	return cmocka_run_group_tests_name("media/plan", tests, NULL, NULL);
}
