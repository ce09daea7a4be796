#include "relay_fixture.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/random.h"

static void
keep_event(void *ctx, const struct media_event *ev)
{
	struct relay_fixture *f = ctx;

	if (ev->kind == MEDIA_EV_STATS && !f->keeps_stats)
		return;
	assert_true(f->n_events < EVENTS_KEPT);
	f->events[f->n_events++] = *ev;
}

void
relay_start_at(struct relay_fixture *f, const struct media_relay_params *params)
{
	*f = (struct relay_fixture){0};
	assert_int_equal(loop_new(&f->loop), ERR_OK);
	assert_int_equal(media_relay_new(&f->media, f->loop, params), ERR_OK);
	f->media->on_event = keep_event;
	f->media->ctx = f;
}

void
relay_start(struct relay_fixture *f, uint32_t n_ports, uint32_t n_threads)
{
	uint16_t first = relay_free_ports(n_ports);

	relay_start_at(f, &(struct media_relay_params){
			      .port_min = first,
			      .port_max = (uint16_t)(first + n_ports - 1),
			      .n_threads = n_threads,
			      .pack_streams = 1,
			  });
}

void
relay_end(struct relay_fixture *f)
{
	media_relay_stop(f->media);
	loop_free(f->loop);
	media_relay_free(f->media);
}

static bool
port_is_free(uint16_t port)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), zero = 0;
	bool is_free;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero), 0);
	is_free = bind(fd, (struct sockaddr *)&to, sizeof to) == 0;
	close(fd);
	return is_free;
}

/* Tests run side by side: ports that are free when they are looked for may be another process's
 * a moment later. So each process has a block of its own, which it holds until it ends. Below the
 * ports that the kernel gives away, above those of a strowgerd that may be running here
 * (10000-20000) and of a_thousand_streams. */
enum { BLOCKS_FROM = 26000, BLOCK_PORTS = 128, BLOCKS = 38 };

static uint16_t
block_of_this_process(void)
{
	static uint16_t first;
	struct rng rng;

	if (first)
		return first;
	rng_init_system(&rng);
	for (int attempt = 0; attempt < 1000; attempt++) {
		struct sockaddr_un name = {.sun_family = AF_UNIX};
		uint32_t block = rng_below(&rng, BLOCKS);
		int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		assert_true(fd >= 0);
		/* abstract: the kernel forgets it with the process (unix(7)) */
		snprintf(
		    name.sun_path + 1, sizeof name.sun_path - 1, "strowger-test-ports-%u", block);
		if (bind(fd, (struct sockaddr *)&name, sizeof name) == 0) {
			first = (uint16_t)(BLOCKS_FROM + block * BLOCK_PORTS);
			return first;
		}
		close(fd);
	}
	fail_msg("no block of ports is free");
	return 0;
}

uint16_t
relay_free_ports(uint32_t n_ports)
{
	uint32_t block = block_of_this_process(), first = block, i = 0;

	for (; first + n_ports <= block + BLOCK_PORTS; first += 2) {
		while (i < n_ports && port_is_free((uint16_t)(first + i)))
			i++;
		if (i == n_ports)
			return (uint16_t)first;
		i = 0;
	}
	fail_msg("no %u free ports in a row from %u", n_ports, block);
	return 0;
}

struct wait {
	struct timer timer;
	struct relay_fixture *f;
	bool (*enough)(struct relay_fixture *f);
	uint64_t end_ms;
	bool came;
};

static void
look(struct timer *t)
{
	struct wait *w = container_of(t, struct wait, timer);

	w->came = w->enough(w->f);
	if (w->came || loop_now_ms(w->f->loop) > w->end_ms)
		loop_stop(w->f->loop);
	else
		timer_start(loop_timers(w->f->loop), t, 2);
}

bool
relay_run_until(struct relay_fixture *f, bool (*enough)(struct relay_fixture *f))
{
	struct wait w = {.f = f, .enough = enough};

	timer_init(&w.timer, look);
	timer_start(loop_timers(f->loop), &w.timer, 0);
	w.end_ms = timers_now_ms(loop_timers(f->loop)) + DEADLINE_MS;
	loop_run(f->loop);
	return w.came;
}

static size_t events_wanted;

static bool
events_came(struct relay_fixture *f)
{
	return f->n_events >= events_wanted;
}

void
relay_run_until_events(struct relay_fixture *f, size_t n)
{
	events_wanted = n;
	assert_true(relay_run_until(f, events_came));
}

const struct media_event *
relay_event(const struct relay_fixture *f, struct media_ref ref, enum media_event_kind kind)
{
	for (size_t i = f->n_events; i-- > 0;)
		if (f->events[i].ref.slot == ref.slot && f->events[i].ref.gen == ref.gen &&
		    f->events[i].kind == kind)
			return &f->events[i];
	return NULL;
}

