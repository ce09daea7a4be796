/* store/journal.c: nothing is lost by kill -9, torn copies are recognised. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "fixture.h"
#include "store/journal.h"

enum { HEADER_BYTES = 4096, COPY_BYTES = 512 };

static void
journal_path(struct fixture *f, char path[128])
{
	snprintf(path, 128, "%s/calls.journal", f->dir);
}

static struct journal *
open_journal(struct fixture *f, struct journal_left **left, size_t *n)
{
	struct journal *j = NULL;
	char path[128], why[400] = "";

	journal_path(f, path);
	if (journal_open(path, &j, left, n, why, sizeof why) != ERR_OK)
		fail_msg("%s", why);
	return j;
}

static struct cdr
call(int i)
{
	struct cdr c = {.started_at = 1000 + i, .called_user = i, .packets_to_caller = UINT64_MAX};

	snprintf(c.call_id, sizeof c.call_id, "call-%d", i);
	snprintf(c.caller_number, sizeof c.caller_number, "%d", 100 + i);
	live_reason_add(c.explanation, &c.explanation_count, REASON_NUMBER_UNKNOWN,
	    REASON_ARGS(slice_cstr(c.caller_number)));
	return c;
}

static void
a_new_journal_is_empty_and_stays_so_when_calls_are_released(void **state)
{
	struct fixture *f = *state;
	struct journal_left *left;
	size_t n;
	struct journal *j = open_journal(f, &left, &n);
	uint32_t slot[300];

	assert_int_equal(n, 0);
	free(left);
	/* more than the first 64 slots: it grows under its users */
	for (int i = 0; i < 300; i++) {
		struct cdr c = call(i);

		slot[i] = journal_begin(j, &c);
		assert_int_not_equal(slot[i], JOURNAL_NO_SLOT);
	}
	assert_int_equal(journal_count(j), 300);
	for (int i = 0; i < 300; i++) {
		struct cdr c = call(i);

		journal_end(j, slot[i], &c);
		journal_release(j, slot[i]);
		journal_release(j, slot[i]); /* twice does no harm */
	}
	assert_int_equal(journal_count(j), 0);
	journal_release(j, JOURNAL_NO_SLOT);
	journal_update(j, JOURNAL_NO_SLOT, &(struct cdr){0});
	journal_close(j);
	j = open_journal(f, &left, &n);
	assert_int_equal(n, 0);
	free(left);
	journal_close(j);
}

static void
open_calls_come_back_interrupted_and_ended_ones_as_they_were(void **state)
{
	struct fixture *f = *state;
	struct journal_left *left;
	size_t n;
	struct journal *j = open_journal(f, &left, &n);
	struct cdr open_call = call(1), ended = call(2), released = call(3);
	uint32_t slot;

	free(left);
	slot = journal_begin(j, &open_call);
	open_call.ringing_at = 2000;
	journal_update(j, slot, &open_call);
	open_call.answered_at = 3000;
	journal_update(j, slot, &open_call);
	slot = journal_begin(j, &ended);
	ended.result = CDR_BUSY;
	ended.ended_at = 4000;
	journal_end(j, slot, &ended);
	slot = journal_begin(j, &released);
	journal_end(j, slot, &released);
	journal_release(j, slot);
	journal_tick(j, 63000);
	journal_close(j);

	j = open_journal(f, &left, &n);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		struct cdr *want = left[i].cdr.started_at == 1001 ? &open_call : &ended;

		if (want == &open_call) {
			want->result = CDR_INTERRUPTED;
			want->ended_by = CDR_BY_SYSTEM;
			want->ended_at = 63000;
			want->duration_s = 60;
		}
		assert_memory_equal(&left[i].cdr, want, sizeof *want);
	}
	/* still there when the process dies before the store has them */
	free(left);
	journal_close(j);
	j = open_journal(f, &left, &n);
	assert_int_equal(n, 2);
	assert_int_equal(store_cdr_insert(f->store, &left[0].cdr, 1), ERR_OK);
	journal_release(j, left[0].slot);
	journal_release(j, left[1].slot);
	free(left);
	journal_close(j);
	j = open_journal(f, &left, &n);
	assert_int_equal(n, 0);
	free(left);
	journal_close(j);
}

