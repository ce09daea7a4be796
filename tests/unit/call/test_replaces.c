/* call/: INVITEs with Replaces (RFC 3891): taking over who talks, answering for who rings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static struct office o;
static struct ua *ben, *anna, *eva;

static int
set_up(void **state)
{
	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	eva = office_phone(&o, "e1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

/* Eva's phone wants the place of a dialog. */
static void
eva_replaces(const char *id, int port)
{
	char header_line[2048];

	snprintf(header_line, sizeof header_line, "Require: replaces\nReplaces: %s\n", id);
	talk_dial(eva, "101", header_line, port);
}

static void
eva_ends(const char *ok, struct ua *other)
{
	ua_in_dialog(eva, ok, "BYE", 2, "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_ok(other, "BYE");
	office_run(&o, 100);
}

static void
taking_over_from_either_side(void **state)
{
	for (int caller = 0; caller < 2; caller++) {
		struct talk t = talk_connect(ben, "101", anna, 4000);
		struct ua *old = caller ? ben : anna, *stays = caller ? anna : ben;
		const struct cdr *r = &o.record[caller];
		const char *re, *ok;

		/* tags also as watchers have them */
		eva_replaces(talk_dialog_id(&t, old, caller), 7000);
		re = ua_expect(stays, "INVITE", 100);
		assert_non_null(strstr(re, "P-Asserted-Identity: \"Eva Gold\""));
		ua_expect_none(old, "BYE"); /* not before it is agreed: it talks on */
		assert_int_equal(o.stream[0].peer[caller ? MEDIA_CALLER : MEDIA_CALLED].rtp.port,
		    caller ? 4000 : 5000);
		ua_answer(stays, re, 200, "", sdp_of(stays, caller ? 5000 : 4000, ""));
		ua_expect(stays, "ACK", 100);
		ok = ua_expect(eva, "SIP/2.0 200", 100);
		ua_in_dialog(eva, ok, "ACK", 1, "", "");
		ua_ok(old, "BYE");
		office_run(&o, 20);
		assert_int_equal(
		    o.stream[0].peer[caller ? MEDIA_CALLER : MEDIA_CALLED].rtp.port, 7000);
		assert_string_equal(caller ? o.live.caller.phone : o.live.called.phone, "e1");
		eva_ends(ok, stays);
		assert_int_equal(o.n_records, caller + 1);
		assert_string_equal(r->called_number, caller ? "101" : "107");
		assert_true(record_says(
		    r, caller ? "Eva Gold took the call over at phone e1 from phone b1"
			      : "Eva Gold took the call over at phone e1 from phone a1"));
		assert_int_equal(r->ended_by, caller ? CDR_BY_CALLER : CDR_BY_CALLED);
	}
}

/* RFC 3264 and 3891: an INVITE without SDP takes over too. */
static void
taking_over_with_a_late_offer(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *re, *ok, *ack;

	eva_replaces(talk_dialog_id(&t, anna, false), 0);
	re = ua_expect(ben, "INVITE", 100);
	assert_null(strstr(re, "m=audio"));
	ua_answer(ben, re, 200, "", sdp_of(ben, 4000, "a=x-ben\n"));
	ok = ua_expect(eva, "SIP/2.0 200", 100);
	assert_non_null(strstr(ok, "a=x-ben"));
	ua_in_dialog(eva, ok, "ACK", 1, "", sdp_of(eva, 7000, "a=x-eva\n"));
	ack = ua_expect(ben, "ACK", 100);
	assert_non_null(strstr(ack, "a=x-eva"));
	ua_ok(anna, "BYE");
	eva_ends(ok, ben);
}

static void
what_cannot_be_replaced(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	char bad[3][600];
	const struct {
		const char *what, *id, *status;
	} cases[] = {
	    {"3: no such dialog", "x@y;to-tag=a;from-tag=b", "SIP/2.0 481"},
	    {"3: confirmed, but early-only", bad[0], "SIP/2.0 486"},
	    {"6.1: no tags", "x@y", "SIP/2.0 400"},
	    {"6.1: no from-tag", "x@y;to-tag=a", "SIP/2.0 400"},
	    {"3: two of them", bad[1], "SIP/2.0 400"},
	    {"one tag is wrong", bad[2], "SIP/2.0 481"},
	};

	snprintf(bad[0], sizeof bad[0], "%s;early-only", talk_dialog_id(&t, anna, false));
	snprintf(bad[1], sizeof bad[1], "%s\nReplaces: x@y;to-tag=a;from-tag=b",
	    talk_dialog_id(&t, anna, false));
	snprintf(bad[2], sizeof bad[2], "%sx", talk_dialog_id(&t, anna, false));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		eva_replaces(cases[i].id, 7000);
		ua_ack_failure(eva, ua_expect(eva, cases[i].status, 100));
	}
	ua_expect_none(ben, "INVITE");
	talk_end(&t);
	eva_replaces(talk_dialog_id(&t, anna, false), 7000); /* over: we keep nothing of it */
	ua_expect(eva, "SIP/2.0 481", 100);
	assert_int_equal(o.n_records, 1);
}

