/* sound/dtmf_*.c: ten thousand strings of keys through codecs, and long talk without any key. Which
 * part: "pcma", "pcmu", "g722", "talk". */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sound/dtmf.h"
#include "tape.h"

enum { KEYS_MAX = 20 };

static const char digits[] = "0123456789*#ABCD";

static struct tape tape;
static struct rng rng;
static enum codec codec;

static size_t
between(size_t from, size_t to)
{
	return from + rng_below(&rng, (uint32_t)(to - from + 1));
}

static void
record(char said[KEYS_MAX + 1])
{
	size_t n = between(1, KEYS_MAX);
	float level_dbm0 = -(float)between(0, 30);

	tape_rewind(&tape);
	for (size_t i = 0; i < n; i++) {
		said[i] = digits[rng_below(&rng, 16)];
		tape_silence(&tape, between(50 * TAPE_MS, 200 * TAPE_MS));
		tape_key(&tape, said[i], between(50 * TAPE_MS, 200 * TAPE_MS), level_dbm0);
	}
	said[n] = '\0';
	tape_silence(&tape, 50 * TAPE_MS);
}

static size_t
hear(char *heard, size_t room)
{
	const int16_t *pcm = tape.pcm;
	size_t n = tape.n, keys = 0;
	struct dtmf_find find;
	struct dtmf_event e;

	dtmf_find_init(&find, false);
	while (dtmf_hear(&find, &pcm, &n, &e))
		if (e.kind == DTMF_BEGIN && ++keys <= room)
			heard[keys - 1] = e.digit;
	heard[keys < room ? keys : room] = '\0';
	return keys;
}

static void
strings_arrive(size_t strings)
{
	char said[KEYS_MAX + 1], heard[KEYS_MAX + 1];

	for (size_t i = 0; i < strings; i++) {
		record(said);
		tape_through(&tape, codec);
		hear(heard, KEYS_MAX);
		if (strcmp(said, heard) != 0)
			fail_msg("string %zu: %s became %s", i, said, heard);
	}
}

static void
five_thousand_strings_arrive(void **state)
{
	strings_arrive(5000);
}

static void
strings_arrive_through_wideband(void **state)
{
	strings_arrive(1000);
}

/* ---- talk without keys ---- */

static void
a_voice_is_no_key(void **state)
{
	char heard[2];

	tape_rewind(&tape);
	tape_voice(&tape, 180 * TAPE_RATE_HZ);
	assert_int_equal(hear(heard, 1), 0);
	tape_through(&tape, CODEC_PCMU);
	assert_int_equal(hear(heard, 1), 0);
}

/* Vowels whose two formants lie on the tones of a key, where a detector is deceived most easily;
 * syllables of 80 to 300 ms, the pitch glides. */
static void
vowels_like_keys_are_no_keys(void **state)
{
	static const double low_hz[] = {697, 770, 852, 941}, high_hz[] = {1209, 1336, 1477, 1633};
	char heard[2];

	tape_rewind(&tape);
	while (tape.n < 180 * TAPE_RATE_HZ) {
		size_t at = tape.n, n = between(80 * TAPE_MS, 300 * TAPE_MS);
		double pitch_hz = (double)between(80, 300),
		       glide = (double)between(0, 60) / 100 - 0.3;
		double f1 = low_hz[rng_below(&rng, 4)], f2 = high_hz[rng_below(&rng, 4)];
		double width_hz = (double)between(80, 160), phase = 0;

		tape_silence(&tape, n + between(0, 50 * TAPE_MS));
		for (size_t i = 0; i < n; i++) {
			double hz = pitch_hz * (1 + glide * (double)i / (double)n), v = 0;

			phase += 2 * M_PI * hz / TAPE_RATE_HZ;
			for (int h = 1; h * hz < 3400; h++) {
				double a = (h * hz - f1) / width_hz, b = (h * hz - f2) / width_hz;

				v += ((h == 1 ? 0.4 : 0.03) + exp(-a * a) + 0.7 * exp(-b * b)) *
				     sin(h * phase);
			}
			tape.pcm[at + i] =
			    osc_sample((float)(5000 * v * sin(M_PI * (double)i / (double)n)));
		}
	}
	assert_int_equal(hear(heard, 1), 0);
}

/* Chords of plucked strings on the notes next to the tones of keys (F5 698 Hz and so on). */
static void
music_is_no_key(void **state)
{
	char heard[2];

	tape_rewind(&tape);
	while (tape.n < 180 * TAPE_RATE_HZ) {
		size_t at = tape.n, n = between(100 * TAPE_MS, 500 * TAPE_MS),
		       voices = between(2, 4);

		tape_silence(&tape, n);
		for (size_t k = 0; k < voices; k++) {
			/* semitones above A2, up to A6 */
			double hz = 110 * pow(2, (double)between(0, 48) / 12);

			for (int h = 1; h <= 6 && h * hz < 3400; h++)
				for (size_t i = 0; i < n; i++)
					tape.pcm[at + i] = osc_sample(
					    (float)(tape.pcm[at + i] +
						    4000 / pow(h, 1.2) *
							exp(-3.0 * (double)i / TAPE_RATE_HZ) *
							sin(2 * M_PI * h * hz * (double)i /
							    TAPE_RATE_HZ)));
		}
	}
	assert_int_equal(hear(heard, 1), 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest strings[] = {cmocka_unit_test(five_thousand_strings_arrive)};
	const struct CMUnitTest wideband[] = {cmocka_unit_test(strings_arrive_through_wideband)};
	const struct CMUnitTest talk[] = {
	    cmocka_unit_test(a_voice_is_no_key),
	    cmocka_unit_test(vowels_like_keys_are_no_keys),
	    cmocka_unit_test(music_is_no_key),
	};
	const char *part = argc > 1 ? argv[1] : "";
	int failed = 1;

	rng_init_seed(&rng, 1);
	codec = codec_find(slice_cstr(part), 0, 0);
	if (strcmp(part, "talk") == 0)
		failed = cmocka_run_group_tests_name("sound/dtmf talk", talk, NULL, NULL);
	else if (codec == CODEC_G722)
		failed = cmocka_run_group_tests_name("sound/dtmf g722", wideband, NULL, NULL);
	else if (codec != CODEC_NONE)
		failed = cmocka_run_group_tests_name("sound/dtmf many", strings, NULL, NULL);
	tape_free(&tape);
	return failed;
}
