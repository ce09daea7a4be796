/*
 * Parked calls of the simulated office are never lost: each is fetched, goes back to who parked
 * it, or somebody has hung up.
 */
#ifndef SIM_OFFICE_PARKED_H
#define SIM_OFFICE_PARKED_H

#include "base/slice.h"
#include "model/live.h"

struct office;
struct phone_ending;

enum { PARKED_ORBITS = 100 };

struct parked_call {
	char id[LIVE_CALL_ID_BYTES];
	uint64_t since_ms, left_ms; /* left_ms 0: it waits */
	unsigned times;
	bool touched; /* since then somebody has moved it */
	bool ended;   /* by people */
};

struct office_parked {
	struct parked_call *call; /* since the power came back */
	size_t n, max;
	size_t at[PARKED_ORBITS]; /* which of them, from 1; 0: none */
	unsigned times;
};

/** As switchboard_ops.on_orbit; ctx is the office. */
void parked_on_orbit(void *ctx, const struct live_orbit *orbit);
/** As phone_ops. */
void parked_on_moves(struct office *o, struct slice sip_call_id);
void parked_on_ending(void *ctx, const struct phone_ending *e);
/** Somebody in the web page ends calls. */
void parked_on_admin(struct office *o);
/** What became of those that have left stands in their records. */
void parked_check(struct office *o);
/** The power of the switch fails, and takes all with it. */
void parked_crash(struct office *o);
/** Nobody is to wait any more. */
void parked_check_end(struct office *o);
void parked_close(struct office *o);

#endif
