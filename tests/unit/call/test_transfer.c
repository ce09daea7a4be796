/* call/: REFER on the wire, attended transfers (RFC 3515, 3891, 3892, 5589). */
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

static void
end_with_eva(struct talk *t, struct ua *stays)
{
	talk_end_with(t, stays, eva);
}

/* ---- attended ---- */

/* Ben calls Anna, who asks Eva. */
static void
consult(struct talk *t, struct talk *c)
{
	*t = talk_connect(ben, "101", anna, 4000);
	*c = talk_connect(anna, "107", eva, 6000);
}

static void
attended_transfer(void **state)
{
	struct talk t, c;
	const char *re, *ack;
	char value[512];

	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	re = ua_expect(eva, "INVITE", 100); /* RFC 3725, 4.3: no offer of ours */
	assert_null(strstr(re, "m=audio"));
	ua_answer(eva, re, 200, "", sdp_of(eva, 7000, "a=x-offer\n"));
	re = ua_expect(ben, "INVITE", 100);
	assert_non_null(strstr(re, "a=x-offer"));
	ua_expect_none(eva, "ACK");					 /* waits for the answer */
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000); /* Anna's, still */
	ua_expect_none(anna, "BYE");
	ua_answer(ben, re, 200, "", sdp_of(ben, 4000, "a=x-answer\n"));
	ua_expect(ben, "ACK", 100);
	ack = ua_expect(eva, "ACK", 100);
	assert_non_null(strstr(ack, "a=x-answer"));
	assert_non_null(strstr(ack, "m=audio 20002")); /* Anna's side of the first call */
	ua_notified(anna, 200, "terminated;reason=noresource");
	ua_ok(anna, "BYE");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	assert_false(o.stream[1].open);
	assert_int_equal(o.n_records, 1); /* the consultation */
	assert_string_equal(o.record[0].called_number, "107");
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
	end_with_eva(&t, ben);
	assert_int_equal(o.n_records, 2);
	assert_string_equal(o.record[1].caller_number, "102");
	assert_string_equal(o.record[1].called_number, "107");
	assert_string_equal(o.record[1].called_phone, "e1");
	snprintf(value, sizeof value, "Anna Berg connects the call with 107 (call %s)",
	    o.record[0].call_id);
	assert_true(record_says(&o.record[1], value));
	snprintf(value, sizeof value, "Anna Berg connected this call with another one (call %s)",
	    o.record[1].call_id);
	assert_true(record_says(&o.record[0], value));
}

static void
both_talks_go_on(struct talk *t, struct talk *c)
{
	size_t n = o.n_records;

	office_run(&o, 100);
	ua_expect_none(anna, "BYE");
	ua_expect_none(ben, "BYE");
	ua_expect_none(eva, "BYE");
	talk_end(c);
	talk_end(t);
	assert_int_equal(o.n_records, n + 2);
}

static void
the_target_refuses_to_move(void **state)
{
	struct talk t, c;

	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	for (int offered = 0; offered < 2; offered++) {
		ua_answer(eva, ua_expect(eva, "INVITE", 100), 488, "", "");
		ua_expect(eva, "ACK", 100);
	}
	ua_notified(anna, 488, "terminated");
	both_talks_go_on(&t, &c);
}

/* Devices that know no INVITE without an offer get one (RFC 3725, 4.1), with both directions
 * also where the transferor holds; then the one who stays is told. */
static void
the_target_wants_an_offer(void **state)
{
	struct talk t, c;
	const char *re, *ok;

	consult(&t, &c);
	talk_send(&t, anna, "INVITE", "", sdp_of(anna, 5000, "a=sendonly\n"));
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 200, "", sdp_of(ben, 4000, "a=recvonly\n"));
	ua_expect(ben, "ACK", 100);
	ok = ua_expect(anna, "SIP/2.0 200", 100);
	ua_in_dialog(anna, ok, "ACK", t.to_cseq, "", "");
	office_run(&o, 10);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	ua_answer(eva, ua_expect(eva, "INVITE", 100), 400, "", "");
	ua_expect(eva, "ACK", 100);
	re = ua_expect(eva, "INVITE", 100);
	assert_non_null(strstr(re, "m=audio 20002")); /* Anna's side of the first call */
	assert_null(strstr(re, "a=recvonly"));
	ua_answer(eva, re, 200, "", sdp_of(eva, 7000, "a=x-eva\n"));
	ua_expect(eva, "ACK", 100);
	ua_notified(anna, 200, "terminated;reason=noresource");
	ua_ok(anna, "BYE");
	ua_ok(anna, "BYE");
	re = ua_reinvited(ben, 4000);
	assert_non_null(strstr(re, "a=x-eva"));
	assert_null(strstr(re, "a=sendonly"));
	ua_expect(ben, "ACK", 100);
	office_run(&o, 100);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 7000);
	assert_true(o.stream[0].peer[MEDIA_CALLED].send);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	assert_false(o.stream[1].open);
	end_with_eva(&t, ben);
	assert_int_equal(o.n_records, 2);
}

