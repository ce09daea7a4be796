/* G.729 by bcg729. A last frame of two bytes describes the silence that follows (annex B; RFC 3551,
 * 4.5.6); we understand that always, and leave pauses out for who wants it. */
#include "sound/coder.h"

#include <stdlib.h>

#include <bcg729/decoder.h>
#include <bcg729/encoder.h>

enum { FRAME_BYTES = 10, SILENCE_BYTES = 2, FRAME_SAMPLES = 80 };

struct encoder_state {
	bcg729EncoderChannelContextStruct *channel;
	size_t left_out;
};

static void
encoder_drop(void *state)
{
	struct encoder_state *e = state;

	if (e->channel)
		closeBcg729EncoderChannel(e->channel);
	free(e);
}

static void *
encoder_make(uint32_t rate_hz)
{
	struct encoder_state *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->channel = initBcg729EncoderChannel(0);
	if (e->channel)
		return e;
	encoder_drop(e);
	return NULL;
}

static bool
leave_pauses_out(void *state)
{
	struct encoder_state *e = state;
	bcg729EncoderChannelContextStruct *other = initBcg729EncoderChannel(1);

	if (!other)
		return false;
	closeBcg729EncoderChannel(e->channel);
	e->channel = other;
	return true;
}

static size_t
left_out(const void *state)
{
	return ((const struct encoder_state *)state)->left_out;
}

/* Silence can only be the last frame (RFC 3551, 4.5.6): what there is of it before voice is left
 * out. For packets of one or two frames, if pauses are left out. */
static size_t
encode(void *state, const int16_t *pcm, size_t n, unsigned char *out)
{
	struct encoder_state *e = state;
	size_t bytes = 0;

	e->left_out = 0;
	for (size_t at = 0; at + FRAME_SAMPLES <= n; at += FRAME_SAMPLES) {
		uint8_t frame[FRAME_BYTES], frame_bytes = 0;

		bcg729Encoder(e->channel, pcm + at, frame, &frame_bytes);
		if (bytes == SILENCE_BYTES && frame_bytes == FRAME_BYTES)
			bytes = 0;
		if (!frame_bytes || bytes == SILENCE_BYTES)
			continue;
		if (!bytes)
			e->left_out = at;
		memcpy(out + bytes, frame, frame_bytes);
		bytes += frame_bytes;
	}
	return bytes;
}

static bool
is_pause(struct slice payload)
{
	return payload.n % FRAME_BYTES == SILENCE_BYTES;
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

const struct coder_ops coder_g729 = {.rate_hz = {8000},
    .encoder_make = encoder_make,
    .encoder_drop = encoder_drop,
    .encode = encode,
    .decoder_make = decoder_make,
    .decoder_drop = decoder_drop,
    .decode = decode,
    .conceal = conceal,
    .leave_pauses_out = leave_pauses_out,
    .is_pause = is_pause,
    .left_out = left_out};
