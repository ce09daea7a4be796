/* store/keep.c: what was put is there after kill -9; torn and damaged slots are not. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/keep.h"

enum { FORMAT = 7, VALUES_MAX = 4000 };

static char folder[] = "/tmp/strowger-keep-XXXXXX", path[64], aside[80];

static struct {
	struct {
		uint32_t handle;
		char bytes[KEEP_VALUE_MAX_BYTES];
		size_t n;
	} at[VALUES_MAX];
	size_t n;
} seen;

static void
on_value(void *ctx, uint32_t handle, struct slice value)
{
	assert_true(seen.n < VALUES_MAX);
	seen.at[seen.n].handle = handle;
	memcpy(seen.at[seen.n].bytes, value.p, value.n);
	seen.at[seen.n++].n = value.n;
}

static struct keep *
reopen(struct keep *k)
{
	char why[200] = "";

	keep_close(k);
	k = NULL;
	if (keep_open(&k, path, FORMAT, why, sizeof why) != ERR_OK)
		fail_msg("%s", why);
	seen.n = 0;
	assert_int_equal(keep_each(k, on_value, NULL), ERR_OK);
	assert_int_equal(keep_count(k), seen.n);
	return k;
}

static void
put(struct keep *k, uint32_t *handle, const char *text)
{
	assert_int_equal(keep_put(k, handle, slice_cstr(text)), ERR_OK);
	assert_int_not_equal(*handle, KEEP_NONE);
}

static void
assert_seen(size_t i, const char *text)
{
	assert_true(i < seen.n);
	assert_true(slice_eq(slice_make(seen.at[i].bytes, seen.at[i].n), slice_cstr(text)));
}

static int
clean(void **state)
{
	unlink(path);
	unlink(aside);
	return 0;
}

static void
values_come_back_in_the_order_in_which_they_were_put(void **state)
{
	struct keep *k = reopen(NULL);
	uint32_t a = KEEP_NONE, b = KEEP_NONE, c = KEEP_NONE;

	assert_int_equal(seen.n, 0);
	put(k, &a, "a");
	put(k, &b, "b");
	put(k, &c, "c");
	put(k, &a, "a again"); /* in place of the first: now the last */
	keep_drop(k, b);
	keep_drop(k, b);
	keep_drop(k, KEEP_NONE);
	keep_drop(k, UINT32_MAX);
	k = reopen(k);
	assert_int_equal(seen.n, 2);
	assert_seen(0, "c");
	assert_seen(1, "a again");
	assert_int_equal(seen.at[1].handle, a);
	put(k, &c, "c again"); /* the order goes on over a restart */
	k = reopen(k);
	assert_seen(1, "c again");
	keep_close(k);
}

/* Every size, many at once, replaced by others: the file grows, slots are used again. */
static void
all_sizes_fit(void **state)
{
	static char bytes[KEEP_VALUE_MAX_BYTES + 1];
	static uint32_t handle[VALUES_MAX];
	struct keep *k = reopen(NULL);
	uint32_t none = KEEP_NONE;
	off_t size;
	int fd;

	memset(handle, 0, sizeof handle);
	for (size_t turn = 0; turn < 3; turn++)
		for (size_t i = 0; i < VALUES_MAX; i++) {
			size_t n = 1 + (i * 7919 + turn * 13) % KEEP_VALUE_MAX_BYTES;

			memset(bytes, (int)(i % 251), n);
			assert_int_equal(keep_put(k, &handle[i], slice_make(bytes, n)), ERR_OK);
		}
	assert_int_equal(keep_put(k, &none, slice_make(bytes, sizeof bytes)), ERR_TOO_BIG);
	assert_int_equal(keep_put(k, &none, SLICE("")), ERR_TOO_BIG);
	assert_int_equal(none, KEEP_NONE);
	k = reopen(k);
	assert_int_equal(seen.n, VALUES_MAX);
	for (size_t i = 0; i < VALUES_MAX; i++) {
		assert_int_equal(seen.at[i].handle, handle[i]);
		assert_int_equal(seen.at[i].n, 1 + (i * 7919 + 26) % KEEP_VALUE_MAX_BYTES);
		for (size_t at = 0; at < seen.at[i].n; at++)
			assert_int_equal((unsigned char)seen.at[i].bytes[at], i % 251);
	}
	fd = open(path, O_RDONLY);
	size = lseek(fd, 0, SEEK_END);
	close(fd);
	assert_in_range(size, VALUES_MAX * 2000, VALUES_MAX * 4200);
	keep_close(k);
}