struct media_relay_stats
relay_stats(const struct relay_fixture *f)
{
	struct media_relay_stats stats;

	media_relay_stats(f->media, &stats);
	return stats;
}

struct media_stats
relay_close_and_wait(struct relay_fixture *f, struct media_ref ref)
{
	media_stream_close(f->media, ref);
	relay_run_until_events(f, f->n_events + 1);
	assert_non_null(relay_event(f, ref, MEDIA_EV_CLOSED));
	return relay_event(f, ref, MEDIA_EV_CLOSED)->stats;
}

void
phone_open(struct phone *p, const char *ip)
{
	for (int i = 0; i < 2; i++) {
		struct sockaddr_storage ss;
		socklen_t length;

		assert_int_equal(addr_parse_ip(slice_cstr(ip), 0, &p->at[i]), ERR_OK);
		length = addr_to_sockaddr(&p->at[i], &ss);
		p->fd[i] = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		assert_true(p->fd[i] >= 0);
		assert_int_equal(bind(p->fd[i], (struct sockaddr *)&ss, length), 0);
		length = sizeof ss;
		assert_int_equal(getsockname(p->fd[i], (struct sockaddr *)&ss, &length), 0);
		assert_int_equal(addr_from_sockaddr((struct sockaddr *)&ss, &p->at[i]), ERR_OK);
	}
}

void
phone_close(struct phone *p)
{
	close(p->fd[0]);
	close(p->fd[1]);
}

struct media_peer
phone_peer(const struct phone *p)
{
	return (struct media_peer){
	    .rtp = p->at[0], .rtcp = p->at[1], .signalling = p->at[0], .send = true};
}

void
phone_send(const struct phone *p, int which, uint16_t port, struct slice packet)
{
	struct sockaddr_storage ss;
	struct addr to;
	socklen_t length;
	bool ip6 = p->at[which].family == 6;

	assert_int_equal(
	    addr_parse_ip(slice_cstr(ip6 ? "::1" : "127.0.0.1"), (uint16_t)(port + which), &to),
	    ERR_OK);
	length = addr_to_sockaddr(&to, &ss);
	assert_int_equal(
	    sendto(p->fd[which], packet.p, packet.n, 0, (struct sockaddr *)&ss, length), packet.n);
}

size_t
phone_receive(const struct phone *p, int which, unsigned char *out, size_t cap)
{
	struct pollfd poll_fd = {.fd = p->fd[which], .events = POLLIN};
	ssize_t n;

	if (poll(&poll_fd, 1, DEADLINE_MS) != 1)
		fail_msg("no packet came");
	n = recv(p->fd[which], out, cap, MSG_DONTWAIT);
	assert_true(n >= 0);
	return (size_t)n;
}

void
phone_expect(const struct phone *p, int which, struct slice packet)
{
	unsigned char got[4096];
	size_t n = phone_receive(p, which, got, sizeof got);

	assert_int_equal(n, packet.n);
	assert_memory_equal(got, packet.p, n);
}

void
phone_expect_nothing(const struct phone *p, int which)
{
	char byte;

	assert_int_equal(recv(p->fd[which], &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

struct slice
rtp_make(unsigned char *out, size_t n, uint32_t ssrc, uint16_t seq)
{
	uint32_t timestamp = seq * 160u;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(i * 7 + seq);
	out[0] = 0x80;
	out[1] = 8;
	out[2] = (unsigned char)(seq >> 8);
	out[3] = (unsigned char)seq;
	for (int i = 0; i < 4; i++) {
		out[4 + i] = (unsigned char)(timestamp >> (24 - 8 * i));
		out[8 + i] = (unsigned char)(ssrc >> (24 - 8 * i));
	}
	return slice_make(out, n);
}

struct media_ref
relay_connect(struct relay_fixture *f, const struct phone *caller, const struct phone *called,
    uint16_t port[MEDIA_SIDES])
{
	struct media_stream_params params = {
	    .family = {caller->at[0].family, called->at[0].family}, .user = 77};
	struct media_peer peers[] = {phone_peer(caller), phone_peer(called)};
	struct media_ref ref;

	assert_int_equal(media_stream_open(f->media, &params, &ref, port), ERR_OK);
	media_stream_set_peer(f->media, ref, MEDIA_CALLER, &peers[0]);
	media_stream_set_peer(f->media, ref, MEDIA_CALLED, &peers[1]);
	return ref;
}

struct media_ref
relay_start_call(
    struct relay_fixture *f, struct phone *caller, struct phone *called, uint16_t port[MEDIA_SIDES])
{
	relay_start(f, 4, 1);
	phone_open(caller, "127.0.0.1");
	phone_open(called, "127.0.0.1");
	return relay_connect(f, caller, called, port);
}

void
relay_end_call(struct relay_fixture *f, struct phone *caller, struct phone *called)
{
	phone_close(caller);
	phone_close(called);
	relay_end(f);
}
