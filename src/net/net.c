#include "net/net.h"

#include <stdlib.h>

#include "net/net_int.h"

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

static void
on_flush(void *ctx)
{
	struct net *n = ctx;

	timer_stop(&n->kick);
	tcp_flush(n);
	udp_flush(n); /* last: on_closed may have sent datagrams */
}

static void
destroy(struct net *n)
{
	tcp_fini(n);
	free(n->batch);
	free(n->read_buf);
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
	hmap_init(&n->per_ip);
	list_init(&n->unflushed);
	list_init(&n->lost);
	timer_init(&n->kick, on_kick);
	n->read_buf = malloc(READ_BYTES);
	e = n->read_buf ? loop_on_idle_flush(loop, on_flush, n) : ERR_NOMEM;
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
	udp_close_all(n);
	tcp_close_all(n);
	net_handle_closed(n);
}

void
net_handle_closed(struct net *n)
{
	if (--n->handles == 0 && n->closing)
		destroy(n);
}

enum err
net_listen(struct net *n, enum sip_transport transport, const struct addr *addr, struct addr *bound)
{
	switch (transport) {
	case SIP_UDP: return udp_listen(n, addr, bound);
	case SIP_TCP: return tcp_listen(n, addr, bound);
	default: return ERR_UNSUPPORTED;
	}
}

size_t
net_local_addrs(const struct net *n, struct net_listener *out, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n_udp; i++, count++)
		if (count < max)
			out[count] = (struct net_listener){SIP_UDP, *udp_socket_addr(n->udp[i])};
	for (size_t i = 0; i < n->n_tcp; i++, count++)
		if (count < max)
			out[count] = (struct net_listener){SIP_TCP, *tcp_listener_addr(n->tcp[i])};
	return count;
}

enum err
net_send(struct net *n, const struct sip_flow *flow, struct slice bytes)
{
	if (bytes.n > NET_MESSAGE_MAX_BYTES)
		return ERR_TOO_BIG;
	switch (flow->transport) {
	case SIP_UDP: return udp_send(n, flow, bytes);
	case SIP_TCP: return tcp_send(n, flow, bytes);
	default: return ERR_UNSUPPORTED;
	}
}

const struct net_counts *
net_get_counts(const struct net *n, enum sip_transport transport)
{
	return transport == SIP_TCP ? &n->tcp_counts : &n->udp_counts;
}
