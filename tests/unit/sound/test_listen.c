/* sound/listen*.c: what is heard on a line, and what is not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sound/listen.h"
#include "tape.h"

enum { HEARD_MAX = 64, ALL = LISTEN_VOICE | LISTEN_FAX | LISTEN_PROGRESS | LISTEN_DTMF };

static const char *const countries[] = {"DE", "AT", "CH", "FR", "IT", "ES", "NL", "BE", "LU", "DK",
    "SE", "NO", "FI", "PL", "CZ", "GB", "IE", "US", "CA", "AU", ""};

enum { COUNTRIES = 21 };

static struct tape tape;
static struct rng rng;
static struct listen_event heard[HEARD_MAX];
static size_t n_heard;

static int
setup(void **state)
{
	rng_init_seed(&rng, 1);
	tape_rewind(&tape);
	return 0;
}

static int
teardown(void **state)
{
	tape_free(&tape);
	return 0;
}

static void
listen_in_blocks(unsigned what, const char *country, uint32_t silence_ms, size_t block)
{
	struct listen_options options = {what, silence_ms, slice_cstr(country)};
	struct listen *l;

	n_heard = 0;
	assert_int_equal(listen_new(&options, &l), ERR_OK);
	for (size_t at = 0; at < tape.n; at += block) {
		const int16_t *pcm = tape.pcm + at;
		size_t n = tape.n - at < block ? tape.n - at : block;

		while (listen_hear(l, &pcm, &n, &heard[n_heard]))
			assert_true(++n_heard < HEARD_MAX);
		assert_int_equal(n, 0);
	}
	listen_free(l);
}

static void
listen_to_tape(unsigned what, const char *country)
{
	listen_in_blocks(what, country, 0, 160);
}

/* Milliseconds between where it was told to be and where it is. */
static double
off_ms(size_t event, size_t at)
{
	return ((double)heard[event].at - (double)at) / TAPE_MS;
}

/* ---- voice ---- */

static void
voice_and_silence_are_told_apart(void **state)
{
	static const double noises_dbm0[] = {-90, -60, -50, -40};

	for (size_t k = 0; k < 4; k++) {
		size_t began, ended;

		tape_rewind(&tape);
		tape_silence(&tape, 2 * TAPE_RATE_HZ);
		began = tape.n;
		tape_voice(&tape, 4 * TAPE_RATE_HZ);
		ended = tape.n;
		tape_silence(&tape, 3 * TAPE_RATE_HZ);
		tape_add_noise(&tape, noises_dbm0[k], &rng);
		tape_through(&tape, CODEC_PCMA);
		listen_in_blocks(LISTEN_VOICE, "", 1500, 160);
		assert_int_equal(n_heard, 3);
		assert_int_equal(heard[0].kind, LISTEN_SILENCE);
		assert_int_equal(heard[0].at, 0);
		assert_int_equal(heard[1].kind, LISTEN_VOICE_BEGAN);
		assert_true(fabs(off_ms(1, began)) <= 60);
		assert_int_equal(heard[2].kind, LISTEN_SILENCE);
		assert_true(fabs(off_ms(2, ended)) <= 60);
	}
}

/* Pauses between words are shorter than those that mean something. */
static void
a_short_pause_is_no_silence(void **state)
{
	for (int i = 0; i < 5; i++) {
		tape_voice(&tape, TAPE_RATE_HZ);
		tape_silence(&tape, TAPE_RATE_HZ * 3 / 4);
	}
	tape_add_noise(&tape, -55, &rng);
	listen_in_blocks(LISTEN_VOICE, "", 1000, 160);
	assert_int_equal(n_heard, 5);
	for (size_t i = 0; i < n_heard; i++)
		assert_int_equal(heard[i].kind, LISTEN_VOICE_BEGAN);
	listen_in_blocks(LISTEN_VOICE, "", 500, 160);
	assert_int_equal(n_heard, 10);
}

static void
clicks_are_no_voice(void **state)
{
	for (int i = 0; i < 10; i++) {
		tape_silence(&tape, TAPE_RATE_HZ / 2);
		tape_pair(&tape, 1000, -10, 0, -99, 20 * TAPE_MS);
	}
	tape_add_noise(&tape, -60, &rng);
	listen_in_blocks(LISTEN_VOICE, "", 3000, 160);
	assert_int_equal(n_heard, 1);
	assert_int_equal(heard[0].kind, LISTEN_SILENCE);
	assert_int_equal(heard[0].at, 0);
}

