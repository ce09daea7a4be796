/* Listeners of streams, and what is asked of a connection before it is one. */
#include <stdlib.h>

#include "net/conn_int.h"

enum { BACKLOG = 511 };

/* Who may come in. Counts whom it turns away. */
static bool
may_enter(struct conn *c)
{
	struct net *n = c->net;
	struct net_counts *counts = conn_counts(c);

	if (tcp_remote(&c->stream, &c->remote) != ERR_OK) {
		counts->refused++;
		return false;
	}
	if (blocks_have(&n->blocks, &c->remote)) {
		counts->blocked++;
		return false;
	}
	if (conn_enter(c) != ERR_OK) {
		counts->refused++;
		source_complain(n, &c->remote, "too many connections: one refused");
		return false;
	}
	return true;
}

static bool
may_shake(struct conn *c)
{
	if (c->transport != SIP_TLS && c->transport != SIP_WSS)
		return true;
	c->shaking = source_shake(c->net, &c->remote) == ERR_OK;
	if (!c->shaking) {
		conn_counts(c)->handshakes_refused++;
		source_complain(c->net, &c->remote, "too many TLS handshakes: one refused");
	}
	return c->shaking;
}

static void
on_connection(uv_stream_t *tcp, int status)
{
	struct listener *l = tcp->data;
	struct conn *c;

	if (status < 0 || !(c = conn_new(l->net, l->transport)))
		return;
	c->accepted = true;
	if (tcp_accept(&c->stream, tcp) != ERR_OK || !may_enter(c)) {
		conn_discard(c);
		return;
	}
	if (!may_shake(c)) {
		conn_leave(c);
		conn_discard(c);
		return;
	}
	conn_counts(c)->accepted++;
	tcp_mark(&c->stream, c->net->config.dscp);
	if (tcp_local(&c->stream, &c->local) != ERR_OK)
		c->local = l->addr;
	conn_started(c);
}

static void
on_closed(uv_handle_t *tcp)
{
	struct listener *l = tcp->data;
	struct net *n = l->net;

	free(l);
	net_handle_closed(n);
}

static int
bind_and_listen(struct listener *l, const struct addr *addr)
{
	struct sockaddr_storage ss;
	int len = sizeof ss, failed;

	addr_to_sockaddr(addr, &ss);
	failed =
	    uv_tcp_bind(&l->tcp, (struct sockaddr *)&ss, addr->family == 6 ? UV_TCP_IPV6ONLY : 0);
	if (!failed)
		failed = uv_listen((uv_stream_t *)&l->tcp, BACKLOG, on_connection);
	if (!failed)
		failed = uv_tcp_getsockname(&l->tcp, (struct sockaddr *)&ss, &len);
	if (!failed && addr_from_sockaddr((struct sockaddr *)&ss, &l->addr) != ERR_OK)
		failed = UV_EIO;
	return failed;
}

enum err
listener_open(struct net *n, enum sip_transport t, const struct addr *addr, struct addr *bound)
{
	struct listener *l;
	size_t same = 0;
	int failed;

	for (size_t i = 0; i < n->n_listener; i++)
		same += n->listener[i]->transport == t;
	if (same == NET_LISTENERS_MAX)
		return ERR_LIMIT;
	l = calloc(1, sizeof *l);
	if (!l)
		return ERR_NOMEM;
	l->net = n;
	l->transport = t;
	uv_tcp_init(loop_uv(n->loop), &l->tcp);
	l->tcp.data = l;
	n->handles++;
	failed = bind_and_listen(l, addr);
	if (failed) {
		uv_close((uv_handle_t *)&l->tcp, on_closed);
		return failed == UV_EADDRNOTAVAIL  ? ERR_INVALID
		       : failed == UV_EAFNOSUPPORT ? ERR_UNSUPPORTED
						   : err_from_errno(-failed);
	}
	n->listener[n->n_listener++] = l;
	if (bound)
		*bound = l->addr;
	return ERR_OK;
}

void
listener_close_all(struct net *n)
{
	for (size_t i = 0; i < n->n_listener; i++)
		uv_close((uv_handle_t *)&n->listener[i]->tcp, on_closed);
	n->n_listener = 0;
}
