/* Rows to JSON and back, by the tables of model/. */
#include <stdlib.h>

#include "model/reasons.h"
#include "store/store_int.h"

enum { SQL_BYTES = 16 * 1024 };

/* --- reading ------------------------------------------------------------------------ */

static bool
in_form(const struct model_field *f, enum row_form form)
{
	if (form == ROW_PLAIN)
		return model_has_column(f);
	if (f->flags & MODEL_INTERNAL)
		return false;
	return form == ROW_SECRET || !(f->flags & MODEL_WRITEONLY);
}

void
row_select(struct buf *b, const struct model_entity *e, enum row_form form)
{
	char column[64];

	buf_lit(b, "SELECT t.id");
	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (!in_form(f, form))
			continue;
		buf_lit(b, ", ");
		if (model_has_column(f))
			buf_printf(b, "t.\"%s\"", model_column(f, column));
		else
			computed_value(b, e, f);
	}
	buf_printf(b, " FROM \"%s\" t", e->name);
}

static json_t *
text_value(struct stmt *s, int column, const struct model_field *f)
{
	const char *text = stmt_column(s, column);
	json_t *v;

	if ((f->flags & MODEL_NULLABLE) && !*text)
		return json_null();
	v = json_stringn(text, (size_t)sqlite3_column_bytes(s->st, column));
	return v ? v : json_string("?"); /* not UTF-8: somebody wrote past us */
}

static json_t *
list_value(struct stmt *s, int column)
{
	json_t *v = json_loads(stmt_column(s, column), 0, NULL);

	if (json_is_array(v))
		return v;
	json_decref(v);
	return json_array();
}

static json_t *
reasons_value(struct stmt *s, int column)
{
	json_t *stored = list_value(s, column), *list = json_array(), *one;
	size_t i;

	json_array_foreach(stored, i, one)
	{
		if (json_is_string(one))
			json_array_append_new(
			    list, reason_json(slice_cstr(json_string_value(one))));
	}
	json_decref(stored);
	return list;
}

static json_t *
value_json(struct stmt *s, int column, const struct model_field *f)
{
	char text[MODEL_TIME_TEXT];
	int64_t v;

	if ((f->flags & MODEL_INHERIT) && sqlite3_column_type(s->st, column) == SQLITE_NULL)
		return json_null();
	if (f->type == MODEL_TEXT || f->type == MODEL_ENUM)
		return text_value(s, column, f);
	if (f->type == MODEL_TEXT_LIST || f->type == MODEL_REF_LIST)
		return list_value(s, column);
	if (f->type == MODEL_REASON_LIST)
		return reasons_value(s, column);
	if (f->type == MODEL_JSON)
		return json_loads(stmt_column(s, column), 0, NULL);
	v = sqlite3_column_int64(s->st, column);
	if (f->type == MODEL_BOOL)
		return json_boolean(v);
	if (f->type == MODEL_TIME)
		return v ? json_string(model_time_write(v, text)) : json_null();
	if (v == 0 && (f->type == MODEL_REF || (f->flags & MODEL_NULLABLE)))
		return json_null();
	return json_integer(v);
}

json_t *
row_json(struct stmt *s, const struct model_entity *e, enum row_form form)
{
	json_t *row = json_object();
	char text[64];
	int column = 1;

	json_object_set_new(row, "id", json_integer(sqlite3_column_int64(s->st, 0)));
	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (!in_form(f, form))
			continue;
		json_object_set_new(row, model_column(f, text), value_json(s, column++, f));
	}
	return row;
}

static enum err
prepare_select(struct db *db, const struct model_entity *e, enum row_form form, const char *where,
    struct stmt **out)
{
	char *sql = malloc(SQL_BYTES);
	struct buf b;
	enum err err;

	if (!sql)
		return ERR_NOMEM;
	buf_init(&b, sql, SQL_BYTES);
	row_select(&b, e, form);
	buf_cstr(&b, where);
	err = db_prepare_buf(db, &b, out);
	free(sql);
	return err;
}

enum err
row_get(struct db *db, const struct model_entity *e, int64_t id, enum row_form form, json_t **row)
{
	struct stmt *s;
	bool there = false;
	enum err err = prepare_select(db, e, form, " WHERE t.id = ?", &s);
	json_t *result = NULL;

	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, id);
	err = stmt_step(s, &there);
	if (err == ERR_OK && !there)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK && !(result = row_json(s, e, form)))
		err = ERR_NOMEM;
	stmt_done(s);
	if (err == ERR_OK)
		*row = result;
	return err;
}

enum err
row_find_id(
    struct db *db, const struct model_entity *e, const char *field, struct slice value, int64_t *id)
{
	struct stmt *s;
	bool there = false;
	/* what is one person's own is not known to others by its name */
	enum err err = db_preparef(db, &s, "SELECT id FROM \"%s\" WHERE \"%s\" = ?%s", e->name,
	    field, e == &model_announcement ? " AND user IS NULL" : "");

