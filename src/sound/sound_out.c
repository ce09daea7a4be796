#include "sound/sound_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	RIFF_SIZE_AT = 4, /* bytes that follow */
	FORMAT_AT = 20,
	CHANNELS_AT = 22,
	RATE_AT = 24,
	BYTES_PER_S_AT = 28,
	FRAME_BYTES_AT = 32,
	SAMPLE_BITS_AT = 34,
	DATA_SIZE_AT = 40,
	SAMPLE_BYTES = 2,
	FORMAT_PCM = 1,
};

static const uint64_t BYTES_MAX = UINT32_MAX - 7; /* what the size at RIFF_SIZE_AT can say */

/* Samples are written as they lie in memory, and a WAV file has the low byte first. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "samples would have to be turned");

struct sound_out {
	int fd;
	uint32_t rate_hz, channels;
	uint64_t frames;      /* written */
	uint64_t told_frames; /* what the header says */
	enum err failed;
};

/* ---- header ---- */

static void
put_u16(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
}

static void
put_u32(unsigned char *p, uint32_t v)
{
	put_u16(p, v);
	put_u16(p + 2, v >> 16);
}

static uint32_t
get_u16(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
get_u32(const unsigned char *p)
{
	return get_u16(p) | get_u16(p + 2) << 16;
}

/* sample_bytes: of all the sound. */
static void
put_sizes(unsigned char head[SOUND_OUT_HEADER_BYTES], uint64_t sample_bytes)
{
	put_u32(head + RIFF_SIZE_AT, (uint32_t)(sample_bytes + SOUND_OUT_HEADER_BYTES - 8));
	put_u32(head + DATA_SIZE_AT, (uint32_t)sample_bytes);
}

static void
put_head(unsigned char head[SOUND_OUT_HEADER_BYTES], const struct sound_out *s)
{
	uint32_t frame_bytes = s->channels * SAMPLE_BYTES;

	memcpy(head, "RIFF....WAVEfmt ", 16);
	put_u32(head + 16, 16); /* bytes of the format */
	put_u16(head + FORMAT_AT, FORMAT_PCM);
	put_u16(head + CHANNELS_AT, s->channels);
	put_u32(head + RATE_AT, s->rate_hz);
	put_u32(head + BYTES_PER_S_AT, s->rate_hz * frame_bytes);
	put_u16(head + FRAME_BYTES_AT, frame_bytes);
	put_u16(head + SAMPLE_BITS_AT, SAMPLE_BYTES * 8);
	memcpy(head + 36, "data", 4);
	put_sizes(head, s->frames * frame_bytes);
}

/* Is it a header as put_head makes them? */
static bool
is_ours(const unsigned char head[SOUND_OUT_HEADER_BYTES])
{
	uint32_t channels = get_u16(head + CHANNELS_AT);

	return memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WAVEfmt ", 8) == 0 &&
	       get_u32(head + 16) == 16 && get_u16(head + FORMAT_AT) == FORMAT_PCM &&
	       channels >= 1 && channels <= SOUND_OUT_CHANNELS_MAX &&
	       get_u16(head + FRAME_BYTES_AT) == channels * SAMPLE_BYTES &&
	       get_u16(head + SAMPLE_BITS_AT) == SAMPLE_BYTES * 8 &&
	       memcmp(head + 36, "data", 4) == 0;
}

/* ---- the file ---- */

/* A disk that others fill is left before it is full: what was said is worth nothing without its
 * row in the database, which needs room, too. */
static bool
has_room(int fd)
{
	struct statvfs v;

	return fstatvfs(fd, &v) != 0 ||
	       (uint64_t)v.f_bavail * v.f_frsize >= (uint64_t)SOUND_OUT_SPARED_BYTES;
}

/* Returns how many bytes found room; fewer than n with *e set. */
static size_t
write_at(int fd, const void *bytes, size_t n, uint64_t at, enum err *e)
{
	size_t done = 0;

	while (done < n) {
		ssize_t m = pwrite(fd, (const char *)bytes + done, n - done, (off_t)(at + done));

		if (m < 0 && errno == EINTR)
			continue;
		if (m <= 0) {
			*e = m < 0 ? err_from_errno(errno) : ERR_IO;
			break;
		}
		done += (size_t)m;
	}
	return done;
}

static enum err
tell(struct sound_out *s)
{
	unsigned char head[SOUND_OUT_HEADER_BYTES];
	enum err e = ERR_OK;

	put_head(head, s);
	write_at(s->fd, head, sizeof head, 0, &e);
	if (e == ERR_OK)
		s->told_frames = s->frames;
	return e;
}

enum err
sound_out_open(const char *path, uint32_t rate_hz, uint32_t channels, struct sound_out **out)
{
	struct sound_out *s;
	enum err e;

	if (rate_hz < 1 || rate_hz > SOUND_OUT_RATE_MAX_HZ || channels < 1 ||
	    channels > SOUND_OUT_CHANNELS_MAX)
		return ERR_INVALID;
	s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	s->rate_hz = rate_hz;
	s->channels = channels;
	s->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (s->fd < 0)
		e = err_from_errno(errno);
	else
		e = has_room(s->fd) ? tell(s) : ERR_FULL;
	if (e == ERR_OK) {
		*out = s;
		return ERR_OK;
	}
	if (s->fd >= 0) {
		unlink(path); /* ours, and nothing is in it */
		close(s->fd);
	}
	free(s);
	return e;
}

uint64_t
sound_out_bytes(const struct sound_out *s)
{
	return SOUND_OUT_HEADER_BYTES + s->frames * s->channels * SAMPLE_BYTES;
}

uint64_t
sound_out_length_ms(const struct sound_out *s)
{
	return s->frames * 1000 / s->rate_hz;
}

/* What is behind the last whole frame goes, and the header says so: it has its place already. */
static void
fail(struct sound_out *s, enum err e)
{
	s->failed = e;
	if (ftruncate(s->fd, (off_t)sound_out_bytes(s)) == 0)
		(void)tell(s);
}

/* What there is is true, and more may come. */
static enum err
go_on(struct sound_out *s)
{
	enum err e = tell(s);

	return e == ERR_OK && !has_room(s->fd) ? ERR_FULL : e;
}

enum err
sound_out_write(struct sound_out *s, const int16_t *pcm, size_t n_frames)
{
	size_t frame_bytes = (size_t)s->channels * SAMPLE_BYTES;
	uint64_t room = (BYTES_MAX - sound_out_bytes(s)) / frame_bytes;
	enum err e = ERR_OK;

	if (s->failed != ERR_OK)
		return s->failed;
	if (n_frames > room) {
		n_frames = (size_t)room;
		e = ERR_LIMIT;
	}
	s->frames +=
	    write_at(s->fd, pcm, n_frames * frame_bytes, sound_out_bytes(s), &e) / frame_bytes;
	if (e == ERR_OK && s->frames - s->told_frames >= s->rate_hz)
		e = go_on(s);
	if (e != ERR_OK)
		fail(s, e);
	return e;
}

enum err
sound_out_flush(struct sound_out *s)
{
	enum err e = s->failed;

	if (e != ERR_OK || s->told_frames == s->frames)
		return e;
	e = go_on(s);
	if (e != ERR_OK)
		fail(s, e);
	return e;
}

enum err
sound_out_close(struct sound_out *s)
{
	enum err e = s->failed;

	if (e == ERR_OK && s->told_frames != s->frames)
		e = tell(s);
	if (fsync(s->fd) != 0 && e == ERR_OK)
		e = err_from_errno(errno);
	if (close(s->fd) != 0 && e == ERR_OK)
		e = err_from_errno(errno);
	free(s);
	return e;
}

/* ---- after a crash ---- */

static enum err
mend(int fd)
{
	unsigned char head[SOUND_OUT_HEADER_BYTES], before[SOUND_OUT_HEADER_BYTES];
	uint64_t bytes, frame_bytes;
	enum err e = ERR_OK;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_from_errno(errno);
	if (!S_ISREG(st.st_mode))
		return ERR_UNSUPPORTED;
	if (pread(fd, head, sizeof head, 0) != sizeof head || !is_ours(head))
		return ERR_MALFORMED;
	bytes = (uint64_t)st.st_size;
	if (bytes > BYTES_MAX)
		return ERR_TOO_BIG;
	frame_bytes = get_u16(head + FRAME_BYTES_AT);
	bytes -= (bytes - SOUND_OUT_HEADER_BYTES) % frame_bytes;
	if (bytes < (uint64_t)st.st_size && ftruncate(fd, (off_t)bytes) != 0)
		return err_from_errno(errno);
	memcpy(before, head, sizeof head);
	put_sizes(head, bytes - SOUND_OUT_HEADER_BYTES);
	if (memcmp(before, head, sizeof head) != 0)
		write_at(fd, head, sizeof head, 0, &e);
	if (e == ERR_OK && fsync(fd) != 0)
		e = err_from_errno(errno);
	return e;
}

enum err
sound_out_mend(const char *path)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum err e;

	if (fd < 0)
		return errno == ELOOP || errno == EISDIR ? ERR_UNSUPPORTED : err_from_errno(errno);
	e = mend(fd);
	close(fd);
	return e;
}
