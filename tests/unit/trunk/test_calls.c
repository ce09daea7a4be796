/* trunk/: how calls through lines look, and whose an incoming call is (RFC 3323, 3325, 3608,
 * 7315). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bench.h"

static struct bench b;

static int
close_bench(void **state)
{
	bench_close(&b);
	return 0;
}

#define OFFICE                                                                                     \
	"'settings':{'country_code':'49','area_code':'211'},"                                      \
	"'ranges':[{'first':'100','last':'199'}],"                                                 \
	"'providers':[{'name':'mine','number_format':'bare','identity':'pai'}],"                   \
	"'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','numbers':['101']},"      \
	"{'login':'1002','first_name':'Ben','last_name':'Cohn','numbers':['102']}],"               \
	"'numbers':[{'number':'0211555101','kind':'external','user':'1001','line':'main'},"        \
	"{'number':'0221777','kind':'external','user':'1001','line':'other'},"                     \
	"{'number':'0211555102','kind':'external','user':'1002'}]"
#define LINES(more)                                                                                \
	"{'lines':[{'name':'main','host':'a.test','username':'acct1','password':'prov-secret',"    \
	"'qualify_s':0" more "},"                                                                  \
	"{'name':'other','host':'b.test','register':false,'auth':'address','qualify_s':0}]"        \
	"," OFFICE "}"

static int64_t
line(const char *name)
{
	size_t n;
	const struct dir_line *lines = dir_lines(b.fixture.directory, &n);

	for (size_t i = 0; i < n; i++)
		if (slice_eq(lines[i].name, slice_cstr(name)))
			return lines[i].id;
	fail_msg("no line %s", name);
	return 0;
}

static void
expect(struct slice got, const char *want, const char *what)
{
	if (!slice_eq(got, slice_cstr(want)))
		fail_msg("%s: '%.*s', not '%s'", what, SLICE_FMT(got), want);
}

static void
legs_by_table(void **state)
{
	static const struct {
		const char *more, *shown;
		bool hidden;
		const char *uri, *from, *headers;
	} cases[] = {
	    {"", "0211555101", false, "sip:+4922199@a.test", "\"X Y\" <sip:+49211555101@a.test>",
		"P-Preferred-Identity: <sip:+49211555101@a.test>\r\n"},
	    {",'number_format':'zeros','identity':'pai'", "0211555101", false,
		"sip:004922199@a.test", "\"X Y\" <sip:0049211555101@a.test>",
		"P-Asserted-Identity: <sip:0049211555101@a.test>\r\n"},
	    {",'number_format':'bare','identity':'none'", "0211555102", false, "sip:4922199@a.test",
		"\"X Y\" <sip:49211555102@a.test>", ""},
	    {",'number_format':'national','from_domain':'prov.example'", "0211555102", false,
		"sip:022199@a.test", "\"X Y\" <sip:0211555102@prov.example>",
		"P-Preferred-Identity: <sip:0211555102@prov.example>\r\n"},
	    {",'number_format':'asis'", "0211555102", false, "sip:0221 99@a.test",
		"\"X Y\" <sip:+49211555102@a.test>",
		"P-Preferred-Identity: <sip:+49211555102@a.test>\r\n"},
	    {",'from_user':'acct1'", "0211555101", false, "sip:+4922199@a.test",
		"\"X Y\" <sip:acct1@a.test>",
		"P-Preferred-Identity: <sip:+49211555101@a.test>\r\n"},
	    /* nobody's phone: the main number, else the account */
	    {"", "0211555", false, "sip:+4922199@a.test", "\"X Y\" <sip:+49211555@a.test>",
		"P-Preferred-Identity: <sip:+49211555@a.test>\r\n"},
	    {"", "", false, "sip:+4922199@a.test", "\"X Y\" <sip:acct1@a.test>", ""},
	    /* RFC 3323, 4.1.1.3; RFC 3325, 9.3: the provider knows, the called does not */
	    {"", "0211555101", true, "sip:+4922199@a.test",
		"\"Anonymous\" <sip:anonymous@anonymous.invalid>",
		"P-Preferred-Identity: <sip:+49211555101@a.test>\r\nPrivacy: id\r\n"},
	    /* LIN-2: providers that want it otherwise */
	    {",'clir':'from'", "0211555101", true, "sip:+4922199@a.test",
		"\"Anonymous\" <sip:anonymous@anonymous.invalid>",
		"P-Preferred-Identity: <sip:+49211555101@a.test>\r\n"},
	    {",'clir':'privacy'", "0211555101", true, "sip:+4922199@a.test",
		"\"X Y\" <sip:+49211555101@a.test>",
		"P-Preferred-Identity: <sip:+49211555101@a.test>\r\nPrivacy: id\r\n"},
	    {",'from_says':'account'", "0211555101", false, "sip:+4922199@a.test",
		"\"X Y\" <sip:acct1@a.test>",
		"P-Preferred-Identity: <sip:+49211555101@a.test>\r\n"},
	    {",'user_phone':true", "0211555101", false, "sip:+4922199@a.test;user=phone",
		"\"X Y\" <sip:+49211555101@a.test;user=phone>",
		"P-Preferred-Identity: <sip:+49211555101@a.test;user=phone>\r\n"},
	    {",'user_phone':true", "", false, "sip:+4922199@a.test;user=phone",
		"\"X Y\" <sip:acct1@a.test>", ""},
	    /* from a provider of one's own */
	    {",'provider':'mine'", "0211555101", false, "sip:4922199@a.test",
		"\"X Y\" <sip:49211555101@a.test>",
		"P-Asserted-Identity: <sip:49211555101@a.test>\r\n"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct call_line_call call = {.number = SLICE("+4922199"),
		    .dialled = SLICE("0221 99"),
		    .hidden = cases[i].hidden};
		struct call_line_leg leg;
		char config[2048];

		snprintf(config, sizeof config, LINES("%s"), cases[i].more);
		bench_open(&b, config);
		bench_run(&b, 1000);
		call.line = line("main");
		call.name = SLICE("X Y");
		call.shown = slice_cstr(cases[i].shown);
		assert_int_equal(trunk_line_ops.leg(b.trunk, &call, &leg), ERR_OK);
		expect(leg.uri, cases[i].uri, "uri");
		expect(leg.from, cases[i].from, "from");
		expect(leg.headers, cases[i].headers, "headers");
		expect(leg.route, "", "route");
		assert_int_equal(leg.contact_user.n, 24);
		assert_true(addr_eq(&leg.flow.remote, &b.provider[0].addr));
		bench_close(&b);
	}
	bench_open(&b, LINES(""));
}

