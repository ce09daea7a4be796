/* Sessions, API tokens, links of forgotten passwords: found by the hash of what somebody shows. */
#include "model/rights.h"
#include "store/store_int.h"

/* The table of a kind, and what only some of them have. */
static const struct {
	const char *table, *last_at, *csrf, *rights;
} kinds[] = {
    [STORE_SESSION] = {"session", "t.last_at", "t.csrf", "''"},
    [STORE_TOKEN] = {"token", "t.last_at", "''", "t.rights"},
    [STORE_PASSWORD_RESET] = {"password_reset", "0", "''", "''"},
};

static enum err
prepare(struct db *db, enum store_credential_kind kind, struct stmt **st)
{
	char text[800];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_printf(&b, "SELECT t.id, t.user, t.created_at, %s, t.expires_at, %s, %s, ",
	    kinds[kind].last_at, kinds[kind].csrf, kinds[kind].rights);
	buf_lit(&b, "(c.second_factor = 'everybody' OR "
		    "(c.second_factor = 'administrators' AND u.admin)) AND NOT EXISTS "
		    "(SELECT 1 FROM second_factor f WHERE f.user = u.id AND f.confirmed) ");
	buf_printf(&b, "FROM \"%s\" t JOIN user u ON u.id = t.user ", kinds[kind].table);
	buf_lit(&b, "JOIN settings c ON c.id = 1 WHERE t.token_hash = ? "
		    "AND (ifnull(t.expires_at, 0) = 0 OR t.expires_at > ?) AND u.enabled");
	return db_prepare_buf(db, &b, st);
}

static void
read_row(struct stmt *st, struct store_credential *out)
{
	const char *rights = stmt_column(st, 6);
	json_t *names = *rights ? json_loads(rights, 0, NULL) : NULL;

	*out = (struct store_credential){
	    .id = sqlite3_column_int64(st->st, 0),
	    .user = sqlite3_column_int64(st->st, 1),
	    .created_at = sqlite3_column_int64(st->st, 2),
	    .last_at = sqlite3_column_int64(st->st, 3),
	    .expires_at = sqlite3_column_int64(st->st, 4),
	    .rights = names ? rights_of_list(names) : RIGHTS_ALL,
	    .second_factor_needed = sqlite3_column_int(st->st, 7) != 0,
	};
	slice_clip_cstr(slice_cstr(stmt_column(st, 5)), out->csrf, sizeof out->csrf);
	json_decref(names);
}

enum err
credential_find(struct db *db, enum store_credential_kind kind, const unsigned char token_hash[32],
    int64_t now_ms, struct store_credential *out)
{
	char hex[65];
	struct stmt *st;
	bool row = false;
	enum err e = prepare(db, kind, &st);

	if (e != ERR_OK)
		return e;
	hash_hex(token_hash, hex);
	stmt_cstr(st, 1, hex);
	stmt_int(st, 2, now_ms);
	e = stmt_step(st, &row);
	if (e == ERR_OK && row)
		read_row(st, out);
	stmt_done(st);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

enum err
store_credential_find(struct store *s, enum store_credential_kind kind,
    const unsigned char token_hash[32], int64_t now_ms, struct store_credential *out, json_t **user)
{
	struct store_credential found;
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = credential_find(db, kind, token_hash, now_ms, &found);
	if (e == ERR_OK && user)
		e = row_get(db, &model_user, found.user, ROW_PUBLIC, user);
	store_read_end(s, db);
	if (e == ERR_OK)
		*out = found;
	return e;
}
