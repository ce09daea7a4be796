/*
 * Every timer of RFC 3261, table 4, and of RFC 6026, measured in virtual time: when
 * messages go out, when users hear of a failure, when transactions end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "link.h"

enum { NEVER = 0, TIMES_MAX = 16, END_MS = 100000 };

/* Times are written + 1, so that 0 can mean "not". */
#define AT(ms) ((ms) + 1)

struct timing {
	const char *what;
	enum sip_method method;
	enum sip_transport transport;
	struct link_answer plan[LINK_PLAN_MAX];
	unsigned drop;
	bool acks;
	int sender;
	const char *line;	   /* messages counted */
	uint64_t times[TIMES_MAX]; /* when sender sent them, AT() */
	uint64_t failed, no_ack;   /* A's on_failed(ERR_TIMEOUT), B's on_no_ack */
	uint64_t a_gone, b_gone;
	bool reliable;		  /* B's 1xx are (RFC 3262) */
	uint64_t prack, no_prack; /* B's user has the PRACK; on_no_prack, answered with 504 */
};

/* clang-format off */
#define DOUBLING_TO_T2 AT(0), AT(500), AT(1500), AT(3500), AT(7500), AT(11500), AT(15500), \
	AT(19500), AT(23500), AT(27500), AT(31500)

