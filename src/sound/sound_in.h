/*
 * A sound file as mono samples of 16 bit at the rate the caller wants: announcements and music.
 * WAV (PCM of 8 to 32 bit, float, A-law, mu-law, GSM), FLAC, Ogg Vorbis, Ogg Opus and MP3, told by
 * what is in them; raw G.722 at 64 kbit/s, told by its name (….g722). Channels are averaged.
 *
 * Files come from people who upload them: whatever they hold, there is an error or sound, within
 * the limits below.
 *
 * Blocks while the disk does: not for the threads of signalling and media, which play through
 * sound/tapes.h. Owned by who opened it; used by one thread at a time.
 */
#ifndef SOUND_SOUND_IN_H
#define SOUND_SOUND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	SOUND_IN_RATE_MIN_HZ = 4000, /* of files */
	SOUND_IN_RATE_MAX_HZ = 192000,
	SOUND_IN_CHANNELS_MAX = 8,
	SOUND_IN_HOURS_MAX = 100,
	SOUND_RATE_MIN_HZ = 8000, /* of who plays */
	SOUND_RATE_MAX_HZ = 48000,
};

struct sound_in;

/** ERR_INVALID: rate_hz; ERR_NOT_FOUND, ERR_DENIED, ERR_IO; ERR_MALFORMED: no sound file;
 *  ERR_UNSUPPORTED: no file at all (a folder, a pipe), a kind we do not play, or an absurd number
 * of channels or rate; ERR_TOO_BIG: longer than SOUND_IN_HOURS_MAX; ERR_NOMEM, ERR_LIMIT. */
ERR_MUST_CHECK enum err sound_in_open(const char *path, uint32_t rate_hz, struct sound_in **out);
/** NULL is fine. */
void sound_in_close(struct sound_in *s);
/** Returns how many there are: fewer than n only at the end. */
size_t sound_in_read(struct sound_in *s, int16_t *pcm, size_t n);
/** Why it ended: ERR_OK: that was all; ERR_IO: the file cannot be read on. */
enum err sound_in_failed(const struct sound_in *s);
/** Behind the end is the end. In GSM it takes as long as reading up to there. ERR_IO, and as
 *  sound_in_open when the file is another one by now. */
ERR_MUST_CHECK enum err sound_in_seek_ms(struct sound_in *s, uint64_t ms);
/** Where the next sample to be read stands. */
uint64_t sound_in_position_ms(const struct sound_in *s);
/** As the file says itself, which need not be true. */
uint64_t sound_in_length_ms(const struct sound_in *s);
/** The beginning follows the end, without a seam; a file without samples ends all the same. */
void sound_in_loop(struct sound_in *s, bool loop);

#endif
