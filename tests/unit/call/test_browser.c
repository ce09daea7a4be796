/* call/protect_dtls.c on the wire: browsers, which know keys by DTLS and ICE and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sip/sdp_dtls.h"
#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1','srtp':'%s'},"
    "{'name':'b1','secret':'Secret-b1-Secret1','srtp':'%s'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']}]}";

#define HEX8  "01:02:03:04:05:06:07:08:"
#define HEX24 HEX8 HEX8 HEX8

static struct office o;
static struct ua *a, *b;

static void
open_with(const char *of_a, const char *of_b)
{
	char config[2048];

	snprintf(config, sizeof config, office_text, of_a, of_b);
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
}

static void
close_office(struct talk *t)
{
	talk_end(t);
	office_close(&o);
}

/* What differs from one description of a browser to the next. */
struct page {
	const char *setup, *ufrag, *last_byte, *more;
};

/* As Chromium writes it, shorter. */
static const char *
browser_sdp(struct page p)
{
	static char text[4][3000];
	static unsigned turn;
	char *out = text[turn++ % 4];

	snprintf(out, sizeof text[0],
	    "v=0\no=- 4611731400430051336 %u IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE 0 1\n"
	    "a=extmap-allow-mixed\na=msid-semantic: WMS *\n"
	    "m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 13 126\nc=IN IP4 0.0.0.0\na=rtcp:9 IN IP4 "
	    "0.0.0.0\n"
	    "a=candidate:1 1 udp 2113937151 2b1a6cd4-5f7c-4e0c.local 50001 typ host generation 0\n"
	    "a=ice-ufrag:%s\na=ice-pwd:0123456789abcdefghijklmn\na=ice-options:trickle\n"
	    "a=fingerprint:sha-256 " HEX24 "01:02:03:04:05:06:07:%s\na=setup:%s\na=mid:0\n"
	    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\n"
	    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\n%s"
	    "a=msid:- 8c1c1fd5\na=rtcp-mux\na=rtcp-rsize\na=rtpmap:111 opus/48000/2\n"
	    "a=rtcp-fb:111 transport-cc\na=fmtp:111 minptime=10;useinbandfec=1\na=rtpmap:9 "
	    "G722/8000\n"
	    "a=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:13 CN/8000\n"
	    "a=rtpmap:126 telephone-event/8000\na=ssrc:1234 cname:x\na=ssrc:1234 msid:- 8c1c1fd5\n"
	    "m=video 9 UDP/TLS/RTP/SAVPF 96\nc=IN IP4 0.0.0.0\na=ice-ufrag:%s\n"
	    "a=ice-pwd:0123456789abcdefghijklmn\na=fingerprint:sha-256 " HEX24
	    "01:02:03:04:05:06:07:%s\na=setup:%s\na=mid:1\na=rtcp-mux\na=rtpmap:96 VP8/90000\n",
	    turn, p.ufrag, p.last_byte, p.setup, p.more ? p.more : "", p.ufrag, p.last_byte,
	    p.setup);
	return out;
}

/* Its answer to an offer of ours, which has but one media. */
static const char *
browser_answer(const char *setup, const char *more)
{
	static char text[2][1200];
	static unsigned turn;
	char *out = text[turn++ % 2];

	snprintf(out, sizeof text[0],
	    "v=0\no=- 7 %u IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE 0\n"
	    "m=audio 9 UDP/TLS/RTP/SAVPF 8\nc=IN IP4 0.0.0.0\na=ice-ufrag:bens\n"
	    "a=ice-pwd:0123456789abcdefghijklmn\na=fingerprint:sha-256 " HEX24
	    "01:02:03:04:05:06:07:bb\na=setup:%s\na=mid:0\na=rtcp-mux\na=rtpmap:8 PCMA/8000\n%s",
	    turn, setup, more);
	return out;
}

/* What one of our messages says of its first media. */
struct said {
	struct sdp sdp;
	struct sdp_transport transport;
};

static struct said
said(const char *msg)
{
	struct said s;

	assert_int_equal(sdp_parse(&s.sdp, slice_cstr(strstr(msg, "\r\n\r\n") + 4)), ERR_OK);
	assert_int_equal(sdp_transport_read(&s.sdp, 0, &s.transport), ERR_OK);
	return s;
}

