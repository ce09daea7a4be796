/* call/protect.c on the wire: SRTP with keys in the description (RFC 4568), each leg with its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "apps/apps.h"
#include "sip/sdp.h"
#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1','srtp':'%s'},"
    "{'name':'b1','secret':'Secret-b1-Secret1','srtp':'%s'},"
    "{'name':'c1','secret':'Secret-c1-Secret1','srtp':'required'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']},{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':"
    "['103']}]}";

/* 28 bytes of 0x01 and 30 of 0x02: what Anna's phone offers. */
#define A_GCM "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=="
#define A_CM  "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC"
/* 30 bytes of 0x03: Ben's. */
#define B_CM "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMD"

static const char a_keys[] = "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:" A_CM
			     "|2^20\na=crypto:9 AEAD_AES_128_GCM inline:" A_GCM "\n";

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

static const char *
sdp(const struct ua *u, int port, const char *proto, const char *lines)
{
	char all[32];

	snprintf(all, sizeof all, "%s 8", proto);
	return talk_sdp(u, port, all, lines);
}

static void
dial(const char *body)
{
	talk_dial_with(a, "102", "", body);
}

/* What a message says of its only media: protocol, and its keys. */
struct said {
	char proto[16];
	struct sdp_crypto key[8];
	size_t n;
};

static struct said
said(const char *msg)
{
	const char *body = strstr(msg, "\r\n\r\n") + 4;
	struct said s = {.n = 0};
	struct sdp sdp_of_msg;
	struct slice text;

	assert_int_equal(sdp_parse(&sdp_of_msg, slice_cstr(body)), ERR_OK);
	assert_int_equal(
	    slice_copy_cstr(sdp_of_msg.media[0].proto, s.proto, sizeof s.proto), ERR_OK);
	text = sdp_of_msg.media[0].text;
	while (sdp_crypto_take(&text, &s.key[s.n]))
		s.n++;
	return s;
}

static bool
is_key(const struct media_key *k, enum media_suite suite, unsigned char byte)
{
	bool same = k->suite == suite;

	for (size_t i = 0; i < media_suite_key_bytes(suite); i++)
		same &= k->bytes[i] == byte;
	return same;
}