static const struct timing timings[] = {
    {"17.1.1.2: A doubles without cap, B gives up after 64*T1", SIP_INVITE, SIP_UDP, {{0}},
	LINK_REQUEST, false, LINK_A, "INVITE",
	.times = {AT(0), AT(500), AT(1500), AT(3500), AT(7500), AT(15500), AT(31500)},
	.failed = AT(32000), .a_gone = AT(32000)},
    {"17.1.1.2: no timer A over TCP, B the same", SIP_INVITE, SIP_TCP, {{0}},
	LINK_REQUEST, false, LINK_A, "INVITE", .times = {AT(0)}, .failed = AT(32000), .a_gone = AT(32000)},
    {"17.1.1.2: a provisional response stops A and B", SIP_INVITE, SIP_UDP, {{0, 180}},
	0, false, LINK_A, "INVITE", .times = {AT(0)}},
    {"17.1.1.2: a late provisional response stops A", SIP_INVITE, SIP_UDP, {{0, 180}},
	LINK_1XX, false, LINK_A, "INVITE",
	.times = {AT(0), AT(500), AT(1500), AT(3500), AT(7500), AT(15500), AT(31500)},
	.failed = AT(32000), .a_gone = AT(32000)},
    {"17.1.2.2: E doubles up to T2, F gives up after 64*T1", SIP_OPTIONS, SIP_UDP, {{0}},
	LINK_REQUEST, false, LINK_A, "OPTIONS", .times = {DOUBLING_TO_T2},
	.failed = AT(32000), .a_gone = AT(32000)},
    {"17.1.2.2: no E over TCP, F the same", SIP_OPTIONS, SIP_TCP, {{0}},
	LINK_REQUEST, false, LINK_A, "OPTIONS", .times = {AT(0)}, .failed = AT(32000), .a_gone = AT(32000)},
    {"17.1.2.2: E is T2 in Proceeding, F goes on", SIP_OPTIONS, SIP_UDP, {{0, 183}},
	0, false, LINK_A, "OPTIONS",
	.times = {AT(0), AT(500), AT(4500), AT(8500), AT(12500), AT(16500), AT(20500), AT(24500), AT(28500)},
	.failed = AT(32000), .a_gone = AT(32000), .b_gone = AT(32000)},
    {"17.1.2.2 K is T4, 17.2.2 J is 64*T1", SIP_OPTIONS, SIP_UDP, {{0, 200}},
	0, false, LINK_B, "SIP/2.0 200", .times = {AT(0)}, .a_gone = AT(5000), .b_gone = AT(32000)},
    {"17.1.2.2 K and 17.2.2 J are 0 over TCP", SIP_OPTIONS, SIP_TCP, {{0, 200}},
	0, false, LINK_B, "SIP/2.0 200", .times = {AT(0)}, .a_gone = AT(0), .b_gone = AT(0)},
    {"17.2.2: a retransmitted request gets the same response again", SIP_OPTIONS, SIP_UDP,
	{{0, 404}}, LINK_FAILURE, false, LINK_B, "SIP/2.0 404", .times = {DOUBLING_TO_T2},
	.failed = AT(32000), .a_gone = AT(32000), .b_gone = AT(32000)},
    {"nobody answers: the server ends with its client's F", SIP_OPTIONS, SIP_UDP, {{0}},
	0, false, LINK_B, "SIP/2.0", .times = {NEVER},
	.failed = AT(32000), .a_gone = AT(32000), .b_gone = AT(32000)},
    {"17.1.1.2 D is 32 s, 17.2.1 I is T4", SIP_INVITE, SIP_UDP, {{0, 486}},
	0, false, LINK_B, "SIP/2.0 486", .times = {AT(0)}, .a_gone = AT(32000), .b_gone = AT(5000)},
    {"17.1.1.2 D and 17.2.1 I are 0 over TCP", SIP_INVITE, SIP_TCP, {{0, 486}},
	0, false, LINK_B, "SIP/2.0 486", .times = {AT(0)}, .a_gone = AT(0), .b_gone = AT(0)},
    {"17.2.1: without ACK G doubles up to T2, H ends it", SIP_INVITE, SIP_UDP, {{0, 486}},
	LINK_ACK, false, LINK_B, "SIP/2.0 486", .times = {DOUBLING_TO_T2},
	.a_gone = AT(32000), .b_gone = AT(32000)},
    {"17.1.1.2: each repeated failure is ACKed again", SIP_INVITE, SIP_UDP, {{0, 486}},
	LINK_ACK, false, LINK_A, "ACK", .times = {DOUBLING_TO_T2},
	.a_gone = AT(32000), .b_gone = AT(32000)},
    {"17.2.1: no G over TCP, H the same", SIP_INVITE, SIP_TCP, {{0, 486}},
	LINK_ACK, false, LINK_B, "SIP/2.0 486", .times = {AT(0)}, .a_gone = AT(0), .b_gone = AT(32000)},
    {"13.3.1.4: a 2xx is repeated until 64*T1, then no ACK", SIP_INVITE, SIP_UDP, {{0, 200}},
	0, false, LINK_B, "SIP/2.0 200", .times = {DOUBLING_TO_T2},
	.no_ack = AT(32000), .a_gone = AT(32000), .b_gone = AT(32000)},
    {"13.3.1.4: over TCP too", SIP_INVITE, SIP_TCP, {{0, 200}},
	0, false, LINK_B, "SIP/2.0 200", .times = {DOUBLING_TO_T2},
	.no_ack = AT(32000), .a_gone = AT(32000), .b_gone = AT(32000)},
    {"RFC 6026 L and M are 64*T1; the ACK stops the 2xx", SIP_INVITE, SIP_UDP, {{0, 200}},
	0, true, LINK_B, "SIP/2.0 200", .times = {AT(0)}, .a_gone = AT(32000), .b_gone = AT(32000)},
    {"RFC 6026 M counts from the 2xx", SIP_INVITE, SIP_UDP, {{0, 180}, {9000, 200}},
	0, true, LINK_B, "SIP/2.0 200", .times = {AT(9000)}, .a_gone = AT(41000), .b_gone = AT(41000)},
    {"17.2.1: 100 after 200 ms without a word", SIP_INVITE, SIP_UDP, {{0}},
	0, false, LINK_B, "SIP/2.0 100", .times = {AT(200)}},
    {"17.2.1: no 100 when the user is quicker", SIP_INVITE, SIP_UDP, {{199, 180}},
	0, false, LINK_B, "SIP/2.0 100", .times = {NEVER}},
    {"17.2.1: 180 after the 100", SIP_INVITE, SIP_UDP, {{201, 180}},
	0, false, LINK_B, "SIP/2.0 1", .times = {AT(200), AT(201)}},
    {"17.2.1: the INVITE again gets the last provisional again", SIP_INVITE, SIP_UDP,
	{{0, 180}}, LINK_1XX, false, LINK_B, "SIP/2.0 180",
	.times = {AT(0), AT(500), AT(1500), AT(3500), AT(7500), AT(15500), AT(31500)},
	.failed = AT(32000), .a_gone = AT(32000)},
    {"RFC 3262, 3: a reliable 1xx doubles without cap, then the user ends it", SIP_INVITE, SIP_UDP,
	{{0, 183}}, 0, false, LINK_B, "SIP/2.0 183",
	.times = {AT(0), AT(500), AT(1500), AT(3500), AT(7500), AT(15500), AT(31500)},
	.a_gone = AT(64000), .b_gone = AT(37000), .reliable = true, .no_prack = AT(32000)},
    {"RFC 3262, 3: over TCP too", SIP_INVITE, SIP_TCP,
	{{0, 183}}, 0, false, LINK_B, "SIP/2.0 183",
	.times = {AT(0), AT(500), AT(1500), AT(3500), AT(7500), AT(15500), AT(31500)},
	.a_gone = AT(32000), .b_gone = AT(32000), .reliable = true, .no_prack = AT(32000)},
    {"RFC 3262, 3: 64*T1 count from the response", SIP_INVITE, SIP_UDP,
	{{9000, 183}}, 0, false, LINK_B, "SIP/2.0 504", .times = {AT(41000)},
	.a_gone = AT(73000), .b_gone = AT(46000), .reliable = true, .no_prack = AT(41000)},
    {"RFC 3262, 3: the PRACK stops it", SIP_INVITE, SIP_UDP,
	{{0, 183}, {40000, 486}}, 0, false, LINK_B, "SIP/2.0", .times = {AT(0), AT(500), AT(40000)},
	.a_gone = AT(72000), .b_gone = AT(45000), .reliable = true, .prack = AT(1000)},
    {"RFC 3262, 3: no other 1xx before the PRACK, but a final response", SIP_INVITE, SIP_UDP,
	{{0, 183}, {100, 180}, {200, 486}}, 0, false, LINK_B, "SIP/2.0", .times = {AT(0), AT(200)},
	.a_gone = AT(32200), .b_gone = AT(5200), .reliable = true},
};
/* clang-format on */

