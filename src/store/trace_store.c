/* The trace store's front: the queue to its thread, open and close. */
#include <stdlib.h>

#include "base/log.h"
#include "store/trace_int.h"

static enum err
build(struct trace_store *ts)
{
	for (int i = 0; i < TRACE_CLASSES; i++) {
		ts->pack[i].raw = malloc(TRACE_RAW_MAX);
		if (!ts->pack[i].raw)
			return ERR_NOMEM;
	}
	ts->zstd = ZSTD_createCCtx();
	ts->packed = malloc(ZSTD_compressBound(TRACE_RAW_MAX));
	if (!ts->zstd || !ts->packed)
		return ERR_NOMEM;
	ZSTD_CCtx_setParameter(ts->zstd, ZSTD_c_compressionLevel, 1);
	ZSTD_CCtx_setParameter(ts->zstd, ZSTD_c_checksumFlag, 1);
	return ERR_OK;
}

enum err
trace_store_start(struct trace_store *ts)
{
	trace_db_open(ts);
	return thread_start(&ts->thread, "traces", trace_writer_run, ts);
}

enum err
trace_store_new(struct trace_store **out, const char *path, const struct trace_limits *limits)
{
	struct trace_store *ts = calloc(1, sizeof *ts);
	pthread_condattr_t attr;
	enum err e = ERR_NOMEM;

	if (!ts)
		return ERR_NOMEM;
	pthread_mutex_init(&ts->lock, NULL);
	pthread_mutex_init(&ts->db_lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&ts->changed, &attr);
	pthread_cond_init(&ts->flushed, &attr);
	pthread_condattr_destroy(&attr);
	list_init(&ts->names);
	list_init(&ts->lru);
	hmap_init(&ts->recent);
	ts->limits = ts->db_limits = *limits;
	ts->path = path ? strdup(path) : NULL;
	if (!path || ts->path)
		e = build(ts);
	if (e != ERR_OK) {
		trace_store_close(ts);
		return e;
	}
	*out = ts;
	return ERR_OK;
}

void
trace_store_close(struct trace_store *ts)
{
	if (!ts)
		return;
	pthread_mutex_lock(&ts->lock);
	ts->stop = true;
	pthread_cond_broadcast(&ts->changed);
	pthread_mutex_unlock(&ts->lock);
	thread_join(ts->thread);
	trace_db_close(ts);
	hmap_fini(&ts->recent);
	for (int i = 0; i < TRACE_CLASSES; i++)
		free(ts->pack[i].raw);
	ZSTD_freeCCtx(ts->zstd);
	free(ts->packed);
	for (size_t i = 0; i < ts->queue_n; i++)
		free(ts->queue[i]);
	free(ts->queue);
	for (struct list *node; (node = list_pop(&ts->names)) != NULL;)
		free(container_of(node, struct trace_name, link));
	pthread_cond_destroy(&ts->changed);
	pthread_cond_destroy(&ts->flushed);
	pthread_mutex_destroy(&ts->db_lock);
	pthread_mutex_destroy(&ts->lock);
	free(ts->path);
	free(ts);
}

void
trace_store_set_limits(struct trace_store *ts, const struct trace_limits *limits)
{
	pthread_mutex_lock(&ts->lock);
	ts->limits = *limits;
	ts->wanted++; /* the thread looks at once */
	pthread_cond_signal(&ts->changed);
	pthread_mutex_unlock(&ts->lock);
}

void
trace_store_set_full(struct trace_store *ts, bool full)
{
	pthread_mutex_lock(&ts->lock);
	ts->full = full;
	ts->full_mb = (uint32_t)(ts->counts.bytes >> 21);
	ts->wanted++;
	pthread_cond_signal(&ts->changed);
	pthread_mutex_unlock(&ts->lock);
}

/* ---- the queue; under lock ---- */

static uint32_t
count_messages(const struct trace_block *block)
{
	struct trace_record r;
	uint32_t n = 0;

	for (size_t pos = 0; trace_next(block->bytes, block->n, &pos, &r, NULL);)
		n++;
	return n;
}

static bool
queue_push(struct trace_store *ts, struct trace_block *block)
{
	if (ts->queue_bytes + block->n > TRACE_QUEUE_BYTES)
		return false;
	if (ts->queue_n == ts->queue_cap) {
		size_t cap = ts->queue_cap ? ts->queue_cap * 2 : 64;
		struct trace_block **bigger =
		    realloc(ts->queue, cap * sizeof(struct trace_block *));

		if (!bigger)
			return false;
		ts->queue = bigger;
		ts->queue_cap = cap;
	}
	ts->queue[ts->queue_n++] = block;
	ts->queue_bytes += block->n;
	return true;
}

void
trace_store_add(struct trace_store *ts, struct trace_block *block)
{
	bool ok;

	pthread_mutex_lock(&ts->lock);
	ok = ts->limits.messages && !ts->full && queue_push(ts, block);
	if (ok && ts->queue_n == 1)
		pthread_cond_signal(&ts->changed);
	if (!ok && ts->limits.messages)
		ts->counts.lost += count_messages(block);
	pthread_mutex_unlock(&ts->lock);
	if (!ok)
		free(block);
}

static void
take_party(struct trace_party *to, const struct live_party *from)
{
	slice_clip_cstr(slice_make(from->number, strnlen(from->number, sizeof from->number - 1)),
	    to->number, sizeof to->number);
	slice_clip_cstr(slice_make(from->name, strnlen(from->name, sizeof from->name - 1)),
	    to->name, sizeof to->name);
	slice_clip_cstr(slice_make(from->phone, strnlen(from->phone, sizeof from->phone - 1)),
	    to->phone, sizeof to->phone);
	to->user = from->user;
}

void
trace_store_name(struct trace_store *ts, const struct live_call *call)
{
	struct slice key =
	    slice_make(call->call_id, strnlen(call->call_id, sizeof call->call_id - 1));
	struct trace_name *name = NULL;

	pthread_mutex_lock(&ts->lock);
	if (ts->limits.messages && ts->names_n < TRACE_QUEUE_NAMES)
		name = calloc(1, sizeof *name);
	if (name) {
		slice_clip_cstr(key, name->key, sizeof name->key);
		take_party(&name->caller, &call->caller);
		take_party(&name->called, &call->called);
		list_push(&ts->names, &name->link);
		if (ts->names_n++ == 0)
			pthread_cond_signal(&ts->changed);
	}
	pthread_mutex_unlock(&ts->lock);
}

struct trace_store_counts
trace_store_get_counts(struct trace_store *ts)
{
	struct trace_store_counts c;

	pthread_mutex_lock(&ts->lock);
	c = ts->counts;
	pthread_mutex_unlock(&ts->lock);
	return c;
}
