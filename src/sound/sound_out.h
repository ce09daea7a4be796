/*
 * A recording: a WAV file of 16-bit PCM with one or two channels, which is true while it grows. The
 * sizes in its header are brought up to date each second of sound, so a process that is killed
 * leaves a file that plays; what came after the last time sound_out_mend finds by the file's
 * length.
 *
 * A disk is full, ERR_FULL, when SOUND_OUT_SPARED_BYTES are left of it: that is looked at for each
 * second of sound.
 *
 * The file must be new: nothing that is there is followed or written over. Mode 0600.
 *
 * Blocks while the disk does: not for the threads of signalling and media, which record through
 * sound/tapes.h. Owned by who opened it; used by one thread at a time.
 *
 * Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF, WAVE).
 */
#ifndef SOUND_SOUND_OUT_H
#define SOUND_SOUND_OUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	SOUND_OUT_HEADER_BYTES = 44,
	SOUND_OUT_CHANNELS_MAX = 2,
	SOUND_OUT_RATE_MAX_HZ = 192000,
	SOUND_OUT_SPARED_BYTES = 16 << 20, /* of a disk, for what is no sound */
};

struct sound_out;

/** ERR_INVALID: rate or channels; ERR_EXISTS, ERR_NOT_FOUND (no such folder), ERR_DENIED, ERR_FULL,
 *  ERR_LIMIT, ERR_IO, ERR_NOMEM. */
ERR_MUST_CHECK enum err sound_out_open(
    const char *path, uint32_t rate_hz, uint32_t channels, struct sound_out **out);
/** A frame is one sample of each channel, side by side. ERR_FULL: no space on the disk; ERR_LIMIT:
 * a WAV file holds no more (4 GiB); ERR_IO. After an error the file is a good one with whole
 * frames, as many as found room, and the error comes again each time. */
ERR_MUST_CHECK enum err sound_out_write(struct sound_out *s, const int16_t *pcm, size_t n_frames);
/** Makes the header true now. Errors as sound_out_write. */
ERR_MUST_CHECK enum err sound_out_flush(struct sound_out *s);
/** Header true, everything on the disk, closed and freed. The first error there was. */
enum err sound_out_close(struct sound_out *s);
uint64_t sound_out_length_ms(const struct sound_out *s);
/** Of the file, header included. */
uint64_t sound_out_bytes(const struct sound_out *s);

/** Makes the header of a file that a crash left agree with its length; half a frame at its end
 * goes. Nobody may be writing it. ERR_MALFORMED: none of our files; ERR_TOO_BIG: longer than a WAV
 * file may be; ERR_UNSUPPORTED: no file (a folder, a link); ERR_NOT_FOUND, ERR_DENIED, ERR_IO. */
ERR_MUST_CHECK enum err sound_out_mend(const char *path);

#endif
