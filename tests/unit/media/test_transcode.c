/* media/transcode.c: what one side says in its codec, the other hears in its own. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/transcode_int.h"
#include "sound/resample.h"
#include "voice.h"

enum {
	SECONDS = 2,
	PT_IN = 100,
	PT_OUT = 110,
	PT_EVENT_IN = 101,
	PT_EVENT_OUT = 96,
	SSRC_IN = 0x1234,
	PACKETS_MAX = 4000,
};

struct sent {
	struct rtp_head head;
	size_t n;
	unsigned char payload[CODER_PAYLOAD_MAX];
};

/* A talker with a codec, the transcoder, and who listens. */
struct line {
	enum codec in, out;
	uint32_t ptime_in_ms;
	struct transcoder *t;
	uint16_t seq;
	uint32_t timestamp;
	uint64_t now_us;
	struct rtp_sent to_listener;
	struct sent *sent; /* what came out */
	size_t n_sent;
};

static struct transcode_room room;

static uint32_t
clock_hz(enum codec codec)
{
	return codec_info(codec)->clock_hz;
}

static enum codec
keys(enum codec voice)
{
	return codec_find(SLICE("telephone-event"), clock_hz(voice), 1);
}

static enum err
line_connect(struct line *l, const struct media_translation *what)
{
	struct rng rng;

	rng_init_seed(&rng, 7);
	rtp_sent_init(&l->to_listener, &rng);
	return transcoder_new(what, &l->to_listener, &l->t);
}

static void
line_open(struct line *l, enum codec in, enum codec out, uint32_t ptime_out_ms)
{
	struct media_translation what = {
	    .route = {{PT_IN, PT_OUT, in, out}, {PT_EVENT_IN, PT_EVENT_OUT, keys(in), keys(out)}},
	    .n_routes = 2,
	    .ptime_ms = (uint8_t)ptime_out_ms};

	*l = (struct line){.in = in,
	    .out = out,
	    .ptime_in_ms = codec_ptime(in, 20),
	    .seq = 65530,
	    .timestamp = 0xffffff00,
	    .now_us = 1000000,
	    .sent = calloc(PACKETS_MAX, sizeof *l->sent)};
	assert_int_equal(line_connect(l, &what), ERR_OK);
}

static void
line_close(struct line *l)
{
	transcoder_free(l->t);
	free(l->sent);
}

static void
on_sent(void *ctx, struct slice packet)
{
	struct line *l = ctx;
	struct sent *s = &l->sent[l->n_sent++];
	struct slice payload = rtp_payload(packet);

	assert_true(l->n_sent <= PACKETS_MAX);
	assert_int_equal(rtp_classify(packet, false), RTP_KIND_RTP);
	s->head = rtp_head_of(packet);
	s->n = payload.n;
	assert_in_range(payload.n, 1, CODER_PAYLOAD_MAX);
	memcpy(s->payload, payload.p, payload.n);
}

static void
put(struct line *l, const struct rtp_head *head, struct slice payload)
{
	unsigned char *packet = malloc(RTP_HEAD_BYTES + payload.n);

	rtp_head_write(packet, head);
	memcpy(packet + RTP_HEAD_BYTES, payload.p, payload.n);
	transcoder_packet(
	    l->t, slice_make(packet, RTP_HEAD_BYTES + payload.n), l->now_us, &room, on_sent, l);
	free(packet);
}

static struct rtp_head
head_of(const struct line *l, uint8_t payload_type)
{
	return (struct rtp_head){.payload_type = payload_type,
	    .seq = l->seq,
	    .timestamp = l->timestamp,
	    .ssrc = SSRC_IN};
}

/* Moves on by a packet of the talker. */
static void
pass_time(struct line *l, uint32_t ms)
{
	l->now_us += ms * 1000;
	l->timestamp += clock_hz(l->in) / 1000 * ms;
}

