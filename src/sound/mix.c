#include "sound/mix.h"

#include <math.h>

enum { KNEE = 24576, ROOM = INT16_MAX - KNEE, SILENT_DB = -60 };

void
mix_add(int32_t *sum, const int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] += pcm[i];
}

/* Straight up to the knee; from there on towards the end of the range, never quite there. */
static int16_t
bend(int32_t x)
{
	int64_t over = (x < 0 ? -(int64_t)x : x) - KNEE;
	int32_t y;

	if (over <= 0)
		return (int16_t)x;
	y = KNEE + (int32_t)(over * ROOM / (over + ROOM));
	return (int16_t)(x < 0 ? -y : y);
}

void
mix_take(int16_t *out, const int32_t *sum, const int16_t *without, size_t n)
{
	if (!without) {
		for (size_t i = 0; i < n; i++)
			out[i] = bend(sum[i]);
		return;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = bend(sum[i] - without[i]);
}

void
mix_gain(int16_t *pcm, size_t n, int32_t gain)
{
	if (gain == MIX_GAIN_ONE)
		return;
	for (size_t i = 0; i < n; i++)
		pcm[i] = bend((int32_t)((int64_t)pcm[i] * gain / MIX_GAIN_ONE));
}

int32_t
mix_gain_of_db(int db)
{
	if (db < SILENT_DB)
		return 0;
	if (db > MIX_GAIN_MAX_DB)
		db = MIX_GAIN_MAX_DB;
	return (int32_t)lround(MIX_GAIN_ONE * pow(10, db / 20.0));
}
