/* Searching conversations and reading their messages. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/trace_int.h"

enum { WORDS_MAX = 8, PER_PAGE = 50, PER_PAGE_MAX = 500, BLOCK_BYTES_MAX = 1 << 20 };

/* ---- WHERE ---- */

/* Conditions and what is bound to their question marks. */
struct where {
	struct buf sql;
	char text[1024];
	struct slice bound[24];
	bool is_text[24];
	int64_t number[24];
	int n;
	char folded[WORDS_MAX + 2][300];
	int folded_n;
};

static void
add_int(struct where *w, const char *sql, int64_t v)
{
	buf_cstr(&w->sql, sql);
	w->number[w->n++] = v;
}

static void
add_text(struct where *w, const char *sql, struct slice v)
{
	buf_cstr(&w->sql, sql);
	w->is_text[w->n] = true;
	w->bound[w->n++] = v;
}

/* before + escaped text + '%' */
static struct slice
pattern(struct where *w, const char *before, struct slice word, bool fold)
{
	char text[260];
	struct buf b;
	size_t n;

	if (word.n > sizeof text / 2)
		word.n = sizeof text / 2;
	memcpy(text, word.p, word.n);
	n = fold ? text_fold(word, text) : word.n;
	buf_init(&b, w->folded[w->folded_n], sizeof w->folded[0]);
	w->folded_n++;
	buf_cstr(&b, before);
	for (size_t i = 0; i < n; i++) {
		if (strchr("%_\\", text[i]))
			buf_char(&b, '\\');
		buf_char(&b, text[i]);
	}
	buf_char(&b, '%');
	return buf_slice(&b);
}

static void
where_words(struct where *w, struct slice search)
{
	int count = 0;

	while (search.n && count < WORDS_MAX) {
		struct slice word = slice_trim(slice_take_until(&search, ' '));

		if (word.n == 0)
			continue;
		add_text(w, " AND words LIKE ? ESCAPE '\\'", pattern(w, "%", word, true));
		count++;
	}
}

static void
make_where(struct where *w, const struct trace_query *q)
{
	*w = (struct where){0};
	buf_init(&w->sql, w->text, sizeof w->text);
	buf_lit(&w->sql, " WHERE 1");
	where_words(w, q->search);
	if (q->number.n) {
		struct slice p = pattern(w, "", q->number, false);

		add_text(w, " AND (caller_number LIKE ? ESCAPE '\\'", p);
		add_text(w, " OR called_number LIKE ? ESCAPE '\\')", p);
	}
	if (q->call_id.n) {
		add_text(w, " AND (key = ?", q->call_id);
		add_text(
		    w, " OR id IN (SELECT conversation FROM leg WHERE sip_id = ?))", q->call_id);
	}
	if (q->user) {
		add_int(w, " AND (caller_user = ?", q->user);
		add_int(w, " OR called_user = ?)", q->user);
	}
	if (q->from_ms)
		add_int(w, " AND last_at >= ?", q->from_ms);
	if (q->to_ms)
		add_int(w, " AND started_at < ?", q->to_ms);
	if (q->status_min)
		add_int(w, " AND status >= ?", q->status_min);
	if (q->status_max)
		add_int(w, " AND status <= ?", q->status_max);
	if (q->has_kind)
		add_int(w, " AND kind = ?", q->kind);
}

static enum err
query(struct trace_store *ts, const char *head, const struct where *w, const char *tail,
    struct stmt **out)
{
	char sql[2048];
	struct buf b;
	enum err e;

	buf_init(&b, sql, sizeof sql);
	buf_cstr(&b, head);
	buf_put(&b, buf_slice(&w->sql));
	buf_cstr(&b, tail);
	if (!ts->db)
		return ERR_IO;
	e = db_prepare_buf(ts->db, &b, out);
	if (e != ERR_OK)
		return e;
	for (int i = 0; i < w->n; i++) {
		if (w->is_text[i])
			stmt_text(*out, i + 1, w->bound[i]);
		else
			stmt_int(*out, i + 1, w->number[i]);
	}
	return ERR_OK;
}

/* ---- rows ---- */

#define COLUMNS                                                                                    \
	"SELECT key, kind, started_at, last_at, caller_number, caller_name, called_number,"        \
	" called_name, caller_phone, called_phone, status, messages, start_line, id"               \
	" FROM conversation"

