/* What call screening and the system itself write: automatic address rules, notices (SEC-3). */
#include "model/notices.h"

#include <stdlib.h>

#include "store/store_int.h"

enum { NOTICES_KEPT = 1000 };

/* ---- address rules ---- */

static void
read_rule(struct stmt *st, struct store_address_rule *r)
{
	*r = (struct store_address_rule){.id = sqlite3_column_int64(st->st, 0)};
	slice_clip_cstr(slice_cstr(stmt_column(st, 1)), r->address, sizeof r->address);
	r->allow = strcmp(stmt_column(st, 2), "allow") == 0;
	r->automatic = sqlite3_column_int64(st->st, 3);
	r->expires_at = sqlite3_column_int64(st->st, 4);
}

#define RULE_COLUMNS "SELECT id, address, action, automatic, expires_at FROM address_rule "

enum err
store_address_rules_load(
    struct store *s, void (*cb)(void *ctx, const struct store_address_rule *r), void *ctx)
{
	struct store_address_rule r;
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db, RULE_COLUMNS "ORDER BY id", &st);
	if (e == ERR_OK) {
		while ((e = stmt_step(st, &row)) == ERR_OK && row) {
			read_rule(st, &r);
			cb(ctx, &r);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

enum err
store_address_rule_get(struct store *s, int64_t id, struct store_address_rule *out)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db, RULE_COLUMNS "WHERE id = ?", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, id);
		e = stmt_step(st, &row);
		if (e == ERR_OK && !row)
			e = ERR_NOT_FOUND;
		if (e == ERR_OK)
			read_rule(st, out);
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

/* A rule that a person made for the same address stands. */
static enum err
save(struct store *s, const struct store_screening *b)
{
	struct stmt *st;
	int64_t id = 0;
	bool row = false;
	enum err e = db_prepare(s->writer,
	    "INSERT INTO address_rule (address, action, automatic, reason, user_agent, created_at, "
	    "last_at, expires_at) VALUES (?1, 'block', 1, ?2, ?3, ?4, ?4, ?5) "
	    "ON CONFLICT (address) DO UPDATE SET last_at = excluded.last_at, "
	    "expires_at = excluded.expires_at WHERE automatic "
	    "RETURNING id",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, b->address);
	stmt_cstr(st, 2, b->reason);
	stmt_cstr(st, 3, b->user_agent);
	stmt_int(st, 4, b->at);
	stmt_int(st, 5, b->expires_at);
	e = stmt_step(st, &row);
	if (e == ERR_OK && row)
		id = sqlite3_column_int64(st->st, 0);
	if (e == ERR_OK && row)
		e = stmt_step(st, &row);
	stmt_done(st);
	return e == ERR_OK && id ? store_changed(s, &model_address_rule, id,
				       b->is_new ? STORE_CREATED : STORE_UPDATED)
				 : e;
}

static enum err
remove_all(struct store *s, struct stmt *st)
{
	int64_t ids[256];
	size_t n = 0;
	bool row = false;
	enum err e = stmt_step(st, &row);

	while (e == ERR_OK && row && n < sizeof ids / sizeof ids[0]) {
		ids[n++] = sqlite3_column_int64(st->st, 0);
		e = stmt_step(st, &row);
	}
	stmt_done(st);
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		e = db_prepare(s->writer, "DELETE FROM address_rule WHERE id = ?", &st);
		if (e != ERR_OK)
			return e;
		stmt_int(st, 1, ids[i]);
		e = stmt_run(st);
		if (e == ERR_OK)
			e = store_changed(s, &model_address_rule, ids[i], STORE_DELETED);
	}
	return e;
}

static enum err
drop(struct store *s, const char *address)
{
	struct stmt *st;
	enum err e = db_prepare(
	    s->writer, "SELECT id FROM address_rule WHERE address = ? AND automatic", &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, address);
	return remove_all(s, st);
}

enum err
store_screening_apply(struct store *s, const struct store_screening *changes, size_t n)
{
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = changes[i].remove ? drop(s, changes[i].address) : save(s, &changes[i]);
	return store_write_end(s, e);
}

enum err
store_address_rules_expire(struct store *s, int64_t now_ms)
{
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(
	    s->writer, "SELECT id FROM address_rule WHERE expires_at <= ? LIMIT 256", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, now_ms);
		e = remove_all(s, st);
	}
	return store_write_end(s, e);
}

/* ---- notices ---- */

static enum err
forget_old(struct store *s)
{
	struct stmt *st;
	enum err e = db_prepare(
	    s->writer, "DELETE FROM notice WHERE id <= (SELECT max(id) FROM notice) - ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, NOTICES_KEPT);
	return stmt_run(st);
}

enum err
store_notice_add(
    struct store *s, enum notice n, const char *const args[NOTICE_ARGS_MAX], int64_t now_ms)
{
	char text[NOTICE_TEXT_BYTES], time_text[MODEL_TIME_TEXT];
	json_t *list = json_array(), *values;
	int64_t id;
	enum err e;

	for (int i = 0; i < NOTICE_ARGS_MAX && args[i]; i++)
		json_array_append_new(list, json_string(args[i]));
	values = json_pack("{s:s, s:o, s:s, s:s, s:b}", "code", notice_code(n), "args", list,
	    "text", notice_text(n, "en", args, text), "created_at",
	    model_time_write(now_ms, time_text), "seen", 0);
	if (!values)
		return ERR_NOMEM;
	e = store_write_begin(s);
	if (e == ERR_OK) {
		e = row_insert(s->writer, &model_notice, values, &id, NULL);
		if (e == ERR_OK)
			e = forget_old(s);
		if (e == ERR_OK)
			e = store_changed(s, &model_notice, id, STORE_CREATED);
		e = store_write_end(s, e);
	}
	json_decref(values);
	return e;
}

enum err
store_notice_latest(struct store *s, enum notice n, int64_t *at_ms)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db, "SELECT max(created_at) FROM notice WHERE code = ?", &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, notice_code(n));
		e = stmt_step(st, &row);
		if (e == ERR_OK)
			*at_ms = row ? sqlite3_column_int64(st->st, 0) : 0;
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

enum err
store_first_admin(struct store *s, char email[256], char language[8])
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT email, language FROM user WHERE admin AND enabled AND email <> '' "
	    "ORDER BY id LIMIT 1",
	    &st);
	if (e == ERR_OK) {
		e = stmt_step(st, &row);
		if (e == ERR_OK && !row)
			e = ERR_NOT_FOUND;
		if (e == ERR_OK) {
			slice_clip_cstr(slice_cstr(stmt_column(st, 0)), email, 256);
			slice_clip_cstr(slice_cstr(stmt_column(st, 1)), language, 8);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}
