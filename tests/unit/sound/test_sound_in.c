/* sound/sound_in*.c: every kind of file at every rate, places in it, and what is no sound file. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/random.h"
#include "files.h"
#include "sound/coder.h"
#include "sound/sound_in.h"
#include "voice.h"

enum { SECONDS = 3, ROOM = 48000 * 8 };

static const uint32_t rates_hz[] = {8000, 16000, 48000};

static int16_t said[ROOM], heard[ROOM], tone[ROOM];

struct kind {
	const char *name;
	int format;
	uint32_t rate_hz, channels;
	double correlation; /* at least */
	double delay_ms;    /* at most */
};

static const struct kind kinds[] = {
    {"u8.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 16000, 1, 0.99, 0.3},
    {"16.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2, 0.99, 0.3},
    {"24.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 1, 0.99, 0.3},
    {"32.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 96000, 4, 0.99, 0.3},
    {"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 22050, 2, 0.99, 0.3},
    {"double.wav", SF_FORMAT_WAVEX | SF_FORMAT_DOUBLE, 16000, 1, 0.99, 0.3},
    {"alaw.wav", SF_FORMAT_WAV | SF_FORMAT_ALAW, 8000, 1, 0.99, 0.3},
    {"ulaw.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 2, 0.99, 0.3},
    {"gsm.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610, 8000, 1, 0.95, 0.5},
    {"rf64.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 32000, 1, 0.99, 0.3},
    {"music.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 2, 0.99, 0.3},
    {"24.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 48000, 1, 0.99, 0.3},
    {"vorbis.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2, 0.97, 0.5},
    {"opus.ogg", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 1, 0.97, 0.5},
    {"music.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44100, 2, 0.97, 0.5},
    {"low.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 16000, 1, 0.97, 0.5},
};

/* Files of all kinds with a voice in them, and the voice as it should be heard: made once. */
static int
setup(void **state)
{
	if (files_open(state) != 0)
		return -1;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t n = (size_t)kinds[k].rate_hz * SECONDS;

		voice_make(said, n, kinds[k].rate_hz, kinds[k].rate_hz > 8000);
		files_write(files_path(kinds[k].name), kinds[k].format, kinds[k].rate_hz,
		    kinds[k].channels, said, n);
	}
	return 0;
}

static const int16_t *
voice(size_t rate, bool wide)
{
	static int16_t pcm[3][2][48000 * SECONDS];
	static bool made[3][2];

	if (!made[rate][wide])
		voice_make(pcm[rate][wide], (size_t)rates_hz[rate] * SECONDS, rates_hz[rate], wide);
	made[rate][wide] = true;
	return pcm[rate][wide];
}

static const int16_t *
voice_of(const struct kind *k, size_t rate)
{
	return voice(rate, k->rate_hz > 8000 && rate > 0);
}

/* In pieces of several sizes, as callers do. */
static size_t
read_all(struct sound_in *s, int16_t *pcm, size_t cap)
{
	static const size_t pieces[] = {160, 1, 333, 4000, 7};
	size_t n = 0, got, want, i = 0;

	do {
		want = pieces[i++ % 5];
		if (want > cap - n)
			want = cap - n;
		got = sound_in_read(s, pcm + n, want);
		n += got;
	} while (want && got == want);
	assert_int_equal(sound_in_read(s, pcm + n, n < cap), 0);
	return n;
}

static size_t
hear_file(const char *path, uint32_t rate_hz)
{
	struct sound_in *s;
	size_t n;

	assert_int_equal(sound_in_open(path, rate_hz, &s), ERR_OK);
	n = read_all(s, heard, ROOM);
	assert_int_equal(sound_in_failed(s), ERR_OK);
	sound_in_close(s);
	return n;
}

static enum err
open_only(const char *path)
{
	struct sound_in *s;
	enum err e = sound_in_open(path, 16000, &s);

	if (e == ERR_OK)
		sound_in_close(s);
	return e;
}

static void
every_kind_of_file_is_heard_at_every_rate(void **state)
{
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t r = 0; r < 3; r++) {
			uint32_t rate_hz = rates_hz[r];
			size_t n = hear_file(files_path(kinds[k].name), rate_hz);
			size_t whole = (size_t)rate_hz * SECONDS;
			struct voice_heard h;

			if (n < whole || n > whole + rate_hz / 20)
				fail_msg("%s at %u Hz: %zu samples", kinds[k].name, rate_hz, n);
			h = voice_compare(voice_of(&kinds[k], r), heard, whole, rate_hz, 60);
			if (getenv("FIGURES"))
				printf("%-12s %5u Hz: %.4f %6.2f ms %zu\n", kinds[k].name, rate_hz,
				    h.correlation, h.delay_ms, n - whole);
			if (h.correlation < kinds[k].correlation || h.delay_ms > kinds[k].delay_ms)
				fail_msg("%s at %u Hz: correlation %.4f, delay %.2f ms",
				    kinds[k].name, rate_hz, h.correlation, h.delay_ms);
		}
}

static void
samples_that_need_no_change_get_none(void **state)
{
	static const int formats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16,
	    SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	size_t n = 16000;

	for (size_t i = 0; i < n; i++)
		said[i] = (int16_t)(i * 40503);
	said[0] = INT16_MIN;
	said[1] = INT16_MAX;
	for (size_t f = 0; f < 3; f++)
		for (uint32_t channels = 1; channels <= 2; channels++) {
			files_write(files_path("same"), formats[f], 16000, channels, said, n);
			assert_int_equal(hear_file(files_path("same"), 16000), n);
			assert_memory_equal(heard, said, n * sizeof *said);
		}
}

static void
write_g722(const char *path, size_t n)
{
	static unsigned char bytes[ROOM];
	const int16_t *pcm = voice(1, true);
	struct encoder *e;
	size_t at = 0;

	assert_int_equal(encoder_new(CODEC_G722, 16000, &e), ERR_OK);
	for (size_t i = 0; i + 320 <= n; i += 320)
		at += encoder_encode(e, pcm + i, 320, bytes + at);
	encoder_free(e);
	files_put(path, bytes, at);
}

static void
raw_g722_is_told_by_its_name(void **state)
{
	for (size_t r = 0; r < 3; r++) {
		size_t whole = (size_t)rates_hz[r] * SECONDS;
		struct voice_heard h;

		write_g722(files_path("voice.G722"), 16000 * SECONDS);
		assert_int_equal(hear_file(files_path("voice.G722"), rates_hz[r]), whole);
		h = voice_compare(voice(r, r > 0), heard, whole, rates_hz[r], 10);
		if (h.correlation < 0.96 || h.delay_ms > 2.5)
			fail_msg("at %u Hz: correlation %.4f, delay %.2f ms", rates_hz[r],
			    h.correlation, h.delay_ms);
	}
}

/* Two channels with opposite voices are silent together; one channel of two is half as loud. */
static void
channels_are_averaged(void **state)
{
	SF_INFO info = {
	    .samplerate = 8000, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
	SNDFILE *file = sf_open(files_path("two.wav"), SFM_WRITE, &info);
	int16_t frames[200];

	for (int i = 0; i < 100; i++) {
		frames[2 * i] = 20000;
		frames[2 * i + 1] = (int16_t)(i < 50 ? -20000 : 0);
	}
	assert_int_equal(sf_writef_short(file, frames, 100), 100);
	sf_close(file);
	assert_int_equal(hear_file(files_path("two.wav"), 8000), 100);
	assert_int_equal(heard[10], 0);
	assert_int_equal(heard[90], 10000);
}

static void
what_is_too_loud_or_no_number_does_no_harm(void **state)
{
	float wild[] = {0.5F, 3.0F, -3.0F, NAN, INFINITY, -INFINITY, 1e30F, -0.5F};
	SF_INFO info = {
	    .samplerate = 8000, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
	static const int16_t want[] = {
	    16384, INT16_MAX, INT16_MIN, 0, INT16_MAX, INT16_MIN, INT16_MAX, -16384};
	SNDFILE *file = sf_open(files_path("wild.wav"), SFM_WRITE, &info);

	sf_write_float(file, wild, 8);
	sf_close(file);
	assert_int_equal(hear_file(files_path("wild.wav"), 8000), 8);
	assert_memory_equal(heard, want, sizeof want);
}

/* ---- places ---- */

/* What is heard from ms on, against what was said there. */
static void
check_place(const struct kind *k, struct sound_in *s, size_t rate, uint64_t ms)
{
	uint32_t rate_hz = rates_hz[rate];
	size_t from = (size_t)(ms * rate_hz / 1000), n = rate_hz / 2;
	struct voice_heard h;
	int64_t at;

	assert_int_equal(sound_in_seek_ms(s, ms), ERR_OK);
	assert_in_range(sound_in_position_ms(s), ms - 1, ms);
	assert_int_equal(sound_in_read(s, heard, n), n);
	at = (int64_t)sound_in_position_ms(s) - (int64_t)ms;
	assert_in_range(at, 499, 501);
	h = voice_compare(voice_of(k, rate) + from, heard, n, rate_hz, 20);
	if (h.correlation < k->correlation - 0.03 || h.delay_ms > k->delay_ms)
		fail_msg("%s at %u Hz from %llu ms: correlation %.4f, delay %.2f ms", k->name,
		    rate_hz, (unsigned long long)ms, h.correlation, h.delay_ms);
}

static void
a_place_is_found_to_the_millisecond_in_every_kind(void **state)
{
	static const uint64_t places_ms[] = {1500, 333, 2400, 20, 777};

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t r = 0; r < 3; r++) {
			const char *path = files_path(kinds[k].name);
			struct sound_in *s;

			assert_int_equal(sound_in_open(path, rates_hz[r], &s), ERR_OK);
			assert_in_range(sound_in_length_ms(s), SECONDS * 1000, SECONDS * 1000 + 50);
			for (size_t p = 0; p < 5; p++)
				check_place(&kinds[k], s, r, places_ms[p]);
			sound_in_close(s);
		}
}

static void
a_place_is_found_in_g722(void **state)
{
	static const struct kind k = {"voice.g722", 0, 16000, 1, 0.98, 2.5};

	for (size_t r = 0; r < 3; r++) {
		struct sound_in *s;

		write_g722(files_path("voice.g722"), 16000 * SECONDS);
		assert_int_equal(sound_in_open(files_path("voice.g722"), rates_hz[r], &s), ERR_OK);
		assert_int_equal(sound_in_length_ms(s), SECONDS * 1000);
		check_place(&k, s, r, 1501);
		check_place(&k, s, r, 30);
		sound_in_close(s);
	}
}

static void
behind_the_end_is_the_end_and_from_there_one_can_go_back(void **state)
{
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const char *path = files_path(kinds[k].name);
		struct sound_in *s;

		if (sound_in_open(path, 16000, &s) != ERR_OK ||
		    sound_in_seek_ms(s, UINT64_MAX) != ERR_OK)
			fail_msg("%s cannot be read behind its end", kinds[k].name);
		assert_in_range(sound_in_read(s, heard, 16000), 0, 100);
		assert_int_equal(sound_in_seek_ms(s, 1000), ERR_OK);
		assert_int_equal(sound_in_read(s, heard, 16000), 16000);
		sound_in_close(s);
	}
}

/* ---- again and again ---- */

static void
tone_file(uint32_t rate_hz, size_t periods)
{
	size_t n = rate_hz / 100 * periods; /* of 100 Hz, whole ones */

	for (size_t i = 0; i < n; i++)
		tone[i] = (int16_t)lrint(10000 * sin(2 * M_PI * 100 * (double)i / rate_hz + 1));
	files_write(files_path("tone.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, rate_hz, 1, tone, n);
}

/* A tone whose end fits its beginning goes on as if there were no end, also through a filter. */
static void
a_loop_has_no_gap_and_no_click(void **state)
{
	static const uint32_t file_hz[] = {8000, 44100, 48000};

	for (size_t f = 0; f < 3; f++)
		for (size_t r = 0; r < 3; r++) {
			uint32_t rate_hz = rates_hz[r];
			size_t n = (size_t)rate_hz * 4;
			struct sound_in *s;

			tone_file(file_hz[f], 37);
			assert_int_equal(
			    sound_in_open(files_path("tone.wav"), rate_hz, &s), ERR_OK);
			sound_in_loop(s, true);
			assert_int_equal(sound_in_read(s, heard, n), n);
			for (size_t i = rate_hz / 100; i < n; i++) {
				double want = 10000 * sin(2 * M_PI * 100 * (double)i / rate_hz + 1);

				if (fabs(heard[i] - want) > 300)
					fail_msg("%u to %u Hz: %d instead of %.0f at %zu",
					    file_hz[f], rate_hz, heard[i], want, i);
			}
			/* 4 s are ten rounds of 370 ms and 300 ms */
			assert_in_range(sound_in_position_ms(s), 299, 300);
			sound_in_close(s);
		}
}

static void
a_loop_over_nothing_ends(void **state)
{
	struct sound_in *s;

	files_write(files_path("empty.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, said, 0);
	for (size_t r = 0; r < 3; r++) {
		assert_int_equal(sound_in_open(files_path("empty.wav"), rates_hz[r], &s), ERR_OK);
		sound_in_loop(s, true);
		assert_in_range(sound_in_read(s, heard, 1000), 0, 6 * 48);
		assert_int_equal(sound_in_read(s, heard, 1000), 0);
		sound_in_close(s);
	}
}

/* ---- what is no sound file ---- */

static void
what_cannot_be_played_says_why(void **state)
{
	struct sound_in *s;

	assert_int_equal(open_only(files_path("nobody")), ERR_NOT_FOUND);
	assert_int_equal(open_only("/tmp"), ERR_UNSUPPORTED);
	assert_int_equal(open_only("/dev/zero"), ERR_UNSUPPORTED);
	assert_int_equal(mkfifo(files_path("pipe"), 0600), 0);
	assert_int_equal(open_only(files_path("pipe")), ERR_UNSUPPORTED);
	files_put(files_path("text.wav"), "Dear all, please find attached", 30);
	assert_int_equal(open_only(files_path("text.wav")), ERR_MALFORMED);
	files_put(files_path("nothing.wav"), "", 0);
	assert_int_equal(open_only(files_path("nothing.wav")), ERR_MALFORMED);
	files_write(files_path("a.aiff"), SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 8000, 1, said, 100);
	assert_int_equal(open_only(files_path("a.aiff")), ERR_UNSUPPORTED);
	files_write(
	    files_path("ima.wav"), SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 8000, 1, said, 8000);
	assert_int_equal(open_only(files_path("ima.wav")), ERR_UNSUPPORTED);
	files_write(files_path("ok.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, said, 100);
	assert_int_equal(sound_in_open(files_path("ok.wav"), 7999, &s), ERR_INVALID);
	assert_int_equal(sound_in_open(files_path("ok.wav"), 48001, &s), ERR_INVALID);
}

/* Numbers in the header that no file has. */
static void
absurd_headers_are_refused_or_do_no_harm(void **state)
{
	static const struct {
		size_t at, n;
		const char *bytes;
		enum err want;
	} lies[] = {
	    {22, 2, "\x00\x00", ERR_MALFORMED}, /* channels */
	    {22, 2, "\xff\xff", ERR_MALFORMED},
	    {22, 2, "\x09\x00", ERR_UNSUPPORTED},
	    {24, 4, "\x00\x00\x00\x00", ERR_MALFORMED}, /* rate */
	    {24, 4, "\xff\xff\xff\x7f", ERR_UNSUPPORTED},
	    {24, 4, "\x10\x27\x00\x01", ERR_UNSUPPORTED},
	    {24, 4, "\x10\x0e\x00\x00", ERR_UNSUPPORTED},
	};
	unsigned char bytes[2000];
	size_t n;

	files_write(files_path("lie.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, said, 900);
	n = files_get(files_path("lie.wav"), bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		unsigned char changed[2000];
		enum err e;

		memcpy(changed, bytes, n);
		memcpy(changed + lies[i].at, lies[i].bytes, lies[i].n);
		files_put(files_path("lie.wav"), changed, n);
		e = open_only(files_path("lie.wav"));
		if (e != ERR_MALFORMED && e != ERR_UNSUPPORTED)
			fail_msg("lie %zu: %s", i, err_name(e));
	}
	memcpy(bytes + 40, "\xff\xff\xff\xff", 4); /* as long as a file can be */
	files_put(files_path("lie.wav"), bytes, n);
	assert_int_equal(hear_file(files_path("lie.wav"), 8000), 900);
}

/* Cut anywhere: the beginning is heard, or it is no sound file. */
static void
half_a_file_gives_half_or_an_error(void **state)
{
	static unsigned char bytes[5 << 20];

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t whole = files_get(files_path(kinds[k].name), bytes, sizeof bytes);

		assert_true(whole <= sizeof bytes);
		for (size_t cut = 0; cut < 8; cut++) {
			size_t n = cut < 4 ? cut * 17 : whole * cut / 8;
			struct sound_in *s;

			files_put(files_path("half"), bytes, n);
			if (sound_in_open(files_path("half"), 16000, &s) != ERR_OK)
				continue;
			assert_in_range(read_all(s, heard, ROOM), 0, 16000 * SECONDS + 1000);
			sound_in_close(s);
		}
	}
}

static void
noise_in_a_file_never_ends_in_a_crash(void **state)
{
	static unsigned char bytes[5 << 20];
	struct rng rng;

	rng_init_seed(&rng, 7);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t whole = files_get(files_path(kinds[k].name), bytes, sizeof bytes);

		for (int round = 0; round < 12 && whole <= sizeof bytes; round++) {
			struct sound_in *s;
			size_t n = 0;

			for (int i = 0; i < 10; i++)
				bytes[rng_below(&rng, round % 2 ? 128 : (uint32_t)whole)] =
				    (unsigned char)rng_u64(&rng);
			files_put(files_path("noise"), bytes, whole);
			if (sound_in_open(files_path("noise"), 16000, &s) != ERR_OK)
				continue;
			while (n < 10 && sound_in_read(s, heard, ROOM) == ROOM)
				n++;
			if (sound_in_seek_ms(s, 500) == ERR_OK)
				assert_in_range(sound_in_read(s, heard, 1000), 0, 1000);
			sound_in_close(s);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_of_file_is_heard_at_every_rate),
	    cmocka_unit_test(samples_that_need_no_change_get_none),
	    cmocka_unit_test(raw_g722_is_told_by_its_name),
	    cmocka_unit_test(channels_are_averaged),
	    cmocka_unit_test(what_is_too_loud_or_no_number_does_no_harm),
	    cmocka_unit_test(a_place_is_found_to_the_millisecond_in_every_kind),
	    cmocka_unit_test(a_place_is_found_in_g722),
	    cmocka_unit_test(behind_the_end_is_the_end_and_from_there_one_can_go_back),
	    cmocka_unit_test(a_loop_has_no_gap_and_no_click),
	    cmocka_unit_test(a_loop_over_nothing_ends),
	    cmocka_unit_test(what_cannot_be_played_says_why),
	    cmocka_unit_test(absurd_headers_are_refused_or_do_no_harm),
	    cmocka_unit_test(half_a_file_gives_half_or_an_error),
	    cmocka_unit_test(noise_in_a_file_never_ends_in_a_crash),
	};

	return cmocka_run_group_tests_name("sound/sound_in", tests, setup, files_close);
}
