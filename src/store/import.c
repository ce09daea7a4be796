/*
 * Import: bring the database to what a file says, in one transaction.
 *
 * Sections come in the order in which they need each other: settings, ranges, phones,
 * users, lines, groups, members, numbers. The numbers that users name join the section of numbers
 * first. Rows are known by their natural keys; equal ones are left alone, so that a second import
 * changes nothing. Faults are collected; any fault means that nothing is changed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "store/import_int.h"

void
import_error(struct import *im, const char *section, const char *key, const char *field,
    const char *code, const char *message)
{
	json_t *error;

	if (json_array_size(im->errors) >= IMPORT_ERRORS_MAX)
		return;
	error = json_pack("{s:s, s:s, s:s?, s:s, s:s}", "section", section, "key", key, "field",
	    field && *field ? field : NULL, "code", code, "message", message);
	if (error)
		json_array_append_new(im->errors, error);
}

bool
error_is_fault(enum err e, struct model_errors *errors)
{
	if (e != ERR_INVALID && e != ERR_EXISTS && e != ERR_CONFLICT)
		return false;
	if (errors->count == 0)
		model_error_add(errors, err_name(e), "", "%s", err_text(e));
	return true;
}

/* True if e is a fault of the file, now reported; else the import must stop. */
static bool
report(struct import *im, const char *section, const char *key, struct model_errors *errors,
    enum err e)
{
	if (!error_is_fault(e, errors))
		return false;
	for (uint32_t i = 0; i < errors->count; i++)
		import_error(im, section, key, errors->at[i].field, errors->at[i].code,
		    errors->at[i].message);
	return true;
}

/* --- in the transaction ------------------------------------------------------------------- */

static enum err
find_ref(struct import *im, const struct model_field *f, const json_t *key, json_t **id,
    struct model_errors *errors)
{
	const struct model_entity *target = model_find(f->ref);
	struct slice text = slice_make(json_string_value(key), json_string_length(key));
	int64_t found;
	enum err e;

	if (!json_is_string(key)) {
		model_error_add(errors, "wrong_type", f->name, "%s must be named by %s.", f->label,
		    target->key);
		return ERR_INVALID;
	}
	e = row_find_id(im->s->writer, target, target->key, text, &found);
	if (e == ERR_NOT_FOUND) {
		model_error_add(errors, "no_such_reference", f->name, "There is no %s \"%.40s\".",
		    f->ref, json_string_value(key));
		return ERR_INVALID;
	}
	if (e == ERR_OK)
		*id = json_integer(found);
	return e;
}

/* Natural keys to ids. */
static enum err
resolve_refs(
    struct import *im, const struct model_entity *e, json_t *item, struct model_errors *errors)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < e->field_count && err == ERR_OK; i++) {
		const struct model_field *f = &e->fields[i];
		json_t *v = json_object_get(item, f->name), *id = NULL, *ids;

		if (f->flags & MODEL_COMPUTED)
			continue;
		if (f->type == MODEL_REF && v && !json_is_null(v)) {
			err = find_ref(im, f, v, &id, errors);
			if (id)
				json_object_set_new(item, f->name, id);
		} else if (f->type == MODEL_REF_LIST && json_is_array(v)) {
			ids = json_array();
			for (size_t k = 0; k < json_array_size(v) && err == ERR_OK; k++) {
				id = NULL;
				err = find_ref(im, f, json_array_get(v, k), &id, errors);
				if (id)
					json_array_append_new(ids, id);
			}
			json_object_set_new(item, f->name, ids);
		}
	}
	return err;
}

void
import_keep_changed(const json_t *before, json_t *values)
{
	const char *key;
	json_t *v;
	void *next;

	json_object_foreach_safe(values, next, key, v)
	{
		if (json_equal(json_object_get(before, key), v))
			json_object_del(values, key);
	}
}

static enum err
update_row(struct import *im, const struct model_entity *e, int64_t id, json_t *item,
    struct model_errors *errors)
{
	json_t *before = NULL, *values = NULL;
	enum err err = model_check(e, item, MODEL_PATCH | MODEL_ALLOW_HASH, &values, errors);

	if (err == ERR_OK)
		err = row_get(im->s->writer, e, id, ROW_SECRET, &before);
	if (err == ERR_OK)
		err = import_hash_pins(e, before, values);
	if (err == ERR_OK) {
		import_keep_changed(before, values);
		if (json_object_size(values) == 0) {
			im->unchanged++;
		} else {
			err = entity_update(im->s, e, id, before, values, errors);
			im->updated += err == ERR_OK;
		}
	}
	json_decref(before);
	json_decref(values);
	return err;
}

