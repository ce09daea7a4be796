/*
 * Words in call records (STA-1): which of millions of records have a word is asked of an index of
 * all their pieces of three letters, so that a rare word costs what has it. Such an index makes an
 * insertion four times as dear; so it is fed in the background, a portion of records at a time,
 * and what is younger is read as it lies. It gives candidates, which are looked at: what it has
 * of records that are gone leads nowhere, and is thrown away with the rest when it is the most.
 *
 * What stands here follows from call_record: any of it may be lost, and is made again.
 */
#include <stdio.h>
#include <string.h>

#include "store/store_int.h"

enum {
	PORTION = 2048,	    /* records: some 30 ms */
	DEAD_MIN = 1 << 20, /* records gone before they are worth a new index */
	RARE_MAX = 10000,   /* beyond it a page is full sooner when records are read as they lie */
	PIECE_BYTES = 32    /* of a match: three letters, all of them quotes of their own */
};

enum err
call_word_schema(struct db *db)
{
	return db_exec(db,
	    "CREATE VIRTUAL TABLE IF NOT EXISTS call_word USING fts5(text, content='', "
	    "detail=none, columnsize=0, tokenize='trigram');"
	    "CREATE TABLE IF NOT EXISTS call_word_range (id INTEGER PRIMARY KEY CHECK (id = 1), "
	    "first INTEGER NOT NULL, last INTEGER NOT NULL);"
	    "INSERT INTO call_word_range SELECT 1, oldest, oldest - 1 FROM "
	    "(SELECT coalesce(min(id), 1) AS oldest FROM call_record) "
	    "WHERE NOT EXISTS (SELECT 1 FROM call_word_range)");
}

/* All that is searched, a line each: no word reaches over its end. */
static void
put_text(struct buf *b)
{
	const struct model_entity *e = &model_call_record;
	const char *before = "";

	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (!(f->flags & MODEL_SEARCH) || !model_has_column(f))
			continue;
		buf_printf(b, "%sfold(coalesce(t.\"%s\", ''))", before, f->name);
		before = " || char(10) || ";
	}
}

static enum err
add_portion(struct db *db)
{
	char sql[1024];
	struct buf b;
	struct stmt *s;
	enum err err;

	buf_init(&b, sql, sizeof sql);
	buf_lit(&b, "INSERT INTO call_word (rowid, text) SELECT t.id, ");
	put_text(&b);
	buf_printf(&b,
	    " FROM call_word_range r, call_record t WHERE t.id > r.last AND t.id <= r.last + %d "
	    "ORDER BY t.id",
	    PORTION);
	err = db_prepare_buf(db, &b, &s);
	if (err == ERR_OK)
		err = stmt_run(s);
	snprintf(sql, sizeof sql, "UPDATE call_word_range SET last = last + %d", PORTION);
	return err == ERR_OK ? db_exec(db, sql) : err;
}

static enum err
begin_anew(struct db *db)
{
	enum err err = db_exec(db, "INSERT INTO call_word (call_word) VALUES ('delete-all')");

	return err == ERR_OK
		   ? db_exec(db,
			 "UPDATE call_word_range SET (first, last) = (SELECT min(id), min(id) - 1 "
			 "FROM call_record)")
		   : err;
}

/* Both are asked without the right to write, which others may need. */
static enum err
what_is_due(struct store *s, bool *portion, bool *anew)
{
	int64_t due = 0, gone = 0;
	struct db *db;
	char sql[256];
	enum err err = store_read_begin(s, &db);

	if (err != ERR_OK)
		return err;
	snprintf(sql, sizeof sql,
	    "SELECT coalesce(max(id), 0) >= (SELECT last + %d FROM call_word_range) FROM "
	    "call_record",
	    PORTION);
	err = db_int(db, sql, &due);
	snprintf(sql, sizeof sql,
	    "SELECT coalesce(oldest - first > max(%d, last - oldest), 0) FROM call_word_range, "
	    "(SELECT min(id) AS oldest FROM call_record)",
	    DEAD_MIN);
	if (err == ERR_OK)
		err = db_int(db, sql, &gone);
	store_read_end(s, db);
	*portion = due;
	*anew = gone;
	return err;
}

