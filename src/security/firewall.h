/*
 * security/firewall - blocked addresses are dropped by the kernel: a table of nftables with
 * sets of addresses and networks, for the SIP ports of this daemon only.
 *
 * A small thread of its own, because it is the only one that keeps the right to change the
 * kernel's filter (CAP_NET_ADMIN), and because libnftables may take its time. The table is made
 * with the first block and belongs to this process: the kernel removes it with us, also after a
 * crash. Without the permission nothing happens here and the transports drop alone.
 *
 * Anybody may post, from any thread, without waiting. What is lost in a flood of blocks (a full
 * mailbox) is dropped by us instead of by the kernel.
 */
#ifndef SECURITY_FIREWALL_H
#define SECURITY_FIREWALL_H

#include "base/addr_net.h"

struct firewall;

enum { FIREWALL_PORTS_MAX = 8, FIREWALL_NETS_MAX = 1000 };

/** Blocks that last until they are lifted. */
#define FIREWALL_FOR_EVER UINT32_MAX

struct firewall_params {
	uint16_t ports[FIREWALL_PORTS_MAX]; /* 0 = none; of the table's name the first */
};

/** Starts the thread, which takes over the capabilities of the calling one. */
ERR_MUST_CHECK enum err firewall_start(struct firewall **out, const struct firewall_params *p);
/** Removes the table and ends the thread. NULL is fine. */
void firewall_stop(struct firewall *f);
/** Drops what comes from net for so many seconds; 0: no longer. NULL is fine. */
void firewall_block(struct firewall *f, const struct addr_net *net, uint32_t seconds);

struct firewall_counts {
	bool active;  /* the kernel drops for us */
	bool refused; /* it would not let us */
	uint64_t commands, failed, lost;
};

/** Any thread. f may be NULL. */
struct firewall_counts firewall_count(const struct firewall *f);

#endif
