/* call/: what each side of a call is shown of the other, on the wire (RFC 3323, 3325, 3326,
 * 3261 20.4, 20.9). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "office.h"

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
ben_calls(const char *from, const char *extra)
{
	static unsigned n;

	n++;
	ua_send(ben,
	    "INVITE sip:101@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKp%u\n"
	    "Max-Forwards: 70\nFrom: %s;tag=ben\nTo: <sip:101@$PBX>\nCall-ID: present-%u@test\n"
	    "CSeq: 1 INVITE\nContact: <sip:b1@$ME>\n%sContent-Type: application/sdp\n"
	    "Content-Length: $LEN\n\n%s",
	    n, from, n, extra, sdp_of(ben, 4000, ""));
	return ua_expect(anna, "INVITE", 100);
}

static void
assert_header(const char *what, const char *msg, const char *name, const char *want)
{
	char value[512];

	if (strcmp(header(msg, name, value), want) != 0)
		fail_msg("%s: %s is '%s'", what, name, value);
}

/* What Anna's phone is shown of Ben, whatever his phone claims. */
static void
phones_do_not_choose_their_names(void **state)
{
	static const struct {
		const char *what, *from, *extra, *shown, *asserted, *privacy;
	} cases[] = {
	    {"plain", "\"Boss\" <sip:999@x>", "", "\"Ben Cohn\" <sip:102@10.0.0.1>",
		"\"Ben Cohn\" <sip:102@10.0.0.1>", ""},
	    {"a claim of a phone is not believed", "<sip:b1@x>",
		"P-Asserted-Identity: <sip:boss@x>\nRemote-Party-ID: <sip:boss@x>\n"
		"Diversion: <sip:boss@x>;reason=unconditional\n",
		"\"Ben Cohn\" <sip:102@10.0.0.1>", "\"Ben Cohn\" <sip:102@10.0.0.1>", ""},
	    {"RFC 3323: Privacy", "<sip:b1@x>", "Privacy: id\n",
		"\"Anonymous\" <sip:anonymous@anonymous.invalid>", "", "id"},
	    {"RFC 3323: anonymous From", "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "",
		"\"Anonymous\" <sip:anonymous@anonymous.invalid>", "", "id"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *invite = ben_calls(cases[i].from, cases[i].extra);
		char from[512];

		*strstr((char *)(uintptr_t)header(invite, "From", from), ";tag=") = '\0';
		if (strcmp(from, cases[i].shown) != 0)
			fail_msg("%s: %s", cases[i].what, from);
		assert_header(cases[i].what, invite, "P-Asserted-Identity", cases[i].asserted);
		assert_header(cases[i].what, invite, "Privacy", cases[i].privacy);
		assert_header(cases[i].what, invite, "Diversion", "");
		ua_answer(anna, invite, 486, "", "");
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
	}
}

/* RFC 3325, 9.1: the caller learns who answers, unless that one does not want it. */
static void
the_caller_sees_who_answers(void **state)
{
	static const struct {
		const char *from_anna, *asserted, *privacy;
	} cases[] = {
	    {"", "\"Anna Berg\" <sip:101@10.0.0.1>", ""},
	    {"P-Asserted-Identity: <sip:boss@x>\nServer: secret\n",
		"\"Anna Berg\" <sip:101@10.0.0.1>", ""},
	    {"Privacy: id\n", "", "id"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *invite = ben_calls("<sip:b1@x>", ""), *ok;

		ua_answer(anna, invite, 180, cases[i].from_anna, "");
		ok = ua_expect(ben, "SIP/2.0 180", 100);
		assert_header("180", ok, "P-Asserted-Identity", cases[i].asserted);
		assert_header("180", ok, "Privacy", cases[i].privacy);
		ua_answer(anna, invite, 200, cases[i].from_anna, sdp_of(anna, 5000, ""));
		ok = ua_expect(ben, "SIP/2.0 200", 100);
		assert_header("200", ok, "P-Asserted-Identity", cases[i].asserted);
		assert_header("200", ok, "Privacy", cases[i].privacy);
		assert_null(strstr(ok, "secret"));
		ua_expect(anna, "ACK", 100);
		ua_in_dialog(ben, ok, "ACK", 1, "", "");
		ua_in_dialog(ben, ok, "BYE", 2, "", "");
		ua_expect(ben, "SIP/2.0 200", 100);
		ua_answer(anna, ua_expect(anna, "BYE", 100), 200, "", "");
	}
}

/* RFC 3326 both ways; anything else of a BYE stays. */
static void
reasons_of_the_end_pass(void **state)
{
	for (int by_anna = 0; by_anna < 2; by_anna++) {
		const char *invite = ben_calls("<sip:b1@x>", ""), *ok, *bye;
		static const char extra[] =
		    "Reason: Q.850;cause=16;text=\"Terminated\"\nP-Charging-Vector: x\n";

		ua_answer(anna, invite, 200, "", sdp_of(anna, 5000, ""));
		ok = ua_expect(ben, "SIP/2.0 200", 100);
		ua_expect(anna, "ACK", 100);
		ua_in_dialog(ben, ok, "ACK", 1, "", "");
		office_run(&o, 10);
		if (by_anna)
			ua_in_dialog(anna, invite, "BYE", 1, extra, "");
		else
			ua_in_dialog(ben, ok, "BYE", 2, extra, "");
		bye = ua_expect(by_anna ? ben : anna, "BYE", 100);
		assert_header("BYE", bye, "Reason", "Q.850;cause=16;text=\"Terminated\"");
		assert_header("BYE", bye, "P-Charging-Vector", "");
		ua_answer(by_anna ? ben : anna, bye, 200, "", "");
		ua_expect(by_anna ? anna : ben, "SIP/2.0 200", 100);
	}
}

static void
the_reason_of_a_cancel_passes(void **state)
{
	const char *invite = ben_calls("<sip:b1@x>", ""), *ringing, *cancel;
	char via[512], id[512], from[512];

	ua_answer(anna, invite, 180, "", "");
	ringing = ua_expect(ben, "SIP/2.0 180", 100);
	header(ringing, "Via", via);
	*strstr(via, ";received") = '\0';
	ua_send(ben,
	    "CANCEL sip:101@$PBX SIP/2.0\nVia: %s\nFrom: %s\nTo: <sip:101@$PBX>\nCall-ID: %s\n"
	    "CSeq: 1 CANCEL\nReason: SIP;cause=200;text=\"Call completed elsewhere\"\n"
	    "Max-Forwards: 70\nContent-Length: 0\n\n",
	    via, header(ringing, "From", from), header(ringing, "Call-ID", id));
	cancel = ua_expect(anna, "CANCEL", 100);
	assert_header(
	    "CANCEL", cancel, "Reason", "SIP;cause=200;text=\"Call completed elsewhere\"");
	ua_answer(anna, cancel, 200, "", "");
	ua_answer(anna, invite, 487, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 487", 100));
}

/* Ring tone by origin; a caller cannot make other phones answer or load tones. */
static void
alerting_is_ours(void **state)
{
	const char *invite = ben_calls("<sip:b1@x>",
	    "Alert-Info: <http://evil/>;info=alert-autoanswer\nCall-Info: <sip:x>;answer-after=0\n"
	    "Answer-Mode: Auto\nSubject: Lunch\n");

	assert_header(
	    "internal", invite, "Alert-Info", "<http://www.notused.com>;info=alert-internal");
	assert_header("internal", invite, "Call-Info", "");
	assert_header("internal", invite, "Answer-Mode", "");
	assert_header("internal", invite, "Subject", "Lunch");
	ua_answer(anna, invite, 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(phones_do_not_choose_their_names, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_caller_sees_who_answers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(reasons_of_the_end_pass, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_reason_of_a_cancel_passes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(alerting_is_ours, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
