/* Several new rows in one request (PHO-2): all or none, each as if it were created alone. */
#include "store/store_int.h"

struct batch {
	struct store *s;
	const struct model_entity *e;
	const json_t *rows;
	json_t *values; /* checked rows, in their order */
	json_t *made;	/* what is answered */
	struct model_errors *errors;
};

/* What was said since then was said about this row. */
static void
name_row(const struct batch *b, uint32_t from, size_t i)
{
	for (uint32_t k = from; k < b->errors->count; k++)
		b->errors->at[k].row = (int64_t)i + 1;
}

/* Passwords are hashed here, without the write lock. */
static enum err
check_rows(struct batch *b)
{
	enum err result = ERR_OK;

	for (size_t i = 0; i < json_array_size(b->rows); i++) {
		uint32_t said = b->errors->count;
		json_t *values = NULL;
		enum err err =
		    model_check(b->e, json_array_get(b->rows, i), MODEL_CREATE, &values, b->errors);

		if (err == ERR_OK)
			err = entity_hash_passwords(b->e, values);
		if (err == ERR_OK)
			json_array_append_new(b->values, values);
		else if (err != ERR_INVALID)
			return err;
		else
			result = err;
		name_row(b, said, i);
	}
	return result;
}

static enum err
make_row(struct batch *b, size_t i)
{
	json_t *row = NULL, *changes = json_array();
	int64_t last = store_last_change();
	enum err err = changes ? entity_create(b->s, b->e, json_array_get(b->rows, i),
				     json_array_get(b->values, i), &row, b->errors)
			       : ERR_NOMEM;

	if (err == ERR_OK && store_last_change() != last)
		json_array_append_new(changes, json_integer((json_int_t)store_last_change()));
	if (err == ERR_OK)
		json_array_append_new(
		    b->made, json_pack("{s:O, s:b, s:O}", "id", json_object_get(row, "id"),
				 "changed", 1, "changes", changes));
	json_decref(row);
	json_decref(changes);
	return err;
}

static enum err
make_rows(struct batch *b)
{
	enum err err = store_write_begin(b->s);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < json_array_size(b->rows) && err == ERR_OK; i++) {
		err = make_row(b, i);
		if (err != ERR_OK)
			name_row(b, 0, i);
	}
	if (err == ERR_OK)
		err = store_tell_many(b->s);
	return store_write_end(b->s, err);
}

static enum err
check_list(const json_t *in, const json_t *rows, struct model_errors *errors)
{
	size_t n = json_array_size(rows);

	if (n >= 1 && n <= MODEL_CREATE_MAX && json_object_size(in) == 1)
		return ERR_OK;
	model_error_add(errors, n > MODEL_CREATE_MAX ? "too_many" : "required", "rows",
	    "A list of 1 to %d rows is needed.", MODEL_CREATE_MAX);
	return ERR_INVALID;
}

enum err
store_create_several(struct store *s, const struct model_entity *e, const json_t *in,
    json_t **result, struct model_errors *errors)
{
	struct batch b = {s, e, json_object_get(in, "rows"), json_array(), json_array(), errors};
	enum err err = b.values && b.made ? check_list(in, b.rows, errors) : ERR_NOMEM;

	if (e->flags & (MODEL_SINGLETON | MODEL_LOG | MODEL_LIVE | MODEL_HIDDEN | MODEL_SYSTEM))
		err = ERR_UNSUPPORTED;
	if (err == ERR_OK)
		err = check_rows(&b);
	if (err == ERR_OK)
		err = make_rows(&b);
	if (err == ERR_OK) {
		*result = json_pack(
		    "{s:I, s:O}", "changed", (json_int_t)json_array_size(b.made), "rows", b.made);
		err = *result ? ERR_OK : ERR_NOMEM;
	}
	json_decref(b.values);
	json_decref(b.made);
	return err;
}
