/*
 * The codecs that this house can speak itself: how they are called in session descriptions and in
 * settings, and how they travel. What it cannot speak passes untouched between those who can.
 *
 * Pure tables, any thread.
 */
#ifndef MEDIA_CODEC_H
#define MEDIA_CODEC_H

#include "base/slice.h"

enum media_codec {
	MEDIA_CODEC_NONE,
	MEDIA_CODEC_PCMA, /* G.711 */
	MEDIA_CODEC_PCMU,
	MEDIA_CODEC_G722,
	MEDIA_CODEC_OPUS, /* RFC 6716, 7587 */
	MEDIA_CODEC_G729, /* with annexes A and B */
	MEDIA_CODEC_GSM,  /* 06.10 full rate */
	MEDIA_CODEC_L16_8,
	MEDIA_CODEC_L16_16,
	MEDIA_CODEC_L16_48,
	MEDIA_CODEC_EVENT_8, /* telephone-event, RFC 4733: keys, at the clock rate of their stream
			      */
	MEDIA_CODEC_EVENT_16,
	MEDIA_CODEC_EVENT_48,
	MEDIA_CODECS
};

enum {
	MEDIA_PT_DYNAMIC = 0xff,
	MEDIA_PTIME_MIN_MS = 10,
	MEDIA_PTIME_MAX_MS = 60,
	MEDIA_PTIME_DEFAULT_MS = 20
};

struct media_codec_info {
	struct slice name;	  /* in rtpmap */
	uint8_t static_pt;	  /* RFC 3551, or MEDIA_PT_DYNAMIC */
	uint8_t channels;	  /* as rtpmap says; voice is mono inside */
	uint32_t clock_hz;	  /* of RTP timestamps */
	uint32_t rate_hz;	  /* the most it can carry */
	struct slice fmtp;	  /* what we say of ourselves; may be empty */
	uint8_t frame_ms, max_ms; /* packets hold whole frames, so many milliseconds at most */
};

/** MEDIA_CODEC_NONE gives an empty name. */
const struct media_codec_info *media_codec_info(enum media_codec codec);
/** By what rtpmap says; clock_hz 0 or channels 0: does not matter. MEDIA_CODEC_NONE: not ours. */
enum media_codec media_codec_find(struct slice name, uint32_t clock_hz, uint32_t channels);
/** RFC 3551's number; MEDIA_CODEC_NONE: not ours. */
enum media_codec media_codec_of_static(uint32_t payload_type);
/** The nearest packet length that the codec can have, in milliseconds; 0 = the usual one. */
uint32_t media_codec_ptime(enum media_codec codec, uint32_t wanted_ms);
static inline bool
media_codec_is_voice(enum media_codec codec)
{
	return codec > MEDIA_CODEC_NONE && codec < MEDIA_CODEC_EVENT_8;
}

static inline bool
media_codec_is_event(enum media_codec codec)
{
	return codec >= MEDIA_CODEC_EVENT_8 && codec < MEDIA_CODECS;
}

#endif
