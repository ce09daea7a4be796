/* Conversations that had messages lately, kept in memory so that a message costs no query;
 * their rows. */
#include <stdlib.h>

#include "store/trace_int.h"

static void
forget(struct trace_store *ts, struct trace_conv *c)
{
	hmap_remove(&ts->recent, &c->node);
	list_remove(&c->lru);
	free(c);
}

void
trace_conv_forget(struct trace_store *ts, int64_t now_ms, bool all)
{
	LIST_FOR_EACH_SAFE (it, &ts->lru) {
		struct trace_conv *c = container_of(it, struct trace_conv, lru);

		if (!all && ts->recent.count <= TRACE_RECENT_MAX &&
		    c->last_at + TRACE_RECENT_MS > now_ms)
			return;
		forget(ts, c);
	}
}

/* Adds a text to the words unless it is there. */
static void
add_word(struct trace_conv *c, struct slice text)
{
	size_t n = strlen(c->words), room = sizeof c->words - n;
	char folded[256];
	size_t m;

	if (text.n > sizeof folded - 1)
		text.n = sizeof folded - 1;
	if (text.n == 0 || model_utf8_count(text) < 0)
		return;
	m = text_fold(text, folded);
	if (m + 2 > room || memmem(c->words, n, folded, m))
		return;
	memcpy(c->words + n, folded, m);
	memcpy(c->words + n + m, "\n", 2);
}

/* ---- rows ---- */

static void
read_party(struct stmt *s, int column, struct trace_party *p)
{
	slice_clip_cstr(slice_cstr(stmt_column(s, column)), p->number, sizeof p->number);
	slice_clip_cstr(slice_cstr(stmt_column(s, column + 1)), p->name, sizeof p->name);
	slice_clip_cstr(slice_cstr(stmt_column(s, column + 2)), p->phone, sizeof p->phone);
	p->user = sqlite3_column_int64(s->st, column + 3);
}

static void
read_row(struct stmt *s, struct trace_conv *c)
{
	c->id = sqlite3_column_int64(s->st, 0);
	c->kind = (enum trace_kind)sqlite3_column_int(s->st, 1);
	c->started_at = sqlite3_column_int64(s->st, 2);
	c->last_at = sqlite3_column_int64(s->st, 3);
	c->messages = (uint32_t)sqlite3_column_int(s->st, 4);
	c->status = (uint32_t)sqlite3_column_int(s->st, 5);
	read_party(s, 6, &c->caller);
	read_party(s, 10, &c->called);
	c->first_direction = (enum trace_direction)sqlite3_column_int(s->st, 14);
	slice_clip_cstr(slice_cstr(stmt_column(s, 15)), c->first_method, sizeof c->first_method);
	slice_clip_cstr(slice_cstr(stmt_column(s, 16)), c->start_line, sizeof c->start_line);
	slice_clip_cstr(slice_cstr(stmt_column(s, 17)), c->words, sizeof c->words);
}

/* The row of a conversation that was quiet for a while, if there is one. */
static enum err
load(struct trace_store *ts, struct trace_conv *c)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(ts->db,
	    "SELECT id, kind, started_at, last_at, messages, status, caller_number, caller_name,"
	    " caller_phone, caller_user, called_number, called_name, called_phone, called_user,"
	    " first_direction, first_method, start_line, words FROM conversation"
	    " WHERE record_key = ? ORDER BY started_at DESC LIMIT 1",
	    &s);

	if (e != ERR_OK)
		return e;
	stmt_cstr(s, 1, c->record_key);
	e = stmt_step(s, &row);
	if (e == ERR_OK && row)
		read_row(s, c);
	stmt_done(s);
	return e;
}

/* A phone registers with one Call-ID for weeks; what a watch of today saw is a story of its own. */
static bool
begins_anew(const struct trace_conv *c, const struct trace_record *r)
{
	return c->messages && r->kind != TRACE_CALL && r->at_ms - c->last_at > TRACE_APART_MS;
}

static void
begin(struct trace_conv *c)
{
	struct trace_conv fresh = {.node = c->node};

	memcpy(fresh.record_key, c->record_key, sizeof fresh.record_key);
	memcpy((char *)c + sizeof fresh.node + sizeof fresh.lru,
	    (char *)&fresh + sizeof fresh.node + sizeof fresh.lru,
	    sizeof fresh - sizeof fresh.node - sizeof fresh.lru);
}

static struct trace_conv *
find(struct trace_store *ts, struct slice key, uint64_t hash)
{
	for (struct hnode *n = hmap_first(&ts->recent, hash); n; n = hmap_next(n, hash)) {
		struct trace_conv *c = container_of(n, struct trace_conv, node);

		if (slice_eq(slice_cstr(c->record_key), key))
			return c;
	}
	return NULL;
}