static void
the_other_party_refuses(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	eva_replaces(talk_dialog_id(&t, anna, false), 7000);
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 488, "", "");
	ua_expect(ben, "ACK", 100);
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 488", 100));
	ua_expect_none(anna, "BYE");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	talk_end(&t);
}

/* One at IPv6 needs other media ports; refused, both that talk on learn them. */
static void
the_other_party_refuses_one_of_another_family(void **state)
{
	struct ua *finn = office_phone6(&o, "f1");
	struct talk t = talk_connect(ben, "101", anna, 4000);
	char line[600];

	snprintf(line, sizeof line, "Replaces: %s\n", talk_dialog_id(&t, anna, false));
	talk_dial(finn, "101", line, 7000);
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 488, "", "");
	ua_expect(ben, "ACK", 100);
	ua_ack_failure(finn, ua_expect(finn, "SIP/2.0 488", 100));
	assert_non_null(strstr(ua_reinvited(ben, 4000), "m=audio 20004"));
	ua_expect(ben, "ACK", 100);
	assert_non_null(strstr(ua_reinvited(anna, 5000), "m=audio 20006"));
	ua_expect(anna, "ACK", 100);
	assert_int_equal(o.stream[1].peer[MEDIA_CALLED].rtp.port, 5000);
	talk_end(&t);
}

static void
the_replaced_one_hangs_up_meanwhile(void **state)
{
	for (int agreed = 0; agreed < 2; agreed++) {
		struct talk t = talk_connect(ben, "101", anna, 4000);
		const char *re, *ok;

		eva_replaces(talk_dialog_id(&t, anna, false), 7000);
		re = ua_expect(ben, "INVITE", 100);
		talk_send(&t, anna, "BYE", "", "");
		ua_expect(anna, "SIP/2.0 200", 100);
		ua_expect_none(ben, "BYE");
		ua_answer(ben, re, agreed ? 200 : 488, "", agreed ? sdp_of(ben, 4000, "") : "");
		ua_expect(ben, "ACK", 100);
		if (agreed) {
			ok = ua_expect(eva, "SIP/2.0 200", 100);
			ua_in_dialog(eva, ok, "ACK", 1, "", "");
			eva_ends(ok, ben);
		} else {
			ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 488", 100));
			ua_ok(ben, "BYE");
			office_run(&o, 100);
		}
		assert_int_equal(o.n_records, agreed + 1);
	}
}

static void
the_new_one_gives_up(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *re;

	eva_replaces(talk_dialog_id(&t, anna, false), 7000);
	re = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, re, 100, "", "");
	ua_cancel(eva, ua_expect(eva, "SIP/2.0 100", 300), "101");
	ua_ok(ben, "CANCEL");
	ua_answer(ben, re, 487, "", "");
	ua_expect(ben, "ACK", 100);
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 487", 100));
	talk_end(&t);
}

