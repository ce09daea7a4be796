/* sound/comfort.c, sound/silence.c: the noise of pauses, and when it stands for them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "sound/coder.h"
#include "sound/silence.h"
#include "voice.h"

enum { SECOND = 8000, FRAME = 160 };

static double
level_db(const int16_t *pcm, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	return 10 * log10(sum / (double)n / (32768.0 * 32768.0) + 1e-12);
}

/* Of neighbours: near 1 for dark noise, near -1 for bright one. */
static double
darkness(const int16_t *pcm, size_t n)
{
	double product = 0, energy = 1;

	for (size_t i = 1; i < n; i++) {
		product += (double)pcm[i] * pcm[i - 1];
		energy += (double)pcm[i] * pcm[i];
	}
	return product / energy;
}

/* Noise of a room: white, and for dark > 0 with less and less above. */
static void
room_noise(struct rng *rng, int16_t *pcm, size_t n, double db, double dark)
{
	double rms = 32768 * pow(10, db / 20), y = 0;

	for (size_t i = 0; i < n; i++) {
		double x = 0;

		for (int k = 0; k < 4; k++)
			x += (double)rng_below(rng, 65536) / 32768 - 1;
		x *= sqrt(0.75);
		y = dark * y + x * sqrt(1 - dark * dark);
		pcm[i] = (int16_t)lrint(rms * y);
	}
}

/* What it sounds like at the other end. */
static void
make(struct slice payload, int16_t *pcm, size_t n)
{
	struct comfort_noise c;

	comfort_noise_init(&c, 1);
	assert_true(comfort_noise_take(&c, payload, true));
	comfort_noise_make(&c, pcm, n);
}

static void
noise_is_as_loud_as_its_level_says(void **state)
{
	static int16_t pcm[SECOND];

	for (int level = 3; level < 80; level += 7) {
		for (int shape = 0; shape < 3; shape++) {
			const char payload[] = {(char)level,
			    (char)(shape == 0	? 127
				   : shape == 1 ? 20
						: 230),
			    (char)(shape ? 160 : 127)};

			make(slice_make(payload, sizeof payload), pcm, SECOND);
			/* what does not fit is cut, and gliding there takes some milliseconds */
			if (fabs(level_db(pcm + 800, SECOND - 800) + level) > (level < 15 ? 3 : 1))
				fail_msg("level %d, shape %d: %.1f dB", level, shape,
				    level_db(pcm + 800, SECOND - 800));
		}
	}
	make(SLICE("\177"), pcm, SECOND);
	assert_int_equal(voice_largest_step(pcm, SECOND), 0);
}

static void
the_same_seed_makes_the_same_noise(void **state)
{
	struct comfort_noise a, b, c;
	int16_t x[FRAME], y[FRAME], z[FRAME];

	comfort_noise_init(&a, 1);
	comfort_noise_init(&b, 1);
	comfort_noise_init(&c, 2);
	assert_true(comfort_noise_take(&a, SLICE("\50\100\200"), true));
	assert_true(comfort_noise_take(&b, SLICE("\50\100\200"), true));
	assert_true(comfort_noise_take(&c, SLICE("\50\100\200"), true));
	comfort_noise_make(&a, x, FRAME);
	comfort_noise_make(&b, y, 7);
	comfort_noise_make(&b, y + 7, FRAME - 7);
	comfort_noise_make(&c, z, FRAME);
	assert_memory_equal(x, y, sizeof x);
	assert_memory_not_equal(x, z, sizeof x);
}

static void
another_room_sounds_like_the_first(void **state)
{
	static const double darks[] = {-0.6, 0, 0.5, 0.9};
	static int16_t said[SECOND], heard[2 * SECOND];
	struct rng rng;

	rng_init_seed(&rng, 5);
	for (size_t d = 0; d < sizeof darks / sizeof darks[0]; d++)
		for (int db = -70; db <= -30; db += 10) {
			unsigned char payload[COMFORT_PAYLOAD_MAX];
			struct comfort_meter m;
			size_t n;

			room_noise(&rng, said, SECOND, db, darks[d]);
			comfort_meter_init(&m);
			for (size_t at = 0; at < SECOND; at += FRAME)
				comfort_meter_hear(&m, said + at, FRAME);
			n = comfort_meter_say(&m, payload);
			make(slice_make(payload, n), heard, 2 * SECOND);
			if (fabs(level_db(heard + 800, 2 * SECOND - 800) - level_db(said, SECOND)) >
			    2)
				fail_msg("%d dB, dark %.1f: heard at %.1f dB", db, darks[d],
				    level_db(heard + 800, 2 * SECOND - 800));
			if (fabs(darkness(heard + 800, 2 * SECOND - 800) - darkness(said, SECOND)) >
			    0.12)
				fail_msg("%d dB, dark %.1f: heard %.2f", db, darks[d],
				    darkness(heard + 800, 2 * SECOND - 800));
		}
}

