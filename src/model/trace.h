/*
 * Traced SIP messages: how they travel from signalling to management and how they lie in
 * the trace file.
 *
 * A block holds many messages end to end, so that one heap block and one mailbox message
 * carry what happened in 20 ms. Addresses are binary in it: nobody formats text on
 * the signalling thread. Blocks come back from a file that may be damaged; the
 * reader believes no length.
 *
 * Values without a thread of their own. Knows nothing of calls, SQL or HTTP.
 */
#ifndef MODEL_TRACE_H
#define MODEL_TRACE_H

#include <jansson.h>

#include "base/addr.h"
#include "sip/flow.h"

enum {
	TRACE_BYTES_MAX = 16384, /* of a message; what is longer is cut */
	TRACE_KEY_BYTES = 64,	 /* key of a conversation, with NUL */
};

#define TRACE_KINDS(X)                                                                             \
	X(CALL, "call")                                                                            \
	X(REGISTER, "register")                                                                    \
	X(OPTIONS, "options")                                                                      \
	X(SUBSCRIBE, "subscribe")                                                                  \
	X(PUBLISH, "publish")                                                                      \
	X(MESSAGE, "message")

/** What a conversation is about. */
enum trace_kind {
#define X(id, text) TRACE_##id,
	TRACE_KINDS(X)
#undef X
	    TRACE_KINDS_N
};

enum trace_direction { TRACE_IN, TRACE_OUT };

/** A message as it was on the wire. Texts are borrowed from a block, or from the caller. */
struct trace_record {
	int64_t at_ms; /* since 1970 */
	enum trace_direction direction;
	enum trace_kind kind;
	enum sip_transport transport;
	bool cut; /* there was more than TRACE_BYTES_MAX */
	struct addr local, remote;
	struct slice key; /* of the conversation: the call id */
	struct slice bytes;
};

struct trace_block {
	size_t n, cap; /* bytes used, bytes there */
	char bytes[];
};

const char *trace_kind_name(enum trace_kind k);
/** ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err trace_kind_parse(struct slice s, enum trace_kind *out);

/** free() it. NULL out of memory. */
struct trace_block *trace_block_new(size_t cap);
/** Nothing more is added: gives back what it does not need. Takes b, returns it or its heir. */
struct trace_block *trace_block_close(struct trace_block *b);
/** Appends; cuts the message to TRACE_BYTES_MAX and the key to what fits. ERR_LIMIT: the
 *  block is full (an empty one of TRACE_BLOCK_LEAST never is). */
ERR_MUST_CHECK enum err trace_block_add(struct trace_block *b, const struct trace_record *r);
enum { TRACE_BLOCK_LEAST = TRACE_BYTES_MAX + 256 };
/** The record at *pos of n bytes, moves *pos behind it. False at the end or when what
 *  stands there is no record. *packed (may be NULL): where it lies, with its length. */
bool trace_next(
    const char *bytes, size_t n, size_t *pos, struct trace_record *out, struct slice *packed);

/**
 * Overwrites secrets with 'x', the length stays: digest answers (RFC 7616, 3.4), keys of
 * SDP (a=crypto RFC 4568, a=ice-pwd RFC 8839, k= RFC 4566, a=key-mgmt RFC 4567) and
 * passwords in URIs (RFC 3261, 19.1.1).
 */
void trace_mask(char *bytes, size_t n);

/** What a list of traces wants to know of a message. Slices into its bytes, empty when absent. */
struct trace_facts {
	bool request;
	uint16_t status;     /* of a response */
	struct slice method; /* of a response that of CSeq */
	struct slice start_line, call_id;
	struct slice from_user, to_user; /* user part of From and To */
	struct slice replaces; /* Call-ID in Replaces (RFC 3891) or in Refer-To's (RFC 3515) */
	bool replaces_escaped; /* it stands in a URI: %40 for @ */
	bool in_dialog;	       /* To has a tag */
};

void trace_facts_of(struct slice bytes, struct trace_facts *out);
/** The method alone, for those in a hurry; empty when there is none. */
struct slice trace_method_of(struct slice bytes);

/** {at, dir, transport, local, remote, start_line, text}, as it is: mask before. New reference,
 *  NULL out of memory. */
json_t *trace_record_json(const struct trace_record *r);

#endif
