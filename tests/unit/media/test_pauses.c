/* Pauses that are not sent: what media/ makes of those that come (transcode.c, playout.c), and how
 * it leaves out its own (packer.c, feed.c). In virtual time. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "media/feed_int.h"
#include "media/playout_int.h"
#include "media/transcode_int.h"
#include "voice.h"

enum {
	RATE_HZ = 8000,
	FRAME = 160,
	FRAME_US = 20000,
	PT_IN = 100,
	PT_OUT = 110,
	PT_NOISE_OUT = 19,
	PACKETS_MAX = 20000,
};

struct sent {
	struct rtp_head head;
	size_t n;
	unsigned char payload[CODER_PAYLOAD_MAX];
};

/* A talker, a transcoder, and what comes out of it. */
static struct {
	enum codec in, out;
	struct transcoder *t;
	struct rtp_sent to_listener;
	struct encoder *encoder;
	struct rtp_head head; /* of the next packet */
	uint64_t now_us, tick_us;
	size_t n_sent;
	struct sent sent[PACKETS_MAX];
} line;

static struct transcode_room room;
static int16_t said[8 * RATE_HZ], heard[PACKETS_MAX * FRAME];

static double
level_db(const int16_t *pcm, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	return 10 * log10(sum / (double)n / (32768.0 * 32768.0) + 1e-12);
}

static void
on_sent(void *ctx, struct slice packet)
{
	struct sent *s = &line.sent[line.n_sent++];
	struct slice payload = rtp_payload(packet);

	assert_true(line.n_sent < PACKETS_MAX);
	s->head = rtp_head_of(packet);
	s->n = payload.n;
	memcpy(s->payload, payload.p, payload.n);
	if (line.n_sent > 1)
		assert_int_equal(s->head.seq, (uint16_t)(s[-1].head.seq + 1));
}

static void
open_line(enum codec in, enum codec out, const struct media_translation *more)
{
	struct media_translation what = *more;
	struct rng rng;

	what.route[what.n_routes++] = (struct media_route){PT_IN, PT_OUT, in, out};
	rng_init_seed(&rng, 7);
	memset(&line, 0, sizeof line);
	line.in = in;
	line.out = out;
	line.head = (struct rtp_head){.seq = 65000, .timestamp = 0xfffff000, .ssrc = 5};
	line.now_us = line.tick_us = 1000000;
	rtp_sent_init(&line.to_listener, &rng);
	assert_int_equal(
	    encoder_new(in, coder_has_rate(in, RATE_HZ) ? RATE_HZ : 0, &line.encoder), ERR_OK);
	assert_int_equal(transcoder_new(&what, &line.to_listener, &line.t), ERR_OK);
}

static void
close_line(void)
{
	transcoder_free(line.t);
	encoder_free(line.encoder);
}

/* Until then the clock ticks, if it is needed. */
static void
wait_until(uint64_t us)
{
	for (; line.tick_us <= us; line.tick_us += FRAME_US)
		if (transcoder_needs_clock(line.t))
			transcoder_tick(line.t, line.tick_us, &room, on_sent, NULL);
	line.now_us = us;
}

static void
put(uint8_t payload_type, struct slice payload)
{
	unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];

	line.head.payload_type = payload_type;
	rtp_head_write(packet, &line.head);
	memcpy(packet + RTP_HEAD_BYTES, payload.p, payload.n);
	transcoder_packet(line.t, slice_make(packet, RTP_HEAD_BYTES + payload.n), line.now_us,
	    &room, on_sent, NULL);
	line.head.seq++;
}

static void
pass_ms(uint32_t ms)
{
	line.head.timestamp += codec_info(line.in)->clock_hz / 1000 * ms;
	wait_until(line.now_us + 1000ull * ms);
}

/* As long as pcm lasts; what the codec leaves out is left out. */
static void
say(const int16_t *pcm, size_t n)
{
	unsigned char payload[CODER_PAYLOAD_MAX];

	for (size_t at = 0; at + FRAME <= n; at += FRAME) {
		size_t bytes = encoder_encode(line.encoder, pcm + at, FRAME, payload);
		uint32_t before = line.head.timestamp;

		line.head.timestamp += (uint32_t)encoder_left_out(line.encoder); /* G.729: 8 kHz */
		if (bytes)
			put(PT_IN, slice_make(payload, bytes));
		line.head.timestamp = before;
		pass_ms(20);
	}
}

