/* SIP over WebSocket on the real loopback, in clear and over TLS (RFC 7118, RFC 6455). */
#include "harness.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls_peer.h"

#define SIP_MESSAGE "OPTIONS sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody"
#define UPGRADE                                                                                    \
	"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"               \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n"           \
	"Sec-WebSocket-Version: 13\r\n\r\n"
#define ACCEPTED                                                                                   \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"        \
	"Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Accept: "                                    \
	"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

static char frame_bytes[70000];

/* A frame of a client; its mask is four zeros where that does not matter. */
static struct slice
frame(unsigned first, struct slice payload)
{
	struct buf b;

	buf_init(&b, frame_bytes, sizeof frame_bytes);
	buf_char(&b, (char)first);
	buf_char(&b, (char)(0x80 | (payload.n < 126 ? payload.n : 126)));
	if (payload.n >= 126) {
		buf_char(&b, (char)(payload.n >> 8));
		buf_char(&b, (char)payload.n);
	}
	buf_put(&b, SLICE("\x10\x20\x30\x40"));
	for (size_t i = 0; i < payload.n; i++)
		buf_char(&b, (char)(payload.p[i] ^ "\x10\x20\x30\x40"[i % 4]));
	return buf_slice(&b);
}

static int
defaults(void **state)
{
	harness_start(&(struct net_config){0});
	return 0;
}

static const struct net_counts *
counts(void)
{
	return net_get_counts(h.net, SIP_WS);
}

static bool
upgraded(void)
{
	return counts()->bytes_out >= sizeof ACCEPTED - 1;
}

static int
connect_ws(const struct addr *at)
{
	int fd = peer_connect(SOCK_STREAM, at);

	peer_send(fd, SLICE(UPGRADE));
	run_until(upgraded);
	run_once();
	peer_expect(fd, SLICE(ACCEPTED));
	return fd;
}

static void
messages_come_and_go(void **state)
{
	struct addr at = listen_at(SIP_WS, loopback(4));
	int fd = connect_ws(&at);

	peer_send(fd, frame(0x81, SLICE(SIP_MESSAGE)));
	run_until_messages(1);
	assert_int_equal(h.last.transport, SIP_WS);
	assert_int_equal(h.text_n, sizeof SIP_MESSAGE - 1);
	peer_expect(fd, SLICE("\x81\x30" SIP_MESSAGE)); /* a message a frame (RFC 7118, 5) */
	peer_send(fd, frame(0x82, SLICE("binary \xff")));
	run_until_messages(2);
	peer_expect(fd, SLICE("\x82\x08"
			      "binary \xff")); /* what is no UTF-8 is not sent as text */
	close(fd);
	run_until_closed(1);
	assert_int_equal(counts()->conns, 0);
}

static void
the_first_frame_may_come_with_the_upgrade(void **state)
{
	struct addr at = listen_at(SIP_WS, loopback(4));
	int fd = peer_connect(SOCK_STREAM, &at);
	struct slice first = frame(0x81, SLICE(SIP_MESSAGE));
	char all[2000];
	struct buf b;

	buf_init(&b, all, sizeof all);
	buf_lit(&b, UPGRADE);
	buf_put(&b, first);
	for (size_t i = 0; i < b.n; i++) {
		peer_send(fd, slice_make(b.p + i, 1));
		if (i % 16 == 0)
			run_once();
	}
	run_until_messages(1);
	peer_expect(fd, SLICE(ACCEPTED "\x81\x30" SIP_MESSAGE));
	close(fd);
}

static void
pings_are_answered(void **state)
{
	struct addr at = listen_at(SIP_WS, loopback(4));
	int fd = connect_ws(&at);

	peer_send(fd, frame(0x89, SLICE("hello")));
	peer_send(fd, frame(0x81, SLICE("\r\n\r\n")));
	peer_send(fd, frame(0x81, SLICE(SIP_MESSAGE)));
	run_until_messages(1);
	peer_expect(fd, SLICE("\x8a\x05hello\x81\x02\r\n\x81\x30" SIP_MESSAGE));
	assert_int_equal(counts()->keep_alives_in, 2);
	assert_int_equal(h.messages, 1);
	close(fd);
}

/* Browsers cannot send pings: we do, and whoever does not answer is gone. */
static void
silent_sockets_are_pinged_and_closed(void **state)
{
	struct addr at;
	int fd;

	harness_start(&(struct net_config){.ws_ping_ms = 30});
	at = listen_at(SIP_WS, loopback(4));
	fd = connect_ws(&at);
	run_until_closed(1);
	peer_expect(fd, SLICE("\x89\x00\x88\x02\x03\xe9")); /* ping, close 1001 */
	peer_expect_eof(fd);
	assert_int_equal(counts()->timed_out, 1);
}

static void
a_close_is_answered(void **state)
{
	struct addr at = listen_at(SIP_WS, loopback(4));
	int fd = connect_ws(&at);

	peer_send(fd, frame(0x88, SLICE("\x03\xe8"
					"bye")));
	run_until_closed(1);
	peer_expect(fd, SLICE("\x88\x02\x03\xe8"));
	peer_expect_eof(fd);
}