enum err
trace_conv_of(struct trace_store *ts, const struct trace_record *r, struct trace_conv **out)
{
	uint64_t hash = hash_bytes(r->key);
	struct trace_conv *c = find(ts, r->key, hash);
	enum err e;

	if (c) {
		list_remove(&c->lru);
	} else {
		c = calloc(1, sizeof *c);
		if (!c)
			return ERR_NOMEM;
		slice_clip_cstr(r->key, c->record_key, sizeof c->record_key);
		e = load(ts, c);
		if (e == ERR_OK)
			e = hmap_put(&ts->recent, &c->node, hash);
		if (e != ERR_OK) {
			free(c);
			return e;
		}
		list_init(&c->lru);
	}
	if (begins_anew(c, r))
		begin(c);
	list_push(&ts->lru, &c->lru);
	*out = c;
	return ERR_OK;
}

/* ---- what a message tells ---- */

/* True if this is the first message of the leg. */
static bool
add_leg(struct trace_store *ts, struct trace_conv *c, struct slice sip_id)
{
	uint64_t hash = hash_bytes(sip_id);
	struct stmt *s;

	for (size_t i = 0; i < TRACE_LEGS_MAX; i++) {
		if (c->leg[i] == hash)
			return false;
		if (c->leg[i])
			continue;
		c->leg[i] = hash;
		break;
	}
	if (trace_conv_save(ts, c) != ERR_OK ||
	    db_prepare(ts->db, "INSERT OR IGNORE INTO leg VALUES (?, ?)", &s) != ERR_OK)
		return true;
	stmt_text(s, 1, sip_id);
	stmt_int(s, 2, c->id);
	(void)!stmt_run(s);
	return true;
}

/* What the search finds a leg by. */
static void
add_leg_words(struct trace_conv *c, const struct trace_record *r, const struct trace_facts *f)
{
	char ip[ADDR_TEXT_MAX];
	struct buf b;

	buf_init(&b, ip, sizeof ip);
	addr_write_ip(&b, &r->remote);
	add_word(c, buf_slice(&b));
	add_word(c, f->call_id);
	add_word(c, f->from_user);
	add_word(c, f->to_user);
}

/* "%40" and the like in a Refer-To. */
static struct slice
unescape(struct slice s, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < cap; i++) {
		unsigned v = (unsigned char)s.p[i];

		if (s.p[i] == '%' && i + 2 < s.n) {
			char hex[3] = {s.p[i + 1], s.p[i + 2], 0}, *end;
			unsigned long x = strtoul(hex, &end, 16);

			if (*end == '\0' && x >= 0x20 && x < 0x7f) {
				v = (unsigned)x;
				i += 2;
			}
		}
		out[n++] = (char)v;
	}
	return slice_make(out, n);
}

static void
add_link(struct trace_store *ts, struct trace_conv *c, const struct trace_facts *f)
{
	char text[256];
	struct slice id = f->replaces;
	struct stmt *s;

	if (!id.n || id.n > sizeof text)
		return;
	if (f->replaces_escaped)
		id = unescape(id, text, sizeof text);
	if (trace_conv_save(ts, c) != ERR_OK ||
	    db_prepare(ts->db, "INSERT OR IGNORE INTO link VALUES (?, ?)", &s) != ERR_OK)
		return;
	stmt_int(s, 1, c->id);
	stmt_text(s, 2, id);
	(void)!stmt_run(s);
}

static void
take_first(struct trace_conv *c, const struct trace_record *r, const struct trace_facts *f)
{
	c->kind = r->kind;
	c->started_at = r->at_ms;
	c->first_direction = r->direction;
	slice_clip_cstr(f->method, c->first_method, sizeof c->first_method);
	slice_clip_cstr(f->start_line, c->start_line, sizeof c->start_line);
	if (!c->caller.number[0] && !c->called.number[0]) {
		slice_clip_cstr(f->from_user, c->caller.number, sizeof c->caller.number);
		slice_clip_cstr(f->to_user, c->called.number, sizeof c->called.number);
	}
	add_word(c, slice_cstr(c->record_key));
	add_word(c, f->start_line);
}

/* The final answer to what it began with, on its first leg; a challenge only until more comes. */
static void
take_status(struct trace_conv *c, const struct trace_record *r, const struct trace_facts *f)
{
	bool challenge = c->status == 401 || c->status == 407;

	if (f->request || f->status < 200 || r->direction == c->first_direction ||
	    !slice_eq(f->method, slice_cstr(c->first_method)) ||
	    hash_bytes(f->call_id) != c->leg[0])
		return;
	if (c->status == 0 || challenge || c->kind != TRACE_CALL)
		c->status = f->status;
}