/* Says pcm, sampled at the talker's own rate. skip: which packets get lost; NULL = none. */
static void
say(struct line *l, const int16_t *pcm, size_t n, bool (*lost)(size_t i))
{
	uint32_t own_hz = codec_info(l->in)->rate_hz;
	size_t frame = own_hz / 1000 * l->ptime_in_ms;
	unsigned char payload[CODER_PAYLOAD_MAX];
	struct encoder *e;

	assert_int_equal(encoder_new(l->in, own_hz, &e), ERR_OK);
	for (size_t at = 0, i = 0; at + frame <= n; at += frame, i++) {
		size_t bytes = encoder_encode(e, pcm + at, frame, payload);
		struct rtp_head head = head_of(l, PT_IN);

		if (!lost || !lost(i))
			put(l, &head, slice_make(payload, bytes));
		l->seq++;
		pass_time(l, l->ptime_in_ms);
	}
	encoder_free(e);
}

/* What the listener hears at his own rate, each packet at the place its timestamp says; the
 * place of the first is the beginning. */
static size_t
listen(const struct line *l, int16_t *pcm, size_t cap)
{
	uint32_t own_hz = codec_info(l->out)->rate_hz;
	static int16_t frame[CODER_SAMPLES_MAX];
	struct decoder *d;
	size_t end = 0;

	memset(pcm, 0, cap * sizeof *pcm);
	assert_int_equal(decoder_new(l->out, own_hz, &d), ERR_OK);
	for (size_t i = 0; i < l->n_sent; i++) {
		const struct sent *s = &l->sent[i];
		uint32_t ticks = s->head.timestamp - l->sent[0].head.timestamp;
		size_t at = (size_t)((uint64_t)ticks * own_hz / clock_hz(l->out)), n;

		if (s->head.payload_type != PT_OUT)
			continue;
		n = decoder_decode(d, slice_make(s->payload, s->n), frame);
		assert_true(n > 0);
		if (at + n > cap)
			n = at < cap ? cap - at : 0;
		memcpy(pcm + at, frame, n * sizeof *pcm);
		end = at + n;
	}
	decoder_free(d);
	return end;
}

/* As finely as delays are compared; the filter's own delay is a millisecond. */
static int16_t *
at_48_khz(const int16_t *pcm, size_t n, uint32_t from_hz)
{
	size_t m = n * (48000 / from_hz);
	int16_t *out = calloc(m, sizeof *out);
	struct resampler *r;

	if (from_hz == 48000) {
		memcpy(out, pcm, m * sizeof *out);
		return out;
	}
	assert_int_equal(resampler_new(from_hz, 48000, &r), ERR_OK);
	assert_int_equal(resampler_run(r, pcm, n, out, m), m);
	resampler_free(r);
	return out;
}

static double
bound(enum codec codec)
{
	switch (codec) {
	case CODEC_OPUS: return 0.94;
	case CODEC_GSM: return 0.95;
	case CODEC_G729: return 0.88;
	default: return 0.985;
	}
}

/* Of the codec itself: look-ahead and filters. */
static double
delay_ms(enum codec codec)
{
	return codec == CODEC_G729 ? 5.5 : codec == CODEC_OPUS ? 7 : 1.5;
}

enum { DELAY_MAX_MS = 40 };

