/* call/probe.c on the wire (KEY): people are called back for numbers outside, which are tried until
 * they are not busy any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"
#include "two_lines.h"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0','language':'en'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'lines':[{'name':'isp','host':'isp.example','username':'u','password':'p'}],"
    "'phones':[{'name':'b1','secret':'Secret-b1-Secret1'},"
    "{'name':'c1','secret':'Secret-c1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Ben','last_name':'Cohn','phones':['b1'],"
    "'numbers':['102'],'language':'en'},{'login':'1003','first_name':'Cleo','last_name':'Dietz',"
    "'phones':['c1'],'numbers':['103']}]}";

static struct office o;
static struct ua *ben, *isp;
static struct two_lines lines;

static void
reload(void)
{
	struct directory *old = o.fixture.directory;

	assert_int_equal(directory_build(o.fixture.store, &o.fixture.directory), ERR_OK);
	call_switch_set_directory(o.calls, o.fixture.directory);
	directory_free(old);
	office_run(&o, 10);
}

static struct live_completion *
bens(void)
{
	return &o.completion[dir_user_by_number(o.fixture.directory, SLICE("102"))->id];
}

static int
set_up(void **state)
{
	office_open_with(&o, config, two_lines_new(&lines, &o));
	lines.account = "u";
	ben = office_phone(&o, "b1");
	isp = lines.phone[1] = office_phone(&o, "gateway");
	return 0;
}

static int
tear_down(void **state)
{
	size_t n;

	assert_int_equal(store_completion_cancel(o.fixture.store, bens()->user, &n), ERR_OK);
	reload();
	office_close(&o);
	assert_int_equal(lines.taken, 0);
	return 0;
}

static void
dials_busy(const char *number)
{
	talk_dial(ben, number, "", 4000);
	ua_answer(isp, ua_expect(isp, "INVITE", 100), 486, "", "");
	ua_expect(isp, "ACK", 100);
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
	office_run(&o, 100);
}

static void
ask(void)
{
	json_t *row = NULL;

	assert_int_equal(bens()->state, LIVE_COMPLETION_POSSIBLE);
	assert_int_equal(store_completion_request(o.fixture.store,
			     &(struct store_completion){.user = bens()->user,
				 .number = bens()->number,
				 .tried = bens()->tried,
				 .since_ms = (int64_t)sim_now_ms(o.sim)},
			     &row),
	    ERR_OK);
	json_decref(row);
	reload();
	assert_int_equal(bens()->state, LIVE_COMPLETION_ON);
}

static void
settle(enum live_completed_why why)
{
	assert_int_equal(o.n_completed, 1);
	assert_int_equal(o.completed.why, why);
	assert_int_equal(store_completion_over(o.fixture.store, o.completed.id), ERR_OK);
	o.n_completed = 0;
	reload();
}

/* The next trial call, and after how long. */
static const char *
trial(uint32_t *after_ms)
{
	uint64_t from = sim_now_ms(o.sim);
	const char *invite = ua_expect(isp, "INVITE", 30000);

	*after_ms = (uint32_t)(sim_now_ms(o.sim) - from);
	return invite;
}

/* It keeps what has been read. */
static void
empty(struct ua *u)
{
	for (size_t i = 0; i < u->n_inbox; i++)
		free(u->inbox[i]);
	u->n_inbox = 0;
}

static void
it_is_tried_five_times_every_ten_seconds_then_every_twenty_for_an_hour(void **state)
{
	unsigned tries = 0;
	uint32_t ms;

	dials_busy("0022199");
	ask();
	for (; sim_now_ms(o.sim) < 1000000 + 3600000 - 25000; tries++) {
		ua_answer(isp, trial(&ms), 486, "", "");
		ua_expect(isp, "ACK", 100);
		assert_in_range(ms, tries < 5 ? 9500 : 19500, tries < 5 ? 10200 : 20200);
		empty(isp);
	}
	office_run(&o, 100);
	ua_answer(isp, trial(&ms), 486, "", "");
	office_run(&o, 30000);
	settle(LIVE_COMPLETED_EXPIRED);
	assert_in_range(tries, 175, 185);
	ua_expect_none(ben, "INVITE");
	assert_int_equal(o.n_begun, 1); /* trials are nobody's calls: no records */
	assert_int_equal(bens()->state, LIVE_COMPLETION_OFF);
}

static const char *
rings_there(void)
{
	const char *there;
	uint32_t ms;

	dials_busy("0022199");
	ask();
	there = trial(&ms);
	ua_expect_none(ben, "INVITE");
	assert_int_equal(o.n_begun, 1);
	ua_answer(isp, there, 180, "", "");
	office_run(&o, 10);
	assert_int_equal(bens()->state, LIVE_COMPLETION_RECALLING);
	return there;
}

