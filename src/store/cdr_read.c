/* Call records, millions of them, a piece at a time and without JSON: for files, and for sums. */
#include <stdlib.h>

#include "store/store_int.h"

enum { SQL_BYTES = 16 * 1024, COLUMNS_MAX = 64 };

static size_t
put_columns(struct buf *b)
{
	const struct model_entity *e = &model_call_record;
	size_t n = 2;

	buf_lit(b, "SELECT t.started_at, t.id, " CDR_DIRECTION);
	for (size_t i = 0; i < cdr_kept_fields(); i++) {
		if (e->fields[i].type == MODEL_REASON_LIST)
			continue;
		buf_printf(b, ", t.\"%s\"", e->fields[i].name);
		n++;
	}
	return n;
}

static void
bind(struct stmt *s, const struct store_query *q, const struct list_words *words,
    const struct store_cdr_place *place, uint32_t max)
{
	int index = list_bind(s, &model_call_record, q, words);

	if (place->id) {
		stmt_int(s, index++, place->started_at);
		stmt_int(s, index++, place->started_at);
		stmt_int(s, index++, place->id);
	}
	stmt_int(s, index, max);
}

/* Behind a place, by the index of what makes a record unique. */
static enum err
prepare(struct db *db, const struct store_query *q, const struct store_cdr_place *place,
    uint32_t max, struct stmt **out, size_t *columns)
{
	struct list_words words;
	struct model_errors errors = {0};
	char *sql = malloc(SQL_BYTES);
	struct buf b;
	enum err e;

	if (!sql)
		return ERR_NOMEM;
	buf_init(&b, sql, SQL_BYTES);
	*columns = put_columns(&b);
	e = list_words(db, &model_call_record, q, &words);
	buf_printf(&b, " FROM call_record t%s", list_way(&words));
	if (e == ERR_OK)
		e = list_where(&b, &model_call_record, q, &words, &errors);
	if (place->id)
		buf_lit(&b, " AND t.started_at <= ? AND (t.started_at < ? OR t.id < ?)");
	buf_lit(&b, " ORDER BY t.started_at DESC, t.id DESC LIMIT ?");
	if (e == ERR_OK)
		e = db_prepare_buf(db, &b, out);
	free(sql);
	if (e == ERR_OK)
		bind(*out, q, &words, place, max);
	return e;
}

enum err
store_cdr_read(struct store *s, const struct store_query *q, struct store_cdr_place *place,
    uint32_t max, void (*cb)(void *ctx, const char *const *column, size_t columns), void *ctx,
    uint32_t *n)
{
	const char *column[COLUMNS_MAX];
	struct store_cdr_place at = *place;
	uint32_t rows = 0;
	struct stmt *st;
	struct db *db;
	size_t columns;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = prepare(db, q, place, max, &st, &columns);
	if (e == ERR_OK) {
		while ((e = stmt_step(st, &row)) == ERR_OK && row) {
			at.started_at = sqlite3_column_int64(st->st, 0);
			at.id = sqlite3_column_int64(st->st, 1);
			for (size_t i = 0; i < columns; i++)
				column[i] = stmt_column(st, (int)i + 1);
			cb(ctx, column, columns);
			rows++;
		}
		stmt_done(st);
	}
	store_read_end(s, db);
	if (e != ERR_OK)
		return e;
	*place = at;
	*n = rows;
	return ERR_OK;
}

enum err
store_line_uses(struct store *s, int64_t from_ms,
    void (*cb)(void *ctx, const struct store_line_use *use), void *ctx)
{
	struct stmt *st;
	struct db *db;
	bool row = false;
	enum err e = store_read_begin(s, &db);

	if (e != ERR_OK)
		return e;
	e = db_prepare(db,
	    "SELECT line, called_number, called_phone, duration_s, charge_micro FROM call_record "
	    "WHERE started_at >= ? AND line <> '' AND answered_at IS NOT NULL",
	    &st);
	if (e == ERR_OK) {
		stmt_int(st, 1, from_ms);
		while ((e = stmt_step(st, &row)) == ERR_OK && row)
			cb(ctx, &(struct store_line_use){.line = stmt_column(st, 0),
				    .called_number = stmt_column(st, 1),
				    .called_phone = stmt_column(st, 2),
				    .duration_s = sqlite3_column_int64(st->st, 3),
				    .charge_micro = sqlite3_column_int64(st->st, 4)});
		stmt_done(st);
	}
	store_read_end(s, db);
	return e;
}
