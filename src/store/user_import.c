/*
 * Import of users (USR-2): each row in a savepoint of one transaction, so that a row with a fault
 * leaves nothing behind and a dry run finds what the real one would find.
 */
#include <stdlib.h>

#include "model/number_holder.h"
#include "store/import_int.h"
#include "store/user_import_int.h"

struct run {
	struct store *s;
	const struct user_import_params *params;
	struct user_import_counts *counts;
	json_t *seen; /* logins of this file */
	json_t *default_rights;
};

void
user_import_moved(struct user_import_progress *progress)
{
	if (progress->moved)
		progress->moved(progress->ctx);
}

static enum err
check_rules(struct run *r, const struct model_entity *e, int64_t id, enum model_op op,
    const json_t *before, struct model_errors *errors)
{
	struct model_view view = {r->s->writer, row_each, row_find};
	struct model_change change = {e, id, op, before, false};

	return model_rules_check(&view, &change, errors);
}

/* --- numbers ------------------------------------------------------------------------ */

static enum err
write_number(
    struct run *r, int64_t id, const json_t *before, json_t *values, struct model_errors *errors)
{
	enum err e;

	if (!before) {
		e = entity_insert(r->s, &model_number, values, &id, errors);
	} else {
		import_keep_changed(before, values);
		if (json_object_size(values) == 0)
			return ERR_OK;
		e = entity_update(r->s, &model_number, id, before, values, errors);
	}
	return e == ERR_OK ? check_rules(r, &model_number, id,
				 before ? MODEL_OP_UPDATE : MODEL_OP_CREATE, before, errors)
			   : e;
}

static enum err
refuse_taken(
    const json_t *before, const char *number, const char *kind, struct model_errors *errors)
{
	char field[32];
	const char *name = NULL;

	for (size_t i = 0; i < number_holders_n && !name; i++) {
		snprintf(field, sizeof field, "%s_name", number_holders[i].field);
		name = json_string_value(json_object_get(before, field));
	}
	if (strcmp(json_string_value(json_object_get(before, "kind")), kind) != 0)
		model_error_add(errors, "wrong_kind", kind, "%.20s is no %s number.", number, kind);
	else
		model_error_add(errors, "number_taken", kind, "%.20s is held by %s.", number,
		    name ? name : "somebody else");
	return ERR_CONFLICT;
}

/* Makes the number the user's; one that does not exist is made. */
static enum err
give_number(
    struct run *r, int64_t user, const char *number, const char *kind, struct model_errors *errors)
{
	json_t *before = NULL, *values = NULL;
	json_t *in =
	    json_pack("{s:s, s:s, s:I}", "number", number, "kind", kind, "user", (json_int_t)user);
	int64_t id = 0;
	enum err e = row_find_id(r->s->writer, &model_number, "number", slice_cstr(number), &id);

	if (e == ERR_OK)
		e = row_get(r->s->writer, &model_number, id, ROW_PUBLIC, &before);
	else if (e == ERR_NOT_FOUND)
		e = ERR_OK;
	if (e == ERR_OK && before &&
	    ((json_is_true(json_object_get(before, "held")) &&
		 json_integer_value(json_object_get(before, "user")) != user) ||
		strcmp(json_string_value(json_object_get(before, "kind")), kind) != 0))
		e = refuse_taken(before, number, kind, errors);
	if (e == ERR_OK)
		e = model_check(
		    &model_number, in, before ? MODEL_PATCH : MODEL_CREATE, &values, errors);
	if (e == ERR_OK)
		e = write_number(r, id, before, values, errors);
	json_decref(in);
	json_decref(before);
	json_decref(values);
	return e;
}

static bool
names(const json_t *list, const char *number)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(json_string_value(json_array_get(list, i)), number) == 0)
			return true;
	return false;
}

struct held {
	const json_t *wanted;
	const char *kind;
	json_t *gone; /* rows */
};

static bool
collect_gone(void *arg, const json_t *row)
{
	struct held *h = arg;

	if (strcmp(json_string_value(json_object_get(row, "kind")), h->kind) == 0 &&
	    !names(h->wanted, json_string_value(json_object_get(row, "number"))))
		json_array_append(h->gone, (json_t *)row);
	return true;
}

