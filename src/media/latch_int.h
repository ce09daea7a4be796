/*
 * Whom one side of a stream listens to, and where it sends. Pure.
 *
 * Not latched: accepts the peer's SDP address (any port: senders that do not use
 * their receiving port exist) and the IP its signalling comes from. The first
 * accepted packet latches; then only that address and port counts, and we send
 * there (symmetric RTP, RFC 4961), which is what crosses a NAT. RTP and RTCP latch
 * apart, since a NAT maps them apart.
 *
 * When another party takes the side, the one before may go on sending for a moment, from
 * the same IP: its source is barred. Not for ever, as it may be the new one's too (the same
 * phone called again); and not where the SDP names it.
 */
#ifndef MEDIA_LATCH_INT_H
#define MEDIA_LATCH_INT_H

#include "media/media.h"

enum latch_port { LATCH_RTP, LATCH_RTCP, LATCH_PORTS };

struct latch {
	struct media_peer peer;
	struct addr source[LATCH_PORTS]; /* family 0 = not latched */
	struct addr barred[LATCH_PORTS]; /* of the party before; family 0 = none */
	uint16_t barred_packets[LATCH_PORTS];
};

enum latch_verdict {
	LATCH_REFUSED,
	LATCH_KNOWN,
	LATCH_NEW, /* this packet latched: the target has changed */
};

void latch_init(struct latch *l);
/** Opens the latch again where the addresses differ from those before. */
void latch_set_peer(struct latch *l, const struct media_peer *peer);
enum latch_verdict latch_check(struct latch *l, enum latch_port port, const struct addr *from);
/** Where to send; false: nowhere, because the peer is unknown. Does not look at
 *  peer.send. */
bool latch_target(const struct latch *l, enum latch_port port, struct addr *out);

#endif
