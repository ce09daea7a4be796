/* media/relay.h: what goes in comes out, and the figures are right. */
#include "relay_fixture.h"

#include <poll.h>
#include <time.h>

static struct relay_fixture f;
static unsigned char space[4096];

static const struct slice sender_report = {"\x80\xc8\0\6aaaabbbbccccddddeeeeffff", 28};

static void
expect_both_ways(const struct phone *a, const struct phone *b, const uint16_t port[])
{
	static const size_t sizes[] = {12, 13, 172, 1400, 2048};

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct slice packet = rtp_make(space, sizes[i], 1, (uint16_t)i);

		phone_send(a, 0, port[MEDIA_CALLER], packet);
		phone_expect(b, 0, packet);
		phone_send(b, 0, port[MEDIA_CALLED], packet);
		phone_expect(a, 0, packet);
	}
	phone_send(a, 1, port[MEDIA_CALLER], sender_report);
	phone_expect(b, 1, sender_report);
	phone_send(b, 1, port[MEDIA_CALLED], sender_report);
	phone_expect(a, 1, sender_report);
}

static void
packets_cross_untouched(void **state)
{
	static const char *const families[][2] = {
	    {"127.0.0.1", "127.0.0.1"},
	    {"::1", "::1"},
	    {"127.0.0.1", "::1"},
	    {"::1", "127.0.0.1"},
	};

	relay_start(&f, 16, 0);
	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		struct phone a, b;
		uint16_t port[2];
		struct media_ref ref;
		struct media_stats stats;

		phone_open(&a, families[i][0]);
		phone_open(&b, families[i][1]);
		ref = relay_connect(&f, &a, &b, port);
		assert_int_equal(port[0] % 2, 0);
		assert_int_equal(port[1] % 2, 0);
		assert_int_not_equal(port[0], port[1]);
		expect_both_ways(&a, &b, port);
		stats = relay_close_and_wait(&f, ref);
		for (int side = 0; side < MEDIA_SIDES; side++) {
			assert_int_equal(stats.side[side].packets, 5);
			assert_int_equal(stats.side[side].bytes, 12 + 13 + 172 + 1400 + 2048);
			assert_int_equal(stats.side[side].rtcp_packets, 1);
			assert_int_equal(stats.side[side].lost, 0);
			assert_int_equal(stats.side[side].refused, 0);
		}
		assert_true(relay_event(&f, ref, MEDIA_EV_CLOSED)->user == 77);
		phone_close(&a);
		phone_close(&b);
	}
	assert_int_equal(relay_stats(&f).packets, 4 * 12);
	relay_end(&f);
}

static void
bound_to_one_address(void **state)
{
	uint16_t first = relay_free_ports(8), port[2];
	struct media_relay_params params = {.port_min = first, .port_max = (uint16_t)(first + 7)};
	struct media_stream_params ip6 = {.family = {4, 6}};
	struct phone a, b;
	struct media_ref ref;

	assert_int_equal(addr_parse_ip(SLICE("127.0.0.1"), 0, &params.bind), ERR_OK);
	relay_start_at(&f, &params);
	phone_open(&a, "127.0.0.1");
	phone_open(&b, "127.0.0.1");
	relay_connect(&f, &a, &b, port);
	expect_both_ways(&a, &b, port);
	assert_int_equal(media_stream_open(f.media, &ip6, &ref, port), ERR_UNSUPPORTED);
	relay_end_call(&f, &a, &b);
}

static void
rtcp_on_the_rtp_port_stays_there(void **state) /* RFC 5761 */
{
	struct phone a, b;
	uint16_t port[2];

	relay_start_call(&f, &a, &b, port);
	phone_send(&a, 0, port[MEDIA_CALLER], sender_report);
	phone_expect(&b, 0, sender_report);
	relay_end_call(&f, &a, &b);
}