static void
failed_hops_are_skipped(void **state)
{
	struct call_line_call call = {.number = SLICE("+4922199")};
	struct call_line_leg leg;

	bench_open(&b, "{'lines':[{'name':'main','host':'abc.test','register':false,"
		       "'auth':'address','qualify_s':0}]}");
	bench_run(&b, 1000);
	call.line = line("main");
	for (unsigned i = 0; i < 3; i++) {
		call.attempt = i;
		assert_int_equal(trunk_line_ops.leg(b.trunk, &call, &leg), ERR_OK);
		assert_int_equal(leg.flow.remote.ip[3], i + 1);
		assert_int_equal(leg.answer_within_ms != 0, i < 2); /* the last one has time */
		trunk_line_ops.hop_failed(b.trunk, call.line, &leg.flow, 0);
	}
	call.attempt = 3;
	assert_int_equal(trunk_line_ops.leg(b.trunk, &call, &leg), ERR_NOT_FOUND);
	call.attempt = 0; /* a new call: one of them may be back */
	assert_int_equal(trunk_line_ops.leg(b.trunk, &call, &leg), ERR_OK);
	bench_run(&b, 121000);
	assert_int_equal(trunk_line_ops.leg(b.trunk, &call, &leg), ERR_OK);
	assert_int_equal(leg.flow.remote.ip[3], 1);
}

