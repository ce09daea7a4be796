/* call/in_call.c, call/consult.c on the wire: codes that are pressed while two talk (KEY). Ben
 * calls Eva, and asks Anna. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

#define KEYS "a=rtpmap:101 telephone-event/8000\n"

static struct office o;
static struct ua *ben, *anna, *eva;
static struct talk t;

static int
set_up(void **state)
{
	const char *ok;

	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	eva = office_phone(&o, "e1");
	t = (struct talk){.from = ben, .to = eva, .from_cseq = 1};
	talk_dial_with(ben, "107", "", talk_sdp(ben, 4000, "RTP/AVP 8 101", KEYS));
	t.invite = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, t.invite, 200, "", talk_sdp(eva, 5000, "RTP/AVP 8 101", KEYS));
	ua_expect(eva, "ACK", 100);
	ok = t.ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, ok, "ACK", 1, "", "");
	office_run(&o, 10);
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

static const struct media_service *
ben_hears(void)
{
	return &o.stream[0].service[MEDIA_CALLER];
}

static const struct media_service *
eva_hears(void)
{
	return &o.stream[0].service[MEDIA_CALLED];
}

static const struct media_service *
anna_hears(void)
{
	return &o.stream[1].service[MEDIA_CALLED];
}

static void
press(const char *keys)
{
	for (; *keys; keys++) {
		office_media_key(&o, 0, MEDIA_CALLER, *keys, 0);
		office_run(&o, 200);
	}
}

static void
they_talk(void)
{
	assert_null(ben_hears()->room);
	assert_null(eva_hears()->room);
	assert_null(eva_hears()->sound);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	assert_true(o.stream[0].peer[MEDIA_CALLED].send);
	ua_expect_none(ben, "BYE");
	ua_expect_none(eva, "BYE");
	ua_expect_none(eva, "INVITE"); /* her phone knows nothing of all that */
}

/* Ben asks Anna, who is rung. */
static const char *
anna_is_asked(void)
{
	const char *invite;

	press("*2101#");
	invite = ua_expect(anna, "INVITE", 100);
	assert_non_null(strstr(invite, "From: \"Ben Cohn\" <sip:102@"));
	ua_answer(anna, invite, 180, "", "");
	office_run(&o, 10);
	assert_ptr_equal(ben_hears()->sound, office_ringback(&o));
	return invite;
}

static const char *
anna_talks(void)
{
	const char *invite = anna_is_asked();

	ua_answer(anna, invite, 200, "", sdp_of(anna, 6000, ""));
	ua_expect(anna, "ACK", 100);
	office_run(&o, 10);
	assert_non_null(ben_hears()->room);
	assert_null(ben_hears()->sound);
	assert_ptr_equal(anna_hears()->room, ben_hears()->room);
	assert_ptr_equal(eva_hears()->sound, office_music(&o));
	return invite;
}

/* Anna moves into the call, to the one who stays. */
static void
anna_is_connected_with(struct ua *stays, int port)
{
	const char *re = ua_expect(anna, "INVITE", 100);

	assert_null(strstr(re, "m=audio"));
	ua_answer(anna, re, 200, "", sdp_of(anna, 6000, "a=x-offer\n"));
	re = ua_expect(stays, "INVITE", 100);
	assert_non_null(strstr(re, "a=x-offer"));
	assert_non_null(strstr(re, "P-Asserted-Identity: \"Anna Berg\""));
	ua_answer(stays, re, 200, "", sdp_of(stays, port, ""));
	ua_expect(stays, "ACK", 100);
	ua_expect(anna, "ACK", 100);
	office_run(&o, 100);
	assert_false(o.stream[1].open);
	assert_int_equal(o.n_rooms, 0);
}

static void
keys_are_told_without_anything_else_being_done(void **state)
{
	assert_true(ben_hears()->listening.keys);
	assert_true(eva_hears()->listening.keys);
	assert_int_equal(ben_hears()->listening.flags, 0);
	assert_null(ben_hears()->sound);
	press("1*3#**");
	they_talk();
	press("*");
	office_run(&o, 3500);
	press("2"); /* too late to be a code */
	they_talk();
	talk_end(&t);
	assert_int_equal(o.n_records, 1);
}

