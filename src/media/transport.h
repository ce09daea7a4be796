/*
 * A side whose peer comes as browsers do: it finds us by ICE (RFC 8839, we are the lite one), makes
 * keys by DTLS on the port of its voice (DTLS-SRTP: RFC 5763, 5764), and mostly has RTCP there, too
 * (RFC 5761). Phones may do the DTLS without the ICE. Part of media.h's interface; values only.
 */
#ifndef MEDIA_TRANSPORT_H
#define MEDIA_TRANSPORT_H

#include "base/random.h"
#include "sip/sdp_dtls.h"

enum {
	ICE_UFRAG_BYTES = 8, /* 48 random bits */
	ICE_PWD_BYTES = 24,  /* 144 */
	ICE_PEER_UFRAG_MAX = 256,
};

/* What our description says. */
struct ice_credentials {
	char ufrag[ICE_UFRAG_BYTES], pwd[ICE_PWD_BYTES];
};

struct media_transport {
	uint32_t association; /* 0 = none of all this; another number: keys are made anew */
	bool active;	      /* we begin the handshake */
	bool rtcp_mux;	      /* without it no RTCP is exchanged: it would need keys of its own */
	bool ice;	      /* with ours and the peer's name; others of either: it begins anew */
	uint16_t peer_ufrag_bytes;
	char peer_ufrag[ICE_PEER_UFRAG_MAX];
	struct ice_credentials ours;
	struct sdp_fingerprint peer; /* what its certificate must have */
};

bool media_transport_eq(const struct media_transport *a, const struct media_transport *b);
void ice_credentials_make(struct ice_credentials *out, struct rng *rng);

#endif
