#include "tape.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sound/coder.h"
#include "sound/dtmf.h"
#include "voice.h"

void
tape_free(struct tape *t)
{
	free(t->pcm);
	*t = (struct tape){0};
}

void
tape_rewind(struct tape *t)
{
	t->n = 0;
}

static int16_t *
more(struct tape *t, size_t samples)
{
	if (t->n + samples > t->room) {
		t->room = (t->n + samples) * 2;
		t->pcm = realloc(t->pcm, t->room * sizeof *t->pcm);
		assert_non_null(t->pcm);
	}
	t->n += samples;
	return t->pcm + t->n - samples;
}

void
tape_silence(struct tape *t, size_t samples)
{
	if (samples)
		memset(more(t, samples), 0, samples * sizeof *t->pcm);
}

void
tape_key(struct tape *t, char digit, size_t samples, float level_dbm0)
{
	struct dtmf_gen g;
	size_t ramp = osc_ramp_samples(TAPE_RATE_HZ);

	assert_true(dtmf_gen_start(&g, digit, TAPE_RATE_HZ, level_dbm0));
	assert_true(dtmf_fill(&g, more(t, samples - ramp / 2), samples - ramp / 2));
	dtmf_gen_release(&g);
	assert_false(dtmf_fill(&g, more(t, ramp), ramp));
}

void
tape_pair(
    struct tape *t, double hz, double level_dbm0, double hz2, double level2_dbm0, size_t samples)
{
	int16_t *pcm = more(t, samples);
	double a = osc_amplitude((float)level_dbm0), b = osc_amplitude((float)level2_dbm0);

	for (size_t i = 0; i < samples; i++)
		pcm[i] = osc_sample((float)(a * sin(2 * M_PI * hz * (double)i / TAPE_RATE_HZ) +
					    b * sin(2 * M_PI * hz2 * (double)i / TAPE_RATE_HZ)));
}

void
tape_tone(struct tape *t, const char *country, enum tone tone, size_t samples)
{
	struct tone_player player;

	tone_start(&player, tone_find(slice_cstr(country), tone), TAPE_RATE_HZ, TONE_LEVEL_DBM0);
	tone_fill(&player, more(t, samples), samples);
}

void
tape_voice(struct tape *t, size_t samples)
{
	voice_make(more(t, samples), samples, TAPE_RATE_HZ, false);
}

/* Twelve uniform numbers make one that is nearly Gaussian. */
void
tape_add_noise(struct tape *t, double level_dbm0, struct rng *rng)
{
	double rms = osc_amplitude((float)level_dbm0) / sqrt(2);

	for (size_t i = 0; i < t->n; i++) {
		double v = -6;
		uint64_t bits[3] = {rng_u64(rng), rng_u64(rng), rng_u64(rng)};

		for (int k = 0; k < 12; k++)
			v += (double)(bits[k / 4] >> k % 4 * 16 & 0xffff) / 65536;
		t->pcm[i] = osc_sample((float)(t->pcm[i] + rms * v));
	}
}

void
tape_add_sine(struct tape *t, double hz, double level_dbm0)
{
	double a = osc_amplitude((float)level_dbm0);

	for (size_t i = 0; i < t->n; i++)
		t->pcm[i] = osc_sample(
		    (float)(t->pcm[i] + a * sin(2 * M_PI * hz * (double)i / TAPE_RATE_HZ)));
}

void
tape_through(struct tape *t, enum codec codec)
{
	static int16_t pcm[CODER_SAMPLES_MAX];
	unsigned char payload[CODER_PAYLOAD_MAX];
	const size_t frame = 20 * TAPE_MS;
	struct encoder *encoder;
	struct decoder *decoder;

	tape_silence(t, (frame - t->n % frame) % frame);
	assert_int_equal(encoder_new(codec, TAPE_RATE_HZ, &encoder), ERR_OK);
	assert_int_equal(decoder_new(codec, TAPE_RATE_HZ, &decoder), ERR_OK);
	for (size_t at = 0; at < t->n; at += frame) {
		size_t bytes = encoder_encode(encoder, t->pcm + at, frame, payload);

		assert_int_equal(decoder_decode(decoder, slice_make(payload, bytes), pcm), frame);
		memcpy(t->pcm + at, pcm, frame * sizeof *pcm);
	}
	encoder_free(encoder);
	decoder_free(decoder);
}
