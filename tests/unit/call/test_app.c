/* call/app.c on the wire: what answers a call instead of a person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "call/app.h"
#include "talk.h"

static struct office o;
static struct ua *ben, *anna, *eva;
static char told[256]; /* what the app was told, word by word */
static struct call_app *running;

/* ---- an app that does nothing by itself ---- */

static void
note(const char *word)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof told - n, "%s ", word);
}

static void
begin(struct call_app *a)
{
	running = a;
	note("begin");
	call_app_tone(a, TONE_CONFIRM);
}

static void
on_key(struct call_app *a, char key)
{
	note((char[]){key, '\0'});
	if (key == '#')
		call_app_hang_up(a);
	if (key == '1')
		call_app_order(a);
	if (key == '2')
		call_app_music(a);
}

static void
on_played(struct call_app *a)
{
	note("played");
}

static void
on_result(struct call_app *a, enum feature_outcome outcome)
{
	note(outcome == FEATURE_DONE ? "done" : "not");
	call_app_hang_up(a);
}

static void
on_end(struct call_app *a)
{
	assert_true(!running || a == running); /* it may never have begun */
	running = NULL;
	note("end");
}

static const struct call_app_kind app = {.name = "test",
    .begin = begin,
    .on_key = on_key,
    .on_played = on_played,
    .on_result = on_result,
    .on_end = on_end};
static const struct call_app_kind *const kinds[ROUTING_APPS] = {&app, &app};

static int
set_up(void **state)
{
	office_set_apps(kinds);
	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	eva = office_phone(&o, "e1");
	told[0] = '\0';
	running = NULL;
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	office_set_apps(NULL);
	return 0;
}

