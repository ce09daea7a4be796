/* The trace store: what is kept, for how long, and what a crash or a damaged disk leaves. */
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"
#include "store/trace_store.h"

struct tx {
	char dir[64], path[96];
	struct trace_store *ts;
};

static const struct trace_limits days7 = {.days = 7, .mb = 16, .messages = 20000};

static void
tx_open(struct tx *tx, const struct trace_limits *limits)
{
	assert_int_equal(trace_store_new(&tx->ts, tx->path, limits), ERR_OK);
	assert_int_equal(trace_store_start(tx->ts), ERR_OK);
}

static int
setup(void **state)
{
	struct tx *tx = calloc(1, sizeof *tx);

	snprintf(tx->dir, sizeof tx->dir, "/tmp/strowger-trace-XXXXXX");
	assert_non_null(mkdtemp(tx->dir));
	snprintf(tx->path, sizeof tx->path, "%s/traces.db", tx->dir);
	*state = tx;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	return remove(path);
}

static int
teardown(void **state)
{
	struct tx *tx = *state;

	trace_store_close(tx->ts);
	nftw(tx->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(tx);
	return 0;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
add(struct trace_store *ts, const char *key, enum trace_kind kind, int64_t at_ms, const char *text)
{
	struct trace_record r = {.at_ms = at_ms,
	    .kind = kind,
	    .direction = strncmp(text, "SIP/", 4) ? TRACE_IN : TRACE_OUT,
	    .key = slice_cstr(key),
	    .bytes = slice_cstr(text)};
	struct trace_block *b = trace_block_new(TRACE_BLOCK_LEAST);

	assert_int_equal(addr_parse(SLICE("192.0.2.1:5060"), 0, &r.remote), ERR_OK);
	r.local = r.remote;
	assert_int_equal(trace_block_add(b, &r), ERR_OK);
	trace_store_add(ts, b);
}

static json_int_t
count(struct trace_store *ts, const struct trace_query *q)
{
	json_t *items;
	int64_t total;

	assert_int_equal(trace_store_search(ts, q, &items, &total), ERR_OK);
	json_decref(items);
	return total;
}

static void
count_one(void *ctx, const struct trace_record *r)
{
	++*(int *)ctx;
}

static int
messages(struct trace_store *ts, const char *key)
{
	int n = 0;

	return trace_store_messages(ts, slice_cstr(key), 0, count_one, &n) == ERR_OK ? n : -1;
}

#define CALL(id, more)                                                                             \
	"INVITE sip:102@x SIP/2.0\r\nFrom: <sip:101@x>\r\nCall-ID: " id "\r\n" more "\r\n"

static void
what_was_stored_is_there_after_a_restart(void **state)
{
	struct tx *tx = *state;
	struct live_call c = {
	    .call_id = "a", .caller = {.number = "101", .name = "Emma", .user = 3}};

	tx_open(tx, &days7);
	add(tx->ts, "a", TRACE_CALL, now_ms(), CALL("one@h", ""));
	trace_store_name(tx->ts, &c);
	trace_store_close(tx->ts);
	tx_open(tx, &days7);
	assert_int_equal(count(tx->ts, &(struct trace_query){.user = 3}), 1);
	assert_int_equal(count(tx->ts, &(struct trace_query){.search = SLICE("emma")}), 1);
	assert_int_equal(messages(tx->ts, "a"), 1);
	/* and goes on there */
	add(tx->ts, "a", TRACE_CALL, now_ms(),
	    "SIP/2.0 200 OK\r\nCall-ID: one@h\r\nCSeq: 1 INVITE\r\n\r\n");
	assert_int_equal(messages(tx->ts, "a"), 2);
	assert_int_equal(count(tx->ts, &(struct trace_query){.user = 3}), 1);
	assert_false(trace_store_get_counts(tx->ts).in_memory);
}

/* RFC 3891: the call that replaces another, and the other, lead to each other. */
static void
calls_that_replace_each_other_are_linked(void **state)
{
	static const char *const keys[] = {"a", "b", "c"};
	struct tx *tx = *state;

	tx_open(tx, &days7);
	add(tx->ts, "a", TRACE_CALL, now_ms(), CALL("one@h", ""));
	add(tx->ts, "b", TRACE_CALL, now_ms(),
	    CALL("two", "Replaces: one@h;to-tag=1;from-tag=2\r\n"));
	add(tx->ts, "c", TRACE_CALL, now_ms(),
	    "REFER sip:x SIP/2.0\r\nCall-ID: three\r\nRefer-To: "
	    "<sip:1@x?Replaces=two%3Bto-tag%3D1>\r\n\r\n");
	add(tx->ts, "d", TRACE_CALL, now_ms(), CALL("four", "Replaces: nobody;to-tag=1\r\n"));
	for (int i = 0; i < 3; i++) {
		json_t *item, *links;

		assert_int_equal(trace_store_find(tx->ts, slice_cstr(keys[i]), &item), ERR_OK);
		links = json_object_get(item, "links");
		assert_int_equal(json_array_size(links), i == 1 ? 2 : 1);
		assert_string_equal(
		    json_string_value(json_object_get(json_array_get(links, 0), "call_id")),
		    i == 1 ? "a" : "b");
		json_decref(item);
	}
}

/* The writer is killed in the middle of its work: what was there a second before is there, whole.
 */
static void
kill_9_loses_the_last_second_at_most(void **state)
{
	struct tx *tx = *state;
	int ready[2], n;
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		char key[20], text[200];

		tx_open(tx, &days7);
		for (int i = 0;; i++) {
			snprintf(key, sizeof key, "k%d", i % 100);
			snprintf(text, sizeof text, CALL("%d", ""), i % 100);
			add(tx->ts, key, TRACE_CALL, now_ms(), text);
			if (i == 999) {
				(void)messages(tx->ts, "k0"); /* in the file */
				(void)!write(ready[1], "x", 1);
			}
			if (i > 5000)
				usleep(1000);
		}
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	usleep(20000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	tx_open(tx, &days7);
	assert_int_equal(trace_store_get_counts(tx->ts).damaged, 0);
	assert_true(count(tx->ts, &(struct trace_query){0}) == 100);
	n = messages(tx->ts, "k0");
	assert_true(n >= 10);
}

static void
spoil(const char *path, off_t at, size_t n)
{
	static const char junk[4096] = "this is no database";
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, junk, n, at), n);
	close(fd);
}

static void
a_damaged_file_is_put_aside(void **state)
{
	struct tx *tx = *state;
	char aside[128];

	spoil(tx->path, 0, 4096);
	tx_open(tx, &days7);
	add(tx->ts, "a", TRACE_CALL, now_ms(), CALL("1", ""));
	assert_int_equal(messages(tx->ts, "a"), 1);
	assert_int_equal(trace_store_get_counts(tx->ts).damaged, 1);
	snprintf(aside, sizeof aside, "%s.damaged", tx->path);
	assert_int_equal(access(aside, F_OK), 0);
}

/* The file breaks while the daemon runs: it goes on with a new one. */
static void
damage_at_work_does_not_stop_it(void **state)
{
	struct tx *tx = *state;
	char key[20];
	struct stat st;

	tx_open(tx, &days7);
	for (int i = 0; i < 3000; i++) {
		snprintf(key, sizeof key, "k%d", i);
		add(tx->ts, key, TRACE_CALL, now_ms(),
		    CALL("x", "Subject: something to fill pages\r\n"));
	}
	trace_store_close(tx->ts); /* empties the WAL into the file */
	assert_int_equal(stat(tx->path, &st), 0);
	for (off_t at = 8192; at + 4096 < st.st_size; at += 4096)
		spoil(tx->path, at, 4096);
	tx_open(tx, &days7);
	for (int i = 0; i < 3; i++) {
		add(tx->ts, "new", TRACE_CALL, now_ms(), CALL("new", ""));
		(void)messages(tx->ts, "new");
	}
	assert_true(messages(tx->ts, "new") >= 1);
	assert_true(trace_store_get_counts(tx->ts).damaged >= 1);
}

static void
an_unusable_path_means_memory(void **state)
{
	struct tx *tx = *state;

	snprintf(tx->path, sizeof tx->path, "%s/none/traces.db", tx->dir);
	tx_open(tx, &days7);
	add(tx->ts, "a", TRACE_CALL, now_ms(), CALL("1", ""));
	assert_int_equal(messages(tx->ts, "a"), 1);
	assert_true(trace_store_get_counts(tx->ts).in_memory);
}

static void
old_ones_go(void **state)
{
	struct tx *tx = *state;
	const int64_t day = 86400000;

	tx_open(tx, &days7);
	add(tx->ts, "old", TRACE_CALL, now_ms() - 8 * day, CALL("1", ""));
	(void)messages(tx->ts, "old");
	add(tx->ts, "new", TRACE_CALL, now_ms() - 6 * day, CALL("2", ""));
	(void)messages(tx->ts, "new");
	trace_store_set_limits(
	    tx->ts, &(struct trace_limits){.days = 7, .mb = 17, .messages = 20000});
	assert_int_equal(messages(tx->ts, "old"), -1);
	assert_int_equal(messages(tx->ts, "new"), 1);
	trace_store_set_limits(
	    tx->ts, &(struct trace_limits){.days = 5, .mb = 17, .messages = 20000});
	assert_int_equal(messages(tx->ts, "new"), -1);
	assert_int_equal(count(tx->ts, &(struct trace_query){0}), 0);
}

/* More than fits: the oldest go; what phones say besides calls cannot push calls out. */
static void
the_file_stays_in_its_limit(void **state)
{
	struct tx *tx = *state;
	static char text[8000];
	char key[20];
	uint64_t random = 88172645463325252u;
	size_t head = (size_t)sprintf(text, "REGISTER sip:x SIP/2.0\r\nTo: <sip:desk@x>\r\n");

	tx_open(tx, &(struct trace_limits){.days = 7, .mb = 2, .messages = 20000});
	for (int i = 0; i < 20; i++) {
		snprintf(key, sizeof key, "call%d", i);
		add(tx->ts, key, TRACE_CALL, now_ms(), CALL("x", ""));
	}
	for (int i = 0; i < 1200; i++) { /* 9 MB that cannot be packed well */
		for (size_t j = head; j < sizeof text - 1; j++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			text[j] = (char)(33 + random % 90);
		}
		snprintf(key, sizeof key, "reg%d", i);
		add(tx->ts, key, TRACE_REGISTER, now_ms(), text);
		if (i % 100 == 99) {
			/* the next turn looks at the size */
			trace_store_set_limits(
			    tx->ts, &(struct trace_limits){
					.days = 7, .mb = 2, .messages = 20001 + (uint32_t)i});
			(void)messages(tx->ts, "call0");
		}
	}
	assert_true(trace_store_get_counts(tx->ts).bytes <= 3 << 20);
	assert_int_equal(trace_store_get_counts(tx->ts).lost, 0);
	assert_int_equal(count(tx->ts, &(struct trace_query){.has_kind = true}), 20);
	assert_int_equal(messages(tx->ts, "call0"), 1);
	assert_in_range(
	    count(tx->ts, &(struct trace_query){.has_kind = true, .kind = TRACE_REGISTER}), 50,
	    1000);
}

static void
memory_keeps_the_newest(void **state)
{
	struct tx *tx = *state;
	char key[20];

	tx_open(tx, &(struct trace_limits){.days = 0, .mb = 16, .messages = 50});
	for (int i = 0; i < 200; i++) {
		snprintf(key, sizeof key, "k%d", i);
		add(tx->ts, key, TRACE_CALL, now_ms(), CALL("x", ""));
		if (i % 10 == 9)
			(void)messages(tx->ts, key);
	}
	assert_in_range(count(tx->ts, &(struct trace_query){0}), 30, 50);
	assert_int_equal(messages(tx->ts, "k199"), 1);
	assert_int_equal(messages(tx->ts, "k0"), -1);
	assert_int_not_equal(access(tx->path, F_OK), 0); /* no file */
	trace_store_set_limits(tx->ts, &days7);		 /* now there is */
	add(tx->ts, "a", TRACE_CALL, now_ms(), CALL("x", ""));
	assert_int_equal(messages(tx->ts, "a"), 1);
	assert_int_equal(access(tx->path, F_OK), 0);
}

/* A phone uses one Call-ID for weeks (RFC 3261, 10.2.4): what was seen today is an entry of today.
 */
static void
registrations_far_apart_are_entries_of_their_own(void **state)
{
	struct tx *tx = *state;
	const int64_t t = now_ms() - 86400000;
	json_t *items, *j;
	int64_t total;
	const char *id;

	tx_open(tx, &days7);
	add(tx->ts, "r", TRACE_REGISTER, t, "REGISTER sip:x SIP/2.0\r\nCall-ID: r\r\n\r\n");
	add(tx->ts, "r", TRACE_REGISTER, t + 60000, "REGISTER sip:x SIP/2.0\r\nCall-ID: r\r\n\r\n");
	(void)messages(tx->ts, "r");
	add(tx->ts, "r", TRACE_REGISTER, t + 9000000,
	    "REGISTER sip:x SIP/2.0\r\nCall-ID: r\r\n\r\n");
	assert_int_equal(
	    trace_store_search(tx->ts, &(struct trace_query){0}, &items, &total), ERR_OK);
	assert_int_equal(total, 2);
	for (size_t i = 0; i < 2; i++) {
		j = json_array_get(items, i);
		id = json_string_value(json_object_get(j, "call_id"));
		assert_int_equal(messages(tx->ts, id), i ? 2 : 1);
	}
	json_decref(items);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(what_was_stored_is_there_after_a_restart),
	    T(calls_that_replace_each_other_are_linked),
	    T(kill_9_loses_the_last_second_at_most),
	    T(a_damaged_file_is_put_aside),
	    T(damage_at_work_does_not_stop_it),
	    T(an_unusable_path_means_memory),
	    T(old_ones_go),
	    T(the_file_stays_in_its_limit),
	    T(memory_keeps_the_newest),
	    T(registrations_far_apart_are_entries_of_their_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
