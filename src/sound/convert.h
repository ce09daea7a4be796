/*
 * Makes of any sound file (sound_in.h says of which kinds) one that is fit to be said to people on
 * telephones: WAV, 16 kHz, mono, 16 bit; silence at both ends is cut off, and voice is as loud as
 * in all others (CONVERT_LOUDNESS_DB), so that sentences can be put together from pieces.
 *
 * Loudness is that of the moments in which something is said: pauses do not count. What would be
 * distorted that way stays quieter.
 *
 * Blocks while the disk does; needs the memory of the whole sound. Not for the threads of
 * signalling and media.
 */
#ifndef SOUND_CONVERT_H
#define SOUND_CONVERT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	CONVERT_RATE_HZ = 16000,
	CONVERT_LOUDNESS_DB = -22, /* below full scale, effective value; as LEVEL_TARGET_DB */
	CONVERT_BEFORE_MS = 20,	   /* stays of the silence in front of the sound, */
	CONVERT_AFTER_MS = 60,	   /* and behind it */
};

/** to: must be new; when anything fails it is not there. *length_ms (may be NULL): of what was
 *  written. Errors of sound_in_open about from; ERR_TOO_BIG: longer than max_ms; ERR_INVALID:
 *  nothing can be heard; ERR_IO; and of sound_out_open about to (ERR_EXISTS, ERR_FULL). */
ERR_MUST_CHECK enum err sound_convert(
    const char *from, const char *to, uint64_t max_ms, uint64_t *length_ms);
/** How loud that is which is said, in dB below full scale; -96: nothing is. */
double sound_loudness_db(const int16_t *pcm, size_t n, uint32_t rate_hz);

#endif
