/* call/orbit.c and command.c on the wire (KEY, USE-4): calls that are parked and fetched from the
 * web page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apps/apps.h"
#include "talk.h"

static struct office o;
static struct ua *ben, *anna, *eva;
static struct call_result result;

static int
set_up(void **state)
{
	office_set_apps(apps);
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
	office_set_apps(NULL);
	return 0;
}

static enum call_outcome
ask(enum call_command_kind kind, const char *who, const char *call_id, const char *orbit)
{
	struct call_command cmd = {
	    .kind = kind, .user = dir_user_by_number(o.fixture.directory, slice_cstr(who))->id};

	snprintf(cmd.call_id, sizeof cmd.call_id, "%s", call_id);
	snprintf(cmd.number, sizeof cmd.number, "%s", orbit);
	call_command(o.calls, &cmd, &result);
	office_run(&o, 10);
	return result.outcome;
}

/* Anna has parked Ben, who has been told of the music. */
static struct talk
ben_waits_at(const char *orbit)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	assert_int_equal(ask(CALL_COMMAND_PARK, "101", o.live.call_id, orbit), CALL_OUTCOME_DONE);
	ua_ok(anna, "BYE");
	ua_reinvited(ben, 4002);
	ua_expect(ben, "ACK", 100);
	office_run(&o, 50);
	return t;
}

static void
ends(struct talk *t)
{
	talk_send(t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 50);
	assert_false(o.orbit.taken);
}

static void
a_call_is_parked_and_everybody_sees_who_waits_where(void **state)
{
	struct talk t = ben_waits_at("12");

	assert_true(o.orbit.taken);
	assert_int_equal(o.orbit.orbit, 12);
	assert_string_equal(o.orbit.number, "102");
	assert_string_equal(o.orbit.name, "Ben Cohn");
	assert_string_equal(o.orbit.by_name, "Anna Berg");
	assert_string_equal(o.orbit.call_id, o.live.call_id);
	ends(&t);
}

static void
without_saying_which_the_call_that_is_talked_in_is_parked(void **state)
{
	struct talk t;

	assert_int_equal(ask(CALL_COMMAND_PARK, "101", "", "07"), CALL_OUTCOME_NO_CALL);
	t = talk_connect(ben, "101", anna, 4000);
	assert_int_equal(ask(CALL_COMMAND_PARK, "101", "", "07"), CALL_OUTCOME_DONE);
	ua_ok(anna, "BYE");
	ua_reinvited(ben, 4002);
	ua_expect(ben, "ACK", 100);
	assert_int_equal(o.orbit.orbit, 7);
	ends(&t);
}

static void
a_place_that_is_taken_is_refused_with_the_reason(void **state)
{
	struct talk t = ben_waits_at("12"), other = talk_connect(eva, "101", anna, 6000);
	char text[REASON_TEXT_BYTES];

	assert_int_equal(ask(CALL_COMMAND_PARK, "101", o.live.call_id, "12"), CALL_OUTCOME_REFUSED);
	assert_string_equal(
	    reason_text(slice_cstr(result.reason), text), "A call waits at 12 already");
	assert_int_equal(ask(CALL_COMMAND_PARK, "101", o.live.call_id, "1"), CALL_OUTCOME_REFUSED);
	talk_end(&other); /* it goes on as if nothing had been asked */
	ends(&t);
}

static void
who_waits_is_fetched_to_the_phone_of_who_asks(void **state)
{
	struct talk t = ben_waits_at("12");
	const char *inv;
	char value[512];

	assert_int_equal(ask(CALL_COMMAND_FETCH, "107", "", "11"), CALL_OUTCOME_NOBODY_WAITS);
	assert_int_equal(ask(CALL_COMMAND_FETCH, "107", "", "12"), CALL_OUTCOME_DONE);
	inv = ua_expect(eva, "INVITE", 100);
	assert_non_null(strstr(header(inv, "Call-Info", value), "answer-after=0"));
	assert_true(o.orbit.taken); /* he waits on until then */
	ua_answer(eva, inv, 200, "", sdp_of(eva, 7000, ""));
	ua_expect(eva, "ACK", 100);
	ua_reinvited(ben, 4004);
	ua_expect(ben, "ACK", 100);
	office_run(&o, 50);
	assert_false(o.orbit.taken);
	talk_end_with(&t, ben, eva);
	office_run(&o, 100);
	assert_true(
	    record_says(&o.record[0], "Eva Gold asked on the web page for the call at place 12"));
}

static void
a_phone_that_does_not_answer_leaves_him_waiting(void **state)
{
	struct talk t = ben_waits_at("12");
	const char *inv;

	assert_int_equal(ask(CALL_COMMAND_FETCH, "107", "", "12"), CALL_OUTCOME_DONE);
	inv = ua_expect(eva, "INVITE", 100);
	assert_int_equal(ask(CALL_COMMAND_FETCH, "107", "", "12"), CALL_OUTCOME_BUSY); /* once */
	ua_answer(eva, inv, 486, "", "");
	ua_expect(eva, "ACK", 100);
	office_run(&o, 100);
	assert_true(o.orbit.taken);
	ends(&t);
}

/* A mailbox answers at once, and so in the middle of the place's own work. */
static void
who_comes_back_to_a_mailbox_leaves_his_message(void **state)
{
	struct directory *old = o.fixture.directory;
	struct talk t = ben_waits_at("12");

	o.fixture.directory = NULL; /* the switch still has it */
	fixture_change(&o.fixture, "{'mailboxes':[{'name':'Anna','code':'4'}],"
				   "'redirections':[{'number':'101','trigger':'always','kind':"
				   "'mailbox','mailbox':'Anna'}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	directory_free(old);
	office_run(&o, dir_settings(o.fixture.directory)->orbit_s * 1000);
	assert_false(o.orbit.taken);
	ends(&t);
	assert_true(record_says(&o.record[0], "A message can be left in the mailbox Anna"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(a_call_is_parked_and_everybody_sees_who_waits_where),
	    T(without_saying_which_the_call_that_is_talked_in_is_parked),
	    T(a_place_that_is_taken_is_refused_with_the_reason),
	    T(who_waits_is_fetched_to_the_phone_of_who_asks),
	    T(a_phone_that_does_not_answer_leaves_him_waiting),
	    T(who_comes_back_to_a_mailbox_leaves_his_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
