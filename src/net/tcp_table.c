/*
 * Connections in slots with generations (what a flow carries), by remote address, and
 * counted by IP address.
 */
#include <stdlib.h>

#include "net/tcp_int.h"

/* How many connections an address has opened to us. */
struct ip_count {
	struct hnode node;
	struct addr ip;
	uint32_t n;
};

static struct ip_count *
ip_count_find(struct net *n, const struct addr *ip)
{
	uint64_t hash = addr_hash(ip);

	for (struct hnode *h = hmap_first(&n->per_ip, hash); h; h = hmap_next(h, hash)) {
		struct ip_count *count = container_of(h, struct ip_count, node);

		if (addr_eq(&count->ip, ip))
			return count;
	}
	return NULL;
}

static enum err
ip_count_up(struct net *n, struct addr ip)
{
	struct ip_count *count;

	ip.port = 0;
	count = ip_count_find(n, &ip);
	if (!count) {
		count = calloc(1, sizeof *count);
		if (!count)
			return ERR_NOMEM;
		count->ip = ip;
		if (hmap_put(&n->per_ip, &count->node, addr_hash(&ip)) != ERR_OK) {
			free(count);
			return ERR_NOMEM;
		}
	}
	if (count->n >= n->config.tcp_conns_per_ip)
		return ERR_LIMIT;
	count->n++;
	return ERR_OK;
}

static void
ip_count_down(struct net *n, struct addr ip)
{
	struct ip_count *count;

	ip.port = 0;
	count = ip_count_find(n, &ip);
	if (count && --count->n == 0) {
		hmap_remove(&n->per_ip, &count->node);
		free(count);
	}
}

static enum err
slot_take(struct net *n, struct tcp_conn *c)
{
	struct conn_slot *s;

	if (n->tcp_counts.conns >= n->config.tcp_conns_max)
		return ERR_LIMIT;
	if (!n->first_free) {
		size_t grown_n = n->n_slots ? n->n_slots * 2 : 64;
		struct conn_slot *grown = realloc(n->slots, grown_n * sizeof *grown);

		if (!grown)
			return ERR_NOMEM;
		n->slots = grown;
		for (size_t i = grown_n; i-- > n->n_slots;) {
			grown[i] = (struct conn_slot){.next_free = n->first_free};
			n->first_free = (uint32_t)i + 1;
		}
		n->n_slots = grown_n;
	}
	c->slot = n->first_free - 1;
	s = &n->slots[c->slot];
	n->first_free = s->next_free;
	s->conn = c;
	if (++s->gen == 0)
		s->gen = 1;
	c->gen = s->gen;
	n->tcp_counts.conns++;
	return ERR_OK;
}

static void
slot_give(struct net *n, struct tcp_conn *c)
{
	n->slots[c->slot].conn = NULL;
	n->slots[c->slot].next_free = n->first_free;
	n->first_free = c->slot + 1;
	n->tcp_counts.conns--;
}

static struct tcp_conn *
conn_by_remote(struct net *n, const struct addr *remote)
{
	uint64_t hash = addr_hash(remote);

	for (struct hnode *h = hmap_first(&n->by_remote, hash); h; h = hmap_next(h, hash)) {
		struct tcp_conn *c = container_of(h, struct tcp_conn, by_remote);

		if (addr_eq(&c->remote, remote) && !c->doomed)
			return c;
	}
	return NULL;
}

struct tcp_conn *
conn_find(struct net *n, const struct sip_flow *flow)
{
	if (flow->conn_gen && flow->conn_slot < n->n_slots) {
		struct conn_slot *s = &n->slots[flow->conn_slot];

		if (s->conn && s->gen == flow->conn_gen)
			return s->conn;
	}
	return conn_by_remote(n, &flow->remote);
}

enum err
conn_enter(struct tcp_conn *c)
{
	struct net *n = c->net;
	enum err e = c->accepted ? ip_count_up(n, c->remote) : ERR_OK;

	if (e != ERR_OK)
		return e;
	e = slot_take(n, c);
	if (e == ERR_OK) {
		e = hmap_put(&n->by_remote, &c->by_remote, addr_hash(&c->remote));
		if (e != ERR_OK)
			slot_give(n, c);
	}
	if (e != ERR_OK && c->accepted)
		ip_count_down(n, c->remote);
	return e;
}

void
conn_leave(struct tcp_conn *c)
{
	struct net *n = c->net;

	hmap_remove(&n->by_remote, &c->by_remote);
	slot_give(n, c);
	if (c->accepted)
		ip_count_down(n, c->remote);
}
