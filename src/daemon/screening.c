#include "daemon/screening.h"

#include "base/log.h"

enum { LOAD_MS = 100 };

static void
on_load(struct timer *t)
{
	struct screening *s = container_of(t, struct screening, load);
	uint64_t lag_ms = loop_now_ms(s->loop) - t->due_ms;

	timer_start(loop_timers(s->loop), &s->load, LOAD_MS);
	switchboard_on_load(s->switchboard, lag_ms < UINT32_MAX ? (uint32_t)lag_ms : UINT32_MAX,
	    net_queue_permille(s->net));
}

void
screening_start(struct screening *s)
{
	timer_init(&s->load, on_load);
	timer_start(loop_timers(s->loop), &s->load, LOAD_MS);
}

void
screening_stop(struct screening *s)
{
	timer_stop(&s->load);
}

void
screening_on_block(struct screening *s, const struct guard_block *b)
{
	struct guard_report r = {.net = b->net,
	    .reason = b->reason,
	    .at_ms = (int64_t)loop_wall_ms(),
	    .for_ms = b->for_ms,
	    .is_new = b->is_new};

	slice_clip_cstr(slice_cstr(b->user_agent), r.user_agent, sizeof r.user_agent);
	s->report(s->ctx, &r);
}

void
screening_on_unblock(struct screening *s, const struct addr_net *net)
{
	s->report(s->ctx, &(struct guard_report){
			      .net = *net, .unblocked = true, .at_ms = (int64_t)loop_wall_ms()});
}

void
screening_on_hold(struct screening *s, const struct addr_net *net, uint32_t seconds)
{
	firewall_block(s->firewall, net, seconds);
	/* Without room there the guard still drops, one step later. */
	(void)net_block(s->net, net, seconds != 0);
}

void
screening_set_rule(struct screening *s, const struct guard_rule *rule)
{
	enum err e = guard_set_rule(switchboard_guard(s->switchboard), rule);

	if (e != ERR_OK)
		log_warn(SECURITY, "an address rule does not act: %s", err_text(e));
}

void
screening_on_web_login(struct screening *s, const struct addr *peer)
{
	guard_on_result(switchboard_guard(s->switchboard), &(struct sip_flow){.remote = *peer},
	    &(struct guard_result){.event = GUARD_WEB_LOGIN});
}
