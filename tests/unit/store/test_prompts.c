/* store/prompts.c: which prompts have files of their own, and that files and rows agree after a
 * crash. */
#include <fcntl.h>
#include <sys/stat.h>
#include <utime.h>

#include "fixture.h"
#include "store/prompts.h"

static int changes;

static void
on_change(void *ctx, const struct store_change *change)
{
	if (change->entity == &model_prompt)
		changes++;
}

static const char *
file_of(const struct fixture *f, const char *name)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/prompts/de/%s", f->dir, name);
	return path;
}

/* old: it has lain there for an hour. */
static void
make_file(const struct fixture *f, const char *name, bool old)
{
	const struct utimbuf hour_ago = {time(NULL) - 3600, time(NULL) - 3600};
	char path[200];
	int fd;

	snprintf(path, sizeof path, "%s/prompts", f->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/prompts/de", f->dir);
	mkdir(path, 0700);
	fd = open(file_of(f, name), O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	if (old)
		assert_int_equal(utime(file_of(f, name), &hour_ago), 0);
}

static bool
is_there(const struct fixture *f, const char *name)
{
	return access(file_of(f, name), F_OK) == 0;
}

static void
set(struct fixture *f, enum prompt p, uint64_t version)
{
	struct store_prompt one = {.prompt = p,
	    .language = PROMPT_DE,
	    .version = version,
	    .replaced_at = 1000,
	    .length_ms = 250,
	    .file_name = "Ansage \xc3\xa4.mp3"};

	assert_int_equal(store_prompt_set(f->store, &one), ERR_OK);
}

struct seen {
	struct store_prompt last;
	int n;
};

static void
see(void *ctx, const struct store_prompt *p)
{
	struct seen *s = ctx;

	s->last = *p;
	s->n++;
}

static struct seen
all(struct fixture *f)
{
	struct seen s = {0};

	assert_int_equal(store_prompts_each(f->store, see, &s), ERR_OK);
	return s;
}

static void
a_prompt_is_replaced_again_and_put_back_and_everybody_is_told(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	changes = 0;
	store_on_change(f->store, on_change, NULL);
	set(f, PROMPT_DONE, 17);
	set(f, PROMPT_DONE, 18);
	s = all(f);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.last.version, 18);
	assert_int_equal(s.last.prompt, PROMPT_DONE);
	assert_int_equal(s.last.length_ms, 250);
	assert_string_equal(s.last.file_name, "Ansage \xc3\xa4.mp3");
	assert_int_equal(store_prompt_reset(f->store, PROMPT_DONE, PROMPT_EN), ERR_NOT_FOUND);
	assert_int_equal(store_prompt_reset(f->store, PROMPT_DONE, PROMPT_DE), ERR_OK);
	assert_int_equal(store_prompt_reset(f->store, PROMPT_DONE, PROMPT_DE), ERR_NOT_FOUND);
	assert_int_equal(all(f).n, 0);
	assert_int_equal(changes, 3);
}

static void
files_that_no_row_names_go_but_not_before_every_snapshot_has_forgotten_them(void **state)
{
	struct fixture *f = *state;

	set(f, PROMPT_DONE, 18);
	make_file(f, "done-18.wav", true);
	make_file(f, "done-17.wav", true);
	make_file(f, "done-16.wav", false);
	make_file(f, "upload-Ab3xYz", true);
	store_prompts_sweep(f->store, f->dir);
	assert_true(is_there(f, "done-18.wav"));
	assert_false(is_there(f, "done-17.wav"));
	assert_true(is_there(f, "done-16.wav"));
	assert_false(is_there(f, "upload-Ab3xYz"));
	assert_int_equal(store_prompts_check(f->store, f->dir), ERR_OK); /* nobody plays yet */
	assert_true(is_there(f, "done-18.wav"));
	assert_false(is_there(f, "done-16.wav"));
	assert_int_equal(all(f).n, 1);
}

static void
a_row_whose_file_is_gone_gives_way_at_the_start(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	set(f, PROMPT_DONE, 18);
	set(f, PROMPT_GOODBYE, 19);
	make_file(f, "goodbye-19.wav", false);
	assert_int_equal(store_prompts_check(f->store, f->dir), ERR_OK);
	s = all(f);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.last.prompt, PROMPT_GOODBYE);
}

/* And the files that the test has made. */
static int
teardown(void **state)
{
	struct fixture *f = *state;
	char path[200];

	unlink(file_of(f, "done-18.wav"));
	unlink(file_of(f, "goodbye-19.wav"));
	snprintf(path, sizeof path, "%s/prompts/de", f->dir);
	rmdir(path);
	snprintf(path, sizeof path, "%s/prompts", f->dir);
	rmdir(path);
	return fixture_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_prompt_is_replaced_again_and_put_back_and_everybody_is_told, fixture_setup,
		teardown),
	    cmocka_unit_test_setup_teardown(
		files_that_no_row_names_go_but_not_before_every_snapshot_has_forgotten_them,
		fixture_setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_row_whose_file_is_gone_gives_way_at_the_start, fixture_setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
