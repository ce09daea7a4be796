/*
 * Lamps of the simulated office: what each watcher was told last is what the state says, and what
 * the state says is what phones do, as soon as nothing is under way any more.
 */
#ifndef SIM_OFFICE_LAMPS_H
#define SIM_OFFICE_LAMPS_H

#include "loop/timer.h"
#include "model/live.h"

struct office;

enum { LAMPS_USERS_MAX = 16, LAMPS_PHONES_MAX = 7 };

struct office_lamps {
	struct timer timer;
	enum live_telephony_state state[LAMPS_USERS_MAX]; /* by user id, as people are told */
	/* Looks in a row at which it was wrong. */
	unsigned told_wrong[LAMPS_PHONES_MAX], talks_wrong[LAMPS_PHONES_MAX];
	unsigned burns_wrong[LAMPS_USERS_MAX];
	uint64_t looked;
};

/** As switchboard_ops.on_telephony; ctx is the office. */
void lamps_on_telephony(void *ctx, const struct live_telephony *t);
void lamps_start(struct office *o);
void lamps_stop(struct office *o);
/** The power of the switch fails, and all calls with it. */
void lamps_crash(struct office *o);

#endif
