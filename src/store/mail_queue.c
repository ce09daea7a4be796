/* The queue of outgoing mail: rows of the entity "mail", from waiting to sent. */
#include <stdlib.h>

#include "store/store_int.h"

/* ---- standard texts in SQL ---- */

static void
sql_standard(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *kind = (const char *)sqlite3_value_text(argv[0]);
	const char *language = (const char *)sqlite3_value_text(argv[1]);
	enum mail_kind k = mail_kind_find(slice_cstr(kind));
	const char *text = "";

	if (k != MAIL_KINDS_N && language)
		switch (sqlite3_value_int(argv[2])) {
		case 0: text = mail_standard_subject(k, language); break;
		case 1: text = mail_standard_text(k, language); break;
		default: text = mail_kind_words(k); break;
		}
	sqlite3_result_text(ctx, text, -1, SQLITE_STATIC);
}

enum err
mail_register(struct db *db)
{
	return db_function(db, "mail_standard", 3, sql_standard);
}

enum err
mail_complete_templates(struct db *db)
{
	enum err e = ERR_OK;

	for (int i = 0; i < MAIL_KINDS_N * MAIL_LANGUAGES && e == ERR_OK; i++) {
		struct stmt *st;

		/* OR IGNORE would count up sqlite_sequence, and so write at every start. */
		e = db_prepare(db,
		    "INSERT INTO mail_template (kind, language) SELECT ?1, ?2 WHERE NOT EXISTS "
		    "(SELECT 1 FROM mail_template WHERE kind = ?1 AND language = ?2)",
		    &st);
		if (e != ERR_OK)
			return e;
		stmt_cstr(st, 1, mail_kind_code((enum mail_kind)(i / MAIL_LANGUAGES)));
		stmt_cstr(st, 2, mail_language(i % MAIL_LANGUAGES));
		e = stmt_run(st);
	}
	return e;
}

/* ---- the sender's side ---- */

enum err
store_mail_server(struct store *s, struct mail_server *out)
{
	json_t *row = NULL;
	enum err e = store_get_secret(s, &model_mail_server, 1, &row);

	if (e != ERR_OK)
		return e;
	*out = (struct mail_server){0};
	model_struct_fill(&model_mail_server, row, out);
	json_decref(row);
	return ERR_OK;
}

/* One change of one row; ERR_NOT_FOUND when there is no such row in such a state. */
static enum err
change(struct store *s, int64_t id, struct stmt *st)
{
	enum err e = stmt_run(st);

	if (e == ERR_OK && sqlite3_changes(s->writer->h) == 0)
		return ERR_NOT_FOUND;
	return e == ERR_OK ? store_changed(s, &model_mail, id, STORE_UPDATED) : e;
}

enum err
store_mail_recover(struct store *s)
{
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = db_exec(s->writer,
	    "UPDATE mail SET state = 'waiting' WHERE state = 'sending';"
	    "UPDATE mail SET state = 'unsure', next_at = 0 WHERE state = 'handing_over';");
	return store_write_end(s, e);
}

static char *
column_copy(struct stmt *st, int column)
{
	return strdup(stmt_column(st, column));
}

void
store_mail_free(struct store_mail *m)
{
	if (!m)
		return;
	if (m->text)
		explicit_bzero(m->text, strlen(m->text));
	free(m->recipient);
	free(m->recipient_name);
	free(m->subject);
	free(m->text);
	if (m->calendar)
		explicit_bzero(m->calendar, strlen(m->calendar));
	free(m->calendar);
	free(m->calendar_method);
	free(m->attachment);
	free(m->attachment_name);
	free(m);
}

static enum err
read_due(struct db *db, int64_t now_ms, struct store_mail *m)
{
	struct stmt *st;
	bool row = false;
	enum err e = db_prepare(db,
	    "SELECT id, attempts, created_at, recipient, recipient_name, subject, text, "
	    "attachment, attachment_name, calendar, calendar_method FROM mail "
	    "WHERE next_at <= ? AND next_at > 0 AND state = 'waiting' ORDER BY next_at, id LIMIT 1",
	    &st);

	if (e != ERR_OK)
		return e;
	stmt_int(st, 1, now_ms);
	e = stmt_step(st, &row);
	if (e == ERR_OK && !row)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK) {
		m->id = sqlite3_column_int64(st->st, 0);
		m->attempts = (uint32_t)sqlite3_column_int64(st->st, 1) + 1;
		m->created_at = sqlite3_column_int64(st->st, 2);
		m->recipient = column_copy(st, 3);
		m->recipient_name = column_copy(st, 4);
		m->subject = column_copy(st, 5);
		m->text = column_copy(st, 6);
		m->attachment = column_copy(st, 7);
		m->attachment_name = column_copy(st, 8);
		m->calendar = column_copy(st, 9);
		m->calendar_method = column_copy(st, 10);
		if (!m->recipient || !m->recipient_name || !m->subject || !m->text ||
		    !m->attachment || !m->attachment_name || !m->calendar || !m->calendar_method)
			e = ERR_NOMEM;
	}
	stmt_done(st);
	return e;
}

