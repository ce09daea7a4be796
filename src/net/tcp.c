/*
 * TCP connections, accepted and opened:
 *
 *   opened --connect--> CONNECTING --> OPEN --error, EOF, silence, full--> closing
 *   accepted ---------------------------^
 *
 * A connection has a slot and a generation, which is all that a flow carries. It ends in
 * conn_close only, which tells the user; the memory goes in libuv's close callback.
 * Bytes to send are gathered in `pending` and written when the loop iteration ends;
 * what the kernel does not take moves to `in_flight` and belongs to libuv until written.
 */
#include <stdlib.h>

#include "net/tcp_int.h"

enum { BACKLOG = 511, KEEP_BUFFER_BYTES = 8192, KEEPALIVE_S = 60 };

struct tcp_listener {
	uv_tcp_t tcp;
	struct net *net;
	struct addr addr;
};

/* A flow that failed before it had a connection. */
struct lost_flow {
	struct list node;
	struct sip_flow flow;
};

const struct addr *
tcp_listener_addr(const struct tcp_listener *l)
{
	return &l->addr;
}

/* ---- life of a connection ---- */

static struct sip_flow
conn_flow(const struct tcp_conn *c)
{
	return (struct sip_flow){.transport = SIP_TCP,
	    .conn_slot = c->slot,
	    .conn_gen = c->gen,
	    .local = c->local,
	    .remote = c->remote};
}

static void
free_conn(uv_handle_t *tcp)
{
	struct tcp_conn *c = tcp->data;
	struct net *n = c->net;

	net_framer_fini(&c->framer);
	free(c->pending.p);
	free(c->in_flight.p);
	free(c);
	net_handle_closed(n);
}

/* The user may do anything in on_closed, so this is a caller's last act on c. */
static void
conn_close(struct tcp_conn *c)
{
	struct net *n = c->net;
	struct sip_flow flow = conn_flow(c);

	if (c->closing)
		return;
	c->closing = true;
	timer_stop(&c->silence);
	list_remove(&c->unflushed);
	conn_leave(c);
	uv_close((uv_handle_t *)&c->tcp, free_conn);
	if (!c->accepted)
		flow.conn_slot = flow.conn_gen = 0;
	if (!n->closing)
		n->ops->on_closed(n->ctx, &flow);
}

static void
on_silence(struct timer *silence)
{
	struct tcp_conn *c = container_of(silence, struct tcp_conn, silence);

	if (c->open)
		c->net->tcp_counts.timed_out++;
	else
		c->net->tcp_counts.open_failed++;
	conn_close(c);
}

static void
await(struct tcp_conn *c, uint32_t ms)
{
	timer_start(loop_timers(c->net->loop), &c->silence, ms);
}

static void
to_be_flushed(struct tcp_conn *c)
{
	if (list_empty(&c->unflushed))
		list_push(&c->net->unflushed, &c->unflushed);
	net_kick(c->net);
}

static struct tcp_conn *
conn_new(struct net *n)
{
	struct tcp_conn *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->net = n;
	list_init(&c->unflushed);
	timer_init(&c->silence, on_silence);
	net_framer_init(&c->framer);
	uv_tcp_init(loop_uv(n->loop), &c->tcp);
	c->tcp.data = c;
	n->handles++;
	return c;
}

/* ---- writing ---- */