/* The pauses of G.729 sound like the room they come from, also while nothing is sent. */
static void
g729_s_own_noise_is_as_loud_and_as_dark(void **state)
{
	static int16_t said[2 * SECOND], heard[SECOND];
	struct encoder *e;
	struct decoder *d;
	unsigned char payload[CODER_PAYLOAD_MAX];
	struct rng rng;

	rng_init_seed(&rng, 6);
	room_noise(&rng, said, 2 * SECOND, -50, 0.85);
	assert_int_equal(encoder_new(CODEC_G729, 8000, &e), ERR_OK);
	assert_int_equal(decoder_new(CODEC_G729, 8000, &d), ERR_OK);
	assert_int_equal(encoder_leave_pauses_out(e), ERR_OK);
	for (size_t at = 0; at < 2 * SECOND; at += FRAME) {
		size_t n = encoder_encode(e, said + at, FRAME, payload);

		if (n)
			assert_true(
			    decoder_decode(d, slice_make(payload, n), heard + at % SECOND) > 0);
		else
			decoder_conceal(d, SLICE(""), heard + at % SECOND, FRAME);
	}
	assert_true(fabs(level_db(heard, SECOND) - level_db(said, SECOND)) < 6);
	assert_true(darkness(heard, SECOND) > 0.5);
	encoder_free(e);
	decoder_free(d);
}

/* From one room to another, and from voice to noise: no step that the noise itself has not. */
static void
a_change_does_not_click(void **state)
{
	static int16_t pcm[SECOND];
	struct comfort_noise c;
	int loud;

	comfort_noise_init(&c, 3);
	assert_true(comfort_noise_take(&c, SLICE("\62\40"), true)); /* 50, dark */
	comfort_noise_make(&c, pcm, FRAME);
	assert_true(abs(pcm[0]) < 20);				     /* it comes up */
	assert_true(comfort_noise_take(&c, SLICE("\36\340"), true)); /* 30, bright */
	comfort_noise_make(&c, pcm, SECOND);
	loud = voice_largest_step(pcm + SECOND / 2, SECOND / 2);
	assert_true(voice_largest_step(pcm, SECOND / 4) <= loud * 5 / 4);
	assert_true(comfort_noise_take(&c, SLICE("\120"), true));
	comfort_noise_make(&c, pcm, SECOND);
	assert_true(voice_largest_step(pcm, SECOND / 4) <= loud * 5 / 4);
	assert_true(level_db(pcm + SECOND / 2, SECOND / 2) < -78);
}

static void
any_bytes_make_some_noise(void **state)
{
	static int16_t pcm[400];
	struct comfort_noise c;
	char payload[255];
	struct rng rng;

	rng_init_seed(&rng, 8);
	comfort_noise_init(&c, 4);
	assert_false(comfort_noise_take(&c, SLICE(""), true));
	for (int i = 0; i < 4000; i++) {
		size_t n = rng_below(&rng, sizeof payload + 1);

		rng_fill(&rng, payload, sizeof payload);
		if (i % 3 == 0)
			memset(payload, i % 2 ? 0xff : 0, sizeof payload);
		payload[0] = (char)(payload[0] | 20); /* 20 dB at most: nothing has to be cut */
		assert_int_equal(comfort_noise_take(&c, slice_make(payload, n), true), n > 0);
		comfort_noise_make(&c, pcm, rng_below(&rng, 400));
	}
	assert_true(comfort_noise_take(&c, SLICE("\50"), true));
	for (int i = 0; i < 20; i++)
		comfort_noise_make(&c, pcm, 400);
	assert_true(fabs(level_db(pcm, 400) + 40) < 2);
}

/* ---- silence ---- */

struct judged {
	size_t voice, noise, nothing;
	size_t first_voice, last_voice; /* frames */
};

static struct judged
judge(struct silence *s, const int16_t *pcm, size_t n)
{
	struct judged j = {.first_voice = SIZE_MAX};

	for (size_t i = 0; i < n / FRAME; i++)
		switch (silence_judge(s, pcm + i * FRAME, FRAME, 20)) {
		case SILENCE_VOICE:
			j.voice++;
			j.last_voice = i;
			if (j.first_voice == SIZE_MAX)
				j.first_voice = i;
			break;
		case SILENCE_NOISE: j.noise++; break;
		case SILENCE_NOTHING: j.nothing++; break;
		}
	return j;
}

static void
the_first_word_is_heard_from_its_beginning(void **state)
{
	static int16_t pcm[12 * SECOND], words[SECOND];
	struct silence s;
	struct judged j;
	struct rng rng;

	voice_make(words, SECOND, 8000, false);
	for (int db = -75; db <= -50; db += 5)
		for (size_t off = 0; off < FRAME; off += 40) {
			rng_init_seed(&rng, 9);
			room_noise(&rng, pcm, 12 * SECOND, db, 0.5);
			for (size_t i = 0; i < SECOND; i++)
				pcm[8 * SECOND + off + i] =
				    (int16_t)(pcm[8 * SECOND + off + i] + words[i]);
			silence_init(&s);
			(void)judge(&s, pcm, 6 * SECOND);
			j = judge(&s, pcm + 6 * SECOND, 6 * SECOND);
			/* it begins in frame 100, and one of its frames may be missing */
			if (j.first_voice < 100 || j.first_voice > 101)
				fail_msg("%d dB: voice from frame %zu", db, j.first_voice);
			/* it ends in frame 150: hang-over, and no longer */
			if (j.last_voice < 150 || j.last_voice > 150 + LEVEL_HANG_MS / 20 + 1)
				fail_msg("%d dB: voice until frame %zu", db, j.last_voice);
			assert_in_range(j.noise, 4, 12);
		}
}

