/*
 * The simulated office when nothing has happened for long: no lamp burns, the switch holds no call
 * and nothing of one, and its memory is no more than it was at the first such time.
 */
#ifndef SIM_OFFICE_QUIET_H
#define SIM_OFFICE_QUIET_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/timer.h"

struct office;

enum { QUIET_POWERS = 1 << 7 }; /* each phone has power, or has none */

/* At the first quiet time since the power came back. */
struct quiet_memory {
	bool known;
	long blocks;
};

struct office_quiet {
	struct timer timer;
	uint64_t since_ms;			  /* nobody has had a call */
	struct quiet_memory memory[QUIET_POWERS]; /* by the phones that have power */
	unsigned looked;
};

/** There is a call, or something of it. */
void quiet_disturb(struct office *o);
void quiet_start(struct office *o);
void quiet_stop(struct office *o);
/** The power of the switch fails: another one begins with nothing. */
void quiet_crash(struct office *o);
/** Calls, legs, streams, sounds: none is left. */
void quiet_check_calls(struct office *o);

#endif
