/* call/direct.c on the wire (PHO-5, LIN-2: canreinvite): voice goes from phone to phone, and comes
 * back when anything needs it here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test','rtp_timeout_s':60,'rtp_hold_timeout_s':300%s},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'%s},"
    "{'name':'b1','secret':'Secret-b1-Secret1'%s},"
    "{'name':'e1','secret':'Secret-e1-Secret1','direct_media':true}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']},{'login':'1007','first_name':'Eva','last_name':'Gold','phones':['e1'],'numbers':"
    "['107']}]}";

#define DIRECT ",'direct_media':true"

static struct office o;
static struct ua *a, *b, *e;
static struct talk t;

static void
open_with(const char *settings, const char *of_a, const char *of_b)
{
	char config[2048];

	snprintf(config, sizeof config, office_text, settings, of_a, of_b);
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
	e = office_phone(&o, "e1");
}

static void
ack(struct talk *call, struct ua *who, const char *ok)
{
	bool calls = who == call->from;

	ua_in_dialog(
	    who, calls ? ok : call->invite, "ACK", calls ? call->from_cseq : call->to_cseq, "", "");
	office_run(&o, 10);
}

static struct talk
connect_with(
    struct ua *from, const char *number, struct ua *to, const char *offer, const char *answer)
{
	struct talk call = {.from = from, .to = to, .from_cseq = 1};

	talk_dial_with(from, number, "", offer);
	call.invite = ua_expect(to, "INVITE", 100);
	ua_answer(to, call.invite, 200, "", answer);
	call.ok = ua_expect(from, "SIP/2.0 200", 100);
	ack(&call, from, call.ok);
	ua_expect(to, "ACK", 100);
	return call;
}

/* A re-INVITE that says where voice goes; "" there: to the switch. */
static const char *
told(struct ua *u, const char *there, int port)
{
	const char *re = ua_expect(u, "INVITE", 5000);
	char line[64];

	snprintf(line, sizeof line, "\r\nc=IN IP4 %s\r\n", *there ? there : "10.0.0.1");
	if (!strstr(re, line))
		fail_msg("no %s in %s", line, re);
	snprintf(line, sizeof line, "m=audio %d RTP/AVP ", port);
	if (!strstr(re, line))
		fail_msg("no %s in %s", line, re);
	assert_non_null(strstr(re, " IN IP4 10.0.0.1\r\ns=")); /* o= is always ours */
	return re;
}

static void
agrees(struct ua *u, const char *re, int port)
{
	ua_answer(u, re, 200, "", sdp_of(u, port, ""));
	ua_expect(u, "ACK", 100);
}

static void
nothing_more(uint32_t ms)
{
	office_run(&o, ms);
	ua_expect_none(a, "INVITE");
	ua_expect_none(b, "INVITE");
	ua_expect_none(e, "INVITE");
}

static void
become_direct(void)
{
	agrees(a, told(a, "10.0.1.2", 5000), 4000);
	agrees(b, told(b, "10.0.1.1", 4000), 5000);
	nothing_more(3000);
}

static void
talk_directly(void)
{
	open_with("", DIRECT, DIRECT);
	t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, 5000, ""));
	become_direct();
}

static void
finish(void)
{
	talk_end(&t);
	office_close(&o);
}

static bool
says(const char *sentence)
{
	for (size_t i = 0; i < o.n_records; i++)
		if (record_says(&o.record[i], sentence))
			return true;
	return false;
}

/* ---- there ---- */

static void
two_phones_that_allow_it_hear_each_other_directly(void **state)
{
	talk_directly();
	assert_int_equal(o.live.heard_by_caller.voice, LIVE_VOICE_DIRECT);
	assert_int_equal(o.live.heard_by_called.voice, LIVE_VOICE_DIRECT);
	assert_int_equal(o.live.state, LIVE_CALL_ANSWERED);
	assert_int_equal(call_switch_get_stats(o.calls)->heard_now[LIVE_VOICE_DIRECT], 1);
	assert_true(o.stream[0].open); /* coming back is signalling alone */
	talk_end(&t);
	assert_int_equal(call_switch_get_stats(o.calls)->heard_now[LIVE_VOICE_DIRECT], 0);
	office_close(&o);
	assert_int_equal(o.n_records, 1);
	assert_true(o.record[0].direct);
	assert_true(says("The voices go directly between the phones"));
}