/* Each voice packet at its place. Returns where it ends. */
static size_t
listen(void)
{
	static int16_t pcm[CODER_SAMPLES_MAX];
	struct decoder *d;
	size_t end = 0;

	memset(heard, 0, sizeof heard);
	assert_int_equal(decoder_new(line.out, RATE_HZ, &d), ERR_OK);
	for (size_t i = 0; i < line.n_sent; i++) {
		const struct sent *s = &line.sent[i];
		uint32_t ticks = s->head.timestamp - line.sent[0].head.timestamp;
		size_t at = ticks / (codec_info(line.out)->clock_hz / RATE_HZ), n;

		if (s->head.payload_type != PT_OUT)
			continue;
		n = decoder_decode(d, slice_make(s->payload, s->n), pcm);
		assert_true(n > 0 && at + n <= sizeof heard / sizeof heard[0]);
		memcpy(heard + at, pcm, n * sizeof *pcm);
		end = at + n;
	}
	decoder_free(d);
	return end;
}

static size_t
count(uint8_t payload_type)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n_sent; i++)
		n += line.sent[i].head.payload_type == payload_type;
	return n;
}

/* Something like the noise of a room. */
static void
room_noise(int16_t *pcm, size_t n, double db)
{
	static uint32_t seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		pcm[i] = (int16_t)lrint(
		    (double)(int32_t)seed / 2147483648.0 * sqrt(3) * 32768 * pow(10, db / 20));
	}
}

static const struct media_translation with_noise = {
    .route = {{13, PT_OUT, CODEC_NOISE_8, CODEC_PCMU}}, .n_routes = 1};

static void
who_knows_no_comfort_noise_hears_it_all_the_same(void **state)
{
	size_t end;

	open_line(CODEC_PCMA, CODEC_PCMU, &with_noise);
	voice_make(said, RATE_HZ, RATE_HZ, false);
	say(said, RATE_HZ);
	put(13, SLICE("\55")); /* 45 dB */
	pass_ms(1000);
	put(13, SLICE("\65")); /* 53 dB: it has changed */
	pass_ms(1000);
	say(said, RATE_HZ);
	end = listen();
	assert_int_equal(end, 4 * RATE_HZ);
	assert_int_equal(line.n_sent, 200);
	for (size_t i = 1; i < 200; i++) /* no hole */
		assert_int_equal(line.sent[i].head.timestamp,
		    (uint32_t)(line.sent[i - 1].head.timestamp + FRAME));
	assert_true(fabs(level_db(heard + RATE_HZ + 800, RATE_HZ - 1600) + 45) < 2);
	assert_true(fabs(level_db(heard + 2 * RATE_HZ + 800, RATE_HZ - 1600) + 53) < 2);
	assert_true(
	    voice_largest_step(heard + RATE_HZ, 2 * RATE_HZ) < voice_largest_step(said, RATE_HZ));
	assert_true(
	    voice_compare(said, heard + 3 * RATE_HZ, RATE_HZ, RATE_HZ, 5).correlation > 0.98);
	assert_int_equal(transcoder_stats(line.t)->concealed_ms, 0);
	assert_false(transcoder_needs_clock(line.t));
	close_line();
}

/* Jitter makes some pauses seem longer and some shorter: that does not add up. */
static void
hundreds_of_pauses_do_not_shift_the_voice(void **state)
{
	uint32_t first_in, first_out;
	struct rng rng;
	int worst = 0;

	rng_init_seed(&rng, 3);
	open_line(CODEC_PCMA, CODEC_PCMU, &with_noise);
	voice_make(said, RATE_HZ, RATE_HZ, false);
	say(said, FRAME);
	first_in = line.head.timestamp - FRAME;
	first_out = line.sent[0].head.timestamp;
	for (int i = 0; i < 300; i++) {
		uint32_t ms = 100 + rng_below(&rng, 400), jitter_ms = rng_below(&rng, 40);
		int off;

		wait_until(line.now_us + rng_below(&rng, 10000));
		put(13, SLICE("\70"));
		line.head.timestamp += 8 * ms;
		wait_until(line.now_us + (ms + jitter_ms) * 1000 - rng_below(&rng, 20000));
		say(said, 4 * FRAME);
		off = (int)(line.sent[line.n_sent - 1].head.timestamp - first_out) -
		      (int)(line.head.timestamp - FRAME - first_in);
		if (abs(off) > worst)
			worst = abs(off);
	}
	assert_in_range(worst, 0, 100 * 8); /* never more than a tenth of a second */
	close_line();
}

