/* call/: UPDATE on the wire, while it rings and in an answered call (RFC 3311, 4028). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "office.h"

#define ALLOW "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\n"

static struct office o;
static struct ua *ben, *anna;

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
ben_calls(const char *extra)
{
	static unsigned n;

	n++;
	ua_send(ben,
	    "INVITE sip:101@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKu%u\n"
	    "Max-Forwards: 70\nFrom: <sip:b1@$PBX>;tag=ben\nTo: <sip:101@$PBX>\n"
	    "Call-ID: update-%u@test\nCSeq: 7 INVITE\nContact: <sip:b1@$ME>\n%s"
	    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
	    n, n, extra, sdp_of(ben, 4000, ""));
	return ua_expect(anna, "INVITE", 100);
}

struct talk {
	const char *invite, *ok; /* as Anna's and Ben's phones got them */
};

/* ben, anna: what their first messages carry. */
static struct talk
talk(const char *of_ben, const char *of_anna)
{
	struct talk t = {.invite = ben_calls(of_ben)};

	ua_answer(anna, t.invite, 200, of_anna, sdp_of(anna, 5000, ""));
	ua_expect(anna, "ACK", 100);
	t.ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, t.ok, "ACK", 7, "", "");
	office_run(&o, 10);
	return t;
}

static void
hang_up(const struct talk *t)
{
	ua_in_dialog(ben, t->ok, "BYE", 99, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_answer(anna, ua_expect(anna, "BYE", 1000), 200, "", "");
}

/* Ringing, both sides have agreed to media: Anna's 183 and Ben's PRACK. */
static struct talk
early(const char *of_ben, const char *of_anna)
{
	struct talk t;
	char extra[256], rack[600], rseq[512];

	snprintf(extra, sizeof extra, "Supported: 100rel\n%s", of_ben);
	t.invite = ben_calls(extra);
	snprintf(extra, sizeof extra, "Require: 100rel\nRSeq: 1\n%s", of_anna);
	ua_answer(anna, t.invite, 183, extra, sdp_of(anna, 5000, ""));
	ua_answer(anna, ua_expect(anna, "PRACK", 100), 200, "", "");
	t.ok = ua_expect(ben, "SIP/2.0 183", 100);
	snprintf(rack, sizeof rack, "RAck: %s 7 INVITE\n", header(t.ok, "RSeq", rseq));
	ua_in_dialog(ben, t.ok, "PRACK", 8, rack, "");
	ua_expect(ben, "SIP/2.0 200", 100);
	return t;
}

static void
refuse_call(const struct talk *t)
{
	ua_answer(anna, t->invite, 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
}

static const char hold[] = "a=sendonly\n";

static void
assert_cseq(const char *msg, const char *want)
{
	char value[512];

	assert_string_equal(header(msg, "CSeq", value), want);
}

/* 5.1, 5.2: carried as UPDATE when the peer allows it, else as re-INVITE. */
static void
an_offer_is_carried_as_the_peer_can(void **state)
{
	for (int allows = 0; allows < 2; allows++) {
		struct talk t = talk(ALLOW, allows ? ALLOW : "Allow: INVITE\n");
		const char *carried, *ok;
		char value[512];

		ua_in_dialog(ben, t.ok, "UPDATE", 8, "", sdp_of(ben, 4000, hold));
		carried = ua_expect(anna, allows ? "UPDATE" : "INVITE", 100);
		assert_non_null(strstr(carried, "a=sendonly"));
		assert_string_equal(header(carried, "P-Asserted-Identity", value),
		    "\"Ben Cohn\" <sip:102@10.0.0.1>");
		ua_answer(anna, carried, 200, "", sdp_of(anna, 5000, "a=recvonly\n"));
		if (!allows)
			ua_expect(anna, "ACK", 100);
		ok = ua_expect(ben, "SIP/2.0 200", 100);
		assert_cseq(ok, "8 UPDATE");
		assert_non_null(strstr(ok, "a=recvonly"));
		assert_string_equal(
		    header(ok, "P-Asserted-Identity", value), "\"Anna Berg\" <sip:101@10.0.0.1>");
		assert_int_equal(o.live.state, LIVE_CALL_HELD);
		hang_up(&t);
	}
}

/* A refusal leaves media as they were and reaches who asked. */
static void
refusals_come_back(void **state)
{
	static const struct {
		int from_anna;
		const char *to_ben;
	} cases[] = {
	    {488, "SIP/2.0 488"}, {491, "SIP/2.0 491"}, {401, "SIP/2.0 488"}, {504, "SIP/2.0 504"}};
	struct talk t = talk(ALLOW, ALLOW);
	const char *carried;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ua_in_dialog(ben, t.ok, "UPDATE", (int)(8 + i), "", sdp_of(ben, 4000, hold));
		carried = ua_expect(anna, "UPDATE", 100);
		ua_answer(anna, carried, cases[i].from_anna, "", "");
		ua_expect(ben, cases[i].to_ben, 100);
		assert_true(o.stream[0].peer[MEDIA_CALLER].send);
		assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	}
	/* a phone that does not know it after all is asked in the other way from then on */
	ua_in_dialog(ben, t.ok, "UPDATE", 20, "", sdp_of(ben, 4000, hold));
	ua_answer(anna, ua_expect(anna, "UPDATE", 100), 501, "", "");
	ua_expect(ben, "SIP/2.0 501", 100);
	ua_in_dialog(ben, t.ok, "UPDATE", 21, "", sdp_of(ben, 4000, hold));
	carried = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, carried, 200, "", sdp_of(anna, 5000, "a=recvonly\n"));
	ua_expect(anna, "ACK", 100);
	ua_expect(ben, "SIP/2.0 200", 100);
	hang_up(&t);
}

