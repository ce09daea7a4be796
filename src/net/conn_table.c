/* Connections in slots with generations (what a flow carries), and by remote address. */
#include <stdlib.h>

#include "net/conn_int.h"

static enum err
slot_take(struct net *n, struct conn *c)
{
	struct conn_slot *s;

	if (n->n_conns >= n->config.tcp_conns_max)
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
	n->n_conns++;
	conn_counts(c)->conns++;
	return ERR_OK;
}

static void
slot_give(struct net *n, struct conn *c)
{
	n->slots[c->slot].conn = NULL;
	n->slots[c->slot].next_free = n->first_free;
	n->first_free = c->slot + 1;
	n->n_conns--;
	conn_counts(c)->conns--;
}

/* A TLS connection is never found for a message in clear, nor the other way round. */
static struct conn *
conn_by_remote(struct net *n, enum sip_transport t, const struct addr *remote)
{
	uint64_t hash = addr_hash(remote);

	for (struct hnode *h = hmap_first(&n->by_remote, hash); h; h = hmap_next(h, hash)) {
		struct conn *c = container_of(h, struct conn, by_remote);

		if (c->transport == t && addr_eq(&c->remote, remote) && !c->doomed)
			return c;
	}
	return NULL;
}

struct conn *
conn_find(struct net *n, const struct sip_flow *flow)
{
	if (flow->conn_gen && flow->conn_slot < n->n_slots) {
		struct conn_slot *s = &n->slots[flow->conn_slot];

		if (s->conn && s->gen == flow->conn_gen && s->conn->transport == flow->transport)
			return s->conn;
	}
	return conn_by_remote(n, flow->transport, &flow->remote);
}

enum err
conn_enter(struct conn *c)
{
	struct net *n = c->net;
	enum err e = c->accepted ? source_join(n, &c->remote) : ERR_OK;

	if (e != ERR_OK)
		return e;
	e = slot_take(n, c);
	if (e == ERR_OK) {
		e = hmap_put(&n->by_remote, &c->by_remote, addr_hash(&c->remote));
		if (e != ERR_OK)
			slot_give(n, c);
	}
	if (e != ERR_OK && c->accepted)
		source_leave(n, &c->remote);
	return e;
}

void
conn_leave(struct conn *c)
{
	struct net *n = c->net;

	hmap_remove(&n->by_remote, &c->by_remote);
	slot_give(n, c);
	if (c->shaking)
		source_shaken(n, &c->remote);
	c->shaking = false;
	if (c->accepted)
		source_leave(n, &c->remote);
}

void
conn_table_fini(struct net *n)
{
	hmap_fini(&n->by_remote);
	free(n->slots);
}
