/* call/: what happens on the wire and in the record, step by step (RFC 3261, 3264, 4028). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "office.h"

static struct office o;
static struct ua *ben, *anna1, *anna2;

static int
set_up(void **state)
{
	office_open(&o);
	ben = office_phone(&o, "b1");
	anna1 = office_phone(&o, "a1");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

/* Ben calls dialled. extra: header lines. */
static void
invite(const char *dialled, const char *extra, const char *body)
{
	static unsigned n;

	n++;
	ua_send(ben,
	    "INVITE sip:%s@$PBX SIP/2.0\nVia: SIP/2.0/UDP "
	    "$ME;rport;branch=z9hG4bKi%u\nMax-Forwards: 70\n"
	    "From: \"Ben\" <sip:b1@$PBX>;tag=ben\nTo: <sip:%s@$PBX>\nCall-ID: call-%u@test\nCSeq: "
	    "1 INVITE\n"
	    "Contact: <sip:b1@$ME>\n%s%sContent-Length: $LEN\n\n%s",
	    dialled, n, dialled, n, extra, *body ? "Content-Type: application/sdp\n" : "", body);
}

struct talk {
	const char *invite; /* as Anna's phone got it */
	const char *ok;	    /* as Ben's phone got it */
};

static struct talk
connect_call(void)
{
	struct talk t;

	invite("101", "", sdp_of(ben, 4000, ""));
	t.invite = ua_expect(anna1, "INVITE", 100);
	ua_answer(anna1, t.invite, 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	ua_answer(anna1, t.invite, 200, "", sdp_of(anna1, 5000, ""));
	ua_expect(anna1, "ACK", 100);
	t.ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, t.ok, "ACK", 1, "", "");
	office_run(&o, 10);
	return t;
}

static void
ok_to(struct ua *u, const char *start)
{
	ua_answer(u, ua_expect(u, start, 1000), 200, "", "");
}

/* After one request of his in the dialog. */
static void
ben_hangs_up(const struct talk *t)
{
	ua_in_dialog(ben, t->ok, "BYE", 3, "", "");
	ok_to(anna1, "BYE");
}

static void
a_call_from_ring_to_bye(void **state)
{
	struct talk t = connect_call();
	char value[512];

	/* Anna sees who calls, our media address and her port on our side */
	assert_string_equal(header(t.invite, "From", value)[0] ? "yes" : "", "yes");
	assert_non_null(strstr(value, "\"Ben Cohn\" <sip:102@10.0.0.1"));
	assert_non_null(strstr(t.invite, "c=IN IP4 10.0.0.1"));
	assert_non_null(strstr(t.invite, "m=audio 20002 RTP/AVP 8 0"));
	assert_non_null(strstr(t.ok, "m=audio 20000 RTP/AVP 8 0"));
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	assert_string_equal(o.live.codec, "PCMA");
	office_run(&o, 61000);
	ua_in_dialog(ben, t.ok, "BYE", 2, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ok_to(anna1, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1);
	assert_int_equal(o.record[0].result, CDR_ANSWERED);
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLER);
	assert_int_equal(o.record[0].duration_s, 61);
	assert_string_equal(o.record[0].caller_number, "102");
	assert_string_equal(o.record[0].called_number, "101");
	assert_string_equal(o.record[0].called_phone, "a1");
	assert_int_equal(o.record[0].packets_to_called, 11);
	assert_int_equal(o.record[0].packets_to_caller, 22);
	assert_int_equal(o.live.state, LIVE_CALL_ENDED);
}

static void
the_called_side_hangs_up(void **state)
{
	struct talk t = connect_call();

	ua_in_dialog(anna1, t.invite, "BYE", 1, "", "");
	ua_expect(anna1, "SIP/2.0 200", 100);
	ok_to(ben, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLED);
}

/* The last reason begins so. */
static void
assert_reason(const struct cdr *r, const char *begin)
{
	char text[REASON_TEXT_BYTES];

	assert_true(r->explanation_count > 0);
	reason_text(slice_cstr(r->explanation[r->explanation_count - 1]), text);
	if (!slice_starts(slice_cstr(text), slice_cstr(begin)))
		fail_msg("'%s' does not begin with '%s'", text, begin);
}

