/*
 * Who changed what, from what to what: a row of "change" for each row that is written, in the same
 * transaction; and the way back.
 */
#include <stdio.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "store/conference_int.h"
#include "store/import_int.h"

static _Thread_local struct {
	char name[160], address[64];
	int64_t last_change;
} writer;

void
store_set_writer(const char *name, const char *address)
{
	slice_clip_cstr(slice_cstr(name), writer.name, sizeof writer.name);
	slice_clip_cstr(slice_cstr(address), writer.address, sizeof writer.address);
	writer.last_change = 0;
}

int64_t
store_last_change(void)
{
	return writer.last_change;
}

/* What the system writes by itself is no change of the configuration. */
static bool
is_configuration(const struct model_entity *e)
{
	return !(e->flags & (MODEL_LOG | MODEL_LIVE | MODEL_HIDDEN)) &&
	       (!(e->flags & MODEL_SYSTEM) || e->flags & MODEL_STAYS);
}

/* What people know a row by, where it is not the natural key. */
static const char *
name_field(const struct model_entity *e)
{
	if (e == &model_redirection)
		return "digits";
	return e == &model_conference || e == &model_conference_participant ? "name" : e->key;
}

static void
name_of(const struct model_entity *e, const json_t *row, char *out, size_t cap)
{
	if (e == &model_user)
		snprintf(out, cap, "%.70s %.70s", row_text(row, "first_name"),
		    row_text(row, "last_name"));
	else
		slice_clip_cstr(slice_cstr(row_text(row, name_field(e))), out, cap);
}

struct difference {
	json_t *fields, *before, *after;
};

static enum err
put_value(struct db *db, const struct model_field *f, json_t *into, const json_t *value)
{
	json_object_set_new(into, f->name, value ? json_deep_copy(value) : json_null());
	return f->type == MODEL_REF || f->type == MODEL_REF_LIST ? export_name_refs(db, f, into)
								 : ERR_OK;
}

static enum err
compare(struct db *db, const struct model_entity *e, const json_t *before, const json_t *values,
    struct difference *d)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < e->field_count && err == ERR_OK; i++) {
		const struct model_field *f = &e->fields[i];
		char column[64];
		const json_t *old = json_object_get(before, model_column(f, column));
		const json_t *new = json_object_get(values, model_column(f, column));

		if (!new || f->flags &(MODEL_INTERNAL | MODEL_COMPUTED | MODEL_READONLY) ||
		    (old && json_equal(old, new)))
			continue;
		json_array_append_new(d->fields, json_string(f->name));
		if (f->flags & (MODEL_WRITEONLY | MODEL_SECRET | MODEL_HASHED))
			continue; /* that it changed, not from what to what */
		err = put_value(db, f, d->before, old);
		if (err == ERR_OK)
			err = put_value(db, f, d->after, new);
	}
	return err;
}

