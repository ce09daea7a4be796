/*
 * Where the hosts of lines are, for a simulated switchboard: IP addresses are found a moment later,
 * names never.
 */
#ifndef SIM_NAMES_H
#define SIM_NAMES_H

#include "loop/sim.h"
#include "sip/locate.h"

enum { SIM_NAMES_MAX = 16 };

struct sim_names {
	struct sim *sim;
	void (*on_located)(void *ctx, uint64_t token, enum err e, const struct sip_hops *hops);
	void *ctx;
	struct {
		uint64_t token;
		struct sip_target target;
	} asked[SIM_NAMES_MAX];
	size_t n;
	struct timer timer;
};

/** sim, on_located and ctx of names are set. */
void sim_names_init(struct sim_names *names);
/** As switchboard_ops.locate. */
enum err sim_names_locate(struct sim_names *names, const struct sip_target *target, uint64_t token);
/** Who asked is gone. */
void sim_names_forget(struct sim_names *names);

#endif
