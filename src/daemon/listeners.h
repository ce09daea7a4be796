/*
 * Which addresses, ports and transports the daemon listens on for SIP, from the settings.
 * Signalling thread, before the loop runs.
 */
#ifndef DAEMON_LISTENERS_H
#define DAEMON_LISTENERS_H

#include "model/settings.h"
#include "net/dns.h"
#include "net/net.h"

/* Of a transport whose port the kernel shall choose, in listeners_open's `any_port`. */
#define LISTENERS_ANY(transport) (1u << (transport))

/**
 * Opens them all: UDP and TCP on sip_port (0: a free one, the same for both), TLS, WebSocket
 * and WebSocket with TLS on theirs (0: none, unless its bit is in any_port). "::" means every
 * address of both families. The encrypted ones need net_set_tls before; without it they are
 * left out, with a line in the log. *sip_port: the port of UDP and TCP. why: a sentence.
 */
ERR_MUST_CHECK enum err listeners_open(struct net *n, const struct settings *set, unsigned any_port,
    uint16_t *sip_port, char *why, size_t why_bytes);

/** The families and transports in which servers of others can be reached: those we listen in. */
struct net_reach listeners_reach(const struct net *n);

#endif
