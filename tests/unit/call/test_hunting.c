/* A call to a group whose members ring one after the other (GRP-2), in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

/* Sales: Anna (two phones), Ben, Cleo, ten seconds each. Ring: Ben, then Finn, all at once. */
static const char office_text[] =
    "{'settings':{'domain':'test'},"
    "'ranges':[{'first':'100','last':'299'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},{'name':'a2','secret':'Secret-a2-Secret1'"
    "},"
    "{'name':'b1','secret':'Secret-b1-Secret1'},{'name':'c1','secret':'Secret-c1-Secret1'},"
    "{'name':'e1','secret':'Secret-e1-Secret1'},{'name':'f1','secret':'Secret-f1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1','a2'],"
    "'numbers':['101']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':['103']},"
    "{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':['107']},"
    "{'login':'1008','first_name':'Finn','last_name':'Hase','phones':['f1'],'numbers':['108']}],"
    "'groups':[{'name':'sales','strategy':'hunting','hunt_s':10,'ring_s':5},{'name':'ring'}],"
    "'group-members':[{'group':'sales','user':'1001'},{'group':'sales','user':'1002'},"
    "{'group':'sales','user':'1003'},{'group':'ring','user':'1002'},"
    "{'group':'ring','user':'1008'}],"
    "'numbers':[{'number':'201','group':'sales'},{'number':'202','group':'ring'}]}";

static struct office o;
static struct ua *a1, *a2, *b1, *c1, *e1, *f1;

