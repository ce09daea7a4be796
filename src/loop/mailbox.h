/*
 * Mailbox: how the planes talk. A bounded queue of messages of one fixed size;
 * many threads post, one takes. Messages are copied in and out, so they are
 * values: no pointer into what another thread owns.
 *
 * Waking a sleeping thread costs far more than a message, so the consumer is woken
 * once when messages appear, not once a message, and a producer that can wait
 * posts quietly and wakes later:
 *
 *	mailbox_post          post, and wake unless a wake is already under way
 *	mailbox_post_quiet    post only; whoever is awake anyway finds it
 *	mailbox_wake_if_dirty wake if quiet messages wait (call it every 20 ms)
 *
 * A consumer is either a loop (loop_mailbox_attach) or a thread that blocks in
 * mailbox_wait. Posting never blocks longer than a copy; a full box refuses.
 *
 * Any thread may post; take and wait belong to the consumer's thread. The lock inside
 * is held for a copy only, and is the only one of ours that signalling takes.
 */
#ifndef LOOP_MAILBOX_H
#define LOOP_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct mailbox;

struct mailbox_counts {
	uint64_t posted;  /* accepted */
	uint64_t refused; /* the box was full or closed */
	uint64_t wakes;	  /* how often the consumer was woken */
	size_t waiting, waiting_max;
};

struct mailbox_params {
	size_t message_bytes;	 /* > 0 */
	size_t capacity;	 /* messages, > 0 */
	void (*wake)(void *ctx); /* may be NULL; called on the posting thread, no lock held */
	void *ctx;
};

/** ERR_INVALID, ERR_NOMEM. */
ERR_MUST_CHECK enum err mailbox_new(struct mailbox **out, const struct mailbox_params *params);
/** No thread may post or wait any more. */
void mailbox_free(struct mailbox *mb);
/** Replaces the wake-up; calls it at once when messages are waiting. */
void mailbox_set_wake(struct mailbox *mb, void (*wake)(void *ctx), void *ctx);

/** Copies message_bytes from message. ERR_LIMIT when full, ERR_CLOSED. */
ERR_MUST_CHECK enum err mailbox_post(struct mailbox *mb, const void *message);
ERR_MUST_CHECK enum err mailbox_post_quiet(struct mailbox *mb, const void *message);
void mailbox_wake_if_dirty(struct mailbox *mb);

/** Takes up to max messages, oldest first, into out (max * message_bytes). After a
 *  wake the consumer takes until 0 comes back: only then the next post wakes again. */
size_t mailbox_take_batch(struct mailbox *mb, void *out, size_t max);
/** Blocks until there is a message. timeout_ms 0 looks only. ERR_TIMEOUT; ERR_CLOSED
 *  when the box is closed and empty. */
ERR_MUST_CHECK enum err mailbox_wait(struct mailbox *mb, uint32_t timeout_ms);
/** Later posts fail with ERR_CLOSED; what is in can still be taken; waiters wake. */
void mailbox_close(struct mailbox *mb);
struct mailbox_counts mailbox_count(struct mailbox *mb);

#endif
