/* The way of bytes up the layers of a connection: TLS, WebSocket or framer, and the user. */
#include "net/conn_int.h"

void
conn_take_message(struct conn *c, struct slice message)
{
	struct net *n = c->net;
	struct sip_flow flow = conn_flow(c);
	struct net_counts *counts = conn_counts(c);

	if (c->heard)
		conn_await(c, n->config.tcp_idle_ms);
	if (slice_trim(message).n == 0) {
		counts->keep_alives_in++;
		(void)(c->ws ? ws_send(c, WS_TEXT, SLICE("\r\n"))
			     : conn_write(c, SLICE("\r\n"))); /* RFC 5626, 3.5.1 */
		return;
	}
	if (net_stun_take(n, &flow, message))
		return;
	counts->messages_in++;
	if (!c->heard)
		conn_await(c, n->config.tcp_idle_ms);
	c->heard = true;
	n->ops->on_message(n->ctx, &flow, message);
}

static void
take_stream(struct conn *c, struct slice in)
{
	struct slice message;
	enum err e = ERR_INCOMPLETE;

	if (slice_eq(in, SLICE("\r\n"))) { /* the answer to our CR LF CR LF */
		c->pongs = true;
		if (!c->accepted)
			conn_await(c, c->net->config.tcp_idle_ms);
	}
	while (!c->doomed && (e = net_framer_next(&c->framer, &in, &message)) == ERR_OK)
		conn_take_message(c, message);
	if (e == ERR_OK || e == ERR_INCOMPLETE)
		return;
	conn_counts(c)->framing_errors++;
	source_complain(c->net, &c->remote, "a stream that is no SIP: closed,");
	conn_doom(c);
}

static void
take_plain(struct conn *c, struct slice bytes)
{
	if (c->ws)
		ws_take(c, bytes);
	else
		take_stream(c, bytes);
}

void
conn_above_tls(struct conn *c)
{
	bool websocket = c->transport == SIP_WS || c->transport == SIP_WSS;

	if (!websocket) {
		conn_ready(c);
		return;
	}
	conn_await(c, c->net->config.tcp_first_message_ms);
	if (ws_new(&c->ws) != ERR_OK)
		conn_doom(c);
}

static void
established(struct conn *c)
{
	struct net_counts *counts = conn_counts(c);

	counts->handshakes++;
	if (SSL_session_reused(c->tls->ssl))
		counts->handshakes_resumed++;
	if (c->shaking)
		source_shaken(c->net, &c->remote);
	c->shaking = false;
	conn_note_peer(c);
	conn_above_tls(c);
}

static void
tls_failed(struct conn *c)
{
	struct net *n = c->net;
	char text[ADDR_TEXT_MAX];

	if (!c->tls->established)
		conn_counts(c)->handshakes_failed++;
	else
		conn_counts(c)->framing_errors++;
	if (log_limit_pass(&n->trouble_log, LOG_SUB_NET, loop_now_ms(n->loop)))
		log_at(c->accepted ? LOG_INFO : LOG_WARN, NET, "TLS with %s failed: %s",
		    addr_text(&c->remote, text), c->tls->why);
	conn_doom(c);
}

static void
take_encrypted(struct conn *c, struct slice in)
{
	char *plain = c->net->plain_buf;

	while (!c->doomed) {
		bool was = c->tls->established;
		size_t n = 0;
		enum err e = tls_session_take(c->tls, &in, plain, &n);

		if (e == ERR_INCOMPLETE)
			break;
		if (e == ERR_OK && !was)
			established(c);
		else if (e == ERR_OK)
			take_plain(c, slice_make(plain, n));
		else if (e == ERR_CLOSED)
			conn_doom(c);
		else
			tls_failed(c);
	}
	if (c->stream.pending.n)
		conn_to_be_flushed(c); /* handshakes and alerts */
}

void
conn_on_bytes(struct tcp *s, struct slice bytes)
{
	struct conn *c = container_of(s, struct conn, stream);
	struct net *n = c->net;
	uint32_t wait_ms;

	conn_counts(c)->bytes_in += bytes.n;
	if (c->doomed)
		return;
	c->asked = false;
	wait_ms = source_bytes(n, &c->remote, bytes.n);
	if (c->tls)
		take_encrypted(c, bytes);
	else
		take_plain(c, bytes);
	if (wait_ms && !c->closing) {
		conn_counts(c)->over_rate++;
		source_complain(n, &c->remote, "too many bytes: read more slowly");
		tcp_pause(s);
		timer_start(loop_timers(n->loop), &c->pause, wait_ms);
	}
}
