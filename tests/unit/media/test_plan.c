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

static void
newest_wins_and_is_told_of_once(void **state)
{
	struct plan_box *b = test_malloc(sizeof *b);
	struct plan one = plan_number(1), two = plan_number(2), three = plan_number(3);
	const struct plan *p;

	plan_box_init(b);
	assert_null(plan_box_take(b));
	assert_true(plan_box_put(b, &one));
	assert_false(plan_box_put(b, &two));
	p = plan_box_take(b);
	assert_non_null(p);
	assert_int_equal(p->gen, 2);
	assert_null(plan_box_take(b));
	assert_true(plan_box_put(b, &three));
	/* What was taken stays as it is until the next take. */
	assert_int_equal(p->gen, 2);
	assert_int_equal(plan_box_take(b)->gen, 3);
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

	for (uint32_t n = 1; n <= PLANS; n++) {
		struct plan p = plan_number(n);

		if (plan_box_put(&r->box, &p))
			atomic_fetch_add(&r->told, 1);
	}
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
	    cmocka_unit_test(nobody_sees_half_a_plan),
	};

	return cmocka_run_group_tests_name("media/plan", tests, NULL, NULL);
}