static enum err
set_numbers(struct run *r, int64_t user, const json_t *wanted, const char *kind,
    struct model_errors *errors)
{
	struct held h = {wanted, kind, json_array()};
	uint32_t known = errors->count;
	enum err e = row_each(r->s->writer, &model_number, "user", user, collect_gone, &h);

	for (size_t i = 0; i < json_array_size(h.gone) && e == ERR_OK; i++) {
		const json_t *row = json_array_get(h.gone, i);
		json_t *values = json_pack("{s:n}", "user");

		e = write_number(
		    r, json_integer_value(json_object_get(row, "id")), row, values, errors);
		json_decref(values);
	}
	json_decref(h.gone);
	for (size_t i = 0; i < json_array_size(wanted) && e == ERR_OK; i++)
		e = give_number(
		    r, user, json_string_value(json_array_get(wanted, i)), kind, errors);
	while (known < errors->count) /* whatever the model's field, it is in this column */
		slice_clip_cstr(
		    slice_cstr(kind), errors->at[known++].field, sizeof errors->at[0].field);
	return e;
}

/* --- a row -------------------------------------------------------------------------- */

/* The password is replaced by its hash; a dry run leaves it at that it would be one. */
static void
put_hash(const struct user_row *row, json_t *values)
{
	if (!json_object_get(values, "password"))
		return;
	json_object_del(values, "password");
	if (row->hash)
		json_object_set_new(values, "password_hash", json_string(row->hash));
}

static json_t *
wanted_values(struct run *r, const struct user_row *row, bool exists)
{
	json_t *in = json_copy(row->in);

	if (in && exists && row->default_rights) {
		json_object_set(in, "rights", r->default_rights);
		json_object_set_new(in, "admin", json_false());
	}
	return in;
}

static enum err
create_user(struct run *r, struct user_row *row, int64_t *id, struct model_errors *errors)
{
	json_t *in = wanted_values(r, row, false), *values = NULL;
	enum err e = in ? model_check(&model_user, in, MODEL_CREATE, &values, errors) : ERR_NOMEM;

	if (e == ERR_OK) {
		put_hash(row, values);
		e = entity_insert(r->s, &model_user, values, id, errors);
	}
	json_decref(in);
	json_decref(values);
	return e;
}

static enum err
update_user(struct run *r, struct user_row *row, int64_t id, const json_t *before, bool *changed,
    struct model_errors *errors)
{
	json_t *in = wanted_values(r, row, true), *values = NULL;
	enum err e = in ? model_check(&model_user, in, MODEL_PATCH, &values, errors) : ERR_NOMEM;

	if (e == ERR_OK) {
		bool password = json_object_get(values, "password") && !row->same_password;

		put_hash(row, values);
		import_keep_changed(before, values);
		*changed = json_object_size(values) > 0 || password;
		if (json_object_size(values))
			e = entity_update(r->s, &model_user, id, before, values, errors);
	}
	if (e == ERR_OK)
		e = check_rules(r, &model_user, id, MODEL_OP_UPDATE, before, errors);
	json_decref(in);
	json_decref(values);
	return e;
}

static enum err
tell(struct run *r, const struct user_row *row, const json_t *before, const json_t *after)
{
	if (!r->params->mail || r->params->dry_run)
		return ERR_OK;
	return mail_tell_access(
	    r->s, before, after, row->same_password ? "" : row_text(row->in, "password"));
}

static enum err
write_row(struct run *r, struct user_row *row, struct model_errors *errors)
{
	const char *login = json_string_value(json_object_get(row->in, "login"));
	json_t *before = NULL, *after = NULL;
	struct db *db = r->s->writer;
	bool changed = false;
	int64_t id = 0;
	enum err e = row_find_id(db, &model_user, "login", slice_cstr(login), &id);

	if (e == ERR_OK)
		e = row_get(db, &model_user, id, ROW_SECRET, &before);
	if (e == ERR_OK)
		e = update_user(r, row, id, before, &changed, errors);
	else if (e == ERR_NOT_FOUND)
		e = create_user(r, row, &id, errors);
	if (e == ERR_OK && row->internal)
		e = set_numbers(r, id, row->internal, "internal", errors);
	if (e == ERR_OK && row->external)
		e = set_numbers(r, id, row->external, "external", errors);
	if (e == ERR_OK)
		e = row_get(db, &model_user, id, ROW_PUBLIC, &after);
	if (e == ERR_OK)
		e = tell(r, row, before, after);
	if (e == ERR_OK && !before)
		row->action = USER_IMPORT_CREATE;
	else if (e == ERR_OK)
		row->action = changed || !json_equal(json_object_get(before, "numbers"),
					     json_object_get(after, "numbers"))
				  ? USER_IMPORT_UPDATE
				  : USER_IMPORT_UNCHANGED;
	json_decref(before);
	json_decref(after);
	return e;
}

