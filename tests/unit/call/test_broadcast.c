/* A call to a group that hears it by itself (GRP-2, broadcast), in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apps/apps.h"
#include "talk.h"

/* Anna (two phones), Ben, Cleo and Eva are members; Finn is none. */
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
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':['103'],"
    "'dnd':true},"
    "{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':['107']},"
    "{'login':'1008','first_name':'Finn','last_name':'Hase','phones':['f1'],'numbers':['108']}],"
    "'groups':[{'name':'all','strategy':'broadcast'}],"
    "'group-members':[{'group':'all','user':'1001'},{'group':'all','user':'1002'},"
    "{'group':'all','user':'1003'},{'group':'all','user':'1007'}],"
    "'numbers':[{'number':'201','group':'all'}]}";

static struct office o;
static struct ua *a1, *a2, *b1, *c1, *e1, *f1;

static int
set_up(void **state)
{
	office_set_apps(apps);
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
	office_set_apps(NULL);
	return 0;
}

static const struct media_service *
heard_at(int port)
{
	return office_served(&o, port);
}

/* Eva speaks to all. Returns the 200 she got. */
static const char *
eva_speaks(void)
{
	const char *ok;

	talk_dial(e1, "201", "", 4000);
	ok = ua_expect(e1, "SIP/2.0 200", 100);
	ua_in_dialog(e1, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	return ok;
}

static const char *
answers(struct ua *u, int port)
{
	const char *inv = ua_expect(u, "INVITE", 100);
	char value[512];

	assert_non_null(strstr(header(inv, "Call-Info", value), "answer-after=0"));
	assert_non_null(strstr(header(inv, "From", value), "\"Eva Gold\" <sip:107@"));
	ua_answer(u, inv, 200, "", talk_sdp(u, port, "RTP/AVP 8", ""));
	ua_expect(u, "ACK", 100);
	office_run(&o, 20);
	return inv;
}

static void
hangs_up(struct ua *u, const char *msg, int cseq)
{
	ua_in_dialog(u, msg, "BYE", cseq, "", "");
	ua_expect(u, "SIP/2.0 200", 100);
	office_run(&o, 20);
}

static void
free_phones_answer_by_themselves_and_hear_who_calls(void **state)
{
	const char *eva = eva_speaks();

	assert_int_equal(o.n_rooms, 1);
	ua_expect_none(c1, "INVITE"); /* does not want to be disturbed */
	ua_expect_none(a2, "INVITE"); /* one phone of hers is enough */
	assert_null(heard_at(4000)->sound);
	answers(a1, 6000);
	assert_ptr_equal(heard_at(4000)->sound, office_sound(&o)); /* the first */
	answers(b1, 7000);
	assert_non_null(heard_at(4000)->room);
	assert_false(heard_at(4000)->muted);
	assert_ptr_equal(heard_at(6000)->room, heard_at(4000)->room);
	assert_ptr_equal(heard_at(7000)->room, heard_at(4000)->room);
	assert_true(heard_at(6000)->muted && heard_at(7000)->muted);
	assert_non_null(strstr(o.watched, "a1< confirmed 107;")); /* their lamps are red */
	hangs_up(e1, eva, 2);
	ua_ok(a1, "BYE");
	ua_ok(b1, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1);
	assert_string_equal(o.record[0].called_number, "201");
	assert_string_equal(o.record[0].called_name, "all");
	assert_true(
	    record_says(&o.record[0], "The members of all hear what is said by themselves"));
	assert_true(record_says(&o.record[0], "Cleo Dietz does not want to be disturbed"));
	assert_true(record_says(&o.record[0], "2 of 2 members who were called heard it"));
}

static void
phones_that_only_ring_are_given_up_and_the_others_hear_on(void **state)
{
	const char *eva = eva_speaks(), *rung;

	answers(a1, 6000);
	rung = ua_expect(b1, "INVITE", 100);
	ua_answer(b1, rung, 180, "", "");
	office_run(&o, 5100);
	ua_ok(b1, "CANCEL");
	ua_answer(b1, rung, 487, "", "");
	ua_expect(b1, "ACK", 100);
	office_run(&o, 100);
	assert_true(heard_at(6000)->muted);
	ua_expect_none(e1, "BYE");
	hangs_up(e1, eva, 2);
	ua_ok(a1, "BYE");
	office_run(&o, 100);
	assert_true(record_says(&o.record[0], "1 of 2 members who were called heard it"));
}

static void
members_hang_up_one_by_one_and_the_last_one_ends_it(void **state)
{
	const char *inv_a, *inv_b;

	eva_speaks();
	inv_a = answers(a1, 6000);
	inv_b = answers(b1, 7000);
	hangs_up(a1, inv_a, 1);
	ua_expect_none(e1, "BYE");
	assert_true(heard_at(7000)->muted);
	hangs_up(b1, inv_b, 1);
	office_media_played(&o, 0, MEDIA_CALLER); /* the tone that says so */
	ua_ok(e1, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
}

static void
who_is_in_a_call_is_not_torn_out_of_it(void **state)
{
	struct talk t = talk_connect(b1, "108", f1, 8000);
	const char *eva = eva_speaks();

	answers(a1, 6000);
	ua_expect_none(b1, "INVITE");
	hangs_up(e1, eva, 2);
	ua_ok(a1, "BYE");
	talk_end(&t);
	office_run(&o, 100);
	assert_int_equal(o.n_records, 2);
}

static void
a_caller_who_gives_up_early_ends_what_rings(void **state)
{
	const char *eva = eva_speaks();
	const char *inv_a = ua_expect(a1, "INVITE", 100), *inv_b = ua_expect(b1, "INVITE", 100);

	ua_answer(a1, inv_a, 180, "", "");
	ua_answer(b1, inv_b, 180, "", "");
	hangs_up(e1, eva, 2);
	ua_ok(a1, "CANCEL");
	ua_answer(a1, inv_a, 487, "", "");
	ua_ok(b1, "CANCEL");
	ua_answer(b1, inv_b, 487, "", "");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1);
}

static void
a_phone_that_sends_the_call_on_is_left_out(void **state)
{
	const char *eva = eva_speaks();

	answers(a1, 6000);
	ua_answer(b1, ua_expect(b1, "INVITE", 100), 302, "Contact: <sip:108@10.0.0.1>\n", "");
	ua_expect(b1, "ACK", 100);
	office_run(&o, 100);
	ua_expect_none(f1, "INVITE");
	hangs_up(e1, eva, 2);
	ua_ok(a1, "BYE");
}

static void
nobody_picks_up_what_is_said_to_others(void **state)
{
	const char *eva = eva_speaks(), *inv = ua_expect(a1, "INVITE", 100), *refused;

	ua_answer(a1, inv, 180, "", "");
	talk_dial(f1, "*8101", "", 9000);
	refused = ua_expect(f1, "SIP/2.0 480", 100);
	ua_ack_failure(f1, refused);
	ua_answer(a1, inv, 486, "", "");
	ua_expect(a1, "ACK", 100);
	answers(b1, 7000);
	hangs_up(e1, eva, 2);
	ua_ok(b1, "BYE");
}

static void
nobody_answers_and_the_caller_is_told(void **state)
{
	const char *inv;

	eva_speaks();
	for (int i = 0; i < 2; i++) {
		struct ua *u = i ? b1 : a1;

		inv = ua_expect(u, "INVITE", 100);
		ua_answer(u, inv, 486, "", "");
		ua_expect(u, "ACK", 100);
	}
	office_run(&o, 100);
	assert_ptr_equal(heard_at(4000)->sound, office_sound(&o));
	office_media_played(&o, 0, MEDIA_CALLER); /* the tone; no words are there to be said */
	office_run(&o, 10);
	ua_ok(e1, "BYE");
}

static void
the_switch_stops_while_somebody_speaks(void **state)
{
	eva_speaks();
	answers(a1, 6000);
	ua_expect(b1, "INVITE", 100);
	call_switch_end_all(o.calls);
	ua_ok(a1, "BYE");
	ua_ok(e1, "BYE");
	b1->deaf = true;
	office_run(&o, 40000);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(free_phones_answer_by_themselves_and_hear_who_calls),
	    T(phones_that_only_ring_are_given_up_and_the_others_hear_on),
	    T(members_hang_up_one_by_one_and_the_last_one_ends_it),
	    T(who_is_in_a_call_is_not_torn_out_of_it),
	    T(a_caller_who_gives_up_early_ends_what_rings),
	    T(a_phone_that_sends_the_call_on_is_left_out),
	    T(nobody_picks_up_what_is_said_to_others),
	    T(nobody_answers_and_the_caller_is_told),
	    T(the_switch_stops_while_somebody_speaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
