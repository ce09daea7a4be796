/* call/dial_in.c, apps/dial_in.c on the wire: who calls a dial-in number from his mobile phone is
 * there as at his desk (USR-9). What is said has no files here, and is over at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "apps/apps.h"
#include "talk.h"
#include "two_lines.h"

#define PHONE(name) "{'name':'" name "','secret':'Secret-" name "-Secret1'}"

/* Ben's mobile phone. */
static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0',"
    "'dial_in_numbers':'0211555199'},'ranges':[{'first':'100','last':'299'}],"
    "'lines':[{'name':'one','host':'one.example','username':'u','password':'p',"
    "'main_number':'0211555'}],"
    "'phones':[" PHONE("a1") "," PHONE("b1") "," PHONE(
	"c1") "],"
	      "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],"
	      "'numbers':['101']},"
	      "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],"
	      "'numbers':['102'],'call_waiting':false,'dial_pin':'2580'},"
	      "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],"
	      "'numbers':['103']}],"
	      "'emergency-numbers':[{'number':'112','name':'Help'}],"
	      "'mobile-twins':[{'user':'1002','number':'+491711111111'}]}";

static struct office o;
static struct two_lines lines;
static struct ua *anna, *cleo, *one;
static struct talk in;

static int
set_up(void **state)
{
	office_set_apps(apps);
	office_open_with(&o, config, two_lines_new(&lines, &o));
	anna = office_phone(&o, "a1");
	cleo = office_phone(&o, "c1");
	one = lines.phone[0] = lines.phone[1] = office_phone(&o, "one");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	office_set_apps(NULL);
	assert_int_equal(lines.taken, 0);
	return 0;
}

static void
types(const char *keys)
{
	for (; *keys; keys++) {
		office_media_key(&o, 0, MEDIA_CALLER, *keys, 0);
		office_run(&o, 50);
	}
}

/* Ben, or who says so, calls from his mobile phone. */
static void
dials_in(void)
{
	in = (struct talk){.from = one, .from_cseq = 1};
	talk_dial(
	    one, "0211555199", "P-Asserted-Identity: <sip:+491711111111@isp.example>\n", 7000);
	in.ok = ua_expect(one, "SIP/2.0 200", 100);
	ua_in_dialog(one, in.ok, "ACK", 1, "", "");
	office_run(&o, 20);
}

static void
hangs_up(struct ua *other)
{
	talk_send(&in, one, "BYE", "", "");
	ua_expect(one, "SIP/2.0 200", 100);
	if (other)
		ua_ok(other, "BYE");
	office_run(&o, 100);
}

static void
usr_9_who_dials_in_is_at_his_mobile_phone_as_at_his_desk(void **state)
{
	const char *inv;

	dials_in();
	types("2580#");
	assert_non_null(o.stream[0].service[MEDIA_CALLER].sound); /* the dial tone */
	types("101#");
	inv = ua_expect(anna, "INVITE", 100);
	assert_non_null(strstr(inv, "From: \"Ben Cohn\" <sip:102@"));
	assert_non_null(strstr(inv, "info=alert-internal"));
	assert_null(strstr(inv, "Referred-By"));
	ua_answer(anna, inv, 200, "", sdp_of(anna, 4000, ""));
	ua_expect(anna, "ACK", 100);
	ua_reinvited(one, 7000);
	office_run(&o, 20);
	assert_true(o.stream[0].service[MEDIA_CALLER].listening.keys);
	/* he talks, and wants no second call */
	talk_dial(cleo, "102", "", 5000);
	ua_ack_failure(cleo, ua_expect(cleo, "SIP/2.0 486", 100));
	/* his provider transfers nothing for him */
	talk_send(&in, one, "REFER", "Refer-To: <sip:103@10.0.0.1>\n", "");
	ua_expect(one, "SIP/2.0 403", 100);
	hangs_up(anna);
	assert_int_equal(o.n_records, 2);
	assert_string_equal(o.record[1].caller_number, "102");
	assert_int_not_equal(o.record[1].caller_user, 0);
	assert_string_equal(o.record[1].caller_phone, "FMC/+491711111111");
	assert_string_equal(o.record[1].called_number, "101");
	assert_true(record_says(
	    &o.record[1], "Ben Cohn has dialled in from the mobile phone +491711111111"));
}

static void
usr_9_a_dial_in_without_the_pin_is_nobody(void **state)
{
	const char *inv;

	for (int i = 0; i < 2; i++) {
		dials_in();
		types("101#");
		assert_null(o.stream[0].service[MEDIA_CALLER].room);
		types("2581#0000#");
		ua_ok(one, "BYE");
		office_run(&o, 100);
	}
	ua_expect_none(anna, "INVITE");
	assert_int_equal(o.n_pin_locked, 1);
	assert_string_equal(o.pin_locked.phone, "FMC/+491711111111");
	assert_int_equal(o.record[1].caller_user, 0);
	dials_in(); /* for an hour not even with the right one */
	types("2580#2580#2580#");
	ua_ok(one, "BYE");
	office_run(&o, 3600 * 1000);
	dials_in();
	types("2580#101#");
	inv = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, inv, 180, "", "");
	office_run(&o, 20);
	hangs_up(NULL);
	ua_ok(anna, "CANCEL");
	ua_answer(anna, inv, 487, "", "");
	ua_expect(anna, "ACK", 100);
}

static void
usr_9_an_emergency_call_that_is_dialled_in_is_one(void **state)
{
	const char *inv;

	dials_in();
	types("2580#112#");
	inv = ua_expect(one, "INVITE", 100);
	assert_non_null(strstr(inv, "To: <sip:112@"));
	assert_int_equal(o.n_emergencies, 1);
	assert_string_equal(o.emergency.caller.phone, "FMC/+491711111111");
	ua_answer(one, inv, 200, "", sdp_of(one, 7500, ""));
	ua_expect(one, "ACK", 100);
	ua_reinvited(one, 7000);
	office_run(&o, 20);
	assert_false(o.stream[0].service[MEDIA_CALLER].listening.keys); /* no codes */
	hangs_up(one);
	assert_string_equal(o.record[0].called_number, "112");
}

static void
usr_9_a_private_call_that_is_dialled_in_stays_private(void **state)
{
	const char *inv;

	dials_in();
	types("2580#*20221999#");
	inv = ua_expect(one, "INVITE", 100);
	ua_answer(one, inv, 486, "", "");
	ua_expect(one, "ACK", 100);
	office_run(&o, 100);
	assert_non_null(o.stream[0].service[MEDIA_CALLER].sound); /* the dial tone again */
	hangs_up(NULL);
	assert_true(o.record[0].private_call);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(usr_9_who_dials_in_is_at_his_mobile_phone_as_at_his_desk),
	    T(usr_9_a_dial_in_without_the_pin_is_nobody),
	    T(usr_9_an_emergency_call_that_is_dialled_in_is_one),
	    T(usr_9_a_private_call_that_is_dialled_in_stays_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
