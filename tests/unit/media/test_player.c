/* media/player.c: a loop that is heard on several threads is at one place (MOH-1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "media/player_int.h"
#include "sound/sound_out.h"

enum { SECONDS = 10, PER_STEP = 4, NEAR_MS = 100, PATIENCE = 5000 };

static char path[64];
static uint64_t ticks;

static void
nap(long ms)
{
	struct timespec ts = {.tv_nsec = ms * 1000000};

	nanosleep(&ts, NULL);
}

/* A file whose samples tell their place. */
static int
write_file(void **state)
{
	static int16_t pcm[SECONDS * MEDIA_NARROW_HZ];
	struct sound_out *out;

	for (size_t i = 0; i < sizeof pcm / sizeof pcm[0]; i++)
		pcm[i] = (int16_t)(i / PER_STEP + 1);
	snprintf(path, sizeof path, "/tmp/player-%d.wav", getpid());
	if (sound_out_open(path, MEDIA_NARROW_HZ, 1, &out) != ERR_OK)
		return -1;
	return sound_out_write(out, pcm, sizeof pcm / sizeof pcm[0]) != ERR_OK ||
	       sound_out_close(out) != ERR_OK;
}

static int
remove_file(void **state)
{
	return unlink(path);
}

/* Where it is, as is heard next; the disk may be late. */
static int64_t
hear_ms(struct player *p)
{
	for (int i = 0; i < PATIENCE; i++) {
		const struct feed *f = player_feed(p, ++ticks);

		if (f->pcm[f->n - 1])
			return (int64_t)f->pcm[f->n - 1] * PER_STEP * 1000 / MEDIA_NARROW_HZ;
		nap(1);
	}
	fail_msg("nothing is heard");
	return 0;
}

static void
who_begins_or_comes_back_on_another_thread_is_where_the_others_are(void **state)
{
	const char *paths = path;
	struct media_sound_params params = {.paths = &paths,
	    .n_paths = 1,
	    .loop = true,
	    .shared = true,
	    .rate_hz = MEDIA_NARROW_HZ};
	struct player_control control;
	struct player one, other;
	struct tapes *tapes;
	int64_t at = 0;

	assert_int_equal(tapes_new(&tapes), ERR_OK);
	player_control_init(&control, 0);
	assert_int_equal(player_init(&one, &control, tapes, &params), ERR_OK);
	while (at < 2000)
		at = hear_ms(&one);
	assert_int_equal(player_init(&other, &control, tapes, &params), ERR_OK);
	assert_in_range(hear_ms(&other) - at + NEAR_MS, 0, 2 * NEAR_MS);

	/* nobody listens there for a while */
	while (at < 4000)
		at = hear_ms(&one);
	nap(300);
	assert_in_range(hear_ms(&other) - at + NEAR_MS, 0, 2 * NEAR_MS);
	assert_in_range(hear_ms(&one) - at, 0, NEAR_MS); /* who plays on is not moved */
	player_fini(&one);
	player_fini(&other);
	tapes_free(tapes);
}

static void
it_is_as_loud_as_it_was_made_for_and_then_as_somebody_wants_it(void **state)
{
	const char *paths = path;
	struct media_sound_params params = {
	    .paths = &paths, .n_paths = 1, .gain_db = -6, .rate_hz = MEDIA_NARROW_HZ};
	struct player_control control;
	struct tapes *tapes;
	struct player p;
	int64_t at;

	assert_int_equal(tapes_new(&tapes), ERR_OK);
	player_control_init(&control, params.gain_db);
	assert_int_equal(player_init(&p, &control, tapes, &params), ERR_OK);
	do
		at = hear_ms(&p);
	while (at < 500); /* by its samples: half of where it is */
	player_control_set(&control, &(struct media_sound_control){.gain_db = 0});
	assert_in_range(hear_ms(&p), 980, 1060);
	player_fini(&p);
	tapes_free(tapes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_begins_or_comes_back_on_another_thread_is_where_the_others_are),
	    cmocka_unit_test(it_is_as_loud_as_it_was_made_for_and_then_as_somebody_wants_it),
	};

	return cmocka_run_group_tests(tests, write_file, remove_file);
}