static bool
is_told(const struct media_key *k, const struct sdp_crypto *c)
{
	return slice_eq(media_suite_name(k->suite), c->suite) &&
	       memcmp(k->bytes, c->key, c->n_key) == 0;
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

static void
each_leg_has_its_own_keys(void **state)
{
	const struct media_protection *caller = &o.stream[0].protection[MEDIA_CALLER];
	const struct media_protection *called = &o.stream[0].protection[MEDIA_CALLED];
	struct said asked, answered;
	struct talk t;
	const char *invite;

	open_with("optional", "optional");
	dial(sdp(a, 4000, "RTP/SAVP", a_keys));
	invite = ua_expect(b, "INVITE", 100);
	asked = said(invite);
	assert_string_equal(asked.proto, "RTP/SAVP");
	assert_int_equal(asked.n, 3);
	assert_true(slice_eq(asked.key[0].suite, SLICE("AEAD_AES_128_GCM")));
	assert_int_equal(asked.key[1].tag, 2);
	assert_true(slice_eq(asked.key[1].suite, SLICE("AES_CM_128_HMAC_SHA1_80")));
	assert_null(strstr(invite, A_GCM));
	assert_null(strstr(invite, A_CM));
	t = connected(invite,
	    sdp(b, 5000, "RTP/SAVP", "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\n"));

	/* of what Anna offered the best, under her tag */
	answered = said(t.ok);
	assert_string_equal(answered.proto, "RTP/SAVP");
	assert_int_equal(answered.n, 1);
	assert_int_equal(answered.key[0].tag, 9);
	assert_null(strstr(t.ok, B_CM));
	assert_true(is_key(&caller->in, MEDIA_SUITE_GCM_128, 1));
	assert_true(is_told(&caller->out, &answered.key[0]));
	assert_true(is_key(&called->in, MEDIA_SUITE_CM_128_80, 3));
	assert_true(is_told(&called->out, &asked.key[1]));
	assert_memory_not_equal(caller->out.bytes, called->out.bytes, 28);
	talk_end(&t);
	office_close(&o);
}

/* The called phone knows no encryption: it is asked again without, and the caller's leg stays
 * encrypted. */
static void
one_leg_may_be_plain(void **state)
{
	struct talk t;
	const char *invite;

	open_with("optional", "optional");
	dial(sdp(a, 4000, "RTP/SAVP", a_keys));
	ua_answer(b, ua_expect(b, "INVITE", 100), 488, "", "");
	ua_expect(b, "ACK", 100);
	invite = ua_expect(b, "INVITE", 100);
	assert_string_equal(said(invite).proto, "RTP/AVP");
	assert_int_equal(said(invite).n, 0);
	t = connected(invite, sdp(b, 5000, "RTP/AVP", ""));
	assert_string_equal(said(t.ok).proto, "RTP/SAVP");
	assert_int_equal(said(t.ok).n, 1);
	assert_true(is_key(&o.stream[0].protection[MEDIA_CALLER].in, MEDIA_SUITE_GCM_128, 1));
	assert_int_equal(o.stream[0].protection[MEDIA_CALLED].in.suite, MEDIA_SUITE_NONE);
	talk_end(&t);
	office_close(&o);

	/* its settings say so: it is not asked in vain */
	open_with("optional", "off");
	dial(sdp(a, 4000, "RTP/SAVPF", a_keys));
	invite = ua_expect(b, "INVITE", 100);
	assert_string_equal(said(invite).proto, "RTP/AVPF");
	t = connected(invite, sdp(b, 5000, "RTP/AVPF", ""));
	assert_string_equal(said(t.ok).proto, "RTP/SAVPF");
	talk_end(&t);
	office_close(&o);
}

/* Cleo picks up what rings at Ben's: two offers, each with its keys, become each other's answer. */
static void
pick_up(struct ua *c, const char *rung, const char *body, struct talk *t)
{
	talk_dial_with(c, "*8102", "", body);
	t->from = a;
	t->to = c;
	t->invite = NULL;
	t->ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, t->ok, "ACK", 1, "", "");
	ua_ok(b, "CANCEL");
	ua_answer(b, rung, 487, "", "");
	ua_expect(b, "ACK", 100);
}

static void
a_ringing_call_is_picked_up_encrypted_key(void **state)
{
	static const char c_keys[] = "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\n";
	const struct media_protection *caller = &o.stream[0].protection[MEDIA_CALLER];
	const struct media_protection *called = &o.stream[0].protection[MEDIA_CALLED];

	for (int plain = 0; plain < 2; plain++) { /* the caller's leg may be plain all the same */
		struct said to_a, to_c;
		struct talk t;
		struct ua *c;
		const char *rung, *ok;

		open_with("optional", "optional");
		c = office_phone(&o, "c1");
		dial(plain ? sdp(a, 4000, "RTP/AVP", "") : sdp(a, 4000, "RTP/SAVP", a_keys));
		rung = ua_expect(b, "INVITE", 100);
		ua_answer(b, rung, 180, "", "");
		ua_expect(a, "SIP/2.0 180", 100);

		/* who must encrypt and does not is refused, and it rings on */
		talk_dial_with(c, "*8102", "", sdp(c, 6000, "RTP/AVP", ""));
		ua_ack_failure(c, ua_expect(c, "SIP/2.0 488", 100));
		ua_expect_none(b, "CANCEL");

		pick_up(c, rung, sdp(c, 6000, "RTP/SAVP", c_keys), &t);
		ok = ua_expect(c, "SIP/2.0 200", 100);
		ua_in_dialog(c, ok, "ACK", 1, "", "");
		to_a = said(t.ok);
		to_c = said(ok);
		assert_string_equal(to_a.proto, plain ? "RTP/AVP" : "RTP/SAVP");
		assert_int_equal(to_a.n, plain ? 0 : 1);
		assert_string_equal(to_c.proto, "RTP/SAVP");
		assert_int_equal(to_c.n, 1);
		assert_int_equal(to_c.key[0].tag, 4);
		assert_null(strstr(t.ok, B_CM)); /* nobody's keys reach the other one */
		assert_null(strstr(ok, A_GCM));
		assert_true(is_key(&called->in, MEDIA_SUITE_CM_128_80, 3));
		assert_true(is_told(&called->out, &to_c.key[0]));
		if (plain) {
			assert_int_equal(caller->in.suite, MEDIA_SUITE_NONE);
		} else {
			assert_int_equal(to_a.key[0].tag, 9);
			assert_true(is_key(&caller->in, MEDIA_SUITE_GCM_128, 1));
			assert_true(is_told(&caller->out, &to_a.key[0]));
		}
		ua_in_dialog(a, t.ok, "BYE", 2, "", "");
		ua_ok(c, "BYE");
		office_close(&o);
	}
}

