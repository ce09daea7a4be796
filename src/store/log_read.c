/* Reading the log: from its end backwards, through the compressed files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "model/model.h"
#include "store/log_file_int.h"

enum { WORDS_MAX = 8, SCAN_BYTES = 64 << 20 /* for one answer */ };

const char *
log_position_write(struct log_position p, char out[LOG_POSITION_TEXT])
{
	snprintf(out, LOG_POSITION_TEXT, "%u-%llu", p.file, (unsigned long long)p.offset);
	return out;
}

enum err
log_position_parse(struct slice s, struct log_position *out)
{
	struct slice file = slice_take_until(&s, '-');

	if (slice_to_u32(file, UINT32_MAX, &out->file) != ERR_OK || !out->file ||
	    slice_to_u64(s, INT64_MAX, &out->offset) != ERR_OK)
		return ERR_MALFORMED;
	return ERR_OK;
}

/* ---- one file in memory ---- */

struct text {
	char *p;
	size_t n;
};

static bool
read_plain(int fd, size_t n, struct text *out)
{
	out->p = malloc(n + 1);
	out->n = 0;
	while (out->p && out->n < n) {
		ssize_t got = pread(fd, out->p + out->n, n - out->n, (off_t)out->n);

		if (got <= 0)
			break;
		out->n += (size_t)got;
	}
	return out->p != NULL;
}

static bool
unpack(struct text packed, struct text *out)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	ZSTD_inBuffer in = {packed.p, packed.n, 0};
	size_t cap = 0, left = 1;

	*out = (struct text){0};
	while (z && left) {
		ZSTD_outBuffer target;

		if (out->n == cap) {
			char *bigger = cap < LOG_FILE_BYTES_MAX
					   ? realloc(out->p, cap ? 2 * cap : 1 << 20)
					   : NULL;

			if (!bigger)
				break;
			cap = cap ? 2 * cap : 1 << 20;
			out->p = bigger;
		}
		target = (ZSTD_outBuffer){out->p + out->n, cap - out->n, 0};
		left = ZSTD_decompressStream(z, &target, &in);
		if (ZSTD_isError(left))
			break;
		out->n += target.pos;
		if (in.pos == in.size && target.pos < target.size)
			break; /* cut */
	}
	ZSTD_freeDCtx(z);
	return out->p != NULL;
}

