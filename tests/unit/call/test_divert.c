/* call/: a phone sends the call on with 302 (RFC 3261, 8.1.3.4; Diversion: RFC 5806). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static struct office o;
static struct ua *ben, *anna, *eva, *finn;

static int
set_up(void **state)
{
	talk_office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	eva = office_phone(&o, "e1");
	finn = office_phone(&o, "f1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

/* The phone sends the call on to number. (ua_answer writes a Contact of its own behind it.) */
static void
sends_on(struct ua *u, const char *number, const char *more)
{
	const char *inv = ua_expect(u, "INVITE", 100);
	char via[512], from[512], to[512], id[512], cseq[512];

	ua_send(u,
	    "SIP/2.0 302 Moved\nVia: %s\nFrom: %s\nTo: %s;tag=t%s\nCall-ID: %s\nCSeq: %s\n"
	    "Contact: <sip:%s@10.0.0.1>\n%sContent-Length: 0\n\n",
	    header(inv, "Via", via), header(inv, "From", from), header(inv, "To", to), u->name,
	    header(inv, "Call-ID", id), header(inv, "CSeq", cseq), number, more);
	ua_expect(u, "ACK", 100);
}

static void
a_call_is_sent_on(void **state)
{
	const char *inv, *ok;
	char value[512];

	talk_dial(ben, "101", "", 4000);
	sends_on(anna, "107", "Diversion: <sip:101@x>;reason=user-busy\n");
	inv = ua_expect(eva, "INVITE", 100);
	header(inv, "Diversion", value);
	assert_non_null(strstr(value, "101@"));
	assert_non_null(strstr(value, "reason=user-busy"));
	ua_answer(eva, inv, 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	ua_answer(eva, inv, 200, "", sdp_of(eva, 7000, ""));
	ua_expect(eva, "ACK", 100);
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	ua_in_dialog(ben, ok, "BYE", 2, "", "");
	ua_ok(eva, "BYE");
	office_run(&o, 100);
	assert_string_equal(o.record[0].called_number, "107");
	assert_string_equal(o.record[0].called_phone, "e1");
	assert_int_equal(o.record[0].called_user != 0, 1);
	assert_true(record_says(&o.record[0], "Anna Berg (phone a1) sends the call on to 107"));
}

static void
rounds_and_long_ways_are_cut(void **state)
{
	talk_dial(ben, "101", "", 4000);
	sends_on(anna, "107", "");
	sends_on(eva, "101", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 482", 100));
	office_run(&o, 100);
	assert_true(record_says(&o.record[0],
	    "The call is not sent on to 101: it has been there, or was sent on too often"));

	talk_dial(ben, "101", "", 4000);
	sends_on(anna, "101", ""); /* to itself */
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 482", 100));
	office_run(&o, 100);
	assert_int_equal(o.n_records, 2);
}

static void
what_it_is_sent_to_counts(void **state)
{
	static const struct {
		const char *to, *status;
		enum cdr_result result;
	} cases[] = {
	    {"999", "SIP/2.0 480", CDR_UNAVAILABLE}, /* nobody has that number */
	    {"e1", "SIP/2.0 480", CDR_UNAVAILABLE},  /* a device, not a number */
	    {"104", "SIP/2.0 480", CDR_UNAVAILABLE}, /* Dora does not want to be disturbed */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		talk_dial(ben, "101", "", 4000);
		sends_on(anna, cases[i].to, "");
		ua_ack_failure(ben, ua_expect(ben, cases[i].status, 100));
		office_run(&o, 100);
		assert_int_equal(o.record[i].result, cases[i].result);
	}
	talk_dial(ben, "101", "", 4000);
	sends_on(anna, "107", "");
	ua_answer(eva, ua_expect(eva, "INVITE", 100), 486, "", "");
	ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
	office_run(&o, 100);
}

/* Anna has two phones: one sends the call on, the other rings on beside it. */
static void
the_other_phones_ring_on(void **state)
{
	struct ua *anna2 = office_phone(&o, "a2");
	const char *i2, *ie, *cancel, *ok;

	talk_dial(ben, "101", "", 4000);
	i2 = ua_expect(anna2, "INVITE", 100);
	ua_answer(anna2, i2, 180, "", "");
	sends_on(anna, "107", "");
	ie = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, ie, 180, "", "");
	office_run(&o, 10);
	ua_answer(anna2, i2, 200, "", sdp_of(anna2, 7000, ""));
	ua_expect(anna2, "ACK", 100);
	cancel = ua_expect(eva, "CANCEL", 100);
	ua_answer(eva, cancel, 200, "", "");
	ua_answer(eva, ie, 487, "", "");
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	ua_in_dialog(ben, ok, "BYE", 2, "", "");
	ua_ok(anna2, "BYE");
	office_run(&o, 100);
	assert_string_equal(o.record[0].called_number, "101");
	assert_string_equal(o.record[0].called_phone, "a2");
}

/* A transferred call may be sent on, too. */
static void
the_target_of_a_transfer_sends_it_on(void **state)
{
	struct talk t = talk_connect(ben, "101", anna, 4000);
	const char *inv;

	talk_refer(&t, anna, "<sip:107@x>", "");
	ua_expect(anna, "SIP/2.0 202", 100);
	ua_notified(anna, 100, "active");
	sends_on(eva, "108", "");
	inv = ua_expect(finn, "INVITE", 100);
	ua_answer(finn, inv, 200, "", sdp_of(finn, 7000, ""));
	ua_expect(finn, "ACK", 100);
	ua_notified(anna, 200, "terminated");
	ua_ok(anna, "BYE");
	ua_reinvited(ben, 4000);
	ua_expect(ben, "ACK", 100);
	talk_send(&t, ben, "BYE", "", "");
	ua_ok(finn, "BYE");
	office_run(&o, 100);
	assert_string_equal(o.record[0].called_number, "108");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* RFC 5626, 5.3: a flow that failed says nothing of the device; an answer of it does. */
static void
a_device_has_a_second_flow(void **state)
{
	static const struct {
		int first;
		bool second;
	} cases[] = {{430, true}, {408, true}, {486, false}, {480, false}};
	struct ua *second = office_phone(&o, "2nd");

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *inv, *to_caller;

		talk_dial(ben, "101", "", 4000);
		inv = ua_expect(anna, "INVITE", 100);
		ua_answer(anna, inv, cases[i].first, "", "");
		if (cases[i].second) { /* asked once: its word counts */
			inv = ua_expect(second, "INVITE", 100);
			ua_answer(second, inv, 430, "", "");
			ua_expect(second, "ACK", 100);
		}
		to_caller = ua_expect(ben, "SIP/2.0 4", 1000);
		ua_ack_failure(ben, to_caller);
		office_run(&o, 100);
		ua_expect_none(second, "INVITE");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_call_is_sent_on),
	    CASE(rounds_and_long_ways_are_cut),
	    CASE(what_it_is_sent_to_counts),
	    CASE(the_other_phones_ring_on),
	    CASE(the_target_of_a_transfer_sends_it_on),
	    CASE(a_device_has_a_second_flow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