static void
check_time(const struct timing *t, const char *name, uint64_t expected, uint64_t found)
{
	if (expected ? found != expected - 1 : found != UINT64_MAX)
		fail_msg("%s: %s at %lld, not %lld", t->what, name, (long long)found,
		    (long long)expected - 1);
}

/* What is only remembered may go a little later, with others. */
static void
check_end(const struct timing *t, const char *name, uint64_t expected, uint64_t found)
{
	if (found != UINT64_MAX && expected && found >= expected - 1 &&
	    found - (expected - 1) < TIMER_LATE_MS)
		return;
	check_time(t, name, expected, found);
}

static void
check_times(const struct timing *t, const struct link *l)
{
	uint64_t found[64];
	size_t n = link_sent(l, t->sender, t->line, found, 64), expected = 0;

	while (expected < TIMES_MAX && t->times[expected])
		expected++;
	if (n != expected)
		fail_msg("%s: %s sent %zu times, not %zu", t->what, t->line, n, expected);
	for (size_t i = 0; i < n; i++)
		check_time(t, t->line, t->times[i], found[i]);
}

static void
timers_have_their_values(void **state)
{
	static struct link l;

	for (size_t i = 0; i < sizeof timings / sizeof timings[0]; i++) {
		const struct timing *t = &timings[i];

		link_init(&l, t->transport, 0);
		memcpy(l.plan, t->plan, sizeof l.plan);
		l.drop = t->drop;
		l.a_acks_2xx = l.b_takes_acks = t->acks;
		l.b_reliable = t->reliable;
		assert_int_equal(link_ask(&l, t->method), ERR_OK);
		if (t->prack) {
			link_run_until(&l, t->prack - 1);
			sip_server_pracked(l.end[LINK_B].server);
		}
		link_run_until(&l, END_MS);
		check_times(t, &l);
		check_time(
		    t, "on_failed", t->failed, link_when(&l, LINK_A, LINK_ON_FAILED, ERR_TIMEOUT));
		check_time(
		    t, "on_no_ack", t->no_ack, link_when(&l, LINK_B, LINK_ON_NO_ACK, LINK_ANY));
		check_time(t, "on_no_prack", t->no_prack,
		    link_when(&l, LINK_B, LINK_ON_NO_PRACK, LINK_ANY));
		check_end(t, "end of A", t->a_gone, link_when(&l, LINK_A, LINK_ON_GONE, LINK_ANY));
		check_end(t, "end of B", t->b_gone, link_when(&l, LINK_B, LINK_ON_GONE, LINK_ANY));
		if (link_count(&l, LINK_A, LINK_ON_GONE, LINK_ANY) > 1 ||
		    link_count(&l, LINK_B, LINK_ON_GONE, LINK_ANY) > 1)
			fail_msg("%s: on_gone twice", t->what);
		link_fini(&l);
	}
}