static enum err
append(struct out_buf *b, struct slice s)
{
	if (b->n + s.n > b->cap) {
		size_t cap = b->cap ? b->cap : 2048;
		char *grown;

		while (cap < b->n + s.n)
			cap *= 2;
		grown = realloc(b->p, cap);
		if (!grown)
			return ERR_NOMEM;
		b->p = grown;
		b->cap = cap;
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return ERR_OK;
}

static void
emptied(struct out_buf *b)
{
	b->n = 0;
	if (b->cap > KEEP_BUFFER_BYTES) {
		free(b->p);
		*b = (struct out_buf){0};
	}
}

static void conn_flush(struct tcp_conn *c);

static void
on_written(uv_write_t *write, int status)
{
	struct tcp_conn *c = write->data;

	c->writing = false;
	emptied(&c->in_flight);
	if (c->closing)
		return;
	if (status < 0)
		conn_close(c);
	else if (c->pending.n)
		conn_flush(c);
}

static void
conn_flush(struct tcp_conn *c)
{
	uv_buf_t all = uv_buf_init(c->pending.p, (unsigned)c->pending.n), rest;
	struct out_buf spare = c->in_flight;
	int written;

	if (!c->open || c->writing || !c->pending.n)
		return;
	written = uv_try_write((uv_stream_t *)&c->tcp, &all, 1);
	if (written == UV_EAGAIN)
		written = 0;
	if (written == (int)c->pending.n) {
		emptied(&c->pending);
		return;
	}
	if (written < 0) {
		conn_close(c);
		return;
	}
	c->in_flight = c->pending;
	c->pending = spare;
	rest = uv_buf_init(c->in_flight.p + written, (unsigned)(c->in_flight.n - (size_t)written));
	c->write.data = c;
	c->writing = true;
	if (uv_write(&c->write, (uv_stream_t *)&c->tcp, &rest, 1, on_written) != 0) {
		c->writing = false;
		conn_close(c);
	}
}

static enum err
conn_queue(struct tcp_conn *c, struct slice bytes)
{
	struct net *n = c->net;
	enum err e;

	if (c->pending.n + c->in_flight.n + bytes.n > n->config.tcp_queue_bytes) {
		n->tcp_counts.queue_full++;
		c->doomed = true; /* half a conversation is worth nothing */
		to_be_flushed(c);
		return ERR_LIMIT;
	}
	e = append(&c->pending, bytes);
	if (e == ERR_OK) {
		n->tcp_counts.bytes_out += bytes.n;
		to_be_flushed(c);
	}
	return e;
}

/* ---- reading ---- */

static void
on_alloc(uv_handle_t *tcp, size_t suggested, uv_buf_t *buf)
{
	struct tcp_conn *c = tcp->data;

	*buf = uv_buf_init(c->net->read_buf, READ_BYTES);
}

static void
take_message(struct tcp_conn *c, struct slice message)
{
	struct net *n = c->net;
	struct sip_flow flow = conn_flow(c);

	if (message.n == 0) {
		n->tcp_counts.keep_alives_in++;
		(void)conn_queue(c, SLICE("\r\n")); /* RFC 5626, 3.5.1 */
		return;
	}
	n->tcp_counts.messages_in++;
	c->heard = true;
	n->ops->on_message(n->ctx, &flow, message);
}

static void
on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
	struct tcp_conn *c = stream->data;
	struct slice in, message;
	enum err e = ERR_INCOMPLETE;
	bool spoke = false;

	if (got == 0)
		return;
	if (got < 0) {
		conn_close(c);
		return;
	}
	in = slice_make(buf->base, (size_t)got);
	c->net->tcp_counts.bytes_in += in.n;
	while (!c->doomed && (e = net_framer_next(&c->framer, &in, &message)) == ERR_OK) {
		take_message(c, message);
		spoke = true;
	}
	if (e != ERR_OK && e != ERR_INCOMPLETE) {
		c->net->tcp_counts.framing_errors++;
		conn_close(c);
	} else if (spoke && c->heard) {
		await(c, c->net->config.tcp_idle_ms);
	}
}

static void
conn_started(struct tcp_conn *c)
{
	c->open = true;
	uv_tcp_nodelay(&c->tcp, 1);
	uv_tcp_keepalive(&c->tcp, 1, KEEPALIVE_S);
	uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read);
}

