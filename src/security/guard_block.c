/*
 * Blocking. A block lasts screening_block_h hours from the last request. Whoever can drop
 * earlier than we (kernel, transports) does it for ten minutes at a time (a hold); the first
 * request after that comes through to us and renews block and hold. So nobody has to count
 * packets elsewhere.
 */
#include <stdlib.h>

#include "security/guard_int.h"

#define HOUR_MS 3600000ull

static uint64_t
block_ms(const struct guard *g)
{
	return g->settings.screening_block_h * HOUR_MS;
}

static void
arm_sweep(struct guard *g)
{
	if (!timer_active(&g->sweep) && (g->n_rules || g->kind_count[BLOCKED]))
		timer_start(g->p.timers, &g->sweep, SWEEP_MS);
}

static void
hold(struct guard *g, struct source *s, uint64_t now)
{
	uint64_t left = s->blocked_until_ms - now;

	if (left > HOLD_MS)
		left = HOLD_MS;
	s->held_until_ms = now + left;
	arm_sweep(g);
	if (g->p.ops->on_hold)
		g->p.ops->on_hold(g->p.ctx, &s->net, (uint32_t)((left + 999) / 1000));
}

static void
tell(struct guard *g, const struct source *s, struct slice user_agent, bool is_new)
{
	char agent[AGENT_BYTES];
	struct guard_block b = {.net = s->net,
	    .reason = (enum guard_reason)s->reason,
	    .user_agent = agent,
	    .for_ms = block_ms(g),
	    .is_new = is_new};

	slice_clip_cstr(user_agent, agent, sizeof agent);
	g->p.ops->on_block(g->p.ctx, &b);
}

void
source_block(struct guard *g, struct source *s, enum guard_reason reason, struct slice user_agent)
{
	char text[ADDR_NET_TEXT_MAX], agent[AGENT_BYTES];
	uint64_t now = guard_now(g);

	if (s->exempt || s->kind != STRANGER || !g->settings.screening)
		return;
	source_set_kind(g, s, BLOCKED);
	s->reason = (uint8_t)reason;
	s->blocked_until_ms = now + block_ms(g);
	g->counts.blocks[reason]++;
	slice_clip_cstr(user_agent.n ? user_agent : SLICE("no user agent"), agent, sizeof agent);
	if (log_limit_pass(&g->block_log, LOG_SUB_SECURITY, now))
		log_warn(SECURITY, "%s is blocked for %u h: it %s (%s)",
		    addr_net_text(&s->net, text), g->settings.screening_block_h,
		    guard_reason_text(reason), agent);
	hold(g, s, now);
	tell(g, s, user_agent, true);
}

bool
source_still_blocked(struct guard *g, struct source *s)
{
	uint64_t now = guard_now(g);

	if (now >= s->blocked_until_ms) {
		source_unblock(g, s, false);
		return false;
	}
	s->blocked_until_ms = now + block_ms(g);
	if (now >= s->held_until_ms) {
		g->counts.renewals++;
		hold(g, s, now);
		tell(g, s, (struct slice){0}, false);
	}
	return true;
}

void
source_unblock(struct guard *g, struct source *s, bool tell_it)
{
	bool held = s->held_until_ms; /* over, but not yet swept: nobody else would lift it */

	s->blocked_until_ms = s->held_until_ms = 0;
	s->points = s->excess = 0;
	s->targets = 0;
	s->tokens = (int64_t)g->settings.source_requests_per_s * 1000;
	source_set_kind(g, s, STRANGER);
	g->counts.unblocks++;
	if (held && g->p.ops->on_hold)
		g->p.ops->on_hold(g->p.ctx, &s->net, 0);
	if (tell_it)
		g->p.ops->on_unblock(g->p.ctx, &s->net);
}

/* ---- rules ---- */

/* The most exact one counts; of equal ones there is only one. */
enum guard_action
rules_decide(const struct guard *g, const struct addr *a)
{
	const struct human_rule *best = NULL;

	for (size_t i = 0; i < g->n_rules; i++) {
		const struct human_rule *r = &g->rules[i];

		if (addr_net_has(&r->rule.net, a) &&
		    (!best || r->rule.net.bits >= best->rule.net.bits))
			best = r;
	}
	return best ? best->rule.action : GUARD_RULE_NONE;
}

static struct human_rule *
rule_find(struct guard *g, const struct addr_net *net)
{
	for (size_t i = 0; i < g->n_rules; i++)
		if (addr_net_eq(&g->rules[i].rule.net, net))
			return &g->rules[i];
	return NULL;
}

static bool
lies_in(const struct addr_net *inner, const struct addr_net *outer)
{
	return inner->bits >= outer->bits && addr_net_has(outer, &inner->addr);
}

