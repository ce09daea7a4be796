/*
 * Lists: search, letter, sort, page. First the ids of the page, then its rows, so that
 * computed fields are worked out only for what is shown. Input reaches SQL only as bound
 * values; names are looked up in the table.
 */
#include <stdlib.h>

#include "store/store_int.h"

#define WHERE " WHERE 1"

enum { SQL_BYTES = 16 * 1024, PER_PAGE_DEFAULT = 50 };

static void
split(struct slice s, struct list_words *out)
{
	while (out->count < LIST_WORDS_MAX) {
		size_t n;

		slice_skip_space(&s);
		for (n = 0; n < s.n && s.p[n] != ' ' && s.p[n] != '\t'; n++)
			;
		if (n == 0)
			return;
		out->at[out->count++] = slice_make(s.p, n);
		s = slice_from(s, n);
	}
}

enum err
list_words(struct db *db, const struct model_entity *e, const struct store_query *q,
    struct list_words *out)
{
	*out = (struct list_words){0};
	split(q->search, out);
	return out->count && e == &model_call_record ? call_word_narrow(db, out) : ERR_OK;
}

static bool
is_digits(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
	return true;
}

/* A word is found in the columns, or in what is computed, which is looked at when the columns do
 * not have it: not at all where only digits stand and the word is none. Words are bound first, as
 * ?1 and on. */
static void
put_word(struct buf *b, const struct model_entity *e, const struct list_words *words, size_t at)
{
	buf_printf(b, " AND (finds(fold(?%zu)", at + 1);
	for (size_t i = 0; i < e->field_count; i++)
		if (e->fields[i].flags & MODEL_SEARCH && model_has_column(&e->fields[i]))
			buf_printf(b, ", t.\"%s\"", e->fields[i].name);
	buf_char(b, ')');
	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (f->flags & MODEL_SEARCH && !model_has_column(f) &&
		    (is_digits(words->at[at]) || !computed_is_digits(e, f)))
			computed_search(b, e, f, at + 1);
	}
	buf_char(b, ')');
}

/* One value: a column, or a computed one. */
static bool
is_scalar(const struct model_field *f)
{
	return model_has_column(f) ||
	       ((f->flags & MODEL_COMPUTED) && (f->type == MODEL_BOOL || f->type == MODEL_INT ||
						   f->type == MODEL_REF || f->type == MODEL_TEXT));
}

static enum err
put_equals(
    struct buf *b, const struct model_entity *e, const json_t *equals, struct model_errors *errors)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)equals, key, v)
	{
		const struct model_field *f = model_field_find(e, slice_cstr(key));

		if (!f || !is_scalar(f) || (f->flags & (MODEL_WRITEONLY | MODEL_INTERNAL)) ||
		    !(json_is_string(v) || json_is_integer(v) || json_is_boolean(v) ||
			json_is_null(v))) {
			model_error_add(
			    errors, "bad_filter", key, "The list cannot be filtered by this.");
			return ERR_INVALID;
		}
		buf_lit(b, " AND ");
		if (model_has_column(f))
			buf_printf(b, "t.\"%s\"", f->name);
		else
			computed_value(b, e, f);
		buf_lit(b, " IS ?");
	}
	return ERR_OK;
}

/* A log is kept by the time its rows began, which is also its default order. */
static enum err
put_period(struct buf *b, const struct model_entity *e, const struct store_query *q,
    struct model_errors *errors)
{
	struct slice began = slice_cstr(e->sort);

	if (!q->from_ms && !q->to_ms)
		return ERR_OK;
	if (!(e->flags & MODEL_LOG)) {
		model_error_add(errors, "bad_filter", q->from_ms ? "from" : "to",
		    "The list cannot be filtered by time.");
		return ERR_INVALID;
	}
	slice_take_char(&began, '-');
	if (q->from_ms)
		buf_printf(b, " AND t.\"%.*s\" >= ?", (int)began.n, began.p);
	if (q->to_ms)
		buf_printf(b, " AND t.\"%.*s\" < ?", (int)began.n, began.p);
	return ERR_OK;
}

/* What belongs to somebody by more than a field of its own; the only ? is the user. */
#define MAILBOXES_OF                                                                               \
	"(SELECT a.mailbox FROM mailbox_access a, (SELECT ? AS id) me WHERE a.user = me.id "       \
	"OR a.\"group\" IN (SELECT m.\"group\" FROM group_member m WHERE m.user = me.id))"

