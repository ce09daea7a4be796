/*
 * Which client transactions hang on which connection, so that a closed one costs
 * work for its own transactions only. A connection is known by its remote address:
 * a request may be sent before its connection, and so its handle, exists.
 */
#include <stdlib.h>

#include "sip/core_int.h"

struct tsx_conn {
	struct hnode node;
	struct list clients; /* sip_client.in_conn */
	struct addr remote;
	enum sip_transport transport;
};

static uint64_t
conn_hash(const struct sip_flow *flow)
{
	return hash_mix(addr_hash(&flow->remote), (uint64_t)flow->transport);
}

static struct tsx_conn *
find(const struct sip_core *c, const struct sip_flow *flow)
{
	uint64_t h = conn_hash(flow);

	for (struct hnode *n = hmap_first(&c->conns, h); n; n = hmap_next(n, h)) {
		struct tsx_conn *conn = container_of(n, struct tsx_conn, node);

		if (conn->transport == flow->transport && addr_eq(&conn->remote, &flow->remote))
			return conn;
	}
	return NULL;
}

static struct tsx_conn *
create(struct sip_core *c, const struct sip_flow *flow)
{
	struct tsx_conn *conn = calloc(1, sizeof *conn);

	if (!conn)
		return NULL;
	list_init(&conn->clients);
	conn->remote = flow->remote;
	conn->transport = flow->transport;
	if (hmap_put(&c->conns, &conn->node, conn_hash(flow)) != ERR_OK) {
		free(conn);
		return NULL;
	}
	return conn;
}

enum err
tsx_conn_join(struct sip_client *t)
{
	struct tsx_conn *conn;

	if (!sip_transport_reliable(t->flow.transport))
		return ERR_OK;
	conn = find(t->core, &t->flow);
	if (!conn)
		conn = create(t->core, &t->flow);
	if (!conn)
		return ERR_NOMEM;
	list_push(&conn->clients, &t->in_conn);
	t->conn = conn;
	return ERR_OK;
}

void
tsx_conn_leave(struct sip_client *t)
{
	struct tsx_conn *conn = t->conn;

	if (!conn)
		return;
	list_remove(&t->in_conn);
	t->conn = NULL;
	if (list_empty(&conn->clients)) {
		hmap_remove(&t->core->conns, &conn->node);
		free(conn);
	}
}

/* The same connection, as far as both sides know its handle. */
static bool
same_handle(const struct sip_flow *a, const struct sip_flow *b)
{
	bool both = (a->conn_slot || a->conn_gen) && (b->conn_slot || b->conn_gen);

	return !both || (a->conn_slot == b->conn_slot && a->conn_gen == b->conn_gen);
}

/* The user hears of it from the timers, not from inside here: he may well send the
 * next request on the same flow at once. */
void
sip_core_on_closed(struct sip_core *c, const struct sip_flow *flow)
{
	struct tsx_conn *conn = find(c, flow);
	struct list all;

	if (!conn)
		return;
	list_init(&all);
	LIST_FOR_EACH_SAFE (it, &conn->clients) {
		if (!same_handle(&container_of(it, struct sip_client, in_conn)->flow, flow))
			continue;
		list_remove(it);
		list_push(&all, it);
	}
	if (list_empty(&conn->clients)) {
		hmap_remove(&c->conns, &conn->node);
		free(conn);
	}
	LIST_FOR_EACH_SAFE (it, &all) {
		struct sip_client *t = container_of(it, struct sip_client, in_conn);

		list_remove(it);
		t->conn = NULL;
		t->closed = true;
		timer_stop(&t->resend);
		core_start(c, &t->end, 0);
	}
}
