/* media/relay.h: ports and slots: exhaustion, recovery, use over and over. */
#include "relay_fixture.h"

#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

static struct relay_fixture f;
static unsigned char space[4096];

static const struct media_stream_params plain = {.family = {4, 4}};

static struct slice
voice(uint16_t seq)
{
	return rtp_make(space, 172, 5, seq);
}

static void
ports_run_out_and_come_back(void **state)
{
	struct media_ref ref[4], none = {7, 7};
	uint16_t port[2], none_port[2] = {1, 2};

	relay_start(&f, 12, 2); /* 6 pairs, 3 streams */
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 3; i++)
			assert_int_equal(media_stream_open(f.media, &plain, &ref[i], port), ERR_OK);
		assert_int_equal(relay_stats(&f).streams_open, 3);
		assert_int_equal(relay_stats(&f).ports_in_use, 12);
		assert_int_equal(media_stream_open(f.media, &plain, &none, none_port), ERR_LIMIT);
		media_stream_close(f.media, ref[1]);
		/* Not before the media thread has let go of it. */
		assert_int_equal(media_stream_open(f.media, &plain, &none, none_port), ERR_LIMIT);
		assert_int_equal(none.slot, 7);
		assert_int_equal(none_port[0], 1);
		relay_run_until_events(&f, f.n_events + 1);
		assert_int_equal(media_stream_open(f.media, &plain, &ref[3], port), ERR_OK);
		assert_int_not_equal(ref[3].gen, ref[1].gen);
		media_stream_close(f.media, ref[0]);
		media_stream_close(f.media, ref[2]);
		media_stream_close(f.media, ref[3]);
		relay_run_until_events(&f, f.n_events + 3);
	}
	assert_int_equal(relay_stats(&f).open_refused, 40);
	assert_int_equal(relay_stats(&f).streams_open, 0);
	assert_int_equal(relay_stats(&f).ports_in_use, 0);
	relay_end(&f);
}

/* LIN-6. */
static void
emergency_calls_get_through_when_all_ports_are_taken(void **state)
{
	uint16_t first = relay_free_ports(48), port[2];
	struct media_stream_params urgent = plain;
	struct media_ref ref[12], none;

	urgent.urgent = true;
	/* 24 pairs, 12 streams, and of these a quarter is kept, though more were asked for */
	relay_start_at(
	    &f, &(struct media_relay_params){
		    .port_min = first, .port_max = (uint16_t)(first + 47), .kept_streams = 16});
	for (int i = 0; i < 9; i++)
		assert_int_equal(media_stream_open(f.media, &plain, &ref[i], port), ERR_OK);
	assert_int_equal(media_stream_open(f.media, &plain, &none, port), ERR_LIMIT);
	assert_false(media_is_short(f.media));
	assert_int_equal(media_stream_open(f.media, &urgent, &ref[9], port), ERR_OK);
	assert_false(media_is_short(f.media));
	assert_int_equal(media_stream_open(f.media, &urgent, &ref[10], port), ERR_OK);
	assert_true(media_is_short(f.media));
	assert_int_equal(media_stream_open(f.media, &plain, &none, port), ERR_LIMIT);
	/* what an ordinary stream gives back fills the reserve first */
	media_stream_close(f.media, ref[0]);
	relay_run_until_events(&f, 1);
	assert_int_equal(media_stream_open(f.media, &plain, &none, port), ERR_LIMIT);
	assert_false(media_is_short(f.media));
	assert_int_equal(media_stream_open(f.media, &urgent, &ref[0], port), ERR_OK);
	assert_int_equal(media_stream_open(f.media, &urgent, &ref[11], port), ERR_OK);
	assert_int_equal(media_stream_open(f.media, &urgent, &none, port), ERR_LIMIT);
	for (int i = 0; i < 12; i++)
		media_stream_close(f.media, ref[i]);
	relay_run_until_events(&f, 13);
	assert_false(media_is_short(f.media));
	relay_end(&f);
}

static int occupy(uint16_t port);

/* The reserve is ours when others take all that is left of the range. */
static void
programs_beside_us_do_not_take_what_is_kept(void **state)
{
	uint16_t first = relay_free_ports(32), port[2];
	struct media_stream_params urgent = plain;
	int fd[32], n = 0;
	struct media_ref ref;

	urgent.urgent = true;
	relay_start_at(
	    &f, &(struct media_relay_params){
		    .port_min = first, .port_max = (uint16_t)(first + 31), .kept_streams = 2});
	for (int i = 8; i < 32; i++)
		fd[n++] = occupy((uint16_t)(first + i));
	assert_int_equal(media_stream_open(f.media, &plain, &ref, port), ERR_LIMIT);
	assert_int_equal(media_stream_open(f.media, &urgent, &ref, port), ERR_OK);
	assert_int_equal(media_stream_open(f.media, &urgent, &ref, port), ERR_OK);
	while (n > 0)
		close(fd[--n]);
	relay_end(&f);
}

static int
occupy(uint16_t port)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

