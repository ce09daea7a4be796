/* call/: REFER on the wire, blind transfers (RFC 3515, 3892, 4488, 5589). */
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

/* The target's INVITE, answered; the transferor is thanked and hung up. */
static const char *
target_answers(struct ua *by)
{
	const char *inv = ua_expect(eva, "INVITE", 100);

	ua_answer(eva, inv, 180, "", "");
	ua_notified(by, 180, "active");
	ua_answer(eva, inv, 200, "", sdp_of(eva, 7000, "a=x-eva\n"));
	ua_expect(eva, "ACK", 100);
	ua_notified(by, 200, "terminated;reason=noresource");
	ua_ok(by, "BYE");
	return inv;
}

static void
end_with_eva(struct talk *t, struct ua *stays)
{
	talk_end_with(t, stays, eva);
}

static void
blind_transfer_from_either_side(void **state)
{
	for (int by_caller = 0; by_caller < 2; by_caller++) {
		struct talk t = talk_connect(ben, "101", anna, 4000);
		struct ua *by = by_caller ? ben : anna, *stays = by_caller ? anna : ben;
		const struct cdr *r = &o.record[by_caller];
		const char *inv, *re;
		char value[512];

		talk_refer(&t, by, "<sip:107@10.0.0.1>",
		    by_caller ? "" : "Referred-By: <sip:a1@10.0.0.1>\n");
		accepted(by);
		inv = target_answers(by);
		header(inv, "From", value);
		assert_non_null(strstr(value, by_caller ? "Anna Berg" : "Ben Cohn"));
		header(inv, "Referred-By", value); /* RFC 3892 */
		assert_non_null(
		    strstr(value, by_caller ? "\"Ben Cohn\" <sip:102@" : "<sip:a1@10.0.0.1>"));
		re = ua_reinvited(stays, by_caller ? 5000 : 4000);
		assert_non_null(strstr(re, by_caller ? "m=audio 20002" : "m=audio 20000"));
		ua_expect(stays, "ACK", 100);
		assert_int_equal(
		    o.stream[0].peer[by_caller ? MEDIA_CALLER : MEDIA_CALLED].rtp.port, 7000);
		assert_string_equal(by_caller ? o.live.caller.number : o.live.called.number, "107");
		end_with_eva(&t, stays);
		assert_int_equal(o.n_records, by_caller + 1);
		assert_int_equal(r->result, CDR_ANSWERED);
		assert_string_equal(r->caller_number, "102");
		assert_string_equal(r->called_number, by_caller ? "101" : "107");
		assert_string_equal(r->called_phone, by_caller ? "a1" : "e1");
		assert_true(record_says(r, by_caller ? "Ben Cohn transfers the call to 107"
						     : "Anna Berg transfers the call to 107"));
		assert_true(record_says(r, "The call was transferred to 107 Eva Gold (phone e1)"));
	}
}

static void
refer_is_checked(void **state)
{
	static const struct {
		const char *what, *to, *extra, *status;
	} cases[] = {
	    {"RFC 3515, 2.4.1: one", "<sip:107@x>\nRefer-To: <sip:108@x>", "", "SIP/2.0 400"},
	    {"cannot be read", "<sip:107@x", "", "SIP/2.0 400"},
	    {"no telephone", "<mailto:eva@x>", "", "SIP/2.0 416"},
	    {"not an INVITE", "<sip:107@x;method=SUBSCRIBE>", "", "SIP/2.0 403"},
	    {"Replaces without tags", "<sip:107@x?Replaces=a%40b>", "", "SIP/2.0 400"},
	    {"unknown extension", "<sip:107@x>", "Require: teleport\n", "SIP/2.0 420"},
	};
	struct talk t = talk_connect(ben, "101", anna, 4000);

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		talk_refer(&t, anna, cases[i].to, cases[i].extra);
		ua_expect(anna, cases[i].status, 100);
	}
	talk_send(&t, anna, "REFER", "", "");
	ua_expect(anna, "SIP/2.0 400", 100);
	ua_expect_none(eva, "INVITE");
	talk_end(&t);
}