/* A fan is switched on beside the telephone: voice at first, a part of the silence later. */
static void
noise_that_stays_becomes_silence(void **state)
{
	size_t began = 3 * TAPE_RATE_HZ;

	tape_silence(&tape, 30 * TAPE_RATE_HZ);
	tape_add_noise(&tape, -38, &rng);
	memset(tape.pcm, 0, began * sizeof *tape.pcm);
	listen_in_blocks(LISTEN_VOICE, "", 1000, 160);
	assert_int_equal(n_heard, 3);
	assert_int_equal(heard[1].kind, LISTEN_VOICE_BEGAN);
	assert_true(fabs(off_ms(1, began)) <= 20);
	assert_int_equal(heard[2].kind, LISTEN_SILENCE);
	assert_true(off_ms(2, began) < 15000);
}

/* ---- fax ---- */

static void
calling_fax_machines_are_heard(void **state)
{
	for (int hz = 1070; hz <= 1130; hz += 30) {
		size_t began;

		tape_rewind(&tape);
		tape_silence(&tape, TAPE_RATE_HZ);
		began = tape.n;
		tape_pair(&tape, hz, -15, 0, -99, TAPE_RATE_HZ / 2);
		tape_silence(&tape, TAPE_RATE_HZ);
		tape_through(&tape, CODEC_PCMA);
		listen_to_tape(ALL & ~LISTEN_VOICE, "DE");
		assert_int_equal(n_heard, 1);
		assert_int_equal(heard[0].kind, LISTEN_FAX_CALLING);
		assert_true(off_ms(0, began) > 0 && off_ms(0, began) <= 550);
	}
}

/* Plain, with turns of the phase (each 450 ms), and with 15 Hz on it. */
static void
answering_fax_machines_are_heard(void **state)
{
	for (int kind = 0; kind < 4; kind++) {
		size_t began;

		tape_rewind(&tape);
		tape_silence(&tape, TAPE_RATE_HZ);
		began = tape.n;
		tape_pair(&tape, 2100, -15, 0, -99, 3 * TAPE_RATE_HZ);
		for (size_t i = 0; i < 3 * TAPE_RATE_HZ; i++) {
			double turn = kind & 1 && i / (450 * TAPE_MS) % 2 ? -1 : 1;
			double swell =
			    kind & 2 ? 1 + 0.2 * sin(2 * M_PI * 15 * (double)i / TAPE_RATE_HZ) : 1;

			tape.pcm[began + i] =
			    osc_sample((float)(tape.pcm[began + i] * turn * swell));
		}
		tape_silence(&tape, TAPE_RATE_HZ);
		tape_through(&tape, CODEC_PCMA);
		listen_to_tape(ALL & ~LISTEN_VOICE, "DE");
		assert_true(n_heard >= 1);
		for (size_t i = 0; i < n_heard; i++)
			assert_int_equal(heard[i].kind, LISTEN_FAX_ANSWERING);
		assert_true(off_ms(0, began) > 0 && off_ms(0, began) <= 1500);
		if (getenv("SHOW"))
			printf("answering %d: told %zu times, after %.0f ms\n", kind, n_heard,
			    off_ms(0, began));
	}
}

/* ---- tones of the network ---- */

/* How long it may take: two cycles of a short one and its next beginning, one of a long one. */
static double
bound_ms(const char *country, enum tone tone)
{
	const struct tone_plan *p = tone_find(slice_cstr(country), tone);
	double cycle = 0;

	for (size_t i = 0; i < p->steps; i++)
		cycle += p->step[i].ms;
	if (cycle == 0)
		return 3000;
	return cycle > 2500 ? cycle : tone == TONE_SPECIAL ? 1000 : 3 * cycle + 200;
}

static bool
are_the_same(const char *country, enum tone a, enum tone b)
{
	const struct tone_plan *p = tone_find(slice_cstr(country), a),
			       *q = tone_find(slice_cstr(country), b);

	return p->steps == q->steps && memcmp(p->step, q->step, sizeof p->step) == 0;
}

/* Each tone of each country, from any place in it, is heard once and for what it is. */
static void
tones_of_the_network_are_heard(void **state)
{
	double latest[TONES] = {0};

	for (size_t c = 0; c < COUNTRIES; c++)
		for (enum tone tone = TONE_DIAL; tone <= TONE_SPECIAL; tone++) {
			size_t began;
			enum tone is = tone;

			if (are_the_same(countries[c], TONE_BUSY, tone))
				is = TONE_BUSY;
			tape_rewind(&tape);
			tape_silence(&tape, 700 * TAPE_MS);
			began = tape.n;
			tape_tone(&tape, countries[c], tone, 13 * TAPE_RATE_HZ);
			tape_add_noise(&tape, -45, &rng);
			tape_through(&tape, CODEC_PCMA);
			listen_to_tape(ALL & ~LISTEN_VOICE, countries[c]);
			if (n_heard != 1 || heard[0].kind != LISTEN_TONE || heard[0].tone != is)
				fail_msg("%s %d: %zu, first %d %d after %.0f ms", countries[c],
				    (int)tone, n_heard, (int)heard[0].kind, (int)heard[0].tone,
				    off_ms(0, began));
			if (off_ms(0, began) > bound_ms(countries[c], tone))
				fail_msg("%s %d: after %.0f ms", countries[c], (int)tone,
				    off_ms(0, began));
			latest[tone] = fmax(latest[tone], off_ms(0, began));
		}
	if (getenv("SHOW"))
		for (enum tone tone = TONE_DIAL; tone <= TONE_SPECIAL; tone++)
			printf("tone %d: after %.0f ms at most\n", (int)tone, latest[tone]);
}

