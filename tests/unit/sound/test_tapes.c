/* sound/tape*.c: files for those who cannot wait, many at once. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "sound/sound_in.h"
#include "sound/sound_out.h"
#include "sound/tapes.h"

enum { RATE_HZ = 8000, FRAME = RATE_HZ / 50, ROOM = RATE_HZ * 40, PATIENCE_MS = 20000 };

static int16_t pcm[ROOM];

/* Something that tells its place, and of which file it is. */
static int16_t
sample(size_t file, uint64_t i)
{
	return (int16_t)(i * 7919 + file * 12345 + 1);
}

static void
nap(void)
{
	struct timespec ms = {.tv_nsec = 1000000};

	nanosleep(&ms, NULL);
}

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* False when it has taken too long: something hangs. */
static bool
still_patient(uint64_t since_ms)
{
	nap();
	if (now_ms() - since_ms > PATIENCE_MS)
		fail_msg("nothing happens any more");
	return true;
}

static const char *
number_file(size_t file, size_t n)
{
	char name[32];
	int16_t *all = malloc(n * sizeof *all + 1);
	const char *path;

	assert_non_null(all);
	snprintf(name, sizeof name, "number%zu.wav", file);
	path = files_path(name);
	for (size_t i = 0; i < n; i++)
		all[i] = sample(file, i);
	files_write(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE_HZ, 1, all, n);
	free(all);
	return path;
}

static struct tapes *
start(void)
{
	struct tapes *ts;

	assert_int_equal(tapes_new(&ts), ERR_OK);
	return ts;
}

static struct tape_in *
play(struct tapes *ts, const char *const *paths, size_t n, bool loop)
{
	struct tape_in_params params = {paths, n, loop, RATE_HZ, NULL};
	struct tape_in *t;

	assert_int_equal(tape_in_new(ts, &params, &t), ERR_OK);
	return t;
}

/* As many samples, however late they are; fewer only at the end. */
static size_t
read_patiently(struct tape_in *t, int16_t *out, size_t n)
{
	uint64_t since_ms = now_ms();
	size_t done = 0;

	while (done < n) {
		size_t want = n - done < FRAME ? n - done : FRAME;
		size_t got = tape_in_read(t, out + done, want);

		done += got;
		if (got == 0 && tape_in_ended(t))
			break;
		if (got == 0)
			still_patient(since_ms);
	}
	return done;
}

static void
assert_samples(const int16_t *got, size_t file, uint64_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (got[i] != sample(file, from + i))
			fail_msg("sample %zu of file %zu from %llu is another one", i, file,
			    (unsigned long long)from);
}

/* ---- playing ---- */

static void
a_list_of_files_is_heard_one_after_the_other(void **state)
{
	const char *paths[] = {
	    number_file(0, 12345), number_file(1, 1), number_file(2, 0), number_file(3, 9000)};
	struct tapes *ts = start();
	struct tape_in *t = play(ts, paths, 4, false);
	size_t item;

	assert_int_equal(read_patiently(t, pcm, ROOM), 12345 + 1 + 9000);
	assert_samples(pcm, 0, 0, 12345);
	assert_samples(pcm + 12345, 1, 0, 1);
	assert_samples(pcm + 12346, 3, 0, 9000);
	assert_true(tape_in_ended(t));
	assert_int_equal(tape_in_read(t, pcm, FRAME), 0);
	assert_int_equal(tape_in_failed(t, &item), ERR_OK);
	assert_int_equal(tape_in_position(t).item, 3);
	assert_int_equal(tape_in_position(t).ms, 1125);
	tape_in_free(t);
	tapes_free(ts);
}

