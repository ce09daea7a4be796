/*
 * net/ - the SIP transports on the loop: UDP, TCP, TLS, WebSocket and secure WebSocket
 * (RFC 3261, 18; RFC 7118), IPv4 and IPv6, several local addresses. Gives whole messages up,
 * takes whole messages down, reuses connections (RFC 5923 in spirit: an address has one
 * connection of a transport). Answers STUN beside SIP (RFC 5626, 4.4), keeps connections
 * alive, and keeps out who is blocked.
 *
 * A struct net owns its sockets and connections and belongs to the loop's thread.
 * Callbacks come from the loop, never from inside a net_ function, so the user
 * may send from them. What is sent leaves at the end of the loop iteration, many
 * datagrams to a system call. Nothing blocks, TLS neither.
 *
 * Knows what a message boundary is (framer.h, ws_frame.h) and nothing else of SIP: no
 * transactions, no calls, no users. Bytes are hostile; sizes, queues, connections,
 * handshakes, rates and waiting times have limits, and what hits one is counted.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/addr_net.h"
#include "loop/loop.h"
#include "net/tls.h"
#include "sip/flow.h"

struct net;

enum {
	NET_LISTENERS_MAX = 16,	 /* of each transport */
	NET_BLOCKS_MAX = 200000, /* networks in net_block */
	NET_EXPECTED_MAX = 4096, /* addresses in net_expect_name */
};

/** 0 means the default in brackets. */
struct net_config {
	uint32_t udp_queue_max;		/* datagrams a socket holds back when the kernel is
					   full, at most 4 MiB of them [4096] */
	uint32_t udp_kernel_bytes;	/* SO_RCVBUF and SO_SNDBUF [4 MiB] */
	uint32_t tcp_idle_ms;		/* no message for so long: closed [900,000] */
	uint32_t tcp_first_message_ms;	/* until the first whole message [30,000] */
	uint32_t tcp_connect_ms;	/* [10,000] */
	uint32_t tcp_conns_max;		/* accepted and opened together [20,000] */
	uint32_t tcp_conns_per_ip;	/* accepted from one source [2,000] */
	uint32_t tcp_queue_bytes;	/* unsent to one peer; beyond, it is closed [1 MiB] */
	uint32_t tls_handshake_ms;	/* from connection to established [10,000] */
	uint32_t tls_handshakes_per_ip; /* unfinished ones of one source at a time [500] */
	uint32_t tls_handshakes_per_s;	/* of one source; ten seconds' worth at once [100] */
	uint32_t keep_alive_ms;		/* CR LF CR LF on connections that we opened [100,000] */
	uint32_t ws_ping_ms;		/* Ping on WebSockets: browsers send none [30,000] */
	uint32_t source_bytes_per_s;	/* of one source; datagrams beyond are dropped, streams
					   wait [32 MiB] */
	uint32_t dscp;			/* mark of what is sent (RFC 4594), 0 = none */
	uint32_t stun_every_ms;		/* how often a STUN server is asked [60,000] */
};

struct net_ops {
	/** One datagram or one framed message; bytes are good during the call. */
	void (*on_message)(void *ctx, const struct sip_flow *flow, struct slice bytes);
	/** The connection of this flow is gone, or could not be opened. For one that we
	 *  opened the handle is 0, 0: who sent on it may have had no handle yet, or an
	 *  older one; its remote address says which it was. */
	void (*on_closed)(void *ctx, const struct sip_flow *flow);
	/** What the STUN server of net_ask_stun sees us at, whenever that changes; family 0:
	 *  unknown. May be NULL. */
	void (*on_external)(void *ctx, const struct addr *external);
};

struct net_listener {
	enum sip_transport transport;
	struct addr addr;
};

/* All since start but conns. */
struct net_counts {
	uint64_t messages_in, messages_out;
	uint64_t bytes_in, bytes_out;
	uint64_t keep_alives_in; /* CR LF, zeros, Ping; dropped or answered */
	uint64_t stun_in;
	uint64_t framing_errors; /* streams closed for what they sent; cut datagrams */
	uint64_t queue_full;	 /* messages not sent: queue limit */
	uint64_t send_errors;	 /* messages the kernel refused */
	uint64_t accepted, opened, open_failed;
	uint64_t refused;   /* closed at once: connection limits */
	uint64_t timed_out; /* closed for silence */
	uint64_t blocked;   /* datagrams and connections of blocked addresses */
	uint64_t over_rate; /* datagrams dropped, streams made to wait: source_bytes_per_s */
	uint64_t handshakes, handshakes_resumed;
	uint64_t handshakes_failed;  /* not TLS, no common cipher, untrusted, too slow */
	uint64_t handshakes_refused; /* limits of a source */
	size_t conns;
};

