/* media/relay.h: who is let in, who is not, and what garbage does (nothing). */
#include "relay_fixture.h"

#include "base/random.h"

static struct relay_fixture f;
static unsigned char space[4096];

static struct slice
voice(uint16_t seq)
{
	return rtp_make(space, 172, 5, seq);
}

static struct addr
elsewhere(void)
{
	struct addr a;

	assert_int_equal(addr_parse(SLICE("192.0.2.1:4000"), 0, &a), ERR_OK);
	return a;
}

/* The phone's SDP names an address that leads nowhere, as behind a NAT. */
static void
phone_behind_nat_is_answered_where_it_is(void **state)
{
	struct phone a, b, neighbour;
	uint16_t port[2];
	struct media_peer natted;
	struct media_ref ref;

	ref = relay_start_call(&f, &a, &b, port);
	phone_open(&neighbour, "127.0.0.1"); /* behind the same NAT */
	natted = phone_peer(&a);
	natted.rtp = natted.rtcp = elsewhere();
	media_stream_set_peer(f.media, ref, MEDIA_CALLER, &natted);
	phone_send(&a, 0, port[MEDIA_CALLER], voice(1));
	phone_expect(&b, 0, voice(1));
	phone_send(&b, 0, port[MEDIA_CALLED], voice(2));
	phone_expect(&a, 0, voice(2));
	/* Latched: the same IP with another port is a stranger now. */
	phone_send(&neighbour, 0, port[MEDIA_CALLER], voice(3));
	phone_send(&a, 0, port[MEDIA_CALLER], voice(4));
	phone_expect(&b, 0, voice(4));
	assert_int_equal(relay_close_and_wait(&f, ref).side[MEDIA_CALLER].refused, 1);
	phone_close(&neighbour);
	relay_end_call(&f, &a, &b);
}

static void
strangers_are_refused(void **state)
{
	struct phone a, b, stranger;
	uint16_t port[2];
	struct media_ref ref;
	struct media_stats stats;

	ref = relay_start_call(&f, &a, &b, port);
	phone_open(&stranger, "127.0.0.2");
	phone_send(&stranger, 0, port[MEDIA_CALLER], voice(1));
	phone_send(&stranger, 1, port[MEDIA_CALLER], SLICE("\x80\xc9\0\1aaaa"));
	phone_send(&a, 0, port[MEDIA_CALLER], voice(2));
	phone_expect(&b, 0, voice(2));
	phone_send(&a, 1, port[MEDIA_CALLER], SLICE("\x80\xc9\0\1bbbb"));
	phone_expect(&b, 1, SLICE("\x80\xc9\0\1bbbb"));
	/* And now that the side is latched. */
	phone_send(&stranger, 0, port[MEDIA_CALLER], voice(3));
	phone_send(&stranger, 1, port[MEDIA_CALLER], SLICE("\x80\xc9\0\1aaaa"));
	phone_send(&b, 0, port[MEDIA_CALLER], voice(3)); /* the other side is one, too */
	phone_send(&a, 0, port[MEDIA_CALLER], voice(4));
	phone_expect(&b, 0, voice(4));
	phone_send(&a, 1, port[MEDIA_CALLER], SLICE("\x80\xc9\0\1cccc"));
	phone_expect(&b, 1, SLICE("\x80\xc9\0\1cccc"));
	/* Nothing of theirs latched: answers still go to the phone. */
	phone_send(&b, 0, port[MEDIA_CALLED], voice(5));
	phone_expect(&a, 0, voice(5));
	phone_expect_nothing(&stranger, 0);
	stats = relay_close_and_wait(&f, ref);
	assert_int_equal(stats.side[MEDIA_CALLER].refused, 5);
	assert_int_equal(stats.side[MEDIA_CALLER].packets, 2);
	assert_int_equal(stats.side[MEDIA_CALLER].rtcp_packets, 2);
	assert_int_equal(stats.side[MEDIA_CALLED].refused, 0);
	assert_int_equal(relay_stats(&f).refused, 5);
	phone_close(&stranger);
	relay_end_call(&f, &a, &b);
}

static void
new_peer_opens_the_latch(void **state)
{
	struct phone a, b, other;
	uint16_t port[2];
	struct media_peer peer;
	struct media_ref ref;

	ref = relay_start_call(&f, &a, &b, port);
	phone_open(&other, "127.0.0.3");
	phone_send(&b, 0, port[MEDIA_CALLED], voice(1));
	phone_expect(&a, 0, voice(1));
	/* The same again changes nothing. */
	peer = phone_peer(&b);
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
	phone_send(&other, 0, port[MEDIA_CALLED], voice(2));
	phone_send(&b, 0, port[MEDIA_CALLED], voice(3));
	phone_expect(&a, 0, voice(3));
	/* Transferred to another phone. */
	peer = phone_peer(&other);
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
	phone_send(&a, 0, port[MEDIA_CALLER], voice(4));
	phone_expect(&other, 0, voice(4));
	phone_send(&b, 0, port[MEDIA_CALLED], voice(5));
	phone_send(&other, 0, port[MEDIA_CALLED], voice(6));
	phone_expect(&a, 0, voice(6));
	phone_expect_nothing(&b, 0);
	assert_int_equal(relay_close_and_wait(&f, ref).side[MEDIA_CALLED].refused, 2);
	phone_close(&other);
	relay_end_call(&f, &a, &b);
}