/* MOH-1: from its first sample to its last one, and the file stays as it is. */
static void
each_file_is_as_loud_as_somebody_wants_it(void **state)
{
	static const int8_t gain_db[] = {-6, 0, -100};
	const char *paths[] = {number_file(0, 1234), number_file(1, 1234), number_file(2, 1234)};
	struct tape_in_params params = {paths, 3, false, RATE_HZ, gain_db};
	struct tapes *ts = start();
	struct tape_in *t;

	assert_int_equal(tape_in_new(ts, &params, &t), ERR_OK);
	assert_int_equal(read_patiently(t, pcm, ROOM), 3 * 1234);
	for (size_t i = 0; i < 1234; i++)
		assert_in_range(pcm[i] - (int)(sample(0, i) * 0.5012) + 2, 0, 4);
	assert_samples(pcm + 1234, 1, 0, 1234);
	for (size_t i = 2 * 1234; i < 3 * 1234; i++)
		assert_int_equal(pcm[i], 0);
	tape_in_free(t);
	t = play(ts, paths, 1, false);
	assert_int_equal(read_patiently(t, pcm, ROOM), 1234);
	assert_samples(pcm, 0, 0, 1234);
	tape_in_free(t);
	tapes_free(ts);
}

/* Whoever reads faster than the disk gets less, and knows that it is not the end. */
static void
a_late_disk_is_not_the_end(void **state)
{
	const char *path = number_file(0, RATE_HZ * 30);
	struct tapes *ts = start();
	struct tape_in *t = play(ts, &path, 1, false);
	size_t done = 0, short_reads = 0, n = RATE_HZ * 30;
	uint64_t since_ms = now_ms();

	while (done < n) {
		size_t got = tape_in_read(t, pcm + done, n - done);

		done += got;
		if (done < n) {
			short_reads++;
			assert_false(tape_in_ended(t));
			still_patient(since_ms);
		}
	}
	assert_true(short_reads > 0);
	assert_samples(pcm, 0, 0, n);
	while (!tape_in_ended(t))
		still_patient(since_ms);
	tape_in_free(t);
	tapes_free(ts);
}

static void
a_loop_goes_on_and_on(void **state)
{
	const char *one = number_file(0, 3001);
	const char *two[] = {number_file(1, 500), number_file(2, 700)};
	struct tapes *ts = start();
	struct tape_in *single = play(ts, &one, 1, true), *list = play(ts, two, 2, true);

	assert_int_equal(read_patiently(single, pcm, 3001 * 9), 3001 * 9);
	for (size_t i = 0; i < 9; i++)
		assert_samples(pcm + i * 3001, 0, 0, 3001);
	assert_int_equal(tape_in_position(single).item, 0);
	assert_in_range(tape_in_position(single).ms, 0, 400);
	assert_int_equal(read_patiently(list, pcm, 1200 * 9), 1200 * 9);
	for (size_t i = 0; i < 9; i++) {
		assert_samples(pcm + i * 1200, 1, 0, 500);
		assert_samples(pcm + i * 1200 + 500, 2, 0, 700);
	}
	assert_false(tape_in_ended(single));
	assert_false(tape_in_ended(list));
	tape_in_free(single);
	tape_in_free(list);
	tapes_free(ts);
}

static void
a_file_that_cannot_be_read_is_skipped_and_named(void **state)
{
	const char *paths[] = {
	    number_file(0, 800), files_path("missing"), files_path("text"), number_file(3, 800)};
	struct tapes *ts = start();
	struct tape_in *once, *again;
	size_t item = 99;

	files_put(paths[2], "this is no sound", 16);
	once = play(ts, paths, 4, false);
	again = play(ts, paths, 4, true);
	assert_int_equal(read_patiently(once, pcm, ROOM), 1600);
	assert_samples(pcm, 0, 0, 800);
	assert_samples(pcm + 800, 3, 0, 800);
	assert_int_equal(tape_in_failed(once, &item), ERR_NOT_FOUND);
	assert_int_equal(item, 1);
	assert_int_equal(read_patiently(again, pcm, 1600 * 5), 1600 * 5);
	assert_samples(pcm + 1600 * 4, 0, 0, 800);
	assert_samples(pcm + 1600 * 4 + 800, 3, 0, 800);
	tape_in_free(once);
	tape_in_free(again);
	tapes_free(ts);
}

