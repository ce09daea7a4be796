#include "sound/codec.h"

#define EVENT SLICE("telephone-event")
#define KEYS  SLICE("0-16") /* with flash */

static const struct codec_info infos[CODECS] = {
    [CODEC_NONE] = {SLICE(""), CODEC_PT_DYNAMIC, 0, 0, 0, SLICE(""), 0, 0},
    [CODEC_PCMA] = {SLICE("PCMA"), 8, 1, 8000, 8000, SLICE(""), 10, 60},
    [CODEC_PCMU] = {SLICE("PCMU"), 0, 1, 8000, 8000, SLICE(""), 10, 60},
    /* RFC 3551, 4.5.2: sampled at 16 kHz, yet its clock runs at 8 */
    [CODEC_G722] = {SLICE("G722"), 9, 1, 8000, 16000, SLICE(""), 10, 60},
    [CODEC_OPUS] = {SLICE("opus"), CODEC_PT_DYNAMIC, 2, 48000, 48000, SLICE("useinbandfec=1"), 20,
	60},
    [CODEC_G729] = {SLICE("G729"), 18, 1, 8000, 8000, SLICE("annexb=no"), 10, 60},
    [CODEC_GSM] = {SLICE("GSM"), 3, 1, 8000, 8000, SLICE(""), 20, 60},
    [CODEC_L16_8] = {SLICE("L16"), CODEC_PT_DYNAMIC, 1, 8000, 8000, SLICE(""), 10, 60},
    [CODEC_L16_16] = {SLICE("L16"), CODEC_PT_DYNAMIC, 1, 16000, 16000, SLICE(""), 10, 40},
    [CODEC_L16_48] = {SLICE("L16"), CODEC_PT_DYNAMIC, 1, 48000, 48000, SLICE(""), 10, 10},
    [CODEC_EVENT_8] = {EVENT, CODEC_PT_DYNAMIC, 1, 8000, 0, KEYS, 0, 0},
    [CODEC_EVENT_16] = {EVENT, CODEC_PT_DYNAMIC, 1, 16000, 0, KEYS, 0, 0},
    [CODEC_EVENT_48] = {EVENT, CODEC_PT_DYNAMIC, 1, 48000, 0, KEYS, 0, 0},
    [CODEC_NOISE_8] = {SLICE("CN"), 13, 1, 8000, 0, SLICE(""), 0, 0},
    [CODEC_NOISE_16] = {SLICE("CN"), CODEC_PT_DYNAMIC, 1, 16000, 0, SLICE(""), 0, 0},
};

const struct codec_info *
codec_info(enum codec codec)
{
	return &infos[codec < CODECS ? codec : CODEC_NONE];
}

enum codec
codec_find(struct slice name, uint32_t clock_hz, uint32_t channels)
{
	for (enum codec c = CODEC_PCMA; c < CODECS; c++) {
		const struct codec_info *i = &infos[c];

		if (slice_eq_nocase(name, i->name) && (!clock_hz || clock_hz == i->clock_hz) &&
		    (!channels || channels == i->channels))
			return c;
	}
	return CODEC_NONE;
}

enum codec
codec_of_static(uint32_t payload_type)
{
	for (enum codec c = CODEC_PCMA; c < CODECS; c++)
		if (infos[c].static_pt != CODEC_PT_DYNAMIC && infos[c].static_pt == payload_type)
			return c;
	return CODEC_NONE;
}

uint32_t
codec_ptime(enum codec codec, uint32_t wanted_ms)
{
	const struct codec_info *i = codec_info(codec);
	uint32_t ms = wanted_ms ? wanted_ms : CODEC_PTIME_DEFAULT_MS;

	if (i->frame_ms == 0)
		return 0;
	if (ms > i->max_ms)
		ms = i->max_ms;
	return ms < i->frame_ms ? i->frame_ms : ms - ms % i->frame_ms;
}