static void
refusals_reach_the_caller(void **state)
{
	static const struct {
		int from_phone;
		const char *to_caller;
		enum cdr_result result;
	} cases[] = {
	    {486, "SIP/2.0 486", CDR_BUSY},
	    {600, "SIP/2.0 486", CDR_BUSY},
	    {603, "SIP/2.0 603", CDR_REJECTED},
	    {480, "SIP/2.0 480", CDR_UNAVAILABLE},
	    {404, "SIP/2.0 480", CDR_UNAVAILABLE},
	    {401, "SIP/2.0 480", CDR_UNAVAILABLE},
	    {488, "SIP/2.0 488", CDR_FAILED},
	    {500, "SIP/2.0 500", CDR_FAILED},
	    {503, "SIP/2.0 480", CDR_UNAVAILABLE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *final;
		char reason[64];

		invite("101", "", sdp_of(ben, 4000, ""));
		ua_answer(anna1, ua_expect(anna1, "INVITE", 100), cases[i].from_phone, "", "");
		ua_expect(anna1, "ACK", 100);
		if (cases[i].from_phone == 488) { /* asked again, with codecs of ours */
			ua_answer(anna1, ua_expect(anna1, "INVITE", 100), 488, "", "");
			ua_expect(anna1, "ACK", 100);
		}
		final = ua_expect(ben, cases[i].to_caller, 100);
		ua_ack_failure(ben, final);
		office_run(&o, 100);
		assert_int_equal(o.n_records, i + 1);
		assert_int_equal(o.record[i].result, cases[i].result);
		snprintf(reason, sizeof reason, "Phone a1 answered %d", cases[i].from_phone);
		assert_reason(&o.record[i], reason);
		for (size_t m = 0; m < ben->n_inbox;
		     m++) /* 64*T1 of each 4xx is not the matter here */
			free(ben->inbox[m]);
		ben->n_inbox = 0;
	}
}

static void
nobody_there_and_nothing_known(void **state)
{
	invite("999", "", sdp_of(ben, 4000, ""));
	ua_expect(ben, "SIP/2.0 404", 100);
	invite("104", "", sdp_of(ben, 4000, ""));
	ua_expect(ben, "SIP/2.0 480", 100);
	office_run(&o, 100);
	assert_int_equal(o.record[0].result, CDR_NOT_FOUND);
	assert_int_equal(o.record[1].result, CDR_UNAVAILABLE);
	assert_int_equal(o.live.state, LIVE_CALL_ENDED);
}

static void
no_answer_ends_after_the_ring_time(void **state)
{
	const char *inv;

	invite("101", "", sdp_of(ben, 4000, ""));
	inv = ua_expect(anna1, "INVITE", 100);
	ua_answer(anna1, inv, 180, "", "");
	office_run(&o, 29900);
	ua_expect_none(ben, "SIP/2.0 480");
	ua_expect(ben, "SIP/2.0 480", 200);
	ok_to(anna1, "CANCEL");
	ua_answer(anna1, inv, 487, "", "");
	office_run(&o, 100);
	assert_int_equal(o.record[0].result, CDR_NO_ANSWER);
}

static void
a_cancelled_call_stops_ringing(void **state)
{
	const char *inv, *ringing;
	char via[512], from[512], id[512];

	invite("101", "", sdp_of(ben, 4000, ""));
	inv = ua_expect(anna1, "INVITE", 100);
	ua_answer(anna1, inv, 180, "", "");
	ringing = ua_expect(ben, "SIP/2.0 180", 100);
	header(ringing, "Via", via);
	*strstr(via, ";received") = '\0';
	ua_send(ben,
	    "CANCEL sip:101@$PBX SIP/2.0\nVia: %s\nFrom: %s\nTo: <sip:101@$PBX>\nCall-ID: "
	    "%s\nCSeq: 1 CANCEL\n"
	    "Max-Forwards: 70\nContent-Length: 0\n\n",
	    via, header(ringing, "From", from), header(ringing, "Call-ID", id));
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_expect(ben, "SIP/2.0 487", 100);
	ok_to(anna1, "CANCEL");
	ua_answer(anna1, inv, 487, "", "");
	office_run(&o, 100);
	assert_int_equal(o.record[0].result, CDR_CANCELLED);
	assert_int_equal(o.record[0].ended_by, CDR_BY_CALLER);
}

static void
all_phones_ring_and_the_first_wins(void **state)
{
	const char *i1, *i2, *c1;

	anna2 = office_phone(&o, "a2");
	invite("101", "", sdp_of(ben, 4000, ""));
	i1 = ua_expect(anna1, "INVITE", 100);
	i2 = ua_expect(anna2, "INVITE", 100);
	ua_answer(anna1, i1, 180, "", "");
	ua_answer(anna2, i2, 180, "", "");
	ua_expect(ben, "SIP/2.0 180", 100);
	office_run(&o, 100);
	ua_expect_none(ben, "SIP/2.0 180"); /* told once */
	ua_answer(anna2, i2, 200, "", sdp_of(anna2, 6000, ""));
	ua_expect(anna2, "ACK", 100);
	c1 = ua_expect(anna1, "CANCEL", 100);
	assert_non_null(strstr(c1, "Reason: SIP;cause=200;text=\"Call completed elsewhere\""));
	ua_answer(anna1, c1, 200, "", "");
	ua_answer(anna1, i1, 487, "", "");
	ua_in_dialog(ben, ua_expect(ben, "SIP/2.0 200", 100), "ACK", 1, "", "");
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 6000);
	office_run(&o, 100);
	ua_in_dialog(anna2, i2, "BYE", 1, "", "");
	ok_to(ben, "BYE");
	office_run(&o, 100);
	assert_string_equal(o.record[0].called_phone, "a2");
}

