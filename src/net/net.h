/*
 * net/ - the SIP transports: UDP and TCP on the loop, IPv4 and IPv6, several local
 * addresses. Gives whole messages up, takes whole messages down, reuses
 * connections (RFC 3261, 18; RFC 5923 in spirit: an address has one connection).
 *
 * A struct net owns its sockets and connections and belongs to the loop's thread.
 * Callbacks come from the loop, never from inside a net_ function, so the user
 * may send from them. What is sent leaves at the end of the loop iteration, many
 * datagrams to a system call.
 *
 * Knows what a message boundary is (framer.h) and nothing else of SIP: no
 * transactions, no calls, no users. Bytes are hostile; sizes, queues,
 * connections and waiting times have limits, and what hits one is counted.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "loop/loop.h"
#include "sip/flow.h"

struct net;

enum { NET_LISTENERS_MAX = 16 }; /* of each transport */

/** 0 means the default in brackets. */
struct net_config {
	uint32_t udp_queue_max;	       /* datagrams a socket holds back when the kernel is
					  full, at most 4 MiB of them [4096] */
	uint32_t udp_kernel_bytes;     /* SO_RCVBUF and SO_SNDBUF [4 MiB] */
	uint32_t tcp_idle_ms;	       /* no message for so long: closed [900,000] */
	uint32_t tcp_first_message_ms; /* until the first whole message [30,000] */
	uint32_t tcp_connect_ms;       /* [10,000] */
	uint32_t tcp_conns_max;	       /* accepted and opened together [20,000] */
	uint32_t tcp_conns_per_ip;     /* accepted from one address [2,000] */
	uint32_t tcp_queue_bytes;      /* unsent to one peer; beyond, it is closed [1 MiB] */
};

struct net_ops {
	/** One datagram or one framed message; bytes are good during the call. */
	void (*on_message)(void *ctx, const struct sip_flow *flow, struct slice bytes);
	/** The connection of this flow is gone, or could not be opened. For one that we
	 *  opened the handle is 0, 0: who sent on it may have had no handle yet, or an
	 *  older one; its remote address says which it was. */
	void (*on_closed)(void *ctx, const struct sip_flow *flow);
};

struct net_listener {
	enum sip_transport transport;
	struct addr addr;
};

/* All since start but conns. */
struct net_counts {
	uint64_t messages_in, messages_out;
	uint64_t bytes_in, bytes_out;
	uint64_t keep_alives_in; /* CR LF, zeros; dropped or answered */
	uint64_t framing_errors; /* streams closed for what they sent; cut datagrams */
	uint64_t queue_full;	 /* messages not sent: queue limit */
	uint64_t send_errors;	 /* messages the kernel refused */
	uint64_t accepted, opened, open_failed;
	uint64_t refused;   /* closed at once: connection limits */
	uint64_t timed_out; /* closed for silence */
	size_t conns;
};

/** ops and ctx for life. ERR_NOMEM, ERR_LIMIT (no hook left on the loop). */
ERR_MUST_CHECK enum err net_new(struct net **out, struct loop *loop,
    const struct net_config *config, const struct net_ops *ops, void *ctx);
/** No callbacks any more; the sockets close when the loop runs, at the latest in
 *  loop_free. Not from inside a callback. NULL is fine. */
void net_free(struct net *n);

/** Port 0 takes a free one. bound (may be NULL) is the real address. SIP_UDP, SIP_TCP,
 *  else ERR_UNSUPPORTED. ERR_IN_USE, ERR_DENIED, ERR_LIMIT, ERR_INVALID (no such
 *  local address), ERR_IO. */
ERR_MUST_CHECK enum err net_listen(
    struct net *n, enum sip_transport transport, const struct addr *addr, struct addr *bound);
/** Returns how many there are; writes at most max. */
size_t net_local_addrs(const struct net *n, struct net_listener *out, size_t max);

/**
 * Queues a copy. UDP: leaves from flow.local where that is one of ours, else from a
 * fitting socket. TCP: on the connection of the flow; without a live one, on one to the
 * same remote address, or it is opened. Whatever fails later on TCP comes as
 * on_closed. ERR_UNSUPPORTED, ERR_NOT_FOUND (no socket of this family), ERR_LIMIT
 * (queue full, too many connections), ERR_TOO_BIG, ERR_CLOSED (connection gone;
 * on_closed follows), ERR_NOMEM.
 */
enum err net_send(struct net *n, const struct sip_flow *flow, struct slice bytes);

/** The address a message to remote would leave from, with our listening port: for Via
 *  and Contact. ERR_NOT_FOUND: we do not listen in this family, or no route.
 *  Answers are kept for a minute. */
ERR_MUST_CHECK enum err net_local_for(
    struct net *n, enum sip_transport transport, const struct addr *remote, struct addr *out);

/** SIP_UDP or SIP_TCP. */
const struct net_counts *net_get_counts(const struct net *n, enum sip_transport transport);

#endif
