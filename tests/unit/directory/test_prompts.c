/* directory/prompts.c: which file says what, to whom. */
#include "../store/fixture.h"
#include "directory/prompts.h"
#include "store/prompts.h"

static const struct prompt_folders folders = {"/sounds", "/data"};

static struct directory *
build(struct store *s)
{
	struct directory *d = NULL;

	assert_int_equal(directory_build(s, &d), ERR_OK);
	return d;
}

static void
an_upload_is_played_from_the_next_snapshot_on(void **state)
{
	const enum prompt say[] = {PROMPT_DONE, PROMPT_GOODBYE, PROMPT_NUMBER_21};
	struct store_prompt own = {.prompt = PROMPT_GOODBYE, .language = PROMPT_EN, .version = 17};
	struct fixture *f = *state;
	struct directory *d = build(f->store), *next;
	const char *paths[3];
	struct arena arena;

	arena_init(&arena, "test", 256, 65536);
	assert_int_equal(store_prompt_set(f->store, &own), ERR_OK);
	assert_int_equal(dir_prompt_paths(d, &folders, PROMPT_EN, say, 2, &arena, paths), ERR_OK);
	assert_string_equal(paths[0], "/sounds/prompts/en/done.wav");
	assert_string_equal(paths[1], "/sounds/prompts/en/goodbye.wav");
	assert_true(directory_depends_on(&model_prompt));
	next = build(f->store);
	assert_int_equal(
	    dir_prompt_paths(next, &folders, PROMPT_EN, say, 3, &arena, paths), ERR_OK);
	assert_string_equal(paths[0], "/sounds/prompts/en/done.wav");
	assert_string_equal(paths[1], "/data/prompts/en/goodbye-17.wav");
	assert_string_equal(paths[2], "/sounds/prompts/de/number-21.wav"); /* English has none */
	assert_int_equal(
	    dir_prompt_paths(next, &folders, PROMPT_DE, say, 2, &arena, paths), ERR_OK);
	assert_string_equal(paths[1], "/sounds/prompts/de/goodbye.wav");
	arena_fini(&arena);
	directory_free(d);
	directory_free(next);
}

static void
everybody_is_spoken_to_in_his_language_and_strangers_in_the_servers(void **state)
{
	const struct dir_user english = {.language = SLICE("en")}, none = {.language = SLICE("fr")};
	struct fixture *f = *state;
	struct directory *d = build(f->store);

	assert_string_equal(dir_settings(d)->language, "de");
	assert_int_equal(dir_prompt_language(d, &english), PROMPT_EN);
	assert_int_equal(dir_prompt_language(d, &none), PROMPT_DE);
	assert_int_equal(dir_prompt_language(d, NULL), PROMPT_DE);
	directory_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		an_upload_is_played_from_the_next_snapshot_on, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		everybody_is_spoken_to_in_his_language_and_strangers_in_the_servers, fixture_setup,
		fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
