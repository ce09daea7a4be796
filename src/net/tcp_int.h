/*
 * Private to net/: a TCP connection, shared by tcp.c (what happens on it) and
 * tcp_table.c (how it is found, and how many there may be).
 */
#ifndef NET_TCP_INT_H
#define NET_TCP_INT_H

#include "net/net_int.h"

struct out_buf {
	char *p;
	size_t n, cap;
};

struct tcp_conn {
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	struct net *net;
	struct hnode by_remote;
	struct list unflushed;
	struct timer silence;
	struct net_framer framer;
	struct out_buf pending, in_flight;
	struct addr local, remote;
	uint32_t slot, gen;
	bool accepted, open, writing, closing;
	bool heard;  /* a whole message came */
	bool doomed; /* to be closed when the iteration ends */
};

/** Puts a connection whose remote address is known into the tables. ERR_LIMIT: too many,
 *  of all or of its address; ERR_NOMEM. */
ERR_MUST_CHECK enum err conn_enter(struct tcp_conn *c);
void conn_leave(struct tcp_conn *c);
/** The live connection of the flow, else one to the same remote address, else NULL. */
struct tcp_conn *conn_find(struct net *n, const struct sip_flow *flow);

#endif