enum err
store_mail_take(struct store *s, int64_t now_ms, struct store_mail **out)
{
	struct store_mail *m = calloc(1, sizeof *m);
	struct stmt *st;
	enum err e = m ? store_write_begin(s) : ERR_NOMEM;

	if (e != ERR_OK) {
		free(m);
		return e;
	}
	e = read_due(s->writer, now_ms, m);
	if (e == ERR_OK)
		e = db_prepare(
		    s->writer, "UPDATE mail SET state = 'sending', attempts = ? WHERE id = ?", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, m->attempts);
		stmt_int(st, 2, m->id);
		e = change(s, m->id, st);
	}
	e = store_write_end(s, e);
	if (e == ERR_OK)
		*out = m;
	else
		store_mail_free(m);
	return e;
}

enum err
store_mail_next(struct store *s, int64_t *at_ms)
{
	struct db *db;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_int(db,
	    "SELECT ifnull(min(next_at), 0) FROM mail WHERE next_at > 0 AND state = 'waiting'",
	    at_ms);
	store_read_end(s, db);
	return e;
}

enum err
store_mail_handing_over(struct store *s, int64_t id)
{
	struct stmt *st;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(s->writer,
	    "UPDATE mail SET state = 'handing_over' WHERE id = ? AND state = 'sending'", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, id);
		e = change(s, id, st);
	}
	return store_write_end(s, e);
}

enum err
store_mail_result(struct store *s, int64_t id, const struct store_mail_result *r)
{
	static const char *const states[] = {[STORE_MAIL_SENT] = "sent",
	    [STORE_MAIL_LATER] = "waiting",
	    [STORE_MAIL_FAILED] = "failed"};
	struct stmt *st;
	char answer[501];
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	/* What was sent may have held a password or a PIN: it is forgotten. */
	e = db_prepare(s->writer,
	    "UPDATE mail SET state = ?1, next_at = ?2, answer = ?3, "
	    "sent_at = CASE ?1 WHEN 'sent' THEN ?4 ELSE 0 END, "
	    "text = CASE ?1 WHEN 'sent' THEN '' ELSE text END, "
	    "calendar = CASE ?1 WHEN 'sent' THEN '' ELSE calendar END "
	    "WHERE id = ?5 AND state IN ('sending', 'handing_over')",
	    &st);
	if (e == ERR_OK) {
		slice_clip_cstr(slice_cstr(r->answer), answer, sizeof answer);
		stmt_cstr(st, 1, states[r->result]);
		stmt_int(st, 2, r->result == STORE_MAIL_LATER ? r->next_at : 0);
		stmt_cstr(st, 3, answer);
		stmt_int(st, 4, r->at);
		stmt_int(st, 5, id);
		e = change(s, id, st);
	}
	return store_write_end(s, e);
}

enum err
store_mail_retry(struct store *s, int64_t id, int64_t now_ms)
{
	struct stmt *st;
	enum err e = store_write_begin(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(s->writer,
	    "UPDATE mail SET state = 'waiting', next_at = ? "
	    "WHERE id = ? AND state IN ('waiting', 'failed', 'unsure')",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, now_ms);
		stmt_int(st, 2, id);
		e = change(s, id, st);
	}
	return store_write_end(s, e);
}

enum err
store_mail_expire(struct store *s, int64_t before_ms)
{
	struct stmt *st;
	enum err e = store_write_begin_relaxed(s);

	if (e != ERR_OK)
		return e;
	e = db_prepare(s->writer,
	    "DELETE FROM mail WHERE created_at < ? AND state IN ('sent', 'failed', 'unsure')", &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, before_ms);
		e = stmt_run(st);
	}
	if (e == ERR_OK && sqlite3_changes(s->writer->h))
		e = store_changed(s, &model_mail, 0, STORE_DELETED);
	return store_write_end(s, e);
}
