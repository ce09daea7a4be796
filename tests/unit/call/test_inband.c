/* call/inband.c on the wire (PHO-5, progressinband): what a caller hears before the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1','progress_inband':'%s'},"
    "{'name':'b1','secret':'Secret-b1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']}]}";

static struct office o;
static struct ua *a, *b;
static struct talk t;

static const char *
voice(const struct ua *u, int port)
{
	return talk_sdp(u, port, "RTP/AVP 8 0", "");
}

static void
dial(const char *wish, const char *extra)
{
	char config[1024];

	snprintf(config, sizeof config, office_text, wish);
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, "102", extra, voice(a, 4000));
	t.invite = ua_expect(b, "INVITE", 100);
}

static void
answer(void)
{
	ua_answer(b, t.invite, 200, "", voice(b, 5000));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_non_null(strstr(t.ok, "m=audio"));
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	ua_expect(b, "ACK", 100);
}

static const struct media_service *
heard(void)
{
	return &o.stream[0].service[MEDIA_CALLER];
}

static void
who_wants_it_hears_our_ringing_tone_until_the_answer(void **state)
{
	const char *progress;

	dial("yes", "");
	ua_answer(b, t.invite, 180, "", "");
	progress = ua_expect(a, "SIP/2.0 183", 100);
	assert_non_null(strstr(progress, "m=audio"));
	assert_null(strstr(progress, " 4000 ")); /* ports of ours */
	assert_ptr_equal(heard()->sound, office_ringback(&o));
	assert_int_equal(heard()->out.codec, CODEC_PCMA);
	ua_answer(b, t.invite, 180, "", ""); /* once more is nothing new */
	office_run(&o, 100);
	ua_expect_none(a, "SIP/2.0 18");
	answer();
	assert_null(heard()->sound);
	assert_non_null(strstr(t.ok, "RTP/AVP 8 0"));
	talk_end(&t);
	office_close(&o);
}

static void
what_the_called_side_sends_goes_before_our_tone(void **state)
{
	dial("yes", "");
	ua_answer(b, t.invite, 180, "", "");
	ua_expect(a, "SIP/2.0 183", 100);
	ua_answer(b, t.invite, 183, "", voice(b, 5000));
	ua_expect(a, "SIP/2.0 183", 100);
	assert_null(heard()->sound);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	answer();
	talk_end(&t);
	office_close(&o);
}

static void
others_hear_that_it_rings_by_themselves(void **state)
{
	dial("no", "");
	ua_answer(b, t.invite, 180, "", "");
	assert_null(strstr(ua_expect(a, "SIP/2.0 180", 100), "m=audio"));
	assert_null(heard()->sound);
	answer();
	talk_end(&t);
	office_close(&o);
}

/* SRTP: it is told a key with the 183, and the same one with the answer. */
static void
an_encrypted_caller_hears_the_tone_with_its_key(void **state)
{
	char config[1024], early[80];
	const char *line;

	snprintf(config, sizeof config, office_text, "yes");
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, "102", "",
	    talk_sdp(a, 4000, "RTP/SAVP 8",
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
		"inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n"));
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 180, "", "");
	line = strstr(ua_expect(a, "SIP/2.0 183", 100), "a=crypto:1 AES_CM_128_HMAC_SHA1_80");
	assert_non_null(line);
	snprintf(early, sizeof early, "%.78s", line);
	assert_null(strstr(early, "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"));
	assert_ptr_equal(heard()->sound, office_ringback(&o));
	ua_answer(b, t.invite, 200, "",
	    strstr(t.invite, "RTP/SAVP") ? talk_sdp(b, 5000, "RTP/SAVP 8",
					       "a=crypto:2 AES_CM_128_HMAC_SHA1_80 "
					       "inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR\n")
					 : voice(b, 5000));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_non_null(strstr(t.ok, early));
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	ua_expect(b, "ACK", 100);
	talk_end(&t);
	office_close(&o);
}

/* On hold before the call has begun: such a caller wants to hear nothing. */
static void
who_sends_only_is_not_sent_a_tone(void **state)
{
	char config[1024];

	snprintf(config, sizeof config, office_text, "yes");
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, "102", "", talk_sdp(a, 4000, "RTP/AVP 8", "a=sendonly\n"));
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 180, "", "");
	ua_expect(a, "SIP/2.0 180", 100);
	assert_null(heard()->sound);
	ua_answer(b, t.invite, 486, "", "");
	ua_expect(a, "SIP/2.0 486", 100);
	office_close(&o);
}

static void
never_means_that_nothing_passes_before_the_answer(void **state)
{
	dial("never", "");
	ua_answer(b, t.invite, 183, "", voice(b, 5000));
	assert_null(strstr(ua_expect(a, "SIP/2.0 180", 100), "m=audio"));
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 0);
	assert_null(heard()->sound);
	answer();
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	talk_end(&t);
	office_close(&o);
}

/* RFC 3262: the SDP of the 183 was the answer, the 200 has none; it counts from the answer on. */
static void
never_keeps_an_answer_that_came_early(void **state)
{
	dial("never", "Supported: 100rel\n");
	ua_answer(b, t.invite, 183, "Require: 100rel\nRSeq: 1\n", voice(b, 5000));
	ua_expect(b, "PRACK", 100);
	assert_null(strstr(ua_expect(a, "SIP/2.0 180", 100), "m=audio"));
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 0);
	ua_answer(b, t.invite, 200, "", "");
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_non_null(strstr(t.ok, "m=audio"));
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	ua_expect(b, "ACK", 100);
	talk_end(&t);
	office_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_wants_it_hears_our_ringing_tone_until_the_answer),
	    cmocka_unit_test(what_the_called_side_sends_goes_before_our_tone),
	    cmocka_unit_test(others_hear_that_it_rings_by_themselves),
	    cmocka_unit_test(an_encrypted_caller_hears_the_tone_with_its_key),
	    cmocka_unit_test(who_sends_only_is_not_sent_a_tone),
	    cmocka_unit_test(never_means_that_nothing_passes_before_the_answer),
	    cmocka_unit_test(never_keeps_an_answer_that_came_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
