/* The thread of the trace store: what came in the last second becomes one transaction. */
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "loop/loop.h"
#include "loop/thread.h"
#include "store/trace_int.h"

enum { COLLECT_MS = 1000, IDLE_MS = 60000, FLUSH_MS = 3000 };

/* What was taken from the queue for one transaction. */
struct batch {
	struct trace_block **blocks;
	size_t n;
	struct list names, later;
	uint64_t messages;
};

/* ---- blocks ---- */

static enum err
link_parts(struct trace_store *ts, struct trace_pack *p, int64_t block)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < p->convs && e == ERR_OK; i++) {
		struct stmt *s;

		e = trace_conv_save(ts, p->conv[i]);
		if (e == ERR_OK)
			e = db_prepare(ts->db, "INSERT OR IGNORE INTO part VALUES (?, ?)", &s);
		if (e != ERR_OK)
			break;
		stmt_int(s, 1, p->conv[i]->id);
		stmt_int(s, 2, block);
		e = stmt_run(s);
	}
	return e;
}

static enum err
write_pack(struct trace_store *ts, int class)
{
	struct trace_pack *p = &ts->pack[class];
	struct stmt *s;
	size_t n;
	enum err e;

	if (p->n == 0)
		return ERR_OK;
	n = ZSTD_compress2(ts->zstd, ts->packed, ZSTD_compressBound(TRACE_RAW_MAX), p->raw, p->n);
	if (ZSTD_isError(n))
		return ERR_NOMEM;
	e = db_prepare(ts->db,
	    "INSERT INTO block (class, to_ms, messages, size, bytes) VALUES (?, ?, ?, ?, ?)", &s);
	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, class);
	stmt_int(s, 2, p->to_ms);
	stmt_int(s, 3, p->messages);
	stmt_int(s, 4, (int64_t)n);
	sqlite3_bind_blob(s->st, 5, ts->packed, (int)n, SQLITE_STATIC);
	e = stmt_run(s);
	if (e == ERR_OK)
		e = link_parts(ts, p, sqlite3_last_insert_rowid(ts->db->h));
	p->n = p->messages = 0;
	p->convs = 0;
	p->to_ms = 0;
	return e;
}

static enum err
pack_record(struct trace_store *ts, const struct trace_record *r, struct slice packed)
{
	int class = r->kind == TRACE_CALL ? 0 : 1;
	struct trace_pack *p = &ts->pack[class];
	struct trace_record masked = *r;
	struct trace_conv *c;
	enum err e = ERR_OK;

	if (p->n + packed.n > TRACE_RAW_MAX || p->convs == TRACE_CONV_BLOCK_MAX)
		e = write_pack(ts, class);
	if (e == ERR_OK)
		e = trace_conv_of(ts, r, &c);
	if (e != ERR_OK)
		return e;
	memcpy(p->raw + p->n, packed.p, packed.n);
	masked.bytes.p = p->raw + p->n + (r->bytes.p - packed.p);
	trace_mask(p->raw + p->n + (size_t)(r->bytes.p - packed.p), r->bytes.n);
	trace_conv_take(ts, c, &masked); /* what lists show has no secrets either */
	if (p->n == 0)
		p->number = ++ts->blocks;
	if (c->in_block != p->number) {
		c->in_block = p->number;
		p->conv[p->convs++] = c;
	}
	p->n += packed.n;
	p->messages++;
	if (r->at_ms > p->to_ms)
		p->to_ms = r->at_ms;
	return ERR_OK;
}

/* Signalling tells of a call at once and of its messages within 64 ms. */
static void
apply_names(struct trace_store *ts, struct batch *b)
{
	LIST_FOR_EACH_SAFE (it, &b->names) {
		struct trace_name *name = container_of(it, struct trace_name, link);

		if (trace_conv_name(ts, name) || name->late)
			continue;
		name->late = true;
		list_remove(it);
		list_push(&b->later, it);
	}
}

static enum err
write_blocks(struct trace_store *ts, struct batch *b)
{
	enum err e = ERR_OK;
	struct trace_record r;
	struct slice packed;

	for (size_t i = 0; i < b->n && e == ERR_OK; i++)
		for (size_t pos = 0; e == ERR_OK && trace_next(b->blocks[i]->bytes, b->blocks[i]->n,
							&pos, &r, &packed);) {
			e = pack_record(ts, &r, packed);
			b->messages++;
		}
	if (e == ERR_OK)
		apply_names(ts, b);
	for (int class = 0; class < TRACE_CLASSES && e == ERR_OK; class ++)
		e = write_pack(ts, class);
	if (e == ERR_OK)
		e = trace_conv_save_all(ts);
	return e;
}

static void
empty_packs(struct trace_store *ts)
{
	for (int class = 0; class < TRACE_CLASSES; class ++) {
		ts->pack[class].n = ts->pack[class].convs = 0;
		ts->pack[class].messages = 0;
	}
}

