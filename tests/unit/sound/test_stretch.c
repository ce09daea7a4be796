/* sound/stretch.c: shorter and longer without a click and without another pitch. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sound/stretch.h"
#include "voice.h"

enum { ROOM = 48000 };

static const uint32_t rates_hz[] = {8000, 16000, 48000};

/* Zero crossings upwards: the pitch of a tone. */
static double
pitch_hz(const int16_t *pcm, size_t n, uint32_t rate_hz)
{
	size_t crossings = 0;

	for (size_t i = 1; i < n; i++)
		crossings += pcm[i - 1] < 0 && pcm[i] >= 0;
	return (double)crossings * rate_hz / (double)n;
}

/* Frames of 20 ms, each stretched: the tone has another length and the same pitch. */
static void
a_tone_keeps_its_pitch(void **state)
{
	for (size_t r = 0; r < 3; r++)
		for (int longer = 0; longer < 2; longer++)
			for (int tone = 0; tone < 5; tone++) {
				double hz = 110 * pow(1.7, tone);
				size_t frame = rates_hz[r] / 50, n = 0;
				static int16_t frame_pcm[ROOM / 10], out[ROOM];
				double phase = 0, step = 2 * M_PI * hz / rates_hz[r];
				int most = (int)(8000 * step * 1.2) + 2;

				for (int i = 0; i < 25; i++) {
					size_t m = frame;

					for (size_t k = 0; k < frame; k++, phase += step)
						frame_pcm[k] = (int16_t)(8000 * sin(phase));
					m = longer ? stretch_lengthen(frame_pcm, m, rates_hz[r])
						   : stretch_shorten(frame_pcm, m, rates_hz[r]);
					if (longer)
						assert_in_range(m, frame * 9 / 8, frame * 3 / 2);
					else
						assert_in_range(m, frame / 2, frame * 7 / 8);
					memcpy(out + n, frame_pcm, m * sizeof *out);
					n += m;
				}
				assert_true(fabs(pitch_hz(out, n, rates_hz[r]) - hz) < hz * 0.06);
				assert_true(voice_largest_step(out, n) <= most);
			}
}

static void
silence_and_noise_are_endured(void **state)
{
	static int16_t pcm[ROOM];
	uint32_t noise = 1;

	for (size_t r = 0; r < 3; r++) {
		size_t frame = rates_hz[r] / 50;

		memset(pcm, 0, sizeof pcm);
		assert_in_range(stretch_shorten(pcm, frame, rates_hz[r]), frame / 2, frame - 1);
		assert_int_equal(voice_largest_step(pcm, frame), 0);
		for (size_t i = 0; i < frame; i++)
			pcm[i] = (int16_t)((noise = noise * 1664525 + 1013904223) >> 16);
		assert_in_range(
		    stretch_lengthen(pcm, frame, rates_hz[r]), frame + 1, frame * 3 / 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tone_keeps_its_pitch),
	    cmocka_unit_test(silence_and_noise_are_endured),
	};

	return cmocka_run_group_tests_name("media/stretch", tests, NULL, NULL);
}
