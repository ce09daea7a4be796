/*
 * Private to net/: the struct its files share.
 *
 *	net.c        the whole: making, sending, flushing, ending
 *	udp.c        datagram sockets; udp_out.c: their queues
 *	listen.c     listeners of streams, accepting
 *	conn.c       a connection: its life, and what goes down its layers
 *	conn_up.c    what comes up its layers
 *	  tcp.c        TCP
 *	  tls_session.c  TLS, when there is (tls.c: what sessions are made with)
 *	  ws.c         WebSocket, when there is (ws_handshake.c, ws_frame.c: pure)
 *	  framer.c     SIP messages in a stream, without WebSocket
 *	conn_open.c  connections that we open; whom we expect at an address
 *	conn_table.c how connections are found
 *	source.c     what one address may use
 *	block.c      addresses that are kept out
 *	stun.c       STUN beside SIP
 *	route.c      local addresses
 */
#ifndef NET_NET_INT_H
#define NET_NET_INT_H

#include <uv.h>

#include "base/hmap.h"
#include "base/log.h"
#include "net/framer.h"
#include "net/net.h"
#include "sip/stun_client.h"

enum {
	UDP_BATCH = 32,	   /* datagrams a system call */
	UDP_ROUNDS = 4,	   /* batches before others get their turn */
	ROUTE_CACHE = 256, /* entries, direct mapped */
	ROUTE_KEEP_MS = 60000,
	READ_BYTES = 65536,
	FRAME_BYTES = NET_MESSAGE_MAX_BYTES + 16, /* a message in a WebSocket frame */
	NET_TRANSPORTS = SIP_WSS + 1,
	STREAM_LISTENERS_MAX = NET_LISTENERS_MAX * (NET_TRANSPORTS - 1),
	RATES = 4096, /* entries, direct mapped */
	BLOCK_PREFIXES = 129 + 33,
};

struct udp_socket;
struct udp_batch;
struct listener;
struct conn;

struct conn_slot {
	struct conn *conn; /* NULL = free */
	uint32_t gen;	   /* of the connection in it, or of the last one */
	uint32_t next_free;
};

struct route {
	struct addr remote, local; /* ports 0; family 0 = empty */
	uint64_t until_ms;
};

/* What an address has used lately: a budget that fills with time. */
struct rate {
	struct addr ip; /* port 0 */
	uint64_t at_ms;
	int64_t bytes;	    /* may still come; below 0: too much came */
	int64_t handshakes; /* in thousandths */
};

/* Networks that are kept out, by prefix length so that a look-up costs a hash for each length
 * in use. */
struct blocks {
	struct hmap nets; /* struct block */
	uint32_t by_bits[BLOCK_PREFIXES];
};

struct net {
	struct loop *loop;
	struct net_config config;
	const struct net_ops *ops;
	void *ctx;
	struct rng rng;
	struct timer kick; /* runs while something waits for the flush */
	bool closing;
	size_t handles; /* open or closing; the last one frees the net */
	struct log_limit trouble_log;

	struct udp_socket *udp[NET_LISTENERS_MAX];
	size_t n_udp;
	struct udp_batch *batch; /* receive buffers, for all sockets in turn */

	struct listener *listener[STREAM_LISTENERS_MAX];
	size_t n_listener;
	struct net_tls *tls; /* NULL = none yet */
	struct conn_slot *slots;
	size_t n_slots;
	uint32_t first_free; /* index + 1 */
	size_t n_conns;	     /* of all transports */
	struct hmap by_remote;
	struct hmap sources;   /* struct source */
	struct hmap expected;  /* struct expected: names of TLS servers */
	struct list unflushed; /* connections with something to send or to end */
	struct list lost;      /* struct lost_flow: on_closed still to be called */
	char *read_buf;	       /* READ_BYTES, for all connections in turn */
	char *plain_buf;       /* TLS_PLAIN_BYTES, the same */
	char *frame_buf;       /* FRAME_BYTES, for the WebSocket frame being sent */

	struct rate *rates; /* RATES */
	struct blocks blocks;
	struct stun_client stun;
	struct route routes[ROUTE_CACHE];
	struct net_counts counts[NET_TRANSPORTS];
};

/** Makes the loop come round again: something waits for the flush. */
void net_kick(struct net *n);
/** Called by every close callback of a handle, after freeing what it held. */
void net_handle_closed(struct net *n);

/* ---- udp.c ---- */

ERR_MUST_CHECK enum err udp_listen(struct net *n, const struct addr *addr, struct addr *bound);
enum err udp_send(struct net *n, const struct sip_flow *flow, struct slice bytes);
void udp_flush(struct net *n);
void udp_close_all(struct net *n);
/** How full the fullest kernel queue of received datagrams is. */
uint32_t udp_queue_permille(const struct net *n);
const struct addr *udp_socket_addr(const struct udp_socket *s);

/* ---- listen.c ---- */

struct listener {
	uv_tcp_t tcp;
	struct net *net;
	enum sip_transport transport;
	struct addr addr;
};

ERR_MUST_CHECK enum err listener_open(
    struct net *n, enum sip_transport t, const struct addr *addr, struct addr *bound);
void listener_close_all(struct net *n);

/* ---- source.c ---- */

/** A connection of this address begins, or ends. ERR_LIMIT, ERR_NOMEM. */
ERR_MUST_CHECK enum err source_join(struct net *n, const struct addr *a);
void source_leave(struct net *n, const struct addr *a);
/** A TLS handshake begins (ERR_LIMIT: too many unfinished ones, or too many lately), or is
 *  over. Only between source_join and source_leave. */
ERR_MUST_CHECK enum err source_shake(struct net *n, const struct addr *a);
void source_shaken(struct net *n, const struct addr *a);
/** Bytes came. Returns how many ms to wait before more are welcome, 0 = none. */
uint32_t source_bytes(struct net *n, const struct addr *a, size_t bytes);
/** A line in the log about somebody who hit a limit; not too many of them. */
void source_complain(struct net *n, const struct addr *a, const char *what);
void sources_fini(struct net *n);

/* ---- block.c ---- */

bool blocks_have(const struct blocks *b, const struct addr *a);
ERR_MUST_CHECK enum err blocks_set(struct blocks *b, const struct addr_net *net, bool blocked);
void blocks_fini(struct blocks *b);

/* ---- stun.c ---- */

void net_stun_init(struct net *n);
void net_stun_fini(struct net *n);
/** Answers or uses up a STUN message. False: it is none. */
bool net_stun_take(struct net *n, const struct sip_flow *flow, struct slice bytes);

#endif