static void
hold_stops_rtp_but_not_rtcp(void **state) /* RFC 3264 5.1 */
{
	struct phone a, b;
	struct media_peer peer;
	struct media_stats stats;
	uint16_t port[2];
	struct media_ref ref;

	ref = relay_start_call(&f, &a, &b, port);
	peer = phone_peer(&b);
	peer.send = false;
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
	phone_send(&a, 0, port[MEDIA_CALLER], rtp_make(space, 100, 1, 1));
	/* The report comes to the same socket and after it: it alone gets through. */
	phone_send(&a, 0, port[MEDIA_CALLER], sender_report);
	phone_expect(&b, 0, sender_report);
	/* The other direction is not on hold. */
	phone_send(&b, 0, port[MEDIA_CALLED], rtp_make(space, 100, 2, 1));
	phone_expect(&a, 0, rtp_make(space, 100, 2, 1));
	peer.send = true;
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
	phone_send(&a, 0, port[MEDIA_CALLER], rtp_make(space, 100, 1, 2));
	phone_expect(&b, 0, rtp_make(space, 100, 1, 2));
	stats = relay_close_and_wait(&f, ref);
	assert_int_equal(stats.side[MEDIA_CALLER].packets, 2);
	assert_int_equal(relay_stats(&f).undeliverable, 1);
	relay_end_call(&f, &a, &b);
}

/* UDPTL looks like anything; what signalling calls raw passes as it is, from its source only. */
static void
fax_passes_as_it_is(void **state)
{
	static const struct slice ifp[] = {
	    {"\0\0\1\xff", 4}, {"\x80\x08", 2}, {"\x16\xfe\xfd", 3}, {"\xff", 1}};
	struct phone a, b, stranger;
	struct media_peer peer;
	struct media_stats stats;
	uint16_t port[2];
	struct media_ref ref;

	ref = relay_start_call(&f, &a, &b, port);
	phone_send(&a, 0, port[MEDIA_CALLER], ifp[1]); /* no RTP: dropped as long as it should be */
	phone_send(&a, 0, port[MEDIA_CALLER], rtp_make(space, 100, 1, 1));
	phone_expect(&b, 0, rtp_make(space, 100, 1, 1));
	peer = phone_peer(&a);
	peer.raw = true;
	media_stream_set_peer(f.media, ref, MEDIA_CALLER, &peer);
	peer = phone_peer(&b);
	peer.raw = true;
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
	for (size_t i = 0; i < sizeof ifp / sizeof ifp[0]; i++) {
		phone_send(&a, 0, port[MEDIA_CALLER], ifp[i]);
		phone_expect(&b, 0, ifp[i]);
		phone_send(&b, 0, port[MEDIA_CALLED], ifp[i]);
		phone_expect(&a, 0, ifp[i]);
	}
	phone_open(&stranger, "127.0.0.2");
	phone_send(&stranger, 0, port[MEDIA_CALLER], ifp[0]);
	phone_send(&a, 0, port[MEDIA_CALLER], ifp[2]);
	phone_expect(&b, 0, ifp[2]); /* the stranger's came before, and did not get through */
	stats = relay_close_and_wait(&f, ref);
	assert_int_equal(stats.side[MEDIA_CALLER].packets, 1); /* of voice */
	assert_int_equal(relay_stats(&f).malformed, 1);
	phone_close(&stranger);
	relay_end_call(&f, &a, &b);
}

static void
figures_of_a_bad_line(void **state)
{
	struct phone a, b;
	uint16_t port[2];
	struct media_ref ref;
	struct media_side_stats stats;
	uint64_t sent = 0, lost = 0;

	ref = relay_start_call(&f, &a, &b, port);
	/* Across the wrap; every 10th lost, every 7th and its successor change places. */
	for (uint32_t i = 0; i < 500; i++) {
		uint16_t seq = (uint16_t)(65300 + (i % 7 == 0 ? i + 1 : i % 7 == 1 ? i - 1 : i));

		if (i % 10 == 5) {
			lost++;
			continue;
		}
		phone_send(&a, 0, port[MEDIA_CALLER], rtp_make(space, 172, 9, seq));
		phone_expect(&b, 0, rtp_make(space, 172, 9, seq));
		sent++;
	}
	stats = relay_close_and_wait(&f, ref).side[MEDIA_CALLER];
	assert_int_equal(stats.packets, sent);
	assert_int_equal(stats.bytes, sent * 172);
	assert_int_equal(stats.lost, lost);
	/* 20 ms of voice a packet, sent much faster: late by nearly 20 ms each time. */
	assert_in_range(stats.jitter_us, 5000, 1000000);
	relay_end_call(&f, &a, &b);
}

static void
peer_that_went_away_and_came_back(void **state)
{
	struct phone a, b;
	uint16_t port[2];
	struct media_peer peer;
	struct media_ref ref;

	ref = relay_start_call(&f, &a, &b, port);
	phone_close(&b);
	for (uint16_t i = 0; i < 10; i++) /* each is answered by an ICMP error */
		phone_send(&a, 0, port[MEDIA_CALLER], rtp_make(space, 100, 1, i));
	phone_open(&b, "127.0.0.1");
	peer = phone_peer(&b);
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
	phone_send(&a, 1, port[MEDIA_CALLER], sender_report);
	phone_expect(&b, 1, sender_report);
	relay_end_call(&f, &a, &b);
}

