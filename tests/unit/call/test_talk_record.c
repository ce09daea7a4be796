/* call/talk_record.c: who is in a call records it (KEY *1). Ben calls Eva. */
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

static void
settings(const char *text)
{
	fixture_change(&o.fixture, text);
	call_switch_set_directory(o.calls, o.fixture.directory);
}

static int
set_up(void **state)
{
	const char *ok;

	office_set_folders(&(struct prompt_folders){"/sounds", "/data"});
	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	eva = office_phone(&o, "e1");
	settings("{'settings':{'record_calls':true,'record_notice':'announcement'},'mailboxes':[{'"
		 "name':'Ben'}],"
		 "'mailbox-access':[{'mailbox':'Ben','user':'1002'}]}");
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
	office_set_folders(&(struct prompt_folders){.data = "/data"});
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

static void
press(const char *keys)
{
	for (; *keys; keys++) {
		office_media_key(&o, 0, MEDIA_CALLER, *keys, 0);
		office_run(&o, 200);
	}
}

/* What the side is told is over. */
static void
said(enum media_side side)
{
	office_media_played(&o, 0, side);
	office_run(&o, 10);
}

static bool
is_recorded(void)
{
	bool one = ben_hears()->recording;

	assert_int_equal(one, eva_hears()->recording != NULL); /* both, or nobody */
	return one;
}

/* The code, and the announcement. The last sound that was made is the one for Eva. */
static void
begins(void)
{
	press("*1");
	assert_non_null(eva_hears()->sound);
	assert_non_null(strstr(o.sound_path, "call-recorded"));
	assert_false(is_recorded());
	said(MEDIA_CALLED);
	assert_null(eva_hears()->sound);
	assert_true(is_recorded());
}

static void
key_1_records_both_after_the_other_one_was_told_and_ends_by_the_same_code(void **state)
{
	begins();
	assert_true(o.began.recorded);
	assert_string_equal(o.began.number, "107");
	assert_string_equal(o.began.name, "Eva Gold");
	assert_true(o.stream[0].peer[MEDIA_CALLER].send); /* they talk */
	press("*1");
	assert_false(is_recorded());
	assert_non_null(strstr(o.sound_path, "recording-ends"));
	office_media_recorded(&o, ERR_OK, 5000);
	assert_int_equal(o.n_ended, 1);
	assert_true(o.ended.keep);
	assert_string_equal(o.ended.file, o.began.file);
	said(MEDIA_CALLER);
	talk_end(&t);
	assert_true(record_says(&o.record[0], "Ben Cohn records the call"));
	assert_true(record_says(&o.record[0], "The recording by Ben Cohn has ended"));
}

static void
key_1_who_hangs_up_keeps_what_was_recorded(void **state)
{
	begins();
	talk_end(&t);
	office_media_recorded(&o, ERR_OK, 700);
	assert_true(o.ended.keep); /* however short */
}

static void
key_1_is_refused_where_it_is_off_and_who_cannot_be_told_is_not_recorded(void **state)
{
	settings("{'settings':{'record_calls':false}}");
	press("*1");
	assert_null(ben_hears()->sound);
	assert_string_equal(o.began.file, "");
	settings("{'settings':{'record_calls':true}}");
	o.silent = true; /* nothing can be said */
	press("*1");
	assert_false(is_recorded());
	o.silent = false;
	for (const char *key = "*1"; *key; key++)
		office_media_key(&o, 0, MEDIA_CALLER, *key, 0);
	assert_non_null(strstr(o.sound_path, "call-recorded"));
	office_media_played(&o, 0, MEDIA_CALLED); /* at once: there is no such file */
	assert_false(is_recorded());
	talk_end(&t);
	assert_false(o.n_ended && o.ended.keep);
}

static void
key_1_a_beep_repeats_while_it_runs(void **state)
{
	int made;

	settings("{'settings':{'record_notice':'beep'}}");
	press("*1");
	assert_true(is_recorded());
	assert_non_null(strstr(o.sound_path, "beep"));
	said(MEDIA_CALLED);
	assert_null(eva_hears()->sound);
	made = o.n_made;
	office_run(&o, 15000);
	assert_int_equal(o.n_made, made + 1);
	assert_non_null(eva_hears()->sound);
	talk_end(&t);
	office_media_recorded(&o, ERR_OK, 15000);
}

static void
key_1_nobody_needs_to_hear_of_it_where_the_administrator_says_so(void **state)
{
	settings("{'settings':{'record_notice':'nothing'}}");
	press("*1");
	assert_true(is_recorded());
	assert_null(eva_hears()->sound);
	talk_end(&t);
	office_media_recorded(&o, ERR_OK, 9000);
}

static void
key_1_a_full_mailbox_is_said_and_nothing_kept(void **state)
{
	begins();
	call_on_voicemail_answer(
	    o.calls, &(struct voicemail_answer){.id = o.began.id, .result = ERR_LIMIT});
	assert_false(is_recorded());
	assert_non_null(strstr(o.sound_path, "box-full"));
	office_media_recorded(&o, ERR_OK, 3000);
	assert_false(o.ended.keep);
	talk_end(&t);
}

static void
key_1_a_full_disk_is_said_and_what_there_is_is_kept(void **state)
{
	begins();
	office_media_recorded(&o, ERR_FULL, 3000);
	assert_false(is_recorded());
	assert_non_null(strstr(o.sound_path, "recording-failed"));
	assert_true(o.ended.keep);
	assert_int_equal(o.ended.fault, ERR_FULL);
	talk_end(&t);
}

static void
key_1_what_is_asked_meanwhile_is_not_recorded(void **state)
{
	begins();
	press("*2");
	assert_false(is_recorded());
	press("*2#");
	office_run(&o, 100);
	assert_true(is_recorded());
	talk_end(&t);
	office_media_recorded(&o, ERR_OK, 9000);
}

/* By gives the call to Anna; stays talks with her. */
static void
goes_to_anna(struct ua *by, struct ua *stays, int port)
{
	const char *invite;

	talk_refer(&t, by, "<sip:101@10.0.0.1>", "");
	accepted(by);
	invite = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, invite, 180, "", "");
	ua_notified(by, 180, "active");
	ua_answer(anna, invite, 200, "", sdp_of(anna, 6000, ""));
	ua_expect(anna, "ACK", 100);
	ua_notified(by, 200, "terminated;reason=noresource");
	ua_ok(by, "BYE");
	ua_reinvited(stays, port);
	ua_expect(stays, "ACK", 100);
}