/* Our address on a connection, with the port at which we can be called back. */
static void
learn_local(struct tcp_conn *c)
{
	struct sockaddr_storage ss;
	int len = sizeof ss;
	const struct net *n = c->net;

	if (uv_tcp_getsockname(&c->tcp, (struct sockaddr *)&ss, &len) != 0 ||
	    addr_from_sockaddr((struct sockaddr *)&ss, &c->local) != ERR_OK || c->accepted)
		return;
	for (size_t i = n->n_tcp; i-- > 0;)
		if (n->tcp[i]->addr.family == c->local.family)
			c->local.port = n->tcp[i]->addr.port;
}

/* ---- accepting ---- */

static bool
learn_remote(struct tcp_conn *c)
{
	struct sockaddr_storage ss;
	int len = sizeof ss;

	return uv_tcp_getpeername(&c->tcp, (struct sockaddr *)&ss, &len) == 0 &&
	       addr_from_sockaddr((struct sockaddr *)&ss, &c->remote) == ERR_OK;
}

static void
on_connection(uv_stream_t *listener, int status)
{
	struct tcp_listener *l = listener->data;
	struct net *n = l->net;
	struct tcp_conn *c;

	if (status < 0 || !(c = conn_new(n)))
		return;
	c->accepted = true;
	if (uv_accept(listener, (uv_stream_t *)&c->tcp) != 0 || !learn_remote(c) ||
	    conn_enter(c) != ERR_OK) {
		n->tcp_counts.refused++;
		c->closing = true;
		uv_close((uv_handle_t *)&c->tcp, free_conn);
		return;
	}
	n->tcp_counts.accepted++;
	learn_local(c);
	conn_started(c);
	await(c, n->config.tcp_first_message_ms);
}

static void
on_listener_closed(uv_handle_t *tcp)
{
	struct tcp_listener *l = tcp->data;
	struct net *n = l->net;

	free(l);
	net_handle_closed(n);
}

enum err
tcp_listen(struct net *n, const struct addr *addr, struct addr *bound)
{
	struct tcp_listener *l;
	struct sockaddr_storage ss;
	int len = sizeof ss, failed;

	if (n->n_tcp == NET_LISTENERS_MAX)
		return ERR_LIMIT;
	l = calloc(1, sizeof *l);
	if (!l)
		return ERR_NOMEM;
	l->net = n;
	uv_tcp_init(loop_uv(n->loop), &l->tcp);
	l->tcp.data = l;
	n->handles++;
	n->tcp[n->n_tcp++] = l;
	addr_to_sockaddr(addr, &ss);
	failed =
	    uv_tcp_bind(&l->tcp, (struct sockaddr *)&ss, addr->family == 6 ? UV_TCP_IPV6ONLY : 0);
	if (!failed)
		failed = uv_listen((uv_stream_t *)&l->tcp, BACKLOG, on_connection);
	if (!failed)
		failed = uv_tcp_getsockname(&l->tcp, (struct sockaddr *)&ss, &len);
	if (!failed && addr_from_sockaddr((struct sockaddr *)&ss, &l->addr) != ERR_OK)
		failed = UV_EIO;
	if (failed) {
		n->n_tcp--;
		uv_close((uv_handle_t *)&l->tcp, on_listener_closed);
		return failed == UV_EADDRNOTAVAIL  ? ERR_INVALID
		       : failed == UV_EAFNOSUPPORT ? ERR_UNSUPPORTED
						   : err_from_errno(-failed);
	}
	if (bound)
		*bound = l->addr;
	return ERR_OK;
}

/* ---- opening ---- */

static void
on_connected(uv_connect_t *connect, int status)
{
	struct tcp_conn *c = connect->data;

	if (c->closing)
		return;
	if (status < 0) {
		c->net->tcp_counts.open_failed++;
		conn_close(c);
		return;
	}
	c->net->tcp_counts.opened++;
	learn_local(c);
	conn_started(c);
	await(c, c->net->config.tcp_idle_ms);
	conn_flush(c);
}

