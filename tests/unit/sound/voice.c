#include "voice.h"

#include <math.h>
#include <stdlib.h>

/* How loud a harmonic is in a vowel with formants at these frequencies. */
static double
formant_gain(double hz, double open)
{
	const double formants[] = {500 + 300 * open, 1500 - 400 * open, 2500};
	double gain = 0.02;

	for (int i = 0; i < 3; i++) {
		double off = (hz - formants[i]) / 150;

		gain += exp(-off * off) / (1 + i);
	}
	return gain;
}

void
voice_make(int16_t *pcm, size_t n, uint32_t rate_hz, bool wide)
{
	uint32_t noise = 1;
	double phase = 0;

	for (size_t i = 0; i < n; i++) {
		double t = (double)i / rate_hz;
		double pitch_hz = 140 + 40 * sin(2 * M_PI * 0.7 * t);
		double open = 0.5 + 0.5 * sin(2 * M_PI * 1.3 * t);
		double syllable = 0.35 + 0.65 * pow(sin(2 * M_PI * 1.9 * t), 2);
		double v = 0;

		for (int h = 1; h * pitch_hz < 3400; h++)
			v += formant_gain(h * pitch_hz, open) * sin(h * phase);
		phase += 2 * M_PI * pitch_hz / rate_hz; /* after: it begins with 0 at every rate */
		noise = noise * 1664525 + 1013904223;
		if (wide)
			for (int p = 0; p < 7; p++)
				v += 0.4 * sin(2 * M_PI * (4600 + 370 * p) * t + p * p) *
				     pow(sin(2 * M_PI * 0.9 * t), 8);
		pcm[i] = (int16_t)(2600 * syllable * v + (double)(int32_t)noise / INT32_MAX * 8);
	}
}

/* Every third sample is enough of them, at whatever rate. */
static double
correlate(const int16_t *said, const int16_t *heard, size_t n)
{
	double product = 0, a = 1, b = 1;

	for (size_t i = 0; i < n; i += 3) {
		product += (double)said[i] * heard[i];
		a += (double)said[i] * said[i];
		b += (double)heard[i] * heard[i];
	}
	return product / sqrt(a * b);
}

struct voice_heard
voice_compare(const int16_t *said, const int16_t *heard, size_t n, uint32_t rate_hz, double max_ms)
{
	size_t skip = rate_hz / 10, most = (size_t)(max_ms * rate_hz / 1000),
	       coarse = rate_hz / 8000;
	size_t at = 0, from, to;
	double best = -1;

	for (size_t delay = 0; delay <= most; delay += coarse) {
		double is = correlate(said + skip, heard + skip + delay, n - skip - most);

		if (is > best) {
			best = is;
			at = delay;
		}
	}
	from = at > coarse ? at - coarse : 0;
	to = at + coarse < most ? at + coarse : most;
	for (size_t delay = from; delay <= to; delay++) {
		double is = correlate(said + skip, heard + skip + delay, n - skip - most);

		if (is > best) {
			best = is;
			at = delay;
		}
	}
	return (struct voice_heard){best, (double)at * 1000 / rate_hz};
}

int
voice_largest_step(const int16_t *pcm, size_t n)
{
	int largest = 0;

	for (size_t i = 1; i < n; i++)
		if (abs(pcm[i] - pcm[i - 1]) > largest)
			largest = abs(pcm[i] - pcm[i - 1]);
	return largest;
}

/* By a chain of two first-order high passes, good enough to tell wide from narrow. */
double
voice_share_above(const int16_t *pcm, size_t n, uint32_t rate_hz, double cut_hz)
{
	double rc = 1 / (2 * M_PI * cut_hz), a = rc / (rc + 1.0 / rate_hz);
	double y[4] = {0}, x[4] = {0}, high = 0, all = 1;

	for (size_t i = 0; i < n; i++) {
		double v = pcm[i];

		all += v * v;
		for (int k = 0; k < 4; k++) {
			y[k] = a * (y[k] + v - x[k]);
			x[k] = v;
			v = y[k];
		}
		high += v * v;
	}
	return high / all;
}
