/* call/codecs.c on the wire (PHO-4): lists of codecs, and translation only where nothing is common.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sound/codec.h"
#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test','codecs':'%s','comfort_noise':%s},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1','codecs':'%s'},"
    "{'name':'b1','secret':'Secret-b1-Secret1','codecs':'%s'},"
    "{'name':'e1','secret':'Secret-e1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']},{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':"
    "['107']}]}";

static struct office o;
static struct ua *a, *b;
static bool comfort_noise = true;

static void
open_with(const char *all, const char *of_a, const char *of_b)
{
	char config[2048];

	snprintf(
	    config, sizeof config, office_text, all, comfort_noise ? "true" : "false", of_a, of_b);
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
}

static const char *
sdp(const struct ua *u, int port, const char *formats, const char *lines)
{
	char all[128];

	snprintf(all, sizeof all, "RTP/AVP %s", formats);
	return talk_sdp(u, port, all, lines);
}

static void
dial(const char *body)
{
	talk_dial_with(a, "102", "", body);
}

/* The formats of the only media line. */
static const char *
formats(const char *msg)
{
	static char text[4][256];
	static unsigned turn;
	char *out = text[turn++ % 4];
	const char *p = strstr(msg, "\r\nm=audio ");

	assert_non_null(p);
	p = strstr(p, "RTP/AVP");
	snprintf(out, sizeof text[0], "%.*s", (int)strcspn(p + 8, "\r"), p + 8);
	return out;
}

/* "9 G722 > 8 PCMA, …" of what one side sends. */
static const char *
routes(enum media_side side)
{
	static char text[256];
	const struct media_translation *t = &o.stream[0].translation[side];
	struct buf w;

	buf_init(&w, text, sizeof text - 1);
	for (size_t i = 0; i < t->n_routes; i++) {
		const struct media_route *r = &t->route[i];

		buf_printf(&w, "%s%u %.*s > %u %.*s", i ? ", " : "", r->pt_in,
		    SLICE_FMT(codec_info(r->codec_in)->name), r->pt_out,
		    SLICE_FMT(codec_info(r->codec_out)->name));
	}
	text[w.n] = '\0';
	return text;
}

/* Dials, answers and acknowledges; returns what the caller got. */
static struct talk
establish(const char *offer, const char *offered, const char *answer, const char *answered)
{
	struct talk t = {.from = a, .to = b, .from_cseq = 1};

	dial(offer);
	t.invite = ua_expect(b, "INVITE", 100);
	assert_string_equal(formats(t.invite), offered);
	ua_answer(b, t.invite, 200, "", answer);
	ua_expect(b, "ACK", 100);
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(formats(t.ok), answered);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	return t;
}

