/* trunk/: registration at providers (RFC 3261, 10.2; RFC 5626, 4.5; RFC 3263, 4.3; RFC 3608). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bench.h"

static struct bench b;

#define LINE(host, more)                                                                           \
	"{'lines':[{'name':'main','host':'" host                                                   \
	"','username':'acct1','password':'prov-secret','qualify_s':0" more "}]}"

static int
close_bench(void **state)
{
	bench_close(&b);
	return 0;
}

static const char *
state_name(void)
{
	return live_line_state_name(b.live.state);
}

/* What providers do, and what the line does then. Events without keep-alives. */
static const char *
registers(void)
{
	static char out[4096];
	char copy[4096];
	size_t n = 0;

	snprintf(copy, sizeof copy, "%s", bench_events(&b));
	for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
		if (strcmp(w, "k") != 0)
			n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", n ? " " : "", w);
	out[n] = '\0';
	return out;
}

static void
providers_by_table(void **state)
{
	static const struct {
		const char *what, *host, *a, *b, *c;
		uint32_t run_s;
		const char *events, *state, *reason;
	} cases[] = {
	    {"plain", "a.test", "200:600", "", "", 5, "A600", "registered", ""},
	    {"MD5", "a.test", "401 200:600", "", "", 5, "A600 A600+md5", "registered", ""},
	    {"SHA-256 is preferred (RFC 8760)", "a.test", "401s 200:600", "", "", 5,
		"A600 A600+sha", "registered", ""},
	    {"by a proxy", "a.test", "407 200:600", "", "", 5, "A600 A600+md5", "registered", ""},
	    {"proxy and registrar", "a.test", "407 401 200:600", "", "", 5, NULL, "registered", ""},
	    {"stale nonce", "a.test", "401 stale 200:600", "", "", 5, "A600 A600+md5 A600+md5",
		"registered", ""},
	    {"wrong password", "a.test", "401 401 401 401", "", "", 5, "A600 A600+md5", "failed",
		"user name or password is wrong"},
	    {"unknown algorithm", "a.test", "401sess", "", "", 5, "A600", "failed",
		"the provider wants an authentication that is not supported"},
	    {"the provider's interval counts (10.2.4)", "a.test", "200:60", "", "", 52, "A600 A600",
		"registered", ""},
	    {"Expires instead of Contact", "a.test", "200h:60", "", "", 52, "A600 A600",
		"registered", ""},
	    {"an interval of 0 is not believed", "a.test", "200:0", "", "", 5, "A600 A600",
		"registered", ""},
	    {"423 (10.2.8)", "a.test", "423:1800 200:1800", "", "", 5, "A600 A1800", "registered",
		""},
	    {"423 without sense", "a.test", "423:60", "", "", 5, "A600", "failed",
		"423 Interval Too Brief, without a better one"},
	    {"423 for ever", "a.test", "423:700 423:800 423:900 423:1000", "", "", 5,
		"A600 A700 A800", "failed", "423 Interval Too Brief, without a better one"},
	    {"403", "a.test", "403", "", "", 800, "A600", "failed", "403 Forbidden"},
	    {"404", "a.test", "404", "", "", 800, "A600", "failed", "404 Not Found"},
	    {"500, retried within 30 s", "a.test", "500 200:600", "", "", 31, "A600 A600",
		"registered", ""},
	    {"503 with Retry-After (20.33)", "a.test", "503:120 200:600", "", "", 119, "A600",
		"failed", "503 Service Unavailable"},
	    {"503 with Retry-After is over", "a.test", "503:120 200:600", "", "", 125, "A600 A600",
		"registered", ""},
	    {"503: the next hop at once (4.3)", "ab.test", "503:60", "200:600", "", 5, "A600 B600",
		"registered", ""},
	    {"silence: the next hop", "ab.test", "-", "401 200:600", "", 12, NULL, "registered",
		""},
	    {"two dead", "abc.test", "500", "502", "200:600", 5, "A600 B600 C600", "registered",
		""},
	    {"all dead", "abc.test", "500", "500", "500", 5, "A600 B600 C600", "failed",
		"500 Server Internal Error"},
	    {"no way to the first", "six.test", "200:600", "", "", 5, "A600", "registered", ""},
	    {"no way to the first, the second is dead", "six.test", "500", "", "", 5, "A600",
		"failed", "500 Server Internal Error"},
	    {"no way to any", "2001:db8::1", "", "", "", 5, "", "failed",
		"no local address of that kind"},
	    {"not in DNS", "x.test", "", "", "", 5, "", "failed", "x.test: not found in DNS"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char config[512];
		const char *events;

		snprintf(config, sizeof config, LINE("%s", ""), cases[i].host);
		bench_open(&b, config);
		b.provider[0].script = cases[i].a;
		b.provider[1].script = cases[i].b;
		b.provider[2].script = cases[i].c;
		bench_run(&b, cases[i].run_s * 1000);
		events = registers();
		if ((cases[i].events && strcmp(events, cases[i].events) != 0) ||
		    strcmp(state_name(), cases[i].state) != 0 ||
		    strcmp(b.live.reason, cases[i].reason) != 0)
			fail_msg("%s: '%s', %s, '%s'", cases[i].what, events, state_name(),
			    b.live.reason);
		bench_close(&b);
	}
	bench_open(&b, LINE("a.test", ""));
}

static void
the_request_says_what_it_must(void **state)
{
	static const char *const parts[] = {"REGISTER sip:a.test SIP/2.0\r\n",
	    "From: <sip:acct1@a.test>;tag=", "To: <sip:acct1@a.test>\r\n",
	    ";expires=600;+sip.instance=\"<urn:uuid:", ";reg-id=1\r\n", "Expires: 600\r\n",
	    "Supported: path, outbound\r\n", ";rport"};
	char contact[64];
	const char *at;

	bench_open(&b, LINE("a.test", ""));
	bench_run(&b, 1000);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!strstr(b.last, parts[i]))
			fail_msg("no '%s' in\n%s", parts[i], b.last);
	at = strstr(b.last, "Contact: <sip:");
	assert_non_null(at);
	snprintf(contact, sizeof contact, "%.38s", at);
	assert_string_equal(contact + 38 - 0, "");
	assert_int_equal(at[14 + 24], '@');  /* a token of 24 hex digits */
	assert_null(strstr(at, "acct1@10")); /* not the account */
	bench_close(&b);
	/* the same after a restart, so that no second binding arises (RFC 5626, 4.1) */
	bench_open(&b, LINE("a.test", ""));
	bench_run(&b, 1000);
	assert_non_null(strstr(b.last, contact));
}

