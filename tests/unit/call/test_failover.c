/* call/: hops and lines that fail (RFC 3263, 4.3): who is asked next, and what is final. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "office.h"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'lines':[{'name':'one','host':'a.example','auth':'address','register':false,'position':1},"
    "{'name':'two','host':'c.example','auth':'address','register':false,'position':2}],"
    "'phones':[{'name':'b1','secret':'Secret-b1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Ben','last_name':'Cohn','phones':['b1'],"
    "'numbers':['102']}]}";

enum { SERVERS = 3, PATIENCE_MS = 4000 };

static struct office o;
static struct ua *ben, *server[SERVERS]; /* A and B of line one, C of line two */
static bool avoided[SERVERS];
static uint32_t retry_after_s[SERVERS];
static int taken;
static bool one_call; /* of each line at a time */

static bool
is_first(int64_t line)
{
	size_t n;

	return dir_lines(o.fixture.directory, &n)[0].id == line;
}

static enum routing_line_state
state(void *ctx, int64_t line)
{
	return is_first(line) || !avoided[2] ? ROUTING_LINE_FREE : ROUTING_LINE_NOT_REGISTERED;
}

static enum err
leg(void *ctx, const struct call_line_call *call, struct call_line_leg *out)
{
	size_t first = is_first(call->line) ? 0 : 2, end = is_first(call->line) ? 2 : 3, i = first;
	struct addr pbx;

	assert_true(slice_eq(call->number, SLICE("+4922199")));
	while (i < end && avoided[i])
		i++;
	if (i == end)
		return ERR_NOT_FOUND;
	assert_int_equal(addr_parse(SLICE("10.0.0.1:5060"), 5060, &pbx), ERR_OK);
	*out = (struct call_line_leg){
	    .flow = {.transport = SIP_UDP, .local = pbx, .remote = server[i]->addr},
	    .uri = SLICE("sip:+4922199@isp.example"),
	    .from = SLICE("<sip:u@isp.example>"),
	    .to = SLICE("<sip:+4922199@isp.example>"),
	    .contact_user = SLICE("u"),
	    .answer_within_ms = i + 1 < end ? PATIENCE_MS : 0};
	return ERR_OK;
}

static bool
take(void *ctx, int64_t line)
{
	if (one_call && taken)
		return false;
	taken++;
	return true;
}

static void
done(void *ctx, int64_t line)
{
	taken--;
}

static void
hop_failed(void *ctx, int64_t line, const struct sip_flow *flow, uint32_t after_s)
{
	for (size_t i = 0; i < SERVERS; i++)
		if (addr_eq(&server[i]->addr, &flow->remote)) {
			avoided[i] = true;
			retry_after_s[i] = after_s;
		}
}

static enum err
challenged(void *ctx, int64_t line, struct sip_auth_try *t, const struct sip_msg *resp)
{
	return ERR_UNSUPPORTED;
}

static void
write_auth(void *ctx, int64_t line, struct buf *b, struct slice method, struct slice uri)
{
}

static const struct call_line_ops line_ops = {.state = state,
    .leg = leg,
    .take = take,
    .done = done,
    .hop_failed = hop_failed,
    .challenged = challenged,
    .write_auth = write_auth};

static int
set_up(void **ctx)
{
	static const char *const names[SERVERS] = {"server-a", "server-b", "server-c"};

	memset(avoided, 0, sizeof avoided);
	memset(retry_after_s, 0, sizeof retry_after_s);
	taken = 0;
	one_call = false;
	office_open_with(&o, config, &line_ops);
	ben = office_phone(&o, "b1");
	for (size_t i = 0; i < SERVERS; i++)
		server[i] = office_phone(&o, names[i]);
	return 0;
}

static int
tear_down(void **ctx)
{
	office_close(&o);
	assert_int_equal(taken, 0);
	return 0;
}

static unsigned n;

static void
ben_calls(void)
{
	n++;
	ua_send(ben,
	    "INVITE sip:00221-99@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKf%u\n"
	    "Max-Forwards: 70\nFrom: <sip:b1@$PBX>;tag=ben\nTo: <sip:00221-99@$PBX>\n"
	    "Call-ID: failover-%u@test\nCSeq: 7 INVITE\nContact: <sip:b1@$ME>\n"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    n, n, sdp_of(ben, 4000, ""));
}

/* "A503": A refuses so; "A-": A says nothing; "A200": A answers and the call is up. */
static void
play(const char *script)
{
	for (const char *w = script; *w; w += strcspn(w, " "), w += strspn(w, " ")) {
		struct ua *u = server[w[0] - 'A'];
		const char *invite;
		int status = atoi(w + 1);
		char more[64] = "";

		if (w[1] == '-') {
			u->deaf = true;
			continue;
		}
		invite = ua_expect(u, "INVITE", PATIENCE_MS + 500);
		if (status == 503)
			snprintf(more, sizeof more, "Retry-After: 77\n");
		ua_answer(u, invite, status, more, status == 200 ? sdp_of(u, 5000, "") : "");
		ua_expect(u, "ACK", 100);
	}
}

