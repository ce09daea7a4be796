/* store/mailbox.c: who has access, what becomes of messages in the end, and how fast a full mailbox
 * opens. */
#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"
#include "loop/loop.h"
#include "store/mailbox.h"
#include "store/store_int.h"
#include "store/voicemail.h"

enum { MANY = 5000, OPENING_US = 100000, DAY_MS = 86400000 };

static int64_t box;

static const char *
path_of(const struct fixture *f, const char *file)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/voicemail/%s.wav", f->dir, file);
	return path;
}

static bool
is_there(const struct fixture *f, const char *file)
{
	return access(path_of(f, file), F_OK) == 0;
}

static void
touch(const struct fixture *f, const char *file)
{
	int fd = open(path_of(f, file), O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
}

/* With its file. */
static void
leave(struct fixture *f, const char *file, int64_t at)
{
	struct voicemail_began b = {.mailbox = box, .began_at = at, .number = "0211555123"};
	struct voicemail_ended e = {.length_ms = 5000, .keep = true};

	snprintf(b.file, sizeof b.file, "%s", file);
	snprintf(e.file, sizeof e.file, "%s", file);
	assert_int_equal(store_voicemail_begin(f->store, &b), ERR_OK);
	touch(f, file);
	assert_int_equal(store_voicemail_end(f->store, f->dir, &e), ERR_OK);
}

static json_t *
all(struct fixture *f, int64_t user)
{
	struct store_query q = {.owner = user};
	json_t *items = NULL;
	int64_t total;

	assert_int_equal(store_list(f->store, &model_voicemail, &q, &items, &total, NULL), ERR_OK);
	return items;
}

static void
assert_states(struct fixture *f, const char *want)
{
	json_t *items = all(f, 0), *states = json_array(), *row;
	size_t i;

	json_array_foreach(items, i, row) json_array_append(states, json_object_get(row, "state"));
	assert_json(states, want);
	json_decref(states);
	json_decref(items);
}

static void
what_is_old_is_deleted_then_gone_and_what_is_saved_stays(void **state)
{
	struct fixture *f = *state;
	int64_t now = (int64_t)loop_wall_ms(), removed = 0;

	leave(f, "a", now - 11 * (int64_t)DAY_MS);
	leave(f, "b", now - 11 * (int64_t)DAY_MS);
	leave(f, "c", now - 9 * (int64_t)DAY_MS);
	assert_int_equal(store_voicemail_mark(f->store, box, 2, VOICEMAIL_SAVED), ERR_OK);
	assert_int_equal(store_messages_expire(f->store, f->dir, now, &removed), ERR_OK);
	assert_int_equal(removed, 1);
	assert_states(f, "['new','saved','deleted']");
	/* as the setting says: it can be taken back for seven days */
	assert_int_equal(
	    store_messages_expire(f->store, f->dir, now + 6 * (int64_t)DAY_MS, NULL), ERR_OK);
	assert_states(f, "['deleted','saved','deleted']");
	assert_int_equal(
	    store_messages_expire(f->store, f->dir, now + 8 * (int64_t)DAY_MS, NULL), ERR_OK);
	assert_states(f, "['deleted','saved']");
	assert_false(is_there(f, "a"));
	assert_true(is_there(f, "b"));
}

static void
files_that_nobody_names_and_messages_without_a_file_go(void **state)
{
	struct fixture *f = *state;
	int64_t now = (int64_t)loop_wall_ms();

	leave(f, "a", now);
	leave(f, "b", now);
	touch(f, "nobody");
	unlink(path_of(f, "a"));
	assert_int_equal(store_messages_expire(f->store, f->dir, now, NULL), ERR_OK);
	assert_true(is_there(f, "nobody")); /* it may be about to get its row */
	assert_states(f, "['new']");
	assert_int_equal(store_messages_expire(f->store, f->dir, now + 3600000, NULL), ERR_OK);
	assert_false(is_there(f, "nobody"));
	assert_true(is_there(f, "b"));
}

static void
a_message_is_removed_only_from_the_trash(void **state)
{
	struct fixture *f = *state;

	leave(f, "a", 1000);
	assert_int_equal(store_message_remove(f->store, f->dir, 1), ERR_NOT_FOUND);
	assert_true(is_there(f, "a"));
	assert_int_equal(store_voicemail_mark(f->store, box, 1, VOICEMAIL_DELETED), ERR_OK);
	assert_int_equal(store_message_remove(f->store, f->dir, 1), ERR_OK);
	assert_false(is_there(f, "a"));
}

/* VMB-4: measured, and far from what anybody would notice. */
static void
a_mailbox_with_5000_messages_opens_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t user =
	    make(f->store, &model_user, "{'login':'1001','first_name':'A','last_name':'A'}");
	char text[100];
	int64_t took;
	json_t *items;

	snprintf(
	    text, sizeof text, "{'mailbox':%lld,'user':%lld}", (long long)box, (long long)user);
	make(f->store, &model_mailbox_access, text);
	assert_int_equal(store_write_begin(f->store), ERR_OK);
	assert_int_equal(
	    store_write_end(f->store,
		db_exec(f->store->writer,
		    "INSERT INTO voicemail (mailbox, state, received_at, length_ms, file) "
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
		    "WHERE i < 5000) SELECT (SELECT id FROM mailbox), 'new', 1000 + i, "
		    "1000, 'm' || i FROM n")),
	    ERR_OK);
	json_decref(all(f, user)); /* what is compiled once */
	took = now_us();
	items = all(f, user);
	took = now_us() - took;
	assert_int_equal(json_array_size(items), 50);
	json_decref(items);
	print_message("a page of a mailbox with %d messages: %lld us\n", MANY, (long long)took);
	assert_true(took < OPENING_US);
}