static void
a_block_is_registered_without_user_part_and_refreshed(void **state)
{
	bench_open(&b, LINE("a.test", ",'register_block':true"));
	b.provider[0].script = "401 200:60";
	bench_run(&b, 1000);
	assert_string_equal(registers(), "A600 A600+md5");
	assert_non_null(strstr(b.last, "Contact: <sip:10.0.0.1:5060;bnc>;expires=600\r\n"));
	assert_non_null(strstr(b.last, "\r\nRequire: gin\r\n"));
	assert_non_null(strstr(b.last, "\r\nProxy-Require: gin\r\n"));
	assert_null(strstr(b.last, "sip.instance"));
	assert_string_equal(state_name(), "registered");
	bench_run(&b, 52000); /* what the provider granted at this Contact counts */
	assert_string_equal(registers(), "A600+md5");
}

static void
refreshes_keep_call_id_and_count_cseq(void **state)
{
	char call_id[128];
	const char *at;

	bench_open(&b, LINE("a.test", ""));
	b.provider[0].script = "401 200:100";
	bench_run(&b, 1000);
	at = strstr(b.last, "Call-ID: ");
	snprintf(call_id, sizeof call_id, "%.*s", (int)strcspn(at, "\r"), at);
	assert_non_null(strstr(b.last, "CSeq: 2 REGISTER"));
	bench_run(&b, 86000);
	assert_string_equal(registers(), "A600 A600+md5 A600+md5"); /* authenticated at once */
	assert_non_null(strstr(b.last, call_id));
	assert_non_null(strstr(b.last, "CSeq: 3 REGISTER"));
	assert_non_null(strstr(b.last, "nc=00000002"));
	assert_in_range(b.last_ms, 1000 + 65000, 1000 + 86000);
}

