/* call/: calls that do not get through go on where their number is redirected (USR-5, USR-6,
 * GRP-1), on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test'},'ranges':[{'first':'100','last':'299'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},"
    "{'name':'b1','secret':'Secret-b1-Secret1'},{'name':'c1','secret':'Secret-c1-Secret1'},"
    "{'name':'d1','secret':'Secret-d1-Secret1'},{'name':'e1','secret':'Secret-e1-Secret1'},"
    "{'name':'f1','secret':'Secret-f1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],"
    "'numbers':['101'],'call_waiting':false},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':['103']},"
    "{'login':'1004','first_name':'Dora','last_name':'Ernst','phones':['d1'],'numbers':['104']},"
    "{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':['107']},"
    "{'login':'1008','first_name':'Finn','last_name':'Hase','phones':['f1'],'numbers':['108']}],"
    "'groups':[{'name':'sales'}],'group-members':[{'group':'sales','user':'1002'},"
    "{'group':'sales','user':'1004'}],'numbers':[{'number':'201','group':'sales'}],"
    "'redirections':[{'number':'101','trigger':'timeout','target':'102','after_s':7},"
    "{'number':'101','trigger':'busy','target':'103'},"
    "{'number':'102','trigger':'timeout','target':'103','after_s':5},"
    "{'number':'103','trigger':'timeout','target':'101','after_s':5},"
    "{'number':'104','trigger':'busy','target':'103'},"
    "{'number':'104','trigger':'always','target':'103','enabled':false},"
    "{'number':'108','trigger':'always','target':'104'},"
    "{'number':'201','trigger':'timeout','target':'107','after_s':6}]}";

static struct office o;
static struct ua *anna, *ben, *cleo, *dora, *eva, *finn;

static int
set_up(void **state)
{
	office_open_with(&o, office_text, NULL);
	anna = office_phone(&o, "a1");
	ben = office_phone(&o, "b1");
	cleo = office_phone(&o, "c1");
	dora = office_phone(&o, "d1");
	eva = office_phone(&o, "e1");
	finn = office_phone(&o, "f1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

/* It rings there; Diversion names by and this reason. */
static const char *
rings(struct ua *u, const char *by, const char *why)
{
	const char *inv = ua_expect(u, "INVITE", 100);
	char value[512];

	header(inv, "Diversion", value);
	assert_non_null(strstr(value, by));
	assert_non_null(strstr(value, why));
	ua_answer(u, inv, 180, "", "");
	return inv;
}

/* Nobody has answered there. */
static void
stops(struct ua *u, const char *invite)
{
	ua_ok(u, "CANCEL");
	ua_answer(u, invite, 487, "", "");
	ua_expect(u, "ACK", 100);
}

/* u takes the call, and from ends it. */
static void
talks(struct ua *u, const char *invite, struct ua *from)
{
	const char *ok;

	ua_answer(u, invite, 200, "", sdp_of(u, 7000, ""));
	ua_expect(u, "ACK", 100);
	ok = ua_expect(from, "SIP/2.0 200", 100);
	ua_in_dialog(from, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	ua_in_dialog(from, ok, "BYE", 2, "", "");
	ua_ok(u, "BYE");
	ua_expect(from, "SIP/2.0 200", 100);
	office_run(&o, 100);
}

static void
usr_5_a_number_that_is_always_redirected_rings_nowhere_itself(void **state)
{
	const char *inv;
	char value[512];

	talk_dial(eva, "108", "", 4000);
	inv = rings(dora, "108@", "reason=unconditional");
	assert_non_null(strstr(header(inv, "From", value), "Eva Gold"));
	assert_non_null(strstr(inv, "History-Info: <sip:108@")); /* RFC 7044 */
	ua_expect_none(finn, "INVITE");
	talks(dora, inv, eva);
	assert_string_equal(o.record[0].called_number, "104");
	assert_true(record_says(&o.record[0], "Calls to 108 always go to 104"));
}

static void
usr_5_who_does_not_answer_is_relieved_after_so_many_seconds_and_nobody_twice(void **state)
{
	const char *inv;

	talk_dial(eva, "101", "", 4000);
	inv = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, inv, 180, "", "");
	ua_expect(eva, "SIP/2.0 180", 100);
	office_run(&o, 6500);
	ua_expect_none(ben, "INVITE");
	office_run(&o, 1000);
	stops(anna, inv);
	inv = rings(ben, "101@", "reason=no-answer");
	office_run(&o, 5000);
	stops(ben, inv);
	inv = rings(cleo, "102@", "reason=no-answer");
	office_run(&o, 5000);
	stops(cleo, inv);
	/* Anna has not answered before */
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 480", 100));
	office_run(&o, 100);
	ua_expect_none(anna, "INVITE");
	assert_int_equal(o.record[0].result, CDR_NO_ANSWER);
	assert_true(record_says(&o.record[0], "101 did not answer in time: the call goes to 102"));
	assert_true(record_says(&o.record[0],
	    "The call is not sent on to 101: it has been there, or was sent on too often"));
}

