/*
 * What forwarding costs, by the media threads and by the kernel: bench_fastpath [STREAMS [ROUNDS]].
 * Needs root (network namespaces, veth).
 *
 * Calls of two phones, 50 packets a second from each, every phone in one of two namespaces. All
 * runs in this process and its softirqs, so its CPU time and that of the ksoftirqd threads is the
 * price of everything: phones, wires, relay. Measured in turn, a second each, since other work on
 * the machine changes all prices; the medians count:
 *
 *   straight  the phones alone, on one wire between them
 *   router    two wires, and this machine routes: what a hop costs at least
 *   threads   two wires, and the media threads relay
 *   kernel    two wires, and the kernel relays
 *
 * The program's own time comes from the kernel's statistics (BPF_STATS_RUN_TIME). Goal: the relay
 * costs ten times less, beyond what is also paid when this machine only routes.
 */
#include <bpf/bpf.h>
#include <dirent.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../unit/media/wires.h"
#include "base/log.h"
#include "media/relay.h"
#include "phones.h"

enum { STREAMS_MAX = 3000, FIRST_PORT = 12000, ROUNDS_MAX = 100 };

/* One way from phone to phone. */
struct rig {
	const char *name;
	struct loop *loop;
	struct media *media; /* NULL: no relay */
	struct media_ref *ref;
	struct phone (*phone)[MEDIA_SIDES];
	uint32_t frame;
	struct phones_count count;
	uint64_t lost;
	double us[ROUNDS_MAX]; /* CPU a packet */
};

enum { STRAIGHT, ROUTER, THREADS, KERNEL, RIGS };

static struct rig rigs[RIGS] = {
    {.name = "straight"}, {.name = "router"}, {.name = "threads"}, {.name = "kernel"}};
static uint32_t n_streams = 200, n_rounds = 8;

static struct wire wire[MEDIA_SIDES] = {
    {.name = "phone-a", .ours = "10.1.0.1", .theirs = "10.1.0.2"},
    {.name = "phone-b", .ours = "10.2.0.1", .theirs = "10.2.0.2"},
};

/* Phones on one wire, without a relay between them. */
static struct wire straight = {.name = "straight", .ours = "10.3.0.1", .theirs = "10.3.0.2"};

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* CPU time of the threads called ksoftirqd/… */
static double
ksoftirqd_ns(void)
{
	DIR *all = opendir("/proc");
	struct dirent *one;
	double sum = 0;

	while (all && (one = readdir(all))) {
		char path[300], name[32] = "";
		unsigned long long ns = 0;
		FILE *f;

		if (one->d_name[0] < '0' || one->d_name[0] > '9')
			continue;
		snprintf(path, sizeof path, "/proc/%s/comm", one->d_name);
		if ((f = fopen(path, "r"))) {
			if (!fgets(name, sizeof name, f))
				name[0] = '\0';
			fclose(f);
		}
		if (strncmp(name, "ksoftirqd/", 10) != 0)
			continue;
		snprintf(path, sizeof path, "/proc/%s/schedstat", one->d_name);
		if ((f = fopen(path, "r"))) {
			if (fscanf(f, "%llu", &ns) == 1)
				sum += (double)ns;
			fclose(f);
		}
	}
	if (all)
		closedir(all);
	return sum;
}

static double
cpu_ns(void)
{
	return (double)clock_ns(CLOCK_PROCESS_CPUTIME_ID) + ksoftirqd_ns();
}

static struct addr
ip(const char *text, uint16_t port)
{
	struct addr a;

	if (addr_parse_ip(slice_cstr(text), port, &a) != ERR_OK)
		exit(1);
	return a;
}