/* Who begins to listen in the middle hears the same, a little later. */
static void
tones_are_heard_from_their_middle(void **state)
{
	for (size_t c = 0; c < COUNTRIES; c++)
		for (enum tone tone = TONE_RINGING; tone <= TONE_CONGESTION; tone++)
			for (size_t at = 70; at < 1200; at += 270) {
				struct tape whole;
				enum tone is =
				    are_the_same(countries[c], TONE_BUSY, tone) ? TONE_BUSY : tone;

				tape_rewind(&tape);
				tape_tone(&tape, countries[c], tone, 10 * TAPE_RATE_HZ);
				whole = tape;
				tape.pcm += at * TAPE_MS;
				tape.n -= at * TAPE_MS;
				listen_to_tape(LISTEN_PROGRESS, countries[c]);
				tape = whole;
				if (n_heard != 1 || heard[0].tone != is)
					fail_msg("%s %d from %zu ms: %zu, first %d", countries[c],
					    (int)tone, at, n_heard, (int)heard[0].tone);
			}
}

static void
quiet_tones_and_tones_off_are_heard(void **state)
{
	for (int off = -10; off <= 10; off += 10)
		for (int level = -5; level >= -30; level -= 5) {
			tape_rewind(&tape);
			for (int i = 0; i < 5; i++) {
				tape_pair(&tape, 425 + off, level, 0, -99, 500 * TAPE_MS);
				tape_silence(&tape, 480 * TAPE_MS);
			}
			tape_through(&tape, CODEC_PCMU);
			listen_to_tape(LISTEN_PROGRESS, "NL");
			assert_int_equal(n_heard, 1);
			assert_int_equal(heard[0].tone, TONE_BUSY);
		}
}

static void
a_quiet_tone_after_a_loud_one_is_heard(void **state)
{
	tape_pair(&tape, 425, -5, 0, -99, 3 * TAPE_RATE_HZ);
	for (int i = 0; i < 12; i++) {
		tape_silence(&tape, 500 * TAPE_MS);
		tape_pair(&tape, 425, -27, 0, -99, 500 * TAPE_MS);
	}
	listen_to_tape(LISTEN_PROGRESS, "NL");
	assert_int_equal(n_heard, 2);
	assert_int_equal(heard[0].tone, TONE_DIAL);
	assert_int_equal(heard[1].tone, TONE_BUSY);
}

static void
one_tone_after_the_other_is_heard(void **state)
{
	static const enum tone tones[] = {TONE_DIAL, TONE_RINGING, TONE_BUSY, TONE_CONGESTION};

	for (size_t c = 0; c < COUNTRIES; c++) {
		size_t expected = 0;

		tape_rewind(&tape);
		for (size_t i = 0; i < 4; i++) {
			tape_tone(&tape, countries[c], tones[i], 12 * TAPE_RATE_HZ);
			tape_silence(&tape, 1200 * TAPE_MS);
		}
		listen_to_tape(LISTEN_PROGRESS, countries[c]);
		for (size_t i = 0; i < 4; i++)
			if (i != 3 || !are_the_same(countries[c], TONE_BUSY, TONE_CONGESTION))
				assert_int_equal(heard[expected++].tone, tones[i]);
		assert_int_equal(n_heard, expected);
	}
}

/* ---- keys, and all together ---- */