/* KEY, SEC: what a leg was answered is offered to it again when somebody else takes the other seat;
 * it answers with its own tag, which is none of those that we give. */
static void
who_is_parked_stays_encrypted(void **state)
{
	const struct media_protection *caller = &o.stream[0].protection[MEDIA_CALLER];
	const char *asked;
	struct talk t;

	office_set_apps(apps);
	open_with("optional", "optional");
	dial(sdp(a, 4000, "RTP/SAVP", a_keys));
	t = connected(ua_expect(b, "INVITE", 100),
	    sdp(b, 5000, "RTP/SAVP", "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\n"));
	talk_refer(&t, b, "<sip:*0812@strowger>", "Refer-Sub: false\n");
	ua_expect(b, "SIP/2.0 202", 100);
	ua_ok(b, "BYE");
	asked = ua_expect(a, "INVITE", 1000);
	assert_int_equal(said(asked).key[0].tag, 9);
	ua_answer(a, asked, 200, "",
	    sdp(a, 4000, "RTP/SAVP", "a=crypto:9 AEAD_AES_128_GCM inline:" A_GCM "\n"));
	ua_expect(a, "ACK", 100);
	ua_expect_none(a, "BYE");
	assert_true(o.orbit.taken);
	assert_true(is_key(&caller->in, MEDIA_SUITE_GCM_128, 1));
	talk_send(&t, a, "BYE", "", "");
	ua_expect(a, "SIP/2.0 200", 100);
	office_close(&o);
	office_set_apps(NULL);
}

/* The other way: the caller knows none, the called phone must encrypt. */
static void
a_phone_that_must_is_asked_to(void **state)
{
	struct talk t;
	struct said asked;
	const char *invite;

	open_with("optional", "required");
	dial(sdp(a, 4000, "RTP/AVP", ""));
	invite = ua_expect(b, "INVITE", 100);
	asked = said(invite);
	assert_string_equal(asked.proto, "RTP/SAVP");
	t = connected(invite,
	    sdp(b, 5000, "RTP/SAVP", "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\n"));
	assert_string_equal(said(t.ok).proto, "RTP/AVP");
	assert_int_equal(said(t.ok).n, 0);
	assert_int_equal(o.stream[0].protection[MEDIA_CALLER].in.suite, MEDIA_SUITE_NONE);
	assert_true(is_key(&o.stream[0].protection[MEDIA_CALLED].in, MEDIA_SUITE_CM_128_80, 3));

	/* hold and back: the keys stay, and what was agreed stands first */
	for (int i = 0; i < 2; i++) {
		const char *again;
		struct said now;

		talk_send(&t, a, "INVITE", "", sdp(a, 4000, "RTP/AVP", i ? "" : "a=sendonly\n"));
		again = ua_expect(b, "INVITE", 100);
		now = said(again);
		assert_string_equal(now.proto, "RTP/SAVP");
		assert_int_equal(now.n, 3);
		assert_int_equal(now.key[0].tag, 2);
		assert_true(slice_eq(now.key[0].suite, SLICE("AES_CM_128_HMAC_SHA1_80")));
		assert_memory_equal(now.key[0].key, asked.key[1].key, asked.key[1].n_key);
		ua_answer(b, again, 200, "",
		    sdp(b, 5000, "RTP/SAVP",
			"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\n"));
		ua_expect(b, "ACK", 100);
		again = ua_expect(a, "SIP/2.0 200", 100);
		assert_string_equal(said(again).proto, "RTP/AVP");
		ua_in_dialog(a, again, "ACK", t.from_cseq, "", "");
		office_run(&o, 10);
	}
	talk_end(&t);
	office_close(&o);
}