static void
a_loop_without_any_sound_ends(void **state)
{
	const char *paths[] = {files_path("missing"), number_file(1, 0), files_path("missing2")};
	struct tapes *ts = start();
	struct tape_in *t = play(ts, paths, 3, true);
	size_t item;

	assert_int_equal(read_patiently(t, pcm, ROOM), 0);
	assert_true(tape_in_ended(t));
	assert_int_equal(tape_in_failed(t, &item), ERR_NOT_FOUND);
	assert_int_equal(item, 0);
	tape_in_free(t);
	tapes_free(ts);
}

static void
after_a_seek_nothing_old_is_heard(void **state)
{
	const char *paths[] = {number_file(0, RATE_HZ * 5), number_file(1, RATE_HZ * 5)};
	struct tapes *ts = start();
	struct tape_in *t = play(ts, paths, 2, false);

	assert_int_equal(read_patiently(t, pcm, 1000), 1000);
	for (uint64_t i = 0; i < 200; i++) {
		size_t file = i % 3 == 0;
		uint64_t ms = i * 37 % 4900;

		tape_in_seek(t, file, ms);
		assert_int_equal(tape_in_position(t).item, file);
		assert_int_equal(tape_in_position(t).ms, ms);
		if (i % 7 == 0) /* at once the next one */
			continue;
		assert_int_equal(read_patiently(t, pcm, 100 + i), 100 + i);
		assert_samples(pcm, file, ms * RATE_HZ / 1000, 100 + i);
		assert_in_range(tape_in_position(t).ms, ms + (100 + i) / 8 - 1, ms + (100 + i) / 8);
	}
	tape_in_seek(t, 1, 4990);
	assert_int_equal(read_patiently(t, pcm, ROOM), 80);
	assert_true(tape_in_ended(t));
	tape_in_seek(t, 0, 4990); /* from the end back, and into the next file */
	assert_false(tape_in_ended(t));
	assert_int_equal(read_patiently(t, pcm, ROOM), 80 + RATE_HZ * 5);
	assert_samples(pcm, 0, RATE_HZ * 5 - 80, 80);
	assert_samples(pcm + 80, 1, 0, RATE_HZ * 5);
	tape_in_seek(t, 7, 0);
	assert_int_equal(read_patiently(t, pcm, ROOM), 0);
	assert_true(tape_in_ended(t));
	tape_in_seek(t, 0, UINT64_MAX); /* behind the end of one is the beginning of the next */
	assert_int_equal(read_patiently(t, pcm, 100), 100);
	assert_samples(pcm, 1, 0, 100);
	tape_in_free(t);
	tapes_free(ts);
}

static void
what_is_freed_while_it_is_read_ahead_is_gone(void **state)
{
	const char *path = number_file(0, RATE_HZ * 30);
	struct tapes *ts = start();

	for (size_t i = 0; i < 300; i++) {
		struct tape_in *t = play(ts, &path, 1, i % 2);

		if (i % 3)
			tape_in_read(t, pcm, FRAME);
		if (i % 5 == 0)
			tape_in_seek(t, 0, 1000);
		tape_in_free(t);
	}
	tape_in_free(NULL);
	tapes_free(ts);
	tapes_free(NULL);
}

