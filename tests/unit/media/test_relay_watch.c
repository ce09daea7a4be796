/* media/relay_watch: figures of open streams come by themselves; what happens when a media thread
 * ends or hangs. Two streams, each on a thread of its own. */
#include <poll.h>
#include <sys/stat.h>

#include "media/relay_watch_int.h"
#include "relay_fixture.h"

enum { FIRST, SECOND, CALLS };
enum { FRAME_MS = 20 };

struct call {
	struct phone phone[MEDIA_SIDES];
	struct media_ref ref;
	uint16_t port[MEDIA_SIDES];
	uint16_t seq;
};

static struct relay_fixture f;
static struct call call[CALLS];
static unsigned char space[4096];

static void
open_call(struct call *c)
{
	*c = (struct call){0};
	phone_open(&c->phone[MEDIA_CALLER], "127.0.0.1");
	phone_open(&c->phone[MEDIA_CALLED], "127.0.0.1");
	c->ref = relay_connect(&f, &c->phone[MEDIA_CALLER], &c->phone[MEDIA_CALLED], c->port);
}

/* The first packets may be taken for those of the call before, whose ports it has. */
static void
expect_to_be_heard(struct call *c)
{
	struct pollfd ear = {.fd = c->phone[MEDIA_CALLED].fd[0], .events = POLLIN};

	for (int i = 0; i < DEADLINE_MS / FRAME_MS; i++) {
		struct slice packet = rtp_make(space, 172, 5, c->seq++);

		phone_send(&c->phone[MEDIA_CALLER], 0, c->port[MEDIA_CALLER], packet);
		if (poll(&ear, 1, FRAME_MS) == 1)
			return;
	}
	fail_msg("nothing is heard");
}

static uint64_t
packets_of(struct media_ref ref, enum media_event_kind kind)
{
	return relay_event(&f, ref, kind)->stats.side[MEDIA_CALLER].packets;
}

static void
begin(uint32_t streams_max)
{
	relay_start(&f, 4 * streams_max, 2);
	f.keeps_stats = true;
	for (int i = 0; i < CALLS; i++) {
		open_call(&call[i]);
		expect_to_be_heard(&call[i]);
	}
}

static void
end(void)
{
	for (int i = 0; i < CALLS; i++) {
		phone_close(&call[i].phone[MEDIA_CALLER]);
		phone_close(&call[i].phone[MEDIA_CALLED]);
	}
	relay_end(&f);
}

static size_t
count_events(struct media_ref ref, enum media_event_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < f.n_events; i++)
		n += f.events[i].kind == kind && f.events[i].ref.slot == ref.slot &&
		     f.events[i].ref.gen == ref.gen;
	return n;
}

static bool
first_has_failed(struct relay_fixture *unused)
{
	return count_events(call[FIRST].ref, MEDIA_EV_FAILED);
}

static bool
first_is_closed(struct relay_fixture *unused)
{
	return count_events(call[FIRST].ref, MEDIA_EV_CLOSED);
}

static bool
first_thread_is_back(struct relay_fixture *unused)
{
	const struct relay *r = container_of(f.media, struct relay, media);

	return !r->workers[0].stuck && r->n_written_off == 0;
}

static bool
first_has_told(struct relay_fixture *unused)
{
	return count_events(call[FIRST].ref, MEDIA_EV_STATS) >= 2;
}

static size_t
open_descriptors(void)
{
	size_t n = 0;
	struct stat st;

	for (int fd = 0; fd < 256; fd++)
		n += fstat(fd, &st) == 0;
	return n;
}

static void
close_first(void)
{
	media_stream_close(f.media, call[FIRST].ref);
	assert_true(relay_run_until(&f, first_is_closed));
	assert_int_equal(count_events(call[FIRST].ref, MEDIA_EV_CLOSED), 1);
	phone_close(&call[FIRST].phone[MEDIA_CALLER]);
	phone_close(&call[FIRST].phone[MEDIA_CALLED]);
}

