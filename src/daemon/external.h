/*
 * Our address as the world sees it: finds the STUN server of the settings by name, has the
 * transports ask it. Signalling thread. Owns nothing but itself; net and dns are borrowed and
 * stay until external_fini.
 */
#ifndef DAEMON_EXTERNAL_H
#define DAEMON_EXTERNAL_H

#include "net/dns.h"
#include "net/net.h"

struct external {
	struct net *net;
	struct net_dns *dns;
	struct timers *timers;
	struct timer again; /* the name is looked up anew */
	uint64_t search;    /* number of the last look-up; older ones are ignored */
	char server[256];   /* as in the settings */
};

void external_init(struct external *x, struct net *net, struct net_dns *dns, struct timers *timers);
/** "host" or "host:port" or an address; empty ends it. The same text changes nothing. */
void external_set_server(struct external *x, const char *server);
void external_fini(struct external *x);

#endif
