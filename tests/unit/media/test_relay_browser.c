/* media/: streams of which one side or both come as browsers do, through the whole engine: ICE,
 * DTLS and voice on one port, by real sockets and an OpenSSL that is not ours. */
#include "browser.h"

static struct relay_fixture f;
static const char report[] = "\x80\xc9\0\1aaa"; /* and the literal's zero */

static struct slice
voice(uint16_t seq)
{
	static unsigned char packet[4][172];

	return rtp_make(packet[seq % 4], sizeof packet[0], 9, seq);
}

static void
wait_for(uint64_t (*counted)(struct media_relay_stats s), uint64_t n)
{
	while (counted(relay_stats(&f)) < n)
		relay_run_until_events(&f, 0);
}

static uint64_t
unauthentic(struct media_relay_stats s)
{
	return s.unauthentic;
}

static uint64_t
refused(struct media_relay_stats s)
{
	return s.refused;
}

static uint64_t
undeliverable(struct media_relay_stats s)
{
	return s.undeliverable;
}

static uint64_t
handshakes(struct media_relay_stats s)
{
	return s.handshakes;
}

static uint64_t
failed(struct media_relay_stats s)
{
	return s.handshakes_failed;
}

static struct {
	struct phone caller, called; /* the caller's is another one than the browser's */
	uint16_t port[2];
	struct media_ref ref;
	struct browser browser;
} t;

static void
secure(struct browser *b, enum media_side side)
{
	struct media_peer p = phone_peer(&b->phone);

	p.rtp.port = 9; /* what browsers say before they know better: nobody listens there */
	media_stream_set_peer(f.media, t.ref, side, &p);
	assert_int_equal(media_stream_secure(f.media, t.ref, side, &b->says), ERR_OK);
}

static void
begin(bool active)
{
	t.ref = relay_start_call(&f, &t.caller, &t.called, t.port);
	browser_open(&t.browser, t.port[MEDIA_CALLER], active);
	secure(&t.browser, MEDIA_CALLER);
}

static void
end(void)
{
	browser_close(&t.browser);
	relay_end_call(&f, &t.caller, &t.called);
}

static void
knock(struct browser *b)
{
	browser_check(b);
	assert_int_equal(browser_answer(&b->phone), 0x0101);
}

static void
connect_browser(struct browser *b)
{
	uint64_t before = relay_stats(&f).handshakes;

	knock(b);
	assert_true(browser_handshake(b));
	wait_for(handshakes, before + 1);
}

/* Both directions, voice and reports. */
static void
talk(uint16_t seq)
{
	browser_send(&t.browser, RTP_KIND_RTP, voice(seq));
	phone_expect(&t.called, 0, voice(seq));
	phone_send(&t.called, 0, t.port[MEDIA_CALLED], voice(seq));
	browser_expect(&t.browser, RTP_KIND_RTP, voice(seq));
	browser_send(&t.browser, RTP_KIND_RTCP, slice_make(report, 8));
	phone_expect(&t.called, 1, slice_make(report, 8));
	phone_send(&t.called, 1, t.port[MEDIA_CALLED], slice_make(report, 8));
	browser_expect(&t.browser, RTP_KIND_RTCP, slice_make(report, 8));
}

static void
a_browser_and_a_phone_talk(void **state)
{
	for (int active = 0; active < 2; active++) {
		struct media_stats stats;

		begin(active);
		connect_browser(&t.browser);
		for (uint16_t seq = 1; seq < 4; seq++)
			talk(seq);
		assert_int_equal(relay_stats(&f).handshakes, 1);
		stats = relay_close_and_wait(&f, t.ref);
		assert_int_equal(stats.side[MEDIA_CALLER].packets, 3);
		assert_int_equal(stats.side[MEDIA_CALLER].rtcp_packets, 3);
		assert_int_equal(relay_stats(&f).foreign, 0);
		end();
	}
}