static void
what_was_heard_is_not_known_rather_than_bad(void **state)
{
	static const struct media_stats stats = {
	    .side[MEDIA_CALLER] = {.packets = 100, .lost = 50, .rtt_us = 30000},
	    .side[MEDIA_CALLED] = {.packets = 100, .missed = 50, .rtt_us = 50000}};

	talk_directly();
	o.heard = &stats;
	office_media_stats(&o, 0, &stats); /* of before */
	assert_int_equal(o.live.heard_by_caller.voice, LIVE_VOICE_DIRECT);
	talk_end(&t);
	office_run(&o, 100);
	assert_int_equal(call_switch_get_stats(o.calls)->heard[CALL_QUALITY_POOR], 0);
	office_close(&o);
	assert_int_equal(o.record[0].mos_to_caller_x100, 0);
	assert_int_equal(o.record[0].mos_to_called_x100, 0);
	assert_int_equal(o.record[0].delay_to_caller_ms, 0);
}

static void
silence_here_does_not_end_a_direct_call(void **state)
{
	open_with("", DIRECT, DIRECT);
	t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, 5000, ""));
	assert_int_equal(o.stream[0].timeout_ms, 60000);
	become_direct();
	assert_int_equal(o.stream[0].timeout_ms, 0);
	finish();
}

/* One row: what is against it, and what it would take. */
static void
stay_here(
    const char *settings, const char *of_a, const char *of_b, const char *offer, const char *answer)
{
	open_with(settings, of_a, of_b);
	t = connect_with(a, "102", b, offer && *offer ? offer : sdp_of(a, 4000, ""),
	    answer && *answer ? answer : sdp_of(b, 5000, ""));
	nothing_more(3000);
	assert_int_not_equal(o.live.heard_by_caller.voice, LIVE_VOICE_DIRECT);
	finish();
	assert_false(o.record[0].direct);
}

#define V	     "v=0\no=- 1 1 IN IP4 10.0.1.1\ns=-\n"
#define AT(ip, rest) V "c=IN IP4 " ip "\nt=0 0\nm=audio 4000 RTP/AVP 8 0\n" rest

static void
voice_stays_where_anything_is_against_it(void **state)
{
	stay_here("", DIRECT, "", "", "");
	stay_here("", "", DIRECT, "", "");
	stay_here("", DIRECT, DIRECT, AT("192.168.7.7", ""), "");	    /* NAT */
	stay_here("", DIRECT, DIRECT, AT("10.0.1.1", "a=rtcp:4444\n"), ""); /* nobody would know */
	stay_here("", DIRECT, DIRECT, AT("10.0.1.1", "a=sendonly\n"), "");  /* held */
	stay_here("", DIRECT ",'dtmf':'rfc4733'", DIRECT ",'dtmf':'info'",
	    AT("10.0.1.1", "a=rtpmap:101 telephone-event/8000\n"), "");
	stay_here(",'local_networks':'10.0.1.1/32'", DIRECT, DIRECT, "", ""); /* one is outside */
}

static void
whose_address_is_believed_may_have_any(void **state)
{
	open_with("", DIRECT ",'nat':'never'", DIRECT);
	t = connect_with(a, "102", b, AT("10.0.9.9", ""), sdp_of(b, 5000, ""));
	ua_answer(a, told(a, "10.0.1.2", 5000), 200, "", AT("10.0.9.9", ""));
	ua_expect(a, "ACK", 100);
	agrees(b, told(b, "10.0.9.9", 4000), 5000);
	nothing_more(3000);
	finish();
	assert_true(o.record[0].direct);
}

