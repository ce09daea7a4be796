/* Conferences on the wire (CNF-2 to CNF-4), in virtual time. Prompts have no files here: what is
 * said is over at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apps/apps.h"
#include "call/conference.h"
#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test'},"
    "'ranges':[{'first':'100','last':'299'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},"
    "{'name':'b1','secret':'Secret-b1-Secret1'},{'name':'c1','secret':'Secret-c1-Secret1'},"
    "{'name':'e1','secret':'Secret-e1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],"
    "'numbers':['101']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':['103']},"
    "{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':['107']}],"
    "'mailboxes':[{'name':'Minutes'}],"
    "'conference-rooms':[{'name':'Open'},"
    "{'name':'Board','pin':'1111','moderator_pin':'2222','wait_for_moderator':true,"
    "'end_with_moderator':true,'mailbox':'Minutes'},"
    "{'name':'Lecture','moderator_pin':'3333','mute_on_entry':true,'max_members':2}],"
    "'numbers':[{'number':'201','conference_room':'Open'},"
    "{'number':'202','conference_room':'Board'},{'number':'203','conference_room':'Lecture'}]}";

enum { ANNA = 4000, BEN = 5000, CLEO = 6000, EVA = 7000 }; /* their media ports */

static struct office o;
static struct ua *anna, *ben, *cleo, *eva;