static const struct media_transport *
transport(enum media_side side)
{
	return &o.stream[0].transport[side];
}

/* Nothing of the other side's way through the network. */
static void
assert_plain(const char *msg)
{
	static const char *const words[] = {"fingerprint", "setup", "ice-", "candidate", "a=mid",
	    "msid", "ssrc", "extmap", "BUNDLE", "rtcp-mux", "rtcp-fb", "rtcp-rsize", "crypto"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(msg, words[i]))
			fail_msg("%s in %s", words[i], msg);
}

/* What we say as a browser's peer, and media know of it. */
static void
assert_ours(const struct said *s, enum media_side side)
{
	const struct media_transport *t = transport(side);

	assert_true(sdp_is_dtls(&s->sdp.media[0]));
	assert_true(sdp_fingerprint_eq(&s->transport.fingerprint, office_fingerprint(NULL)));
	assert_true(s->transport.ice_lite);
	assert_true(s->transport.rtcp_mux);
	assert_true(slice_eq(s->transport.mid, SLICE("0")));
	assert_int_equal(s->transport.n_candidates, 1);
	assert_int_equal(
	    s->transport.candidate[0].addr.port, o.stream[0].open ? 20000 + 2 * side : 0);
	assert_true(t->association);
	assert_true(t->ice && t->rtcp_mux);
	assert_true(slice_eq(s->transport.ufrag, slice_make(t->ours.ufrag, sizeof t->ours.ufrag)));
	assert_true(slice_eq(s->transport.pwd, slice_make(t->ours.pwd, sizeof t->ours.pwd)));
}

static struct talk
connected(const char *invite, const char *answer)
{
	struct talk t = {.from = a, .to = b, .from_cseq = 1, .invite = invite};

	ua_answer(b, invite, 200, "", answer);
	ua_expect(b, "ACK", 100);
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	return t;
}

static const char *
plain_sdp(const struct ua *u, const char *lines)
{
	return talk_sdp(u, 5000, "RTP/AVP 8", lines);
}

/* A browser calls, a plain phone answers with its voice only. */
static struct talk
browser_calls(struct page p)
{
	open_with("optional", "off");
	a->browser = true;
	talk_dial_with(a, "102", "", browser_sdp(p));
	return connected(
	    ua_expect(b, "INVITE", 100), talk_sdp(b, 5000, "RTP/AVP 8", "m=video 0 RTP/AVP 96\n"));
}

static void
a_browser_calls_a_phone(void **state)
{
	struct talk t = browser_calls((struct page){"actpass", "anna", "aa", NULL});
	struct said asked = said(t.invite), answered = said(t.ok);

	assert_plain(t.invite);
	assert_true(slice_eq(asked.sdp.media[0].proto, SLICE("RTP/AVP")));
	assert_true(slice_eq(asked.sdp.media[0].formats, SLICE("111 9 0 8 13 126")));
	assert_int_equal(asked.sdp.media[0].dir, SDP_SENDRECV);
	assert_int_equal(asked.sdp.media[1].port, 0); /* it shares a port with the voice */

	assert_ours(&answered, MEDIA_CALLER);
	assert_int_equal(answered.transport.setup, SDP_SETUP_ACTIVE);
	assert_true(answered.transport.bundled);
	assert_non_null(strstr(t.ok, "a=group:BUNDLE 0\r\n"));
	assert_int_equal(answered.sdp.n_media, 2);
	assert_int_equal(answered.sdp.media[1].port, 0);
	assert_true(transport(MEDIA_CALLER)->active);
	assert_int_equal(transport(MEDIA_CALLER)->peer.hash, SDP_HASH_SHA_256);
	assert_int_equal(transport(MEDIA_CALLER)->peer.bytes[31], 0xaa);
	assert_int_equal(transport(MEDIA_CALLER)->peer_ufrag_bytes, 4);
	assert_memory_equal(transport(MEDIA_CALLER)->peer_ufrag, "anna", 4);
	/* its 0.0.0.0 is no hold */
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	assert_int_equal(transport(MEDIA_CALLED)->association, 0);
	close_office(&t);
}

