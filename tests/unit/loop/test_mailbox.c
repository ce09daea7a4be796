/* Mailboxes: bounds, wakes, and many threads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "loop/mailbox.h"
#include "loop/thread.h"

static int wakes;

static void
count_wake(void *ctx)
{
	wakes++;
}

static struct mailbox *
box(size_t capacity)
{
	struct mailbox *mb = NULL;

	wakes = 0;
	assert_int_equal(
	    mailbox_new(&mb, &(struct mailbox_params){sizeof(int), capacity, count_wake, NULL}),
	    ERR_OK);
	return mb;
}

static void
bounded_and_in_order(void **state)
{
	struct mailbox *mb = box(4);
	int out[8], value = 0, expected = 0;
	struct mailbox_counts c;

	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 3; i++, value++)
			assert_int_equal(mailbox_post(mb, &value), ERR_OK);
		assert_int_equal(mailbox_take_batch(mb, out, 2), 2);
		assert_int_equal(mailbox_take_batch(mb, out + 2, 6), 1);
		for (int i = 0; i < 3; i++)
			assert_int_equal(out[i], expected++);
		assert_int_equal(mailbox_take_batch(mb, out, 8), 0);
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(mailbox_post(mb, &i), ERR_OK);
	assert_int_equal(mailbox_post(mb, &value), ERR_LIMIT);
	assert_int_equal(mailbox_post_quiet(mb, &value), ERR_LIMIT);
	c = mailbox_count(mb);
	assert_int_equal(c.refused, 2);
	assert_int_equal(c.posted, 34);
	assert_int_equal(c.waiting, 4);
	assert_int_equal(c.waiting_max, 4);
	mailbox_free(mb);
}

static void
one_wake_until_taken_empty(void **state)
{
	struct mailbox *mb = box(8);
	int m = 1, out[8];

	assert_int_equal(mailbox_post(mb, &m), ERR_OK);
	assert_int_equal(mailbox_post(mb, &m), ERR_OK);
	assert_int_equal(wakes, 1);
	assert_int_equal(mailbox_take_batch(mb, out, 1), 1);
	assert_int_equal(mailbox_post(mb, &m), ERR_OK);
	assert_int_equal(wakes, 1); /* one is still in: the consumer is at it */
	assert_int_equal(mailbox_take_batch(mb, out, 8), 2);
	assert_int_equal(mailbox_post(mb, &m), ERR_OK);
	assert_int_equal(wakes, 2);
	mailbox_free(mb);
}

