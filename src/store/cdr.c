/* Call records: inserted in batches straight from the struct; housekeeping. */
#include <stdlib.h>

#include "store/store_int.h"

enum { UNDO_DAYS = 30, DELETE_BATCH = 2000 };

static void
put_insert(struct buf *b)
{
	const struct model_entity *e = &model_call_record;

	buf_lit(b, "INSERT INTO call_record (");
	for (size_t i = 0; i < cdr_kept_fields(); i++)
		buf_printf(b, "%s\"%s\"", i ? ", " : "", e->fields[i].name);
	buf_lit(b, ") VALUES (");
	for (size_t i = 0; i < cdr_kept_fields(); i++)
		buf_cstr(b, i ? ", ?" : "?");
	buf_lit(b, ") ON CONFLICT (started_at, call_id) DO NOTHING");
}

/* A JSON string (RFC 8259, 7). A library's list of strings costs as much as the row's insertion. */
static void
put_json_text(struct buf *b, struct slice text)
{
	static const char hex[] = "0123456789abcdef";

	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\') {
			buf_char(b, '\\');
		} else if (c < 0x20) {
			buf_lit(b, "\\u00");
			buf_char(b, hex[c >> 4]);
			c = (unsigned char)hex[c & 15];
		}
		buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

static void
bind_list(struct stmt *s, int index, const struct cdr *cdr)
{
	char json[LIVE_REASONS_MAX * (LIVE_REASON_BYTES * 6 + 3) + 2];
	struct buf b;

	buf_init(&b, json, sizeof json);
	buf_char(&b, '[');
	for (uint32_t i = 0; i < cdr->explanation_count && i < LIVE_REASONS_MAX; i++) {
		const char *text = cdr->explanation[i];
		struct slice reason = slice_make(text, strnlen(text, LIVE_REASON_BYTES));

		if (i)
			buf_char(&b, ',');
		put_json_text(&b, model_utf8_count(reason) < 0 ? SLICE("?") : reason);
	}
	buf_char(&b, ']');
	stmt_text(s, index, buf_slice(&b));
}

/* A caller chooses some of these bytes; what is not UTF-8 must not get into the database. */
static void
bind_text(struct stmt *s, int index, const char *text, size_t cap)
{
	char copy[256];
	size_t n = strnlen(text, cap);

	if (model_utf8_count(slice_make(text, n)) >= 0) {
		stmt_text(s, index, slice_make(text, n));
		return;
	}
	if (n > sizeof copy)
		n = sizeof copy;
	for (size_t i = 0; i < n; i++)
		copy[i] = (char)((unsigned char)text[i] < 0x80 ? text[i] : '?');
	stmt_text(s, index, slice_make(copy, n));
}

static void
bind_field(struct stmt *s, int index, const struct model_field *f, const struct cdr *cdr)
{
	int64_t v;

	if (f->type == MODEL_REASON_LIST) {
		bind_list(s, index, cdr);
		return;
	}
	if (f->type == MODEL_TEXT) {
		bind_text(s, index, (const char *)cdr + f->offset, f->size);
		return;
	}
	v = model_struct_int(f, cdr);
	if (f->type == MODEL_ENUM)
		stmt_text(s, index, model_choice(f, v));
	else if (v == 0 && (f->type == MODEL_TIME || f->type == MODEL_REF))
		stmt_null(s, index);
	else
		stmt_int(s, index, v);
}

static enum err
insert(struct db *db, const char *sql, const struct cdr *cdr, int64_t *id)
{
	const struct model_entity *e = &model_call_record;
	struct stmt *s;
	enum err err = db_prepare(db, sql, &s);

	if (err != ERR_OK)
		return err;
	for (size_t i = 0; i < cdr_kept_fields(); i++)
		bind_field(s, (int)i + 1, &e->fields[i], cdr);
	err = stmt_run(s);
	*id = err == ERR_OK && sqlite3_changes(db->h) ? sqlite3_last_insert_rowid(db->h) : 0;
	return err;
}

enum err
store_cdr_insert(struct store *s, const struct cdr *records, size_t n)
{
	char sql[2048];
	struct buf b;
	int64_t last = 0;
	enum err e;

	if (n == 0)
		return ERR_OK;
	buf_init(&b, sql, sizeof sql - 1);
	put_insert(&b);
	sql[b.n] = '\0';
	e = buf_ok(&b) ? store_write_begin(s) : ERR_TOO_BIG;
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < n && e == ERR_OK; i++) {
		int64_t id = 0;

		e = insert(s->writer, sql, &records[i], &id);
		if (id)
			last = id;
	}
	/* one notice a batch: at a thousand calls a second nobody wants more */
	if (e == ERR_OK && last)
		e = store_changed(s, &model_call_record, last, STORE_CREATED);
	return store_write_end(s, e);
}

/* In small transactions, so that nobody waits long for the write lock. */
static enum err
delete_before(struct store *s, const char *sql, int64_t before_ms, int64_t *removed)
{
	int changes;

	do {
		struct stmt *st;
		enum err e = store_write_begin(s);

		if (e != ERR_OK)
			return e;
		e = db_prepare(s->writer, sql, &st);
		if (e == ERR_OK) {
			stmt_int(st, 1, before_ms);
			stmt_int(st, 2, DELETE_BATCH);
			e = stmt_run(st);
		}
		changes = e == ERR_OK ? sqlite3_changes(s->writer->h) : 0;
		e = store_write_end(s, e);
		if (e != ERR_OK)
			return e;
		*removed += changes;
	} while (changes == DELETE_BATCH);
	return ERR_OK;
}

enum err
store_expire(struct store *s, int64_t now_ms, int64_t *removed)
{
	struct settings settings;
	int64_t records = 0, others = 0;
	enum err e = store_settings(s, &settings);

	if (e == ERR_OK && settings.cdr_keep_days)
		e = delete_before(s,
		    "DELETE FROM call_record WHERE id IN "
		    "(SELECT id FROM call_record WHERE started_at < ? LIMIT ?)",
		    now_ms - (int64_t)settings.cdr_keep_days * 86400000, &records);
	if (e == ERR_OK)
		e = delete_before(s,
		    "DELETE FROM change WHERE id IN (SELECT id FROM change WHERE at < ? LIMIT ?)",
		    now_ms - (int64_t)settings.change_keep_days * 86400000, &others);
	if (e == ERR_OK) /* what is gone for good holds no passwords any more */
		e = delete_before(s,
		    "UPDATE change SET undo = '' WHERE id IN "
		    "(SELECT id FROM change WHERE undo <> '' AND at < ? LIMIT ?)",
		    now_ms - UNDO_DAYS * INT64_C(86400000), &others);
	if (e == ERR_OK)
		e = delete_before(s,
		    "DELETE FROM session WHERE id IN "
		    "(SELECT id FROM session WHERE expires_at <= ? LIMIT ?)",
		    now_ms, &others);
	if (e == ERR_OK)
		e = delete_before(s,
		    "DELETE FROM password_reset WHERE id IN "
		    "(SELECT id FROM password_reset WHERE expires_at <= ? LIMIT ?)",
		    now_ms, &others);
	if (e == ERR_OK && removed)
		*removed = records;
	return e;
}