static enum err
insert(struct store *s, const struct model_entity *e, int64_t row, const char *name,
    const char *action, const struct difference *d, const json_t *undo)
{
	char *fields = json_dumps(d->fields, JSON_COMPACT);
	char *before = json_dumps(d->before, JSON_COMPACT),
	     *after = json_dumps(d->after, JSON_COMPACT);
	char *back = undo ? json_dumps(undo, JSON_COMPACT) : NULL;
	struct stmt *st;
	enum err err = fields && before && after && (back || !undo) ? ERR_OK : ERR_NOMEM;

	if (err == ERR_OK)
		err = db_prepare(s->writer,
		    "INSERT INTO change (at, writer, address, entity, row, name, action, fields, "
		    "before, after, undo) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    &st);
	if (err == ERR_OK) {
		stmt_int(st, 1, (int64_t)loop_wall_ms());
		stmt_cstr(st, 2, writer.name);
		stmt_cstr(st, 3, writer.address);
		stmt_cstr(st, 4, e->name);
		stmt_int(st, 5, row);
		stmt_cstr(st, 6, name);
		stmt_cstr(st, 7, action);
		stmt_cstr(st, 8, fields);
		stmt_cstr(st, 9, before);
		stmt_cstr(st, 10, after);
		stmt_cstr(st, 11, back ? back : "");
		err = stmt_run(st);
	}
	free(fields);
	free(before);
	free(after);
	free(back);
	if (err != ERR_OK)
		return err;
	writer.last_change = sqlite3_last_insert_rowid(s->writer->h);
	return store_changed(s, &model_change, writer.last_change, STORE_CREATED);
}

static enum err
note(struct store *s, const struct model_entity *e, int64_t row, const char *action,
    const json_t *before, const json_t *values, const json_t *undo)
{
	struct difference d = {json_array(), json_object(), json_object()};
	char name[160];
	enum err err = d.fields && d.before && d.after ? ERR_OK : ERR_NOMEM;

	name_of(e, before ? before : values, name, sizeof name);
	if (err == ERR_OK && before && values)
		err = compare(s->writer, e, before, values, &d);
	if (err == ERR_OK && !(before && values && json_array_size(d.fields) == 0))
		err = insert(s, e, row, name, action, &d, undo);
	json_decref(d.fields);
	json_decref(d.before);
	json_decref(d.after);
	return err;
}

enum err
change_created(struct store *s, const struct model_entity *e, int64_t id, const json_t *values)
{
	return is_configuration(e) ? note(s, e, id, "created", NULL, values, NULL) : ERR_OK;
}

enum err
change_updated(struct store *s, const struct model_entity *e, int64_t id, const json_t *before,
    const json_t *values)
{
	return is_configuration(e) ? note(s, e, id, "changed", before, values, NULL) : ERR_OK;
}

enum err
change_deleting(struct store *s, const struct model_entity *e, int64_t id)
{
	json_t *row = NULL, *undo = NULL;
	enum err err;

	if (!is_configuration(e))
		return ERR_OK;
	err = row_get(s->writer, e, id, ROW_SECRET, &row);
	if (err == ERR_OK)
		err = export_for_undo(s->writer, e, id, &undo);
	if (err == ERR_OK)
		err = note(s, e, id, "deleted", row, NULL, undo);
	json_decref(row);
	json_decref(undo);
	return err;
}

enum err
change_of_secret(struct store *s, const struct model_entity *e, int64_t id, const char *field)
{
	struct difference d = {json_pack("[s]", field), json_object(), json_object()};
	char name[160];
	json_t *row = NULL;
	enum err err = d.fields && d.before && d.after ? row_get(s->writer, e, id, ROW_PUBLIC, &row)
						       : ERR_NOMEM;

	if (err == ERR_OK) {
		name_of(e, row, name, sizeof name);
		err = insert(s, e, id, name, "changed", &d, NULL);
	}
	json_decref(row);
	json_decref(d.fields);
	json_decref(d.before);
	json_decref(d.after);
	return err;
}

/* ---- the way back ---- */

struct past {
	const struct model_entity *entity;
	int64_t row;
	char action[16];
	json_t *before, *after, *undo;
};

static enum err
read_past(struct db *db, int64_t id, struct past *p)
{
	struct stmt *st;
	bool row = false;
	enum err err = db_prepare(
	    db, "SELECT entity, row, action, before, after, undo FROM change WHERE id = ?", &st);

	if (err != ERR_OK)
		return err;
	stmt_int(st, 1, id);
	err = stmt_step(st, &row);
	if (err == ERR_OK && !row)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK) {
		p->entity = model_find(stmt_column(st, 0));
		p->row = sqlite3_column_int64(st->st, 1);
		slice_clip_cstr(slice_cstr(stmt_column(st, 2)), p->action, sizeof p->action);
		p->before = json_loads(stmt_column(st, 3), 0, NULL);
		p->after = json_loads(stmt_column(st, 4), 0, NULL);
		p->undo = json_loads(stmt_column(st, 5), 0, NULL);
		if (!p->entity)
			err = ERR_UNSUPPORTED; /* of another version */
	}
	stmt_done(st);
	return err;
}

static void
refuse(struct model_errors *errors, const char *field, const char *sentence)
{
	model_error_add(errors, "changed_since", field, "%s", sentence);
}

