#include "files.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

/* libsndfile 1.2.0 forgets what libvorbis made for a file whose head is broken. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:vorbis_info_init\n";
}

int
files_open(void **state)
{
	snprintf(folder, sizeof folder, "/tmp/strowger-sound-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

const char *
files_path(const char *name)
{
	static char paths[8][128];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%.60s", folder, name);
	return path;
}

int
files_close(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlink(files_path(entry->d_name));
	if (dir)
		closedir(dir);
	return rmdir(folder);
}

void
files_write(
    const char *path, int format, uint32_t rate_hz, uint32_t channels, const int16_t *pcm, size_t n)
{
	SF_INFO info = {.samplerate = (int)rate_hz, .channels = (int)channels, .format = format};
	SNDFILE *file = sf_open(path, SFM_WRITE, &info);
	/* Float is scaled by 32767 where short is not, and short spoils MP3 of two channels. */
	bool mp3 = (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
	int16_t *frames = malloc(n * channels * sizeof *frames + 1);
	float *as_float = malloc(n * channels * sizeof *as_float + 1);
	sf_count_t wrote;

	assert_non_null(file);
	assert_non_null(frames);
	assert_non_null(as_float);
	sf_command(file, SFC_SET_SCALE_INT_FLOAT_WRITE, NULL, SF_TRUE);
	for (size_t i = 0; i < n * channels; i++) {
		frames[i] = pcm[i / channels];
		as_float[i] = (float)frames[i] / 32768;
	}
	wrote = mp3 ? sf_writef_float(file, as_float, (sf_count_t)n)
		    : sf_writef_short(file, frames, (sf_count_t)n);
	assert_int_equal(wrote, n);
	free(frames);
	free(as_float);
	assert_int_equal(sf_close(file), 0);
}

void
files_put(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

size_t
files_get(const char *path, void *bytes, size_t cap)
{
	FILE *f = fopen(path, "rb");
	long n;

	assert_non_null(f);
	assert_true(fread(bytes, 1, cap, f) <= cap);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	n = ftell(f);
	assert_true(n >= 0);
	fclose(f);
	return (size_t)n;
}

void
files_cut(const char *path, size_t bytes)
{
	assert_int_equal(truncate(path, (off_t)bytes), 0);
}
