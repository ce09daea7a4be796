/* call/completion.c and tried.c on the wire (KEY, USR-10): people are called back when whom they
 * could not reach can be reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static struct office o;
static struct ua *ben, *anna, *eva, *finn;

static int
set_up(void **state)
{
	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	eva = office_phone(&o, "e1");
	finn = office_phone(&o, "f1");
	return 0;
}

static void
reload(void)
{
	struct directory *old = o.fixture.directory;

	assert_int_equal(directory_build(o.fixture.store, &o.fixture.directory), ERR_OK);
	call_switch_set_directory(o.calls, o.fixture.directory);
	directory_free(old);
	office_run(&o, 10);
}

static int64_t
user_of(const char *number)
{
	return dir_user_by_number(o.fixture.directory, slice_cstr(number))->id;
}

static enum live_completion_state
state_of(const char *who)
{
	return o.completion[user_of(who)].state;
}

/* As management does it. */
static void
drop_all(void)
{
	size_t n, unused;
	const struct dir_user *u = dir_users(o.fixture.directory, &n);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    store_completion_cancel(o.fixture.store, u[i].id, &unused), ERR_OK);
	reload();
}

static int
tear_down(void **state)
{
	drop_all();
	office_close(&o);
	return 0;
}

/* He asks to be called back for what his last call came to nothing for. */
static void
ask(const char *who)
{
	const struct live_completion *last = &o.completion[user_of(who)];
	json_t *row = NULL;

	assert_int_equal(last->state, LIVE_COMPLETION_POSSIBLE);
	assert_int_equal(store_completion_request(o.fixture.store,
			     &(struct store_completion){.user = last->user,
				 .number = last->number,
				 .tried = last->tried,
				 .since_ms = (int64_t)sim_now_ms(o.sim)},
			     &row),
	    ERR_OK);
	json_decref(row);
	reload();
	assert_int_equal(state_of(who), LIVE_COMPLETION_ON);
}

/* The last request that was told to be over goes. */
static void
settle(enum live_completed_why why)
{
	assert_int_equal(o.n_completed, 1);
	assert_int_equal(o.completed.why, why);
	assert_int_equal(store_completion_over(o.fixture.store, o.completed.id), ERR_OK);
	o.n_completed = 0;
	reload();
}

static void
finds_busy(struct ua *from, const char *number, struct ua *to)
{
	talk_dial(from, number, "", 4000);
	ua_answer(to, ua_expect(to, "INVITE", 100), 486, "", "");
	ua_ack_failure(from, ua_expect(from, "SIP/2.0 486", 100));
	office_run(&o, 100);
}

/* His phone rings for that, and is picked up. */
static const char *
takes_recall(struct ua *who, int port, uint32_t within_ms)
{
	const char *invite = ua_expect(who, "INVITE", within_ms);

	ua_answer(who, invite, 180, "", "");
	ua_answer(who, invite, 200, "", sdp_of(who, port, ""));
	ua_expect(who, "ACK", 100);
	return invite;
}

static void
answers(struct ua *who, struct ua *caller, int port, int caller_port)
{
	const char *invite = ua_expect(who, "INVITE", 100);

	ua_answer(who, invite, 180, "", "");
	office_run(&o, 20);
	ua_answer(who, invite, 200, "", sdp_of(who, port, ""));
	ua_expect(who, "ACK", 100);
	ua_reinvited(caller, caller_port);
	ua_expect(caller, "ACK", 100);
}

static void
hangs_up(struct ua *who, const char *invite, struct ua *other)
{
	ua_in_dialog(who, invite, "BYE", 2, "", "");
	ua_expect(who, "SIP/2.0 200", 100);
	ua_ok(other, "BYE");
	office_run(&o, 100);
}

