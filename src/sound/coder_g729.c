/* G.729 by bcg729. We never leave pauses out (annexb=no), but understand who does: a last frame of
 * two bytes describes the silence that follows (RFC 3551, 4.5.6). */
#include "sound/coder.h"

#include <bcg729/decoder.h>
#include <bcg729/encoder.h>

enum { FRAME_BYTES = 10, SILENCE_BYTES = 2, FRAME_SAMPLES = 80 };

static void *
encoder_make(uint32_t rate_hz)
{
	return initBcg729EncoderChannel(0);
}

static void
encoder_drop(void *state)
{
	closeBcg729EncoderChannel(state);
}

static size_t
encode(void *state, const int16_t *pcm, size_t n, unsigned char *out)
{
	size_t bytes = 0;

	for (size_t at = 0; at + FRAME_SAMPLES <= n; at += FRAME_SAMPLES) {
		uint8_t frame_bytes = 0;

		bcg729Encoder(state, pcm + at, out + bytes, &frame_bytes);
		bytes += frame_bytes;
	}
	return bytes;
}

static void *
decoder_make(uint32_t rate_hz)
{
	return initBcg729DecoderChannel();
}

static void
decoder_drop(void *state)
{
	closeBcg729DecoderChannel(state);
}

static size_t
decode(void *state, struct slice payload, int16_t *pcm)
{
	size_t n = 0;

	if (payload.n % FRAME_BYTES != 0 && payload.n % FRAME_BYTES != SILENCE_BYTES)
		return 0;
	for (size_t at = 0; at < payload.n && n + FRAME_SAMPLES <= CODER_SAMPLES_MAX;) {
		bool silence = payload.n - at == SILENCE_BYTES;
		uint8_t bytes = silence ? SILENCE_BYTES : FRAME_BYTES;

		bcg729Decoder(
		    state, (const uint8_t *)payload.p + at, bytes, 0, silence, 0, pcm + n);
		n += FRAME_SAMPLES;
		at += bytes;
	}
	return n;
}

static void
conceal(void *state, struct slice next, int16_t *pcm, size_t n)
{
	int16_t frame[FRAME_SAMPLES];

	for (size_t at = 0; at < n; at += FRAME_SAMPLES) {
		size_t some = n - at < FRAME_SAMPLES ? n - at : FRAME_SAMPLES;

		bcg729Decoder(state, NULL, 0, 1, 0, 0, frame);
		memcpy(pcm + at, frame, some * sizeof *pcm);
	}
}

const struct coder_ops coder_g729 = {
    {8000}, encoder_make, encoder_drop, encode, decoder_make, decoder_drop, decode, conceal};