/* The transfer is over before the target has answered our offer: its media go back. */
static void
an_offer_in_vain(void **state)
{
	struct talk t, c;
	const char *re;

	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	ua_answer(eva, ua_expect(eva, "INVITE", 100), 488, "", "");
	ua_expect(eva, "ACK", 100);
	re = ua_expect(eva, "INVITE", 100);
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_notified(anna, 487, "terminated");
	ua_ok(anna, "BYE");
	ua_answer(eva, re, 200, "", sdp_of(eva, 7000, ""));
	ua_expect(eva, "ACK", 100);
	re = ua_reinvited(eva, 7000);
	assert_non_null(strstr(re, "m=audio 20006")); /* her side of the consultation */
	ua_expect(eva, "ACK", 100);
	assert_int_equal(o.stream[1].peer[MEDIA_CALLED].rtp.port, 7000);
	talk_end(&c);
}

static void
the_one_who_stays_refuses_the_target(void **state)
{
	struct talk t, c;
	const char *ack;

	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	ua_reinvited(eva, 7000);
	ua_answer(ben, ua_expect(ben, "INVITE", 100), 488, "", "");
	ua_expect(ben, "ACK", 100);
	ack = ua_expect(eva, "ACK", 100); /* 13.2.2.4: with an answer: what it had before */
	assert_non_null(strstr(ack, "m=audio 20006"));
	ua_notified(anna, 488, "terminated");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_int_equal(o.stream[1].peer[MEDIA_CALLED].rtp.port, 7000);
	both_talks_go_on(&t, &c);
}

static void
glare_with_the_target(void **state)
{
	struct talk t, c;

	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	ua_answer(eva, ua_expect(eva, "INVITE", 100), 491, "", "");
	ua_expect(eva, "ACK", 100);
	ua_reinvited(eva, 7000);
	ua_reinvited(ben, 4000);
	ua_expect(eva, "ACK", 100);
	ua_notified(anna, 200, "terminated");
	ua_ok(anna, "BYE");
	ua_ok(anna, "BYE");
	ua_expect(ben, "ACK", 100);
	end_with_eva(&t, ben);
}