/* Its answer to us names another port: the one who was told the first gets to know. */
static void
a_phone_that_moves_while_it_is_asked_is_found(void **state)
{
	open_with("", DIRECT, DIRECT);
	t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, 5000, ""));
	agrees(a, told(a, "10.0.1.2", 5000), 4002);
	agrees(b, told(b, "10.0.1.1", 4002), 5002);
	agrees(a, told(a, "10.0.1.2", 5002), 4002);
	nothing_more(3000);
	finish();
	assert_true(o.record[0].direct);
}

static void
a_phone_that_moves_each_time_is_left_alone(void **state)
{
	int port = 5000;

	open_with("", DIRECT, DIRECT);
	t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, port, ""));
	for (int i = 0; i < 3; i++) {
		agrees(a, told(a, "10.0.1.2", port), port - 1000 + 2);
		port += 2;
		agrees(b, told(b, "10.0.1.1", port - 1000), port);
	}
	agrees(a, told(a, "", 20000), 4000);
	agrees(b, told(b, "", 20002), 5000);
	nothing_more(3000);
	finish();
}

/* ---- back ---- */

static void
hold(struct ua *who, const char *direction, int other_status)
{
	struct ua *other = who == a ? b : a;
	const char *re, *ok;
	int port = who == a ? 4000 : 5000;

	talk_send(&t, who, "INVITE", "", sdp_of(who, port, direction));
	re = told(other, "", who == a ? 20002 : 20000);
	ua_answer(other, re, other_status, "",
	    other_status == 200 ? sdp_of(other, 9000 - port, *direction ? "a=recvonly\n" : "")
				: "");
	ua_expect(other, "ACK", 100);
	if (other_status != 200) {
		ok = ua_expect(who, "SIP/2.0 4", 100);
		ua_ack_failure(who, ok);
		office_run(&o, 5);
		return;
	}
	ok = ua_expect(who, "SIP/2.0 200", 100);
	assert_non_null(strstr(ok, "c=IN IP4 10.0.0.1\r\n"));
	ack(&t, who, ok);
}

static void
who_is_held_hears_music_and_then_the_other_one_directly_again(void **state)
{
	for (int by = 0; by < 2; by++) {
		talk_directly();
		hold(by ? b : a, "a=sendonly\n", 200);
		assert_ptr_equal(
		    o.stream[0].service[by ? MEDIA_CALLER : MEDIA_CALLED].sound, office_music(&o));
		nothing_more(10000);
		assert_int_equal(o.live.state, LIVE_CALL_HELD);
		assert_int_not_equal(o.live.heard_by_caller.voice, LIVE_VOICE_DIRECT);
		assert_int_equal(o.stream[0].timeout_ms, 300000);
		hold(by ? b : a, "", 200);
		assert_null(o.stream[0].service[by ? MEDIA_CALLER : MEDIA_CALLED].sound);
		become_direct();
		finish();
	}
}

static void
a_hold_that_is_refused_leaves_the_two_as_they_were(void **state)
{
	talk_directly();
	hold(a, "a=sendonly\n", 488);
	agrees(b, told(b, "10.0.1.1", 4000), 5000); /* what it has; to be sure */
	nothing_more(3000);
	assert_int_equal(o.stream[0].timeout_ms, 0);
	finish();
}

static void
a_refresh_does_not_move_the_voice(void **state)
{
	const char *ok;

	talk_directly();
	for (int i = 0; i < 2; i++) { /* the very same, and with another version */
		talk_send(&t, a, "INVITE", "",
		    i ? AT("10.0.1.1", "a=rtpmap:8 PCMA/8000\n") : sdp_of(a, 4000, ""));
		ok = ua_expect(a, "SIP/2.0 200", 100);
		assert_non_null(strstr(ok, "c=IN IP4 10.0.1.2\r\n"));
		ack(&t, a, ok);
		nothing_more(3000);
	}
	finish();
}