/* Names become ids again. */
static enum err
find_refs(struct db *db, const struct model_field *f, json_t *in, struct model_errors *errors)
{
	const struct model_entity *target = model_find(f->ref);
	json_t *v = json_object_get(in, f->name), *list = json_array();
	bool one = f->type == MODEL_REF;
	enum err err = list ? ERR_OK : ERR_NOMEM;

	for (size_t i = 0; i < (one ? 1 : json_array_size(v)) && err == ERR_OK; i++) {
		const char *name = json_string_value(one ? v : json_array_get(v, i));
		int64_t id;

		if (!name)
			continue;
		err = row_find_id(db, target, target->key, slice_cstr(name), &id);
		if (err == ERR_OK)
			json_array_append_new(list, json_integer((json_int_t)id));
		else if (err == ERR_NOT_FOUND)
			refuse(errors, f->name, "What it referred to does not exist any more.");
	}
	if (err == ERR_OK && one)
		json_object_set_new(in, f->name,
		    json_array_size(list) ? json_incref(json_array_get(list, 0)) : json_null());
	else if (err == ERR_OK)
		json_object_set(in, f->name, list);
	json_decref(list);
	return err == ERR_NOT_FOUND ? ERR_CONFLICT : err;
}

/* Only what still is as that change left it may go back. */
static enum err
check_present(struct db *db, const struct past *p, json_t *in, struct model_errors *errors)
{
	json_t *row = NULL, *now = json_object();
	enum err err = now ? row_get(db, p->entity, p->row, ROW_PUBLIC, &row) : ERR_NOMEM;

	if (err == ERR_NOT_FOUND) {
		refuse(errors, "", "It has been deleted since.");
		err = ERR_CONFLICT;
	}
	for (size_t i = 0; i < p->entity->field_count && err == ERR_OK; i++) {
		const struct model_field *f = &p->entity->fields[i];
		const json_t *after = json_object_get(p->after, f->name);

		if (!after)
			continue;
		err = put_value(db, f, now, json_object_get(row, f->name));
		if (err == ERR_OK && !json_equal(json_object_get(now, f->name), after)) {
			refuse(errors, f->name, "It has been changed again since.");
			err = ERR_CONFLICT;
		}
		if (err == ERR_OK && (f->type == MODEL_REF || f->type == MODEL_REF_LIST))
			err = find_refs(db, f, in, errors);
	}
	json_decref(row);
	json_decref(now);
	return err;
}

static enum err
go_back(struct store *s, const struct past *p, struct model_errors *errors)
{
	json_t *in = json_deep_copy(p->before), *before = NULL, *values = NULL;
	enum err err = in ? ERR_OK : ERR_NOMEM;

	if (in && json_object_size(in) == 0) {
		refuse(errors, "",
		    p->entity == &model_announcement ? "The sound before is not kept."
						     : "A secret cannot be brought back.");
		err = ERR_CONFLICT;
	}
	if (err == ERR_OK)
		err = check_present(s->writer, p, in, errors);
	if (err == ERR_OK)
		err = model_check(p->entity, in, MODEL_PATCH, &values, errors);
	if (err == ERR_OK)
		err = row_get(s->writer, p->entity, p->row, ROW_SECRET, &before);
	if (err == ERR_OK)
		err = entity_update(s, p->entity, p->row, before, values, errors);
	if (err == ERR_OK)
		err = entity_check_rules(s, p->entity, p->row, MODEL_OP_UPDATE, before, errors);
	json_decref(before);
	json_decref(values);
	json_decref(in);
	return err;
}