/* Bytes of strangers; what is not UTF-8 gets '?'. */
static json_t *
text_or_null(struct stmt *s, int column)
{
	const char *text = stmt_column(s, column);
	char clean[300];

	if (!text[0])
		return json_null();
	if (model_utf8_count(slice_cstr(text)) >= 0)
		return json_string(text);
	slice_clip_cstr(slice_cstr(text), clean, sizeof clean);
	for (char *p = clean; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	return json_string(clean);
}

static json_t *
time_json(int64_t ms)
{
	char at[MODEL_TIME_TEXT];

	return json_string(model_time_write(ms, at));
}

static json_t *
row_object(struct stmt *s)
{
	int64_t status = sqlite3_column_int64(s->st, 10);

	return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}",
	    "call_id", text_or_null(s, 0), "kind",
	    trace_kind_name((enum trace_kind)sqlite3_column_int(s->st, 1)), "started_at",
	    time_json(sqlite3_column_int64(s->st, 2)), "last_at",
	    time_json(sqlite3_column_int64(s->st, 3)), "caller", text_or_null(s, 4), "caller_name",
	    text_or_null(s, 5), "called", text_or_null(s, 6), "called_name", text_or_null(s, 7),
	    "caller_phone", text_or_null(s, 8), "called_phone", text_or_null(s, 9), "status",
	    status ? json_integer(status) : json_null(), "messages",
	    (json_int_t)sqlite3_column_int64(s->st, 11), "start_line", text_or_null(s, 12));
}

/* All rows of s, with their ids in the order of the list. */
static enum err
take_rows(struct stmt *s, json_t *list, int64_t *ids)
{
	bool row = false;
	enum err e = stmt_step(s, &row);

	while (e == ERR_OK && row) {
		json_t *one = row_object(s);

		if (ids)
			ids[json_array_size(list)] = sqlite3_column_int64(s->st, 13);
		e = one && json_array_append_new(list, one) == 0 ? stmt_step(s, &row) : ERR_NOMEM;
	}
	stmt_done(s);
	return e;
}

static enum err
put_sip_ids(struct trace_store *ts, json_t *item, int64_t id)
{
	json_t *list = json_array();
	struct stmt *s;
	bool row;
	enum err e =
	    db_prepare(ts->db, "SELECT sip_id FROM leg WHERE conversation = ? LIMIT 32", &s);

	json_object_set_new(item, "sip_call_ids", list);
	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, id);
	while ((e = stmt_step(s, &row)) == ERR_OK && row)
		json_array_append_new(list, text_or_null(s, 0));
	stmt_done(s);
	return e;
}

enum err
trace_store_search(
    struct trace_store *ts, const struct trace_query *q, json_t **items, int64_t *total)
{
	uint32_t per_page = q->per_page ? q->per_page : PER_PAGE;
	int64_t *ids = calloc(PER_PAGE_MAX, sizeof *ids), count = 0;
	struct where *w = malloc(sizeof *w);
	json_t *list = json_array();
	struct stmt *s;
	char tail[100];
	bool row;
	enum err e = ERR_NOMEM;

	if (per_page > PER_PAGE_MAX)
		per_page = PER_PAGE_MAX;
	snprintf(tail, sizeof tail, " ORDER BY started_at DESC, id DESC LIMIT %u OFFSET %llu",
	    per_page, q->page ? (unsigned long long)(q->page - 1) * per_page : 0);
	trace_writer_flush(ts);
	pthread_mutex_lock(&ts->db_lock);
	if (w && ids && list) {
		make_where(w, q);
		e = query(ts, "SELECT count(*) FROM conversation", w, "", &s);
	}
	if (e == ERR_OK) {
		e = stmt_step(s, &row);
		count = e == ERR_OK && row ? sqlite3_column_int64(s->st, 0) : 0;
		stmt_done(s);
	}
	if (e == ERR_OK)
		e = query(ts, COLUMNS, w, tail, &s);
	if (e == ERR_OK)
		e = take_rows(s, list, ids);
	for (size_t i = 0; e == ERR_OK && i < json_array_size(list); i++)
		e = put_sip_ids(ts, json_array_get(list, i), ids[i]);
	if (e == ERR_CORRUPT)
		trace_db_failed(ts, e);
	pthread_mutex_unlock(&ts->db_lock);
	free(w);
	free(ids);
	if (e != ERR_OK) {
		json_decref(list);
		return e;
	}
	*items = list;
	*total = count;
	return ERR_OK;
}

/* ---- one conversation ---- */

/* Conversations this one names in Replaces, and those that name it. */
static enum err
put_links(struct trace_store *ts, json_t *item, int64_t id)
{
	json_t *list = json_array();
	struct stmt *s;
	enum err e = db_prepare(ts->db,
	    COLUMNS
	    " WHERE id <> ?1 AND id IN (SELECT leg.conversation FROM link JOIN leg USING (sip_id)"
	    " WHERE link.conversation = ?1 UNION SELECT link.conversation FROM leg JOIN link"
	    " USING (sip_id) WHERE leg.conversation = ?1) ORDER BY started_at LIMIT 32",
	    &s);

	json_object_set_new(item, "links", list);
	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, id);
	return take_rows(s, list, NULL);
}

