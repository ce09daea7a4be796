#include "store/voicemail.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop/loop.h"
#include "store/sound_files.h"
#include "store/store_int.h"

/* ---- files ---- */

enum err
store_voicemail_folders(const char *data_dir)
{
	enum err e = sound_folder_make(data_dir, VOICEMAIL_FOLDER);

	if (e == ERR_OK)
		e = sound_folder_make(data_dir, SPOKEN_NAME_FOLDER);
	return e == ERR_OK ? sound_folder_make(data_dir, ANNOUNCEMENT_FOLDER) : e;
}

static void
remove_file(const char *data_dir, const char *file)
{
	sound_file_remove(data_dir, VOICEMAIL_FOLDER, file);
}

/* ---- rows ---- */

/* Steps to the end; the first column of the first row into *id, 0: there was none. */
static enum err
run_for_id(struct stmt *st, int64_t *id)
{
	bool row = false;
	enum err e = stmt_step(st, &row);

	*id = e == ERR_OK && row ? sqlite3_column_int64(st->st, 0) : 0;
	while (e == ERR_OK && row) /* RETURNING is done at its end */
		e = stmt_step(st, &row);
	stmt_done(st);
	return e;
}

/* ERR_NOT_FOUND, ERR_LIMIT. */
static enum err
has_room(struct db *db, int64_t mailbox)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT m.max_messages > (SELECT count(*) FROM voicemail v WHERE v.mailbox = m.id "
	    "AND v.state <> 'deleted') FROM mailbox m WHERE m.id = ?",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, mailbox);
	e = stmt_step(st, &row);
	if (e == ERR_OK && !row)
		e = ERR_NOT_FOUND;
	else if (e == ERR_OK && !sqlite3_column_int(st->st, 0))
		e = ERR_LIMIT;
	stmt_done(st);
	return e;
}

static enum err
insert(struct store *s, const struct voicemail_began *b)
{
	struct stmt *st;
	int64_t id;
	enum err e = db_prepare(s->writer,
	    "INSERT INTO voicemail (mailbox, state, received_at, number, name, call_id, file, "
	    "kind) "
	    "VALUES (?, 'recording', ?, ?, ?, ?, ?, iif(?, 'recording', 'message')) RETURNING id",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, b->mailbox);
	stmt_int(st, 2, b->began_at);
	stmt_cstr(st, 3, b->number);
	stmt_cstr(st, 4, b->name);
	stmt_cstr(st, 5, b->call_id);
	stmt_cstr(st, 6, b->file);
	stmt_int(st, 7, b->recorded);
	e = run_for_id(st, &id);
	return e == ERR_OK ? store_changed(s, &model_voicemail, id, STORE_CREATED) : e;
}

enum err
store_voicemail_begin(struct store *s, const struct voicemail_began *b)
{
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = has_room(s->writer, b->mailbox);
	if (e == ERR_OK)
		e = insert(s, b);
	return store_write_end(s, e);
}

/* What stands behind WHERE has one place for the file. */
static enum err
change_by_file(
    struct store *s, const char *sql, const char *file, int64_t length_ms, enum store_op op)
{
	struct stmt *st;
	int64_t id;
	enum err e = db_prepare(s->writer, sql, &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, file);
	if (op == STORE_UPDATED)
		stmt_int(st, 2, length_ms);
	e = run_for_id(st, &id);
	if (e != ERR_OK)
		return e;
	return id ? store_changed(s, &model_voicemail, id, op) : ERR_NOT_FOUND;
}

static enum err
end(struct store *s, const char *file, bool keep, uint64_t length_ms)
{
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	if (keep)
		e = change_by_file(s,
		    "UPDATE voicemail SET state = 'new', length_ms = ?2 "
		    "WHERE file = ?1 AND state = 'recording' RETURNING id",
		    file, (int64_t)length_ms, STORE_UPDATED);
	else
		e = change_by_file(s,
		    "DELETE FROM voicemail WHERE file = ? AND state = 'recording' RETURNING id",
		    file, 0, STORE_DELETED);
	return store_write_end(s, e);
}

enum err
store_voicemail_end(struct store *s, const char *data_dir, const struct voicemail_ended *ended)
{
	enum err e = end(s, ended->file, ended->keep, ended->length_ms);

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !ended->keep))
		remove_file(data_dir, ended->file);
	return e;
}

/* ---- at the telephone ---- */