static enum err
bring_back(struct store *s, const struct past *p, struct model_errors *errors)
{
	const json_t *row = json_array_get(json_object_get(p->undo, p->entity->path), 0);
	bool there = false;
	enum err err;

	if (!row) {
		refuse(errors, "", "It was deleted too long ago to be brought back.");
		return ERR_CONFLICT;
	}
	if (p->entity == &model_announcement) {
		refuse(errors, "", "The sound of a deleted announcement is not kept.");
		return ERR_CONFLICT;
	}
	err = import_is_there(s, p->entity, row, &there);
	if (err == ERR_OK && there) {
		refuse(errors, p->entity->key, "There is another one of this name now.");
		return ERR_CONFLICT;
	}
	if (err == ERR_OK)
		err = import_undo(s, p->undo, errors);
	return err == ERR_OK ? conference_tell_restored(s, p->undo) : err;
}

static enum err
take_back(struct store *s, const struct past *p, struct model_errors *errors)
{
	json_t *before = NULL;
	enum err err = row_get(s->writer, p->entity, p->row, ROW_SECRET, &before);

	if (err == ERR_OK)
		err = entity_delete(s, p->entity, p->row, errors);
	if (err == ERR_OK)
		err = entity_check_rules(s, p->entity, p->row, MODEL_OP_DELETE, before, errors);
	json_decref(before);
	return err;
}

/* *imported: what came back may break rules that span entities. */
static enum err
revert(struct store *s, int64_t id, bool *imported, struct model_errors *errors)
{
	struct past p = {0};
	enum err err = read_past(s->writer, id, &p);

	if (err == ERR_OK && strcmp(p.action, "created") == 0) {
		err = take_back(s, &p, errors);
	} else if (err == ERR_OK && strcmp(p.action, "deleted") == 0) {
		err = bring_back(s, &p, errors);
		*imported = true;
	} else if (err == ERR_OK) {
		err = go_back(s, &p, errors);
	}
	json_decref(p.before);
	json_decref(p.after);
	json_decref(p.undo);
	return err;
}

static int
newest_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

static enum err
revert_all(struct store *s, const int64_t *ids, size_t n, struct model_errors *errors)
{
	struct model_view view = {s->writer, row_each, row_find};
	struct model_change all = {.op = MODEL_OP_IMPORT};
	bool imported = false;
	enum err err = import_has_admin(s->writer, &all.had_admin);

	for (size_t i = 0; i < n && err == ERR_OK; i++) {
		err = revert(s, ids[i], &imported, errors);
		for (uint32_t k = 0; err != ERR_OK && errors && k < errors->count; k++)
			errors->at[k].row = ids[i];
	}
	if (err == ERR_OK && imported)
		err = model_rules_check(&view, &all, errors);
	return err == ERR_OK ? store_tell_many(s) : err;
}

enum err
store_changes_revert(struct store *s, const int64_t *ids, size_t n, struct model_errors *errors)
{
	int64_t *sorted = calloc(n ? n : 1, sizeof *sorted);
	enum err err = sorted ? ERR_OK : ERR_NOMEM;

	if (err == ERR_OK) {
		memcpy(sorted, ids, n * sizeof *sorted);
		qsort(sorted, n, sizeof *sorted, newest_first);
		err = store_write_begin(s);
	}
	if (err == ERR_OK)
		err = store_write_end(s, revert_all(s, sorted, n, errors));
	free(sorted);
	return err;
}

static enum err
read_range(struct db *db, int64_t first, int64_t last, int64_t **ids, size_t *n)
{
	struct stmt *st;
	enum err err =
	    db_prepare(db, "SELECT id FROM change WHERE id BETWEEN ? AND ? ORDER BY id DESC", &st);

	if (err != ERR_OK)
		return err;
	stmt_int(st, 1, first);
	stmt_int(st, 2, last);
	err = stmt_ids(st, ids, n);
	stmt_done(st);
	return err;
}

enum err
store_changes_revert_range(
    struct store *s, int64_t first, int64_t last, size_t *n, struct model_errors *errors)
{
	int64_t *ids = NULL;
	struct db *db;
	enum err err = store_read_begin(s, &db);

	*n = 0;
	if (err != ERR_OK)
		return err;
	err = read_range(db, first, last, &ids, n);
	store_read_end(s, db);
	if (err == ERR_OK)
		err = *n ? store_changes_revert(s, ids, *n, errors) : ERR_NOT_FOUND;
	free(ids);
	return err;
}
