#include "store/mailbox.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sound_files.h"
#include "store/store_int.h"

enum { EXPIRE_MAX = 500 }; /* in one transaction */

/* ---- who ---- */

enum err
store_mailbox_open_to(struct store *s, int64_t mailbox, int64_t user)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT 1 FROM mailbox_access a WHERE a.mailbox = ?1 AND (a.user = ?2 OR "
	    "a.\"group\" IN (SELECT m.\"group\" FROM group_member m WHERE m.user = ?2))",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, mailbox);
		stmt_int(st, 2, user);
		e = stmt_step(st, &row);
		stmt_done(st);
	}
	store_read_end(s, db);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

enum err
store_mailbox_users(
    struct store *s, int64_t mailbox, void (*cb)(void *ctx, int64_t user), void *ctx)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT user FROM mailbox_access WHERE mailbox = ?1 AND user IS NOT NULL UNION "
	    "SELECT m.user FROM mailbox_access a JOIN group_member m ON m.\"group\" = a.\"group\" "
	    "WHERE a.mailbox = ?1",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, mailbox);
		while ((e = stmt_step(st, &row)) == ERR_OK && row)
			cb(ctx, sqlite3_column_int64(st->st, 0));
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

/* ---- one message ---- */

enum err
store_message_get(struct store *s, int64_t id, struct store_message *out)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT mailbox, received_at, state, file, number FROM voicemail "
	    "WHERE id = ? AND state <> 'recording'",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, id);
		e = stmt_step(st, &row);
		if (e == ERR_OK && row) {
			*out = (struct store_message){.mailbox = sqlite3_column_int64(st->st, 0),
			    .received_at = sqlite3_column_int64(st->st, 1),
			    .state = voicemail_state_find(stmt_column(st, 2))};
			slice_clip_cstr(
			    slice_cstr(stmt_column(st, 3)), out->file, sizeof out->file);
			slice_clip_cstr(
			    slice_cstr(stmt_column(st, 4)), out->number, sizeof out->number);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

enum err
store_message_remove(struct store *s, const char *data_dir, int64_t id)
{
	char file[VOICEMAIL_FILE_BYTES] = "";
	struct stmt *st;
	bool row = false;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(s->writer,
	    "DELETE FROM voicemail WHERE id = ? AND state = 'deleted' RETURNING file", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, id);
		e = stmt_step(st, &row);
		if (e == ERR_OK && row)
			slice_clip_cstr(slice_cstr(stmt_column(st, 0)), file, sizeof file);
		else if (e == ERR_OK)
			e = ERR_NOT_FOUND;
		while (e == ERR_OK && row) /* RETURNING is done at its end */
			e = stmt_step(st, &row);
		stmt_done(st);
	}
	if (e == ERR_OK)
		e = store_changed(s, &model_voicemail, id, STORE_DELETED);
	e = store_write_end(s, e);
	if (e == ERR_OK)
		sound_file_remove(data_dir, VOICEMAIL_FOLDER, file);
	return e;
}

/* ---- what becomes of them ---- */

/* Runs a statement about some messages until there are none left; it has places for a time and a
 * number of rows. */
static enum err
change_before(struct store *s, const char *sql, int64_t before_ms, int64_t *total)
{
	int changed = EXPIRE_MAX;
	enum err e = ERR_OK;

	while (e == ERR_OK && changed == EXPIRE_MAX) {
		struct stmt *st;

		e = store_write_begin(s);
		if (e != ERR_OK)
			return e;
		e = db_prepare(s->writer, sql, &st);
		if (e == ERR_OK) {
			stmt_int(st, 1, before_ms);
			stmt_int(st, 2, EXPIRE_MAX);
			e = stmt_run(st);
		}
		changed = sqlite3_changes(s->writer->h);
		if (e == ERR_OK && changed)
			e = store_changed(s, &model_voicemail, 0, STORE_DELETED);
		e = store_write_end(s, e);
		*total += e == ERR_OK ? changed : 0;
	}
	return e;
}

struct folder {
	struct db *db;
	const char *data_dir;
	time_t older_than;
};

/* A forwarded message has a file that was written long ago, and was there before its row: what
 * counts is when it got its name. */
