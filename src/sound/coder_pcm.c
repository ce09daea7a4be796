/* Samples that travel as they are, or on a logarithmic scale: L16 (RFC 3551, 4.5.11) and G.711. No
 * state, and nothing to get wrong. */
#include "sound/coder.h"

#include <spandsp/telephony.h>

#include <spandsp/bit_operations.h>
#include <spandsp/g711.h>

static char no_state;

static void *
make(uint32_t rate_hz)
{
	return &no_state;
}

static void
drop(void *state)
{
}

static size_t
fits(size_t bytes, size_t bytes_each, size_t most)
{
	return bytes / bytes_each < most ? bytes / bytes_each : most;
}

#define G711(name)                                                                                 \
	static size_t name##_encode(void *state, const int16_t *pcm, size_t n, unsigned char *out) \
	{                                                                                          \
		n = fits(n, 1, CODER_PAYLOAD_MAX);                                                 \
		for (size_t i = 0; i < n; i++)                                                     \
			out[i] = linear_to_##name(pcm[i]);                                         \
		return n;                                                                          \
	}                                                                                          \
                                                                                                   \
	static size_t name##_decode(void *state, struct slice payload, int16_t *pcm)               \
	{                                                                                          \
		size_t n = fits(payload.n, 1, CODER_SAMPLES_MAX);                                  \
                                                                                                   \
		for (size_t i = 0; i < n; i++)                                                     \
			pcm[i] = name##_to_linear((uint8_t)payload.p[i]);                          \
		return n;                                                                          \
	}

G711(alaw)
G711(ulaw)

static size_t
l16_encode(void *state, const int16_t *pcm, size_t n, unsigned char *out)
{
	n = fits(2 * n, 2, CODER_PAYLOAD_MAX / 2);
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = (unsigned char)((uint16_t)pcm[i] >> 8);
		out[2 * i + 1] = (unsigned char)pcm[i];
	}
	return 2 * n;
}

static size_t
l16_decode(void *state, struct slice payload, int16_t *pcm)
{
	size_t n = fits(payload.n, 2, CODER_SAMPLES_MAX);

	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)((uint8_t)payload.p[2 * i] << 8 | (uint8_t)payload.p[2 * i + 1]);
	return n;
}

#define OPS(rate, name)                                                                            \
	{                                                                                          \
		.rate_hz = {rate}, .encoder_make = make, .encoder_drop = drop,                     \
		.encode = name##_encode, .decoder_make = make, .decoder_drop = drop,               \
		.decode = name##_decode                                                            \
	}

const struct coder_ops coder_pcma = OPS(8000, alaw);
const struct coder_ops coder_pcmu = OPS(8000, ulaw);
const struct coder_ops coder_l16_8 = OPS(8000, l16);
const struct coder_ops coder_l16_16 = OPS(16000, l16);
const struct coder_ops coder_l16_48 = OPS(48000, l16);
