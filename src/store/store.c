/* Opening and closing, the write lock and its transactions, the pool of readers. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/licence_int.h"
#include "store/store_int.h"

/* Above this size call records are left out of the check at start: they are most of it, and
 * damage there is found when it is read. */
enum { FULL_CHECK_BYTES = 64 * 1024 * 1024 };

/* --- is the file good? ------------------------------------------------------------ */

static enum err
check_one(struct db *db, const char *sql)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(db, sql, &s);

	if (e != ERR_OK)
		return e;
	e = stmt_step(s, &row);
	if (e == ERR_OK && (!row || strcmp(stmt_column(s, 0), "ok") != 0))
		e = ERR_CORRUPT;
	stmt_done(s);
	return e;
}

static enum err
quick_check(struct db *db, off_t bytes)
{
	size_t count;
	const struct model_entity *const *all = model_entities(&count);
	enum err e = ERR_OK;
	char sql[96];

	if (bytes <= FULL_CHECK_BYTES)
		return check_one(db, "PRAGMA quick_check(1)");
	for (size_t i = 0; i < count && e == ERR_OK; i++) {
		if (all[i] == &model_call_record)
			continue;
		snprintf(sql, sizeof sql, "PRAGMA quick_check('%s')", all[i]->name);
		e = check_one(db, sql);
	}
	return e;
}

/* Looks through a connection that cannot write, so that a damaged file stays as it is. */
static enum err
inspect(const char *path, off_t bytes)
{
	struct db *db;
	int code, version;
	enum err e = db_open(path, SQLITE_OPEN_READONLY, &db, &code);

	if (e != ERR_OK)
		return e;
	e = schema_version(db, &version);
	if (e == ERR_OK)
		e = quick_check(db, bytes);
	db_close(db);
	return e;
}

static void
explain(enum err e, const char *path, char *why, size_t n)
{
	switch (e) {
	case ERR_OK: break;
	case ERR_CORRUPT:
		snprintf(why, n,
		    "The database %s is damaged or is not a database of Strowger. Nothing was "
		    "changed. "
		    "Restore a backup, or move the file away to start with an empty system.",
		    path);
		break;
	case ERR_UNSUPPORTED:
		snprintf(why, n,
		    "The database %s was written by a newer version of Strowger. Install that "
		    "version, "
		    "or restore a backup made by this one.",
		    path);
		break;
	case ERR_DENIED:
		snprintf(why, n,
		    "The database %s cannot be written. Make its directory and files writable for "
		    "the "
		    "user that runs strowgerd, or choose another directory with --data.",
		    path);
		break;
	case ERR_NOT_FOUND:
		snprintf(why, n,
		    "The directory of the database %s does not exist. Create it, or choose another "
		    "one with --data.",
		    path);
		break;
	case ERR_IN_USE:
		snprintf(why, n,
		    "The database %s is in use by another strowgerd. Stop that one, or choose "
		    "another directory with --data.",
		    path);
		break;
	default:
		snprintf(why, n, "The database %s cannot be opened: %s.", path, err_text(e));
		break;
	}
}

static enum err
check_place(const char *path, bool *exists, off_t *bytes)
{
	char *copy = strdup(path), *dir;
	struct stat st;
	enum err e = ERR_OK;

	if (!copy)
		return ERR_NOMEM;
	dir = dirname(copy);
	*exists = false;
	*bytes = 0;
	if (stat(dir, &st) != 0)
		e = errno == EACCES ? ERR_DENIED : ERR_NOT_FOUND;
	else if (!S_ISDIR(st.st_mode))
		e = ERR_NOT_FOUND;
	else if (access(dir, W_OK | X_OK) != 0)
		e = ERR_DENIED;
	else if (stat(path, &st) == 0 && st.st_size > 0) {
		*exists = true;
		*bytes = st.st_size;
		if (!S_ISREG(st.st_mode))
			e = ERR_CORRUPT;
		else if (access(path, R_OK | W_OK) != 0)
			e = ERR_DENIED;
	}
	free(copy);
	return e;
}

enum err
store_check(const char *path, char *why, size_t why_bytes)
{
	bool exists;
	off_t bytes;
	enum err e = check_place(path, &exists, &bytes);

	if (e == ERR_OK && exists)
		e = inspect(path, bytes);
	explain(e, path, why, why_bytes);
	return e;
}

/* --- opening ----------------------------------------------------------------------- */

/* A file of its own: closing any descriptor of the database would drop SQLite's locks. */
static enum err
take_lock(struct store *s)
{
	char name[4096];

	if ((size_t)snprintf(name, sizeof name, "%s.lock", s->path) >= sizeof name)
		return ERR_TOO_BIG;
	s->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0)
		return err_from_errno(errno);
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? ERR_IN_USE : err_from_errno(errno);
	return ERR_OK;
}

static enum err
open_connection(struct store *s, bool writer, struct db **out)
{
	struct db *db;
	int code;
	int flags = SQLITE_OPEN_READWRITE | (writer ? SQLITE_OPEN_CREATE : 0);
	enum err e = db_open(s->path, flags, &db, &code);

	if (e != ERR_OK)
		return e;
	e = db_exec(db, "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
			"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000;");
	if (e == ERR_OK)
		e = db_exec(db, writer ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
					 "PRAGMA journal_size_limit = 16777216;"
				       : "PRAGMA query_only = ON;");
	if (e != ERR_OK) {
		db_close(db);
		return e;
	}
	*out = db;
	return ERR_OK;
}

