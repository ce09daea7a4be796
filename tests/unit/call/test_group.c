/* A call to a group on the wire (GRP-1, GRP-2), and the codecs a group lists (PHO-4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test'},"
    "'ranges':[{'first':'100','last':'299'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},{'name':'a2','secret':'Secret-a2-Secret1'"
    "},"
    "{'name':'b1','secret':'Secret-b1-Secret1'},{'name':'c1','secret':'Secret-c1-Secret1'},"
    "{'name':'e1','secret':'Secret-e1-Secret1'},"
    "{'name':'f1','secret':'Secret-f1-Secret1','codecs':'alaw'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1','a2'],"
    "'numbers':['101']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':['103']},"
    "{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':['107']},"
    "{'login':'1008','first_name':'Finn','last_name':'Hase','phones':['f1'],'numbers':['108']}],"
    "'groups':[{'name':'sales'},{'name':'Zoo','codecs':'alaw'},{'name':'Audio','codecs':'g722,ulaw'"
    "}],"
    "'group-members':[{'group':'sales','user':'1001'},{'group':'sales','user':'1002'},"
    "{'group':'sales','user':'1003','logged_on':false},"
    "{'group':'Zoo','user':'1003'},{'group':'Audio','user':'1003','logged_on':false},"
    "{'group':'Audio','user':'1008'}],"
    "'numbers':[{'number':'201','group':'sales'}]}";

static struct office o;
static struct ua *a1, *a2, *b1, *c1, *e1;

static int
set_up(void **state)
{
	office_open_with(&o, office_text, NULL);
	a1 = office_phone(&o, "a1");
	a2 = office_phone(&o, "a2");
	b1 = office_phone(&o, "b1");
	c1 = office_phone(&o, "c1");
	e1 = office_phone(&o, "e1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

static int64_t
user_of(const char *number)
{
	return dir_user_by_number(o.fixture.directory, slice_cstr(number))->id;
}

static void
the_first_member_to_answer_gets_the_call(void **state)
{
	const char *to_a1, *to_a2, *to_b1, *ok;
	char value[512];

	talk_dial(e1, "201", "", 4000);
	to_a1 = ua_expect(a1, "INVITE", 100);
	to_a2 = ua_expect(a2, "INVITE", 100);
	to_b1 = ua_expect(b1, "INVITE", 100);
	ua_expect_none(c1, "INVITE"); /* not logged on */
	ua_answer(a1, to_a1, 180, "", "");
	ua_answer(a2, to_a2, 180, "", "");
	ua_answer(b1, to_b1, 180, "", "");
	ua_expect(e1, "SIP/2.0 180", 100);
	/* lamps: each member's own, and the caller's shows the group */
	assert_non_null(strstr(o.watched, "e1> early 201;"));
	assert_non_null(strstr(o.watched, "a1< early 107;"));
	assert_non_null(strstr(o.watched, "b1< early 107;"));
	ua_answer(b1, to_b1, 200, "", sdp_of(b1, 7000, ""));
	ua_expect(b1, "ACK", 100);
	ok = ua_expect(e1, "SIP/2.0 200", 100);
	header(ok, "P-Asserted-Identity", value);
	assert_non_null(strstr(value, "102@")); /* the caller sees who it is */
	ua_ok(a1, "CANCEL");
	ua_ok(a2, "CANCEL");
	ua_answer(a1, to_a1, 487, "", "");
	ua_answer(a2, to_a2, 487, "", "");
	ua_in_dialog(e1, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	assert_non_null(strstr(o.watched, "b1< confirmed 107;"));
	assert_string_equal(o.live.called.name, "Ben Cohn");
	ua_in_dialog(e1, ok, "BYE", 2, "", "");
	ua_ok(b1, "BYE");
	office_run(&o, 100);
	assert_string_equal(o.record[0].called_number, "201");
	assert_string_equal(o.record[0].called_name, "sales");
	assert_string_equal(o.record[0].called_phone, "b1");
	assert_int_equal(o.record[0].called_user, user_of("102"));
	assert_true(record_says(&o.record[0], "201 is a number of the group sales"));
	assert_true(record_says(&o.record[0], "Ben Cohn (102) answered for the group at phone b1"));
}

/* Takes the INVITE and refuses it. */
static void
refuses(struct ua *u, int status)
{
	ua_answer(u, ua_expect(u, "INVITE", 100), status, "", "");
	ua_expect(u, "ACK", 100);
}