static int
set_up(void **state)
{
	static const struct prompt_folders folders = {.data = "/data"};

	office_set_apps(apps);
	office_set_folders(&folders);
	office_open_with(&o, office_text, NULL);
	anna = office_phone(&o, "a1");
	ben = office_phone(&o, "b1");
	cleo = office_phone(&o, "c1");
	eva = office_phone(&o, "e1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	office_set_apps(NULL);
	office_set_folders(&(struct prompt_folders){0});
	return 0;
}

/* ---- what people do ---- */

static struct talk
come(struct ua *who, const char *number, int port)
{
	struct talk t = {.from = who, .from_cseq = 1};

	talk_dial(who, number, "", port);
	t.ok = ua_expect(who, "SIP/2.0 200", 1000);
	ua_in_dialog(who, t.ok, "ACK", 1, "", "");
	office_run(&o, 20);
	return t;
}

static size_t
stream_of(int port)
{
	const struct media_service *s = office_served(&o, port);

	for (size_t i = 0; i < sizeof o.stream / sizeof o.stream[0]; i++)
		if (s == &o.stream[i].service[MEDIA_CALLER] ||
		    s == &o.stream[i].service[MEDIA_CALLED])
			return i;
	fail_msg("nobody speaks at %d", port);
	return 0;
}

static void
press(int port, const char *keys)
{
	for (; *keys; keys++)
		office_media_key(&o, stream_of(port), MEDIA_CALLER, *keys, 160);
}

static void
leave(struct talk *t, struct ua *who)
{
	talk_send(t, who, "BYE", "", "");
	ua_expect(who, "SIP/2.0 200", 100);
	office_run(&o, 20);
}

static struct talk
come_with_pin(struct ua *who, const char *number, int port, const char *pin)
{
	struct talk t = come(who, number, port);

	press(port, pin);
	office_run(&o, 20);
	return t;
}

static bool
is_heard(int port)
{
	return office_served(&o, port)->room && !office_served(&o, port)->muted;
}

/* What a moderator asks for on the page. */
static enum conference_outcome
ask(enum conference_command_kind kind, size_t member)
{
	struct conference_command cmd = {
	    .kind = kind, .conference = o.conference.id, .member = o.member[member].id};
	struct conference_result result;

	call_conference_command(o.calls, &cmd, &result);
	return result.outcome;
}

/* ---- coming and going ---- */

/* Decision 62: the call comes in with its voice, and the picture is refused in the same answer. */
static void
who_brings_a_picture_is_heard(void **state)
{
	struct talk t = {.from = anna, .from_cseq = 1};

	talk_dial_with(anna, "201", "",
	    talk_sdp(anna, ANNA, "RTP/AVP 8",
		"a=sendrecv\nm=video 4900 RTP/AVP 97\na=rtpmap:97 H264/90000\n"));
	t.ok = ua_expect(anna, "SIP/2.0 200", 1000);
	assert_non_null(strstr(t.ok, "\r\nm=video 0 RTP/AVP 97\r\n"));
	ua_in_dialog(anna, t.ok, "ACK", 1, "", "");
	office_run(&o, 20);
	assert_true(is_heard(ANNA));
	leave(&t, anna);
	office_run(&o, 300);
}

static void
those_who_call_the_number_hear_each_other(void **state)
{
	struct talk a = come(anna, "201", ANNA), b = come(ben, "201", BEN),
		    c = come(cleo, "201", CLEO);

	assert_int_equal(o.n_rooms, 1);
	assert_true(is_heard(ANNA) && is_heard(BEN) && is_heard(CLEO));
	assert_ptr_equal(office_served(&o, ANNA)->room, office_served(&o, CLEO)->room);
	office_run(&o, 300);
	assert_string_equal(o.conference.name, "Open");
	assert_int_equal(o.conference.members, 3);
	assert_int_equal(o.n_members, 3);
	assert_string_equal(o.member[1].name, "Ben Cohn");
	leave(&b, ben);
	assert_true(o.member[1].gone);
	assert_true(is_heard(ANNA) && is_heard(CLEO));
	leave(&a, anna);
	leave(&c, cleo);
	office_run(&o, 300);
	assert_true(o.conference.over);
	assert_int_equal(o.n_rooms, 0);
	assert_int_equal(o.n_records, 3);
	assert_string_equal(o.record[0].called_name, "Open");
}

static void
who_comes_after_the_last_has_left_comes_to_a_new_conference(void **state)
{
	struct talk a = come(anna, "201", ANNA), b;
	uint64_t first;

	office_run(&o, 300);
	first = o.conference.id;
	leave(&a, anna);
	b = come(ben, "201", BEN);
	office_run(&o, 300);
	assert_int_not_equal(o.conference.id, first);
	assert_int_equal(o.conference.members, 1);
	assert_false(o.conference.over);
	leave(&b, ben);
}

static void
others_wait_with_music_until_a_moderator_comes_and_all_goes_with_him(void **state)
{
	struct talk a = come_with_pin(anna, "202", ANNA, "1111#"),
		    b = come_with_pin(ben, "202", BEN, "1111#"), c;

	assert_null(office_served(&o, ANNA)->room);
	assert_ptr_equal(office_served(&o, ANNA)->sound, office_music(&o));
	office_run(&o, 300);
	assert_true(o.conference.waits);
	c = come_with_pin(cleo, "202", CLEO, "2222#");
	assert_true(is_heard(ANNA) && is_heard(BEN) && is_heard(CLEO));
	assert_null(office_served(&o, ANNA)->sound);
	office_run(&o, 300);
	assert_false(o.conference.waits);
	assert_int_equal(o.conference.moderators, 1);
	leave(&c, cleo);
	ua_ok(anna, "BYE");
	ua_ok(ben, "BYE");
	office_run(&o, 300);
	assert_true(o.conference.over);
	(void)a;
	(void)b;
}

static void
a_wrong_pin_is_asked_for_three_times_and_five_wrong_ones_lock_the_phone(void **state)
{
	struct talk t = come_with_pin(anna, "202", ANNA, "1234#1235#");

	assert_null(office_served(&o, ANNA)->room);
	press(ANNA, "1236#");
	ua_ok(anna, "BYE");
	t = come_with_pin(anna, "202", ANNA, "1237#1238#");
	press(ANNA, "1111#"); /* right, but too late */
	ua_ok(anna, "BYE");
	office_run(&o, 300);
	assert_int_equal(o.n_members, 0);
	(void)t;
}

static void
who_dials_no_pin_is_hung_up_on(void **state)
{
	come(anna, "202", ANNA);
	office_run(&o, 21000);
	ua_ok(anna, "BYE");
}

static void
a_full_room_takes_nobody_but_moderators(void **state)
{
	struct talk a = come_with_pin(anna, "203", ANNA, "#"),
		    b = come_with_pin(ben, "203", BEN, "#"), e;

	come_with_pin(cleo, "203", CLEO, "#");
	ua_ok(cleo, "BYE");
	e = come_with_pin(eva, "203", EVA, "3333#");
	assert_true(is_heard(EVA));
	leave(&a, anna);
	leave(&b, ben);
	leave(&e, eva);
}

/* ---- keys ---- */

static void
who_mutes_himself_is_not_heard_until_he_ends_it(void **state)
{
	struct talk a = come(anna, "201", ANNA), b = come(ben, "201", BEN);

	press(ANNA, "*1");
	assert_false(is_heard(ANNA));
	assert_non_null(office_served(&o, ANNA)->room);
	office_run(&o, 300);
	assert_true(o.member[0].muted);
	press(ANNA, "*1");
	assert_true(is_heard(ANNA));
	leave(&a, anna);
	leave(&b, ben);
}

static void
levels_go_up_and_down_in_steps_and_end_with_8(void **state)
{
	struct talk a = come(anna, "201", ANNA);

	press(ANNA, "*448");
	assert_int_equal(office_served(&o, ANNA)->hears_gain_db, -6);
	press(ANNA, "44"); /* not any more */
	assert_int_equal(office_served(&o, ANNA)->hears_gain_db, -6);
	press(ANNA, "*6666666668");
	assert_int_equal(office_served(&o, ANNA)->hears_gain_db, 12);
	press(ANNA, "*98*78*78");
	assert_int_equal(office_served(&o, ANNA)->gain_db, -3);
	assert_int_equal(office_served(&o, ANNA)->hears_gain_db, 12);
	leave(&a, anna);
}

static void
a_moderator_locks_the_room_and_nobody_else_does(void **state)
{
	struct talk c = come_with_pin(cleo, "202", CLEO, "2222#"),
		    a = come_with_pin(anna, "202", ANNA, "1111#"), b;

	press(ANNA, "*3");
	office_run(&o, 300);
	assert_false(o.conference.locked);
	press(CLEO, "*3");
	office_run(&o, 300);
	assert_true(o.conference.locked);
	come_with_pin(ben, "202", BEN, "1111#");
	ua_ok(ben, "BYE");
	press(CLEO, "*3");
	b = come_with_pin(ben, "202", BEN, "1111#");
	assert_true(is_heard(BEN));
	leave(&a, anna);
	leave(&b, ben);
	leave(&c, cleo);
}

static void
who_is_silenced_asks_to_speak_and_may_when_a_moderator_lets_him(void **state)
{
	struct talk a = come_with_pin(anna, "203", ANNA, "#"),
		    e = come_with_pin(eva, "203", EVA, "3333#");

	assert_false(is_heard(ANNA));
	assert_true(is_heard(EVA));
	press(ANNA, "*1"); /* he cannot end it himself */
	assert_false(is_heard(ANNA));
	press(ANNA, "*2");
	office_run(&o, 300);
	assert_true(o.member[0].wants_to_speak && o.member[0].silenced);
	assert_int_equal(ask(CONFERENCE_LET_SPEAK, 0), CONFERENCE_OUTCOME_DONE);
	assert_true(is_heard(ANNA));
	office_run(&o, 300);
	assert_false(o.member[0].wants_to_speak || o.member[0].silenced);
	assert_int_equal(ask(CONFERENCE_MUTE, 0), CONFERENCE_OUTCOME_DONE);
	assert_false(is_heard(ANNA));
	leave(&a, anna);
	leave(&e, eva);
}

/* ---- live control ---- */

static void
who_speaks_is_told_five_times_a_second_at_most(void **state)
{
	struct talk a = come(anna, "201", ANNA);
	size_t before;

	office_run(&o, 300);
	before = o.n_conferences;
	for (int i = 0; i < 50; i++) {
		office_media_speaks(&o, stream_of(ANNA), MEDIA_CALLER, i % 2 == 0);
		office_run(&o, 20);
	}
	assert_in_range(o.n_conferences - before, 1, 6);
	office_media_speaks(&o, stream_of(ANNA), MEDIA_CALLER, true);
	office_run(&o, 300);
	assert_true(o.member[0].talking);
	leave(&a, anna);
}

static void
who_is_removed_hears_nobody_and_is_hung_up_on(void **state)
{
	struct talk a = come(anna, "201", ANNA), b = come(ben, "201", BEN);

	office_run(&o, 300);
	assert_int_equal(ask(CONFERENCE_REMOVE, 1), CONFERENCE_OUTCOME_DONE);
	ua_ok(ben, "BYE");
	office_run(&o, 300);
	assert_true(o.member[1].gone);
	assert_int_equal(o.conference.members, 1);
	assert_int_equal(ask(CONFERENCE_MUTE, 1), CONFERENCE_OUTCOME_MEMBER_GONE);
	leave(&a, anna);
	(void)b;
}

static void
a_conference_that_is_ended_hangs_up_on_all(void **state)
{
	come(anna, "201", ANNA);
	come(ben, "201", BEN);
	office_run(&o, 300);
	assert_int_equal(ask(CONFERENCE_END, 0), CONFERENCE_OUTCOME_DONE);
	ua_ok(anna, "BYE");
	ua_ok(ben, "BYE");
	office_run(&o, 300);
	assert_true(o.conference.over);
	assert_int_equal(ask(CONFERENCE_LOCK, 0), CONFERENCE_OUTCOME_OVER);
}

static enum conference_outcome
invite(const char *number)
{
	struct conference_command cmd = {
	    .kind = CONFERENCE_INVITE, .conference = o.conference.id, .user = 0};
	struct conference_result result;
	const struct dir_user *by = dir_user_by_login(o.fixture.directory, SLICE("1001"));

	cmd.user = by->id;
	snprintf(cmd.number, sizeof cmd.number, "%s", number);
	call_conference_command(o.calls, &cmd, &result);
	return result.outcome;
}

static void
who_is_called_into_it_is_a_member_when_he_answers(void **state)
{
	struct talk a = come(anna, "201", ANNA);
	const char *inv;
	char value[512];

	office_run(&o, 300);
	assert_int_equal(invite("999"), CONFERENCE_OUTCOME_REFUSED);
	assert_int_equal(invite("201"), CONFERENCE_OUTCOME_REFUSED); /* nobody answers there */
	assert_int_equal(invite("103"), CONFERENCE_OUTCOME_DONE);
	inv = ua_expect(cleo, "INVITE", 100);
	assert_non_null(strstr(header(inv, "From", value), "\"Anna Berg\" <sip:101@"));
	office_run(&o, 300);
	assert_true(o.member[1].asked);
	assert_int_equal(o.conference.members, 1);
	ua_answer(cleo, inv, 200, "", talk_sdp(cleo, CLEO, "RTP/AVP 8", ""));
	ua_expect(cleo, "ACK", 100);
	office_run(&o, 300);
	assert_true(is_heard(CLEO));
	assert_false(o.member[1].asked);
	assert_string_equal(o.member[1].name, "Cleo Dietz");
	assert_int_equal(o.conference.members, 2);
	leave(&a, anna);
	assert_true(is_heard(CLEO)); /* alone */
	ua_in_dialog(cleo, inv, "BYE", 2, "", "");
	ua_expect(cleo, "SIP/2.0 200", 100);
	office_run(&o, 300);
	assert_true(o.conference.over);
	assert_int_equal(o.n_records, 2);
}

static void
who_is_still_called_is_not_any_more_when_it_ends(void **state)
{
	const char *inv;

	come(anna, "201", ANNA);
	office_run(&o, 300);
	assert_int_equal(invite("103"), CONFERENCE_OUTCOME_DONE);
	inv = ua_expect(cleo, "INVITE", 100);
	ua_answer(cleo, inv, 180, "", "");
	office_run(&o, 20);
	assert_int_equal(ask(CONFERENCE_END, 0), CONFERENCE_OUTCOME_DONE);
	ua_ok(cleo, "CANCEL");
	ua_answer(cleo, inv, 487, "", "");
	ua_expect(cleo, "ACK", 100);
	ua_ok(anna, "BYE");
}

/* ---- recording ---- */

static void
a_recording_goes_to_the_mailbox_of_the_room(void **state)
{
	struct talk c = come_with_pin(cleo, "202", CLEO, "2222#");

	office_run(&o, 300);
	assert_int_equal(ask(CONFERENCE_RECORD, 0), CONFERENCE_OUTCOME_DONE);
	assert_true(o.room_recorded);
	assert_int_not_equal(o.began.mailbox, 0);
	assert_string_equal(o.began.name, "Board");
	office_run(&o, 300);
	assert_true(o.conference.recording);
	assert_int_equal(ask(CONFERENCE_RECORD_STOP, 0), CONFERENCE_OUTCOME_DONE);
	assert_false(o.room_recorded);
	office_media_recorded(&o, ERR_OK, 5000);
	assert_int_equal(o.n_ended, 1);
	assert_true(o.ended.keep);
	assert_string_equal(o.ended.file, o.began.file);
	leave(&c, cleo);
}

static void
a_conference_that_ends_ends_its_recording(void **state)
{
	struct talk c = come_with_pin(cleo, "202", CLEO, "2222#");

	office_run(&o, 300);
	assert_int_equal(ask(CONFERENCE_RECORD, 0), CONFERENCE_OUTCOME_DONE);
	leave(&c, cleo);
	office_run(&o, 300);
	assert_false(o.room_recorded);
	office_media_recorded(&o, ERR_OK, 5000);
	assert_true(o.ended.keep);
}

static void
a_full_mailbox_ends_the_recording_and_nothing_is_kept(void **state)
{
	struct talk c = come_with_pin(cleo, "202", CLEO, "2222#");

	office_run(&o, 300);
	assert_int_equal(ask(CONFERENCE_RECORD, 0), CONFERENCE_OUTCOME_DONE);
	call_on_voicemail_answer(
	    o.calls, &(struct voicemail_answer){.id = o.began.id, .result = ERR_LIMIT});
	assert_false(o.room_recorded);
	office_run(&o, 300);
	assert_false(o.conference.recording);
	office_media_recorded(&o, ERR_OK, 5000);
	assert_false(o.ended.keep);
	leave(&c, cleo);
}

static void
a_room_without_a_mailbox_is_not_recorded(void **state)
{
	struct talk a = come(anna, "201", ANNA);

	office_run(&o, 300);
	assert_int_equal(ask(CONFERENCE_RECORD, 0), CONFERENCE_OUTCOME_NOT_RECORDED);
	leave(&a, anna);
}

static void
a_moderator_records_by_key_and_ends_it_and_nobody_else_does(void **state)
{
	struct talk c = come_with_pin(cleo, "202", CLEO, "2222#"),
		    b = come_with_pin(ben, "202", BEN, "1111#");

	press(BEN, "*5");
	assert_false(o.room_recorded);
	press(CLEO, "*5");
	assert_true(o.room_recorded);
	office_run(&o, 300);
	assert_true(o.conference.recording);
	press(BEN, "*5");
	assert_true(o.room_recorded);
	press(CLEO, "*5");
	assert_false(o.room_recorded);
	office_media_recorded(&o, ERR_OK, 5000);
	assert_true(o.ended.keep);
	office_run(&o, 300);
	assert_false(o.conference.recording);
	leave(&b, ben);
	leave(&c, cleo);
}

static void
by_key_a_room_without_a_mailbox_is_not_recorded(void **state)
{
	struct talk c = come_with_pin(cleo, "203", CLEO, "3333#");

	press(CLEO, "*5");
	office_run(&o, 300);
	assert_false(o.room_recorded);
	assert_false(o.conference.recording);
	leave(&c, cleo);
}

static void
the_switch_stops_while_people_confer(void **state)
{
	come(anna, "201", ANNA);
	come_with_pin(ben, "202", BEN, "1111#");
	call_switch_end_all(o.calls);
	ua_ok(anna, "BYE");
	ua_ok(ben, "BYE");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(who_brings_a_picture_is_heard),
	    T(those_who_call_the_number_hear_each_other),
	    T(who_comes_after_the_last_has_left_comes_to_a_new_conference),
	    T(others_wait_with_music_until_a_moderator_comes_and_all_goes_with_him),
	    T(a_wrong_pin_is_asked_for_three_times_and_five_wrong_ones_lock_the_phone),
	    T(who_dials_no_pin_is_hung_up_on),
	    T(a_full_room_takes_nobody_but_moderators),
	    T(who_mutes_himself_is_not_heard_until_he_ends_it),
	    T(levels_go_up_and_down_in_steps_and_end_with_8),
	    T(a_moderator_locks_the_room_and_nobody_else_does),
	    T(who_is_silenced_asks_to_speak_and_may_when_a_moderator_lets_him),
	    T(who_speaks_is_told_five_times_a_second_at_most),
	    T(who_is_removed_hears_nobody_and_is_hung_up_on),
	    T(a_conference_that_is_ended_hangs_up_on_all),
	    T(who_is_called_into_it_is_a_member_when_he_answers),
	    T(who_is_still_called_is_not_any_more_when_it_ends),
	    T(a_recording_goes_to_the_mailbox_of_the_room),
	    T(a_conference_that_ends_ends_its_recording),
	    T(a_full_mailbox_ends_the_recording_and_nothing_is_kept),
	    T(a_room_without_a_mailbox_is_not_recorded),
	    T(a_moderator_records_by_key_and_ends_it_and_nobody_else_does),
	    T(by_key_a_room_without_a_mailbox_is_not_recorded),
	    T(the_switch_stops_while_people_confer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