static bool
is_known(void *ctx, const char *name)
{
	const struct folder *f = ctx;
	const char *dot = strrchr(name, '.');
	char path[PATH_MAX];
	struct stat at;
	struct stmt *st;
	bool row = false;
	enum err e;

	if (!dot || dot == name ||
	    snprintf(path, sizeof path, "%s/" VOICEMAIL_FOLDER "/%s", f->data_dir, name) >=
		(int)sizeof path ||
	    stat(path, &at) != 0 || at.st_ctime > f->older_than)
		return true;
	e = db_prepare(f->db, "SELECT 1 FROM voicemail WHERE file = ?", &st);
	if (e != ERR_OK)
		return true;
	stmt_text(st, 1, slice_make(name, (size_t)(dot - name)));
	e = stmt_step(st, &row);
	stmt_done(st);
	return e != ERR_OK || row; /* when in doubt it stays */
}

static enum err
sweep(struct store *s, const char *data_dir, int64_t now_ms)
{
	struct folder f = {
	    .data_dir = data_dir, .older_than = now_ms / 1000 - SOUND_FILES_LEFT_OVER_S};
	enum err e = store_read_begin(s, &f.db);

	if (e != ERR_OK)
		return e;
	sound_folder_sweep(data_dir, VOICEMAIL_FOLDER, f.older_than, is_known, &f);
	store_read_end(s, f.db);
	return ERR_OK;
}

struct missing {
	const char *data_dir;
	json_t *ids;
};

static bool
note_missing(void *arg, const json_t *row)
{
	struct missing *m = arg;
	char path[PATH_MAX];

	if (strcmp(row_text(row, "state"), voicemail_state_name(VOICEMAIL_RECORDING)) != 0 &&
	    sound_file_path(path, m->data_dir, VOICEMAIL_FOLDER, row_text(row, "file")) &&
	    access(path, F_OK) != 0 && errno == ENOENT)
		json_array_append(m->ids, json_object_get(row, "id"));
	return true;
}

/* Of what nobody can listen to any more: somebody has put back the database alone. */
static enum err
drop_missing(struct store *s, const char *data_dir)
{
	struct missing m = {data_dir, json_array()};
	struct db *db;
	json_t *id;
	size_t i;
	enum err e = m.ids ? store_read_begin(s, &db) : ERR_NOMEM;

	if (e == ERR_OK) {
		e = row_each(db, &model_voicemail, NULL, 0, note_missing, &m);
		store_read_end(s, db);
	}
	if (json_array_size(m.ids))
		log_warn(STORE, "the sound of %zu messages is gone: they are removed",
		    json_array_size(m.ids));
	json_array_foreach(m.ids, i, id)
	{
		if (e == ERR_OK)
			e = store_write_begin(s);
		if (e != ERR_OK)
			break;
		e = row_delete(s->writer, &model_voicemail, json_integer_value(id), NULL);
		if (e == ERR_OK)
			e = store_changed(
			    s, &model_voicemail, json_integer_value(id), STORE_DELETED);
		e = store_write_end(s, e == ERR_NOT_FOUND ? ERR_OK : e);
	}
	json_decref(m.ids);
	return e;
}

enum err
store_messages_expire(struct store *s, const char *data_dir, int64_t now_ms, int64_t *removed)
{
	const int64_t day_ms = 86400000;
	int64_t deleted = 0, gone = 0;
	struct settings settings;
	enum err e = store_settings(s, &settings);

	if (e == ERR_OK)
		e = change_before(s,
		    "UPDATE voicemail SET state = 'deleted', deleted_at = ?1 WHERE id IN "
		    "(SELECT v.id FROM voicemail v JOIN mailbox m ON m.id = v.mailbox "
		    "WHERE m.keep_days > 0 AND v.state IN ('new', 'old') "
		    "AND v.received_at < ?1 - m.keep_days * 86400000 LIMIT ?2)",
		    now_ms, &deleted);
	if (e == ERR_OK)
		e = change_before(s,
		    "DELETE FROM voicemail WHERE id IN (SELECT id FROM voicemail "
		    "WHERE state = 'deleted' AND deleted_at < ? LIMIT ?)",
		    now_ms - settings.voicemail_trash_days * day_ms, &gone);
	if (e == ERR_OK) /* their files, too: rows go first */
		e = sweep(s, data_dir, now_ms);
	if (e == ERR_OK)
		e = drop_missing(s, data_dir);
	if (e == ERR_OK && removed)
		*removed = deleted + gone;
	return e;
}
