/* A call that rings for somebody else is taken over from the web page (USR-11): call/command.c. */
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

/* who takes what rings for whom. */
static enum call_outcome
pick_up(const char *who, const char *whom)
{
	struct call_command cmd = {
	    .kind = CALL_COMMAND_PICK_UP, .user = user_of(who), .other_user = user_of(whom)};
	struct call_result result;

	snprintf(cmd.call_id, sizeof cmd.call_id, "%s", o.live.call_id);
	call_command(o.calls, &cmd, &result);
	office_run(&o, 10);
	return result.outcome;
}

/* Ben calls Anna, whose phone rings. */
static const char *
ring_anna(void)
{
	const char *invite;

	talk_dial(ben, "101", "", 4000);
	invite = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, invite, 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	return invite;
}

static void
who_picks_up_has_the_call_and_the_other_one_stops_ringing(void **state)
{
	const char *rung = ring_anna(), *invite;
	struct talk t = {.from = ben, .to = eva, .from_cseq = 1};
	char value[512];

	assert_int_equal(pick_up("107", "101"), CALL_OUTCOME_DONE);
	invite = ua_expect(eva, "INVITE", 100);
	assert_non_null(strstr(header(invite, "Call-Info", value), "answer-after=0"));
	assert_non_null(strstr(header(invite, "From", value), "102@")); /* who calls is shown */
	ua_expect_none(anna, "CANCEL");					/* it rings until then */
	ua_answer(eva, invite, 200, "", sdp_of(eva, 5000, ""));
	ua_ok(anna, "CANCEL");
	ua_answer(anna, rung, 487, "", "");
	t.invite = invite;
	t.ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_non_null(strstr(header(t.ok, "P-Asserted-Identity", value), "107@"));
	ua_in_dialog(ben, t.ok, "ACK", 1, "", "");
	ua_expect(eva, "ACK", 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	talk_end(&t);
	assert_string_equal(o.record[0].called_number, "101");
	assert_string_equal(o.record[0].called_phone, "e1");
	assert_int_equal(o.record[0].called_user, user_of("107"));
	assert_true(record_says(&o.record[0],
	    "Eva Gold picks up the call for Anna Berg on the web page: phone e1 is asked to "
	    "answer"));
	for (uint32_t i = 0; i < o.record[0].explanation_count; i++)
		assert_null(strstr(o.record[0].explanation[i], "group_answered"));
}

static void
a_phone_that_does_not_answer_loses_no_call(void **state)
{
	const char *rung = ring_anna(), *invite;
	struct talk t = {.from = ben, .to = anna, .from_cseq = 1};

	assert_int_equal(pick_up("107", "101"), CALL_OUTCOME_DONE);
	invite = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, invite, 603, "", ""); /* for her phones, not for Anna's */
	office_run(&o, 100);
	ua_expect_none(anna, "CANCEL");
	ua_answer(anna, rung, 200, "", sdp_of(anna, 5000, ""));
	t.invite = rung;
	t.ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, t.ok, "ACK", 1, "", "");
	ua_expect(anna, "ACK", 100);
	talk_end(&t);
	assert_string_equal(o.record[0].called_phone, "a1");
}

static void
only_what_rings_can_be_picked_up_and_not_by_who_calls(void **state)
{
	struct talk t;

	assert_int_equal(pick_up("107", "101"), CALL_OUTCOME_GONE); /* there is no call */
	t = talk_connect(ben, "101", anna, 4000);
	assert_int_equal(pick_up("107", "101"), CALL_OUTCOME_WRONG_STATE); /* they speak */
	talk_end(&t);
	assert_int_equal(pick_up("107", "101"), CALL_OUTCOME_GONE); /* it is over */
	ring_anna();
	assert_int_equal(pick_up("102", "101"), CALL_OUTCOME_WRONG_STATE); /* he himself calls */
	assert_int_equal(pick_up("101", "107"), CALL_OUTCOME_GONE); /* it does not ring there */
	ua_expect_none(eva, "INVITE");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(who_picks_up_has_the_call_and_the_other_one_stops_ringing),
	    T(a_phone_that_does_not_answer_loses_no_call),
	    T(only_what_rings_can_be_picked_up_and_not_by_who_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
