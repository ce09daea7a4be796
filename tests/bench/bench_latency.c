/*
 * How much later a packet comes because it passes the relay: bench_latency [STREAMS [SECONDS
 * [THREADS]]]. Prints, in µs, the way through the relay and directly from socket to socket on
 * loopback, and how much longer the first one is: the median, 99 and 99.9 of 100, and the longest.
 *
 * Calls of two phones, 50 packets a second from each, spread evenly over the 20 ms. Each packet
 * carries the time at which it was sent; the listener, a thread that sleeps in epoll as a phone
 * does, takes the difference when it has read it. Sometimes a packet goes directly to a socket of
 * the listener instead: that way holds all that sending, waking and reading take without a relay.
 *
 * Only to every tenth call somebody listens: what comes to the others is dropped by the kernel, so
 * that the listener has time. They have the last core, media threads the others: the figures
 * are the relay's as long as none is saturated.
 */
#include <netinet/in.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "loop/thread.h"
#include "media/relay.h"

enum {
	PACKET_BYTES = 172,
	STAMP_AT = 12, /* behind the RTP header */
	FRAME_US = 20000,
	STREAMS_MAX = 3500,
	LISTEN_EVERY = 10, /* calls */
	DIRECT_EVERY = 50, /* so many packets through the relay, then one directly */
	WARM_FRAMES = 50,  /* not counted: sources are learned, buffers grow */
	READY_MAX = 64,
	LISTEN_MS = 100,
	STEP_NS = 200000, /* what is due is sent so often: a network card collects, too */
};

/* Sorted when all are there. */
struct ways {
	uint32_t *us;
	size_t n, max;
};

struct bench {
	struct loop *loop;
	struct media *media;
	uint32_t n_streams, seconds;
	struct phone {
		int fd;
		struct addr at;
	} (*phone)[MEDIA_SIDES];
	struct phone from, to; /* directly */
	int epoll_fd;
	_Atomic bool over;
	uint64_t sent;
	struct ways relayed, direct;
};

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t
clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Sender and listener have the last core for themselves, media threads the others. */
static void
live_on(bool last)
{
	static cpu_set_t ours;
	cpu_set_t cpus;
	int n = CPU_SETSIZE;

	if (!CPU_COUNT(&ours) && sched_getaffinity(0, sizeof ours, &ours) != 0)
		die("sched_getaffinity");
	while (!CPU_ISSET(n - 1, &ours))
		n--;
	cpus = ours;
	for (int i = 0; i < n && CPU_COUNT(&ours) > 1; i++)
		if ((i == n - 1) != last)
			CPU_CLR(i, &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus) != 0)
		die("sched_setaffinity");
}

/* ---- phones ---- */

static void
phone_open(struct bench *b, struct phone *p, uint16_t to_port, bool listens, bool direct)
{
	struct sockaddr_in me = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in to = me;
	socklen_t length = sizeof me;
	struct epoll_event ev = {.events = EPOLLIN};

	to.sin_port = htons(to_port);
	p->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&me, sizeof me) != 0 ||
	    getsockname(p->fd, (struct sockaddr *)&me, &length) != 0 ||
	    (to_port && connect(p->fd, (struct sockaddr *)&to, sizeof to) != 0) ||
	    addr_from_sockaddr((struct sockaddr *)&me, &p->at) != ERR_OK)
		die("phone");
	ev.data.u64 = (uint64_t)p->fd << 1 | direct;
	if (!listens)
		(void)setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &(int){0}, sizeof(int));
	if (listens && epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, p->fd, &ev) != 0)
		die("epoll");
}

static void
open_calls(struct bench *b)
{
	const struct media_stream_params params = {.family = {4, 4}, .timeout_ms = 60000};

	for (uint32_t i = 0; i < b->n_streams; i++) {
		uint16_t port[MEDIA_SIDES];
		struct media_ref ref;

		if (media_stream_open(b->media, &params, &ref, port) != ERR_OK)
			die("no ports left");
		for (unsigned side = 0; side < MEDIA_SIDES; side++) {
			struct phone *p = &b->phone[i][side];
			struct media_peer peer = {.send = true};

			phone_open(b, p, port[side], i % LISTEN_EVERY == 0, false);
			peer.rtp = peer.rtcp = peer.signalling = p->at;
			peer.rtcp.port++;
			media_stream_set_peer(b->media, ref, (enum media_side)side, &peer);
		}
	}
}

/* ---- listening ---- */

static void
note(struct ways *w, uint64_t ns)
{
	if (w->n < w->max)
		w->us[w->n++] = (uint32_t)(ns / 1000);
}

static void
hear(struct bench *b, uint64_t key)
{
	unsigned char packet[PACKET_BYTES];
	uint64_t stamp;

	while (recv((int)(key >> 1), packet, sizeof packet, MSG_DONTWAIT) == PACKET_BYTES) {
		memcpy(&stamp, packet + STAMP_AT, sizeof stamp);
		if (stamp)
			note(key & 1 ? &b->direct : &b->relayed, clock_ns() - stamp);
	}
}