static void
a_dead_hop_of_a_call_moves_the_registration(void **state)
{
	struct call_line_call call = {.number = SLICE("+4922199")};
	struct call_line_leg leg;

	bench_open(&b, "{'lines':[{'name':'main','host':'ab.test','username':'acct1',"
		       "'password':'prov-secret','qualify_s':0}]}");
	bench_run(&b, 1000);
	call.line = line("main");
	assert_int_equal(trunk_line_ops.leg(b.trunk, &call, &leg), ERR_OK);
	trunk_line_ops.hop_failed(b.trunk, call.line, &leg.flow, 0);
	bench_run(&b, 1000);
	assert_string_equal(bench_events(&b), "A600 B600");
	assert_string_equal(b.live.hop, "192.0.2.2:5060");
}

static void
calls_are_counted(void **state)
{
	int64_t id;

	bench_open(&b, LINES(",'max_calls':2"));
	bench_run(&b, 1000);
	id = line("main");
	assert_true(trunk_line_ops.take(b.trunk, id));
	assert_int_equal(trunk_line_ops.state(b.trunk, id), ROUTING_LINE_FREE);
	assert_true(trunk_line_ops.take(b.trunk, id));
	assert_int_equal(trunk_line_ops.state(b.trunk, id), ROUTING_LINE_FULL);
	assert_false(trunk_line_ops.take(b.trunk, id));
	trunk_line_ops.done(b.trunk, id);
	assert_int_equal(trunk_line_ops.state(b.trunk, id), ROUTING_LINE_FREE);
	assert_false(trunk_line_ops.take(b.trunk, 4711));
}

/* ---- incoming ---- */

static char token[32];

static void
learn_token(void)
{
	const char *at = strstr(b.last, "Contact: <sip:");

	assert_non_null(at);
	snprintf(token, sizeof token, "%.24s", at + 14);
}

static void
receive(const char *from, const char *uri_user, const char *to_user, const char *more)
{
	static unsigned n;
	char text[1024];

	n++;
	snprintf(text, sizeof text,
	    "INVITE sip:%s@10.0.0.1:5060 SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%u\n"
	    "From: <sip:+49301234@x>;tag=%u\nTo: <sip:%s@x>\nCall-ID: c%u\nCSeq: 1 INVITE\n"
	    "Max-Forwards: 70\nContact: <sip:x@%s>\n%sContent-Length: 0\n\n",
	    strcmp(uri_user, "$T") == 0 ? token : uri_user, from, n, n, to_user, n, from, more);
	bench_receive(&b, from, text);
}

