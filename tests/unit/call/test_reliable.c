/* call/: reliable provisional responses on the wire (RFC 3262). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "office.h"

static struct office o;
static struct ua *ben, *anna, *anna2;

static int
set_up(void **state)
{
	office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

static const char *
ben_calls(const char *extra, const char *body)
{
	static unsigned n;

	n++;
	ua_send(ben,
	    "INVITE sip:101@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKr%u\n"
	    "Max-Forwards: 70\nFrom: <sip:b1@$PBX>;tag=ben\nTo: <sip:101@$PBX>\n"
	    "Call-ID: reliable-%u@test\nCSeq: 7 INVITE\nContact: <sip:b1@$ME>\n%s%s"
	    "Content-Length: $LEN\n\n%s",
	    n, n, extra, *body ? "Content-Type: application/sdp\n" : "", body);
	return ua_expect(anna, "INVITE", 100);
}

static const char *
with_rseq(unsigned rseq)
{
	static char text[64];

	snprintf(text, sizeof text, "Require: 100rel\nRSeq: %u\n", rseq);
	return text;
}

/* PRACK of what u got in resp. */
static void
prack(struct ua *u, const char *resp, int cseq, const char *body)
{
	char rack[600], rseq[512];

	snprintf(rack, sizeof rack, "RAck: %s 7 INVITE\n", header(resp, "RSeq", rseq));
	assert_true(*rseq);
	ua_in_dialog(u, resp, "PRACK", cseq, rack, body);
}

static void
assert_rack(const char *msg, const char *want)
{
	char value[512];

	assert_string_equal(header(msg, "RAck", value), want);
}

