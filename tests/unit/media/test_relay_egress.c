/* media/relay.h: packets leave from the address that our SDP names (struct media_peer.local),
 * whatever the kernel would choose; a peer may believe no other (symmetric RTP, RFC 4961). */
#include "relay_fixture.h"

#include <poll.h>

static struct relay_fixture f;
static unsigned char space[172];

static struct slice
voice(uint16_t seq)
{
	return rtp_make(space, sizeof space, 5, seq);
}

static struct addr
ip(const char *text)
{
	struct addr a = {0};

	if (text)
		assert_int_equal(addr_parse_ip(slice_cstr(text), 0, &a), ERR_OK);
	return a;
}

static void
expect_from(const struct phone *p, int which, struct slice packet, const char *from)
{
	struct sockaddr_storage ss;
	socklen_t length = sizeof ss;
	struct addr source, wanted = ip(from);
	struct pollfd poll_fd = {.fd = p->fd[which], .events = POLLIN};
	char byte;

	assert_int_equal(poll(&poll_fd, 1, DEADLINE_MS), 1);
	/* look who it is, then read it */
	assert_int_equal(
	    recvfrom(p->fd[which], &byte, 1, MSG_PEEK, (struct sockaddr *)&ss, &length), 1);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&ss, &source), ERR_OK);
	if (!addr_eq_ip(&source, &wanted)) {
		char text[ADDR_TEXT_MAX];

		fail_msg("came from %s, not from %s", addr_text(&source, text), from);
	}
	phone_expect(p, which, packet);
}

/* RTP and RTCP from a arrive at b from there. */
static void
both_come_from(const struct phone *a, const struct phone *b, const uint16_t port[MEDIA_SIDES],
    const char *from)
{
	static const struct slice report = {"\x80\xc9\0\1bbbb", 8};

	phone_send(a, 0, port[MEDIA_CALLER], voice(1));
	expect_from(b, 0, voice(1), from);
	phone_send(a, 1, port[MEDIA_CALLER], report);
	expect_from(b, 1, report, from);
}

struct source_case {
	const char *name;
	uint8_t socket; /* 0: IPv6 that carries IPv4, else IPv4 alone */
	const char *peer, *sdp, *signalling, *from;
};

static const struct source_case cases[] = {
    {"unknown: as the kernel chooses", 0, "127.0.0.2", NULL, NULL, "127.0.0.1"},
    {"any address is unknown", 0, "127.0.0.2", "0.0.0.0", "0.0.0.0", "127.0.0.1"},
    {"the kernel chooses it anyway", 0, "127.0.0.2", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
    {"IPv4 on an IPv6 socket", 0, "127.0.0.2", "127.0.0.9", "127.0.0.9", "127.0.0.9"},
    {"IPv4 on an IPv4 socket", 4, "127.0.0.2", "127.0.0.9", "127.0.0.9", "127.0.0.9"},
    {"media have an address of their own", 0, "127.0.0.2", "127.0.0.8", "127.0.0.9", "127.0.0.8"},
    {"the kernel's address is the media's own", 0, "127.0.0.2", "127.0.0.1", "127.0.0.9",
	"127.0.0.1"},
    {"the SDP names a NAT's", 0, "127.0.0.2", "192.0.2.7", "127.0.0.9", "127.0.0.9"},
    {"the SDP names a NAT's, IPv4 socket", 4, "127.0.0.2", "192.0.2.7", "127.0.0.9", "127.0.0.9"},
    {"neither is ours any more", 0, "127.0.0.2", "192.0.2.7", "192.0.2.8", "127.0.0.1"},
    {"of the other family", 0, "127.0.0.2", "::1", "127.0.0.9", "127.0.0.9"},
    {"IPv6", 0, "::1", "::1", "::1", "::1"},
    {"IPv6 that is not ours", 0, "::1", "2001:db8::7", "2001:db8::8", "::1"},
};

static void
start(const struct source_case *c)
{
	uint16_t first = relay_free_ports(4);

	relay_start_at(&f, &(struct media_relay_params){
			       .port_min = first,
			       .port_max = (uint16_t)(first + 3),
			       .bind = {.family = c->socket},
			       .n_threads = 1,
			   });
}

static void
tell(struct media_ref ref, const struct phone *p, const char *sdp, const char *signalling)
{
	struct media_peer peer = phone_peer(p);

	peer.local[0] = ip(sdp);
	peer.local[1] = ip(signalling);
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
}

static void
packets_leave_from_the_address_of_the_sdp(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct source_case *c = &cases[i];
		struct phone a, b;
		uint16_t port[2];
		struct media_ref ref;

		print_message("%s\n", c->name);
		start(c);
		phone_open(&a, "127.0.0.1");
		phone_open(&b, c->peer);
		ref = relay_connect(&f, &a, &b, port);
		tell(ref, &b, c->sdp, c->signalling);
		both_come_from(&a, &b, port, c->from);
		assert_int_equal(relay_stats(&f).send_failed, 0);
		relay_end_call(&f, &a, &b);
	}
}