static const struct {
	const struct model_entity *entity;
	const char *sql;
} shared[] = {
    {&model_announcement, "(t.user IS NULL OR t.user = ?)"},
    {&model_speed_dial, "(t.user IS NULL OR t.user = ?)"},
    {&model_mailbox, "t.id IN " MAILBOXES_OF},
    {&model_voicemail, "t.state <> 'recording' AND t.mailbox IN " MAILBOXES_OF},
};

static const char *
shared_by(const struct model_entity *e)
{
	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
		if (shared[i].entity == e)
			return shared[i].sql;
	return NULL;
}

/* USE-2: a call to a group is one of each member's, and of the group, whether nobody took it or
 * another one did. No row says so: it is looked up by the number that was called. What no user has
 * answered is an announcement that they all heard. */
static void
put_group_calls(struct buf *b, const char *of_group)
{
	buf_printf(b,
	    " OR ((t.called_user IS NOT NULL OR t.result <> 'answered') AND t.called_number IN "
	    "(SELECT n.number FROM number n WHERE n.\"group\" %s))",
	    of_group);
}

/* "(a = ? OR b = ?)" */
static enum err
put_owner(struct buf *b, const struct model_entity *e, const char *is, const char *of_group,
    struct model_errors *errors)
{
	struct slice rest = slice_cstr(e->owners), one;
	const char *before = " AND (";

	if (!rest.n) {
		model_error_add(errors, "bad_filter", "", "The list belongs to nobody.");
		return ERR_INVALID;
	}
	while (rest.n) {
		const struct model_field *f;

		one = slice_take_until(&rest, '|');
		f = model_field_find(e, one);
		buf_cstr(b, before);
		if (model_has_column(f))
			buf_printf(b, "t.\"%s\"", f->name);
		else
			computed_value(b, e, f);
		buf_cstr(b, is);
		before = " OR ";
	}
	if (e == &model_call_record)
		put_group_calls(b, of_group);
	buf_char(b, ')');
	return ERR_OK;
}

/* The two ? are the same user. */
static const char parties_of_user[] =
    "SELECT ? UNION ALL SELECT '#' || n.number FROM number n WHERE n.\"group\" IN "
    "(SELECT m.\"group\" FROM group_member m WHERE m.user = ?)";
enum { PARTIES_BOUND = 2 };

static enum err
put_theirs(struct buf *b, const struct model_entity *e, struct model_errors *errors)
{
	return put_owner(
	    b, e, " = ?", "IN (SELECT m.\"group\" FROM group_member m WHERE m.user = ?)", errors);
}

/* Among millions of records those of one user are found by whose they are. Those of a whole group
 * are many: they come up soon when records are read as they lie. */
static enum err
put_calls_of_user(struct buf *b, struct model_errors *errors)
{
	char text[1024];
	struct buf theirs;
	enum err err;

	buf_init(&theirs, text, sizeof text);
	err = put_theirs(&theirs, &model_call_record, errors);
	if (err == ERR_OK && !buf_ok(&theirs))
		err = ERR_TOO_BIG;
	if (err == ERR_OK)
		call_party_where(b, parties_of_user, buf_slice(&theirs));
	return err;
}

const char *
list_way(const struct list_words *words)
{
	return words->found == WORDS_RARE ? " NOT INDEXED" : "";
}

enum err
list_where(struct buf *b, const struct model_entity *e, const struct store_query *q,
    const struct list_words *words, struct model_errors *errors)
{
	enum err err;

	buf_lit(b, WHERE);
	for (size_t i = 0; i < words->count; i++)
		put_word(b, e, words, i);
	if (words->found == WORDS_RARE)
		call_word_where(b, words);
	if (q->letter && e->letter) {
		buf_printf(b, " AND substr(fold(t.\"%s\"), 1, 1)", e->letter);
		buf_cstr(b, q->letter == '#' ? " NOT BETWEEN 'a' AND 'z'" : " = fold(?)");
	}
	err = put_period(b, e, q, errors);
	if (err == ERR_OK && q->owner && shared_by(e))
		buf_printf(b, " AND %s", shared_by(e));
	else if (err == ERR_OK && q->owner)
		err = e == &model_call_record ? put_calls_of_user(b, errors)
					      : put_theirs(b, e, errors);
	if (err == ERR_OK && q->group)
		err = put_owner(b, e,
		    " IN (SELECT m.\"user\" FROM group_member m WHERE m.\"group\" = ?)", "= ?",
		    errors);
	if (err == ERR_OK && q->direction && e == &model_call_record)
		buf_lit(b, " AND " CDR_DIRECTION " = ?");
	return err == ERR_OK ? put_equals(b, e, q->equals, errors) : err;
}

