/*
 * Which SIP messages are traced. Calls are, always; what phones say besides (REGISTER,
 * OPTIONS, SUBSCRIBE …) only while somebody watches that phone, or it would wash the calls
 * out. Both have a budget of their own. Beyond it whole conversations are left out, and
 * counted: so many may begin in a second, and those that have begun go on.
 *
 * Signalling thread or a simulation; reads no clock. Fixed size: nobody can fill it.
 */
#ifndef DAEMON_TRACE_FILTER_H
#define DAEMON_TRACE_FILTER_H

#include "model/trace.h"

enum {
	TRACE_CALLS_PER_S = 50,
	TRACE_CALL_MESSAGES_PER_S = 3000,
	TRACE_WATCHED_MESSAGES_PER_S = 200,
	TRACE_WATCHES_MAX = 16,
	TRACE_TARGET_BYTES = 64,
};

struct trace_filter;

struct trace_filter_counts {
	uint64_t taken, shed; /* messages */
	size_t watches;
};

/** NULL out of memory. */
struct trace_filter *trace_filter_new(void);
void trace_filter_free(struct trace_filter *f);
/** Watches a phone (its SIP name) or an IP address until until_ms; 0 ends it. ERR_LIMIT: too
 *  many are watched; ERR_INVALID: an empty or too long target; ERR_NOT_FOUND: not watched. */
ERR_MUST_CHECK enum err trace_filter_watch(
    struct trace_filter *f, struct slice target, uint64_t now_ms, uint64_t until_ms);
/** The same, but one that goes on longer stays as it is. */
ERR_MUST_CHECK enum err trace_filter_extend(
    struct trace_filter *f, struct slice target, uint64_t now_ms, uint64_t until_ms);
/** May this message, of the conversation key, be traced? Sets kind. */
bool trace_filter_take(struct trace_filter *f, uint64_t now_ms, const struct sip_flow *flow,
    struct slice bytes, struct slice key, enum trace_kind *kind);
/** Is the call of this key traced? */
bool trace_filter_knows(const struct trace_filter *f, struct slice key);
struct trace_filter_counts trace_filter_get_counts(const struct trace_filter *f);

#endif
