/* call/twin.c, to_go.c on the wire: mobile phones ring with the phones of their users, whose
 * mailboxes never take a call (USR-9), and who talks goes on at another phone (KEY). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apps/apps.h"
#include "talk.h"
#include "two_lines.h"

#define PHONE(name) "{'name':'" name "','secret':'Secret-" name "-Secret1'}"

/* Ben has a mobile phone with confirmation, Cleo two, Dora no other phone. */
static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0'},"
    "'ranges':[{'first':'100','last':'299'}],"
    "'lines':[{'name':'one','host':'one.example','username':'u','password':'p','position':1,"
    "'main_number':'0211555'},{'name':'two','host':'two.example','username':'u','password':'p',"
    "'position':2,'main_number':'0211777'}],"
    "'phones':[" PHONE("a1") "," PHONE("b1") "," PHONE("b2") "," PHONE(
	"c1") "],"
	      "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],"
	      "'numbers':['101']},"
	      "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1','b2'],"
	      "'numbers':['102'],'call_waiting':false},"
	      "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':['"
	      "103']},"
	      "{'login':'1004','first_name':'Dora','last_name':'Ernst','numbers':['104']}],"
	      "'groups':[{'name':'sales'},{'name':'chain','strategy':'hunting','hunt_s':9}],"
	      "'group-members':[{'group':'sales','user':'1003'},{'group':'sales','user':'1004'},"
	      "{'group':'chain','user':'1003'},{'group':'chain','user':'1001'}],"
	      "'numbers':[{'number':'201','group':'sales'},{'number':'202','group':'chain'}],"
	      "'redirections':[{'number':'104','trigger':'timeout','target':'101','after_s':20},"
	      "{'number':'104','trigger':'busy','target':'103'}],"
	      "'emergency-numbers':[{'number':'112','name':'Help'}],"
	      "'mobile-twins':[{'user':'1002','number':'+491711111111','delay_s':3},"
	      "{'user':'1003','number':'+491712222222','group_calls':true,'delay_s':2},"
	      "{'user':'1003','number':'+491713333333'},"
	      "{'user':'1004','number':'+491714444444','confirm':false,'delay_s':10}]}";

static struct office o;
static struct ua *anna, *ben, *ben2, *cleo, *one, *two;
static struct two_lines lines;

