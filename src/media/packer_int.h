/*
 * Samples into the payloads of one codec, each of the length that its listener wants. What is a
 * pause may be left out (silence suppression), if he has asked for that: by comfort noise (RFC
 * 3389) or as the codec itself does it. Media thread of the stream; packets allocate nothing.
 */
#ifndef MEDIA_PACKER_INT_H
#define MEDIA_PACKER_INT_H

#include "sound/coder.h"
#include "sound/silence.h"

/* What becomes of pauses. */
enum packer_pauses {
	PACKER_PAUSES_SENT,
	PACKER_PAUSES_NOISE, /* described in payloads of CN */
	PACKER_PAUSES_CODEC, /* the codec has a way of its own */
};

enum { PACKER_PAUSES_CODEC_MAX_MS = 20 };

struct packer {
	enum codec codec;
	enum packer_pauses pauses;
	uint32_t hz, clock_hz; /* of samples, of timestamps */
	struct encoder *encoder;
	size_t whole, n_waiting; /* samples of a packet, and what is there of the next one */
	struct silence silence;
	int16_t waiting[];
};

/* A whole packet's payload. */
struct packed {
	bool noise;	   /* it is CN, under the listener's number for that */
	bool known;	   /* and tells nothing new to who has had the last one */
	size_t n;	   /* bytes; 0: there is nothing to send */
	uint32_t ticks;	   /* it lasts, by the codec's clock, sent or not */
	uint32_t left_out; /* of them: they passed before its first sample */
};

/** Samples at hz, which the codec must have. ERR_NOMEM. */
ERR_MUST_CHECK enum err packer_new(enum codec codec, uint32_t hz, uint8_t ptime_ms,
    enum packer_pauses pauses, struct packer **out);
/** NULL is fine. */
void packer_free(struct packer *p);
/** Takes samples, *pcm and *n move on; true: a packet is whole, and must be packed first. */
bool packer_fill(struct packer *p, const int16_t **pcm, size_t *n);
/** What is there for a packet is made whole with silence. */
void packer_fill_up(struct packer *p);
struct packed packer_pack(struct packer *p, unsigned char out[CODER_PAYLOAD_MAX]);
/** How long what waits lasts, by the codec's clock. */
uint32_t packer_waits(const struct packer *p);

#endif