static void
incoming_by_table(void **state)
{
	static const struct {
		const char *more; /* of line main */
		const char *from, *uri, *to, *headers;
		const char *line, *called; /* "": not a line's */
	} cases[] = {
	    /* our token, from wherever */
	    {"", "198.51.100.7", "$T", "+49211555101", "", "main", "+49211555101"},
	    {"", "198.51.100.7", "$T", "acct1", "P-Called-Party-ID: <sip:0211555102@a.test>\n",
		"main", "0211555102"},
	    {",'main_number':'0211555101'", "198.51.100.7", "$T", "acct1", "", "main",
		"0211555101"},
	    {"", "198.51.100.7", "$T", "acct1", "", "main", "acct1"},
	    {"", "192.0.2.1", "0000000000000000000000ff", "+49211555101", "", "", ""},
	    /* a password line believes its token only … */
	    {"", "192.0.2.1", "+49211555101", "+49211555101", "", "", ""},
	    /* … and networks that were permitted */
	    {",'permit':'198.51.100.0/24'", "198.51.100.7", "+49211555101", "x", "", "main",
		"+49211555101"},
	    {",'permit':'198.51.100.0/24'", "198.51.101.7", "+49211555101", "x", "", "", ""},
	    {",'permit':'198.51.100.0/24'", "198.51.100.7", "acct1", "0211555101", "", "main",
		"0211555101"},
	    /* line other is trusted by the addresses of its servers */
	    {"", "192.0.2.2", "+49221777", "x", "", "other", "+49221777"},
	    {"", "192.0.2.2:40000", "0221777", "x", "", "other", "0221777"},
	    {"", "192.0.2.3", "0221777", "x", "", "", ""},
	    /* where the provider puts the number */
	    {",'incoming_from':'to'", "198.51.100.7", "$T", "0211555102",
		"P-Called-Party-ID: <sip:0211555101@a.test>\n", "main", "0211555102"},
	    {",'incoming_from':'p_called_party'", "198.51.100.7", "$T", "0211555102",
		"P-Called-Party-ID: <sip:0211555101@a.test>\n", "main", "0211555101"},
	    {",'incoming_from':'p_called_party'", "198.51.100.7", "$T", "0211555102", "", "main",
		"0211555102"},
	    {",'incoming_from':'request_uri','permit':'198.51.100.7'", "198.51.100.7", "0211555101",
		"0211555102", "", "main", "0211555101"},
	    /* LIN-2: refused networks, unless permitted */
	    {",'deny':'198.51.100.0/24'", "198.51.100.7", "$T", "+49211555101", "", "", ""},
	    {",'deny':'198.51.100.0/24','permit':'198.51.100.7'", "198.51.100.7", "$T",
		"+49211555101", "", "main", "+49211555101"},
	    {",'deny':'198.51.100.0/24'", "198.51.101.7", "$T", "+49211555101", "", "main",
		"+49211555101"},
	    /* a registered block: the number itself, from the provider's servers (RFC 6140) */
	    {",'register_block':true", "192.0.2.1", "+49211555101", "x", "", "main",
		"+49211555101"},
	    {",'register_block':true", "192.0.2.3", "+49211555101", "x", "", "", ""},
	    {",'register_block':true,'deny':'192.0.2.1'", "192.0.2.1", "+49211555101", "x", "", "",
		""},
	    /* several lines fit: the account named, else the owner of the number */
	    {",'permit':'192.0.2.2'", "192.0.2.2", "acct1", "0211555101", "", "main", "0211555101"},
	    {",'permit':'192.0.2.2'", "192.0.2.2", "0221777", "x", "", "other", "0221777"},
	    {",'permit':'192.0.2.2'", "192.0.2.2", "0211555101", "x", "", "main", "0211555101"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char config[2048];

		snprintf(config, sizeof config, LINES("%s"), cases[i].more);
		bench_open(&b, config);
		bench_run(&b, 1000);
		learn_token();
		receive(cases[i].from, cases[i].uri, cases[i].to, cases[i].headers);
		if (b.matched != (cases[i].line[0] != 0) ||
		    (b.matched && (!slice_eq(b.in.line->name, slice_cstr(cases[i].line)) ||
				      strcmp(b.called, cases[i].called) != 0)))
			fail_msg("case %zu: %s, %s", i, b.matched ? b.in.line->name.p : "none",
			    b.called);
		bench_close(&b);
	}
	bench_open(&b, LINES(""));
}

static void
what_is_switched_off_is_nobody(void **state)
{
	bench_open(&b, LINES(""));
	bench_run(&b, 1000);
	learn_token();
	assert_true(trunk_knows_address(b.trunk, &b.provider[0].addr));
	receive("192.0.2.1", "$T", "+49211555101", "");
	assert_true(b.matched);
	bench_change(&b, LINES(",'enabled':false"));
	bench_run(&b, 1000);
	receive("192.0.2.1", "$T", "+49211555101", "");
	assert_false(b.matched);
	assert_false(trunk_knows_address(b.trunk, &b.provider[0].addr));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, close_bench)
	    T(legs_by_table),
	    T(failed_hops_are_skipped),
	    T(a_dead_hop_of_a_call_moves_the_registration),
	    T(calls_are_counted),
	    T(incoming_by_table),
	    T(what_is_switched_off_is_nobody),
	};

	return cmocka_run_group_tests_name("trunk calls", tests, NULL, NULL);
}