static int
set_up(void **state)
{
	office_set_apps(apps);
	office_open_with(&o, config, two_lines_new(&lines, &o));
	anna = office_phone(&o, "a1");
	ben = office_phone(&o, "b1");
	cleo = office_phone(&o, "c1");
	one = lines.phone[0] = office_phone(&o, "one");
	two = lines.phone[1] = office_phone(&o, "two");
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

/* ---- what happens there ---- */

/* A mobile phone rings by that line; its number ends so. */
static const char *
rings(struct ua *line, const char *number, uint32_t max_ms)
{
	const char *inv = ua_expect(line, "INVITE", max_ms);

	assert_non_null(strstr(inv, number));
	ua_answer(line, inv, 180, "", "");
	return inv;
}

static void
picks_up(struct ua *line, const char *invite, int port)
{
	ua_answer(line, invite, 200, "P-Asserted-Identity: <sip:nobody@isp.example>\n",
	    sdp_of(line, port, ""));
	ua_expect(line, "ACK", 100);
	office_run(&o, 10);
}

static void
presses(char key)
{
	office_media_key(&o, 0, MEDIA_CALLED, key, 100);
	office_run(&o, 5);
}

static void
stops(struct ua *u, const char *invite)
{
	ua_ok(u, "CANCEL");
	ua_answer(u, invite, 487, "", "");
	ua_expect(u, "ACK", 100);
}

/* The caller is connected, and hangs up. */
static void
ends(struct ua *from, struct ua *to)
{
	const char *ok = ua_expect(from, "SIP/2.0 200", 100);

	ua_in_dialog(from, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	ua_in_dialog(from, ok, "BYE", 2, "", "");
	ua_expect(from, "SIP/2.0 200", 100);
	ua_ok(to, "BYE");
	office_run(&o, 100);
}

/* Anna calls Ben, whose mobile phone is answered; his phone's INVITE comes back. */
static const char *
anna_reaches_the_mobile(const char **desk)
{
	const char *inv;

	talk_dial(anna, "102", "", 4000);
	*desk = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, *desk, 180, "", "");
	ua_expect(anna, "SIP/2.0 180", 100);
	office_run(&o, 2500);
	ua_expect_none(one, "INVITE");
	inv = rings(one, "+491711111111", 1000);
	picks_up(one, inv, 7000);
	ua_expect_none(anna, "SIP/2.0 200"); /* nobody has taken the call yet */
	ua_expect_none(ben, "CANCEL");
	return inv;
}

static void
usr_9_who_answers_a_mobile_phone_takes_the_call_with_1(void **state)
{
	const char *desk, *cancel;

	anna_reaches_the_mobile(&desk);
	/* unheard by each other until then */
	assert_true(o.stream[0].service[MEDIA_CALLED].listening.keys);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
	assert_false(o.stream[0].peer[MEDIA_CALLER].send);
	presses('5');
	ua_expect_none(anna, "SIP/2.0 200");
	presses('1');
	cancel = ua_ok(ben, "CANCEL");
	assert_non_null(strstr(cancel, "Call completed elsewhere"));
	ua_answer(ben, desk, 487, "", "");
	ua_expect(ben, "ACK", 100);
	assert_false(o.stream[0].service[MEDIA_CALLED].listening.keys);
	ends(anna, one);
	assert_string_equal(o.record[0].called_number, "102");
	assert_string_equal(o.record[0].called_name, "Ben Cohn");
	assert_string_equal(o.record[0].called_phone, "FMC/+491711111111");
	assert_true(record_says(
	    &o.record[0], "Ben Cohn took the call by key at mobile phone +491711111111"));
}

static void
usr_9_a_mailbox_never_takes_the_call(void **state)
{
	const char *desk, *inv = anna_reaches_the_mobile(&desk);

	/* whatever it is, it changes nothing for the others */
	ua_in_dialog(one, inv, "UPDATE", 2, "", sdp_of(one, 7900, ""));
	ua_expect(one, "SIP/2.0 491", 100);
	ua_in_dialog(one, inv, "INVITE", 3, "", sdp_of(one, 7900, ""));
	ua_ack_failure(one, ua_expect(one, "SIP/2.0 491", 100));
	ua_in_dialog(one, inv, "REFER", 4, "Refer-To: <sip:101@10.0.0.1>\n", "");
	ua_expect(one, "SIP/2.0 4", 100);
	office_run(&o, 14000);
	ua_expect_none(one, "BYE");
	office_run(&o, 1500);
	ua_ok(one, "BYE");
	ua_expect_none(ben, "CANCEL");
	ua_answer(ben, desk, 200, "", sdp_of(ben, 7100, ""));
	ua_expect(ben, "ACK", 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7100);
	ends(anna, ben);
	assert_true(
	    record_says(&o.record[0], "Nobody took the call by key at mobile phone +491711111111"));
}

static void
usr_9_who_presses_2_or_hangs_up_leaves_the_call_to_the_others(void **state)
{
	const char *desk, *inv;

	anna_reaches_the_mobile(&desk);
	presses('2');
	ua_ok(one, "BYE");
	ua_answer(ben, desk, 200, "", sdp_of(ben, 7100, ""));
	ua_expect(ben, "ACK", 100);
	ends(anna, ben);
	inv = anna_reaches_the_mobile(&desk);
	ua_in_dialog(one, inv, "BYE", 2, "", "");
	ua_expect(one, "SIP/2.0 200", 100);
	ua_answer(ben, desk, 200, "", sdp_of(ben, 7100, ""));
	ua_expect(ben, "ACK", 100);
	ends(anna, ben);
}

static void
usr_9_whoever_is_first_has_the_call_while_the_mobile_phone_decides(void **state)
{
	const char *desk;

	anna_reaches_the_mobile(&desk);
	ua_answer(ben, desk, 200, "", sdp_of(ben, 7100, ""));
	ua_expect(ben, "ACK", 100);
	assert_non_null(strstr(ua_ok(one, "BYE"), "Call completed elsewhere"));
	presses('1'); /* too late */
	ends(anna, ben);
}

/* Its 200 says nothing of its voice any more, for its 183 has said it: and the mobile phone was
 * asked in between. */
static void
usr_9_who_answers_at_the_desk_is_heard_though_the_mobile_phone_was_asked(void **state)
{
	const char *desk;

	talk_dial(anna, "102", "", 4000);
	desk = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, desk, 183, "Require: 100rel\nRSeq: 7\n", sdp_of(ben, 7100, ""));
	ua_ok(ben, "PRACK");
	ua_expect(anna, "SIP/2.0 183", 100);
	office_run(&o, 2500);
	picks_up(one, rings(one, "+491711111111", 1000), 7000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
	ua_answer(ben, desk, 200, "", "");
	ua_expect(ben, "ACK", 100);
	ua_ok(one, "BYE");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7100);
	ends(anna, ben);
}