static void
a_200_that_crosses_the_cancel_is_ended(void **state)
{
	const char *i1, *i2;

	anna2 = office_phone(&o, "a2");
	invite("101", "", sdp_of(ben, 4000, ""));
	i1 = ua_expect(anna1, "INVITE", 100);
	i2 = ua_expect(anna2, "INVITE", 100);
	ua_answer(anna1, i1, 180, "", "");
	ua_answer(anna2, i2, 180, "", "");
	office_run(&o, 5);
	ua_answer(anna1, i1, 200, "", sdp_of(anna1, 5000, ""));
	ua_answer(anna2, i2, 200, "", sdp_of(anna2, 6000, ""));
	ua_expect(anna1, "ACK", 100);
	ok_to(anna2, "CANCEL");
	ua_expect(anna2, "ACK", 100);
	ok_to(anna2, "BYE");
	ua_in_dialog(ben, ua_expect(ben, "SIP/2.0 200", 100), "ACK", 1, "", "");
	office_run(&o, 50);
	assert_string_equal(o.live.called.phone, "a1");
	ua_in_dialog(anna1, i1, "BYE", 1, "", "");
	ok_to(ben, "BYE");
}

static void
one_busy_phone_does_not_end_the_call_but_a_decline_does(void **state)
{
	const char *i1, *i2, *c2;

	anna2 = office_phone(&o, "a2");
	invite("101", "", sdp_of(ben, 4000, ""));
	i1 = ua_expect(anna1, "INVITE", 100);
	i2 = ua_expect(anna2, "INVITE", 100);
	ua_answer(anna1, i1, 486, "", "");
	ua_answer(anna2, i2, 180, "", "");
	office_run(&o, 1000);
	ua_expect_none(ben, "SIP/2.0 486");
	ua_answer(anna2, i2, 486, "", "");
	ua_expect(ben, "SIP/2.0 486", 100);

	invite("101", "", sdp_of(ben, 4000, ""));
	i1 = ua_expect(anna1, "INVITE", 100);
	i2 = ua_expect(anna2, "INVITE", 100);
	ua_answer(anna2, i2, 180, "", "");
	office_run(&o, 5);
	ua_answer(anna1, i1, 603, "", "");
	ua_expect(ben, "SIP/2.0 603", 100);
	c2 = ua_expect(anna2, "CANCEL", 100);
	ua_answer(anna2, c2, 200, "", "");
	ua_answer(anna2, i2, 487, "", "");
}