/* Streams are spread evenly over the 20 ms, as phones are. */
static void
talk(struct rig *r, uint64_t ms)
{
	uint64_t begin_us = clock_ns(CLOCK_MONOTONIC) / 1000, done = 0, now_us;

	while ((now_us = clock_ns(CLOCK_MONOTONIC) / 1000) < begin_us + ms * 1000) {
		uint64_t due = (now_us - begin_us) * n_streams / PHONES_FRAME_US;

		for (; done < due; done++)
			phones_talk(r->phone[done % n_streams],
			    r->frame + (uint32_t)(done / n_streams), &r->count);
		poll(NULL, 0, 1);
	}
	r->frame += (uint32_t)(done / n_streams) + 1;
	poll(NULL, 0, 50);
	for (uint32_t k = 0; k < n_streams * MEDIA_SIDES; k++)
		phone_receive(&r->phone[k / MEDIA_SIDES][k % MEDIA_SIDES], &r->count);
}

static void
measure(struct rig *r, uint32_t round)
{
	double ns = cpu_ns();

	r->count = (struct phones_count){0};
	talk(r, 1000);
	if (r->count.received)
		r->us[round] = (cpu_ns() - ns) / 1e3 / (double)r->count.received;
	r->lost += r->count.sent - r->count.received;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(struct rig *r)
{
	qsort(r->us, n_rounds, sizeof r->us[0], by_size);
	return r->us[n_rounds / 2];
}

/* ---- the rigs ---- */

static void
open_at(struct phone *p, const char *at)
{
	struct addr a = ip(at, 0);

	phone_open(p, &a);
}

static void
lead_straight(struct rig *r)
{
	for (uint32_t i = 0; i < n_streams; i++) {
		struct phone *two = r->phone[i];

		open_at(&two[0], straight.ours);
		wires_go_to(&straight);
		open_at(&two[1], straight.theirs);
		wires_come_back();
		phone_point(&two[0], &two[1].at);
		phone_point(&two[1], &two[0].at);
	}
}

static void
open_phone(struct phone *p, unsigned side)
{
	wires_go_to(&wire[side]);
	open_at(p, wire[side].theirs);
	wires_come_back();
}

static void
lead_over_a_router(struct rig *r)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_forward", "w");

	if (!f || fputs("1\n", f) < 0 || fclose(f) != 0)
		phones_die("routing");
	for (uint32_t i = 0; i < n_streams; i++) {
		struct phone *two = r->phone[i];

		open_phone(&two[0], 0);
		open_phone(&two[1], 1);
		phone_point(&two[0], &two[1].at);
		phone_point(&two[1], &two[0].at);
	}
}

static void
lead_over_a_relay(struct rig *r, uint16_t first_port, enum media_fastpath how)
{
	const struct media_stream_params stream = {.family = {4, 4}, .timeout_ms = 3600000};
	struct media_relay_params params = {.port_min = first_port,
	    .port_max = (uint16_t)(first_port + 4 * n_streams + 3),
	    .warm_streams = n_streams,
	    .fastpath = how};

	if (loop_new(&r->loop) != ERR_OK || media_relay_new(&r->media, r->loop, &params) != ERR_OK)
		phones_die("start");
	for (uint32_t i = 0; i < n_streams; i++) {
		uint16_t port[MEDIA_SIDES];

		if (media_stream_open(r->media, &stream, &r->ref[i], port) != ERR_OK)
			phones_die("no ports left");
		for (unsigned side = 0; side < MEDIA_SIDES; side++) {
			struct phone *p = &r->phone[i][side];
			struct media_peer peer = {.send = true};
			struct addr to = ip(wire[side].ours, port[side]);

			open_phone(p, side);
			phone_point(p, &to);
			peer.rtp = peer.rtcp = peer.signalling = p->at;
			peer.rtcp.port++;
			media_stream_set_peer(r->media, r->ref[i], (enum media_side)side, &peer);
		}
	}
	talk(r, 2500); /* until the kernel has them all */
}