/* ERR_OK also for a fault, which is then noted. */
static enum err
run_row(struct run *r, struct user_row *row)
{
	const char *login = json_string_value(json_object_get(row->in, "login"));
	struct model_errors errors = {0};
	size_t pending = r->s->pending_count;
	enum err e;

	if (row->action == USER_IMPORT_FAULT)
		return ERR_OK;
	if (json_object_get(r->seen, login)) {
		user_row_fault(row, "login", "doubled", "This login comes twice in the file.");
		return ERR_OK;
	}
	json_object_set_new(r->seen, login, json_null());
	e = db_exec(r->s->writer, "SAVEPOINT user_row");
	if (e != ERR_OK)
		return e;
	e = write_row(r, row, &errors);
	if (error_is_fault(e, &errors)) {
		for (uint32_t i = 0; i < errors.count; i++)
			user_row_fault(
			    row, errors.at[i].field, errors.at[i].code, errors.at[i].message);
		r->s->pending_count = pending;
		e = db_exec(r->s->writer, "ROLLBACK TO user_row");
	}
	return e == ERR_OK ? db_exec(r->s->writer, "RELEASE user_row") : e;
}

static void
count_rows(const struct user_import *im, struct user_import_counts *counts)
{
	uint32_t n[4] = {0};

	for (size_t i = 0; i < im->count; i++)
		n[im->rows[i].action]++;
	*counts = (struct user_import_counts){(uint32_t)im->count, n[USER_IMPORT_CREATE],
	    n[USER_IMPORT_UPDATE], n[USER_IMPORT_UNCHANGED], n[USER_IMPORT_FAULT]};
}

static enum err
run_rows(struct run *r, struct user_import *im, struct user_import_progress *progress)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < im->count && e == ERR_OK; i++) {
		if (atomic_load(&progress->cancel))
			return ERR_CLOSED;
		e = run_row(r, &im->rows[i]);
		atomic_store(&progress->done, (unsigned)i + 1);
		user_import_moved(progress);
	}
	return e;
}

static enum err
write_all(struct run *r, struct user_import *im, struct user_import_progress *progress)
{
	json_t *settings = NULL;
	enum err e = store_write_begin(r->s);

	if (e != ERR_OK)
		return e;
	e = row_get(r->s->writer, &model_settings, 1, ROW_PUBLIC, &settings);
	r->default_rights = json_object_get(settings, "default_rights");
	if (e == ERR_OK)
		e = run_rows(r, im, progress);
	count_rows(im, r->counts);
	if (e == ERR_OK && r->counts->faulty && !r->params->only_valid && !r->params->dry_run)
		e = ERR_INVALID;
	if (e != ERR_OK || r->params->dry_run) {
		store_rollback(r->s);
	} else {
		r->s->pending_count = 0; /* one notice instead of one a row */
		if (r->counts->created || r->counts->updated)
			e = store_changed(r->s, NULL, 0, STORE_IMPORTED);
		e = store_write_end(r->s, e);
	}
	json_decref(settings);
	return e;
}

enum err
store_user_import(struct store *s, struct user_import *im, const struct user_import_params *params,
    struct user_import_progress *progress, struct user_import_counts *counts)
{
	struct run r = {.s = s, .params = params, .counts = counts, .seen = json_object()};
	enum err e = r.seen ? ERR_OK : ERR_NOMEM;

	atomic_store(&progress->done, 0);
	atomic_store(&progress->total, 0);
	atomic_store(&progress->phase, USER_IMPORT_HASHING);
	if (e == ERR_OK && !params->dry_run)
		e = user_import_hash(s, im, progress);
	atomic_store(&progress->phase, USER_IMPORT_WRITING);
	atomic_store(&progress->done, 0);
	atomic_store(&progress->total, (unsigned)im->count);
	if (e == ERR_OK)
		e = write_all(&r, im, progress);
	json_decref(r.seen);
	return e;
}