/* RFC 5626, 4.5: 30 s doubled each time, half of it by chance, 30 min at most. */
static void
retries_back_off(void **state)
{
	uint64_t last = 0, longest = 0;

	bench_open(&b, LINE("a.test", ""));
	b.provider[0].script = "500";
	for (int i = 0; i < 10; i++) {
		uint64_t want_ms = 30000ull << (i < 6 ? i : 6);

		while (!strstr(b.events, "A600"))
			bench_run(&b, 100);
		bench_events(&b);
		if (i > 0) {
			want_ms = 30000ull << (i - 1 < 6 ? i - 1 : 6);
			want_ms = want_ms > 1800000 ? 1800000 : want_ms;
			assert_in_range(b.last_ms - last, want_ms / 2, want_ms + 500);
			if (b.last_ms - last > longest)
				longest = b.last_ms - last;
		}
		last = b.last_ms;
	}
	assert_true(longest > 900000);
	assert_string_equal(state_name(), "failed");
}

/* When what may have kept it from registering has changed, it does not wait. But who was refused,
 * or told when to come back, does. */
static void
a_change_of_ours_is_tried_at_once(void **state)
{
	static const struct {
		const char *script, *after;
	} cases[] = {{"500 200:100", "registered"}, {"403 200:100", "failed"},
	    {"503:900 200:100", "failed"}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (i)
			bench_close(&b);
		bench_open(&b, LINE("a.test", ""));
		b.provider[0].script = cases[i].script;
		bench_run(&b, 100);
		assert_string_equal(state_name(), "failed");
		trunk_retry(b.trunk);
		bench_run(&b, 100);
		assert_string_equal(state_name(), cases[i].after);
	}
}

/* While it is registered, a dead registrar is no reason to stop before the end. */
static void
a_registration_is_good_until_it_expires(void **state)
{
	bench_open(&b, LINE("a.test", ""));
	b.provider[0].script = "200:100 500";
	bench_run(&b, 95000);
	assert_string_equal(state_name(), "registered");
	assert_string_equal(b.live.reason, "500 Server Internal Error");
	assert_int_equal(trunk_line_ops.state(b.trunk, bench_line(&b)), ROUTING_LINE_FREE);
	bench_run(&b, 10000);
	assert_string_equal(state_name(), "failed");
	assert_int_equal(
	    trunk_line_ops.state(b.trunk, bench_line(&b)), ROUTING_LINE_NOT_REGISTERED);
}

/* 403 while registered: the provider does not want us any more. */
static void
a_refusal_ends_a_registration(void **state)
{
	bench_open(&b, LINE("a.test", ""));
	b.provider[0].script = "200:100 403";
	bench_run(&b, 90000);
	assert_string_equal(state_name(), "failed");
	bench_run(&b, 800000);
	assert_string_equal(registers(), "A600 A600");
	bench_run(&b, 400000); /* and is asked again after a long pause */
	assert_string_equal(registers(), "A600");
}

static void
a_disabled_line_takes_its_registration_back(void **state)
{
	bench_open(&b, LINE("a.test", ""));
	b.provider[0].script = "401 200:600 401 200:600";
	bench_run(&b, 1000);
	bench_events(&b);
	bench_change(&b, LINE("a.test", ",'enabled':false"));
	bench_run(&b, 3000);
	assert_string_equal(registers(), "A0+md5 A0+md5"); /* also when challenged anew */
	assert_string_equal(state_name(), "off");
	bench_run(&b, 2000000);
	assert_string_equal(registers(), "");
	b.provider[0].script = "200:600";
	bench_change(&b, LINE("a.test", ",'enabled':true"));
	bench_run(&b, 1000);
	assert_string_equal(registers(), "A600");
	assert_string_equal(state_name(), "registered");
}

