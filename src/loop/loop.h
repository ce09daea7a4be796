/*
 * loop/ - the event loop of the signalling plane, on libuv, and what belongs to
 * it: timers (timer.h), mailboxes between threads (mailbox.h), threads (thread.h)
 * and the simulated loop and network of the tests (sim.h).
 *
 * The loop owns its timers; everything attached to it is the user's and must stay
 * until loop_free. All functions and callbacks belong to the thread that runs the
 * loop, except loop_stop. Knows nothing of SIP or SQL.
 *
 * One iteration: due timers, then the flush hooks, then sleep until a socket, a
 * mailbox or the next timer has work, then that work. So hooks see everything an
 * iteration produced, once, before the thread sleeps.
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include "base/err.h"
#include "loop/mailbox.h"
#include "loop/timer.h"

struct loop;
struct uv_loop_s;

enum {
	LOOP_HOOKS_MAX = 16,
	LOOP_MAILBOXES_MAX = 32,
};

/** Also makes the process ignore SIGPIPE. ERR_NOMEM, ERR_IO. */
ERR_MUST_CHECK enum err loop_new(struct loop **out);
/** Runs until loop_stop. */
void loop_run(struct loop *l);
/** Any thread, also before loop_run (which then returns at once). */
void loop_stop(struct loop *l);
/** Everything that lives on the loop (net_free …) was told to end before; what it
 *  still has to close is closed in here. NULL is fine. */
void loop_free(struct loop *l);

struct timers *loop_timers(struct loop *l);
/** Monotonic, taken when the loop woke up; the clock of its timers. */
uint64_t loop_now_ms(const struct loop *l);
/** Milliseconds since 1970, UTC. */
uint64_t loop_wall_ms(void);
/** For net/ only. */
struct uv_loop_s *loop_uv(struct loop *l);

/** on_ready is called on the loop's thread when messages wait; it takes a batch,
 *  and is called again as long as messages are left. Sockets get their turn in
 *  between. ERR_LIMIT, ERR_IO. */
ERR_MUST_CHECK enum err loop_mailbox_attach(
    struct loop *l, struct mailbox *mb, void (*on_ready)(void *ctx), void *ctx);
/** Calls flush once in every iteration before the loop sleeps, in order of
 *  registration. ERR_LIMIT. */
ERR_MUST_CHECK enum err loop_on_idle_flush(struct loop *l, void (*flush)(void *ctx), void *ctx);
/** Takes the hooks with this ctx out. */
void loop_idle_flush_remove(struct loop *l, void *ctx);
/** SIGTERM and SIGINT call on_signal on the loop's thread. ERR_IO. */
ERR_MUST_CHECK enum err loop_on_terminate(
    struct loop *l, void (*on_signal)(void *ctx, int signal_number), void *ctx);

#endif
