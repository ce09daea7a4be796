/* Private to net/: a UDP socket, shared by udp.c (what happens on it) and udp_out.c (what is to
 * be sent from it). */
#ifndef NET_UDP_INT_H
#define NET_UDP_INT_H

#include "net/net_int.h"
#include "net/pace.h"

enum { UDP_CONTROL_BYTES = 128 };

struct outgoing {
	struct addr local, remote;
	size_t begin, n; /* in bytes */
};

/* Datagrams to be sent: entries first … n, their bytes one after the other. */
struct out_queue {
	struct outgoing *entry;
	size_t first, n, cap;
	char *bytes;
	size_t bytes_n, bytes_cap;
};

struct udp_socket {
	uv_poll_t poll;
	struct net *net;
	int fd;
	struct addr addr;
	bool any;     /* bound to the any-address: local addresses go with each datagram */
	bool waiting; /* for the kernel to take more */
	struct out_queue out;
	struct pace pace;
	struct timer look; /* running: the socket is read by the clock */
};

/** Queues a copy. ERR_LIMIT (counted), ERR_NOMEM. */
ERR_MUST_CHECK enum err udp_out_put(
    struct udp_socket *s, const struct sip_flow *flow, struct slice bytes);
/** Gives the queue to the kernel. False: the kernel is full, the rest waits. */
bool udp_out_send(struct udp_socket *s);
void udp_out_fini(struct udp_socket *s);

#endif
