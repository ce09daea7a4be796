/* daemon/activation.c: who has changed something is answered when the switch has it, by several
 * threads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "daemon/activation.h"

enum { WRITERS = 4, CHANGES = 2000 };

struct house {
	struct activation *a;
	_Atomic uint64_t in_force; /* what the switch works with */
	atomic_bool over;
	atomic_uint early; /* answers that came before the change was in force */
};

/* Management and the switch: snapshots of what there is, one after the other. */
static void *
apply(void *arg)
{
	struct house *h = arg;

	while (!atomic_load(&h->over)) {
		uint64_t count = activation_count(h->a);

		atomic_store(&h->in_force, count);
		activation_applied(h->a, count);
	}
	return NULL;
}

static void *
change(void *arg)
{
	struct house *h = arg;

	for (int i = 0; i < CHANGES; i++) {
		uint64_t mine;

		activation_changed(h->a);
		mine = activation_count(h->a);
		if (!activation_wait(h->a) || atomic_load(&h->in_force) < mine)
			atomic_fetch_add(&h->early, 1);
	}
	return NULL;
}

static void
nobody_is_answered_before_his_change_is_in_force(void **state)
{
	struct house h = {0};
	pthread_t applier, writer[WRITERS];

	assert_int_equal(activation_new(&h.a), ERR_OK);
	pthread_create(&applier, NULL, apply, &h);
	for (int i = 0; i < WRITERS; i++)
		pthread_create(&writer[i], NULL, change, &h);
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writer[i], NULL);
	atomic_store(&h.over, true);
	pthread_join(applier, NULL);
	assert_int_equal(h.early, 0);
	activation_free(h.a);
}

static void
who_has_changed_nothing_does_not_wait(void **state)
{
	struct activation *a;

	assert_int_equal(activation_new(&a), ERR_OK);
	assert_true(activation_wait(a));
	activation_changed(a);
	activation_applied(a, activation_count(a));
	assert_true(activation_wait(a));
	activation_free(a);
}

static void
a_switch_that_does_not_follow_holds_nobody_for_ever(void **state)
{
	struct activation *a;

	assert_int_equal(activation_new(&a), ERR_OK);
	activation_changed(a);
	assert_false(activation_wait(a)); /* after two seconds */
	activation_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_is_answered_before_his_change_is_in_force),
	    cmocka_unit_test(who_has_changed_nothing_does_not_wait),
	    cmocka_unit_test(a_switch_that_does_not_follow_holds_nobody_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