static void
noise_passes_to_who_knows_it(void **state)
{
	struct media_translation what = {
	    .route = {{13, PT_NOISE_OUT, CODEC_NOISE_8, CODEC_NOISE_8}}, .n_routes = 1};

	for (int wide = 0; wide < 2; wide++) {
		const struct sent *s = &line.sent[50];

		open_line(CODEC_PCMA, wide ? CODEC_G722 : CODEC_PCMU, &what);
		voice_make(said, RATE_HZ, RATE_HZ, false);
		say(said, RATE_HZ);
		put(13, SLICE("\55\100\220"));
		pass_ms(500);
		put(13, SLICE(""));
		say(said, FRAME);
		assert_int_equal(line.n_sent, 52);
		assert_int_equal(s->head.payload_type, PT_NOISE_OUT);
		assert_int_equal(
		    s->head.timestamp, (uint32_t)(line.sent[0].head.timestamp + RATE_HZ));
		assert_false(s->head.marker);
		/* the spectrum is that of another rate */
		assert_int_equal(s->n, wide ? 1 : 3);
		assert_memory_equal(s->payload, "\55\100\220", s->n);
		assert_true(s[1].head.marker);
		assert_int_equal(s[1].head.timestamp, (uint32_t)(s->head.timestamp + RATE_HZ / 2));
		assert_int_equal(transcoder_stats(line.t)->alien, 1);
		assert_false(transcoder_needs_clock(line.t));
		close_line();
	}
}

/* A second of voice in a room with noise. */
static void
say_a_word_at(size_t at)
{
	int16_t word[RATE_HZ];

	room_noise(said, 8 * RATE_HZ, -60);
	voice_make(word, RATE_HZ, RATE_HZ, false);
	for (size_t i = 0; i < RATE_HZ; i++)
		said[at + i] = (int16_t)(said[at + i] + word[i]);
	say(said, 8 * RATE_HZ);
}

static void
say_a_word_in_a_quiet_room(void)
{
	say_a_word_at(4 * RATE_HZ);
}

static void
pauses_are_noise_for_who_has_asked_for_it(void **state)
{
	static const enum codec codecs[] = {CODEC_PCMA, CODEC_G722};
	const struct media_translation what = {.noise_pt = 13, .noise_codec = CODEC_NOISE_8};

	for (int k = 0; k < 2; k++) {
		size_t first = 0, last = 0;

		open_line(CODEC_PCMU, codecs[k], &what);
		say_a_word_in_a_quiet_room();
		for (size_t i = 0; i < line.n_sent; i++) {
			const struct sent *s = &line.sent[i];

			if (s->head.payload_type == 13) {
				assert_true(s->payload[0] >= 58 && s->payload[0] <= 62);
				assert_false(s->head.marker);
				continue;
			}
			if (!first) {
				first = i;
				assert_true(s->head.marker);
			}
			last = i;
		}
		assert_in_range(count(13), 7, 12);
		assert_in_range(count(PT_OUT), 50, 70);
		assert_int_equal(last - first + 1, count(PT_OUT)); /* one word */
		/* it came in its place */
		assert_in_range(line.sent[first].head.timestamp - line.sent[0].head.timestamp,
		    4 * RATE_HZ, 4 * RATE_HZ + FRAME);
		close_line();
	}
}

static void
who_has_not_asked_gets_every_packet(void **state)
{
	static const enum codec codecs[] = {CODEC_PCMA, CODEC_OPUS, CODEC_G729};
	const struct media_translation what = {0};

	for (int k = 0; k < 3; k++) {
		open_line(CODEC_PCMU, codecs[k], &what);
		say_a_word_in_a_quiet_room();
		assert_int_equal(count(PT_OUT), 400);
		close_line();
	}
}

