#include "media/recorder_int.h"

#include <stdlib.h>
#include <string.h>

#include "sound/mix.h"

enum err
recorder_new(struct tape_out *tape, uint32_t rate_hz, bool stereo, struct recorder **out)
{
	struct recorder *r = calloc(1, sizeof *r);

	if (!r)
		return ERR_NOMEM;
	r->tape = tape;
	r->rate_hz = rate_hz;
	r->stereo = stereo;
	*out = r;
	return ERR_OK;
}

void
recorder_free(struct recorder *r)
{
	if (!r)
		return;
	tape_out_close(r->tape);
	for (int i = 0; i < MEDIA_SIDES; i++)
		resampler_free(r->fit[i]);
	free(r);
}

static size_t
tick_samples(uint32_t hz)
{
	return hz / 1000 * FEED_TICK_MS;
}

/* False: no memory. */
static bool
ready_to_fit(struct recorder *r, unsigned side, uint32_t hz)
{
	if (r->fit[side] && r->fits_hz[side] == hz)
		return true;
	resampler_free(r->fit[side]);
	r->fit[side] = NULL;
	r->fits_hz[side] = hz;
	return resampler_new(hz, r->rate_hz, &r->fit[side]) == ERR_OK;
}

void
recorder_put(struct recorder *r, unsigned side, const int16_t *pcm, uint32_t hz)
{
	int16_t *track = r->track[side];
	size_t n = tick_samples(r->rate_hz);

	if (!r->any)
		memset(r->track, 0, sizeof r->track);
	r->any = true;
	if (!pcm)
		return;
	if (hz == r->rate_hz)
		memcpy(track, pcm, n * sizeof *track);
	else if (ready_to_fit(r, side, hz))
		(void)resampler_run(r->fit[side], pcm, tick_samples(hz), track, n);
}

void
recorder_write(struct recorder *r)
{
	size_t n = tick_samples(r->rate_hz);
	int16_t frames[MEDIA_SIDES * FEED_SAMPLES_MAX] = {0};
	int32_t sum[FEED_SAMPLES_MAX] = {0};

	if (!r->any || !r->tape)
		return;
	r->any = false;
	if (r->stereo) {
		for (size_t i = 0; i < n; i++) {
			frames[2 * i] = r->track[MEDIA_CALLER][i];
			frames[2 * i + 1] = r->track[MEDIA_CALLED][i];
		}
	} else {
		mix_add(sum, r->track[MEDIA_CALLER], n);
		mix_add(sum, r->track[MEDIA_CALLED], n);
		mix_take(frames, sum, NULL, n);
	}
	/* what finds no room is dropped: the disk is slow; but when it will never do, that is all
	 */
	if (tape_out_write(r->tape, frames, n) < n && tape_out_failed(r->tape) != ERR_OK) {
		tape_out_close(r->tape);
		r->tape = NULL;
	}
}
