/* call/keys.c on the wire (PHO-5, LIN-2: dtmfmode): keys get from each way of sending them into
 * each other one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test'},'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1','dtmf':'%s'},"
    "{'name':'b1','secret':'Secret-b1-Secret1','dtmf':'%s'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']}]}";

static struct office o;
static struct ua *a, *b;
static struct talk t;

/* PCMA, with packets of keys or without. */
static const char *
sdp_with(const struct ua *u, int port, bool events, const char *more)
{
	static char lines[256];

	snprintf(lines, sizeof lines, "%s%s",
	    events ? "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\n" : "", more);
	return talk_sdp(u, port, events ? "RTP/AVP 8 101" : "RTP/AVP 8", lines);
}

static const char *
sdp(const struct ua *u, int port, bool events)
{
	return sdp_with(u, port, events, "");
}

static bool
has_events(const char *message)
{
	return strstr(message, "telephone-event/8000");
}

static void
open_with(const char *mode_a, const char *mode_b)
{
	char config[1024];

	snprintf(config, sizeof config, office_text, mode_a, mode_b);
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
}

/* Phones answer with what they know of what they are offered. */
static void
establish(bool a_events, bool b_events)
{
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, "102", "", sdp(a, 4000, a_events));
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 200, "", sdp(b, 5000, b_events && has_events(t.invite)));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	ua_expect(b, "ACK", 100);
}

static void
assert_keys(enum media_side from, enum media_keys in, enum media_keys out)
{
	const struct media_translation *what = &o.stream[0].translation[from];

	assert_int_equal(what->keys_in, in);
	assert_int_equal(what->keys_out, out);
	if (!in)
		return;
	assert_true(what->n_routes >= 1);
	assert_int_equal(what->route[0].codec_in, CODEC_PCMA);
	assert_int_equal(what->route[0].codec_out, CODEC_PCMA);
	if (in == MEDIA_KEYS_EVENTS)
		assert_int_equal(what->route[1].codec_in, CODEC_EVENT_8);
	if (out == MEDIA_KEYS_EVENTS)
		assert_int_equal(what->key_codec, CODEC_EVENT_8);
}

static void
end(void)
{
	talk_end(&t);
	office_close(&o);
}

/* What is not said differently stays between the phones. */
static void
automatic_is_what_both_have(void **state)
{
	for (int events = 0; events < 4; events++) {
		open_with("auto", "auto");
		establish(events & 1, events & 2);
		assert_true(has_events(t.invite) == (events & 1));
		assert_true(has_events(t.ok) == (events == 3));
		assert_keys(MEDIA_CALLER, MEDIA_KEYS_PASS, MEDIA_KEYS_PASS);
		assert_keys(MEDIA_CALLED, MEDIA_KEYS_PASS, MEDIA_KEYS_PASS);
		end();
	}
}

static void
a_phone_with_tones_is_called(void **state)
{
	open_with("auto", "inband");
	establish(true, true);
	assert_false(has_events(t.invite)); /* it shall send none */
	assert_true(has_events(t.ok));	    /* the caller may */
	assert_keys(MEDIA_CALLER, MEDIA_KEYS_EVENTS, MEDIA_KEYS_TONES);
	assert_keys(MEDIA_CALLED, MEDIA_KEYS_TONES, MEDIA_KEYS_EVENTS);
	end();
}

static void
a_phone_with_tones_calls(void **state)
{
	open_with("inband", "rfc4733");
	establish(false, true);
	assert_true(has_events(t.invite)); /* put in for who wants them */
	assert_false(has_events(t.ok));
	assert_keys(MEDIA_CALLER, MEDIA_KEYS_TONES, MEDIA_KEYS_EVENTS);
	assert_keys(MEDIA_CALLED, MEDIA_KEYS_EVENTS, MEDIA_KEYS_TONES);
	end();
}

/* It offers packets of keys, too, but it is set to tones: then it is not told that we want them. */
static void
the_setting_counts_more_than_the_offer(void **state)
{
	open_with("inband", "auto");
	establish(true, true);
	assert_false(has_events(t.ok));
	assert_keys(MEDIA_CALLER, MEDIA_KEYS_TONES, MEDIA_KEYS_EVENTS);
	end();
}

static void
both_with_tones_need_nobody(void **state)
{
	open_with("inband", "inband");
	establish(true, true);
	assert_false(has_events(t.invite));
	assert_false(has_events(t.ok));
	assert_keys(MEDIA_CALLER, MEDIA_KEYS_PASS, MEDIA_KEYS_PASS);
	assert_keys(MEDIA_CALLED, MEDIA_KEYS_PASS, MEDIA_KEYS_PASS);
	end();
}

static const char relay_5[] = "Content-Type: application/dtmf-relay\n";

