#include "net/net.h"

#include <stdlib.h>

#include "net/conn_int.h"

static void
set_default(uint32_t *value, uint32_t otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

static void
set_defaults(struct net_config *c)
{
	set_default(&c->udp_queue_max, 4096);
	set_default(&c->udp_kernel_bytes, 4 << 20);
	set_default(&c->tcp_idle_ms, 900000);
	set_default(&c->tcp_first_message_ms, 30000);
	set_default(&c->tcp_connect_ms, 10000);
	set_default(&c->tcp_conns_max, 20000);
	set_default(&c->tcp_conns_per_ip, 2000);
	set_default(&c->tcp_queue_bytes, 1 << 20);
	set_default(&c->tls_handshake_ms, 10000);
	set_default(&c->tls_handshakes_per_ip, 500);
	set_default(&c->tls_handshakes_per_s, 100);
	set_default(&c->keep_alive_ms, 100000);
	set_default(&c->ws_ping_ms, 30000);
	set_default(&c->source_bytes_per_s, 32 << 20);
	set_default(&c->stun_every_ms, 60000);
}

/* Hooks that run after ours may send, and on_closed may: then the loop must not sleep
 * yet. The timer does nothing but that. */
static void
on_kick(struct timer *kick)
{
}

void
net_kick(struct net *n)
{
	if (!timer_active(&n->kick))
		timer_start(loop_timers(n->loop), &n->kick, 0);
}

/* Only the connections that were there at the beginning: on_closed may send. */
static void
flush_conns(struct net *n)
{
	struct list conns, *node;

	list_init(&conns);
	list_splice(&conns, &n->unflushed);
	while ((node = list_pop(&conns)))
		conn_flush(container_of(node, struct conn, unflushed));
}

static void
on_flush(void *ctx)
{
	struct net *n = ctx;

	timer_stop(&n->kick);
	flush_conns(n);
	lost_tell(n);
	udp_flush(n); /* last: on_closed may have sent datagrams */
}

static void
destroy(struct net *n)
{
	conn_table_fini(n);
	expected_fini(n);
	lost_fini(n);
	sources_fini(n);
	blocks_fini(&n->blocks);
	tls_unref(n->tls);
	free(n->batch);
	free(n->read_buf);
	free(n->plain_buf);
	free(n->frame_buf);
	free(n);
}

enum err
net_new(struct net **out, struct loop *loop, const struct net_config *config,
    const struct net_ops *ops, void *ctx)
{
	struct net *n = calloc(1, sizeof *n);
	enum err e;

	if (!n)
		return ERR_NOMEM;
	n->loop = loop;
	n->config = *config;
	set_defaults(&n->config);
	n->ops = ops;
	n->ctx = ctx;
	hmap_init(&n->by_remote);
	hmap_init(&n->sources);
	hmap_init(&n->expected);
	hmap_init(&n->blocks.nets);
	list_init(&n->unflushed);
	list_init(&n->lost);
	timer_init(&n->kick, on_kick);
	rng_init_system(&n->rng);
	net_stun_init(n);
	n->read_buf = malloc(READ_BYTES);
	n->plain_buf = malloc(TLS_PLAIN_BYTES);
	n->frame_buf = malloc(FRAME_BYTES);
	n->rates = calloc(RATES, sizeof *n->rates);
	e = n->read_buf && n->plain_buf && n->frame_buf && n->rates
		? loop_on_idle_flush(loop, on_flush, n)
		: ERR_NOMEM;
	if (e != ERR_OK) {
		destroy(n);
		return e;
	}
	*out = n;
	return ERR_OK;
}

void
net_free(struct net *n)
{
	if (!n)
		return;
	loop_idle_flush_remove(n->loop, n);
	timer_stop(&n->kick);
	n->closing = true;
	n->handles++; /* keep it until all are told to close */
	net_stun_fini(n);
	udp_close_all(n);
	listener_close_all(n);
	conn_close_all(n);
	net_handle_closed(n);
}

void
net_handle_closed(struct net *n)
{
	if (--n->handles == 0 && n->closing)
		destroy(n);
}

void
net_set_tls(struct net *n, struct net_tls *tls)
{
	tls_unref(n->tls);
	n->tls = tls;
}

enum err
net_listen(struct net *n, enum sip_transport transport, const struct addr *addr, struct addr *bound)
{
	switch (transport) {
	case SIP_UDP: return udp_listen(n, addr, bound);
	case SIP_TLS:
	case SIP_WSS:
		if (!n->tls || !n->tls->server_n)
			return ERR_WRONG_STATE;
		return listener_open(n, transport, addr, bound);
	case SIP_TCP:
	case SIP_WS: return listener_open(n, transport, addr, bound);
	}
	return ERR_UNSUPPORTED;
}

size_t
net_local_addrs(const struct net *n, struct net_listener *out, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_udp; i++, count++)
		if (count < max)
			out[count] = (struct net_listener){SIP_UDP, *udp_socket_addr(n->udp[i])};
	for (size_t i = 0; i < n->n_listener; i++, count++)
		if (count < max)
			out[count] =
			    (struct net_listener){n->listener[i]->transport, n->listener[i]->addr};
	return count;
}

enum err
net_send(struct net *n, const struct sip_flow *flow, struct slice bytes)
{
	if (bytes.n > NET_MESSAGE_MAX_BYTES)
		return ERR_TOO_BIG;
	switch (flow->transport) {
	case SIP_UDP: return udp_send(n, flow, bytes);
	case SIP_TCP:
	case SIP_TLS:
	case SIP_WS:
	case SIP_WSS: return conn_send(n, flow, bytes);
	}
	return ERR_UNSUPPORTED;
}

enum err
net_keep_alive(struct net *n, const struct sip_flow *flow)
{
	struct conn *c;

	if (flow->transport == SIP_UDP)
		return udp_send(n, flow, SLICE("\r\n\r\n"));
	c = conn_find(n, flow);
	if (!c || !c->ready || c->doomed)
		return ERR_CLOSED;
	conn_ask(c);
	conn_await(c, n->config.tcp_idle_ms);
	return ERR_OK;
}

const struct net_counts *
net_get_counts(const struct net *n, enum sip_transport transport)
{
	return &n->counts[transport];
}

uint32_t
net_queue_permille(const struct net *n)
{
	return udp_queue_permille(n);
}
