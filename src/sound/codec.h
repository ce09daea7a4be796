/*
 * The codecs that this house can speak itself: how they are called in session descriptions and in
 * settings, and how they travel. What it cannot speak passes untouched between those who can.
 *
 * Pure tables, any thread.
 */
#ifndef SOUND_CODEC_H
#define SOUND_CODEC_H

#include "base/slice.h"

enum codec {
	CODEC_NONE,
	CODEC_PCMA, /* G.711 */
	CODEC_PCMU,
	CODEC_G722,
	CODEC_OPUS, /* RFC 6716, 7587 */
	CODEC_G729, /* with annexes A and B */
	CODEC_GSM,  /* 06.10 full rate */
	CODEC_L16_8,
	CODEC_L16_16,
	CODEC_L16_48,
	CODEC_EVENT_8, /* telephone-event, RFC 4733: keys, at the clock rate of their stream
			*/
	CODEC_EVENT_16,
	CODEC_EVENT_48,
	CODEC_NOISE_8, /* CN, RFC 3389: comfort noise, at the clock rate of its stream */
	CODEC_NOISE_16,
	CODECS
};

enum {
	CODEC_PT_DYNAMIC = 0xff,
	CODEC_PTIME_MIN_MS = 10,
	CODEC_PTIME_MAX_MS = 60,
	CODEC_PTIME_DEFAULT_MS = 20
};

struct codec_info {
	struct slice name;	  /* in rtpmap */
	uint8_t static_pt;	  /* RFC 3551, or CODEC_PT_DYNAMIC */
	uint8_t channels;	  /* as rtpmap says; voice is mono inside */
	uint32_t clock_hz;	  /* of RTP timestamps */
	uint32_t rate_hz;	  /* the most it can carry */
	struct slice fmtp;	  /* what we say of ourselves; may be empty */
	uint8_t frame_ms, max_ms; /* packets hold whole frames, so many milliseconds at most */
};

/** CODEC_NONE gives an empty name. */
const struct codec_info *codec_info(enum codec codec);
/** By what rtpmap says; clock_hz 0 or channels 0: does not matter. CODEC_NONE: not ours. */
enum codec codec_find(struct slice name, uint32_t clock_hz, uint32_t channels);
/** RFC 3551's number; CODEC_NONE: not ours. */
enum codec codec_of_static(uint32_t payload_type);
/** The nearest packet length that the codec can have, in milliseconds; 0 = the usual one. */
uint32_t codec_ptime(enum codec codec, uint32_t wanted_ms);
static inline bool
codec_is_voice(enum codec codec)
{
	return codec > CODEC_NONE && codec < CODEC_EVENT_8;
}

static inline bool
codec_is_event(enum codec codec)
{
	return codec >= CODEC_EVENT_8 && codec <= CODEC_EVENT_48;
}

static inline bool
codec_is_noise(enum codec codec)
{
	return codec == CODEC_NOISE_8 || codec == CODEC_NOISE_16;
}

#endif