static void
both_sides_of_the_call_end_it_first(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	eva_replaces(talk_dialog_id(&t, anna, false), 7000);
	ua_expect(ben, "INVITE", 100);
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 480", 100));
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1);
	assert_int_equal(o.record[0].sip_status, 200);
}

/* ---- answering for a phone that rings ---- */

/* Ben calls Anna; as her phone and her watchers have the dialog. */
static struct talk
anna_rings(int port)
{
	struct talk t = {.from = ben, .to = anna, .from_cseq = 1};

	talk_dial(ben, "101", "", port);
	t.invite = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, t.invite, 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	return t;
}

static void
anna_stops_ringing(const struct talk *t)
{
	const char *cancel = ua_expect(anna, "CANCEL", 100);

	assert_non_null(strstr(cancel, "Call completed elsewhere"));
	ua_answer(anna, cancel, 200, "", "");
	ua_answer(anna, t->invite, 487, "", "");
	ua_expect(anna, "ACK", 100);
}

static void
a_ringing_phone_is_relieved(void **state)
{
	for (int early_only = 0; early_only < 2; early_only++) {
		struct talk t = anna_rings(4000);
		const struct cdr *r = &o.record[early_only];
		const char *to_ben, *to_eva;
		char id[600];

		snprintf(id, sizeof id, "%s%s", talk_dialog_id(&t, anna, early_only),
		    early_only ? ";early-only" : "");
		eva_replaces(id, 7000);
		to_eva = ua_expect(eva, "SIP/2.0 200", 100);
		to_ben = ua_expect(ben, "SIP/2.0 200", 100);
		ua_in_dialog(eva, to_eva, "ACK", 1, "", "");
		ua_in_dialog(ben, to_ben, "ACK", 1, "", "");
		anna_stops_ringing(&t);
		assert_non_null(strstr(to_ben, "m=audio 20000 RTP/AVP 8 0"));
		assert_non_null(strstr(to_eva, "m=audio 20002 RTP/AVP 8 0"));
		assert_non_null(strstr(to_ben, "P-Asserted-Identity: \"Eva Gold\""));
		assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
		assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
		office_run(&o, 20);
		eva_ends(to_eva, ben);
		assert_string_equal(r->called_number, "107");
		assert_string_equal(r->called_phone, "e1");
		assert_int_equal(r->result, CDR_ANSWERED);
		assert_true(record_says(r, "Eva Gold picked the call up at phone e1"));
	}
}

