/*
 * What mixing and playing cost: bench_mix [SECONDS [ROOMS]]. For each codec two lines, with the CPU
 * time for one listener's packet of 20 ms and what the codec's library alone needs for it, in µs:
 *
 *	room CODEC ours library	   a member of a conference of ten, two of whom speak: his packet
 *				   heard, the room mixed, a packet made for him
 *	music CODEC ours library   one of many who wait and hear the same music
 *
 * The library's part is what cannot be had for less: one decoder a member, and one encoder for each
 * of the speakers and for all who are silent together; one encoder for all who hear music. Packets
 * are made and given away, but not sent: what the kernel takes for them is measured elsewhere.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "media/attendant_int.h"

enum {
	TICKS_PER_S = 1000 / FEED_TICK_MS,
	MEMBERS = 10, /* of a room */
	SPEAKERS = 2,
	WARM_TICKS = 2 * TICKS_PER_S, /* levels and buffers find themselves */
	PAYLOAD_TYPE = 100,
	NOISE = 8, /* of a room where nobody speaks */
};

/* What somebody says, a packet after the other. */
struct voice {
	size_t n;
	struct feed_packet *packet;
};

struct member {
	struct attendant *attendant;
	struct rtp_sent sent;
	struct rtp_head head;
	const struct voice *says;
};

struct bench {
	enum codec codec;
	struct voice speech, noise;
	struct room *room;
	struct player *player;
	struct player_control control;
	struct member *member;
	size_t n_rooms, n;
	uint64_t tick, packets;
};

static struct rng chance;

static void
die(const char *what)
{
	fprintf(stderr, "bench_mix: %s\n", what);
	exit(1);
}

static void *
need(size_t n, size_t bytes)
{
	void *p = calloc(n, bytes);

	if (!p)
		die("no memory");
	return p;
}

static double
cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* The rate at which the engine listens to that codec. */
static uint32_t
rate_of(enum codec codec)
{
	return codec_info(codec)->rate_hz > MEDIA_NARROW_HZ ? MEDIA_WIDE_HZ : MEDIA_NARROW_HZ;
}

/* ---- what is said ---- */

static int16_t
sample(uint64_t at, uint32_t rate_hz, bool speech)
{
	double t = (double)at / rate_hz, v = 0;

	if (!speech)
		return (int16_t)((int)rng_below(&chance, 2 * NOISE) - NOISE);
	for (int h = 1; h < 20; h++)
		v += sin(2 * M_PI * h * (120 * t + 3 * sin(2 * t))) / h;
	return (int16_t)(4000 * v * (0.6 + 0.4 * sin(5 * t)));
}

static struct voice
say(enum codec codec, size_t n, bool speech)
{
	uint32_t rate_hz = rate_of(codec);
	size_t frame = rate_hz / 1000 * FEED_TICK_MS;
	struct voice v = {n, need(n, sizeof *v.packet)};
	static int16_t pcm[CODER_SAMPLES_MAX];
	struct encoder *e;

	if (encoder_new(codec, rate_hz, &e) != ERR_OK)
		die("no encoder");
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < frame; k++)
			pcm[k] = sample(i * frame + k, rate_hz, speech);
		v.packet[i].packed.n = encoder_encode(e, pcm, frame, v.packet[i].payload);
	}
	encoder_free(e);
	return v;
}

/* ---- ours ---- */

static void
count(void *ctx, struct slice packet)
{
	++*(uint64_t *)ctx;
}

static void
speak_to_all(struct bench *b, uint64_t now_us)
{
	for (size_t i = 0; i < b->n; i++)
		attendant_speak(b->member[i].attendant, MEDIA_CALLER, &b->member[i].sent, b->tick,
		    now_us, count, &b->packets);
}

static void
hear_packet(struct bench *b, struct member *m, uint64_t now_us)
{
	const struct feed_packet *said = &m->says->packet[b->tick % m->says->n];
	unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];

	rtp_head_write(packet, &m->head);
	memcpy(packet + RTP_HEAD_BYTES, said->payload, said->packed.n);
	m->head.seq++;
	m->head.timestamp += codec_info(b->codec)->clock_hz / TICKS_PER_S;
	attendant_packet(m->attendant, MEDIA_CALLER,
	    slice_make(packet, RTP_HEAD_BYTES + said->packed.n), now_us);
}

/* As the media thread does it. */
static void
tick(struct bench *b)
{
	uint64_t now_us = ++b->tick * FEED_TICK_US;

	for (size_t i = 0; b->n_rooms && i < b->n; i++)
		hear_packet(b, &b->member[i], now_us);
	for (size_t i = 0; i < b->n_rooms; i++)
		room_begin(&b->room[i]);
	for (size_t i = 0; i < b->n; i++)
		attendant_hear(b->member[i].attendant, now_us);
	for (size_t i = 0; i < b->n_rooms; i++)
		room_record(&b->room[i]);
	speak_to_all(b, now_us);
}

static void
open_members(struct bench *b)
{
	struct media_format format = {PAYLOAD_TYPE, (uint8_t)b->codec};

	b->member = need(b->n, sizeof *b->member);
	for (size_t i = 0; i < b->n; i++) {
		struct member *m = &b->member[i];
		struct attendant_order order[MEDIA_SIDES] = {
		    {.what = {.in = {format}, .n_in = 1, .out = format}, .player = b->player}};

		if (b->n_rooms)
			order[MEDIA_CALLER].room = &b->room[i / MEMBERS];
		m->head = (struct rtp_head){.payload_type = PAYLOAD_TYPE, .ssrc = (uint32_t)i + 1};
		m->says = i % MEMBERS < SPEAKERS ? &b->speech : &b->noise;
		rtp_sent_init(&m->sent, &chance);
		if (attendant_follow(&m->attendant, order) != ERR_OK)
			die("no attendant");
	}
}

