/* One SQLite connection: opening, statements by SQL text, error translation. */
#include <stdlib.h>

#include "base/list.h"
#include "base/log.h"
#include "store/store_int.h"

enum { BUSY_TIMEOUT_MS = 5000, CACHED_STATEMENTS = 200 };

enum err
db_open(const char *path, int flags, struct db **out, int *code)
{
	struct db *db = calloc(1, sizeof *db);
	enum err e = ERR_OK;

	*code = SQLITE_NOMEM;
	if (!db)
		return ERR_NOMEM;
	hmap_init(&db->statements);
	*code = sqlite3_open_v2(path, &db->h, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (*code == SQLITE_OK) {
		sqlite3_extended_result_codes(db->h, 1);
		sqlite3_busy_timeout(db->h, BUSY_TIMEOUT_MS);
		sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		e = fold_register(db);
		if (e == ERR_OK)
			e = mail_register(db);
	} else {
		*code = db->h ? sqlite3_extended_errcode(db->h) : *code;
		e = db_error(db, *code);
	}
	if (e != ERR_OK) {
		db_close(db);
		return e;
	}
	*out = db;
	return ERR_OK;
}

enum err
db_function(struct db *db, const char *name, int arguments,
    void (*f)(sqlite3_context *ctx, int argc, sqlite3_value **argv))
{
	int code = sqlite3_create_function(db->h, name, arguments,
	    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, f, NULL, NULL);

	return code == SQLITE_OK ? ERR_OK : ERR_NOMEM;
}

void
db_close(struct db *db)
{
	struct hnode *n;

	if (!db)
		return;
	while ((n = hmap_each(&db->statements, NULL)) != NULL) {
		struct stmt *s = container_of(n, struct stmt, node);

		hmap_remove(&db->statements, n);
		sqlite3_finalize(s->st);
		free(s);
	}
	hmap_fini(&db->statements);
	sqlite3_close(db->h);
	free(db);
}

enum err
db_error(struct db *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return ERR_OK;
	case SQLITE_NOMEM: return ERR_NOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return ERR_IN_USE;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return ERR_CORRUPT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN: return ERR_DENIED;
	case SQLITE_CONSTRAINT:
		if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
			return ERR_EXISTS;
		return ERR_CONFLICT;
	default: break;
	}
	log_error(STORE, "database: %s (%d)", db->h ? sqlite3_errmsg(db->h) : "no memory", code);
	return ERR_IO;
}

enum err
db_exec(struct db *db, const char *sql)
{
	return db_error(db, sqlite3_exec(db->h, sql, NULL, NULL, NULL));
}

static struct stmt *
find_cached(struct db *db, struct slice sql, uint64_t hash, bool *busy)
{
	for (struct hnode *n = hmap_first(&db->statements, hash); n; n = hmap_next(n, hash)) {
		struct stmt *s = container_of(n, struct stmt, node);

		if (!slice_eq(slice_cstr(s->sql), sql))
			continue;
		*busy = s->in_use;
		return s;
	}
	return NULL;
}

static enum err
prepare(struct db *db, struct slice text, struct stmt **out)
{
	uint64_t hash = hash_bytes(text);
	bool busy = false;
	struct stmt *s = find_cached(db, text, hash, &busy);
	bool keep = !s && db->statements.count < CACHED_STATEMENTS;
	enum err e;

	if (s && !busy) {
		s->in_use = true;
		*out = s;
		return ERR_OK;
	}
	s = calloc(1, sizeof *s + text.n + 1);
	if (!s)
		return ERR_NOMEM;
	memcpy(s->sql, text.p, text.n);
	s->db = db;
	s->in_use = true;
	e = db_error(db, sqlite3_prepare_v3(db->h, s->sql, (int)text.n + 1,
			     keep ? SQLITE_PREPARE_PERSISTENT : 0, &s->st, NULL));
	if (e == ERR_OK && keep)
		s->cached = hmap_put(&db->statements, &s->node, hash) == ERR_OK;
	if (e != ERR_OK) {
		free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

enum err
db_prepare(struct db *db, const char *sql, struct stmt **out)
{
	return prepare(db, slice_cstr(sql), out);
}

enum err
db_prepare_buf(struct db *db, const struct buf *sql, struct stmt **out)
{
	return buf_ok(sql) ? prepare(db, buf_slice(sql), out) : ERR_TOO_BIG;
}

enum err
db_preparef(struct db *db, struct stmt **out, const char *fmt, ...)
{
	char sql[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(sql, sizeof sql, fmt, ap);
	va_end(ap);
	return n >= 0 && n < (int)sizeof sql ? prepare(db, slice_cstr(sql), out) : ERR_TOO_BIG;
}

enum err
db_int(struct db *db, const char *sql, int64_t *out)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(db, sql, &s);

	if (e != ERR_OK)
		return e;
	e = stmt_step(s, &row);
	if (e == ERR_OK && !row)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		*out = sqlite3_column_int64(s->st, 0);
	stmt_done(s);
	return e;
}

void
stmt_done(struct stmt *s)
{
	if (!s->cached) {
		sqlite3_finalize(s->st);
		free(s);
		return;
	}
	sqlite3_reset(s->st);
	sqlite3_clear_bindings(s->st);
	s->in_use = false;
}

enum err
stmt_step(struct stmt *s, bool *row)
{
	int code = sqlite3_step(s->st);

	*row = code == SQLITE_ROW;
	return db_error(s->db, code);
}

enum err
stmt_run(struct stmt *s)
{
	bool row;
	enum err e = stmt_step(s, &row);

	stmt_done(s);
	return e;
}

void
stmt_int(struct stmt *s, int index, int64_t v)
{
	sqlite3_bind_int64(s->st, index, v);
}

void
stmt_text(struct stmt *s, int index, struct slice v)
{
	sqlite3_bind_text(s->st, index, v.n ? v.p : "", (int)v.n, SQLITE_TRANSIENT);
}

void
stmt_cstr(struct stmt *s, int index, const char *v)
{
	stmt_text(s, index, slice_cstr(v));
}

void
stmt_null(struct stmt *s, int index)
{
	sqlite3_bind_null(s->st, index);
}

const char *
stmt_column(struct stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s->st, column);

	return text ? text : "";
}

enum err
stmt_ids(struct stmt *s, int64_t **ids, size_t *n)
{
	int64_t *list = NULL;
	size_t count = 0, cap = 0;
	bool row = false;
	enum err err;

	while ((err = stmt_step(s, &row)) == ERR_OK && row) {
		if (count == cap) {
			int64_t *more = realloc(list, (cap = cap ? 2 * cap : 64) * sizeof *list);

			if (!more) {
				err = ERR_NOMEM;
				break;
			}
			list = more;
		}
		list[count++] = sqlite3_column_int64(s->st, 0);
	}
	if (err != ERR_OK) {
		free(list);
		return err;
	}
	*ids = list;
	*n = count;
	return ERR_OK;
}
