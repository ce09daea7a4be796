/*
 * Threads with names, started and joined. They take no signals: those go to the
 * thread of the loop. A thread ends when its function returns; how it learns that
 * it should is the function's business (mailbox_close).
 */
#ifndef LOOP_THREAD_H
#define LOOP_THREAD_H

#include <stdint.h>
#include <time.h>

#include "base/err.h"

struct thread;

/** name is cut at 15 characters. ERR_NOMEM, ERR_LIMIT (no more threads). */
ERR_MUST_CHECK enum err thread_start(
    struct thread **out, const char *name, void (*run)(void *ctx), void *ctx);
/** Waits for its end and frees it. NULL is fine. */
void thread_join(struct thread *t);

/** The time in ms from now by the monotonic clock, for pthread_cond_timedwait. */
struct timespec thread_deadline(uint32_t ms);

#endif
