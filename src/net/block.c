/* Networks whose datagrams and connections are dropped unread. */
#include <stdlib.h>

#include "net/conn_int.h"

struct block {
	struct hnode node;
	struct addr_net net;
};

static size_t
prefix_index(unsigned family, unsigned bits)
{
	return family == 4 ? bits : 33 + bits;
}

static struct block *
find(const struct blocks *b, const struct addr_net *net)
{
	uint64_t hash = addr_net_hash(net);

	for (struct hnode *h = hmap_first(&b->nets, hash); h; h = hmap_next(h, hash)) {
		struct block *it = container_of(h, struct block, node);

		if (addr_net_eq(&it->net, net))
			return it;
	}
	return NULL;
}

static struct addr_net
masked(const struct addr *a, unsigned bits)
{
	struct addr_net net = {.addr = *a, .bits = (uint8_t)bits};

	net.addr.port = 0;
	net.addr.scope = 0;
	for (unsigned i = 0; i < sizeof net.addr.ip; i++) {
		unsigned keep = bits > 8 * i ? bits - 8 * i : 0;

		if (keep < 8)
			net.addr.ip[i] &= (uint8_t)(0xff00u >> keep);
	}
	return net;
}

bool
blocks_have(const struct blocks *b, const struct addr *a)
{
	unsigned longest = a->family == 4 ? 32 : 128;

	if (b->nets.count == 0)
		return false;
	for (unsigned bits = 0; bits <= longest; bits++) {
		struct addr_net net;

		if (!b->by_bits[prefix_index(a->family, bits)])
			continue;
		net = masked(a, bits);
		if (find(b, &net))
			return true;
	}
	return false;
}

enum err
blocks_set(struct blocks *b, const struct addr_net *net, bool blocked)
{
	struct addr_net key = masked(&net->addr, net->bits);
	struct block *it = find(b, &key);
	uint32_t *count = &b->by_bits[prefix_index(key.addr.family, key.bits)];

	if (!blocked && it) {
		hmap_remove(&b->nets, &it->node);
		free(it);
		--*count;
	}
	if (!blocked || it)
		return ERR_OK;
	if (b->nets.count >= NET_BLOCKS_MAX)
		return ERR_LIMIT;
	it = calloc(1, sizeof *it);
	if (!it)
		return ERR_NOMEM;
	it->net = key;
	if (hmap_put(&b->nets, &it->node, addr_net_hash(&key)) != ERR_OK) {
		free(it);
		return ERR_NOMEM;
	}
	++*count;
	return ERR_OK;
}

void
blocks_fini(struct blocks *b)
{
	struct hnode *h = hmap_each(&b->nets, NULL);

	while (h) {
		struct hnode *next = hmap_each(&b->nets, h);

		free(container_of(h, struct block, node));
		h = next;
	}
	hmap_fini(&b->nets);
}

enum err
net_block(struct net *n, const struct addr_net *net, bool blocked)
{
	enum err e = blocks_set(&n->blocks, net, blocked);

	if (e != ERR_OK || !blocked)
		return e;
	for (struct hnode *h = hmap_each(&n->by_remote, NULL); h; h = hmap_each(&n->by_remote, h)) {
		struct conn *c = container_of(h, struct conn, by_remote);

		if (addr_net_has(net, &c->remote))
			conn_doom(c);
	}
	return ERR_OK;
}