static int
set_up(void **state)
{
	office_open_with(&o, office_text, NULL);
	a1 = office_phone(&o, "a1");
	a2 = office_phone(&o, "a2");
	b1 = office_phone(&o, "b1");
	c1 = office_phone(&o, "c1");
	e1 = office_phone(&o, "e1");
	f1 = office_phone(&o, "f1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

/* Its INVITE comes now, and it rings. */
static const char *
rings(struct ua *u)
{
	const char *inv = ua_expect(u, "INVITE", 100);

	ua_answer(u, inv, 180, "", "");
	return inv;
}

/* It rang, and rings no more. */
static void
is_stopped(struct ua *u, const char *inv)
{
	ua_ok(u, "CANCEL");
	ua_answer(u, inv, 487, "", "");
	ua_expect(u, "ACK", 100);
}

static void
refuses(struct ua *u, int status)
{
	ua_answer(u, ua_expect(u, "INVITE", 100), status, "", "");
	ua_expect(u, "ACK", 100);
}

/* Both of Anna's phones have rung in vain. */
static void
anna_misses_it(void)
{
	const char *to_a1 = rings(a1), *to_a2 = rings(a2);

	ua_expect_none(b1, "INVITE");
	office_run(&o, 9500);
	ua_expect_none(a1, "CANCEL");
	ua_expect_none(b1, "INVITE");
	office_run(&o, 600);
	is_stopped(a1, to_a1);
	is_stopped(a2, to_a2);
}

static void
answers(struct ua *u, const char *inv)
{
	const char *ok;

	ua_answer(u, inv, 200, "", sdp_of(u, 7000, ""));
	ua_expect(u, "ACK", 100);
	ok = ua_expect(e1, "SIP/2.0 200", 100);
	ua_in_dialog(e1, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	ua_in_dialog(e1, ok, "BYE", 2, "", "");
	ua_ok(u, "BYE");
	office_run(&o, 40000);
}

static void
members_ring_one_after_the_other_and_who_answers_stands_in_the_record(void **state)
{
	const char *to_b1;

	talk_dial(e1, "201", "", 4000);
	anna_misses_it();
	ua_expect(e1, "SIP/2.0 180", 100);
	to_b1 = rings(b1);
	office_run(&o, 50);
	assert_int_equal(o.live.ringing_count, 1);
	assert_string_equal(o.live.ringing[0], "b1");
	assert_non_null(strstr(o.watched, "a1< over"));
	answers(b1, to_b1);
	ua_expect_none(c1, "INVITE");
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
	assert_string_equal(o.record[0].called_phone, "b1");
	assert_true(
	    record_says(&o.record[0], "The members ring one after the other, 10 seconds each"));
	assert_true(
	    record_says(&o.record[0], "Anna Berg did not answer in time: the next one's turn"));
	assert_true(record_says(&o.record[0], "Ben Cohn (102) answered for the group at phone b1"));
}

static void
who_is_busy_or_declines_leads_to_the_next_at_once(void **state)
{
	const char *to_a2, *to_c1;

	talk_dial(e1, "201", "", 4000);
	to_a2 = rings(a2);
	refuses(a1, 603); /* for both of Anna's phones */
	is_stopped(a2, to_a2);
	refuses(b1, 486);
	to_c1 = rings(c1);
	/* Cleo has ten seconds of her own */
	office_run(&o, 9500);
	ua_expect_none(c1, "CANCEL");
	answers(c1, to_c1);
	assert_string_equal(o.record[0].called_phone, "c1");
}

static void
one_phone_of_a_member_may_fail_while_the_other_rings(void **state)
{
	const char *to_a2;

	talk_dial(e1, "201", "", 4000);
	to_a2 = rings(a2);
	refuses(a1, 486);
	office_run(&o, 5000);
	ua_expect_none(b1, "INVITE");
	answers(a2, to_a2);
	assert_string_equal(o.record[0].called_phone, "a2");
}

static void
when_the_last_one_has_not_answered_the_call_ends(void **state)
{
	const char *inv;

	talk_dial(e1, "201", "", 4000);
	anna_misses_it();
	ua_expect(e1, "SIP/2.0 180", 100);
	inv = rings(b1);
	office_run(&o, 10100);
	is_stopped(b1, inv);
	inv = rings(c1);
	office_run(&o, 9000);
	ua_expect_none(e1, "SIP/2.0 480");
	office_run(&o, 1500);
	is_stopped(c1, inv);
	ua_ack_failure(e1, ua_expect(e1, "SIP/2.0 480", 100));
	office_run(&o, 40000);
	assert_int_equal(o.record[0].result, CDR_NO_ANSWER);
	assert_int_equal(o.record[0].called_user, 0);
}

static void
a_call_that_somebody_missed_was_not_answered_even_if_the_last_one_is_busy(void **state)
{
	talk_dial(e1, "201", "", 4000);
	anna_misses_it();
	ua_expect(e1, "SIP/2.0 180", 100);
	refuses(b1, 486);
	refuses(c1, 486);
	ua_ack_failure(e1, ua_expect(e1, "SIP/2.0 480", 100));
	office_run(&o, 40000);
	assert_int_equal(o.record[0].result, CDR_NO_ANSWER);
}

static void
when_all_are_busy_the_caller_hears_that(void **state)
{
	talk_dial(e1, "201", "", 4000);
	refuses(a1, 486);
	refuses(a2, 486);
	refuses(b1, 486);
	refuses(c1, 486);
	ua_ack_failure(e1, ua_expect(e1, "SIP/2.0 486", 100));
	office_run(&o, 40000);
	assert_int_equal(o.record[0].result, CDR_BUSY);
}

static void
who_hangs_up_stops_the_phone_that_rings_and_no_other_begins(void **state)
{
	const char *to_b1;

	talk_dial(e1, "201", "", 4000);
	anna_misses_it();
	to_b1 = rings(b1);
	ua_cancel(e1, ua_expect(e1, "SIP/2.0 180", 100), "201");
	is_stopped(b1, to_b1);
	ua_ack_failure(e1, ua_expect(e1, "SIP/2.0 487", 100));
	office_run(&o, 40000);
	ua_expect_none(c1, "INVITE");
	assert_int_equal(o.record[0].result, CDR_CANCELLED);
}

static void
sends_on(struct ua *u, const char *number)
{
	char via[512], from[512], to[512], id[512], cseq[512];
	const char *inv = ua_expect(u, "INVITE", 100);

	ua_send(u,
	    "SIP/2.0 302 Moved\nVia: %s\nFrom: %s\nTo: %s;tag=t%s\nCall-ID: %s\nCSeq: %s\n"
	    "Contact: <sip:%s@10.0.0.1>\nContent-Length: 0\n\n",
	    header(inv, "Via", via), header(inv, "From", from), header(inv, "To", to), number,
	    header(inv, "Call-ID", id), header(inv, "CSeq", cseq), number);
	ua_expect(u, "ACK", 100);
}

static void
where_a_member_sends_the_call_rings_in_his_turn(void **state)
{
	const char *to_f1, *to_c1;

	talk_dial(e1, "201", "", 4000);
	refuses(a1, 486);
	refuses(a2, 486);
	sends_on(b1, "108");
	to_f1 = rings(f1);
	office_run(&o, 9500);
	ua_expect_none(c1, "INVITE");
	office_run(&o, 600);
	is_stopped(f1, to_f1);
	to_c1 = rings(c1);
	answers(c1, to_c1);
	assert_string_equal(o.record[0].called_phone, "c1");
}

static void
a_call_sent_on_to_the_group_has_its_turns(void **state)
{
	const char *to_b1;

	talk_dial(e1, "108", "", 4000);
	sends_on(f1, "201");
	anna_misses_it();
	to_b1 = rings(b1);
	answers(b1, to_b1);
	assert_string_equal(o.record[0].called_phone, "b1");
}

/* Else the turns would end the ringing of those who have nothing to do with them. */
static void
a_call_sent_on_to_the_group_while_others_ring_rings_everywhere(void **state)
{
	const char *to_b1;

	talk_dial(e1, "202", "", 4000);
	to_b1 = rings(b1);
	sends_on(f1, "201");
	rings(a1);
	rings(a2);
	rings(c1);
	office_run(&o, 15000);
	ua_expect_none(c1, "CANCEL");
	answers(b1, to_b1);
	assert_string_equal(o.record[0].called_phone, "b1");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(members_ring_one_after_the_other_and_who_answers_stands_in_the_record),
	    CASE(who_is_busy_or_declines_leads_to_the_next_at_once),
	    CASE(one_phone_of_a_member_may_fail_while_the_other_rings),
	    CASE(when_the_last_one_has_not_answered_the_call_ends),
	    CASE(a_call_that_somebody_missed_was_not_answered_even_if_the_last_one_is_busy),
	    CASE(when_all_are_busy_the_caller_hears_that),
	    CASE(who_hangs_up_stops_the_phone_that_rings_and_no_other_begins),
	    CASE(where_a_member_sends_the_call_rings_in_his_turn),
	    CASE(a_call_sent_on_to_the_group_has_its_turns),
	    CASE(a_call_sent_on_to_the_group_while_others_ring_rings_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
