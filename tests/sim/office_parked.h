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

enum { PARKED_ORBITS = 100, PARKED_CALLS_MAX = 64 };

struct parked_call {
	char id[LIVE_CALL_ID_BYTES];
	uint64_t since_ms, left_ms; /* left_ms 0: it waits */
	unsigned times;
	bool touched; /* since then somebody has moved it */
	bool ended;   /* by people */
};

struct office_parked {
	struct parked_call call[PARKED_CALLS_MAX];
	size_t n;
	struct parked_call *at[PARKED_ORBITS];
	bool closed; /* somebody in the web page ends calls */
	unsigned times;
};

/** As switchboard_ops.on_orbit; ctx is the office. */
void parked_on_orbit(void *ctx, const struct live_orbit *orbit);
/** As phone_ops. */
void parked_on_moves(struct office *o, struct slice sip_call_id);
void parked_on_ending(void *ctx, const struct phone_ending *e);
/** The power of the switch fails. */
void parked_crash(struct office *o);
/** At the end: what became of them stands in their records. */
void parked_check(struct office *o);

#endif
