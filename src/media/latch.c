#include "media/latch_int.h"

enum { BARRED_PACKETS = 250 }; /* five seconds of voice */

void
latch_init(struct latch *l)
{
	*l = (struct latch){0};
}

/* An SDP address has no scope (RFC 4566), what arrives from fe80:: has one. */
static bool
same_ip(const struct addr *a, const struct addr *b)
{
	return a->family != 0 && a->family == b->family &&
	       memcmp(a->ip, b->ip, sizeof a->ip) == 0 &&
	       (a->scope == b->scope || a->scope == 0 || b->scope == 0);
}

void
latch_set_peer(struct latch *l, const struct media_peer *peer)
{
	const struct media_peer *old = &l->peer;
	bool other = old->party && peer->party != old->party;
	bool moved = other || !addr_eq(&old->rtp, &peer->rtp) ||
		     !addr_eq_ip(&old->signalling, &peer->signalling);

	for (int port = 0; other && port < LATCH_PORTS; port++)
		if (l->source[port].family) {
			l->barred[port] = l->source[port];
			l->barred_packets[port] = 0;
		}
	if (moved)
		l->source[LATCH_RTP] = (struct addr){0};
	if (moved || !addr_eq(&old->rtcp, &peer->rtcp))
		l->source[LATCH_RTCP] = (struct addr){0};
	l->peer = *peer;
}

/* Does the party before still send? */
static bool
is_barred(struct latch *l, enum latch_port port, const struct addr *from)
{
	const struct addr *told = port == LATCH_RTP ? &l->peer.rtp : &l->peer.rtcp;

	if (!addr_eq(&l->barred[port], from) || addr_eq(told, from) ||
	    l->barred_packets[port] == BARRED_PACKETS)
		return false;
	l->barred_packets[port]++;
	return true;
}

static bool
may_latch(const struct latch *l, enum latch_port port, const struct addr *from)
{
	return same_ip(&l->peer.rtp, from) || same_ip(&l->peer.signalling, from) ||
	       (port == LATCH_RTCP && same_ip(&l->peer.rtcp, from));
}

enum latch_verdict
latch_check(struct latch *l, enum latch_port port, const struct addr *from)
{
	if (l->source[port].family)
		return addr_eq(&l->source[port], from) ? LATCH_KNOWN : LATCH_REFUSED;
	if (!may_latch(l, port, from) || is_barred(l, port, from))
		return LATCH_REFUSED;
	l->source[port] = *from;
	return LATCH_NEW;
}

/* 0.0.0.0 is how old phones ask for silence (RFC 2543 hold). Groups are for
 * broadcasting, not for calls: nobody may fill a network with our help. */
static bool
reachable(const struct addr *a)
{
	bool group = a->family == 4 ? a->ip[0] >= 224 : a->ip[0] == 0xff;

	return a->family != 0 && a->port != 0 && !addr_is_any(a) && !group;
}

bool
latch_target(const struct latch *l, enum latch_port port, struct addr *out)
{
	const struct addr *told = port == LATCH_RTP ? &l->peer.rtp : &l->peer.rtcp;
	const struct addr *rtp_source = &l->source[LATCH_RTP];

	if (!reachable(told))
		return false;
	if (l->source[port].family) {
		*out = l->source[port];
		return true;
	}
	/* RTCP of a peer behind a NAT: its SDP address leads nowhere, and its mapped
	 * port is unknown until it sends. */
	if (port == LATCH_RTCP && rtp_source->family && !same_ip(rtp_source, &l->peer.rtp))
		return false;
	*out = *told;
	return true;
}
