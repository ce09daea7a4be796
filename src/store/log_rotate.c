/*
 * The files of the log: which there are, the next one, compressing, removing. A file that is full
 * is renamed to its number; a compressed copy replaces it only when it is complete, so a crash
 * leaves one or the other, never half of one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "store/log_file_int.h"

enum { BLOCK_BYTES = 128 << 10, LEVEL = 3 };

void
log_name(char name[LOG_NAME_BYTES], uint32_t number, bool compressed)
{
	if (number)
		snprintf(
		    name, LOG_NAME_BYTES, "strowger-%06u.log%s", number, compressed ? ".zst" : "");
	else
		snprintf(name, LOG_NAME_BYTES, "strowger.log");
}

/* 0: not one of ours. */
static uint32_t
number_of(const char *name)
{
	struct slice s = slice_cstr(name), digits;
	uint32_t n;

	if (!slice_starts(s, SLICE("strowger-")))
		return 0;
	s = slice_from(s, 9);
	digits = slice_take_until(&s, '.');
	if (!slice_eq(s, SLICE("log")) && !slice_eq(s, SLICE("log.zst")))
		return 0;
	return slice_to_u32(digits, UINT32_MAX - 1, &n) == ERR_OK ? n : 0;
}

void
log_names_find(struct log_file *lf)
{
	int fd = lf->dir_fd < 0 ? -1 : openat(lf->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	uint32_t first = 0, last = 0;

	if (!dir && fd >= 0)
		close(fd);
	for (struct dirent *d; dir && (d = readdir(dir)) != NULL;) {
		uint32_t n = number_of(d->d_name);

		if (n && (!first || n < first))
			first = n;
		if (n > last)
			last = n;
	}
	if (dir)
		closedir(dir);
	lf->number = last + 1;
	lf->oldest = first ? first : lf->number;
}

/* A line that a crash cut is cut off. */
static uint64_t
whole_lines(int fd, uint64_t size)
{
	char end[LOG_LINE_BYTES];

	while (size) {
		size_t n = size < sizeof end ? (size_t)size : sizeof end;
		ssize_t got = pread(fd, end, n, (off_t)(size - n));
		const char *at = got == (ssize_t)n ? memrchr(end, '\n', n) : NULL;

		size -= n;
		if (at)
			return size + (uint64_t)(at - end) + 1;
	}
	return 0;
}

bool
log_open_current(struct log_file *lf)
{
	struct stat st;
	char name[LOG_NAME_BYTES];
	uint64_t whole;
	int fd;

	if (lf->dir_fd < 0)
		return false;
	log_name(name, 0, false);
	fd = openat(lf->dir_fd, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return false;
	}
	whole = whole_lines(fd, (uint64_t)st.st_size);
	if (whole != (uint64_t)st.st_size && ftruncate(fd, (off_t)whole) != 0) {
		close(fd);
		return false;
	}
	pthread_mutex_lock(&lf->files_lock);
	lf->fd = fd;
	lf->size = whole;
	pthread_mutex_unlock(&lf->files_lock);
	return true;
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

/* in and out are BLOCK_BYTES and ZSTD_CStreamOutSize(). */
static bool
pack(ZSTD_CCtx *z, int from, int to, char *in, char *out)
{
	size_t room = ZSTD_CStreamOutSize(), left;
	ssize_t got;

	do {
		ZSTD_inBuffer source = {in, 0, 0};

		got = read(from, in, BLOCK_BYTES);
		if (got < 0)
			return false;
		source.size = (size_t)got;
		do {
			ZSTD_outBuffer target = {out, room, 0};

			left = ZSTD_compressStream2(
			    z, &target, &source, got ? ZSTD_e_continue : ZSTD_e_end);
			if (ZSTD_isError(left) || !write_all(to, out, target.pos))
				return false;
		} while (got ? source.pos < source.size : left > 0);
	} while (got);
	return fsync(to) == 0;
}

static bool
pack_file(int from, int to)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	char *in = malloc(BLOCK_BYTES), *out = malloc(ZSTD_CStreamOutSize());
	bool ok = z && in && out;

	if (ok) {
		ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL);
		ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
		ok = pack(z, from, to, in, out);
	}
	free(in);
	free(out);
	ZSTD_freeCCtx(z);
	return ok;
}

/* What cannot be compressed now (no space) stays as it is until the next time. */
static void
compress(struct log_file *lf, uint32_t number)
{
	static const char temporary[] = "compressing.tmp";
	char plain[LOG_NAME_BYTES], packed[LOG_NAME_BYTES];
	int from, to;
	bool ok = false;

	log_name(plain, number, false);
	log_name(packed, number, true);
	from = openat(lf->dir_fd, plain, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (from < 0)
		return;
	to = openat(
	    lf->dir_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (to >= 0) {
		ok = pack_file(from, to);
		ok = close(to) == 0 && ok;
	}
	close(from);
	pthread_mutex_lock(&lf->files_lock);
	if (ok && renameat(lf->dir_fd, temporary, lf->dir_fd, packed) == 0)
		unlinkat(lf->dir_fd, plain, 0);
	else
		unlinkat(lf->dir_fd, temporary, 0);
	pthread_mutex_unlock(&lf->files_lock);
}

void
log_tidy(struct log_file *lf, uint32_t files)
{
	uint32_t keep = files ? files - 1 : 0;
	char name[LOG_NAME_BYTES];

	if (lf->dir_fd < 0)
		return;
	pthread_mutex_lock(&lf->files_lock);
	for (; lf->oldest < lf->number && lf->number - lf->oldest > keep; lf->oldest++)
		for (int i = 0; i < 2; i++) {
			log_name(name, lf->oldest, i);
			unlinkat(lf->dir_fd, name, 0);
		}
	pthread_mutex_unlock(&lf->files_lock);
	for (uint32_t n = lf->oldest; n < lf->number; n++)
		compress(lf, n);
}

void
log_rotate(struct log_file *lf)
{
	char from[LOG_NAME_BYTES], to[LOG_NAME_BYTES];

	log_name(from, 0, false);
	log_name(to, lf->number, false);
	pthread_mutex_lock(&lf->files_lock);
	if (renameat(lf->dir_fd, from, lf->dir_fd, to) == 0) {
		close(lf->fd);
		lf->fd = -1;
		lf->size = 0;
		lf->number++;
	}
	pthread_mutex_unlock(&lf->files_lock);
}