static void
what_makes_no_sense_is_refused(void **state)
{
	const char *paths[TAPE_ITEMS_MAX + 1], *path = "x";
	char *endless = malloc(5000);
	struct tapes *ts = start();
	struct tape_out *o;
	struct tape_in *t;

	for (size_t i = 0; i <= TAPE_ITEMS_MAX; i++)
		paths[i] = path;
	memset(endless, 'x', 4999);
	endless[4999] = 0;
	assert_int_equal(
	    tape_in_new(
		ts, &(struct tape_in_params){paths, TAPE_ITEMS_MAX + 1, false, 8000, NULL}, &t),
	    ERR_INVALID);
	assert_int_equal(tape_in_new(ts, &(struct tape_in_params){paths, 0, false, 8000, NULL}, &t),
	    ERR_INVALID);
	assert_int_equal(tape_in_new(ts, &(struct tape_in_params){paths, 1, false, 7000, NULL}, &t),
	    ERR_INVALID);
	paths[0] = endless;
	assert_int_equal(tape_in_new(ts, &(struct tape_in_params){paths, 1, false, 8000, NULL}, &t),
	    ERR_INVALID);
	assert_int_equal(
	    tape_out_new(
		ts, &(struct tape_out_params){.path = path, .rate_hz = 8000, .channels = 3}, &o),
	    ERR_INVALID);
	assert_int_equal(
	    tape_out_new(
		ts, &(struct tape_out_params){.path = path, .rate_hz = 96000, .channels = 1}, &o),
	    ERR_INVALID);
	free(endless);
	tapes_free(ts);
}

/* ---- recording ---- */

struct done {
	atomic_int times;
	enum err e;
	uint64_t length_ms, bytes;
};

static void
on_done(void *ctx, enum err e, uint64_t length_ms, uint64_t bytes)
{
	struct done *d = ctx;

	d->e = e;
	d->length_ms = length_ms;
	d->bytes = bytes;
	atomic_fetch_add(&d->times, 1);
}

static void
wait_done(struct done *d)
{
	uint64_t since_ms = now_ms();

	while (!atomic_load(&d->times))
		still_patient(since_ms);
}

static struct tape_out *
record(struct tapes *ts, const char *path, uint32_t channels, uint64_t max_bytes, uint64_t max_ms,
    struct done *d)
{
	struct tape_out_params params = {.path = path,
	    .rate_hz = RATE_HZ,
	    .channels = channels,
	    .max_bytes = max_bytes,
	    .max_ms = max_ms,
	    .on_done = on_done,
	    .ctx = d};
	struct tape_out *t;

	unlink(path);
	*d = (struct done){0};
	assert_int_equal(tape_out_new(ts, &params, &t), ERR_OK);
	return t;
}

/* Frames of both channels are samples that follow each other. Returns how many were taken. */
static size_t
bring(struct tape_out *t, uint32_t channels, uint64_t from, size_t n)
{
	int16_t some[FRAME * 2];

	assert_true(n <= FRAME);
	for (size_t i = 0; i < n * channels; i++)
		some[i] = sample(0, from * channels + i);
	return tape_out_write(t, some, n);
}

/* However late the disk is. */
static void
bring_patiently(struct tape_out *t, uint32_t channels, uint64_t from, uint64_t to)
{
	uint64_t since_ms = now_ms();

	while (from < to && tape_out_failed(t) == ERR_OK) {
		size_t taken = bring(t, channels, from, to - from < FRAME ? to - from : FRAME);

		from += taken;
		if (taken == 0)
			still_patient(since_ms);
	}
}

/* Returns the frames of the file, which are the samples from 0 on. */
static uint64_t
check_file(const char *path, uint32_t channels)
{
	SF_INFO info = {0};
	SNDFILE *file = sf_open(path, SFM_READ, &info);
	sf_count_t frames;

	assert_non_null(file);
	assert_int_equal(info.channels, channels);
	assert_true((size_t)info.frames * channels <= ROOM);
	frames = sf_readf_short(file, pcm, info.frames);
	assert_int_equal(frames, info.frames);
	sf_close(file);
	assert_samples(pcm, 0, 0, (size_t)frames * channels);
	return (uint64_t)frames;
}

static void
a_recording_is_complete_when_it_says_so(void **state)
{
	static const uint64_t lengths[] = {0, 1, FRAME, RATE_HZ / 2, RATE_HZ * 3 + 7, RATE_HZ * 17};
	struct tapes *ts = start();

	for (size_t l = 0; l < 6; l++)
		for (uint32_t channels = 1; channels <= 2; channels++) {
			const char *path = files_path("whole.wav");
			struct done d;
			struct tape_out *t = record(ts, path, channels, 0, 0, &d);

			bring_patiently(t, channels, 0, lengths[l]);
			assert_int_equal(tape_out_failed(t), ERR_OK);
			tape_out_close(t);
			wait_done(&d);
			assert_int_equal(d.e, ERR_OK);
			assert_int_equal(d.bytes, 44 + lengths[l] * channels * 2);
			assert_int_equal(d.length_ms, lengths[l] * 1000 / RATE_HZ);
			assert_int_equal(check_file(path, channels), lengths[l]);
		}
	tape_out_close(NULL);
	tapes_free(ts);
}

