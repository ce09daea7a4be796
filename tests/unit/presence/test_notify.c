/* What watchers are told, and when: RFC 4235, RFC 3842, RFC 3856/3863/4480, RFC 3680. */
#include "fixture.h"

#include <stdio.h>

#define U102 "sip:102@10.0.0.1"

/* ---- dialog-info: RFC 4235 ---- */

static void
a_call_is_told_from_first_to_last(void **state)
{
	subscribe(U102, "dialog", "");
	assert_told("version=\"0\" state=\"full\" entity=\"" U102 "\"");
	assert_told("<dialog id=\"idle\"><state>terminated</state></dialog>");
	dialog(2, 5, CALL_DIALOG_TRYING);
	pass_ms(1000);
	assert_told("version=\"1\"");
	assert_told("<dialog id=\"d5\" call-id=\"leg-1\" remote-tag=\"ours\""
		    " direction=\"recipient\"><state>trying</state>");
	dialog(2, 5, CALL_DIALOG_EARLY);
	pass_ms(1000);
	/* What an INVITE with Replaces names to pick the call up. */
	assert_told("<dialog id=\"d5\" call-id=\"leg-1\" local-tag=\"theirs\" remote-tag=\"ours\"");
	assert_told("<state>early</state>"
		    "<local><identity display=\"Bert\">sip:102@10.0.0.1</identity>"
		    "<target uri=\"sip:102@10.0.0.1\"/></local>"
		    "<remote><identity display=\"Zo\xc3\xab &amp; &quot;Co&quot;\">"
		    "sip:0170%201@10.0.0.1</identity>"
		    "<target uri=\"sip:0170%201@10.0.0.1\"/></remote></dialog>");
	assert_not_told("idle");
	dialog(2, 5, CALL_DIALOG_CONFIRMED);
	pass_ms(1000);
	assert_told("<state>confirmed</state>");
	dialog(2, 5, CALL_DIALOG_TERMINATED);
	pass_ms(1000);
	assert_told("version=\"4\"");
	assert_told("<dialog id=\"idle\"><state>terminated</state></dialog>");
	assert_not_told("\"d5\"");
	assert_int_equal(f.n_notifies, 5);
}

static bool
listed_in_order(const char *first, const char *second)
{
	const char *a = strstr(f.notify_text, first), *b = strstr(f.notify_text, second);

	return a && b && a < b;
}

static void
all_calls_are_listed_in_order(void **state)
{
	dialog(2, 7, CALL_DIALOG_CONFIRMED);
	dialog(2, 8, CALL_DIALOG_CONFIRMED);
	dialog(1, 4, CALL_DIALOG_EARLY); /* somebody else's */
	dialog(2, 7, CALL_DIALOG_CONFIRMED);
	dialog(2, 9, CALL_DIALOG_TERMINATED); /* never heard of */
	subscribe(U102, "dialog", "");
	assert_true(listed_in_order("\"d7\"", "\"d8\""));
	assert_not_told("\"d4\"");
	assert_not_told("\"d9\"");
}

/* A key picks up what it is shown: however many calls there are, the one that rings is among them.
 */
static void
what_can_be_picked_up_is_listed_first(void **state)
{
	for (uint64_t id = 1; id <= 30; id++)
		dialog(2, id, CALL_DIALOG_CONFIRMED);
	dialog(2, 31, CALL_DIALOG_EARLY);
	subscribe(U102, "dialog", "");
	assert_true(listed_in_order("\"d31\"", "\"d1\""));
	dialog(2, 31, CALL_DIALOG_CONFIRMED);
	pass_ms(1000);
	assert_told("\"d1\"");
	assert_not_told("\"d31\"");
	for (uint64_t id = 1; id <= 30; id++)
		dialog(2, id, CALL_DIALOG_TERMINATED);
	pass_ms(1000);
	assert_told("\"d31\"");
	assert_not_told("\"d1\"");
}

/* RFC 3323: who does not want to be seen is not; a held call is not rendered (RFC 4235, 4.1.6). */
static void
private_and_held(void **state)
{
	struct call_dialog_event ev = {.user = 2,
	    .id = 1,
	    .state = CALL_DIALOG_CONFIRMED,
	    .call_id = SLICE("c"),
	    .remote_number = SLICE("0170"),
	    .remote_name = SLICE("Secret"),
	    .hidden = true};

	subscribe(U102, "dialog", "");
	presence_on_dialog(f.p, &ev);
	pass_ms(1000);
	assert_not_told("sip:0170");
	assert_not_told("Secret");
	assert_told("<remote><identity>sip:anonymous@anonymous.invalid</identity></remote>");
	assert_told("direction=\"initiator\"");
	assert_not_told("rendering");
	ev.held = true;
	presence_on_dialog(f.p, &ev);
	pass_ms(1000);
	assert_told("<param pname=\"+sip.rendering\" pvalue=\"no\"/>");
}

