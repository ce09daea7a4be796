/*
 * What the guard decides, outside of the switchboard: reports for management, holds for kernel
 * and transports; and how much there is to do, for the guard.
 *
 * Embedded in the signalling plane; its thread. Borrows all it is given.
 */
#ifndef DAEMON_SCREENING_H
#define DAEMON_SCREENING_H

#include "daemon/switchboard.h"
#include "loop/loop.h"
#include "net/net.h"
#include "security/blacklist.h"
#include "security/firewall.h"

struct screening {
	struct loop *loop;
	struct net *net;
	struct switchboard *switchboard;
	struct firewall *firewall; /* may be NULL */
	/* A report on its way to management; copied. */
	void (*report)(void *ctx, const struct guard_report *r);
	void *ctx;
	struct timer load;
};

/** Begins to measure the load, ten times a second. */
void screening_start(struct screening *s);
void screening_stop(struct screening *s);
/** As in struct switchboard_ops. */
void screening_on_block(struct screening *s, const struct guard_block *b);
void screening_on_unblock(struct screening *s, const struct addr_net *net);
void screening_on_hold(struct screening *s, const struct addr_net *net, uint32_t seconds);
/** From management. */
void screening_set_rule(struct screening *s, const struct guard_rule *rule);
/** Somebody at this address failed to log in at the web page. */
void screening_on_web_login(struct screening *s, const struct addr *peer);

#endif