/* 17.1.1.3, 17.2.1, 13.2.2.4, RFC 6026: what one lost message leads to. */
static const struct lost {
	const char *what;
	enum sip_method method;
	uint16_t status;
	unsigned lost;
	uint64_t answer_at_ms; /* A hears the final response */
	size_t requests;       /* B's user is asked so often */
} losses[] = {
    {"lost INVITE", SIP_INVITE, 200, LINK_REQUEST, 500, 1},
    {"lost 2xx", SIP_INVITE, 200, LINK_2XX, 500, 1},
    {"lost ACK of 2xx", SIP_INVITE, 200, LINK_ACK, 0, 1},
    {"lost failure", SIP_INVITE, 603, LINK_FAILURE, 500, 1},
    {"lost ACK of failure", SIP_INVITE, 603, LINK_ACK, 0, 1},
    {"lost request", SIP_OPTIONS, 200, LINK_REQUEST, 500, 1},
    {"lost response", SIP_OPTIONS, 200, LINK_2XX, 500, 1},
};

static void
a_lost_message_is_made_good(void **state)
{
	static struct link l;

	for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
		const struct lost *c = &losses[i];

		link_init(&l, SIP_UDP, 0);
		l.plan[0] = (struct link_answer){0, c->status};
		l.drop_once = c->lost;
		l.a_acks_2xx = l.b_takes_acks = true;
		assert_int_equal(link_ask(&l, c->method), ERR_OK);
		link_run_until(&l, END_MS);
		if (link_when(&l, LINK_A, LINK_ON_RESPONSE, c->status) != c->answer_at_ms)
			fail_msg("%s", c->what);
		assert_int_equal(l.end[LINK_B].requests, c->requests);
		assert_int_equal(link_count(&l, LINK_A, LINK_ON_FAILED, LINK_ANY), 0);
		assert_int_equal(link_count(&l, LINK_B, LINK_ON_NO_ACK, LINK_ANY), 0);
		assert_int_equal(sip_core_get_stats(l.end[LINK_A].core)->clients, 0);
		assert_int_equal(sip_core_get_stats(l.end[LINK_B].core)->servers, 0);
		link_fini(&l);
	}
}

/* Doubled and late messages reach users once. */
static void
doubled_messages_reach_users_once(void **state)
{
	static const enum sip_method methods[] = {SIP_INVITE, SIP_OPTIONS};
	static struct link l;

	for (size_t i = 0; i < 2; i++) {
		link_init(&l, SIP_UDP, 0);
		l.plan[0] = (struct link_answer){0, 404};
		l.double_all = ~0u;
		l.delay_ms = 300;
		assert_int_equal(link_ask(&l, methods[i]), ERR_OK);
		link_run_until(&l, END_MS);
		assert_int_equal(l.end[LINK_B].requests, 1);
		assert_int_equal(link_count(&l, LINK_A, LINK_ON_RESPONSE, LINK_ANY), 1);
		assert_true(sip_core_get_stats(l.end[LINK_B].core)->retransmits_in > 0);
		link_fini(&l);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(timers_have_their_values),
	    cmocka_unit_test(a_lost_message_is_made_good),
	    cmocka_unit_test(doubled_messages_reach_users_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