static void
keys_are_told_among_the_others(void **state)
{
	static const size_t blocks[] = {1, 33, 160, 1 << 20};
	static const double at_ms[] = {1000, 1100, 1400, 1500};

	for (size_t b = 0; b < 4; b++) {
		tape_rewind(&tape);
		tape_silence(&tape, TAPE_RATE_HZ);
		tape_key(&tape, '4', 100 * TAPE_MS, -10);
		tape_silence(&tape, 300 * TAPE_MS);
		tape_key(&tape, '2', 100 * TAPE_MS, -10);
		tape_silence(&tape, 2 * TAPE_RATE_HZ);
		tape_pair(&tape, 1100, -15, 0, -99, TAPE_RATE_HZ / 2);
		tape_silence(&tape, 2 * TAPE_RATE_HZ);
		listen_in_blocks(LISTEN_FAX | LISTEN_PROGRESS | LISTEN_DTMF, "DE", 0, blocks[b]);
		assert_int_equal(n_heard, 5);
		for (size_t i = 0; i < 4; i++) {
			assert_int_equal(heard[i].kind, LISTEN_KEY);
			assert_int_equal(heard[i].key.digit, i < 2 ? '4' : '2');
			assert_int_equal(heard[i].key.kind, i % 2 ? DTMF_END : DTMF_BEGIN);
			assert_true(fabs((double)heard[i].key.at / TAPE_MS - at_ms[i]) <= 4);
			assert_true(heard[i].at >= heard[i].key.at);
			assert_true(heard[i].at <= heard[i].key.at + 40 * TAPE_MS);
		}
		assert_int_equal(heard[4].kind, LISTEN_FAX_CALLING);
	}
}

static void
only_what_was_asked_for_is_told(void **state)
{
	struct listen_options none = {0};
	struct listen *l;

	tape_voice(&tape, TAPE_RATE_HZ);
	tape_key(&tape, '4', 100 * TAPE_MS, -10);
	tape_tone(&tape, "DE", TONE_BUSY, 5 * TAPE_RATE_HZ);
	tape_pair(&tape, 1100, -15, 0, -99, TAPE_RATE_HZ);
	listen_to_tape(0, "DE");
	assert_int_equal(n_heard, 0);
	listen_to_tape(LISTEN_PROGRESS, "DE");
	assert_int_equal(n_heard, 1);
	listen_to_tape(LISTEN_FAX, "DE");
	assert_int_equal(n_heard, 1);
	listen_to_tape(LISTEN_DTMF, "DE");
	assert_int_equal(n_heard, 2);
	assert_int_equal(listen_new(&none, &l), ERR_OK);
	assert_false(listen_suspects_key(l) || listen_is_voice(l));
	listen_free(l);
	listen_free(NULL);
}

/* ---- nothing of it in talk and music ---- */

static void
a_voice_is_no_tone(void **state)
{
	tape_voice(&tape, 60 * TAPE_RATE_HZ);
	tape_through(&tape, CODEC_PCMA);
	for (size_t c = 0; c < COUNTRIES; c += 6) {
		listen_to_tape(ALL & ~LISTEN_VOICE, countries[c]);
		assert_int_equal(n_heard, 0);
	}
}

/* Notes with overtones, many of them near the tones (A4 440 Hz, G#4 415 Hz), in the rhythm of a
 * busy tone. */
static void
music_is_no_tone(void **state)
{
	while (tape.n < 60 * TAPE_RATE_HZ) {
		size_t at = tape.n, n = 500 * TAPE_MS, voices = 1 + rng_below(&rng, 3);

		tape_silence(&tape, n + (rng_below(&rng, 2) ? n : 0));
		for (size_t k = 0; k < voices; k++) {
			double hz = 110 * pow(2, (double)rng_below(&rng, 37) / 12);

			for (int h = 1; h <= 6 && h * hz < 3400; h++)
				for (size_t i = 0; i < n; i++)
					tape.pcm[at + i] = osc_sample(
					    (float)(tape.pcm[at + i] +
						    4000.0 / h *
							exp(-2.0 * (double)i / TAPE_RATE_HZ) *
							sin(2 * M_PI * h * hz * (double)i /
							    TAPE_RATE_HZ)));
		}
	}
	for (size_t c = 0; c < COUNTRIES; c += 3) {
		listen_to_tape(ALL & ~LISTEN_VOICE, countries[c]);
		assert_int_equal(n_heard, 0);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(voice_and_silence_are_told_apart),
	    T(a_short_pause_is_no_silence),
	    T(clicks_are_no_voice),
	    T(noise_that_stays_becomes_silence),
	    T(calling_fax_machines_are_heard),
	    T(answering_fax_machines_are_heard),
	    T(tones_of_the_network_are_heard),
	    T(tones_are_heard_from_their_middle),
	    T(quiet_tones_and_tones_off_are_heard),
	    T(a_quiet_tone_after_a_loud_one_is_heard),
	    T(one_tone_after_the_other_is_heard),
	    T(keys_are_told_among_the_others),
	    T(only_what_was_asked_for_is_told),
	    T(a_voice_is_no_tone),
	    T(music_is_no_tone),
	};

	return cmocka_run_group_tests_name("sound/listen", tests, NULL, NULL);
}
