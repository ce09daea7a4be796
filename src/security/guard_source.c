/*
 * The table of sources: one hash map, and a list for each kind in the order in which they were
 * last heard. Each kind has room of its own, so that a flood of forged strangers pushes out
 * neither the phones we know nor the attackers we block.
 */
#include <stdlib.h>

#include "security/guard_int.h"

enum { IPV4_BITS = 32, IPV6_BITS = 64 };

struct addr_net
source_net(const struct addr *remote)
{
	struct addr_net net = {.addr = {.family = remote->family}};

	net.bits = remote->family == 6 ? IPV6_BITS : IPV4_BITS;
	memcpy(net.addr.ip, remote->ip, net.bits / 8);
	return net;
}

struct source *
source_find(struct guard *g, const struct addr_net *net)
{
	uint64_t hash;

	if (g->last && addr_net_eq(&g->last->net, net))
		return g->last;
	hash = addr_net_hash(net);
	for (struct hnode *n = hmap_first(&g->sources, hash); n; n = hmap_next(n, hash)) {
		struct source *s = container_of(n, struct source, node);

		if (addr_net_eq(&s->net, net)) {
			g->last = s;
			return s;
		}
	}
	return NULL;
}

static void
forget(struct guard *g, struct source *s)
{
	if (g->last == s)
		g->last = NULL;
	hmap_remove(&g->sources, &s->node);
	list_remove(&s->link);
	g->kind_count[s->kind]--;
	free(s);
}

static void
enlist(struct guard *g, struct source *s, enum source_kind kind)
{
	struct source *oldest;

	if (g->kind_count[kind] >= g->kind_max) {
		oldest = container_of(g->kind[kind].next, struct source, link);
		if (kind == BLOCKED)
			source_unblock(g, oldest, true); /* becomes a stranger */
		else
			forget(g, oldest);
		g->counts.forgotten++;
	}
	s->kind = (uint8_t)kind;
	list_push(&g->kind[kind], &s->link);
	g->kind_count[kind]++;
}

void
source_set_kind(struct guard *g, struct source *s, enum source_kind kind)
{
	list_remove(&s->link);
	g->kind_count[s->kind]--;
	enlist(g, s, kind);
}

static struct source *
make(struct guard *g, const struct addr_net *net, uint64_t now_ms)
{
	struct source *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->net = *net;
	s->epoch = g->epoch - 1; /* not looked at yet */
	s->tokens = (int64_t)g->settings.source_requests_per_s * 1000;
	s->tokens_at_ms = now_ms;
	list_init(&s->link);
	if (hmap_put(&g->sources, &s->node, addr_net_hash(net)) != ERR_OK) {
		free(s);
		return NULL;
	}
	enlist(g, s, STRANGER);
	g->last = s;
	return s;
}

/* What does not change with each message: found out once and after each change of the rules. */
static void
look_at_rules(struct guard *g, struct source *s, const struct addr *remote)
{
	enum guard_action rule = rules_decide(g, remote);

	s->epoch = g->epoch;
	s->refused_by_rule = rule == GUARD_RULE_BLOCK;
	s->exempt = rule == GUARD_RULE_ALLOW || (rule == GUARD_RULE_NONE && g->p.ops->is_known &&
						    g->p.ops->is_known(g->p.ctx, remote));
	if (s->kind == BLOCKED && s->exempt)
		source_unblock(g, s, true);
}

struct source *
source_of(struct guard *g, const struct addr *remote)
{
	struct addr_net net = source_net(remote);
	struct source *s = source_find(g, &net);
	uint64_t now = guard_now(g);

	if (!s)
		s = make(g, &net, now);
	if (!s)
		return NULL;
	if (g->kind[s->kind].prev != &s->link) { /* now it is the one heard last */
		list_remove(&s->link);
		list_push(&g->kind[s->kind], &s->link);
	}
	if (s->epoch != g->epoch)
		look_at_rules(g, s, remote);
	if (s->kind == KNOWN && now >= s->known_until_ms)
		source_set_kind(g, s, STRANGER);
	return s;
}

uint64_t
source_hash(const struct source *s)
{
	return s->node.hash;
}

void
leaky_add(uint32_t *value, uint64_t *at_ms, uint32_t add, uint32_t whole, uint64_t now_ms)
{
	uint64_t gone = (now_ms - *at_ms) * whole / WINDOW_MS;

	*value = gone >= *value ? 0 : *value - (uint32_t)gone;
	*value = *value > UINT32_MAX - add ? UINT32_MAX : *value + add;
	*at_ms = now_ms;
}

void
sources_free(struct guard *g)
{
	for (int k = 0; k < SOURCE_KINDS; k++)
		LIST_FOR_EACH_SAFE (it, &g->kind[k])
			forget(g, container_of(it, struct source, link));
	hmap_fini(&g->sources);
}