static void
usr_9_a_caller_who_gives_up_frees_the_mobile_phone(void **state)
{
	const char *desk, *ringing;

	talk_dial(anna, "102", "", 4000);
	desk = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, desk, 180, "", "");
	ringing = ua_expect(anna, "SIP/2.0 180", 100);
	picks_up(one, rings(one, "+491711111111", 3500), 7000);
	ua_cancel(anna, ringing, "102");
	stops(ben, desk);
	ua_ok(one, "BYE");
	ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 487", 100));
}

/* Its network's sounds are not for the caller, and what it says is not the user's word. */
static void
usr_9_a_mobile_phone_that_is_busy_or_off_changes_nothing(void **state)
{
	static const int status[] = {486, 480, 603, 404};

	for (size_t i = 0; i < 4; i++) {
		const char *desk, *inv;

		talk_dial(anna, "102", "", 4000);
		desk = ua_expect(ben, "INVITE", 100);
		ua_answer(ben, desk, 180, "", "");
		ua_expect(anna, "SIP/2.0 180", 100);
		inv = ua_expect(one, "INVITE", 3500);
		ua_answer(one, inv, 183, "", sdp_of(one, 7000, ""));
		office_run(&o, 10);
		ua_expect_none(anna, "SIP/2.0 183");
		ua_answer(one, inv, status[i], "", "");
		ua_expect(one, "ACK", 100);
		ua_expect_none(two, "INVITE");
		ua_expect_none(ben, "CANCEL");
		ua_answer(ben, desk, 480, "", "");
		ua_expect(ben, "ACK", 100);
		ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 480", 100));
		office_run(&o, 100);
	}
}

/* For all that its user has, as any of his phones would. */
static void
usr_9_who_refuses_at_the_desk_refuses_for_the_mobile_phone_too(void **state)
{
	const char *desk, *inv;

	talk_dial(anna, "102", "", 4000);
	desk = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, desk, 180, "", "");
	inv = rings(one, "+491711111111", 3500);
	ua_answer(ben, desk, 603, "", "");
	ua_expect(ben, "ACK", 100);
	stops(one, inv);
	ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 603", 100));
}

/* Nobody could be asked: his offer comes with the answer. */
static void
usr_9_a_call_without_a_description_rings_no_phone_that_asks(void **state)
{
	const char *desk;

	talk_dial(anna, "102", "", 0);
	desk = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, desk, 180, "", "");
	office_run(&o, 5000);
	ua_expect_none(one, "INVITE");
	ua_answer(ben, desk, 486, "", "");
	ua_expect(ben, "ACK", 100);
	ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 486", 100));
}

static void
key_a_call_that_is_picked_up_stops_the_mobile_phone(void **state)
{
	const char *desk;

	anna_reaches_the_mobile(&desk);
	talk_dial(cleo, "*8102", "", 4200);
	stops(ben, desk);
	ua_ok(one, "BYE");
	ua_in_dialog(cleo, ua_expect(cleo, "SIP/2.0 200", 100), "ACK", 1, "", "");
	ends(anna, cleo);
}

