/*
 * The trace store: SIP messages of calls, kept on disk for days and found again by number,
 * user, Call-ID, time and status (docs/decisions/0012).
 *
 * A database file of its own beside the configuration, with a thread of its own: once a
 * second it packs what came (secrets crossed out, zstd) into blocks of many messages and
 * writes one transaction. Traces are worth less than calls: nothing here waits for the
 * disk but that thread and those who read; a full queue loses traces, counted; a damaged
 * file is put aside and a new one begun. kill -9 loses the last second.
 *
 * Without a file (path NULL, keep_days 0, or one that cannot be opened) all of it is in
 * memory and only the newest keep_messages are kept.
 *
 * All functions: any thread but signalling; add and name never block on I/O.
 */
#ifndef STORE_TRACE_STORE_H
#define STORE_TRACE_STORE_H

#include "model/live.h"
#include "model/trace.h"

struct trace_store;

struct trace_limits {
	uint32_t days;	   /* 0 = memory only */
	uint32_t mb;	   /* of the file */
	uint32_t messages; /* in memory; 0 = no traces at all */
};

/** Touches no file yet; what is added waits. path (copied) may be NULL. ERR_NOMEM. */
ERR_MUST_CHECK enum err trace_store_new(
    struct trace_store **out, const char *path, const struct trace_limits *limits);
/** Opens the file and starts the thread. ERR_NOMEM, ERR_LIMIT. */
ERR_MUST_CHECK enum err trace_store_start(struct trace_store *ts);
/** Writes what waits. NULL is fine. */
void trace_store_close(struct trace_store *ts);
/** Acts within a second. */
void trace_store_set_limits(struct trace_store *ts, const struct trace_limits *limits);
/** The disk is nearly full: half of what is stored goes, and nothing new is stored until it is not
 *  full any more. Acts within a second. */
void trace_store_set_full(struct trace_store *ts, bool full);
/** Takes the block over. */
void trace_store_add(struct trace_store *ts, struct trace_block *block);
/** Gives a traced call its parties. */
void trace_store_name(struct trace_store *ts, const struct live_call *call);

struct trace_query {
	struct slice search;	/* words; each occurs in numbers, names, Call-IDs, addresses … */
	struct slice number;	/* of caller or called, its beginning */
	struct slice call_id;	/* ours, or a SIP Call-ID, exactly */
	int64_t user;		/* id; 0 = any */
	int64_t from_ms, to_ms; /* conversations with messages in between; 0 = open */
	uint32_t status_min, status_max; /* final SIP status; 0 = any */
	bool has_kind;
	enum trace_kind kind;
	uint32_t page, per_page; /* from 1; 0 = 1 and 50; at most 500 a page */
};

/** Newest first: {call_id, kind, started_at, last_at, caller, caller_name, called,
 *  called_name, phone, status, messages, start_line, sip_call_ids}. New reference. */
ERR_MUST_CHECK enum err trace_store_search(
    struct trace_store *ts, const struct trace_query *q, json_t **items, int64_t *total);
/** One such object, with links: conversations that replaced it or that it replaced
 *  [{call_id, caller, called, started_at}]. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err trace_store_find(struct trace_store *ts, struct slice key, json_t **item);

enum { TRACE_READ_MAX = 10000 }; /* messages of one conversation that are read */

/** The messages of a conversation in order, without the first `after`; each with its secrets
 *  crossed out. each must not call back. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err trace_store_messages(struct trace_store *ts, struct slice key,
    uint32_t after, void (*each)(void *ctx, const struct trace_record *r), void *ctx);

struct trace_store_counts {
	bool in_memory;
	uint64_t written; /* messages since the start */
	uint64_t lost;	  /* the queue was full, or the disk refused */
	uint64_t damaged; /* files or blocks found damaged */
	uint64_t stored;  /* messages there now */
	uint64_t bytes;	  /* of the file */
};

struct trace_store_counts trace_store_get_counts(struct trace_store *ts);

#endif