static void
who_found_somebody_busy_is_called_back_when_he_has_hung_up(void **state)
{
	struct talk t = talk_connect(anna, "107", eva, 4000);
	const char *recall;
	char value[512];

	finds_busy(ben, "107", eva);
	ask("102");
	office_run(&o, 60000); /* they speak on */
	ua_expect_none(ben, "INVITE");
	talk_end(&t);
	office_run(&o, 2500); /* who hangs up is left in peace for a moment */
	ua_expect_none(ben, "INVITE");
	recall = takes_recall(ben, 6000, 800);
	assert_non_null(strstr(header(recall, "From", value), "\"R\xc3\xbc"
							      "ckruf: Eva Gold\" <sip:107@"));
	assert_string_equal(header(recall, "Call-Info", value), "");
	answers(eva, ben, 5000, 6000);
	assert_int_equal(o.n_completed, 0); /* while they speak */
	hangs_up(ben, recall, eva);
	settle(LIVE_COMPLETED_SERVED);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
	assert_true(record_says(&o.record[2],
	    "Call completion: Eva Gold can be reached now, and Ben Cohn is rung first"));
	assert_string_equal(o.record[2].caller_number, "102");
	assert_string_equal(o.record[2].called_number, "107");
	assert_string_equal(o.record[2].called_name, "Eva Gold");
}

static void
the_lamp_says_what_is_possible_waited_for_and_rung(void **state)
{
	const char *recall;

	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
	finds_busy(ben, "107", eva);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_POSSIBLE);
	ask("102");
	recall = ua_expect(ben, "INVITE", 11000);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_RECALLING);
	ua_answer(ben, recall, 200, "", sdp_of(ben, 6000, ""));
	ua_expect(ben, "ACK", 100);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_ON);
	ua_answer(eva, ua_expect(eva, "INVITE", 100), 480, "", "");
	ua_ok(ben, "BYE");
	office_run(&o, 10);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_ON); /* it is tried again */
}

static void
what_came_to_nothing_is_offered_for_ten_minutes_and_not_after_a_call_that_got_through(void **state)
{
	struct talk t;

	finds_busy(ben, "107", eva);
	office_run(&o, 590000);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_POSSIBLE);
	office_run(&o, 11000);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
	finds_busy(ben, "107", eva);
	t = talk_connect(ben, "101", anna, 4000);
	talk_end(&t);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
}

