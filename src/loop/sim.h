/*
 * Simulated loop and network: virtual time that jumps from one event to the next,
 * one wheel of timers, seeded random numbers, and datagrams that get lost,
 * doubled and delayed (and so reordered). Everything happens on the caller's
 * thread in a fixed order: what is due first, then what was inserted first. The
 * same seed and the same calls give the same run, to the millisecond. (Rooms that
 * walk a hash map also need hash_seed from base/hmap.h.)
 *
 * Owns endpoints and datagrams under way. Knows nothing of SIP.
 */
#ifndef LOOP_SIM_H
#define LOOP_SIM_H

#include "base/addr.h"
#include "base/random.h"
#include "base/slice.h"
#include "loop/timer.h"

struct sim;

/** What the network does to each datagram. Spread of delay reorders. */
struct sim_impairments {
	uint32_t loss_permille;
	uint32_t duplicate_permille;
	uint32_t delay_min_ms, delay_max_ms;
};

struct sim_params {
	uint64_t start_ms, seed;
	struct sim_impairments impairments;
};

struct sim_counts {
	uint64_t sent, delivered, lost, duplicated;
	uint64_t unreachable; /* nobody at the address when it arrived */
	size_t under_way;
};

/** bytes live until on_datagram returns. */
typedef void sim_on_datagram(
    void *ctx, const struct addr *from, const struct addr *to, struct slice bytes);

ERR_MUST_CHECK enum err sim_new(struct sim **out, const struct sim_params *params);
/** Running timers are forgotten, datagrams under way freed. */
void sim_free(struct sim *sim);

uint64_t sim_now_ms(const struct sim *sim);
struct timers *sim_timers(struct sim *sim);
/** The random source to give to the rooms under test; the network has its own, so
 *  that what they draw does not change the weather. */
struct rng *sim_rng(struct sim *sim);

/** ERR_EXISTS, ERR_NOMEM. */
ERR_MUST_CHECK enum err sim_endpoint_add(
    struct sim *sim, const struct addr *at, sim_on_datagram *on_datagram, void *ctx);
/** Datagrams on their way there are lost. ERR_NOT_FOUND. */
enum err sim_endpoint_remove(struct sim *sim, const struct addr *at);
/** Copies bytes; arrives later, never inside the call. from need not be an
 *  endpoint. */
void sim_send(struct sim *sim, const struct addr *from, const struct addr *to, struct slice bytes);
/** Sees every datagram when it is sent, before the weather. NULL stops it. */
void sim_set_tap(struct sim *sim, sim_on_datagram *tap, void *ctx);

/** Jumps to the next timer or datagram and runs everything due then. False when
 *  nothing is left to happen. */
bool sim_step(struct sim *sim);
/** Runs everything up to and including end_ms and leaves the clock there. */
void sim_run_until(struct sim *sim, uint64_t end_ms);
/** No timer runs and no datagram is under way. */
bool sim_idle(const struct sim *sim);
struct sim_counts sim_count(const struct sim *sim);

#endif
