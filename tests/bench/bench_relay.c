/*
 * What the relay costs: bench_relay [STREAMS [SECONDS [THREADS [LOCAL [keys]]]]]. LOCAL: the
 * relay's IPv4 address for its phones; 127.0.0.1 (the kernel's choice of a source) unless told.
 * keys: those of all phones are watched, as in calls of users with codes.
 *
 * Calls of two phones, 50 packets a second from each, on loopback. Counted is the
 * CPU time of the media threads only (/proc/self/task/.../schedstat), divided by
 * the packets they forwarded; and of the signalling thread for opening, steering
 * and closing a stream with a warm pool.
 *
 * Goals: 5 us a packet (the kernel alone takes about 3 for receive and send),
 * 2 us for opening a stream.
 */
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "loop/thread.h"
#include "media/relay.h"
#include "phones.h"

enum { OPENS = 500, STREAMS_MAX = 3500 };

struct bench {
	struct loop *loop;
	struct media *media;
	uint32_t n_streams, seconds;
	struct media_ref *ref;
	struct phone (*phone)[MEDIA_SIDES];
	struct addr local;
	bool keys;
	struct phones_count count;
};

static uint64_t
clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* CPU time of the threads called media-…, in ns. */
static uint64_t
media_cpu_ns(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	uint64_t sum = 0;

	while (tasks && (task = readdir(tasks))) {
		char path[300], name[32] = "";
		unsigned long long ns = 0;
		FILE *f;

		snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
		if ((f = fopen(path, "r"))) {
			if (!fgets(name, sizeof name, f))
				name[0] = '\0';
			fclose(f);
		}
		snprintf(path, sizeof path, "/proc/self/task/%s/schedstat", task->d_name);
		if (strncmp(name, "media-", 6) == 0 && (f = fopen(path, "r"))) {
			if (fscanf(f, "%llu", &ns) == 1)
				sum += ns;
			fclose(f);
		}
	}
	if (tasks)
		closedir(tasks);
	return sum;
}

static void
open_calls(struct bench *b)
{
	const struct media_stream_params params = {.family = {4, 4}, .timeout_ms = 60000};
	const struct media_service watched = {
	    .in = {{101, CODEC_EVENT_8}}, .n_in = 1, .listening = {.keys = true}};
	const struct addr here = {.family = 4, .ip = {127, 0, 0, 1}};

	for (uint32_t i = 0; i < b->n_streams; i++) {
		uint16_t port[MEDIA_SIDES];

		if (media_stream_open(b->media, &params, &b->ref[i], port) != ERR_OK)
			phones_die("no ports left");
		for (unsigned side = 0; side < MEDIA_SIDES; side++) {
			struct phone *p = &b->phone[i][side];
			struct media_peer peer = {.send = true, .local = {b->local}};
			struct addr to = b->local;

			to.port = port[side];
			phone_open(p, &here);
			phone_point(p, &to);
			peer.rtp = peer.rtcp = peer.signalling = p->at;
			peer.rtcp.port++;
			media_stream_set_peer(b->media, b->ref[i], (enum media_side)side, &peer);
			if (b->keys && media_stream_serve(b->media, b->ref[i],
					   (enum media_side)side, &watched) != ERR_OK)
				phones_die("no memory");
		}
	}
}

/* Streams are spread evenly over the 20 ms, as phones are. */
static void
talk(struct bench *b)
{
	uint64_t begin_us = clock_us(CLOCK_MONOTONIC), now_us, done = 0;
	uint64_t end_us = begin_us + b->seconds * 1000000ull;

	while ((now_us = clock_us(CLOCK_MONOTONIC)) < end_us) {
		uint64_t due = (now_us - begin_us) * b->n_streams / PHONES_FRAME_US;

		for (; done < due; done++)
			phones_talk(b->phone[done % b->n_streams], (uint32_t)(done / b->n_streams),
			    &b->count);
		poll(NULL, 0, 1);
	}
	for (int i = 0; i < 40 && b->count.received < b->count.sent; i++) {
		poll(NULL, 0, 50);
		for (uint32_t k = 0; k < b->n_streams * MEDIA_SIDES; k++)
			phone_receive(&b->phone[k / MEDIA_SIDES][k % MEDIA_SIDES], &b->count);
	}
}