static enum err
create_row(
    struct import *im, const struct model_entity *e, json_t *item, struct model_errors *errors)
{
	json_t *values = NULL;
	int64_t id;
	enum err err = model_check(e, item, MODEL_CREATE | MODEL_ALLOW_HASH, &values, errors);

	if (err == ERR_OK)
		err = import_hash_pins(e, NULL, values);
	if (err == ERR_OK) {
		err = entity_insert(im->s, e, values, &id, errors);
		im->created += err == ERR_OK;
	}
	json_decref(values);
	return err;
}

/* As export_key writes it; false: the entry lacks it. */
static bool
key_of(const struct model_entity *e, const json_t *in, char out[KEY_BYTES])
{
	const struct model_field *f;
	struct buf b;

	buf_init(&b, out, KEY_BYTES - 1);
	for (size_t i = 0; (f = export_key_field(e, i)); i++) {
		const json_t *v = json_object_get(in, f->name);
		/* of two one may be open: a user or a group */
		const char *part =
		    f->type == MODEL_REF && !(f->flags & MODEL_REQUIRED) && (!v || json_is_null(v))
			? ""
			: json_string_value(v);

		if (!part)
			return false;
		/* a longer one is cut: it will be refused for its length */
		buf_printf(&b, "%s%s", i ? "/" : "", part);
	}
	out[b.n] = '\0';
	return true;
}

/* item: refs are ids. ERR_NOT_FOUND. */
static enum err
find_item(struct import *im, const struct model_entity *e, const char *name, const json_t *item,
    int64_t *id)
{
	const struct model_field *f;
	struct stmt *s;
	bool row = false;
	char sql[300];
	struct buf b;
	enum err err;

	if (!e->key_with)
		return row_find_id(im->s->writer, e, e->key, slice_cstr(name), id);
	buf_init(&b, sql, sizeof sql);
	buf_printf(&b, "SELECT id FROM \"%s\"", e->name);
	for (size_t i = 0; (f = export_key_field(e, i)); i++)
		buf_printf(&b, " %s \"%s\" IS ?", i ? "AND" : "WHERE", f->name);
	err = db_prepare_buf(im->s->writer, &b, &s);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; (f = export_key_field(e, i)); i++) {
		const json_t *part = json_object_get(item, f->name);

		if (json_is_string(part))
			stmt_cstr(s, (int)i + 1, json_string_value(part));
		else if (!json_is_integer(part))
			stmt_null(s, (int)i + 1);
		else
			stmt_int(s, (int)i + 1, json_integer_value(part));
	}
	err = stmt_step(s, &row);
	if (err == ERR_OK && row)
		*id = sqlite3_column_int64(s->st, 0);
	stmt_done(s);
	return err == ERR_OK && !row ? ERR_NOT_FOUND : err;
}

static enum err
import_item(struct import *im, const struct model_entity *e, json_t *seen, const json_t *in)
{
	struct model_errors errors = {0};
	char name[KEY_BYTES];
	json_t *item;
	int64_t id = 0;
	enum err err;

	if (!key_of(e, in, name)) {
		import_error(im, e->path, "", e->key, "required", "An entry lacks its key.");
		return ERR_OK;
	}
	if (json_object_get(seen, name)) {
		import_error(im, e->path, name, e->key, "doubled", "This entry comes twice.");
		return ERR_OK;
	}
	json_object_set_new(seen, name, json_null());
	item = json_copy((json_t *)in);
	if (!item)
		return ERR_NOMEM;
	if (e == &model_user)
		json_object_del(item, "numbers"); /* joined with the section of numbers */
	err = resolve_refs(im, e, item, &errors);
	if (err == ERR_OK)
		err = find_item(im, e, name, item, &id);
	if (err == ERR_OK)
		err = update_row(im, e, id, item, &errors);
	else if (err == ERR_NOT_FOUND)
		err = create_row(im, e, item, &errors);
	json_decref(item);
	return err == ERR_OK || report(im, e->path, name, &errors, err) ? ERR_OK : err;
}

static enum err
import_singleton(struct import *im, const struct model_entity *e, const json_t *in)
{
	struct model_errors errors = {0};
	json_t *item = json_copy((json_t *)in);
	enum err err;

	if (!json_is_object(item)) {
		json_decref(item);
		import_error(im, e->path, "", NULL, "wrong_type", "The section must be an object.");
		return ERR_OK;
	}
	err = update_row(im, e, 1, item, &errors);
	json_decref(item);
	return err == ERR_OK || report(im, e->path, "", &errors, err) ? ERR_OK : err;
}