static void
take_item(struct stmt *st, struct voicemail_item *out)
{
	*out = (struct voicemail_item){.id = sqlite3_column_int64(st->st, 0),
	    .received_at = sqlite3_column_int64(st->st, 1),
	    .length_ms = (uint64_t)sqlite3_column_int64(st->st, 2)};
	slice_clip_cstr(slice_cstr(stmt_column(st, 3)), out->file, sizeof out->file);
	slice_clip_cstr(slice_cstr(stmt_column(st, 4)), out->number, sizeof out->number);
	out->state = voicemail_state_find(stmt_column(st, 5));
}

static enum err
read_items(struct db *db, int64_t mailbox, struct voicemail_answer *a)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT id, received_at, length_ms, file, number, state FROM voicemail "
	    "WHERE mailbox = ? AND state IN ('new', 'old', 'saved') "
	    "ORDER BY state <> 'new', received_at DESC, id DESC LIMIT ?",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, mailbox);
	stmt_int(st, 2, VOICEMAIL_LIST_MAX);
	while ((e = stmt_step(st, &row)) == ERR_OK && row)
		take_item(st, &a->item[a->n++]);
	stmt_done(st);
	return e;
}

enum err
store_voicemail_list(struct store *s, uint64_t id, int64_t mailbox, struct voicemail_answer **out)
{
	struct voicemail_answer *a =
	    calloc(1, sizeof *a + VOICEMAIL_LIST_MAX * sizeof(struct voicemail_item));
	struct db *db;
	enum err e = a ? store_read_begin(s, &db) : ERR_NOMEM;

	if (e == ERR_OK) {
		a->id = id;
		e = read_items(db, mailbox, a);
		store_read_end(s, db);
	}
	if (e == ERR_OK)
		*out = a;
	else
		free(a);
	return e;
}

static enum err
mark(struct store *s, int64_t mailbox, int64_t message, enum voicemail_state state)
{
	struct stmt *st;
	int64_t id;
	enum err e = db_prepare(s->writer,
	    "UPDATE voicemail SET state = ?1, deleted_at = ?2 "
	    "WHERE id = ?3 AND mailbox = ?4 AND state <> 'recording' RETURNING id",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, voicemail_state_name(state));
	stmt_int(st, 2, state == VOICEMAIL_DELETED ? (int64_t)loop_wall_ms() : 0);
	stmt_int(st, 3, message);
	stmt_int(st, 4, mailbox);
	e = run_for_id(st, &id);
	if (e != ERR_OK)
		return e;
	return id ? store_changed(s, &model_voicemail, id, STORE_UPDATED) : ERR_NOT_FOUND;
}

enum err
store_voicemail_mark(struct store *s, int64_t mailbox, int64_t message, enum voicemail_state state)
{
	enum err e;

	if (state == VOICEMAIL_RECORDING)
		return ERR_INVALID;
	e = store_write_begin(s);
	return e == ERR_OK ? store_write_end(s, mark(s, mailbox, message, state)) : e;
}

/* ---- forwarding ---- */

/* The name of the message's file. */
static enum err
file_of(struct store *s, int64_t mailbox, int64_t message, char file[VOICEMAIL_FILE_BYTES])
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT file FROM voicemail WHERE id = ? AND mailbox = ? AND state <> 'recording'",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, message);
		stmt_int(st, 2, mailbox);
		e = stmt_step(st, &row);
		if (e == ERR_OK && row)
			slice_clip_cstr(slice_cstr(stmt_column(st, 0)), file, VOICEMAIL_FILE_BYTES);
		stmt_done(st);
	}
	store_read_end(s, db);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

/* The same bytes under another name: neither is ever written again. */
static enum err
link_file(const char *data_dir, const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];

	if (!sound_file_path(a, data_dir, VOICEMAIL_FOLDER, from) ||
	    !sound_file_path(b, data_dir, VOICEMAIL_FOLDER, to))
		return ERR_TOO_BIG;
	return link(a, b) == 0 ? ERR_OK : err_from_errno(errno);
}

static enum err
copy_row(struct store *s, int64_t message, int64_t to, const char *by, const char *file)
{
	struct stmt *st;
	int64_t id;
	enum err e = has_room(s->writer, to);

	if (e == ERR_OK)
		e = db_prepare(s->writer,
		    "INSERT INTO voicemail (mailbox, state, received_at, number, name, length_ms, "
		    "call_id, forwarded_by, file, kind) SELECT ?1, 'new', received_at, number, "
		    "name, "
		    "length_ms, call_id, ?2, ?3, kind FROM voicemail WHERE id = ?4 RETURNING id",
		    &st);
	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, to);
	stmt_cstr(st, 2, by);
	stmt_cstr(st, 3, file);
	stmt_int(st, 4, message);
	e = run_for_id(st, &id);
	if (e != ERR_OK)
		return e;
	return id ? store_changed(s, &model_voicemail, id, STORE_CREATED) : ERR_NOT_FOUND;
}

