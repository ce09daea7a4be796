/*
 * Call journal: the calls in progress in a memory-mapped file, so that a crash
 * (kill -9 included) loses no call record. Writing is plain memory stores; only
 * growing (by doubling) asks the kernel for something.
 *
 * A call begins a slot, updates it, ends it; when the store has confirmed the record
 * the slot is released. A slot holds two copies with sequence number and check sum,
 * written in turn: a copy torn by a crash is recognised and the other one counts.
 *
 * Signalling thread only (open and close: before and after it runs). Does not know
 * the database.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "model/live.h"

struct journal;

enum { JOURNAL_NO_SLOT = UINT32_MAX };

/** A record left over by the previous run, ready for store_cdr_insert; release its slot
 *  when that is confirmed. */
struct journal_left {
	uint32_t slot;
	struct cdr cdr;
};

/**
 * Opens or creates the file. *left (free() it) and *left_count: what the last run left. Calls
 * that had not ended come as CDR_INTERRUPTED, ended by the system at the last known time.
 * A file of another format is moved aside as PATH.old. ERR_DENIED, ERR_IO, ERR_IN_USE (another
 * process has it), ERR_NOMEM; why gets a sentence.
 */
ERR_MUST_CHECK enum err journal_open(const char *path, struct journal **out,
    struct journal_left **left, size_t *left_count, char *why, size_t why_bytes);
/** Leaves the slots as they are. NULL is fine. */
void journal_close(struct journal *j);

/** Returns a slot, or JOURNAL_NO_SLOT when the file cannot grow (the call goes on without;
 *  the other functions ignore that slot). Texts are kept whole except for a very long
 *  explanation, of which the first reasons are kept. A record that becomes longer than a slot stays
 *  as it was when the file cannot grow. */
uint32_t journal_begin(struct journal *j, const struct cdr *cdr);
void journal_update(struct journal *j, uint32_t slot, const struct cdr *cdr);
/** The call is over. May be called again with better figures, until the slot is released. */
void journal_end(struct journal *j, uint32_t slot, const struct cdr *cdr);
/** The store has it: the slot is free. */
void journal_release(struct journal *j, uint32_t slot);
/** "Still alive": the end assumed for open calls after a crash. About once a second. */
void journal_tick(struct journal *j, int64_t now_ms);
/** Slots in use; a long record takes two. */
uint32_t journal_count(const struct journal *j);

#endif