static void
somebody_hangs_up_in_the_middle(void **state)
{
	struct talk t, c;

	/* the target, before it was asked for its offer is answered */
	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	ua_expect(eva, "INVITE", 100);
	talk_send(&c, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_notified(anna, 480, "terminated");
	ua_ok(anna, "BYE"); /* the consultation */
	talk_end(&t);
	assert_int_equal(o.n_records, 2);

	/* the target, while the other one considers its offer */
	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	ua_reinvited(eva, 7000);
	ua_expect(ben, "INVITE", 100);
	talk_send(&c, eva, "BYE", "", "");
	ua_expect(eva, "SIP/2.0 200", 100);
	ua_notified(anna, 480, "terminated");
	ua_ok(anna, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 3);
	talk_end(&t);
	assert_int_equal(o.n_records, 4);

	/* the one who should stay */
	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	ua_reinvited(eva, 7000);
	ua_expect(ben, "INVITE", 100);
	talk_send(&t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_notified(anna, 487, "terminated");
	ua_ok(anna, "BYE");
	ua_expect(eva, "ACK", 100);
	office_run(&o, 100);
	ua_expect_none(anna, "BYE"); /* Anna and Eva talk on */
	talk_end(&c);
	assert_int_equal(o.n_records, 6);
}

/* The transferor hangs up both calls at once: the transfer goes on, both wait for it. */
static void
the_transferor_leaves_both_calls(void **state)
{
	struct talk t, c;
	const char *re;

	consult(&t, &c);
	talk_refer(&t, anna, talk_replaces(&c, anna, "107"), "");
	accepted(anna);
	re = ua_expect(eva, "INVITE", 100);
	talk_send(&t, anna, "BYE", "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	talk_send(&c, anna, "BYE", "", "");
	ua_expect(anna, "SIP/2.0 200", 100);
	ua_answer(eva, re, 200, "", sdp_of(eva, 7000, ""));
	ua_reinvited(ben, 4000);
	ua_expect(eva, "ACK", 100);
	ua_expect(ben, "ACK", 100);
	office_run(&o, 100);
	end_with_eva(&t, ben);
	assert_int_equal(o.n_records, 2);
}

static void
replaces_in_refer_is_checked(void **state)
{
	struct talk t, c;
	char early[1024], *end;

	consult(&t, &c);
	talk_refer(&t, anna, "<sip:107@x?Replaces=no%3Bto-tag%3Da%3Bfrom-tag%3Db>", "");
	accepted(anna);
	ua_notified(anna, 481, "terminated");
	talk_refer(&t, anna, talk_replaces(&t, anna, "102"), ""); /* itself */
	accepted(anna);
	ua_notified(anna, 481, "terminated");
	snprintf(early, sizeof early, "%s", talk_replaces(&c, anna, "107"));
	end = strchr(early, '>');
	strcpy(end, "%3Bearly-only>"); /* RFC 3891, 3: confirmed by now */
	talk_refer(&t, anna, early, "");
	accepted(anna);
	ua_notified(anna, 486, "terminated");
	both_talks_go_on(&t, &c);
}

/* ---- attended, but the target still rings ---- */

struct ringing {
	struct talk t;
	struct talk c; /* invite only */
	const char *progress;
};

static struct ringing
consult_rings(void)
{
	struct ringing r = {.t = talk_connect(ben, "101", anna, 4000)};

	r.c = (struct talk){.from = anna, .to = eva, .from_cseq = 1};
	talk_dial(anna, "107", "", 6000);
	r.c.invite = ua_expect(eva, "INVITE", 100);
	ua_answer(eva, r.c.invite, 180, "", "");
	r.c.ok = ua_expect(anna, "SIP/2.0 180", 100);
	talk_refer(&r.t, anna, talk_replaces(&r.c, anna, "107"), "");
	accepted(anna);
	return r;
}

static void
anna_cancels(const struct ringing *r)
{
	ua_cancel(anna, r->c.ok, "107");
	ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 487", 100));
}

static void
semi_attended_transfer(void **state)
{
	for (int cancels = 0; cancels < 2; cancels++) {
		struct ringing r = consult_rings();

		if (cancels)
			anna_cancels(&r);
		office_run(&o, 500);
		ua_expect_none(eva, "CANCEL");
		ua_answer(eva, r.c.invite, 200, "", sdp_of(eva, 7000, ""));
		ua_expect(eva, "ACK", 100);
		if (!cancels)
			ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 487", 100));
		ua_reinvited(eva, 7000);
		ua_reinvited(ben, 4000);
		ua_expect(eva, "ACK", 100);
		ua_expect(ben, "ACK", 100);
		ua_notified(anna, 200, "terminated");
		ua_ok(anna, "BYE");
		end_with_eva(&r.t, ben);
		assert_int_equal(o.n_records, 2 * cancels + 2);
		assert_string_equal(o.record[2 * cancels + 1].called_number, "107");
	}
}

static void
semi_attended_transfer_fails(void **state)
{
	for (int cancels = 0; cancels < 2; cancels++) {
		struct ringing r = consult_rings();

		if (cancels)
			anna_cancels(&r);
		ua_answer(eva, r.c.invite, 486, "", "");
		if (!cancels)
			ua_ack_failure(anna, ua_expect(anna, "SIP/2.0 486", 100));
		ua_notified(anna, 486, "terminated");
		office_run(&o, 100);
		assert_int_equal(o.record[2 * cancels].result, CDR_BUSY);
		talk_end(&r.t);
	}
}

static void
the_waiting_party_leaves_a_semi_attended_transfer(void **state)
{
	struct ringing r = consult_rings();
	const char *ok;

	talk_send(&r.t, ben, "BYE", "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_notified(anna, 487, "terminated");
	ua_ok(anna, "BYE");
	ua_answer(eva, r.c.invite, 200, "", sdp_of(eva, 7000, "")); /* Anna's own call goes on */
	ua_expect(eva, "ACK", 100);
	ok = ua_expect(anna, "SIP/2.0 200", 100);
	ua_in_dialog(anna, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	ua_in_dialog(anna, ok, "BYE", 2, "", "");
	ua_ok(eva, "BYE");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(attended_transfer),
	    CASE(the_target_refuses_to_move),
	    CASE(the_target_wants_an_offer),
	    CASE(an_offer_in_vain),
	    CASE(the_one_who_stays_refuses_the_target),
	    CASE(glare_with_the_target),
	    CASE(somebody_hangs_up_in_the_middle),
	    CASE(the_transferor_leaves_both_calls),
	    CASE(replaces_in_refer_is_checked),
	    CASE(semi_attended_transfer),
	    CASE(semi_attended_transfer_fails),
	    CASE(the_waiting_party_leaves_a_semi_attended_transfer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
