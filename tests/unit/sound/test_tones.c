/* sound/tones.c: what is heard of the network's tones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tape.h"

static const uint32_t rates_hz[] = {8000, 11025, 16000, 44100, 48000};
static const char *const countries[] = {"DE", "AT", "CH", "FR", "IT", "ES", "NL", "BE", "LU", "DK",
    "SE", "NO", "FI", "PL", "CZ", "GB", "IE", "US", "CA", "AU", ""};

enum { RATES = 5, COUNTRIES = 21 };

static const struct tone_plan *
plan_of(const char *country, enum tone tone)
{
	return tone_find(slice_cstr(country), tone);
}

/* Of these samples, the power of a sine of this frequency, in dBm0. */
static double
level_at(const int16_t *pcm, size_t n, double hz, uint32_t rate_hz)
{
	double re = 0, im = 0;

	for (size_t i = 0; i < n; i++) {
		double hann = 1 - cos(2 * M_PI * (double)i / (double)n);

		re += hann * pcm[i] * cos(2 * M_PI * hz * (double)i / rate_hz);
		im += hann * pcm[i] * sin(2 * M_PI * hz * (double)i / rate_hz);
	}
	return 20 * log10(2 * sqrt(re * re + im * im) / (double)n / 32767 + 1e-9) +
	       OSC_FULL_SCALE_DBM0;
}

static double
level(const int16_t *pcm, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	return 10 * log10(sum / (double)n * 2 / 32767 / 32767 + 1e-9) + OSC_FULL_SCALE_DBM0;
}

static void
every_country_has_all_its_tones(void **state)
{
	for (size_t c = 0; c < COUNTRIES; c++)
		for (enum tone tone = 0; tone < TONES; tone++) {
			const struct tone_plan *p = plan_of(countries[c], tone);

			assert_in_range(p->steps, 1, TONE_STEPS_MAX);
			assert_true(p->step[0].hz[0] > 0);
			for (size_t s = 0; s < p->steps; s++) {
				assert_true(p->step[s].ms > 0 || (p->steps == 1 && !p->repeats));
				for (size_t k = 0; k < TONE_HZ_MAX && p->step[s].hz[k]; k++)
					assert_in_range(p->step[s].hz[k], 300, 2000);
			}
			/* who waits or is told hears it until he hangs up */
			if (tone != TONE_CONFIRM && tone != TONE_ERROR)
				assert_true(p->repeats || p->step[0].ms == 0);
		}
}

static void
the_tone_is_the_one_of_the_country(void **state)
{
	assert_int_equal(plan_of("GB", TONE_RINGING)->step[0].hz[1], 450);
	assert_ptr_equal(plan_of("gb", TONE_RINGING), plan_of("GB", TONE_RINGING));
	assert_int_equal(plan_of("DE", TONE_BUSY)->step[0].ms, 480);
	assert_int_equal(plan_of("US", TONE_DIAL)->step[0].hz[0], 350);
	assert_int_equal(plan_of("IT", TONE_DIAL)->step[2].ms, 600);
	/* what a country has not of its own, and countries unknown */
	assert_ptr_equal(plan_of("DE", TONE_DIAL), plan_of("", TONE_DIAL));
	assert_ptr_equal(plan_of("ZZ", TONE_BUSY), plan_of("", TONE_BUSY));
	assert_ptr_equal(plan_of("Germany", TONE_BUSY), plan_of("", TONE_BUSY));
	assert_ptr_equal(tone_find(slice_make(NULL, 0), TONE_DIAL), plan_of("", TONE_DIAL));
}

static void
frequencies_and_level_are_right(void **state)
{
	for (size_t r = 0; r < RATES; r++)
		for (size_t c = 0; c < COUNTRIES; c++) {
			const struct tone_plan *p = plan_of(countries[c], TONE_RINGING);
			size_t n = rates_hz[r] / 5, from = rates_hz[r] / 10, k = 0;
			int16_t *pcm = malloc((from + n) * sizeof *pcm);
			struct tone_player t;

			tone_start(&t, p, rates_hz[r], -13);
			assert_true(tone_fill(&t, pcm, from + n));
			/* beats of 25 Hz or more fit into 200 ms */
			assert_true(fabs(level(pcm + from, n) + 13) < 0.1);
			while (k < TONE_HZ_MAX && p->step[0].hz[k])
				k++;
			for (size_t i = 0; i < k; i++)
				assert_true(
				    fabs(level_at(pcm + from, n, p->step[0].hz[i], rates_hz[r]) +
					 13 + 10 * log10((double)k)) < 0.1);
			assert_true(level_at(pcm + from, n, 600, rates_hz[r]) < -65);
			free(pcm);
		}
}

