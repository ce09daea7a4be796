/*
 * Templates: rows that say for others what these leave open (MODEL_INHERIT). Some come with the
 * system; they are rows like others, marked "builtin".
 */
#include "store/store_int.h"

/* --- what comes with the system --------------------------------------------------------- */

/* Writes nothing when there is nothing to do: a full disk must not keep the system from starting.
 * (An upsert would count up sqlite_sequence.) */
static enum err
complete_row(struct db *db, const char *table, const struct supplied_row *row)
{
	char sql[2048];
	struct stmt *s;
	struct buf b;
	enum err e = db_preparef(db, &s,
	    "INSERT INTO \"%s\" (name, comment, builtin) SELECT ?1, ?2, 1 "
	    "WHERE NOT EXISTS (SELECT 1 FROM \"%s\" WHERE name = ?1)",
	    table, table);

	for (int i = 0; i < 2 && e == ERR_OK; i++) {
		stmt_cstr(s, 1, row->name);
		stmt_cstr(s, 2, row->comment);
		e = stmt_run(s);
		if (e == ERR_OK && i == 0)
			e = db_preparef(db, &s,
			    "UPDATE \"%s\" SET comment = ?2, builtin = 1 "
			    "WHERE name = ?1 AND (comment <> ?2 OR NOT builtin)",
			    table);
	}
	if (e != ERR_OK || !row->columns)
		return e;
	buf_init(&b, sql, sizeof sql);
	buf_printf(&b, "UPDATE \"%s\" SET (%s) = (%s) WHERE name = ? AND (%s) IS NOT (%s)", table,
	    row->columns, row->values, row->columns, row->values);
	e = db_prepare_buf(db, &b, &s);
	if (e != ERR_OK)
		return e;
	stmt_cstr(s, 1, row->name);
	return stmt_run(s);
}

enum err
templates_complete(struct db *db)
{
	static const struct supplied *const all[] = {&device_types_supplied, &providers_supplied};
	enum err e = db_exec(db, "BEGIN IMMEDIATE");

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		for (size_t k = 0; k < all[i]->n && e == ERR_OK; k++)
			e = complete_row(db, all[i]->entity->name, &all[i]->rows[k]);
	if (e == ERR_OK)
		return db_exec(db, "COMMIT");
	(void)!db_exec(db, "ROLLBACK");
	return e;
}

/* --- what rows and their templates are together ----------------------------------------- */

static const struct model_field *
template_ref(const struct model_entity *e)
{
	return e->template_field ? model_field_find(e, slice_cstr(e->template_field)) : NULL;
}

/* *out: a copy of the row where the template's values stand for null. */
static enum err
fill(struct db *db, const struct model_entity *e, const struct model_field *ref, const json_t *row,
    json_t **out)
{
	const struct model_entity *of = model_find(ref->ref);
	int64_t id = json_integer_value(json_object_get(row, ref->name));
	json_t *template = NULL, *all;
	enum err err = ERR_OK;

	if (!id)
		err = row_find_id(db, of, of->key, SLICE(MODEL_TEMPLATE_DEFAULT), &id);
	if (err == ERR_OK)
		err = row_get(db, of, id, ROW_PLAIN, &template); /* counting its rows would cost */
	if (err != ERR_OK)
		return err;
	all = json_copy((json_t *)row);
	for (size_t i = 0; all && i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];
		const json_t *own = json_object_get(row, f->name);

		if ((f->flags & MODEL_INHERIT) && (!own || json_is_null(own)))
			json_object_set(all, f->name, json_object_get(template, f->name));
	}
	json_decref(template);
	*out = all;
	return all ? ERR_OK : ERR_NOMEM;
}

enum err
template_check_row(
    struct db *db, const struct model_entity *e, const json_t *row, struct model_errors *errors)
{
	const struct model_field *ref = template_ref(e);
	json_t *all = NULL;
	enum err err;

	if (!ref || !e->check)
		return model_check_row(e, row, errors);
	err = fill(db, e, ref, row, &all);
	if (err == ERR_OK)
		err = model_check_row(e, all, errors);
	json_decref(all);
	return err;
}

struct followers {
	struct db *db;
	const struct model_entity *entity;
	struct model_errors *errors;
	enum err result;
};

static bool
check_follower(void *arg, const json_t *row)
{
	struct followers *f = arg;
	struct model_errors found = {0};

	f->result = template_check_row(f->db, f->entity, row, &found);
	if (f->result == ERR_INVALID && found.count)
		model_error_add(f->errors, "breaks_follower", found.at[0].field, "%s %s: %s",
		    f->entity->label, row_text(row, f->entity->key), found.at[0].message);
	return f->result == ERR_OK;
}

enum err
template_check_followers(
    struct db *db, const struct model_entity *e, int64_t id, struct model_errors *errors)
{
	size_t n;
	const struct model_entity *const *all = model_entities(&n);
	enum err err = ERR_OK;

	for (size_t i = 0; i < n && err == ERR_OK; i++) {
		const struct model_field *ref = template_ref(all[i]);
		struct followers f = {db, all[i], errors, ERR_OK};

		if (!ref || strcmp(ref->ref, e->name) != 0)
			continue;
		err = row_each(db, all[i], ref->name, id, check_follower, &f);
		if (err == ERR_OK)
			err = f.result;
	}
	return err;
}
