#include "media/playout_int.h"

#include <stdlib.h>

#include "media/unpacker_int.h"
#include "sound/stretch.h"

enum {
	STEP_MS = 10, /* silence and concealment come in such pieces */
	CONCEAL_MAX_MS = 100,
	STOP_MS = 500,	   /* nothing came for so long: it begins anew */
	LEEWAY_US = 15000, /* so far from what is wanted it may be */
	HASTE_US = 80000,  /* so far, every packet is stretched, not one in three */
	GET_MAX_MS = 60,
	READY_MS = CODER_PACKET_MAX_MS + GET_MAX_MS + 2 * STRETCH_PERIOD_MAX_MS,
};

struct playout {
	struct media_format format[MEDIA_FORMATS_MAX];
	size_t n_formats;
	uint32_t rate_hz, clock_hz;
	struct jitter jitter;
	struct unpacker unpacker;

	bool playing;
	int64_t at;	      /* timestamp of what comes next */
	int64_t borrowed;     /* ticks that were made up while nothing was there */
	uint32_t missing_ms;  /* in a row */
	unsigned unstretched; /* packets since the last stretch */
	bool sound;	      /* something but silence is among what is ready */
	struct playout_stats stats;
	int16_t decoded[CODER_SAMPLES_MAX];
	size_t n_given; /* last */
	size_t n_ready, ready_max;
	int16_t ready[];
};

/* ---- birth and death ---- */

static enum codec
codec_of(const struct playout *p, uint8_t payload_type)
{
	for (size_t i = 0; i < p->n_formats; i++)
		if (p->format[i].payload_type == payload_type)
			return p->format[i].codec;
	return CODEC_NONE;
}

/* Of its first voice; 0: there is none. */
static uint32_t
voice_clock_hz(const struct playout *p)
{
	for (size_t i = 0; i < p->n_formats; i++)
		if (codec_is_voice(p->format[i].codec))
			return codec_info(p->format[i].codec)->clock_hz;
	return 0;
}

enum err
playout_new(const struct media_format *formats, size_t n, uint32_t rate_hz, struct playout **out)
{
	size_t ready_max = rate_hz / 1000 * READY_MS;
	struct playout *p = calloc(1, sizeof *p + ready_max * sizeof p->ready[0]);

	if (!p)
		return ERR_NOMEM;
	p->rate_hz = rate_hz;
	p->ready_max = ready_max;
	for (size_t i = 0; i < n && p->n_formats < MEDIA_FORMATS_MAX; i++)
		if (codec_is_voice(formats[i].codec) || codec_is_noise(formats[i].codec))
			p->format[p->n_formats++] = formats[i];
	p->clock_hz = voice_clock_hz(p);
	if (!p->clock_hz) {
		free(p);
		return ERR_INVALID;
	}
	unpacker_init(&p->unpacker);
	jitter_init(&p->jitter, p->clock_hz);
	*out = p;
	return ERR_OK;
}

void
playout_free(struct playout *p)
{
	if (!p)
		return;
	unpacker_drop(&p->unpacker);
	jitter_fini(&p->jitter);
	free(p);
}

const struct playout_stats *
playout_stats(const struct playout *p)
{
	return &p->stats;
}

const struct jitter_stats *
playout_jitter_stats(const struct playout *p)
{
	return &p->jitter.stats;
}

/* ---- ticks and samples ---- */

static int64_t
ticks_of_ms(const struct playout *p, uint32_t ms)
{
	return (int64_t)p->clock_hz / 1000 * ms;
}

/* ---- what becomes ready ---- */

static void
put_silence(struct playout *p, size_t n)
{
	if (n > p->ready_max - p->n_ready)
		n = p->ready_max - p->n_ready;
	memset(p->ready + p->n_ready, 0, n * sizeof p->ready[0]);
	p->n_ready += n;
}

/* The first n of decoded. */
static void
put_decoded(struct playout *p, size_t n)
{
	p->sound = true;
	p->n_ready += unpacker_fit(
	    &p->unpacker, p->decoded, n, p->ready + p->n_ready, p->ready_max - p->n_ready);
}

