/*
 * The headers of reliable provisional responses (RFC 3262, 7): RSeq numbers a response,
 * RAck in a PRACK says which response of which request it acknowledges. Values; any thread.
 */
#ifndef SIP_REL100_H
#define SIP_REL100_H

#include "sip/msg.h"

struct sip_rack {
	uint32_t rseq, cseq;
	enum sip_method method; /* SIP_METHOD_OTHER when unknown */
};

/** "988789": 1 … 2^32 - 1. ERR_MALFORMED. */
ERR_MUST_CHECK enum err sip_rseq_parse(struct slice value, uint32_t *rseq);
/** "776656 1 INVITE". ERR_MALFORMED. */
ERR_MUST_CHECK enum err sip_rack_parse(struct sip_rack *out, struct slice value);
/** A 101-199 whose sender wants a PRACK: Require: 100rel and a good RSeq, which is written to
 *  rseq. A 100 is never reliable (RFC 3262, 4). */
bool sip_is_reliable(const struct sip_msg *resp, uint32_t *rseq);

#endif
