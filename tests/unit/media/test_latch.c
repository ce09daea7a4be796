/* media/latch.c: whom a side listens to, and where it sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/latch_int.h"

static struct addr
at(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(slice_cstr(text), 0, &a), ERR_OK);
	return a;
}

static void
set(struct latch *l, const char *rtp, const char *rtcp, const char *signalling, bool send)
{
	struct media_peer peer = {.send = send};

	if (rtp)
		peer.rtp = at(rtp);
	if (rtcp)
		peer.rtcp = at(rtcp);
	if (signalling)
		peer.signalling = at(signalling);
	latch_set_peer(l, &peer);
}

static enum latch_verdict
check(struct latch *l, enum latch_port port, const char *from)
{
	struct addr a = at(from);

	return latch_check(l, port, &a);
}

static void
assert_target(const struct latch *l, enum latch_port port, const char *expected)
{
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (!latch_target(l, port, &a))
		assert_null(expected);
	else if (!expected)
		fail_msg("sends to %s", addr_text(&a, text));
	else
		assert_string_equal(addr_text(&a, text), expected);
}

/* A phone at home: what it writes into its SDP is not where it sends from. */
static void
set_natted(struct latch *l)
{
	latch_init(l);
	set(l, "192.168.1.5:4000", "192.168.1.5:4001", "203.0.113.9:5060", true);
}

/* Two phones behind one NAT, one takes the place of the other, which still sends. */
static void
the_party_before_does_not_latch_again(void **state)
{
	struct media_peer peer = {.signalling = at("203.0.113.9:5060"), .send = true, .party = 7};
	struct latch l;

	latch_init(&l);
	peer.rtp = at("192.168.1.5:4000");
	latch_set_peer(&l, &peer);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:777"), LATCH_NEW);
	peer.rtp = at("192.168.1.6:4000");
	peer.party = 8;
	latch_set_peer(&l, &peer);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:777"), LATCH_REFUSED);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:888"), LATCH_NEW);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:777"), LATCH_REFUSED);
	assert_target(&l, LATCH_RTP, "203.0.113.9:888");
	/* the same party changes its SDP: what it sends from stays */
	peer.rtp = at("192.168.1.6:4002");
	latch_set_peer(&l, &peer);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:888"), LATCH_NEW);
	/* the first one again, by the same hole in the NAT: after a while it is believed */
	peer.rtp = at("192.168.1.6:4002");
	peer.party = 9;
	latch_set_peer(&l, &peer);
	for (int i = 0; i < 250; i++)
		assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:888"), LATCH_REFUSED);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:888"), LATCH_NEW);
	/* or at once, when its SDP says so */
	peer.rtp = at("203.0.113.9:888");
	peer.party = 10;
	latch_set_peer(&l, &peer);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:888"), LATCH_NEW);
}

static void
who_may_latch(void **state)
{
	static const struct {
		const char *name, *rtp, *rtcp, *signalling;
		enum latch_port port;
		const char *from;
		enum latch_verdict verdict;
	} cases[] = {
	    {"SDP address", "10.0.0.1:4000", NULL, NULL, LATCH_RTP, "10.0.0.1:4000", LATCH_NEW},
	    {"SDP IP, other port", "10.0.0.1:4000", NULL, NULL, LATCH_RTP, "10.0.0.1:9", LATCH_NEW},
	    {"other IP", "10.0.0.1:4000", NULL, NULL, LATCH_RTP, "10.0.0.2:4000", LATCH_REFUSED},
	    {"signalling IP", "10.0.0.1:4000", NULL, "192.0.2.7:5060", LATCH_RTP, "192.0.2.7:33",
		LATCH_NEW},
	    {"signalling IP, no SDP yet", NULL, NULL, "192.0.2.7:5060", LATCH_RTP, "192.0.2.7:33",
		LATCH_NEW},
	    {"nobody known", NULL, NULL, NULL, LATCH_RTP, "192.0.2.7:33", LATCH_REFUSED},
	    {"RTCP from its own IP", "10.0.0.1:4000", "10.0.0.8:9", NULL, LATCH_RTCP, "10.0.0.8:9",
		LATCH_NEW},
	    {"RTCP from the RTP IP", "10.0.0.1:4000", "10.0.0.8:9", NULL, LATCH_RTCP,
		"10.0.0.1:4001", LATCH_NEW},
	    {"RTP from the RTCP IP", "10.0.0.1:4000", "10.0.0.8:9", NULL, LATCH_RTP, "10.0.0.8:9",
		LATCH_REFUSED},
	    {"IPv6", "[2001:db8::1]:4000", NULL, NULL, LATCH_RTP, "[2001:db8::1]:4000", LATCH_NEW},
	    {"IPv6 stranger", "[2001:db8::1]:4000", NULL, NULL, LATCH_RTP, "[2001:db8::2]:4000",
		LATCH_REFUSED},
	    {"IPv4 in IPv6 clothes", "10.0.0.1:4000", NULL, NULL, LATCH_RTP,
		"[::ffff:10.0.0.1]:4000", LATCH_NEW},
	    {"first bytes of an IPv6 address are no IPv4 address", "[a00:1::]:4000", NULL, NULL,
		LATCH_RTP, "10.0.0.1:4000", LATCH_REFUSED},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct latch l;

		latch_init(&l);
		set(&l, cases[i].rtp, cases[i].rtcp, cases[i].signalling, true);
		if (check(&l, cases[i].port, cases[i].from) != cases[i].verdict)
			fail_msg("%s", cases[i].name);
	}
}

