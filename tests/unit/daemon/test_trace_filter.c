/* Which messages are traced, and what happens when there are too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/trace_filter.h"

static struct sip_flow
flow_of(const char *remote)
{
	struct sip_flow f = {.transport = SIP_UDP};

	assert_int_equal(addr_parse(slice_cstr(remote), 5060, &f.remote), ERR_OK);
	return f;
}

static bool
take(struct trace_filter *f, uint64_t now, const char *remote, const char *key, const char *text)
{
	struct sip_flow flow = flow_of(remote);
	enum trace_kind kind;

	return trace_filter_take(f, now, &flow, slice_cstr(text), slice_cstr(key), &kind);
}

#define OPTIONS                                                                                    \
	"OPTIONS sip:desk@192.0.2.1 SIP/2.0\r\nFrom: <sip:strowger@x>\r\nTo: <sip:desk@x>\r\n\r\n"
#define REGISTER                                                                                   \
	"REGISTER sip:x SIP/2.0\r\nFrom: <sip:desk@x>\r\nTo: <sip:desk@x>\r\nCSeq: 1 "             \
	"REGISTER\r\n\r\n"

static void
calls_are_traced_and_the_rest_is_not(void **state)
{
	static const struct {
		const char *key, *text;
		bool taken;
		enum trace_kind kind;
	} cases[] = {
	    {"a", "INVITE sip:1@x SIP/2.0\r\n\r\n", true, TRACE_CALL},
	    {"a", "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n", true, TRACE_CALL},
	    {"a", "BYE sip:1@x SIP/2.0\r\n\r\n", true, TRACE_CALL},
	    {"a", "NOTIFY sip:1@x SIP/2.0\r\nEvent: refer\r\n\r\n", true,
		TRACE_CALL}, /* RFC 3515 */
	    {"b", "NOTIFY sip:1@x SIP/2.0\r\nEvent: dialog\r\n\r\n", false, 0},
	    {"c", REGISTER, false, 0},
	    {"c", "SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n\r\n", false, 0},
	    {"d", OPTIONS, false, 0},
	    {"e", "MESSAGE sip:1@x SIP/2.0\r\n\r\n", true, TRACE_MESSAGE},
	    {"f", "PUBLISH sip:1@x SIP/2.0\r\n\r\n", false, 0},
	};
	struct trace_filter *f = trace_filter_new();
	struct sip_flow flow = flow_of("192.0.2.1");

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum trace_kind kind = TRACE_CALL;

		assert_int_equal(trace_filter_take(f, 1000, &flow, slice_cstr(cases[i].text),
				     slice_cstr(cases[i].key), &kind),
		    cases[i].taken);
		if (cases[i].taken)
			assert_int_equal(kind, cases[i].kind);
	}
	assert_int_equal(trace_filter_get_counts(f).shed, 0); /* nobody wanted the rest */
	trace_filter_free(f);
}

static void
a_watched_phone_is_traced_for_its_time(void **state)
{
	struct trace_filter *f = trace_filter_new();

	assert_int_equal(trace_filter_watch(f, SLICE("Desk"), 1000, 61000), ERR_OK);
	assert_int_equal(trace_filter_watch(f, SLICE("192.0.2.66"), 1000, 61000), ERR_OK);
	assert_int_equal(trace_filter_get_counts(f).watches, 2);
	assert_true(take(f, 2000, "192.0.2.1", "r", REGISTER));
	assert_true(take(f, 2000, "192.0.2.1", "o", OPTIONS));
	assert_true(take(f, 2000, "192.0.2.1", "o",
	    "SIP/2.0 200 OK\r\nFrom: <sip:strowger@x>\r\nTo: <sip:desk@x>\r\nCSeq: 1 "
	    "OPTIONS\r\n\r\n"));
	assert_false(
	    take(f, 2000, "192.0.2.2", "s", "REGISTER sip:x SIP/2.0\r\nTo: <sip:sofa@x>\r\n\r\n"));
	assert_true(
	    take(f, 2000, "192.0.2.66", "s", "REGISTER sip:x SIP/2.0\r\nTo: <sip:sofa@x>\r\n\r\n"));
	assert_false(take(f, 61000, "192.0.2.1", "r", REGISTER)); /* over */
	assert_int_equal(trace_filter_get_counts(f).watches, 0);
	assert_int_equal(trace_filter_watch(f, SLICE("desk"), 70000, 80000), ERR_OK);
	assert_int_equal(trace_filter_watch(f, SLICE("desk"), 70000, 0), ERR_OK); /* ended */
	assert_int_equal(trace_filter_watch(f, SLICE("desk"), 70000, 0), ERR_NOT_FOUND);
	assert_false(take(f, 70000, "192.0.2.1", "r", REGISTER));
	trace_filter_free(f);
}