static void
nobody_known_nothing_sent(void **state)
{
	struct media_stream_params params = {.family = {4, 4}};
	struct phone a;
	uint16_t port[2];
	struct media_peer peer;
	struct media_ref ref;
	struct media_stats stats;

	relay_start(&f, 4, 1);
	phone_open(&a, "127.0.0.1");
	assert_int_equal(media_stream_open(f.media, &params, &ref, port), ERR_OK);
	phone_send(&a, 0, port[MEDIA_CALLER], voice(1));
	while (relay_stats(&f).refused < 1)
		relay_run_until_events(&f, 0);
	peer = phone_peer(&a);
	media_stream_set_peer(f.media, ref, MEDIA_CALLER, &peer);
	phone_send(&a, 0, port[MEDIA_CALLER], voice(2));
	while (relay_stats(&f).undeliverable < 1)
		relay_run_until_events(&f, 0);
	stats = relay_close_and_wait(&f, ref);
	assert_int_equal(stats.side[MEDIA_CALLER].refused, 1);
	assert_int_equal(stats.side[MEDIA_CALLER].packets, 1);
	assert_int_equal(relay_stats(&f).packets, 0);
	phone_close(&a);
	relay_end(&f);
}

static void
garbage_goes_nowhere(void **state)
{
	static const struct slice garbage[] = {
	    {"", 0},
	    {"\x80", 1},
	    {"\x80\x08\0\1aaaabbb", 11},
	    {"\x8f\x08\0\1aaaabbbbcccc", 16},
	    {"\x90\x08\0\1aaaabbbbxx\xff\xff", 16},
	    {"\x40\x08\0\1aaaabbbb", 12},
	    {"\xc0\x08\0\1aaaabbbb", 12},
	    {"\0\1\0\0\x21\x12\xa4\x42............", 20},
	    {"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\1", 13},
	    {"GET / HTTP/1.1\r\n\r\n", 18},
	    {"OPTIONS sip:x SIP/2.0\r\n\r\n", 25},
	};
	enum { N = sizeof garbage / sizeof garbage[0] };
	static const unsigned char big[2049] = {0x80, 8};
	struct phone a, b;
	uint16_t port[2];
	struct media_ref ref;
	struct media_stats stats;
	struct media_relay_stats relay;

	ref = relay_start_call(&f, &a, &b, port);
	for (size_t i = 0; i < N; i++) {
		phone_send(&a, 0, port[MEDIA_CALLER], garbage[i]);
		phone_send(&a, 1, port[MEDIA_CALLER], garbage[i]);
	}
	phone_send(&a, 0, port[MEDIA_CALLER], slice_make(big, sizeof big));
	phone_send(&a, 1, port[MEDIA_CALLER], voice(1)); /* RTP on the RTCP port */
	phone_send(&a, 1, port[MEDIA_CALLER], SLICE("\x80\xc9\0\1bbbb"));
	phone_expect(&b, 1, SLICE("\x80\xc9\0\1bbbb"));
	phone_send(&a, 0, port[MEDIA_CALLER], voice(1));
	phone_expect(&b, 0, voice(1));
	phone_expect_nothing(&b, 0);
	phone_expect_nothing(&b, 1);
	stats = relay_close_and_wait(&f, ref);
	relay = relay_stats(&f);
	assert_int_equal(stats.side[MEDIA_CALLER].packets, 1);
	assert_int_equal(stats.side[MEDIA_CALLER].refused, 0);
	assert_int_equal(relay.malformed + relay.foreign, 2 * N + 2);
	assert_int_equal(relay.packets, 2);
	relay_end_call(&f, &a, &b);
}

static void
noise_does_not_disturb_voice(void **state)
{
	struct phone a, b;
	uint16_t port[2];
	struct rng rng;
	unsigned char noise[2100];

	rng_init_seed(&rng, 4711);
	relay_start_call(&f, &a, &b, port);
	for (uint16_t i = 0; i < 500; i++) {
		for (int k = 0; k < 4; k++) {
			size_t n = rng_below(&rng, sizeof noise);

			rng_fill(&rng, noise, n);
			if (n)
				noise[0] &= 0x7f; /* any version but ours */
			phone_send(
			    &a, (int)rng_below(&rng, 2), port[MEDIA_CALLER], slice_make(noise, n));
		}
		phone_send(&a, 0, port[MEDIA_CALLER], voice(i));
		phone_expect(&b, 0, voice(i));
	}
	relay_end_call(&f, &a, &b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(phone_behind_nat_is_answered_where_it_is),
	    cmocka_unit_test(strangers_are_refused),
	    cmocka_unit_test(new_peer_opens_the_latch),
	    cmocka_unit_test(nobody_known_nothing_sent),
	    cmocka_unit_test(garbage_goes_nowhere),
	    cmocka_unit_test(noise_does_not_disturb_voice),
	};

	return cmocka_run_group_tests_name("media/relay_guard", tests, NULL, NULL);
}
