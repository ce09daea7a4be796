/* store/store.c, schema.c: opening good, old, foreign, damaged and forbidden databases. */
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"
#include "store/store_int.h"

static void
sql(const char *path, const char *text)
{
	sqlite3 *h;
	char *message = NULL;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	if (sqlite3_exec(h, text, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s", message);
	sqlite3_close(h);
}

static char *
read_all(const char *path, size_t *n)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(1 << 20);

	assert_non_null(file);
	*n = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

static void
close_store(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

static void
what_was_written_is_there_after_opening_again(void **state)
{
	struct fixture *f = *state;
	json_t *row = NULL;
	struct stat st;

	make(f->store, &model_phone, "{'name':'desk'}");
	close_store(f);
	fixture_open(f);
	assert_int_equal(store_find(f->store, &model_phone, "name", "desk", &row), ERR_OK);
	json_decref(row);
	/* it holds passwords */
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
a_second_daemon_is_kept_out(void **state)
{
	struct fixture *f = *state;
	struct store *other = NULL;
	char why[400] = "";

	assert_int_equal(store_open(f->path, &other, why, sizeof why), ERR_IN_USE);
	assert_non_null(strstr(why, "in use"));
	assert_null(other);
	assert_int_equal(store_check(f->path, why, sizeof why), ERR_OK);
}

/* A database as an older program left it: no qualify_s, no cdr_keep_days. */
static void
an_older_database_gains_what_is_new(void **state)
{
	struct fixture *f = *state;
	json_t *row = NULL;
	struct settings settings;
	char text[128];
	int64_t id = make(f->store, &model_phone, "{'name':'desk','port':5070}");

	close_store(f);
	sql(f->path,
	    "ALTER TABLE phone DROP COLUMN qualify_s;"
	    "ALTER TABLE settings DROP COLUMN cdr_keep_days;"
	    "DROP INDEX user_phone_holder; CREATE INDEX user_phone_phone ON user_phone (phone);"
	    "ALTER TABLE user_phone DROP COLUMN since;"
	    "UPDATE settings SET company = 'Old'");
	fixture_open(f);
	assert_int_equal(store_get(f->store, &model_phone, id, &row), ERR_OK);
	assert_true(json_is_null(json_object_get(row, "qualify_s"))); /* as its type */
	assert_int_equal(json_integer_value(json_object_get(row, "port")), 5070);
	json_decref(row);
	assert_int_equal(store_settings(f->store, &settings), ERR_OK);
	assert_string_equal(settings.company, "Old");
	assert_int_equal(settings.cdr_keep_days, 0);
	snprintf(text, sizeof text,
	    "{'login':'1001','first_name':'A','last_name':'B','phones':[%lld]}", (long long)id);
	make(f->store, &model_user, text);
}

/* PHO-5: what phones said themselves they go on saying; kinds that were only words become types. */
static void
phones_of_an_older_database_keep_what_they_say(void **state)
{
	struct fixture *f = *state;
	int64_t desk = make(f->store, &model_phone, "{'name':'desk'}");
	int64_t door = make(f->store, &model_phone, "{'name':'door'}");
	json_t *row = NULL;

	make(f->store, &model_user,
	    "{'login':'1000','first_name':'A','last_name':'B','phones':[1,2]}");
	close_store(f);
	sql(f->path,
	    "DROP INDEX phone_type; DROP INDEX phone_covering;"
	    "ALTER TABLE phone DROP COLUMN type;"
	    "ALTER TABLE phone ADD COLUMN type TEXT NOT NULL DEFAULT 'generic';"
	    "ALTER TABLE phone DROP COLUMN nat;"
	    "ALTER TABLE phone ADD COLUMN nat TEXT NOT NULL DEFAULT 'auto';"
	    "ALTER TABLE phone DROP COLUMN port;"
	    "ALTER TABLE phone ADD COLUMN port INTEGER NOT NULL DEFAULT 5060;"
	    "UPDATE phone SET type = 'Door9', nat = 'never', port = 5070 WHERE name = 'door';"
	    "CREATE INDEX phone_covering ON phone (name, type, nat);"
	    "DROP TABLE device_type");
	for (int i = 0; i < 2; i++) { /* the second time there is nothing left to do */
		fixture_open(f);
		assert_int_equal(store_get(f->store, &model_phone, door, &row), ERR_OK);
		assert_string_equal(text_at(row, "type_name"), "Door9");
		assert_string_equal(text_at(row, "nat"), "never");
		assert_int_equal(json_integer_value(json_object_get(row, "port")), 5070);
		assert_int_equal(json_array_size(json_object_get(row, "users")), 1);
		json_decref(row);
		assert_int_equal(store_get(f->store, &model_phone, desk, &row), ERR_OK);
		assert_string_equal(text_at(row, "type_name"), "generic");
		assert_string_equal(text_at(row, "nat"), "auto");
		json_decref(row);
		assert_int_equal(
		    patch(f->store, &model_phone, desk, "{'nat':null,'port':null}", NULL), ERR_OK);
		assert_int_equal(
		    patch(f->store, &model_phone, desk, "{'nat':'auto'}", NULL), ERR_OK);
		close_store(f);
	}
	fixture_open(f);
}

static void
migrations_run_in_order_and_a_failing_one_leaves_no_trace(void **state)
{
	struct fixture *f = *state;
	static const struct migration good[] = {
	    {1, "SELECT no_such_function()"}, /* done long ago, must not run again */
	    {2, "CREATE TABLE step (n INTEGER); INSERT INTO step VALUES (2)"},
	    {3, "INSERT INTO step VALUES (3)"},
	};
	static const struct migration bad[] = {
	    {4, "INSERT INTO step VALUES (4); INSERT INTO nowhere VALUES (1)"},
	    {5, "INSERT INTO step VALUES (5)"},
	};
	int64_t n = 0;

	assert_int_equal(schema_migrate(f->store->writer, good, 3, 1), ERR_OK);
	assert_int_equal(
	    db_int(f->store->writer, "SELECT group_concat(n, '') FROM step", &n), ERR_OK);
	assert_int_equal(n, 23);
	assert_int_not_equal(schema_migrate(f->store->writer, bad, 2, 3), ERR_OK);
	assert_int_equal(
	    db_int(f->store->writer, "SELECT group_concat(n, '') FROM step", &n), ERR_OK);
	assert_int_equal(n, 23);
	assert_int_equal(
	    db_int(f->store->writer, "SELECT version FROM schema_version", &n), ERR_OK);
	assert_int_equal(n, 3);
}

/* Opening must fail so, say why, and leave every byte. */
static void
refused(struct fixture *f, enum err want, const char *word)
{
	size_t before_n, after_n;
	char *before = read_all(f->path, &before_n), *after, why[400] = "";

	assert_int_equal(store_check(f->path, why, sizeof why), want);
	why[0] = '\0';
	assert_int_equal(store_open(f->path, &f->store, why, sizeof why), want);
	assert_null(f->store);
	if (!strstr(why, word))
		fail_msg("says: %s", why);
	after = read_all(f->path, &after_n);
	assert_int_equal(before_n, after_n);
	assert_memory_equal(before, after, before_n);
	free(before);
	free(after);
}

static void
write_at(const char *path, off_t offset, size_t n)
{
	static const char junk[4096] = "\xde\xad\xbe\xef";
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_int_equal(pwrite(fd, junk, n, offset), n);
	close(fd);
}

static void
a_damaged_database_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char text[64];

	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof text, "{'name':'phone-%d'}", i);
		make(f->store, &model_phone, text);
	}
	close_store(f);
	write_at(f->path, 4096, 4096); /* a page of a table */
	refused(f, ERR_CORRUPT, "damaged");
	write_at(f->path, 0, 64); /* the header too */
	refused(f, ERR_CORRUPT, "damaged");
}

static void
a_cut_file_and_somebody_elses_are_left_alone(void **state)
{
	struct fixture *f = *state;

	close_store(f);
	assert_int_equal(truncate(f->path, 5000), 0);
	refused(f, ERR_CORRUPT, "damaged");
	unlink(f->path);
	write_at(f->path, 0, 3000);
	refused(f, ERR_CORRUPT, "damaged");
	unlink(f->path);
	sql(f->path, "CREATE TABLE t (a)");
	refused(f, ERR_CORRUPT, "not a database of Strowger");
	unlink(f->path);
	/* an empty file is a new database */
	close(open(f->path, O_CREAT | O_WRONLY, 0600));
	fixture_open(f);
}

static void
a_newer_database_is_left_alone(void **state)
{
	struct fixture *f = *state;

	close_store(f);
	sql(f->path, "UPDATE schema_version SET version = 1000");
	refused(f, ERR_UNSUPPORTED, "newer version");
}

/* Root may write everywhere, so a child without rights tries. */
static void
a_forbidden_directory_is_named(void **state)
{
	struct fixture *f = *state;
	char why[400] = "", path[128];
	struct store *s = NULL;
	int status;
	pid_t child;

	close_store(f);
	snprintf(path, sizeof path, "%s/none/strowger.db", f->dir);
	assert_int_equal(store_open(path, &s, why, sizeof why), ERR_NOT_FOUND);
	assert_non_null(strstr(why, "does not exist"));
	assert_int_equal(chmod(f->dir, 0555), 0);
	fflush(NULL);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(3);
		snprintf(path, sizeof path, "%s/new.db", f->dir);
		if (store_open(path, &s, why, sizeof why) != ERR_DENIED || !strstr(why, "writable"))
			_exit(1);
		if (store_open(f->path, &s, why, sizeof why) != ERR_DENIED)
			_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(f->dir, 0700), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_was_written_is_there_after_opening_again),
	    TEST(a_second_daemon_is_kept_out),
	    TEST(an_older_database_gains_what_is_new),
	    TEST(phones_of_an_older_database_keep_what_they_say),
	    TEST(migrations_run_in_order_and_a_failing_one_leaves_no_trace),
	    TEST(a_damaged_database_is_left_alone),
	    TEST(a_cut_file_and_somebody_elses_are_left_alone),
	    TEST(a_newer_database_is_left_alone),
	    TEST(a_forbidden_directory_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