static void
nothing_passes_before_there_are_keys(void **state)
{
	begin(true);
	phone_send(&t.browser.phone, 0, t.port[MEDIA_CALLER], voice(1));
	wait_for(unauthentic, 1);
	phone_send(&t.called, 0, t.port[MEDIA_CALLED], voice(1));
	wait_for(undeliverable, 1);
	knock(&t.browser);
	phone_send(&t.browser.phone, 0, t.port[MEDIA_CALLER], voice(2));
	wait_for(unauthentic, 2);
	phone_send(&t.called, 0, t.port[MEDIA_CALLED], voice(2));
	phone_send(&t.called, 1, t.port[MEDIA_CALLED], slice_make(report, 8));
	wait_for(undeliverable, 3);
	phone_expect_nothing(&t.browser.phone, 0);
	phone_expect_nothing(&t.called, 0);
	assert_true(browser_handshake(&t.browser));
	wait_for(handshakes, 1);
	talk(3);
	/* in the clear never */
	phone_send(&t.browser.phone, 0, t.port[MEDIA_CALLER], voice(4));
	wait_for(unauthentic, 3);
	phone_expect_nothing(&t.called, 0);
	end();
}

static void
strangers_get_nowhere(void **state)
{
	static const char wrong[ICE_PWD_BYTES] = "another password of some";
	struct phone stranger;
	unsigned answers = 0;

	begin(true);
	phone_open(&stranger, "127.0.0.1");
	/* the first to knock, but not with the password; and asks again and again */
	for (int i = 0; i < 50; i++)
		browser_check_from(&t.browser, &stranger, wrong);
	connect_browser(&t.browser);
	talk(1);
	for (unsigned char byte; recv(stranger.fd[0], &byte, 1, MSG_DONTWAIT) >= 0;)
		answers++;
	assert_in_range(answers, 1, 20); /* and is no mirror for others */
	/* a forged ClientHello, and the browser's own voice from elsewhere */
	phone_send(&stranger, 0, t.port[MEDIA_CALLER],
	    slice_make("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\1x", 14));
	{
		struct phone own = t.browser.phone;

		t.browser.phone = stranger;
		browser_send(&t.browser, RTP_KIND_RTP, voice(2));
		t.browser.phone = own;
	}
	wait_for(refused, 1);
	phone_expect_nothing(&t.called, 0);
	talk(3);
	phone_close(&stranger);
	end();
}

static void
a_browser_that_moves_is_followed(void **state)
{
	begin(true);
	connect_browser(&t.browser);
	talk(1);
	browser_moves(&t.browser);
	knock(&t.browser);
	talk(2);
	assert_int_equal(relay_stats(&f).handshakes, 1);
	end();
}

/* Its description names another certificate than it has. */
static void
somebody_elses_certificate_is_refused(void **state)
{
	for (int active = 0; active < 2; active++) {
		t.ref = relay_start_call(&f, &t.caller, &t.called, t.port);
		browser_open(&t.browser, t.port[MEDIA_CALLER], active);
		t.browser.says.peer.bytes[7] ^= 1;
		secure(&t.browser, MEDIA_CALLER);
		knock(&t.browser);
		(void)browser_handshake(&t.browser); /* who is first to know depends on the roles */
		wait_for(failed, 1);
		assert_int_equal(relay_stats(&f).handshakes, 0);
		phone_send(&t.called, 0, t.port[MEDIA_CALLED], voice(1));
		wait_for(undeliverable, 1);
		end();
	}
}

static void
an_ice_restart_keeps_the_keys(void **state)
{
	struct ice_credentials before;

	begin(true);
	connect_browser(&t.browser);
	talk(1);
	before = t.browser.says.ours;
	t.browser.says.ours.ufrag[0] ^= 1;
	t.browser.says.ours.pwd[0] ^= 1;
	secure(&t.browser, MEDIA_CALLER);
	talk(2); /* before it has knocked again */
	browser_check_from(&t.browser, &t.browser.phone, before.pwd);
	assert_int_equal(browser_answer(&t.browser.phone), 0x0111);
	browser_moves(&t.browser);
	knock(&t.browser);
	talk(3);
	assert_int_equal(relay_stats(&f).handshakes, 1);

	/* the same once more changes nothing */
	secure(&t.browser, MEDIA_CALLER);
	talk(4);
	end();
}

