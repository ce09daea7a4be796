/*
 * What reads a kind of file: mono samples at the rate they have in the file. Behind it stand
 * libsndfile (sound_in_sndfile.c) and our own decoder (sound_in_g722.c).
 */
#ifndef SOUND_SOUND_IN_INT_H
#define SOUND_SOUND_IN_INT_H

#include "sound/sound_in.h"

struct sound_source;

struct sound_source_ops {
	/** Fewer than n only at the end, or when failed is set. */
	size_t (*read)(struct sound_source *src, int16_t *pcm, size_t n);
	/** frame: length_frames at most. ERR_IO. */
	enum err (*seek)(struct sound_source *src, uint64_t frame);
	void (*close)(struct sound_source *src);
};

struct sound_source {
	const struct sound_source_ops *ops;
	uint32_t rate_hz;
	uint64_t length_frames; /* as the file says */
	enum err failed;
};

/** fd: a regular file of so many bytes; the source's when it was opened, else still the caller's.
 *  Errors as sound_in_open. */
ERR_MUST_CHECK enum err sound_in_sndfile_open(int fd, uint64_t bytes, struct sound_source **out);
/** rate_hz: what the caller will want; half of the work when it is 8000. */
ERR_MUST_CHECK enum err sound_in_g722_open(
    int fd, uint64_t bytes, uint32_t rate_hz, struct sound_source **out);

#endif