static void
usr_9_another_line_is_tried_when_one_cannot_serve(void **state)
{
	const char *inv;

	talk_dial(anna, "104", "", 4000);
	inv = ua_expect(one, "INVITE", 100);
	ua_answer(one, inv, 503, "", "");
	ua_expect(one, "ACK", 100);
	inv = rings(two, "+491714444444", 100);
	assert_non_null(strstr(inv, "From: <sip:0211777@isp.example>"));
	picks_up(two, inv, 7000); /* without confirmation that takes the call */
	ends(anna, two);
	assert_string_equal(o.record[0].called_phone, "FMC/+491714444444");
}

/* She counts as reachable, and rings without waiting for phones that she has not. */
static void
usr_9_who_has_only_a_mobile_phone_is_reached_there_at_once(void **state)
{
	const char *inv;

	talk_dial(anna, "104", "", 4000);
	inv = rings(one, "+491714444444", 100);
	ua_expect(anna, "SIP/2.0 180", 100);
	ua_answer(one, inv, 486, "", ""); /* not her own word: not as busy */
	ua_expect(one, "ACK", 100);
	ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 480", 100));
	office_run(&o, 100);
	assert_true(record_says(&o.record[0], "104 cannot be reached: the call goes to 101"));
}

static void
usr_9_two_mobile_phones_decide_one_after_the_other(void **state)
{
	const char *desk, *first, *second;

	talk_dial(anna, "103", "", 4000);
	desk = ua_expect(cleo, "INVITE", 100);
	ua_answer(cleo, desk, 180, "", "");
	first = rings(one, "+491713333333", 100);
	second = rings(one, "+491712222222", 2500);
	picks_up(one, first, 7000);
	picks_up(one, second, 7200);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
	presses('2');
	ua_ok(one, "BYE");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7200);
	presses('1');
	stops(cleo, desk);
	ends(anna, one);
	assert_string_equal(o.record[0].called_phone, "FMC/+491712222222");
}

static void
usr_9_members_of_a_group_take_its_calls_at_their_mobile_phones(void **state)
{
	const char *desk, *inv;

	talk_dial(anna, "201", "", 4000);
	desk = ua_expect(cleo, "INVITE", 100);
	ua_answer(cleo, desk, 180, "", "");
	ua_expect_none(one, "INVITE");
	inv = rings(one, "+491712222222", 2500); /* the one for group calls */
	office_run(&o, 500);
	ua_expect_none(one, "INVITE");
	picks_up(one, inv, 7000);
	presses('1');
	stops(cleo, desk);
	ends(anna, one);
	assert_int_equal(
	    o.record[0].called_user, dir_user_by_login(o.fixture.directory, SLICE("1003"))->id);
}

/* From the beginning of the turn, and not beyond it. */
static void
usr_9_a_mobile_phone_has_its_users_turn(void **state)
{
	const char *desk, *inv;

	talk_dial(ben, "202", "", 4000);
	desk = ua_expect(cleo, "INVITE", 100);
	ua_answer(cleo, desk, 180, "", "");
	inv = rings(one, "+491712222222", 2500);
	office_run(&o, 6800);
	stops(cleo, desk);
	stops(one, inv);
	inv = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, inv, 200, "", sdp_of(anna, 7000, ""));
	ua_expect(anna, "ACK", 100);
	ends(ben, anna);
}

static void
usr_9_who_talks_at_a_mobile_phone_is_in_a_call(void **state)
{
	const char *desk, *ok;

	anna_reaches_the_mobile(&desk);
	presses('1');
	stops(ben, desk);
	ok = ua_expect(anna, "SIP/2.0 200", 100);
	ua_in_dialog(anna, ok, "ACK", 1, "", "");
	talk_dial(cleo, "102", "", 4200); /* without call waiting */
	ua_ack_failure(cleo, ua_expect(cleo, "SIP/2.0 486", 100));
	ua_in_dialog(anna, ok, "BYE", 2, "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	ua_ok(one, "BYE");
	office_run(&o, 100);
}

static void
usr_9_who_is_transferred_is_taken_at_a_mobile_phone_too(void **state)
{
	struct talk t = talk_connect(anna, "103", cleo, 4000);
	const char *desk, *inv;

	stops(one, rings(one, "+491713333333", 100));
	talk_refer(&t, cleo, "<sip:102@10.0.0.1>", "");
	accepted(cleo);
	desk = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, desk, 180, "", "");
	ua_notified(cleo, 180, "active");
	inv = ua_expect(one, "INVITE", 3500);
	picks_up(one, inv, 7000);
	ua_expect_none(cleo, "NOTIFY");
	presses('1');
	stops(ben, desk);
	ua_notified(cleo, 200, "terminated;reason=noresource");
	ua_ok(cleo, "BYE");
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	talk_end_with(&t, anna, one);
}

