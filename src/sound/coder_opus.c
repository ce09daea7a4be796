/* Opus by libopus (RFC 6716, 7587), mono, with what a loss needs to be mended in band. */
#include "sound/coder.h"

#include <stdlib.h>

#include <opus/opus.h>

enum {
	COMPLEXITY = 5, /* of 10: half the price, no difference that ears find in speech */
	LOSS_PERCENT = 5,
	PAUSE_BYTES = 2, /* no frame at all, but the head of one (RFC 6716, 2.1.9) */
};

static opus_int32
bits_per_s(uint32_t rate_hz)
{
	return rate_hz == 8000 ? 16000 : rate_hz == 16000 ? 28000 : 40000;
}

struct encoder_state {
	OpusEncoder *opus;
	bool pauses, rests;
};

static void
encoder_drop(void *state)
{
	struct encoder_state *e = state;

	if (e->opus)
		opus_encoder_destroy(e->opus);
	free(e);
}

static void *
encoder_make(uint32_t rate_hz)
{
	struct encoder_state *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->opus = opus_encoder_create((opus_int32)rate_hz, 1, OPUS_APPLICATION_VOIP, NULL);
	if (!e->opus) {
		encoder_drop(e);
		return NULL;
	}
	(void)opus_encoder_ctl(e->opus, OPUS_SET_COMPLEXITY(COMPLEXITY));
	(void)opus_encoder_ctl(e->opus, OPUS_SET_BITRATE(bits_per_s(rate_hz)));
	(void)opus_encoder_ctl(e->opus, OPUS_SET_INBAND_FEC(1));
	(void)opus_encoder_ctl(e->opus, OPUS_SET_PACKET_LOSS_PERC(LOSS_PERCENT));
	return e;
}

static bool
leave_pauses_out(void *state)
{
	struct encoder_state *e = state;

	e->pauses = opus_encoder_ctl(e->opus, OPUS_SET_DTX(1)) == OPUS_OK;
	return e->pauses;
}

static bool
is_pause(struct slice payload)
{
	return payload.n && payload.n <= PAUSE_BYTES;
}

/* The first empty frame tells the listener that a pause begins, the others tell nothing. */
static size_t
encode(void *state, const int16_t *pcm, size_t n, unsigned char *out)
{
	struct encoder_state *e = state;
	opus_int32 bytes = opus_encode(e->opus, pcm, (int)n, out, CODER_PAYLOAD_MAX);
	bool rested = e->rests;

	e->rests = e->pauses && bytes > 0 && bytes <= PAUSE_BYTES;
	return bytes <= 0 || (e->rests && rested) ? 0 : (size_t)bytes;
}

static void *
decoder_make(uint32_t rate_hz)
{
	return opus_decoder_create((opus_int32)rate_hz, 1, NULL);
}

static void
decoder_drop(void *state)
{
	opus_decoder_destroy(state);
}

static size_t
decode(void *state, struct slice payload, int16_t *pcm)
{
	int n = opus_decode(state, (const unsigned char *)payload.p, (opus_int32)payload.n, pcm,
	    CODER_SAMPLES_MAX, 0);

	return n > 0 ? (size_t)n : 0;
}

/* Guesses in steps that the library allows, and what is too short for a step is taken from one:
 * so the state is a few milliseconds ahead of the clock, which nobody hears. The packet behind the
 * loss may hold the last part of what was lost, smaller. */
static void
conceal(void *state, struct slice next, int16_t *pcm, size_t n)
{
	const unsigned char *p = (const unsigned char *)next.p;
	opus_int32 rate_hz = 8000;
	size_t step, told = 0, at = 0;
	int16_t more[CODER_SAMPLES_MAX];

	(void)opus_decoder_ctl(state, OPUS_GET_SAMPLE_RATE(&rate_hz));
	step = (size_t)rate_hz / 400; /* 2.5 ms */
	if (next.n && opus_packet_get_nb_samples(p, (opus_int32)next.n, rate_hz) > 0)
		told = (size_t)opus_packet_get_nb_samples(p, (opus_int32)next.n, rate_hz);
	if (told > n || told % step != 0)
		told = 0;
	while (at < n - told) {
		size_t left = n - told - at;
		size_t some = left < step ? step : left - left % step;
		int made = opus_decode(state, NULL, 0, more, (int)some, 0);

		if (made <= 0)
			break;
		some = left < (size_t)made ? left : (size_t)made;
		memcpy(pcm + at, more, some * sizeof *pcm);
		at += some;
	}
	if (at == n - told && told &&
	    opus_decode(state, p, (opus_int32)next.n, pcm + at, (int)told, 1) > 0)
		return;
	memset(pcm + at, 0, (n - at) * sizeof *pcm);
}

const struct coder_ops coder_opus = {.rate_hz = {8000, 16000, 48000},
    .encoder_make = encoder_make,
    .encoder_drop = encoder_drop,
    .encode = encode,
    .decoder_make = decoder_make,
    .decoder_drop = decoder_drop,
    .decode = decode,
    .conceal = conceal,
    .leave_pauses_out = leave_pauses_out,
    .is_pause = is_pause};
