/*
 * Private to net/: a connection, whatever the transport. Its layers from below:
 *
 *	TCP   stream ........................... framer
 *	TLS   stream - tls_session ............. framer
 *	WS    stream ............... ws
 *	WSS   stream - tls_session - ws
 *
 * Bytes go up by conn_up_…, messages go down by conn_send_message. All layers write into the
 * stream's `pending`; nothing is written before the loop iteration ends.
 */
#ifndef NET_CONN_INT_H
#define NET_CONN_INT_H

#include "net/net_int.h"
#include "net/tcp.h"
#include "net/tls_int.h"
#include "net/ws_frame.h"

struct ws {
	bool open;    /* the handshake is done */
	bool closing; /* we have sent our close frame */
	char *head;   /* of the HTTP request, until it is whole */
	size_t head_n;
	struct ws_reader reader;
};

struct conn {
	struct tcp stream;
	struct net *net;
	enum sip_transport transport;
	struct hnode by_remote;
	struct list unflushed;
	struct timer silence;	 /* nothing came for too long */
	struct timer keep_alive; /* time for a sign of life of ours */
	struct timer pause;	 /* the peer has sent too much: read on after this */
	struct tls_session *tls; /* NULL: not encrypted */
	struct ws *ws;		 /* NULL: no WebSocket */
	struct net_framer framer;
	struct out_buf early; /* messages for a connection that is not ready */
	struct addr local, remote;
	uint32_t slot, gen;
	bool accepted, ready /* messages may pass */, closing;
	bool shaking; /* counted as an unfinished handshake */
	bool heard;   /* a whole message came */
	bool doomed;  /* to be closed when the iteration ends */
	bool asked;   /* a keep-alive of ours is not answered yet */
	bool asking;  /* the present wait is for that answer */
	bool pongs;   /* the peer answers keep-alives (RFC 5626, 3.5.1) */
};

/* ---- conn.c ---- */

/** Without a place in the tables. NULL: out of memory. */
struct conn *conn_new(struct net *n, enum sip_transport t);
/** Of one that never entered the tables; nobody is told. */
void conn_discard(struct conn *c);
/** A caller's last act on c: the user may do anything in on_closed. */
void conn_close(struct conn *c);
/** Closed when the iteration ends, after what is pending was tried once. */
void conn_doom(struct conn *c);
/** TCP stands: makes the layers above begin. */
void conn_started(struct conn *c);
/** The layers are ready for messages; sends the early ones. */
void conn_ready(struct conn *c);
/** Queues one SIP message through all layers. Errors as net_send. */
ERR_MUST_CHECK enum err conn_send_message(struct conn *c, struct slice bytes);
/** Bytes above TLS go down: encrypted or as they are. ERR_LIMIT: the queue is full, the
 *  connection doomed. */
enum err conn_write(struct conn *c, struct slice bytes);
void conn_await(struct conn *c, uint32_t ms);
void conn_flush(struct conn *c);
void conn_close_all(struct net *n);
/** Sends a sign of life. */
void conn_ask(struct conn *c);

static inline struct net_counts *
conn_counts(const struct conn *c)
{
	return &c->net->counts[c->transport];
}

void conn_to_be_flushed(struct conn *c);
struct sip_flow conn_flow(const struct conn *c);

/* ---- conn_up.c ---- */

/** From the stream. */
void conn_on_bytes(struct tcp *s, struct slice bytes);
/** A whole message came, or what a peer may send in its place: CR LF, STUN. */
void conn_take_message(struct conn *c, struct slice message);
/** TLS is established, or not wanted: the layers above begin. */
void conn_above_tls(struct conn *c);

/* ---- ws.c ---- */

ERR_MUST_CHECK enum err ws_new(struct ws **out);
void ws_free(struct ws *ws);
/** Bytes from below. False: the connection is done for and doomed. */
bool ws_take(struct conn *c, struct slice bytes);
enum err ws_send(struct conn *c, enum ws_opcode opcode, struct slice payload);
/** Says good-bye (RFC 6455, 7.1.2). */
void ws_end(struct conn *c, enum ws_status status);

/* ---- conn_open.c ---- */

/** On the connection of the flow, or a new one. Errors as net_send. */
ERR_MUST_CHECK enum err conn_send(struct net *n, const struct sip_flow *flow, struct slice bytes);
/** The ticket of a connection that ends, for the next one to the same server. */
void conn_keep_ticket(struct conn *c);
/** Keeps what is known of a server that we are connected with, or could not be. */
void conn_note_peer(const struct conn *c);
void expected_fini(struct net *n);
void lost_tell(struct net *n);
void lost_fini(struct net *n);
/** The name and ticket for a TLS connection that we open; the name is empty for anybody. */
struct slice expected_name(struct net *n, const struct addr *remote, SSL_SESSION **ticket);

/* ---- conn_table.c ---- */

/** Puts a connection whose remote address is known into the tables. ERR_LIMIT: too many,
 *  of all or of its address; ERR_NOMEM. */
ERR_MUST_CHECK enum err conn_enter(struct conn *c);
void conn_leave(struct conn *c);
/** The live connection of the flow, else one of its transport to the same remote address,
 *  else NULL. */
struct conn *conn_find(struct net *n, const struct sip_flow *flow);
void conn_table_fini(struct net *n);

#endif
