/* Connections that we open; whom we expect behind an address; flows that failed before they
 * had a connection. */
#include <stdlib.h>

#include "net/conn_int.h"

/* A flow whose end still has to be told: never from inside net_send. */
struct lost_flow {
	struct list node;
	struct sip_flow flow;
};

struct expected {
	struct hnode node;
	struct addr remote;
	SSL_SESSION *ticket; /* of the last connection, NULL = none */
	bool tried;
	struct net_peer peer; /* the same */
	size_t name_n;
	char name[];
};

/* ---- names ---- */

static struct expected *
expected_find(const struct net *n, const struct addr *remote)
{
	uint64_t hash = addr_hash(remote);

	for (struct hnode *h = hmap_first(&n->expected, hash); h; h = hmap_next(h, hash)) {
		struct expected *x = container_of(h, struct expected, node);

		if (addr_eq(&x->remote, remote))
			return x;
	}
	return NULL;
}

struct slice
expected_name(struct net *n, const struct addr *remote, SSL_SESSION **ticket)
{
	struct expected *x = expected_find(n, remote);

	if (!x)
		return (struct slice){0};
	*ticket = x->ticket;
	return slice_make(x->name, x->name_n);
}

void
conn_keep_ticket(struct conn *c)
{
	struct expected *x;

	if (!c->tls || !c->tls->name || !c->tls->resumable)
		return;
	x = expected_find(c->net, &c->remote);
	if (!x || !slice_eq(slice_make(x->name, x->name_n), slice_cstr(c->tls->name)))
		return;
	SSL_SESSION_free(x->ticket);
	x->ticket = c->tls->resumable;
	c->tls->resumable = NULL;
}

/* Of a connection that has come to something, or to its end. */
void
conn_note_peer(const struct conn *c)
{
	struct expected *x =
	    c->transport == SIP_TLS && !c->accepted ? expected_find(c->net, &c->remote) : NULL;

	if (!x)
		return;
	x->tried = true;
	x->peer = (struct net_peer){.secured = c->tls && c->tls->established};
	if (!c->tls)
		return;
	if (!x->peer.secured)
		slice_clip_cstr(slice_cstr(c->tls->why), x->peer.why, sizeof x->peer.why);
	if (c->tls->shown) {
		memcpy(x->peer.subject, c->tls->shown->subject, sizeof x->peer.subject);
		memcpy(x->peer.issuer, c->tls->shown->issuer, sizeof x->peer.issuer);
		x->peer.until_s = c->tls->shown->until_s;
	}
}

enum err
net_get_peer(const struct net *n, const struct addr *remote, struct net_peer *out)
{
	const struct expected *x = expected_find(n, remote);

	if (!x || !x->tried)
		return ERR_NOT_FOUND;
	*out = x->peer;
	return ERR_OK;
}

static void
expected_drop(struct net *n, struct expected *x)
{
	hmap_remove(&n->expected, &x->node);
	SSL_SESSION_free(x->ticket);
	free(x);
}

/* Connections to that address which were opened for somebody else. */
static void
doom_others(struct net *n, const struct addr *remote, struct slice name)
{
	uint64_t hash = addr_hash(remote);

	for (struct hnode *h = hmap_first(&n->by_remote, hash); h; h = hmap_next(h, hash)) {
		struct conn *c = container_of(h, struct conn, by_remote);

		if (c->transport == SIP_TLS && !c->accepted && c->tls &&
		    addr_eq(&c->remote, remote) && !slice_eq(slice_cstr(c->tls->name), name))
			conn_doom(c);
	}
}

enum err
net_expect_name(struct net *n, const struct addr *remote, struct slice name)
{
	struct expected *x = expected_find(n, remote), *fresh = NULL;

	if (x && slice_eq(slice_make(x->name, x->name_n), name))
		return ERR_OK;
	if (name.n && !x && n->expected.count >= NET_EXPECTED_MAX)
		return ERR_LIMIT;
	if (name.n) {
		fresh = calloc(1, sizeof *fresh + name.n);
		if (!fresh)
			return ERR_NOMEM;
		fresh->remote = *remote;
		fresh->name_n = name.n;
		memcpy(fresh->name, name.p, name.n);
		if (hmap_put(&n->expected, &fresh->node, addr_hash(remote)) != ERR_OK) {
			free(fresh);
			return ERR_NOMEM;
		}
	}
	if (x)
		expected_drop(n, x);
	if (name.n)
		doom_others(n, remote, name);
	return ERR_OK;
}

void
expected_fini(struct net *n)
{
	struct hnode *h;

	while ((h = hmap_each(&n->expected, NULL)))
		expected_drop(n, container_of(h, struct expected, node));
	hmap_fini(&n->expected);
}

/* ---- opening ---- */

static enum err
conn_open(struct net *n, const struct sip_flow *flow, struct conn **out)
{
	struct addr local = flow->local;
	struct conn *c;
	enum err e;

	if (flow->transport != SIP_TCP && flow->transport != SIP_TLS)
		return ERR_CLOSED; /* a WebSocket: its client opens it again, or nobody */
	if (flow->transport == SIP_TLS && !n->tls)
		return ERR_UNSUPPORTED;
	c = conn_new(n, flow->transport);
	if (!c)
		return ERR_NOMEM;
	c->remote = flow->remote;
	c->local = flow->local;
	e = conn_enter(c);
	if (e != ERR_OK) {
		conn_discard(c);
		return e;
	}
	local.port = 0;
	conn_await(c, n->config.tcp_connect_ms);
	if (tcp_connect(&c->stream, &local, &c->remote) != ERR_OK) {
		conn_counts(c)->open_failed++;
		conn_doom(c);
	}
	tcp_mark(&c->stream, n->config.dscp);
	*out = c;
	return ERR_OK;
}

/* ---- what could not be sent ---- */

static void
lose(struct net *n, const struct sip_flow *flow)
{
	struct lost_flow *lost = malloc(sizeof *lost);

	n->counts[flow->transport].open_failed++;
	if (!lost)
		return;
	lost->flow = *flow;
	list_push(&n->lost, &lost->node);
	net_kick(n);
}

/* Only what was there at the beginning: on_closed may send and lose again. */
void
lost_tell(struct net *n)
{
	struct list lost, *node;

	list_init(&lost);
	list_splice(&lost, &n->lost);
	while ((node = list_pop(&lost))) {
		struct lost_flow *l = container_of(node, struct lost_flow, node);

		n->ops->on_closed(n->ctx, &l->flow);
		free(l);
	}
}

void
lost_fini(struct net *n)
{
	struct list *node;

	while ((node = list_pop(&n->lost)))
		free(container_of(node, struct lost_flow, node));
}

enum err
conn_send(struct net *n, const struct sip_flow *flow, struct slice bytes)
{
	struct conn *c = conn_find(n, flow);
	enum err e = ERR_OK;

	if (!flow->remote.port)
		return ERR_INVALID;
	if (!c)
		e = conn_open(n, flow, &c);
	if (e != ERR_OK) {
		lose(n, flow);
		return e;
	}
	return conn_send_message(c, bytes);
}