/* A child puts the same two values in turn and dies at any moment: of each one version is there,
 * or for a moment two. */
static void
kill_9_loses_nothing(void **state)
{
	for (int round = 0; round < 20; round++) {
		int ready[2];
		struct keep *k;
		pid_t child;
		char byte;

		clean(NULL);
		assert_int_equal(pipe(ready), 0);
		child = fork();
		if (child == 0) {
			static char value[3000];
			uint32_t handle[2] = {KEEP_NONE, KEEP_NONE};
			struct keep *mine = reopen(NULL);

			for (unsigned n = 0;; n++) {
				memset(value, (int)(n / 2 % 256), sizeof value);
				value[0] = (char)(n % 2);
				if (keep_put(mine, &handle[n % 2],
					slice_make(value, 100 + n * 37 % 2900)) != ERR_OK)
					_exit(1);
				if (n == 1 && write(ready[1], "", 1) != 1)
					_exit(1);
			}
		}
		assert_int_equal(read(ready[0], &byte, 1), 1);
		usleep((useconds_t)(round * 97));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(ready[0]);
		close(ready[1]);
		k = reopen(NULL);
		assert_in_range(seen.n, 2, 3);
		assert_int_equal(seen.at[seen.n - 1].bytes[0] + seen.at[seen.n - 2].bytes[0], 1);
		for (size_t i = 0; i < seen.n; i++)
			for (size_t at = 2; at < seen.at[i].n; at++)
				assert_int_equal(seen.at[i].bytes[at], seen.at[i].bytes[1]);
		keep_close(k);
	}
}

/* Whatever stands in the file: no crash, and what is given out is whole. */
static void
damage_costs_what_it_hits(void **state)
{
	struct keep *k;

	for (off_t at = 0; at < 3 * 4096; at += 61) {
		uint32_t handle[20] = {0};
		int fd;

		clean(NULL);
		k = reopen(NULL);
		for (int i = 0; i < 20; i++)
			put(k, &handle[i], "a value that is as good as any other one");
		keep_close(k);
		fd = open(path, O_RDWR);
		assert_int_equal(pwrite(fd, "\xff\xff\xff", 3, at), 3);
		close(fd);
		k = reopen(NULL);
		assert_in_range(seen.n, at < 4096 ? 0 : 4, 20);
		for (size_t i = 0; i < seen.n; i++)
			assert_seen(i, "a value that is as good as any other one");
		put(k, &(uint32_t){KEEP_NONE}, "life goes on");
		keep_close(k);
	}
}

static void
another_format_is_moved_aside(void **state)
{
	struct keep *k = reopen(NULL), *second = NULL;
	uint32_t handle = KEEP_NONE;
	char why[200] = "";

	put(k, &handle, "old");
	assert_int_equal(keep_open(&second, path, FORMAT, why, sizeof why), ERR_IN_USE);
	assert_non_null(strstr(why, "another strowgerd"));
	assert_null(second);
	keep_close(k);
	assert_int_equal(keep_open(&k, path, FORMAT + 1, why, sizeof why), ERR_OK);
	assert_int_equal(keep_count(k), 0);
	keep_close(k);
	assert_int_equal(access(aside, F_OK), 0);
}

static void
drop_it(void *ctx, uint32_t handle, struct slice value)
{
	uint32_t fresh = KEEP_NONE;

	keep_drop(ctx, handle);
	put(ctx, &fresh, "new");
	++seen.n;
}

static void
the_walk_may_change_what_it_walks_over(void **state)
{
	struct keep *k = reopen(NULL);

	for (int i = 0; i < 100; i++)
		put(k, &(uint32_t){KEEP_NONE}, "old");
	seen.n = 0;
	assert_int_equal(keep_each(k, drop_it, k), ERR_OK);
	assert_int_equal(seen.n, 100);
	k = reopen(k);
	assert_int_equal(seen.n, 100);
	assert_seen(0, "new");
	keep_close(k);
}

static int
leave(void **state)
{
	clean(state);
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(values_come_back_in_the_order_in_which_they_were_put, clean),
	    cmocka_unit_test_setup(all_sizes_fit, clean),
	    cmocka_unit_test_setup(kill_9_loses_nothing, clean),
	    cmocka_unit_test_setup(damage_costs_what_it_hits, clean),
	    cmocka_unit_test_setup(another_format_is_moved_aside, clean),
	    cmocka_unit_test_setup(the_walk_may_change_what_it_walks_over, clean),
	};

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/kept", folder);
	snprintf(aside, sizeof aside, "%s.old", path);
	return cmocka_run_group_tests(tests, NULL, leave);
}