/* *compressed: which one it is. -1: not there. */
static int
open_file(struct log_file *lf, uint32_t number, size_t *n, bool *compressed)
{
	char name[LOG_NAME_BYTES];
	struct stat st;
	int fd = -1;

	pthread_mutex_lock(&lf->files_lock);
	*compressed = false;
	if (number == lf->number) {
		fd = lf->fd >= 0 ? fcntl(lf->fd, F_DUPFD_CLOEXEC, 0) : -1;
		*n = (size_t)lf->size;
	} else if (lf->dir_fd >= 0) {
		for (int i = 0; i < 2 && fd < 0; i++) {
			*compressed = i;
			log_name(name, number, i);
			fd = openat(lf->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		}
		if (fd >= 0 && fstat(fd, &st) == 0)
			*n = (size_t)st.st_size;
		else
			*n = 0;
	}
	pthread_mutex_unlock(&lf->files_lock);
	return fd;
}

static bool
load(struct log_file *lf, uint32_t number, struct text *out)
{
	struct text packed;
	bool compressed, ok;
	size_t n;
	int fd = open_file(lf, number, &n, &compressed);

	*out = (struct text){0};
	if (fd < 0)
		return false;
	ok = n <= LOG_FILE_BYTES_MAX && read_plain(fd, n, out);
	close(fd);
	if (ok && compressed) {
		packed = *out;
		ok = unpack(packed, out);
		free(packed.p);
	}
	return ok;
}

/* ---- one line ---- */

struct line {
	struct slice at, text;
	enum log_level level;
	enum log_subsystem component;
};

static bool
parse(struct slice s, struct line *out)
{
	if (s.n < LOG_HEAD_BYTES + 2 || s.p[LOG_HEAD_BYTES - 1] != 'Z')
		return false;
	out->at = slice_make(s.p, LOG_HEAD_BYTES);
	s = slice_from(s, LOG_HEAD_BYTES);
	slice_skip_space(&s);
	if (log_level_parse(slice_take_until(&s, ' '), &out->level) != ERR_OK)
		return false;
	slice_skip_space(&s);
	if (log_sub_parse(slice_take_until(&s, ' '), &out->component) != ERR_OK)
		return false;
	out->text = slice_trim(s);
	return true;
}

static bool
contains(struct slice text, struct slice word)
{
	for (size_t i = 0; i + word.n <= text.n; i++)
		if (strncasecmp(text.p + i, word.p, word.n) == 0)
			return true;
	return false;
}

static bool
wanted(const struct log_query *q, const struct line *l)
{
	struct slice rest = q->search;

	if (l->level > q->level || (q->components && !(q->components & 1u << l->component)))
		return false;
	for (int i = 0; i < WORDS_MAX; i++) {
		struct slice word;

		slice_skip_space(&rest);
		word = slice_take_until(&rest, ' ');
		if (word.n && !contains(l->text, word))
			return false;
	}
	return true;
}

/* Bytes of strangers need not be UTF-8. */
static json_t *
text_json(struct slice s)
{
	char copy[LOG_LINE_BYTES];
	size_t n = s.n < sizeof copy ? s.n : sizeof copy;

	if (model_utf8_count(s) >= 0)
		return json_stringn(s.p, s.n);
	for (size_t i = 0; i < n; i++)
		copy[i] = (char)((unsigned char)s.p[i] < 0x80 ? s.p[i] : '?');
	return json_stringn(copy, n);
}

static bool
put(json_t *items, const struct line *l, struct log_position where)
{
	char position[LOG_POSITION_TEXT];

	return json_array_append_new(
		   items, json_pack("{s:s, s:o, s:s, s:s, s:o}", "position",
			      log_position_write(where, position), "at", text_json(l->at), "level",
			      log_level_name(l->level), "component", log_sub_name(l->component),
			      "text", text_json(l->text))) == 0;
}

/* ---- backwards ---- */

struct scan {
	const struct log_query *q;
	json_t *items;
	struct log_position at; /* what is older has not been looked at */
	size_t bytes;
	enum err err;
};

/* False: enough. */
static bool
scan_file(struct scan *s, struct text t)
{
	const struct log_query *q = s->q;
	size_t end = s->at.offset < t.n ? (size_t)s->at.offset : t.n;

	while (end) {
		const char *before = memrchr(t.p, '\n', end - 1);
		size_t begin = before ? (size_t)(before - t.p) + 1 : 0;
		struct line line;

		if (q->after.file && s->at.file == q->after.file && begin <= q->after.offset) {
			s->at.file = 0;
			return false;
		}
		s->at.offset = begin;
		s->bytes += end - begin;
		if (parse(slice_make(t.p + begin, end - begin - 1), &line) && wanted(q, &line)) {
			if (!put(s->items, &line, s->at))
				s->err = ERR_NOMEM;
			if (s->err != ERR_OK || json_array_size(s->items) == q->limit)
				return false;
		}
		end = begin;
	}
	return true;
}

enum err
log_file_read(
    struct log_file *lf, const struct log_query *q, json_t **items, struct log_position *before)
{
	struct scan s = {.q = q, .items = json_array(), .at = q->before};
	uint32_t oldest;
	bool go_on = s.items != NULL && q->limit > 0;

	pthread_mutex_lock(&lf->files_lock);
	if (!s.at.file || s.at.file > lf->number)
		s.at = (struct log_position){lf->number, UINT64_MAX};
	oldest = lf->oldest;
	pthread_mutex_unlock(&lf->files_lock);
	if (q->after.file > oldest)
		oldest = q->after.file;
	while (go_on) {
		struct text t;

		go_on = !load(lf, s.at.file, &t) || scan_file(&s, t);
		free(t.p);
		if (!go_on)
			break;
		if (s.at.file <= oldest) {
			s.at.file = 0;
			break;
		}
		s.at = (struct log_position){s.at.file - 1, UINT64_MAX};
		go_on = s.bytes < SCAN_BYTES;
	}
	if (s.err == ERR_OK && !s.items)
		s.err = ERR_NOMEM;
	if (s.err != ERR_OK) {
		json_decref(s.items);
		return s.err;
	}
	*items = s.items;
	*before = s.at;
	return ERR_OK;
}

void
log_file_each(struct log_file *lf,
    bool (*each)(void *ctx, const struct log_file_info *info, int fd), void *ctx)
{
	uint32_t newest, oldest;
	bool go_on = true;

	pthread_mutex_lock(&lf->files_lock);
	newest = lf->number;
	oldest = lf->oldest;
	pthread_mutex_unlock(&lf->files_lock);
	for (uint32_t n = newest; go_on && n >= oldest && n > 0; n--) {
		struct log_file_info info = {.current = n == newest};
		bool compressed;
		size_t bytes;
		int fd = open_file(lf, n, &bytes, &compressed);

		if (fd < 0)
			continue;
		info.bytes = bytes;
		log_name(info.name, n == newest ? 0 : n, compressed);
		go_on = each(ctx, &info, fd);
		close(fd);
	}
}