	if (err != ERR_OK)
		return err;
	stmt_text(s, 1, value);
	err = stmt_step(s, &there);
	if (err == ERR_OK && !there)
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		*id = sqlite3_column_int64(s->st, 0);
	stmt_done(s);
	return err;
}

enum err
row_find(void *ctx, const struct model_entity *e, const char *field, struct slice text, int64_t *id)
{
	return row_find_id(ctx, e, field, text, id);
}

enum err
row_each(void *ctx, const struct model_entity *e, const char *field, int64_t value,
    bool (*on_row)(void *arg, const json_t *row), void *arg)
{
	char where[96] = "";
	struct buf b;
	struct stmt *s;
	bool there = false, on = true;
	enum err err;

	buf_init(&b, where, sizeof where - 1);
	if (field)
		buf_printf(&b, " WHERE t.\"%s\" = ?", field);
	where[b.n] = '\0';
	err = prepare_select(ctx, e, ROW_PLAIN, where, &s);
	if (err != ERR_OK)
		return err;
	if (field)
		stmt_int(s, 1, value);
	while (on && (err = stmt_step(s, &there)) == ERR_OK && there) {
		json_t *row = row_json(s, e, ROW_PLAIN);

		on = on_row(arg, row);
		json_decref(row);
	}
	stmt_done(s);
	return err;
}

/* --- checking refs -------------------------------------------------------------------- */

static enum err
check_ref(struct db *db, const struct model_field *f, int64_t id, struct model_errors *errors)
{
	struct stmt *s;
	bool there = false;
	enum err e = db_preparef(db, &s, "SELECT 1 FROM \"%s\" WHERE id = ?", f->ref);

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, id);
	e = stmt_step(s, &there);
	stmt_done(s);
	if (e == ERR_OK && !there) {
		model_error_add(errors, "no_such_reference", f->name,
		    "There is no %s with id %lld.", f->ref, (long long)id);
		return ERR_INVALID;
	}
	return e;
}

enum err
row_check_refs(
    struct db *db, const struct model_entity *e, const json_t *values, struct model_errors *errors)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < e->field_count && err == ERR_OK; i++) {
		const struct model_field *f = &e->fields[i];
		const json_t *v = json_object_get(values, f->name);

		if (f->type == MODEL_REF && json_is_integer(v))
			err = check_ref(db, f, json_integer_value(v), errors);
		for (size_t k = 0;
		     f->type == MODEL_REF_LIST && err == ERR_OK && k < json_array_size(v); k++)
			err = check_ref(db, f, json_integer_value(json_array_get(v, k)), errors);
	}
	return err;
}

/* --- writing ---------------------------------------------------------------------------- */

static void
bind_value(struct stmt *s, int index, const struct model_field *f, const json_t *v)
{
	char *text;
	int64_t ms;

	if (json_is_string(v) && f->type == MODEL_TIME) {
		if (model_time_parse(slice_cstr(json_string_value(v)), &ms) == ERR_OK)
			stmt_int(s, index, ms);
	} else if (json_is_string(v)) {
		stmt_text(s, index, slice_make(json_string_value(v), json_string_length(v)));
	} else if (json_is_integer(v)) {
		stmt_int(s, index, json_integer_value(v));
	} else if (json_is_boolean(v)) {
		stmt_int(s, index, json_is_true(v));
	} else if (json_is_array(v) && (text = json_dumps(v, JSON_COMPACT)) != NULL) {
		stmt_cstr(s, index, text);
		free(text);
	} else {
		stmt_null(s, index);
	}
}

/* The statement failed for what it was given: say which field. */
static enum err
explain_failure(
    struct db *db, const struct model_entity *e, enum err err, struct model_errors *errors)
{
	const char *message = sqlite3_errmsg(db->h);
	const char *dot = strrchr(message, '.');
	const struct model_field *f = dot ? model_field_find(e, slice_cstr(dot + 1)) : NULL;

	if (err == ERR_EXISTS)
		model_error_add(errors, "not_unique", f ? f->name : "",
		    "%s is already taken by another %s.", f ? f->label : "This", e->name);
	else if (err == ERR_CONFLICT)
		model_error_add(errors, "in_use", "", "This %s is still used elsewhere.", e->name);
	return err;
}

/* What stays in the list stays as old as it was: "since" counts, for each row that is named, those
 * that name it, in their order. Who has a telephone first is its owner (USR-6). */
