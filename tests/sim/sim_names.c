#include "sim_names.h"

enum { FOUND_MS = 1, TTL_S = 300 };

static void
on_timer(struct timer *t)
{
	struct sim_names *names = container_of(t, struct sim_names, timer);

	while (names->n) {
		const struct sip_target *target = &names->asked[--names->n].target;
		uint64_t token = names->asked[names->n].token;
		struct sip_hops hops = {.n = 1, .ttl_s = TTL_S};
		enum err e;

		hops.hop[0].transport = target->has_transport ? target->transport : SIP_UDP;
		e = addr_parse_ip(slice_cstr(target->host), target->port ? target->port : 5060,
		    &hops.hop[0].addr);
		names->on_located(names->ctx, token, e, e == ERR_OK ? &hops : NULL);
	}
}

void
sim_names_init(struct sim_names *names)
{
	names->n = 0;
	timer_init(&names->timer, on_timer);
}

enum err
sim_names_locate(struct sim_names *names, const struct sip_target *target, uint64_t token)
{
	if (names->n == SIM_NAMES_MAX)
		return ERR_LIMIT;
	names->asked[names->n].token = token;
	names->asked[names->n++].target = *target;
	if (!timer_active(&names->timer))
		timer_start(sim_timers(names->sim), &names->timer, FOUND_MS);
	return ERR_OK;
}

void
sim_names_forget(struct sim_names *names)
{
	timer_stop(&names->timer);
	names->n = 0;
}
