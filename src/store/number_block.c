/* Blocks of numbers (LIN-4): all in one transaction, or none. */
#include "model/number_block.h"
#include "model/number_holder.h"

#include "store/store_int.h"

enum { NAMED_MAX = 20, NAME_BYTES = 200 };

struct work {
	struct store *s;
	struct number_block block;
	json_t *in;    /* checked; owned */
	json_t *named; /* the first ones in the way */
	size_t done, in_the_way;
};

/* Id, who holds it. */
static enum err
look(struct db *db, const char *number, int64_t *id, bool *held, char holder[NAME_BYTES])
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(
	    db, "SELECT t.id, " NUMBER_HELD_BY("t") " FROM number t WHERE t.number = ?", &s);

	if (e != ERR_OK)
		return e;
	stmt_cstr(s, 1, number);
	e = stmt_step(s, &row);
	*id = e == ERR_OK && row ? sqlite3_column_int64(s->st, 0) : 0;
	*held = *id && sqlite3_column_type(s->st, 1) != SQLITE_NULL;
	slice_clip_cstr(slice_cstr(*held ? stmt_column(s, 1) : ""), holder, NAME_BYTES);
	stmt_done(s);
	return e;
}

static void
name_it(struct work *w, const char *number, const char *holder)
{
	if (w->in_the_way++ < NAMED_MAX)
		json_array_append_new(w->named,
		    json_pack("{s:s, s:s?}", "number", number, "holder", *holder ? holder : NULL));
}

static enum err
insert(struct work *w, const char *number, struct model_errors *errors)
{
	json_t *values = json_pack("{s:s, s:O, s:n, s:n, s:O}", "number", number, "kind",
	    json_object_get(w->in, "kind"), "user", "group", "line",
	    json_object_get(w->in, "line"));
	int64_t id;
	enum err e = values ? entity_insert(w->s, &model_number, values, &id, errors) : ERR_NOMEM;

	json_decref(values);
	return e;
}

static enum err
add_one(struct work *w, const char *number, struct model_errors *errors)
{
	char holder[NAME_BYTES];
	int64_t id;
	bool held;
	enum err e = look(w->s->writer, number, &id, &held, holder);

	if (e == ERR_OK && id)
		name_it(w, number, holder);
	else if (e == ERR_OK && (e = insert(w, number, errors)) == ERR_OK)
		w->done++;
	return e;
}

static enum err
remove_one(struct work *w, const char *number, struct model_errors *errors)
{
	char holder[NAME_BYTES];
	int64_t id;
	bool held;
	enum err e = look(w->s->writer, number, &id, &held, holder);

	if (e == ERR_OK && held)
		name_it(w, number, holder);
	else if (e == ERR_OK && id &&
		 (e = entity_delete(w->s, &model_number, id, errors)) == ERR_OK)
		w->done++;
	return e;
}

static enum err
refuse_taken(const struct work *w, struct model_errors *errors)
{
	char text[140];
	size_t whole = 0, i;
	const json_t *one;
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	json_array_foreach(w->named, i, one)
	{
		const char *holder = json_string_value(json_object_get(one, "holder"));

		buf_printf(
		    &b, "%s%s", i ? ", " : "", json_string_value(json_object_get(one, "number")));
		if (holder)
			buf_printf(&b, " (%s)", holder);
		if (!buf_ok(&b))
			break;
		whole = b.n;
	}
	model_error_add(errors, "numbers_taken", "", "%zu of these numbers exist already: %.*s%s",
	    w->in_the_way, (int)whole, text, i < w->in_the_way ? ", …" : "");
	return ERR_CONFLICT;
}

static enum err
check_rules(struct work *w, struct model_errors *errors)
{
	struct model_view view = {w->s->writer, row_each, row_find};
	struct model_change change = {&model_number, 0, MODEL_OP_IMPORT, NULL, false};

	return model_rules_check(&view, &change, errors);
}

/* Before anything is committed; one notice instead of one a number. */
static enum err
finish(struct work *w, bool adding, bool dry_run, struct model_errors *errors)
{
	bool skip = !adding || json_is_true(json_object_get(w->in, "skip_taken"));
	enum err e = ERR_OK;

	if (adding)
		e = check_rules(w, errors);
	if (e != ERR_OK || dry_run)
		return e;
	if (!skip && w->in_the_way)
		return refuse_taken(w, errors);
	w->s->pending_count = 0;
	return w->done
		   ? store_changed(w->s, &model_number, 0, adding ? STORE_CREATED : STORE_DELETED)
		   : ERR_OK;
}

static enum err
run(struct work *w, bool adding, bool dry_run, struct model_errors *errors)
{
	char number[NUMBER_DIGITS_MAX + 1];
	size_t count = number_block_count(&w->block);
	enum err e = store_write_begin(w->s);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < count && e == ERR_OK; i++) {
		number_block_at(&w->block, i, number);
		e = adding ? add_one(w, number, errors) : remove_one(w, number, errors);
	}
	if (e == ERR_OK)
		e = finish(w, adding, dry_run, errors);
	if (e == ERR_OK && dry_run) {
		store_rollback(w->s);
		return ERR_OK;
	}
	return store_write_end(w->s, e);
}

static json_t *
report(const struct work *w, bool adding, bool dry_run)
{
	char first[NUMBER_DIGITS_MAX + 1], last[NUMBER_DIGITS_MAX + 1];
	size_t count = number_block_count(&w->block);

	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:O, s:b}", "count", (json_int_t)count, "first",
	    number_block_at(&w->block, 0, first), "last",
	    number_block_at(&w->block, count - 1, last), adding ? "created" : "removed",
	    (json_int_t)w->done, adding ? "taken" : "held", (json_int_t)w->in_the_way, "named",
	    w->named, "dry_run", dry_run);
}

static enum err
block(struct store *s, const json_t *in, bool adding, bool dry_run, json_t **out,
    struct model_errors *errors)
{
	struct work w = {.s = s, .named = json_array()};
	enum err e = model_check(&model_number_block, in, MODEL_CREATE, &w.in, errors);

	if (e == ERR_OK)
		e = number_block_read(w.in, &w.block, errors);
	if (e == ERR_OK)
		e = run(&w, adding, dry_run, errors);
	if (e == ERR_OK)
		*out = report(&w, adding, dry_run);
	json_decref(w.in);
	json_decref(w.named);
	return e;
}

enum err
store_numbers_add(
    struct store *s, const json_t *in, bool dry_run, json_t **report, struct model_errors *errors)
{
	return block(s, in, true, dry_run, report, errors);
}

enum err
store_numbers_remove(
    struct store *s, const json_t *in, bool dry_run, json_t **report, struct model_errors *errors)
{
	return block(s, in, false, dry_run, report, errors);
}
