/* SIP passwords of phones (SEC-1, SEC-2). */
#include "model/secret.h"

#include "store/store_int.h"

static enum err
guideline(struct db *db, enum secret_policy *policy, bool *weak_allowed)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(
	    db, "SELECT password_policy, password_weak_allowed FROM settings WHERE id = 1", &s);

	if (e != ERR_OK)
		return e;
	e = stmt_step(s, &row);
	*policy = secret_policy_find(row ? stmt_column(s, 0) : "");
	*weak_allowed = row && sqlite3_column_int64(s->st, 1);
	stmt_done(s);
	return e;
}

enum err
phone_secret(struct db *db, const struct model_entity *e, const json_t *row, json_t *values,
    struct model_errors *errors)
{
	const char *given = json_string_value(json_object_get(values, "secret"));
	struct slice name = slice_cstr(json_string_value(json_object_get(row, "name")));
	char secret[SECRET_BYTES];
	enum secret_policy policy;
	bool weak_allowed, is_new = row == values;
	enum err err;

	if (e != &model_phone || (!given && !is_new))
		return ERR_OK;
	err = guideline(db, &policy, &weak_allowed);
	if (err != ERR_OK)
		return err;
	if (given)
		return weak_allowed ? ERR_OK
				    : secret_check(policy, name, slice_cstr(given), errors);
	secret_generate(policy, name, secret);
	json_object_set_new(values, "secret", json_string(secret));
	explicit_bzero(secret, sizeof secret);
	return ERR_OK;
}

enum err
store_weak_secrets(
    struct store *s, void (*cb)(void *ctx, const char *phone, const char *weakness), void *ctx)
{
	enum secret_policy policy;
	bool weak_allowed, row = false;
	struct stmt *st;
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = guideline(db, &policy, &weak_allowed);
	if (e == ERR_OK)
		e = db_prepare(db,
		    "SELECT name, secret FROM phone WHERE auth = 'password' AND enabled ORDER BY "
		    "name",
		    &st);
	if (e == ERR_OK) {
		while ((e = stmt_step(st, &row)) == ERR_OK && row) {
			const char *why = secret_weakness(
			    policy, slice_cstr(stmt_column(st, 0)), slice_cstr(stmt_column(st, 1)));

			if (why)
				cb(ctx, stmt_column(st, 0), why);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}