/* LIN-6: it rings on at the desk. */
static void
lin_6_an_emergency_call_takes_the_line_of_a_mobile_phone_that_rings(void **state)
{
	const char *desk, *inv, *help;

	lines.taken_max = 1;
	talk_dial(anna, "102", "", 4000);
	desk = ua_expect(ben, "INVITE", 100);
	inv = rings(one, "+491711111111", 3500);
	talk_dial(cleo, "112", "", 4200);
	stops(one, inv);
	help = ua_expect(one, "INVITE", 100);
	assert_non_null(strstr(help, "sip:112@"));
	ua_answer(one, help, 200, "", sdp_of(one, 7000, ""));
	ua_expect(one, "ACK", 100);
	ends(cleo, one);
	ua_expect_none(ben, "CANCEL");
	ua_answer(ben, desk, 486, "", "");
	ua_expect(ben, "ACK", 100);
	ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 486", 100));
}

/* ---- Call2Go ---- */

static enum call_outcome
to_go(const char *login)
{
	struct call_command cmd = {.kind = CALL_COMMAND_TO_GO,
	    .user = dir_user_by_login(o.fixture.directory, slice_cstr(login))->id};
	struct call_result result;

	snprintf(cmd.call_id, sizeof cmd.call_id, "%s", o.live.call_id);
	call_command(o.calls, &cmd, &result);
	office_run(&o, 10);
	return result.outcome;
}

/* Anna calls Ben, who talks at b1. */
static struct talk
ben_talks(void)
{
	struct talk t = talk_connect(anna, "102", ben, 4000);

	ua_expect_none(one, "INVITE");
	return t;
}

static void
key_who_talks_goes_on_at_another_phone(void **state)
{
	struct talk t = ben_talks();
	const char *inv, *mobile;

	ben2 = office_phone(&o, "b2"); /* it has just come back */
	assert_int_equal(to_go("1002"), CALL_OUTCOME_DONE);
	inv = ua_expect(ben2, "INVITE", 100);
	ua_answer(ben2, inv, 183, "", sdp_of(ben2, 7300, ""));
	mobile = rings(one, "+491711111111", 100);
	/* talk goes on until then */
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_true(o.stream[0].peer[MEDIA_CALLED].send);
	ua_answer(ben2, inv, 200, "", sdp_of(ben2, 7300, ""));
	ua_expect(ben2, "ACK", 100);
	stops(one, mobile);
	ua_ok(ben, "BYE");
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7300);
	talk_end_with(&t, anna, ben2);
	assert_true(
	    record_says(&o.record[0], "Ben Cohn takes the call along: the other phones ring"));
}

static void
key_the_code_at_the_phone_does_the_same(void **state)
{
	struct talk t = ben_talks();
	const char *inv, *mobile;

	ben2 = office_phone(&o, "b2");
	office_media_key(&o, 0, MEDIA_CALLED, '*', 0);
	office_media_key(&o, 0, MEDIA_CALLED, '*', 0);
	office_run(&o, 10);
	inv = ua_expect(ben2, "INVITE", 100);
	mobile = rings(one, "+491711111111", 100);
	ua_answer(ben2, inv, 200, "", sdp_of(ben2, 7300, ""));
	ua_expect(ben2, "ACK", 100);
	stops(one, mobile);
	ua_ok(ben, "BYE");
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	talk_end_with(&t, anna, ben2);
}

