/* G.722 at 64 kbit/s by SpanDSP. At 8 kHz it leaves the upper band alone, which costs a third. */
#include "sound/coder.h"

#include <spandsp/telephony.h>

#include <spandsp/g722.h>

enum { BITS_PER_S = 64000, PAYLOAD_MAX = CODER_SAMPLES_MAX / 2 };

static int
options(uint32_t rate_hz)
{
	return rate_hz == 8000 ? G722_SAMPLE_RATE_8000 : 0;
}

static void *
encoder_make(uint32_t rate_hz)
{
	return g722_encode_init(NULL, BITS_PER_S, options(rate_hz));
}

static void
encoder_drop(void *state)
{
	g722_encode_free(state);
}

static size_t
encode(void *state, const int16_t *pcm, size_t n, unsigned char *out)
{
	return (size_t)g722_encode(state, out, pcm, (int)n);
}

static void *
decoder_make(uint32_t rate_hz)
{
	return g722_decode_init(NULL, BITS_PER_S, options(rate_hz));
}

static void
decoder_drop(void *state)
{
	g722_decode_free(state);
}

static size_t
decode(void *state, struct slice payload, int16_t *pcm)
{
	size_t n = payload.n < PAYLOAD_MAX ? payload.n : PAYLOAD_MAX;

	return (size_t)g722_decode(state, pcm, (const uint8_t *)payload.p, (int)n);
}

const struct coder_ops coder_g722 = {.rate_hz = {8000, 16000},
    .encoder_make = encoder_make,
    .encoder_drop = encoder_drop,
    .encode = encode,
    .decoder_make = decoder_make,
    .decoder_drop = decoder_drop,
    .decode = decode};