static enum err
import_section(struct import *im, const struct model_entity *e)
{
	json_t *section = json_object_get(im->file, e->path), *seen, *item;
	size_t i;
	enum err err = ERR_OK;

	if (!section)
		return ERR_OK;
	if (e->flags & MODEL_SINGLETON)
		return import_singleton(im, e, section);
	if (!json_is_array(section)) {
		import_error(im, e->path, "", NULL, "wrong_type", "The section must be a list.");
		return ERR_OK;
	}
	seen = json_object();
	json_object_set_new(im->seen, e->path, seen);
	json_array_foreach(section, i, item)
	{
		err = import_item(im, e, seen, item);
		if (err != ERR_OK || json_array_size(im->errors) >= IMPORT_ERRORS_MAX)
			break;
	}
	return err;
}

/* What a complete section does not name goes. */
static enum err
delete_others(struct import *im, const struct model_entity *e)
{
	json_t *seen = json_object_get(im->seen, e->path), *key;
	int64_t *ids;
	size_t count;
	enum err err;

	if (!seen || (im->params->keep_others && e != im->params->complete) ||
	    (e == &model_number && !im->numbers_given))
		return ERR_OK;
	err = export_ids(im->s->writer, e, &ids, &count);
	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < count && err == ERR_OK; i++) {
		struct model_errors errors = {0};

		err = export_key(im->s->writer, e, ids[i], &key);
		if (err != ERR_OK)
			break;
		if (!json_object_get(seen, json_string_value(key))) {
			err = entity_delete(im->s, e, ids[i], &errors);
			im->deleted += err == ERR_OK;
			if (err != ERR_OK &&
			    report(im, e->path, json_string_value(key), &errors, err))
				err = ERR_OK;
		}
		json_decref(key);
	}
	free(ids);
	return err;
}