static void
anna_ends(const char *invite)
{
	ua_in_dialog(anna, invite, "BYE", 90, "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
}

/* 4: called phones are acknowledged, in order, once. */
static void
phones_that_ring_reliably_get_their_prack(void **state)
{
	const char *invite = ben_calls("", sdp_of(ben, 4000, "")), *p;
	char value[512];

	assert_non_null(strstr(header(invite, "Supported", value), "100rel"));
	ua_answer(anna, invite, 180, with_rseq(10), "");
	p = ua_expect(anna, "PRACK", 100);
	assert_rack(p, "10 1 INVITE");
	ua_answer(anna, p, 200, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	ua_answer(anna, invite, 180, with_rseq(10), "");		     /* again */
	ua_answer(anna, invite, 183, with_rseq(12), sdp_of(anna, 5000, "")); /* 11 is missing */
	office_run(&o, 50);
	ua_expect_none(anna, "PRACK");
	ua_expect_none(ben, "SIP/2.0 183");
	ua_answer(anna, invite, 183, with_rseq(11), sdp_of(anna, 5000, ""));
	p = ua_expect(anna, "PRACK", 100);
	assert_rack(p, "11 1 INVITE");
	ua_answer(anna, p, 200, "", "");
	p = ua_expect(ben, "SIP/2.0 183", 100); /* he cannot, so as ever */
	assert_string_equal(header(p, "RSeq", value), "");
	ua_answer(anna, invite, 200, "", ""); /* no SDP again: it was the answer */
	ua_expect(anna, "ACK", 100);
	p = ua_expect(ben, "SIP/2.0 200", 100);
	assert_non_null(strstr(p, "m=audio 20000"));
	ua_in_dialog(ben, p, "ACK", 7, "", "");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	anna_ends(invite);
}

/* A proxy behind the phone's address forks: each early dialog gets its own PRACK (4). */
static void
other_early_dialogs_get_their_prack_too(void **state)
{
	const char *invite = ben_calls("", sdp_of(ben, 4000, "")), *p = NULL;
	char via[512], from[512], to[512], id[512], value[512];

	ua_answer(anna, invite, 180, with_rseq(3), "");
	ua_answer(anna, ua_expect(anna, "PRACK", 100), 200, "", "");
	header(invite, "To", to);
	for (int round = 0; round < 2; round++) { /* the second time it is a repetition */
		ua_send(anna,
		    "SIP/2.0 183 Fork\nVia: %s\nFrom: %s\nTo: %s;tag=fork\nCall-ID: %s\n"
		    "CSeq: 1 INVITE\nContact: <sip:fork@$ME>\nRequire: 100rel\nRSeq: 88\n"
		    "Content-Length: 0\n\n",
		    header(invite, "Via", via), header(invite, "From", from), to,
		    header(invite, "Call-ID", id));
		if (round == 0) {
			p = ua_expect(anna, "PRACK sip:fork@", 100);
			assert_rack(p, "88 1 INVITE");
			assert_non_null(strstr(header(p, "To", value), ";tag=fork"));
		}
		office_run(&o, 20);
	}
	ua_answer(anna, p, 200, "", "");
	ua_expect_none(anna, "PRACK sip:fork");
	ua_answer(anna, invite, 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
}

/* 3: an 18x with SDP is repeated until its PRACK, and the 200 waits for it. */
static void
callers_that_can_are_told_reliably(void **state)
{
	const char *invite = ben_calls("Supported: 100rel\n", sdp_of(ben, 4000, "")), *r, *ok;
	char value[512];

	ua_answer(anna, invite, 180, "", "");
	r = ua_expect(ben, "SIP/2.0 180", 100);
	assert_string_equal(header(r, "RSeq", value), ""); /* it says nothing of media */
	ua_answer(anna, invite, 183, "", sdp_of(anna, 5000, ""));
	r = ua_expect(ben, "SIP/2.0 183", 100);
	assert_string_equal(header(r, "Require", value), "100rel");
	ua_expect(ben, "SIP/2.0 183", 520);
	ua_expect(ben, "SIP/2.0 183", 1020);
	ua_answer(anna, invite, 200, "", sdp_of(anna, 5000, ""));
	ua_expect(anna, "ACK", 100);
	office_run(&o, 50);
	ua_expect_none(ben, "SIP/2.0 200");
	ua_in_dialog(ben, r, "PRACK", 8, "RAck: 1 7 INVITE\n", ""); /* not what we sent */
	ua_expect(ben, "SIP/2.0 481", 100);
	ua_in_dialog(ben, r, "PRACK", 9, "", "");
	ua_expect(ben, "SIP/2.0 481", 100);
	prack(ben, r, 10, "");
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_string_equal(header(ok, "CSeq", value), "10 PRACK");
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_string_equal(header(ok, "CSeq", value), "7 INVITE");
	ua_in_dialog(ben, ok, "ACK", 7, "", "");
	prack(ben, r, 11, ""); /* once more: nothing waits (3) */
	ua_expect(ben, "SIP/2.0 481", 100);
	office_run(&o, 2000);
	ua_expect_none(ben, "SIP/2.0 183");
	ua_expect_none(ben, "INVITE"); /* nothing to correct */
	anna_ends(invite);
	office_run(&o, 100);
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
}

/* Who insists gets every 18x reliably, one after the other; the newest waiting one counts. */
static void
callers_that_insist(void **state)
{
	const char *invite = ben_calls("Require: 100rel\n", sdp_of(ben, 4000, "")), *r1, *r2;
	char a[512], b[512];

	ua_answer(anna, invite, 180, "", "");
	r1 = ua_expect(ben, "SIP/2.0 180", 100);
	ua_answer(anna, invite, 183, "", sdp_of(anna, 5000, ""));
	office_run(&o, 50);
	ua_expect_none(ben, "SIP/2.0 183");
	prack(ben, r1, 8, "");
	ua_expect(ben, "SIP/2.0 200", 100);
	r2 = ua_expect(ben, "SIP/2.0 183", 100);
	assert_non_null(strstr(r2, "m=audio 20000"));
	header(r1, "RSeq", a);
	header(r2, "RSeq", b);
	assert_int_equal(strtoul(b, NULL, 10), strtoul(a, NULL, 10) + 1);
	prack(ben, r2, 9, "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_answer(anna, invite, 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
}

/* 3: no PRACK for 64*T1 is the end, also when somebody answered meanwhile. */
static void
no_prack_ends_the_call(void **state)
{
	for (int answered = 0; answered < 2; answered++) {
		const char *invite = ben_calls("Supported: 100rel\n", sdp_of(ben, 4000, ""));
		const char *r;

		ua_answer(anna, invite, 183, "", sdp_of(anna, 5000, ""));
		ua_expect(ben, "SIP/2.0 183", 100);
		if (answered) {
			ua_answer(anna, invite, 200, "", sdp_of(anna, 5000, ""));
			ua_expect(anna, "ACK", 100);
		} else { /* keep the 30 s of ringing out of it */
			office_run(&o, 29000);
			ua_answer(anna, invite, 180, "", "");
		}
		if (!answered) {
			ua_expect(ben, "SIP/2.0 480", 2000);
			ua_answer(anna, ua_expect(anna, "CANCEL", 100), 200, "", "");
			ua_answer(anna, invite, 487, "", "");
			continue;
		}
		r = ua_expect(ben, "SIP/2.0 504", 32100);
		ua_ack_failure(ben, r);
		ua_answer(anna, ua_expect(anna, "BYE", 100), 200, "", "");
		office_run(&o, 100);
		assert_int_equal(o.record[1].result, CDR_FAILED);
		assert_int_equal(o.record[1].answered_at, 0);
	}
}

/* While the 200 waits, the call can end from either side. */
static void
ends_while_the_200_waits(void **state)
{
	for (int by_anna = 0; by_anna < 2; by_anna++) {
		const char *invite = ben_calls("Supported: 100rel\n", sdp_of(ben, 4000, "")), *r;
		char via[512], from[512], id[512];

		ua_answer(anna, invite, 183, "", sdp_of(anna, 5000, ""));
		r = ua_expect(ben, "SIP/2.0 183", 100);
		ua_answer(anna, invite, 200, "", sdp_of(anna, 5000, ""));
		ua_expect(anna, "ACK", 100);
		if (by_anna) {
			ua_in_dialog(anna, invite, "BYE", 90, "", "");
			ua_expect(anna, "SIP/2.0 200", 100);
			ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 480", 100));
			continue;
		}
		header(r, "Via", via);
		*strstr(via, ";received") = '\0';
		ua_send(ben,
		    "CANCEL sip:101@$PBX SIP/2.0\nVia: %s\nFrom: %s\nTo: <sip:101@$PBX>\n"
		    "Call-ID: %s\nCSeq: 7 CANCEL\nMax-Forwards: 70\nContent-Length: 0\n\n",
		    via, header(r, "From", from), header(r, "Call-ID", id));
		ua_expect(ben, "SIP/2.0 200", 100);
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 487", 100));
		ua_answer(anna, ua_expect(anna, "BYE", 100), 200, "", "");
	}
}

/* 5: the INVITE has no offer: it comes in the 183, the answer in the PRACK. */
static void
a_late_offer_travels_in_183_and_prack(void **state)
{
	const char *invite = ben_calls("Supported: 100rel\n", ""), *r, *p, *ok;
	char value[512];

	assert_non_null(strstr(header(invite, "Supported", value), "100rel"));
	assert_null(strstr(invite, "m=audio"));
	ua_answer(anna, invite, 183, with_rseq(1), sdp_of(anna, 5000, ""));
	r = ua_expect(ben, "SIP/2.0 183", 100);
	assert_non_null(strstr(r, "m=audio 20000"));
	ua_expect_none(anna, "PRACK"); /* it owes the answer */
	prack(ben, r, 8, sdp_of(ben, 4000, ""));
	ua_expect(ben, "SIP/2.0 200", 100);
	p = ua_expect(anna, "PRACK", 100);
	assert_rack(p, "1 1 INVITE");
	assert_non_null(strstr(p, "m=audio 20002"));
	ua_answer(anna, p, 200, "", "");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	ua_answer(anna, invite, 200, "", "");
	p = ua_expect(anna, "ACK", 100);
	assert_null(strstr(p, "m=audio"));
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_null(strstr(ok, "m=audio"));
	ua_in_dialog(ben, ok, "ACK", 7, "", "");
	office_run(&o, 10);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	anna_ends(invite);
}

/* Without an offer of ours, phones are asked for reliable answers only when the caller could
 * take the offer, and only when one phone rings. */
static void
when_late_offers_are_asked_for(void **state)
{
	static const struct {
		const char *extra;
		bool two_phones, want;
	} cases[] = {{"", false, false}, {"Supported: 100rel\n", false, true},
	    {"Supported: 100rel\n", true, false}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *invite;
		char value[512];

		if (cases[i].two_phones)
			anna2 = office_phone(&o, "a2");
		invite = ben_calls(cases[i].extra, "");
		assert_int_equal(
		    strstr(header(invite, "Supported", value), "100rel") != NULL, cases[i].want);
		if (!cases[i].want) { /* it does it all the same: a PRACK that wants no media */
			ua_answer(anna, invite, 183, with_rseq(1), sdp_of(anna, 5000, ""));
			ua_answer(anna, ua_expect(anna, "PRACK", 100), 200, "", "");
		}
		ua_answer(anna, invite, 603, "", "");
		if (cases[i].two_phones) {
			const char *other = ua_expect(anna2, "INVITE", 100);

			ua_answer(anna2, other, 603, "", "");
		}
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 603", 100));
		office_run(&o, 100);
	}
}

/* Two phones: the caller agreed to the media of one, the other one answers. */
static void
another_phone_than_the_early_one_wins(void **state)
{
	const char *i1, *i2, *r, *ok, *again;
	static const char other_codec[] = "v=0\no=- 1 1 IN IP4 10.0.1.3\ns=-\nc=IN IP4 10.0.1.3\n"
					  "t=0 0\nm=audio 6000 RTP/AVP 0\n";

	anna2 = office_phone(&o, "a2");
	i1 = ben_calls("Supported: 100rel\n", sdp_of(ben, 4000, ""));
	i2 = ua_expect(anna2, "INVITE", 100);
	ua_answer(anna, i1, 183, "", sdp_of(anna, 5000, ""));
	r = ua_expect(ben, "SIP/2.0 183", 100);
	prack(ben, r, 8, "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_answer(anna2, i2, 200, "", other_codec);
	ua_expect(anna2, "ACK", 100);
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_answer(anna, ua_expect(anna, "CANCEL", 100), 200, "", "");
	ua_answer(anna, i1, 487, "", "");
	ua_in_dialog(ben, ok, "ACK", 7, "", "");
	again = ua_expect(ben, "INVITE", 100); /* he keeps to the 183, so he is told */
	assert_non_null(strstr(again, "m=audio 20000 RTP/AVP 0\r"));
	ua_answer(ben, again, 200, "", sdp_of(ben, 4000, ""));
	ua_expect(ben, "ACK", 100);
	ua_in_dialog(anna2, i2, "BYE", 90, "", "");
	ua_expect(anna2, "SIP/2.0 200", 100);
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
}

/* The same when that one, too, has said its media in a reliable 183, which is not heard: its 200
 * need not say them again (RFC 3261, 13.2.1). */
static void
who_was_not_heard_early_need_not_say_it_again(void **state)
{
	const char *i1, *i2, *r, *ok;

	anna2 = office_phone(&o, "a2");
	i1 = ben_calls("Supported: 100rel\n", sdp_of(ben, 4000, ""));
	i2 = ua_expect(anna2, "INVITE", 100);
	ua_answer(anna, i1, 183, with_rseq(31), sdp_of(anna, 5000, ""));
	ua_answer(anna, ua_expect(anna, "PRACK", 100), 200, "", "");
	r = ua_expect(ben, "SIP/2.0 183", 100);
	prack(ben, r, 8, "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_answer(anna2, i2, 183, with_rseq(41), sdp_of(anna2, 6000, ""));
	ua_answer(anna2, ua_expect(anna2, "PRACK", 100), 200, "", "");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	ua_answer(anna2, i2, 200, "", "");
	ua_expect(anna2, "ACK", 100);
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 6000);
	ua_answer(anna, ua_expect(anna, "CANCEL", 100), 200, "", "");
	ua_answer(anna, i1, 487, "", "");
	ua_in_dialog(ben, ok, "ACK", 7, "", "");
	ua_expect_none(ben, "BYE");
	ua_in_dialog(anna2, i2, "BYE", 90, "", "");
	ua_expect(anna2, "SIP/2.0 200", 100);
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(phones_that_ring_reliably_get_their_prack),
	    TEST(other_early_dialogs_get_their_prack_too),
	    TEST(callers_that_can_are_told_reliably),
	    TEST(callers_that_insist),
	    TEST(no_prack_ends_the_call),
	    TEST(ends_while_the_200_waits),
	    TEST(a_late_offer_travels_in_183_and_prack),
	    TEST(when_late_offers_are_asked_for),
	    TEST(another_phone_than_the_early_one_wins),
	    TEST(who_was_not_heard_early_need_not_say_it_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