/* One side begins to encrypt in the middle of a call: the other keeps what it has, and is not even
 * asked. */
static void
re_offers_keep_what_the_other_has(void **state)
{
	struct talk t;
	const char *invite, *again;

	open_with("optional", "optional");
	dial(sdp(a, 4000, "RTP/AVP", ""));
	invite = ua_expect(b, "INVITE", 100);
	t = connected(invite, sdp(b, 5000, "RTP/AVP", ""));
	talk_send(&t, b, "INVITE", "",
	    sdp(b, 5000, "RTP/SAVP", "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\n"));
	again = ua_expect(b, "SIP/2.0 200", 100);
	assert_string_equal(said(again).proto, "RTP/SAVP");
	ua_in_dialog(b, t.invite, "ACK", t.to_cseq, "", "");
	ua_expect_none(a, "INVITE");
	office_run(&o, 10);
	assert_true(is_key(&o.stream[0].protection[MEDIA_CALLED].in, MEDIA_SUITE_CM_128_80, 3));
	assert_int_equal(o.stream[0].protection[MEDIA_CALLER].in.suite, MEDIA_SUITE_NONE);

	/* and a change of the encrypted one reaches the plain one as a plain one */
	talk_send(&t, b, "INVITE", "",
	    sdp(b, 5000, "RTP/SAVP",
		"a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\na=sendonly\n"));
	again = ua_expect(a, "INVITE", 100);
	assert_string_equal(said(again).proto, "RTP/AVP");
	assert_int_equal(said(again).n, 0);
	ua_answer(a, again, 200, "", sdp(a, 4000, "RTP/AVP", "a=recvonly\n"));
	ua_expect(a, "ACK", 100);
	assert_string_equal(said(ua_expect(b, "SIP/2.0 200", 100)).proto, "RTP/SAVP");
	ua_in_dialog(b, t.invite, "ACK", t.to_cseq, "", "");
	talk_end(&t);
	office_close(&o);
}

static void
who_breaks_the_rule_is_refused(void **state)
{
	static const struct {
		const char *policy, *proto, *lines;
	} cases[] = {
	    {"off", "RTP/SAVP", a_keys},
	    {"required", "RTP/AVP", ""},
	    {"optional", "RTP/SAVP", ""}, /* without a key */
	    {"optional", "RTP/SAVP", "a=crypto:1 F8_128_HMAC_SHA1_80 inline:" A_CM "\n"},
	    {"optional", "RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" A_GCM "\n"},
	    {"optional", "RTP/SAVP",
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" A_CM " UNENCRYPTED_SRTP\n"},
	    {"optional", "RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" A_CM "|1:4\n"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		open_with(cases[i].policy, "optional");
		dial(sdp(a, 4000, cases[i].proto, cases[i].lines));
		ua_ack_failure(a, ua_expect(a, "SIP/2.0 488", 100));
		ua_expect_none(b, "INVITE");
		office_run(&o, 40000);
		office_close(&o);
	}
}

/* An answer with a key that was not offered: rather no call than one that somebody else reads. */
static void
bad_answers_end_the_call(void **state)
{
	static const char *const answers[] = {"", "a=crypto:2 AEAD_AES_128_GCM inline:" A_GCM "\n",
	    "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:" B_CM "\n"};

	for (size_t i = 0; i < 3; i++) {
		const char *invite;

		open_with("optional", "required");
		dial(sdp(a, 4000, "RTP/AVP", ""));
		invite = ua_expect(b, "INVITE", 100);
		ua_answer(b, invite, 200, "", sdp(b, 5000, "RTP/SAVP", answers[i]));
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
	    cmocka_unit_test(each_leg_has_its_own_keys),
	    cmocka_unit_test(one_leg_may_be_plain),
	    cmocka_unit_test(a_ringing_call_is_picked_up_encrypted_key),
	    cmocka_unit_test(who_is_parked_stays_encrypted),
	    cmocka_unit_test(a_phone_that_must_is_asked_to),
	    cmocka_unit_test(re_offers_keep_what_the_other_has),
	    cmocka_unit_test(who_breaks_the_rule_is_refused),
	    cmocka_unit_test(bad_answers_end_the_call),
	};

	return cmocka_run_group_tests_name("call/protect", tests, NULL, NULL);
}