static enum err
find_row(struct trace_store *ts, struct slice key, json_t **item, int64_t *id)
{
	json_t *list = json_array();
	struct stmt *s;
	enum err e = ts->db ? db_prepare(ts->db, COLUMNS " WHERE key = ?", &s) : ERR_IO;

	if (e == ERR_OK) {
		stmt_text(s, 1, key);
		e = take_rows(s, list, id);
	}
	if (e == ERR_OK && json_array_size(list) == 0)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		*item = json_incref(json_array_get(list, 0));
	json_decref(list);
	return e;
}

enum err
trace_store_find(struct trace_store *ts, struct slice key, json_t **item)
{
	json_t *found = NULL;
	int64_t id;
	enum err e;

	trace_writer_flush(ts);
	pthread_mutex_lock(&ts->db_lock);
	e = find_row(ts, key, &found, &id);
	if (e == ERR_OK)
		e = put_sip_ids(ts, found, id);
	if (e == ERR_OK)
		e = put_links(ts, found, id);
	if (e == ERR_CORRUPT)
		trace_db_failed(ts, e);
	pthread_mutex_unlock(&ts->db_lock);
	if (e != ERR_OK) {
		json_decref(found);
		return e;
	}
	*item = found;
	return ERR_OK;
}

/* ---- messages ---- */

struct reading {
	struct slice record_key;
	char key[TRACE_KEY_BYTES];
	int64_t id, from_ms, to_ms;
	uint32_t seen, after;
	void (*each)(void *ctx, const struct trace_record *r);
	void *ctx;
};

static void
read_block(struct reading *rd, const char *raw, size_t n)
{
	struct trace_record r;

	for (size_t pos = 0; trace_next(raw, n, &pos, &r, NULL);) {
		if (!slice_eq(r.key, rd->record_key) || r.at_ms < rd->from_ms ||
		    r.at_ms > rd->to_ms)
			continue;
		if (rd->seen++ >= rd->after && rd->seen - rd->after <= TRACE_READ_MAX)
			rd->each(rd->ctx, &r);
	}
}

/* False: the bytes are damaged (zstd's checksum). */
static bool
unpack(struct reading *rd, const void *bytes, size_t n)
{
	unsigned long long size = ZSTD_getFrameContentSize(bytes, n);
	char *raw = size <= BLOCK_BYTES_MAX ? malloc(size + 1) : NULL;
	size_t got = raw ? ZSTD_decompress(raw, size, bytes, n) : 0;
	bool ok = raw && !ZSTD_isError(got);

	if (ok)
		read_block(rd, raw, got);
	free(raw);
	return ok;
}

static enum err
read_all(struct trace_store *ts, struct reading *rd)
{
	struct stmt *s;
	uint64_t damaged = 0;
	bool row;
	enum err e = db_prepare(ts->db,
	    "SELECT bytes FROM block WHERE id IN (SELECT block FROM part WHERE conversation = ?)"
	    " ORDER BY id",
	    &s);

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, rd->id);
	while ((e = stmt_step(s, &row)) == ERR_OK && row && rd->seen < rd->after + TRACE_READ_MAX)
		damaged += !unpack(
		    rd, sqlite3_column_blob(s->st, 0), (size_t)sqlite3_column_bytes(s->st, 0));
	stmt_done(s);
	if (damaged) {
		log_warn(STORE, "%llu blocks of traces are damaged", (unsigned long long)damaged);
		pthread_mutex_lock(&ts->lock);
		ts->counts.damaged += damaged;
		pthread_mutex_unlock(&ts->lock);
	}
	return e;
}

static enum err
find_conversation(struct trace_store *ts, struct slice key, struct reading *rd)
{
	struct stmt *s;
	bool row = false;
	enum err e = ts->db ? db_prepare(ts->db,
				  "SELECT id, record_key, started_at, last_at FROM conversation"
				  " WHERE key = ?",
				  &s)
			    : ERR_IO;

	if (e != ERR_OK)
		return e;
	stmt_text(s, 1, key);
	e = stmt_step(s, &row);
	if (e == ERR_OK && row) {
		rd->id = sqlite3_column_int64(s->st, 0);
		slice_clip_cstr(slice_cstr(stmt_column(s, 1)), rd->key, sizeof rd->key);
		rd->from_ms = sqlite3_column_int64(s->st, 2);
		rd->to_ms = sqlite3_column_int64(s->st, 3);
		rd->record_key = slice_cstr(rd->key);
	}
	stmt_done(s);
	return e == ERR_OK && !row ? ERR_NOT_FOUND : e;
}

enum err
trace_store_messages(struct trace_store *ts, struct slice key, uint32_t after,
    void (*each)(void *ctx, const struct trace_record *r), void *ctx)
{
	struct reading rd = {.after = after, .each = each, .ctx = ctx};
	enum err e;

	trace_writer_flush(ts);
	pthread_mutex_lock(&ts->db_lock);
	e = find_conversation(ts, key, &rd);
	if (e == ERR_OK)
		e = read_all(ts, &rd);
	if (e == ERR_CORRUPT)
		trace_db_failed(ts, e);
	pthread_mutex_unlock(&ts->db_lock);
	return e;
}
