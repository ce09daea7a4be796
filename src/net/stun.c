/* STUN beside SIP, on the same sockets and connections (RFC 5626, 4.4.2 and 8): Binding
 * requests of phones are answered at once; answers go to the client that looks for our
 * external address. */
#include "net/conn_int.h"

#define SOFTWARE SLICE("Strowger")

static void
answer(struct net *n, const struct sip_flow *flow, const struct stun_message *m)
{
	char bytes[STUN_MESSAGE_MAX_BYTES];
	struct buf b;
	struct conn *c;

	buf_init(&b, bytes, sizeof bytes);
	stun_write_answer(&b, m, &flow->remote, SOFTWARE);
	if (flow->transport == SIP_UDP) {
		(void)udp_send(n, flow, buf_slice(&b));
		return;
	}
	c = conn_find(n, flow);
	if (c)
		(void)(c->ws ? ws_send(c, WS_BINARY, buf_slice(&b)) : conn_write(c, buf_slice(&b)));
}

bool
net_stun_take(struct net *n, const struct sip_flow *flow, struct slice bytes)
{
	struct stun_message m;

	if (!stun_is(bytes))
		return false;
	n->counts[flow->transport].stun_in++;
	if (bytes.n > STUN_MESSAGE_MAX_BYTES || stun_parse(bytes, &m) != ERR_OK)
		return true; /* 6.3: silently */
	if (m.type == STUN_REQUEST)
		answer(n, flow, &m);
	else if (m.type != STUN_INDICATION)
		(void)stun_client_on_message(&n->stun, &flow->remote, &m);
	return true;
}

static void
client_send(void *ctx, const struct addr *server, struct slice bytes)
{
	struct sip_flow flow = {.transport = SIP_UDP, .remote = *server};

	(void)udp_send(ctx, &flow, bytes);
}

static void
client_on_address(void *ctx, const struct addr *external)
{
	struct net *n = ctx;

	if (n->ops->on_external && !n->closing)
		n->ops->on_external(n->ctx, external);
}

static const struct stun_client_ops client_ops = {client_send, client_on_address};

void
net_stun_init(struct net *n)
{
	stun_client_init(
	    &n->stun, loop_timers(n->loop), &n->rng, n->config.stun_every_ms, &client_ops, n);
}

void
net_stun_fini(struct net *n)
{
	stun_client_fini(&n->stun);
}

void
net_ask_stun(struct net *n, const struct addr *server)
{
	stun_client_ask(&n->stun, server);
}
