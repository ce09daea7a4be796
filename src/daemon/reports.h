/*
 * What the signalling plane tells management: posted quietly, so that management is woken once
 * for all that happens in 50 ms. What must not get lost waits for room; the rest is dropped and
 * counted when management cannot keep up.
 *
 * Belongs to struct signalling and its thread.
 */
#ifndef DAEMON_REPORTS_H
#define DAEMON_REPORTS_H

#include "daemon/messages.h"
#include "loop/mailbox.h"
#include "loop/timer.h"

struct reports {
	struct mailbox *out; /* borrowed */
	struct timers *timers;
	struct timer wake;
	struct list waiting;	    /* for room in the mailbox */
	struct report_block *block; /* being filled, like the next; NULL: nothing yet */
	struct trace_block *traces;
	uint64_t dropped;	    /* management had no room for them, or there was no memory */
	void (*on_wake)(void *ctx); /* after each wake-up of management */
	void *ctx;
};

void reports_init(struct reports *r, struct mailbox *out, struct timers *timers,
    void (*on_wake)(void *ctx), void *ctx);
/** Drops what still waits. */
void reports_fini(struct reports *r);
/** Takes over what m points to. */
void reports_post(struct reports *r, const struct to_management *m);
/** Room for a value in the block that goes with the next wake-up, to be filled at once; good
 *  until the next call here. NULL: no memory, counted. */
void *reports_add(
    struct reports *r, enum report_kind kind, uint32_t slot, bool removed, size_t bytes);
/** The same with a copy of a value. */
void reports_copy(struct reports *r, enum report_kind kind, uint32_t slot, bool removed,
    const void *value, size_t bytes);
/** Adds a traced message to the block that goes with the next wake-up. */
void reports_trace(struct reports *r, const struct trace_record *record);
/** Hands over now what was collected. */
void reports_flush(struct reports *r);

#endif
