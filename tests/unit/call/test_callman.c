/* call/command.c, dial.c, hold.c on the wire (USE-4): a person's calls from the web page, at phones
 * that know nothing of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static struct office o;
static struct ua *ben, *anna, *eva;

static int
set_up(void **state)
{
	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	eva = office_phone(&o, "e1");
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

static int64_t
phone_of(const char *name)
{
	return dir_phone_by_name(o.fixture.directory, slice_cstr(name))->id;
}

static struct call_result result;

static enum call_outcome
command(struct call_command cmd)
{
	call_command(o.calls, &cmd, &result);
	office_run(&o, 10);
	return result.outcome;
}

static enum call_outcome
dial(const char *who, const char *number, const char *phone)
{
	struct call_command cmd = {
	    .kind = CALL_COMMAND_DIAL, .user = user_of(who), .phone = phone ? phone_of(phone) : 0};

	snprintf(cmd.number, sizeof cmd.number, "%s", number);
	return command(cmd);
}

/* Of the call that was told about last. */
static enum call_outcome
ask(enum call_command_kind kind, const char *who, const char *number, const char *phone)
{
	struct call_command cmd = {
	    .kind = kind, .user = user_of(who), .phone = phone ? phone_of(phone) : 0};

	snprintf(cmd.number, sizeof cmd.number, "%s", number);
	snprintf(cmd.call_id, sizeof cmd.call_id, "%s", o.live.call_id);
	return command(cmd);
}

/* Anna's phone is rung and picked up. */
static const char *
anna_picks_up(void)
{
	const char *invite = ua_expect(anna, "INVITE", 100);

	ua_answer(anna, invite, 180, "", "");
	ua_answer(anna, invite, 200, "", sdp_of(anna, 4000, ""));
	ua_expect(anna, "ACK", 100);
	return invite;
}

/* Ben's phone answers; both know where the other one's voice goes. */
static const char *
ben_answers(void)
{
	const char *invite = ua_expect(ben, "INVITE", 100);

	ua_answer(ben, invite, 180, "", "");
	office_run(&o, 20);
	ua_answer(ben, invite, 200, "", sdp_of(ben, 5000, ""));
	ua_expect(ben, "ACK", 100);
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	return invite;
}

static void
the_own_phone_rings_and_shows_whom_it_will_call(void **state)
{
	const char *invite;
	char value[512];

	assert_int_equal(dial("101", "102", NULL), CALL_OUTCOME_DONE);
	assert_string_equal(result.call_id, o.live.call_id);
	invite = ua_expect(anna, "INVITE", 100);
	assert_non_null(strstr(header(invite, "From", value), "\"Ben Cohn\" <sip:102@"));
	assert_string_equal(header(invite, "Call-Info", value), "<sip:10.0.0.1>;answer-after=0");
	assert_non_null(strstr(invite, "m=audio 20000 RTP/AVP"));
	assert_non_null(strstr(invite, "PCMA/8000"));
	ua_expect_none(ben, "INVITE");
	assert_string_equal(o.live.caller.number, "101");
	assert_string_equal(o.live.called.number, "102");
	ua_answer(anna, invite, 200, "", sdp_of(anna, 4000, ""));
	ua_expect(anna, "ACK", 100);
	ben_answers();
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send && o.stream[0].peer[MEDIA_CALLED].send);
	ua_in_dialog(anna, invite, "BYE", 2, "", "");
	ua_ok(ben, "BYE");
	ua_expect(anna, "SIP/2.0 200", 100);
	office_run(&o, 100);
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLER);
	assert_string_equal(o.record[0].caller_number, "101");
	assert_string_equal(o.record[0].caller_phone, "a1");
	assert_string_equal(o.record[0].called_number, "102");
	assert_true(
	    record_says(&o.record[0], "Anna Berg dialled on the web page: phone a1 rings first"));
}