static void
the_other_one_waits_with_music_while_the_number_is_dialled(void **state)
{
	press("*2");
	assert_non_null(ben_hears()->room);
	assert_ptr_equal(eva_hears()->sound, office_music(&o));
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	ua_expect_none(eva, "INVITE");
	ua_expect_none(ben, "INVITE");
	press("*2"); /* and a pause */
	office_run(&o, 5000);
	they_talk();
	press("*2");
	office_run(&o, 16000); /* nothing is dialled */
	they_talk();
	talk_end(&t);
	assert_int_equal(o.n_records, 1);
}

static void
a_pause_ends_the_number_and_info_brings_keys_too(void **state)
{
	for (const char *key = "*2101"; *key; key++) {
		char body[64];

		snprintf(body, sizeof body, "Signal=%c\nDuration=160\n", *key);
		talk_send(&t, ben, "INFO", "Content-Type: application/dtmf-relay\n", body);
		ua_expect(ben, "SIP/2.0 200", 100);
	}
	assert_string_equal(o.pressed, "*"); /* nobody knows yet that it begins a code */
	ua_expect_none(eva, "INFO");
	ua_expect_none(anna, "INVITE");
	office_run(&o, 4100);
	ua_answer(anna, ua_expect(anna, "INVITE", 100), 486, "", "");
	office_run(&o, 100);
	they_talk();
	talk_end(&t);
}

static void
who_hangs_up_connects_the_two(void **state)
{
	(void)anna_talks();
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	anna_is_connected_with(eva, 5000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 6000);
	assert_null(eva_hears()->sound);
	assert_int_equal(o.n_records, 1);
	assert_string_equal(o.record[0].caller_number, "102");
	assert_string_equal(o.record[0].called_number, "101");
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 2);
	assert_string_equal(o.record[1].caller_number, "102");
	assert_string_equal(o.record[1].called_number, "107");
}

static void
who_hangs_up_while_it_rings_leaves_the_other_one_waiting_for_the_answer(void **state)
{
	const char *invite = anna_is_asked();

	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 100);
	assert_ptr_equal(eva_hears()->sound, office_music(&o));
	ua_expect_none(eva, "BYE");
	ua_answer(anna, invite, 200, "", sdp_of(anna, 6000, ""));
	ua_expect(anna, "ACK", 100);
	anna_is_connected_with(eva, 5000);
	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(anna, "BYE");
	office_run(&o, 100);
}

static void
whom_nobody_answers_goes_back_to_who_asked(void **state)
{
	const char *invite = anna_is_asked(), *again;

	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 100);
	ua_answer(anna, invite, 486, "", "");
	again = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, again, 200, "", sdp_of(ben, 4002, ""));
	ua_expect(ben, "ACK", 100);
	ua_reinvited(eva, 5000);
	office_run(&o, 100);
	assert_null(eva_hears()->sound);
	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(ben, "BYE");
	office_run(&o, 100);
}

static void
the_code_again_goes_back(void **state)
{
	(void)anna_talks();
	press("*2");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	they_talk();
	(void)anna_is_asked();
	press("*2");
	ua_ok(anna, "CANCEL");
	office_run(&o, 100);
	they_talk();
	talk_end(&t);
}

static void
who_is_asked_and_hangs_up_ends_the_question_only(void **state)
{
	const char *invite = anna_talks();

	ua_in_dialog(anna, invite, "BYE", 1, "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	office_run(&o, 100);
	they_talk();
	talk_end(&t);
	assert_int_equal(o.n_records, 2);
}

static void
what_comes_to_nothing_goes_back(void **state)
{
	static const char *const numbers[] = {"*2999#", "*2#", "*20#", "*2*#"};

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		press(numbers[i]);
		office_run(&o, 100);
		they_talk();
	}
	ua_answer(anna, anna_is_asked(), 486, "", "");
	ua_expect(anna, "ACK", 100);
	office_run(&o, 100);
	they_talk();
	talk_end(&t);
	assert_int_equal(o.n_records, 2);
	assert_int_equal(o.record[0].result, CDR_BUSY);
	assert_true(record_says(&o.record[1], "101 could not be asked: 486 Busy Here"));
	assert_true(record_says(&o.record[1], "Ben Cohn is back in the call"));
}

