#include "store/music.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "store/store_int.h"

/* ---- what comes with the system ---- */

/* Writes nothing when it is there: a full disk must not keep the system from starting. */
enum err
music_complete(struct db *db)
{
	return db_exec(db,
	    "INSERT INTO music_loop (name, builtin) SELECT '" MUSIC_DEFAULT "', 1 "
	    "WHERE NOT EXISTS (SELECT 1 FROM music_loop WHERE builtin OR name = '" MUSIC_DEFAULT
	    "');"
	    "INSERT INTO music_file (loop, position, name, builtin) "
	    "SELECT id, 1, 'Strowger', 1 FROM music_loop WHERE builtin "
	    "AND NOT EXISTS (SELECT 1 FROM music_file WHERE builtin)");
}

/* One loop at most is the default. */
enum err
music_one_default(struct store *s, const struct model_entity *e, int64_t id, const json_t *values)
{
	struct stmt *st;
	enum err err;

	if (e != &model_music_loop || !json_is_true(json_object_get(values, "is_default")))
		return ERR_OK;
	err = db_prepare(
	    s->writer, "UPDATE music_loop SET is_default = 0 WHERE is_default AND id <> ?", &st);
	if (err != ERR_OK)
		return err;
	stmt_int(st, 1, id);
	return stmt_run(st);
}

/* ---- rows ---- */

enum err
store_music_file_get(struct store *s, int64_t id, struct store_music_file *out)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT file, name, loop, uploaded_at, length_ms FROM music_file WHERE id = ?", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, id);
		e = stmt_step(st, &row);
		if (e == ERR_OK && !row)
			e = ERR_NOT_FOUND;
		if (e == ERR_OK) {
			*out = (struct store_music_file){.loop = sqlite3_column_int64(st->st, 2),
			    .uploaded_at = sqlite3_column_int64(st->st, 3),
			    .length_ms = (uint64_t)sqlite3_column_int64(st->st, 4)};
			slice_clip_cstr(
			    slice_cstr(stmt_column(st, 0)), out->file, sizeof out->file);
			slice_clip_cstr(
			    slice_cstr(stmt_column(st, 1)), out->name, sizeof out->name);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

static enum err
has_room(struct db *db, int64_t loop)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT (SELECT count(*) FROM music_file f WHERE f.loop = l.id) FROM music_loop l "
	    "WHERE l.id = ?",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, loop);
	e = stmt_step(st, &row);
	if (e == ERR_OK && !row)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK && sqlite3_column_int(st->st, 0) >= MUSIC_FILES_MAX)
		e = ERR_LIMIT;
	stmt_done(st);
	return e;
}

enum err
store_music_room(struct store *s, int64_t loop)
{
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = has_room(db, loop);
	store_read_end(s, db);
	return e;
}

static enum err
add(struct store *s, const struct store_music_file *f, int64_t *id)
{
	struct stmt *st;
	enum err e = has_room(s->writer, f->loop);

	if (e == ERR_OK)
		e = db_prepare(s->writer,
		    "INSERT INTO music_file (loop, position, name, length_ms, uploaded_at, file) "
		    "VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM music_file "
		    "WHERE loop = ?1), ?2, ?3, ?4, ?5)",
		    &st);
	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, f->loop);
	stmt_cstr(st, 2, f->name);
	stmt_int(st, 3, (int64_t)f->length_ms);
	stmt_int(st, 4, f->uploaded_at);
	stmt_cstr(st, 5, f->file);
	e = stmt_run(st);
	if (e != ERR_OK)
		return e;
	*id = sqlite3_last_insert_rowid(s->writer->h);
	return store_changed(s, &model_music_file, *id, STORE_CREATED);
}

enum err
store_music_file_add(struct store *s, const struct store_music_file *f, json_t **row)
{
	int64_t id = 0;
	enum err e = store_write_begin(s);

	if (e == ERR_OK)
		e = store_write_end(s, add(s, f, &id));
	return e == ERR_OK ? store_get(s, &model_music_file, id, row) : e;
}

/* ---- files ---- */

static enum err
sweep(struct store *s, const char *data_dir, time_t older_than)
{
	return sound_rows_sweep(
	    s, data_dir, MUSIC_FOLDER, older_than, "SELECT 1 FROM music_file WHERE file = ?");
}

void
store_music_sweep(struct store *s, const char *data_dir)
{
	if (sweep(s, data_dir, time(NULL) - SOUND_FILES_LEFT_OVER_S) != ERR_OK)
		log_warn(STORE, "old files of music on hold stay");
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

	if (!*file || sound_file_is_there(m->data_dir, MUSIC_FOLDER, file))
		return true;
	log_warn(STORE, "the file of the music \"%s\" is gone: it is not played any more",
	    row_text(row, "name"));
	return json_array_append(m->ids, json_object_get(row, "id")) == 0;
}

enum err
store_music_check(struct store *s, const char *data_dir)
{
	struct missing m = {data_dir, json_array()};
	struct model_errors errors = {0};
	enum err e = m.ids ? sweep(s, data_dir, time(NULL)) : ERR_NOMEM;
	json_t *id;
	size_t i;

	if (e == ERR_OK)
		e = store_write_begin(s);
	if (e != ERR_OK) {
		json_decref(m.ids);
		return e;
	}
	e = row_each(s->writer, &model_music_file, NULL, 0, note_missing, &m);
	json_array_foreach(m.ids, i, id) if (e == ERR_OK) e =
	    entity_delete(s, &model_music_file, json_integer_value(id), &errors);
	json_decref(m.ids);
	return store_write_end(s, e);
}