static void
one_reaches_the_other(enum codec in, enum codec out)
{
	uint32_t in_hz = codec_info(in)->rate_hz, out_hz = codec_info(out)->rate_hz;
	size_t n = in_hz * SECONDS, m = out_hz * SECONDS, c = (size_t)48000 * SECONDS;
	int16_t *said = malloc(n * sizeof *said), *heard = malloc(m * sizeof *heard);
	int16_t *fine = malloc(c * sizeof *fine), *heard_fine;
	struct voice_heard h;
	struct line l;

	line_open(&l, in, out, 0);
	voice_make(said, n, in_hz, false);
	voice_make(fine, c, 48000, false);
	say(&l, said, n, NULL);
	m = listen(&l, heard, m);
	assert_true(m >= (size_t)out_hz * SECONDS - out_hz / 50);
	heard_fine = at_48_khz(heard, m, out_hz);
	h = voice_compare(fine, heard_fine, (size_t)48000, 48000, DELAY_MAX_MS);
	if (getenv("SHOW"))
		printf("%.*s%u -> %.*s%u: %.4f, %.1f ms\n", SLICE_FMT(codec_info(in)->name), in_hz,
		    SLICE_FMT(codec_info(out)->name), out_hz, h.correlation, h.delay_ms);
	if (h.correlation < bound(in) * bound(out) || h.delay_ms > delay_ms(in) + delay_ms(out) + 4)
		fail_msg("%.*s %u to %.*s %u: %.4f after %.1f ms", SLICE_FMT(codec_info(in)->name),
		    in_hz, SLICE_FMT(codec_info(out)->name), out_hz, h.correlation, h.delay_ms);
	/* no clicks: joins are not steeper than speech */
	assert_true(voice_largest_step(heard_fine, m * (48000 / out_hz)) <
		    voice_largest_step(fine, c) * 3 / 2);
	assert_int_equal(transcoder_stats(l.t)->late, 0);
	assert_int_equal(transcoder_stats(l.t)->alien, 0);
	assert_int_equal(transcoder_stats(l.t)->concealed_ms, 0);
	line_close(&l);
	free(said);
	free(heard);
	free(fine);
	free(heard_fine);
}

static void
each_codec_reaches_each_other(void **state)
{
	for (enum codec in = CODEC_PCMA; in < CODEC_EVENT_8; in++)
		for (enum codec out = CODEC_PCMA; out < CODEC_EVENT_8; out++)
			if (in != out)
				one_reaches_the_other(in, out);
}

/* Esses pass where both have wide-band. */
static void
wide_band_stays_wide(void **state)
{
	static const enum codec wide[] = {CODEC_G722, CODEC_OPUS, CODEC_L16_16, CODEC_L16_48};

	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 4; k++) {
			uint32_t in_hz = codec_info(wide[i])->rate_hz;
			uint32_t out_hz = codec_info(wide[k])->rate_hz;
			size_t n = in_hz * SECONDS, m = out_hz * SECONDS;
			int16_t *said = malloc(n * sizeof *said),
				*heard = malloc(m * sizeof *heard),
				*same = malloc(m * sizeof *same);
			struct line l;
			double before, after;

			voice_make(said, n, in_hz, true);
			line_open(&l, wide[i], wide[k], 0);
			say(&l, said, n, NULL);
			m = listen(&l, heard, m);
			voice_make(same, m, out_hz, true);
			before = voice_share_above(same, m, out_hz, 4500);
			after = voice_share_above(heard, m, out_hz, 4500);
			if (after < before * 0.35 || after > before * 1.3)
				fail_msg(
				    "%u Hz to %u Hz: %.3f of %.3f", in_hz, out_hz, after, before);
			line_close(&l);
			free(said);
			free(heard);
			free(same);
		}
}