/* Nobody waits for the disk: whoever brings too much at once is told what was taken. */
static void
what_finds_no_room_is_dropped_and_counted(void **state)
{
	const char *path = files_path("flood.wav");
	struct tapes *ts = start();
	struct done d;
	struct tape_out *t = record(ts, path, 1, 0, 0, &d);
	uint64_t taken = 0, dropped = 0, since_ms = now_ms();

	/* a flood, until the thread has once not come after */
	while (dropped == 0 && taken < ROOM - FRAME) {
		size_t n = bring(t, 1, taken, FRAME);

		taken += n;
		dropped += FRAME - n;
		if (dropped)
			assert_int_equal(tape_out_dropped(t), dropped);
	}
	assert_true(dropped > 0);
	while (bring(t, 1, taken, 1) == 0)
		still_patient(since_ms);
	taken++;
	tape_out_close(t);
	wait_done(&d);
	assert_int_equal(d.e, ERR_OK);
	assert_int_equal(check_file(path, 1), taken);
	tapes_free(ts);
}

static void
a_limit_ends_a_recording_exactly_there(void **state)
{
	static const struct {
		uint64_t max_bytes, max_ms, frames;
	} limits[] = {{20001, 0, (20001 - 44) / 4}, {0, 2500, 20000}, {100000, 2500, 20000},
	    {20001, 2500, (20001 - 44) / 4}, {43, 0, 0}, {0, UINT64_MAX, 0}};
	struct tapes *ts = start();

	for (size_t l = 0; l < 5; l++) {
		const char *path = files_path("limit.wav");
		uint64_t since_ms = now_ms();
		struct done d;
		struct tape_out *t = record(ts, path, 2, limits[l].max_bytes, limits[l].max_ms, &d);

		bring_patiently(t, 2, 0, RATE_HZ * 10);
		while (tape_out_failed(t) == ERR_OK)
			still_patient(since_ms);
		assert_int_equal(tape_out_failed(t), ERR_LIMIT);
		assert_int_equal(bring(t, 2, 0, FRAME), 0);
		tape_out_close(t);
		wait_done(&d);
		assert_int_equal(d.e, ERR_LIMIT);
		assert_int_equal(d.bytes, 44 + limits[l].frames * 4);
		assert_int_equal(check_file(path, 2), limits[l].frames);
	}
	tapes_free(ts);
}

static void
up_to_the_limit_is_no_failure(void **state)
{
	struct tapes *ts = start();
	struct done d;
	struct tape_out *t = record(ts, files_path("limit.wav"), 1, 0, 1000, &d);

	bring_patiently(t, 1, 0, RATE_HZ);
	tape_out_close(t);
	wait_done(&d);
	assert_int_equal(d.e, ERR_OK);
	assert_int_equal(d.length_ms, 1000);
	t = record(ts, files_path("limit.wav"), 1, 0, UINT64_MAX, &d);
	bring_patiently(t, 1, 0, RATE_HZ);
	tape_out_close(t);
	wait_done(&d);
	assert_int_equal(d.e, ERR_OK);
	tapes_free(ts);
}

static void
a_full_disk_is_reported_and_the_file_is_good(void **state)
{
	struct rlimit before, limit;
	void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
	const char *path = files_path("full.wav");
	struct tapes *ts = start();
	struct done d;
	struct tape_out *t = record(ts, path, 1, 0, 0, &d);

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 50001;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	bring_patiently(t, 1, 0, RATE_HZ * 20);
	tape_out_close(t);
	wait_done(&d);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, was);
	assert_int_equal(d.e, ERR_FULL);
	assert_int_equal(d.bytes, 50000);
	assert_int_equal(check_file(path, 1), (50000 - 44) / 2);
	tapes_free(ts);
}

