/* Who is kept out, how much one source may send, keep-alives of ours, and STUN beside SIP, on
 * the real loopback. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net_int.h"
#include "sip/stun.h"

#define MESSAGE "OPTIONS sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody"
#define ID	"0123456789ab"

static int
defaults(void **state)
{
	harness_start(&(struct net_config){0});
	return 0;
}

static const struct net_counts *
counts(enum sip_transport t)
{
	return net_get_counts(h.net, t);
}

static struct addr_net
network(struct slice text)
{
	struct addr_net n;

	assert_int_equal(addr_net_parse(text, &n), ERR_OK);
	return n;
}

/* ---- block ---- */

static void
the_table_of_blocks(void **state)
{
	static const struct {
		struct slice a;
		bool in_all, in_some;
	} cases[] = {
	    {SLICE("10.1.2.3"), true, false},
	    {SLICE("10.255.0.1"), true, false},
	    {SLICE("11.0.0.1"), false, false},
	    {SLICE("192.0.2.7"), true, true},
	    {SLICE("192.0.2.8"), false, false},
	    {SLICE("2001:db8:5::1"), true, true},
	    {SLICE("2001:db9::1"), false, false},
	    {SLICE("::1"), false, false},
	};
	struct blocks b = {0};
	struct addr_net nets[] = {network(SLICE("10.0.0.0/8")), network(SLICE("192.0.2.7")),
	    network(SLICE("2001:db8::/32")), network(SLICE("192.0.2.7"))};

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(blocks_set(&b, &nets[i], true), ERR_OK);
	for (int all = 1; all >= 0; all--) {
		for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
			struct addr a;

			assert_int_equal(addr_parse_ip(cases[i].a, 5060, &a), ERR_OK);
			assert_int_equal(
			    blocks_have(&b, &a), all ? cases[i].in_all : cases[i].in_some);
		}
		assert_int_equal(blocks_set(&b, &nets[0], false), ERR_OK);
	}
	assert_int_equal(blocks_set(&b, &nets[0], false), ERR_OK); /* twice is fine */
	blocks_fini(&b);
}

static void
everybody_is_blocked(void **state)
{
	struct addr_net n = network(SLICE("0.0.0.0/0"));
	struct blocks b = {0};
	struct addr a;

	assert_int_equal(addr_parse_ip(SLICE("203.0.113.1"), 0, &a), ERR_OK);
	assert_int_equal(blocks_set(&b, &n, true), ERR_OK);
	assert_true(blocks_have(&b, &a));
	blocks_fini(&b);
}

static bool
all_blocked(void)
{
	return counts(SIP_UDP)->blocked == 1 && counts(SIP_TCP)->blocked == 1;
}

static void
the_blocked_are_not_heard(void **state)
{
	struct addr_net all = network(SLICE("127.0.0.0/8"));
	struct addr udp = listen_at(SIP_UDP, loopback(4)), tcp = listen_at(SIP_TCP, loopback(4));
	int u = peer_connect(SOCK_DGRAM, &udp), t = peer_connect(SOCK_STREAM, &tcp), late;

	peer_send(u, SLICE(MESSAGE));
	peer_send(t, SLICE(MESSAGE));
	run_until_messages(2);
	peer_expect(t, SLICE(MESSAGE));
	assert_int_equal(net_block(h.net, &all, true), ERR_OK);
	run_until_closed(1); /* who was in is out */
	peer_expect_eof(t);
	peer_send(u, SLICE(MESSAGE));
	late = peer_connect(SOCK_STREAM, &tcp);
	run_until(all_blocked);
	peer_expect_eof(late);
	assert_int_equal(h.messages, 2);
	assert_int_equal(net_block(h.net, &all, false), ERR_OK);
	peer_send(u, SLICE(MESSAGE));
	run_until_messages(3);
	close(u);
}

/* ---- bytes of a source ---- */

static bool
over_rate(void)
{
	return counts(SIP_UDP)->over_rate > 0;
}

