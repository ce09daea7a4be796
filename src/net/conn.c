/*
 * A connection of any stream transport:
 *
 *   opened --TCP--> TLS? --------------> ready --error, EOF, silence, full--> closing
 *   accepted -----> TLS? --> WebSocket? --^
 *
 * What comes up its layers is in conn_up.c. It has a slot and a generation, which is all that a
 * flow carries. It ends in conn_close only, which tells the user; the memory goes when libuv has
 * let go of it.
 */
#include <stdlib.h>

#include "net/conn_int.h"

enum { PONG_MS = 10000 /* RFC 5626, 4.4.1 */ };

static const struct tcp_ops tcp_ops;

struct sip_flow
conn_flow(const struct conn *c)
{
	return (struct sip_flow){.transport = c->transport,
	    .conn_slot = c->slot,
	    .conn_gen = c->gen,
	    .local = c->local,
	    .remote = c->remote};
}

/* ---- life ---- */

void
conn_await(struct conn *c, uint32_t ms)
{
	timer_start(loop_timers(c->net->loop), &c->silence, ms);
}

void
conn_to_be_flushed(struct conn *c)
{
	if (list_empty(&c->unflushed))
		list_push(&c->net->unflushed, &c->unflushed);
	net_kick(c->net);
}

void
conn_doom(struct conn *c)
{
	if (c->closing)
		return;
	c->doomed = true;
	conn_to_be_flushed(c);
}

static void
on_silence(struct timer *silence)
{
	struct conn *c = container_of(silence, struct conn, silence);

	if (c->tls && !c->tls->established)
		conn_counts(c)->handshakes_failed++;
	if (c->ready || c->accepted)
		conn_counts(c)->timed_out++;
	else
		conn_counts(c)->open_failed++;
	conn_doom(c);
}

static void
on_keep_alive(struct timer *t)
{
	struct conn *c = container_of(t, struct conn, keep_alive);
	struct net *n = c->net;
	uint32_t every_ms = c->ws ? n->config.ws_ping_ms : n->config.keep_alive_ms;
	bool must_answer = c->ws || c->pongs;

	if (c->asked && must_answer) {
		conn_counts(c)->timed_out++;
		conn_doom(c);
		return;
	}
	if (c->asking) { /* the answer has come; the rest of the period */
		c->asking = false;
		timer_start(loop_timers(n->loop), t, every_ms - PONG_MS);
		return;
	}
	conn_ask(c);
	c->asking = must_answer && every_ms > PONG_MS;
	timer_start(loop_timers(n->loop), t, c->asking ? PONG_MS : every_ms);
}

static void
on_pause_over(struct timer *t)
{
	tcp_resume(&container_of(t, struct conn, pause)->stream);
}

struct conn *
conn_new(struct net *n, enum sip_transport t)
{
	struct conn *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->net = n;
	c->transport = t;
	list_init(&c->unflushed);
	timer_init(&c->silence, on_silence);
	timer_init(&c->keep_alive, on_keep_alive);
	timer_init(&c->pause, on_pause_over);
	net_framer_init(&c->framer);
	tcp_init(&c->stream, loop_uv(n->loop), &tcp_ops, n->read_buf, READ_BYTES);
	n->handles++;
	return c;
}

static void
on_freed(struct tcp *s)
{
	struct conn *c = container_of(s, struct conn, stream);
	struct net *n = c->net;

	tls_session_free(c->tls);
	ws_free(c->ws);
	net_framer_fini(&c->framer);
	out_buf_fini(&c->early);
	free(c);
	net_handle_closed(n);
}

void
conn_discard(struct conn *c)
{
	c->closing = true;
	tcp_close(&c->stream);
}

void
conn_close(struct conn *c)
{
	struct net *n = c->net;
	struct sip_flow flow = conn_flow(c);

	if (c->closing)
		return;
	c->closing = true;
	timer_stop(&c->silence);
	timer_stop(&c->keep_alive);
	timer_stop(&c->pause);
	list_remove(&c->unflushed);
	conn_keep_ticket(c);
	if (!c->ready)
		conn_note_peer(c);
	conn_leave(c);
	tcp_close(&c->stream);
	if (!c->accepted)
		flow.conn_slot = flow.conn_gen = 0;
	if (!n->closing)
		n->ops->on_closed(n->ctx, &flow);
}

/* Every layer says good-bye, as far as the kernel takes it at once. */
static void
part(struct conn *c)
{
	if (c->ws)
		ws_end(c, WS_GOING_AWAY);
	if (c->tls)
		tls_session_end(c->tls);
	tcp_last_words(&c->stream);
	conn_close(c);
}

/* ---- down ---- */

enum err
conn_write(struct conn *c, struct slice bytes)
{
	struct out_buf *pending = &c->stream.pending;
	size_t before = pending->n;
	enum err e;

	if (tcp_unsent(&c->stream) + bytes.n > c->net->config.tcp_queue_bytes) {
		conn_counts(c)->queue_full++;
		conn_doom(c); /* half a conversation is worth nothing */
		return ERR_LIMIT;
	}
	e = c->tls ? tls_session_write(c->tls, bytes) : out_buf_put(pending, bytes);
	if (e == ERR_OK) {
		conn_counts(c)->bytes_out += pending->n - before;
		conn_to_be_flushed(c);
	}
	return e;
}

