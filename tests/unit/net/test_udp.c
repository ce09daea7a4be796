/* UDP over the real loopback. */
#include "harness.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int
defaults(void **state)
{
	harness_start(&(struct net_config){0});
	return 0;
}

static void
datagrams_come_and_go(void **state)
{
	static const int families[] = {4, 6};

	for (size_t i = 0; i < 2; i++) {
		struct addr at = listen_at(SIP_UDP, loopback(families[i]));
		int fd = peer_connect(SOCK_DGRAM, &at);

		peer_send(fd, SLICE("OPTIONS"));
		run_until_messages(i + 1);
		assert_true(addr_eq(&h.last.local, &at));
		assert_int_equal(h.last.transport, SIP_UDP);
		assert_int_equal(h.last.conn_gen, 0);
		peer_expect(fd, SLICE("OPTIONS"));
		close(fd);
	}
	assert_int_equal(net_get_counts(h.net, SIP_UDP)->messages_in, 2);
	assert_int_equal(net_get_counts(h.net, SIP_UDP)->messages_out, 2);
	assert_int_equal(net_get_counts(h.net, SIP_UDP)->bytes_out, 14);
}

/* Bound to all addresses, each datagram tells which one it was sent to; the peer's socket
 * is connected, so it only takes an answer from there. */
static void
answers_leave_from_where_the_question_came(void **state)
{
	static const struct {
		struct slice any, target;
	} cases[] = {
	    {SLICE("0.0.0.0"), SLICE("127.0.0.1")},
	    {SLICE("0.0.0.0"), SLICE("127.9.8.7")},
	    {SLICE("::"), SLICE("::1")},
	};

	for (size_t i = 0; i < 3; i++) {
		struct addr any, at, target;
		int fd;

		assert_int_equal(addr_parse_ip(cases[i].any, 0, &any), ERR_OK);
		at = listen_at(SIP_UDP, any);
		assert_int_equal(addr_parse_ip(cases[i].target, at.port, &target), ERR_OK);
		fd = peer_connect(SOCK_DGRAM, &target);
		peer_send(fd, SLICE("hello"));
		run_until_messages(i + 1);
		assert_true(addr_eq(&h.last.local, &target));
		peer_expect(fd, SLICE("hello"));
		close(fd);
	}
}

/* RFC 5626, 3.5.1 and what older phones send to keep a NAT open. */
static void
keep_alives_are_dropped(void **state)
{
	struct addr at = listen_at(SIP_UDP, loopback(4));
	int fd = peer_connect(SOCK_DGRAM, &at);

	peer_send(fd, SLICE("\r\n"));
	peer_send(fd, SLICE("\r\n\r\n"));
	peer_send(fd, SLICE("\0\0\0\0"));
	peer_send(fd, SLICE(""));
	peer_send(fd, SLICE("x"));
	run_until_messages(1);
	assert_int_equal(h.messages, 1);
	assert_int_equal(net_get_counts(h.net, SIP_UDP)->keep_alives_in, 4);
	close(fd);
}

static void
a_flood_passes(void **state)
{
	enum { FLOOD = 2000 };
	struct addr at = listen_at(SIP_UDP, loopback(4));
	int fd = peer_connect(SOCK_DGRAM, &at);
	char text[1200];

	memset(text, 'x', sizeof text);
	for (int i = 0; i < FLOOD; i++) {
		snprintf(text, sizeof text, "%04d", i);
		peer_send(fd, slice_make(text, sizeof text));
		if (i % 50 == 49) { /* what a peer's receive buffer holds */
			run_until_messages((size_t)i + 1);
			for (int k = i - 49; k <= i; k++) {
				snprintf(text, sizeof text, "%04d", k);
				peer_expect(fd, slice_make(text, sizeof text));
			}
		}
	}
	assert_int_equal(net_get_counts(h.net, SIP_UDP)->messages_out, FLOOD);
	close(fd);
}

static void
a_big_datagram_passes(void **state)
{
	static char text[60000];
	struct addr at = listen_at(SIP_UDP, loopback(4));
	int fd = peer_connect(SOCK_DGRAM, &at);

	memset(text, 'y', sizeof text);
	peer_send(fd, slice_make(text, sizeof text));
	run_until_messages(1);
	peer_expect(fd, slice_make(text, sizeof text));
	close(fd);
}

