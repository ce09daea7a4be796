/* Registrations over a restart. */
#include "store/store_int.h"

enum err
store_bindings_load(struct store *s, int64_t now_ms,
    void (*cb)(void *ctx, const struct store_binding *b), void *ctx)
{
	struct db *db;
	struct stmt *st;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT phone, contact, source, transport, user_agent, call_id, instance, cseq, "
	    "q_thousandths, registered_at, expires_at FROM binding WHERE expires_at > ? ORDER BY "
	    "id",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, now_ms);
		while ((e = stmt_step(st, &row)) == ERR_OK && row) {
			struct store_binding b = {.phone = sqlite3_column_int64(st->st, 0)};

#define CLIP(column, member)                                                                       \
	slice_clip_cstr(slice_cstr(stmt_column(st, column)), b.member, sizeof b.member)
			CLIP(1, contact);
			CLIP(2, source);
			CLIP(3, transport);
			CLIP(4, user_agent);
			CLIP(5, call_id);
			CLIP(6, instance);
#undef CLIP
			b.cseq = (uint32_t)sqlite3_column_int64(st->st, 7);
			b.q_thousandths = (uint32_t)sqlite3_column_int64(st->st, 8);
			b.registered_at = sqlite3_column_int64(st->st, 9);
			b.expires_at = sqlite3_column_int64(st->st, 10);
			cb(ctx, &b);
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}

static enum err
save(struct db *db, const struct store_binding *b)
{
	struct stmt *st;
	enum err e = db_prepare(db,
	    "INSERT INTO binding (phone, contact, source, transport, user_agent, call_id, "
	    "instance, "
	    "cseq, q_thousandths, registered_at, expires_at) "
	    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 "
	    "WHERE EXISTS (SELECT 1 FROM phone WHERE id = ?1) "
	    "ON CONFLICT (phone, contact) DO UPDATE SET source = excluded.source, "
	    "transport = excluded.transport, user_agent = excluded.user_agent, "
	    "call_id = excluded.call_id, instance = excluded.instance, cseq = excluded.cseq, "
	    "q_thousandths = excluded.q_thousandths, registered_at = excluded.registered_at, "
	    "expires_at = excluded.expires_at",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, b->phone);
	stmt_cstr(st, 2, b->contact);
	stmt_cstr(st, 3, b->source);
	stmt_cstr(st, 4, b->transport);
	stmt_cstr(st, 5, b->user_agent);
	stmt_cstr(st, 6, b->call_id);
	stmt_cstr(st, 7, b->instance);
	stmt_int(st, 8, b->cseq);
	stmt_int(st, 9, b->q_thousandths);
	stmt_int(st, 10, b->registered_at);
	stmt_int(st, 11, b->expires_at);
	return stmt_run(st);
}

static enum err
drop(struct db *db, const struct store_binding *b)
{
	struct stmt *st;
	enum err e = db_prepare(db, "DELETE FROM binding WHERE phone = ? AND contact = ?", &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, b->phone);
	stmt_cstr(st, 2, b->contact);
	return stmt_run(st);
}

enum err
store_bindings_apply(struct store *s, const struct store_binding_change *changes, size_t n)
{
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n && e == ERR_OK; i++)
		e = changes[i].remove ? drop(s->writer, &changes[i].binding)
				      : save(s->writer, &changes[i].binding);
	return store_write_end(s, e);
}
