/* Bindings and the connections they came over (RFC 5626: a flow that fails ends what hangs
 * on it). Found by the connection's remote address, since handles are not known yet when
 * a connection is being opened. */
#include "registrar/registrar_int.h"

static uint64_t
conn_hash(const struct sip_flow *flow)
{
	return hash_mix(addr_hash(&flow->remote), (uint64_t)flow->transport);
}

void
conn_bind(struct binding *b)
{
	struct registrar *r = b->phone->registrar;

	if (!sip_transport_reliable(b->flow.transport) || b->has_conn)
		return;
	/* Without memory for it the phone is found unreachable by its silence instead. */
	b->has_conn = hmap_put(&r->by_conn, &b->by_conn, conn_hash(&b->flow)) == ERR_OK;
}

void
conn_unbind(struct binding *b)
{
	if (b->has_conn)
		hmap_remove(&b->phone->registrar->by_conn, &b->by_conn);
	b->has_conn = false;
}

/* Only TCP: nobody can connect to a browser (RFC 7118, 5), and a phone that is a TLS server has
 * no certificate that we could check. */
static bool
can_be_called(const struct binding *b, struct addr *direct)
{
	struct sip_uri uri;

	return b->flow.transport == SIP_TCP && binding_text(b, TEXT_ROUTE).n == 0 &&
	       sip_uri_parse(&uri, binding_text(b, TEXT_CONTACT)) == ERR_OK &&
	       target_direct(&uri, direct) && addr_eq_ip(direct, &b->source);
}

void
conn_lost(struct binding *b)
{
	struct sip_flow *flow = &b->flow;
	struct addr direct;

	conn_unbind(b);
	flow->conn_slot = flow->conn_gen = 0;
	if (can_be_called(b, &direct)) {
		flow->remote = direct;
		return; /* the next question will show */
	}
	qualify_stop(b); /* nobody can be asked */
	binding_set_reachable(b, false);
}

static bool
hangs_on(const struct binding *b, const struct sip_flow *flow)
{
	const struct sip_flow *f = &b->flow;

	return f->transport == flow->transport && addr_eq(&f->remote, &flow->remote) &&
	       (flow->conn_gen == 0 ||
		   (f->conn_slot == flow->conn_slot && f->conn_gen == flow->conn_gen));
}

static void
end(struct registrar *r, struct binding *b)
{
	struct reg_phone *phone = b->phone;

	if (!b->reg_id) {
		conn_lost(b);
		return;
	}
	r->counts.flows_lost++;
	binding_remove(b);
	phone_drop_if_empty(phone);
}

void
registrar_on_closed(struct registrar *r, const struct sip_flow *flow)
{
	uint64_t hash = conn_hash(flow);
	struct hnode *n = hmap_first(&r->by_conn, hash), *next;

	for (; n; n = next) {
		struct binding *b = container_of(n, struct binding, by_conn);

		next = hmap_next(n, hash);
		if (hangs_on(b, flow))
			end(r, b);
	}
}