static enum err
conn_open(struct net *n, const struct sip_flow *flow, struct tcp_conn **out)
{
	struct sockaddr_storage ss;
	struct addr local = flow->local;
	struct tcp_conn *c = conn_new(n);
	enum err e;

	if (!c)
		return ERR_NOMEM;
	c->remote = flow->remote;
	c->local = flow->local;
	e = conn_enter(c);
	if (e != ERR_OK) {
		c->closing = true;
		uv_close((uv_handle_t *)&c->tcp, free_conn);
		return e;
	}
	if (local.family == c->remote.family && !addr_is_any(&local)) {
		local.port = 0;
		addr_to_sockaddr(&local, &ss);
		/* A local address that is gone: the kernel chooses another. */
		(void)uv_tcp_bind(&c->tcp, (struct sockaddr *)&ss, 0);
	}
	addr_to_sockaddr(&c->remote, &ss);
	c->connect.data = c;
	if (uv_tcp_connect(&c->connect, &c->tcp, (struct sockaddr *)&ss, on_connected) != 0) {
		n->tcp_counts.open_failed++;
		c->doomed = true;
		to_be_flushed(c);
	}
	await(c, n->config.tcp_connect_ms);
	*out = c;
	return ERR_OK;
}

static void
lose(struct net *n, const struct sip_flow *flow)
{
	struct lost_flow *lost = malloc(sizeof *lost);

	n->tcp_counts.open_failed++;
	if (!lost)
		return;
	lost->flow = *flow;
	list_push(&n->lost, &lost->node);
	net_kick(n);
}

enum err
tcp_send(struct net *n, const struct sip_flow *flow, struct slice bytes)
{
	struct tcp_conn *c = conn_find(n, flow);
	enum err e = ERR_OK;

	if (!flow->remote.port)
		return ERR_INVALID;
	if (!c)
		e = conn_open(n, flow, &c);
	if (e != ERR_OK) {
		lose(n, flow);
		return e;
	}
	if (c->doomed)
		return ERR_CLOSED;
	e = conn_queue(c, bytes);
	if (e != ERR_OK)
		return e;
	n->tcp_counts.messages_out++;
	if (c->open && (c->heard || !c->accepted))
		await(c, n->config.tcp_idle_ms);
	return ERR_OK;
}

/* Only what was there at the beginning: on_closed may send and lose again. */
void
tcp_flush(struct net *n)
{
	struct list conns, lost, *node;

	list_init(&conns);
	list_init(&lost);
	list_splice(&conns, &n->unflushed);
	list_splice(&lost, &n->lost);
	while ((node = list_pop(&conns))) {
		struct tcp_conn *c = container_of(node, struct tcp_conn, unflushed);

		if (c->doomed)
			conn_close(c);
		else
			conn_flush(c);
	}
	while ((node = list_pop(&lost))) {
		struct lost_flow *l = container_of(node, struct lost_flow, node);

		n->ops->on_closed(n->ctx, &l->flow);
		free(l);
	}
}

/* ---- the end ---- */

void
tcp_close_all(struct net *n)
{
	struct hnode *h, *next;

	for (size_t i = 0; i < n->n_tcp; i++)
		uv_close((uv_handle_t *)&n->tcp[i]->tcp, on_listener_closed);
	n->n_tcp = 0;
	for (h = hmap_each(&n->by_remote, NULL); h; h = next) {
		struct tcp_conn *c = container_of(h, struct tcp_conn, by_remote);

		next = hmap_each(&n->by_remote, h);
		if (!c->doomed && c->open && !c->writing && c->pending.n) {
			uv_buf_t all = uv_buf_init(c->pending.p, (unsigned)c->pending.n);

			(void)uv_try_write((uv_stream_t *)&c->tcp, &all, 1); /* last words */
		}
		conn_close(c);
	}
}

void
tcp_fini(struct net *n)
{
	struct list *node;

	while ((node = list_pop(&n->lost)))
		free(container_of(node, struct lost_flow, node));
	hmap_fini(&n->by_remote);
	hmap_fini(&n->per_ip);
	free(n->slots);
}
