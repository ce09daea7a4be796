/*
 * Which hops failed lately (RFC 3263, 4.3): after a 503, a time-out or a dead transport the
 * next hop of the list is tried, and for a while the failed one is tried last, also by later
 * requests. It is never left out: when all fail, one of them may be back.
 *
 * A value with a fixed size: the oldest memory gives way to a new one. One thread; time
 * comes in.
 */
#ifndef SIP_HOPS_H
#define SIP_HOPS_H

#include "sip/locate.h"

enum {
	SIP_FAILED_HOPS_MAX = 128,
	SIP_HOP_AVOID_S = 120, /* when no Retry-After says otherwise */
	SIP_HOP_AVOID_MAX_S = 3600,
};

struct sip_failed_hop {
	enum sip_transport transport;
	struct addr addr;
	uint64_t until_ms; /* 0 = free place */
};

struct sip_failed_hops {
	struct sip_failed_hop hop[SIP_FAILED_HOPS_MAX];
};

void sip_failed_hops_init(struct sip_failed_hops *f);
/** The hop failed; for_s 0 means SIP_HOP_AVOID_S, and no more than SIP_HOP_AVOID_MAX_S. */
void sip_hop_failed(struct sip_failed_hops *f, enum sip_transport t, const struct addr *a,
    uint64_t now_ms, uint32_t for_s);
/** It answered: nothing is held against it any more. */
void sip_hop_works(struct sip_failed_hops *f, enum sip_transport t, const struct addr *a);
bool sip_hop_is_avoided(
    const struct sip_failed_hops *f, enum sip_transport t, const struct addr *a, uint64_t now_ms);
/** Moves what is to be avoided to the end; the order is kept otherwise. */
void sip_hops_sort(const struct sip_failed_hops *f, struct sip_hops *hops, uint64_t now_ms);

#endif