static void
datagrams_over_the_rate_are_dropped(void **state)
{
	static char text[5000];
	struct addr at;
	int fd;

	harness_start(&(struct net_config){.source_bytes_per_s = 10000});
	at = listen_at(SIP_UDP, loopback(4));
	fd = peer_connect(SOCK_DGRAM, &at);
	h.echo = false;
	memset(text, 'x', sizeof text);
	for (int i = 0; i < 3; i++)
		peer_send(fd, slice_make(text, sizeof text));
	run_until(over_rate);
	assert_int_equal(h.messages, 2);
	close(fd);
}

/* A stream loses nothing: it is read more slowly. */
static void
streams_over_the_rate_wait(void **state)
{
	enum { MESSAGES = 50 };
	struct addr at;
	uint64_t begin_ms;
	int fd;

	harness_start(&(struct net_config){.source_bytes_per_s = 5000});
	at = listen_at(SIP_TCP, loopback(4));
	fd = peer_connect(SOCK_STREAM, &at);
	begin_ms = timers_now_ms(loop_timers(h.loop));
	for (int i = 0; i < MESSAGES * 3; i++) /* 7,050 bytes: 5,000 at once, the rest in time */
		peer_send(fd, SLICE(MESSAGE));
	run_until_messages(MESSAGES * 3);
	peer_send(fd, SLICE(MESSAGE));
	run_until_messages(MESSAGES * 3 + 1);
	assert_true(timers_now_ms(loop_timers(h.loop)) - begin_ms >= 300);
	assert_true(counts(SIP_TCP)->over_rate >= 1);
	close(fd);
}

/* ---- keep-alives ---- */

static bool
asked(void)
{
	return counts(SIP_TCP)->bytes_out >= sizeof MESSAGE - 1 + 8;
}

/* RFC 5626, 4.4.1: we ping on what we opened; who has answered once must go on answering. */
static void
opened_connections_are_kept_alive(void **state)
{
	struct sip_flow to = {.transport = SIP_TCP};
	int listener, fd;

	harness_start(&(struct net_config){.keep_alive_ms = 30});
	listener = peer_listen(&to.remote);
	assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_OK);
	run_until(asked); /* twice, though nobody answers: he may not know the RFC */
	fd = accept(listener, NULL, NULL);
	peer_expect(fd, SLICE(MESSAGE "\r\n\r\n\r\n\r\n"));
	assert_int_equal(h.closed, 0);
	peer_send(fd, SLICE("\r\n"));
	run_until_closed(1);
	assert_int_equal(counts(SIP_TCP)->timed_out, 1);
	close(fd);
	close(listener);
}

static void
a_keep_alive_on_demand(void **state)
{
	struct addr udp = listen_at(SIP_UDP, loopback(4)), tcp = listen_at(SIP_TCP, loopback(4));
	int u = peer_connect(SOCK_DGRAM, &udp), t = peer_connect(SOCK_STREAM, &tcp);

	h.echo = false;
	peer_send(u, SLICE(MESSAGE));
	run_until_messages(1);
	assert_int_equal(net_keep_alive(h.net, &h.last), ERR_OK);
	peer_send(t, SLICE(MESSAGE));
	run_until_messages(2);
	assert_int_equal(net_keep_alive(h.net, &h.last), ERR_OK);
	run_once();
	peer_expect(u, SLICE("\r\n\r\n"));
	peer_expect(t, SLICE("\r\n\r\n"));
	close(u);
	close(t);
	run_until_closed(1);
	assert_int_equal(net_keep_alive(h.net, &h.last), ERR_CLOSED);
}

/* ---- STUN ---- */

static bool
stun_came(void)
{
	return counts(SIP_UDP)->stun_in + counts(SIP_TCP)->stun_in > 0;
}

static struct addr
own_address(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	struct addr a;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&ss, &a), ERR_OK);
	return a;
}

