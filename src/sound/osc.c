#include "sound/osc.h"

#include <math.h>

void
osc_set(struct osc *o, double hz, uint32_t rate_hz, float amplitude)
{
	o->step = (uint32_t)(hz * 4294967296.0 / rate_hz + 0.5);
	o->amplitude = amplitude;
}

float
osc_amplitude(float level_dbm0)
{
	return (float)INT16_MAX * powf(10, (level_dbm0 - OSC_FULL_SCALE_DBM0) / 20);
}

uint32_t
osc_ramp_samples(uint32_t rate_hz)
{
	return (uint32_t)((uint64_t)rate_hz * OSC_RAMP_US / 1000000);
}

float
osc_ramp(uint32_t at, uint32_t ramp)
{
	/* half a turn, from the lowest point of the sine to its highest */
	if (at >= ramp)
		return 1;
	return (1 + osc_sin(0xc0000000U + (uint32_t)((uint64_t)at * 0x80000000U / ramp))) / 2;
}

int16_t
osc_sample(float v)
{
	if (v > (float)INT16_MAX)
		return INT16_MAX;
	if (v < (float)INT16_MIN)
		return INT16_MIN;
	return (int16_t)lrintf(v);
}