/* Sequence numbers without holes, timestamps that add up, one SSRC, the marker once. */
static void
what_goes_out_is_a_stream(void **state)
{
	static const uint32_t ptimes_ms[] = {10, 20, 30, 40, 60};
	static int16_t said[8000 * SECONDS];

	voice_make(said, 8000 * SECONDS, 8000, false);
	for (size_t p = 0; p < 5; p++) {
		struct line l;

		line_open(&l, CODEC_PCMA, CODEC_PCMU, ptimes_ms[p]);
		say(&l, said, 8000 * SECONDS, NULL);
		assert_int_equal(l.n_sent, SECONDS * 1000 / ptimes_ms[p]);
		for (size_t i = 0; i < l.n_sent; i++) {
			const struct rtp_head *h = &l.sent[i].head;

			assert_int_equal(h->payload_type, PT_OUT);
			assert_int_equal(h->marker, i == 0);
			assert_int_equal(h->ssrc, l.to_listener.ssrc);
			assert_int_equal(h->seq, (uint16_t)(l.sent[0].head.seq + i));
			assert_int_equal(h->timestamp,
			    (uint32_t)(l.sent[0].head.timestamp + i * ptimes_ms[p] * 8));
			assert_int_equal(l.sent[i].n, ptimes_ms[p] * 8);
		}
		assert_int_equal(l.to_listener.packets, l.n_sent);
		assert_int_equal(l.to_listener.bytes, l.n_sent * ptimes_ms[p] * 8);
		assert_int_equal(l.to_listener.timestamp, l.sent[l.n_sent - 1].head.timestamp);
		line_close(&l);
	}
}

static bool
each_tenth(size_t i)
{
	return i % 10 == 5;
}

static bool
some_in_a_row(size_t i)
{
	return i % 50 >= 20 && i % 50 < 24;
}

/* The listener's stream has no holes: what was lost is made up, and time goes on as it should. */
static void
losses_are_made_up_for(void **state)
{
	static const enum codec outs[] = {CODEC_PCMU, CODEC_OPUS, CODEC_G722};
	static int16_t said[8000 * SECONDS];

	voice_make(said, 8000 * SECONDS, 8000, false);
	for (size_t k = 0; k < 3; k++) {
		bool (*const patterns[])(size_t) = {each_tenth, some_in_a_row};
		uint32_t ticks = clock_hz(outs[k]) / 50;

		for (size_t p = 0; p < 2; p++) {
			struct line l;

			line_open(&l, CODEC_PCMA, outs[k], 20);
			say(&l, said, 8000 * SECONDS, patterns[p]);
			assert_int_equal(l.n_sent, SECONDS * 50);
			for (size_t i = 0; i < l.n_sent; i++) {
				assert_int_equal(l.sent[i].head.timestamp,
				    (uint32_t)(l.sent[0].head.timestamp + i * ticks));
				assert_int_equal(l.sent[i].head.marker, i == 0);
			}
			assert_int_equal(
			    transcoder_stats(l.t)->concealed_ms, (p == 0 ? 10 : 8) * 20);
			line_close(&l);
		}
	}
}

/* Longer than a tenth of a second: the rest is a hole, told by the timestamps and the marker. */
static void
long_losses_and_pauses_stay_holes(void **state)
{
	static int16_t said[8000];
	struct line l;
	uint32_t at;

	voice_make(said, 8000, 8000, false);
	line_open(&l, CODEC_PCMA, CODEC_PCMU, 20);
	say(&l, said, 1600, NULL);
	at = l.sent[l.n_sent - 1].head.timestamp;
	l.seq += 10; /* 200 ms lost */
	pass_time(&l, 200);
	say(&l, said, 160, NULL);
	assert_int_equal(l.n_sent, 10 + 5 + 1);
	assert_int_equal(l.sent[15].head.timestamp, (uint32_t)(at + 11 * 160));
	assert_true(l.sent[15].head.marker);
	assert_int_equal(transcoder_stats(l.t)->concealed_ms, 100);

	pass_time(&l, 5000); /* the sender pauses */
	say(&l, said, 160, NULL);
	assert_int_equal(l.n_sent, 17);
	assert_int_equal(l.sent[16].head.timestamp, (uint32_t)(at + (12 + 250) * 160));
	assert_true(l.sent[16].head.marker);
	assert_int_equal(transcoder_stats(l.t)->concealed_ms, 100);
	line_close(&l);
}