static enum err
write_place(struct db *db, const char *table, const char *owner, const char *ref, int64_t id,
    int64_t other, int64_t position)
{
	struct stmt *s;
	enum err e = db_preparef(db, &s,
	    "INSERT INTO \"%s\" (\"%s\", \"%s\", position, since) VALUES (?1, ?2, ?3, "
	    "(SELECT coalesce(max(since), 0) + 1 FROM \"%s\" WHERE \"%s\" = ?2)) "
	    "ON CONFLICT DO UPDATE SET position = excluded.position",
	    table, owner, ref, table, ref);

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, id);
	stmt_int(s, 2, other);
	stmt_int(s, 3, position);
	return stmt_run(s);
}

static enum err
write_list(struct db *db, const struct model_entity *e, const struct model_field *f, int64_t id,
    const json_t *list)
{
	char table[64];
	struct stmt *s;
	enum err err;

	model_join_table(e, f, table);
	err =
	    db_preparef(db, &s, "UPDATE \"%s\" SET position = -1 WHERE \"%s\" = ?", table, e->name);
	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, id);
	err = stmt_run(s);
	for (size_t i = 0; i < json_array_size(list) && err == ERR_OK; i++)
		err = write_place(db, table, e->name, f->ref, id,
		    json_integer_value(json_array_get(list, i)), (int64_t)i);
	if (err == ERR_OK)
		err = db_preparef(
		    db, &s, "DELETE FROM \"%s\" WHERE \"%s\" = ? AND position < 0", table, e->name);
	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, id);
	return stmt_run(s);
}

static enum err
write_lists(struct db *db, const struct model_entity *e, int64_t id, const json_t *values)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < e->field_count && err == ERR_OK; i++) {
		const struct model_field *f = &e->fields[i];
		const json_t *v = json_object_get(values, f->name);

		if (v && f->type == MODEL_REF_LIST && !(f->flags & MODEL_COMPUTED))
			err = write_list(db, e, f, id, v);
	}
	return err;
}

/* Binds the given columns from index on; returns the next index. */
static int
bind_columns(struct stmt *s, const struct model_entity *e, const json_t *values, int index)
{
	char text[64];

	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];
		const json_t *v = json_object_get(values, model_column(f, text));

		if (v && model_has_column(f))
			bind_value(s, index++, f, v);
	}
	return index;
}

static void
put_columns(struct buf *b, const struct model_entity *e, const json_t *values, const char *format)
{
	char text[64];
	const char *comma = "";

	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (!model_has_column(f) || !json_object_get(values, model_column(f, text)))
			continue;
		buf_cstr(b, comma);
		if (strcmp(format, "?") == 0)
			buf_char(b, '?');
		else
			buf_printf(b, "\"%s\"%s", model_column(f, text), format);
		comma = ", ";
	}
}

enum err
row_insert(struct db *db, const struct model_entity *e, const json_t *values, int64_t *id,
    struct model_errors *errors)
{
	char sql[4096];
	struct buf b;
	struct stmt *s;
	int64_t new_id;
	enum err err;

	buf_init(&b, sql, sizeof sql);
	buf_printf(&b, "INSERT INTO \"%s\" (", e->name);
	put_columns(&b, e, values, "");
	buf_lit(&b, ") VALUES (");
	put_columns(&b, e, values, "?");
	buf_lit(&b, ")");
	err = db_prepare_buf(db, &b, &s);
	if (err != ERR_OK)
		return err;
	bind_columns(s, e, values, 1);
	err = stmt_run(s);
	if (err != ERR_OK)
		return explain_failure(db, e, err, errors);
	new_id = sqlite3_last_insert_rowid(db->h);
	err = write_lists(db, e, new_id, values);
	if (err == ERR_OK)
		*id = new_id;
	return err;
}

enum err
row_update(struct db *db, const struct model_entity *e, int64_t id, const json_t *values,
    struct model_errors *errors)
{
	char sql[4096];
	struct buf b;
	struct stmt *s;
	size_t empty;
	enum err err;

	buf_init(&b, sql, sizeof sql);
	buf_printf(&b, "UPDATE \"%s\" SET ", e->name);
	empty = b.n;
	put_columns(&b, e, values, " = ?");
	if (b.n == empty)
		return write_lists(db, e, id, values);
	buf_lit(&b, " WHERE id = ?");
	err = db_prepare_buf(db, &b, &s);
	if (err != ERR_OK)
		return err;
	stmt_int(s, bind_columns(s, e, values, 1), id);
	err = stmt_run(s);
	if (err != ERR_OK)
		return explain_failure(db, e, err, errors);
	return write_lists(db, e, id, values);
}

enum err
row_delete(struct db *db, const struct model_entity *e, int64_t id, struct model_errors *errors)
{
	struct stmt *s;
	enum err err = db_preparef(db, &s, "DELETE FROM \"%s\" WHERE id = ?", e->name);

	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, id);
	err = stmt_run(s);
	if (err == ERR_OK && sqlite3_changes(db->h) == 0)
		return ERR_NOT_FOUND;
	return err == ERR_OK ? ERR_OK : explain_failure(db, e, err, errors);
}