/** ops and ctx for life. ERR_NOMEM, ERR_LIMIT (no hook left on the loop). */
ERR_MUST_CHECK enum err net_new(struct net **out, struct loop *loop,
    const struct net_config *config, const struct net_ops *ops, void *ctx);
/** No callbacks any more; the sockets close when the loop runs, at the latest in
 *  loop_free. Not from inside a callback. NULL is fine. */
void net_free(struct net *n);

/** The certificates and the policy of TLS from now on; tls is the net's. Connections that are
 *  open, and handshakes on their way, end with what they began with. */
void net_set_tls(struct net *n, struct net_tls *tls);

/** Port 0 takes a free one. bound (may be NULL) is the real address. ERR_IN_USE, ERR_DENIED,
 *  ERR_LIMIT, ERR_INVALID (no such local address), ERR_UNSUPPORTED, ERR_IO; for SIP_TLS and
 *  SIP_WSS ERR_WRONG_STATE before net_set_tls. */
ERR_MUST_CHECK enum err net_listen(
    struct net *n, enum sip_transport transport, const struct addr *addr, struct addr *bound);
/** Returns how many there are; writes at most max. */
size_t net_local_addrs(const struct net *n, struct net_listener *out, size_t max);

/**
 * Queues a copy. UDP: leaves from flow.local where that is one of ours, else from a
 * fitting socket. Others: on the connection of the flow; without a live one, on one of the
 * same transport to the same remote address, or (TCP, TLS) it is opened. WebSockets are only
 * ever opened by the other side (RFC 7118, 5). Whatever fails later on a connection comes as
 * on_closed. ERR_UNSUPPORTED, ERR_NOT_FOUND (no socket of this family), ERR_LIMIT
 * (queue full, too many connections), ERR_TOO_BIG, ERR_CLOSED (connection gone;
 * on_closed follows), ERR_NOMEM.
 */
enum err net_send(struct net *n, const struct sip_flow *flow, struct slice bytes);
/** Sends what keeps this way open: CR LF CR LF (RFC 5626, 3.5.1), or a Ping on a WebSocket; the
 *  connection is not closed for silence while this is called more often than tcp_idle_ms.
 *  Opens nothing: ERR_CLOSED. Otherwise as net_send. */
enum err net_keep_alive(struct net *n, const struct sip_flow *flow);

/**
 * From now on TLS connections that we open to this address are for `name` (a host name or IP
 * address): it is sent as SNI, the peer's certificate must come from an authority we trust and
 * be for that name (DNS or IP entry, or URI sip:name, RFC 5922), and until that is proved
 * nothing is sent. One that is open under another name, or none, is closed. Without a name
 * the certificate of a peer is not looked at (phones). A later name for the same address
 * replaces the earlier one; an empty one removes it. ERR_LIMIT, ERR_NOMEM.
 */
ERR_MUST_CHECK enum err net_expect_name(
    struct net *n, const struct addr *remote, struct slice name);

/* How the last connection to a server went, for people. */
struct net_peer {
	bool secured; /* TLS was established */
	char why[96]; /* why not; "": TCP did not even stand, or nobody answered */
	/* of the certificate it showed; empty: none was seen */
	char subject[128], issuer[128];
	int64_t until_s; /* its end, since 1970 */
};

/** Of the server at remote, which net_expect_name has named. ERR_NOT_FOUND: it was not, or nothing
 *  was tried yet. */
ERR_MUST_CHECK enum err net_get_peer(
    const struct net *n, const struct addr *remote, struct net_peer *out);

/** What comes from these addresses is dropped unread, right after recvmmsg and accept, and
 *  counted; their connections close. Unblocking takes the same network. ERR_LIMIT, ERR_NOMEM. */
enum err net_block(struct net *n, const struct addr_net *net, bool blocked);

/** Asks this STUN server from the SIP socket, again and again; the answer comes as
 *  on_external. Family 0 ends it. */
void net_ask_stun(struct net *n, const struct addr *server);

/** The address a message to remote would leave from, with our listening port: for Via
 *  and Contact. ERR_NOT_FOUND: we do not listen in this family, or no route.
 *  Answers are kept for a minute. */
ERR_MUST_CHECK enum err net_local_for(
    struct net *n, enum sip_transport transport, const struct addr *remote, struct addr *out);

const struct net_counts *net_get_counts(const struct net *n, enum sip_transport transport);

/** How full the fullest queue of datagrams is that the kernel holds for us, in permille: the one
 *  sign of overload that comes before messages are lost. A system call for each UDP socket. */
uint32_t net_queue_permille(const struct net *n);

#endif
