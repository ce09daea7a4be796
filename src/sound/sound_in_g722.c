/* Raw G.722: a byte is two samples of 16 kHz, and nothing else is in the file. */
#include <stdlib.h>
#include <unistd.h>

#include "base/list.h"
#include "sound/coder.h"
#include "sound/sound_in_int.h"

enum {
	BYTES_PER_S = 8000,
	BLOCK_BYTES = 160,
	LEARN_BYTES = 800, /* the decoder follows the voice from 100 ms earlier */
};

struct g722 {
	struct sound_source source;
	int fd;
	uint64_t at; /* bytes */
	struct decoder *decoder;
	size_t n, taken; /* samples of pcm */
	int16_t pcm[CODER_SAMPLES_MAX];
};

static bool
decode_block(struct g722 *g)
{
	unsigned char coded[BLOCK_BYTES];
	ssize_t n = pread(g->fd, coded, sizeof coded, (off_t)g->at);

	if (n < 0)
		g->source.failed = ERR_IO;
	if (n <= 0)
		return false;
	g->at += (uint64_t)n;
	g->n = decoder_decode(g->decoder, slice_make(coded, (size_t)n), g->pcm);
	g->taken = 0;
	return g->n > 0;
}

static size_t
read_samples(struct sound_source *src, int16_t *pcm, size_t n)
{
	struct g722 *g = container_of(src, struct g722, source);
	size_t done = 0;

	while (done < n && (g->taken < g->n || decode_block(g))) {
		size_t m = g->n - g->taken < n - done ? g->n - g->taken : n - done;

		memcpy(pcm + done, g->pcm + g->taken, m * sizeof *pcm);
		g->taken += m;
		done += m;
	}
	return done;
}

static enum err
seek(struct sound_source *src, uint64_t frame)
{
	struct g722 *g = container_of(src, struct g722, source);
	uint64_t per_byte = src->rate_hz / BYTES_PER_S, byte = frame / per_byte;
	uint64_t from = byte < LEARN_BYTES ? 0 : byte - LEARN_BYTES, skip;
	struct decoder *fresh;
	enum err e = decoder_new(CODEC_G722, src->rate_hz, &fresh);

	if (e != ERR_OK)
		return e;
	decoder_free(g->decoder);
	g->decoder = fresh;
	g->at = from;
	g->n = g->taken = 0;
	for (skip = frame - from * per_byte; skip > 0;) {
		int16_t unheard[BLOCK_BYTES];
		size_t m = skip < BLOCK_BYTES ? skip : BLOCK_BYTES;

		if (read_samples(src, unheard, m) < m)
			break;
		skip -= m;
	}
	return src->failed;
}

static void
close_file(struct sound_source *src)
{
	struct g722 *g = container_of(src, struct g722, source);

	decoder_free(g->decoder);
	close(g->fd);
	free(g);
}

static const struct sound_source_ops ops = {read_samples, seek, close_file};

enum err
sound_in_g722_open(int fd, uint64_t bytes, uint32_t rate_hz, struct sound_source **out)
{
	uint32_t own_hz = rate_hz == 8000 ? 8000 : 16000;
	struct g722 *g;
	enum err e;

	if (bytes > (uint64_t)SOUND_IN_HOURS_MAX * 3600 * BYTES_PER_S)
		return ERR_TOO_BIG;
	g = calloc(1, sizeof *g);
	if (!g)
		return ERR_NOMEM;
	e = decoder_new(CODEC_G722, own_hz, &g->decoder);
	if (e != ERR_OK) {
		free(g);
		return e;
	}
	g->fd = fd;
	g->source = (struct sound_source){
	    .ops = &ops, .rate_hz = own_hz, .length_frames = bytes * (own_hz / BYTES_PER_S)};
	*out = &g->source;
	return ERR_OK;
}