static void
it_rings_at_both_and_who_asked_picks_up_first(void **state)
{
	const char *there = rings_there(), *own;
	char value[512];

	own = ua_expect(ben, "INVITE", 100);
	assert_non_null(strstr(header(own, "From", value), "\"Call completion: +4922199\""));
	ua_answer(ben, own, 180, "", "");
	ua_answer(ben, own, 200, "", sdp_of(ben, 6000, ""));
	ua_expect(ben, "ACK", 100);
	assert_ptr_equal(o.stream[0].service[MEDIA_CALLER].sound, office_ringback(&o));
	office_run(&o, 15000);
	ua_answer(isp, there, 200, "", sdp_of(isp, 5000, ""));
	ua_expect(isp, "ACK", 100);
	ua_reinvited(ben, 6000);
	ua_expect(ben, "ACK", 100);
	assert_null(o.stream[0].service[MEDIA_CALLER].sound);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 6000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send && o.stream[0].peer[MEDIA_CALLED].send);
	office_run(&o, 5000);
	ua_in_dialog(isp, there, "BYE", 2, "", "");
	ua_ok(ben, "BYE");
	office_run(&o, 100);
	settle(LIVE_COMPLETED_SERVED);
	assert_int_equal(o.n_records, 2);
	assert_int_equal(o.record[1].result, CDR_ANSWERED);
	assert_in_range(o.record[1].duration_s, 4, 6);
	assert_string_equal(o.record[1].caller_number, "102");
	assert_string_equal(o.record[1].caller_phone, "b1");
	assert_string_equal(o.record[1].called_number, "+4922199");
}

/* Another one of his phones was heard first, and its 200 need not say again what it said in a
 * reliable 183 (RFC 3261, 13.2.1). */
static void
who_asked_and_was_not_heard_early_is_heard_when_he_picks_up(void **state)
{
	const char *there, *one, *other;
	struct ua *second;

	fixture_change(&o.fixture, "{'phones':[{'name':'b2','secret':'Secret-b2-Secret2'}],"
				   "'users':[{'login':'1001','phones':['b1','b2']}]}");
	reload();
	second = office_phone(&o, "b2");
	there = rings_there();
	one = ua_expect(ben, "INVITE", 100);
	other = ua_expect(second, "INVITE", 100);
	ua_answer(ben, one, 183, "", sdp_of(ben, 5500, ""));
	ua_answer(second, other, 183, "Require: 100rel\nRSeq: 41\n", sdp_of(second, 6000, ""));
	ua_ok(second, "PRACK");
	ua_answer(second, other, 200, "", "");
	ua_expect(second, "ACK", 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 6000);
	ua_ok(ben, "CANCEL");
	ua_answer(ben, one, 487, "", "");
	ua_answer(isp, there, 486, "", "");
	ua_expect(isp, "ACK", 100);
	ua_ok(second, "BYE");
	office_run(&o, 100);
}

static void
it_is_picked_up_there_first_and_hears_that_it_rings(void **state)
{
	const char *there = rings_there(), *own = ua_expect(ben, "INVITE", 100);

	ua_answer(ben, own, 180, "", "");
	office_run(&o, 2000);
	ua_answer(isp, there, 200, "", sdp_of(isp, 5000, ""));
	ua_expect(isp, "ACK", 100);
	assert_ptr_equal(o.stream[0].service[MEDIA_CALLED].sound, office_ringback(&o));
	office_run(&o, 3000);
	ua_answer(ben, own, 200, "", sdp_of(ben, 6000, ""));
	ua_expect(ben, "ACK", 100);
	ua_reinvited(ben, 6000);
	ua_expect(ben, "ACK", 100);
	assert_null(o.stream[0].service[MEDIA_CALLED].sound);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 6000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send && o.stream[0].peer[MEDIA_CALLED].send);
	ua_in_dialog(ben, own, "BYE", 2, "", "");
	ua_ok(isp, "BYE");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 100);
	settle(LIVE_COMPLETED_SERVED);
	assert_in_range(o.record[1].duration_s, 2, 4); /* since it cost something */
}

static void
it_answers_without_having_rung(void **state)
{
	const char *there, *own;
	uint32_t ms;

	dials_busy("0022199");
	ask();
	there = trial(&ms);
	ua_answer(isp, there, 200, "", sdp_of(isp, 5000, ""));
	ua_expect(isp, "ACK", 100);
	own = ua_expect(ben, "INVITE", 100);
	assert_ptr_equal(o.stream[0].service[MEDIA_CALLED].sound, office_ringback(&o));
	ua_answer(ben, own, 200, "", sdp_of(ben, 6000, ""));
	ua_expect(ben, "ACK", 100);
	ua_reinvited(ben, 6000);
	ua_expect(ben, "ACK", 100);
	ua_in_dialog(ben, own, "BYE", 2, "", "");
	ua_ok(isp, "BYE");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 100);
	settle(LIVE_COMPLETED_SERVED);
}