static void
a_new_association_makes_new_keys(void **state)
{
	begin(true);
	connect_browser(&t.browser);
	talk(1);
	t.browser.says.association++;
	secure(&t.browser, MEDIA_CALLER);
	phone_send(&t.called, 0, t.port[MEDIA_CALLED], voice(2));
	wait_for(undeliverable, 1);
	browser_forget(&t.browser);
	connect_browser(&t.browser);
	talk(3);
	assert_int_equal(relay_stats(&f).handshakes, 2);

	/* and then the side is a plain phone's */
	{
		struct media_peer p = phone_peer(&t.caller);

		media_stream_set_peer(f.media, t.ref, MEDIA_CALLER, &p);
		assert_int_equal(
		    media_stream_secure(f.media, t.ref, MEDIA_CALLER, &(struct media_transport){0}),
		    ERR_OK);
	}
	phone_send(&t.called, 0, t.port[MEDIA_CALLED], voice(4));
	phone_expect(&t.caller, 0, voice(4));
	end();
}

static void
two_browsers_talk_each_with_its_own_keys(void **state)
{
	struct browser other;

	begin(true);
	browser_open(&other, t.port[MEDIA_CALLED], false);
	secure(&other, MEDIA_CALLED);
	connect_browser(&t.browser);
	connect_browser(&other);
	for (uint16_t seq = 1; seq < 4; seq++) {
		browser_send(&t.browser, RTP_KIND_RTP, voice(seq));
		browser_expect(&other, RTP_KIND_RTP, voice(seq));
		browser_send(&other, RTP_KIND_RTCP, slice_make(report, 8));
		browser_expect(&t.browser, RTP_KIND_RTCP, slice_make(report, 8));
	}
	browser_close(&other);
	end();
}

/* A phone that does the one without the other. */
static void
keys_without_ice(void **state)
{
	for (int active = 0; active < 2; active++) {
		struct media_peer p;

		t.ref = relay_start_call(&f, &t.caller, &t.called, t.port);
		browser_open(&t.browser, t.port[MEDIA_CALLER], active);
		t.browser.says.ice = false;
		p = phone_peer(&t.browser.phone);
		media_stream_set_peer(f.media, t.ref, MEDIA_CALLER, &p);
		assert_int_equal(
		    media_stream_secure(f.media, t.ref, MEDIA_CALLER, &t.browser.says), ERR_OK);
		assert_true(browser_handshake(&t.browser));
		wait_for(handshakes, 1);
		talk(1);
		end();
	}
}

/* The first packets are lost: they come again. */
static void
lost_flights_come_again(void **state)
{
	unsigned char lost[2048];

	begin(false);
	knock(&t.browser);
	assert_int_equal(phone_receive(&t.browser.phone, 0, lost, sizeof lost) > 13, 1);
	assert_int_equal(lost[0], 22);
	assert_true(browser_handshake(&t.browser));
	wait_for(handshakes, 1);
	talk(1);
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_browser_and_a_phone_talk),
	    cmocka_unit_test(nothing_passes_before_there_are_keys),
	    cmocka_unit_test(strangers_get_nowhere),
	    cmocka_unit_test(a_browser_that_moves_is_followed),
	    cmocka_unit_test(somebody_elses_certificate_is_refused),
	    cmocka_unit_test(an_ice_restart_keeps_the_keys),
	    cmocka_unit_test(a_new_association_makes_new_keys),
	    cmocka_unit_test(two_browsers_talk_each_with_its_own_keys),
	    cmocka_unit_test(keys_without_ice),
	    cmocka_unit_test(lost_flights_come_again),
	};

	return cmocka_run_group_tests_name("media/relay_browser", tests, NULL, NULL);
}
