/* sound/sound_out.c: recordings that are true while they grow, whatever ends them. */
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/random.h"
#include "files.h"
#include "sound/sound_out.h"

enum { RATE_HZ = 8000, FRAME = RATE_HZ / 50, ROOM = 1 << 20 };

static int16_t pcm[ROOM];

/* Something that tells its place. */
static int16_t
sample(uint64_t i)
{
	return (int16_t)(i * 40503 + i / 65536 * 7);
}

static void
make_samples(int16_t *out, uint64_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = sample(from + i);
}

/* Opens the file with libsndfile; returns its frames, which are the samples from 0 on. */
static uint64_t
check_file(const char *path, uint32_t rate_hz, uint32_t channels)
{
	SF_INFO info = {0};
	SNDFILE *file = sf_open(path, SFM_READ, &info);
	uint64_t frames;

	if (!file)
		fail_msg("%s: %s", path, sf_strerror(NULL));
	assert_int_equal(info.samplerate, rate_hz);
	assert_int_equal(info.channels, channels);
	assert_int_equal(info.format, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
	assert_true((size_t)info.frames * channels <= ROOM);
	frames = (uint64_t)sf_readf_short(file, pcm, info.frames);
	assert_int_equal(frames, info.frames);
	sf_close(file);
	for (uint64_t i = 0; i < frames * channels; i++)
		if (pcm[i] != sample(i))
			fail_msg("sample %llu is another one", (unsigned long long)i);
	return frames;
}

static struct sound_out *
open_new(const char *path, uint32_t rate_hz, uint32_t channels)
{
	struct sound_out *s;

	unlink(path);
	assert_int_equal(sound_out_open(path, rate_hz, channels, &s), ERR_OK);
	return s;
}

/* Writes frames from `from` on, 20 ms of them. */
static enum err
write_some(struct sound_out *s, uint64_t from, size_t n_frames, uint32_t channels)
{
	int16_t some[2 * 48000];

	make_samples(some, from * channels, n_frames * channels);
	return sound_out_write(s, some, n_frames);
}

/* What the header says, in bytes of sound. */
static uint32_t
told_bytes(const char *path)
{
	unsigned char head[SOUND_OUT_HEADER_BYTES];

	assert_true(files_get(path, head, sizeof head) >= sizeof head);
	return head[40] | (uint32_t)head[41] << 8 | (uint32_t)head[42] << 16 |
	       (uint32_t)head[43] << 24;
}

static void
what_was_recorded_is_in_the_file(void **state)
{
	static const uint32_t rates_hz[] = {8000, 16000, 44100, 48000};

	for (size_t r = 0; r < 4; r++)
		for (uint32_t channels = 1; channels <= 2; channels++) {
			const char *path = files_path("whole.wav");
			struct sound_out *s = open_new(path, rates_hz[r], channels);
			size_t frame = rates_hz[r] / 50;
			struct stat st;

			for (size_t i = 0; i < 75; i++)
				assert_int_equal(write_some(s, i * frame, frame, channels), ERR_OK);
			assert_int_equal(sound_out_length_ms(s), 1500);
			assert_int_equal(sound_out_bytes(s), 44 + 75 * frame * channels * 2);
			assert_int_equal(sound_out_close(s), ERR_OK);
			assert_int_equal(check_file(path, rates_hz[r], channels), 75 * frame);
			assert_int_equal(stat(path, &st), 0);
			assert_int_equal(st.st_mode & 07777, 0600);
			assert_int_equal(st.st_size, 44 + 75 * frame * channels * 2);
		}
}

static void
the_header_is_true_each_second_and_when_asked(void **state)
{
	const char *path = files_path("true.wav");
	struct sound_out *s = open_new(path, RATE_HZ, 1);

	assert_int_equal(check_file(path, RATE_HZ, 1), 0);
	for (size_t i = 0; i < 500; i++) {
		assert_int_equal(write_some(s, i * FRAME, FRAME, 1), ERR_OK);
		assert_true(told_bytes(path) / 2 + RATE_HZ > (i + 1) * FRAME);
	}
	assert_int_equal(write_some(s, 500 * FRAME, FRAME, 1), ERR_OK);
	assert_int_equal(sound_out_flush(s), ERR_OK);
	assert_int_equal(check_file(path, RATE_HZ, 1), 501 * FRAME);
	assert_int_equal(sound_out_close(s), ERR_OK);
}

static void
nothing_that_is_there_is_written_over(void **state)
{
	struct sound_out *s;

	files_put(files_path("there.wav"), "mine", 4);
	unlink(files_path("link.wav"));
	assert_int_equal(symlink(files_path("not-there"), files_path("link.wav")), 0);
	assert_int_equal(sound_out_open(files_path("there.wav"), RATE_HZ, 1, &s), ERR_EXISTS);
	assert_int_equal(sound_out_open(files_path("link.wav"), RATE_HZ, 1, &s), ERR_EXISTS);
	assert_int_equal(access(files_path("not-there"), F_OK), -1);
	assert_int_equal(files_get(files_path("there.wav"), pcm, 4), 4);
	assert_memory_equal(pcm, "mine", 4);
	assert_int_equal(sound_out_open("/tmp/no/such/folder.wav", 8000, 1, &s), ERR_NOT_FOUND);
	assert_int_equal(sound_out_open(files_path("new.wav"), 0, 1, &s), ERR_INVALID);
	assert_int_equal(sound_out_open(files_path("new.wav"), 8000, 0, &s), ERR_INVALID);
	assert_int_equal(sound_out_open(files_path("new.wav"), 8000, 3, &s), ERR_INVALID);
	assert_int_equal(sound_out_open(files_path("new.wav"), 200000, 1, &s), ERR_INVALID);
}

/* ---- crashes ---- */

/* Records without end, and says how far it is. */
static void
record_until_killed(const char *path, uint32_t channels, _Atomic uint64_t *frames)
{
	struct sound_out *s;

	if (sound_out_open(path, RATE_HZ, channels, &s) != ERR_OK)
		_exit(1);
	for (uint64_t at = 0; at < 400000; at += FRAME) {
		if (write_some(s, at, FRAME, channels) != ERR_OK)
			_exit(2);
		atomic_store(frames, at + FRAME);
	}
	for (;;)
		pause();
}

static void
kill_after(uint64_t n_frames, uint32_t channels, _Atomic uint64_t *frames)
{
	const char *path = files_path("killed.wav");
	uint64_t written, held;
	struct stat st;
	pid_t child;
	int status;

	unlink(path);
	atomic_store(frames, 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		record_until_killed(path, channels, frames);
	while (atomic_load(frames) < n_frames)
		if (waitpid(child, &status, WNOHANG) == child)
			fail_msg("the recorder ended by itself");
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	written = atomic_load(frames);

	held = check_file(path, RATE_HZ, channels);
	assert_true(held + RATE_HZ > written);
	assert_int_equal(sound_out_mend(path), ERR_OK);
	held = check_file(path, RATE_HZ, channels);
	assert_in_range(held, written, written + FRAME); /* it died between writing and saying so */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 44 + held * channels * 2);
}

static void
a_killed_recorder_leaves_all_but_the_last_second(void **state)
{
	_Atomic uint64_t *frames =
	    mmap(NULL, sizeof *frames, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct rng rng;

	assert_true(frames != MAP_FAILED);
	rng_init_system(&rng);
	for (int i = 0; i < 12; i++)
		kill_after(1 + rng_below(&rng, 390000), 1 + (uint32_t)i % 2, frames);
	kill_after(1, 1, frames);
	munmap(frames, sizeof *frames);
}

static void
mending_drops_half_a_frame_and_tells_the_rest(void **state)
{
	for (uint32_t channels = 1; channels <= 2; channels++)
		for (size_t cut = 0; cut < 5; cut++) {
			const char *path = files_path("half.wav");
			struct sound_out *s = open_new(path, RATE_HZ, channels);
			size_t whole = (RATE_HZ * 2 * channels - cut) / (2 * channels);

			assert_int_equal(write_some(s, 0, RATE_HZ, channels), ERR_OK);
			assert_int_equal(sound_out_close(s), ERR_OK);
			files_cut(path, 44 + RATE_HZ * 2 * channels - cut);
			assert_int_equal(sound_out_mend(path), ERR_OK);
			assert_int_equal(told_bytes(path), whole * 2 * channels);
			assert_int_equal(check_file(path, RATE_HZ, channels), whole);
			assert_int_equal(
			    files_get(path, pcm, sizeof pcm), 44 + whole * 2 * channels);
			assert_int_equal(sound_out_mend(path), ERR_OK);
			assert_int_equal(check_file(path, RATE_HZ, channels), whole);
		}
}

static void
what_is_not_ours_is_not_mended(void **state)
{
	char before[4000], after[4000];
	size_t n;

	assert_int_equal(sound_out_mend(files_path("nobody")), ERR_NOT_FOUND);
	assert_int_equal(sound_out_mend("/tmp"), ERR_UNSUPPORTED);
	files_put(files_path("short.wav"), "RIFF....WAVEfmt ", 16);
	assert_int_equal(sound_out_mend(files_path("short.wav")), ERR_MALFORMED);
	make_samples(pcm, 0, 1000);
	files_write(files_path("float.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 8000, 1, pcm, 500);
	n = files_get(files_path("float.wav"), before, sizeof before);
	assert_int_equal(sound_out_mend(files_path("float.wav")), ERR_MALFORMED);
	assert_int_equal(files_get(files_path("float.wav"), after, sizeof after), n);
	assert_memory_equal(before, after, n);
	unlink(files_path("link2.wav"));
	assert_int_equal(symlink(files_path("float.wav"), files_path("link2.wav")), 0);
	assert_int_equal(sound_out_mend(files_path("link2.wav")), ERR_UNSUPPORTED);
	assert_int_equal(mkfifo(files_path("pipe.wav"), 0600), 0);
	assert_int_equal(sound_out_mend(files_path("pipe.wav")), ERR_UNSUPPORTED);
}

/* ---- no room ---- */

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Each length of the last piece that finds room. */
static void
a_full_disk_leaves_a_good_file(void **state)
{
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);

	for (size_t more = 0; more < 5; more++) {
		const char *path = files_path("full.wav");
		struct sound_out *s = open_new(path, RATE_HZ, 2);
		uint64_t at = 0, held;
		enum err e, again;

		limit_files(100000 + more);
		while ((e = write_some(s, at, FRAME, 2)) == ERR_OK)
			at += FRAME;
		again = write_some(s, at, FRAME, 2);
		limit_files(RLIM_INFINITY);
		assert_int_equal(e, ERR_FULL);
		assert_int_equal(again, ERR_FULL);
		held = check_file(path, RATE_HZ, 2);
		assert_int_equal(held, (100000 + more - 44) / 4);
		assert_int_equal(sound_out_bytes(s), 44 + held * 4);
		assert_int_equal(sound_out_close(s), ERR_FULL);
		assert_int_equal(check_file(path, RATE_HZ, 2), held);
		assert_int_equal(files_get(path, pcm, sizeof pcm), 44 + held * 4);
	}
	signal(SIGXFSZ, before);
}

static void
where_there_is_no_room_at_all_no_file_is_left(void **state)
{
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	struct sound_out *s;
	enum err e;

	limit_files(10);
	e = sound_out_open(files_path("none.wav"), RATE_HZ, 1, &s);
	limit_files(RLIM_INFINITY);
	signal(SIGXFSZ, before);
	assert_int_equal(e, ERR_FULL);
	assert_int_equal(access(files_path("none.wav"), F_OK), -1);
}

/* In a sparse file, since nobody has time for four gigabytes. */
static void
four_gigabytes_are_the_end(void **state)
{
	const char *path = files_path("huge.wav");
	struct sound_out *s = open_new(path, RATE_HZ, 1);
	struct stat st;

	assert_int_equal(sound_out_close(s), ERR_OK);
	assert_int_equal(truncate(path, (off_t)UINT32_MAX + 100), 0);
	assert_int_equal(sound_out_mend(path), ERR_TOO_BIG);
	assert_int_equal(truncate(path, (off_t)UINT32_MAX - 8), 0);
	assert_int_equal(sound_out_mend(path), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(told_bytes(path), st.st_size - 44);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_recorded_is_in_the_file),
	    cmocka_unit_test(the_header_is_true_each_second_and_when_asked),
	    cmocka_unit_test(nothing_that_is_there_is_written_over),
	    cmocka_unit_test(a_killed_recorder_leaves_all_but_the_last_second),
	    cmocka_unit_test(mending_drops_half_a_frame_and_tells_the_rest),
	    cmocka_unit_test(what_is_not_ours_is_not_mended),
	    cmocka_unit_test(a_full_disk_leaves_a_good_file),
	    cmocka_unit_test(where_there_is_no_room_at_all_no_file_is_left),
	    cmocka_unit_test(four_gigabytes_are_the_end),
	};

	return cmocka_run_group_tests_name("sound/sound_out", tests, files_open, files_close);
}
