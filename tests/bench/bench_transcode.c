/*
 * What translating costs: bench_transcode [SECONDS_OF_VOICE]. For each pair of codecs one line: the
 * two names, CPU time of the transcoder for a packet of 20 ms there and back (the mean of both
 * directions), and what the codec's library alone needs for the same, in µs.
 *
 * What is said is a voice of harmonics and pauses, for codecs take longer over a voice than over a
 * tone.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "media/transcode_int.h"

enum { FRAME_MS = 20, PACKETS_PER_S = 1000 / FRAME_MS };

static struct transcode_room room;

static double
cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void
die(const char *what)
{
	fprintf(stderr, "bench_transcode: %s\n", what);
	exit(1);
}

/* n packets of a voice in that codec, each with its length before it. */
static unsigned char *
say(enum codec codec, size_t n)
{
	uint32_t rate_hz = codec_info(codec)->rate_hz;
	size_t frame = rate_hz / 1000 * FRAME_MS;
	unsigned char *all = malloc(n * (2 + CODER_PAYLOAD_MAX)), *p = all;
	static int16_t pcm[CODER_SAMPLES_MAX];
	struct encoder *e;
	uint64_t at = 0;

	if (!all || encoder_new(codec, rate_hz, &e) != ERR_OK)
		die("no memory");
	for (size_t i = 0; i < n; i++) {
		size_t bytes;

		for (size_t k = 0; k < frame; k++, at++) {
			double t = (double)at / rate_hz, v = 0;

			for (int h = 1; h < 20; h++)
				v += sin(2 * M_PI * h * (120 * t + 3 * sin(2 * t))) / h;
			pcm[k] = (int16_t)(4000 * v * fabs(sin(5 * t)));
		}
		bytes = encoder_encode(e, pcm, frame, p + 2);
		p[0] = (unsigned char)(bytes >> 8);
		p[1] = (unsigned char)bytes;
		p += 2 + bytes;
	}
	encoder_free(e);
	return all;
}

static void
count(void *ctx, struct slice packet)
{
	++*(size_t *)ctx;
}

static double
transcoder_us(enum codec in, enum codec out, const unsigned char *said, size_t n)
{
	struct media_translation what = {
	    .route = {{100, 101, (uint8_t)in, (uint8_t)out}}, .n_routes = 1};
	static unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];
	struct rtp_head head = {.payload_type = 100, .ssrc = 1};
	struct transcoder *t;
	struct rtp_sent listener;
	size_t sent = 0;
	struct rng rng;
	double began;

	rng_init_seed(&rng, 1);
	rtp_sent_init(&listener, &rng);
	if (transcoder_new(&what, &listener, &t) != ERR_OK)
		die("no transcoder");
	began = cpu_us();
	for (size_t i = 0; i < n; i++) {
		size_t bytes = (size_t)(said[0] << 8 | said[1]);

		rtp_head_write(packet, &head);
		memcpy(packet + RTP_HEAD_BYTES, said + 2, bytes);
		transcoder_packet(t, slice_make(packet, RTP_HEAD_BYTES + bytes),
		    i * FRAME_MS * 1000, &room, count, &sent);
		head.seq++;
		head.timestamp += codec_info(in)->clock_hz / 1000 * FRAME_MS;
		said += 2 + bytes;
	}
	began = cpu_us() - began;
	transcoder_free(t);
	if (sent < n - 1)
		die("packets are missing");
	return began / (double)n;
}

static double
library_us(enum codec in, enum codec out, const unsigned char *said, size_t n)
{
	uint32_t has = codec_info(in)->rate_hz, wants = codec_info(out)->rate_hz;
	uint32_t rate_hz = has < wants ? has : wants;
	static int16_t pcm[CODER_SAMPLES_MAX];
	static unsigned char payload[CODER_PAYLOAD_MAX];
	struct encoder *e;
	struct decoder *d;
	double began;

	if (encoder_new(out, rate_hz, &e) != ERR_OK || decoder_new(in, rate_hz, &d) != ERR_OK)
		die("no coders");
	began = cpu_us();
	for (size_t i = 0; i < n; i++) {
		size_t bytes = (size_t)(said[0] << 8 | said[1]);

		bytes = decoder_decode(d, slice_make(said + 2, bytes), pcm) == 0 ? 0 : bytes;
		if (!bytes || !encoder_encode(e, pcm, rate_hz / 1000 * FRAME_MS, payload))
			die("a codec failed");
		said += 2 + bytes;
	}
	began = cpu_us() - began;
	encoder_free(e);
	decoder_free(d);
	return began / (double)n;
}

int
main(int argc, char **argv)
{
	static const enum codec pairs[][2] = {{CODEC_PCMA, CODEC_PCMU}, {CODEC_PCMA, CODEC_G722},
	    {CODEC_PCMA, CODEC_OPUS}, {CODEC_PCMA, CODEC_GSM}, {CODEC_PCMA, CODEC_G729},
	    {CODEC_G722, CODEC_OPUS}};
	size_t n = (size_t)(argc > 1 ? atoi(argv[1]) : 100) * PACKETS_PER_S;

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		double ours = 0, library = 0;

		for (int back = 0; back < 2; back++) {
			enum codec in = pairs[i][back], out = pairs[i][!back];
			unsigned char *said = say(in, n);

			ours += transcoder_us(in, out, said, n) / 2;
			library += library_us(in, out, said, n) / 2;
			free(said);
		}
		printf("%.*s %.*s %.2f %.2f\n", SLICE_FMT(codec_info(pairs[i][0])->name),
		    SLICE_FMT(codec_info(pairs[i][1])->name), ours, library);
	}
	return 0;
}
