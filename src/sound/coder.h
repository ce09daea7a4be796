/*
 * Voice into packets and back: one interface, and behind it the library of each codec. A coder is
 * one direction of one stream. Samples are 16 bit, mono, at the rate the coder was made for; a
 * codec may offer several rates (G.722 and Opus speak to a telephone of 8 kHz directly, for a third
 * of the price), and codecs without a rate in common need resample.h in between.
 *
 * Owned by who made it; used by one thread at a time.
 */
#ifndef SOUND_CODER_H
#define SOUND_CODER_H

#include "sound/codec.h"

enum {
	CODER_RATE_MAX_HZ = 48000,
	CODER_PACKET_MAX_MS = 120, /* what others may send at once (RFC 7587, 4.2) */
	CODER_SAMPLES_MAX = CODER_RATE_MAX_HZ / 1000 * CODER_PACKET_MAX_MS,
	/* L16 at 48 kHz needs 5,760 bytes for 60 ms: more than a packet holds */
	CODER_PAYLOAD_MAX = 1440,
};

struct encoder;
struct decoder;

/** Can the codec be spoken at this rate? */
bool coder_has_rate(enum codec codec, uint32_t rate_hz);

/** ERR_UNSUPPORTED: not with this rate; ERR_NOMEM. */
ERR_MUST_CHECK enum err encoder_new(enum codec codec, uint32_t rate_hz, struct encoder **out);
void encoder_free(struct encoder *e);
/** n samples: codec_ptime of them. Returns the bytes written to out, 0 = failed. */
size_t encoder_encode(
    struct encoder *e, const int16_t *pcm, size_t n, unsigned char out[CODER_PAYLOAD_MAX]);
/** Can the codec itself leave pauses out? (Opus: DTX; G.729: annex B) */
bool coder_has_pauses(enum codec codec);
/** From now on it does; only for packets of 20 ms at most. What encoder_encode returns 0 bytes for
 *  need not be sent. ERR_UNSUPPORTED, ERR_NOMEM. */
ERR_MUST_CHECK enum err encoder_leave_pauses_out(struct encoder *e);
/** Samples at the beginning of what was encoded last that its payload has not: a pause ended there.
 */
size_t encoder_left_out(const struct encoder *e);

/** As encoder_new. */
ERR_MUST_CHECK enum err decoder_new(enum codec codec, uint32_t rate_hz, struct decoder **out);
void decoder_free(struct decoder *d);
/** A payload as it came from the network. Returns the samples, 0 = it is broken. */
size_t decoder_decode(struct decoder *d, struct slice payload, int16_t pcm[CODER_SAMPLES_MAX]);
/** Fills n samples (CODER_SAMPLES_MAX at most) for packets that did not come. next: the payload
 * that follows, which may say what was lost; empty = not here yet. */
void decoder_conceal(struct decoder *d, struct slice next, int16_t *pcm, size_t n);
/** Does a pause follow this payload? Then decoder_conceal makes the codec's own comfort noise. */
bool coder_is_pause(enum codec codec, struct slice payload);

/* ---- between coder.c and the codecs ---- */

enum { CODER_RATES_MAX = 3 };

struct coder_ops {
	uint32_t rate_hz[CODER_RATES_MAX]; /* 0 ends */
	/* States are made zeroed by make, with malloc or the library; NULL = no memory. */
	void *(*encoder_make)(uint32_t rate_hz);
	void (*encoder_drop)(void *state);
	size_t (*encode)(void *state, const int16_t *pcm, size_t n, unsigned char *out);
	void *(*decoder_make)(uint32_t rate_hz);
	void (*decoder_drop)(void *state);
	size_t (*decode)(void *state, struct slice payload, int16_t *pcm);
	/* NULL: by the shape of the last milliseconds (SpanDSP's plc) */
	void (*conceal)(void *state, struct slice next, int16_t *pcm, size_t n);
	/* NULL, all three: it has no pauses of its own; left_out may be. */
	bool (*leave_pauses_out)(void *encoder_state);
	bool (*is_pause)(struct slice payload);
	size_t (*left_out)(const void *encoder_state);
};

extern const struct coder_ops coder_pcma, coder_pcmu, coder_g722, coder_opus, coder_g729, coder_gsm,
    coder_l16_8, coder_l16_16, coder_l16_48;

#endif
