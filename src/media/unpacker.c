#include "media/unpacker_int.h"

#include <string.h>

/* Nobody hears which noise it is. */
enum { SEED = 3389 };

void
unpacker_init(struct unpacker *u)
{
	*u = (struct unpacker){0};
	comfort_noise_init(&u->noise, SEED);
}

void
unpacker_drop(struct unpacker *u)
{
	decoder_free(u->decoder);
	resampler_free(u->resampler);
	u->decoder = NULL;
	u->resampler = NULL;
	u->codec = CODEC_NONE;
	if (u->rest == UNPACKER_CODEC)
		u->rest = UNPACKER_AWAKE;
}

bool
unpacker_ready(struct unpacker *u, enum codec codec, uint32_t wanted_hz)
{
	bool direct = coder_has_rate(codec, wanted_hz);

	if (u->codec == codec && u->wanted_hz == wanted_hz && codec)
		return true;
	unpacker_drop(u);
	u->wanted_hz = wanted_hz;
	u->hz = direct ? wanted_hz : codec_info(codec)->rate_hz;
	if (decoder_new(codec, u->hz, &u->decoder) == ERR_OK &&
	    (direct || resampler_new(u->hz, wanted_hz, &u->resampler) == ERR_OK)) {
		u->codec = codec;
		return true;
	}
	unpacker_drop(u);
	return false;
}

size_t
unpacker_decode(struct unpacker *u, struct slice payload, int16_t pcm[CODER_SAMPLES_MAX])
{
	size_t n = decoder_decode(u->decoder, payload, pcm);

	if (n)
		u->rest = coder_is_pause(u->codec, payload) ? UNPACKER_CODEC : UNPACKER_AWAKE;
	return n;
}

/* The rate of a description is that of the voice it belongs to, which its clock need not tell
 * (G.722). At another rate the spectrum would be another one, and only the level is right. */
bool
unpacker_describe(struct unpacker *u, enum codec noise, struct slice payload, uint32_t wanted_hz)
{
	uint32_t hz = u->codec ? codec_info(u->codec)->rate_hz : codec_info(noise)->clock_hz;

	if (!u->codec)
		u->hz = u->wanted_hz = wanted_hz;
	if (!comfort_noise_take(&u->noise, payload, u->hz == hz))
		return false;
	u->rest = UNPACKER_NOISE;
	return true;
}

void
unpacker_conceal(struct unpacker *u, struct slice next, int16_t *pcm, size_t n)
{
	decoder_conceal(u->decoder, next, pcm, n);
}

void
unpacker_rest(struct unpacker *u, int16_t *pcm, size_t n)
{
	if (u->rest == UNPACKER_NOISE)
		comfort_noise_make(&u->noise, pcm, n);
	else if (u->rest == UNPACKER_CODEC)
		decoder_conceal(u->decoder, SLICE(""), pcm, n);
	else
		memset(pcm, 0, n * sizeof *pcm);
}

size_t
unpacker_fit(struct unpacker *u, const int16_t *pcm, size_t n, int16_t *out, size_t cap)
{
	if (u->resampler)
		return resampler_run(u->resampler, pcm, n, out, cap);
	if (n > cap)
		n = cap;
	memcpy(out, pcm, n * sizeof *pcm);
	return n;
}
