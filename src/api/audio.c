/*
 * Sound files on their way in and out: what people upload is kept, converted (sound/convert.h) and
 * on the disk before anything refers to it; what they hear is sent from where they want to hear it
 * (Range, RFC 9110, 14).
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api_int.h"
#include "sound/convert.h"
#include "store/sound_files.h"

enum { AUDIO_SECONDS_MAX = 300 };

/* ---- in ---- */

bool
audio_is_sent(struct request *rq)
{
	struct slice rest = slice_cstr(rq->content_type);
	struct slice type = slice_trim(slice_take_until(&rest, ';'));

	if (type.n > 6 && slice_eq_nocase(slice_make(type.p, 6), SLICE("audio/")))
		return true;
	reply_error(rq, 415, "not_audio", NULL,
	    "Send the sound file, with the header Content-Type: audio/wav, or that of its kind.");
	return false;
}

bool
audio_file_name(struct request *rq, char *out, size_t cap)
{
	struct slice name = request_query(rq, "file_name");

	if (name.n < cap) {
		slice_clip_cstr(name, out, cap);
		return true;
	}
	reply_error(rq, 400, "bad_parameter", "file_name", "At most %d bytes.", (int)cap - 1);
	return false;
}

void
audio_refuse(struct request *rq, enum err e)
{
	if (e == ERR_INVALID)
		reply_error(rq, 422, "audio_silent", "file", "Nothing can be heard in this file.");
	else if (e == ERR_TOO_BIG)
		reply_error(rq, 422, "audio_too_long", "file", "This is longer than %d seconds.",
		    AUDIO_SECONDS_MAX);
	else if (e == ERR_MALFORMED || e == ERR_UNSUPPORTED)
		reply_error(rq, 422, "no_audio", "file",
		    "This is no sound file that can be played here: WAV, FLAC, Ogg and MP3 are.");
	else
		reply_err(rq, e, NULL);
}

static enum err
write_bytes(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_from_errno(errno);
		p += k;
		n -= (size_t)k;
	}
	return ERR_OK;
}

enum err
audio_keep(const struct request *rq, const char *folder, char path[PATH_MAX])
{
	const char *data_dir = rq->api->params.data_dir;
	enum err e = data_dir ? sound_folder_make(data_dir, folder) : ERR_WRONG_STATE;
	int fd;

	if (e == ERR_OK &&
	    snprintf(path, PATH_MAX, "%s/%s/upload-XXXXXX", data_dir, folder) >= PATH_MAX)
		e = ERR_TOO_BIG;
	if (e != ERR_OK)
		return e == ERR_TOO_BIG ? ERR_LIMIT : e;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return err_from_errno(errno);
	e = write_bytes(fd, rq->body, rq->body_bytes);
	if (close(fd) != 0 && e == ERR_OK)
		e = ERR_IO;
	if (e != ERR_OK)
		unlink(path);
	return e;
}

enum err
audio_convert(const char *upload, const char *to, uint64_t *length_ms)
{
	enum err e = sound_convert(upload, to, 1000 * AUDIO_SECONDS_MAX, length_ms);

	if (e != ERR_OK)
		return e;
	e = sound_folder_sync(to);
	if (e != ERR_OK)
		unlink(to);
	return e;
}

/* ---- out ---- */

/* "bytes=100-199", "bytes=100-", "bytes=-100" of so many bytes. Anything else: all of it. */
static bool
read_range(const char *header, uint64_t bytes, uint64_t *first, uint64_t *last)
{
	struct slice s = slice_cstr(header), from;

	if (!slice_starts(s, SLICE("bytes=")) || slice_find(s, ',') < s.n ||
	    slice_find(s, '-') == s.n)
		return false;
	s = slice_from(s, 6);
	from = slice_take_until(&s, '-');
	*last = UINT64_MAX;
	if (s.n && slice_to_u64(s, INT64_MAX, last) != ERR_OK)
		return false;
	if (from.n)
		return slice_to_u64(from, INT64_MAX, first) == ERR_OK && *first <= *last;
	if (!s.n)
		return false;
	*first = *last && *last < bytes ? bytes - *last : *last ? 0 : bytes;
	*last = UINT64_MAX;
	return true;
}

static void
reply_part(struct request *rq, uint64_t bytes)
{
	struct reply *y = &rq->reply;
	uint64_t first = 0, last = 0;

	y->ranges = true;
	y->body_bytes = bytes;
	if (!read_range(rq->range, bytes, &first, &last))
		return;
	if (first >= bytes) {
		close(y->file_fd);
		y->file_fd = -1;
		reply_error(
		    rq, 416, "no_such_range", NULL, "The file ends before the range begins.");
		snprintf(y->content_range, sizeof y->content_range, "bytes */%llu",
		    (unsigned long long)bytes);
		return;
	}
	if (last >= bytes)
		last = bytes - 1;
	y->status = 206;
	y->file_from = first;
	y->body_bytes = last - first + 1;
	snprintf(y->content_range, sizeof y->content_range, "bytes %llu-%llu/%llu",
	    (unsigned long long)first, (unsigned long long)last, (unsigned long long)bytes);
}

bool
audio_reply(struct request *rq, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	reply_text(rq, 200, "audio/wav", NULL, 0);
	rq->reply.file_fd = fd;
	reply_part(rq, (uint64_t)st.st_size);
	return true;
}
