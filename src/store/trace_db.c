/* The trace file: opening, putting aside what is damaged, removing what is old. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "store/trace_int.h"

enum { VERSION = 1, EXPIRE_EVERY_MS = 60000, EXPIRE_BLOCKS = 64, OTHERS_SHARE = 5 };

static const char schema[] =
    "CREATE TABLE conversation (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,"
    " record_key TEXT NOT NULL, kind INTEGER NOT NULL, started_at INTEGER NOT NULL,"
    " last_at INTEGER NOT NULL, messages INTEGER NOT NULL, status INTEGER NOT NULL,"
    " caller_number TEXT NOT NULL, caller_name TEXT NOT NULL, caller_phone TEXT NOT NULL,"
    " caller_user INTEGER NOT NULL, called_number TEXT NOT NULL, called_name TEXT NOT NULL,"
    " called_phone TEXT NOT NULL, called_user INTEGER NOT NULL, first_direction INTEGER NOT NULL,"
    " first_method TEXT NOT NULL, start_line TEXT NOT NULL, words TEXT NOT NULL);"
    "CREATE INDEX conversation_started ON conversation (started_at);"
    "CREATE INDEX conversation_record ON conversation (record_key);"
    "CREATE TABLE leg (sip_id TEXT NOT NULL, conversation INTEGER NOT NULL,"
    " PRIMARY KEY (sip_id, conversation)) WITHOUT ROWID;"
    "CREATE INDEX leg_conversation ON leg (conversation);"
    "CREATE TABLE link (conversation INTEGER NOT NULL, sip_id TEXT NOT NULL,"
    " PRIMARY KEY (conversation, sip_id)) WITHOUT ROWID;"
    "CREATE INDEX link_sip_id ON link (sip_id);"
    "CREATE TABLE block (id INTEGER PRIMARY KEY, class INTEGER NOT NULL, to_ms INTEGER NOT NULL,"
    " messages INTEGER NOT NULL, size INTEGER NOT NULL, bytes BLOB NOT NULL);"
    "CREATE INDEX block_class ON block (class, to_ms, messages, size);"
    "CREATE TABLE part (conversation INTEGER NOT NULL, block INTEGER NOT NULL,"
    " PRIMARY KEY (conversation, block)) WITHOUT ROWID;"
    "CREATE INDEX part_block ON part (block);"
    "PRAGMA user_version = 1;";

static enum err
prepare(struct db *db)
{
	int64_t version = 0, tables = 0;
	enum err e =
	    db_exec(db, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
			"PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 16777216;"
			"PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;");

	if (e == ERR_OK)
		e = db_int(db, "PRAGMA user_version", &version);
	if (e == ERR_OK)
		e = db_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (e != ERR_OK || version == VERSION)
		return e;
	if (version || tables)
		return ERR_CORRUPT; /* of another version: worth no conversion */
	return db_exec(db, schema);
}

static enum err
open_file(struct trace_store *ts, const char *path)
{
	struct db *db;
	int code;
	enum err e = db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db, &code);

	if (e != ERR_OK)
		return e;
	e = prepare(db);
	if (e != ERR_OK) {
		db_close(db);
		return e;
	}
	ts->db = db;
	return ERR_OK;
}

/* traces.db becomes traces.db.damaged, for those who want to know why; one is kept. */
static void
put_aside(struct trace_store *ts)
{
	static const char *const parts[] = {"", "-wal", "-shm"};
	char from[4200], to[4200];

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		snprintf(from, sizeof from, "%s%s", ts->path, parts[i]);
		snprintf(to, sizeof to, "%s.damaged%s", ts->path, parts[i]);
		if (rename(from, to) != 0 && errno != ENOENT)
			log_warn(STORE, "%s cannot be put aside: %s", from, strerror(errno));
	}
	pthread_mutex_lock(&ts->lock);
	ts->counts.damaged++;
	pthread_mutex_unlock(&ts->lock);
	log_error(
	    STORE, "the stored traces were damaged: put aside as %s.damaged, begun anew", ts->path);
}

void
trace_db_open(struct trace_store *ts)
{
	bool file = ts->path && ts->db_limits.days;
	enum err e = ERR_NOT_FOUND;

	if (file) {
		e = open_file(ts, ts->path);
		if (e == ERR_CORRUPT) {
			put_aside(ts);
			e = open_file(ts, ts->path);
		}
		if (e != ERR_OK && !ts->failing)
			log_error(STORE, "traces stay in memory: %s cannot be opened: %s", ts->path,
			    err_text(e));
		ts->failing = e != ERR_OK;
	}
	ts->in_memory = e != ERR_OK;
	if (e != ERR_OK && open_file(ts, ":memory:") != ERR_OK)
		log_error(STORE, "no traces: out of memory");
}

void
trace_db_close(struct trace_store *ts)
{
	trace_conv_forget(ts, 0, true);
	if (ts->db)
		db_close(ts->db);
	ts->db = NULL;
}

void
trace_db_failed(struct trace_store *ts, enum err e)
{
	bool damaged = e == ERR_CORRUPT && !ts->in_memory;

	log_error(STORE, "the stored traces cannot be used: %s", err_text(e));
	trace_conv_forget(ts, 0, true); /* they may say what is not in the file */
	if (ts->db && !damaged)
		return;
	trace_db_close(ts);
	if (damaged)
		put_aside(ts);
	trace_db_open(ts);
}

/* ---- what is too much ---- */

static enum err
bytes_used(struct trace_store *ts, int64_t *out)
{
	int64_t pages = 0, free_pages = 0, page = 0;
	enum err e = db_int(ts->db, "PRAGMA page_count", &pages);

	if (e == ERR_OK)
		e = db_int(ts->db, "PRAGMA freelist_count", &free_pages);
	if (e == ERR_OK)
		e = db_int(ts->db, "PRAGMA page_size", &page);
	if (e == ERR_OK)
		*out = (pages - free_pages) * page;
	return e;
}