static void
noise_that_changes_is_told_again_but_not_too_often(void **state)
{
	static int16_t pcm[10 * SECOND];
	struct silence s;
	struct judged j;
	struct rng rng;

	rng_init_seed(&rng, 10);
	room_noise(&rng, pcm, 10 * SECOND, -70, 0);
	silence_init(&s);
	j = judge(&s, pcm, 10 * SECOND);
	assert_int_equal(j.voice, 0);
	assert_in_range(j.noise, 10, 13); /* once a second */
	assert_in_range(s.payload[0], 68, 72);
	for (size_t i = 0; i < 10 * SECOND; i++) /* louder and softer all the time */
		pcm[i] = (int16_t)(pcm[i] * (i / SECOND % 2 ? 1.9 : 0.6));
	j = judge(&s, pcm, 10 * SECOND);
	assert_in_range(j.noise, 15, 50);
}

static void
tones_and_loud_music_are_never_left_out(void **state)
{
	static int16_t pcm[20 * SECOND];
	struct silence s;

	for (size_t i = 0; i < 20 * SECOND; i++)
		pcm[i] = (int16_t)(900 * sin(2 * M_PI * 425 * (double)i / 8000)); /* -34 dB */
	silence_init(&s);
	assert_int_equal(judge(&s, pcm, 20 * SECOND).voice, 1000);
}

static void
digital_silence_is_told_as_silence(void **state)
{
	static int16_t pcm[SECOND];
	struct silence s;

	silence_init(&s);
	assert_int_equal(judge(&s, pcm, SECOND).voice, 0);
	assert_int_equal(s.n_payload, 1);
	assert_int_equal(s.payload[0], COMFORT_LEVEL_MAX);
}

/* ---- codecs that do it themselves ---- */

static void
opus_and_g729_leave_pauses_out_if_asked(void **state)
{
	static const enum codec codecs[] = {CODEC_OPUS, CODEC_G729};
	static int16_t pcm[8 * SECOND], heard[CODER_SAMPLES_MAX];
	unsigned char payload[CODER_PAYLOAD_MAX];
	struct rng rng;

	rng_init_seed(&rng, 11);
	room_noise(&rng, pcm, 8 * SECOND, -65, 0.5);
	voice_make(pcm + 2 * SECOND, SECOND, 8000, false);
	for (int k = 0; k < 2; k++) {
		size_t sent = 0, said = 0, pauses = 0;
		struct encoder *e;
		struct decoder *d;

		assert_int_equal(encoder_new(codecs[k], 8000, &e), ERR_OK);
		assert_int_equal(decoder_new(codecs[k], 8000, &d), ERR_OK);
		assert_int_equal(encoder_leave_pauses_out(e), ERR_OK);
		for (size_t i = 0; i < 400; i++) {
			size_t n = encoder_encode(e, pcm + i * FRAME, FRAME, payload), made;
			size_t left_out = encoder_left_out(e);

			if (!n) {
				decoder_conceal(d, SLICE(""), heard, FRAME);
				continue;
			}
			sent++;
			said += i >= 100 && i < 150;
			pauses += coder_is_pause(codecs[k], slice_make(payload, n));
			made = decoder_decode(d, slice_make(payload, n), heard);
			assert_true(made + left_out <= FRAME && made > 0);
			assert_true(left_out == 0 || codecs[k] == CODEC_G729);
		}
		assert_in_range(sent, 50, 250);
		assert_in_range(said, 49, 50);
		assert_true(pauses > 2);
		/* the noise goes on */
		decoder_conceal(d, SLICE(""), heard, FRAME);
		assert_in_range(level_db(heard, FRAME) + 100, 100 - 80, 100 - 50);
		encoder_free(e);
		decoder_free(d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(noise_is_as_loud_as_its_level_says),
	    cmocka_unit_test(the_same_seed_makes_the_same_noise),
	    cmocka_unit_test(another_room_sounds_like_the_first),
	    cmocka_unit_test(g729_s_own_noise_is_as_loud_and_as_dark),
	    cmocka_unit_test(a_change_does_not_click),
	    cmocka_unit_test(any_bytes_make_some_noise),
	    cmocka_unit_test(the_first_word_is_heard_from_its_beginning),
	    cmocka_unit_test(noise_that_changes_is_told_again_but_not_too_often),
	    cmocka_unit_test(tones_and_loud_music_are_never_left_out),
	    cmocka_unit_test(digital_silence_is_told_as_silence),
	    cmocka_unit_test(opus_and_g729_leave_pauses_out_if_asked),
	};

	return cmocka_run_group_tests_name("sound/comfort", tests, NULL, NULL);
}