static void
violations_are_closed_with_a_reason(void **state)
{
	static const struct {
		struct slice bytes, answer;
	} cases[] = {
	    {SLICE("\x81\x05Hello"), SLICE("\x88\x02\x03\xea")},		/* 1002 */
	    {SLICE("\x81\x81\x00\x00\x00\x00\xff"), SLICE("\x88\x02\x03\xef")}, /* 1007 */
	    {SLICE("\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00mask"), SLICE("\x88\x02\x03\xf1")},
	};
	struct addr at = listen_at(SIP_WS, loopback(4));

	for (size_t i = 0; i < 3; i++) {
		int fd = connect_ws(&at);

		peer_send(fd, cases[i].bytes);
		run_until_closed(i + 1);
		peer_expect(fd, cases[i].answer);
		peer_expect_eof(fd);
	}
	assert_int_equal(counts()->framing_errors, 3);
	assert_int_equal(h.messages, 0);
}

static void
what_is_no_websocket_is_refused(void **state)
{
	static char long_request[9000] = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
	struct addr at = listen_at(SIP_WS, loopback(4));
	int fd = peer_connect(SOCK_STREAM, &at);
	char status[13] = "";

	peer_send(fd, SLICE("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
	run_until_closed(1);
	assert_int_equal(recv(fd, status, 12, MSG_WAITALL), 12);
	assert_string_equal(status, "HTTP/1.1 426");
	close(fd);
	memset(long_request + strlen(long_request), 'x', 8500);
	fd = peer_connect(SOCK_STREAM, &at);
	peer_send(fd, slice_cstr(long_request));
	run_until_closed(2);
	close(fd);
	fd = peer_connect(SOCK_STREAM, &at);
	peer_send(fd, SLICE(SIP_MESSAGE));
	run_until_closed(3);
	close(fd);
	assert_int_equal(counts()->framing_errors, 3);
}

static void
a_slow_upgrade_is_cut(void **state)
{
	struct addr at;
	int fd;

	harness_start(&(struct net_config){.tcp_first_message_ms = 50});
	at = listen_at(SIP_WS, loopback(4));
	fd = peer_connect(SOCK_STREAM, &at);
	peer_send(fd, SLICE("GET / HTTP/1.1\r\nHost:"));
	run_until_closed(1);
	assert_int_equal(counts()->timed_out, 1);
	close(fd);
}

/* RFC 7118, 5: nobody can be called back; the flow is simply gone. */
static void
a_websocket_is_not_opened_by_us(void **state)
{
	struct sip_flow to = {.transport = SIP_WS, .remote = loopback(4)};

	to.remote.port = 9;
	assert_int_equal(net_send(h.net, &to, SLICE(SIP_MESSAGE)), ERR_CLOSED);
	run_until_closed(1);
	assert_true(addr_eq(&h.last_closed.remote, &to.remote));
}

static void
messages_pass_over_tls(void **state)
{
	struct net_tls_certificate params;
	struct net_tls *tls;
	struct cert cert;
	struct tls_peer p;
	struct addr at;
	char why[200];

	cert_make(&cert, "office", "DNS:pbx.example", NULL);
	params = cert_params(&cert);
	assert_int_equal(net_tls_new(&tls,
			     &(struct net_tls_params){.certificates = &params, .certificates_n = 1},
			     why, sizeof why),
	    ERR_OK);
	net_set_tls(h.net, tls);
	at = listen_at(SIP_WSS, loopback(6));
	tls_peer_client(&p, peer_connect(SOCK_STREAM, &at));
	assert_true(tls_peer_shake(&p));
	tls_peer_send(&p, SLICE(UPGRADE));
	tls_peer_expect(&p, SLICE(ACCEPTED));
	tls_peer_send(&p, frame(0x81, SLICE(SIP_MESSAGE)));
	run_until_messages(1);
	assert_int_equal(h.last.transport, SIP_WSS);
	tls_peer_expect(&p, SLICE("\x81\x30" SIP_MESSAGE));
	assert_int_equal(net_send(h.net, &h.last, SLICE("x")), ERR_OK);
	tls_peer_expect(&p, SLICE("\x81\x01x"));
	net_free(h.net);
	h.net = NULL;
	tls_peer_expect(&p, SLICE("\x88\x02\x03\xe9")); /* going away */
	assert_true(tls_peer_expect_end(&p));
	tls_peer_free(&p);
	cert_free(&cert);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, defaults, harness_stop)
#define OWN(f)	cmocka_unit_test_teardown(f, harness_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(messages_come_and_go),
	    TEST(the_first_frame_may_come_with_the_upgrade),
	    TEST(pings_are_answered),
	    OWN(silent_sockets_are_pinged_and_closed),
	    TEST(a_close_is_answered),
	    TEST(violations_are_closed_with_a_reason),
	    TEST(what_is_no_websocket_is_refused),
	    OWN(a_slow_upgrade_is_cut),
	    TEST(a_websocket_is_not_opened_by_us),
	    TEST(messages_pass_over_tls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