static void
the_longest_texts_fit_and_a_long_explanation_is_shortened(void **state)
{
	struct fixture *f = *state;
	struct journal_left *left;
	size_t n;
	struct journal *j = open_journal(f, &left, &n);
	struct cdr c = {.started_at = 1, .result = CDR_FAILED};

	free(left);
	memset(c.call_id, 'a', sizeof c.call_id - 1);
	memset(c.caller_number, 'b', sizeof c.caller_number - 1);
	memset(c.caller_name, 'c', sizeof c.caller_name - 1);
	memset(c.caller_phone, 'd', sizeof c.caller_phone - 1);
	memset(c.called_number, 'e', sizeof c.called_number - 1);
	memset(c.called_name, 'f', sizeof c.called_name - 1);
	memset(c.called_phone, 'g', sizeof c.called_phone - 1);
	for (int i = 0; i < LIVE_REASONS_MAX; i++)
		live_reason_add(c.explanation, &c.explanation_count, REASON_NOTE,
		    REASON_ARGS(slice_make(c.caller_name, LIVE_NAME_BYTES - 1 - (size_t)i)));
	journal_end(j, journal_begin(j, &c), &c);
	journal_close(j);
	j = open_journal(f, &left, &n);
	assert_int_equal(n, 1);
	assert_string_equal(left->cdr.call_id, c.call_id);
	assert_string_equal(left->cdr.caller_name, c.caller_name);
	assert_string_equal(left->cdr.called_phone, c.called_phone);
	assert_true(left->cdr.explanation_count >= 3);
	for (uint32_t i = 0; i < left->cdr.explanation_count; i++)
		assert_string_equal(left->cdr.explanation[i], c.explanation[i]);
	free(left);
	journal_close(j);
}

/* A call whose explanation needs a second slot. */
static struct cdr
long_call(int i)
{
	struct cdr c = call(i);
	char note[80];

	memset(note, 'n', sizeof note);
	for (int k = 0; k < 5; k++)
		live_reason_add(c.explanation, &c.explanation_count, REASON_NOTE,
		    REASON_ARGS(slice_make(note, sizeof note - (size_t)k)));
	return c;
}

static void
long_records_have_a_second_slot_until_they_are_released(void **state)
{
	struct fixture *f = *state;
	struct journal_left *left;
	size_t n;
	struct journal *j = open_journal(f, &left, &n);
	uint32_t slot[100];

	free(left);
	/* begun short, ended long: the file grows between the parts of one of them */
	for (int i = 0; i < 100; i++) {
		struct cdr c = call(i);

		slot[i] = journal_begin(j, &c);
		c = long_call(i);
		c.ended_at = 5000;
		c.result = CDR_BUSY;
		journal_end(j, slot[i], &c);
		if (i % 2)
			journal_release(j, slot[i]);
	}
	assert_int_equal(journal_count(j), 100);
	journal_close(j);
	j = open_journal(f, &left, &n);
	assert_int_equal(n, 50);
	assert_int_equal(journal_count(j), 100);
	for (size_t i = 0; i < n; i++) {
		struct cdr want = long_call((int)left[i].cdr.called_user);

		want.ended_at = 5000;
		want.result = CDR_BUSY;
		assert_memory_equal(&left[i].cdr, &want, sizeof want);
		journal_release(j, left[i].slot);
		journal_release(j, left[i].slot);
	}
	assert_int_equal(journal_count(j), 0);
	free(left);
	/* what was the end of a record holds one of its own */
	for (int i = 0; i < 100; i++) {
		struct cdr c = call(i);

		slot[i] = journal_begin(j, &c);
		assert_int_equal(journal_count(j), i + 1);
	}
	for (int i = 0; i < 100; i++)
		journal_release(j, slot[i]);
	assert_int_equal(journal_count(j), 0);
	journal_close(j);
}

/* Overwrites part of a copy of slot, as a write cut short would. */
static void
tear(struct fixture *f, uint32_t slot, int copy, off_t offset)
{
	char path[128];
	int fd;

	journal_path(f, path);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, "\x5a\xa5\x5a", 3,
			     HEADER_BYTES + (2 * (off_t)slot + copy) * COPY_BYTES + offset),
	    3);
	close(fd);
}

static void
a_torn_copy_gives_way_to_the_one_before(void **state)
{
	struct fixture *f = *state;
	static const off_t offsets[] = {0, 9, 14, 16, 60, 100};

	for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
		struct journal_left *left;
		size_t n;
		struct journal *j = open_journal(f, &left, &n);
		struct cdr c = call(5);
		uint32_t slot = journal_begin(j, &c); /* copy 1 or 0 */

		assert_int_equal(n, 0);
		free(left);
		c.ringing_at = 2000;
		journal_update(j, slot, &c);
		c.answered_at = 3000;
		journal_end(j, slot, &c);
		journal_close(j);
		/* exactly one of the copies is the newest; either may be torn */
		for (int copy = 0; copy < 2; copy++) {
			tear(f, slot, copy, offsets[i]);
			j = open_journal(f, &left, &n);
			if (copy == 0) {
				assert_int_equal(n, 1);
				assert_string_equal(left->cdr.call_id, "call-5");
				assert_true(left->cdr.answered_at == 3000 ||
					    left->cdr.result == CDR_INTERRUPTED);
			} else {
				assert_int_equal(n, 0); /* both torn: nothing to trust */
			}
			free(left);
			journal_close(j);
		}
	}
}