static void
early_media_reaches_the_caller(void **state)
{
	const char *inv, *progress;

	invite("101", "", sdp_of(ben, 4000, ""));
	inv = ua_expect(anna1, "INVITE", 100);
	ua_answer(anna1, inv, 183, "", sdp_of(anna1, 5000, ""));
	progress = ua_expect(ben, "SIP/2.0 183", 100);
	assert_non_null(strstr(progress, "m=audio 20000 RTP/AVP 8 0"));
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5000);
	ua_answer(anna1, inv, 486, "", "");
	ua_expect(ben, "SIP/2.0 486", 100);
}

static void
hold_goes_to_the_other_side_and_back(void **state)
{
	struct talk t = connect_call();
	const char *re, *ok;

	ua_in_dialog(ben, t.ok, "INVITE", 2, "", sdp_of(ben, 4000, "a=sendonly\n"));
	re = ua_expect(anna1, "INVITE", 100);
	assert_non_null(strstr(re, "a=sendonly"));
	ua_answer(anna1, re, 200, "", sdp_of(anna1, 5000, "a=recvonly\n"));
	ua_expect(anna1, "ACK", 100);
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_non_null(strstr(ok, "a=recvonly"));
	ua_in_dialog(ben, ok, "ACK", 2, "", "");
	office_run(&o, 20);
	assert_int_equal(o.live.state, LIVE_CALL_HELD);
	assert_false(o.stream[0].peer[MEDIA_CALLER].send);
	assert_int_equal(o.stream[0].timeout_ms, 1800000); /* hold may be silent for longer */

	/* the held side takes it back */
	ua_in_dialog(anna1, t.invite, "INVITE", 1, "", sdp_of(anna1, 5002, ""));
	re = ua_expect(ben, "INVITE", 100);
	ua_answer(ben, re, 200, "", sdp_of(ben, 4000, ""));
	ua_expect(ben, "ACK", 100);
	ok = ua_expect(anna1, "SIP/2.0 200", 100);
	ua_in_dialog(anna1, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5002);
	ben_hangs_up(&t);
}

static const char *
fax_of(const struct ua *u, int port)
{
	static char text[512];
	char ip[ADDR_TEXT_MAX];
	struct buf b;

	buf_init(&b, ip, sizeof ip - 1);
	addr_write_ip(&b, &u->addr);
	ip[b.n] = '\0';
	snprintf(text, sizeof text,
	    "v=0\no=- 2 2 IN IP4 %s\ns=-\nc=IN IP4 %s\nt=0 0\nm=image %d udptl t38\n"
	    "a=T38FaxVersion:0\na=T38MaxBitRate:14400\na=T38FaxUdpEC:t38UDPRedundancy\n",
	    ip, ip, port);
	return text;
}

/* T.38, annex D: the called gateway has heard a fax and changes the voice into one; afterwards they
 * talk again. The stream is the same, its packets are no RTP meanwhile. */
