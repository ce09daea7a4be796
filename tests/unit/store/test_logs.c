/* SRV-10: the log on disk: whole lines, bounded size, read from its end through compressed files.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "store/log_file.h"

static char dir[64];

static int
setup(void **state)
{
	snprintf(dir, sizeof dir, "/tmp/strowger-log-XXXXXX");
	log_set_level(LOG_INFO);
	return mkdtemp(dir) ? 0 : -1;
}

static int
teardown(void **state)
{
	char command[96];

	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command) == 0 ? 0 : -1;
}

static struct log_file *
begin(uint64_t file_bytes, uint32_t files)
{
	struct log_file_limits limits = {file_bytes, files};
	struct log_file *lf;

	assert_int_equal(log_file_new(&lf, dir, &limits), ERR_OK);
	assert_int_equal(log_file_start(lf), ERR_OK);
	return lf;
}

static json_t *
lines(struct log_file *lf, struct log_query q, struct log_position *before)
{
	struct log_position ignored;
	json_t *items;

	if (!q.limit)
		q.limit = 1000;
	if (!q.level)
		q.level = LOG_TRACE;
	log_file_flush(lf);
	assert_int_equal(log_file_read(lf, &q, &items, before ? before : &ignored), ERR_OK);
	return items;
}

static const char *
text_of(const json_t *items, size_t i, const char *field)
{
	return json_string_value(json_object_get(json_array_get(items, i), field));
}

static void
the_newest_line_comes_first_with_its_parts(void **state)
{
	struct log_file *lf = begin(1 << 20, 5);
	json_t *items;

	log_info(CALL, "the first");
	log_warn(SIP, "the second\nwith a second line");
	items = lines(lf, (struct log_query){0}, NULL);
	assert_int_equal(json_array_size(items), 2);
	assert_string_equal(text_of(items, 0, "text"), "the second with a second line");
	assert_string_equal(text_of(items, 0, "component"), "sip");
	assert_string_equal(text_of(items, 0, "level"), "warn");
	assert_string_equal(text_of(items, 1, "text"), "the first");
	assert_int_equal(strlen(text_of(items, 1, "at")), 24);
	json_decref(items);
	log_file_close(lf);
}

static void
components_levels_and_words_narrow(void **state)
{
	struct log_file *lf = begin(1 << 20, 5);
	json_t *items;

	log_info(CALL, "Anna calls Bernd");
	log_warn(CALL, "Anna's voice is lost");
	log_warn(MEDIA, "voice is late");
	items = lines(lf, (struct log_query){.components = 1u << LOG_SUB_CALL}, NULL);
	assert_int_equal(json_array_size(items), 2);
	json_decref(items);
	items = lines(lf, (struct log_query){.level = LOG_WARN}, NULL);
	assert_int_equal(json_array_size(items), 2);
	json_decref(items);
	items = lines(lf, (struct log_query){.search = SLICE("VOICE anna")}, NULL);
	assert_int_equal(json_array_size(items), 1);
	json_decref(items);
	log_file_close(lf);
}

static void
one_component_can_say_more_than_the_others(void **state)
{
	struct log_file *lf = begin(1 << 20, 5);
	json_t *items;

	log_debug(SIP, "not yet");
	log_set_sub_level(LOG_SUB_SIP, LOG_DEBUG);
	log_debug(SIP, "now");
	log_debug(NET, "not this");
	items = lines(lf, (struct log_query){0}, NULL);
	assert_int_equal(json_array_size(items), 1);
	assert_string_equal(text_of(items, 0, "text"), "now");
	json_decref(items);
	log_file_close(lf);
}

/* Some 60 bytes a line. */
static void
write_many(struct log_file *lf, int first, int n)
{
	for (int i = first; i < first + n; i++) {
		log_info(CALL, "line number %d", i);
		if (i % 500 == 0)
			log_file_flush(lf);
	}
	log_file_flush(lf);
}

static void
old_files_are_compressed_and_the_oldest_go(void **state)
{
	struct log_file *lf = begin(20000, 3);
	char path[128];

	write_many(lf, 0, 4000);
	log_file_close(lf);
	snprintf(path, sizeof path, "%s/strowger.log", dir);
	assert_int_equal(access(path, F_OK), 0);
	snprintf(path, sizeof path, "%s/strowger-000001.log.zst", dir);
	assert_int_not_equal(access(path, F_OK), 0);
	snprintf(path, sizeof path, "ls '%s' | wc -l | grep -qx 3", dir);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof path, "ls '%s' | grep -c zst | grep -qx 2", dir);
	assert_int_equal(system(path), 0);
}

static void
paging_backwards_through_old_files_finds_each_line_once(void **state)
{
	struct log_file *lf = begin(20000, 50);
	struct log_position before = {0};
	int expected = 2999;

	write_many(lf, 0, 3000);
	do {
		json_t *items =
		    lines(lf, (struct log_query){.limit = 70, .before = before}, &before);

		for (size_t i = 0; i < json_array_size(items); i++, expected--) {
			char text[40];

			snprintf(text, sizeof text, "line number %d", expected);
			assert_string_equal(text_of(items, i, "text"), text);
		}
		json_decref(items);
	} while (before.file);
	assert_int_equal(expected, -1);
	log_file_close(lf);
}