static void
voice_before_the_answer_is_ringing_unless_it_is_busy_soon(void **state)
{
	const char *there, *own;
	uint32_t ms;

	dials_busy("0022199");
	ask();
	there = trial(&ms);
	ua_answer(isp, there, 183, "", sdp_of(isp, 5000, ""));
	office_run(&o, 2000);
	ua_answer(isp, there, 486, "", ""); /* it was an announcement */
	office_run(&o, 5000);
	ua_expect_none(ben, "INVITE");
	assert_int_equal(o.n_begun, 1);
	there = trial(&ms);
	ua_answer(isp, there, 183, "", sdp_of(isp, 5000, ""));
	own = ua_expect(ben, "INVITE", 5000);
	ua_answer(ben, own, 603, "", "");
	ua_ok(isp, "CANCEL");
	ua_answer(isp, there, 487, "", "");
	office_run(&o, 100);
}

static void
who_asked_does_not_pick_up_and_the_other_end_is_let_go(void **state)
{
	for (int i = 0; i < 3; i++) {
		const char *there, *own;
		uint32_t ms;

		if (i == 0) {
			there = rings_there();
		} else {
			office_run(&o, 50000);
			there = trial(&ms);
			ua_answer(isp, there, 180, "", "");
		}
		own = ua_expect(ben, "INVITE", 100);
		ua_answer(ben, own, 180, "", "");
		office_run(&o, 1000);
		if (i == 1) {
			ua_answer(isp, there, 200, "", sdp_of(isp, 5000, ""));
			ua_expect(isp, "ACK", 100);
		}
		office_run(&o, 18000);
		ua_expect_none(isp, "BYE");
		if (i == 1) {
			ua_ok(isp, "BYE");
		} else {
			ua_ok(isp, "CANCEL");
			ua_answer(isp, there, 487, "", "");
		}
		ua_ok(ben, "CANCEL");
		ua_answer(ben, own, 487, "", "");
		office_run(&o, 100);
	}
	settle(LIVE_COMPLETED_UNANSWERED);
}

static void
the_other_end_gives_up_while_the_own_phone_rings(void **state)
{
	const char *there = rings_there(), *own = ua_expect(ben, "INVITE", 100);

	ua_answer(ben, own, 180, "", "");
	office_run(&o, 1000);
	ua_answer(isp, there, 486, "", "");
	ua_ok(ben, "CANCEL");
	ua_answer(ben, own, 487, "", "");
	office_run(&o, 100);
	assert_int_equal(o.record[1].result, CDR_BUSY);
	assert_int_equal(bens()->state, LIVE_COMPLETION_ON); /* it is tried again */
}

static void
only_what_was_busy_is_offered(void **state)
{
	dials_busy("0022199");
	talk_dial(ben, "0022199", "", 4000);
	ua_answer(isp, ua_expect(isp, "INVITE", 100), 404, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 404", 100));
	office_run(&o, 100);
	assert_int_equal(
	    bens()->state, LIVE_COMPLETION_POSSIBLE); /* of the one before: it was no call */
	talk_dial(ben, "0022199", "", 4000);
	ua_answer(isp, ua_expect(isp, "INVITE", 100), 480, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
	office_run(&o, 100);
	assert_int_equal(bens()->state, LIVE_COMPLETION_OFF);
}

static void
a_private_call_stays_private(void **state)
{
	const char *there, *own;
	uint32_t ms;

	dials_busy("*20022199");
	assert_true(bens()->tried.private_call);
	ask();
	there = trial(&ms);
	ua_answer(isp, there, 180, "", "");
	own = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, own, 200, "", sdp_of(ben, 6000, ""));
	ua_expect(ben, "ACK", 100);
	ua_answer(isp, there, 486, "", "");
	ua_ok(ben, "BYE");
	office_run(&o, 100);
	assert_true(o.record[1].private_call);
	assert_string_equal(o.record[1].called_number, "+4922xxx");
	assert_int_equal(o.record[1].explanation_count, 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(it_is_tried_five_times_every_ten_seconds_then_every_twenty_for_an_hour),
	    T(it_rings_at_both_and_who_asked_picks_up_first),
	    T(who_asked_and_was_not_heard_early_is_heard_when_he_picks_up),
	    T(it_is_picked_up_there_first_and_hears_that_it_rings),
	    T(it_answers_without_having_rung),
	    T(voice_before_the_answer_is_ringing_unless_it_is_busy_soon),
	    T(who_asked_does_not_pick_up_and_the_other_end_is_let_go),
	    T(the_other_end_gives_up_while_the_own_phone_rings),
	    T(only_what_was_busy_is_offered),
	    T(a_private_call_stays_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
