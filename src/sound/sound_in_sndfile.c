/* The kinds that libsndfile reads. */
#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/list.h"
#include "base/slice.h"
#include "sound/sound_in_int.h"

enum { BLOCK_FRAMES = 512 };

struct sndfile_source {
	struct sound_source source;
	SNDFILE *file; /* NULL: it could not be opened again */
	bool seekable;
	int fd;
	uint64_t at, bytes; /* where the library reads on */
	size_t channels;
	float block[BLOCK_FRAMES * SOUND_IN_CHANNELS_MAX];
};

/* ---- the file, as the library sees it ---- */

static sf_count_t
file_length(void *ctx)
{
	const struct sndfile_source *s = ctx;

	return (sf_count_t)s->bytes;
}

static sf_count_t
file_seek(sf_count_t offset, int whence, void *ctx)
{
	struct sndfile_source *s = ctx;
	int64_t from = whence == SEEK_SET ? 0 : (int64_t)(whence == SEEK_CUR ? s->at : s->bytes);
	int64_t to;

	if (__builtin_add_overflow(from, offset, &to) || to < 0)
		return -1;
	s->at = (uint64_t)to;
	return to;
}

static sf_count_t
file_read(void *out, sf_count_t n, void *ctx)
{
	struct sndfile_source *s = ctx;
	sf_count_t done = 0;

	while (done < n) {
		ssize_t got = pread(s->fd, (char *)out + done, (size_t)(n - done), (off_t)s->at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			s->source.failed = ERR_IO;
		if (got <= 0)
			break;
		s->at += (uint64_t)got;
		done += got;
	}
	return done;
}

static sf_count_t
file_write(const void *bytes, sf_count_t n, void *ctx)
{
	return 0;
}

static sf_count_t
file_tell(void *ctx)
{
	const struct sndfile_source *s = ctx;

	return (sf_count_t)s->at;
}

/* ---- which we play ---- */

/*
 * By its first bytes, before the library may guess: it knows two dozen kinds nobody uses, and each
 * of their parsers is one more that strangers could reach.
 */
static enum err
check_kind(int fd)
{
	static const struct slice played[] = {SLICE("RIFF"), SLICE("RF64"), SLICE("fLaC"),
	    SLICE("OggS"), SLICE("ID3"), SLICE("\xff\xfb"), SLICE("\xff\xfa"), SLICE("\xff\xf3"),
	    SLICE("\xff\xf2"), SLICE("\xff\xe3"), SLICE("\xff\xe2")};
	static const struct slice refused[] = {SLICE("FORM"), SLICE(".snd"), SLICE("caff"),
	    SLICE("riff"), SLICE("RIFX"), SLICE("\xff\xfd"), SLICE("\xff\xf1"), SLICE("\xff\xf9"),
	    SLICE("\x1a\x45\xdf\xa3"), SLICE("#!AMR")};
	char head[12];
	ssize_t n = pread(fd, head, sizeof head, 0);

	if (n < 0)
		return ERR_IO;
	for (size_t i = 0; i < sizeof played / sizeof *played; i++)
		if (slice_starts(slice_make(head, (size_t)n), played[i]))
			return ERR_OK;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (slice_starts(slice_make(head, (size_t)n), refused[i]))
			return ERR_UNSUPPORTED;
	return ERR_MALFORMED;
}

static bool
is_played(int format)
{
	switch (format & SF_FORMAT_TYPEMASK) {
	case SF_FORMAT_WAV:
	case SF_FORMAT_WAVEX:
	case SF_FORMAT_RF64:
	case SF_FORMAT_FLAC:
	case SF_FORMAT_OGG:
	case SF_FORMAT_MPEG: break;
	default: return false;
	}
	switch (format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_PCM_S8:
	case SF_FORMAT_PCM_U8:
	case SF_FORMAT_PCM_16:
	case SF_FORMAT_PCM_24:
	case SF_FORMAT_PCM_32:
	case SF_FORMAT_FLOAT:
	case SF_FORMAT_DOUBLE:
	case SF_FORMAT_ALAW:
	case SF_FORMAT_ULAW:
	case SF_FORMAT_GSM610:
	case SF_FORMAT_VORBIS:
	case SF_FORMAT_OPUS:
	case SF_FORMAT_MPEG_LAYER_III: return true;
	default: return false;
	}
}

static enum err
check_info(const SF_INFO *info)
{
	sf_count_t most = (sf_count_t)SOUND_IN_HOURS_MAX * 3600 * info->samplerate;

	if (!is_played(info->format))
		return ERR_UNSUPPORTED;
	if (info->channels < 1 || info->channels > SOUND_IN_CHANNELS_MAX ||
	    info->samplerate < SOUND_IN_RATE_MIN_HZ || info->samplerate > SOUND_IN_RATE_MAX_HZ)
		return ERR_UNSUPPORTED;
	if (info->frames < 0)
		return ERR_MALFORMED;
	return info->frames > most ? ERR_TOO_BIG : ERR_OK;
}

/* ---- samples ---- */

/* What is no number is silence. */
static int16_t
to_sample(float v)
{
	if (isnan(v))
		return 0;
	return (int16_t)(v >= 32767.0F ? INT16_MAX : v <= -32768.0F ? INT16_MIN : lrintf(v));
}

/* As float: what is louder than full scale (lossy codecs, float files) would turn over as int16_t.
 */
static size_t
read_block(struct sndfile_source *s, int16_t *pcm, size_t n)
{
	sf_count_t got = s->file ? sf_readf_float(s->file, s->block, (sf_count_t)n) : 0;
	float scale = 32768.0F / (float)s->channels;

	for (size_t i = 0; got > 0 && i < (size_t)got; i++) {
		float sum = 0;

		for (size_t c = 0; c < s->channels; c++)
			sum += s->block[i * s->channels + c];
		pcm[i] = to_sample(sum * scale);
	}
	return got > 0 ? (size_t)got : 0;
}

static size_t
read_samples(struct sound_source *src, int16_t *pcm, size_t n)
{
	struct sndfile_source *s = container_of(src, struct sndfile_source, source);
	size_t done = 0;

	while (done < n) {
		size_t want = n - done < BLOCK_FRAMES ? n - done : BLOCK_FRAMES;
		size_t got = read_block(s, pcm + done, want);

		done += got;
		if (got == 0)
			break;
	}
	return done;
}

/* Most of the library's codes are its own; they say what is wrong with the file. */
static enum err
open_file(struct sndfile_source *s, SF_INFO *info)
{
	static SF_VIRTUAL_IO io = {file_length, file_seek, file_read, file_write, file_tell};

	s->file = sf_open_virtual(&io, SFM_READ, info, s);
	if (s->file)
		return check_info(info);
	if (s->source.failed != ERR_OK)
		return s->source.failed;
	return sf_error(NULL) == SF_ERR_UNSUPPORTED_ENCODING ? ERR_UNSUPPORTED : ERR_MALFORMED;
}

/* From the beginning: the library cannot go to a place in GSM. */
static enum err
read_until(struct sndfile_source *s, uint64_t frame)
{
	int16_t unheard[BLOCK_FRAMES];
	SF_INFO info = {0};
	enum err e;

	if (s->file)
		sf_close(s->file);
	s->at = 0;
	e = open_file(s, &info);
	if (e == ERR_OK && (size_t)info.channels != s->channels)
		e = ERR_IO; /* somebody changed it meanwhile */
	if (e != ERR_OK && s->file) {
		sf_close(s->file);
		s->file = NULL;
	}
	while (e == ERR_OK && frame > 0) {
		size_t n = frame < BLOCK_FRAMES ? (size_t)frame : BLOCK_FRAMES;

		if (read_samples(&s->source, unheard, n) < n)
			break;
		frame -= n;
	}
	return e;
}

static enum err
seek(struct sound_source *src, uint64_t frame)
{
	struct sndfile_source *s = container_of(src, struct sndfile_source, source);

	if (!s->seekable)
		return read_until(s, frame);
	return sf_seek(s->file, (sf_count_t)frame, SEEK_SET) < 0 ? ERR_IO : ERR_OK;
}

static void
close_file(struct sound_source *src)
{
	struct sndfile_source *s = container_of(src, struct sndfile_source, source);

	if (s->file)
		sf_close(s->file);
	close(s->fd);
	free(s);
}

static const struct sound_source_ops ops = {read_samples, seek, close_file};

enum err
sound_in_sndfile_open(int fd, uint64_t bytes, struct sound_source **out)
{
	struct sndfile_source *s;
	SF_INFO info = {0};
	enum err e = check_kind(fd);

	if (e != ERR_OK)
		return e;
	s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->fd = fd;
	s->bytes = bytes;
	e = open_file(s, &info);
	if (e != ERR_OK) {
		if (s->file)
			sf_close(s->file);
		free(s);
		return e;
	}
	s->seekable = info.seekable;
	s->channels = (size_t)info.channels;
	s->source = (struct sound_source){.ops = &ops,
	    .rate_hz = (uint32_t)info.samplerate,
	    .length_frames = (uint64_t)info.frames};
	*out = &s->source;
	return ERR_OK;
}
