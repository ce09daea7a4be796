/* sound/mix.c, sound/level.c: voices on top of each other, and equally loud. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sound/level.h"
#include "sound/mix.h"
#include "voice.h"

enum { HZ = 16000, FRAME_MS = 20, FRAME = HZ / 1000 * FRAME_MS };

static void
who_is_taken_out_leaves_no_trace(void **state)
{
	static int16_t voice[3][FRAME], out[FRAME];
	int32_t sum[FRAME] = {0};

	for (int k = 0; k < 3; k++) {
		for (int i = 0; i < FRAME; i++)
			voice[k][i] = (int16_t)(6000 * sin(0.05 * (k + 1) * i));
		mix_add(sum, voice[k], FRAME);
	}
	mix_take(out, sum, voice[1], FRAME);
	for (int i = 0; i < FRAME; i++)
		assert_int_equal(out[i], voice[0][i] + voice[2][i]);
	mix_take(out, sum, NULL, FRAME);
	for (int i = 0; i < FRAME; i++)
		assert_int_equal(out[i], voice[0][i] + voice[1][i] + voice[2][i]);
}

/* Ten who shout at once: nothing wraps around, nothing is cut flat. */
static void
too_much_is_bent_not_cut(void **state)
{
	int32_t sum[FRAME];
	int16_t out[FRAME];

	for (int i = 0; i < FRAME; i++)
		sum[i] = (i - FRAME / 2) * 2000;
	mix_take(out, sum, NULL, FRAME);
	for (int i = 1; i < FRAME; i++)
		assert_true(out[i] >= out[i - 1]);
	assert_in_range(out[FRAME - 1], 32000, INT16_MAX);
	assert_true(out[0] <= -32000);
	assert_true(out[FRAME / 2 + 30] > out[FRAME / 2 + 20]);
}

static void
gain_is_what_decibels_say(void **state)
{
	int16_t pcm[4] = {1000, -1000, 10000, -32768};

	assert_int_equal(mix_gain_of_db(0), MIX_GAIN_ONE);
	assert_int_equal(mix_gain_of_db(-100), 0);
	assert_int_equal(mix_gain_of_db(100), mix_gain_of_db(MIX_GAIN_MAX_DB));
	mix_gain(pcm, 4, mix_gain_of_db(6));
	assert_in_range(pcm[0], 1990, 2000);
	assert_true(pcm[1] <= -1990 && pcm[1] >= -2000);
	assert_in_range(pcm[2], 19900, 20000);
	assert_true(pcm[3] < -30000);
}

/* What he says, scaled to so many dB below full scale (of its loud parts). Returns samples. */
static int16_t *
speech(int db, size_t n)
{
	int16_t *pcm = malloc(n * sizeof *pcm);
	double sum = 0;

	voice_make(pcm, n, HZ, false);
	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)(pcm[i] * 32768 * pow(10, db / 20.0) / sqrt(sum / (double)n));
	return pcm;
}

/* A whisperer and one who shouts become as loud as each other within seconds. */
static void
members_become_equally_loud(void **state)
{
	static const int loud_db[] = {-34, -28, -22, -16, -12};
	size_t n = 8 * HZ;

	for (size_t k = 0; k < 5; k++) {
		int16_t *pcm = speech(loud_db[k], n);
		double sum = 0, before = 0;
		int16_t silence[FRAME] = {0};
		struct level l;

		level_init(&l);
		for (int f = 0; f < 10; f++) /* one listens before one speaks */
			level_measure(&l, silence, FRAME, FRAME_MS);
		for (size_t at = 0; at + FRAME <= n; at += FRAME) {
			level_measure(&l, pcm + at, FRAME, FRAME_MS);
			for (size_t i = 0; at > n / 2 && i < FRAME; i++)
				before += (double)pcm[at + i] * pcm[at + i];
			mix_gain(pcm + at, FRAME, level_gain(&l));
			for (size_t i = 0; at > n / 2 && i < FRAME; i++)
				sum += (double)pcm[at + i] * pcm[at + i];
		}
		/* louder or quieter by what is missing, not more */
		assert_true(fabs(10 * log10(sum / before) - (LEVEL_TARGET_DB - loud_db[k])) < 5);
		free(pcm);
	}
}