enum err
call_word_index(struct store *s, bool *more)
{
	bool portion = false, anew = false;
	enum err err = what_is_due(s, &portion, &anew);

	*more = portion || anew;
	if (err != ERR_OK || !*more)
		return err;
	err = store_write_begin_relaxed(s);
	if (err != ERR_OK)
		return err;
	err = anew ? begin_anew(s->writer) : add_portion(s->writer);
	*more = err == ERR_OK;
	return store_write_end(s, err);
}

static size_t
letter_bytes(struct slice s)
{
	size_t n = 1;

	while (n < s.n && n < 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void
put_piece(struct buf *b, struct slice piece)
{
	buf_cstr(b, b->n ? " AND \"" : "\"");
	for (size_t i = 0; i < piece.n; i++) {
		if (piece.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, piece.p[i]);
	}
	buf_char(b, '"');
}

/* Its pieces, all of which a text must have, one behind the other, the last one at its end: those
 * between would be asked for, too, and say little more. What does not fit narrows less. */
static void
put_pieces(struct buf *b, struct slice word)
{
	size_t at[3] = {0}, end = 0; /* letters of the piece before */

	while (end < word.n && b->n + PIECE_BYTES < LIST_MATCH_BYTES) {
		size_t begin = end, letters = 0, next[3] = {0};

		for (; letters < 3 && end < word.n; letters++) {
			next[letters] = end;
			end += letter_bytes(slice_from(word, end));
		}
		if (letters < 3 && begin == 0)
			return; /* of so short words there are none */
		if (letters < 3)
			begin = at[letters];
		put_piece(b, slice_make(word.p + begin, end - begin));
		memcpy(at, next, sizeof at);
	}
}

/* Most of the records are in the index: of others it would not say much. */
static enum err
is_ready(struct db *db, bool *ready)
{
	int64_t behind = 0;
	enum err err = db_int(db,
	    "SELECT coalesce((SELECT max(id) FROM call_record), 0) - last FROM call_word_range",
	    &behind);

	*ready = err == ERR_OK && behind < 2 * (int64_t)PORTION;
	return err;
}

enum err
call_word_narrow(struct db *db, struct list_words *words)
{
	char folded[256];
	struct buf b;
	struct stmt *s;
	bool row = false, ready = false;
	enum err err = ERR_OK;

	buf_init(&b, words->match, sizeof words->match - 1);
	for (size_t i = 0; i < words->count; i++) {
		struct slice word = words->at[i];

		if (2 * word.n <= sizeof folded)
			put_pieces(&b, slice_make(folded, text_fold(word, folded)));
	}
	words->match[b.n] = '\0';
	if (b.n)
		err = is_ready(db, &ready);
	if (!ready)
		return err;
	err = db_preparef(db, &s,
	    "SELECT count(*) FROM (SELECT 1 FROM call_word WHERE call_word MATCH ? LIMIT %d)",
	    RARE_MAX);
	if (err != ERR_OK)
		return err;
	stmt_cstr(s, 1, words->match);
	err = stmt_step(s, &row);
	if (err == ERR_OK)
		words->found =
		    sqlite3_column_int64(s->st, 0) < RARE_MAX ? WORDS_RARE : WORDS_FREQUENT;
	stmt_done(s);
	return err;
}

void
call_word_from(struct buf *b, const struct list_words *words)
{
	buf_printf(b,
	    "(SELECT rowid FROM call_word WHERE call_word MATCH ?%zu ORDER BY rowid DESC) w "
	    "CROSS JOIN call_record t ON t.id = w.rowid",
	    words->count + 1);
}

void
call_word_where(struct buf *b, const struct list_words *words)
{
	buf_printf(b,
	    " AND t.id IN (SELECT rowid FROM call_word WHERE call_word MATCH ?%zu UNION ALL "
	    "SELECT id FROM call_record WHERE id > (SELECT last FROM call_word_range))",
	    words->count + 1);
}