static void
a_member_who_declines_does_so_for_himself_only(void **state)
{
	const char *to_a2, *to_b1, *ok;

	talk_dial(e1, "201", "", 4000);
	to_a2 = ua_expect(a2, "INVITE", 100);
	ua_answer(a2, to_a2, 180, "", "");
	to_b1 = ua_expect(b1, "INVITE", 100);
	ua_answer(b1, to_b1, 180, "", "");
	ua_expect(e1, "SIP/2.0 180", 100);
	refuses(a1, 603);
	ua_ok(a2, "CANCEL"); /* Anna's other phone */
	ua_answer(a2, to_a2, 487, "", "");
	office_run(&o, 100);
	ua_expect_none(b1, "CANCEL");
	ua_answer(b1, to_b1, 200, "", sdp_of(b1, 7000, ""));
	ua_expect(b1, "ACK", 100);
	ok = ua_expect(e1, "SIP/2.0 200", 100);
	ua_in_dialog(e1, ok, "ACK", 1, "", "");
	ua_in_dialog(e1, ok, "BYE", 2, "", "");
	ua_ok(b1, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.record[0].called_user, user_of("102"));
}

static void
a_group_of_which_all_decline_is_not_reached(void **state)
{
	talk_dial(e1, "201", "", 4000);
	refuses(b1, 486);
	ua_answer(a2, ua_expect(a2, "INVITE", 100), 180, "", "");
	ua_expect(e1, "SIP/2.0 180", 100);
	refuses(a1, 603);
	ua_ok(a2, "CANCEL");
	ua_ack_failure(e1, ua_expect(e1, "SIP/2.0 6", 100));
	office_run(&o, 40000);
	assert_int_equal(o.record[0].called_user, 0);
	assert_string_equal(o.record[0].called_number, "201");
	assert_int_equal(o.record[0].result, CDR_REJECTED);
}

static void
who_called_a_person_is_refused_by_that_person_as_before(void **state)
{
	talk_dial(e1, "101", "", 4000);
	ua_answer(a2, ua_expect(a2, "INVITE", 100), 180, "", "");
	ua_expect(e1, "SIP/2.0 180", 100);
	refuses(a1, 603);
	ua_ok(a2, "CANCEL");
	ua_ack_failure(e1, ua_expect(e1, "SIP/2.0 6", 100));
	office_run(&o, 40000);
	assert_int_equal(o.record[0].called_user, user_of("101"));
}

static void
a_member_may_send_the_call_on(void **state)
{
	const char *inv, *ok;
	char via[512], from[512], to[512], id[512], cseq[512];

	talk_dial(e1, "201", "", 4000);
	inv = ua_expect(b1, "INVITE", 100);
	ua_send(b1,
	    "SIP/2.0 302 Moved\nVia: %s\nFrom: %s\nTo: %s;tag=tb1\nCall-ID: %s\nCSeq: %s\n"
	    "Contact: <sip:103@10.0.0.1>\nContent-Length: 0\n\n",
	    header(inv, "Via", via), header(inv, "From", from), header(inv, "To", to),
	    header(inv, "Call-ID", id), header(inv, "CSeq", cseq));
	ua_expect(b1, "ACK", 100);
	inv = ua_expect(c1, "INVITE", 100);
	ua_answer(c1, inv, 200, "", sdp_of(c1, 7000, ""));
	ua_expect(c1, "ACK", 100);
	ok = ua_expect(e1, "SIP/2.0 200", 100);
	ua_in_dialog(e1, ok, "ACK", 1, "", "");
	refuses(a1, 487);
	refuses(a2, 487);
	ua_in_dialog(e1, ok, "BYE", 2, "", "");
	ua_ok(c1, "BYE");
	office_run(&o, 40000);
	assert_string_equal(o.record[0].called_number, "201");
	assert_int_equal(o.record[0].called_user, user_of("103"));
}

/* The formats that the phone is offered when e1, which knows them all, calls it. */
static const char *
offered(struct ua *to, const char *number)
{
	static char text[128];
	const char *inv, *m;

	talk_dial_with(e1, number, "", talk_sdp(e1, 4000, "RTP/AVP 8 0 9", ""));
	inv = ua_expect(to, "INVITE", 100);
	m = strstr(inv, "RTP/AVP ");
	assert_non_null(m);
	snprintf(text, sizeof text, "%.*s", (int)strcspn(m + 8, "\r"), m + 8);
	ua_answer(to, inv, 486, "", "");
	ua_ack_failure(e1, ua_expect(e1, "SIP/2.0 486", 100));
	office_run(&o, 40000);
	return text;
}

static void
a_groups_codecs_are_offered_to_its_members_phones(void **state)
{
	struct ua *f1 = office_phone(&o, "f1");

	assert_string_equal(offered(b1, "102"), "8 0 9"); /* its group has no list */
	/* Audio comes before Zoo, and one need not be logged on */
	assert_string_equal(offered(c1, "103"), "9 0");
	assert_string_equal(offered(f1, "108"), "8"); /* a list of its own */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(the_first_member_to_answer_gets_the_call),
	    CASE(a_member_who_declines_does_so_for_himself_only),
	    CASE(a_group_of_which_all_decline_is_not_reached),
	    CASE(who_called_a_person_is_refused_by_that_person_as_before),
	    CASE(a_member_may_send_the_call_on),
	    CASE(a_groups_codecs_are_offered_to_its_members_phones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