static void
quiet_posts_wake_when_told(void **state)
{
	struct mailbox *mb = box(8);
	int m = 1, out[8];

	mailbox_wake_if_dirty(mb);
	assert_int_equal(wakes, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(mailbox_post_quiet(mb, &m), ERR_OK);
	assert_int_equal(wakes, 0);
	mailbox_wake_if_dirty(mb);
	mailbox_wake_if_dirty(mb);
	assert_int_equal(wakes, 1);
	assert_int_equal(mailbox_take_batch(mb, out, 8), 3);
	assert_int_equal(mailbox_post_quiet(mb, &m), ERR_OK);
	assert_int_equal(mailbox_post(mb, &m), ERR_OK); /* a loud one brings the quiet one along */
	assert_int_equal(wakes, 2);
	mailbox_free(mb);
}

static void
a_late_consumer_is_woken(void **state)
{
	struct mailbox *mb = box(8);
	int m = 1;

	mailbox_set_wake(mb, NULL, NULL);
	assert_int_equal(mailbox_post(mb, &m), ERR_OK);
	assert_int_equal(wakes, 0);
	mailbox_set_wake(mb, count_wake, NULL);
	assert_int_equal(wakes, 1);
	mailbox_free(mb);
}

static void
waiting_ends(void **state)
{
	struct mailbox *mb = box(2);
	int m = 5;

	assert_int_equal(mailbox_wait(mb, 0), ERR_TIMEOUT);
	assert_int_equal(mailbox_wait(mb, 5), ERR_TIMEOUT);
	assert_int_equal(mailbox_post_quiet(mb, &m), ERR_OK);
	assert_int_equal(mailbox_wait(mb, 1000), ERR_OK);
	mailbox_close(mb);
	assert_int_equal(mailbox_post(mb, &m), ERR_CLOSED);
	assert_int_equal(mailbox_wait(mb, 1000), ERR_OK); /* what is in is still there */
	assert_int_equal(mailbox_take_batch(mb, &m, 1), 1);
	assert_int_equal(mailbox_wait(mb, 1000), ERR_CLOSED);
	mailbox_free(mb);
}

static void
senseless_parameters_are_refused(void **state)
{
	struct mailbox *mb = NULL;

	assert_int_equal(mailbox_new(&mb, &(struct mailbox_params){.capacity = 1}), ERR_INVALID);
	assert_int_equal(
	    mailbox_new(&mb, &(struct mailbox_params){.message_bytes = 1}), ERR_INVALID);
	assert_null(mb);
}

enum { PRODUCERS = 4, PER_PRODUCER = 20000 };

struct message {
	uint32_t producer, number;
};

struct producer {
	struct mailbox *mb;
	uint32_t id;
};

static void
produce(void *ctx)
{
	struct producer *p = ctx;

	for (uint32_t n = 0; n < PER_PRODUCER;) {
		struct message m = {p->id, n};
		enum err e = n % 3 ? mailbox_post(p->mb, &m) : mailbox_post_quiet(p->mb, &m);

		if (e == ERR_OK)
			n++;
		else
			mailbox_wake_if_dirty(p->mb);
	}
	mailbox_wake_if_dirty(p->mb);
}

/* Each producer's messages arrive all, once, and in its order. */
static void
many_producers_one_consumer(void **state)
{
	struct mailbox *mb = NULL;
	struct producer producers[PRODUCERS];
	struct thread *threads[PRODUCERS];
	struct message batch[32];
	uint32_t next[PRODUCERS] = {0}, left = PRODUCERS * PER_PRODUCER;

	assert_int_equal(
	    mailbox_new(&mb, &(struct mailbox_params){sizeof(struct message), 256, NULL, NULL}),
	    ERR_OK);
	for (uint32_t i = 0; i < PRODUCERS; i++) {
		producers[i] = (struct producer){mb, i};
		assert_int_equal(
		    thread_start(&threads[i], "producer", produce, &producers[i]), ERR_OK);
	}
	while (left) {
		size_t n;

		assert_int_equal(mailbox_wait(mb, 30000), ERR_OK);
		n = mailbox_take_batch(mb, batch, 32);
		for (size_t i = 0; i < n; i++) {
			assert_true(batch[i].producer < PRODUCERS);
			assert_int_equal(batch[i].number, next[batch[i].producer]++);
		}
		left -= (uint32_t)n;
	}
	for (uint32_t i = 0; i < PRODUCERS; i++)
		thread_join(threads[i]);
	assert_int_equal(mailbox_count(mb).posted, PRODUCERS * PER_PRODUCER);
	mailbox_free(mb);
}

static void
wait_for_close(void *ctx)
{
	while (mailbox_wait(ctx, 60000) != ERR_CLOSED)
		;
}

static void
close_ends_a_sleeping_consumer(void **state)
{
	struct mailbox *mb = box(2);
	struct thread *t;

	assert_int_equal(thread_start(&t, "sleeper", wait_for_close, mb), ERR_OK);
	mailbox_close(mb);
	thread_join(t);
	mailbox_free(mb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bounded_and_in_order),
	    cmocka_unit_test(one_wake_until_taken_empty),
	    cmocka_unit_test(quiet_posts_wake_when_told),
	    cmocka_unit_test(a_late_consumer_is_woken),
	    cmocka_unit_test(waiting_ends),
	    cmocka_unit_test(senseless_parameters_are_refused),
	    cmocka_unit_test(many_producers_one_consumer),
	    cmocka_unit_test(close_ends_a_sleeping_consumer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