static enum err
write_batch(struct trace_store *ts, struct batch *b)
{
	enum err e;

	if (b->n == 0 && list_empty(&b->names))
		return ERR_OK;
	if (!ts->db)
		trace_db_open(ts);
	if (!ts->db)
		return ERR_NOMEM;
	e = db_exec(ts->db, "BEGIN IMMEDIATE");
	if (e == ERR_OK) {
		e = write_blocks(ts, b);
		if (e == ERR_OK)
			e = db_exec(ts->db, "COMMIT");
		if (e != ERR_OK && !sqlite3_get_autocommit(ts->db->h))
			(void)!db_exec(ts->db, "ROLLBACK");
	}
	if (e != ERR_OK) {
		empty_packs(ts);
		trace_db_failed(ts, e);
	}
	return e;
}

/* ---- the thread ---- */

static void
take_batch(struct trace_store *ts, struct batch *b, struct trace_limits *limits, uint64_t *wanted)
{
	*b = (struct batch){.blocks = ts->queue, .n = ts->queue_n};
	list_init(&b->names);
	list_init(&b->later);
	list_splice(&b->names, &ts->names);
	ts->queue = NULL;
	ts->queue_n = ts->queue_cap = ts->queue_bytes = ts->names_n = 0;
	*limits = ts->limits;
	if (ts->full && ts->full_mb < limits->mb)
		limits->mb = ts->full_mb;
	*wanted = ts->wanted;
}

static void
free_batch(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		free(b->blocks[i]);
	free(b->blocks);
	for (struct list *node; (node = list_pop(&b->names)) != NULL;)
		free(container_of(node, struct trace_name, link));
}

static void
apply_limits(struct trace_store *ts, const struct trace_limits *limits)
{
	bool move = ts->path && !limits->days != !ts->db_limits.days;

	if (memcmp(limits, &ts->db_limits, sizeof *limits) != 0)
		ts->expire_ms = 0;
	ts->db_limits = *limits;
	if (move) { /* from memory to the file or back */
		trace_db_close(ts);
		trace_db_open(ts);
	}
}

static void
turn(struct trace_store *ts, struct batch *b, const struct trace_limits *limits, uint64_t wanted)
{
	int64_t now_ms = (int64_t)loop_wall_ms();
	struct trace_store_counts measured = {0};
	enum err e;

	pthread_mutex_lock(&ts->db_lock);
	apply_limits(ts, limits);
	e = write_batch(ts, b);
	trace_db_expire(ts, now_ms);
	trace_conv_forget(ts, now_ms, false);
	trace_db_measure(ts, &measured);
	pthread_mutex_unlock(&ts->db_lock);
	pthread_mutex_lock(&ts->lock);
	*(e == ERR_OK ? &ts->counts.written : &ts->counts.lost) += b->messages;
	ts->counts.in_memory = measured.in_memory;
	ts->counts.bytes = measured.bytes;
	ts->counts.stored = measured.stored;
	ts->done = wanted;
	LIST_FOR_EACH (it, &b->later)
		ts->names_n++;
	list_splice(&ts->names, &b->later);
	pthread_cond_broadcast(&ts->flushed);
	pthread_mutex_unlock(&ts->lock);
}

/* Until a second after the first message, or somebody wants to read; wakes seldom when idle. */
static bool
wait_for_work(struct trace_store *ts)
{
	struct timespec until = thread_deadline(IDLE_MS);
	bool idle = ts->queue_n == 0 && ts->names_n == 0;
	int rc = 0;

	while (!ts->stop && ts->wanted == ts->done && idle && rc == 0) {
		rc = pthread_cond_timedwait(&ts->changed, &ts->lock, &until);
		idle = ts->queue_n == 0 && ts->names_n == 0;
	}
	until = thread_deadline(COLLECT_MS);
	for (rc = 0; !idle && !ts->stop && ts->wanted == ts->done && rc == 0;)
		rc = pthread_cond_timedwait(&ts->changed, &ts->lock, &until);
	return !ts->stop;
}

void
trace_writer_run(void *ctx)
{
	struct trace_store *ts = ctx;
	bool go_on = true;

	while (go_on) {
		struct trace_limits limits;
		struct batch b;
		uint64_t wanted;

		pthread_mutex_lock(&ts->lock);
		go_on = wait_for_work(ts);
		take_batch(ts, &b, &limits, &wanted);
		pthread_mutex_unlock(&ts->lock);
		turn(ts, &b, &limits, wanted);
		free_batch(&b);
	}
}

void
trace_writer_flush(struct trace_store *ts)
{
	struct timespec until = thread_deadline(FLUSH_MS);
	uint64_t mine;
	int rc = 0;

	pthread_mutex_lock(&ts->lock);
	if (ts->queue_n || ts->names_n || ts->wanted != ts->done) {
		mine = ++ts->wanted;
		pthread_cond_signal(&ts->changed);
		while (ts->done < mine && !ts->stop && rc == 0)
			rc = pthread_cond_timedwait(&ts->flushed, &ts->lock, &until);
	}
	pthread_mutex_unlock(&ts->lock);
}