static bool
one_timeout(struct relay_fixture *fixture)
{
	return fixture->n_events >= 1;
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
silence_is_reported_once(void **state)
{
	struct phone a, b;
	uint16_t port[2];
	struct media_ref ref;
	uint64_t set_ms;

	ref = relay_start_call(&f, &a, &b, port);
	for (int round = 0; round < 2; round++) {
		f.n_events = 0;
		set_ms = now_ms();
		media_stream_set_timeout(f.media, ref, 150);
		assert_true(relay_run_until(&f, one_timeout));
		assert_int_equal(f.events[0].kind, MEDIA_EV_TIMEOUT);
		assert_true(f.events[0].user == 77);
		assert_true(now_ms() - set_ms >= 150);
	}
	f.n_events = 0;
	/* Had it come again, it would come before the last word. */
	assert_int_equal(poll(NULL, 0, 200), 0);
	relay_close_and_wait(&f, ref);
	assert_int_equal(f.n_events, 1);
	relay_end_call(&f, &a, &b);
}

/* The event is on its way when signalling changes its mind. */
static void
outdated_silence_is_not_reported(void **state)
{
	struct media_stream_params params = {.family = {4, 4}};
	struct media_ref ref[2];
	uint16_t port[2];

	relay_start(&f, 8, 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(media_stream_open(f.media, &params, &ref[i], port), ERR_OK);
		media_stream_set_timeout(f.media, ref[i], 1);
	}
	/* Time for the events to be posted; the loop does not run meanwhile. */
	assert_int_equal(poll(NULL, 0, 200), 0);
	media_stream_set_timeout(f.media, ref[0], 60000);
	media_stream_close(f.media, ref[1]);
	relay_run_until_events(&f, 1);
	relay_close_and_wait(&f, ref[0]);
	assert_int_equal(f.n_events, 2);
	assert_null(relay_event(&f, ref[0], MEDIA_EV_TIMEOUT));
	assert_null(relay_event(&f, ref[1], MEDIA_EV_TIMEOUT));
	relay_end(&f);
}

/* Packets of one side are enough; RTCP and strangers are not. */
static void
voice_holds_silence_off(void **state)
{
	struct phone a, b, stranger;
	uint16_t port[2];
	struct media_ref ref;
	uint64_t last_ms = 0, begin_ms = now_ms();

	ref = relay_start_call(&f, &a, &b, port);
	phone_open(&stranger, "127.0.0.2");
	media_stream_set_timeout(f.media, ref, 1000);
	for (uint16_t i = 0; now_ms() - begin_ms < 1300; i++) {
		phone_send(&b, 0, port[MEDIA_CALLED], rtp_make(space, 100, 1, i));
		phone_expect(&a, 0, rtp_make(space, 100, 1, i));
		last_ms = now_ms();
		assert_int_equal(poll(NULL, 0, 50), 0);
	}
	phone_send(&a, 1, port[MEDIA_CALLER], sender_report);
	phone_send(&stranger, 0, port[MEDIA_CALLER], rtp_make(space, 100, 1, 1));
	assert_int_equal(f.n_events, 0);
	assert_true(relay_run_until(&f, one_timeout));
	assert_int_equal(f.events[0].kind, MEDIA_EV_TIMEOUT);
	assert_true(f.events[0].stats.side[MEDIA_CALLED].packets > 10);
	assert_in_range(now_ms() - last_ms, 990, DEADLINE_MS);
	phone_close(&stranger);
	relay_end_call(&f, &a, &b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packets_cross_untouched),
	    cmocka_unit_test(bound_to_one_address),
	    cmocka_unit_test(rtcp_on_the_rtp_port_stays_there),
	    cmocka_unit_test(hold_stops_rtp_but_not_rtcp),
	    cmocka_unit_test(fax_passes_as_it_is),
	    cmocka_unit_test(figures_of_a_bad_line),
	    cmocka_unit_test(peer_that_went_away_and_came_back),
	    cmocka_unit_test(silence_is_reported_once),
	    cmocka_unit_test(outdated_silence_is_not_reported),
	    cmocka_unit_test(voice_holds_silence_off),
	};

	return cmocka_run_group_tests_name("media/relay", tests, NULL, NULL);
}