/* The oldest blocks of a class up to a time, with the conversations that have nothing left. */
static enum err
remove_blocks(struct trace_store *ts, int class, int64_t until_ms, int max, int *removed)
{
	static const char *const steps[] = {
	    "DELETE FROM gone",
	    NULL, /* fills gone */
	    "DELETE FROM touched",
	    "INSERT OR IGNORE INTO touched SELECT conversation FROM part WHERE block IN gone",
	    "DELETE FROM part WHERE block IN gone",
	    "DELETE FROM block WHERE id IN gone",
	    "DELETE FROM touched WHERE EXISTS (SELECT 1 FROM part WHERE conversation = id)",
	    "DELETE FROM leg WHERE conversation IN touched",
	    "DELETE FROM link WHERE conversation IN touched",
	    "DELETE FROM conversation WHERE id IN touched",
	};
	enum err e = db_exec(ts->db,
	    "CREATE TEMP TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY);"
	    "CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY); BEGIN IMMEDIATE");
	int64_t n = 0;

	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && e == ERR_OK; i++) {
		struct stmt *s;

		e = db_prepare(ts->db,
		    steps[i] ? steps[i]
			     : "INSERT INTO gone SELECT id FROM block WHERE class = ? AND to_ms < ?"
			       " ORDER BY to_ms LIMIT ?",
		    &s);
		if (e != ERR_OK)
			break;
		if (!steps[i]) {
			stmt_int(s, 1, class);
			stmt_int(s, 2, until_ms);
			stmt_int(s, 3, max);
		}
		e = stmt_run(s);
	}
	if (e == ERR_OK)
		e = db_int(ts->db, "SELECT count(*) FROM gone", &n);
	if (e == ERR_OK)
		e = db_exec(ts->db, "COMMIT");
	else
		(void)!db_exec(ts->db, "ROLLBACK");
	if (n)
		trace_conv_forget(ts, 0, true); /* their rows may be gone */
	*removed = (int)n;
	return e;
}

static enum err
remove_old(struct trace_store *ts, int64_t now_ms)
{
	int64_t until = now_ms - (int64_t)ts->db_limits.days * 86400000;
	enum err e = ERR_OK;
	int removed;

	for (int class = 0; class < TRACE_CLASSES && e == ERR_OK; class ++)
		do
			e = remove_blocks(ts, class, until, EXPIRE_BLOCKS, &removed);
		while (e == ERR_OK && removed == EXPIRE_BLOCKS);
	return e;
}

static int64_t
sum_of(struct trace_store *ts, const char *column, int class)
{
	char sql[100];
	int64_t n = 0;

	snprintf(sql, sizeof sql, "SELECT coalesce(sum(%s), 0) FROM block WHERE class = %d", column,
	    class);
	(void)!db_int(ts->db, sql, &n);
	return n;
}

/* Registrations may have a fifth; they go first when they have more. */
static int
class_to_cut(struct trace_store *ts, const char *column)
{
	int64_t calls = sum_of(ts, column, 0), others = sum_of(ts, column, 1);

	return others * OTHERS_SHARE > calls + others || calls == 0;
}

/* A sixteenth at a time: one transaction for much, little more than is needed. */
static int
few_of(struct trace_store *ts, int class)
{
	int64_t few = sum_of(ts, "1", class) / 16;

	return few < 1 ? 1 : few > EXPIRE_BLOCKS ? EXPIRE_BLOCKS : (int)few;
}

static enum err
remove_surplus(struct trace_store *ts)
{
	int64_t max = (int64_t)ts->db_limits.mb << 20, used = 0;
	enum err e = bytes_used(ts, &used);
	int removed = 1;

	while (e == ERR_OK && removed) {
		bool too_much = used > max;
		int class;

		if (ts->in_memory)
			too_much = sum_of(ts, "messages", 0) + sum_of(ts, "messages", 1) >
				   (int64_t)ts->db_limits.messages;
		if (!too_much)
			break;
		class = class_to_cut(ts, ts->in_memory ? "messages" : "size");
		e = remove_blocks(ts, class, INT64_MAX, few_of(ts, class), &removed);
		if (e == ERR_OK)
			e = bytes_used(ts, &used);
	}
	return e;
}

void
trace_db_expire(struct trace_store *ts, int64_t now_ms)
{
	bool at_once = ts->expire_ms == 0; /* the limits are others now */
	enum err e;

	if (!ts->db ||
	    (!ts->in_memory && now_ms < ts->expire_ms && now_ms + EXPIRE_EVERY_MS > ts->expire_ms))
		return;
	ts->expire_ms = now_ms + EXPIRE_EVERY_MS;
	e = ts->in_memory ? ERR_OK : remove_old(ts, now_ms);
	if (e == ERR_OK)
		e = remove_surplus(ts);
	if (e == ERR_OK)
		e = db_exec(ts->db,
		    at_once ? "PRAGMA incremental_vacuum" : "PRAGMA incremental_vacuum(256)");
	if (e != ERR_OK)
		trace_db_failed(ts, e);
}

void
trace_db_measure(struct trace_store *ts, struct trace_store_counts *out)
{
	int64_t bytes = 0;

	out->in_memory = ts->in_memory;
	if (!ts->db)
		return;
	if (bytes_used(ts, &bytes) == ERR_OK)
		out->bytes = (uint64_t)bytes;
	out->stored = (uint64_t)(sum_of(ts, "messages", 0) + sum_of(ts, "messages", 1));
}