static void
a_key_by_info_is_pressed_here(void **state)
{
	static const char events[] = "a=rtpmap:101 telephone-event/8000\n";
	char offer[512], answer[512];

	open_with("", DIRECT, DIRECT);
	snprintf(offer, sizeof offer, "%s", talk_sdp(a, 4000, "RTP/AVP 8 101", events));
	snprintf(answer, sizeof answer, "%s", talk_sdp(b, 5000, "RTP/AVP 8 101", events));
	t = connect_with(a, "102", b, offer, answer);
	ua_answer(a, told(a, "10.0.1.2", 5000), 200, "", offer);
	ua_expect(a, "ACK", 100);
	ua_answer(b, told(b, "10.0.1.1", 4000), 200, "", answer);
	ua_expect(b, "ACK", 100);
	nothing_more(1000);
	ua_in_dialog(a, t.ok, "INFO", ++t.from_cseq, "Content-Type: application/dtmf\n", "5");
	ua_expect(a, "SIP/2.0 200", 100);
	ua_expect_none(b, "INFO");
	ua_in_dialog(a, t.ok, "INFO", ++t.from_cseq, "Content-Type: application/dtmf\n", "6");
	ua_expect(a, "SIP/2.0 200", 100);
	assert_string_equal(o.pressed, ""); /* nobody would hear it yet */
	ua_answer(a, told(a, "", 20000), 200, "", offer);
	ua_expect(a, "ACK", 100);
	ua_answer(b, told(b, "", 20002), 200, "", answer);
	ua_expect(b, "ACK", 100);
	nothing_more(5000); /* there may be more keys */
	assert_string_equal(o.pressed, "56");
	assert_int_equal(o.pressed_to, MEDIA_CALLED);
	finish();
}

/* ---- refusals, glare, and those who vanish ---- */

static void
a_phone_that_refuses_is_not_asked_again(void **state)
{
	for (int second = 0; second < 2; second++) {
		const char *re;

		open_with("", DIRECT, DIRECT);
		t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, 5000, ""));
		re = told(a, "10.0.1.2", 5000);
		if (second) {
			agrees(a, re, 4000);
			re = told(b, "10.0.1.1", 4000);
		}
		ua_answer(second ? b : a, re, 488, "", "");
		ua_expect(second ? b : a, "ACK", 100);
		if (second)
			agrees(a, told(a, "", 20000), 4000);
		nothing_more(20000);
		hold(a, "a=sendonly\n", 200);
		hold(a, "", 200);
		nothing_more(20000);
		assert_int_equal(o.stream[0].timeout_ms, 60000);
		finish();
		assert_false(o.record[0].direct);
		assert_true(says(second ? "The voices do not go directly between the phones: b1 "
					  "answered 488 Not Acceptable Here"
					: "The voices do not go directly between the phones: a1 "
					  "answered 488 Not Acceptable Here"));
	}
}

static void
glare_is_solved_by_waiting(void **state)
{
	const char *re;

	open_with("", DIRECT, DIRECT);
	t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, 5000, ""));
	re = told(a, "10.0.1.2", 5000);
	talk_send(&t, b, "INVITE", "", sdp_of(b, 5000, "a=sendonly\n")); /* not now */
	ua_ack_failure(b, ua_expect(b, "SIP/2.0 491", 100));
	ua_answer(a, re, 491, "", "");
	ua_expect(a, "ACK", 100);
	nothing_more(2000);
	become_direct();
	finish();
}

static void
a_phone_that_does_not_come_back_is_not_asked_for_ever(void **state)
{
	talk_directly();
	hold(a, "a=sendonly\n", 200);
	hold(a, "", 200);
	agrees(a, told(a, "10.0.1.2", 5000), 4000);
	ua_answer(b, told(b, "10.0.1.1", 4000), 603, "", "");
	ua_expect(b, "ACK", 100);
	ua_answer(a, told(a, "", 20000), 500, "", "");
	ua_expect(a, "ACK", 100);
	nothing_more(20000);
	assert_int_equal(o.stream[0].timeout_ms, 60000);
	finish();
}

