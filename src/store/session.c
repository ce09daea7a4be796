/* Web sessions. */
#include "store/store_int.h"

static void
put_hash(const unsigned char hash[32], char hex[65])
{
	struct buf b;

	buf_init(&b, hex, 64);
	buf_hex(&b, hash, 32);
	hex[64] = '\0';
}

enum err
store_session_create(struct store *s, const struct store_session *session)
{
	char hex[65];
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	put_hash(session->token_hash, hex);
	e = db_prepare(s->writer,
	    "INSERT INTO session (token_hash, user, csrf, created_at, expires_at) "
	    "VALUES (?, ?, ?, ?, ?)",
	    &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, hex);
		stmt_int(st, 2, session->user);
		stmt_cstr(st, 3, session->csrf);
		stmt_int(st, 4, session->created_at);
		stmt_int(st, 5, session->expires_at);
		e = stmt_run(st);
		if (e == ERR_CONFLICT)
			e = ERR_NOT_FOUND; /* the user is gone */
	}
	return store_write_end(s, e);
}

static enum err
find(struct db *db, const char *hex, int64_t now_ms, struct store_session *out)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT s.user, s.csrf, s.created_at, s.expires_at FROM session s "
	    "JOIN user u ON u.id = s.user "
	    "WHERE s.token_hash = ? AND s.expires_at > ? AND u.enabled",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_cstr(st, 1, hex);
	stmt_int(st, 2, now_ms);
	e = stmt_step(st, &row);
	if (e == ERR_OK && !row)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK) {
		out->user = sqlite3_column_int64(st->st, 0);
		slice_clip_cstr(slice_cstr(stmt_column(st, 1)), out->csrf, sizeof out->csrf);
		out->created_at = sqlite3_column_int64(st->st, 2);
		out->expires_at = sqlite3_column_int64(st->st, 3);
	}
	stmt_done(st);
	return e;
}

enum err
store_session_find(struct store *s, const unsigned char token_hash[32], int64_t now_ms,
    struct store_session *out, json_t **user)
{
	char hex[65];
	struct store_session found = {0};
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	put_hash(token_hash, hex);
	memcpy(found.token_hash, token_hash, 32);
	e = find(db, hex, now_ms, &found);
	if (e == ERR_OK && user)
		e = row_get(db, &model_user, found.user, ROW_PUBLIC, user);
	store_read_end(s, db);
	if (e == ERR_OK)
		*out = found;
	return e;
}

/* ?1 is the token, ?2 the end where the statement has one. */
static enum err
change(
    struct store *s, const char *sql, const unsigned char token_hash[32], const int64_t *expires_at)
{
	char hex[65];
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	put_hash(token_hash, hex);
	e = db_prepare(s->writer, sql, &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, hex);
		if (expires_at)
			stmt_int(st, 2, *expires_at);
		e = stmt_run(st);
	}
	return store_write_end(s, e);
}

enum err
store_session_extend(struct store *s, const unsigned char token_hash[32], int64_t expires_at)
{
	return change(
	    s, "UPDATE session SET expires_at = ?2 WHERE token_hash = ?1", token_hash, &expires_at);
}

enum err
store_session_delete(struct store *s, const unsigned char token_hash[32])
{
	return change(s, "DELETE FROM session WHERE token_hash = ?1", token_hash, NULL);
}