/* The transferor keeps its call, with its media. */
static void
a_transfer_that_fails(void **state)
{
	static const struct {
		const char *to;
		int answer, notified;
		const char *reason;
	} cases[] = {
	    {"<sip:107@x>", 486, 486, "The transfer to 107 failed: 486 Busy Here"},
	    {"<sip:107@x>", 603, 603, "The transfer to 107 failed: 603 Decline"},
	    {"<tel:107>", 500, 500, "The transfer to 107 failed: 500 Server Internal Error"},
	    {"<sip:999@x>", 0, 404, "Nobody has the number 999"},
	    {"<sip:104@x>", 0, 480, "Dora Ernst does not want to be disturbed"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk t = talk_connect(ben, "101", anna, 4000);

		talk_refer(&t, anna, cases[i].to, "");
		accepted(anna);
		if (cases[i].answer) {
			const char *inv = ua_expect(eva, "INVITE", 100);

			ua_answer(eva, inv, 183, "", sdp_of(eva, 7000, ""));
			ua_notified(anna, 183, "active");
			assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
			ua_answer(eva, inv, cases[i].answer, "", "");
			ua_expect(eva, "ACK", 100);
		}
		ua_notified(anna, cases[i].notified, "terminated;reason=noresource");
		assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
		ua_expect_none(anna, "BYE");
		ua_expect_none(ben, "INVITE");
		talk_end(&t);
		assert_true(record_says(&o.record[i], cases[i].reason));
		assert_string_equal(o.record[i].called_number, "101");
	}
}

static void
without_subscription(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv;
	char value[512];

	talk_refer(
	    &t, anna, "<sip:107@x>", "Refer-Sub: false\nRequire: norefersub\n"); /* RFC 4488 */
	assert_string_equal(
	    header(ua_expect(anna, "SIP/2.0 202", 100), "Refer-Sub", value), "false");
	inv = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, inv, 200, "", sdp_of(eva, 7000, ""));
	ua_expect(eva, "ACK", 100);
	ua_ok(anna, "BYE");
	ua_expect_none(anna, "NOTIFY");
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	end_with_eva(&t, ben);
}

static void
subscription_is_refreshed_and_ended(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv;
	char value[512];

	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	inv = ua_expect(eva, "INVITE", 100);
	talk_send(&t, anna, "SUBSCRIBE", "Event: refer\nExpires: 900\n", "");
	assert_string_equal(header(ua_expect(anna, "SIP/2.0 200", 100), "Expires", value), "180");
	ua_notified(anna, 100, "active");
	talk_send(&t, anna, "SUBSCRIBE", "Event: refer\nExpires: 0\n", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	ua_notified(anna, 100, "terminated;reason=timeout");
	talk_send(&t, anna, "SUBSCRIBE", "Event: refer\nExpires: 60\n", "");
	ua_expect(anna, "SIP/2.0 481", 100);
	talk_send(&t, anna, "SUBSCRIBE", "Event: conference\n", "");
	ua_expect(anna, "SIP/2.0 489", 100);
	ua_answer(eva, inv, 486, "", "");
	office_run(&o, 20);
	ua_expect_none(anna, "NOTIFY");
	talk_end(&t);
}

/* RFC 5627, 5: a GRUU in Refer-To means one device, and nobody else rings. */
static void
to_one_device(void **state)
{
	static const struct {
		const char *to;
		int notified; /* 0 = Eva's device rings */
		const char *reason;
	} cases[] = {
	    {"<sip:x@10.0.0.1;gr=e1>", 0, "Anna Berg transfers the call to 107"},
	    {"<sip:107@10.0.0.1;gr=a9>", 404, "The transfer to 107 failed: 404 Not Found"},
	    {"<sip:102@10.0.0.1;gr=d1>", 480,
		"The transfer to 102 failed: 480 Temporarily Unavailable"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk t = talk_connect(ben, "101", anna, 4000);

		talk_refer(&t, anna, cases[i].to, "");
		accepted(anna);
		if (cases[i].notified) {
			ua_notified(anna, cases[i].notified, "terminated");
			ua_expect_none(eva, "INVITE");
			talk_end(&t);
		} else {
			target_answers(anna);
			ua_reinvited(ben, 4000);
			ua_expect(ben, "ACK", 100);
			end_with_eva(&t, ben);
		}
		assert_true(record_says(&o.record[i], cases[i].reason));
	}
}

/* RFC 3261, 9.1: whoever is told of the new media, says 100 and vanishes does not keep the
 * call, and the transfer, for ever; nor does the one who came in vain hear nothing of it. */
static void
the_one_who_stays_vanishes(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *bye;
	char value[512];

	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	target_answers(anna);
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 100, "", "");
	office_run(&o, 20000);
	office_media_timeout(&o, 0);
	office_run(&o, 1000);
	ua_expect_none(ben, "CANCEL"); /* it may still answer */
	office_run(&o, 20000);
	office_media_timeout(&o, 0);
	ua_expect(ben, "CANCEL", 100);
	ben->deaf = true;
	bye = ua_expect(eva, "BYE", 40000);
	assert_non_null(strstr(header(bye, "Reason", value), "SIP;cause=481"));
	ua_answer(eva, bye, 200, "", "");
	office_run(&o, 100);
	assert_true(record_says(&o.record[0], "Phone b1 does not know the call any more"));
}

/* However often a call is sent on, its record tells how it began and how it ended. */
static void
a_long_story_keeps_its_ends(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	for (int round = 0; round < 12; round++) {
		talk_refer(&t, anna, round < 11 ? "<sip:107@x>" : "<sip:999@x>", "");
		accepted(anna);
		if (round < 11)
			ua_answer(eva, ua_expect(eva, "INVITE", 100), 486, "", "");
		ua_notified(anna, round < 11 ? 486 : 404, "terminated");
	}
	talk_end(&t);
	assert_int_equal(o.record[0].explanation_count, LIVE_REASONS_MAX);
	assert_true(record_says(&o.record[0], "Phone b1 calls as Ben Cohn (102)"));
	assert_true(record_says(&o.record[0], "Nobody has the number 999"));
	assert_true(record_says(&o.record[0], "The transfer to 999 failed: 404 Not Found"));
}

static void
one_transfer_at_a_time(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv;

	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	inv = ua_expect(eva, "INVITE", 100);
	talk_refer(&t, anna, "<sip:108@x>", "");
	ua_expect(anna, "SIP/2.0 491", 100);
	talk_refer(&t, ben, "<sip:108@x>", "");
	ua_expect(ben, "SIP/2.0 491", 100);
	talk_send(&t, ben, "INVITE", "", sdp_of(ben, 4444, "")); /* nor changes of media */
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 491", 100));
	ua_answer(eva, inv, 486, "", "");
	ua_notified(anna, 486, "terminated");
	talk_end(&t);
}

/* What phones do: they hang up as soon as the REFER is taken. */
static void
the_transferor_has_left_and_the_target_answers(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv;

	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	talk_send(&t, anna, "BYE", "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	office_run(&o, 1000);
	ua_expect_none(ben, "BYE");
	office_media_timeout(&o, 0); /* nobody speaks: that is no reason to end it now */
	inv = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, inv, 200, "", sdp_of(eva, 7000, ""));
	ua_expect(eva, "ACK", 100);
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	end_with_eva(&t, ben);
	assert_string_equal(o.record[0].called_number, "107");
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLER);
}