static void
who_follows_gets_only_what_came_after(void **state)
{
	struct log_file *lf = begin(20000, 50);
	struct log_query q = {0};
	json_t *items;

	log_info(CALL, "before");
	items = lines(lf, q, NULL);
	assert_int_equal(
	    log_position_parse(slice_cstr(text_of(items, 0, "position")), &q.after), ERR_OK);
	json_decref(items);
	write_many(lf, 0, 800); /* into the next file, and the one after */
	items = lines(lf, q, NULL);
	assert_int_equal(json_array_size(items), 800);
	assert_string_equal(text_of(items, 799, "text"), "line number 0");
	json_decref(items);
	log_file_close(lf);
}

static void
half_a_line_of_a_crash_is_cut_off(void **state)
{
	struct log_file *lf = begin(1 << 20, 5);
	char path[96];
	json_t *items;
	FILE *f;

	log_info(CALL, "whole");
	log_file_close(lf);
	snprintf(path, sizeof path, "%s/strowger.log", dir);
	f = fopen(path, "a");
	assert_non_null(f);
	fputs("2026-01-31T12:00:00.123Z info  call      hal", f);
	fclose(f);
	lf = begin(1 << 20, 5);
	log_info(CALL, "next");
	items = lines(lf, (struct log_query){0}, NULL);
	assert_int_equal(json_array_size(items), 2);
	assert_string_equal(text_of(items, 0, "text"), "next");
	assert_string_equal(text_of(items, 1, "text"), "whole");
	json_decref(items);
	log_file_close(lf);
}

static void
what_a_crash_left_uncompressed_is_compressed_at_the_next_start(void **state)
{
	struct log_file *lf = begin(1 << 20, 5);
	char path[96], plain[96];

	log_info(CALL, "old");
	log_file_close(lf);
	snprintf(path, sizeof path, "%s/strowger.log", dir);
	snprintf(plain, sizeof plain, "%s/strowger-000001.log", dir);
	assert_int_equal(rename(path, plain), 0);
	lf = begin(1 << 20, 5);
	log_info(CALL, "new");
	json_t *items = lines(lf, (struct log_query){0}, NULL);
	assert_int_equal(json_array_size(items), 2);
	json_decref(items);
	log_file_close(lf);
	assert_int_not_equal(access(plain, F_OK), 0);
}

/* A disk that is full looks like a file that may not grow. */
static void
lines_that_the_disk_refuses_are_counted_and_the_rest_stays_whole(void **state)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct log_file_limits limits = {1 << 20, 5};
		struct log_file *lf;
		char tiny[128];

		snprintf(tiny, sizeof tiny, "%s/tiny", dir);
		if (mkdir(tiny, 0700) != 0 || unshare(CLONE_NEWNS) != 0 ||
		    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		    mount("tmpfs", tiny, "tmpfs", 0, "size=8k") != 0)
			_exit(77);
		if (log_file_new(&lf, tiny, &limits) != ERR_OK || log_file_start(lf) != ERR_OK)
			_exit(1);
		write_many(lf, 0, 1000);
		if (log_file_lost(lf) < 100)
			_exit(2);
		json_t *items = lines(lf, (struct log_query){0}, NULL);
		for (size_t i = 0; i < json_array_size(items); i++)
			if (strncmp(text_of(items, i, "text"), "line number ", 12) != 0)
				_exit(3);
		json_decref(items);
		log_file_close(lf);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		fail_msg("a file system of its own cannot be mounted here");
	assert_int_equal(status, 0);
}

static void
a_directory_that_cannot_be_used_loses_lines_and_nothing_else(void **state)
{
	struct log_file_limits limits = {1 << 20, 5};
	struct log_file *lf;

	assert_int_equal(log_file_new(&lf, "/proc/nothing/here", &limits), ERR_OK);
	assert_int_equal(log_file_start(lf), ERR_OK);
	log_info(CALL, "into the void");
	log_file_flush(lf);
	assert_true(log_file_lost(lf) >= 1);
	log_file_close(lf);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(the_newest_line_comes_first_with_its_parts),
	    T(components_levels_and_words_narrow),
	    T(one_component_can_say_more_than_the_others),
	    T(old_files_are_compressed_and_the_oldest_go),
	    T(paging_backwards_through_old_files_finds_each_line_once),
	    T(who_follows_gets_only_what_came_after),
	    T(half_a_line_of_a_crash_is_cut_off),
	    T(what_a_crash_left_uncompressed_is_compressed_at_the_next_start),
	    T(lines_that_the_disk_refuses_are_counted_and_the_rest_stays_whole),
	    T(a_directory_that_cannot_be_used_loses_lines_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
