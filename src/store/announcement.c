#include "store/announcement.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/sound_files.h"
#include "store/store_int.h"

enum err
store_announcement_get(struct store *s, int64_t id, struct store_announcement *out)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT file, changed_at, length_ms, file_name FROM announcement WHERE id = ?", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, id);
		e = stmt_step(st, &row);
		if (e == ERR_OK && !row)
			e = ERR_NOT_FOUND;
		if (e == ERR_OK) {
			*out = (struct store_announcement){
			    .changed_at = sqlite3_column_int64(st->st, 1),
			    .length_ms = (uint64_t)sqlite3_column_int64(st->st, 2)};
			slice_clip_cstr(
			    slice_cstr(stmt_column(st, 0)), out->file, sizeof out->file);
			slice_clip_cstr(
			    slice_cstr(stmt_column(st, 3)), out->file_name, sizeof out->file_name);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

/* How people call it that the sound is another one: when it came. */
static const char sound_field[] = "changed_at";

static enum err
set(struct store *s, int64_t id, const struct store_announcement *a)
{
	struct stmt *st;
	enum err e = db_prepare(s->writer,
	    "UPDATE announcement SET file = ?, changed_at = ?, length_ms = ?, file_name = ? "
	    "WHERE id = ?",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, a->file);
	stmt_int(st, 2, a->changed_at);
	stmt_int(st, 3, (int64_t)a->length_ms);
	stmt_cstr(st, 4, a->file_name);
	stmt_int(st, 5, id);
	e = stmt_run(st);
	if (e == ERR_OK && sqlite3_changes(s->writer->h) == 0)
		e = ERR_NOT_FOUND;
	return e == ERR_OK ? store_changed(s, &model_announcement, id, STORE_UPDATED) : e;
}

enum err
store_announcement_set(struct store *s, int64_t id, const struct store_announcement *a)
{
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = set(s, id, a);
	if (e == ERR_OK)
		e = change_of_secret(s, &model_announcement, id, sound_field);
	return store_write_end(s, e);
}

enum err
store_announcement_unused(struct store *s, int64_t id, struct model_errors *errors)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT group_concat(name, ', ') FROM (SELECT name FROM mailbox "
	    "WHERE ?1 IN (greeting, greeting_busy, greeting_away) ORDER BY fold(name))",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, id);
		e = stmt_step(st, &row);
		if (e == ERR_OK && row && *stmt_column(st, 0)) {
			model_error_add(errors, "announcement_in_use", "",
			    "Callers of these mailboxes hear it: %s.", stmt_column(st, 0));
			e = ERR_CONFLICT;
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

/* ---- files ---- */

static enum err
sweep(struct store *s, const char *data_dir, time_t older_than)
{
	return sound_rows_sweep(s, data_dir, ANNOUNCEMENT_FOLDER, older_than,
	    "SELECT 1 FROM announcement WHERE file = ?");
}

enum { SPOKEN_NAMES_S = 24 * 3600 };

static bool
has_no_row(void *ctx, const char *name)
{
	return false;
}

void
store_announcements_sweep(struct store *s, const char *data_dir)
{
	sound_folder_sweep(
	    data_dir, SPOKEN_NAME_FOLDER, time(NULL) - SPOKEN_NAMES_S, has_no_row, NULL);
	if (sweep(s, data_dir, time(NULL) - SOUND_FILES_LEFT_OVER_S) != ERR_OK)
		log_warn(STORE, "old files of announcements stay");
}

struct missing {
	const char *data_dir;
	json_t *ids;
};

static bool
note_missing(void *arg, const json_t *row)
{
	struct missing *m = arg;
	const char *file = row_text(row, "file");

	if (!*file || sound_file_is_there(m->data_dir, ANNOUNCEMENT_FOLDER, file))
		return true;
	log_warn(STORE, "the sound of the announcement \"%s\" is gone", row_text(row, "name"));
	return json_array_append(m->ids, json_object_get(row, "id")) == 0;
}

enum err
store_announcements_check(struct store *s, const char *data_dir)
{
	struct missing m = {data_dir, json_array()};
	enum err e = m.ids ? sweep(s, data_dir, time(NULL)) : ERR_NOMEM;
	json_t *id;
	size_t i;

	if (e == ERR_OK)
		e = store_write_begin(s);
	if (e != ERR_OK) {
		json_decref(m.ids);
		return e;
	}
	e = row_each(s->writer, &model_announcement, NULL, 0, note_missing, &m);
	json_array_foreach(m.ids, i, id) if (e == ERR_OK) e =
	    set(s, json_integer_value(id), &(struct store_announcement){0});
	json_decref(m.ids);
	return store_write_end(s, e);
}
