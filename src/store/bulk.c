/*
 * One request that changes several rows (USR-1, PHO-2), named ones or all that a query finds: all
 * or none, in one transaction. Each row goes the way of a request of its own, so there is no second
 * set of rules; those that span rows are asked when all are written.
 */
#include <stdlib.h>

#include "store/import_int.h"

enum {
	NOTICES_MAX = 64, /* a reader is told of every row up to so many; else that much changed */
	MOVED_EVERY = 256
};

struct bulk {
	struct store *s;
	const struct model_entity *e;
	const json_t *in;
	const struct store_found *found; /* NULL: the rows are named */
	int64_t *ids;
	size_t n;
	json_t *rows; /* what is answered of named ones */
	json_t
	    *before; /* by place in ids; null of rows that stayed as they were; not of too many */
	bool had_admin;
	int64_t changed;
	struct model_errors *errors;
};

enum list_step { TAKE_OUT, PUT_IN };

static const char *const step_names[] = {[TAKE_OUT] = "remove", [PUT_IN] = "add"};

/* --- the request ------------------------------------------------------------------------------ */

static void
refuse(struct bulk *b, const char *code, const char *field, const char *sentence)
{
	char name[40];

	slice_clip_cstr(slice_cstr(field), name, sizeof name);
	model_error_add(b->errors, code, name, "%s", sentence);
}

static void
check_ids(struct bulk *b)
{
	const json_t *ids = json_object_get(b->in, "ids");
	json_t *seen = json_object(), *id;
	size_t i;

	if (!json_is_array(ids) || json_array_size(ids) == 0)
		refuse(b, "required", "ids", "A list of ids is needed.");
	else if (json_array_size(ids) > MODEL_BULK_MAX)
		refuse(b, "too_many", "ids", "At most 5000 rows can be changed at once.");
	else
		json_array_foreach(ids, i, id)
		{
			char text[24];

			snprintf(text, sizeof text, "%lld", (long long)json_integer_value(id));
			if (!json_is_integer(id) || json_integer_value(id) < 1) {
				refuse(b, "wrong_type", "ids", "An id is a whole number.");
				break;
			}
			if (json_object_get(seen, text)) {
				refuse(b, "doubled", "ids", "An id comes twice.");
				break;
			}
			json_object_set_new(seen, text, json_null());
		}
	json_decref(seen);
}

static void
check_values(struct bulk *b, const json_t *values)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)values, key, v)
	{
		const struct model_field *f = model_field_find(b->e, slice_cstr(key));

		/* what nobody can set is refused row by row, as always */
		if (f && f->flags & (MODEL_UNIQUE | MODEL_SECRET) && !model_in_bulk(f))
			refuse(b, "one_row_only", key, "This can only be set for one at a time.");
		for (size_t i = 0; i < 2; i++)
			if (json_object_get(json_object_get(b->in, step_names[i]), key))
				refuse(b, "conflict", key,
				    "A list is either set as a whole or added to and taken from.");
	}
}

static void
check_lists(struct bulk *b, const json_t *lists)
{
	struct model_link link;
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)lists, key, v)
	{
		const struct model_field *f = model_field_find(b->e, slice_cstr(key));

		if (!(f && model_is_list(f)) && !model_link_find(b->e, slice_cstr(key), &link))
			refuse(b, "unknown_field", key, "There is no list of this name.");
		else if (!json_is_array(v))
			refuse(b, "wrong_type", key, "A list is needed.");
	}
}

static enum err
check_request(struct bulk *b)
{
	static const char *const known[] = {"values", "add", "remove", "ids"};
	size_t known_n = sizeof known / sizeof known[0] - (b->found != NULL);
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)b->in, key, v)
	{
		bool is_known = false;

		for (size_t i = 0; i < known_n; i++)
			is_known = is_known || strcmp(key, known[i]) == 0;
		if (!is_known)
			refuse(b, "unknown_field", key, "There is no field of this name.");
		else if (strcmp(key, "ids") != 0 && !json_is_object(v))
			refuse(b, "wrong_type", key, "A JSON object is needed.");
	}
	if (!b->found)
		check_ids(b);
	check_values(b, json_object_get(b->in, "values"));
	check_lists(b, json_object_get(b->in, "add"));
	check_lists(b, json_object_get(b->in, "remove"));
	return b->errors->count ? ERR_INVALID : ERR_OK;
}

/* --- one row ---------------------------------------------------------------------------------- */

static bool
has(const json_t *list, const json_t *item)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), item))
			return true;
	return false;
}