/* A peer that forgot the call ends it (RFC 3261, 12.2.1.2). */
static void
a_forgotten_call_ends(void **state)
{
	struct talk t = talk(ALLOW, ALLOW);

	ua_in_dialog(ben, t.ok, "UPDATE", 8, "", sdp_of(ben, 4000, hold));
	ua_answer(anna, ua_expect(anna, "UPDATE", 100), 481, "", "");
	ua_answer(ben, ua_expect(ben, "BYE", 100), 200, "", "");
	ua_expect(ben, "SIP/2.0 481", 100);
	ua_answer(anna, ua_expect(anna, "BYE", 100), 481, "", "");
}

/* 5.2: one at a time. */
static void
glare_is_refused(void **state)
{
	struct talk t = talk(ALLOW, ALLOW);
	const char *carried, *r;
	char value[512];

	ua_in_dialog(ben, t.ok, "UPDATE", 8, "", sdp_of(ben, 4000, hold));
	carried = ua_expect(anna, "UPDATE", 100);
	ua_in_dialog(ben, t.ok, "UPDATE", 9, "", sdp_of(ben, 4000, "")); /* his second */
	r = ua_expect(ben, "SIP/2.0 500", 100);
	assert_true(*header(r, "Retry-After", value));
	ua_in_dialog(
	    anna, t.invite, "UPDATE", 8, "", sdp_of(anna, 5000, hold)); /* she meets ours */
	ua_expect(anna, "SIP/2.0 491", 100);
	ua_in_dialog(anna, t.invite, "INVITE", 9, "", sdp_of(anna, 5000, hold));
	ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 491", 100));
	ua_in_dialog(ben, t.ok, "INVITE", 10, "", sdp_of(ben, 4000, ""));
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 491", 100));
	ua_answer(anna, carried, 200, "", sdp_of(anna, 5000, "a=recvonly\n"));
	ua_expect(ben, "SIP/2.0 200", 100);
	/* and while a re-INVITE is open */
	ua_in_dialog(ben, t.ok, "INVITE", 11, "", sdp_of(ben, 4000, ""));
	carried = ua_expect(anna, "INVITE", 100);
	ua_in_dialog(anna, t.invite, "UPDATE", 12, "", sdp_of(anna, 5000, hold));
	ua_expect(anna, "SIP/2.0 491", 100);
	ua_answer(anna, carried, 200, "", sdp_of(anna, 5000, ""));
	ua_expect(anna, "ACK", 100);
	ua_in_dialog(ben, ua_expect(ben, "SIP/2.0 200", 100), "ACK", 11, "", "");
	hang_up(&t);
}