enum err
store_voicemail_forward(struct store *s, const char *data_dir, int64_t mailbox, int64_t message,
    int64_t to, const char *by)
{
	char from[VOICEMAIL_FILE_BYTES], copy[VOICEMAIL_FILE_BYTES];
	enum err e = file_of(s, mailbox, message, from);

	if (e != ERR_OK)
		return e;
	sound_file_name(copy);
	e = link_file(data_dir, from, copy);
	if (e != ERR_OK)
		return e;
	e = store_write_begin(s);
	if (e == ERR_OK)
		e = store_write_end(s, copy_row(s, message, to, by, copy));
	if (e != ERR_OK)
		remove_file(data_dir, copy);
	return e;
}

/* ---- what somebody has spoken himself ---- */

static enum err
make_announcement(struct store *s, const struct voicemail_ask *ask, int64_t *id)
{
	bool own = ask->user && !ask->everybodys;
	struct stmt *st;
	json_t *row = NULL;
	enum err e = db_prepare(s->writer,
	    "INSERT INTO announcement (name, user, file, length_ms, file_name, changed_at) "
	    "SELECT m.name || CASE WHEN EXISTS (SELECT 1 FROM announcement a WHERE a.name = m.name "
	    "AND a.user IS ?1) THEN ' ' || (SELECT max(id) + 1 FROM announcement) ELSE '' END, "
	    "?1, ?2, ?3, '', ?4 FROM mailbox m WHERE m.id = ?5 RETURNING id",
	    &st);

	if (e != ERR_OK)
		return e;
	if (own)
		stmt_int(st, 1, ask->user);
	else
		stmt_null(st, 1);
	stmt_cstr(st, 2, ask->file);
	stmt_int(st, 3, (int64_t)ask->length_ms);
	stmt_int(st, 4, (int64_t)loop_wall_ms());
	stmt_int(st, 5, ask->mailbox);
	e = run_for_id(st, id);
	if (e == ERR_OK && !*id)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = store_changed(s, &model_announcement, *id, STORE_CREATED);
	if (e == ERR_OK)
		e = row_get(s->writer, &model_announcement, *id, ROW_SECRET, &row);
	if (e == ERR_OK)
		e = change_created(s, &model_announcement, *id, row);
	json_decref(row);
	return e;
}

static enum err
greet_with(struct store *s, const struct voicemail_ask *ask, int64_t announcement)
{
	const char *greeting = voicemail_greeting_name(ask->greeting);
	json_t *before = NULL, *values = json_pack("{s:I}", greeting, (json_int_t)announcement);
	struct model_errors none = {0};
	enum err e = values ? row_get(s->writer, &model_mailbox, ask->mailbox, ROW_SECRET, &before)
			    : ERR_NOMEM;

	if (e == ERR_OK)
		e = entity_update(s, &model_mailbox, ask->mailbox, before, values, &none);
	json_decref(before);
	json_decref(values);
	return e;
}

enum err
store_voicemail_greet(struct store *s, const struct voicemail_ask *ask)
{
	int64_t id;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = make_announcement(s, ask, &id);
	if (e == ERR_OK)
		e = greet_with(s, ask, id);
	return store_write_end(s, e);
}

/* ---- what waits ---- */

bool
store_voicemail_counts_depend_on(const struct model_entity *e)
{
	return !e || e == &model_voicemail || e == &model_mailbox_access ||
	       e == &model_group_member || e == &model_mailbox || e == &model_user;
}

/* Rows of user, unheard, heard. */
static enum err
tell_counts(struct stmt *st, void (*cb)(void *ctx, int64_t user, uint32_t unheard, uint32_t heard),
    void *ctx)
{
	bool row = false;
	enum err e;

	while ((e = stmt_step(st, &row)) == ERR_OK && row)
		cb(ctx, sqlite3_column_int64(st->st, 0), (uint32_t)sqlite3_column_int64(st->st, 1),
		    (uint32_t)sqlite3_column_int64(st->st, 2));
	stmt_done(st);
	return e;
}

