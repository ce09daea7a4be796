/*
 * What a media says about its way through the network when it is that of browsers: keys by DTLS
 * (a=fingerprint, a=setup: RFC 8122, 8842), one port for RTP and RTCP (RFC 5761), ICE (RFC 8839),
 * several media on one port (BUNDLE, RFC 9143). Reading gives views into the text, writing goes
 * to the caller's memory; nothing is allocated. Pure, any thread.
 *
 * A media's own lines count; then those of the media whose address its bundle uses; then those of
 * the session. A candidate we could not send to (TCP, a name, another component) is skipped. A
 * fingerprint or credentials that break their grammar make the media malformed: they say who may
 * speak.
 */
#ifndef SIP_SDP_DTLS_H
#define SIP_SDP_DTLS_H

#include "sip/sdp.h"

enum {
	SDP_HASH_BYTES_MAX = 64,
	SDP_CANDIDATES_MAX = 8,
	SDP_UFRAG_MAX = 256, /* RFC 8839, 5.4 */
	SDP_PWD_MAX = 256,
};

enum sdp_hash { SDP_HASH_NONE, SDP_HASH_SHA_256, SDP_HASH_SHA_384, SDP_HASH_SHA_512, SDP_HASHES };

/* Of a certificate in DER form. */
struct sdp_fingerprint {
	enum sdp_hash hash;
	uint8_t bytes[SDP_HASH_BYTES_MAX]; /* as many as the hash has */
};

enum sdp_setup {
	SDP_SETUP_NONE,
	SDP_SETUP_ACTIVE, /* sends the first packet of the handshake */
	SDP_SETUP_PASSIVE,
	SDP_SETUP_ACTPASS,
	SDP_SETUP_HOLDCONN,
	SDP_SETUPS
};

struct sdp_candidate {
	struct slice foundation;
	uint32_t priority;
	struct addr addr;
	bool reflexive; /* as a STUN server saw it; else its own (host) */
};

struct sdp_transport {
	struct sdp_fingerprint fingerprint; /* SHA-256 when there are several */
	bool fingerprint_unknown;	    /* there are only ones of other hashes */
	enum sdp_setup setup;
	struct slice tls_id;	 /* RFC 8842, 4; another one means another handshake */
	struct slice ufrag, pwd; /* both or none */
	bool ice_lite, trickle;
	struct sdp_candidate candidate[SDP_CANDIDATES_MAX];
	size_t n_candidates;
	bool rtcp_mux;
	struct slice mid;
	bool bundled; /* named in a group */
	size_t first; /* the media whose address the bundle uses; itself when alone */
};

/* Ours, of one media. */
struct sdp_transport_ours {
	struct slice mid;			   /* empty = none */
	const struct sdp_fingerprint *fingerprint; /* NULL = no DTLS */
	enum sdp_setup setup;
	struct slice ufrag, pwd; /* empty = no ICE */
	const struct sdp_candidate *candidate;
	size_t n_candidates;
	bool rtcp_mux;
};

/** UDP/TLS/RTP/SAVP or UDP/TLS/RTP/SAVPF: keys by DTLS. */
bool sdp_is_dtls(const struct sdp_media *m);
/** Of the nth media. ERR_INVALID: there is none; ERR_MALFORMED. */
ERR_MUST_CHECK enum err sdp_transport_read(
    const struct sdp *s, size_t nth, struct sdp_transport *out);
/** Bytes of a hash's value; 0 = SDP_HASH_NONE. */
size_t sdp_hash_bytes(enum sdp_hash hash);
/** Same hash, same value. */
bool sdp_fingerprint_eq(const struct sdp_fingerprint *a, const struct sdp_fingerprint *b);
/** "sha-256 4A:AD:…" */
void sdp_fingerprint_write(struct buf *b, const struct sdp_fingerprint *f);
/** Our role in answer to theirs (RFC 8842, 5.3; active where we may choose, as RFC 5763, 5 likes
 *  it). SDP_SETUP_NONE: there is none that fits. */
enum sdp_setup sdp_setup_answer(enum sdp_setup theirs);
/** The nth address of ours as a candidate, 0 = the best (RFC 8445, 5.1.2.1). The foundation is a
 *  text of this module. */
struct sdp_candidate sdp_candidate_host(const struct addr *a, size_t nth);
/** Whole lines for the section of a media. */
void sdp_transport_write(struct buf *b, const struct sdp_transport_ours *t);
/** Whole lines for the session: a=ice-lite, and a=group:BUNDLE with the mids (none: no group). */
void sdp_session_write_ice(struct buf *b, const struct slice *mids, size_t n);

#endif
