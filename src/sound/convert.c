#include "sound/convert.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "sound/sound_in.h"
#include "sound/sound_out.h"

enum {
	FRAME_MS = 10,
	CHUNK_SAMPLES = 1 << 16,
	PAUSE_DB = 30,	  /* so much below the loudest moment nothing is said, */
	TAIL_DB = 42,	  /* and so much below it a sound has faded away */
	SILENCE_DB = -60, /* below full scale: nothing can be heard at all */
	NOTHING_DB = -96,
	PEAK_MAX = 32000,
};

struct sound {
	int16_t *pcm;
	size_t n, cap;
};

/* ---- measuring ---- */

static double
energy_of(const int16_t *pcm, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)pcm[i] * pcm[i];
	return n ? sum / (double)n : 0;
}

static double
decibels(double energy)
{
	return energy > 0 ? 10 * log10(energy / (32768.0 * 32768.0)) : NOTHING_DB;
}

/* of all frames; the last one may be a part */
static double
loudest_db(const int16_t *pcm, size_t n, size_t frame)
{
	double most = 0;

	for (size_t at = 0; at < n; at += frame) {
		double energy = energy_of(pcm + at, n - at < frame ? n - at : frame);

		most = energy > most ? energy : most;
	}
	return decibels(most);
}

double
sound_loudness_db(const int16_t *pcm, size_t n, uint32_t rate_hz)
{
	size_t frame = rate_hz * FRAME_MS / 1000, frames = 0;
	double floor_db = loudest_db(pcm, n, frame) - PAUSE_DB, sum = 0;

	for (size_t at = 0; at < n; at += frame) {
		double energy = energy_of(pcm + at, n - at < frame ? n - at : frame);

		if (decibels(energy) > floor_db) {
			sum += energy;
			frames++;
		}
	}
	return frames ? decibels(sum / (double)frames) : NOTHING_DB;
}

/* ---- reading ---- */

static enum err
read_all(const char *from, uint64_t max_ms, struct sound *out)
{
	size_t most = (size_t)(max_ms * CONVERT_RATE_HZ / 1000), got;
	struct sound_in *in;
	enum err e = sound_in_open(from, CONVERT_RATE_HZ, &in);

	if (e != ERR_OK)
		return e;
	do {
		if (out->cap - out->n < CHUNK_SAMPLES) {
			int16_t *more =
			    realloc(out->pcm, (2 * out->cap + CHUNK_SAMPLES) * sizeof *out->pcm);

			if (!more) {
				sound_in_close(in);
				return ERR_NOMEM;
			}
			out->pcm = more;
			out->cap = 2 * out->cap + CHUNK_SAMPLES;
		}
		got = sound_in_read(in, out->pcm + out->n, CHUNK_SAMPLES);
		out->n += got;
	} while (got == CHUNK_SAMPLES && out->n <= most);
	e = out->n > most ? ERR_TOO_BIG : sound_in_failed(in);
	sound_in_close(in);
	return e;
}

/* ---- making it fit ---- */

/* Moves *pcm and *n to what is not silence. */
static void
trim(const int16_t **pcm, size_t *n)
{
	size_t frame = CONVERT_RATE_HZ * FRAME_MS / 1000;
	double floor_db = loudest_db(*pcm, *n, frame) - TAIL_DB;
	size_t first = *n, last = 0;

	for (size_t at = 0; at < *n; at += frame) {
		size_t end = *n - at < frame ? *n : at + frame;

		if (decibels(energy_of(*pcm + at, end - at)) <= floor_db)
			continue;
		first = at < first ? at : first;
		last = end;
	}
	first -= first < CONVERT_BEFORE_MS * CONVERT_RATE_HZ / 1000
		     ? first
		     : CONVERT_BEFORE_MS * CONVERT_RATE_HZ / 1000;
	last += CONVERT_AFTER_MS * CONVERT_RATE_HZ / 1000;
	*n = (last < *n ? last : *n) - first;
	*pcm += first;
}

static void
make_equally_loud(int16_t *pcm, size_t n)
{
	double gain =
	    pow(10, (CONVERT_LOUDNESS_DB - sound_loudness_db(pcm, n, CONVERT_RATE_HZ)) / 20);
	int peak = 1;

	for (size_t i = 0; i < n; i++)
		peak = abs(pcm[i]) > peak ? abs(pcm[i]) : peak;
	if (gain * peak > PEAK_MAX)
		gain = (double)PEAK_MAX / peak;
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)lrint(gain * pcm[i]);
}

static enum err
write_all(const char *to, const int16_t *pcm, size_t n)
{
	struct sound_out *out;
	enum err e = sound_out_open(to, CONVERT_RATE_HZ, 1, &out), closed;

	if (e != ERR_OK)
		return e;
	e = sound_out_write(out, pcm, n);
	closed = sound_out_close(out);
	e = e == ERR_OK ? closed : e;
	if (e != ERR_OK)
		unlink(to);
	return e;
}

enum err
sound_convert(const char *from, const char *to, uint64_t max_ms, uint64_t *length_ms)
{
	struct sound all = {0};
	const int16_t *begin;
	size_t n;
	enum err e = read_all(from, max_ms, &all);

	begin = all.pcm;
	n = all.n;
	if (e == ERR_OK && sound_loudness_db(begin, n, CONVERT_RATE_HZ) < SILENCE_DB)
		e = ERR_INVALID;
	if (e == ERR_OK) {
		trim(&begin, &n);
		make_equally_loud(all.pcm + (begin - all.pcm), n);
		e = write_all(to, begin, n);
	}
	if (e == ERR_OK && length_ms)
		*length_ms = (uint64_t)n * 1000 / CONVERT_RATE_HZ;
	free(all.pcm);
	return e;
}