/* ---- when ---- */

static void
changes_are_told_together(void **state)
{
	subscribe(U102, "dialog", "");
	pass_ms(1000);
	dialog(2, 1, CALL_DIALOG_TRYING);
	dialog(2, 1, CALL_DIALOG_EARLY);
	assert_int_equal(f.n_notifies, 1);
	pass_ms(100);
	assert_int_equal(f.n_notifies, 2);
	assert_told("early");
	/* Not again before 200 ms are over. */
	dialog(2, 1, CALL_DIALOG_CONFIRMED);
	pass_ms(90);
	assert_int_equal(f.n_notifies, 2);
	pass_ms(200);
	assert_int_equal(f.n_notifies, 3);
	assert_told("confirmed");
	/* What is as it was is not told. */
	pass_ms(1000);
	dialog(2, 2, CALL_DIALOG_TRYING);
	dialog(2, 2, CALL_DIALOG_TERMINATED);
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 3);
}

/* One at a time: what happens while a NOTIFY is under way is told after its answer. */
static void
one_notify_at_a_time(void **state)
{
	f.flow.transport = SIP_TCP; /* no repetitions to be counted */
	f.flow.conn_slot = f.flow.conn_gen = 1;
	f.answer = 0;
	subscribe(U102, "dialog", "");
	dialog(2, 1, CALL_DIALOG_EARLY);
	pass_ms(5000);
	dialog(2, 1, CALL_DIALOG_CONFIRMED);
	pass_ms(5000);
	in_dialog("SUBSCRIBE", "");
	assert_int_equal(f.n_notifies, 1);
	f.answer = 200;
	{
		char text[3000];

		snprintf(text, sizeof text,
		    "SIP/2.0 200 OK\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s\r\nCall-ID: %.*s\r\n"
		    "CSeq: 1 NOTIFY\r\nContent-Length: 0\r\n\r\n",
		    SLICE_FMT(sip_msg_value(&f.notify, SIP_HDR_VIA)),
		    SLICE_FMT(sip_msg_value(&f.notify, SIP_HDR_FROM)),
		    SLICE_FMT(sip_msg_value(&f.notify, SIP_HDR_TO)), SLICE_FMT(f.notify.call_id));
		feed(text);
	}
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 2); /* the latest state, once */
	assert_told("version=\"1\"");
	assert_told("confirmed");
}

/* A thousand watchers do not hold up the loop: they are told in portions; and five hundred know it
 * after 50 ms. */
static void
many_watchers(void **state)
{
	f.phone_max = 2000;
	fixture_teardown(NULL);
	fixture_open();
	for (int i = 0; i < 1000; i++)
		assert_int_equal(subscribe(U102, "dialog", ""), 200);
	pass_ms(1000);
	f.n_notifies = 0;
	dialog(2, 1, CALL_DIALOG_EARLY);
	pass_ms(20);
	assert_true(f.n_notifies > 0 && f.n_notifies <= 32);
	pass_ms(29);
	assert_true(f.n_notifies >= 500);
	pass_ms(400);
	assert_int_equal(f.n_notifies, 1000);
	pass_ms(10000);
	assert_int_equal(f.n_notifies, 1000);
	assert_int_equal(presence_get_counts(f.p)->notifies_failed, 0);
}

/* ---- message-summary: RFC 3842 ---- */

static void
the_message_lamp(void **state)
{
	subscribe("sip:101@10.0.0.1", "message-summary", "");
	assert_told("\r\n\r\nMessages-Waiting: no\r\nMessage-Account: sip:101@10.0.0.1\r\n"
		    "Voice-Message: 0/0 (0/0)\r\n");
	assert_told("Content-Type: application/simple-message-summary\r\n");
	presence_set_waiting(f.p, 1, &(struct presence_waiting){2, 8, 0, 2});
	pass_ms(1000);
	assert_told("Messages-Waiting: yes\r\n");
	assert_told("Voice-Message: 2/8 (0/2)\r\n");
	presence_set_waiting(f.p, 1, &(struct presence_waiting){2, 8, 0, 2});
	presence_set_waiting(f.p, 2, &(struct presence_waiting){1, 0, 0, 0}); /* somebody else */
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 2);
	presence_set_waiting(f.p, 1, &(struct presence_waiting){0, 10, 0, 2});
	pass_ms(1000);
	assert_told("Messages-Waiting: no\r\n");
	assert_int_equal(presence_get_counts(f.p)->unsolicited, 0);
}