/* The two who should speak do, and nobody else, or it is not what is measured. */
static void
check_speakers(const struct bench *b)
{
	for (size_t i = 0; b->n_rooms && i < b->n; i++)
		if (b->member[i].attendant->side[MEDIA_CALLER].member.speaks !=
		    (i % MEMBERS < SPEAKERS))
			die("not those speak who should");
}

/* µs for a listener and a tick. */
static double
ours_us(struct bench *b, size_t ticks)
{
	double began;

	b->tick = 0;
	open_members(b);
	for (size_t i = 0; i < WARM_TICKS; i++)
		tick(b);
	check_speakers(b);
	b->packets = 0;
	began = cpu_us();
	for (size_t i = 0; i < ticks; i++)
		tick(b);
	began = cpu_us() - began;
	check_speakers(b);
	if (b->packets != ticks * b->n)
		die("packets are missing");
	for (size_t i = 0; i < b->n; i++)
		attendant_free(b->member[i].attendant);
	free(b->member);
	return began / (double)(ticks * b->n);
}

static double
room_us(struct bench *b, size_t ticks)
{
	double us;

	b->room = need(b->n_rooms, sizeof *b->room);
	for (size_t i = 0; i < b->n_rooms; i++)
		room_init(&b->room[i]);
	us = ours_us(b, ticks);
	for (size_t i = 0; i < b->n_rooms; i++)
		room_fini(&b->room[i]);
	free(b->room);
	return us;
}

static double
music_us(struct bench *b, size_t ticks)
{
	struct media_sound_params params = {
	    .tone = tone_find(slice_cstr("de"), TONE_DIAL), .shared = true};
	struct player player;
	double us;

	player_control_init(&b->control, 0);
	if (player_init(&player, &b->control, NULL, &params) != ERR_OK)
		die("no player");
	b->player = &player;
	b->n_rooms = 0;
	us = ours_us(b, ticks);
	b->player = NULL;
	player_fini(&player);
	return us;
}

/* ---- the library alone ---- */

static double
decode_us(enum codec codec, const struct voice *v, size_t n)
{
	static int16_t pcm[CODER_SAMPLES_MAX];
	struct decoder *d;
	double began;

	if (decoder_new(codec, rate_of(codec), &d) != ERR_OK)
		die("no decoder");
	began = cpu_us();
	for (size_t i = 0; i < n; i++) {
		const struct feed_packet *p = &v->packet[i % v->n];

		if (!decoder_decode(d, slice_make(p->payload, p->packed.n), pcm))
			die("a decoder failed");
	}
	began = cpu_us() - began;
	decoder_free(d);
	return began / (double)n;
}

static double
encode_us(enum codec codec, size_t n)
{
	static unsigned char payload[CODER_PAYLOAD_MAX];
	uint32_t rate_hz = rate_of(codec);
	size_t frame = rate_hz / 1000 * FEED_TICK_MS;
	int16_t *pcm = need(n * frame, sizeof *pcm);
	struct encoder *e;
	double began;

	for (size_t k = 0; k < n * frame; k++)
		pcm[k] = sample(k, rate_hz, true);
	if (encoder_new(codec, rate_hz, &e) != ERR_OK)
		die("no encoder");
	began = cpu_us();
	for (size_t i = 0; i < n; i++)
		if (!encoder_encode(e, pcm + i * frame, frame, payload))
			die("an encoder failed");
	began = cpu_us() - began;
	encoder_free(e);
	free(pcm);
	return began / (double)n;
}

static void
measure(enum codec codec, size_t ticks, size_t n_rooms)
{
	struct bench b = {.codec = codec, .n_rooms = n_rooms, .n = n_rooms * MEMBERS};
	double encode = encode_us(codec, ticks), library, ours;

	b.speech = say(codec, 10 * TICKS_PER_S, true);
	b.noise = say(codec, 10 * TICKS_PER_S, false);
	library = (SPEAKERS * decode_us(codec, &b.speech, ticks) +
		      (MEMBERS - SPEAKERS) * decode_us(codec, &b.noise, ticks) +
		      (SPEAKERS + 1) * encode) /
		  MEMBERS;
	ours = room_us(&b, ticks);
	printf("room %.*s %.3f %.3f\n", SLICE_FMT(codec_info(codec)->name), ours, library);
	ours = music_us(&b, ticks);
	printf("music %.*s %.3f %.3f\n", SLICE_FMT(codec_info(codec)->name), ours,
	    encode / (double)b.n);
	free(b.speech.packet);
	free(b.noise.packet);
}

int
main(int argc, char **argv)
{
	static const enum codec codecs[] = {CODEC_PCMA, CODEC_G722, CODEC_OPUS};
	size_t ticks = (size_t)(argc > 1 ? atoi(argv[1]) : 20) * TICKS_PER_S;
	size_t n_rooms = argc > 2 ? (size_t)atoi(argv[2]) : 50;

	if (!ticks || !n_rooms)
		die("bench_mix [SECONDS [ROOMS]]");
	rng_init_seed(&chance, 1);
	for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		measure(codecs[i], ticks, n_rooms);
	return 0;
}
