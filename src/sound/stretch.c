#include "sound/stretch.h"

#include <string.h>

enum { PERIOD_MIN_US = 2500, LOOK_RATE_HZ = 8000 };

/* How alike are the beginning and what comes a lag later, over one lag. */
static double
likeness(const int16_t *pcm, size_t lag, size_t step)
{
	double product = 0, a = 1, b = 1;

	for (size_t i = 0; i < lag; i += step) {
		product += (double)pcm[i] * pcm[i + lag];
		a += (double)pcm[i] * pcm[i];
		b += (double)pcm[i + lag] * pcm[i + lag];
	}
	return product > 0 ? product * product / (a * b) : 0;
}

static size_t
find_period(const int16_t *pcm, size_t n, uint32_t rate_hz)
{
	size_t step = rate_hz / LOOK_RATE_HZ ? rate_hz / LOOK_RATE_HZ : 1;
	size_t most = rate_hz / 1000 * STRETCH_PERIOD_MAX_MS, best;
	double alike = -1;

	if (most > n / 2)
		most = n / 2;
	best = most;
	for (size_t lag = rate_hz / 1000 * PERIOD_MIN_US / 1000; lag <= most; lag += step) {
		double is = likeness(pcm, lag, step);

		if (is > alike) {
			alike = is;
			best = lag;
		}
	}
	return best;
}

/* From a to b over n samples; out may be one of them. */
static void
fade(int16_t *out, const int16_t *a, const int16_t *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (int16_t)((a[i] * (int32_t)(n - i) + b[i] * (int32_t)i) / (int32_t)n);
}

size_t
stretch_shorten(int16_t *pcm, size_t n, uint32_t rate_hz)
{
	size_t period = find_period(pcm, n, rate_hz);

	fade(pcm, pcm, pcm + period, period);
	memmove(pcm + period, pcm + 2 * period, (n - 2 * period) * sizeof *pcm);
	return n - period;
}

size_t
stretch_lengthen(int16_t *pcm, size_t n, uint32_t rate_hz)
{
	size_t period = find_period(pcm, n, rate_hz);

	/* x0 x1 rest -> x0, from x1 to x0, x1 rest */
	memmove(pcm + 2 * period, pcm + period, (n - period) * sizeof *pcm);
	fade(pcm + period, pcm + 2 * period, pcm, period);
	return n + period;
}
