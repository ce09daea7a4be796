/* API tokens. Their text is 256 random bits, so a plain hash is enough. */
#include "model/rights.h"
#include "store/store_int.h"

enum { TOKENS_PER_USER = 50 };

static enum err
check_count(struct db *db, int64_t user)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db, "SELECT count(*) FROM token WHERE user = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, user);
	e = stmt_step(st, &row);
	if (e == ERR_OK && sqlite3_column_int64(st->st, 0) >= TOKENS_PER_USER)
		e = ERR_LIMIT;
	stmt_done(st);
	return e;
}

enum err
store_token_create(struct store *s, const struct store_token *t, json_t **row)
{
	char hex[65];
	json_t *values, *result = NULL;
	int64_t id;
	enum err e;

	hash_hex(t->token_hash, hex);
	values = json_pack("{s:I, s:s, s:o, s:s, s:I}", "user", (json_int_t)t->user, "name",
	    t->name, "rights", rights_json(t->rights), "token_hash", hex, "created_at",
	    (json_int_t)t->created_at);
	if (!values)
		return ERR_NOMEM;
	if (t->expires_at)
		json_object_set_new(values, "expires_at", json_integer(t->expires_at));
	e = store_write_begin(s);
	if (e == ERR_OK) {
		e = check_count(s->writer, t->user);
		if (e == ERR_OK)
			e = row_insert(s->writer, &model_token, values, &id, NULL);
		if (e == ERR_OK)
			e = row_get(s->writer, &model_token, id, ROW_PUBLIC, &result);
		if (e == ERR_OK)
			e = store_changed(s, &model_token, id, STORE_CREATED);
		e = store_write_end(s, e);
	}
	json_decref(values);
	if (e == ERR_OK)
		*row = result;
	else
		json_decref(result);
	return e;
}

enum err
store_token_used(struct store *s, int64_t id, int64_t now_ms, const char *address)
{
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(s->writer, "UPDATE token SET last_at = ?, address = ? WHERE id = ?", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, now_ms);
		stmt_cstr(st, 2, address);
		stmt_int(st, 3, id);
		e = stmt_run(st);
	}
	return store_write_end(s, e);
}