static void
a_phone_calls_a_browser(void **state)
{
	struct media_transport first;
	struct said asked, again;
	struct talk t;
	const char *invite, *req;

	open_with("optional", "optional");
	b->browser = true;
	talk_dial_with(a, "102", "", plain_sdp(a, ""));
	invite = ua_expect(b, "INVITE", 100);
	asked = said(invite);
	assert_int_equal(asked.transport.setup, SDP_SETUP_ACTPASS);
	t = connected(invite, browser_answer("active", ""));
	assert_ours(&asked, MEDIA_CALLED);
	assert_plain(t.ok);
	assert_true(slice_eq(said(t.ok).sdp.media[0].proto, SLICE("RTP/AVP")));
	assert_false(transport(MEDIA_CALLED)->active);
	assert_int_equal(transport(MEDIA_CALLED)->peer.bytes[31], 0xbb);
	first = *transport(MEDIA_CALLED);

	/* it holds, and leaves the role to us: who was asked to begin does not begin now */
	talk_send(&t, b, "INVITE", "", browser_answer("actpass", "a=sendonly\n"));
	req = ua_expect(a, "INVITE", 100);
	assert_plain(req);
	ua_answer(a, req, 200, "", plain_sdp(a, "a=recvonly\n"));
	ua_expect(a, "ACK", 100);
	again = said(ua_expect(b, "SIP/2.0 200", 100));
	ua_in_dialog(b, t.invite, "ACK", t.to_cseq, "", "");
	office_run(&o, 10);
	assert_int_equal(again.transport.setup, SDP_SETUP_PASSIVE);
	assert_ours(&again, MEDIA_CALLED);
	assert_true(media_transport_eq(transport(MEDIA_CALLED), &first));
	close_office(&t);
}

/* Who encrypts otherwise gets keys of his own kind. */
static void
each_leg_has_its_own_kind_of_keys(void **state)
{
	const char *invite;
	struct talk t;

	open_with("optional", "required");
	a->browser = true;
	talk_dial_with(a, "102", "", browser_sdp((struct page){"actpass", "anna", "aa", NULL}));
	invite = ua_expect(b, "INVITE", 100);
	assert_true(slice_eq(said(invite).sdp.media[0].proto, SLICE("RTP/SAVP")));
	assert_non_null(strstr(invite, "a=crypto:1 "));
	t = connected(invite, talk_sdp(b, 5000, "RTP/SAVP 8",
				  "a=crypto:2 AES_CM_128_HMAC_SHA1_80 "
				  "inline:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD\n"
				  "m=video 0 RTP/SAVP 96\n"));
	assert_null(strstr(t.ok, "crypto"));
	assert_true(transport(MEDIA_CALLER)->association);
	assert_int_equal(o.stream[0].protection[MEDIA_CALLER].in.suite, MEDIA_SUITE_NONE);
	assert_int_equal(o.stream[0].protection[MEDIA_CALLED].in.suite, MEDIA_SUITE_CM_128_80);
	assert_int_equal(transport(MEDIA_CALLED)->association, 0);
	close_office(&t);
}

static void
two_browsers_are_strangers_to_each_other(void **state)
{
	struct talk t;
	struct said asked;
	const char *invite;

	open_with("optional", "optional");
	a->browser = b->browser = true;
	talk_dial_with(a, "102", "", browser_sdp((struct page){"actpass", "anna", "aa", NULL}));
	invite = ua_expect(b, "INVITE", 100);
	asked = said(invite);
	assert_null(strstr(invite, "ssrc"));
	assert_null(strstr(invite, "extmap"));
	assert_null(strstr(invite, "anna"));
	assert_non_null(strstr(invite, "rtcp-fb"));
	{
		char both[1500];

		snprintf(both, sizeof both, "%s%s", browser_answer("passive", ""),
		    "m=video 0 UDP/TLS/RTP/SAVPF 96\n");
		t = connected(invite, both);
	}
	assert_ours(&asked, MEDIA_CALLED);
	assert_null(strstr(t.ok, "bens"));
	assert_true(transport(MEDIA_CALLER)->association != transport(MEDIA_CALLED)->association);
	assert_true(transport(MEDIA_CALLED)->active);
	assert_memory_not_equal(
	    transport(MEDIA_CALLER)->ours.pwd, transport(MEDIA_CALLED)->ours.pwd, ICE_PWD_BYTES);
	close_office(&t);
}