static void
the_call_is_as_if_it_had_been_dialled_there_and_counts_from_the_answer(void **state)
{
	const char *own, *invite;
	char value[512];

	assert_int_equal(dial("101", "102", "a1"), CALL_OUTCOME_DONE);
	own = anna_picks_up();
	invite = ua_expect(ben, "INVITE", 100);
	assert_non_null(strstr(header(invite, "From", value), "\"Anna Berg\" <sip:101@"));
	assert_string_equal(
	    header(invite, "Alert-Info", value), "<http://www.notused.com>;info=alert-internal");
	assert_string_equal(header(invite, "Call-Info", value), "");
	assert_string_equal(header(invite, "Referred-By", value), "");
	office_run(&o, 3000);
	ua_answer(ben, invite, 180, "", "");
	office_run(&o, 20);
	assert_int_equal(o.live.state, LIVE_CALL_RINGING);
	assert_ptr_equal(o.stream[0].service[MEDIA_CALLER].sound, office_ringback(&o));
	office_run(&o, 4000);
	ua_answer(ben, invite, 200, "", sdp_of(ben, 5000, ""));
	ua_expect(ben, "ACK", 100);
	ua_reinvited(anna, 4000);
	ua_expect(anna, "ACK", 100);
	assert_null(o.stream[0].service[MEDIA_CALLER].sound);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	office_run(&o, 2000);
	ua_in_dialog(ben, invite, "BYE", 2, "", "");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.record[0].duration_s, 2);
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLED);
	assert_non_null(own);
}

static void
what_comes_to_nothing_ends_at_both_phones_and_says_why(void **state)
{
	const char *invite, *rung;

	/* the own phone is not picked up */
	assert_int_equal(dial("101", "102", NULL), CALL_OUTCOME_DONE);
	invite = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, invite, 486, "", "");
	office_run(&o, 100);
	assert_int_equal(o.record[0].result, CDR_CANCELLED);
	assert_true(record_says(&o.record[0], "Phone a1, which was to call, did not answer"));
	ua_expect_none(ben, "INVITE");
	/* it sends on what it is called with: nobody else dials */
	assert_int_equal(dial("101", "102", NULL), CALL_OUTCOME_DONE);
	ua_answer(anna, ua_expect(anna, "INVITE", 100), 302, "Contact: <sip:107@x>\n", "");
	office_run(&o, 100);
	ua_expect_none(eva, "INVITE");
	assert_int_equal(o.record[1].result, CDR_CANCELLED);
	/* the other one is busy */
	assert_int_equal(dial("101", "102", NULL), CALL_OUTCOME_DONE);
	anna_picks_up();
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 486, "", "");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.record[2].result, CDR_BUSY);
	/* the own phone is put down while it rings */
	assert_int_equal(dial("101", "102", NULL), CALL_OUTCOME_DONE);
	invite = anna_picks_up();
	rung = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, rung, 180, "", "");
	ua_in_dialog(anna, invite, "BYE", 2, "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	ua_ok(ben, "CANCEL");
	ua_answer(ben, rung, 487, "", "");
	office_run(&o, 40000);
	assert_int_equal(o.record[3].result, CDR_CANCELLED);
	assert_int_equal(o.record[3].ended_by, CDR_BY_CALLER);
}

static void
what_cannot_be_dialled_is_said_at_once(void **state)
{
	assert_int_equal(dial("101", "199", NULL), CALL_OUTCOME_REFUSED);
	assert_true(result.reason[0]);
	assert_int_equal(dial("101", "102", "b1"), CALL_OUTCOME_NOT_YOUR_PHONE);
	assert_int_equal(dial("101", "102", "a2"), CALL_OUTCOME_PHONE_AWAY);
	assert_int_equal(dial("105", "102", NULL), CALL_OUTCOME_NO_PHONE);
	assert_int_equal(o.n_begun, 0);
}

static void
who_is_held_from_the_page_hears_music_and_the_phone_is_told_nothing(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(ask(CALL_COMMAND_HOLD, "101", "", NULL), CALL_OUTCOME_DONE);
		assert_int_equal(o.live.state, LIVE_CALL_HELD);
		assert_ptr_equal(o.stream[0].service[MEDIA_CALLER].sound, office_music(&o));
		assert_null(o.stream[0].service[MEDIA_CALLED].sound);
		assert_false(o.stream[0].peer[MEDIA_CALLED].send);
	}
	ua_expect_none(anna, "INVITE");
	ua_expect_none(ben, "INVITE");
	for (int twice = 0; twice < 2; twice++) {
		assert_int_equal(ask(CALL_COMMAND_RESUME, "101", "", NULL), CALL_OUTCOME_DONE);
		assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
		assert_null(o.stream[0].service[MEDIA_CALLER].sound);
		assert_true(o.stream[0].peer[MEDIA_CALLED].send);
	}
	talk_end(&t);
}