static enum err
put_order(struct buf *b, const struct model_entity *e, const struct store_query *q,
    struct model_errors *errors)
{
	struct slice name = q->sort.n ? q->sort : slice_cstr(e->sort);
	bool descending = q->sort.n ? q->descending : slice_take_char(&name, '-');
	const struct model_field *f = model_field_find(e, name);

	if (!f && slice_eq(name, SLICE("id"))) {
		buf_cstr(b, descending ? " ORDER BY t.id DESC" : " ORDER BY t.id");
		return ERR_OK;
	}
	if (!f || (f->flags & (MODEL_WRITEONLY | MODEL_INTERNAL))) {
		model_error_add(errors, "bad_sort", "sort", "The list cannot be sorted by this.");
		return ERR_INVALID;
	}
	buf_lit(b, " ORDER BY ");
	computed_sort(b, e, f);
	buf_cstr(b, descending ? " DESC" : "");
	if (e == &model_user && strcmp(f->name, "last_name") == 0)
		buf_cstr(b, descending ? ", fold(t.first_name) DESC" : ", fold(t.first_name)");
	buf_cstr(b, descending ? ", t.id DESC" : ", t.id");
	return ERR_OK;
}

/* As often as put_owner says ?. */
static int
owners_bound(const struct model_entity *e)
{
	int n = e == &model_call_record; /* put_group_calls */

	for (struct slice rest = slice_cstr(e->owners); rest.n; n++)
		slice_take_until(&rest, '|');
	return n;
}

static int
bind_owners(struct stmt *s, int index, int n, int64_t id)
{
	while (id && n--)
		stmt_int(s, index++, id);
	return index;
}

static int
bind_words(struct stmt *s, const struct list_words *words)
{
	int index = 1;

	for (size_t i = 0; i < words->count; i++)
		stmt_text(s, index++, words->at[i]);
	return index;
}

int
list_bind(struct stmt *s, const struct model_entity *e, const struct store_query *q,
    const struct list_words *words)
{
	const char *key;
	json_t *v;
	int index;

	index = bind_words(s, words);
	if (words->found == WORDS_RARE)
		stmt_cstr(s, index++, words->match);
	if (q->letter && e->letter && q->letter != '#')
		stmt_text(s, index++, slice_make(&q->letter, 1));
	if (q->from_ms)
		stmt_int(s, index++, q->from_ms);
	if (q->to_ms)
		stmt_int(s, index++, q->to_ms);
	if (q->owner && shared_by(e))
		stmt_int(s, index++, q->owner);
	else
		index = bind_owners(s, index,
		    e == &model_call_record ? PARTIES_BOUND + 2 * owners_bound(e) : owners_bound(e),
		    q->owner);
	index = bind_owners(s, index, owners_bound(e), q->group);
	if (q->direction && e == &model_call_record)
		stmt_cstr(s, index++, q->direction);
	json_object_foreach((json_t *)q->equals, key, v)
	{
		if (json_is_string(v))
			stmt_cstr(s, index++, json_string_value(v));
		else if (json_is_null(v))
			stmt_null(s, index++);
		else
			stmt_int(s, index++,
			    json_is_boolean(v) ? json_is_true(v) : json_integer_value(v));
	}
	return index;
}

static bool
asks_words_only(const struct store_query *q)
{
	return !q->letter && !q->from_ms && !q->to_ms && !q->owner && !q->group && !q->direction &&
	       json_object_size(q->equals) == 0;
}

/* Records with frequent words, as far as people look at them: *total stays 0 when the index does
 * not have that many. */