static void
key_1_it_goes_on_with_whom_the_other_one_gives_the_call_to(void **state)
{
	begins();
	goes_to_anna(eva, ben, 4000);
	assert_int_equal(o.n_recordings, 1);
	assert_true(is_recorded());
	talk_end_with(&t, ben, anna);
	office_media_recorded(&o, ERR_OK, 9000);
	assert_true(o.ended.keep);
}

static void
key_1_it_ends_with_who_gives_the_call_away(void **state)
{
	begins();
	goes_to_anna(ben, eva, 5000);
	assert_int_equal(o.n_recordings, 0);
	assert_false(is_recorded());
	office_media_recorded(&o, ERR_OK, 4000);
	assert_true(o.ended.keep);
	talk_end_with(&t, eva, anna);
}

static void
use_4_the_page_says_what_there_is_to_say(void **state)
{
	struct call_command cmd = {.kind = CALL_COMMAND_RECORD};
	struct call_result r;

	cmd.user = dir_user_by_login(o.fixture.directory, SLICE("1002"))->id;
	snprintf(cmd.call_id, sizeof cmd.call_id, "%s", o.live.call_id);
	call_command(o.calls, &cmd, &r);
	assert_int_equal(r.outcome, CALL_OUTCOME_DONE);
	assert_true(o.live.recorded);
	call_command(o.calls, &cmd, &r);
	assert_int_equal(r.outcome, CALL_OUTCOME_WRONG_STATE); /* one at a time */
	cmd.kind = CALL_COMMAND_END_RECORDING;
	call_command(o.calls, &cmd, &r);
	assert_int_equal(r.outcome, CALL_OUTCOME_DONE);
	assert_false(o.live.recorded);
	call_command(o.calls, &cmd, &r);
	assert_int_equal(r.outcome, CALL_OUTCOME_WRONG_STATE);
	cmd.kind = CALL_COMMAND_RECORD;
	cmd.user = dir_user_by_login(o.fixture.directory, SLICE("1007"))->id;
	call_command(o.calls, &cmd, &r);
	assert_int_equal(r.outcome, CALL_OUTCOME_NO_MAILBOX);
	settings("{'settings':{'record_calls':false}}");
	call_command(o.calls, &cmd, &r);
	assert_int_equal(r.outcome, CALL_OUTCOME_RECORDING_OFF);
	talk_end(&t);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(key_1_records_both_after_the_other_one_was_told_and_ends_by_the_same_code),
	    T(key_1_who_hangs_up_keeps_what_was_recorded),
	    T(key_1_is_refused_where_it_is_off_and_who_cannot_be_told_is_not_recorded),
	    T(key_1_a_beep_repeats_while_it_runs),
	    T(key_1_nobody_needs_to_hear_of_it_where_the_administrator_says_so),
	    T(key_1_a_full_mailbox_is_said_and_nothing_kept),
	    T(key_1_a_full_disk_is_said_and_what_there_is_is_kept),
	    T(key_1_what_is_asked_meanwhile_is_not_recorded),
	    T(key_1_it_goes_on_with_whom_the_other_one_gives_the_call_to),
	    T(key_1_it_ends_with_who_gives_the_call_away),
	    T(use_4_the_page_says_what_there_is_to_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
