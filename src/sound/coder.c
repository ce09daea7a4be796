#include "sound/coder.h"

#include <stdlib.h>

#include "sound/conceal_int.h"

static const struct coder_ops *const all_ops[CODECS] = {
    [CODEC_PCMA] = &coder_pcma,
    [CODEC_PCMU] = &coder_pcmu,
    [CODEC_G722] = &coder_g722,
    [CODEC_OPUS] = &coder_opus,
    [CODEC_G729] = &coder_g729,
    [CODEC_GSM] = &coder_gsm,
    [CODEC_L16_8] = &coder_l16_8,
    [CODEC_L16_16] = &coder_l16_16,
    [CODEC_L16_48] = &coder_l16_48,
};

struct encoder {
	const struct coder_ops *ops;
	void *state;
};

struct decoder {
	const struct coder_ops *ops;
	void *state;
	struct conceal *conceal; /* NULL: the codec does it */
};

bool
coder_has_rate(enum codec codec, uint32_t rate_hz)
{
	const struct coder_ops *ops = codec < CODECS ? all_ops[codec] : NULL;

	for (int i = 0; ops && i < CODER_RATES_MAX; i++)
		if (rate_hz && ops->rate_hz[i] == rate_hz)
			return true;
	return false;
}

enum err
encoder_new(enum codec codec, uint32_t rate_hz, struct encoder **out)
{
	struct encoder *e;

	if (!coder_has_rate(codec, rate_hz))
		return ERR_UNSUPPORTED;
	e = calloc(1, sizeof *e);
	if (!e)
		return ERR_NOMEM;
	e->ops = all_ops[codec];
	e->state = e->ops->encoder_make(rate_hz);
	if (!e->state) {
		free(e);
		return ERR_NOMEM;
	}
	*out = e;
	return ERR_OK;
}

void
encoder_free(struct encoder *e)
{
	if (!e)
		return;
	e->ops->encoder_drop(e->state);
	free(e);
}

size_t
encoder_encode(
    struct encoder *e, const int16_t *pcm, size_t n, unsigned char out[CODER_PAYLOAD_MAX])
{
	return e->ops->encode(e->state, pcm, n, out);
}

bool
coder_has_pauses(enum codec codec)
{
	return codec < CODECS && all_ops[codec] && all_ops[codec]->is_pause;
}

enum err
encoder_leave_pauses_out(struct encoder *e)
{
	if (!e->ops->leave_pauses_out)
		return ERR_UNSUPPORTED;
	return e->ops->leave_pauses_out(e->state) ? ERR_OK : ERR_NOMEM;
}

size_t
encoder_left_out(const struct encoder *e)
{
	return e->ops->left_out ? e->ops->left_out(e->state) : 0;
}

bool
coder_is_pause(enum codec codec, struct slice payload)
{
	return coder_has_pauses(codec) && all_ops[codec]->is_pause(payload);
}

enum err
decoder_new(enum codec codec, uint32_t rate_hz, struct decoder **out)
{
	struct decoder *d;

	if (!coder_has_rate(codec, rate_hz))
		return ERR_UNSUPPORTED;
	d = calloc(1, sizeof *d);
	if (!d)
		return ERR_NOMEM;
	d->ops = all_ops[codec];
	d->state = d->ops->decoder_make(rate_hz);
	if (!d->ops->conceal)
		d->conceal = malloc(sizeof *d->conceal);
	if (!d->state || (!d->ops->conceal && !d->conceal)) {
		decoder_free(d);
		return ERR_NOMEM;
	}
	if (d->conceal)
		conceal_init(d->conceal, rate_hz);
	*out = d;
	return ERR_OK;
}

void
decoder_free(struct decoder *d)
{
	if (!d)
		return;
	if (d->state)
		d->ops->decoder_drop(d->state);
	free(d->conceal);
	free(d);
}

size_t
decoder_decode(struct decoder *d, struct slice payload, int16_t pcm[CODER_SAMPLES_MAX])
{
	size_t n = payload.n ? d->ops->decode(d->state, payload, pcm) : 0;

	if (n && d->conceal)
		conceal_heard(d->conceal, pcm, n);
	return n;
}

void
decoder_conceal(struct decoder *d, struct slice next, int16_t *pcm, size_t n)
{
	if (d->conceal)
		conceal_fill(d->conceal, pcm, n);
	else
		d->ops->conceal(d->state, next, pcm, n);
}