/* 4.1: also for phones that did not subscribe; these NOTIFYs are no dialog of ours. */
static void
the_lamp_of_a_phone_that_did_not_ask(void **state)
{
	f.contact = (struct presence_contact){
	    .uri = SLICE("sip:p1@10.0.0.5"), .flow = f.flow, .reachable = true};
	presence_set_waiting(f.p, 1, &(struct presence_waiting){3, 1, 0, 0});
	assert_int_equal(f.n_notifies, 1);
	assert_value(f.notify.uri_text, "sip:p1@10.0.0.5");
	assert_told("Event: message-summary\r\n");
	assert_told("Voice-Message: 3/1 (0/0)\r\n");
	assert_int_equal(presence_get_counts(f.p)->unsolicited, 1);
	presence_on_registration(f.p, 11); /* it was switched on again */
	assert_int_equal(f.n_notifies, 2);
	f.answer = 481;
	presence_set_waiting(f.p, 1, &(struct presence_waiting){0, 4, 0, 0});
	presence_on_registration(f.p, 11);
	assert_int_equal(f.n_notifies, 3); /* nothing waits */
	pass_ms(1000);
}

/* ---- presence ---- */

static void
presence_is_composed(void **state)
{
	static struct directory next;

	subscribe(U102, "presence", "");
	assert_told("entity=\"" U102 "\"");
	assert_told("<basic>closed</basic>");
	f.contact = (struct presence_contact){
	    .uri = SLICE("sip:p2@10.0.0.6"), .flow = f.flow, .reachable = true};
	presence_on_registration(f.p, 12);
	pass_ms(1000);
	assert_told("<basic>open</basic>");
	assert_told("<contact>sip:102@10.0.0.1</contact>");
	assert_not_told("activities");
	dialog(2, 1, CALL_DIALOG_EARLY);
	pass_ms(1000);
	assert_not_told("on-the-phone");
	dialog(2, 1, CALL_DIALOG_CONFIRMED);
	pass_ms(1000);
	assert_told("<rpid:activities><rpid:on-the-phone/></rpid:activities>");
	dialog(2, 1, CALL_DIALOG_TERMINATED);
	pass_ms(1000);
	assert_not_told("on-the-phone");
	next = f.dir;
	for (int i = 0; i < USERS; i++)
		next.number[i].user = &next.user[i];
	next.user[1].dnd = true;
	presence_set_directory(f.p, &next);
	pass_ms(1000);
	assert_told("<rpid:busy/>");
	assert_told("<dm:note>Do not disturb</dm:note>");
	assert_told("<basic>open</basic>");
}

/* ---- reg: RFC 3680 ---- */

static void
own_registrations(void **state)
{
	subscribe("sip:p1@10.0.0.1", "reg", "");
	assert_told(
	    "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"0\" state=\"full\">");
	assert_told("<registration aor=\"sip:p1@10.0.0.1\" id=\"r11\" state=\"init\">");
	f.contact = (struct presence_contact){.uri = SLICE("sip:p1@10.0.0.5;a=<"), .flow = f.flow};
	presence_on_registration(f.p, 11);
	pass_ms(1000);
	assert_told("version=\"1\"");
	assert_told("state=\"active\" event=\"registered\"><uri>sip:p1@10.0.0.5;a=&lt;</uri>");
	presence_on_registration(f.p, 11);
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 2);
}

/* ---- lamps of functions (USR-10) ---- */

static void
a_phone_watches_its_users_own_functions(void **state)
{
	struct directory next = f.dir;

	assert_int_equal(subscribe("sip:*09@10.0.0.1", "dialog", ""), 200);
	assert_told("entity=\"sip:*09@10.0.0.1\"");
	assert_told("<dialog id=\"lamp\"><state>terminated</state></dialog>");
	next.user[0].dnd = true;
	presence_set_directory(f.p, &next);
	pass_ms(1000);
	assert_told("<dialog id=\"lamp\"><state>confirmed</state></dialog>");
	f.n_notifies = 0;
	next.user[1].dnd = true; /* somebody else's */
	presence_set_directory(f.p, &next);
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 0);
	presence_set_directory(f.p, &f.dir);
	pass_ms(1000);
	assert_told("<dialog id=\"lamp\"><state>terminated</state></dialog>");
}

static void
the_lamp_of_a_group_is_lit_for_who_is_logged_on(void **state)
{
	struct directory next = f.dir;

	assert_int_equal(subscribe("sip:*325@10.0.0.1", "dialog", ""), 200);
	assert_told("<state>confirmed</state>");
	next.member[0].logged_on = false;
	next.group.members = next.member;
	presence_set_directory(f.p, &next);
	pass_ms(1000);
	assert_told("<state>terminated</state>");
	next.group.member_count = 0;
	presence_set_directory(f.p, &next);
	pass_ms(1000);
	assert_true(strstr(f.notify_text, "terminated;reason=rejected"));
}