/* Ben has dialled a code and hears what the app says. */
static struct talk
dial_app(const char *extra, const char *body)
{
	struct talk t = {.from = ben, .from_cseq = 1};

	talk_dial_with(ben, "*09", extra, body);
	t.ok = ua_expect(ben, "SIP/2.0 200", 1000);
	ua_in_dialog(ben, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	return t;
}

static const struct media_service *
heard(void)
{
	return &o.stream[0].service[MEDIA_CALLER];
}

static void
ends(struct talk *t)
{
	talk_send(t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	office_run(&o, 10);
}

static void
it_speaks_what_the_phone_speaks_and_begins_when_that_has_confirmed(void **state)
{
	struct talk t = {.from = ben, .from_cseq = 1};

	talk_dial_with(ben, "*09", "",
	    talk_sdp(ben, 4000, "RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000\n"));
	t.ok = ua_expect(ben, "SIP/2.0 200", 1000);
	assert_non_null(strstr(t.ok, "m=audio 20000 RTP/AVP 8 0 101\r\n"));
	assert_string_equal(told, "");
	ua_in_dialog(ben, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	assert_string_equal(told, "begin ");
	assert_ptr_equal(heard()->sound, office_sound(&o));
	assert_int_equal(heard()->out.payload_type, 8);
	assert_true(heard()->listening.keys);
	assert_false(heard()->listening.flags & LISTEN_DTMF); /* they come as packets */
	office_media_played(&o, 0, MEDIA_CALLER);
	assert_string_equal(told, "begin played ");
	assert_null(heard()->sound);
	ends(&t);
	assert_string_equal(told, "begin played end ");
}

static void
keys_come_by_packets_and_by_info_and_one_of_them_hangs_up(void **state)
{
	struct talk t = dial_app("", talk_sdp(ben, 4000, "RTP/AVP 8", ""));

	assert_true(heard()->listening.flags & LISTEN_DTMF); /* else they are in the voice */
	office_media_key(&o, 0, MEDIA_CALLER, '5', 160);
	talk_send(
	    &t, ben, "INFO", "Content-Type: application/dtmf-relay\n", "Signal=7\nDuration=160\n");
	ua_expect(ben, "SIP/2.0 200", 100);
	assert_string_equal(told, "begin 5 7 ");
	office_media_key(&o, 0, MEDIA_CALLER, '#', 160);
	ua_ok(ben, "BYE");
	office_run(&o, 10);
	assert_string_equal(told, "begin 5 7 # end ");
}

static void
hold_and_resume_are_answered_without_anybody_there(void **state)
{
	struct talk t = dial_app("", talk_sdp(ben, 4000, "RTP/AVP 8", ""));
	const char *ok;

	talk_send(&t, ben, "INVITE", "", talk_sdp(ben, 4000, "RTP/AVP 8", "a=sendonly\n"));
	ok = ua_expect(ben, "SIP/2.0 200", 1000);
	assert_non_null(strstr(ok, "a=recvonly"));
	ua_in_dialog(ben, ok, "ACK", t.from_cseq, "", "");
	talk_send(&t, ben, "INVITE", "", talk_sdp(ben, 4002, "RTP/AVP 0", "a=sendrecv\n"));
	ok = ua_expect(ben, "SIP/2.0 200", 1000);
	assert_non_null(strstr(ok, "RTP/AVP 0\r\n"));
	assert_non_null(strstr(ok, "a=sendrecv"));
	ua_in_dialog(ben, ok, "ACK", t.from_cseq, "", "");
	office_run(&o, 10);
	assert_int_equal(heard()->out.payload_type, 0);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4002);
	ends(&t);
}

static void
a_caller_without_an_offer_gets_one(void **state)
{
	const char *ok;

	talk_dial(ben, "*09", "", 0);
	ok = ua_expect(ben, "SIP/2.0 200", 1000);
	assert_non_null(strstr(ok, "RTP/AVP 9 8 0 "));
	ua_in_dialog(ben, ok, "ACK", 1, "", talk_sdp(ben, 4000, "RTP/AVP 0", ""));
	office_run(&o, 10);
	assert_string_equal(told, "begin ");
	assert_int_equal(heard()->out.payload_type, 0);
	ua_in_dialog(ben, ok, "BYE", 2, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
}

static void
an_invite_in_the_dialog_without_an_offer_gets_one(void **state)
{
	struct talk t = dial_app("", talk_sdp(ben, 4000, "RTP/AVP 8", ""));
	const char *ok;

	talk_send(&t, ben, "INVITE", "", "");
	ok = ua_expect(ben, "SIP/2.0 200", 1000);
	assert_non_null(strstr(ok, "m=audio 20000"));
	ua_in_dialog(ben, ok, "ACK", t.from_cseq, "", talk_sdp(ben, 4004, "RTP/AVP 8", ""));
	office_run(&o, 10);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4004);
	ends(&t);
}

static void
a_phone_that_speaks_nothing_we_know_is_refused(void **state)
{
	talk_dial_with(
	    ben, "*09", "", talk_sdp(ben, 4000, "RTP/AVP 97", "a=rtpmap:97 AMR-WB/16000\n"));
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 488", 1000));
	assert_string_equal(told, "end ");
}

static void
what_is_ordered_is_told_also_when_the_caller_has_gone(void **state)
{
	struct talk t = dial_app("", talk_sdp(ben, 4000, "RTP/AVP 8", ""));
	struct feature_result r;

	office_media_key(&o, 0, MEDIA_CALLER, '1', 160);
	assert_int_equal(o.n_orders, 1);
	assert_int_equal(o.order.feature, FEATURE_DND_ON);
	assert_int_equal(o.order.user, dir_user_by_number(o.fixture.directory, SLICE("102"))->id);
	assert_int_equal(o.order.phone, dir_phone_by_name(o.fixture.directory, SLICE("b1"))->id);
	r = (struct feature_result){o.order.id, FEATURE_DONE};
	ends(&t);
	call_on_feature_result(o.calls, &r);
	assert_string_equal(told, "begin 1 end ");
	office_run(&o, 100); /* its media ports are free again */
	told[0] = '\0';
	t = dial_app("", talk_sdp(ben, 4010, "RTP/AVP 8", ""));
	office_media_key(&o, 0, MEDIA_CALLER, '1', 160);
	r = (struct feature_result){o.order.id, FEATURE_DONE};
	call_on_feature_result(o.calls, &r);
	ua_ok(ben, "BYE");
	call_on_feature_result(o.calls, &r); /* once */
	assert_string_equal(told, "begin 1 done end ");
}

static void
somebody_who_talks_can_be_transferred_to_it(void **state)
{
	struct talk t = talk_connect(ben, "107", eva, 4000);

	talk_refer(&t, eva, "<sip:*09@10.0.0.1>", "");
	accepted(eva);
	ua_notified(eva, 200, "terminated");
	ua_ok(eva, "BYE");
	ua_reinvited(ben, 4002);
	office_run(&o, 100);
	assert_string_equal(told, "begin ");
	assert_ptr_equal(heard()->sound, office_sound(&o));
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
}

static void
music_is_what_everybody_on_hold_hears(void **state)
{
	struct talk t = dial_app("", talk_sdp(ben, 4000, "RTP/AVP 8", ""));

	office_media_key(&o, 0, MEDIA_CALLER, '2', 160);
	assert_ptr_equal(heard()->sound, office_music(&o));
	ends(&t);
}

static void
nothing_to_play_does_not_end_in_silence(void **state)
{
	struct talk t;

	o.silent = true;
	t = dial_app("", talk_sdp(ben, 4000, "RTP/AVP 8", ""));
	assert_string_equal(told, "begin played ");
	ends(&t);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(it_speaks_what_the_phone_speaks_and_begins_when_that_has_confirmed),
	    T(keys_come_by_packets_and_by_info_and_one_of_them_hangs_up),
	    T(hold_and_resume_are_answered_without_anybody_there),
	    T(a_caller_without_an_offer_gets_one),
	    T(an_invite_in_the_dialog_without_an_offer_gets_one),
	    T(a_phone_that_speaks_nothing_we_know_is_refused),
	    T(what_is_ordered_is_told_also_when_the_caller_has_gone),
	    T(somebody_who_talks_can_be_transferred_to_it),
	    T(music_is_what_everybody_on_hold_hears),
	    T(nothing_to_play_does_not_end_in_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