static void
watches_are_limited(void **state)
{
	struct trace_filter *f = trace_filter_new();
	char name[80];

	for (int i = 0; i < TRACE_WATCHES_MAX; i++) {
		snprintf(name, sizeof name, "p%d", i);
		assert_int_equal(trace_filter_watch(f, slice_cstr(name), 0, 10), ERR_OK);
	}
	assert_int_equal(trace_filter_watch(f, SLICE("p0"), 0, 20), ERR_OK); /* longer */
	assert_int_equal(trace_filter_watch(f, SLICE("q"), 0, 10), ERR_LIMIT);
	assert_int_equal(trace_filter_watch(f, SLICE("q"), 10, 20), ERR_OK); /* others are over */
	assert_int_equal(trace_filter_watch(f, SLICE(""), 10, 20), ERR_INVALID);
	memset(name, 'x', sizeof name);
	assert_int_equal(
	    trace_filter_watch(f, slice_make(name, TRACE_TARGET_BYTES), 10, 20), ERR_INVALID);
	trace_filter_free(f);
}

/* 5,000 calls of 14 messages in a second: the budget holds, and those that are traced are whole. */
static void
under_load_whole_calls_are_left_out(void **state)
{
	enum { CALLS = 5000, MESSAGES = 14 };
	struct trace_filter *f = trace_filter_new();
	static uint8_t taken[CALLS];
	unsigned whole = 0, cut = 0, none = 0, total = 0;

	/* the calls overlap: message m of call c comes at (c + 50 m) */
	for (int t = 0; t < CALLS + 50 * MESSAGES; t++)
		for (int m = 0; m < MESSAGES; m++) {
			int c = t - 50 * m;
			char key[20];

			if (c < 0 || c >= CALLS)
				continue;
			snprintf(key, sizeof key, "call-%d", c);
			taken[c] += take(f, 1000 + (uint64_t)t / 5, "192.0.2.1", key,
			    m ? "BYE sip:x SIP/2.0\r\n\r\n" : "INVITE sip:x SIP/2.0\r\n\r\n");
		}
	for (int c = 0; c < CALLS; c++) {
		total += taken[c];
		whole += taken[c] == MESSAGES;
		none += taken[c] == 0;
		cut += taken[c] > 0 && taken[c] < MESSAGES;
	}
	assert_in_range(whole, 3 * TRACE_CALLS_PER_S, 5 * TRACE_CALLS_PER_S);
	assert_int_equal(whole + cut + none, CALLS);
	assert_true(cut * 10 < whole); /* hash slots that two calls share */
	assert_int_equal(trace_filter_get_counts(f).taken, total);
	assert_int_equal(trace_filter_get_counts(f).shed, CALLS * MESSAGES - total);
	/* A watched phone has a budget of its own. */
	assert_int_equal(trace_filter_watch(f, SLICE("desk"), 2200, 9000), ERR_OK);
	assert_true(take(f, 2200, "192.0.2.1", "r", REGISTER));
	trace_filter_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_are_traced_and_the_rest_is_not),
	    cmocka_unit_test(a_watched_phone_is_traced_for_its_time),
	    cmocka_unit_test(watches_are_limited),
	    cmocka_unit_test(under_load_whole_calls_are_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