/* A call goes on over another interface, or to another peer: asked again each time. */
static void
changes_during_a_call(void **state)
{
	struct phone a, b, other;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &a, &b, port);

	phone_open(&other, "127.0.0.2");
	tell(ref, &b, "127.0.0.9", NULL);
	both_come_from(&a, &b, port, "127.0.0.9");
	tell(ref, &b, "127.0.0.8", NULL);
	both_come_from(&a, &b, port, "127.0.0.8");
	tell(ref, &other, "127.0.0.8", NULL);
	both_come_from(&a, &other, port, "127.0.0.8");
	tell(ref, &other, NULL, NULL);
	both_come_from(&a, &other, port, "127.0.0.1");
	phone_close(&other);
	relay_end_call(&f, &a, &b);
}

/* Behind a NAT: the source is that of where the packets go, not of where the SDP points. */
static void
latched_peer(void **state)
{
	struct phone a, b;
	uint16_t port[2];
	struct media_ref ref = relay_start_call(&f, &a, &b, port);
	struct media_peer peer = phone_peer(&b);

	peer.rtp = peer.rtcp = (struct addr){.family = 4, .port = 4000, .ip = {192, 0, 2, 1}};
	peer.local[0] = ip("127.0.0.9");
	media_stream_set_peer(f.media, ref, MEDIA_CALLED, &peer);
	for (int which = 0; which < 2; which++) {
		phone_send(
		    &b, which, port[MEDIA_CALLED], which ? SLICE("\x80\xc9\0\1bbbb") : voice(1));
		(void)phone_receive(&a, which, space, sizeof space);
	}
	both_come_from(&a, &b, port, "127.0.0.9");
	relay_end_call(&f, &a, &b);
}

/* Sockets at one address hear nothing that comes to another, so they do not claim it. */
static void
sockets_of_one_address_keep_it(void **state)
{
	uint16_t first = relay_free_ports(4), port[2];
	struct phone a, b;

	relay_start_at(&f, &(struct media_relay_params){
			       .port_min = first,
			       .port_max = (uint16_t)(first + 3),
			       .bind = ip("127.0.0.1"),
			       .n_threads = 1,
			   });
	phone_open(&a, "127.0.0.1");
	phone_open(&b, "127.0.0.2");
	tell(relay_connect(&f, &a, &b, port), &b, "127.0.0.9", "127.0.0.8");
	both_come_from(&a, &b, port, "127.0.0.1");
	relay_end_call(&f, &a, &b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packets_leave_from_the_address_of_the_sdp),
	    cmocka_unit_test(changes_during_a_call),
	    cmocka_unit_test(latched_peer),
	    cmocka_unit_test(sockets_of_one_address_keep_it),
	};

	return cmocka_run_group_tests_name("media/relay_egress", tests, NULL, NULL);
}