static void
key_the_call_goes_on_as_it_was_when_nobody_picks_up(void **state)
{
	struct talk t = ben_talks();
	const char *mobile;

	assert_int_equal(to_go("1002"), CALL_OUTCOME_DONE);
	mobile = rings(one, "+491711111111", 100);
	assert_int_equal(to_go("1002"), CALL_OUTCOME_WRONG_STATE); /* once at a time */
	office_run(&o, 29000);
	ua_expect_none(one, "CANCEL");
	office_run(&o, 1500);
	stops(one, mobile);
	ua_expect_none(ben, "BYE");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	talk_end(&t);
}

/* The mailbox of the mobile phone does not get it here either. */
static void
key_a_mobile_phone_takes_a_call_along_with_1(void **state)
{
	struct talk t = ben_talks();
	const char *mobile;

	assert_int_equal(to_go("1002"), CALL_OUTCOME_DONE);
	picks_up(one, rings(one, "+491711111111", 100), 7000);
	ua_expect_none(ben, "BYE");
	office_run(&o, 15500);
	ua_ok(one, "BYE");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	assert_int_equal(to_go("1002"), CALL_OUTCOME_DONE);
	mobile = rings(one, "+491711111111", 100);
	picks_up(one, mobile, 7000);
	presses('1');
	ua_ok(ben, "BYE");
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	/* and back again */
	assert_int_equal(to_go("1002"), CALL_OUTCOME_DONE);
	mobile = ua_expect(ben, "INVITE", 100);
	ua_expect_none(one, "INVITE");
	ua_answer(ben, mobile, 200, "", sdp_of(ben, 5200, ""));
	ua_expect(ben, "ACK", 100);
	ua_ok(one, "BYE");
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	talk_end_with(&t, anna, ben);
}

static void
key_who_hangs_up_while_others_ring_is_rung_again(void **state)
{
	struct talk t = ben_talks();
	const char *mobile, *again;

	assert_int_equal(to_go("1002"), CALL_OUTCOME_DONE);
	mobile = rings(one, "+491711111111", 100);
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 31000);
	stops(one, mobile);
	again = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, again, 200, "", sdp_of(ben, 5200, ""));
	ua_expect(ben, "ACK", 100);
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	talk_end_with(&t, anna, ben);
}

static void
key_who_has_no_other_phone_is_told_so(void **state)
{
	struct talk t = talk_connect(cleo, "101", anna, 4000);

	assert_int_equal(to_go("1001"), CALL_OUTCOME_NO_OTHER_PHONE);
	talk_end(&t);
}

#define IN_OFFICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* ---- with other features ---- */

/* It is his, at whichever telephone he is. */
static void
usr_9_who_logs_in_at_another_telephone_keeps_his_mobile_phone(void **state)
{
	const char *desk, *inv;
	struct ua *other;

	fixture_change(
	    &o.fixture, "{'phones':[" PHONE("d1") "],'users':[{'login':'1002','phones':['d1']}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	other = office_phone(&o, "d1");
	talk_dial(anna, "102", "", 4000);
	desk = ua_expect(other, "INVITE", 100);
	ua_answer(other, desk, 180, "", "");
	ua_expect_none(ben, "INVITE");
	office_run(&o, 2500);
	ua_expect_none(one, "INVITE");
	inv = rings(one, "+491711111111", 1000);
	ua_answer(other, desk, 200, "", sdp_of(other, 7100, ""));
	ua_expect(other, "ACK", 100);
	stops(one, inv);
	ends(anna, other);
}

static void
usr_9_nothing_is_shown_there_of_who_withholds_his_number(void **state)
{
	const char *desk, *inv;

	talk_dial(anna, "102", "Privacy: id\n", 4000);
	desk = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, desk, 180, "", "");
	assert_null(strstr(desk, "Anna Berg"));
	office_run(&o, 2500);
	inv = rings(one, "+491711111111", 1000);
	assert_true(lines.asked.hidden);
	assert_null(strstr(inv, "Anna"));
	assert_null(strstr(inv, "sip:101@"));
	ua_answer(ben, desk, 200, "", sdp_of(ben, 7100, ""));
	ua_expect(ben, "ACK", 100);
	stops(one, inv);
	ends(anna, ben);
}