static void
nothing_clicks(void **state)
{
	static int16_t pcm[48000 * 5];

	for (size_t r = 0; r < RATES; r++)
		for (size_t c = 0; c < COUNTRIES; c++)
			for (enum tone tone = 0; tone < TONES; tone++) {
				const struct tone_plan *p = plan_of(countries[c], tone);
				double highest_hz = 0, most;
				struct tone_player t;

				for (size_t s = 0; s < p->steps; s++)
					for (size_t k = 0; k < TONE_HZ_MAX; k++)
						highest_hz = fmax(highest_hz, p->step[s].hz[k]);
				/* the steepest place of all frequencies together, and rounding */
				most = 32767 * pow(10, (-10 - 3.14) / 20) * sqrt(3) * 2 * M_PI *
					   highest_hz / rates_hz[r] +
				       2;
				tone_start(&t, p, rates_hz[r], -10);
				tone_fill(&t, pcm, rates_hz[r] * 5);
				assert_int_equal(pcm[0], 0);
				for (size_t i = 1; i < rates_hz[r] * 5; i++)
					assert_true(abs(pcm[i] - pcm[i - 1]) <= most);
				/* an edge of 425 Hz takes 2.5 ms: after 0.25 ms it is low */
				assert_true(abs(pcm[rates_hz[r] / 4000]) < 600);
			}
}

/* Two hours of a tone at a rate where no step is a whole number of samples: the last
 * one begins where it should. */
static void
cadences_do_not_drift(void **state)
{
	static const struct tone_plan odd = {
	    .repeats = true, .steps = 2, .step = {{333, {425}}, {667, {0}}}};
	static int16_t pcm[11025];
	const uint32_t rate_hz = 11025, hours = 2;
	struct tone_player t;

	tone_start(&t, &odd, rate_hz, -10);
	for (uint32_t s = 0; s < hours * 3600; s++)
		assert_true(tone_fill(&t, pcm, rate_hz));
	/* in step again, exactly: silence ended with the last second, the tone begins at once */
	assert_int_equal(pcm[rate_hz - 1], 0);
	assert_int_equal(t.step, 0);
	assert_int_equal(t.at, 0);
	assert_int_equal(t.carry, 333 * rate_hz % 1000);
	assert_true(tone_fill(&t, pcm, rate_hz));
	assert_true(level(pcm + 100, 3000) > -10.5);
	assert_true(level(pcm + 3671, 7354) < -80);
}

static void
blocks_may_have_any_length(void **state)
{
	static int16_t whole[8000 * 3], parts[8000 * 3];
	struct tone_player t;

	tone_start(&t, plan_of("GB", TONE_RINGING), 8000, -10);
	tone_fill(&t, whole, 8000 * 3);
	tone_start(&t, plan_of("GB", TONE_RINGING), 8000, -10);
	for (size_t at = 0, n = 1; at < 8000 * 3; at += n, n = n % 331 + 1) {
		if (at + n > 8000 * 3)
			n = 8000 * 3 - at;
		tone_fill(&t, parts + at, n);
	}
	assert_memory_equal(whole, parts, sizeof whole);
}

static void
short_beeps_end_and_steady_tones_can_be_ended(void **state)
{
	static int16_t pcm[8000];
	struct tone_player t;

	tone_start(&t, plan_of("DE", TONE_CONFIRM), 8000, -10);
	assert_true(tone_fill(&t, pcm, 2399));
	assert_false(tone_fill(&t, pcm, 8000));
	assert_true(level(pcm + 1, 7999) < -80);
	assert_false(tone_fill(&t, pcm, 100));

	tone_start(&t, plan_of("DE", TONE_DIAL), 8000, -10);
	for (int i = 0; i < 3600; i++)
		assert_true(tone_fill(&t, pcm, 8000));
	assert_true(fabs(level(pcm, 8000) + 10) < 0.1);
	tone_stop(&t);
	assert_false(tone_fill(&t, pcm, 8000));
	assert_true(level(pcm, 10) > -20);
	assert_true(level(pcm + 20, 7980) < -80);
	/* in a pause there is nothing to fade */
	tone_start(&t, plan_of("DE", TONE_BUSY), 8000, -10);
	tone_fill(&t, pcm, 5000);
	tone_stop(&t);
	assert_false(tone_fill(&t, pcm, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_country_has_all_its_tones),
	    cmocka_unit_test(the_tone_is_the_one_of_the_country),
	    cmocka_unit_test(frequencies_and_level_are_right),
	    cmocka_unit_test(nothing_clicks),
	    cmocka_unit_test(cadences_do_not_drift),
	    cmocka_unit_test(blocks_may_have_any_length),
	    cmocka_unit_test(short_beeps_end_and_steady_tones_can_be_ended),
	};

	return cmocka_run_group_tests_name("sound/tones", tests, NULL, NULL);
}