static void
listening_fails_with_a_reason(void **state)
{
	struct addr at = listen_at(SIP_UDP, loopback(4)), foreign, bound;

	assert_int_equal(net_listen(h.net, SIP_UDP, &at, &bound), ERR_IN_USE);
	assert_int_equal(addr_parse_ip(SLICE("192.0.2.1"), 0, &foreign), ERR_OK);
	assert_int_equal(net_listen(h.net, SIP_UDP, &foreign, &bound), ERR_INVALID);
	assert_int_equal(net_listen(h.net, SIP_TCP, &foreign, &bound), ERR_INVALID);
	assert_int_equal(net_listen(h.net, SIP_TLS, &at, &bound), ERR_WRONG_STATE);
	for (size_t i = 1; i < NET_LISTENERS_MAX; i++)
		listen_at(SIP_UDP, loopback(4));
	assert_int_equal(
	    net_listen(h.net, SIP_UDP, &(struct addr){.family = 4}, &bound), ERR_LIMIT);
	assert_int_equal(net_local_addrs(h.net, NULL, 0), NET_LISTENERS_MAX);
}

static void
a_full_queue_refuses(void **state)
{
	struct addr at;
	struct sip_flow to = {.transport = SIP_UDP};

	harness_start(&(struct net_config){.udp_queue_max = 3});
	at = listen_at(SIP_UDP, loopback(4));
	to.remote = at; /* to itself */
	h.echo = false;
	for (int i = 0; i < 3; i++)
		assert_int_equal(net_send(h.net, &to, SLICE("a")), ERR_OK);
	assert_int_equal(net_send(h.net, &to, SLICE("a")), ERR_LIMIT);
	assert_int_equal(net_get_counts(h.net, SIP_UDP)->queue_full, 1);
	run_until_messages(3);
	assert_int_equal(net_send(h.net, &to, SLICE("a")), ERR_OK);
	run_until_messages(4);
}

/* The kernel refuses a broadcast; the datagrams around it are not held up. */
static void
one_bad_address_stops_nobody(void **state)
{
	struct addr at = listen_at(SIP_UDP, loopback(4)), bad;
	struct sip_flow to = {.transport = SIP_UDP, .remote = at};
	struct sip_flow to_bad = {.transport = SIP_UDP};

	h.echo = false;
	assert_int_equal(addr_parse(SLICE("255.255.255.255:9"), 0, &bad), ERR_OK);
	to_bad.remote = bad;
	assert_int_equal(net_send(h.net, &to, SLICE("a")), ERR_OK);
	assert_int_equal(net_send(h.net, &to_bad, SLICE("b")), ERR_OK);
	assert_int_equal(net_send(h.net, &to, SLICE("c")), ERR_OK);
	run_until_messages(2);
	assert_int_equal(h.text[0], 'c');
	assert_int_equal(net_get_counts(h.net, SIP_UDP)->send_errors, 1);
	to.remote = loopback(6);
	assert_int_equal(net_send(h.net, &to, SLICE("a")), ERR_NOT_FOUND);
}

static void
the_kernel_is_asked_for_the_local_address(void **state)
{
	struct addr any = {.family = 4}, at, to = loopback(4), out;

	assert_int_equal(net_local_for(h.net, SIP_UDP, &to, &out), ERR_NOT_FOUND);
	at = listen_at(SIP_UDP, any);
	for (int cached = 0; cached < 2; cached++) {
		assert_int_equal(net_local_for(h.net, SIP_UDP, &to, &out), ERR_OK);
		assert_true(addr_eq_ip(&out, &to));
		assert_int_equal(out.port, at.port);
	}
	/* A socket on that very address is preferred. */
	at = listen_at(SIP_UDP, loopback(4));
	assert_int_equal(net_local_for(h.net, SIP_UDP, &to, &out), ERR_OK);
	assert_true(addr_eq(&out, &at));
	assert_int_equal(net_local_for(h.net, SIP_TCP, &to, &out), ERR_NOT_FOUND);
	assert_int_equal(net_local_for(h.net, SIP_WS, &to, &out), ERR_NOT_FOUND);
}

static void
last_words_are_sent(void **state)
{
	struct addr at = listen_at(SIP_UDP, loopback(4));
	int fd = peer_connect(SOCK_DGRAM, &at);

	peer_send(fd, SLICE("hello"));
	run_until_messages(1);
	peer_expect(fd, SLICE("hello"));
	assert_int_equal(net_send(h.net, &h.last, SLICE("BYE")), ERR_OK);
	net_free(h.net);
	h.net = NULL;
	peer_expect(fd, SLICE("BYE"));
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, defaults, harness_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(datagrams_come_and_go),
	    TEST(answers_leave_from_where_the_question_came),
	    TEST(keep_alives_are_dropped),
	    TEST(a_flood_passes),
	    TEST(a_big_datagram_passes),
	    TEST(listening_fails_with_a_reason),
	    cmocka_unit_test_teardown(a_full_queue_refuses, harness_stop),
	    TEST(one_bad_address_stops_nobody),
	    TEST(the_kernel_is_asked_for_the_local_address),
	    TEST(last_words_are_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