/* Ben has parked Anna: when the time is over his phones ring, the mobile one too, and he takes
 * her back there by key. */
static void
usr_9_a_parked_call_that_comes_back_rings_there_too(void **state)
{
	struct call_command park = {.kind = CALL_COMMAND_PARK,
	    .user = dir_user_by_number(o.fixture.directory, SLICE("102"))->id,
	    .number = "11"};
	struct talk t = talk_connect(anna, "102", ben, 4000);
	struct call_result result;
	const char *desk, *inv;

	snprintf(park.call_id, sizeof park.call_id, "%s", o.live.call_id);
	call_command(o.calls, &park, &result);
	assert_int_equal(result.outcome, CALL_OUTCOME_DONE);
	ua_ok(ben, "BYE");
	ua_reinvited(anna, 4002);
	office_run(&o, 59000);
	ua_expect_none(ben, "INVITE");
	desk = ua_expect(ben, "INVITE", 3000);
	ua_answer(ben, desk, 180, "", "");
	inv = rings(one, "+491711111111", 4000);
	picks_up(one, inv, 7000);
	ua_expect_none(ben, "CANCEL");
	presses('1');
	stops(ben, desk);
	ua_reinvited(anna, 4004);
	office_run(&o, 100);
	talk_send(&t, anna, "BYE", "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	ua_ok(one, "BYE");
	office_run(&o, 100);
	assert_string_equal(o.record[0].called_phone, "FMC/+491711111111");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_OFFICE(usr_9_who_answers_a_mobile_phone_takes_the_call_with_1),
	    IN_OFFICE(usr_9_a_mailbox_never_takes_the_call),
	    IN_OFFICE(usr_9_who_presses_2_or_hangs_up_leaves_the_call_to_the_others),
	    IN_OFFICE(usr_9_whoever_is_first_has_the_call_while_the_mobile_phone_decides),
	    IN_OFFICE(usr_9_who_answers_at_the_desk_is_heard_though_the_mobile_phone_was_asked),
	    IN_OFFICE(usr_9_a_caller_who_gives_up_frees_the_mobile_phone),
	    IN_OFFICE(usr_9_a_mobile_phone_that_is_busy_or_off_changes_nothing),
	    IN_OFFICE(usr_9_who_refuses_at_the_desk_refuses_for_the_mobile_phone_too),
	    IN_OFFICE(usr_9_a_call_without_a_description_rings_no_phone_that_asks),
	    IN_OFFICE(key_a_call_that_is_picked_up_stops_the_mobile_phone),
	    IN_OFFICE(usr_9_another_line_is_tried_when_one_cannot_serve),
	    IN_OFFICE(usr_9_who_has_only_a_mobile_phone_is_reached_there_at_once),
	    IN_OFFICE(usr_9_two_mobile_phones_decide_one_after_the_other),
	    IN_OFFICE(usr_9_members_of_a_group_take_its_calls_at_their_mobile_phones),
	    IN_OFFICE(usr_9_a_mobile_phone_has_its_users_turn),
	    IN_OFFICE(usr_9_who_talks_at_a_mobile_phone_is_in_a_call),
	    IN_OFFICE(usr_9_who_is_transferred_is_taken_at_a_mobile_phone_too),
	    IN_OFFICE(lin_6_an_emergency_call_takes_the_line_of_a_mobile_phone_that_rings),
	    IN_OFFICE(key_who_talks_goes_on_at_another_phone),
	    IN_OFFICE(key_the_code_at_the_phone_does_the_same),
	    IN_OFFICE(key_the_call_goes_on_as_it_was_when_nobody_picks_up),
	    IN_OFFICE(key_a_mobile_phone_takes_a_call_along_with_1),
	    IN_OFFICE(key_who_hangs_up_while_others_ring_is_rung_again),
	    IN_OFFICE(key_who_has_no_other_phone_is_told_so),
	    IN_OFFICE(usr_9_who_logs_in_at_another_telephone_keeps_his_mobile_phone),
	    IN_OFFICE(usr_9_nothing_is_shown_there_of_who_withholds_his_number),
	    IN_OFFICE(usr_9_a_parked_call_that_comes_back_rings_there_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