/* A desk phone that does DTLS, without ICE: its settings say so. */
static void
a_phone_with_dtls_is_offered_it(void **state)
{
	const char *invite;
	struct talk t;

	open_with("off", "dtls");
	talk_dial_with(a, "102", "", plain_sdp(a, ""));
	invite = ua_expect(b, "INVITE", 100);
	assert_true(sdp_is_dtls(&said(invite).sdp.media[0]));
	t = connected(invite,
	    talk_sdp(b, 5000, "UDP/TLS/RTP/SAVPF 8",
		"a=fingerprint:sha-256 " HEX24 "01:02:03:04:05:06:07:bb\na=setup:active\n"));
	assert_true(transport(MEDIA_CALLED)->association);
	assert_false(transport(MEDIA_CALLED)->ice);
	assert_false(transport(MEDIA_CALLED)->rtcp_mux);
	close_office(&t);
}

/* A re-INVITE of the browser and our answer; told: the phone hears of it. */
static struct said
again(struct talk *t, struct page p, bool told)
{
	const char *ok;

	talk_send(t, a, "INVITE", "", browser_sdp(p));
	if (told) {
		const char *req = ua_expect(b, "INVITE", 100);

		assert_plain(req);
		ua_answer(
		    b, req, 200, "", talk_sdp(b, 5000, "RTP/AVP 8", "m=video 0 RTP/AVP 96\n"));
		ua_expect(b, "ACK", 100);
	}
	ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, ok, "ACK", t->from_cseq, "", "");
	ua_expect_none(b, "INVITE");
	office_run(&o, 10);
	return said(ok);
}

static void
a_changed_call_keeps_its_keys_until_the_browser_wants_others(void **state)
{
	struct talk t = browser_calls((struct page){"actpass", "anna", "aa", NULL});
	struct media_transport first = *transport(MEDIA_CALLER);
	struct said s;

	/* held and back: nothing changes */
	s = again(&t, (struct page){"actpass", "anna", "aa", "a=sendonly\n"}, true);
	assert_int_equal(s.transport.setup, SDP_SETUP_ACTIVE);
	assert_int_equal(o.live.state, LIVE_CALL_HELD);
	again(&t, (struct page){"actpass", "anna", "aa", NULL}, true);
	assert_memory_equal(transport(MEDIA_CALLER), &first, sizeof first);

	/* another network, but the phone refuses: all is as it was */
	talk_send(&t, a, "INVITE", "",
	    browser_sdp((struct page){"actpass", "anno", "aa", "a=sendonly\n"}));
	ua_answer(b, ua_expect(b, "INVITE", 100), 488, "", "");
	ua_expect(b, "ACK", 100);
	ua_ack_failure(a, ua_expect(a, "SIP/2.0 488", 100));
	office_run(&o, 10);
	assert_true(media_transport_eq(transport(MEDIA_CALLER), &first));

	/* another network: ICE begins anew on both sides, the keys stay */
	s = again(&t, (struct page){"actpass", "annb", "aa", NULL}, false);
	assert_int_equal(transport(MEDIA_CALLER)->association, first.association);
	assert_memory_equal(transport(MEDIA_CALLER)->peer_ufrag, "annb", 4);
	assert_memory_not_equal(transport(MEDIA_CALLER)->ours.pwd, first.ours.pwd, ICE_PWD_BYTES);
	assert_ours(&s, MEDIA_CALLER);

	/* another connection of the page: everything is new */
	s = again(&t, (struct page){"actpass", "annc", "ac", NULL}, false);
	assert_true(transport(MEDIA_CALLER)->association != first.association);
	assert_int_equal(transport(MEDIA_CALLER)->peer.bytes[31], 0xac);
	assert_ours(&s, MEDIA_CALLER);

	/* and the phone's own changes are none of its keys */
	first = *transport(MEDIA_CALLER);
	{
		const char *req, *ok;

		talk_send(&t, b, "INVITE", "",
		    talk_sdp(b, 5000, "RTP/AVP 8", "a=sendonly\nm=video 0 RTP/AVP 96\n"));
		req = ua_expect(a, "INVITE", 100);
		assert_int_equal(said(req).transport.setup, SDP_SETUP_ACTPASS);
		assert_true(slice_eq(said(req).transport.mid, SLICE("0")));
		ua_answer(a, req, 200, "",
		    browser_sdp((struct page){"passive", "annc", "ac", "a=recvonly\n"}));
		ua_expect(a, "ACK", 100);
		ok = ua_expect(b, "SIP/2.0 200", 100);
		assert_plain(ok);
		ua_in_dialog(b, t.invite, "ACK", t.to_cseq, "", "");
		office_run(&o, 10);
	}
	assert_memory_equal(transport(MEDIA_CALLER), &first, sizeof first);
	close_office(&t);
}

