/* TCP over the real loopback: framing, reuse, limits, and peers that misbehave. */
#include "harness.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE "OPTIONS sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody"
#define OTHER	"SIP/2.0 200 OK\r\nl: 0\r\n\r\n"

static int
defaults(void **state)
{
	harness_start(&(struct net_config){0});
	return 0;
}

static const struct net_counts *
counts(void)
{
	return net_get_counts(h.net, SIP_TCP);
}

static void
messages_come_and_go(void **state)
{
	static const int families[] = {4, 6};

	for (size_t i = 0; i < 2; i++) {
		struct addr at = listen_at(SIP_TCP, loopback(families[i]));
		int fd = peer_connect(SOCK_STREAM, &at);

		peer_send(fd, SLICE(MESSAGE OTHER));
		run_until_messages(2 * i + 2);
		assert_true(addr_eq(&h.last.local, &at));
		assert_true(h.last.conn_gen != 0);
		assert_int_equal(h.last.transport, SIP_TCP);
		peer_expect(fd, SLICE(MESSAGE OTHER));
		close(fd);
		run_until_closed(i + 1);
	}
	assert_int_equal(counts()->messages_in, 4);
	assert_int_equal(counts()->messages_out, 4);
	assert_int_equal(counts()->accepted, 2);
	assert_int_equal(counts()->conns, 0);
}

static size_t bytes_wanted;

static bool
bytes_came(void)
{
	return counts()->bytes_in >= bytes_wanted;
}

static void
a_message_may_come_in_crumbs(void **state)
{
	struct addr at = listen_at(SIP_TCP, loopback(4));
	struct slice message = SLICE(MESSAGE);
	int fd = peer_connect(SOCK_STREAM, &at);

	for (size_t i = 0; i < message.n; i++) {
		peer_send(fd, slice_make(message.p + i, 1));
		bytes_wanted = i + 1;
		run_until(bytes_came);
		assert_int_equal(h.messages, i + 1 == message.n);
	}
	peer_expect(fd, message);
	close(fd);
}

/* RFC 5626, 3.5.1: CR LF CR LF is answered with CR LF. */
static void
a_ping_gets_a_pong(void **state)
{
	struct addr at = listen_at(SIP_TCP, loopback(4));
	int fd = peer_connect(SOCK_STREAM, &at);

	peer_send(fd, SLICE("\r\n\r\n"));
	bytes_wanted = 4;
	run_until(bytes_came);
	run_once();
	peer_expect(fd, SLICE("\r\n"));
	assert_int_equal(h.messages, 0);
	assert_int_equal(counts()->keep_alives_in, 1);
	close(fd);
}

static void
garbage_closes_the_connection(void **state)
{
	static char junk[20000];
	struct addr at = listen_at(SIP_TCP, loopback(4));
	int fd = peer_connect(SOCK_STREAM, &at);
	int other = peer_connect(SOCK_STREAM, &at);

	memset(junk, 'j', sizeof junk);
	peer_send(fd, slice_make(junk, sizeof junk));
	run_until_closed(1);
	peer_expect_eof(fd);
	assert_int_equal(counts()->framing_errors, 1);
	peer_send(other, SLICE("X\r\nl: no\r\n\r\n"));
	run_until_closed(2);
	peer_expect_eof(other);
	assert_int_equal(h.messages, 0);
}

static size_t refused_wanted;

static bool
refusals_came(void)
{
	return counts()->refused >= refused_wanted;
}

static void
an_address_has_a_limit(void **state)
{
	struct addr at, from = loopback(4);
	int fd[3];

	harness_start(&(struct net_config){.tcp_conns_per_ip = 2});
	at = listen_at(SIP_TCP, from);
	for (size_t i = 0; i < 3; i++)
		fd[i] = peer_connect(SOCK_STREAM, &at);
	refused_wanted = 1;
	run_until(refusals_came);
	assert_int_equal(counts()->conns, 2);
	peer_expect_eof(fd[2]);
	assert_int_equal(h.closed, 0); /* nobody was told of it, nobody is told of its end */
	close(fd[1]);
	run_until_closed(1);
	fd[1] = peer_connect(SOCK_STREAM, &at); /* a place is free again */
	peer_send(fd[1], SLICE(MESSAGE));
	run_until_messages(1);
	close(fd[0]);
	close(fd[1]);
	run_until_closed(3);
}