/* With packets of 30 ms half of one waits when the sender pauses: it is said, then it is quiet. */
static void
nothing_waits_through_a_pause(void **state)
{
	static int16_t said[8000];
	struct line l;

	voice_make(said, 8000, 8000, false);
	line_open(&l, CODEC_PCMA, CODEC_PCMU, 30);
	say(&l, said, 5 * 160, NULL); /* 100 ms */
	assert_int_equal(l.n_sent, 3);
	pass_time(&l, 400);
	say(&l, said, 3 * 160, NULL);
	assert_int_equal(l.n_sent, 6);
	assert_int_equal(l.sent[3].head.timestamp, (uint32_t)(l.sent[0].head.timestamp + 720));
	assert_int_equal(l.sent[4].head.timestamp, (uint32_t)(l.sent[0].head.timestamp + 4000));
	assert_true(l.sent[4].head.marker);
	line_close(&l);
}

static void
late_packets_and_doubles_are_dropped(void **state)
{
	static int16_t said[1600];
	unsigned char payload[160] = {0};
	struct rtp_head head;
	struct line l;

	voice_make(said, 1600, 8000, false);
	line_open(&l, CODEC_PCMA, CODEC_PCMU, 20);
	say(&l, said, 1600, NULL);
	head = head_of(&l, PT_IN);
	head.seq -= 3;
	put(&l, &head, slice_make(payload, sizeof payload));
	head.seq += 2;
	put(&l, &head, slice_make(payload, sizeof payload));
	assert_int_equal(l.n_sent, 10);
	assert_int_equal(transcoder_stats(l.t)->late, 2);
	say(&l, said, 160, NULL);
	assert_int_equal(l.n_sent, 11);
	assert_int_equal(transcoder_stats(l.t)->concealed_ms, 0);
	line_close(&l);
}

/* A new SSRC, a clock that jumps, another start of sequence numbers: the stream goes on after the
 * time that has passed. */
static void
another_beginning_goes_on(void **state)
{
	static int16_t said[1600];
	unsigned char payload[160];
	struct rtp_head head;
	struct line l;
	uint32_t before;

	voice_make(said, 1600, 8000, false);
	memset(payload, 0xd5, sizeof payload);
	for (int what = 0; what < 3; what++) {
		line_open(&l, CODEC_PCMA, CODEC_PCMU, 20);
		say(&l, said, 1600, NULL);
		before = l.sent[9].head.timestamp;
		l.now_us += 1000000;
		head = head_of(&l, PT_IN);
		head.ssrc += what == 0;
		head.seq = (uint16_t)(head.seq + (what == 1 ? 20000 : 0));
		head.timestamp += what == 2 ? 0x40000000 : 12345;
		put(&l, &head, slice_make(payload, sizeof payload));
		assert_int_equal(l.n_sent, 11);
		assert_true(l.sent[10].head.marker);
		assert_int_equal(l.sent[10].head.ssrc, l.to_listener.ssrc);
		assert_in_range(l.sent[10].head.timestamp - before, 8000, 8000 + 320);
		line_close(&l);
	}
}

