/* What was confirmed survives kill -9: a child commits and says so over a pipe until it is
 * killed in the middle; every row it spoke of must be there. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "fixture.h"

enum { ROUNDS = 6, CONFIRMED_BEFORE_KILL = 15 };

static void
write_for_ever(const char *path, int pipe_fd, int round)
{
	struct store *s;
	char why[400], text[64];

	if (store_open(path, &s, why, sizeof why) != ERR_OK)
		_exit(1);
	for (uint32_t i = 0;; i++) {
		json_t *in, *row = NULL;

		snprintf(text, sizeof text, "r%d-%u", round, i);
		in = json_pack("{s:s}", "name", text);
		if (store_create(s, &model_phone, in, &row, NULL) != ERR_OK)
			_exit(2);
		json_decref(in);
		json_decref(row);
		if (write(pipe_fd, &i, sizeof i) != sizeof i)
			_exit(3);
	}
}

static void
confirmed_rows_survive_kill_9(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	f->store = NULL;
	for (int round = 0; round < ROUNDS; round++) {
		int fd[2], status;
		uint32_t i = 0, last = 0;
		char name[64];
		pid_t child;

		assert_int_equal(pipe(fd), 0);
		fflush(NULL);
		child = fork();
		if (child == 0) {
			close(fd[0]);
			write_for_ever(f->path, fd[1], round);
		}
		close(fd[1]);
		while (last < CONFIRMED_BEFORE_KILL + (uint32_t)round &&
		       read(fd[0], &i, sizeof i) == sizeof i)
			last = i;
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		while (read(fd[0], &i, sizeof i) == sizeof i)
			last = i;
		close(fd[0]);
		fixture_open(f);
		for (i = 0; i <= last; i++) {
			json_t *row = NULL;

			snprintf(name, sizeof name, "r%d-%u", round, i);
			if (store_find(f->store, &model_phone, "name", name, &row) != ERR_OK)
				fail_msg("%s was confirmed and is gone", name);
			json_decref(row);
		}
		store_close(f->store);
		f->store = NULL;
	}
}

/* A child whose files may not grow stands for a full disk: it is told ERR_IO, goes on
 * reading, and what was confirmed before stays. */
static void
write_until_full(const char *path)
{
	struct rlimit limit = {400 * 1024, 400 * 1024}; /* an empty database has 250 KB */
	struct store *s;
	char why[400], text[128];
	json_t *row = NULL;

	signal(SIGXFSZ, SIG_IGN);
	if (store_open(path, &s, why, sizeof why) != ERR_OK || setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(1);
	for (int i = 0; i < 10000; i++) {
		json_t *in;
		enum err e;

		snprintf(text, sizeof text, "full-%d", i);
		in = json_pack("{s:s}", "name", text);
		e = store_create(s, &model_phone, in, &row, NULL);
		json_decref(in);
		json_decref(row);
		row = NULL;
		if (e == ERR_OK)
			continue;
		if (e != ERR_IO || i < 10)
			_exit(2);
		if (store_find(s, &model_phone, "name", "full-5", &row) != ERR_OK)
			_exit(3);
		if (store_find(s, &model_phone, "name", text, &row) != ERR_NOT_FOUND)
			_exit(4);
		_exit(0);
	}
	_exit(5);
}

static void
a_full_disk_is_told_and_harms_nothing(void **state)
{
	struct fixture *f = *state;
	json_t *row = NULL;
	int status;
	pid_t child;

	store_close(f->store);
	f->store = NULL;
	fflush(NULL);
	child = fork();
	if (child == 0)
		write_until_full(f->path);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fixture_open(f);
	assert_int_equal(store_find(f->store, &model_phone, "name", "full-5", &row), ERR_OK);
	json_decref(row);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		confirmed_rows_survive_kill_9, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		a_full_disk_is_told_and_harms_nothing, fixture_setup, fixture_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