static void
figures_of_an_open_stream_are_told_every_few_seconds(void **state)
{
	const struct media_event *told;

	begin(CALLS);
	assert_true(relay_run_until(&f, first_has_told)); /* in 10 s */
	told = relay_event(&f, call[FIRST].ref, MEDIA_EV_STATS);
	assert_int_equal(told->user, 77);
	assert_int_equal(packets_of(call[FIRST].ref, MEDIA_EV_STATS), call[FIRST].seq);
	assert_int_equal(told->stats.side[MEDIA_CALLED].packets, 0);
	assert_in_range(count_events(call[SECOND].ref, MEDIA_EV_STATS), 1, 3);
	end();
}

static void
a_thread_that_ends_takes_only_its_own_calls_with_it(void **state)
{
	size_t descriptors;

	begin(CALLS);
	descriptors = open_descriptors();
	watch_break(f.media, 0, WORKER_ENDS);
	assert_true(relay_run_until(&f, first_has_failed));
	assert_int_equal(count_events(call[SECOND].ref, MEDIA_EV_FAILED), 0);
	assert_int_equal(relay_stats(&f).threads_failed, 1);
	expect_to_be_heard(&call[SECOND]);

	close_first();
	assert_int_equal(packets_of(call[FIRST].ref, MEDIA_EV_CLOSED), call[FIRST].seq);
	assert_int_equal(relay_stats(&f).ports_in_use, 4);
	assert_int_equal(open_descriptors(), descriptors - 4); /* two phones less */
	open_call(&call[FIRST]); /* its old sockets, on the new thread */
	expect_to_be_heard(&call[FIRST]);
	end();
}

static void
a_thread_that_hung_is_used_again_when_it_moves(void **state)
{
	begin(CALLS + 1);
	watch_break(f.media, 0, WORKER_HANGS);
	assert_true(relay_run_until(&f, first_has_failed));
	close_first();
	watch_break(f.media, 0, WORKER_SOUND);
	assert_true(relay_run_until(&f, first_thread_is_back));
	assert_int_equal(count_events(call[FIRST].ref, MEDIA_EV_CLOSED), 1);
	for (int i = 0; i < 3; i++) { /* one of its two slots, or the new one */
		open_call(&call[FIRST]);
		expect_to_be_heard(&call[FIRST]);
		close_first();
	}
	assert_int_equal(relay_stats(&f).threads_failed, 1);
	open_call(&call[FIRST]);
	end();
}

/* The engine can be stopped all the same, and leaves to the thread what it may touch. */
static void
end_with_a_hung_thread(void)
{
	struct relay *r = container_of(f.media, struct relay, media);

	end();
	atomic_store(&r->workers[0].stop, true);
	thread_join(r->workers[0].thread);
	r->workers[0].thread = NULL;
	r->workers[0].stuck = false;
	media_relay_free(f.media);
}

static void
the_calls_of_a_thread_that_hangs_end_without_it(void **state)
{
	begin(CALLS + 1);
	watch_break(f.media, 0, WORKER_HANGS);
	assert_true(relay_run_until(&f, first_has_failed));
	assert_int_equal(count_events(call[SECOND].ref, MEDIA_EV_FAILED), 0);
	close_first();
	assert_int_equal(relay_stats(&f).ports_in_use, 4);

	open_call(&call[FIRST]); /* on the other thread, though that is full */
	expect_to_be_heard(&call[FIRST]);
	expect_to_be_heard(&call[SECOND]);
	end_with_a_hung_thread();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(figures_of_an_open_stream_are_told_every_few_seconds),
	    cmocka_unit_test(a_thread_that_ends_takes_only_its_own_calls_with_it),
	    cmocka_unit_test(a_thread_that_hung_is_used_again_when_it_moves),
	    cmocka_unit_test(the_calls_of_a_thread_that_hangs_end_without_it),
	};

	return cmocka_run_group_tests_name("media/relay_watch", tests, NULL, NULL);
}