static void
listen_to_all(void *ctx)
{
	struct bench *b = ctx;
	struct epoll_event ready[READY_MAX];
	int n = 0;

	while (n > 0 || !atomic_load(&b->over)) {
		n = epoll_wait(b->epoll_fd, ready, READY_MAX, LISTEN_MS);
		for (int i = 0; i < n; i++)
			hear(b, ready[i].data.u64);
	}
}

/* ---- speaking ---- */

static void
send_one(const struct phone *p, uint32_t frame)
{
	unsigned char packet[PACKET_BYTES] = {
	    0x80, 8, (unsigned char)(frame >> 8), (unsigned char)frame};
	uint64_t stamp = frame < WARM_FRAMES ? 0 : clock_ns();

	memcpy(packet + STAMP_AT, &stamp, sizeof stamp);
	if (send(p->fd, packet, sizeof packet, MSG_DONTWAIT) != PACKET_BYTES)
		die("send");
}

static void
talk(struct bench *b)
{
	uint64_t begin_ns = clock_ns(), done = 0, each = b->n_streams * MEDIA_SIDES;
	uint64_t all = each * b->seconds * (1000000 / FRAME_US);

	while (done < all) {
		uint64_t due = (clock_ns() - begin_ns) / 1000 * each / FRAME_US;

		for (; done < due && done < all; done++) {
			uint64_t i = done % each;
			uint32_t frame = (uint32_t)(done / each);

			send_one(&b->phone[i / MEDIA_SIDES][i % MEDIA_SIDES], frame);
			b->sent += frame >= WARM_FRAMES && i / MEDIA_SIDES % LISTEN_EVERY == 0;
			if (done % DIRECT_EVERY == 0)
				send_one(&b->from, frame);
		}
		nanosleep(&(struct timespec){.tv_nsec = STEP_NS}, NULL);
	}
}

/* ---- the figures ---- */

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t
within(const struct ways *w, size_t of_1000)
{
	return w->us[(w->n - 1) * of_1000 / 1000];
}

static void
print(struct bench *b)
{
	static const size_t of_1000[] = {500, 990, 999, 1000};
	uint32_t r[4], d[4];

	if (!b->relayed.n || !b->direct.n)
		die("nothing came");
	qsort(b->relayed.us, b->relayed.n, sizeof *b->relayed.us, by_size);
	qsort(b->direct.us, b->direct.n, sizeof *b->direct.us, by_size);
	for (int i = 0; i < 4; i++) {
		r[i] = within(&b->relayed, of_1000[i]);
		d[i] = within(&b->direct, of_1000[i]);
	}
	printf("relayed %u %u %u %u\n", r[0], r[1], r[2], r[3]);
	printf("direct %u %u %u %u\n", d[0], d[1], d[2], d[3]);
	printf("added %d %d %d %d\n", (int)(r[0] - d[0]), (int)(r[1] - d[1]), (int)(r[2] - d[2]),
	    (int)(r[3] - d[3]));
	printf("lost %lld\n", (long long)(b->sent - b->relayed.n));
}

static void
ways_init(struct ways *w, size_t max)
{
	w->max = max;
	w->us = malloc(max * sizeof *w->us);
	if (!w->us)
		die("memory");
}

static void
start(struct bench *b, uint32_t n_threads)
{
	struct media_relay_params params = {.port_min = 12000,
	    .port_max = 30000, /* others may have some of them */
	    .n_threads = n_threads,
	    .warm_streams = b->n_streams};
	uint64_t packets = (uint64_t)b->n_streams * MEDIA_SIDES * b->seconds * 50;

	ways_init(&b->relayed, packets);
	ways_init(&b->direct, packets / DIRECT_EVERY + 1);
	b->phone = calloc(b->n_streams, sizeof *b->phone);
	b->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!b->phone || b->epoll_fd < 0 || loop_new(&b->loop) != ERR_OK ||
	    media_relay_new(&b->media, b->loop, &params) != ERR_OK)
		die("start");
	phone_open(b, &b->to, 0, true, true);
	phone_open(b, &b->from, b->to.at.port, false, true);
	open_calls(b);
}

int
main(int argc, char **argv)
{
	static struct bench b;
	struct thread *listener;

	b.n_streams = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000;
	b.seconds = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 10;
	if (b.n_streams == 0 || b.n_streams > STREAMS_MAX || b.seconds < 2)
		return 2;
	log_set_level(LOG_WARN);
	live_on(false);
	start(&b, argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0);
	live_on(true);
	if (thread_start(&listener, "listener", listen_to_all, &b) != ERR_OK)
		die("thread");
	talk(&b);
	atomic_store(&b.over, true);
	thread_join(listener);
	print(&b);
	media_relay_stop(b.media);
	loop_free(b.loop);
	media_relay_free(b.media);
	return 0;
}