static void
nothing_is_offered_for_numbers_that_nobody_has_nor_for_groups(void **state)
{
	talk_dial(ben, "199", "", 4000);
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 404", 100));
	office_run(&o, 100);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
	fixture_change(&o.fixture, "{'groups':[{'name':'Sales'}],"
				   "'group-members':[{'group':'Sales','user':'1007'}],"
				   "'numbers':[{'number':'120','group':'Sales'}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	finds_busy(ben, "120", eva);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
}

static void
who_was_not_there_is_called_when_he_has_used_his_phone(void **state)
{
	const char *rung, *recall;
	struct talk t;

	talk_dial(ben, "107", "", 4000);
	rung = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, rung, 180, "", "");
	ua_cancel(ben, ua_expect(ben, "SIP/2.0 180", 100), "107");
	ua_ok(eva, "CANCEL");
	ua_answer(eva, rung, 487, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 487", 100));
	office_run(&o, 100);
	ask("102");
	office_run(&o, 3700000); /* longer than for who was busy */
	ua_expect_none(ben, "INVITE");
	t = talk_connect(eva, "101", anna, 4000);
	talk_end(&t);
	recall = takes_recall(ben, 6000, 4000);
	answers(eva, ben, 5000, 6000);
	hangs_up(ben, recall, eva);
}

static void
who_has_asked_first_is_served_first_and_the_next_after_that_call(void **state)
{
	struct talk t = talk_connect(anna, "107", eva, 4000);
	const char *recall;

	finds_busy(ben, "107", eva);
	ask("102");
	finds_busy(finn, "107", eva);
	ask("108");
	talk_end(&t);
	recall = takes_recall(ben, 6000, 4000);
	answers(eva, ben, 5000, 6000);
	office_run(&o, 60000);
	ua_expect_none(finn, "INVITE");
	hangs_up(ben, recall, eva);
	settle(LIVE_COMPLETED_SERVED);
	recall = takes_recall(finn, 7000, 4000);
	answers(eva, finn, 5002, 7000);
	ua_expect_none(ben, "INVITE");
	hangs_up(finn, recall, eva);
}

static void
who_speaks_himself_loses_his_turn_but_not_his_place(void **state)
{
	struct talk t, own;
	const char *recall;

	finds_busy(ben, "107", eva);
	ask("102");
	t = talk_connect(eva, "101", anna, 4000);
	finds_busy(finn, "107", eva);
	ask("108");
	fixture_change(&o.fixture, "{'users':[{'login':'1004','dnd':false}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	own = talk_connect(ben, "104", office_phone(&o, "d1"), 4010);
	talk_end(&t);
	recall = takes_recall(finn, 7000, 4000);
	answers(eva, finn, 5002, 7000);
	talk_end(&own);
	office_run(&o, 60000);
	ua_expect_none(ben, "INVITE"); /* she speaks */
	hangs_up(finn, recall, eva);
	settle(LIVE_COMPLETED_SERVED);
	recall = takes_recall(ben, 6000, 4000);
	answers(eva, ben, 5000, 6000);
	hangs_up(ben, recall, eva);
}

static void
who_does_not_answer_is_rung_three_times_and_not_more(void **state)
{
	finds_busy(ben, "107", eva);
	ask("102");
	for (int i = 0; i < 3; i++) {
		const char *recall = ua_expect(ben, "INVITE", i ? 90000 : 11000);

		ua_answer(ben, recall, 180, "", "");
		office_run(&o, 19900);
		ua_expect_none(ben, "CANCEL");
		ua_ok(ben, "CANCEL");
		ua_answer(ben, recall, 487, "", "");
		office_run(&o, 50000); /* a minute lies between */
		ua_expect_none(ben, "INVITE");
	}
	settle(LIVE_COMPLETED_UNANSWERED);
	ua_expect_none(eva, "INVITE");
	assert_true(record_says(&o.record[3],
	    "Call completion: Ben Cohn has not answered for the last time, the request is "
	    "dropped"));
}

static void
it_ends_after_an_hour(void **state)
{
	talk_dial(ben, "104", "", 4000); /* Dora does not want to be disturbed */
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
	office_run(&o, 100);
	ask("102");
	office_run(&o, 3590000);
	assert_int_equal(o.n_completed, 0);
	office_run(&o, 30000);
	settle(LIVE_COMPLETED_EXPIRED);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
}

static void
who_cancels_while_his_phone_rings_is_left_alone(void **state)
{
	const char *recall;
	size_t n;

	finds_busy(ben, "107", eva);
	ask("102");
	recall = ua_expect(ben, "INVITE", 11000);
	ua_answer(ben, recall, 180, "", "");
	office_run(&o, 10);
	assert_int_equal(store_completion_cancel(o.fixture.store, user_of("102"), &n), ERR_OK);
	reload();
	ua_ok(ben, "CANCEL");
	ua_answer(ben, recall, 487, "", "");
	assert_int_equal(o.n_completed, 0);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
	office_run(&o, 100000);
	ua_expect_none(ben, "INVITE");
}

static void
who_does_not_want_to_be_disturbed_is_not_called_nor_called_back(void **state)
{
	talk_dial(ben, "104", "", 4000); /* Dora, who does not */
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
	office_run(&o, 100);
	ask("102");
	office_phone(&o, "d1");
	fixture_change(&o.fixture, "{'users':[{'login':'1002','dnd':true}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	office_run(&o, 60000);
	fixture_change(&o.fixture, "{'users':[{'login':'1004','dnd':false}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	office_run(&o, 60000);
	ua_expect_none(ben, "INVITE");
	fixture_change(&o.fixture, "{'users':[{'login':'1002','dnd':false}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	ua_answer(ben, ua_expect(ben, "INVITE", 21000), 486, "", "");
}

static void
a_redirection_made_since_takes_the_call_back(void **state)
{
	const char *recall;

	finds_busy(ben, "107", eva);
	ask("102");
	fixture_change(
	    &o.fixture, "{'redirections':[{'number':'107','trigger':'always','target':'108'}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	recall = takes_recall(ben, 6000, 11000);
	answers(finn, ben, 5000, 6000);
	ua_expect_none(eva, "INVITE");
	hangs_up(ben, recall, finn);
}

static void
who_was_redirected_waits_for_whom_he_dialled(void **state)
{
	fixture_change(
	    &o.fixture, "{'redirections':[{'number':'107','trigger':'always','target':'108'}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	finds_busy(ben, "107", finn);
	ask("102");
	assert_int_equal(o.completion[user_of("102")].state, LIVE_COMPLETION_ON);
	drop_all();
	finds_busy(ben, "107", finn);
	assert_string_equal(o.completion[user_of("102")].number, "107");
	assert_int_equal(o.completion[user_of("102")].tried.target, user_of("107"));
}

static void
a_number_that_was_given_away_is_waited_for_no_longer(void **state)
{
	finds_busy(ben, "107", eva);
	ask("102");
	fixture_change(&o.fixture, "{'numbers':[{'number':'107','user':'1008'}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	office_run(&o, 11000);
	ua_expect_none(ben, "INVITE");
	settle(LIVE_COMPLETED_GONE);
}

static void
a_number_behind_a_pin_is_not_kept(void **state)
{
	talk_dial(ben, "*5135790*107", "", 4000);
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 403", 100));
	office_run(&o, 100);
	assert_int_equal(state_of("102"), LIVE_COMPLETION_OFF);
}

static void
it_rings_at_all_of_ones_phones_and_the_one_that_answers_calls(void **state)
{
	struct ua *second = office_phone(&o, "a2");
	const char *one, *other;

	finds_busy(anna, "107", eva);
	ask("101");
	one = ua_expect(anna, "INVITE", 11000);
	other = ua_expect(second, "INVITE", 100);
	ua_answer(anna, one, 180, "", "");
	ua_answer(second, other, 200, "", sdp_of(second, 6000, ""));
	ua_expect(second, "ACK", 100);
	ua_ok(anna, "CANCEL");
	ua_answer(anna, one, 487, "", "");
	answers(eva, second, 5000, 6000);
	hangs_up(second, other, eva);
	assert_string_equal(o.record[1].caller_phone, "a2");
}

/* Another one of his phones was heard first, and its 200 need not say again what it said in a
 * reliable 183 (RFC 3261, 13.2.1). */
static void
who_was_not_heard_early_is_heard_when_he_is_called_back(void **state)
{
	struct ua *second = office_phone(&o, "a2");
	const char *one, *other;

	finds_busy(anna, "107", eva);
	ask("101");
	one = ua_expect(anna, "INVITE", 11000);
	other = ua_expect(second, "INVITE", 100);
	ua_answer(anna, one, 183, "", sdp_of(anna, 5500, ""));
	ua_answer(second, other, 183, "Require: 100rel\nRSeq: 41\n", sdp_of(second, 6000, ""));
	ua_ok(second, "PRACK");
	ua_answer(second, other, 200, "", "");
	ua_expect(second, "ACK", 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 6000);
	ua_ok(anna, "CANCEL");
	ua_answer(anna, one, 487, "", "");
	answers(eva, second, 5000, 6000);
	hangs_up(second, other, eva);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(who_found_somebody_busy_is_called_back_when_he_has_hung_up),
	    T(the_lamp_says_what_is_possible_waited_for_and_rung),
	    T(what_came_to_nothing_is_offered_for_ten_minutes_and_not_after_a_call_that_got_through),
	    T(nothing_is_offered_for_numbers_that_nobody_has_nor_for_groups),
	    T(who_was_not_there_is_called_when_he_has_used_his_phone),
	    T(who_has_asked_first_is_served_first_and_the_next_after_that_call),
	    T(who_speaks_himself_loses_his_turn_but_not_his_place),
	    T(who_does_not_answer_is_rung_three_times_and_not_more),
	    T(it_ends_after_an_hour),
	    T(who_cancels_while_his_phone_rings_is_left_alone),
	    T(a_redirection_made_since_takes_the_call_back),
	    T(who_was_redirected_waits_for_whom_he_dialled),
	    T(a_number_that_was_given_away_is_waited_for_no_longer),
	    T(a_number_behind_a_pin_is_not_kept),
	    T(it_rings_at_all_of_ones_phones_and_the_one_that_answers_calls),
	    T(who_was_not_heard_early_is_heard_when_he_is_called_back),
	    T(who_does_not_want_to_be_disturbed_is_not_called_nor_called_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
