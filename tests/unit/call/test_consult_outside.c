/* call/consult.c on the wire: numbers outside that are asked (KEY). Ben calls Eva, and asks
 * somebody whom nobody else should know of, or help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"
#include "two_lines.h"

#define PHONE(name) "{'name':'" name "','secret':'Secret-" name "-Secret1'}"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0'},"
    "'ranges':[{'first':'100','last':'299'}],"
    "'lines':[{'name':'one','host':'one.example','username':'u','password':'p',"
    "'main_number':'0211555'}],"
    "'phones':[" PHONE("b1") "," PHONE(
	"e1") "],"
	      "'users':[{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],"
	      "'numbers':['102'],'dial':['local','national']},"
	      "{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],"
	      "'numbers':['107']}],"
	      "'emergency-numbers':[{'number':'112','name':'Help'}]}";

static struct office o;
static struct two_lines lines;
static struct ua *ben, *eva, *one;
static struct talk t;

static int
set_up(void **state)
{
	office_open_with(&o, config, two_lines_new(&lines, &o));
	ben = office_phone(&o, "b1");
	eva = office_phone(&o, "e1");
	one = lines.phone[0] = lines.phone[1] = office_phone(&o, "one");
	t = talk_connect(ben, "107", eva, 4000);
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	assert_int_equal(lines.taken, 0);
	return 0;
}

static void
press(const char *keys)
{
	for (; *keys; keys++) {
		office_media_key(&o, 0, MEDIA_CALLER, *keys, 0);
		office_run(&o, 200);
	}
}

static const char *
answers(void)
{
	const char *inv = ua_expect(one, "INVITE", 100);

	ua_answer(one, inv, 200, "", sdp_of(one, 6000, ""));
	ua_expect(one, "ACK", 100);
	office_run(&o, 10);
	return inv;
}

/* No record but Ben's own list says with whom. */
static void
nobody_knows_the_number(void)
{
	for (size_t i = 0; i < o.n_records; i++) {
		const struct cdr *r = &o.record[i];

		assert_null(strstr(r->called_number, "221999"));
		for (size_t k = 0; k < r->explanation_count; k++)
			assert_null(strstr(r->explanation[k], "221999"));
	}
}

/* Whom he asks moves into the call, to the one who stays. */
static void
they_are_connected(void)
{
	const char *re = ua_expect(one, "INVITE", 100);

	ua_answer(one, re, 200, "", sdp_of(one, 6000, "a=x-offer\n"));
	re = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, re, 200, "", sdp_of(eva, 5000, ""));
	ua_expect(eva, "ACK", 100);
	ua_expect(one, "ACK", 100);
	office_run(&o, 100);
}

static void
key_a_private_call_to_ask_somebody_is_in_no_other_record(void **state)
{
	press("*2*200221999#");
	answers();
	press("*2");
	ua_ok(one, "BYE");
	office_run(&o, 100);
	talk_end(&t);
	assert_int_equal(o.n_records, 2);
	assert_true(o.record[0].private_call);
	assert_false(o.record[1].private_call);
	nobody_knows_the_number();
}

static void
key_a_private_call_that_is_busy_or_not_permitted_is_in_no_other_record(void **state)
{
	const char *inv;

	press("*2*200221999#");
	inv = ua_expect(one, "INVITE", 100);
	ua_answer(one, inv, 486, "", "");
	ua_expect(one, "ACK", 100);
	office_run(&o, 100);
	press("*2*200044221999#"); /* abroad: he may not */
	office_run(&o, 100);
	ua_expect_none(one, "INVITE");
	talk_end(&t);
	nobody_knows_the_number();
}

static void
key_who_connects_a_private_call_keeps_it_private(void **state)
{
	press("*2*200221999#");
	answers();
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	they_are_connected();
	assert_null(strstr(o.live.caller.number, "221999"));
	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(one, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 2);
	assert_true(o.record[1].private_call);
	nobody_knows_the_number();
}

/* Whom he has asked goes on in the other call when the one he was asked in is forgotten: what is
 * known of the line is his own by then. */
static void
key_who_is_connected_is_on_his_line_all_the_same(void **state)
{
	fixture_change(&o.fixture, "{'users':[{'login':'1002','dial':['international']}],"
				   "'lines':[{'name':'one','costly_minutes':2}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	press("*2000431234#");
	answers();
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	they_are_connected();
	office_run(&o, 119000);
	ua_expect_none(eva, "BYE");
	office_run(&o, 1000);
	ua_ok(eva, "BYE"); /* the line's minutes of the day are over */
	ua_ok(one, "BYE");
	office_run(&o, 100);
	assert_non_null(strstr(o.record[1].explanation[o.record[1].explanation_count - 1], "one"));
}

static void
key_an_emergency_number_that_is_asked_is_an_emergency_call(void **state)
{
	const char *inv;

	lines.taken = lines.taken_max = 1; /* for others there is no line */
	press("*2112#");
	ua_expect_none(one, "INVITE");
	lines.taken = 0;
	office_run(&o, 3000);
	press("*2112#");
	inv = answers();
	assert_non_null(strstr(inv, "To: <sip:112@"));
	assert_true(o.n_emergencies >= 1);
	assert_string_equal(o.emergency.number, "112");
	assert_string_equal(o.emergency.caller.name, "Ben Cohn");
	/* who waits is left to those who help */
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	they_are_connected();
	assert_false(o.stream[0].service[MEDIA_CALLED].listening.keys); /* no codes any more */
	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(one, "BYE");
	office_run(&o, 100);
}

static void
key_there_are_no_codes_in_an_emergency_call(void **state)
{
	const char *inv, *ok;
	size_t stream = 1;

	talk_end(&t);
	talk_dial(ben, "112", "", 4000);
	inv = ua_expect(one, "INVITE", 100);
	ua_answer(one, inv, 200, "", sdp_of(one, 6000, ""));
	ua_expect(one, "ACK", 100);
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	stream = o.stream[0].open ? 0 : 1;
	assert_false(o.stream[stream].service[MEDIA_CALLER].listening.keys);
	office_media_key(&o, stream, MEDIA_CALLER, '*', 0);
	office_media_key(&o, stream, MEDIA_CALLER, '2', 0);
	office_run(&o, 100);
	assert_null(o.stream[stream].service[MEDIA_CALLED].sound);
	ua_in_dialog(ben, ok, "BYE", 2, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_ok(one, "BYE");
	office_run(&o, 100);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(key_a_private_call_to_ask_somebody_is_in_no_other_record),
	    T(key_a_private_call_that_is_busy_or_not_permitted_is_in_no_other_record),
	    T(key_who_connects_a_private_call_keeps_it_private),
	    T(key_who_is_connected_is_on_his_line_all_the_same),
	    T(key_an_emergency_number_that_is_asked_is_an_emergency_call),
	    T(key_there_are_no_codes_in_an_emergency_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