static void
a_call_becomes_a_fax_and_a_call_again(void **state)
{
	struct talk t = connect_call();
	const char *re, *ok;

	ua_in_dialog(anna1, t.invite, "INVITE", 1, "", fax_of(anna1, 5004));
	re = ua_expect(ben, "INVITE", 100);
	assert_non_null(strstr(re, "m=image 20000 udptl t38\r\na=T38FaxVersion:0\r\n"));
	ua_answer(ben, re, 200, "", fax_of(ben, 4000));
	ua_expect(ben, "ACK", 100);
	ok = ua_expect(anna1, "SIP/2.0 200", 100);
	assert_non_null(strstr(ok, "m=image 2"));
	ua_in_dialog(anna1, ok, "ACK", 1, "", "");
	office_run(&o, 20);
	assert_true(o.stream[0].open);
	assert_true(o.stream[0].peer[MEDIA_CALLER].raw && o.stream[0].peer[MEDIA_CALLED].raw);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLED].rtp.port, 5004);

	ua_in_dialog(anna1, t.invite, "INVITE", 2, "", sdp_of(anna1, 5000, ""));
	re = ua_expect(ben, "INVITE", 100);
	assert_non_null(strstr(re, "m=audio 20000 RTP/AVP 8"));
	ua_answer(ben, re, 200, "", sdp_of(ben, 4000, ""));
	ua_expect(ben, "ACK", 100);
	ua_in_dialog(anna1, ua_expect(anna1, "SIP/2.0 200", 100), "ACK", 2, "", "");
	office_run(&o, 20);
	assert_false(o.stream[0].peer[MEDIA_CALLER].raw || o.stream[0].peer[MEDIA_CALLED].raw);
	ben_hangs_up(&t);
}

static void
a_refused_change_leaves_everything(void **state)
{
	struct talk t = connect_call();
	const char *final;

	ua_in_dialog(ben, t.ok, "INVITE", 2, "", sdp_of(ben, 4444, "a=sendonly\n"));
	ua_answer(anna1, ua_expect(anna1, "INVITE", 100), 488, "", "");
	final = ua_expect(ben, "SIP/2.0 488", 100);
	ua_ack_failure(ben, final);
	office_run(&o, 20);
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	assert_true(o.stream[0].peer[MEDIA_CALLER].send);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	ben_hangs_up(&t);
}

static void
glare_is_answered_with_491(void **state)
{
	struct talk t = connect_call();
	const char *re;

	ua_in_dialog(ben, t.ok, "INVITE", 2, "", sdp_of(ben, 4000, "a=sendonly\n"));
	re = ua_expect(anna1, "INVITE", 100);
	ua_in_dialog(anna1, t.invite, "INVITE", 1, "", sdp_of(anna1, 5000, "a=sendonly\n"));
	ua_expect(anna1, "SIP/2.0 491", 100);
	ua_answer(anna1, re, 491, "", "");
	ua_expect(ben, "SIP/2.0 491", 100);
	ben_hangs_up(&t);
}

static void
a_refresh_that_changes_nothing_is_answered_here(void **state)
{
	struct talk t = connect_call();
	const char *ok;

	ua_in_dialog(ben, t.ok, "INVITE", 2, "", sdp_of(ben, 4000, ""));
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_non_null(strstr(ok, "m=audio 20000"));
	ua_expect_none(anna1, "INVITE");
	ua_in_dialog(ben, ok, "ACK", 2, "", "");
	office_run(&o, 10);
	ben_hangs_up(&t);
}

static void
late_offer_passes_through(void **state)
{
	const char *inv, *ok, *ack;

	invite("101", "", "");
	inv = ua_expect(anna1, "INVITE", 100);
	assert_null(strstr(inv, "m=audio"));
	ua_answer(anna1, inv, 200, "", sdp_of(anna1, 5000, ""));
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_non_null(strstr(ok, "m=audio 20000"));
	ua_expect_none(anna1, "ACK"); /* waits for the answer */
	ua_in_dialog(ben, ok, "ACK", 1, "", sdp_of(ben, 4000, ""));
	ack = ua_expect(anna1, "ACK", 100);
	assert_non_null(strstr(ack, "m=audio 20002"));
	assert_int_equal(o.stream[0].peer[MEDIA_CALLER].rtp.port, 4000);
	ua_in_dialog(ben, ok, "BYE", 2, "", "");
	ok_to(anna1, "BYE");
}