static void
what_comes_next(void **ctx)
{
	static const struct {
		const char *what, *script;
		int status;	     /* for the caller */
		const char *unasked; /* who is not asked */
		const char *avoided;
	} cases[] = {
	    {"the next hop after 503", "A503 B200", 200, "C", "A"},
	    {"the next line after the last hop", "A503 B503 C200", 200, "", "AB"},
	    {"all refuse", "A503 B503 C503", 480, "", "ABC"},
	    {"silence is a failure", "A- B200", 200, "C", "A"},
	    {"another line, not another hop, when the account is refused", "A403 C200", 200, "B",
		""},
	    {"a challenge that cannot be answered", "A407 C200", 200, "B", ""},
	    {"a server error", "A500 C200", 200, "B", ""},
	    {"busy is final", "A486", 486, "BC", ""},
	    {"no such number is final (unlike a phone's 404)", "A404", 404, "BC", ""},
	    {"nobody there is final", "A480", 480, "BC", ""},
	    {"a person's no is final", "A603", 603, "BC", ""},
	    {"the callee did not answer in time", "A408", 480, "BC", ""},
	    {"the last word counts", "A503 B404", 404, "C", "A"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char start[32], left[SERVERS + 1] = {0};
		const char *final;

		one_call = i & 1; /* a leg that is given up makes room for the next */
		ben_calls();
		play(cases[i].script);
		snprintf(start, sizeof start, "SIP/2.0 %d", cases[i].status);
		final = ua_expect(ben, start, 500);
		for (const char *u = cases[i].unasked; *u; u++)
			ua_expect_none(server[*u - 'A'], "INVITE");
		for (size_t k = 0; k < SERVERS; k++)
			if (avoided[k])
				left[strlen(left)] = (char)('A' + k);
		if (strcmp(left, cases[i].avoided) != 0)
			fail_msg("%s: avoided are %s", cases[i].what, left);
		if (strstr(cases[i].script, "A503"))
			assert_int_equal(retry_after_s[0], 77);
		if (cases[i].status == 200) {
			assert_int_equal(taken, 1);
			ua_in_dialog(ben, final, "ACK", 7, "", "");
			ua_in_dialog(ben, final, "BYE", 8, "", "");
		}
		tear_down(ctx);
		set_up(ctx);
	}
}

/* The silent hop wakes up when another one was asked already: it is told to stop. */
static void
a_late_hop_is_cancelled(void **ctx)
{
	const char *invite, *late, *ok;

	ben_calls();
	late = ua_expect(server[0], "INVITE", 100);
	invite = ua_expect(server[1], "INVITE", PATIENCE_MS + 500);
	assert_int_equal(o.n_begun, 1);
	ua_expect_none(server[0], "CANCEL"); /* RFC 3261, 9.1: not before a provisional answer */
	ua_answer(server[0], late, 180, "", "");
	ua_expect(server[0], "CANCEL", 100);
	ua_expect_none(ben, "SIP/2.0 180");
	ua_answer(server[0], late, 487, "", "");
	ua_answer(server[1], invite, 200, "", sdp_of(server[1], 5000, ""));
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, ok, "ACK", 7, "", "");
	ua_in_dialog(ben, ok, "BYE", 8, "", "");
}

/* 100 is an answer: the hop is given its time. */
static void
a_hop_that_tries_is_not_given_up(void **ctx)
{
	const char *invite;

	ben_calls();
	invite = ua_expect(server[0], "INVITE", 100);
	ua_answer(server[0], invite, 100, "", "");
	office_run(&o, 3 * PATIENCE_MS);
	ua_expect_none(server[1], "INVITE");
	ua_answer(server[0], invite, 486, "", "");
	ua_expect(ben, "SIP/2.0 486", 100);
}

/* No hop and no line left: the transaction has its 32 s (timer B). */
static void
the_last_one_is_waited_for(void **ctx)
{
	server[0]->deaf = server[1]->deaf = true;
	avoided[2] = true;
	ben_calls();
	office_run(&o, 20000);
	ua_expect_none(ben, "SIP/2.0 4");
	ua_expect(ben, "SIP/2.0 480", 25000);
	assert_int_equal(taken, 0);
}

static void
the_caller_may_give_up(void **ctx)
{
	const char *invite;

	ben_calls();
	invite = ua_expect(server[0], "INVITE", 100);
	ua_answer(server[0], invite, 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	ua_send(ben,
	    "CANCEL sip:00221-99@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKf%u\n"
	    "Max-Forwards: 70\nFrom: <sip:b1@$PBX>;tag=ben\nTo: <sip:00221-99@$PBX>\n"
	    "Call-ID: failover-%u@test\nCSeq: 7 CANCEL\nContent-Length: 0\n\n",
	    n, n);
	ua_expect(server[0], "CANCEL", 200);
	ua_answer(server[0], invite, 487, "", "");
	ua_expect(ben, "SIP/2.0 487", 100);
	ua_expect_none(server[1], "INVITE");
	ua_expect_none(server[2], "INVITE");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(what_comes_next),
	    TEST(a_late_hop_is_cancelled),
	    TEST(a_hop_that_tries_is_not_given_up),
	    TEST(the_last_one_is_waited_for),
	    TEST(the_caller_may_give_up),
	};

	return cmocka_run_group_tests_name("call failover", tests, NULL, NULL);
}