static enum err
count_frequent(struct db *db, const struct list_words *words, struct slice where, int64_t *total)
{
	char *sql = malloc(SQL_BYTES);
	int64_t found = 0;
	struct buf b;
	struct stmt *s;
	bool row = false;
	enum err err;

	if (!sql)
		return ERR_NOMEM;
	buf_init(&b, sql, SQL_BYTES);
	buf_lit(&b, "SELECT count(*) FROM (SELECT 1 FROM ");
	call_word_from(&b, words);
	buf_put(&b, where);
	buf_printf(&b, " LIMIT %d)", STORE_LOG_COUNT_MAX);
	err = db_prepare_buf(db, &b, &s);
	free(sql);
	if (err != ERR_OK)
		return err;
	stmt_cstr(s, bind_words(s, words), words->match);
	err = stmt_step(s, &row);
	if (err == ERR_OK)
		found = sqlite3_column_int64(s->st, 0);
	stmt_done(s);
	if (found == STORE_LOG_COUNT_MAX)
		*total = found;
	return err;
}

/* A log may have millions of rows, in the order of their ids, and loses the oldest only: how many
 * there are follows from the ids; of those a query finds no more are counted than people look at.
 */
static enum err
count_rows(struct db *db, const struct model_entity *e, const struct store_query *q,
    const struct list_words *words, struct slice where, int64_t *total)
{
	char *sql = malloc(SQL_BYTES);
	struct buf b;
	struct stmt *s;
	bool row = false, log = e->flags & MODEL_LOG;
	enum err err;

	if (!sql)
		return ERR_NOMEM;
	buf_init(&b, sql, SQL_BYTES);
	if (log && slice_eq(where, SLICE(WHERE)))
		buf_printf(&b,
		    "SELECT CASE WHEN span < %d THEN (SELECT count(*) FROM \"%s\") ELSE span END "
		    "FROM "
		    "(SELECT (SELECT max(id) FROM \"%s\") - (SELECT min(id) FROM \"%s\") + 1 AS "
		    "span)",
		    STORE_LOG_COUNT_MAX, e->name, e->name, e->name);
	else if (slice_eq(where, SLICE(WHERE))) {
		buf_printf(&b, "SELECT count(*) FROM \"%s\"", e->name);
	} else {
		buf_printf(&b, "SELECT count(*) FROM (SELECT 1 FROM \"%s\" t", e->name);
		buf_put(&b, where);
		if (log)
			buf_printf(&b, " LIMIT %d", STORE_LOG_COUNT_MAX);
		buf_char(&b, ')');
	}
	err = db_prepare_buf(db, &b, &s);
	free(sql);
	if (err != ERR_OK)
		return err;
	list_bind(s, e, q, words);
	err = stmt_step(s, &row);
	if (err == ERR_OK)
		*total = sqlite3_column_int64(s->st, 0);
	stmt_done(s);
	return err;
}

/* Of the rows that ids gives, those from the skipth on, at most take; seen: how many there were. */
static enum err
fetch_page(struct db *db, const struct model_entity *e, struct stmt *ids, int64_t skip,
    int64_t take, json_t *items, int64_t *seen)
{
	bool row = false;
	enum err err;

	while ((err = stmt_step(ids, &row)) == ERR_OK && row) {
		json_t *item = NULL;

		if (++*seen <= skip || *seen - skip > take)
			continue;
		err = row_get(db, e, sqlite3_column_int64(ids->st, 0), ROW_PUBLIC, &item);
		if (err != ERR_OK)
			return err;
		json_array_append_new(items, item);
	}
	return err;
}

/* What is filtered is found and counted in one go: looking twice would cost twice. Logs are not
 * read to their end, unless it is near; and of all rows the number is known without their order. */
static bool
counts_itself(const struct model_entity *e, const struct store_query *q,
    const struct list_words *words, struct slice where)
{
	return q->all || words->found == WORDS_RARE ||
	       (!(e->flags & MODEL_LOG) && !slice_eq(where, SLICE(WHERE)));
}