static void
a_phone_that_vanished_ends_the_call(void **state)
{
	for (int gone = 0; gone < 2; gone++) {
		open_with("", DIRECT, DIRECT);
		t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, 5000, ""));
		agrees(a, told(a, "10.0.1.2", 5000), 4000);
		if (gone)
			b->deaf = true; /* 64 * T1 */
		else
			ua_answer(b, told(b, "10.0.1.1", 4000), 481, "", "");
		ua_answer(a, ua_expect(a, "BYE", 40000), 200, "", "");
		if (!gone)
			ua_ok(b, "BYE");
		office_close(&o);
		assert_int_equal(o.n_records, 1);
		assert_int_equal(o.record[0].ended_by, CDR_BY_SYSTEM);
	}
}

static void
who_hangs_up_in_the_middle_leaves_nothing(void **state)
{
	for (int n = 0; n < 2; n++) {
		const char *re;

		open_with("", DIRECT, DIRECT);
		t = connect_with(a, "102", b, sdp_of(a, 4000, ""), sdp_of(b, 5000, ""));
		re = told(a, "10.0.1.2", 5000);
		talk_end_with(&t, n ? b : a, n ? a : b);
		ua_answer(a, re, n ? 200 : 481, "", n ? sdp_of(a, 4000, "") : "");
		office_close(&o);
	}
}

/* ---- other parties ---- */

static void
a_transfer_takes_the_voice_back_and_the_new_two_go_directly(void **state)
{
	struct talk far;

	talk_directly();
	talk_refer(&t, b, "<sip:107@10.0.0.1>", "");
	accepted(b);
	far = (struct talk){.from = a, .to = e, .invite = ua_expect(e, "INVITE", 100)};
	assert_non_null(strstr(far.invite, "c=IN IP4 10.0.0.1\r\n"));
	agrees(a, told(a, "", 20000), 4000); /* it hears Eva's phone ring */
	ua_answer(e, far.invite, 200, "", sdp_of(e, 7000, ""));
	ua_expect(e, "ACK", 100);
	ua_notified(b, 200, "terminated;reason=noresource");
	ua_ok(b, "BYE");
	agrees(a, told(a, "", 20000), 4000); /* Eva's description has other lines */
	agrees(a, told(a, "10.0.1.3", 7000), 4000);
	agrees(e, told(e, "10.0.1.1", 4000), 7000);
	nothing_more(5000);
	talk_end_with(&t, a, e);
	office_close(&o);
	assert_true(o.record[0].direct);
}

static void
a_transfer_that_fails_leaves_the_two_talking_directly(void **state)
{
	talk_directly();
	talk_refer(&t, b, "<sip:107@10.0.0.1>", "");
	accepted(b);
	agrees(a, told(a, "", 20000), 4000);
	ua_answer(e, ua_expect(e, "INVITE", 100), 486, "", "");
	ua_notified(b, 486, "terminated;reason=noresource");
	ua_expect(e, "ACK", 100);
	agrees(a, told(a, "10.0.1.2", 5000), 4000); /* Ben has sent there all the time */
	nothing_more(5000);
	finish();
}

static void
two_direct_calls_become_one(void **state)
{
	struct talk c;
	const char *re, *ok;

	talk_directly(); /* Anna and Ben */
	c = connect_with(b, "107", e, sdp_of(b, 6000, ""), sdp_of(e, 7000, ""));
	agrees(b, told(b, "10.0.1.3", 7000), 6000);
	agrees(e, told(e, "10.0.1.2", 6000), 7000);
	nothing_more(3000);
	talk_refer(&t, b, talk_replaces(&c, b, "107"), "");
	accepted(b);
	re = ua_expect(e, "INVITE", 100);
	ua_answer(e, re, 200, "", sdp_of(e, 7000, "a=x-offer\n"));
	re = told(a, "", 20000);
	ua_answer(a, re, 200, "", sdp_of(a, 4000, ""));
	ua_expect(a, "ACK", 100);
	ok = ua_expect(e, "ACK", 100);
	assert_non_null(strstr(ok, "c=IN IP4 10.0.0.1\r\n"));
	ua_notified(b, 200, "terminated;reason=noresource");
	ua_ok(b, "BYE");
	ua_ok(b, "BYE");
	agrees(a, told(a, "10.0.1.3", 7000), 4000);
	agrees(e, told(e, "10.0.1.1", 4000), 7000);
	nothing_more(5000);
	talk_end_with(&t, a, e);
	office_close(&o);
	assert_int_equal(o.n_records, 2);
}