static void
usr_5_a_busy_phone_and_one_that_refuses_send_the_call_on(void **state)
{
	static const int status[] = {486, 600, 603};

	for (size_t i = 0; i < 3; i++) {
		talk_dial(eva, "101", "", 4000);
		ua_answer(anna, ua_expect(anna, "INVITE", 100), status[i], "", "");
		ua_expect(anna, "ACK", 100);
		talks(cleo, rings(cleo, "101@", "reason=user-busy"), eva);
		assert_true(record_says(&o.record[i], "101 is busy: the call goes to 103"));
	}
}

static void
usr_5_a_phone_that_fails_is_a_timeout_at_once(void **state)
{
	talk_dial(eva, "101", "", 4000);
	ua_answer(anna, ua_expect(anna, "INVITE", 100), 500, "", "");
	ua_expect(anna, "ACK", 100);
	talks(ben, rings(ben, "101@", "reason=unavailable"), eva);
}

static void
usr_6_who_talks_without_call_waiting_is_busy_until_he_hangs_up(void **state)
{
	struct talk t = talk_connect(anna, "107", eva, 4000); /* he may as well have called */

	talk_dial(finn, "101", "", 4200);
	talks(cleo, rings(cleo, "101@", "reason=user-busy"), finn);
	ua_expect_none(anna, "INVITE");
	talk_end(&t);
	office_run(&o, 100);
	talk_dial(finn, "101", "", 4400);
	talks(anna, ua_expect(anna, "INVITE", 100), finn);
}

static void
usr_6_who_is_only_rung_is_not_busy(void **state)
{
	const char *first;

	talk_dial(eva, "101", "", 4000);
	first = ua_expect(anna, "INVITE", 100);
	talk_dial(finn, "101", "", 4200);
	talks(anna, ua_expect(anna, "INVITE", 100), finn);
	talks(anna, first, eva);
}

static void
usr_6_with_call_waiting_a_busy_phone_is_told_to_the_caller(void **state)
{
	struct talk t = talk_connect(dora, "107", eva, 4000);

	talk_dial(finn, "104", "", 4200);
	ua_answer(dora, ua_expect(dora, "INVITE", 100), 486, "", "");
	ua_ack_failure(finn, ua_expect(finn, "SIP/2.0 486", 100));
	ua_expect_none(cleo, "INVITE");
	talk_end(&t);
	office_run(&o, 100);
	assert_int_equal(o.n_records, 2);
}