static void
measure_packets(struct bench *b)
{
	struct media_relay_stats before, after;
	uint64_t cpu_ns = media_cpu_ns(), packets;

	media_relay_stats(b->media, &before);
	talk(b);
	cpu_ns = media_cpu_ns() - cpu_ns;
	media_relay_stats(b->media, &after);
	packets = after.packets - before.packets;
	printf("%u streams: %.0f packets/s, %.2f us CPU a packet, %.3f cores, lost %llu of %llu\n",
	    b->n_streams, (double)packets / b->seconds,
	    packets ? (double)cpu_ns / 1e3 / (double)packets : 0, (double)cpu_ns / 1e9 / b->seconds,
	    (unsigned long long)(b->count.sent - b->count.received),
	    (unsigned long long)b->count.sent);
}

/* While the others talk: what a call costs the signalling thread. */
static void
measure_signalling(struct bench *b)
{
	const struct media_stream_params params = {.family = {4, 4}, .timeout_ms = 60000};
	struct media_peer peer = {
	    .rtp = b->phone[0][0].at, .rtcp = b->phone[0][1].at, .send = true};
	static struct media_ref ref[OPENS];
	uint16_t port[MEDIA_SIDES];
	uint64_t us[4];

	us[0] = clock_us(CLOCK_THREAD_CPUTIME_ID);
	for (int i = 0; i < OPENS; i++)
		if (media_stream_open(b->media, &params, &ref[i], port) != ERR_OK)
			phones_die("no ports left");
	us[1] = clock_us(CLOCK_THREAD_CPUTIME_ID);
	for (int i = 0; i < OPENS; i++) {
		media_stream_set_peer(b->media, ref[i], MEDIA_CALLER, &peer);
		media_stream_set_peer(b->media, ref[i], MEDIA_CALLED, &peer);
	}
	us[2] = clock_us(CLOCK_THREAD_CPUTIME_ID);
	for (int i = 0; i < OPENS; i++)
		media_stream_close(b->media, ref[i]);
	us[3] = clock_us(CLOCK_THREAD_CPUTIME_ID);
	printf("signalling thread: open %.2f us, set_peer %.2f us, close %.2f us\n",
	    (double)(us[1] - us[0]) / OPENS, (double)(us[2] - us[1]) / OPENS / 2,
	    (double)(us[3] - us[2]) / OPENS);
}

int
main(int argc, char **argv)
{
	struct bench b = {
	    .n_streams = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100,
	    .seconds = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 5,
	};
	struct media_relay_params params = {
	    .port_min = 12000,
	    .port_max = 30000, /* others may have some of them */
	    .n_threads = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 0,
	};

	if (addr_parse_ip(slice_cstr(argc > 4 ? argv[4] : "127.0.0.1"), 0, &b.local) != ERR_OK ||
	    b.local.family != 4 || b.n_streams == 0 || b.n_streams > STREAMS_MAX || b.seconds == 0)
		return 2;
	b.keys = argc > 5 && strcmp(argv[5], "keys") == 0;
	params.warm_streams = b.n_streams + OPENS;
	log_set_level(LOG_WARN);
	b.ref = calloc(b.n_streams, sizeof *b.ref);
	b.phone = calloc(b.n_streams, sizeof *b.phone);
	if (!b.ref || !b.phone || loop_new(&b.loop) != ERR_OK ||
	    media_relay_new(&b.media, b.loop, &params) != ERR_OK)
		phones_die("start");
	open_calls(&b);
	measure_packets(&b);
	measure_signalling(&b);
	media_relay_stop(b.media);
	loop_free(b.loop);
	media_relay_free(b.media);
	free(b.ref);
	free(b.phone);
	return 0;
}