static const char ten_thousand_boxes[] =
    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
    "INSERT INTO mailbox (name, code) SELECT 'Box ' || i, i FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
    "INSERT INTO user (login, first_name, last_name) SELECT 'u' || i, 'A', i FROM n;"
    "INSERT INTO mailbox_access (mailbox, user) SELECT m.id, u.id FROM mailbox m "
    "JOIN user u ON u.login = 'u' || m.code;"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) "
    "INSERT INTO voicemail (mailbox, state, received_at, length_ms, file) "
    "SELECT m.id, iif(i = 1, 'new', 'old'), i, 1000, m.id || '-' || i FROM mailbox m, n";

struct counted {
	unsigned users, unheard, heard;
};

static void
on_count(void *ctx, int64_t user, uint32_t unheard, uint32_t heard)
{
	struct counted *c = ctx;

	c->users++;
	c->unheard += unheard;
	c->heard += heard;
}

/* VMB-4: a lamp that changes costs the same however many others there are. */
static void
a_lamp_is_counted_alone_among_10000_mailboxes_with_100000_messages(void **state)
{
	struct fixture *f = *state;
	struct counted every = {0}, one = {0};
	int64_t all_us, one_us = INT64_MAX, at;

	assert_int_equal(store_write_begin(f->store), ERR_OK);
	assert_int_equal(
	    store_write_end(f->store, db_exec(f->store->writer, ten_thousand_boxes)), ERR_OK);
	at = now_us();
	assert_int_equal(store_voicemail_counts(f->store, on_count, &every), ERR_OK);
	all_us = now_us() - at;
	assert_int_equal(every.users, 9999);
	for (int i = 0; i < 3; i++) {
		one = (struct counted){0};
		at = now_us();
		assert_int_equal(
		    store_voicemail_counts_after(f->store, 50000, on_count, &one), ERR_OK);
		at = now_us() - at;
		one_us = at < one_us ? at : one_us;
	}
	assert_int_equal(one.users, 1);
	assert_int_equal(one.unheard, 1);
	assert_int_equal(one.heard, 9);
	assert_int_equal(
	    store_voicemail_counts_after(f->store, 999999, on_count, &one), ERR_NOT_FOUND);
	print_message("lamps of 10,000 mailboxes with 100,000 messages: all %lld us, one %lld us\n",
	    (long long)all_us, (long long)one_us);
	assert_true(one_us * 20 < all_us);
}

static int
setup(void **state)
{
	struct fixture *f;

	fixture_setup(state);
	f = *state;
	assert_int_equal(store_voicemail_folders(f->dir), ERR_OK);
	box =
	    make(f->store, &model_mailbox, "{'name':'Sales','keep_days':10,'max_messages':10000}");
	return 0;
}

static int
teardown(void **state)
{
	static const char *const files[] = {"a", "b", "c", "nobody"};
	struct fixture *f = *state;
	char path[200];

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		unlink(path_of(f, files[i]));
	snprintf(path, sizeof path, "%s/voicemail", f->dir);
	rmdir(path);
	snprintf(path, sizeof path, "%s/announcements", f->dir);
	rmdir(path);
	return fixture_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		what_is_old_is_deleted_then_gone_and_what_is_saved_stays, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		files_that_nobody_names_and_messages_without_a_file_go, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_message_is_removed_only_from_the_trash, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_mailbox_with_5000_messages_opens_at_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_lamp_is_counted_alone_among_10000_mailboxes_with_100000_messages, setup,
		teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