static void
add_noise(int16_t *pcm, size_t n, uint32_t peak)
{
	uint32_t random = 1;

	for (size_t i = 0; i < n; i++) {
		random = random * 1664525 + 1013904223;
		pcm[i] = (int16_t)(pcm[i] + (int32_t)((random >> 16) % (2 * peak)) - (int32_t)peak);
	}
}

/* He begins in a room that is not quiet, and takes his first breath after two seconds: within one
 * he is nearly as loud as others, and from then on his loudness hardly wanders. */
static void
who_does_not_pause_is_levelled_at_once_and_steadily(void **state)
{
	size_t n = 10 * HZ;
	int16_t *pcm = speech(-34, n);
	float settled_db = 0, wandered_db = 0;
	struct level l;

	for (size_t at = 2 * HZ; at < n; at += 2 * HZ)
		memset(pcm + at, 0, HZ / 4 * sizeof *pcm);
	add_noise(pcm, n, 150); /* -52 dB */
	level_init(&l);
	for (size_t at = 0; at + FRAME <= n; at += FRAME) {
		float before = l.gain_db;

		level_measure(&l, pcm + at, FRAME, FRAME_MS);
		if (at < HZ)
			settled_db = l.gain_db;
		else
			wandered_db += fabsf(l.gain_db - before);
	}
	print_message("after a second %.1f dB, then %.1f, %.1f dB up and down in 9 s\n",
	    (double)settled_db, (double)l.gain_db, (double)wandered_db);
	assert_true(fabsf(settled_db - l.gain_db) < 3);
	assert_true(wandered_db < 12);
	free(pcm);
}

static void
noise_is_no_voice_and_is_not_lifted(void **state)
{
	static int16_t pcm[FRAME];
	struct level l;
	bool speaks = false;
	uint32_t random = 1;

	level_init(&l);
	for (int f = 0; f < 50 * 20; f++) { /* 20 s of a fan at -46 dB */
		for (int i = 0; i < FRAME; i++) {
			random = random * 1664525 + 1013904223;
			pcm[i] = (int16_t)((int32_t)(random >> 16) % 570 - 285);
		}
		speaks = level_measure(&l, pcm, FRAME, FRAME_MS);
	}
	assert_false(speaks);
	assert_in_range(level_gain(&l), MIX_GAIN_ONE / 2, MIX_GAIN_ONE * 3 / 2);
}

static void
words_are_one_speech_pauses_are_not(void **state)
{
	int16_t *pcm = speech(-24, HZ), silence[FRAME] = {0};
	struct level l;
	int speaks = 0;

	level_init(&l);
	assert_false(level_measure(&l, silence, FRAME, FRAME_MS));
	for (size_t at = 0; at + FRAME <= HZ; at += FRAME)
		speaks += level_measure(&l, pcm + at, FRAME, FRAME_MS);
	assert_in_range(speaks, 45, 50);
	for (int f = 0; f < LEVEL_HANG_MS / FRAME_MS - 1; f++)
		assert_true(level_measure(&l, silence, FRAME, FRAME_MS));
	assert_false(level_measure(&l, silence, FRAME, FRAME_MS));
	free(pcm);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_taken_out_leaves_no_trace),
	    cmocka_unit_test(too_much_is_bent_not_cut),
	    cmocka_unit_test(gain_is_what_decibels_say),
	    cmocka_unit_test(members_become_equally_loud),
	    cmocka_unit_test(who_does_not_pause_is_levelled_at_once_and_steadily),
	    cmocka_unit_test(noise_is_no_voice_and_is_not_lifted),
	    cmocka_unit_test(words_are_one_speech_pauses_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