static void
an_answer_without_ack_ends_the_call(void **state)
{
	const char *inv;

	invite("101", "", sdp_of(ben, 4000, ""));
	inv = ua_expect(anna1, "INVITE", 100);
	ua_answer(anna1, inv, 200, "", sdp_of(anna1, 5000, ""));
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_expect(ben, "SIP/2.0 200", 600); /* again after T1 */
	ua_expect(anna1, "ACK", 100);
	office_run(&o, 33000);
	ok_to(anna1, "BYE");
	ok_to(ben, "BYE");
	office_run(&o, 100);
	assert_int_equal(o.record[0].ended_by, CDR_BY_SYSTEM);
	assert_int_equal(call_switch_get_stats(o.calls)->no_ack, 1);
}

static void
no_bye_before_the_ack(void **state)
{
	const char *inv, *ok;

	invite("101", "", sdp_of(ben, 4000, ""));
	inv = ua_expect(anna1, "INVITE", 100);
	ua_answer(anna1, inv, 200, "", sdp_of(anna1, 5000, ""));
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(anna1, inv, "BYE", 1, "", "");
	office_run(&o, 300);
	ua_expect_none(ben, "BYE");
	ua_in_dialog(ben, ok, "ACK", 1, "", "");
	ok_to(ben, "BYE");
}

/* RFC 3326: who is hung up on by us hears why. */
static void
hung_up_on(struct ua *u, const char *reason)
{
	const char *bye = ua_expect(u, "BYE", 1000);
	char value[512];

	assert_string_equal(header(bye, "Reason", value), reason);
	ua_answer(u, bye, 200, "", "");
}

static void
session_timers(void **state)
{
	const char *inv, *ok;
	char value[512];

	invite("101", "Supported: timer\nSession-Expires: 30\n", sdp_of(ben, 4000, ""));
	assert_string_equal(header(ua_expect(ben, "SIP/2.0 422", 100), "Min-SE", value), "90");

	invite(
	    "101", "Supported: timer\nSession-Expires: 200;refresher=uac\n", sdp_of(ben, 4000, ""));
	inv = ua_expect(anna1, "INVITE", 100);
	assert_string_equal(header(inv, "Session-Expires", value), "1800");
	ua_answer(anna1, inv, 422, "Min-SE: 2000\n", "");
	ua_expect(anna1, "ACK", 100);
	inv = ua_expect(anna1, "INVITE", 100);
	assert_string_equal(header(inv, "Session-Expires", value), "2000");
	assert_string_equal(header(inv, "Min-SE", value), "2000"); /* RFC 4028, 7.4 */
	ua_answer(anna1, inv, 200, "", sdp_of(anna1, 5000, ""));
	ok = ua_expect(ben, "SIP/2.0 200", 100);
	assert_string_equal(header(ok, "Session-Expires", value), "200;refresher=uac");
	ua_in_dialog(ben, ok, "ACK", 1, "", "");
	/* Ben promised to refresh and does not: over a little before 200 s; Anna's phone does not
	 * know session timers, so we would ask it after 1,000 s */
	office_run(&o, 150000);
	ua_expect_none(ben, "BYE");
	office_run(&o, 20000);
	hung_up_on(ben, "SIP;cause=408;text=\"Session timer expired\"");
	hung_up_on(anna1, "SIP;cause=408;text=\"Session timer expired\"");
	office_run(&o, 100);
	assert_int_equal(o.record[o.n_records - 1].ended_by, CDR_BY_SYSTEM);
}

static void
we_refresh_where_nobody_else_does(void **state)
{
	struct talk t = connect_call();
	const char *re;

	office_run(&o, 900000);
	re = ua_expect(anna1, "INVITE", 5000);
	assert_non_null(strstr(re, "m=audio 20002"));
	ua_answer(anna1, re, 200, "", sdp_of(anna1, 5000, ""));
	ua_expect(anna1, "ACK", 100);
	re = ua_expect(ben, "INVITE", 5000);
	ua_answer(ben, re, 481, "", ""); /* Ben's phone has been restarted */
	hung_up_on(anna1, "SIP;cause=481;text=\"Call/Transaction Does Not Exist\"");
	hung_up_on(ben, "SIP;cause=481;text=\"Call/Transaction Does Not Exist\"");
	(void)t;
}