/* RFC 4733: a key's packets share a timestamp; duration and timestamps in the listener's clock. */
static void
keys_pass_with_their_length(void **state)
{
	static int16_t said[48000];
	struct line l;

	voice_make(said, 48000, 48000, false);
	line_open(&l, CODEC_OPUS, CODEC_PCMA, 20);
	say(&l, said, 4800, NULL); /* 100 ms */
	for (uint32_t i = 0; i < 8; i++) {
		uint16_t duration = (uint16_t)((i < 5 ? i + 1 : 5) * 960);
		unsigned char event[] = {5, i >= 5 ? 0x8a : 0x0a, (unsigned char)(duration >> 8),
		    (unsigned char)duration};
		struct rtp_head head = head_of(&l, PT_EVENT_IN);

		head.marker = i == 0;
		put(&l, &head, slice_make(event, sizeof event));
		l.seq++;
		l.now_us += 20000;
	}
	assert_int_equal(l.n_sent, 5 + 8);
	for (size_t i = 0; i < 8; i++) {
		const struct sent *s = &l.sent[5 + i];

		assert_int_equal(s->head.payload_type, PT_EVENT_OUT);
		assert_int_equal(s->head.marker, i == 0);
		assert_int_equal(s->head.timestamp, (uint32_t)(l.sent[0].head.timestamp + 5 * 160));
		assert_int_equal(s->head.seq, (uint16_t)(l.sent[0].head.seq + 5 + i));
		assert_int_equal(s->n, 4);
		assert_int_equal(s->payload[0], 5);
		assert_int_equal(s->payload[1], i >= 5 ? 0x8a : 0x0a);
		assert_int_equal(s->payload[2] << 8 | s->payload[3], (i < 5 ? i + 1 : 5) * 160);
	}
	/* the next key, right after it, is another one */
	pass_time(&l, 160);
	{
		struct rtp_head head = head_of(&l, PT_EVENT_IN);

		put(&l, &head, SLICE("\6\12\3\300"));
	}
	assert_int_equal(
	    l.sent[13].head.timestamp, (uint32_t)(l.sent[0].head.timestamp + (5 + 8) * 160));
	assert_true(l.sent[13].head.marker);
	/* a long one does not turn over */
	line_close(&l);
	line_open(&l, CODEC_PCMA, CODEC_OPUS, 20);
	{
		struct rtp_head head = head_of(&l, PT_EVENT_IN);

		put(&l, &head, SLICE("\6\12\300\0"));
	}
	assert_memory_equal(l.sent[0].payload, "\6\12\377\377", 4);
	line_close(&l);
}

/* The same codec under another number: the payload is not touched. */
static void
the_same_codec_passes(void **state)
{
	struct media_translation what = {
	    .route = {{PT_IN, PT_OUT, CODEC_PCMA, CODEC_PCMA}}, .n_routes = 1};
	struct line l = {.in = CODEC_PCMA, .out = CODEC_PCMA, .seq = 9};

	l.sent = calloc(PACKETS_MAX, sizeof *l.sent);
	assert_int_equal(line_connect(&l, &what), ERR_OK);
	for (int i = 0; i < 10; i++) {
		struct rtp_head head = head_of(&l, PT_IN);
		char payload[160];

		memset(payload, i, sizeof payload);
		if (i != 4) /* lost: a hole in time */
			put(&l, &head, slice_make(payload, sizeof payload));
		l.seq++;
		l.timestamp += 160;
	}
	assert_int_equal(l.n_sent, 9);
	for (size_t i = 0; i < 9; i++) {
		size_t was = i < 4 ? i : i + 1;

		assert_int_equal(l.sent[i].n, 160);
		assert_int_equal(l.sent[i].payload[159], was);
		assert_int_equal(l.sent[i].head.seq, (uint16_t)(l.sent[0].head.seq + i));
		assert_int_equal(
		    l.sent[i].head.timestamp, (uint32_t)(l.sent[0].head.timestamp + was * 160));
	}
	line_close(&l);
}

static void
what_has_no_route_is_dropped(void **state)
{
	struct media_translation bad = {.n_routes = 0};
	struct rtp_head head;
	static int16_t said[320];
	struct line l;

	assert_int_equal(line_connect(&l, &bad), ERR_INVALID);
	bad.n_routes = 1;
	bad.route[0] = (struct media_route){8, 0, CODEC_PCMA, CODEC_EVENT_8};
	assert_int_equal(line_connect(&l, &bad), ERR_INVALID);
	bad.route[0] = (struct media_route){8, 200, CODEC_PCMA, CODEC_PCMU};
	assert_int_equal(line_connect(&l, &bad), ERR_INVALID);
	bad.n_routes = MEDIA_ROUTES_MAX + 1;
	assert_int_equal(line_connect(&l, &bad), ERR_INVALID);

	voice_make(said, 320, 8000, false);
	line_open(&l, CODEC_GSM, CODEC_PCMA, 0);
	say(&l, said, 160, NULL);
	head = head_of(&l, 13); /* comfort noise */
	put(&l, &head, SLICE("\100"));
	l.seq++;
	head = head_of(&l, PT_IN);
	put(&l, &head, SLICE("no frame of GSM"));
	l.seq++;
	pass_time(&l, 20);
	say(&l, said, 160, NULL);
	assert_int_equal(transcoder_stats(l.t)->alien, 2);
	assert_int_equal(l.n_sent, 2);
	line_close(&l);
}

