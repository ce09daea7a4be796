/* Call completion: requests to be called back. A telephone hears that its request was taken when it
 * is a row here, so it outlives whatever happens. */
#include "model/number_holder.h"
#include "store/store_int.h"

enum { DIALLED_BYTES = 64, PRIVATE_DIGITS = 3 };

/* The user who holds the number; *user 0: nobody, or (*held) what does not get free. */
static enum err
find_holder(struct db *db, const char *number, int64_t *user, bool *held)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(
	    db, "SELECT t.user, " NUMBER_IS_HELD("t") " FROM number t WHERE t.number = ?", &st);

	*user = 0;
	*held = false;
	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, number);
	e = stmt_step(st, &row);
	if (e == ERR_OK && row) {
		*user = sqlite3_column_int64(st->st, 0);
		*held = sqlite3_column_int(st->st, 1);
	}
	stmt_done(st);
	return e;
}

static enum err
read_prefix(struct db *db, char out[DIALLED_BYTES])
{
	json_t *settings = NULL;
	enum err e = row_get(db, &model_settings, 1, ROW_PUBLIC, &settings);

	slice_clip_cstr(slice_cstr(row_text(settings, "outside_prefix")), out, DIALLED_BYTES);
	json_decref(settings);
	return e;
}

/* The user who is meant, 0 for a number outside; nobody else is called back for. */
static enum err
find_target(struct store *s, const struct store_completion *c, int64_t *target)
{
	struct model_view view = {s->writer, row_each, row_find};
	char prefix[DIALLED_BYTES];
	enum model_dialled what;
	bool held;
	enum err e = read_prefix(s->writer, prefix);

	if (e == ERR_OK)
		e = model_dialled(&view, slice_cstr(prefix), slice_cstr(c->number), &what);
	if (e != ERR_OK)
		return e;
	*target = c->tried.target;
	switch (what) {
	case MODEL_DIALLED_EMERGENCY: return ERR_INVALID;
	case MODEL_DIALLED_UNKNOWN: return *target ? ERR_OK : ERR_NOT_FOUND;
	case MODEL_DIALLED_OUTSIDE: break;
	case MODEL_DIALLED_OURS:
		e = find_holder(s->writer, c->number, target, &held);
		if (e == ERR_OK && !*target)
			e = held ? ERR_INVALID : ERR_NOT_FOUND;
	}
	return e == ERR_OK && *target == c->user ? ERR_INVALID : e;
}

static enum err
check_limits(struct db *db, int64_t user)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db, "SELECT count(*), sum(user = ?) FROM call_completion", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, user);
	e = stmt_step(st, &row);
	if (e == ERR_OK && (sqlite3_column_int64(st->st, 0) >= STORE_COMPLETIONS_MAX ||
			       sqlite3_column_int64(st->st, 1) >= STORE_COMPLETIONS_PER_USER))
		e = ERR_LIMIT;
	stmt_done(st);
	return e;
}

/* One for each user and target; *id 0: there is none yet. */
static enum err
find_same(struct db *db, const struct store_completion *c, int64_t target, int64_t *id)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT id FROM call_completion WHERE user = ? AND coalesce(target, 0) = ? "
	    "AND (target IS NOT NULL OR dialled = ?)",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, c->user);
	stmt_int(st, 2, target);
	stmt_cstr(st, 3, c->number);
	e = stmt_step(st, &row);
	*id = e == ERR_OK && row ? sqlite3_column_int64(st->st, 0) : 0;
	stmt_done(st);
	return e;
}

/* What people see of it. */
static void
mask(const struct store_completion *c, int64_t target, char out[DIALLED_BYTES])
{
	size_t n;

	slice_clip_cstr(slice_cstr(c->number), out, DIALLED_BYTES);
	n = strlen(out);
	for (size_t i = n > PRIVATE_DIGITS ? n - PRIVATE_DIGITS : 0;
	     c->tried.private_call && !target && i < n; i++)
		out[i] = 'x';
}

static enum err
insert(struct store *s, const struct store_completion *c, int64_t target, int64_t *id)
{
	char shown[DIALLED_BYTES];
	json_t *values;
	enum err e;

	mask(c, target, shown);
	values = json_pack("{s:I, s:s, s:s, s:b, s:s, s:I}", "user", (json_int_t)c->user, "dialled",
	    c->number, "number", shown, "private_call", c->tried.private_call && !target, "why",
	    c->tried.no_answer ? "no_answer" : "busy", "since", (json_int_t)c->since_ms);
	if (!values)
		return ERR_NOMEM;
	if (target)
		json_object_set_new(values, "target", json_integer((json_int_t)target));
	e = row_insert(s->writer, &model_call_completion, values, id, NULL);
	if (e == ERR_OK)
		e = store_changed(s, &model_call_completion, *id, STORE_CREATED);
	json_decref(values);
	return e;
}

enum err
store_completion_request(struct store *s, const struct store_completion *c, json_t **row)
{
	int64_t target = 0, id = 0;
	json_t *result = NULL;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = find_target(s, c, &target);
	if (e == ERR_OK)
		e = find_same(s->writer, c, target, &id);
	if (e == ERR_OK && !id) {
		e = check_limits(s->writer, c->user);
		if (e == ERR_OK)
			e = insert(s, c, target, &id);
	}
	if (e == ERR_OK)
		e = row_get(s->writer, &model_call_completion, id, ROW_PUBLIC, &result);
	e = store_write_end(s, e);
	if (e == ERR_OK)
		*row = result;
	else
		json_decref(result);
	return e;
}

static bool
add_id(void *arg, const json_t *row)
{
	return json_array_append(arg, json_object_get(row, "id")) == 0;
}

enum err
store_completion_cancel(struct store *s, int64_t user, size_t *n)
{
	struct model_errors errors = {0};
	json_t *ids = json_array(), *one;
	size_t i;
	enum err e = ids ? store_write_begin(s) : ERR_NOMEM;

	if (e == ERR_OK) {
		e = row_each(s->writer, &model_call_completion, "user", user, add_id, ids);
		json_array_foreach(ids, i, one)
		{
			if (e == ERR_OK)
				e = entity_delete(
				    s, &model_call_completion, json_integer_value(one), &errors);
		}
		e = store_write_end(s, e);
	}
	*n = json_array_size(ids);
	json_decref(ids);
	return e;
}

enum err
store_completion_over(struct store *s, int64_t id)
{
	struct model_errors errors = {0};
	enum err e = store_delete(s, &model_call_completion, id, &errors);

	return e == ERR_NOT_FOUND ? ERR_OK : e;
}
