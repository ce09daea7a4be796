/*
 * Timers: a hierarchical timing wheel with one slot a millisecond at the bottom.
 * Intrusive (the timer lives in its object), start and stop are O(1), and the
 * wheel has no clock of its own: whoever drives it says what time it is.
 *
 * Order: earlier due first; timers due in the same millisecond run in the order
 * in which they were started. All due timers are collected before the first
 * callback runs, so a callback may start, stop or free any timer, also one that
 * is due in the same batch (it then does not run), and a timer started with
 * delay 0 inside a callback waits for the next advance.
 *
 * One wheel belongs to one thread.
 */
#ifndef LOOP_TIMER_H
#define LOOP_TIMER_H

#include "base/list.h"
#include <stdint.h>

enum {
	TIMER_LEVELS = 6,
	TIMER_SLOTS = 64,
};

enum { TIMER_LATE_MS = 64 }; /* a slot of the second level: its beginning needs no way down */

/** Longer delays are shortened to this: 2.1 years. */
#define TIMER_DELAY_MAX_MS ((1ull << 36) - (1ull << 30) - 1)

struct timer;

struct timers {
	uint64_t at_ms; /* the wheel's hand: everything due before is collected */
	uint64_t (*clock)(void *ctx);
	void *clock_ctx;
	size_t count;			 /* running timers */
	struct list due;		 /* collected, callback not yet run */
	uint64_t occupied[TIMER_LEVELS]; /* bit n: slot n has timers */
	struct list slot[TIMER_LEVELS][TIMER_SLOTS];
};

struct timer {
	struct list node;     /* its user's while it does not run */
	struct timers *owner; /* NULL: not running */
	void (*cb)(struct timer *t);
	uint64_t due_ms : 48;	      /* of 8,900 years */
	uint64_t level : 8, slot : 8; /* level TIMER_LEVELS: in the due list */
};

void timers_init(struct timers *t, uint64_t now_ms);
/** Between two advances time goes on; with a clock set, timer_start and
 *  timers_now_ms ask it instead of taking the time of the last advance. */
void timers_set_clock(struct timers *t, uint64_t (*clock)(void *ctx), void *ctx);
/** Runs what is due at now_ms; time never goes back. Returns callbacks run. */
size_t timers_advance(struct timers *t, uint64_t now_ms);
/** When timers_advance has something to do next (not always a callback: distant
 *  timers move down the levels on the way); UINT64_MAX when no timer runs. */
uint64_t timers_next_ms(const struct timers *t);
uint64_t timers_now_ms(const struct timers *t);

void timer_init(struct timer *timer, void (*cb)(struct timer *t));
/** Restarts a running timer. The timer must stay where it is until it has run or
 *  was stopped. */
void timer_start(struct timers *t, struct timer *timer, uint64_t delay_ms);
/** The same, for what can wait a little: up to TIMER_LATE_MS later, together with all others
 *  that can, so that a sleeping thread is woken once for many of them. */
void timer_start_late(struct timers *t, struct timer *timer, uint64_t delay_ms);
/** Harmless when it does not run. */
void timer_stop(struct timer *timer);

static inline bool
timer_active(const struct timer *timer)
{
	return timer->owner != NULL;
}

#endif