/* Messages for a connection that is not ready yet wait as one text: only those of streams,
 * where boundaries are in the messages themselves. */
static enum err
wait_until_ready(struct conn *c, struct slice bytes)
{
	if (c->transport != SIP_TCP && c->transport != SIP_TLS)
		return ERR_CLOSED;
	if (c->early.n + bytes.n > c->net->config.tcp_queue_bytes) {
		conn_counts(c)->queue_full++;
		conn_doom(c);
		return ERR_LIMIT;
	}
	return out_buf_put(&c->early, bytes);
}

enum err
conn_send_message(struct conn *c, struct slice bytes)
{
	enum err e;

	if (c->doomed || c->closing)
		return ERR_CLOSED;
	if (!c->ready)
		e = wait_until_ready(c, bytes);
	else if (c->ws)
		e = ws_send(c, ws_is_utf8(bytes) ? WS_TEXT : WS_BINARY, bytes);
	else
		e = conn_write(c, bytes);
	if (e != ERR_OK)
		return e;
	conn_counts(c)->messages_out++;
	if (c->ready && (c->heard || !c->accepted))
		conn_await(c, c->net->config.tcp_idle_ms);
	return ERR_OK;
}

void
conn_ask(struct conn *c)
{
	c->asked = true;
	if (c->ws)
		(void)ws_send(c, WS_PING, SLICE(""));
	else
		(void)conn_write(c, SLICE("\r\n\r\n"));
}

void
conn_flush(struct conn *c)
{
	if (c->doomed)
		part(c);
	else if (tcp_flush(&c->stream) != ERR_OK)
		conn_close(c);
}

/* ---- becoming ready ---- */

static void
on_end(struct tcp *s)
{
	conn_close(container_of(s, struct conn, stream));
}

void
conn_ready(struct conn *c)
{
	const struct net_config *config = &c->net->config;

	c->ready = true;
	conn_await(c, c->accepted ? config->tcp_first_message_ms : config->tcp_idle_ms);
	if (c->ws || !c->accepted)
		timer_start(loop_timers(c->net->loop), &c->keep_alive,
		    c->ws ? config->ws_ping_ms : config->keep_alive_ms);
	if (c->early.n && conn_write(c, slice_make(c->early.p, c->early.n)) != ERR_OK)
		conn_doom(c);
	out_buf_fini(&c->early);
}

static void
start_tls(struct conn *c)
{
	struct net *n = c->net;
	SSL_SESSION *ticket = NULL;
	enum err e = ERR_UNSUPPORTED;

	conn_await(c, n->config.tls_handshake_ms);
	if (c->accepted && n->tls && n->tls->server_n)
		e = tls_session_accept(&c->tls, n->tls, &c->stream.pending);
	if (!c->accepted && n->tls) {
		struct slice name = expected_name(n, &c->remote, &ticket);

		e = tls_session_connect(&c->tls, n->tls, &c->stream.pending, name, ticket);
	}
	if (e != ERR_OK) {
		conn_counts(c)->handshakes_failed++;
		conn_doom(c);
		return;
	}
	if (!c->accepted)
		tls_session_start(c->tls);
	conn_to_be_flushed(c);
}

void
conn_started(struct conn *c)
{
	tcp_start(&c->stream);
	if (c->transport == SIP_TLS || c->transport == SIP_WSS)
		start_tls(c);
	else
		conn_above_tls(c);
}

/* Our address on a connection, with the port at which we can be called back. */
static void
learn_local(struct conn *c)
{
	const struct net *n = c->net;

	if (tcp_local(&c->stream, &c->local) != ERR_OK)
		return;
	for (size_t i = n->n_listener; i-- > 0;)
		if (n->listener[i]->transport == c->transport &&
		    n->listener[i]->addr.family == c->local.family)
			c->local.port = n->listener[i]->addr.port;
}

static void
on_connected(struct tcp *s, int status)
{
	struct conn *c = container_of(s, struct conn, stream);

	if (status < 0) {
		conn_counts(c)->open_failed++;
		conn_close(c);
		return;
	}
	conn_counts(c)->opened++;
	learn_local(c);
	conn_started(c);
	conn_to_be_flushed(c);
}

static const struct tcp_ops tcp_ops = {.on_connected = on_connected,
    .on_bytes = conn_on_bytes,
    .on_end = on_end,
    .on_freed = on_freed};

/* ---- the end of all ---- */

void
conn_close_all(struct net *n)
{
	struct hnode *h, *next;

	for (h = hmap_each(&n->by_remote, NULL); h; h = next) {
		struct conn *c = container_of(h, struct conn, by_remote);

		next = hmap_each(&n->by_remote, h);
		part(c);
	}
}