static void
link_local_sdp_has_no_scope(void **state)
{
	struct addr from = at("[fe80::1]:4000");
	struct latch l;

	latch_init(&l);
	set(&l, "[fe80::1]:4000", NULL, NULL, true);
	from.scope = 2;
	assert_int_equal(latch_check(&l, LATCH_RTP, &from), LATCH_NEW);
	from.scope = 3;
	assert_int_equal(latch_check(&l, LATCH_RTP, &from), LATCH_REFUSED);
}

static void
first_packet_decides(void **state)
{
	struct latch l;

	set_natted(&l);
	assert_target(&l, LATCH_RTP, "192.168.1.5:4000");
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:40000"), LATCH_NEW);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:40000"), LATCH_KNOWN);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:40002"), LATCH_REFUSED);
	assert_int_equal(check(&l, LATCH_RTP, "192.168.1.5:4000"), LATCH_REFUSED);
	assert_target(&l, LATCH_RTP, "203.0.113.9:40000");
}

static void
rtcp_waits_for_its_own_mapping(void **state)
{
	struct latch l;

	set_natted(&l);
	assert_target(&l, LATCH_RTCP, "192.168.1.5:4001");
	check(&l, LATCH_RTP, "203.0.113.9:40000");
	assert_target(&l, LATCH_RTCP, NULL);
	assert_int_equal(check(&l, LATCH_RTCP, "203.0.113.9:55555"), LATCH_NEW);
	assert_target(&l, LATCH_RTCP, "203.0.113.9:55555");
}

static void
same_words_keep_the_latch(void **state)
{
	struct latch l;

	set_natted(&l);
	check(&l, LATCH_RTP, "203.0.113.9:40000");
	set(&l, "192.168.1.5:4000", "192.168.1.5:4001", "203.0.113.9:61000", false);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:40000"), LATCH_KNOWN);
	assert_int_equal(check(&l, LATCH_RTP, "203.0.113.9:40002"), LATCH_REFUSED);
}

static void
news_open_the_latch(void **state)
{
	static const struct {
		const char *rtp, *rtcp, *signalling;
		bool rtp_open, rtcp_open;
	} cases[] = {
	    {"192.168.1.5:4000", "192.168.1.5:4001", "203.0.113.9:5060", false, false},
	    {"192.168.1.5:4002", "192.168.1.5:4001", "203.0.113.9:5060", true, true},
	    {"192.168.1.6:4000", "192.168.1.5:4001", "203.0.113.9:5060", true, true},
	    {"192.168.1.5:4000", "192.168.1.5:4003", "203.0.113.9:5060", false, true},
	    {"192.168.1.5:4000", "192.168.1.5:4001", NULL, true, true},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct latch l;

		set_natted(&l);
		check(&l, LATCH_RTP, "203.0.113.9:40000");
		check(&l, LATCH_RTCP, "203.0.113.9:40001");
		set(&l, cases[i].rtp, cases[i].rtcp, cases[i].signalling, true);
		assert_int_equal(l.source[LATCH_RTP].family == 0, cases[i].rtp_open);
		assert_int_equal(l.source[LATCH_RTCP].family == 0, cases[i].rtcp_open);
	}
}

static void
nothing_goes_nowhere(void **state)
{
	static const char *const nowhere[] = {NULL, "0.0.0.0:4000", "[::]:4000", "10.0.0.1:0",
	    "224.0.0.5:4000", "255.255.255.255:4000", "[ff02::1]:4000"};

	for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
		struct latch l;

		latch_init(&l);
		set(&l, nowhere[i], nowhere[i], "192.0.2.7:5060", true);
		assert_target(&l, LATCH_RTP, NULL);
		assert_target(&l, LATCH_RTCP, NULL);
		/* Hearing the peer does not change it: it said it wants nothing. */
		assert_int_equal(check(&l, LATCH_RTP, "192.0.2.7:40000"), LATCH_NEW);
		assert_target(&l, LATCH_RTP, NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_may_latch),
	    cmocka_unit_test(the_party_before_does_not_latch_again),
	    cmocka_unit_test(link_local_sdp_has_no_scope),
	    cmocka_unit_test(first_packet_decides),
	    cmocka_unit_test(rtcp_waits_for_its_own_mapping),
	    cmocka_unit_test(same_words_keep_the_latch),
	    cmocka_unit_test(news_open_the_latch),
	    cmocka_unit_test(nothing_goes_nowhere),
	};

	return cmocka_run_group_tests_name("media/latch", tests, NULL, NULL);
}