/* The list as it will be: without what goes, then with what comes. */
static json_t *
list_after(const struct bulk *b, const char *field, const json_t *before)
{
	const json_t *in = json_object_get(json_object_get(b->in, "add"), field);
	const json_t *out = json_object_get(json_object_get(b->in, "remove"), field);
	json_t *list = json_array();

	for (size_t i = 0; i < json_array_size(before); i++)
		if (!has(out, json_array_get(before, i)))
			json_array_append(list, json_array_get(before, i));
	for (size_t i = 0; i < json_array_size(in); i++)
		if (!has(list, json_array_get(in, i)))
			json_array_append(list, json_array_get(in, i));
	return list;
}

/* What a request about this row alone would say. */
static json_t *
row_request(const struct bulk *b, const json_t *before)
{
	json_t *values = json_object_get(b->in, "values");
	json_t *in = values ? json_copy(values) : json_object();

	for (size_t i = 0; in && i < b->e->field_count; i++) {
		const struct model_field *f = &b->e->fields[i];

		if (model_is_list(f) &&
		    (json_object_get(json_object_get(b->in, "add"), f->name) ||
			json_object_get(json_object_get(b->in, "remove"), f->name)))
			json_object_set_new(
			    in, f->name, list_after(b, f->name, json_object_get(before, f->name)));
	}
	return in;
}

/* Remembers the row of the log of changes that was written last. */
static void
keep_change(json_t *changes, int64_t last)
{
	if (store_last_change() != last)
		json_array_append_new(changes, json_integer((json_int_t)store_last_change()));
}

static enum err
change_row(struct bulk *b, int64_t id, const json_t *before, json_t *changes, bool *changed)
{
	json_t *in = row_request(b, before), *values = NULL;
	int64_t last = store_last_change();
	enum err err = in ? model_check(b->e, in, MODEL_PATCH, &values, b->errors) : ERR_NOMEM;

	if (err == ERR_OK) {
		import_keep_changed(before, values);
		if (json_object_size(values)) {
			err = entity_update(b->s, b->e, id, before, values, b->errors);
			*changed = true;
		}
	}
	if (err == ERR_OK)
		keep_change(changes, last);
	json_decref(values);
	json_decref(in);
	return err;
}

/* --- lists that are rows of their own -----------------------------------------------------------
 */

static enum err
find_link(struct db *db, const struct model_link *l, int64_t own, int64_t theirs, int64_t *id)
{
	struct stmt *s;
	bool row = false;
	enum err err = db_preparef(db, &s, "SELECT id FROM \"%s\" WHERE \"%s\" = ? AND \"%s\" = ?",
	    l->by->name, l->own->name, l->theirs->name);

	if (err != ERR_OK)
		return err;
	stmt_int(s, 1, own);
	stmt_int(s, 2, theirs);
	err = stmt_step(s, &row);
	if (err == ERR_OK && row)
		*id = sqlite3_column_int64(s->st, 0);
	stmt_done(s);
	return err == ERR_OK && !row ? ERR_NOT_FOUND : err;
}

static enum err
make_link(struct bulk *b, const struct model_link *l, int64_t own, const json_t *theirs)
{
	json_t *in =
	    json_pack("{s:I, s:O}", l->own->name, (json_int_t)own, l->theirs->name, theirs);
	json_t *values = NULL;
	int64_t id;
	enum err err = in ? model_check(l->by, in, MODEL_CREATE, &values, b->errors) : ERR_NOMEM;

	if (err == ERR_OK)
		err = entity_insert(b->s, l->by, values, &id, b->errors);
	if (err == ERR_OK)
		err = entity_check_rules(b->s, l->by, id, MODEL_OP_CREATE, NULL, b->errors);
	json_decref(values);
	json_decref(in);
	return err;
}

static enum err
link_one(struct bulk *b, const struct model_link *l, int64_t own, const json_t *theirs,
    enum list_step step, bool *changed)
{
	int64_t id = 0;
	enum err err = find_link(b->s->writer, l, own, json_integer_value(theirs), &id);
	bool there = err == ERR_OK;

	if ((err != ERR_OK && err != ERR_NOT_FOUND) || there == (step == PUT_IN))
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	*changed = true;
	return there ? entity_delete(b->s, l->by, id, b->errors) : make_link(b, l, own, theirs);
}