static void
ports_of_others_are_left_out(void **state)
{
	uint16_t first = relay_free_ports(12), port[2];
	struct media_ref ref;
	int rtp, rtcp;

	rtp = occupy((uint16_t)(first + 2));
	rtcp = occupy((uint16_t)(first + 7));
	relay_start_at(&f,
	    &(struct media_relay_params){.port_min = first, .port_max = (uint16_t)(first + 11)});
	for (int i = 0; i < 2; i++) {
		assert_int_equal(media_stream_open(f.media, &plain, &ref, port), ERR_OK);
		for (int side = 0; side < MEDIA_SIDES; side++) {
			assert_int_not_equal(port[side], first + 2);
			assert_int_not_equal(port[side], first + 6);
			assert_in_range(port[side], first, first + 10);
		}
	}
	assert_int_equal(media_stream_open(f.media, &plain, &ref, port), ERR_LIMIT);
	close(rtp);
	close(rtcp);
	relay_end(&f);
}

static void
nonsense_is_refused(void **state)
{
	static const struct {
		uint16_t min, max;
	} ranges[] = {{0, 100}, {20000, 20000}, {20001, 20002}, {20000, 20002}, {20010, 20000}};
	struct media_stream_params strange = {.family = {4, 0}};
	struct media *m = NULL;
	struct media_ref ref;
	uint16_t port[2];
	struct loop *loop;

	assert_int_equal(loop_new(&loop), ERR_OK);
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		struct media_relay_params params = {
		    .port_min = ranges[i].min, .port_max = ranges[i].max};

		assert_int_equal(media_relay_new(&m, loop, &params), ERR_INVALID);
		assert_null(m);
	}
	loop_free(loop);
	media_relay_free(NULL);
	relay_start(&f, 4, 1);
	assert_int_equal(media_stream_open(f.media, &strange, &ref, port), ERR_INVALID);
	relay_end(&f);
}

/* The old phone talks on after the call; the next call on the same ports must not
 * hear it, although even its address would do. */
static uint64_t said, heard, late_before;

/* Nothing is on its way any more: what no call has counted came late. */
static bool
all_came(struct relay_fixture *fixture)
{
	return relay_stats(fixture).late - late_before == said - heard;
}

static void
say(const struct phone *from, uint16_t port, uint16_t seq)
{
	phone_send(from, 0, port, voice(seq));
	said++;
}

/* Speaks until it is heard: the very first words may be taken for those of the call before. */
static void
speak_until_heard(const struct phone *from, uint16_t port, const struct phone *to, uint16_t seq)
{
	struct pollfd answer = {.fd = to->fd[0], .events = POLLIN};

	do
		say(from, port, seq);
	while (poll(&answer, 1, 5) == 0);
}

/* Words that were said more often than it took may still be on their way when the call ends. */
static struct media_stats
hang_up(struct media_ref ref)
{
	struct media_stats stats = relay_close_and_wait(&f, ref);

	heard += stats.side[MEDIA_CALLER].packets + stats.side[MEDIA_CALLER].refused;
	assert_true(relay_run_until(&f, all_came));
	return stats;
}

static void
forget_what_came(const struct phone *p)
{
	char byte;

	while (recv(p->fd[0], &byte, 1, MSG_DONTWAIT) >= 0)
		;
}

/* Repetitions of one are left out, then comes the other. */
static void
expect_after(const struct phone *p, uint16_t before, uint16_t seq)
{
	unsigned char got[4096];
	size_t n;

	do
		n = phone_receive(p, 0, got, sizeof got);
	while (n == voice(before).n && memcmp(got, voice(before).p, n) == 0);
	assert_int_equal(n, voice(seq).n);
	assert_memory_equal(got, voice(seq).p, n);
}

/* With all ports in use but these, they are given to the next call at once. What is in the sockets
 * when it begins is thrown away, before anybody can know the ports. */
static void
late_packets_do_not_reach_the_next_call(void **state)
{
	struct phone old, a, b;
	uint16_t port[2];
	struct media_ref ref;
	struct media_stats stats;

	relay_start(&f, 4, 1);
	late_before = relay_stats(&f).late;
	phone_open(&old, "127.0.0.1");
	phone_open(&a, "127.0.0.1");
	phone_open(&b, "127.0.0.1");
	for (uint16_t round = 0; round < 50; round++) {
		ref = relay_connect(&f, &old, &b, port);
		speak_until_heard(&old, port[MEDIA_CALLER], &b, 1);
		hang_up(ref);
		forget_what_came(&b);
		for (uint16_t i = 2; i < 5; i++)
			say(&old, port[MEDIA_CALLER], i);
		ref = relay_connect(&f, &a, &b, port);
		assert_true(relay_run_until(&f, all_came));
		speak_until_heard(&a, port[MEDIA_CALLER], &b, 10);
		phone_expect(&b, 0, voice(10)); /* and not what the old one said last */
		say(&old, port[MEDIA_CALLER], 11);
		say(&a, port[MEDIA_CALLER], 12);
		expect_after(&b, 10, 12);
		stats = hang_up(ref);
		assert_true(stats.side[MEDIA_CALLER].packets >= 2);
		/* word 11, and whatever else the new call met of the old one */
		assert_true(stats.side[MEDIA_CALLER].refused >= 1);
	}
	phone_close(&old);
	phone_close(&a);
	phone_close(&b);
	relay_end(&f);
}