static void
bad_updates_are_refused(void **state)
{
	static const struct {
		const char *extra, *body, *answer;
	} cases[] = {
	    {"Require: foo\n", "", "SIP/2.0 420"},
	    {"Supported: timer\nSession-Expires: 30\n", "", "SIP/2.0 422"},
	    {"", "garbage\n", "SIP/2.0 400"},
	    {"",
		"v=0\no=- 1 1 IN IP4 10.0.1.1\ns=-\nc=IN IP4 10.0.1.1\nt=0 0\n"
		"m=message 4000 TCP/MSRP *\n",
		"SIP/2.0 488"},
	};
	struct talk t = talk(ALLOW, ALLOW);

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ua_in_dialog(ben, t.ok, "UPDATE", (int)(8 + i), cases[i].extra, cases[i].body);
		ua_expect(ben, cases[i].answer, 100);
		ua_expect_none(anna, "UPDATE");
	}
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	hang_up(&t);
}

/* While it rings: offers go as UPDATE or not at all (504). */
static void
early_offers(void **state)
{
	static const struct {
		const char *what, *of_ben, *of_anna;
		bool by_anna;
		const char *answer; /* NULL: carried */
	} cases[] = {
	    {"caller, carried", ALLOW, ALLOW, false, NULL},
	    {"caller, the phone does not allow it", ALLOW, "", false, "SIP/2.0 504"},
	    {"called phone, carried", ALLOW, ALLOW, true, NULL},
	    {"called phone, the caller does not allow it", "", ALLOW, true, "SIP/2.0 504"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk t = early(cases[i].of_ben, cases[i].of_anna);
		struct ua *asks = cases[i].by_anna ? anna : ben,
			  *other = cases[i].by_anna ? ben : anna;
		const char *carried;

		ua_in_dialog(asks, cases[i].by_anna ? t.invite : t.ok, "UPDATE", 20, "",
		    sdp_of(asks, 7000, "a=inactive\n"));
		if (cases[i].answer) {
			ua_expect(asks, cases[i].answer, 100);
			ua_expect_none(other, "UPDATE");
		} else {
			carried = ua_expect(other, "UPDATE", 100);
			assert_non_null(strstr(carried, "a=inactive"));
			ua_answer(other, carried, 200, "", sdp_of(other, 7100, "a=inactive\n"));
			assert_non_null(strstr(ua_expect(asks, "SIP/2.0 200", 100), "a=inactive"));
		}
		refuse_call(&t);
		office_run(&o, 100);
	}
}

/* 5.2: before the first answer, nobody may offer. */
static void
offers_before_the_first_answer(void **state)
{
	struct talk t = {.invite = ben_calls(ALLOW)};
	const char *r;
	char value[512];

	ua_answer(anna, t.invite, 180, ALLOW, "");
	t.ok = ua_expect(ben, "SIP/2.0 180", 100);
	ua_in_dialog(ben, t.ok, "UPDATE", 20, "", sdp_of(ben, 4000, hold));
	r = ua_expect(ben, "SIP/2.0 500", 100);
	assert_true(*header(r, "Retry-After", value));
	ua_in_dialog(anna, t.invite, "UPDATE", 20, "", sdp_of(anna, 5000, hold));
	ua_expect(anna, "SIP/2.0 491", 100);
	ua_in_dialog(ben, t.ok, "UPDATE", 21, "", ""); /* a target refresh is no offer */
	ua_expect(ben, "SIP/2.0 200", 100);
	refuse_call(&t);
}

/* The phone that rings goes while an UPDATE waits for it. */
static void
who_waits_is_told_when_the_other_goes(void **state)
{
	struct talk t = early(ALLOW, ALLOW);
	const char *carried;

	ua_in_dialog(ben, t.ok, "UPDATE", 20, "", sdp_of(ben, 4000, hold));
	carried = ua_expect(anna, "UPDATE", 100);
	ua_answer(anna, t.invite, 486, "", "");
	ua_expect(ben, "SIP/2.0 504", 100);
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
	ua_answer(anna, carried, 481, "", "");
}

/* RFC 3262, 5: an offer in a PRACK; where it cannot be carried, what was agreed answers it. */
static void
an_offer_in_a_prack_is_answered(void **state)
{
	for (int allows = 0; allows < 2; allows++) {
		const char *invite = ben_calls("Supported: 100rel\n" ALLOW), *r, *carried;
		char extra[256], rack[600], rseq[512];

		snprintf(extra, sizeof extra, "Require: 100rel\nRSeq: 1\n%s", allows ? ALLOW : "");
		ua_answer(anna, invite, 183, extra, sdp_of(anna, 5000, ""));
		ua_answer(anna, ua_expect(anna, "PRACK", 100), 200, "", "");
		r = ua_expect(ben, "SIP/2.0 183", 100);
		snprintf(rack, sizeof rack, "RAck: %s 7 INVITE\n", header(r, "RSeq", rseq));
		ua_in_dialog(ben, r, "PRACK", 8, rack, sdp_of(ben, 4400, "a=x-changed\n"));
		if (allows) {
			carried = ua_expect(anna, "UPDATE", 100);
			ua_answer(anna, carried, 200, "", sdp_of(anna, 5500, ""));
		}
		r = ua_expect(ben, "SIP/2.0 200", 100);
		assert_cseq(r, "8 PRACK");
		assert_non_null(strstr(r, "m=audio 20000"));
		assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4400);
		ua_answer(anna, invite, 486, "", "");
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
		office_run(&o, 100);
	}
}

