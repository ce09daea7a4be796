/* sound/conceal.c: what is heard in place of lost packets. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sound/conceal_int.h"

enum { SECONDS = 1, FRAME_MS = 20 };

static int16_t *
tone(uint32_t rate_hz, double hz)
{
	int16_t *pcm = malloc(rate_hz * SECONDS * sizeof *pcm);

	for (size_t i = 0; i < rate_hz * SECONDS; i++)
		pcm[i] = (int16_t)(8000 * sin(2 * M_PI * hz * (double)i / rate_hz) +
				   3000 * sin(4 * M_PI * hz * (double)i / rate_hz));
	return pcm;
}

static int
largest_step(const int16_t *pcm, size_t n)
{
	int largest = 0;

	for (size_t i = 1; i < n; i++)
		if (abs(pcm[i] - pcm[i - 1]) > largest)
			largest = abs(pcm[i] - pcm[i - 1]);
	return largest;
}

static double
energy(const int16_t *pcm, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	return sum / (double)n;
}

/* One frame in ten is lost: the tone goes on, with no click at either join. */
static void
a_tone_goes_on(void **state)
{
	static const uint32_t rates_hz[] = {8000, 16000, 48000};
	static const double tones_hz[] = {70, 100, 133, 190};

	for (size_t r = 0; r < 3; r++)
		for (size_t f = 0; f < 4; f++) {
			uint32_t rate_hz = rates_hz[r];
			size_t frame = rate_hz / 1000 * FRAME_MS, n = rate_hz * SECONDS;
			int16_t *said = tone(rate_hz, tones_hz[f]);
			int16_t *heard = malloc(n * sizeof *heard);
			static struct conceal c;
			double off = 0;

			memcpy(heard, said, n * sizeof *heard);
			conceal_init(&c, rate_hz);
			for (size_t at = 0; at < n; at += frame)
				if (at / frame % 10 == 7)
					conceal_fill(&c, heard + at, frame);
				else
					conceal_heard(&c, heard + at, frame);
			assert_true(largest_step(heard, n) < largest_step(said, n) * 3 / 2);
			for (size_t i = 0; i < n; i++)
				off += pow(heard[i] - said[i], 2);
			/* silence in place of it would be off by a tenth of the energy */
			assert_true(off / (double)n < energy(said, n) / 40);
			free(said);
			free(heard);
		}
}

static void
long_losses_fade_away(void **state)
{
	int16_t *said = tone(8000, 120), *made = malloc(1600 * sizeof *made);
	static struct conceal c;

	conceal_init(&c, 8000);
	for (size_t at = 0; at < 1600; at += 160)
		conceal_heard(&c, said + at, 160);
	for (size_t at = 0; at < 1600; at += 160)
		conceal_fill(&c, made + at, 160);
	assert_true(energy(made, 80) > energy(said, 8000) / 2);
	assert_true(energy(made + 160, 160) < energy(made, 80));
	assert_true(energy(made + 640, 960) == 0);
	/* and what comes then is not changed for longer than a moment */
	memcpy(made, said, 1600 * sizeof *made);
	conceal_heard(&c, made, 160);
	assert_memory_equal(made + 32, said + 32, 128 * sizeof *made);
	free(said);
	free(made);
}

static void
nothing_heard_yet_is_silence(void **state)
{
	int16_t made[480];
	static struct conceal c;

	conceal_init(&c, 48000);
	memset(made, 1, sizeof made);
	conceal_fill(&c, made, 480);
	assert_true(energy(made, 480) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tone_goes_on),
	    cmocka_unit_test(long_losses_fade_away),
	    cmocka_unit_test(nothing_heard_yet_is_silence),
	};

	return cmocka_run_group_tests_name("media/conceal", tests, NULL, NULL);
}