/* Two offers meet: each phone hears of what both have (RFC 3264, 6). */
static void
codecs_of_both_are_crossed(void **state)
{
	static const struct {
		const char *what, *eva, *to_ben, *to_eva;
	} cases[] = {
	    {"one of two", "m=audio 7000 RTP/AVP 0 18\n", "m=audio 20000 RTP/AVP 0\r\n",
		"m=audio 20002 RTP/AVP 0\r\n"},
	    {"its video is refused", "m=audio 7000 RTP/AVP 8\nm=video 7002 RTP/AVP 96\n",
		"m=audio 20000 RTP/AVP 8\r\n", "m=video 0 RTP/AVP 96\r\n"},
	    {"nothing in common: 488, and the phone rings on", "m=audio 7000 RTP/AVP 18\n", NULL,
		NULL},
	    {"encrypted without keys: the same", "m=audio 7000 RTP/SAVP 8\n", NULL, NULL},
	    {"cannot be read", "m=audio\n", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk t = anna_rings(4000);
		char sdp[512], line[600];
		const char *ok, *to_ben;

		snprintf(sdp, sizeof sdp,
		    "v=0\no=- 1 1 IN IP4 10.0.1.3\ns=-\nc=IN IP4 10.0.1.3\nt=0 0\n%s",
		    cases[i].eva);
		snprintf(line, sizeof line, "Replaces: %s\n", talk_dialog_id(&t, anna, false));
		ua_send(eva,
		    "INVITE sip:101@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKx%zu\n"
		    "Max-Forwards: 70\nFrom: <sip:e1@$PBX>;tag=x%zu\nTo: <sip:101@$PBX>\n"
		    "Call-ID: cross-%zu@test\nCSeq: 1 INVITE\nContact: <sip:e1@$ME>\n%s"
		    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
		    i, i, i, line, sdp);
		if (!cases[i].to_ben) {
			ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 488", 100));
			ua_expect_none(anna, "CANCEL");
			ua_answer(anna, t.invite, 486, "", "");
			ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
			continue;
		}
		ok = ua_expect(eva, "SIP/2.0 200", 100);
		to_ben = ua_expect(ben, "SIP/2.0 200", 100);
		if (!strstr(to_ben, cases[i].to_ben) || !strstr(ok, cases[i].to_eva))
			fail_msg("%s:\n%s\n%s", cases[i].what, to_ben, ok);
		ua_in_dialog(eva, ok, "ACK", 1, "", "");
		ua_in_dialog(ben, to_ben, "ACK", 1, "", "");
		anna_stops_ringing(&t);
		office_run(&o, 20);
		eva_ends(ok, ben);
	}
}

static void
late_offers_cannot_be_crossed(void **state)
{
	struct talk t = anna_rings(0);

	eva_replaces(talk_dialog_id(&t, anna, false), 7000); /* Ben's INVITE had no SDP */
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 488", 100));
	ua_answer(anna, t.invite, 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
	t = anna_rings(4000);
	eva_replaces(talk_dialog_id(&t, anna, false), 0);
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 488", 100));
	ua_answer(anna, t.invite, 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
}

/* 3: an early dialog that was begun by the other side is not to be replaced. */
static void
a_caller_who_waits_is_not_replaced(void **state)
{
	struct talk t = {.from = ben, .to = anna, .from_cseq = 1};

	talk_dial(ben, "101", "", 4000);
	t.invite = ua_expect(anna, "INVITE", 100);
	ua_answer(anna, t.invite, 180, "", "");
	t.ok = ua_expect(ben, "SIP/2.0 180", 100);
	eva_replaces(talk_dialog_id(&t, ben, false), 7000);
	ua_ack_failure(eva, ua_expect(eva, "SIP/2.0 481", 100));
	ua_answer(anna, t.invite, 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
}

/* A call that was transferred blind rings; a third one picks it up. */
static void
a_transferred_call_is_picked_up(void **state)
{
	struct ua *finn = office_phone(&o, "f1");
	struct talk t = talk_connect(ben, "101", anna, 4000), rings = {.from = ben, .to = finn};
	const char *ok, *cancel;

	talk_refer(&t, anna, "<sip:108@x>", "");
	ua_expect(anna, "SIP/2.0 202", 100);
	ua_notified(anna, 100, "active");
	rings.invite = ua_expect(finn, "INVITE", 100);
	ua_answer(finn, rings.invite, 180, "", "");
	ua_notified(anna, 180, "active");
	eva_replaces(talk_dialog_id(&rings, finn, false), 7000);
	ua_notified(anna, 200, "terminated");
	ua_ok(anna, "BYE");
	cancel = ua_expect(finn, "CANCEL", 100);
	ua_answer(finn, cancel, 200, "", "");
	ua_answer(finn, rings.invite, 487, "", "");
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	ok = ua_expect(eva, "SIP/2.0 200", 100);
	ua_in_dialog(eva, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	eva_ends(ok, ben);
	assert_string_equal(o.record[0].called_number, "107");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(taking_over_from_either_side),
	    CASE(taking_over_with_a_late_offer),
	    CASE(what_cannot_be_replaced),
	    CASE(the_other_party_refuses),
	    CASE(the_other_party_refuses_one_of_another_family),
	    CASE(the_replaced_one_hangs_up_meanwhile),
	    CASE(the_new_one_gives_up),
	    CASE(both_sides_of_the_call_end_it_first),
	    CASE(a_ringing_phone_is_relieved),
	    CASE(codecs_of_both_are_crossed),
	    CASE(late_offers_cannot_be_crossed),
	    CASE(a_caller_who_waits_is_not_replaced),
	    CASE(a_transferred_call_is_picked_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