static void
nobody_reaches_the_calls_of_others(void **state)
{
	static const enum call_command_kind kinds[] = {CALL_COMMAND_ANSWER, CALL_COMMAND_HOLD,
	    CALL_COMMAND_RESUME, CALL_COMMAND_TRANSFER, CALL_COMMAND_HANG_UP};
	struct talk t = talk_connect(ben, "101", anna, 4000);

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		assert_int_equal(ask(kinds[i], "107", "108", NULL), CALL_OUTCOME_NOT_YOURS);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	talk_end(&t);
	assert_int_equal(ask(CALL_COMMAND_HOLD, "101", "", NULL), CALL_OUTCOME_GONE);
}

static void
a_call_is_given_to_another_number(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *invite;

	assert_int_equal(ask(CALL_COMMAND_HOLD, "101", "", NULL), CALL_OUTCOME_DONE);
	assert_int_equal(ask(CALL_COMMAND_TRANSFER, "101", "199", NULL), CALL_OUTCOME_REFUSED);
	assert_int_equal(ask(CALL_COMMAND_TRANSFER, "101", "107", NULL), CALL_OUTCOME_DONE);
	assert_int_equal(ask(CALL_COMMAND_TRANSFER, "101", "108", NULL), CALL_OUTCOME_WRONG_STATE);
	invite = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, invite, 180, "", "");
	ua_answer(eva, invite, 200, "", sdp_of(eva, 7000, "a=x-eva\n"));
	ua_expect(eva, "ACK", 100);
	ua_ok(anna, "BYE");
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	assert_null(o.stream[0].service[MEDIA_CALLER].sound);
	assert_string_equal(o.live.called.number, "107");
	talk_end_with(&t, ben, eva);
	assert_true(record_says(&o.record[0], "Anna Berg transfers the call to 107"));
}

static void
a_transfer_that_fails_leaves_the_two_together(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	assert_int_equal(ask(CALL_COMMAND_TRANSFER, "101", "107", NULL), CALL_OUTCOME_DONE);
	ua_answer(eva, ua_expect(eva, "INVITE", 100), 486, "", "");
	office_run(&o, 100);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	assert_string_equal(o.live.called.number, "101");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	talk_end(&t);
}

static void
two_own_calls_are_joined(void **state)
{
	struct talk first = talk_connect(ben, "101", anna, 4000), second;
	struct call_command cmd = {.kind = CALL_COMMAND_JOIN, .user = user_of("101")};
	const char *asked;

	snprintf(cmd.call_id, sizeof cmd.call_id, "%s", o.live.call_id);
	second = talk_connect(anna, "107", eva, 6000);
	snprintf(cmd.other_call_id, sizeof cmd.other_call_id, "%s", cmd.call_id);
	assert_int_equal(command(cmd), CALL_OUTCOME_WRONG_STATE);
	snprintf(cmd.other_call_id, sizeof cmd.other_call_id, "%s", o.live.call_id);
	assert_int_equal(command(cmd), CALL_OUTCOME_DONE);
	asked = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, asked, 200, "", sdp_of(eva, 7000, ""));
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	ua_expect(eva, "ACK", 100);
	ua_ok(anna, "BYE");
	ua_ok(anna, "BYE");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
	talk_end_with(&first, ben, eva);
	assert_int_equal(o.n_records, 2);
	(void)second;
}

static void
hanging_up_ends_what_is_ones_own_and_declines_what_rings(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *invite;

	assert_int_equal(ask(CALL_COMMAND_HANG_UP, "102", "", NULL), CALL_OUTCOME_DONE);
	ua_ok(anna, "BYE");
	ua_ok(ben, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLER);
	assert_true(record_says(&o.record[0], "Ben Cohn ended the call on the web page"));
	talk_dial(ben, "101", "", 4000);
	invite = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, invite, 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	assert_int_equal(ask(CALL_COMMAND_HANG_UP, "101", "", NULL), CALL_OUTCOME_DONE);
	ua_ok(anna, "CANCEL");
	ua_answer(anna, invite, 487, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 603", 100));
	office_run(&o, 100);
	assert_int_equal(o.record[1].ended_by, CDR_BY_CALLED);
	/* one that was dialled here, while the own phone rings */
	assert_int_equal(dial("101", "102", NULL), CALL_OUTCOME_DONE);
	invite = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, invite, 180, "", "");
	office_run(&o, 10);
	assert_int_equal(ask(CALL_COMMAND_HOLD, "101", "", NULL), CALL_OUTCOME_WRONG_STATE);
	assert_int_equal(ask(CALL_COMMAND_HANG_UP, "102", "", NULL), CALL_OUTCOME_NOT_YOURS);
	assert_int_equal(ask(CALL_COMMAND_HANG_UP, "101", "", NULL), CALL_OUTCOME_DONE);
	ua_ok(anna, "CANCEL");
	ua_answer(anna, invite, 487, "", "");
	office_run(&o, 100);
	assert_int_equal(o.record[2].result, CDR_CANCELLED);
	(void)t;
}

