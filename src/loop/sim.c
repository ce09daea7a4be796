#include "loop/sim.h"

#include <stdlib.h>

#include "base/hmap.h"

struct endpoint {
	struct list node;
	struct addr at;
	sim_on_datagram *on_datagram;
	void *ctx;
};

struct datagram {
	struct list node;
	struct timer arrives;
	struct sim *sim;
	struct addr from, to;
	size_t n;
	char bytes[];
};

struct sim {
	struct timers timers;
	struct rng rng, weather;
	struct sim_impairments impairments;
	struct list endpoints; /* few; searched in order */
	struct list under_way;
	struct sim_counts counts;
	sim_on_datagram *tap;
	void *tap_ctx;
};

enum err
sim_new(struct sim **out, const struct sim_params *params)
{
	struct sim *sim = calloc(1, sizeof *sim);

	if (!sim)
		return ERR_NOMEM;
	timers_init(&sim->timers, params->start_ms);
	rng_init_seed(&sim->rng, params->seed);
	rng_init_seed(&sim->weather, params->seed ^ 0x77656174686572ull);
	sim->impairments = params->impairments;
	list_init(&sim->endpoints);
	list_init(&sim->under_way);
	*out = sim;
	return ERR_OK;
}

void
sim_free(struct sim *sim)
{
	struct list *node;

	if (!sim)
		return;
	while ((node = list_pop(&sim->under_way)))
		free(container_of(node, struct datagram, node));
	while ((node = list_pop(&sim->endpoints)))
		free(container_of(node, struct endpoint, node));
	free(sim);
}

uint64_t
sim_now_ms(const struct sim *sim)
{
	return timers_now_ms(&sim->timers);
}

struct timers *
sim_timers(struct sim *sim)
{
	return &sim->timers;
}

struct rng *
sim_rng(struct sim *sim)
{
	return &sim->rng;
}

static struct endpoint *
endpoint_find(struct sim *sim, const struct addr *at)
{
	LIST_FOR_EACH (node, &sim->endpoints) {
		struct endpoint *ep = container_of(node, struct endpoint, node);

		if (addr_eq(&ep->at, at))
			return ep;
	}
	return NULL;
}

enum err
sim_endpoint_add(struct sim *sim, const struct addr *at, sim_on_datagram *on_datagram, void *ctx)
{
	struct endpoint *ep;

	if (endpoint_find(sim, at))
		return ERR_EXISTS;
	ep = malloc(sizeof *ep);
	if (!ep)
		return ERR_NOMEM;
	*ep = (struct endpoint){.at = *at, .on_datagram = on_datagram, .ctx = ctx};
	list_push(&sim->endpoints, &ep->node);
	return ERR_OK;
}

enum err
sim_endpoint_remove(struct sim *sim, const struct addr *at)
{
	struct endpoint *ep = endpoint_find(sim, at);

	if (!ep)
		return ERR_NOT_FOUND;
	list_remove(&ep->node);
	free(ep);
	return ERR_OK;
}

static void
on_arrival(struct timer *arrives)
{
	struct datagram *d = container_of(arrives, struct datagram, arrives);
	struct sim *sim = d->sim;
	struct endpoint *ep = endpoint_find(sim, &d->to);

	list_remove(&d->node);
	sim->counts.under_way--;
	if (ep) {
		sim->counts.delivered++;
		ep->on_datagram(ep->ctx, &d->from, &d->to, slice_make(d->bytes, d->n));
	} else {
		sim->counts.unreachable++;
	}
	free(d);
}

static void
launch(struct sim *sim, const struct addr *from, const struct addr *to, struct slice bytes)
{
	const struct sim_impairments *imp = &sim->impairments;
	uint32_t spread_ms =
	    imp->delay_max_ms > imp->delay_min_ms ? imp->delay_max_ms - imp->delay_min_ms : 0;
	struct datagram *d = malloc(sizeof *d + bytes.n);

	if (!d)
		abort(); /* a simulation without memory proves nothing */
	d->sim = sim;
	d->from = *from;
	d->to = *to;
	d->n = bytes.n;
	if (bytes.n)
		memcpy(d->bytes, bytes.p, bytes.n);
	list_push(&sim->under_way, &d->node);
	sim->counts.under_way++;
	timer_init(&d->arrives, on_arrival);
	timer_start(
	    &sim->timers, &d->arrives, imp->delay_min_ms + rng_below(&sim->weather, spread_ms + 1));
}

void
sim_send(struct sim *sim, const struct addr *from, const struct addr *to, struct slice bytes)
{
	if (sim->tap)
		sim->tap(sim->tap_ctx, from, to, bytes);
	sim->counts.sent++;
	if (rng_below(&sim->weather, 1000) < sim->impairments.loss_permille) {
		sim->counts.lost++;
		return;
	}
	launch(sim, from, to, bytes);
	if (rng_below(&sim->weather, 1000) < sim->impairments.duplicate_permille) {
		sim->counts.duplicated++;
		launch(sim, from, to, bytes);
	}
}

void
sim_set_tap(struct sim *sim, sim_on_datagram *tap, void *ctx)
{
	sim->tap = tap;
	sim->tap_ctx = ctx;
}

bool
sim_step(struct sim *sim)
{
	uint64_t next_ms;

	while ((next_ms = timers_next_ms(&sim->timers)) != UINT64_MAX)
		if (timers_advance(&sim->timers, next_ms) > 0)
			return true;
	return false;
}

void
sim_run_until(struct sim *sim, uint64_t end_ms)
{
	uint64_t next_ms;

	while ((next_ms = timers_next_ms(&sim->timers)) <= end_ms && next_ms != UINT64_MAX)
		timers_advance(&sim->timers, next_ms);
	timers_advance(&sim->timers, end_ms);
}

bool
sim_idle(const struct sim *sim)
{
	return sim->timers.count == 0;
}

struct sim_counts
sim_count(const struct sim *sim)
{
	return sim->counts;
}