static void
a_file_that_cannot_be_made_is_reported(void **state)
{
	const char *there = files_path("there.wav");
	struct tape_out_params params = {
	    .path = there, .rate_hz = RATE_HZ, .channels = 1, .on_done = on_done};
	uint64_t since_ms = now_ms();
	struct tapes *ts = start();
	struct tape_out *t;
	struct done d = {0};

	files_put(there, "mine", 4);
	params.ctx = &d;
	assert_int_equal(tape_out_new(ts, &params, &t), ERR_OK);
	while (tape_out_failed(t) == ERR_OK)
		still_patient(since_ms);
	assert_int_equal(tape_out_failed(t), ERR_EXISTS);
	assert_int_equal(bring(t, 1, 0, FRAME), 0);
	tape_out_close(t);
	wait_done(&d);
	assert_int_equal(d.e, ERR_EXISTS);
	assert_int_equal(d.bytes, 0);
	assert_int_equal(files_get(there, pcm, 4), 4);
	tapes_free(ts);
}

static void
recordings_end_with_the_thread(void **state)
{
	const char *path = files_path("open.wav"), *played = number_file(1, RATE_HZ * 5);
	struct tapes *ts = start();
	struct done d;
	struct tape_out *t = record(ts, path, 1, 0, 0, &d);

	play(ts, &played, 1, true);
	assert_int_equal(bring(t, 1, 0, FRAME), FRAME);
	tapes_free(ts);
	assert_int_equal(atomic_load(&d.times), 1);
	assert_int_equal(d.e, ERR_OK);
	assert_int_equal(check_file(path, 1), FRAME);
}

/* ---- many ---- */

enum { PLAYERS = 60, RECORDERS = 30, MANY_FRAMES = RATE_HZ * 4 };

static void
play_and_record_many(struct tapes *ts, struct tape_in **in, struct tape_out **out)
{
	size_t heard[PLAYERS] = {0}, left = PLAYERS;
	uint64_t brought[RECORDERS] = {0}, since_ms = now_ms();

	while (left > 0) {
		bool moved = false;

		for (size_t i = 0; i < PLAYERS; i++) {
			size_t n = heard[i] < MANY_FRAMES ? tape_in_read(in[i], pcm, FRAME) : 0;

			assert_samples(pcm, i % 4, heard[i], n);
			heard[i] += n;
			moved |= n > 0;
			left -= n > 0 && heard[i] == MANY_FRAMES;
		}
		for (size_t i = 0; i < RECORDERS; i++)
			if (brought[i] < MANY_FRAMES)
				brought[i] += bring(out[i], 2, brought[i], FRAME);
		if (!moved)
			still_patient(since_ms);
	}
	for (size_t i = 0; i < RECORDERS; i++)
		bring_patiently(out[i], 2, brought[i], MANY_FRAMES);
}

static void
many_tapes_at_once_each_get_their_own(void **state)
{
	static struct done d[RECORDERS];
	struct tape_out *out[RECORDERS];
	struct tape_in *in[PLAYERS];
	struct tapes *ts = start();
	char paths[4][128];

	for (size_t i = 0; i < 4; i++)
		snprintf(paths[i], sizeof paths[i], "%s", number_file(i, MANY_FRAMES));
	for (size_t i = 0; i < PLAYERS; i++)
		in[i] = play(ts, (const char *const[]){paths[i % 4]}, 1, false);
	for (size_t i = 0; i < RECORDERS; i++) {
		char name[32];

		snprintf(name, sizeof name, "many%zu.wav", i);
		out[i] = record(ts, files_path(name), 2, 0, 0, &d[i]);
	}
	play_and_record_many(ts, in, out);
	for (size_t i = 0; i < PLAYERS; i++)
		tape_in_free(in[i]);
	for (size_t i = 0; i < RECORDERS; i++)
		tape_out_close(out[i]);
	for (size_t i = 0; i < RECORDERS; i++) {
		char name[32];

		wait_done(&d[i]);
		assert_int_equal(d[i].e, ERR_OK);
		snprintf(name, sizeof name, "many%zu.wav", i);
		assert_int_equal(check_file(files_path(name), 2), MANY_FRAMES);
	}
	tapes_free(ts);
}