static void
codecs_leave_pauses_out_themselves_if_asked(void **state)
{
	static const enum codec codecs[] = {CODEC_OPUS, CODEC_G729};
	const struct media_translation what = {
	    .noise_pt = 13, .noise_codec = CODEC_NOISE_8, .leave_pauses_out = true};

	for (int k = 0; k < 2; k++) {
		uint32_t ticks = codec_info(codecs[k])->clock_hz / 100;

		open_line(CODEC_PCMU, codecs[k], &what);
		say_a_word_in_a_quiet_room();
		assert_int_equal(count(13), 0);
		assert_in_range(count(PT_OUT), 50, 250);
		for (size_t i = 1; i < line.n_sent; i++)
			assert_int_equal(
			    (line.sent[i].head.timestamp - line.sent[0].head.timestamp) % ticks, 0);
		(void)listen();
		assert_true(
		    voice_compare(said + 4 * RATE_HZ, heard + 4 * RATE_HZ, RATE_HZ, RATE_HZ, 40)
			.correlation > 0.85);
		close_line();
	}
}

/* A frame of 10 ms alone in a packet stands in the middle of its 20 ms. */
static void
g729_begins_in_the_middle_of_a_packet(void **state)
{
	const struct media_translation what = {.leave_pauses_out = true};
	size_t alone = 0;

	for (size_t off = 0; off < FRAME; off += 20) {
		open_line(CODEC_PCMU, CODEC_G729, &what);
		say_a_word_at(4 * RATE_HZ + off);
		for (size_t i = 0; i < line.n_sent; i++) {
			uint32_t at = line.sent[i].head.timestamp - line.sent[0].head.timestamp;

			if (line.sent[i].n >= 12)
				assert_int_equal(at % FRAME, 0);
			if (line.sent[i].n == 10) {
				assert_int_equal(at % FRAME, FRAME / 2);
				alone++;
			}
		}
		close_line();
	}
	assert_true(alone > 0);
}

/* Their noise is heard through all of the pause, also by who leaves pauses out himself. */
static void
pauses_of_opus_and_g729_are_filled(void **state)
{
	static const enum codec codecs[] = {CODEC_OPUS, CODEC_G729};

	for (int k = 0; k < 2; k++)
		for (int asked = 0; asked < 2; asked++) {
			struct media_translation what = {
			    .noise_pt = 13, .noise_codec = asked ? CODEC_NOISE_8 : CODEC_NONE};
			size_t end;

			open_line(codecs[k], CODEC_PCMA, &what);
			assert_int_equal(encoder_leave_pauses_out(line.encoder), ERR_OK);
			say_a_word_in_a_quiet_room();
			assert_int_equal(transcoder_stats(line.t)->concealed_ms, 0);
			if (asked) {
				assert_in_range(count(13), 4, 20);
				close_line();
				continue;
			}
			end = listen();
			assert_in_range(end, 8 * RATE_HZ - 4 * FRAME, 8 * RATE_HZ);
			for (size_t i = 1; i < line.n_sent; i++)
				assert_int_equal(
				    line.sent[i].head.timestamp - line.sent[i - 1].head.timestamp,
				    FRAME);
			for (size_t at = RATE_HZ; at < 3 * RATE_HZ; at += RATE_HZ / 4)
				assert_true(level_db(heard + at, RATE_HZ / 4) > -75 &&
					    level_db(heard + at, RATE_HZ / 4) < -50);
			close_line();
		}
}

/* Some senders go on with empty packets: they fill the pause, not the clock. */
static void
empty_packets_of_opus_are_not_doubled(void **state)
{
	const struct media_translation what = {0};
	unsigned char toc[CODER_PAYLOAD_MAX];

	open_line(CODEC_OPUS, CODEC_PCMA, &what);
	voice_make(said, RATE_HZ, RATE_HZ, false);
	say(said, RATE_HZ);
	assert_true(encoder_encode(line.encoder, said, FRAME, toc) > 2);
	for (int i = 0; i < 500; i++) {
		uint32_t late_ms = i % 5 == 4 ? 70 : 0; /* and the next ones at once */

		wait_until(line.now_us + late_ms * 1000);
		put(PT_IN, slice_make(toc, 1));
		line.head.timestamp += 960;
		if (i % 5 < 2)
			wait_until(line.now_us + 15000);
	}
	say(said, RATE_HZ);
	assert_in_range(line.n_sent, 595, 605);
	close_line();
}

