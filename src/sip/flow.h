/*
 * A flow: the way a SIP message came or goes. A value: transport, local and
 * remote address and, for connections, a handle to the connection. A handle
 * whose generation is stale means the connection is gone (RFC 5626 idea of a
 * flow). Knows nothing of sockets; net/ turns it into one.
 */
#ifndef SIP_FLOW_H
#define SIP_FLOW_H

#include "base/addr.h"

enum sip_transport { SIP_UDP, SIP_TCP, SIP_TLS, SIP_WS, SIP_WSS };

struct sip_flow {
	enum sip_transport transport;
	uint32_t conn_slot, conn_gen; /* 0, 0 = none (UDP, or not yet connected) */
	struct addr local;	      /* where it arrived, or which address to send from */
	struct addr remote;
};

/** "UDP", "TCP", … as in Via. */
struct slice sip_transport_name(enum sip_transport t);
/** "udp", "tcp" … any case, as in ;transport=. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err sip_transport_parse(struct slice s, enum sip_transport *out);
/** True for TCP, TLS, WS, WSS: the transport retransmits, so we do not. */
bool sip_transport_reliable(enum sip_transport t);

#endif
