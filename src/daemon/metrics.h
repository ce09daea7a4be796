/* What the signalling plane tells /metrics and /api/status, once a second. */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include "daemon/messages.h"
#include "daemon/switchboard.h"
#include "loop/mailbox.h"
#include "net/dns.h"
#include "net/net.h"
#include "security/firewall.h"

struct metrics_sources {
	const struct net *net;
	const struct net_dns *dns;
	const struct media *media;
	struct switchboard *switchboard;
	const struct firewall *firewall;
	struct mailbox *mailbox;
	uint64_t reports_dropped;
};

/** A heap block for the caller, NULL when out of memory. Signalling thread. */
struct metrics_block *metrics_collect(const struct metrics_sources *src);

#endif
