/* Web sessions. */
#include "store/store_int.h"

void
hash_hex(const unsigned char hash[32], char hex[65])
{
	struct buf b;

	buf_init(&b, hex, 64);
	buf_hex(&b, hash, 32);
	hex[64] = '\0';
}

enum err
store_session_create(struct store *s, struct store_session *session)
{
	char hex[65];
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	hash_hex(session->token_hash, hex);
	e = db_prepare(s->writer,
	    "INSERT INTO session (token_hash, user, csrf, created_at, last_at, expires_at, "
	    "address, "
	    "user_agent) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)",
	    &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, hex);
		stmt_int(st, 2, session->user);
		stmt_cstr(st, 3, session->csrf);
		stmt_int(st, 4, session->created_at);
		stmt_int(st, 5, session->expires_at);
		stmt_cstr(st, 6, session->address);
		stmt_cstr(st, 7, session->user_agent);
		e = stmt_run(st);
		if (e == ERR_CONFLICT)
			e = ERR_NOT_FOUND; /* the user is gone */
	}
	if (e == ERR_OK) {
		session->id = sqlite3_last_insert_rowid(s->writer->h);
		e = store_changed(s, &model_session, session->id, STORE_CREATED);
	}
	return store_write_end(s, e);
}

enum err
store_session_extend(struct store *s, const unsigned char token_hash[32], int64_t now_ms,
    int64_t expires_at, const char *address)
{
	char hex[65];
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	hash_hex(token_hash, hex);
	e = db_prepare(s->writer,
	    "UPDATE session SET last_at = ?2, expires_at = ?3, address = coalesce(?4, address) "
	    "WHERE token_hash = ?1",
	    &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, hex);
		stmt_int(st, 2, now_ms);
		stmt_int(st, 3, expires_at);
		if (address)
			stmt_cstr(st, 4, address);
		else
			stmt_null(st, 4);
		e = stmt_run(st);
	}
	return store_write_end(s, e);
}

enum err
store_session_delete(struct store *s, const unsigned char token_hash[32])
{
	char hex[65];
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	hash_hex(token_hash, hex);
	e = db_prepare(s->writer, "DELETE FROM session WHERE token_hash = ?1", &st);
	if (e == ERR_OK) {
		stmt_cstr(st, 1, hex);
		e = stmt_run(st);
	}
	return store_write_end(s, e);
}

enum err
store_sessions_end(struct store *s, int64_t user, int64_t keep)
{
	struct stmt *st;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(s->writer, "DELETE FROM session WHERE user = ? AND id <> ?", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, user);
		stmt_int(st, 2, keep);
		e = stmt_run(st);
	}
	if (e == ERR_OK && sqlite3_changes(s->writer->h))
		e = store_changed(s, &model_session, 0, STORE_DELETED);
	return store_write_end(s, e);
}
