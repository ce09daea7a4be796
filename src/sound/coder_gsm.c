/* GSM 06.10 full rate by SpanDSP, packed as RFC 3551, 4.5.8 says. */
#include "sound/coder.h"

#include <spandsp/telephony.h>

#include <spandsp/gsm0610.h>

enum { FRAME_BYTES = 33, FRAME_SAMPLES = 160, MAGIC = 0xd0 };

static void *
make(uint32_t rate_hz)
{
	return gsm0610_init(NULL, GSM0610_PACKING_VOIP);
}

static void
drop(void *state)
{
	gsm0610_free(state);
}

static size_t
encode(void *state, const int16_t *pcm, size_t n, unsigned char *out)
{
	return (size_t)gsm0610_encode(state, out, pcm, (int)(n - n % FRAME_SAMPLES));
}

/* The first four bits of each frame are always the same. */
static bool
is_gsm(struct slice payload)
{
	for (size_t at = 0; at < payload.n; at += FRAME_BYTES)
		if (((uint8_t)payload.p[at] & 0xf0) != MAGIC)
			return false;
	return payload.n % FRAME_BYTES == 0;
}

static size_t
decode(void *state, struct slice payload, int16_t *pcm)
{
	if (!is_gsm(payload) || payload.n / FRAME_BYTES * FRAME_SAMPLES > CODER_SAMPLES_MAX)
		return 0;
	return (size_t)gsm0610_decode(state, pcm, (const uint8_t *)payload.p, (int)payload.n);
}

const struct coder_ops coder_gsm = {.rate_hz = {8000},
    .encoder_make = make,
    .encoder_drop = drop,
    .encode = encode,
    .decoder_make = make,
    .decoder_drop = drop,
    .decode = decode};