static enum err
change_links(struct bulk *b, int64_t own, json_t *changes, bool *changed)
{
	struct model_link l;
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && model_link_at(b->e, i, &l); i++)
		for (int step = TAKE_OUT; step <= PUT_IN; step++) {
			const json_t *list = json_object_get(
			    json_object_get(b->in, step_names[step]), l.other->path);

			for (size_t k = 0; k < json_array_size(list) && err == ERR_OK; k++) {
				int64_t last = store_last_change();

				err = link_one(b, &l, own, json_array_get(list, k),
				    (enum list_step)step, changed);
				if (err == ERR_OK)
					keep_change(changes, last);
			}
		}
	return err;
}

/* --- all ----------------------------------------------------------------------------------------
 */

/* What was said since then was said about this row. */
static void
name_row(struct model_errors *errors, uint32_t from, int64_t id, enum err err)
{
	if (errors->count == from && err == ERR_NOT_FOUND)
		model_error_add(errors, "not_found", "", "There is no such entry.");
	for (uint32_t i = from; i < errors->count; i++)
		errors->at[i].row = id;
}

static bool
is_fault(enum err err)
{
	return err == ERR_INVALID || err == ERR_EXISTS || err == ERR_CONFLICT ||
	       err == ERR_NOT_FOUND;
}

/* What the rules are asked about a row later. Of very many rows nothing is kept: all is looked at
 * once instead. */
static bool
keeps_rows(const struct bulk *b)
{
	return b->n <= MODEL_BULK_MAX;
}

static void
keep_row(struct bulk *b, json_t *before, bool changed)
{
	b->changed += changed;
	if (keeps_rows(b))
		json_array_append(b->before, changed ? before : json_null());
}

static enum err
change_one(struct bulk *b, int64_t id)
{
	json_t *before = NULL, *changes = json_array();
	bool changed = false;
	enum err err = changes ? row_get(b->s->writer, b->e, id, ROW_SECRET, &before) : ERR_NOMEM;

	if (err == ERR_OK)
		err = change_row(b, id, before, changes, &changed);
	if (err == ERR_OK)
		err = change_links(b, id, changes, &changed);
	if (err == ERR_OK) {
		keep_row(b, before, changed);
		if (!b->found)
			json_array_append_new(
			    b->rows, json_pack("{s:I, s:b, s:O}", "id", (json_int_t)id, "changed",
					 changed, "changes", changes));
	}
	json_decref(before);
	json_decref(changes);
	return err;
}

static enum err
delete_one(struct bulk *b, int64_t id)
{
	json_t *before = NULL;
	enum err err = row_get(b->s->writer, b->e, id, ROW_SECRET, &before);

	if (err == ERR_OK)
		err = entity_delete(b->s, b->e, id, b->errors);
	if (err == ERR_OK)
		keep_row(b, before, true);
	json_decref(before);
	return err;
}

/* Faults of several rows are told together; any of them means that nothing is changed. */
static enum err
all_rows(struct bulk *b, enum err (*one)(struct bulk *b, int64_t id))
{
	enum err result = ERR_OK;

	for (size_t i = 0; i < b->n; i++) {
		uint32_t said = b->errors->count;
		enum err err = one(b, b->ids[i]);

		if (b->found && b->found->moved && i % MOVED_EVERY == MOVED_EVERY - 1)
			b->found->moved(b->found->ctx, i + 1, b->n);
		if (err == ERR_OK)
			continue;
		name_row(b->errors, said, b->ids[i], err);
		if (result == ERR_OK || !is_fault(err))
			result = err;
		if (!is_fault(err) || b->errors->count == MODEL_ERRORS_MAX)
			break;
	}
	return result;
}

static enum err
all_rules(struct bulk *b, enum model_op op)
{
	struct model_view view = {b->s->writer, row_each, row_find};
	struct model_change all = {.op = MODEL_OP_IMPORT, .had_admin = b->had_admin};
	enum err err = ERR_OK;

	if (!keeps_rows(b))
		return model_rules_check(&view, &all, b->errors);
	for (size_t i = 0; i < b->n && err == ERR_OK; i++) {
		const json_t *before = json_array_get(b->before, i);

		if (json_is_null(before))
			continue;
		err = entity_check_rules(b->s, b->e, b->ids[i], op, before, b->errors);
		if (err != ERR_OK)
			name_row(b->errors, 0, b->ids[i], err);
	}
	return err;
}

enum err
store_tell_many(struct store *s)
{
	if (s->pending_count <= NOTICES_MAX)
		return ERR_OK;
	s->pending_count = 0;
	return store_changed(s, NULL, 0, STORE_IMPORTED);
}

