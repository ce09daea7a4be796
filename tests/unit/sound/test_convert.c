/* sound/convert.c: whatever is uploaded sounds as loud as the rest, or is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "sound/convert.h"
#include "sound/sound_in.h"
#include "voice.h"

enum { SECONDS = 3, ROOM = 48000 * 8, MAX_MS = 10000 };

static int16_t pcm[ROOM];

/* A voice between two pauses, quieter by down_db. */
static const char *
upload(const char *name, int format, uint32_t rate_hz, uint32_t channels, double down_db,
    size_t pause_ms)
{
	size_t n = (size_t)rate_hz * SECONDS, pause = rate_hz * pause_ms / 1000;
	const char *path = files_path(name);

	memset(pcm, 0, sizeof pcm);
	voice_make(pcm + pause, n, rate_hz, rate_hz > 8000);
	for (size_t i = 0; i < n; i++)
		pcm[pause + i] = (int16_t)lrint(pcm[pause + i] * pow(10, -down_db / 20));
	files_write(path, format, rate_hz, channels, pcm, n + 2 * pause);
	return path;
}

static size_t
heard(const char *path)
{
	struct sound_in *in;
	size_t n;

	assert_int_equal(sound_in_open(path, CONVERT_RATE_HZ, &in), ERR_OK);
	n = sound_in_read(in, pcm, ROOM);
	sound_in_close(in);
	return n;
}

static void
loud_and_quiet_files_of_all_kinds_become_equally_loud(void **state)
{
	static const struct {
		const char *name;
		int format;
		uint32_t rate_hz, channels;
		double down_db;
	} kinds[] = {
	    {"quiet.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, 30},
	    {"loud.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 2, 0},
	    {"middle.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, 12},
	    {"small.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 16000, 1, 20},
	    {"phone.wav", SF_FORMAT_WAV | SF_FORMAT_ALAW, 8000, 1, 6},
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *from = upload(kinds[i].name, kinds[i].format, kinds[i].rate_hz,
		    kinds[i].channels, kinds[i].down_db, 100);
		const char *to = files_path("out.wav");
		uint64_t ms = 0;
		size_t n;
		double db;

		assert_int_equal(sound_convert(from, to, MAX_MS, &ms), ERR_OK);
		n = heard(to);
		assert_int_equal(n * 1000 / CONVERT_RATE_HZ, ms);
		db = sound_loudness_db(pcm, n, CONVERT_RATE_HZ);
		assert_true(fabs(db - CONVERT_LOUDNESS_DB) < 1);
		unlink(to);
	}
}

static void
silence_around_the_voice_goes(void **state)
{
	const char *from =
	    upload("pauses.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, 10, 1500);
	uint64_t ms = 0;

	assert_int_equal(sound_convert(from, files_path("trimmed.wav"), MAX_MS, &ms), ERR_OK);
	assert_in_range(ms, 2500, 1000 * SECONDS + CONVERT_BEFORE_MS + CONVERT_AFTER_MS + 40);
}

static void
what_cannot_be_said_is_refused_and_leaves_no_file(void **state)
{
	const char *voice = upload("voice.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, 0, 0);
	const char *silent = files_path("silent.wav"), *text = files_path("text.wav");
	const char *cut = files_path("head.wav"), *to = files_path("none.wav");
	uint64_t ms = 7;

	memset(pcm, 0, sizeof pcm);
	files_write(silent, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, pcm, 8000);
	files_write(cut, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, pcm, 0);
	files_put(text, "this is no sound", 16);
	assert_int_equal(sound_convert(silent, to, MAX_MS, &ms), ERR_INVALID);
	assert_int_equal(sound_convert(cut, to, MAX_MS, &ms), ERR_INVALID);
	assert_int_equal(sound_convert(voice, to, 1000 * SECONDS - 100, &ms), ERR_TOO_BIG);
	assert_int_not_equal(sound_convert(text, to, MAX_MS, &ms), ERR_OK);
	assert_int_equal(sound_convert(files_path("missing.wav"), to, MAX_MS, &ms), ERR_NOT_FOUND);
	assert_int_equal(ms, 7);
	assert_int_not_equal(access(to, F_OK), 0);
	assert_int_equal(sound_convert(voice, to, 1000 * SECONDS, &ms), ERR_OK);
	assert_int_equal(sound_convert(voice, to, MAX_MS, &ms), ERR_EXISTS);
}

/* One loud click would be distorted if the rest were made as loud as usual. */
static void
nothing_is_distorted(void **state)
{
	const char *path = files_path("click.wav"), *to = files_path("clicked.wav");
	size_t n;

	voice_make(pcm, 16000, 16000, true);
	for (size_t i = 0; i < 16000; i++)
		pcm[i] /= 64;
	pcm[8000] = 32767;
	pcm[8001] = -32768;
	files_write(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, pcm, 16000);
	assert_int_equal(sound_convert(path, to, MAX_MS, NULL), ERR_OK);
	n = heard(to);
	for (size_t i = 0; i < n; i++)
		assert_in_range(abs(pcm[i]), 0, 32100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(loud_and_quiet_files_of_all_kinds_become_equally_loud),
	    cmocka_unit_test(silence_around_the_voice_goes),
	    cmocka_unit_test(what_cannot_be_said_is_refused_and_leaves_no_file),
	    cmocka_unit_test(nothing_is_distorted),
	};

	return cmocka_run_group_tests(tests, files_open, files_close);
}
