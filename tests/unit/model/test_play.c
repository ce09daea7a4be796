/* model/play.h: what a call carries in the place of a number when the page has something played. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/play.h"
#include "model/voicemail.h"

static void
each_kind_comes_back_as_it_was_written(void **state)
{
	for (int kind = 0; kind < PLAY_KINDS_N; kind++) {
		struct play p = {(enum play_kind)kind, INT64_MAX - kind, VOICEMAIL_GREETING_AWAY};
		struct play back = {0};
		char name[PLAY_NAME_BYTES];

		play_write(&p, name);
		assert_true(play_read(slice_cstr(name), &back));
		assert_int_equal(back.kind, p.kind);
		assert_int_equal(back.id, p.id);
		assert_int_equal(back.greeting, p.greeting);
	}
	assert_true(play_is_spoken(PLAY_SPEAK) && play_is_spoken(PLAY_GREET_OWN));
	assert_false(play_is_spoken(PLAY_MESSAGE) || play_is_spoken(PLAY_MUSIC));
}

static void
what_is_no_such_name_is_refused(void **state)
{
	static const char *const none[] = {"", "101", "*9", "music", "music:", "music:7", "music:.",
	    "music:7.", "music:x.0", "music:7.3", "music:-7.0", "Music:7.0", "jazz:7.0",
	    "music:9223372036854775808.0", "music:7.0.0", "music:7.0 "};
	struct play p;

	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_false(play_read(slice_cstr(none[i]), &p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_comes_back_as_it_was_written),
	    cmocka_unit_test(what_is_no_such_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