static void
lists_choose_and_order(void **state)
{
	static const struct {
		const char *all, *of_a, *of_b, *offer, *offered;
	} cases[] = {
	    {"", "", "", "0 8 9", "0 8 9"},
	    {"", "", "g722,alaw", "0 8 9", "9 8"},
	    {"", "", "alaw,g722", "0 8 9", "8 9"},
	    {"", "ulaw,g722", "", "9 8 0", "0 9"},
	    {"", "ulaw,g722", "g722, alaw, ulaw", "0 8 9", "9 0"},
	    {"g722,ulaw", "", "", "0 8 9", "9 0"},
	    {"g722,ulaw", "", "alaw,ulaw", "0 8 9", "0"},
	    {"g722,ulaw", "opus,ulaw,alaw,g722", "alaw,ulaw", "0 8 9", "8 0"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk t;

		open_with(cases[i].all, cases[i].of_a, cases[i].of_b);
		t = establish(sdp(a, 4000, cases[i].offer, ""), cases[i].offered,
		    sdp(b, 5000, cases[i].offered, ""), cases[i].offered);
		assert_string_equal(routes(MEDIA_CALLER), "");
		assert_string_equal(routes(MEDIA_CALLED), "");
		talk_end(&t);
		office_close(&o);
	}
}

/* Keys and comfort noise belong to a conversation, whatever the list says; lines about formats that
 * go go with them. */
static void
keys_and_noise_stay(void **state)
{
	struct talk t;

	open_with("", "", "alaw");
	t = establish(
	    sdp(a, 4000, "111 8 13 101",
		"a=rtpmap:111 opus/48000/2\na=fmtp:111 useinbandfec=1\na=rtpmap:8 PCMA/8000\n"
		"a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:30\n"),
	    "8 13 101", sdp(b, 5000, "8 101", "a=rtpmap:101 telephone-event/8000\n"), "8 101");
	assert_null(strstr(t.invite, "111"));
	assert_non_null(strstr(t.invite, "\r\na=rtpmap:101 telephone-event/8000\r\n"));
	assert_non_null(strstr(t.invite, "\r\na=fmtp:101 0-15\r\n"));
	assert_non_null(strstr(t.invite, "\r\na=ptime:30\r\n"));
	talk_end(&t);
	office_close(&o);
}

/* Where voice is translated, each leg has comfort noise if it has asked for it, and only then. */
static void
pauses_are_agreed_on_with_each_leg(void **state)
{
	static const struct {
		const char *b_answers, *b_lines, *caller_sends, *called_sends;
		int noise_for_b, b_pauses;
	} cases[] = {
	    {"9 13", "", "8 PCMA > 9 G722, 13 CN > 13 CN", "9 G722 > 8 PCMA, 13 CN > 13 CN",
		CODEC_NOISE_8, false},
	    {"9", "", "8 PCMA > 9 G722, 13 CN > 9 G722", "9 G722 > 8 PCMA", CODEC_NONE, false},
	    {"127", "a=rtpmap:127 opus/48000/2\na=fmtp:127 useinbandfec=1; usedtx=1\n",
		"8 PCMA > 127 opus, 13 CN > 127 opus", "127 opus > 8 PCMA", CODEC_NONE, true},
	    {"127", "a=rtpmap:127 opus/48000/2\na=fmtp:127 usedtx=10\n",
		"8 PCMA > 127 opus, 13 CN > 127 opus", "127 opus > 8 PCMA", CODEC_NONE, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct media_translation *of = o.stream[0].translation;
		struct talk t;

		open_with("", "", "opus,g722");
		t = establish(sdp(a, 4000, "8 13", "a=rtpmap:13 CN/8000\n"), "127 9 13",
		    sdp(b, 5000, cases[i].b_answers, cases[i].b_lines), "8 13");
		assert_string_equal(routes(MEDIA_CALLER), cases[i].caller_sends);
		assert_string_equal(routes(MEDIA_CALLED), cases[i].called_sends);
		assert_int_equal(of[MEDIA_CALLER].noise_codec, cases[i].noise_for_b);
		assert_int_equal(of[MEDIA_CALLER].leave_pauses_out, cases[i].b_pauses);
		assert_int_equal(of[MEDIA_CALLED].noise_codec, CODEC_NOISE_8);
		assert_int_equal(of[MEDIA_CALLED].noise_pt, 13);
		talk_end(&t);
		office_close(&o);
	}
}

/* By the setting: nobody is offered it by us, or sent it. */
static void
without_silence_suppression_no_pause_is_left_out(void **state)
{
	const struct media_translation *of = o.stream[0].translation;
	struct talk t;

	comfort_noise = false;
	open_with("", "", "opus,g722");
	t = establish(sdp(a, 4000, "8 13", ""), "127 9 13", sdp(b, 5000, "9 13", ""), "8");
	assert_int_equal(of[MEDIA_CALLER].noise_codec, CODEC_NONE);
	assert_int_equal(of[MEDIA_CALLED].noise_codec, CODEC_NONE);
	talk_end(&t);
	office_close(&o);
	comfort_noise = true;
}

static void
who_has_not_asked_for_noise_gets_none(void **state)
{
	const struct media_translation *of = o.stream[0].translation;
	struct talk t;

	open_with("", "", "opus,g722");
	t = establish(sdp(a, 4000, "8", ""), "127 9", sdp(b, 5000, "9 13", ""), "8");
	assert_int_equal(of[MEDIA_CALLER].noise_codec, CODEC_NONE);
	assert_int_equal(of[MEDIA_CALLED].noise_codec, CODEC_NONE);
	talk_end(&t);
	office_close(&o);
}

/* The lists alone show that nothing is common: the called phone is offered what its list says, the
 * caller is answered with his own. */
static void
nothing_common_is_translated(void **state)
{
	struct talk t;

	open_with("", "", "opus,g722");
	t = establish(sdp(a, 4000, "8 101",
			  "a=rtpmap:101 telephone-event/8000\na=ptime:20\n"
			  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
			  "inline:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\n"),
	    "127 9 101",
	    sdp(b, 5000, "127 101",
		"a=rtpmap:127 opus/48000/2\na=rtpmap:101 telephone-event/8000\na=ptime:40\n"),
	    "8 101");
	assert_non_null(
	    strstr(t.invite, "\r\na=rtpmap:127 opus/48000/2\r\na=fmtp:127 useinbandfec=1"));
	assert_non_null(strstr(t.invite, "\r\na=rtpmap:9 G722/8000\r\n"));
	assert_null(strstr(t.invite, "ptime"));
	assert_null(strstr(t.invite, "crypto"));
	assert_null(strstr(t.ok, "opus"));
	assert_null(strstr(t.ok, "ptime"));
	assert_string_equal(
	    routes(MEDIA_CALLER), "8 PCMA > 127 opus, 101 telephone-event > 101 telephone-event");
	assert_string_equal(
	    routes(MEDIA_CALLED), "127 opus > 8 PCMA, 101 telephone-event > 101 telephone-event");
	assert_int_equal(o.stream[0].translation[MEDIA_CALLER].ptime_ms, 40);
	assert_int_equal(o.stream[0].translation[MEDIA_CALLED].ptime_ms, 20);
	assert_string_equal(o.live.codec, "PCMA/opus");
	talk_end(&t);
	assert_string_equal(o.record[0].codec, "PCMA/opus");
	office_close(&o);
}

/* Without lists nobody knows it before the phone says so: 488, and it is asked again. */
static void
a_refusal_is_asked_again_with_ours(void **state)
{
	struct talk t = {.from_cseq = 1};
	const char *first;

	open_with("", "", "");
	dial(sdp(a, 4000, "0", ""));
	first = ua_expect(b, "INVITE", 100);
	assert_string_equal(formats(first), "0");
	ua_answer(b, first, 488, "", "");
	ua_expect(b, "ACK", 100);
	t.invite = ua_expect(b, "INVITE", 100);
	assert_string_equal(formats(t.invite), "0 127 9 8 18 3");
	ua_answer(b, t.invite, 200, "", sdp(b, 5000, "9", ""));
	ua_expect(b, "ACK", 100);
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(formats(t.ok), "0");
	t.from = a;
	t.to = b;
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	assert_string_equal(routes(MEDIA_CALLER), "0 PCMU > 9 G722");
	assert_string_equal(routes(MEDIA_CALLED), "9 G722 > 0 PCMU");
	talk_end(&t);
	office_close(&o);
}

static void
a_second_refusal_is_the_last(void **state)
{
	const char *resp;

	open_with("", "", "");
	dial(sdp(a, 4000, "0", ""));
	ua_answer(b, ua_expect(b, "INVITE", 100), 488, "", "");
	ua_expect(b, "ACK", 100);
	ua_answer(b, ua_expect(b, "INVITE", 100), 488, "", "");
	ua_expect(b, "ACK", 100);
	resp = ua_expect(a, "SIP/2.0 488", 100);
	ua_ack_failure(a, resp);
	office_run(&o, 40000);
	ua_expect_none(b, "INVITE");
	office_close(&o);

	/* and of a codec that we do not speak there is nothing to be made */
	open_with("", "", "");
	dial(sdp(a, 4000, "97", "a=rtpmap:97 iLBC/8000\n"));
	ua_answer(b, ua_expect(b, "INVITE", 100), 488, "", "");
	ua_expect(b, "ACK", 100);
	resp = ua_expect(a, "SIP/2.0 488", 100);
	ua_ack_failure(a, resp);
	office_run(&o, 40000);
	ua_expect_none(b, "INVITE");
	office_close(&o);
}

/* The called phone takes what is common though ours were offered, too: nothing is translated, and
 * the caller does not hear of ours. */
static void
what_is_common_wins(void **state)
{
	struct talk t = {.from_cseq = 1};

	open_with("", "", "");
	dial(sdp(a, 4000, "0", ""));
	ua_answer(b, ua_expect(b, "INVITE", 100), 488, "", "");
	ua_expect(b, "ACK", 100);
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 200, "", sdp(b, 5000, "9 0", ""));
	ua_expect(b, "ACK", 100);
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(formats(t.ok), "0");
	t.from = a;
	t.to = b;
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	/* but it may speak the other one at any time */
	assert_string_equal(routes(MEDIA_CALLED), "0 PCMU > 0 PCMU, 9 G722 > 0 PCMU");
	assert_string_equal(routes(MEDIA_CALLER), "");
	talk_end(&t);
	office_close(&o);
}

/* The called phone's list has only what we cannot speak, and the caller has not: nobody is rung. */
static void
lists_may_leave_nothing(void **state)
{
	open_with("", "", "g723");
	dial(sdp(a, 4000, "0", ""));
	ua_ack_failure(a, ua_expect(a, "SIP/2.0 488", 100));
	ua_expect_none(b, "INVITE");
	office_run(&o, 40000);
	assert_int_equal(o.record[0].result, CDR_FAILED);
	office_close(&o);
}

/* Hold and back, from both sides, and a refresh: each is asked for what it speaks. */
static void
changes_stay_translated(void **state)
{
	struct talk t;
	const char *again;

	open_with("", "", "g722");
	t = establish(sdp(a, 4000, "0", ""), "9", sdp(b, 5000, "9", ""), "0");

	for (int i = 0; i < 2; i++) {
		talk_send(&t, a, "INVITE", "", sdp(a, 4000, "0", i ? "" : "a=sendonly\n"));
		again = ua_expect(b, "INVITE", 100);
		assert_string_equal(formats(again), "9");
		ua_answer(b, again, 200, "", sdp(b, 5000, "9", i ? "" : "a=recvonly\n"));
		ua_expect(b, "ACK", 100);
		again = ua_expect(a, "SIP/2.0 200", 100);
		assert_string_equal(formats(again), "0");
		ua_in_dialog(a, again, "ACK", t.from_cseq, "", "");
		office_run(&o, 10);
		assert_string_equal(routes(MEDIA_CALLER), "0 PCMU > 9 G722");
		assert_string_equal(routes(MEDIA_CALLED), "9 G722 > 0 PCMU");
	}
	for (int i = 0; i < 2; i++) {
		talk_send(&t, b, "INVITE", "", sdp(b, 5000, "9", i ? "" : "a=sendonly\n"));
		again = ua_expect(a, "INVITE", 100);
		assert_string_equal(formats(again), "9 0");
		ua_answer(a, again, 200, "", sdp(a, 4000, "0", i ? "" : "a=recvonly\n"));
		ua_expect(a, "ACK", 100);
		again = ua_expect(b, "SIP/2.0 200", 100);
		assert_string_equal(formats(again), "9");
		ua_in_dialog(b, t.invite, "ACK", t.to_cseq, "", "");
		office_run(&o, 10);
		assert_string_equal(routes(MEDIA_CALLER), "0 PCMU > 9 G722");
		assert_string_equal(routes(MEDIA_CALLED), "9 G722 > 0 PCMU");
	}
	talk_end(&t);
	office_close(&o);
}

/* The caller knows the other's codec after all: then nothing is translated any more. The called
 * phone sees no difference, so it is not even asked. */
static void
translation_ends_when_it_can(void **state)
{
	struct talk t;
	const char *again;

	open_with("", "", "g722");
	t = establish(sdp(a, 4000, "0", ""), "9", sdp(b, 5000, "9", ""), "0");
	assert_string_equal(routes(MEDIA_CALLER), "0 PCMU > 9 G722");
	talk_send(&t, a, "INVITE", "", sdp(a, 4000, "0 9", ""));
	again = ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(formats(again), "9");
	ua_in_dialog(a, again, "ACK", t.from_cseq, "", "");
	office_run(&o, 10);
	ua_expect_none(b, "INVITE");
	assert_string_equal(routes(MEDIA_CALLER), "");
	assert_string_equal(routes(MEDIA_CALLED), "");
	talk_end(&t);
	office_close(&o);
}

/* Packets of a profile that we cannot read pass, but there are no codecs of ours. */
static void
an_unknown_profile_is_not_translated(void **state)
{
	char text[1024];
	const char *resp, *invite;

	open_with("", "", "");
	snprintf(text, sizeof text, "%s", sdp(a, 4000, "0", ""));
	memcpy(strstr(text, "RTP/AVP"), "RTP/XYZ", 7);
	dial(text);
	invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, invite, 488, "", "");
	ua_expect(b, "ACK", 100);
	resp = ua_expect(a, "SIP/2.0 488", 100);
	ua_ack_failure(a, resp);
	office_run(&o, 40000);
	ua_expect_none(b, "INVITE");
	office_close(&o);
}