void
trace_conv_take(struct trace_store *ts, struct trace_conv *c, const struct trace_record *r)
{
	struct trace_facts f;

	trace_facts_of(r->bytes, &f);
	if (c->messages == 0)
		take_first(c, r, &f);
	if (add_leg(ts, c, f.call_id))
		add_leg_words(c, r, &f);
	if (f.request)
		add_link(ts, c, &f);
	take_status(c, r, &f);
	c->messages++;
	if (r->at_ms > c->last_at)
		c->last_at = r->at_ms;
	c->dirty = true;
}

static void
take_party(struct trace_conv *c, struct trace_party *to, const struct trace_party *from)
{
	if (!from->number[0] && !from->name[0])
		return;
	*to = *from;
	add_word(c, slice_cstr(to->number));
	add_word(c, slice_cstr(to->name));
	add_word(c, slice_cstr(to->phone));
}

bool
trace_conv_name(struct trace_store *ts, const struct trace_name *name)
{
	struct slice key = slice_cstr(name->key);
	struct trace_record r = {.key = key};
	struct trace_conv *c = find(ts, key, hash_bytes(key));

	if (!c && trace_conv_of(ts, &r, &c) != ERR_OK)
		return false;
	if (c->messages == 0) {
		forget(ts, c);
		return false;
	}
	take_party(c, &c->caller, &name->caller);
	take_party(c, &c->called, &name->called);
	c->dirty = true;
	return true;
}

/* ---- writing rows ---- */

static int
bind_party(struct stmt *s, int at, const struct trace_party *p)
{
	stmt_cstr(s, at, p->number);
	stmt_cstr(s, at + 1, p->name);
	stmt_cstr(s, at + 2, p->phone);
	stmt_int(s, at + 3, p->user);
	return at + 4;
}

static enum err
write_row(struct trace_store *ts, struct trace_conv *c, const char *sql)
{
	struct stmt *s;
	enum err e = db_prepare(ts->db, sql, &s);
	int at;

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, c->last_at);
	stmt_int(s, 2, c->messages);
	stmt_int(s, 3, c->status);
	at = bind_party(s, bind_party(s, 4, &c->caller), &c->called);
	stmt_cstr(s, at, c->words);
	if (c->id) {
		stmt_int(s, at + 1, c->id);
	} else {
		char key[TRACE_KEY_BYTES + 20];

		snprintf(key, sizeof key, c->kind == TRACE_CALL ? "%s" : "%s-%llx", c->record_key,
		    (unsigned long long)c->started_at);
		stmt_cstr(s, at + 1, key);
		stmt_cstr(s, at + 2, c->record_key);
		stmt_int(s, at + 3, c->kind);
		stmt_int(s, at + 4, c->started_at);
		stmt_int(s, at + 5, c->first_direction);
		stmt_cstr(s, at + 6, c->first_method);
		stmt_cstr(s, at + 7, c->start_line);
	}
	return stmt_run(s);
}

enum err
trace_conv_save(struct trace_store *ts, struct trace_conv *c)
{
	enum err e;

	if (c->id && !c->dirty)
		return ERR_OK;
	if (c->id) {
		e = write_row(ts, c,
		    "UPDATE conversation SET last_at = ?1, messages = ?2, status = ?3,"
		    " caller_number = ?4, caller_name = ?5, caller_phone = ?6, caller_user = ?7,"
		    " called_number = ?8, called_name = ?9, called_phone = ?10, called_user = ?11,"
		    " words = ?12 WHERE id = ?13");
	} else {
		e = write_row(ts, c,
		    "INSERT INTO conversation (last_at, messages, status, caller_number, "
		    "caller_name,"
		    " caller_phone, caller_user, called_number, called_name, called_phone, "
		    "called_user,"
		    " words, key, record_key, kind, started_at, first_direction, first_method,"
		    " start_line) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
		    "?14,"
		    " ?15, ?16, ?17, ?18, ?19)");
		if (e == ERR_OK)
			c->id = sqlite3_last_insert_rowid(ts->db->h);
	}
	if (e == ERR_OK)
		c->dirty = false;
	return e;
}

enum err
trace_conv_save_all(struct trace_store *ts)
{
	enum err e = ERR_OK;

	for (struct list *it = ts->lru.prev; it != &ts->lru && e == ERR_OK; it = it->prev) {
		struct trace_conv *c = container_of(it, struct trace_conv, lru);

		if (c->dirty)
			e = trace_conv_save(ts, c);
	}
	return e;
}