/* RFC 5626, 4.4.2 (UDP), and the same on a stream, between messages. */
static void
phones_learn_their_address(void **state)
{
	static const struct {
		enum sip_transport transport;
		int type, family;
	} cases[] = {
	    {SIP_UDP, SOCK_DGRAM, 4},
	    {SIP_UDP, SOCK_DGRAM, 6},
	    {SIP_TCP, SOCK_STREAM, 4},
	};

	for (size_t i = 0; i < 3; i++) {
		char bytes[STUN_MESSAGE_MAX_BYTES], got[STUN_MESSAGE_MAX_BYTES];
		struct stun_message m;
		struct addr at, own;
		struct buf b;
		ssize_t n;
		int fd;

		harness_start(&(struct net_config){0});
		at = listen_at(cases[i].transport, loopback(cases[i].family));
		fd = peer_connect(cases[i].type, &at);
		own = own_address(fd);
		buf_init(&b, bytes, sizeof bytes);
		stun_write_request(&b, (const uint8_t *)ID, SLICE("phone"));
		if (cases[i].type == SOCK_STREAM) { /* in two pieces */
			peer_send(fd, slice_make(b.p, 3));
			run_once();
			peer_send(fd, slice_from(buf_slice(&b), 3));
		} else {
			peer_send(fd, buf_slice(&b));
		}
		run_until(stun_came);
		run_once();
		n = recv(fd, got, sizeof got, 0);
		assert_true(n > 0);
		assert_int_equal(stun_parse(slice_make(got, (size_t)n), &m), ERR_OK);
		assert_memory_equal(m.id, ID, STUN_ID_BYTES);
		assert_true(addr_eq(&m.mapped, &own));
		peer_send(fd, SLICE(MESSAGE)); /* SIP goes on */
		run_until_messages(1);
		close(fd);
		harness_stop(NULL);
	}
	harness_start(&(struct net_config){0});
}

static bool
external_known(void)
{
	return h.externals > 0;
}

static void
a_server_tells_us_ours(void **state)
{
	struct addr at = listen_at(SIP_UDP, loopback(4)), server, world;
	struct sockaddr_storage ss, peer;
	socklen_t len = sizeof peer;
	char bytes[STUN_MESSAGE_MAX_BYTES], got[STUN_MESSAGE_MAX_BYTES];
	struct stun_message m;
	struct buf b;
	ssize_t n;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	server = loopback(4);
	assert_int_equal(bind(fd, (struct sockaddr *)&ss, addr_to_sockaddr(&server, &ss)), 0);
	server = own_address(fd);
	net_ask_stun(h.net, &server);
	run_once();
	n = recvfrom(fd, got, sizeof got, 0, (struct sockaddr *)&peer, &len);
	assert_true(n > 0);
	assert_int_equal(stun_parse(slice_make(got, (size_t)n), &m), ERR_OK);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&peer, &world), ERR_OK);
	assert_true(addr_eq(&world, &at)); /* asked through the SIP socket */
	assert_int_equal(addr_parse(SLICE("198.51.100.7:4711"), 0, &world), ERR_OK);
	buf_init(&b, bytes, sizeof bytes);
	stun_write_answer(&b, &m, &world, SLICE("server"));
	assert_int_equal(sendto(fd, b.p, b.n, 0, (struct sockaddr *)&peer, len), b.n);
	run_until(external_known);
	assert_true(addr_eq(&h.external, &world));
	assert_int_equal(h.messages, 0);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, defaults, harness_stop)
#define OWN(f)	cmocka_unit_test_teardown(f, harness_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_table_of_blocks),
	    cmocka_unit_test(everybody_is_blocked),
	    TEST(the_blocked_are_not_heard),
	    OWN(datagrams_over_the_rate_are_dropped),
	    OWN(streams_over_the_rate_wait),
	    OWN(opened_connections_are_kept_alive),
	    TEST(a_keep_alive_on_demand),
	    OWN(phones_learn_their_address),
	    TEST(a_server_tells_us_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