/* GRP-1: Ben's own redirection takes no call of the group. */
static void
grp_1_a_group_that_does_not_answer_is_relieved(void **state)
{
	const char *to_ben, *to_dora;

	talk_dial(finn, "201", "", 4000);
	to_ben = ua_expect(ben, "INVITE", 100);
	to_dora = ua_expect(dora, "INVITE", 100);
	ua_answer(ben, to_ben, 180, "", "");
	ua_answer(dora, to_dora, 603, "", ""); /* not for the others */
	ua_expect(dora, "ACK", 100);
	office_run(&o, 5500);
	ua_expect_none(cleo, "INVITE");
	ua_expect_none(eva, "INVITE");
	office_run(&o, 1000);
	stops(ben, to_ben);
	talks(eva, rings(eva, "\"sales\" <sip:201@", "reason=no-answer"), finn);
	assert_string_equal(o.record[0].called_number, "107");
}

/* A transferred call as any other. */
static void
usr_5_who_is_transferred_goes_on_too(void **state)
{
	struct talk t = talk_connect(eva, "104", dora, 4000);
	const char *inv;

	talk_refer(&t, dora, "<sip:101@10.0.0.1>", "");
	accepted(dora);
	inv = ua_expect(anna, "INVITE", 100);
	office_run(&o, 7100);
	ua_answer(anna, inv, 180, "", "");
	stops(anna, inv);
	inv = rings(ben, "101@", "reason=no-answer");
	ua_notified(dora, 180, "active");
	ua_answer(ben, inv, 200, "", sdp_of(ben, 7000, "a=x-ben\n"));
	ua_expect(ben, "ACK", 100);
	ua_notified(dora, 200, "terminated;reason=noresource");
	ua_ok(dora, "BYE");
	ua_reinvited(eva, 4000);
	ua_expect(eva, "ACK", 100);
	talk_end_with(&t, eva, ben);
	assert_string_equal(o.record[0].called_phone, "b1");
}

/* LIN-2's neighbour: a phone's own 302 and redirections are one way, cut together. */
static void
usr_5_what_phones_send_on_counts_as_a_redirection(void **state)
{
	const char *inv;
	char via[512], from[512], to[512], id[512], cseq[512];

	talk_dial(eva, "103", "", 4000);
	inv = ua_expect(cleo, "INVITE", 100);
	ua_send(cleo,
	    "SIP/2.0 302 Moved\nVia: %s\nFrom: %s\nTo: %s;tag=tc1\nCall-ID: %s\nCSeq: %s\n"
	    "Contact: <sip:101@10.0.0.1>\nContent-Length: 0\n\n",
	    header(inv, "Via", via), header(inv, "From", from), header(inv, "To", to),
	    header(inv, "Call-ID", id), header(inv, "CSeq", cseq));
	ua_expect(cleo, "ACK", 100);
	ua_answer(anna, rings(anna, "103@", "reason=deflection"), 486, "", "");
	/* Anna would send it to Cleo, who has sent it here */
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 486", 100));
	office_run(&o, 100);
	ua_expect_none(cleo, "INVITE");
	assert_int_equal(o.n_records, 1);
}

#define IN_OFFICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_OFFICE(usr_5_a_number_that_is_always_redirected_rings_nowhere_itself),
	    IN_OFFICE(usr_5_who_does_not_answer_is_relieved_after_so_many_seconds_and_nobody_twice),
	    IN_OFFICE(usr_5_a_busy_phone_and_one_that_refuses_send_the_call_on),
	    IN_OFFICE(usr_5_a_phone_that_fails_is_a_timeout_at_once),
	    IN_OFFICE(usr_6_who_talks_without_call_waiting_is_busy_until_he_hangs_up),
	    IN_OFFICE(usr_6_who_is_only_rung_is_not_busy),
	    IN_OFFICE(usr_6_with_call_waiting_a_busy_phone_is_told_to_the_caller),
	    IN_OFFICE(grp_1_a_group_that_does_not_answer_is_relieved),
	    IN_OFFICE(usr_5_who_is_transferred_goes_on_too),
	    IN_OFFICE(usr_5_what_phones_send_on_counts_as_a_redirection),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