static void
whatever_noise_strangers_send(void **state)
{
	struct media_translation what = with_noise;
	struct rng rng;

	rng_init_seed(&rng, 77);
	what.noise_pt = 14;
	what.noise_codec = CODEC_NOISE_8;
	for (int k = 0; k < 3; k++) {
		what.route[0].codec_out = k == 1 ? CODEC_NOISE_8 : CODEC_PCMU;
		open_line(CODEC_PCMA, k == 2 ? CODEC_PCMA : CODEC_PCMU, &what);
		for (int i = 0; i < 3000; i++) {
			char payload[400];
			uint32_t before = line.head.timestamp;

			rng_fill(&rng, payload, sizeof payload);
			if (rng_below(&rng, 8) == 0)
				line.head.seq = (uint16_t)(line.head.seq + rng_below(&rng, 200));
			if (rng_below(&rng, 8) == 0)
				line.head.timestamp += (uint32_t)rng_u64(&rng);
			if (rng_below(&rng, 4) == 0)
				line.head.timestamp -= rng_below(&rng, 3000);
			line.n_sent = 0;
			put(rng_below(&rng, 3) ? 13 : PT_IN,
			    slice_make(payload, rng_below(&rng, 256)));
			line.head.timestamp = before;
			pass_ms(rng_below(&rng, 200));
		}
		close_line();
	}
}

/* ---- by the clock: playout ---- */

static void
play(struct playout *p, uint8_t payload_type, struct slice payload, struct rtp_head *head,
    uint64_t now_us)
{
	unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];

	head->payload_type = payload_type;
	rtp_head_write(packet, head);
	memcpy(packet + RTP_HEAD_BYTES, payload.p, payload.n);
	playout_put(p, slice_make(packet, RTP_HEAD_BYTES + payload.n), now_us);
	head->seq++;
}

/* Voice, a pause with one packet that describes it, voice: nothing is missing. */
static void
a_gap_that_was_announced_is_no_loss(void **state)
{
	static const struct media_format formats[] = {{13, CODEC_NOISE_8}, {8, CODEC_PCMA}};
	struct rtp_head head = {.ssrc = 1};
	struct encoder *e;
	struct playout *p;
	uint64_t now_us = 1000000;

	voice_make(said, RATE_HZ, RATE_HZ, false);
	assert_int_equal(encoder_new(CODEC_PCMA, RATE_HZ, &e), ERR_OK);
	assert_int_equal(playout_new(formats, 2, RATE_HZ, &p), ERR_OK);
	for (size_t i = 0; i < 200; i++, now_us += FRAME_US) {
		unsigned char payload[CODER_PAYLOAD_MAX];

		if (i == 50)
			play(p, 13, SLICE("\62"), &head, now_us);
		if (i < 50 || i >= 150) {
			encoder_encode(e, said + i % 50 * FRAME, FRAME, payload);
			play(p, 8, slice_make(payload, FRAME), &head, now_us);
		}
		head.timestamp += FRAME;
		assert_int_equal(playout_get(p, now_us, heard + i * FRAME, FRAME), i > 0);
	}
	assert_int_equal(playout_stats(p)->concealed_ms, 0);
	assert_int_equal(playout_stats(p)->alien, 0);
	assert_int_equal(playout_jitter_stats(p)->late, 0);
	assert_true(fabs(level_db(heard + RATE_HZ + 1600, 2 * RATE_HZ - 3200) + 50) < 1.5);
	assert_true(
	    voice_largest_step(heard + RATE_HZ, 2 * RATE_HZ) <= voice_largest_step(said, RATE_HZ));
	assert_true(level_db(heard + 3 * RATE_HZ + 800, RATE_HZ - 800) > -30);
	playout_free(p);
	encoder_free(e);
}