/* In the transaction: nobody can change what is found any more. */
static enum err
find_rows(struct bulk *b)
{
	const struct store_found *f = b->found;
	size_t left = 0;
	enum err err = list_ids(b->s->writer, b->e, f->q, &b->ids, &b->n, b->errors);

	if (err == ERR_OK && (int64_t)b->n != f->expected) {
		model_error_add(b->errors, STORE_FOUND_CHANGED, "found",
		    "%zu are found now, not %lld.", b->n, (long long)f->expected);
		return ERR_CONFLICT;
	}
	for (size_t i = 0; i < b->n; i++)
		if (b->ids[i] != f->except)
			b->ids[left++] = b->ids[i];
	b->n = left;
	return err;
}

static enum err
run(struct bulk *b, enum model_op op)
{
	enum err err = import_has_admin(b->s->writer, &b->had_admin);

	if (err == ERR_OK && b->found)
		err = find_rows(b);
	if (err == ERR_OK)
		err = all_rows(b, op == MODEL_OP_DELETE ? delete_one : change_one);
	if (err == ERR_OK)
		err = all_rules(b, op);
	return err == ERR_OK ? store_tell_many(b->s) : err;
}

/* The newest change there is. */
static enum err
newest_change(struct bulk *b, int64_t *id)
{
	return db_int(b->s->writer, "SELECT coalesce(max(id), 0) FROM change", id);
}

/* Rows that are named are told one by one, of what was found how many: the changes before and after
 * say which ones. */
static json_t *
outcome(const struct bulk *b, int64_t before, int64_t after)
{
	json_int_t changed = b->changed;

	if (!b->found)
		return json_pack("{s:I, s:O}", "changed", changed, "rows", b->rows);
	if (after == before)
		return json_pack("{s:I, s:n}", "changed", changed, "undo");
	return json_pack("{s:I, s:{s:I, s:I}}", "changed", changed, "undo", "first",
	    (json_int_t)before + 1, "last", (json_int_t)after);
}

static enum err
write(struct bulk *b, enum model_op op, json_t **result)
{
	int64_t before = 0, after = 0;
	enum err err = store_write_begin(b->s);

	if (err != ERR_OK)
		return err;
	err = newest_change(b, &before);
	if (err == ERR_OK)
		err = run(b, op);
	if (err == ERR_OK)
		err = newest_change(b, &after);
	err = store_write_end(b->s, err);
	if (err != ERR_OK)
		return err;
	*result = outcome(b, before, after);
	return *result ? ERR_OK : ERR_NOMEM;
}

static enum err
name_rows(struct bulk *b)
{
	const json_t *ids = json_object_get(b->in, "ids");

	b->n = json_array_size(ids);
	b->ids = calloc(b->n ? b->n : 1, sizeof *b->ids);
	for (size_t i = 0; b->ids && i < b->n; i++)
		b->ids[i] = json_integer_value(json_array_get(ids, i));
	return b->ids ? ERR_OK : ERR_NOMEM;
}

static enum err
bulk(struct bulk *b, enum model_op op, json_t **result)
{
	enum err err;

	if (b->e->flags & (MODEL_SINGLETON | MODEL_LOG | MODEL_LIVE | MODEL_HIDDEN |
			      (op == MODEL_OP_DELETE ? MODEL_STAYS : MODEL_FIXED)))
		return ERR_UNSUPPORTED;
	b->rows = json_array();
	b->before = json_array();
	err = b->rows && b->before ? ERR_OK : ERR_NOMEM;
	if (err == ERR_OK && op == MODEL_OP_UPDATE)
		err = check_request(b);
	if (err == ERR_OK && !b->found)
		err = name_rows(b);
	if (err == ERR_OK)
		err = write(b, op, result);
	free(b->ids);
	json_decref(b->rows);
	json_decref(b->before);
	return err;
}

enum err
store_bulk(struct store *s, const struct model_entity *e, const json_t *in, json_t **result,
    struct model_errors *errors)
{
	struct bulk b = {.s = s, .e = e, .in = in, .errors = errors};

	return bulk(&b, MODEL_OP_UPDATE, result);
}

enum err
store_bulk_found(struct store *s, const struct model_entity *e, const struct store_found *found,
    const json_t *in, json_t **result, struct model_errors *errors)
{
	struct bulk b = {.s = s, .e = e, .in = in, .found = found, .errors = errors};

	return bulk(&b, MODEL_OP_UPDATE, result);
}

enum err
store_delete_found(struct store *s, const struct model_entity *e, const struct store_found *found,
    json_t **result, struct model_errors *errors)
{
	struct bulk b = {.s = s, .e = e, .found = found, .errors = errors};

	return bulk(&b, MODEL_OP_DELETE, result);
}
