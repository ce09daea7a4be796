/*
 * Requests too large for a datagram (RFC 3261, 18.1.1): they go by TCP although their peer
 * speaks UDP, and by UDP after all when the connection is refused or nothing comes back for a
 * second - a firewall that swallows the attempt must not make a caller wait. Who has failed is
 * not tried again for ten minutes. Branch and everything else stay the same, so the peer takes
 * the second one for what it is: the same request. Responses never switch.
 */
#include "sip/core_int.h"

enum { UDP_REQUEST_MAX_BYTES = 1300, WAIT_MS = 2 * SIP_T1_MS, NO_TCP_MS = 600000 };

#define VIA_BEGIN "\r\nVia: SIP/2.0/"

static struct large_peer *
peer_of(struct sip_core *c, const struct addr *remote)
{
	return &c->no_tcp[addr_hash(remote) % LARGE_PEERS];
}

static bool
wants_tcp(struct sip_core *c, const struct sip_flow *flow, size_t bytes)
{
	const struct large_peer *p;

	if (flow->transport != SIP_UDP || bytes <= UDP_REQUEST_MAX_BYTES || !c->ops->may_switch)
		return false;
	p = peer_of(c, &flow->remote);
	if (addr_eq(&p->remote, &flow->remote) && timers_now_ms(c->timers) < p->until_ms)
		return false;
	return c->ops->may_switch(c->ctx, flow);
}

/* The topmost Via, which is ours, names the transport; both names have three letters. */
static void
name_transport(struct sip_client *t, struct slice name)
{
	struct bytes *r = &t->request;
	char *via = r->p ? memmem(r->p, r->n, VIA_BEGIN, sizeof VIA_BEGIN - 1) : NULL;

	if (via)
		memcpy(via + sizeof VIA_BEGIN - 1, name.p, name.n);
}

void
large_begin(struct sip_client *t)
{
	if (!wants_tcp(t->core, &t->flow, t->request.n))
		return;
	t->switched = true;
	t->flow.transport = SIP_TCP;
	t->core->stats.switched_to_tcp++;
	name_transport(t, SLICE("TCP"));
}

void
large_started(struct sip_client *t)
{
	if (t->switched)
		core_start(t->core, &t->resend, WAIT_MS);
}

void
large_answered(struct sip_client *t)
{
	if (!t->switched)
		return;
	t->switched = false; /* TCP it is */
	timer_stop(&t->resend);
}

bool
large_fall_back(struct sip_client *t)
{
	struct sip_core *c = t->core;

	if (!t->switched)
		return false;
	*peer_of(c, &t->flow.remote) = (struct large_peer){
	    .remote = t->flow.remote, .until_ms = timers_now_ms(c->timers) + NO_TCP_MS};
	c->stats.switched_back++;
	t->switched = false;
	t->closed = false;
	tsx_conn_leave(t);
	t->flow.transport = SIP_UDP;
	t->flow.conn_slot = t->flow.conn_gen = 0;
	name_transport(t, SLICE("UDP"));
	t->interval_ms = SIP_T1_MS;
	core_start(c, &t->resend, SIP_T1_MS);
	core_start(c, &t->end, TSX_LIFE_MS);
	core_send(c, &t->flow, bytes_slice(t->request));
	return true;
}
