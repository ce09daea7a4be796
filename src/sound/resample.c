#include "sound/resample.h"

#include <speex/speex_resampler.h>

enum { QUALITY = 3 }; /* the library's choice for voice over networks */

enum err
resampler_new(uint32_t from_hz, uint32_t to_hz, struct resampler **out)
{
	SpeexResamplerState *s = speex_resampler_init(1, from_hz, to_hz, QUALITY, NULL);

	if (!s)
		return ERR_NOMEM;
	*out = (struct resampler *)s;
	return ERR_OK;
}

void
resampler_free(struct resampler *r)
{
	if (r)
		speex_resampler_destroy((SpeexResamplerState *)r);
}

size_t
resampler_run(struct resampler *r, const int16_t *in, size_t n, int16_t *out, size_t cap)
{
	spx_uint32_t in_n = (spx_uint32_t)n, out_n = (spx_uint32_t)cap;

	if (speex_resampler_process_int((SpeexResamplerState *)r, 0, in, &in_n, out, &out_n) !=
	    RESAMPLER_ERR_SUCCESS)
		return 0;
	return out_n;
}

void
resampler_restart(struct resampler *r)
{
	speex_resampler_reset_mem((SpeexResamplerState *)r);
	speex_resampler_skip_zeros((SpeexResamplerState *)r);
}

size_t
resampler_tail(const struct resampler *r)
{
	return (size_t)speex_resampler_get_input_latency((SpeexResamplerState *)r);
}