static void
an_info_becomes_a_key(void **state)
{
	const char *ok;

	open_with("info", "auto");
	establish(true, true);
	assert_false(has_events(t.ok));
	assert_keys(MEDIA_CALLER, MEDIA_KEYS_TOLD, MEDIA_KEYS_EVENTS);
	talk_send(&t, a, "INFO", relay_5, "Signal=5\r\nDuration=250\r\n");
	ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_non_null(strstr(ok, "INFO"));
	ua_expect_none(b, "INFO");
	assert_string_equal(o.pressed, "5");
	assert_int_equal(o.pressed_to, MEDIA_CALLED);
	assert_int_equal(o.pressed_ms, 250);

	/* other ways to say it */
	talk_send(&t, a, "INFO", relay_5, "Duration = 100\r\nSignal= 11\r\n");
	ua_expect(a, "SIP/2.0 200", 100);
	talk_send(&t, a, "INFO", "Content-Type: application/dtmf\n", "*");
	ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(o.pressed, "5#*");

	/* what is no key goes to the other phone, which may know what it means */
	talk_send(&t, a, "INFO", relay_5, "Signal=47\r\n");
	ua_ok(b, "INFO");
	ua_expect(a, "SIP/2.0 200", 100);
	talk_send(&t, a, "INFO", "Content-Type: application/media_control+xml\n", "<x/>");
	ua_ok(b, "INFO");
	ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(o.pressed, "5#*");
	end();
}

static void
a_key_becomes_an_info(void **state)
{
	const char *info;

	open_with("auto", "info");
	establish(true, true);
	assert_false(has_events(t.invite));
	assert_true(has_events(t.ok));
	assert_keys(MEDIA_CALLER, MEDIA_KEYS_EVENTS, MEDIA_KEYS_TOLD);
	office_media_key(&o, 0, MEDIA_CALLER, '#', 180);
	info = ua_ok(b, "INFO");
	assert_non_null(strstr(info, "application/dtmf-relay"));
	assert_non_null(strstr(info, "Signal=#\r\nDuration=180\r\n"));
	ua_expect_none(a, "INFO");
	end();
}

static void
infos_pass_between_two_who_like_them(void **state)
{
	open_with("info", "info");
	establish(true, true);
	assert_keys(MEDIA_CALLER, MEDIA_KEYS_PASS, MEDIA_KEYS_PASS);
	talk_send(&t, a, "INFO", relay_5, "Signal=5\r\nDuration=250\r\n");
	assert_non_null(strstr(ua_ok(b, "INFO"), "Signal=5"));
	ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(o.pressed, "");
	end();
}

/* Nobody said that it would: the first INFO shows it. */
static void
a_phone_surprises_with_an_info(void **state)
{
	for (int events = 0; events < 2; events++) {
		open_with("auto", "auto");
		establish(events, events);
		assert_keys(MEDIA_CALLER, MEDIA_KEYS_PASS, MEDIA_KEYS_PASS);
		talk_send(&t, a, "INFO", relay_5, "Signal=9\r\nDuration=100\r\n");
		ua_expect(a, "SIP/2.0 200", 100);
		assert_string_equal(o.pressed, "9");
		assert_int_equal(o.stream[0].translation[MEDIA_CALLER].keys_out,
		    events ? MEDIA_KEYS_EVENTS : MEDIA_KEYS_TONES);
		assert_keys(MEDIA_CALLED, MEDIA_KEYS_PASS, MEDIA_KEYS_PASS);
		end();
	}
}

/* Hold and back: it stays as it was. */
static void
changes_keep_it(void **state)
{
	const char *again;

	open_with("auto", "inband");
	establish(true, true);
	for (int i = 0; i < 2; i++) {
		talk_send(&t, a, "INVITE", "", sdp_with(a, 4000, true, i ? "" : "a=sendonly\n"));
		again = ua_expect(b, "INVITE", 100);
		assert_false(has_events(again));
		ua_answer(b, again, 200, "", sdp_with(b, 5000, false, i ? "" : "a=recvonly\n"));
		ua_expect(b, "ACK", 100);
		again = ua_expect(a, "SIP/2.0 200", 100);
		assert_true(has_events(again));
		ua_in_dialog(a, again, "ACK", t.from_cseq, "", "");
		office_run(&o, 10);
		assert_keys(MEDIA_CALLER, MEDIA_KEYS_EVENTS, MEDIA_KEYS_TONES);
	}
	end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(automatic_is_what_both_have),
	    cmocka_unit_test(a_phone_with_tones_is_called),
	    cmocka_unit_test(a_phone_with_tones_calls),
	    cmocka_unit_test(the_setting_counts_more_than_the_offer),
	    cmocka_unit_test(both_with_tones_need_nobody),
	    cmocka_unit_test(an_info_becomes_a_key),
	    cmocka_unit_test(a_key_becomes_an_info),
	    cmocka_unit_test(infos_pass_between_two_who_like_them),
	    cmocka_unit_test(a_phone_surprises_with_an_info),
	    cmocka_unit_test(changes_keep_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