static void
changes_take_the_old_registration_back_first(void **state)
{
	bench_open(&b, LINE("a.test", ""));
	bench_run(&b, 1000);
	bench_change(&b, LINE("b.test", ""));
	bench_run(&b, 1000);
	assert_string_equal(registers(), "A600 A0 B600");
	assert_string_equal(b.live.hop, "192.0.2.2:5060");
	bench_change(&b, LINE("b.test", ",'number_format':'zeros','max_calls':3"));
	bench_run(&b, 1000);
	assert_string_equal(registers(), ""); /* of no concern to the registration */
	/* a provider that does not answer holds nothing up */
	b.provider[1].deaf = true;
	bench_change(&b, LINE("c.test", ""));
	bench_run(&b, 6000);
	assert_string_equal(registers(), "C600");
	assert_string_equal(state_name(), "registered");
}

static void
a_stop_takes_everything_back(void **state)
{
	bench_open(&b, LINE("a.test", ""));
	bench_run(&b, 1000);
	bench_events(&b);
	trunk_stop(b.trunk);
	assert_false(trunk_is_stopped(b.trunk));
	bench_run(&b, 200);
	assert_true(trunk_is_stopped(b.trunk));
	assert_string_equal(registers(), "A0");
	assert_string_equal(state_name(), "off");
}

static void
a_stop_does_not_wait_for_the_deaf(void **state)
{
	bench_open(&b, LINE("a.test", ""));
	bench_run(&b, 1000);
	b.provider[0].deaf = true;
	trunk_stop(b.trunk);
	bench_run(&b, 4100);
	assert_true(trunk_is_stopped(b.trunk));
}

static void
proxies_are_tried_in_their_order(void **state)
{
	bench_open(&b, LINE("a.test", ",'proxy':'b.test, sip:c.test;transport=tcp'"));
	b.provider[1].script = "503";
	bench_run(&b, 1000);
	assert_string_equal(registers(), "B600 C600");
	assert_string_equal(b.live.transport, "TCP");
	bench_change(&b, LINE("a.test", ",'proxy':'b.test, 192.0.2.3'"));
	bench_run(&b, 6000);
	assert_string_equal(b.live.hop, "192.0.2.3:5060");
	assert_non_null(strstr(b.last, "REGISTER sip:a.test SIP/2.0"));
}

/* RFC 3263, 4.3: what failed is tried last for a while, then comes first again. */
static void
the_first_hop_comes_back(void **state)
{
	bench_open(&b, LINE("ab.test", ",'expires_s':60"));
	b.provider[0].script = "503 200:60";
	b.provider[1].script = "200:60";
	b.dns_ttl_s = 60;
	bench_run(&b, 100000);
	assert_null(strstr(registers() + 4, "A"));
	assert_string_equal(b.live.hop, "192.0.2.2:5060");
	bench_run(&b, 100000);
	assert_string_equal(b.live.hop, "192.0.2.1:5060");
}

static void
dns_may_fail_when_hops_are_known(void **state)
{
	bench_open(&b, LINE("a.test", ""));
	b.provider[0].script = "200:60";
	b.dns_ttl_s = 30;
	bench_run(&b, 1000);
	b.dns_fails = true;
	bench_run(&b, 300000);
	assert_string_equal(state_name(), "registered");
	assert_string_equal(b.live.reason, "");
	assert_true(b.located > 3); /* it keeps asking */
}

static void
hops_fail_over_by_options(void **state)
{
	bench_open(&b,
	    "{'lines':[{'name':'main','host':'ab.test','username':'acct1','password':'prov-secret',"
	    "'qualify_s':20}]}");
	bench_run(&b, 25000);
	assert_non_null(strstr(bench_events(&b), "Ao"));
	assert_true(b.live.rtt_ms >= 20);
	b.provider[0].deaf = true;
	bench_run(&b, 60000);
	assert_string_equal(b.live.hop, "192.0.2.2:5060");
	assert_string_equal(state_name(), "registered");
}