/* Other clocks of keys, and the one that fits the codec. */
static void
keys_follow_the_clock(void **state)
{
	struct talk t;

	open_with("", "", "opus");
	t = establish(sdp(a, 4000, "8 101", "a=rtpmap:101 telephone-event/8000\n"), "127 101",
	    sdp(b, 5000, "127 126",
		"a=rtpmap:127 opus/48000/2\na=rtpmap:126 telephone-event/48000\n"),
	    "8 101");
	assert_string_equal(
	    routes(MEDIA_CALLER), "8 PCMA > 127 opus, 101 telephone-event > 126 telephone-event");
	assert_int_equal(o.stream[0].translation[MEDIA_CALLER].route[1].codec_out, CODEC_EVENT_48);
	talk_end(&t);
	office_close(&o);
}

/* Who calls without a description gets an offer in the 200: it cannot refuse, so ours are in it. */
static void
late_offers_name_ours(void **state)
{
	struct talk t = {.from_cseq = 1};
	char ack[512];

	open_with("", "", "");
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial(a, "102", "", 0);
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 200, "", sdp(b, 5000, "9", ""));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(formats(t.ok), "9 127 8 0 18 3");
	snprintf(ack, sizeof ack, "%s", sdp(a, 4000, "8", ""));
	ua_in_dialog(a, t.ok, "ACK", 1, "", ack);
	assert_string_equal(formats(ua_expect(b, "ACK", 100)), "9");
	office_run(&o, 10);
	assert_string_equal(routes(MEDIA_CALLER), "8 PCMA > 9 G722");
	assert_string_equal(routes(MEDIA_CALLED), "9 G722 > 8 PCMA");
	talk_end(&t);
	office_close(&o);
}

