#include "sound/dtmf.h"

#include <math.h>
#include <string.h>

#include "sound/dtmf_int.h"

/* The shares of the two tones in their common level: 2 dB apart. */
static const float LOW_DB = -4.12F, HIGH_DB = -2.12F;

const uint16_t dtmf_hz[DTMF_TONES] = {697, 770, 852, 941, 1209, 1336, 1477, 1633};
const char dtmf_digits[DTMF_DIGITS + 1] = "123A456B789C*0#D";

static int
place_of(char digit)
{
	const char *at;

	if (digit >= 'a' && digit <= 'd')
		digit = (char)(digit - 'a' + 'A');
	at = digit ? strchr(dtmf_digits, digit) : NULL;
	return at ? (int)(at - dtmf_digits) : -1;
}

bool
dtmf_is_digit(char digit)
{
	return place_of(digit) >= 0;
}

bool
dtmf_gen_start(struct dtmf_gen *g, char digit, uint32_t rate_hz, float level_dbm0)
{
	int place = place_of(digit), row = place / 4, column = place % 4;

	*g = (struct dtmf_gen){.ramp = osc_ramp_samples(rate_hz), .over = place < 0};
	if (place < 0)
		return false;
	osc_set(&g->low, dtmf_hz[row], rate_hz, osc_amplitude(level_dbm0 + LOW_DB));
	osc_set(
	    &g->high, dtmf_hz[DTMF_ROWS + column], rate_hz, osc_amplitude(level_dbm0 + HIGH_DB));
	return true;
}

void
dtmf_gen_release(struct dtmf_gen *g)
{
	if (!g->over && !g->ending)
		g->ending = g->ramp;
}

bool
dtmf_fill(struct dtmf_gen *g, int16_t *pcm, size_t n)
{
	size_t i;

	for (i = 0; i < n && !g->over; i++) {
		float v = osc_next(&g->low) + osc_next(&g->high);

		if (g->at < g->ramp)
			v *= osc_ramp(g->at++, g->ramp);
		if (g->ending) {
			v *= osc_ramp(g->ending, g->ramp);
			g->over = --g->ending == 0;
		}
		pcm[i] = osc_sample(v);
	}
	if (i < n)
		memset(pcm + i, 0, (n - i) * sizeof *pcm);
	return !g->over;
}
