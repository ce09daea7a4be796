#include "media/codec.h"

#define EVENT SLICE("telephone-event")
#define KEYS  SLICE("0-16") /* with flash */

static const struct media_codec_info infos[MEDIA_CODECS] = {
    [MEDIA_CODEC_NONE] = {SLICE(""), MEDIA_PT_DYNAMIC, 0, 0, 0, SLICE(""), 0, 0},
    [MEDIA_CODEC_PCMA] = {SLICE("PCMA"), 8, 1, 8000, 8000, SLICE(""), 10, 60},
    [MEDIA_CODEC_PCMU] = {SLICE("PCMU"), 0, 1, 8000, 8000, SLICE(""), 10, 60},
    /* RFC 3551, 4.5.2: sampled at 16 kHz, yet its clock runs at 8 */
    [MEDIA_CODEC_G722] = {SLICE("G722"), 9, 1, 8000, 16000, SLICE(""), 10, 60},
    [MEDIA_CODEC_OPUS] = {SLICE("opus"), MEDIA_PT_DYNAMIC, 2, 48000, 48000, SLICE("useinbandfec=1"),
	20, 60},
    [MEDIA_CODEC_G729] = {SLICE("G729"), 18, 1, 8000, 8000, SLICE("annexb=no"), 10, 60},
    [MEDIA_CODEC_GSM] = {SLICE("GSM"), 3, 1, 8000, 8000, SLICE(""), 20, 60},
    [MEDIA_CODEC_L16_8] = {SLICE("L16"), MEDIA_PT_DYNAMIC, 1, 8000, 8000, SLICE(""), 10, 60},
    [MEDIA_CODEC_L16_16] = {SLICE("L16"), MEDIA_PT_DYNAMIC, 1, 16000, 16000, SLICE(""), 10, 40},
    [MEDIA_CODEC_L16_48] = {SLICE("L16"), MEDIA_PT_DYNAMIC, 1, 48000, 48000, SLICE(""), 10, 10},
    [MEDIA_CODEC_EVENT_8] = {EVENT, MEDIA_PT_DYNAMIC, 1, 8000, 0, KEYS, 0, 0},
    [MEDIA_CODEC_EVENT_16] = {EVENT, MEDIA_PT_DYNAMIC, 1, 16000, 0, KEYS, 0, 0},
    [MEDIA_CODEC_EVENT_48] = {EVENT, MEDIA_PT_DYNAMIC, 1, 48000, 0, KEYS, 0, 0},
};

const struct media_codec_info *
media_codec_info(enum media_codec codec)
{
	return &infos[codec < MEDIA_CODECS ? codec : MEDIA_CODEC_NONE];
}

enum media_codec
media_codec_find(struct slice name, uint32_t clock_hz, uint32_t channels)
{
	for (enum media_codec c = MEDIA_CODEC_PCMA; c < MEDIA_CODECS; c++) {
		const struct media_codec_info *i = &infos[c];

		if (slice_eq_nocase(name, i->name) && (!clock_hz || clock_hz == i->clock_hz) &&
		    (!channels || channels == i->channels))
			return c;
	}
	return MEDIA_CODEC_NONE;
}

enum media_codec
media_codec_of_static(uint32_t payload_type)
{
	for (enum media_codec c = MEDIA_CODEC_PCMA; c < MEDIA_CODECS; c++)
		if (infos[c].static_pt != MEDIA_PT_DYNAMIC && infos[c].static_pt == payload_type)
			return c;
	return MEDIA_CODEC_NONE;
}

uint32_t
media_codec_ptime(enum media_codec codec, uint32_t wanted_ms)
{
	const struct media_codec_info *i = media_codec_info(codec);
	uint32_t ms = wanted_ms ? wanted_ms : MEDIA_PTIME_DEFAULT_MS;

	if (i->frame_ms == 0)
		return 0;
	if (ms > i->max_ms)
		ms = i->max_ms;
	return ms < i->frame_ms ? i->frame_ms : ms - ms % i->frame_ms;
}
