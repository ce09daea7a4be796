/* trunk/: the test of a line (LIN-2), in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "bench.h"

static struct bench b;
static struct line_test test;
static unsigned servers, dones;

#define LINE(host, more)                                                                           \
	"{'lines':[{'name':'main','host':'" host                                                   \
	"','username':'acct1','password':'prov-secret','qualify_s':0" more "}]}"

static void
on_server(void *ctx, const struct addr *remote)
{
	servers++;
}

static void
on_done(void *ctx)
{
	dones++;
}

static const struct trunk_test_ops ops = {.server = on_server, .done = on_done};

static void
open_line(const char *config, const char *a, const char *second)
{
	test = (struct line_test){0};
	servers = dones = 0;
	bench_open(&b, config);
	b.provider[0].script = a;
	b.provider[1].script = second;
}

static enum err
start(void)
{
	test.began_ms = sim_now_ms(b.sim);
	return trunk_test(b.trunk, bench_line(&b), &test, &ops, NULL);
}

static int
close_bench(void **state)
{
	bench_close(&b);
	return 0;
}

/* "lookup ok, server ok, register failed wrong_password" */
static const char *
steps(void)
{
	static char out[1024];
	size_t n = 0;
	json_t *json = line_test_json(&test), *step;
	size_t i;

	out[0] = '\0';
	json_array_foreach(json_object_get(json, "steps"), i, step)
	{
		const char *advice = json_string_value(json_object_get(step, "advice"));

		n += (size_t)snprintf(out + n, sizeof out - n, "%s%s %s%s%s", n ? ", " : "",
		    json_string_value(json_object_get(step, "kind")),
		    json_string_value(json_object_get(step, "state")), advice ? " " : "",
		    advice ? advice : "");
	}
	json_decref(json);
	return out;
}