static void
dead_handles_do_nothing(void **state)
{
	struct media_ref first, second, none = {0};
	struct media_peer peer = {.send = true};
	uint16_t port[2];

	relay_start(&f, 4, 1);
	assert_int_equal(media_stream_open(f.media, &plain, &first, port), ERR_OK);
	media_stream_close(f.media, first); /* before the media thread ever saw it */
	media_stream_close(f.media, first);
	relay_run_until_events(&f, 1);
	assert_int_equal(media_stream_open(f.media, &plain, &second, port), ERR_OK);
	assert_int_equal(second.slot, first.slot);
	media_stream_set_peer(f.media, first, MEDIA_CALLER, &peer);
	media_stream_set_timeout(f.media, first, 1);
	media_stream_close(f.media, first);
	media_stream_close(f.media, none);
	media_stream_close(f.media, (struct media_ref){.slot = 4000, .gen = 1});
	assert_int_equal(relay_stats(&f).streams_open, 1);
	relay_close_and_wait(&f, second);
	assert_int_equal(f.n_events, 2);
	assert_null(relay_event(&f, second, MEDIA_EV_TIMEOUT));
	relay_end(&f);
}

static void
reopen_from_event(void *ctx, const struct media_event *ev)
{
	struct relay_fixture *fixture = ctx;
	struct media_ref ref;
	uint16_t port[2];

	assert_int_equal(ev->kind, MEDIA_EV_CLOSED);
	fixture->n_events++;
	assert_int_equal(media_stream_open(fixture->media, &plain, &ref, port), ERR_OK);
	if (fixture->n_events < 20)
		media_stream_close(fixture->media, ref);
}

static void
streams_may_be_opened_from_events(void **state)
{
	struct media_ref ref;
	uint16_t port[2];

	relay_start(&f, 4, 1);
	f.media->on_event = reopen_from_event;
	assert_int_equal(media_stream_open(f.media, &plain, &ref, port), ERR_OK);
	media_stream_close(f.media, ref);
	relay_run_until_events(&f, 20);
	relay_end(&f);
}

/* More than the mailbox of events holds. */
enum { MANY = 1050 };

static void
a_thousand_streams(void **state)
{
	static struct media_ref ref[MANY];
	static uint16_t port[MANY][2];
	struct phone a, b;
	unsigned char got[2048];

	relay_start_at(&f, &(struct media_relay_params){
			       .port_min = 20000, .port_max = 32766, .warm_streams = 100});
	phone_open(&a, "127.0.0.1");
	phone_open(&b, "127.0.0.1");
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < MANY; i++)
			ref[i] = relay_connect(&f, &a, &b, port[i]);
		assert_int_equal(relay_stats(&f).streams_open, MANY);
		for (uint32_t i = 0; i < MANY; i++) {
			phone_send(&a, 0, port[i][MEDIA_CALLER], voice((uint16_t)i));
			/* Not more on the way than a socket holds. */
			if (i % 50 == 49)
				for (int k = 0; k < 50; k++)
					assert_int_equal(
					    phone_receive(&b, 0, got, sizeof got), 172);
		}
		for (uint32_t i = 0; i < MANY; i++)
			media_stream_close(f.media, ref[i]);
		/* Signalling is busy elsewhere; nothing may get lost meanwhile. */
		assert_int_equal(poll(NULL, 0, 100), 0);
		relay_run_until_events(&f, MANY);
		for (uint32_t i = 0; i < MANY; i++) {
			const struct media_event *ev = relay_event(&f, ref[i], MEDIA_EV_CLOSED);

			assert_non_null(ev);
			assert_int_equal(ev->stats.side[MEDIA_CALLER].packets, 1);
		}
		f.n_events = 0;
	}
	assert_int_equal(relay_stats(&f).packets, 2 * MANY);
	assert_int_equal(relay_stats(&f).ports_in_use, 0);
	phone_close(&a);
	phone_close(&b);
	relay_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ports_run_out_and_come_back),
	    cmocka_unit_test(emergency_calls_get_through_when_all_ports_are_taken),
	    cmocka_unit_test(programs_beside_us_do_not_take_what_is_kept),
	    cmocka_unit_test(ports_of_others_are_left_out),
	    cmocka_unit_test(nonsense_is_refused),
	    cmocka_unit_test(late_packets_do_not_reach_the_next_call),
	    cmocka_unit_test(dead_handles_do_nothing),
	    cmocka_unit_test(streams_may_be_opened_from_events),
	    cmocka_unit_test(a_thousand_streams),
	};

	return cmocka_run_group_tests_name("media/relay_pool", tests, NULL, NULL);
}