/* RFC 4028, 7.4 and 10: we refresh by UPDATE where it is allowed, and answer theirs. */
static void
sessions_are_refreshed_by_update(void **state)
{
	struct talk t = talk("Supported: timer\nSession-Expires: 200;refresher=uas\n" ALLOW,
	    "Require: timer\nSession-Expires: 200;refresher=uas\n" ALLOW);
	const char *update, *ok;
	char value[512];

	update = ua_expect(ben, "UPDATE", 101000);
	assert_null(strstr(update, "m=audio"));
	assert_string_equal(header(update, "Session-Expires", value), "200;refresher=uac");
	ua_answer(ben, update, 200, "Require: timer\nSession-Expires: 200;refresher=uac\n", "");
	ua_in_dialog(anna, t.invite, "UPDATE", 20,
	    "Supported: timer\nSession-Expires: 300;refresher=uac\n", "");
	ok = ua_expect(anna, "SIP/2.0 200", 100);
	assert_string_equal(header(ok, "Session-Expires", value), "300;refresher=uac");
	assert_string_equal(header(ok, "Require", value), "timer");
	assert_true(*header(ok, "Contact", value));
	ua_expect_none(ben, "INVITE");
	ua_answer(ben, ua_expect(ben, "UPDATE", 101000), 200, "", "");
	office_run(&o, 90000); /* Anna was to refresh 268 s after hers, and is not heard of */
	ua_answer(ben, ua_expect(ben, "BYE", 100000), 200, "", "");
	ua_answer(anna, ua_expect(anna, "BYE", 100), 200, "", "");
	(void)t;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(an_offer_is_carried_as_the_peer_can),
	    TEST(refusals_come_back),
	    TEST(a_forgotten_call_ends),
	    TEST(glare_is_refused),
	    TEST(bad_updates_are_refused),
	    TEST(early_offers),
	    TEST(offers_before_the_first_answer),
	    TEST(who_waits_is_told_when_the_other_goes),
	    TEST(an_offer_in_a_prack_is_answered),
	    TEST(sessions_are_refreshed_by_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