/* ms of a pause, and of the noise that is to be heard in it. */
static void
put_pause(struct playout *p, uint32_t ms)
{
	size_t n = p->unpacker.hz / 1000 * ms;

	if (p->unpacker.rest == UNPACKER_AWAKE) {
		put_silence(p, p->rate_hz / 1000 * ms);
		return;
	}
	unpacker_rest(&p->unpacker, p->decoded, n);
	put_decoded(p, n);
}

/* ms of what is missing: made up as long as ears believe it. */
static void
put_missing(struct playout *p, uint32_t ms, struct slice next)
{
	size_t n = p->unpacker.hz / 1000 * ms;

	p->missing_ms += ms;
	if (!p->unpacker.codec || p->missing_ms > CONCEAL_MAX_MS) {
		put_silence(p, p->rate_hz / 1000 * ms);
		return;
	}
	unpacker_conceal(&p->unpacker, next, p->decoded, n);
	p->stats.concealed_ms += ms;
	put_decoded(p, n);
}

/* What is needed now has had so much more time to come than it should have; negative: less. */
static int64_t
surplus_us(const struct playout *p, uint64_t now_us)
{
	return jitter_lateness_us(&p->jitter, p->at, now_us) -
	       (int64_t)jitter_target_us(&p->jitter);
}

/* A period less or more where the delay is not what it should be, not too often. */
static void
follow_clock(struct playout *p, int64_t off)
{
	bool far = off > HASTE_US || off < -HASTE_US;

	p->unstretched++;
	if (p->n_ready < p->rate_hz / 1000 * STRETCH_MIN_MS || (!far && p->unstretched < 3) ||
	    p->ready_max - p->n_ready < p->rate_hz / 1000 * STRETCH_PERIOD_MAX_MS)
		return;
	if (off > LEEWAY_US)
		p->n_ready = stretch_shorten(p->ready, p->n_ready, p->rate_hz);
	else if (off < -LEEWAY_US)
		p->n_ready = stretch_lengthen(p->ready, p->n_ready, p->rate_hz);
	else
		return;
	p->unstretched = 0;
	p->stats.stretched++;
}

/* ---- the steps ---- */

/* The packet's samples, now in decoded; 0: it is broken. */
static size_t
unpack(struct playout *p, const struct jitter_packet *packet)
{
	enum codec codec = codec_of(p, packet->payload_type);

	if (!unpacker_ready(&p->unpacker, codec, p->rate_hz))
		return 0;
	return unpacker_decode(&p->unpacker, slice_make(packet->payload, packet->n), p->decoded);
}

static void
play_voice(struct playout *p, const struct jitter_packet *packet, int64_t off)
{
	size_t n = unpack(p, packet);

	if (!n) {
		p->stats.alien++;
		put_missing(p, STEP_MS, SLICE(""));
		p->at += ticks_of_ms(p, STEP_MS);
		return;
	}
	p->stats.packets++;
	p->missing_ms = 0;
	p->at += (int64_t)((uint64_t)n * p->clock_hz / p->unpacker.hz);
	put_decoded(p, n);
	follow_clock(p, off);
}

/* It lasts until the next packet. */
static void
play_noise(struct playout *p, const struct jitter_packet *packet, enum codec codec)
{
	if (unpacker_describe(
		&p->unpacker, codec, slice_make(packet->payload, packet->n), p->rate_hz))
		p->missing_ms = 0;
	else
		p->stats.alien++;
}

static void
play_packet(struct playout *p, uint64_t now_us)
{
	struct jitter_packet *packet = jitter_take(&p->jitter);
	enum codec codec = codec_of(p, packet->payload_type);

	p->at = packet->timestamp;
	p->borrowed = 0;
	if (codec_is_noise(codec))
		play_noise(p, packet, codec);
	else
		play_voice(p, packet, surplus_us(p, now_us));
	free(packet);
}

/* The sender pauses: the best time to come nearer to the delay that is wanted. */
static void
play_pause(struct playout *p, int64_t hole, uint64_t now_us)
{
	int64_t off = surplus_us(p, now_us);
	int64_t skip = off > 0 ? off * p->clock_hz / 1000000 : 0;
	int64_t step = ticks_of_ms(p, STEP_MS);

	if (off > LEEWAY_US) {
		p->at += skip < hole ? skip : hole;
		return;
	}
	if (off > -LEEWAY_US)
		p->at += step < hole ? step : hole;
	put_pause(p, STEP_MS);
}