static void
silence_ends_the_call(void **state)
{
	struct talk t = connect_call();

	office_media_timeout(&o, 0);
	hung_up_on(anna1, "Q.850;cause=41;text=\"No media\"");
	hung_up_on(ben, "Q.850;cause=41;text=\"No media\"");
	office_run(&o, 100);
	assert_int_equal(o.record[0].ended_by, CDR_BY_SYSTEM);
	(void)t;
}

static void
no_media_ports_left(void **state)
{
	struct talk t = connect_call();

	o.streams_max = 1;
	invite("101", "", sdp_of(ben, 4002, ""));
	ua_expect(ben, "SIP/2.0 503", 100);
	assert_true(o.stream[0].open); /* the running call is untouched */
	o.streams_max = 16;
	ua_in_dialog(ben, t.ok, "BYE", 2, "", "");
	ok_to(anna1, "BYE");
}

static void
bad_invites_are_refused(void **state)
{
	static const struct {
		const char *extra, *body, *status;
	} cases[] = {
	    {"Require: 100rel, gruu\n", "v=0\n", "SIP/2.0 420"},
	    {"", "nonsense", "SIP/2.0 400"},
	    {"", "v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nt=0 0\n", "SIP/2.0 488"},
	    {"",
		"v=0\no=- 1 1 IN IP4 1.2.3.4\ns=-\nc=IN IP4 1.2.3.4\nt=0 0\nm=message 9 TCP/MSRP "
		"*\n",
		"SIP/2.0 488"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		invite("101", cases[i].extra, cases[i].body);
		ua_expect(ben, cases[i].status, 100);
		ua_expect_none(anna1, "INVITE");
	}
}

/* RFC 4028, 7.3: a phone that is never content does not keep us asking for ever. */
static void
refusals_of_the_interval_end(void **state)
{
	char min_se[32];

	invite("101", "", sdp_of(ben, 4000, ""));
	for (int round = 0; round < 4; round++) {
		snprintf(min_se, sizeof min_se, "Min-SE: %d\n", 1801 + round);
		ua_answer(anna1, ua_expect(anna1, "INVITE", 100), 422, min_se, "");
		ua_expect(anna1, "ACK", 100);
	}
	ua_expect(ben, "SIP/2.0 480", 100);
	ua_expect_none(anna1, "INVITE");
}

static void
info_is_carried_to_the_other_side(void **state)
{
	struct talk t = connect_call();
	const char *info;
	char value[512];

	ua_in_dialog(ben, t.ok, "INFO", 2, "", "Signal=5\n");
	info = ua_expect(anna1, "INFO", 100);
	assert_non_null(strstr(info, "Signal=5"));
	ua_answer(anna1, info, 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	ua_in_dialog(ben, t.ok, "PUBLISH", 3, "", "");
	assert_string_equal(header(ua_expect(ben, "SIP/2.0 405", 100), "Allow", value),
	    CALL_LINE_ALLOW ", REFER, SUBSCRIBE");
	ua_in_dialog(ben, t.ok, "BYE", 2, "", ""); /* old CSeq */
	ua_expect(ben, "SIP/2.0 500", 100);
	ua_in_dialog(ben, t.ok, "BYE", 4, "", "");
	ok_to(anna1, "BYE");
}

static void
an_administrator_hangs_up(void **state)
{
	struct talk t = connect_call();

	assert_int_equal(call_hang_up(o.calls, SLICE("nobody")), ERR_NOT_FOUND);
	assert_int_equal(call_hang_up(o.calls, slice_cstr(o.live.call_id)), ERR_OK);
	hung_up_on(anna1, "Q.850;cause=16;text=\"Ended by administrator\"");
	hung_up_on(ben, "Q.850;cause=16;text=\"Ended by administrator\"");
	assert_int_equal(call_hang_up(o.calls, slice_cstr(o.live.call_id)), ERR_NOT_FOUND);
	office_run(&o, 100);
	assert_int_equal(o.n_records, 1);
	assert_reason(&o.record[0], "An administrator ended the call");
	(void)t;
}

static void
both_legs_have_the_same_call_id_for_traces(void **state)
{
	struct talk t = connect_call();
	char id[512], a[CALL_ID_BYTES], b[CALL_ID_BYTES];

	call_id_of(slice_cstr(header(t.ok, "Call-ID", id)), a);
	call_id_of(slice_cstr(header(t.invite, "Call-ID", id)), b);
	assert_string_equal(a, b);
	assert_string_equal(a, o.live.call_id);
	ua_in_dialog(ben, t.ok, "BYE", 2, "", "");
	ok_to(anna1, "BYE");
}

/* RFC 4235: what watchers of both users hear, with the tags as the phones have them (3891). */
static void
watchers_hear_of_every_leg(void **state)
{
	struct talk t = connect_call();
	char tag[512];

	assert_string_equal(o.watched, "b1> trying 101;a1< trying 102;a1< early 102;b1> early 101;"
				       "b1> confirmed 101;a1< confirmed 102;");
	header(t.invite, "From", tag);
	assert_string_equal(o.watched_ids[1], "ta1");
	assert_string_equal(o.watched_ids[2], strstr(tag, ";tag=") + 5);
	assert_string_equal(o.watched_ids[0], header(t.invite, "Call-ID", tag));
	o.watched[0] = '\0';
	ua_in_dialog(ben, t.ok, "INVITE", 2, "", sdp_of(ben, 4000, "a=sendonly\n"));
	ua_answer(
	    anna1, ua_expect(anna1, "INVITE", 100), 200, "", sdp_of(anna1, 5000, "a=recvonly\n"));
	ua_expect(anna1, "ACK", 100);
	ua_in_dialog(ben, ua_expect(ben, "SIP/2.0 200", 100), "ACK", 2, "", "");
	assert_string_equal(o.watched, "b1> confirmed 101 held;a1< confirmed 102 held;");
	o.watched[0] = '\0';
	office_run(&o, 10);
	ben_hangs_up(&t);
	assert_string_equal(o.watched, "b1> over 101 held;a1< over 102;");
}

static void
a_refused_call_is_told_to_watchers_too(void **state)
{
	invite("999", "", sdp_of(ben, 4000, ""));
	ua_expect(ben, "SIP/2.0 404", 100);
	assert_string_equal(o.watched, "b1> trying 999;b1> over 999;");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_call_from_ring_to_bye),
	    CASE(the_called_side_hangs_up),
	    CASE(refusals_reach_the_caller),
	    CASE(nobody_there_and_nothing_known),
	    CASE(no_answer_ends_after_the_ring_time),
	    CASE(a_cancelled_call_stops_ringing),
	    CASE(all_phones_ring_and_the_first_wins),
	    CASE(a_200_that_crosses_the_cancel_is_ended),
	    CASE(one_busy_phone_does_not_end_the_call_but_a_decline_does),
	    CASE(early_media_reaches_the_caller),
	    CASE(hold_goes_to_the_other_side_and_back),
	    CASE(a_call_becomes_a_fax_and_a_call_again),
	    CASE(a_refused_change_leaves_everything),
	    CASE(glare_is_answered_with_491),
	    CASE(a_refresh_that_changes_nothing_is_answered_here),
	    CASE(late_offer_passes_through),
	    CASE(an_answer_without_ack_ends_the_call),
	    CASE(no_bye_before_the_ack),
	    CASE(session_timers),
	    CASE(we_refresh_where_nobody_else_does),
	    CASE(silence_ends_the_call),
	    CASE(no_media_ports_left),
	    CASE(bad_invites_are_refused),
	    CASE(refusals_of_the_interval_end),
	    CASE(info_is_carried_to_the_other_side),
	    CASE(an_administrator_hangs_up),
	    CASE(watchers_hear_of_every_leg),
	    CASE(a_refused_call_is_told_to_watchers_too),
	    CASE(both_legs_have_the_same_call_id_for_traces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
