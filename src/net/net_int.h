/*
 * Private to net/: the struct its files share. udp.c owns the datagram sockets, tcp.c the
 * listeners and connections, route.c the cache of local addresses, net.c the whole.
 */
#ifndef NET_NET_INT_H
#define NET_NET_INT_H

#include <uv.h>

#include "base/hmap.h"
#include "net/framer.h"
#include "net/net.h"

enum {
	UDP_BATCH = 32,	   /* datagrams a system call */
	UDP_ROUNDS = 4,	   /* batches before others get their turn */
	ROUTE_CACHE = 256, /* entries, direct mapped */
	ROUTE_KEEP_MS = 60000,
	READ_BYTES = 65536,
};

struct udp_socket;
struct udp_batch;
struct tcp_listener;
struct tcp_conn;

struct conn_slot {
	struct tcp_conn *conn; /* NULL = free */
	uint32_t gen;	       /* of the connection in it, or of the last one */
	uint32_t next_free;
};

struct route {
	struct addr remote, local; /* ports 0; family 0 = empty */
	uint64_t until_ms;
};

struct net {
	struct loop *loop;
	struct net_config config;
	const struct net_ops *ops;
	void *ctx;
	struct timer kick; /* runs while something waits for the flush */
	bool closing;
	size_t handles; /* open or closing; the last one frees the net */

	struct udp_socket *udp[NET_LISTENERS_MAX];
	size_t n_udp;
	struct udp_batch *batch; /* receive buffers, for all sockets in turn */

	struct tcp_listener *tcp[NET_LISTENERS_MAX];
	size_t n_tcp;
	struct conn_slot *slots;
	size_t n_slots;
	uint32_t first_free; /* index + 1 */
	struct hmap by_remote;
	struct hmap per_ip;    /* struct ip_count */
	struct list unflushed; /* connections with something to send or to end */
	struct list lost;      /* struct lost_flow: on_closed still to be called */
	char *read_buf;	       /* READ_BYTES, for all connections in turn */

	struct route routes[ROUTE_CACHE];
	struct net_counts udp_counts, tcp_counts;
};

/** Makes the loop come round again: something waits for the flush. */
void net_kick(struct net *n);
/** Called by every close callback of a handle, after freeing what it held. */
void net_handle_closed(struct net *n);

ERR_MUST_CHECK enum err udp_listen(struct net *n, const struct addr *addr, struct addr *bound);
enum err udp_send(struct net *n, const struct sip_flow *flow, struct slice bytes);
void udp_flush(struct net *n);
void udp_close_all(struct net *n);
const struct addr *udp_socket_addr(const struct udp_socket *s);

ERR_MUST_CHECK enum err tcp_listen(struct net *n, const struct addr *addr, struct addr *bound);
enum err tcp_send(struct net *n, const struct sip_flow *flow, struct slice bytes);
void tcp_flush(struct net *n);
void tcp_close_all(struct net *n);
/** What is left when the last handle is gone. */
void tcp_fini(struct net *n);
const struct addr *tcp_listener_addr(const struct tcp_listener *l);

#endif