static void
each_way_to_fail_has_its_advice(void **state)
{
	static const struct {
		const char *what, *config, *a, *b, *steps;
		uint16_t options;
		bool deaf, dns_fails;
	} cases[] = {
	    {"all is well", LINE("a.test", ""), "401 200:600", "",
		"lookup ok, server ok, register ok", 0, false, false},
	    {"a wrong password", LINE("a.test", ""), "401", "",
		"lookup ok, server ok, register failed wrong_password", 0, false, false},
	    {"no word of ours", LINE("a.test", ""), "401sess", "",
		"lookup ok, server ok, register failed method_unknown", 0, false, false},
	    {"forbidden", LINE("a.test", ""), "403", "",
		"lookup ok, server ok, register failed forbidden", 0, false, false},
	    {"unknown", LINE("a.test", ""), "404", "",
		"lookup ok, server ok, register failed account_unknown", 0, false, false},
	    {"overloaded", LINE("a.test", ""), "503:60", "",
		"lookup ok, server ok, register failed overloaded", 0, false, false},
	    {"refused otherwise", LINE("a.test", ""), "488", "",
		"lookup ok, server ok, register failed register_refused", 0, false, false},
	    {"OPTIONS refused: somebody is there", LINE("a.test", ""), "200:600", "",
		"lookup ok, server ok, register ok", 405, false, false},
	    {"OPTIONS say that it cannot", LINE("a.test", ""), "200:600", "",
		"lookup ok, server warning not_serving, register ok", 503, false, false},
	    {"the first server has refused, the second takes it", LINE("ab.test", ""), "503",
		"200:600", "lookup ok, server ok, server ok, register ok", 0, false, false},
	    {"nobody", LINE("a.test", ""), "", "",
		"lookup ok, server warning no_answer, register failed no_answer", 0, true, false},
	    {"a mistyped name", LINE("nowhere.test", ""), "", "",
		"lookup failed name_unknown, register skipped no_step_before", 0, false, false},
	    {"no DNS", LINE("a.test", ""), "", "",
		"lookup failed dns_silent, register skipped no_step_before", 0, false, true},
	    {"known by address", LINE("a.test", ",'auth':'address','register':false"), "", "",
		"lookup ok, server ok, register skipped by_address", 0, false, false},
	    {"known by address, nobody", LINE("a.test", ",'auth':'address','register':false"), "",
		"", "lookup ok, server warning no_answer, register skipped by_address", 0, true,
		false},
	    {"off", LINE("a.test", ",'enabled':false"), "", "",
		"lookup ok, server ok, register skipped line_off", 0, false, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		open_line(cases[i].config, cases[i].a, cases[i].b);
		b.provider[0].deaf = cases[i].deaf;
		b.provider[0].options = cases[i].options;
		b.dns_fails = cases[i].dns_fails;
		bench_run(&b, 100);
		assert_int_equal(start(), ERR_OK);
		bench_run(&b, 70000);
		if (strcmp(steps(), cases[i].steps) != 0 || dones != 1)
			print_error("%s\n", cases[i].what);
		assert_string_equal(steps(), cases[i].steps);
		assert_int_equal(dones, 1);
		bench_close(&b);
	}
	bench_open(&b, LINE("a.test", ""));
}

static void
a_line_that_waits_after_a_refusal_is_tried_at_once(void **state)
{
	open_line(LINE("a.test", ""), "403 200:600", "");
	bench_run(&b, 5000);
	assert_int_equal(b.live.state, LIVE_LINE_FAILED);
	assert_int_equal(start(), ERR_OK);
	bench_run(&b, 1000);
	assert_int_equal(b.live.state, LIVE_LINE_REGISTERED);
	assert_string_equal(steps(), "lookup ok, server ok, register ok");
	assert_int_equal(servers, 1);
}

static void
one_test_at_a_time_and_none_of_a_line_that_is_not_there(void **state)
{
	open_line(LINE("a.test", ""), "200:600", "");
	bench_run(&b, 5000);
	assert_int_equal(start(), ERR_OK);
	assert_int_equal(start(), ERR_WRONG_STATE);
	bench_run(&b, 5000);
	assert_int_equal(start(), ERR_OK);
	assert_int_equal(trunk_test(b.trunk, 4711, &test, &ops, NULL), ERR_NOT_FOUND);
	bench_run(&b, 5000);
	assert_int_equal(dones, 2);
}

static void
each_server_that_is_tried_is_a_step(void **state)
{
	open_line(LINE("ab.test", ""), "200:600 503 503", "503 200:600");
	bench_run(&b, 5000);
	assert_int_equal(start(), ERR_OK);
	bench_run(&b, 40000);
	assert_string_equal(steps(), "lookup ok, server ok, server ok, register failed overloaded, "
				     "register failed overloaded");
	assert_string_equal(test.step[3].subject, "UDP 192.0.2.1:5060");
	assert_string_equal(test.step[4].subject, "UDP 192.0.2.2:5060");
	assert_int_equal(dones, 1);
}

static void
a_change_of_the_line_ends_its_test(void **state)
{
	open_line(LINE("a.test", ""), "-", "200:600");
	bench_run(&b, 100);
	assert_int_equal(start(), ERR_OK);
	bench_run(&b, 3000);
	assert_string_equal(steps(), "lookup ok, server ok, register running");
	bench_change(&b, LINE("b.test", ""));
	bench_run(&b, 10);
	assert_string_equal(steps(), "lookup ok, server ok, register failed changed");
	assert_int_equal(dones, 1);
	assert_int_equal(start(), ERR_WRONG_STATE); /* it takes its registration back */
	bench_run(&b, 30000);
	assert_int_equal(start(), ERR_OK);
	bench_run(&b, 3000);
	assert_int_equal(dones, 2);
}

static void
a_line_that_changes_before_its_test_began_says_so(void **state)
{
	open_line(LINE("a.test", ""), "-", "");
	bench_run(&b, 100);
	assert_int_equal(start(), ERR_OK);
	bench_change(&b, LINE("b.test", ""));
	bench_run(&b, 10);
	assert_string_equal(steps(), "lookup failed changed");
	assert_int_equal(dones, 1);
}

static void
the_system_may_stop_while_a_line_is_tested(void **state)
{
	open_line(LINE("a.test", ""), "-", "");
	bench_run(&b, 100);
	assert_int_equal(start(), ERR_OK);
	bench_run(&b, 10); /* freed by close_bench, under the sanitizers */
}

static void
answers_of_dns_are_shown_and_cannot_write_on_the_screen(void **state)
{
	struct sip_dns_srv srv[] = {
	    {10, 60, 5060, SLICE("sip1.test")}, {20, 0, 5062, SLICE("a\x1b[2J\xff")}};
	struct sip_dns_answer a = {.result = ERR_OK, .srv = srv, .n = 2};
	struct sip_dns_answer none = {.result = ERR_NOT_FOUND}, silence = {.result = ERR_TIMEOUT};
	uint64_t token = 2ull << 8; /* the line's own search was the first */

	open_line(LINE("a.test", ""), "200:600", "");
	bench_run(&b, 100);
	assert_int_equal(start(), ERR_OK);
	bench_run(&b, 1);
	trunk_on_heard(b.trunk, token, SIP_QUERY_SRV, "_sip._udp.a.test", &a);
	assert_string_equal(test.step[1].subject, "SRV _sip._udp.a.test");
	assert_string_equal(test.step[1].found, "10 60 sip1.test:5060, 20 0 a?[2J?:5062");
	trunk_on_heard(b.trunk, token, SIP_QUERY_NAPTR, "a.test", &none);
	assert_int_equal(test.step[2].state, LINE_TEST_OK);
	trunk_on_heard(b.trunk, token, SIP_QUERY_A, "a.test", &silence);
	assert_int_equal(test.step[3].advice, LINE_ADVICE_DNS_SILENT);
	bench_run(&b, 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(each_way_to_fail_has_its_advice, close_bench),
	    cmocka_unit_test_teardown(
		a_line_that_waits_after_a_refusal_is_tried_at_once, close_bench),
	    cmocka_unit_test_teardown(
		one_test_at_a_time_and_none_of_a_line_that_is_not_there, close_bench),
	    cmocka_unit_test_teardown(each_server_that_is_tried_is_a_step, close_bench),
	    cmocka_unit_test_teardown(a_change_of_the_line_ends_its_test, close_bench),
	    cmocka_unit_test_teardown(
		a_line_that_changes_before_its_test_began_says_so, close_bench),
	    cmocka_unit_test_teardown(
		a_line_that_changes_before_its_test_began_says_so, close_bench),
	    cmocka_unit_test_teardown(the_system_may_stop_while_a_line_is_tested, close_bench),
	    cmocka_unit_test_teardown(
		answers_of_dns_are_shown_and_cannot_write_on_the_screen, close_bench),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