static void
the_transferor_has_left_and_is_called_back(void **state)
{
	for (int answers = 0; answers < 2; answers++) {
		struct talk t = talk_connect(ben, "101", anna, 4000);
		const char *inv;

		talk_refer(&t, anna, "<sip:107@x>", "");
		accepted(anna);
		talk_send(&t, anna, "BYE", "", "");
		ua_expect(anna, "SIP/2.0 200", 100);
		ua_answer(eva, ua_expect(eva, "INVITE", 100), 486, "", "");
		inv = ua_expect(anna, "INVITE", 100);
		if (answers) {
			ua_answer(anna, inv, 200, "", sdp_of(anna, 5500, ""));
			ua_expect(anna, "ACK", 100);
			ua_reinvited(ben, 4000);
			ua_expect(ben, "ACK", 100);
			talk_send(&t, ben, "BYE", "", "");
			ua_expect(ben, "SIP/2.0 200", 100);
			ua_ok(anna, "BYE");
		} else {
			ua_answer(anna, inv, 486, "", "");
			ua_ok(ben, "BYE");
		}
		office_run(&o, 100);
		assert_true(record_says(
		    &o.record[answers], "The call goes back to Anna Berg, who transferred it"));
		assert_string_equal(o.record[answers].called_number, "101");
	}
}

static void
the_waiting_party_hangs_up(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv, *cancel;

	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	inv = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, inv, 180, "", "");
	ua_notified(anna, 180, "active");
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	cancel = ua_expect(eva, "CANCEL", 100);
	ua_answer(eva, cancel, 200, "", "");
	ua_answer(eva, inv, 487, "", "");
	ua_notified(anna, 487, "terminated");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1);
}

static void
a_lost_notify_changes_nothing(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv;

	talk_refer(&t, anna, "<sip:107@x>", "");
	ua_expect(anna, "SIP/2.0 202", 100);
	inv = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, inv, 180, "", "");
	office_run(&o, 20000); /* NOTIFYs are sent again and again, unanswered */
	ua_answer(eva, inv, 200, "", sdp_of(eva, 7000, ""));
	ua_expect(eva, "ACK", 100);
	ua_ok(anna, "BYE");
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	end_with_eva(&t, ben);
}

/* RFC 3261, 14.1: the waiting party changes its media just then. */
static void
glare_with_the_one_who_stays(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *re;

	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	target_answers(anna);
	re = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, re, 491, "", "");
	ua_expect(ben, "ACK", 100);
	office_run(&o, 2000);
	ua_expect_none(ben, "INVITE");
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	end_with_eva(&t, ben);
}