static void
all_together_have_a_limit(void **state)
{
	struct addr at;
	int fd[2];

	harness_start(&(struct net_config){.tcp_conns_max = 1});
	at = listen_at(SIP_TCP, loopback(4));
	for (size_t i = 0; i < 2; i++)
		fd[i] = peer_connect(SOCK_STREAM, &at);
	refused_wanted = 1;
	run_until(refusals_came);
	assert_int_equal(counts()->conns, 1);
	peer_expect_eof(fd[1]);
	close(fd[0]);
}

static void
silence_ends_a_connection(void **state)
{
	struct addr at;
	int mute, slow, talker;

	harness_start(&(struct net_config){.tcp_first_message_ms = 40, .tcp_idle_ms = 400});
	at = listen_at(SIP_TCP, loopback(4));
	mute = peer_connect(SOCK_STREAM, &at);
	slow = peer_connect(SOCK_STREAM, &at);
	talker = peer_connect(SOCK_STREAM, &at);
	peer_send(slow, SLICE("OPTIONS sip:a SIP/2.0\r\n")); /* half a message is none */
	peer_send(talker, SLICE(MESSAGE));
	run_until_closed(2);
	assert_int_equal(counts()->timed_out, 2);
	assert_int_equal(counts()->conns, 1);
	assert_int_equal(h.messages, 1);
	peer_expect_eof(mute);
	peer_expect_eof(slow);
	run_until_closed(3);
	peer_expect(talker, SLICE(MESSAGE));
	peer_expect_eof(talker);
}

static bool
opened(void)
{
	return counts()->opened > 0;
}

static void
sending_opens_one_connection(void **state)
{
	struct addr at = listen_at(SIP_TCP, loopback(4));
	struct sip_flow to = {.transport = SIP_TCP, .local = at};
	int listener = peer_listen(&to.remote), fd;

	h.echo = false;
	assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_OK);
	assert_int_equal(net_send(h.net, &to, SLICE(OTHER)), ERR_OK);
	run_until(opened);
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_OK);
	run_once();
	peer_expect(fd, SLICE(MESSAGE OTHER MESSAGE));
	assert_int_equal(counts()->opened, 1);
	peer_send(fd, SLICE(OTHER));
	run_until_messages(1);
	assert_true(addr_eq(&h.last.remote, &to.remote));
	assert_int_equal(h.last.local.port, at.port); /* where we can be called back */
	close(fd);
	run_until_closed(1);
	assert_int_equal(h.last_closed.conn_gen, 0); /* for all who sent there */
	assert_true(addr_eq(&h.last_closed.remote, &to.remote));
	/* The next message opens it anew, also on the flow of the old connection. */
	assert_int_equal(net_send(h.net, &h.last, SLICE(OTHER)), ERR_OK);
	run_once();
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	close(fd);
	close(listener);
}

static void
a_refused_connection_is_reported(void **state)
{
	struct sip_flow to = {.transport = SIP_TCP};

	close(peer_listen(&to.remote)); /* nobody there any more */
	assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_OK);
	assert_int_equal(h.closed, 0); /* never from inside */
	run_until_closed(1);
	assert_true(addr_eq(&h.last_closed.remote, &to.remote));
	assert_int_equal(counts()->open_failed, 1);
	assert_int_equal(counts()->conns, 0);
}

static void
no_room_for_a_connection_is_reported(void **state)
{
	struct sip_flow to = {.transport = SIP_TCP};
	int listener, fd;
	struct addr at;

	harness_start(&(struct net_config){.tcp_conns_max = 1});
	listener = peer_listen(&to.remote);
	at = listen_at(SIP_TCP, loopback(4));
	fd = peer_connect(SOCK_STREAM, &at);
	peer_send(fd, SLICE(MESSAGE));
	run_until_messages(1);
	assert_int_equal(net_send(h.net, &to, SLICE(MESSAGE)), ERR_LIMIT);
	run_until_closed(1);
	assert_true(addr_eq(&h.last_closed.remote, &to.remote));
	close(fd);
	close(listener);
}

