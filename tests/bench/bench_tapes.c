/*
 * What recording to the disk and playing from it cost: bench_tapes [SECONDS [STREAMS [FOLDER]]]. So
 * many phones speak G.711 into files of their own, then as many hear one each, as mailboxes have
 * them; by the clock, for the disk is real. Two lines, with the CPU time of all threads for a
 * phone's packet of 20 ms, in µs, and how many ticks the disk was late:
 *
 *	record us late
 *	play us late
 *
 * Packets are made and given away, but not sent or received: what the kernel takes for them is
 * measured elsewhere.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "media/attendant_int.h"

enum { TICKS_PER_S = 1000 / FEED_TICK_MS, PAYLOAD_TYPE = 8, PATH_BYTES = 4096 };

struct phone {
	char path[PATH_BYTES];
	struct attendant *attendant;
	struct player_control control;
	struct player player;
	struct rtp_sent sent;
	struct rtp_head head;
	struct recorder *recorder;
};

static const struct media_format format = {PAYLOAD_TYPE, CODEC_PCMA};
static struct rng chance;
static struct tapes *tapes;
static struct phone *phone;
static size_t phones;
static uint64_t given;

static void
die(const char *what)
{
	fprintf(stderr, "bench_tapes: %s\n", what);
	exit(1);
}

static double
cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* recorder, player: NULL: nothing of the kind. */
static void
follow(struct phone *p, struct recorder *recorder, struct player *player)
{
	struct attendant_order order[MEDIA_SIDES] = {
	    {.what = {.in = {format}, .n_in = 1, .out = format},
		.recorder = recorder,
		.player = player}};

	rtp_sent_init(&p->sent, &chance);
	if (attendant_follow(&p->attendant, order) != ERR_OK)
		die("no attendant");
}

static void
open_recorder(struct phone *p)
{
	struct tape_out_params params = {
	    .path = p->path, .rate_hz = MEDIA_NARROW_HZ, .channels = 1};
	struct tape_out *tape;

	if (tape_out_new(tapes, &params, &tape) != ERR_OK ||
	    recorder_new(tape, params.rate_hz, false, &p->recorder) != ERR_OK)
		die("no recording");
}

static void
open_player(struct phone *p)
{
	const char *path = p->path;
	struct media_sound_params params = {
	    .paths = &path, .n_paths = 1, .loop = true, .rate_hz = MEDIA_NARROW_HZ};

	player_control_init(&p->control, 0);
	if (player_init(&p->player, &p->control, tapes, &params) != ERR_OK)
		die("no player");
}

static void
count(void *ctx, struct slice packet)
{
	given++;
}

/* A tone, in A-law. */
static void
speak(struct phone *p, uint64_t now_us)
{
	static unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];
	static size_t n;

	if (!n) {
		static int16_t pcm[CODER_SAMPLES_MAX];
		size_t frame = MEDIA_NARROW_HZ / TICKS_PER_S;
		struct encoder *e;

		for (size_t k = 0; k < frame; k++)
			pcm[k] =
			    (int16_t)(8000 * sin(2 * M_PI * 400 * (double)k / MEDIA_NARROW_HZ));
		if (encoder_new(CODEC_PCMA, MEDIA_NARROW_HZ, &e) != ERR_OK)
			die("no encoder");
		n = encoder_encode(e, pcm, frame, packet + RTP_HEAD_BYTES);
		encoder_free(e);
	}
	rtp_head_write(packet, &p->head);
	p->head.seq++;
	p->head.timestamp += MEDIA_NARROW_HZ / TICKS_PER_S;
	attendant_packet(
	    p->attendant, MEDIA_CALLER, slice_make(packet, RTP_HEAD_BYTES + n), now_us);
}

/* µs for a phone and a tick. */
static double
run(size_t ticks, bool speaks)
{
	struct timespec next;
	double began = cpu_us();

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (uint64_t tick = 1; tick <= ticks; tick++) {
		uint64_t now_us = tick * FEED_TICK_US;

		for (size_t i = 0; i < phones; i++) {
			if (speaks)
				speak(&phone[i], now_us);
			attendant_hear(phone[i].attendant, now_us);
		}
		for (size_t i = 0; i < phones; i++)
			attendant_speak(phone[i].attendant, MEDIA_CALLER, &phone[i].sent, tick,
			    now_us, count, NULL);
		next.tv_nsec += FEED_TICK_MS * 1000000L;
		next.tv_sec += next.tv_nsec / 1000000000L;
		next.tv_nsec %= 1000000000L;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	return (cpu_us() - began) / (double)(ticks * phones);
}

static void
measure_recording(size_t ticks)
{
	uint64_t dropped = 0;
	double us;

	for (size_t i = 0; i < phones; i++) {
		phone[i].head =
		    (struct rtp_head){.payload_type = PAYLOAD_TYPE, .ssrc = (uint32_t)i + 1};
		open_recorder(&phone[i]);
		follow(&phone[i], phone[i].recorder, NULL);
	}
	us = run(ticks, true);
	for (size_t i = 0; i < phones; i++) {
		struct recorder *r = phone[i].recorder;

		if (!r->tape || tape_out_failed(r->tape) != ERR_OK)
			die("a file could not be written");
		dropped += tape_out_dropped(r->tape);
		follow(&phone[i], NULL, NULL);
		recorder_free(r);
	}
	printf("record %.3f %.0f\n", us, (double)dropped / ((double)MEDIA_NARROW_HZ / TICKS_PER_S));
}

static void
measure_playing(size_t ticks)
{
	double us;

	for (size_t i = 0; i < phones; i++) {
		open_player(&phone[i]);
		follow(&phone[i], NULL, &phone[i].player);
	}
	(void)run(TICKS_PER_S, false); /* the first sounds are read */
	given = 0;
	us = run(ticks, false);
	printf("play %.3f %lld\n", us, (long long)(ticks * phones) - (long long)given);
	for (size_t i = 0; i < phones; i++) {
		follow(&phone[i], NULL, NULL);
		player_fini(&phone[i].player);
	}
}

int
main(int argc, char **argv)
{
	size_t ticks = (size_t)(argc > 1 ? atoi(argv[1]) : 10) * TICKS_PER_S;
	char folder[PATH_BYTES - 64];

	phones = argc > 2 ? (size_t)atoi(argv[2]) : 1000;
	snprintf(folder, sizeof folder, "%s/tapes-XXXXXX", argc > 3 ? argv[3] : "/var/tmp");
	phone = calloc(phones, sizeof *phone);
	if (!ticks || !phones || !phone || !mkdtemp(folder) || tapes_new(&tapes) != ERR_OK)
		die("bench_tapes [SECONDS [STREAMS [FOLDER]]]");
	rng_init_seed(&chance, 1);
	for (size_t i = 0; i < phones; i++)
		snprintf(phone[i].path, sizeof phone[i].path, "%s/%zu.wav", folder, i);
	measure_recording(ticks);
	tapes_free(tapes); /* all is on the disk */
	if (tapes_new(&tapes) != ERR_OK)
		die("no thread for files");
	measure_playing(ticks);
	tapes_free(tapes);
	for (size_t i = 0; i < phones; i++)
		unlink(phone[i].path);
	rmdir(folder);
	free(phone);
	return 0;
}