static void
set_up(void)
{
	for (int i = 0; i < RIGS; i++) {
		rigs[i].ref = calloc(n_streams, sizeof *rigs[i].ref);
		rigs[i].phone = calloc(n_streams, sizeof *rigs[i].phone);
		if (!rigs[i].ref || !rigs[i].phone)
			phones_die("memory");
	}
	lead_straight(&rigs[STRAIGHT]);
	lead_over_a_router(&rigs[ROUTER]);
	lead_over_a_relay(&rigs[THREADS], FIRST_PORT, MEDIA_FASTPATH_OFF);
	lead_over_a_relay(
	    &rigs[KERNEL], (uint16_t)(FIRST_PORT + 4 * n_streams + 4), MEDIA_FASTPATH_ON);
}

static void
take_down(void)
{
	for (int i = 0; i < RIGS; i++) {
		if (rigs[i].media) {
			media_relay_stop(rigs[i].media);
			loop_free(rigs[i].loop);
			media_relay_free(rigs[i].media);
		}
		free(rigs[i].ref);
		free(rigs[i].phone);
	}
}

/* What the kernel says the programs at the first interface have cost. */
static void
print_program(void)
{
	uint32_t id[8], n = 8, flags = 0;
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof info;
	int fd, stats = bpf_enable_stats(BPF_STATS_RUN_TIME);

	talk(&rigs[KERNEL], 2000);
	if (stats >= 0)
		close(stats);
	if (bpf_prog_query((int)if_nametoindex(wire[0].name), (enum bpf_attach_type)46, 0, &flags,
		id, &n) != 0 ||
	    n == 0 || (fd = bpf_prog_get_fd_by_id(id[0])) < 0)
		return;
	if (bpf_obj_get_info_by_fd(fd, &info, &bytes) == 0 && info.run_cnt)
		printf("the program itself: %.0f ns a run (with the clock that measures it)\n",
		    (double)info.run_time_ns / (double)info.run_cnt);
	close(fd);
}

static void
print_prices(const struct media_relay_stats *before)
{
	double us[RIGS];
	struct media_relay_stats stats;

	media_relay_stats(rigs[KERNEL].media, &stats);
	printf(
	    "%u streams, %u packets/s, %.1f %% of the last one's in the kernel; CPU a packet, of "
	    "the whole process and its softirqs:\n",
	    n_streams, n_streams * 100,
	    100.0 * (double)(stats.kernel_packets - before->kernel_packets) /
		(double)(stats.packets - before->packets));
	for (int i = 0; i < RIGS; i++) {
		us[i] = median(&rigs[i]);
		printf("%-9s %6.2f us (%llu lost)\n", rigs[i].name, us[i],
		    (unsigned long long)rigs[i].lost);
	}
	printf("above a straight wire: router %.2f us, threads %.2f us, kernel %.2f us (%.1f times "
	       "less)\nabove a router: threads %.2f us, kernel %.2f us\n",
	    us[ROUTER] - us[STRAIGHT], us[THREADS] - us[STRAIGHT], us[KERNEL] - us[STRAIGHT],
	    (us[THREADS] - us[STRAIGHT]) / (us[KERNEL] - us[STRAIGHT]), us[THREADS] - us[ROUTER],
	    us[KERNEL] - us[ROUTER]);
}

int
main(int argc, char **argv)
{
	struct media_relay_stats before;
	char why[128];

	if (argc > 1)
		n_streams = (uint32_t)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		n_rounds = (uint32_t)strtoul(argv[2], NULL, 10);
	if (n_streams == 0 || n_streams > STREAMS_MAX || n_rounds == 0 || n_rounds > ROUNDS_MAX)
		return 2;
	if (!wires_enter(why, sizeof why) || !wires_lay(&wire[0]) || !wires_lay(&wire[1]) ||
	    !wires_lay(&straight))
		phones_die("networks of our own");
	log_set_level(LOG_WARN);
	set_up();
	poll(NULL, 0, 600); /* the kernel's figures are known twice a second */
	media_relay_stats(rigs[KERNEL].media, &before);
	for (uint32_t round = 0; round < n_rounds; round++)
		for (int i = 0; i < RIGS; i++)
			measure(&rigs[i], round);
	poll(NULL, 0, 600);
	print_prices(&before);
	print_program();
	take_down();
	return 0;
}