static void
play_lost(struct playout *p, const struct jitter_packet *next, int64_t hole)
{
	int64_t step = ticks_of_ms(p, STEP_MS);
	bool last = hole <= ticks_of_ms(p, 2 * STEP_MS);
	uint32_t ms = last ? (uint32_t)(hole * 1000 / p->clock_hz) : STEP_MS;

	if (ms == 0) {
		p->at += hole; /* less than a millisecond: not worth it */
		return;
	}
	put_missing(p, ms, last ? slice_make(next->payload, next->n) : SLICE(""));
	p->at += last ? hole : step;
}

/* Nothing is there: he pauses, as he has said, or perhaps it is only late. What is made up now is
 * not made up again. */
static void
play_nothing(struct playout *p)
{
	p->borrowed += ticks_of_ms(p, STEP_MS);
	if (p->unpacker.rest != UNPACKER_AWAKE) {
		put_pause(p, STEP_MS);
		return;
	}
	put_missing(p, STEP_MS, SLICE(""));
	if (p->missing_ms >= STOP_MS) {
		p->playing = false;
		p->missing_ms = 0;
		p->borrowed = 0;
	}
}

/* Makes something ready, or comes nearer to it. */
static void
step(struct playout *p, uint64_t now_us)
{
	const struct jitter_packet *first = jitter_first(&p->jitter);
	int64_t hole, used;

	if (!p->playing) {
		p->at = first ? first->timestamp : p->at;
		if (first && surplus_us(p, now_us) >= 0)
			p->playing = true;
		else
			put_silence(p, p->rate_hz / 1000 * STEP_MS);
		return;
	}
	if (!first) {
		play_nothing(p);
		return;
	}
	hole = first->timestamp - p->at;
	used = hole < p->borrowed ? hole : p->borrowed;
	if (used > 0) {
		p->at += used;
		p->borrowed -= used;
		hole -= used;
	}
	if (hole <= 0)
		play_packet(p, now_us);
	else if (first->seq == p->jitter.seq_taken + 1 || p->unpacker.rest != UNPACKER_AWAKE)
		play_pause(p, hole, now_us);
	else
		play_lost(p, first, hole);
}

void
playout_put(struct playout *p, struct slice packet, uint64_t now_us)
{
	struct rtp_head head = rtp_head_of(packet);
	enum codec codec = codec_of(p, head.payload_type);
	bool restart = codec_is_voice(codec) && codec_info(codec)->clock_hz != p->clock_hz;

	if (!codec || (codec_is_noise(codec) && codec_info(codec)->clock_hz != p->clock_hz)) {
		p->stats.alien++;
		return;
	}
	if (restart) {
		jitter_fini(&p->jitter);
		p->clock_hz = codec_info(codec)->clock_hz;
		jitter_init(&p->jitter, p->clock_hz);
	}
	if (jitter_put(&p->jitter, &head, rtp_payload(packet), now_us) == JITTER_RESTART ||
	    restart) {
		p->playing = false;
		p->unpacker.rest = UNPACKER_AWAKE;
		p->missing_ms = 0;
		p->borrowed = 0;
	}
}

bool
playout_get(struct playout *p, uint64_t now_us, int16_t *pcm, size_t n)
{
	bool sound;

	while (p->n_ready < n)
		step(p, now_us);
	memcpy(pcm, p->ready, n * sizeof *pcm);
	sound = p->sound;
	p->n_given = n;
	p->n_ready -= n;
	memmove(p->ready, p->ready + n, p->n_ready * sizeof *pcm);
	if (!p->n_ready)
		p->sound = false;
	return sound;
}

uint64_t
playout_delay_us(const struct playout *p, uint64_t now_us)
{
	int64_t us = jitter_lateness_us(&p->jitter, p->at, now_us) +
		     (int64_t)((p->n_ready + p->n_given) * 1000000 / p->rate_hz);

	return p->playing && us > 0 ? (uint64_t)us : 0;
}
