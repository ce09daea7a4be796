#include "sound/sound_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/slice.h"
#include "sound/resample.h"
#include "sound/sound_in_int.h"

enum {
	BLOCK_FRAMES = 512, /* of the file, at a time */
	WIDEST = SOUND_RATE_MAX_HZ / SOUND_IN_RATE_MIN_HZ,
	BLOCK_SAMPLES = BLOCK_FRAMES * WIDEST + WIDEST,
};

struct sound_in {
	struct sound_source *source;
	uint32_t rate_hz;
	bool loop;
	bool ended;		 /* the filter is empty, too */
	bool at_end;		 /* somebody wanted to go there: not all kinds can */
	uint64_t at_frame;	 /* of the file, that is read next */
	uint64_t turn_frames;	 /* how long the file was when it began again; 0: it has not yet */
	uint64_t from_frame;	 /* where the caller began to read, */
	uint64_t given;		 /* and how many samples */
	struct resampler *rates; /* NULL: the file has our rate */
	size_t n, taken;	 /* samples of block */
	int16_t block[BLOCK_SAMPLES];
};

/* ---- open, close ---- */

/* Not blocking: nobody may be at the other end of a pipe. */
static enum err
open_regular(const char *path, int *fd, uint64_t *bytes)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0)
		return err_from_errno(errno);
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0) {
		*bytes = (uint64_t)st.st_size;
		return ERR_OK;
	}
	close(*fd);
	return ERR_UNSUPPORTED;
}

static bool
is_g722(const char *path)
{
	struct slice name = slice_cstr(path), ending = SLICE(".g722");

	return name.n > ending.n && slice_eq_nocase(slice_from(name, name.n - ending.n), ending);
}

static enum err
open_source(const char *path, uint32_t rate_hz, struct sound_source **out)
{
	uint64_t bytes = 0;
	int fd = -1;
	enum err e = open_regular(path, &fd, &bytes);

	if (e != ERR_OK)
		return e;
	e = is_g722(path) ? sound_in_g722_open(fd, bytes, rate_hz, out)
			  : sound_in_sndfile_open(fd, bytes, out);
	if (e != ERR_OK)
		close(fd);
	return e;
}

enum err
sound_in_open(const char *path, uint32_t rate_hz, struct sound_in **out)
{
	struct sound_in *s;
	enum err e;

	if (rate_hz < SOUND_RATE_MIN_HZ || rate_hz > SOUND_RATE_MAX_HZ)
		return ERR_INVALID;
	s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->rate_hz = rate_hz;
	e = open_source(path, rate_hz, &s->source);
	if (e == ERR_OK && s->source->rate_hz != rate_hz) {
		e = resampler_new(s->source->rate_hz, rate_hz, &s->rates);
		if (e == ERR_OK)
			resampler_restart(s->rates);
	}
	if (e != ERR_OK) {
		sound_in_close(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
sound_in_close(struct sound_in *s)
{
	if (!s)
		return;
	if (s->source)
		s->source->ops->close(s->source);
	resampler_free(s->rates);
	free(s);
}

/* ---- read ---- */

static size_t
read_once(struct sound_in *s, int16_t *pcm, size_t n)
{
	size_t got = s->at_end ? 0 : s->source->ops->read(s->source, pcm, n);

	s->at_frame += got;
	return got;
}

/* Over the end into the beginning, when that is wanted. */
static size_t
read_source(struct sound_in *s, int16_t *pcm, size_t n)
{
	size_t done = read_once(s, pcm, n), got = 1;

	while (done < n && got && s->loop && s->source->failed == ERR_OK) {
		s->turn_frames = s->at_frame;
		s->at_end = false;
		if (s->source->ops->seek(s->source, 0) != ERR_OK) {
			s->source->failed = ERR_IO;
			break;
		}
		s->at_frame = 0;
		got = read_once(s, pcm + done, n - done);
		done += got;
	}
	return done;
}

/* The next block at the other rate. What the filter still holds at the end comes out with silence.
 */
static void
convert_block(struct sound_in *s)
{
	int16_t frames[BLOCK_FRAMES];
	size_t n = read_source(s, frames, BLOCK_FRAMES);

	s->taken = 0;
	s->n = resampler_run(s->rates, frames, n, s->block, BLOCK_SAMPLES);
	if (n < BLOCK_FRAMES) {
		size_t tail = resampler_tail(s->rates);

		s->ended = true;
		memset(frames, 0, sizeof frames);
		while (tail > 0) {
			size_t m = tail < BLOCK_FRAMES ? tail : BLOCK_FRAMES;

			s->n += resampler_run(
			    s->rates, frames, m, s->block + s->n, BLOCK_SAMPLES - s->n);
			tail -= m;
		}
	}
}

static size_t
read_converted(struct sound_in *s, int16_t *pcm, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t m;

		while (s->taken == s->n && !s->ended)
			convert_block(s);
		m = s->n - s->taken < n - done ? s->n - s->taken : n - done;
		if (m == 0)
			break;
		memcpy(pcm + done, s->block + s->taken, m * sizeof *pcm);
		s->taken += m;
		done += m;
	}
	return done;
}

size_t
sound_in_read(struct sound_in *s, int16_t *pcm, size_t n)
{
	size_t got = s->rates ? read_converted(s, pcm, n) : read_source(s, pcm, n);

	s->given += got;
	return got;
}

enum err
sound_in_failed(const struct sound_in *s)
{
	return s->source->failed;
}

/* ---- where ---- */

static uint64_t
frames_to_ms(const struct sound_in *s, uint64_t frames)
{
	return frames * 1000 / s->source->rate_hz;
}

enum err
sound_in_seek_ms(struct sound_in *s, uint64_t ms)
{
	uint64_t length = s->source->length_frames, frame = length;
	bool at_end = ms >= frames_to_ms(s, length);
	enum err e = ERR_OK;

	if (!at_end) {
		frame = (ms * s->source->rate_hz + 500) / 1000;
		e = s->source->ops->seek(s->source, frame);
	}
	if (e != ERR_OK)
		return e;
	s->at_end = at_end;
	s->at_frame = s->from_frame = frame;
	s->given = 0;
	s->n = s->taken = 0;
	s->ended = false;
	if (s->rates)
		resampler_restart(s->rates);
	return ERR_OK;
}

/* By what was given, for the file has been read further. */
uint64_t
sound_in_position_ms(const struct sound_in *s)
{
	uint64_t frame = s->from_frame + s->given * s->source->rate_hz / s->rate_hz;

	return frames_to_ms(s, s->turn_frames ? frame % s->turn_frames : frame);
}

uint64_t
sound_in_length_ms(const struct sound_in *s)
{
	return frames_to_ms(s, s->source->length_frames);
}

void
sound_in_loop(struct sound_in *s, bool loop)
{
	s->loop = loop;
}
