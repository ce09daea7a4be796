/*
 * Tests of lines: the trunk looks and registers (trunk_test), then a call goes through the line
 * (call_trial), while what the provider says is traced. Each is a value that people fetch as often
 * as they like, while it runs and after; the newest few are kept, in memory.
 *
 * Signalling thread or a simulation. Owned by the switchboard; made before and freed after the
 * trunk, which writes into it.
 */
#ifndef DAEMON_LINE_TESTS_H
#define DAEMON_LINE_TESTS_H

#include "call/call.h"
#include "daemon/trace_filter.h"
#include "trunk/trunk.h"

struct line_tests;

struct line_tests_params {
	struct timers *timers; /* borrowed, as all here */
	struct trunk *trunk;
	struct call_switch *calls;
	struct trace_filter *traces; /* NULL: none wanted */
	int64_t (*wall_ms)(void *ctx);
	void *ctx;
};

/** NULL out of memory. */
struct line_tests *line_tests_new(void);
/** When all of it exists. */
void line_tests_set(struct line_tests *lt, const struct line_tests_params *p);
/** NULL is fine. */
void line_tests_free(struct line_tests *lt);
/** Starts a test, or tells of the last one; out is filled in with LINE_TEST_DONE. */
enum line_test_outcome line_tests_ask(
    struct line_tests *lt, const struct line_test_query *q, struct line_test *out);
/** What calls tell; those that test nothing are passed over. */
void line_tests_on_call(struct line_tests *lt, const struct live_call *call);
void line_tests_on_record(struct line_tests *lt, const struct cdr *cdr);

#endif