static void
a_phone_that_can_is_made_to_answer(void **state)
{
	const char *invite, *notify;
	char value[512];

	for (int can = 0; can < 2; can++) {
		talk_dial(ben, "101", "", 4000);
		invite = ua_expect(anna, "INVITE", 100);
		ua_answer(anna, invite, 180, can ? "Allow-Events: hold, talk\n" : "", "");
		ua_expect(ben, "SIP/2.0 180", 100);
		assert_int_equal(ask(CALL_COMMAND_ANSWER, "101", "", NULL),
		    can ? CALL_OUTCOME_DONE : CALL_OUTCOME_CANNOT_ANSWER);
		if (can) {
			notify = ua_ok(anna, "NOTIFY");
			assert_string_equal(header(notify, "Event", value), "talk");
		}
		ua_answer(anna, invite, 486, "", "");
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
		office_run(&o, 100);
	}
}

static void
a_call_is_answered_at_another_phone(void **state)
{
	struct ua *second = office_phone(&o, "a2");
	const char *invite[2], *there;
	char value[512];
	struct talk t = {.from = ben, .to = second, .from_cseq = 1};

	talk_dial(ben, "101", "", 4000);
	invite[0] = ua_expect(anna, "INVITE", 100);
	invite[1] = ua_expect(second, "INVITE", 100);
	ua_answer(anna, invite[0], 180, "", "");
	ua_answer(second, invite[1], 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	assert_int_equal(ask(CALL_COMMAND_ANSWER, "101", "", "b1"), CALL_OUTCOME_NOT_YOUR_PHONE);
	assert_int_equal(ask(CALL_COMMAND_ANSWER, "101", "", "a2"), CALL_OUTCOME_DONE);
	ua_ok(second, "CANCEL");
	ua_answer(second, invite[1], 487, "", "");
	there = ua_expect(second, "INVITE", 100);
	assert_non_null(strstr(header(there, "Call-Info", value), "answer-after=0"));
	ua_answer(second, there, 200, "", sdp_of(second, 5000, ""));
	t.invite = there;
	t.ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, t.ok, "ACK", 1, "", "");
	ua_ok(anna, "CANCEL");
	ua_answer(anna, invite[0], 487, "", "");
	ua_expect(second, "ACK", 100);
	talk_end(&t);
	assert_string_equal(o.record[0].called_phone, "a2");
}

static void
a_call_goes_on_at_another_phone(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	struct ua *second = office_phone(&o, "a2");
	const char *there;

	assert_int_equal(ask(CALL_COMMAND_ANSWER, "101", "", "a1"), CALL_OUTCOME_WRONG_STATE);
	assert_int_equal(ask(CALL_COMMAND_ANSWER, "101", "", "a2"), CALL_OUTCOME_DONE);
	there = ua_expect(second, "INVITE", 100);
	ua_answer(second, there, 200, "", sdp_of(second, 7000, "a=x-there\n"));
	ua_expect(second, "ACK", 100);
	ua_ok(anna, "BYE");
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	assert_string_equal(o.live.called.phone, "a2");
	talk_end_with(&t, ben, second);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(the_own_phone_rings_and_shows_whom_it_will_call),
	    T(the_call_is_as_if_it_had_been_dialled_there_and_counts_from_the_answer),
	    T(what_comes_to_nothing_ends_at_both_phones_and_says_why),
	    T(what_cannot_be_dialled_is_said_at_once),
	    T(who_is_held_from_the_page_hears_music_and_the_phone_is_told_nothing),
	    T(nobody_reaches_the_calls_of_others),
	    T(a_call_is_given_to_another_number),
	    T(a_transfer_that_fails_leaves_the_two_together),
	    T(two_own_calls_are_joined),
	    T(hanging_up_ends_what_is_ones_own_and_declines_what_rings),
	    T(a_phone_that_can_is_made_to_answer),
	    T(a_call_is_answered_at_another_phone),
	    T(a_call_goes_on_at_another_phone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