static void
who_waits_and_hangs_up_leaves_the_others_talking(void **state)
{
	(void)anna_talks();
	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	anna_is_connected_with(ben, 4000);
	ua_expect_none(ben, "BYE");
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_ok(anna, "BYE");
	office_run(&o, 100);
}

static void
who_waits_and_hangs_up_before_anybody_answers_ends_all(void **state)
{
	const char *invite = anna_is_asked();

	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(ben, "BYE");
	ua_ok(anna, "CANCEL");
	ua_answer(anna, invite, 487, "", "");
	ua_expect(anna, "ACK", 100);
	office_run(&o, 100);
	assert_int_equal(o.n_records, 2);
}

static void
three_talk_and_whoever_leaves_the_others_talk_on(void **state)
{
	(void)anna_talks();
	press("*3");
	assert_non_null(ben_hears()->room);
	assert_ptr_equal(eva_hears()->room, ben_hears()->room);
	assert_ptr_equal(anna_hears()->room, ben_hears()->room);
	assert_null(eva_hears()->sound);
	assert_true(o.stream[0].peer[MEDIA_CALLED].send);
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	anna_is_connected_with(eva, 5000);
	talk_send(&t, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_true(record_says(&o.record[1], "Ben Cohn lets Eva Gold join in"));
}

static void
what_would_change_the_call_waits_until_nobody_is_asked_any_more(void **state)
{
	char replaces[600];
	struct ua *other;

	(void)anna_talks();
	talk_refer(&t, ben, "<sip:101@test>", "");
	ua_expect(ben, "SIP/2.0 491", 100);
	other = office_phone(&o, "a2");
	snprintf(replaces, sizeof replaces, "Require: replaces\nReplaces: %s\n",
	    talk_dialog_id(&t, eva, false));
	talk_dial(other, "107", replaces, 7000);
	ua_ack_failure(other, ua_expect(other, "SIP/2.0 491", 100));
	press("*2");
	ua_ok(anna, "BYE");
	they_talk();
	talk_end(&t);
}

static void
nobody_listens_where_the_codes_are_off(void **state)
{
	fixture_change(&o.fixture, "{'settings':{'in_call_codes':false}}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	press("*2101#");
	office_run(&o, 10);
	they_talk();
	talk_end(&t);
	t = talk_connect(ben, "107", eva, 4100);
	assert_false(o.stream[1].service[MEDIA_CALLER].listening.keys);
	talk_end(&t);
}

/* Anna's phone sends keys as packets, too. */
static void
anna_talks_with_keys(void)
{
	const char *invite = anna_is_asked();

	ua_answer(anna, invite, 200, "", talk_sdp(anna, 6000, "RTP/AVP 8 101", KEYS));
	ua_expect(anna, "ACK", 100);
	office_run(&o, 10);
}

static void
pressed_nothing(void)
{
	memset(o.pressed, 0, sizeof o.pressed);
}

/* Ben goes back to Eva first. */
static void
talk_end_asked(void)
{
	press("*2");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	talk_end(&t);
}

static void
key_keys_reach_whom_one_asks_and_nobody_who_waits(void **state)
{
	const struct media_translation *to_anna = &o.stream[1].translation[MEDIA_CALLER];

	anna_talks_with_keys();
	pressed_nothing();
	press("5");
	assert_string_equal(o.pressed, "5");
	assert_int_equal(o.pressed_stream, 1);
	assert_int_equal(o.pressed_to, MEDIA_CALLED);
	assert_int_equal(to_anna->keys_out, MEDIA_KEYS_EVENTS);
	assert_int_equal(to_anna->key_pt, 101);
	talk_send(
	    &t, ben, "INFO", "Content-Type: application/dtmf-relay\n", "Signal=7\nDuration=160\n");
	ua_expect(ben, "SIP/2.0 200", 100);
	assert_string_equal(o.pressed, "57");
	assert_int_equal(o.pressed_stream, 1);
	talk_send(
	    &t, eva, "INFO", "Content-Type: application/dtmf-relay\n", "Signal=8\nDuration=160\n");
	ua_expect(eva, "SIP/2.0 200", 100);
	office_media_key(&o, 0, MEDIA_CALLED, '8', 0);
	office_run(&o, 100);
	ua_expect_none(ben, "INFO");
	ua_expect_none(eva, "INFO");
	assert_string_equal(o.pressed, "57");
	press("*2");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	they_talk();
	assert_int_equal(o.stream[0].translation[MEDIA_CALLER].n_routes, 0);
	assert_int_equal(o.stream[0].translation[MEDIA_CALLED].n_routes, 0);
	talk_end(&t);
}

static void
key_whom_one_asks_presses_keys_for_who_asks(void **state)
{
	anna_talks_with_keys();
	pressed_nothing();
	assert_true(anna_hears()->listening.keys);
	office_media_key(&o, 1, MEDIA_CALLED, '4', 0);
	office_run(&o, 100);
	assert_string_equal(o.pressed, "4");
	assert_int_equal(o.pressed_stream, 0);
	assert_int_equal(o.pressed_to, MEDIA_CALLER);
	assert_int_equal(o.stream[0].translation[MEDIA_CALLED].keys_out, MEDIA_KEYS_EVENTS);
	talk_end_asked();
}

static void
key_in_a_three_way_both_others_get_keys(void **state)
{
	anna_talks_with_keys();
	press("*3");
	pressed_nothing();
	assert_true(eva_hears()->listening.keys);
	press("1");
	assert_string_equal(o.pressed, "11");
	office_media_key(&o, 0, MEDIA_CALLED, '2', 0);
	office_media_key(&o, 1, MEDIA_CALLED, '3', 0);
	office_run(&o, 100);
	assert_string_equal(o.pressed, "112233");
	assert_int_equal(o.stream[0].translation[MEDIA_CALLER].keys_out, MEDIA_KEYS_EVENTS);
	assert_int_equal(o.stream[0].translation[MEDIA_CALLED].keys_out, MEDIA_KEYS_EVENTS);
	talk_end_asked();
}

static void
key_who_wants_info_gets_info(void **state)
{
	const char *info;

	fixture_change(&o.fixture, "{'phones':[{'name':'a1','dtmf':'info'}]}");
	call_switch_set_directory(o.calls, o.fixture.directory);
	anna_talks_with_keys();
	pressed_nothing();
	press("6");
	info = ua_expect(anna, "INFO", 100);
	assert_non_null(strstr(info, "Signal=6"));
	ua_answer(anna, info, 200, "", "");
	assert_string_equal(o.pressed, "");
	talk_end_asked();
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(keys_are_told_without_anything_else_being_done),
	    T(the_other_one_waits_with_music_while_the_number_is_dialled),
	    T(a_pause_ends_the_number_and_info_brings_keys_too),
	    T(who_hangs_up_connects_the_two),
	    T(who_hangs_up_while_it_rings_leaves_the_other_one_waiting_for_the_answer),
	    T(whom_nobody_answers_goes_back_to_who_asked),
	    T(the_code_again_goes_back),
	    T(who_is_asked_and_hangs_up_ends_the_question_only),
	    T(what_comes_to_nothing_goes_back),
	    T(who_waits_and_hangs_up_leaves_the_others_talking),
	    T(who_waits_and_hangs_up_before_anybody_answers_ends_all),
	    T(three_talk_and_whoever_leaves_the_others_talk_on),
	    T(what_would_change_the_call_waits_until_nobody_is_asked_any_more),
	    T(key_keys_reach_whom_one_asks_and_nobody_who_waits),
	    T(key_whom_one_asks_presses_keys_for_who_asks),
	    T(key_in_a_three_way_both_others_get_keys),
	    T(key_who_wants_info_gets_info),
	    T(nobody_listens_where_the_codes_are_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
