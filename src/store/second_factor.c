/* Second factors. Whether a code fits is worked out in api/; here each is spent once, in a
 * transaction, whatever comes at the same time. */
#include <stdlib.h>

#include "store/store_int.h"

static enum err
read_one(struct db *db, int64_t user, struct store_second_factor *out, json_t **recovery)
{
	struct stmt *st;
	json_t *codes;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT confirmed, secret, last_step, recovery FROM second_factor WHERE user = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, user);
	e = stmt_step(st, &row);
	if (e == ERR_OK && !row)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK) {
		out->confirmed = sqlite3_column_int64(st->st, 0) != 0;
		slice_clip_cstr(slice_cstr(stmt_column(st, 1)), out->secret, sizeof out->secret);
		out->last_step = sqlite3_column_int64(st->st, 2);
		codes = json_loads(stmt_column(st, 3), 0, NULL);
		out->recovery_left = (uint32_t)json_array_size(codes);
		if (recovery)
			*recovery = codes;
		else
			json_decref(codes);
	}
	stmt_done(st);
	return e;
}

enum err
store_second_factor_get(struct store *s, int64_t user, struct store_second_factor *out)
{
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = read_one(db, user, out, NULL);
	store_read_end(s, db);
	return e;
}

/* ?1 is the user, ?2 the text, ?3 the step where the statement has them. refused when no row was
 * changed. */
static enum err
run_one(struct store *s, const char *sql, int64_t user, const char *text, int64_t step,
    enum err refused)
{
	struct stmt *st;
	enum err e = db_prepare(s->writer, sql, &st);

	if (e == ERR_OK) {
		stmt_int(st, 1, user);
		if (text)
			stmt_cstr(st, 2, text);
		if (step)
			stmt_int(st, text ? 3 : 2, step);
		e = stmt_run(st);
	}
	return e == ERR_OK && sqlite3_changes(s->writer->h) == 0 ? refused : e;
}

/* In a transaction of its own. */
static enum err
write_one(struct store *s, const char *sql, int64_t user, const char *text, int64_t step,
    enum err refused)
{
	enum err e = store_write_begin(s);

	return e == ERR_OK ? store_write_end(s, run_one(s, sql, user, text, step, refused)) : e;
}

/* The same for what stands in the log of changes, and changes what the user's sessions may. */
static enum err
write_noted(struct store *s, const char *sql, int64_t user, const char *text, int64_t step,
    enum err refused)
{
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = run_one(s, sql, user, text, step, refused);
	if (e == ERR_OK)
		e = change_of_secret(s, &model_user, user, "second_factor");
	if (e == ERR_OK)
		e = store_changed(s, &model_user, user, STORE_UPDATED);
	return store_write_end(s, e);
}

enum err
store_second_factor_begin(struct store *s, int64_t user, const char *secret)
{
	return write_one(s,
	    "INSERT INTO second_factor (user, secret) VALUES (?, ?) ON CONFLICT (user) DO UPDATE "
	    "SET secret = excluded.secret WHERE NOT confirmed",
	    user, secret, 0, ERR_CONFLICT);
}

enum err
store_second_factor_confirm(struct store *s, int64_t user, int64_t step,
    const unsigned char recovery[STORE_RECOVERY_CODES][32])
{
	json_t *codes = json_array();
	char hex[65], *text;
	enum err e;

	for (int i = 0; i < STORE_RECOVERY_CODES; i++) {
		hash_hex(recovery[i], hex);
		json_array_append_new(codes, json_string(hex));
	}
	text = json_dumps(codes, JSON_COMPACT);
	json_decref(codes);
	if (!text)
		return ERR_NOMEM;
	e = write_noted(s,
	    "UPDATE second_factor SET confirmed = 1, recovery = ?2, last_step = ?3 "
	    "WHERE user = ?1 AND NOT confirmed",
	    user, text, step, ERR_CONFLICT);
	free(text);
	return e;
}

enum err
store_second_factor_spend(struct store *s, int64_t user, int64_t step)
{
	return write_one(s,
	    "UPDATE second_factor SET last_step = ?2 WHERE user = ?1 AND confirmed AND "
	    "last_step < ?2",
	    user, NULL, step, ERR_DENIED);
}

/* Takes hash out of the list; false when it is not there. */
static bool
take_out(json_t *codes, const char *hex)
{
	for (size_t i = 0; i < json_array_size(codes); i++) {
		const char *one = json_string_value(json_array_get(codes, i));

		if (one && strcmp(one, hex) == 0)
			return json_array_remove(codes, i) == 0;
	}
	return false;
}

static enum err
write_recovery(struct db *db, int64_t user, const json_t *codes)
{
	char *text = json_dumps(codes, JSON_COMPACT);
	struct stmt *st;
	enum err e =
	    text ? db_prepare(db, "UPDATE second_factor SET recovery = ? WHERE user = ?", &st)
		 : ERR_NOMEM;

	if (e == ERR_OK) {
		stmt_cstr(st, 1, text);
		stmt_int(st, 2, user);
		e = stmt_run(st);
	}
	free(text);
	return e;
}

enum err
store_second_factor_recover(struct store *s, int64_t user, const unsigned char hash[32])
{
	struct store_second_factor f;
	json_t *codes = NULL;
	char hex[65];
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	hash_hex(hash, hex);
	e = read_one(s->writer, user, &f, &codes);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && (!f.confirmed || !take_out(codes, hex))))
		e = ERR_DENIED;
	if (e == ERR_OK)
		e = write_recovery(s->writer, user, codes);
	json_decref(codes);
	return store_write_end(s, e);
}

enum err
store_second_factor_remove(struct store *s, int64_t user)
{
	return write_noted(
	    s, "DELETE FROM second_factor WHERE user = ?", user, NULL, 0, ERR_NOT_FOUND);
}
