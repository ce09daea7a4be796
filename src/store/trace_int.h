/*
 * Inside of the trace store.
 *
 *   trace_store ─┬─ queue of blocks and names     trace_store.c (lock)
 *                ├─ thread                         trace_writer.c
 *                └─ database ── recent conversations   trace_db.c, trace_conv.c (db_lock)
 *
 * The thread takes db_lock for each transaction, readers for each query; lock is held for
 * copies only and never while waiting for db_lock.
 */
#ifndef STORE_TRACE_INT_H
#define STORE_TRACE_INT_H

#include <pthread.h>
#include <zstd.h>

#include "base/list.h"
#include "loop/thread.h"
#include "store/store_int.h"
#include "store/trace_store.h"

enum {
	TRACE_RAW_MAX = 128 * 1024,  /* messages of a block, unpacked */
	TRACE_QUEUE_BYTES = 8 << 20, /* that may wait for the thread */
	TRACE_QUEUE_NAMES = 4096,
	TRACE_CLASSES = 2,	 /* calls; what phones say besides: each has its share */
	TRACE_RECENT_MAX = 4096, /* conversations in memory */
	TRACE_RECENT_MS = 120000,
	TRACE_APART_MS = 600000,     /* so long silent: a phone's next REGISTER is a new story */
	TRACE_CONV_BLOCK_MAX = 4096, /* conversations of one block */
	TRACE_WORDS_BYTES = 640,
	TRACE_LEGS_MAX = 8,
};

struct trace_party {
	char number[LIVE_NUMBER_BYTES], name[LIVE_NAME_BYTES], phone[LIVE_PHONE_BYTES];
	int64_t user;
};

/* A conversation that had messages lately. */
struct trace_conv {
	struct hnode node; /* by record_key */
	struct list lru;
	int64_t id; /* row; 0 = not yet */
	char record_key[TRACE_KEY_BYTES];
	enum trace_kind kind;
	int64_t started_at, last_at, in_block;
	uint32_t messages, status;
	uint64_t leg[TRACE_LEGS_MAX]; /* hashes of Call-IDs already in the table; [0] the first */
	enum trace_direction first_direction;
	char first_method[16];
	struct trace_party caller, called;
	char start_line[128];
	char words[TRACE_WORDS_BYTES]; /* folded, what the search looks in */
	bool dirty, named;
};

/* A party that signalling told us of, on its way to the thread. */
struct trace_name {
	struct list link;
	char key[TRACE_KEY_BYTES];
	struct trace_party caller, called;
	bool late; /* came before its messages; looked at again in the next turn */
};

/* Messages of one class that become a block. */
struct trace_pack {
	char *raw; /* TRACE_RAW_MAX */
	size_t n;
	uint32_t messages;
	int64_t from_ms, to_ms, number;
	struct trace_conv *conv[TRACE_CONV_BLOCK_MAX];
	size_t convs;
};

struct trace_store {
	char *path;
	struct thread *thread;
	pthread_mutex_t lock;
	pthread_cond_t changed, flushed;
	struct trace_block **queue; /* from here … */
	size_t queue_n, queue_cap, queue_bytes, names_n;
	struct list names;
	struct trace_limits limits;
	bool full; /* the disk; then the file may have full_mb */
	uint32_t full_mb;
	struct trace_store_counts counts;
	uint64_t wanted, done; /* flushes */
	bool stop;	       /* … to here under lock */
	pthread_mutex_t db_lock;
	struct db *db; /* NULL: none could be had; from here under db_lock */
	bool in_memory, failing;
	struct trace_limits db_limits;
	int64_t expire_ms;
	struct hmap recent;
	struct list lru;
	struct trace_pack pack[TRACE_CLASSES];
	int64_t blocks; /* number of the pack that is filled */
	ZSTD_CCtx *zstd;
	char *packed; /* ZSTD_compressBound(TRACE_RAW_MAX) */
};

/* --- trace_db.c: the file; all under db_lock --- */

/* Opens what the limits ask for; a damaged file is put aside. */
void trace_db_open(struct trace_store *ts);
void trace_db_close(struct trace_store *ts);
/* After a failure: says so, and begins a new file when this one is damaged. */
void trace_db_failed(struct trace_store *ts, enum err e);
/* Removes what is too old or too much; looks once a minute. */
void trace_db_expire(struct trace_store *ts, int64_t now_ms);
void trace_db_measure(struct trace_store *ts, struct trace_store_counts *out);

/* --- trace_conv.c: conversations; under db_lock --- */

/* That of a record, made when new. ERR_NOMEM and what the database says. */
enum err trace_conv_of(
    struct trace_store *ts, const struct trace_record *r, struct trace_conv **out);
void trace_conv_take(struct trace_store *ts, struct trace_conv *c, const struct trace_record *r);
/* False: there is no such conversation yet. */
bool trace_conv_name(struct trace_store *ts, const struct trace_name *name);
/* Writes the row if it is new or changed. */
enum err trace_conv_save(struct trace_store *ts, struct trace_conv *c);
enum err trace_conv_save_all(struct trace_store *ts);
/* Forgets those of long ago (all with 0 and true). */
void trace_conv_forget(struct trace_store *ts, int64_t now_ms, bool all);

/* --- trace_writer.c --- */

void trace_writer_run(void *ctx);
/* Waits until everything added before is in the database; at most three seconds. */
void trace_writer_flush(struct trace_store *ts);

#endif