static void
nobody_watches_functions_that_are_not_his(void **state)
{
	assert_int_equal(subscribe("sip:*09@10.0.0.1", "presence", ""), 404);
	assert_int_equal(subscribe("sip:*091@10.0.0.1", "dialog", ""), 404);
	assert_int_equal(subscribe("sip:*32@10.0.0.1", "dialog", ""), 404);
	assert_int_equal(subscribe("sip:*329@10.0.0.1", "dialog", ""), 404); /* no such group */
	assert_int_equal(subscribe("sip:*1@10.0.0.1", "dialog", ""), 404);
	f.from = &f.dir.phone[1]; /* its user is no member */
	assert_int_equal(subscribe("sip:*325@10.0.0.1", "dialog", ""), 403);
	assert_int_equal(subscribe("sip:*09@10.0.0.1", "dialog", ""), 200);
	f.n_notifies = 0;
	presence_lamp_set(f.p, 1, SLICE("*09"), PRESENCE_LAMP_ON);
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 0);
	presence_lamp_set(f.p, 1, SLICE("*09"), PRESENCE_LAMP_OFF);
}

static void
a_lamp_is_set_and_flashes(void **state)
{
	assert_int_equal(subscribe("sip:*09@10.0.0.1", "dialog", ""), 200);
	presence_lamp_set(f.p, 1, SLICE("*09"), PRESENCE_LAMP_FLASH);
	pass_ms(1000);
	assert_told("<dialog id=\"lamp\" direction=\"recipient\"><state>early</state></dialog>");
	presence_lamp_set(f.p, 1, SLICE("*09"), PRESENCE_LAMP_OFF);
	pass_ms(1000);
	assert_told("<state>terminated</state>");
	presence_lamp_set(f.p, 2, SLICE("*07"), PRESENCE_LAMP_ON); /* nobody looks: it is kept */
	presence_lamp_set(f.p, 2, SLICE("*07"), PRESENCE_LAMP_OFF);
}

/* ---- what function keys on the web page show (USR-11) ---- */

static void
a_key_hears_of_ringing_and_speaking_and_not_of_each_step(void **state)
{
	dialog(2, 5, CALL_DIALOG_TRYING);
	assert_int_equal(f.telephony.user, 2);
	assert_int_equal(f.telephony.state, LIVE_TELEPHONY_RINGING);
	dialog(2, 5, CALL_DIALOG_EARLY);
	assert_int_equal(f.n_telephony, 1);
	dialog(2, 5, CALL_DIALOG_CONFIRMED);
	assert_int_equal(f.telephony.state, LIVE_TELEPHONY_BUSY);
	dialog(2, 6, CALL_DIALOG_EARLY); /* a second one rings: it can be picked up */
	assert_int_equal(f.telephony.state, LIVE_TELEPHONY_RINGING);
	dialog(2, 6, CALL_DIALOG_TERMINATED);
	assert_int_equal(f.telephony.state, LIVE_TELEPHONY_BUSY);
	dialog(2, 5, CALL_DIALOG_TERMINATED);
	assert_int_equal(f.telephony.state, LIVE_TELEPHONY_FREE);
	assert_int_equal(f.n_telephony, 5);
}

/* What nobody watches and nobody knows anything of is not kept. */
static void
nothing_is_left_over(void **state)
{
	subscribe(U102, "dialog", "");
	dialog(2, 1, CALL_DIALOG_EARLY);
	in_dialog("SUBSCRIBE", "Expires: 0\r\n");
	dialog(2, 1, CALL_DIALOG_TERMINATED);
	pass_ms(60000);
	assert_int_equal(sip_core_get_stats(f.core)->clients, 0);
	assert_int_equal(f.timers.count, 0);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_call_is_told_from_first_to_last),
	    TEST(all_calls_are_listed_in_order),
	    TEST(what_can_be_picked_up_is_listed_first),
	    TEST(private_and_held),
	    TEST(changes_are_told_together),
	    TEST(one_notify_at_a_time),
	    TEST(many_watchers),
	    TEST(the_message_lamp),
	    TEST(the_lamp_of_a_phone_that_did_not_ask),
	    TEST(presence_is_composed),
	    TEST(own_registrations),
	    TEST(a_phone_watches_its_users_own_functions),
	    TEST(the_lamp_of_a_group_is_lit_for_who_is_logged_on),
	    TEST(nobody_watches_functions_that_are_not_his),
	    TEST(a_lamp_is_set_and_flashes),
	    TEST(a_key_hears_of_ringing_and_speaking_and_not_of_each_step),
	    TEST(nothing_is_left_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