static void
who_breaks_the_rule_is_refused(void **state)
{
	static const char bare[] = "v=0\no=- 1 %d IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n"
				   "m=audio 4000 UDP/TLS/RTP/SAVPF 8\n%s";
	static const struct {
		const char *policy, *lines;
		int status;
	} cases[] = {
	    {"off", "a=setup:actpass\na=fingerprint:sha-256 " HEX24 "01:02:03:04:05:06:07:aa\n",
		488},
	    {"optional", "a=setup:actpass\n", 488}, /* nobody's */
	    {"optional", "a=setup:actpass\na=fingerprint:md5 01:02\n", 488},
	    {"optional",
		"a=setup:holdconn\na=fingerprint:sha-256 " HEX24 "01:02:03:04:05:06:07:aa\n", 488},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[1000], start[20];

		open_with(cases[i].policy, "optional");
		a->browser = true;
		snprintf(text, sizeof text, bare, (int)i, cases[i].lines);
		snprintf(start, sizeof start, "SIP/2.0 %d", cases[i].status);
		talk_dial_with(a, "102", "", text);
		ua_ack_failure(a, ua_expect(a, start, 100));
		ua_expect_none(b, "INVITE");
		office_run(&o, 40000);
		office_close(&o);
	}

	/* one that must encrypt does so with DTLS */
	{
		struct talk t;

		open_with("required", "off");
		a->browser = true;
		talk_dial_with(
		    a, "102", "", browser_sdp((struct page){"actpass", "anna", "aa", NULL}));
		t = connected(ua_expect(b, "INVITE", 100),
		    talk_sdp(b, 5000, "RTP/AVP 8", "m=video 0 RTP/AVP 96\n"));
		close_office(&t);
	}
}

/* A role that was not offered, or no certificate: no call. */
static void
bad_answers_end_the_call(void **state)
{
	const char *const answers[] = {browser_answer("actpass", ""),
	    "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\n"
	    "m=audio 4000 UDP/TLS/RTP/SAVPF 8\na=setup:active\n"};

	for (size_t i = 0; i < 2; i++) {
		open_with("optional", "optional");
		b->browser = true;
		talk_dial_with(a, "102", "", plain_sdp(a, ""));
		ua_answer(b, ua_expect(b, "INVITE", 100), 200, "", answers[i]);
		ua_expect(b, "ACK", 100);
		ua_ok(b, "BYE");
		ua_ack_failure(a, ua_expect(a, "SIP/2.0 4", 100));
		office_run(&o, 40000);
		office_close(&o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_browser_calls_a_phone),
	    cmocka_unit_test(a_phone_calls_a_browser),
	    cmocka_unit_test(each_leg_has_its_own_kind_of_keys),
	    cmocka_unit_test(two_browsers_are_strangers_to_each_other),
	    cmocka_unit_test(a_phone_with_dtls_is_offered_it),
	    cmocka_unit_test(a_changed_call_keeps_its_keys_until_the_browser_wants_others),
	    cmocka_unit_test(who_breaks_the_rule_is_refused),
	    cmocka_unit_test(bad_answers_end_the_call),
	};

	return cmocka_run_group_tests_name("call/browser", tests, NULL, NULL);
}