static void
lines_by_address_need_no_registration(void **state)
{
	static const char config[] =
	    "{'lines':[{'name':'main','host':'ab.test','register':false,'auth':'address',"
	    "'qualify_s':30}]}";

	bench_open(&b, config);
	bench_run(&b, 1000);
	assert_string_equal(state_name(), "address");
	assert_string_equal(registers(), "Ao");
	assert_int_equal(trunk_line_ops.state(b.trunk, bench_line(&b)), ROUTING_LINE_FREE);
	b.provider[0].deaf = true;
	bench_run(&b, 60000); /* the second server takes over */
	assert_string_equal(state_name(), "address");
	assert_string_equal(b.live.hop, "192.0.2.2:5060");
	b.provider[1].options = 503;
	bench_run(&b, 120000);
	assert_string_equal(state_name(), "failed");
	assert_int_equal(
	    trunk_line_ops.state(b.trunk, bench_line(&b)), ROUTING_LINE_NOT_REGISTERED);
	b.provider[1].options = 404; /* no, but there */
	bench_run(&b, 120000);
	assert_string_equal(state_name(), "address");
}

static void
nat_is_kept_open(void **state)
{
	unsigned n = 0;
	const char *at;

	bench_open(&b, LINE("a.test", ""));
	bench_run(&b, 260000);
	for (at = bench_events(&b); (at = strchr(at, 'k')) != NULL; at++)
		n++;
	assert_int_equal(n, 10); /* every 25 s over UDP */
}

static void
tls_names_are_expected(void **state)
{
	bench_open(&b, LINE("a.test", ",'transport':'tls'"));
	bench_run(&b, 1000);
	assert_string_equal(b.tls_name, "a.test");
	assert_string_equal(b.live.transport, "TLS");
}

static void
service_routes_are_kept(void **state)
{
	static const struct {
		const char *script, *route;
	} cases[] = {
	    {"200s:600", "Route: <sip:edge.test;lr>\r\nRoute: <sip:core.test;lr>\r\n"},
	    {"200x:600", ""}, /* it would spoil every request */
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct call_line_call call = {.number = SLICE("+49211555")};
		struct call_line_leg leg;

		bench_open(&b, LINE("a.test", ""));
		b.provider[0].script = cases[i].script;
		bench_run(&b, 1000);
		call.line = bench_line(&b);
		assert_int_equal(trunk_line_ops.leg(b.trunk, &call, &leg), ERR_OK);
		assert_true(slice_eq(leg.route, slice_cstr(cases[i].route)));
		if (i + 1 < sizeof cases / sizeof cases[0])
			bench_close(&b);
	}
}

static void
a_nonsense_host_is_told(void **state)
{
	bench_open(&b, LINE("a.test", ",'proxy':'a b'"));
	bench_run(&b, 1000);
	assert_string_equal(state_name(), "failed");
	assert_string_equal(b.live.reason, "host or proxy is no valid address");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, close_bench)
	    T(providers_by_table),
	    T(the_request_says_what_it_must),
	    T(a_block_is_registered_without_user_part_and_refreshed),
	    T(refreshes_keep_call_id_and_count_cseq),
	    T(retries_back_off),
	    T(a_change_of_ours_is_tried_at_once),
	    T(a_registration_is_good_until_it_expires),
	    T(a_refusal_ends_a_registration),
	    T(a_disabled_line_takes_its_registration_back),
	    T(changes_take_the_old_registration_back_first),
	    T(a_stop_takes_everything_back),
	    T(a_stop_does_not_wait_for_the_deaf),
	    T(proxies_are_tried_in_their_order),
	    T(the_first_hop_comes_back),
	    T(dns_may_fail_when_hops_are_known),
	    T(hops_fail_over_by_options),
	    T(lines_by_address_need_no_registration),
	    T(nat_is_kept_open),
	    T(tls_names_are_expected),
	    T(service_routes_are_kept),
	    T(a_nonsense_host_is_told),
	};

	return cmocka_run_group_tests_name("trunk register", tests, NULL, NULL);
}
