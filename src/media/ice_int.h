/*
 * ICE of who has a public address (lite: RFC 8445, 2.5): answers the checks of a peer on the port
 * of its voice and learns from them where the peer is. Sends nothing by itself, needs no timer.
 * One component, since RTCP shares the port. Pure: datagrams, addresses and times come in, answers
 * go to the caller's memory.
 *
 * The peer decides: the source of its newest check with USE-CANDIDATE is where it is; before the
 * first such check, the source of the first one that is right. Only who knows our password can
 * say so. Checks that were seen before are refused from elsewhere, as far back as the last
 * ICE_REMEMBERED that could have moved anything; one that is replayed later moves the peer until
 * its next own check (five seconds, RFC 7675).
 *
 * Never more than 1.5 times the bytes of a question in its answer. How many questions of a source
 * are answered is the caller's business. Owned by who has the socket, one thread.
 */
#ifndef MEDIA_ICE_INT_H
#define MEDIA_ICE_INT_H

#include "media/transport.h"
#include "sip/stun_check.h"

enum { ICE_REMEMBERED = 32 };

enum ice_verdict {
	ICE_SILENCE,  /* none of ours, nothing to say */
	ICE_REFUSED,  /* the answer says why */
	ICE_CHECKED,  /* answered */
	ICE_SELECTED, /* answered, and the peer is somewhere else than before */
};

struct ice {
	struct ice_credentials ours;
	char peer_ufrag[ICE_PEER_UFRAG_MAX];
	size_t peer_ufrag_bytes; /* 0 = not known yet: any */
	struct addr selected;	 /* family 0 = none yet */
	bool nominated;		 /* by the peer's own word */
	uint64_t heard_us;	 /* the last right check, 0 = never */
	struct {
		uint8_t id[STUN_ID_BYTES];
		struct addr from; /* family 0 = free */
	} seen[ICE_REMEMBERED];
	unsigned seen_next;
};

void ice_init(struct ice *ice, const struct ice_credentials *ours);
/** From the peer's description. ERR_INVALID: too long, or none. */
ERR_MUST_CHECK enum err ice_set_peer(struct ice *ice, struct slice ufrag);
/** A datagram that stun_is; an answer, if there is one, is put into the empty buffer, which has
 *  room for STUN_CHECK_ANSWER_MAX_BYTES. */
enum ice_verdict ice_packet(struct ice *ice, struct slice datagram, const struct addr *from,
    uint64_t now_us, struct buf *answer);
/** Where the peer is; NULL = not known yet. */
const struct addr *ice_peer(const struct ice *ice);
/** When the last right check came, 0 = never: the peer is still there (RFC 7675). */
uint64_t ice_heard_us(const struct ice *ice);

#endif