static void
opus_and_g729_pause_without_loss(void **state)
{
	static const enum codec codecs[] = {CODEC_OPUS, CODEC_G729};

	for (int k = 0; k < 2; k++) {
		const struct media_format format = {96, (uint8_t)codecs[k]};
		uint32_t ticks = codec_info(codecs[k])->clock_hz / 50;
		struct rtp_head head = {.ssrc = 1};
		struct encoder *e;
		struct playout *p;
		uint64_t now_us = 1000000;
		size_t sent = 0;

		room_noise(said, 8 * RATE_HZ, -60);
		assert_int_equal(encoder_new(codecs[k], RATE_HZ, &e), ERR_OK);
		assert_int_equal(encoder_leave_pauses_out(e), ERR_OK);
		assert_int_equal(playout_new(&format, 1, RATE_HZ, &p), ERR_OK);
		for (size_t i = 0; i < 400; i++, now_us += FRAME_US) {
			unsigned char payload[CODER_PAYLOAD_MAX];
			size_t n = encoder_encode(e, said + i * FRAME, FRAME, payload);

			if (n) {
				struct rtp_head at = head;

				at.timestamp += (uint32_t)encoder_left_out(e);
				play(p, 96, slice_make(payload, n), &at, now_us);
				head.seq++;
				sent++;
			}
			head.timestamp += ticks;
			(void)playout_get(p, now_us, heard + i * FRAME, FRAME);
		}
		assert_true(sent < 200);
		assert_int_equal(playout_stats(p)->concealed_ms, 0);
		for (size_t at = 2 * RATE_HZ; at < 8 * RATE_HZ; at += RATE_HZ / 4)
			assert_true(level_db(heard + at, RATE_HZ / 4) > -75 &&
				    level_db(heard + at, RATE_HZ / 4) < -50);
		playout_free(p);
		encoder_free(e);
	}
}

/* ---- by the clock: feeds ---- */

static void
listeners_who_asked_share_another_coding(void **state)
{
	static const struct feed_format plain = {CODEC_PCMA, 20, PACKER_PAUSES_SENT};
	static const struct feed_format quiet = {CODEC_PCMA, 20, PACKER_PAUSES_NOISE};
	const struct feed_packet *p;
	struct feed f;
	size_t noises = 0, voices = 0;

	voice_make(said, RATE_HZ, RATE_HZ, false);
	feed_init(&f, RATE_HZ);
	for (size_t i = 0; i < 150; i++) {
		feed_put(&f, i >= 50 && i < 100 ? said + (i - 50) * FRAME : NULL);
		assert_int_equal(feed_packets(&f, plain, &p), 1);
		assert_int_equal(p->packed.n, FRAME);
		assert_false(p->packed.noise);
		assert_int_equal(feed_packets(&f, quiet, &p), 1);
		assert_int_equal(p->packed.ticks, FRAME);
		if (i == 0)
			assert_true(p->packed.noise && !p->packed.known);
		noises += p->packed.noise && !p->packed.known;
		voices += !p->packed.noise;
		if (p->packed.noise)
			assert_int_equal(p->payload[0], COMFORT_LEVEL_MAX);
	}
	assert_in_range(noises, 2, 5);
	assert_in_range(voices, 49, 50 + LEVEL_HANG_MS / 20);
	feed_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_knows_no_comfort_noise_hears_it_all_the_same),
	    cmocka_unit_test(hundreds_of_pauses_do_not_shift_the_voice),
	    cmocka_unit_test(noise_passes_to_who_knows_it),
	    cmocka_unit_test(pauses_are_noise_for_who_has_asked_for_it),
	    cmocka_unit_test(who_has_not_asked_gets_every_packet),
	    cmocka_unit_test(codecs_leave_pauses_out_themselves_if_asked),
	    cmocka_unit_test(g729_begins_in_the_middle_of_a_packet),
	    cmocka_unit_test(pauses_of_opus_and_g729_are_filled),
	    cmocka_unit_test(empty_packets_of_opus_are_not_doubled),
	    cmocka_unit_test(whatever_noise_strangers_send),
	    cmocka_unit_test(a_gap_that_was_announced_is_no_loss),
	    cmocka_unit_test(opus_and_g729_pause_without_loss),
	    cmocka_unit_test(listeners_who_asked_share_another_coding),
	};

	return cmocka_run_group_tests_name("media/pauses", tests, NULL, NULL);
}
