#include "sound/conceal_int.h"

#include <stdlib.h>
#include <string.h>

enum {
	PITCH_MIN_HZ = 66,
	PITCH_MAX_HZ = 200,
	LOOK_MS = 20,	     /* so much of the past is compared */
	LOOK_RATE_HZ = 8000, /* and no finer than this */
	STEADY_MS = 10,	     /* full volume */
	SILENT_MS = 60,	     /* then less, until nothing is left */
	FADE_MS = 4,
};

static size_t
samples(const struct conceal *c, size_t ms)
{
	return c->rate_hz / 1000 * ms;
}

static size_t
history_size(const struct conceal *c)
{
	return samples(c, CONCEAL_HISTORY_MS);
}

void
conceal_init(struct conceal *c, uint32_t rate_hz)
{
	memset(c, 0, sizeof *c);
	c->rate_hz = rate_hz;
}

/* How alike are the last milliseconds and those a lag before? By the normalised product, without
 * roots: a negative likeness counts as none. */
static double
likeness(const struct conceal *c, size_t lag)
{
	size_t step = c->rate_hz / LOOK_RATE_HZ;
	const int16_t *end = c->history + history_size(c);
	double product = 0, energy = 1;

	for (size_t i = step; i <= samples(c, LOOK_MS); i += step) {
		double now = *(end - i), before = *(end - i - lag);

		product += now * before;
		energy += before * before;
	}
	return product > 0 ? product * product / energy : 0;
}

static size_t
find_period(const struct conceal *c)
{
	size_t step = c->rate_hz / LOOK_RATE_HZ, best = c->rate_hz / PITCH_MAX_HZ;
	double most = -1;

	for (size_t lag = c->rate_hz / PITCH_MAX_HZ; lag <= c->rate_hz / PITCH_MIN_HZ;
	     lag += step) {
		double is = likeness(c, lag);

		if (is > most) {
			most = is;
			best = lag;
		}
	}
	return best;
}

/* The last period, its end bent to meet its beginning. */
static void
begin(struct conceal *c)
{
	const int16_t *end = c->history + history_size(c);
	size_t bend;

	c->period = find_period(c);
	c->made = 0;
	c->lost = true;
	c->step = *(end - 1) - *(end - c->period - 1);
	memcpy(c->loop, end - c->period, c->period * sizeof *c->loop);
	bend = c->period / 4;
	for (size_t i = 0; i < bend; i++) {
		size_t at = c->period - bend + i;
		int32_t w = (int32_t)(i + 1), all = (int32_t)bend;
		int32_t before = *(end - 2 * c->period + at);

		c->loop[at] = (int16_t)((c->loop[at] * (all - w) + before * w) / all);
	}
}

static int16_t
clamp(int32_t v)
{
	return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

static int16_t
next_made(struct conceal *c)
{
	int32_t v = c->loop[c->made % c->period];
	int32_t at = (int32_t)c->made, fade = (int32_t)samples(c, FADE_MS);
	int32_t steady = (int32_t)samples(c, STEADY_MS), silent = (int32_t)samples(c, SILENT_MS);

	if (at < fade)
		v += c->step * (fade - at) / fade;
	if (at >= silent)
		return 0;
	if (at > steady)
		v = (int32_t)((int64_t)v * (silent - at) / (silent - steady));
	c->made++;
	return clamp(v);
}

static void
remember(struct conceal *c, const int16_t *pcm, size_t n)
{
	size_t size = history_size(c), kept;

	if (n > size) {
		pcm += n - size;
		n = size;
	}
	kept = size - n;
	memmove(c->history, c->history + n, kept * sizeof *pcm);
	memcpy(c->history + kept, pcm, n * sizeof *pcm);
}

void
conceal_heard(struct conceal *c, int16_t *pcm, size_t n)
{
	size_t fade = samples(c, FADE_MS);

	for (size_t i = 0; c->lost && i < fade && i < n; i++)
		pcm[i] = clamp(
		    (next_made(c) * (int32_t)(fade - i) + pcm[i] * (int32_t)i) / (int32_t)fade);
	c->lost = false;
	remember(c, pcm, n);
}

void
conceal_fill(struct conceal *c, int16_t *pcm, size_t n)
{
	if (!c->lost)
		begin(c);
	for (size_t i = 0; i < n; i++)
		pcm[i] = next_made(c);
	remember(c, pcm, n);
}