/* by sends the other one on to who; who is offered these formats and answers with that one. */
static void
send_on(struct talk *t, struct ua *by, const char *number, struct ua *who, const char *offered,
    const char *answer)
{
	char to[64];
	const char *invite;

	snprintf(to, sizeof to, "<sip:%s@10.0.0.1>", number);
	talk_refer(t, by, to, "");
	accepted(by);
	invite = ua_expect(who, "INVITE", 100);
	assert_string_equal(formats(invite), offered);
	ua_answer(who, invite, 200, "", sdp(who, 7000, answer, ""));
	ua_expect(who, "ACK", 100);
	ua_notified(by, 200, "terminated;reason=noresource");
	ua_ok(by, "BYE");
}

/* Who stays is asked for what both speak, or for his own where that is nothing. */
static void
transfers_translate_when_they_must(void **state)
{
	struct talk t;
	struct ua *e;
	const char *again;

	open_with("", "", "g722");
	e = office_phone(&o, "e1");
	t = establish(sdp(a, 4000, "0", ""), "9", sdp(b, 5000, "9", ""), "0");
	assert_string_equal(routes(MEDIA_CALLER), "0 PCMU > 9 G722");
	send_on(&t, b, "107", e, "0", "0");
	again = ua_expect(a, "INVITE", 100);
	assert_string_equal(formats(again), "0");
	ua_answer(a, again, 200, "", sdp(a, 4000, "0", ""));
	ua_expect(a, "ACK", 100);
	office_run(&o, 10);
	assert_string_equal(routes(MEDIA_CALLER), "");
	assert_string_equal(routes(MEDIA_CALLED), "");
	talk_end_with(&t, a, e);
	office_close(&o);

	open_with("", "", "g722");
	e = office_phone(&o, "e1");
	talk_dial_with(a, "107", "", sdp(a, 4000, "0", ""));
	t = (struct talk){.from = a, .to = e, .from_cseq = 1};
	t.invite = ua_expect(e, "INVITE", 100);
	ua_answer(e, t.invite, 200, "", sdp(e, 5000, "0", ""));
	ua_expect(e, "ACK", 100);
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	assert_string_equal(routes(MEDIA_CALLER), "");
	send_on(&t, e, "102", b, "9", "9");
	again = ua_expect(a, "INVITE", 100);
	assert_string_equal(formats(again), "0");
	ua_answer(a, again, 200, "", sdp(a, 4000, "0", ""));
	ua_expect(a, "ACK", 100);
	office_run(&o, 10);
	assert_string_equal(routes(MEDIA_CALLER), "0 PCMU > 9 G722");
	assert_string_equal(routes(MEDIA_CALLED), "9 G722 > 0 PCMU");
	talk_end_with(&t, a, b);
	office_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists_choose_and_order),
	    cmocka_unit_test(keys_and_noise_stay),
	    cmocka_unit_test(pauses_are_agreed_on_with_each_leg),
	    cmocka_unit_test(who_has_not_asked_for_noise_gets_none),
	    cmocka_unit_test(without_silence_suppression_no_pause_is_left_out),
	    cmocka_unit_test(nothing_common_is_translated),
	    cmocka_unit_test(a_refusal_is_asked_again_with_ours),
	    cmocka_unit_test(a_second_refusal_is_the_last),
	    cmocka_unit_test(what_is_common_wins),
	    cmocka_unit_test(lists_may_leave_nothing),
	    cmocka_unit_test(changes_stay_translated),
	    cmocka_unit_test(translation_ends_when_it_can),
	    cmocka_unit_test(an_unknown_profile_is_not_translated),
	    cmocka_unit_test(keys_follow_the_clock),
	    cmocka_unit_test(late_offers_name_ours),
	    cmocka_unit_test(transfers_translate_when_they_must),
	};

	return cmocka_run_group_tests_name("call/codecs", tests, NULL, NULL);
}