static enum err
open_all(struct store *s)
{
	bool exists;
	off_t bytes;
	enum err e = check_place(s->path, &exists, &bytes);

	if (e == ERR_OK)
		e = take_lock(s);
	if (e == ERR_OK && exists)
		e = inspect(s->path, bytes);
	if (e == ERR_OK)
		e = open_connection(s, true, &s->writer);
	if (e == ERR_OK)
		e = schema_update(s->writer);
	return e;
}

enum err
store_open(const char *path, struct store **out, char *why, size_t why_bytes)
{
	struct store *s = calloc(1, sizeof *s);
	mode_t old;
	enum err e;

	if (!s)
		return ERR_NOMEM;
	s->lock_fd = -1;
	pthread_mutex_init(&s->write_lock, NULL);
	pthread_mutex_init(&s->pool_lock, NULL);
	pthread_cond_init(&s->pool_free, NULL);
	s->path = strdup(path);
	old = umask(077); /* the file holds passwords */
	e = s->path ? open_all(s) : ERR_NOMEM;
	umask(old);
	if (e != ERR_OK) {
		explain(e, path, why, why_bytes);
		store_close(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->idle_count; i++)
		db_close(s->idle[i]);
	db_close(s->writer);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	pthread_cond_destroy(&s->pool_free);
	pthread_mutex_destroy(&s->pool_lock);
	pthread_mutex_destroy(&s->write_lock);
	licence_key_free(s);
	free(s->pending);
	free(s->path);
	free(s);
}

/* --- writing -------------------------------------------------------------------------- */

void
store_on_change(
    struct store *s, void (*cb)(void *ctx, const struct store_change *change), void *ctx)
{
	if (s->callback_count == STORE_CALLBACKS) {
		log_error(STORE, "too many listeners for changes");
		return;
	}
	s->callback[s->callback_count].cb = cb;
	s->callback[s->callback_count++].ctx = ctx;
}

static void
unlock(struct store *s)
{
	if (s->relaxed)
		(void)!db_exec(s->writer, "PRAGMA synchronous = FULL");
	s->relaxed = false;
	s->pending_count = 0;
	pthread_mutex_unlock(&s->write_lock);
}

static enum err
begin(struct store *s, bool relaxed)
{
	enum err e = ERR_OK;

	pthread_mutex_lock(&s->write_lock);
	s->relaxed = relaxed;
	s->pending_count = 0;
	if (relaxed)
		e = db_exec(s->writer, "PRAGMA synchronous = NORMAL");
	if (e == ERR_OK)
		e = db_exec(s->writer, "BEGIN IMMEDIATE");
	if (e != ERR_OK)
		unlock(s);
	return e;
}

enum err
store_write_begin(struct store *s)
{
	return begin(s, false);
}

enum err
store_write_begin_relaxed(struct store *s)
{
	return begin(s, true);
}

enum err
store_commit(struct store *s)
{
	enum err e = db_exec(s->writer, "COMMIT");

	if (e != ERR_OK) {
		store_rollback(s);
		return e;
	}
	for (size_t i = 0; i < s->pending_count; i++)
		for (size_t k = 0; k < s->callback_count; k++)
			s->callback[k].cb(s->callback[k].ctx, &s->pending[i]);
	unlock(s);
	return ERR_OK;
}

void
store_rollback(struct store *s)
{
	/* a full disk may have rolled back already */
	if (!sqlite3_get_autocommit(s->writer->h))
		(void)!db_exec(s->writer, "ROLLBACK");
	unlock(s);
}

enum err
store_write_end(struct store *s, enum err e)
{
	if (e == ERR_OK)
		return store_commit(s);
	store_rollback(s);
	return e;
}

enum err
store_changed(struct store *s, const struct model_entity *e, int64_t id, enum store_op op)
{
	if (s->pending_count == s->pending_cap) {
		size_t cap = s->pending_cap ? s->pending_cap * 2 : 16;
		struct store_change *p = realloc(s->pending, cap * sizeof *p);

		if (!p)
			return ERR_NOMEM;
		s->pending = p;
		s->pending_cap = cap;
	}
	s->pending[s->pending_count++] = (struct store_change){e, id, op};
	return ERR_OK;
}

/* --- reading --------------------------------------------------------------------------- */

static enum err
take_reader(struct store *s, struct db **out)
{
	enum err e = ERR_OK;

	pthread_mutex_lock(&s->pool_lock);
	while (s->idle_count == 0 && s->reader_count == STORE_READERS)
		pthread_cond_wait(&s->pool_free, &s->pool_lock);
	if (s->idle_count) {
		*out = s->idle[--s->idle_count];
	} else {
		e = open_connection(s, false, out);
		if (e == ERR_OK)
			s->reader_count++;
	}
	pthread_mutex_unlock(&s->pool_lock);
	return e;
}

static void
give_reader(struct store *s, struct db *db)
{
	pthread_mutex_lock(&s->pool_lock);
	s->idle[s->idle_count++] = db;
	pthread_cond_signal(&s->pool_free);
	pthread_mutex_unlock(&s->pool_lock);
}

enum err
store_read_begin(struct store *s, struct db **out)
{
	struct db *db;
	enum err e = take_reader(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_exec(db, "BEGIN");
	if (e != ERR_OK) {
		give_reader(s, db);
		return e;
	}
	*out = db;
	return ERR_OK;
}

void
store_read_end(struct store *s, struct db *db)
{
	(void)!db_exec(db, "COMMIT");
	give_reader(s, db);
}