/* ---- a crash ---- */

enum { CRASHES = 3 };

/* At the pace of a call, until somebody ends it. */
static void
record_until_killed(const char *path, _Atomic uint64_t *frames)
{
	uint64_t began_ms = now_ms();
	struct tape_out_params params = {.path = path, .rate_hz = RATE_HZ, .channels = 1};
	struct tape_out *t;
	struct tapes *ts;

	if (tapes_new(&ts) != ERR_OK || tape_out_new(ts, &params, &t) != ERR_OK)
		_exit(1);
	for (uint64_t at = 0;; at += FRAME) {
		while ((now_ms() - began_ms) * RATE_HZ / 1000 < at)
			nap();
		if (bring(t, 1, at, FRAME) != FRAME)
			_exit(2);
		atomic_store(frames, at + FRAME);
	}
}

/* Nothing is closed, flushed or told: the process is gone. */
static void
a_crash_costs_a_recording_its_last_second_at_most(void **state)
{
	_Atomic uint64_t *frames = mmap(NULL, CRASHES * sizeof *frames, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t since_ms = now_ms();
	pid_t child[CRASHES];
	const char *path[CRASHES];

	assert_true(frames != MAP_FAILED);
	for (size_t i = 0; i < CRASHES; i++) {
		char name[32];

		snprintf(name, sizeof name, "crash%zu.wav", i);
		path[i] = files_path(name);
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			record_until_killed(path[i], &frames[i]);
	}
	for (size_t i = 0; i < CRASHES; i++) {
		int status;

		while (atomic_load(&frames[i]) < RATE_HZ + i * 4567)
			still_patient(since_ms);
		kill(child[i], SIGKILL);
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		assert_true(check_file(path[i], 1) + RATE_HZ > atomic_load(&frames[i]));
		assert_int_equal(sound_out_mend(path[i]), ERR_OK);
		assert_true(check_file(path[i], 1) + RATE_HZ > atomic_load(&frames[i]));
	}
	munmap(frames, CRASHES * sizeof *frames);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_crash_costs_a_recording_its_last_second_at_most),
	    cmocka_unit_test(a_list_of_files_is_heard_one_after_the_other),
	    cmocka_unit_test(each_file_is_as_loud_as_somebody_wants_it),
	    cmocka_unit_test(a_late_disk_is_not_the_end),
	    cmocka_unit_test(a_loop_goes_on_and_on),
	    cmocka_unit_test(a_file_that_cannot_be_read_is_skipped_and_named),
	    cmocka_unit_test(a_loop_without_any_sound_ends),
	    cmocka_unit_test(after_a_seek_nothing_old_is_heard),
	    cmocka_unit_test(what_is_freed_while_it_is_read_ahead_is_gone),
	    cmocka_unit_test(what_makes_no_sense_is_refused),
	    cmocka_unit_test(a_recording_is_complete_when_it_says_so),
	    cmocka_unit_test(what_finds_no_room_is_dropped_and_counted),
	    cmocka_unit_test(a_limit_ends_a_recording_exactly_there),
	    cmocka_unit_test(up_to_the_limit_is_no_failure),
	    cmocka_unit_test(a_full_disk_is_reported_and_the_file_is_good),
	    cmocka_unit_test(a_file_that_cannot_be_made_is_reported),
	    cmocka_unit_test(recordings_end_with_the_thread),
	    cmocka_unit_test(many_tapes_at_once_each_get_their_own),
	};

	return cmocka_run_group_tests_name("sound/tapes", tests, files_open, files_close);
}