static void
the_one_who_stays_refuses_new_media(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	target_answers(anna);
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 488, "", "");
	ua_expect(ben, "ACK", 100);
	end_with_eva(&t, ben); /* they talk all the same */
	assert_true(record_says(&o.record[0], "A change of media failed: 488"));
}

/* The waiting party was put on hold: the target must not be told so, and it learns that it
 * is no longer. */
static void
hold_ends_with_the_transfer(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv, *ok;

	talk_send(&t, anna, "INVITE", "", sdp_of(anna, 5000, "a=sendonly\n"));
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 200, "", sdp_of(ben, 4000, "a=recvonly\n"));
	ua_expect(ben, "ACK", 100);
	ok = ua_expect(anna, "SIP/2.0 200", 100);
	ua_in_dialog(anna, ok, "ACK", t.to_cseq, "", "");
	office_run(&o, 10);
	assert_int_equal(o.live.state, LIVE_CALL_HELD);
	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	inv = target_answers(anna);
	assert_null(strstr(inv, "a=recvonly"));
	assert_null(strstr(ua_reinvited(ben, 4000), "a=sendonly"));
	ua_expect(ben, "ACK", 100);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	end_with_eva(&t, ben);
}

/* A target at IPv6 needs other media ports: both parties of the call learn them, also when it
 * comes to nothing. */
static void
media_ports_of_another_family(void **state)
{
	struct ua *finn = office_phone6(&o, "f1");

	for (int answers = 0; answers < 2; answers++) {
		struct talk t = talk_connect(ben, "101", anna, 4000);
		const char *inv;

		assert_int_equal(o.stream[0].family[MEDIA_CALLED], 4);
		talk_refer(&t, anna, "<sip:108@x>", "");
		accepted(anna);
		inv = ua_expect(finn, "INVITE", 100);
		assert_int_equal(o.stream[1].family[MEDIA_CALLED], 6);
		assert_non_null(strstr(inv, "m=audio 20006"));
		if (answers) {
			ua_answer(finn, inv, 200, "", sdp_of(finn, 7000, ""));
			ua_expect(finn, "ACK", 100);
			ua_notified(anna, 200, "terminated");
			ua_ok(anna, "BYE");
			assert_non_null(strstr(ua_reinvited(ben, 4000), "m=audio 20004"));
			ua_expect(ben, "ACK", 100);
			talk_send(&t, ben, "BYE", "", "");
			ua_expect(ben, "SIP/2.0 200", 100);
			ua_ok(finn, "BYE");
			office_run(&o, 100);
			continue;
		}
		ua_answer(finn, inv, 486, "", "");
		ua_notified(anna, 486, "terminated");
		assert_non_null(strstr(ua_reinvited(ben, 4000), "m=audio 20004"));
		ua_expect(ben, "ACK", 100);
		assert_non_null(strstr(ua_reinvited(anna, 5000), "m=audio 20006"));
		ua_expect(anna, "ACK", 100);
		assert_int_equal(o.stream[1].peer[MEDIA_CALLED].rtp.port, 5000);
		assert_int_equal(o.stream[1].peer[MEDIA_CALLER].rtp.port, 4000);
		talk_end(&t);
	}
}

static void
watchers_hear_of_the_new_party(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);

	o.watched[0] = '\0';
	talk_refer(&t, anna, "<sip:107@x>", "");
	accepted(anna);
	target_answers(anna);
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	assert_non_null(strstr(o.watched, "e1< trying 102;e1< early 102;"));
	assert_non_null(strstr(o.watched, "a1< over 102;"));
	assert_non_null(strstr(o.watched, "b1> confirmed 107;"));
	end_with_eva(&t, ben);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(blind_transfer_from_either_side),
	    CASE(refer_is_checked),
	    CASE(a_transfer_that_fails),
	    CASE(without_subscription),
	    CASE(subscription_is_refreshed_and_ended),
	    CASE(to_one_device),
	    CASE(the_one_who_stays_vanishes),
	    CASE(a_long_story_keeps_its_ends),
	    CASE(one_transfer_at_a_time),
	    CASE(the_transferor_has_left_and_the_target_answers),
	    CASE(the_transferor_has_left_and_is_called_back),
	    CASE(the_waiting_party_hangs_up),
	    CASE(a_lost_notify_changes_nothing),
	    CASE(glare_with_the_one_who_stays),
	    CASE(the_one_who_stays_refuses_new_media),
	    CASE(hold_ends_with_the_transfer),
	    CASE(media_ports_of_another_family),
	    CASE(watchers_hear_of_the_new_party),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