static void
who_takes_the_call_over_talks_directly_then(void **state)
{
	char replaces[600];
	const char *ok;

	talk_directly();
	snprintf(replaces, sizeof replaces, "Replaces: %s\n", talk_dialog_id(&t, b, false));
	talk_dial(e, "101", replaces, 7000);
	agrees(a, told(a, "", 20000), 4000);
	ok = ua_expect(e, "SIP/2.0 200", 100);
	ua_in_dialog(e, ok, "ACK", 1, "", "");
	ua_ok(b, "BYE");
	agrees(a, told(a, "10.0.1.3", 7000), 4000);
	agrees(e, told(e, "10.0.1.1", 4000), 7000);
	nothing_more(5000);
	talk_end_with(&t, a, e);
	office_close(&o);
}

/* ---- by UPDATE ---- */

static void
a_hold_by_update_brings_it_back_too(void **state)
{
	static const char allow[] = "Allow: INVITE, ACK, BYE, UPDATE\n";
	const char *up;

	open_with("", DIRECT, DIRECT);
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, "102", allow, sdp_of(a, 4000, ""));
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 200, allow, sdp_of(b, 5000, ""));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	ack(&t, a, t.ok);
	ua_expect(b, "ACK", 100);
	become_direct();
	talk_send(&t, a, "UPDATE", "", sdp_of(a, 4000, "a=sendonly\n"));
	up = ua_expect(b, "UPDATE", 100);
	assert_non_null(strstr(up, "c=IN IP4 10.0.0.1\r\n"));
	ua_answer(b, up, 200, "", sdp_of(b, 5000, "a=recvonly\n"));
	assert_non_null(strstr(ua_expect(a, "SIP/2.0 200", 100), "c=IN IP4 10.0.0.1\r\n"));
	nothing_more(5000); /* both know, nobody needs to be told */
	assert_int_equal(o.stream[0].timeout_ms, 300000);
	finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_phones_that_allow_it_hear_each_other_directly),
	    cmocka_unit_test(what_was_heard_is_not_known_rather_than_bad),
	    cmocka_unit_test(silence_here_does_not_end_a_direct_call),
	    cmocka_unit_test(voice_stays_where_anything_is_against_it),
	    cmocka_unit_test(whose_address_is_believed_may_have_any),
	    cmocka_unit_test(a_phone_that_moves_while_it_is_asked_is_found),
	    cmocka_unit_test(a_phone_that_moves_each_time_is_left_alone),
	    cmocka_unit_test(who_is_held_hears_music_and_then_the_other_one_directly_again),
	    cmocka_unit_test(a_hold_that_is_refused_leaves_the_two_as_they_were),
	    cmocka_unit_test(a_refresh_does_not_move_the_voice),
	    cmocka_unit_test(a_key_by_info_is_pressed_here),
	    cmocka_unit_test(a_phone_that_refuses_is_not_asked_again),
	    cmocka_unit_test(glare_is_solved_by_waiting),
	    cmocka_unit_test(a_phone_that_does_not_come_back_is_not_asked_for_ever),
	    cmocka_unit_test(a_phone_that_vanished_ends_the_call),
	    cmocka_unit_test(who_hangs_up_in_the_middle_leaves_nothing),
	    cmocka_unit_test(a_transfer_takes_the_voice_back_and_the_new_two_go_directly),
	    cmocka_unit_test(a_transfer_that_fails_leaves_the_two_talking_directly),
	    cmocka_unit_test(two_direct_calls_become_one),
	    cmocka_unit_test(who_takes_the_call_over_talks_directly_then),
	    cmocka_unit_test(a_hold_by_update_brings_it_back_too),
	};

	return cmocka_run_group_tests_name("call/direct", tests, NULL, NULL);
}