/* q's WHERE and ORDER BY are in where and order. */
static enum err
list_page(struct db *db, const struct model_entity *e, const struct store_query *q,
    const struct list_words *words, struct slice where, struct slice order, json_t *items,
    int64_t *total)
{
	uint32_t per_page = q->per_page ? q->per_page : PER_PAGE_DEFAULT;
	uint32_t page = q->page ? q->page : 1;
	bool whole = counts_itself(e, q, words, where);
	char *sql = malloc(SQL_BYTES);
	int64_t skip, seen = 0;
	struct buf b;
	struct stmt *ids;
	int index;
	enum err err;

	if (!sql)
		return ERR_NOMEM;
	if (per_page > MODEL_PER_PAGE_MAX)
		per_page = MODEL_PER_PAGE_MAX;
	skip = q->all ? 0 : ((int64_t)page - 1) * per_page;
	buf_init(&b, sql, SQL_BYTES);
	buf_printf(&b, "SELECT t.id FROM \"%s\" t%s", e->name, list_way(words));
	buf_put(&b, where);
	buf_put(&b, order);
	buf_lit(&b, " LIMIT ? OFFSET ?");
	err = db_prepare_buf(db, &b, &ids);
	free(sql);
	if (err != ERR_OK)
		return err;
	index = list_bind(ids, e, q, words);
	stmt_int(ids, index, whole ? -1 : (int64_t)per_page);
	stmt_int(ids, index + 1, whole ? 0 : skip);
	err = fetch_page(
	    db, e, ids, whole ? skip : 0, q->all ? INT64_MAX : (int64_t)per_page, items, &seen);
	stmt_done(ids);
	if (whole)
		*total = seen;
	return err;
}

enum err
list_ids(struct db *db, const struct model_entity *e, const struct store_query *q, int64_t **ids,
    size_t *n, struct model_errors *errors)
{
	char *sql = malloc(SQL_BYTES);
	struct list_words words;
	struct buf b;
	struct stmt *s;
	enum err err;

	if (!sql)
		return ERR_NOMEM;
	buf_init(&b, sql, SQL_BYTES);
	buf_printf(&b, "SELECT t.id FROM \"%s\" t", e->name);
	err = list_words(db, e, q, &words);
	if (err == ERR_OK)
		err = list_where(&b, e, q, &words, errors);
	buf_lit(&b, " ORDER BY t.id");
	if (err == ERR_OK)
		err = db_prepare_buf(db, &b, &s);
	free(sql);
	if (err != ERR_OK)
		return err;
	list_bind(s, e, q, &words);
	err = stmt_ids(s, ids, n);
	stmt_done(s);
	return err;
}

/* text: room for two texts of SQL. */
static enum err
list_read(struct db *db, const struct model_entity *e, const struct store_query *q, char *text,
    json_t *items, int64_t *total, struct model_errors *errors)
{
	struct list_words words;
	struct buf where, order;
	enum err err = list_words(db, e, q, &words);

	buf_init(&where, text, SQL_BYTES);
	buf_init(&order, text + SQL_BYTES, SQL_BYTES);
	if (err == ERR_OK)
		err = list_where(&where, e, q, &words, errors);
	if (err == ERR_OK && words.found == WORDS_FREQUENT && asks_words_only(q)) {
		err = count_frequent(db, &words, buf_slice(&where), total);
		if (err == ERR_OK && !*total) { /* their pieces are, they are not */
			words.found = WORDS_RARE;
			where.n = 0;
			err = list_where(&where, e, q, &words, errors);
		}
	}
	if (err == ERR_OK)
		err = put_order(&order, e, q, errors);
	if (err == ERR_OK && (!buf_ok(&where) || !buf_ok(&order)))
		err = ERR_TOO_BIG;
	if (err == ERR_OK && !*total && !counts_itself(e, q, &words, buf_slice(&where)))
		err = count_rows(db, e, q, &words, buf_slice(&where), total);
	return err == ERR_OK
		   ? list_page(db, e, q, &words, buf_slice(&where), buf_slice(&order), items, total)
		   : err;
}

enum err
store_list(struct store *s, const struct model_entity *e, const struct store_query *q,
    json_t **items, int64_t *total, struct model_errors *errors)
{
	char *text = malloc(2 * SQL_BYTES);
	json_t *list = json_array();
	int64_t count = 0;
	struct db *db;
	enum err err = text && list ? store_read_begin(s, &db) : ERR_NOMEM;

	if (err == ERR_OK) {
		err = list_read(db, e, q, text, list, &count, errors);
		store_read_end(s, db);
	}
	free(text);
	if (err != ERR_OK) {
		json_decref(list);
		return err;
	}
	*items = list;
	*total = count;
	return ERR_OK;
}
