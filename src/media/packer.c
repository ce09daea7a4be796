#include "media/packer_int.h"

#include <stdlib.h>
#include <string.h>

enum err
packer_new(
    enum codec codec, uint32_t hz, uint8_t ptime_ms, enum packer_pauses pauses, struct packer **out)
{
	uint32_t ms = codec_ptime(codec, ptime_ms);
	size_t whole = hz / 1000 * ms;
	struct packer *p = calloc(1, sizeof *p + whole * sizeof p->waiting[0]);

	if (!p)
		return ERR_NOMEM;
	if (pauses == PACKER_PAUSES_CODEC &&
	    (!coder_has_pauses(codec) || ms > PACKER_PAUSES_CODEC_MAX_MS))
		pauses = PACKER_PAUSES_SENT;
	p->codec = codec;
	p->pauses = pauses;
	p->hz = hz;
	p->clock_hz = codec_info(codec)->clock_hz;
	p->whole = whole;
	silence_init(&p->silence);
	if (encoder_new(codec, hz, &p->encoder) != ERR_OK ||
	    (pauses == PACKER_PAUSES_CODEC && encoder_leave_pauses_out(p->encoder) != ERR_OK)) {
		packer_free(p);
		return ERR_NOMEM;
	}
	*out = p;
	return ERR_OK;
}

void
packer_free(struct packer *p)
{
	if (!p)
		return;
	encoder_free(p->encoder);
	free(p);
}

bool
packer_fill(struct packer *p, const int16_t **pcm, size_t *n)
{
	size_t some = p->whole - p->n_waiting < *n ? p->whole - p->n_waiting : *n;

	if (!some)
		return false;
	memcpy(p->waiting + p->n_waiting, *pcm, some * sizeof **pcm);
	p->n_waiting += some;
	*pcm += some;
	*n -= some;
	return p->n_waiting == p->whole;
}

void
packer_fill_up(struct packer *p)
{
	memset(p->waiting + p->n_waiting, 0, (p->whole - p->n_waiting) * sizeof p->waiting[0]);
	p->n_waiting = p->whole;
}

static uint32_t
ticks(const struct packer *p, size_t samples)
{
	return (uint32_t)((uint64_t)samples * p->clock_hz / p->hz);
}

uint32_t
packer_waits(const struct packer *p)
{
	return ticks(p, p->n_waiting);
}

/* Noise instead of what was encoded. The encoder hears pauses nevertheless, so that it does not
 * click when voice begins. */
static void
leave_out(struct packer *p, struct packed *packed, unsigned char *payload)
{
	struct silence *s = &p->silence;
	uint32_t ms = (uint32_t)(p->whole / (p->hz / 1000));
	enum silence_verdict verdict = silence_judge(s, p->waiting, p->whole, ms);

	if (verdict == SILENCE_VOICE)
		return;
	packed->noise = true;
	packed->known = verdict == SILENCE_NOTHING;
	packed->n = s->n_payload;
	memcpy(payload, s->payload, s->n_payload);
}

struct packed
packer_pack(struct packer *p, unsigned char out[CODER_PAYLOAD_MAX])
{
	struct packed packed = {.ticks = ticks(p, p->whole)};

	packed.n = encoder_encode(p->encoder, p->waiting, p->whole, out);
	packed.left_out = ticks(p, encoder_left_out(p->encoder));
	if (p->pauses == PACKER_PAUSES_NOISE)
		leave_out(p, &packed, out);
	p->n_waiting = 0;
	return packed;
}