/* Another codec in the middle of the call: the listener's stream goes on. */
static void
the_talker_may_change_his_codec(void **state)
{
	struct media_translation what = {
	    .route = {{8, 96, CODEC_PCMA, CODEC_OPUS}, {9, 96, CODEC_G722, CODEC_OPUS},
		{0, 96, CODEC_PCMU, CODEC_OPUS}},
	    .n_routes = 3};
	struct line l = {.in = CODEC_PCMA, .out = CODEC_OPUS};
	unsigned char payload[160];

	memset(payload, 0xd5, sizeof payload);
	l.sent = calloc(PACKETS_MAX, sizeof *l.sent);
	assert_int_equal(line_connect(&l, &what), ERR_OK);
	for (int i = 0; i < 90; i++) {
		struct rtp_head head = head_of(&l, what.route[i / 10 % 3].pt_in);

		put(&l, &head, slice_make(payload, sizeof payload));
		l.seq++;
		pass_time(&l, 20);
	}
	assert_int_equal(l.n_sent, 90);
	for (size_t i = 0; i < 90; i++)
		assert_int_equal(
		    l.sent[i].head.timestamp, (uint32_t)(l.sent[0].head.timestamp + i * 960));
	line_close(&l);
}

/* Random heads and payloads: no more than the sanitizers could complain about. */
static void
nonsense_is_endured(void **state)
{
	struct rng rng;

	rng_init_seed(&rng, 99);
	for (enum codec in = CODEC_PCMA; in < CODEC_EVENT_8; in++) {
		struct line l;

		line_open(&l, in, in == CODEC_OPUS ? CODEC_L16_48 : CODEC_OPUS, 0);
		for (int i = 0; i < 1500; i++) {
			char payload[400];
			struct rtp_head head =
			    head_of(&l, rng_below(&rng, 8) ? PT_IN : PT_EVENT_IN);

			rng_fill(&rng, payload, sizeof payload);
			head.seq = (uint16_t)(head.seq + (rng_below(&rng, 10) ? 0 : rng_u64(&rng)));
			head.timestamp += rng_below(&rng, 10) ? 0 : (uint32_t)rng_u64(&rng);
			head.ssrc += rng_below(&rng, 50) == 0;
			l.n_sent = 0;
			put(&l, &head, slice_make(payload, rng_below(&rng, sizeof payload)));
			l.seq++;
			pass_time(&l, rng_below(&rng, 60));
		}
		line_close(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_codec_reaches_each_other),
	    cmocka_unit_test(wide_band_stays_wide),
	    cmocka_unit_test(what_goes_out_is_a_stream),
	    cmocka_unit_test(losses_are_made_up_for),
	    cmocka_unit_test(long_losses_and_pauses_stay_holes),
	    cmocka_unit_test(nothing_waits_through_a_pause),
	    cmocka_unit_test(late_packets_and_doubles_are_dropped),
	    cmocka_unit_test(another_beginning_goes_on),
	    cmocka_unit_test(keys_pass_with_their_length),
	    cmocka_unit_test(the_same_codec_passes),
	    cmocka_unit_test(what_has_no_route_is_dropped),
	    cmocka_unit_test(the_talker_may_change_his_codec),
	    cmocka_unit_test(nonsense_is_endured),
	};

	return cmocka_run_group_tests_name("media/transcode", tests, NULL, NULL);
}