enum err
store_voicemail_counts(struct store *s,
    void (*cb)(void *ctx, int64_t user, uint32_t unheard, uint32_t heard), void *ctx)
{
	struct stmt *st;
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "WITH waits AS (SELECT mailbox, sum(state = 'new') AS unheard, sum(state <> 'new') AS "
	    "heard FROM voicemail WHERE state IN ('new', 'old', 'saved') GROUP BY mailbox), "
	    "may AS (SELECT mailbox, user FROM mailbox_access WHERE user IS NOT NULL UNION "
	    "SELECT a.mailbox, m.user FROM mailbox_access a JOIN group_member m "
	    "ON m.\"group\" = a.\"group\") "
	    "SELECT may.user, sum(waits.unheard), sum(waits.heard) FROM waits "
	    "JOIN may ON may.mailbox = waits.mailbox GROUP BY may.user",
	    &st);
	if (e == ERR_OK)
		e = tell_counts(st, cb, ctx);
	store_read_end(s, db);
	return e;
}

static enum err
mailbox_of(struct db *db, int64_t message, int64_t *mailbox)
{
	struct stmt *st;
	enum err e = db_prepare(db, "SELECT mailbox FROM voicemail WHERE id = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, message);
	e = run_for_id(st, mailbox);
	return e == ERR_OK && !*mailbox ? ERR_NOT_FOUND : e;
}

enum err
store_voicemail_counts_after(struct store *s, int64_t message,
    void (*cb)(void *ctx, int64_t user, uint32_t unheard, uint32_t heard), void *ctx)
{
	struct stmt *st;
	struct db *db;
	int64_t mailbox;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = mailbox_of(db, message, &mailbox);
	if (e == ERR_OK)
		e = db_prepare(db,
		    "WITH whose AS (SELECT a.user FROM mailbox_access a WHERE a.mailbox = ?1 AND "
		    "a.user IS NOT NULL UNION SELECT m.user FROM mailbox_access a "
		    "JOIN group_member m ON m.\"group\" = a.\"group\" WHERE a.mailbox = ?1), "
		    "may AS (SELECT w.user, a.mailbox FROM whose w "
		    "JOIN mailbox_access a ON a.user = w.user UNION SELECT w.user, a.mailbox "
		    "FROM whose w JOIN group_member m ON m.user = w.user "
		    "JOIN mailbox_access a ON a.\"group\" = m.\"group\") "
		    "SELECT may.user, coalesce(sum(v.state = 'new'), 0), "
		    "coalesce(sum(v.state IN ('old', 'saved')), 0) FROM may "
		    "LEFT JOIN voicemail v ON v.mailbox = may.mailbox GROUP BY may.user",
		    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, mailbox);
		e = tell_counts(st, cb, ctx);
	}
	store_read_end(s, db);
	return e;
}

/* ---- after a crash ---- */

struct cut_off {
	char file[VOICEMAIL_FILE_BYTES];
	uint64_t min_ms;
};

enum { MEND_MAX = 4096 }; /* calls at a time */

static enum err
find_cut_off(struct store *s, struct cut_off *all, size_t *n)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	*n = 0;
	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT v.file, iif(v.kind = 'recording', 0, m.min_s) FROM voicemail v JOIN mailbox m "
	    "ON m.id = v.mailbox "
	    "WHERE v.state = 'recording' LIMIT ?",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, MEND_MAX);
		while ((e = stmt_step(st, &row)) == ERR_OK && row) {
			struct cut_off *c = &all[(*n)++];

			slice_clip_cstr(slice_cstr(stmt_column(st, 0)), c->file, sizeof c->file);
			c->min_ms = (uint64_t)sqlite3_column_int64(st->st, 1) * 1000;
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

enum err
store_voicemail_mend(struct store *s, const char *data_dir,
    enum err (*mend_file)(const char *path, uint64_t *length_ms))
{
	struct cut_off *all = calloc(MEND_MAX, sizeof *all);
	size_t n = 0;
	enum err e = all ? find_cut_off(s, all, &n) : ERR_NOMEM;

	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		struct voicemail_ended ended = {0};
		char path[PATH_MAX];

		memcpy(ended.file, all[i].file, sizeof ended.file);
		if (!sound_file_path(path, data_dir, VOICEMAIL_FOLDER, ended.file) ||
		    mend_file(path, &ended.length_ms) != ERR_OK)
			ended.length_ms = 0;
		ended.keep = ended.length_ms && ended.length_ms >= all[i].min_ms;
		if (ended.keep)
			log_info(STORE, "a message that was being recorded has been kept: %llu s",
			    (unsigned long long)ended.length_ms / 1000);
		e = store_voicemail_end(s, data_dir, &ended);
	}
	free(all);
	return e;
}
