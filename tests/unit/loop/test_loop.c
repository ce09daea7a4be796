/* The real loop: timers, mailboxes from other threads, hooks, signals, stop. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop/loop.h"
#include "loop/thread.h"

static struct loop *loop;

static int
set_up(void **state)
{
	return loop_new(&loop) == ERR_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	loop_free(loop);
	return 0;
}

static void
stop_now(struct timer *t)
{
	loop_stop(loop);
}

static uint64_t fired_ms[3];
static struct timer t[3];

static void
fire(struct timer *timer)
{
	size_t i = (size_t)(timer - t);

	fired_ms[i] = loop_now_ms(loop);
	if (i == 0)
		timer_start(loop_timers(loop), &t[1], 10);
	if (i == 1)
		loop_stop(loop);
}

static void
timers_run_and_stopped_ones_do_not(void **state)
{
	uint64_t began_ms = loop_now_ms(loop);

	for (size_t i = 0; i < 3; i++)
		timer_init(&t[i], fire);
	timer_start(loop_timers(loop), &t[0], 20);
	timer_start(loop_timers(loop), &t[2], 5);
	timer_stop(&t[2]);
	loop_run(loop);
	assert_true(fired_ms[0] >= began_ms + 20);
	assert_true(fired_ms[1] >= fired_ms[0] + 10);
	assert_true(fired_ms[2] == 0);
}

static void
stop_works_before_run(void **state)
{
	loop_stop(loop);
	loop_run(loop);
}

enum { MESSAGES = 5000 };

static uint64_t sum, taken;
static struct mailbox *mb;

static void
on_ready(void *ctx)
{
	uint32_t batch[16];
	size_t n = mailbox_take_batch(mb, batch, 16);

	for (size_t i = 0; i < n; i++)
		sum += batch[i];
	taken += n;
	if (taken == MESSAGES)
		loop_stop(loop);
}

static void
post_all(void *ctx)
{
	for (uint32_t i = 1; i <= MESSAGES; i++)
		if (mailbox_post(ctx, &i) != ERR_OK)
			i--;
}

static void
mail_from_another_thread(void **state)
{
	struct thread *thread;

	assert_int_equal(
	    mailbox_new(&mb, &(struct mailbox_params){sizeof(uint32_t), 64, NULL, NULL}), ERR_OK);
	assert_int_equal(loop_mailbox_attach(loop, mb, on_ready, NULL), ERR_OK);
	assert_int_equal(thread_start(&thread, "post", post_all, mb), ERR_OK);
	loop_run(loop);
	thread_join(thread);
	assert_true(sum == (uint64_t)MESSAGES * (MESSAGES + 1) / 2);
	loop_free(loop);
	loop = NULL;
	mailbox_free(mb);
}

static int flushed, produced, flushed_after_produced;

static void
on_flush(void *ctx)
{
	flushed++;
	if (produced && !flushed_after_produced) {
		flushed_after_produced = flushed;
		loop_stop(loop);
	}
}

static void
produce(struct timer *timer)
{
	produced = flushed;
}

static void
hooks_see_what_an_iteration_did(void **state)
{
	int ctx;
	struct timer timer;

	flushed = 0;
	timer_init(&timer, produce);
	assert_int_equal(loop_on_idle_flush(loop, on_flush, &ctx), ERR_OK);
	timer_start(loop_timers(loop), &timer, 2);
	loop_run(loop);
	assert_int_equal(flushed_after_produced, produced + 1);
	loop_idle_flush_remove(loop, &ctx);
	timer_init(&timer, stop_now);
	timer_start(loop_timers(loop), &timer, 1);
	loop_run(loop);
	assert_int_equal(flushed, flushed_after_produced);
}

static int signalled;

static void
on_signal(void *ctx, int number)
{
	signalled = number;
	loop_stop(loop);
}

static void
sigterm_is_an_event(void **state)
{
	assert_int_equal(loop_on_terminate(loop, on_signal, NULL), ERR_OK);
	kill(getpid(), SIGTERM);
	loop_run(loop);
	assert_int_equal(signalled, SIGTERM);
}

static void
wall_clock_is_after_this_was_written(void **state)
{
	assert_true(loop_wall_ms() > 1735689600000ull);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(timers_run_and_stopped_ones_do_not),
	    TEST(stop_works_before_run),
	    TEST(mail_from_another_thread),
	    TEST(hooks_see_what_an_iteration_did),
	    TEST(sigterm_is_an_event),
	    TEST(wall_clock_is_after_this_was_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