static void
hold_rule(struct guard *g, struct human_rule *r, bool on)
{
	uint64_t now = guard_now(g), left_s;

	if (r->held == on || !g->p.ops->on_hold)
		return;
	r->held = on;
	if (r->until_ms == UINT64_MAX)
		left_s = GUARD_FOR_EVER;
	else /* it may be over and wait for the sweep */
		left_s = r->until_ms > now ? (r->until_ms - now) / 1000 + 1 : 1;
	g->p.ops->on_hold(g->p.ctx, &r->rule.net,
	    !on			      ? 0
	    : left_s < GUARD_FOR_EVER ? (uint32_t)left_s
				      : GUARD_FOR_EVER);
}

/* Whoever drops for us knows no exceptions: a network with an allowed part in it is ours alone. */
static void
hold_what_may_be(struct guard *g, const struct addr_net *changed)
{
	for (size_t i = 0; i < g->n_rules; i++) {
		struct human_rule *r = &g->rules[i];
		bool on = r->rule.action == GUARD_RULE_BLOCK;

		if (!on || !lies_in(changed, &r->rule.net))
			continue;
		for (size_t k = 0; k < g->n_rules && on; k++)
			on = g->rules[k].rule.action != GUARD_RULE_ALLOW ||
			     !lies_in(&g->rules[k].rule.net, &r->rule.net);
		hold_rule(g, r, on);
	}
}

static void
rule_drop(struct guard *g, struct human_rule *r)
{
	struct addr_net net = r->rule.net;

	hold_rule(g, r, false);
	*r = g->rules[--g->n_rules];
	g->epoch++;
	hold_what_may_be(g, &net);
}

static enum err
rule_add(struct guard *g, const struct guard_rule *rule)
{
	if (g->n_rules == GUARD_RULES_MAX)
		return ERR_LIMIT;
	if (g->n_rules == g->cap_rules) {
		size_t cap = g->cap_rules ? 2 * g->cap_rules : 16;
		struct human_rule *more = realloc(g->rules, cap * sizeof *more);

		if (!more)
			return ERR_NOMEM;
		g->rules = more;
		g->cap_rules = cap;
	}
	g->rules[g->n_rules++] = (struct human_rule){
	    .rule = *rule, .until_ms = rule->for_ms ? guard_now(g) + rule->for_ms : UINT64_MAX};
	g->epoch++;
	arm_sweep(g);
	hold_what_may_be(g, &rule->net);
	return ERR_OK;
}

/* A block of an earlier run, or one that was changed by hand. */
static enum err
set_automatic(struct guard *g, const struct guard_rule *rule)
{
	struct source *s = source_of(g, &rule->net.addr);
	uint64_t now = guard_now(g);

	if (!s)
		return ERR_NOMEM;
	if (s->exempt)
		return ERR_OK;
	if (s->kind != BLOCKED)
		source_set_kind(g, s, BLOCKED);
	s->blocked_until_ms = now + (rule->for_ms ? rule->for_ms : block_ms(g));
	if (now >= s->held_until_ms)
		hold(g, s, now);
	return ERR_OK;
}

/* The sources in it that the kernel keeps away would never learn it otherwise. */
static void
free_sources_in(struct guard *g, const struct addr_net *net)
{
	LIST_FOR_EACH_SAFE (it, &g->kind[BLOCKED]) {
		struct source *s = container_of(it, struct source, link);

		if (addr_net_has(net, &s->net.addr))
			source_unblock(g, s, true);
	}
}

enum err
guard_set_rule(struct guard *g, const struct guard_rule *rule)
{
	struct human_rule *old = rule_find(g, &rule->net);
	struct addr_net counted = source_net(&rule->net.addr);
	struct source *s;

	if (old)
		rule_drop(g, old);
	if (rule->automatic && rule->action == GUARD_RULE_BLOCK &&
	    addr_net_eq(&counted, &rule->net))
		return set_automatic(g, rule);
	s = source_find(g, &rule->net);
	if (s && s->kind == BLOCKED)
		source_unblock(g, s, false); /* its row in the list is what changed */
	if (rule->action == GUARD_RULE_ALLOW)
		free_sources_in(g, &rule->net);
	return rule->action == GUARD_RULE_NONE ? ERR_OK : rule_add(g, rule);
}

/* ---- time ---- */

void
guard_sweep(struct timer *t)
{
	struct guard *g = container_of(t, struct guard, sweep);
	uint64_t now = guard_now(g);

	for (size_t i = g->n_rules; i-- > 0;)
		if (now >= g->rules[i].until_ms)
			rule_drop(g, &g->rules[i]);
	LIST_FOR_EACH_SAFE (it, &g->kind[BLOCKED]) {
		struct source *s = container_of(it, struct source, link);

		if (now >= s->blocked_until_ms) {
			source_unblock(g, s, false);
		} else if (s->held_until_ms && now >= s->held_until_ms) {
			s->held_until_ms = 0;
			if (g->p.ops->on_hold)
				g->p.ops->on_hold(g->p.ctx, &s->net, 0);
		}
	}
	arm_sweep(g);
}
