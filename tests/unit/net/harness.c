#include "harness.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct harness h;

static bool (*until)(void);
static uint64_t deadline_ms;
static struct timer look;
static size_t wanted;

static void
on_message(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	assert_true(bytes.n <= sizeof h.text);
	h.messages++;
	h.last = *flow;
	memcpy(h.text, bytes.p, bytes.n);
	h.text_n = bytes.n;
	if (h.echo)
		net_send(h.net, flow, bytes);
}

static void
on_closed(void *ctx, const struct sip_flow *flow)
{
	h.closed++;
	h.last_closed = *flow;
}

static void
on_external(void *ctx, const struct addr *external)
{
	h.externals++;
	h.external = *external;
}

static const struct net_ops ops = {
    .on_message = on_message, .on_closed = on_closed, .on_external = on_external};

struct addr
loopback(int family)
{
	struct addr a;

	assert_int_equal(
	    addr_parse_ip(family == 4 ? SLICE("127.0.0.1") : SLICE("::1"), 0, &a), ERR_OK);
	return a;
}

void
harness_start(const struct net_config *config)
{
	h = (struct harness){.echo = true};
	assert_int_equal(loop_new(&h.loop), ERR_OK);
	assert_int_equal(net_new(&h.net, h.loop, config, &ops, NULL), ERR_OK);
}

int
harness_stop(void **state)
{
	size_t closed = h.closed;

	net_free(h.net);
	loop_free(h.loop);
	return h.closed == closed ? 0 : -1; /* no callbacks after net_free */
}

struct addr
listen_at(enum sip_transport transport, struct addr at)
{
	struct addr bound;

	assert_int_equal(net_listen(h.net, transport, &at, &bound), ERR_OK);
	assert_true(bound.port != 0);
	return bound;
}

static void
on_look(struct timer *t)
{
	if (until()) {
		loop_stop(h.loop);
		return;
	}
	assert_true(loop_now_ms(h.loop) < deadline_ms);
	timer_start(loop_timers(h.loop), t, 1);
}

void
run_until(bool (*done)(void))
{
	until = done;
	timer_init(&look, on_look);
	timer_start(loop_timers(h.loop), &look, 0);
	deadline_ms = timers_now_ms(loop_timers(h.loop)) + 20000;
	loop_run(h.loop);
}

static bool
messages_came(void)
{
	return h.messages >= wanted;
}

static bool
conns_ended(void)
{
	return h.closed >= wanted;
}

static bool
second_look(void)
{
	return wanted-- == 0;
}

void
run_until_messages(size_t n)
{
	wanted = n;
	run_until(messages_came);
	run_once();
}

void
run_until_closed(size_t n)
{
	wanted = n;
	run_until(conns_ended);
}

void
run_once(void)
{
	wanted = 2;
	run_until(second_look);
}

int
peer_connect(int type, const struct addr *to)
{
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(to, &ss);
	struct timeval patience = {.tv_sec = 5};
	int fd = socket(ss.ss_family, type, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	assert_int_equal(connect(fd, (struct sockaddr *)&ss, len), 0);
	return fd;
}

void
peer_send(int fd, struct slice bytes)
{
	assert_int_equal(send(fd, bytes.p, bytes.n, MSG_NOSIGNAL), bytes.n);
}

void
peer_expect(int fd, struct slice expected)
{
	char got[65536];
	size_t n = 0;

	while (n < expected.n) {
		ssize_t r = recv(fd, got + n, sizeof got - n, 0);

		assert_true(r > 0);
		n += (size_t)r;
	}
	assert_int_equal(n, expected.n);
	assert_memory_equal(got, expected.p, n);
}

void
peer_expect_eof(int fd)
{
	char c;
	ssize_t r = recv(fd, &c, 1, 0);

	assert_true(r == 0 || (r < 0 && errno == ECONNRESET));
	close(fd);
}

int
peer_listen(struct addr *at)
{
	struct addr want = loopback(4);
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&want, &ss);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&ss, len), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&ss, at), ERR_OK);
	return fd;
}