static void
a_long_record_with_a_torn_end_gives_way_to_the_one_before(void **state)
{
	struct fixture *f = *state;
	struct journal_left *left;
	size_t n;
	struct journal *j = open_journal(f, &left, &n);
	struct cdr c = long_call(5);
	uint32_t slot = journal_begin(j, &c);

	free(left);
	assert_int_equal(slot, 0);
	c.answered_at = 3000;
	journal_end(j, slot, &c);
	journal_close(j);
	tear(f, 1, 0, 40); /* its second slot, the copy written last */
	j = open_journal(f, &left, &n);
	assert_int_equal(n, 1);
	assert_int_equal(left->cdr.answered_at, 0);
	assert_int_equal(left->cdr.explanation_count, c.explanation_count);
	assert_int_equal(journal_count(j), 2);
	free(left);
	journal_close(j);
}

static void
a_file_of_another_format_is_moved_aside(void **state)
{
	struct fixture *f = *state;
	struct journal_left *left;
	struct journal *j, *second = NULL;
	char path[128], old[160], why[400] = "";
	size_t n;

	journal_path(f, path);
	snprintf(old, sizeof old, "%s.old", path);
	for (int i = 0; i < 2; i++) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		assert_int_equal(ftruncate(fd, i ? 20000 : 10), 0);
		close(fd);
		j = open_journal(f, &left, &n);
		assert_int_equal(n, 0);
		free(left);
		assert_int_equal(access(old, F_OK), 0);
		/* one process at a time */
		assert_int_equal(
		    journal_open(path, &second, &left, &n, why, sizeof why), ERR_IN_USE);
		assert_non_null(strstr(why, "another strowgerd"));
		journal_close(j);
	}
	snprintf(path, sizeof path, "%s/none/calls.journal", f->dir);
	assert_int_equal(journal_open(path, &second, &left, &n, why, sizeof why), ERR_NOT_FOUND);
	assert_null(second);
}

/* Calls begin, go on, end and are released in a circle of 50; the pipe says what is sure. */
enum { CALLS = 50, TOLD = 3000 };

struct told {
	int call, step;
};

static void
live_for_ever(struct fixture *f, int pipe_fd)
{
	struct journal_left *left;
	size_t n;
	struct journal *j = open_journal(f, &left, &n);
	uint32_t slot[CALLS];

	for (int i = 0;; i++) {
		struct cdr c = i % 3 ? call(i % CALLS) : long_call(i % CALLS);
		struct told told = {i % CALLS, i / CALLS % 4};

		c.duration_s = (uint32_t)told.step;
		if (told.step == 0)
			slot[told.call] = journal_begin(j, &c);
		else if (told.step == 1)
			journal_update(j, slot[told.call], &c);
		else if (told.step == 2)
			journal_end(j, slot[told.call], &c);
		else
			journal_release(j, slot[told.call]);
		if (write(pipe_fd, &told, sizeof told) != sizeof told)
			_exit(1);
	}
}

static void
kill_9_in_the_middle_loses_no_call(void **state)
{
	struct fixture *f = *state;

	for (int round = 0; round < 8; round++) {
		int step[CALLS], fd[2], status, seen = 0, found[CALLS] = {0};
		struct journal_left *left;
		struct journal *j;
		struct told told;
		size_t n;
		pid_t child;

		for (int i = 0; i < CALLS; i++)
			step[i] = 3;
		assert_int_equal(pipe(fd), 0);
		fflush(NULL);
		child = fork();
		if (child == 0) {
			close(fd[0]);
			live_for_ever(f, fd[1]);
		}
		close(fd[1]);
		while (seen < TOLD + 37 * round && read(fd[0], &told, sizeof told) == sizeof told) {
			step[told.call] = told.step;
			seen++;
		}
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		while (read(fd[0], &told, sizeof told) == sizeof told)
			step[told.call] = told.step;
		close(fd[0]);
		/* one step after the last one told may have happened */
		j = open_journal(f, &left, &n);
		for (size_t i = 0; i < n; i++) {
			struct cdr *c = &left[i].cdr, want = call((int)c->called_user);

			assert_string_equal(c->call_id, want.call_id);
			assert_string_equal(c->explanation[0], want.explanation[0]);
			found[c->called_user]++;
			journal_release(j, left[i].slot);
		}
		for (int i = 0; i < CALLS; i++) {
			assert_true(found[i] <= 1);
			if (step[i] == 0 || step[i] == 1)
				assert_int_equal(found[i], 1);
		}
		free(left);
		journal_close(j);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_new_journal_is_empty_and_stays_so_when_calls_are_released),
	    TEST(open_calls_come_back_interrupted_and_ended_ones_as_they_were),
	    TEST(the_longest_texts_fit_and_a_long_explanation_is_shortened),
	    TEST(long_records_have_a_second_slot_until_they_are_released),
	    TEST(a_long_record_with_a_torn_end_gives_way_to_the_one_before),
	    TEST(a_torn_copy_gives_way_to_the_one_before),
	    TEST(a_file_of_another_format_is_moved_aside),
	    TEST(kill_9_in_the_middle_loses_no_call),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
