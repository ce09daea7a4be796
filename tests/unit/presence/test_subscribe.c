/* RFC 6665: what becomes of a SUBSCRIBE, and of the subscription. */
#include "fixture.h"

#include <stdio.h>

#define U102 "sip:102@10.0.0.1"

static size_t
subscriptions(void)
{
	const struct presence_counts *c = presence_get_counts(f.p);
	size_t n = 0;

	for (int i = 0; i < PRESENCE_PACKAGES_N; i++)
		n += c->subscriptions[i];
	return n;
}

/* RFC 6665, 4.2.1; 8.2: who is taken and who is not, and what he is told. */
static void
requests_are_judged(void **state)
{
	static const struct {
		const char *uri, *event, *headers;
		uint16_t status;
		const char *said; /* in the response */
	} cases[] = {
	    {U102, "dialog", "", 200, "Expires: 3600\r\n"},
	    {U102, "dialog", "Expires: 600\r\n", 200, "Expires: 600\r\n"},
	    {U102, "dialog", "Expires: 60\r\n", 200, "Expires: 60\r\n"},
	    {U102, "dialog", "Expires: 59\r\n", 423, "Min-Expires: 60\r\n"},
	    {U102, "dialog", "Expires: 99999999999\r\n", 200, "Expires: 3600\r\n"},
	    {U102, "dialog", "Expires: soon\r\n", 200, "Expires: 3600\r\n"},
	    {U102, "dialog", "", 200, "Contact: <sip:10.0.0.1:5060>"},
	    {U102, "dialog;id=a7", "", 200, ""},
	    {U102, "dialog ; id=a7", "", 200, ""},
	    {"sip:p2@10.0.0.1", "dialog", "", 200, ""},
	    {"sip:%31%30%32@10.0.0.1", "presence", "", 200, ""},
	    {"sip:102@10.0.0.1;transport=udp", "presence", "", 200, ""},
	    /* 8.4: compared octet by octet. */
	    {U102, "Dialog", "", 489, "Allow-Events: dialog, message-summary, presence, reg\r\n"},
	    {U102, "conference", "", 489, "Allow-Events: dialog"},
	    {U102, "presence.winfo", "", 489, "Allow-Events: dialog"},
	    {U102, "dialog", "Accept: application/dialog-info+xml\r\n", 200, ""},
	    {U102, "dialog", "Accept: text/plain, application/*;q=0.1\r\n", 200, ""},
	    {U102, "dialog", "Accept: */*\r\n", 200, ""},
	    {U102, "dialog", "Accept: application/pidf+xml\r\n", 406,
		"Accept: application/dialog-info+xml\r\n"},
	    {U102, "dialog", "Accept: applicat/*\r\n", 406, ""},
	    /* RFC 4662, 4.5: we know no lists. */
	    {U102, "dialog", "Supported: eventlist\r\n", 200, ""},
	    {U102, "dialog", "Require: eventlist\r\n", 420, "Unsupported: eventlist\r\n"},
	    {"sip:999@10.0.0.1", "dialog", "", 404, ""},
	    {"sip:103@10.0.0.1", "dialog", "", 404, ""}, /* disabled */
	    {"sip:10.0.0.1", "dialog", "", 404, ""},
	    {U102, "dialog", "Contact: *\r\n", 400, ""},
	    {U102, "dialog", "Contact: <tel:102>\r\n", 400, ""},
	    {U102, "dialog", "Record-Route: <tel:1>\r\n", 400, ""},
	    {U102, "dialog", "Record-Route: <sip:a?b=c>\r\n", 400, ""},
	    /* One's own box and registrations, nobody else's. */
	    {"sip:101@10.0.0.1", "message-summary", "", 200, ""},
	    {"sip:p1@10.0.0.1", "message-summary", "", 200, ""},
	    {"sip:10.0.0.1", "message-summary", "", 200, ""},
	    {U102, "message-summary", "", 403, ""},
	    {"sip:999@10.0.0.1", "message-summary", "", 404, ""},
	    {"sip:p1@10.0.0.1", "reg", "", 200, ""},
	    {"sip:101@10.0.0.1", "reg", "", 200, ""},
	    {"sip:p2@10.0.0.1", "reg", "", 403, ""},
	    {U102, "reg", "", 403, ""},
	    {"sip:999@10.0.0.1", "reg", "", 404, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint16_t status;

		fixture_setup(NULL);
		status = subscribe(cases[i].uri, cases[i].event, cases[i].headers);
		if (status != cases[i].status)
			fail_msg("case %zu: %u", i, status);
		if (!strstr(f.response_text, cases[i].said))
			fail_msg("case %zu: %s", i, f.response_text);
		/* 4.2.1.2: a NOTIFY after each 2xx, and only then. */
		assert_int_equal(f.n_notifies, status == 200);
		assert_int_equal(subscriptions(), status == 200);
		assert_int_equal(f.handles, status == 200);
		fixture_teardown(NULL);
	}
}

static void
without_event_or_contact(void **state)
{
	assert_int_equal(ask("SUBSCRIBE", U102, "Contact: <sip:p1@10.0.0.5>\r\n", NULL), 489);
	assert_int_equal(ask("SUBSCRIBE", U102, "Event: dialog\r\n", NULL), 400);
	assert_int_equal(subscriptions(), 0);
}

/* RFC 6665, 4.2.2; RFC 3261, 12.2.1.1: the NOTIFY belongs to the dialog that the SUBSCRIBE made. */
static void
dialog_of_the_notify(void **state)
{
	struct slice tag;

	subscribe(U102, "dialog;id=9",
	    "Record-Route: <sip:a;lr>, <sip:b;lr>\r\nExpires: 600\r\n"
	    "Contact: <sip:p1@10.0.0.5:5070;x=y>\r\n");
	tag = f.response.to.tag;
	assert_value(f.notify.uri_text, "sip:p1@10.0.0.5:5070;x=y");
	assert_true(slice_eq(f.notify.call_id, f.response.call_id));
	assert_true(slice_eq(f.notify.from.tag, tag));
	assert_value(f.notify.to.tag, "phone");
	assert_value(f.notify.from.uri_text, U102);
	assert_int_equal(f.notify.cseq, 1);
	assert_told("Route: <sip:a;lr>\r\nRoute: <sip:b;lr>\r\n");
	assert_told("\r\nEvent: dialog;id=9\r\n");
	assert_told("\r\nSubscription-State: active;expires=600\r\n");
	assert_told("\r\nContact: <sip:10.0.0.1:5060>");
	assert_told("\r\nContent-Type: application/dialog-info+xml\r\n");
	assert_true(addr_eq(&f.notify_to.remote, &f.flow.remote));
	/* A strict router gets its own URI first (12.2.1.1). */
	subscribe(U102, "dialog", "Record-Route: <sip:old@strict>\r\n");
	assert_value(f.notify.uri_text, "sip:old@strict");
	assert_told("Route: <sip:p1@10.0.0.5>\r\n");
}

/* 4.1.2.2, 4.1.2.3. */
static void
refresh_and_end(void **state)
{
	subscribe(U102, "dialog", "Expires: 600\r\n");
	pass_ms(300000);
	f.flow.remote = at("10.0.0.5:7777"); /* its NAT binding moved */
	assert_int_equal(
	    in_dialog("SUBSCRIBE", "Expires: 900\r\nContact: <sip:p1@10.0.0.9>\r\n"), 200);
	assert_told("Subscription-State: active;expires=900");
	assert_value(f.notify.uri_text, "sip:p1@10.0.0.9");
	assert_int_equal(f.notify_to.remote.port, 7777);
	assert_int_equal(f.notify.cseq, 2);
	pass_ms(700000);
	assert_int_equal(subscriptions(), 1);
	assert_int_equal(in_dialog("SUBSCRIBE", "Expires: 30\r\n"), 423);
	assert_int_equal(in_dialog("SUBSCRIBE", "Require: 100rel\r\n"), 420);
	assert_int_equal(in_dialog("INFO", ""), 405);
	assert_int_equal(in_dialog("SUBSCRIBE", "Expires: 0\r\n"), 200);
	assert_told("Subscription-State: terminated;reason=timeout");
	assert_told("<dialog-info"); /* with the state: 4.4.3 */
	assert_int_equal(subscriptions(), 0);
	assert_int_equal(f.n_forgotten, 1);
	assert_int_equal(in_dialog("SUBSCRIBE", "Expires: 600\r\n"), 481);
}

/* 4.4.3: one look at the state, no subscription. */
static void
a_fetch_leaves_nothing(void **state)
{
	assert_int_equal(subscribe(U102, "dialog", "Expires: 0\r\n"), 200);
	assert_int_equal(f.n_notifies, 1);
	assert_told("Subscription-State: terminated;reason=timeout");
	assert_told("state=\"full\"");
	assert_int_equal(subscriptions(), 0);
	assert_int_equal(f.handles + f.n_live + f.n_gone, 0);
	assert_int_equal(in_dialog("SUBSCRIBE", ""), 481);
}

/* Subscriptions of a phone have its Contact and flow in common; who refreshes one has moved that
 * one, and the others have not. */
static void
what_many_share_one_may_change(void **state)
{
	assert_int_equal(subscribe("sip:101@example.org", "message-summary", ""), 200);
	assert_int_equal(subscribe(U102, "dialog", ""), 200);
	pass_ms(1000);
	f.flow.remote = at("10.0.0.5:7777");
	assert_int_equal(in_dialog("SUBSCRIBE", "Contact: <sip:p1@10.0.0.9>\r\n"), 200);
	assert_value(f.notify.uri_text, "sip:p1@10.0.0.9");
	dialog(2, 1, CALL_DIALOG_EARLY);
	pass_ms(1000);
	assert_value(f.notify.uri_text, "sip:p1@10.0.0.9");
	assert_int_equal(f.notify_to.remote.port, 7777);
	presence_set_waiting(f.p, 1, &(struct presence_waiting){.unheard = 1});
	pass_ms(1000);
	assert_told("Messages-Waiting: yes");
	assert_value(f.notify.uri_text, "sip:p1@10.0.0.5");
	assert_int_equal(f.notify_to.remote.port, 5060);
	assert_int_equal(in_dialog("SUBSCRIBE", "Expires: 0\r\n"), 200);
	presence_set_waiting(f.p, 1, &(struct presence_waiting){.unheard = 2});
	pass_ms(1000);
	assert_told("Voice-Message: 2/0");
	assert_value(f.notify.uri_text, "sip:p1@10.0.0.5");
}

/* The timer of a subscription that was refreshed runs on as it was: it does not end it, nor what is
 * told afterwards. */
static void
a_refreshed_one_expires_later(void **state)
{
	subscribe(U102, "dialog", "Expires: 60\r\n");
	pass_ms(50000);
	assert_int_equal(in_dialog("SUBSCRIBE", "Expires: 60\r\n"), 200);
	dialog(2, 1, CALL_DIALOG_EARLY);
	pass_ms(59900);
	assert_int_equal(subscriptions(), 1);
	assert_int_equal(f.n_notifies, 3);
	pass_ms(200);
	assert_told("Subscription-State: terminated;reason=timeout");
	assert_int_equal(subscriptions(), 0);
}

static void
it_expires(void **state)
{
	subscribe(U102, "dialog", "Expires: 60\r\n");
	pass_ms(59900);
	assert_int_equal(f.n_notifies, 1);
	pass_ms(200);
	assert_int_equal(f.n_notifies, 2);
	assert_told("Subscription-State: terminated;reason=timeout");
	assert_int_equal(subscriptions(), 0);
	assert_int_equal(presence_get_counts(f.p)->expired, 1);
	assert_int_equal(f.n_forgotten, 1);
}

/* RFC 3261, 12.2.2: an old request that comes late changes nothing. */
static void
requests_out_of_order(void **state)
{
	char text[2000];

	subscribe(U102, "dialog", "");
	in_dialog("SUBSCRIBE", "");
	snprintf(text, sizeof text,
	    "SUBSCRIBE %s SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bKlate\r\n"
	    "From: <sip:p1@10.0.0.1>;tag=phone\r\nTo: <%s>;tag=%.*s\r\nCall-ID: %.*s\r\n"
	    "CSeq: 0 SUBSCRIBE\r\nEvent: dialog\r\nExpires: 0\r\nContact: <sip:p1@10.0.0.5>\r\n"
	    "Content-Length: 0\r\n\r\n",
	    U102, U102, SLICE_FMT(f.response.to.tag), SLICE_FMT(f.response.call_id));
	feed(text);
	assert_int_equal(f.response.status, 500);
	assert_int_equal(subscriptions(), 1);
}

/* 4.2.2: what a phone may say to a NOTIFY. */
static void
answers_decide(void **state)
{
	static const struct {
		uint16_t answer;
		const char *headers;
		uint64_t after_ms;
		size_t left, notifies;
	} cases[] = {
	    {200, NULL, 100, 1, 1}, {202, NULL, 100, 1, 1}, {481, NULL, 100, 0, 1},
	    {404, NULL, 100, 0, 1}, {503, NULL, 100, 0, 1}, {503, "Retry-After: 5\r\n", 4900, 1, 1},
	    {503, "Retry-After: 5 (busy);duration=9\r\n", 5100, 1, 2},
	    {503, "Retry-After: 99999\r\n", 299000, 1, 1},
	    {503, "Retry-After: 99999\r\n", 301000, 1, 2},
	    {0, NULL, 31000, 1, 0}, /* timer F (RFC 3261, 17.1.2.2) is not over yet … */
	    {0, NULL, 33000, 0, 0}, /* … and now */
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fixture_setup(NULL);
		f.answer = cases[i].answer;
		f.answer_headers = cases[i].headers;
		subscribe(U102, "dialog", "");
		pass_ms(cases[i].after_ms);
		if (subscriptions() != cases[i].left)
			fail_msg("case %zu: %zu left", i, subscriptions());
		if (cases[i].answer && f.n_notifies != cases[i].notifies)
			fail_msg("case %zu: %zu sent", i, f.n_notifies);
		assert_int_equal(f.n_forgotten, 1 - cases[i].left);
		fixture_teardown(NULL);
	}
}

/* Limits: 503 with Retry-After; a phone that was restarted takes the place of its former self. */
static void
there_is_a_limit(void **state)
{
	f.phone_max = 3;
	fixture_teardown(NULL);
	fixture_open();
	assert_int_equal(subscribe("sip:101@10.0.0.1", "dialog", ""), 200);
	assert_int_equal(subscribe(U102, "dialog", ""), 200);
	assert_int_equal(subscribe(U102, "dialog;id=2", ""), 200);
	assert_int_equal(subscribe(U102, "presence", ""), 503);
	assert_non_null(strstr(f.response_text, "Retry-After: 60\r\n"));
	assert_int_equal(presence_get_counts(f.p)->refused_limit, 1);
	assert_int_equal(subscribe(U102, "dialog;id=2", ""), 200);
	assert_int_equal(subscriptions(), 3);
	assert_int_equal(f.n_forgotten, 1);
	f.from = &f.dir.phone[1]; /* others are not concerned */
	assert_int_equal(subscribe(U102, "presence", ""), 200);
}

/* The answer to a SUBSCRIBE was lost with the daemon, its subscription was not: the phone asks
 * again, and has one subscription then. */
static void
a_request_repeated_over_a_restart(void **state)
{
	static char kept[sizeof f.kept];
	static char again[4000];
	size_t n;

	subscribe(U102, "dialog", "");
	n = f.kept_n;
	memcpy(kept, f.kept, n);
	snprintf(again, sizeof again,
	    "SUBSCRIBE %s SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKagain;rport\r\n"
	    "From: <sip:p1@10.0.0.1>;tag=phone\r\nTo: <%s>\r\nCall-ID: %.*s\r\nCSeq: 77 "
	    "SUBSCRIBE\r\n"
	    "Event: dialog\r\nContact: <sip:p1@10.0.0.5>\r\nContent-Length: 0\r\n\r\n",
	    U102, U102, SLICE_FMT(f.notify.call_id));
	fixture_teardown(NULL);
	fixture_open();
	assert_int_equal(presence_restore(f.p, 5, slice_make(kept, n)), ERR_OK);
	feed(again);
	assert_int_equal(f.response.status, 200);
	assert_int_equal(subscriptions(), 1);
	assert_int_equal(f.n_forgotten, 1);
}

/* The snapshot: 4.1.3 has the reasons. */
static void
the_directory_changes(void **state)
{
	static const struct {
		const char *what, *reason;
	} cases[] = {
	    {"number goes", "terminated;reason=noresource"},
	    {"number moves", "terminated;reason=deactivated"},
	    {"user is disabled", "terminated;reason=noresource"},
	    {"phone is disabled", "terminated;reason=rejected"},
	    {"nothing", NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static struct directory next;

		fixture_setup(NULL);
		subscribe(U102, "dialog", "");
		pass_ms(1000);
		next = f.dir;
		if (i == 0)
			next.number[1].number = SLICE("555");
		else if (i == 1)
			next.number[1].user = &next.user[0];
		else if (i == 2)
			next.user[1].enabled = false;
		else if (i == 3)
			next.phone[0].enabled = false;
		for (int k = 0; k < USERS && i != 1; k++)
			next.number[k].user = &next.user[k];
		presence_set_directory(f.p, &next);
		pass_ms(1000);
		assert_int_equal(subscriptions(), cases[i].reason == NULL);
		assert_int_equal(f.n_notifies, cases[i].reason ? 2 : 1);
		if (cases[i].reason) {
			assert_told(cases[i].reason);
			assert_int_equal(f.notify.body.n, 0);
		}
		fixture_teardown(NULL);
	}
}

/* After a restart the NOTIFYs go on in the same dialog, with higher numbers. */
static void
it_survives_a_restart(void **state)
{
	static char kept[sizeof f.kept];
	size_t kept_n = 0;
	uint32_t last;
	struct slice version;
	char call_id[100];

	subscribe(U102, "dialog;id=7", "Record-Route: <sip:a;lr>, <sip:b;lr>\r\nExpires: 600\r\n");
	dialog(2, 1, CALL_DIALOG_EARLY);
	pass_ms(1000);
	assert_told("<state>early</state>");
	kept_n = f.kept_n;
	memcpy(kept, f.kept, kept_n);
	last = f.notify.cseq;
	snprintf(call_id, sizeof call_id, "%.*s", SLICE_FMT(f.notify.call_id));
	fixture_teardown(NULL);
	fixture_open();
	pass_ms(60000);
	assert_int_equal(presence_restore(f.p, 77, slice_make(kept, kept_n)), ERR_OK);
	assert_int_equal(f.n_live, 1);
	assert_int_equal(f.n_notifies, 0);
	pass_ms(3500);
	/* The lamp goes out: the call is gone with the daemon. */
	assert_int_equal(f.n_notifies, 1);
	assert_told("<state>terminated</state>");
	assert_told("Route: <sip:a;lr>\r\nRoute: <sip:b;lr>\r\n");
	assert_told("Event: dialog;id=7\r\n");
	assert_value(f.notify.call_id, call_id);
	assert_true(f.notify.cseq > last);
	version = f.notify.body;
	assert_non_null(memmem(version.p, version.n, "version=\"1000\"", 14));
	assert_told("active;expires=53"); /* 600 - 1 - 60 - 3 … */
	assert_int_equal(f.handles, 1);	  /* a new limit for the CSeq */
	/* The phone refreshes as if nothing had been. */
	assert_int_equal(in_dialog("SUBSCRIBE", ""), 200);
	dialog(2, 2, CALL_DIALOG_CONFIRMED);
	pass_ms(1000);
	assert_told("<state>confirmed</state>");
}

/* The file may be torn or of another time: every prefix, and every byte changed. */
static void
not_everything_is_restored(void **state)
{
	static char kept[sizeof f.kept], bytes[sizeof f.kept];
	static struct directory next;
	size_t n, restored = 0;

	subscribe(U102, "dialog", "Expires: 60\r\n");
	n = f.kept_n;
	memcpy(kept, f.kept, n);
	in_dialog("SUBSCRIBE", "Expires: 0\r\n");
	f.n_forgotten = 0;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(presence_restore(f.p, 5, slice_make(kept, i)), ERR_MALFORMED);
	assert_int_equal(f.n_forgotten, n);
	for (size_t i = 0; i < n; i++) {
		fixture_teardown(NULL);
		fixture_open();
		memcpy(bytes, kept, n);
		bytes[i] ^= 0x5a;
		restored += presence_restore(f.p, 5, slice_make(bytes, n)) == ERR_OK;
	}
	assert_true(restored > 0); /* it has no check sum of its own: the file has */
	fixture_teardown(NULL);
	fixture_open();
	next = f.dir;
	next.number[1].number = SLICE("555");
	presence_set_directory(f.p, &next);
	assert_int_equal(presence_restore(f.p, 5, slice_make(kept, n)), ERR_NOT_FOUND);
	presence_set_directory(f.p, &f.dir);
	/* Killed while it was put anew, it comes twice: the later one counts. */
	assert_int_equal(presence_restore(f.p, 5, slice_make(kept, n)), ERR_OK);
	assert_int_equal(presence_restore(f.p, 6, slice_make(kept, n)), ERR_OK);
	assert_int_equal(subscriptions(), 1);
	assert_int_equal(f.n_forgotten, 2);
	/* The clock was put back by an hour: not longer than the phone was promised. */
	fixture_teardown(NULL);
	fixture_open();
	f.wall_shift_ms = -3600000;
	assert_int_equal(presence_restore(f.p, 5, slice_make(kept, n)), ERR_OK);
	pass_ms(62000);
	assert_int_equal(subscriptions(), 0);
	f.wall_shift_ms = 0;
	assert_int_equal(presence_restore(f.p, 7, slice_make(kept, n)), ERR_TIMEOUT);
}

/* Over a connection: when it is gone, the phone's next registration shows the way. */
static void
a_lost_connection_is_found_again(void **state)
{
	f.flow.transport = SIP_TCP;
	f.flow.conn_slot = f.flow.conn_gen = 1;
	f.answer = 0;
	subscribe(U102, "dialog", "Contact: <sip:p1@10.0.0.5;transport=tcp>\r\n");
	sip_core_on_closed(f.core, &f.flow);
	pass_ms(100);
	assert_int_equal(subscriptions(), 1);
	dialog(2, 1, CALL_DIALOG_EARLY);
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 1); /* nowhere to send to */
	f.contact = (struct presence_contact){
	    .uri = SLICE("sip:p1@10.0.0.5;transport=tcp"), .flow = f.flow, .reachable = true};
	f.contact.flow.conn_gen = 2;
	f.answer = 200;
	presence_on_registration(f.p, 11);
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 2);
	assert_int_equal(f.notify_to.conn_gen, 2);
	assert_told("<state>early</state>");
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_are_judged),
	    TEST(without_event_or_contact),
	    TEST(dialog_of_the_notify),
	    TEST(refresh_and_end),
	    TEST(a_fetch_leaves_nothing),
	    TEST(what_many_share_one_may_change),
	    TEST(it_expires),
	    TEST(a_refreshed_one_expires_later),
	    TEST(requests_out_of_order),
	    cmocka_unit_test(answers_decide),
	    TEST(there_is_a_limit),
	    TEST(a_request_repeated_over_a_restart),
	    cmocka_unit_test(the_directory_changes),
	    TEST(it_survives_a_restart),
	    TEST(not_everything_is_restored),
	    TEST(a_lost_connection_is_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