/* Numbers that a listed user has but no longer names become nobody's. */
static enum err
release_numbers(struct import *im, const json_t *user)
{
	const char *login = json_string_value(json_object_get(user, "login"));
	json_t *row = NULL, *number;
	size_t i;
	int64_t id;
	enum err e;

	if (!login || !json_object_get(user, "numbers"))
		return ERR_OK;
	e = row_find_id(im->s->writer, &model_user, "login", slice_cstr(login), &id);
	if (e == ERR_OK)
		e = row_get(im->s->writer, &model_user, id, ROW_PUBLIC, &row);
	json_array_foreach(json_object_get(row, "numbers"), i, number)
	{
		json_t *item;

		if (e != ERR_OK)
			break;
		if (json_object_get(im->numbers, json_string_value(number)))
			continue;
		e = row_find_id(im->s->writer, &model_number, "number",
		    slice_cstr(json_string_value(number)), &id);
		item = json_pack("{s:n}", "user");
		if (e == ERR_OK)
			e = update_row(im, &model_number, id, item, &(struct model_errors){0});
		json_decref(item);
	}
	json_decref(row);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err
apply(struct import *im)
{
	size_t i;
	json_t *user;
	enum err e = ERR_OK;

	for (i = 0; export_singletons[i] && e == ERR_OK; i++)
		e = import_section(im, export_singletons[i]);
	for (i = 0; export_sections[i] && e == ERR_OK; i++) {
		e = import_section(im, export_sections[i]);
		/* now, so that what comes later cannot refer to what goes */
		if (e == ERR_OK && json_array_size(im->errors) == 0)
			e = delete_others(im, export_sections[i]);
	}
	json_array_foreach(json_object_get(im->file, "users"), i, user)
	{
		if (e == ERR_OK && json_array_size(im->errors) == 0)
			e = release_numbers(im, user);
	}
	return e;
}

static bool
stop_at_enabled(void *arg, const json_t *row)
{
	bool *found = arg;

	*found = json_is_true(json_object_get(row, "enabled"));
	return !*found;
}

enum err
import_has_admin(struct db *db, bool *out)
{
	*out = false;
	return row_each(db, &model_user, "admin", 1, stop_at_enabled, out);
}

static enum err
check_rules(struct import *im, bool had_admin)
{
	struct model_errors errors = {0};
	struct model_view view = {im->s->writer, row_each, row_find};
	struct model_change change = {.op = MODEL_OP_IMPORT, .had_admin = had_admin};
	enum err e;

	if (json_array_size(im->errors))
		return ERR_OK; /* half a configuration breaks rules that the file does not */
	e = model_rules_check(&view, &change, &errors);
	return e == ERR_OK || report(im, "", "", &errors, e) ? ERR_OK : e;
}

/* In the transaction; ERR_INVALID when faults were found. */
static enum err
run(struct import *im)
{
	bool had_admin;
	enum err e = import_has_admin(im->s->writer, &had_admin);

	if (e == ERR_OK)
		e = apply(im);
	if (e == ERR_OK)
		e = check_rules(im, had_admin);
	return e == ERR_OK && json_array_size(im->errors) ? ERR_INVALID : e;
}

static enum err
run_alone(struct import *im)
{
	enum err e = store_write_begin(im->s);

	if (e != ERR_OK)
		return e;
	e = run(im);
	if (e != ERR_OK || im->params->dry_run) {
		store_rollback(im->s);
		return e;
	}
	im->s->pending_count = 0; /* one notice instead of one a row */
	if (im->created || im->updated || im->deleted)
		e = store_changed(im->s, NULL, 0, STORE_IMPORTED);
	return store_write_end(im->s, e);
}

static void
check_sections(struct import *im)
{
	const char *key;
	json_t *v;

	json_object_foreach(im->file, key, v)
	{
		bool ok = false;

		for (size_t i = 0; export_singletons[i]; i++)
			ok = ok || strcmp(key, export_singletons[i]->path) == 0;
		for (size_t i = 0; export_sections[i]; i++)
			ok = ok || strcmp(key, export_sections[i]->path) == 0;
		if (!ok)
			import_error(im, key, "", NULL, "unknown_section",
			    "There is no section of this name.");
	}
}

static enum err
prepare(struct import *im, const json_t *file)
{
	im->errors = json_array();
	im->seen = json_object();
	im->numbers = json_object();
	im->file = json_is_object(file) ? json_deep_copy(file) : json_object();
	if (!im->errors || !im->seen || !im->numbers || !im->file)
		return ERR_NOMEM;
	if (!json_is_object(file))
		import_error(im, "", "", NULL, "wrong_type", "The file must hold a JSON object.");
	check_sections(im);
	import_trim_names(im);
	import_join_numbers(im);
	return ERR_OK;
}

static void
let_go(struct import *im)
{
	json_decref(im->errors);
	json_decref(im->seen);
	json_decref(im->numbers);
	json_decref(im->file);
}

enum err
store_import(struct store *s, const json_t *file, const struct store_import_params *params,
    json_t **report_out)
{
	struct import im = {.s = s, .params = params};
	enum err e = prepare(&im, file);

	if (e == ERR_OK)
		e = import_hash_passwords(&im);
	if (e == ERR_OK)
		e = run_alone(&im);
	if (e == ERR_OK || e == ERR_INVALID)
		*report_out = json_pack("{s:I, s:I, s:I, s:I, s:b, s:O}", "created",
		    (json_int_t)im.created, "updated", (json_int_t)im.updated, "unchanged",
		    (json_int_t)im.unchanged, "deleted", (json_int_t)im.deleted, "dry_run",
		    params->dry_run, "errors", im.errors);
	let_go(&im);
	return e;
}

enum err
import_undo(struct store *s, const json_t *file, struct model_errors *errors)
{
	const struct store_import_params params = {.keep_others = true};
	struct import im = {.s = s, .params = &params};
	enum err e = prepare(&im, file);

	if (e == ERR_OK)
		e = apply(&im);
	if (e == ERR_OK && json_array_size(im.errors)) {
		model_errors_take(im.errors, NULL, errors);
		e = ERR_INVALID;
	}
	let_go(&im);
	return e;
}

enum err
import_is_there(struct store *s, const struct model_entity *e, const json_t *entry, bool *there)
{
	struct import im = {.s = s};
	struct model_errors lost = {0};
	char name[KEY_BYTES];
	json_t *item = json_copy((json_t *)entry);
	int64_t id;
	enum err err = item ? ERR_OK : ERR_NOMEM;

	if (err == ERR_OK)
		err = resolve_refs(&im, e, item, &lost);
	if (err == ERR_OK && !key_of(e, entry, name))
		err = ERR_NOT_FOUND;
	if (err == ERR_OK)
		err = find_item(&im, e, name, item, &id);
	json_decref(item);
	*there = err == ERR_OK;
	/* what it refers to is gone: the import will say so */
	return err == ERR_NOT_FOUND || err == ERR_INVALID ? ERR_OK : err;
}
