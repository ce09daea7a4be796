/*
 * What two sides say, or a room, into a file: brings both to the file's rate, one on top of the
 * other or left and right. Media thread, as long as somebody has it; then whoever ends it.
 */
#ifndef MEDIA_RECORDER_INT_H
#define MEDIA_RECORDER_INT_H

#include "media/feed_int.h"
#include "media/media.h"
#include "sound/resample.h"
#include "sound/tapes.h"

struct recorder {
	struct tape_out *tape; /* NULL: it is full or broken, and closed */
	uint32_t rate_hz;
	bool stereo;
	bool any; /* in this tick */
	struct resampler *fit[MEDIA_SIDES];
	uint32_t fits_hz[MEDIA_SIDES];
	int16_t track[MEDIA_SIDES][FEED_SAMPLES_MAX];
};

/** The tape is the recorder's from now on. ERR_NOMEM: it is still the caller's. */
ERR_MUST_CHECK enum err recorder_new(
    struct tape_out *tape, uint32_t rate_hz, bool stereo, struct recorder **out);
/** The file is completed in the background. NULL is fine. */
void recorder_free(struct recorder *r);
/** A tick of what a side says; NULL: silence. */
void recorder_put(struct recorder *r, unsigned side, const int16_t *pcm, uint32_t hz);
/** All sides have been put: the tick is written, once. */
void recorder_write(struct recorder *r);

#endif