/* A handle outlives its connection, but never means another one. */
static void
an_old_flow_is_not_a_new_connection(void **state)
{
	struct addr at = listen_at(SIP_TCP, loopback(4));
	struct sip_flow old;
	int fd = peer_connect(SOCK_STREAM, &at);

	peer_send(fd, SLICE(MESSAGE));
	run_until_messages(1);
	old = h.last;
	close(fd);
	run_until_closed(1);
	assert_int_equal(h.last_closed.conn_slot, old.conn_slot);
	assert_int_equal(h.last_closed.conn_gen, old.conn_gen);
	fd = peer_connect(SOCK_STREAM, &at);
	peer_send(fd, SLICE(MESSAGE));
	run_until_messages(2);
	assert_int_equal(h.last.conn_slot, old.conn_slot);
	assert_true(h.last.conn_gen != old.conn_gen);
	net_send(h.net, &old, SLICE(OTHER)); /* its peer's port is closed */
	run_until_closed(2);
	assert_true(addr_eq(&h.last_closed.remote, &old.remote));
	peer_send(fd, SLICE(OTHER));
	run_until_messages(3);
	peer_expect(fd, SLICE(MESSAGE OTHER)); /* its own two, nothing of the other's */
	close(fd);
}

static void
a_peer_that_does_not_read_is_closed(void **state)
{
	static char body[60000] = "X\r\nl: 50000\r\n\r\n";
	struct addr at;
	int fd, sent = 0;
	enum err e;

	harness_start(&(struct net_config){.tcp_queue_bytes = 200000});
	at = listen_at(SIP_TCP, loopback(4));
	fd = peer_connect(SOCK_STREAM, &at);
	h.echo = false;
	peer_send(fd, SLICE(MESSAGE));
	run_until_messages(1);
	memset(body + strlen(body), 'z', 50000);
	do {
		e = net_send(h.net, &h.last, slice_cstr(body));
		run_once();
		assert_true(++sent < 10000);
	} while (e == ERR_OK);
	assert_int_equal(e, ERR_LIMIT);
	run_until_closed(1);
	assert_int_equal(counts()->queue_full, 1);
	close(fd);
}

static void
a_slow_peer_gets_everything(void **state)
{
	enum { MESSAGES = 300, BYTES = 50000 };
	static char body[BYTES + 100] = "X\r\nl: 50000\r\n\r\n";
	struct addr at;
	int fd;

	harness_start(&(struct net_config){.tcp_queue_bytes = 100 << 20});
	at = listen_at(SIP_TCP, loopback(4));
	fd = peer_connect(SOCK_STREAM, &at);
	h.echo = false;
	peer_send(fd, SLICE(MESSAGE));
	run_until_messages(1);
	memset(body + strlen(body), 'z', BYTES);
	for (int i = 0; i < MESSAGES; i++)
		assert_int_equal(net_send(h.net, &h.last, slice_cstr(body)), ERR_OK);
	run_once();
	for (size_t left = MESSAGES * strlen(body); left;) {
		char got[30000];
		ssize_t r = recv(fd, got, sizeof got, MSG_DONTWAIT);

		if (r > 0)
			left -= (size_t)r;
		else
			run_once();
	}
	close(fd);
	run_until_closed(1);
}

static void
closing_down_with_open_connections(void **state)
{
	struct addr at = listen_at(SIP_TCP, loopback(4));
	int fd[5];

	for (size_t i = 0; i < 5; i++) {
		fd[i] = peer_connect(SOCK_STREAM, &at);
		peer_send(fd[i], SLICE(MESSAGE));
	}
	run_until_messages(5);
	assert_int_equal(net_send(h.net, &h.last, SLICE(OTHER)), ERR_OK);
	net_free(h.net);
	h.net = NULL;
	loop_free(h.loop);
	h.loop = NULL;
	for (size_t i = 0; i < 5; i++) {
		peer_expect(fd[i], i == 4 ? SLICE(MESSAGE OTHER) : SLICE(MESSAGE));
		peer_expect_eof(fd[i]);
	}
	assert_int_equal(h.closed, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, defaults, harness_stop)
#define OWN(f)	cmocka_unit_test_teardown(f, harness_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(messages_come_and_go),
	    TEST(a_message_may_come_in_crumbs),
	    TEST(a_ping_gets_a_pong),
	    TEST(garbage_closes_the_connection),
	    OWN(an_address_has_a_limit),
	    OWN(all_together_have_a_limit),
	    OWN(silence_ends_a_connection),
	    TEST(sending_opens_one_connection),
	    TEST(a_refused_connection_is_reported),
	    OWN(no_room_for_a_connection_is_reported),
	    TEST(an_old_flow_is_not_a_new_connection),
	    OWN(a_peer_that_does_not_read_is_closed),
	    OWN(a_slow_peer_gets_everything),
	    TEST(closing_down_with_open_connections),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
