/* RFC 3903: what phones publish of the presence of their users. */
#include "fixture.h"

#include <stdio.h>

#define U101 "sip:101@10.0.0.1"
#define TYPE "Content-Type: application/pidf+xml\r\n"
#define PIDF(basic, more)                                                                          \
	"<?xml version=\"1.0\"?><presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "                  \
	"entity=\"sip:101@x\"><tuple id=\"a\"><status><basic>" basic "</basic></status>" more      \
	"</tuple></presence>"

static char etag[40];

static uint16_t
publish(const char *uri, const char *headers, const char *body)
{
	char text[2000];
	uint16_t status;

	snprintf(text, sizeof text, "%s%s", strstr(headers, "Event:") ? "" : "Event: presence\r\n",
	    headers);
	status = ask("PUBLISH", uri, text, body);
	if (status == 200)
		snprintf(etag, sizeof etag, "%.*s",
		    SLICE_FMT(sip_msg_value(&f.response, SIP_HDR_SIP_ETAG)));
	return status;
}

static const char *
matching(const char *tag, const char *more)
{
	static char text[300];

	snprintf(text, sizeof text, "SIP-If-Match: %s\r\n%s", tag, more);
	return text;
}

/* 6, steps 1 to 5. */
static void
requests_are_judged(void **state)
{
	static const struct {
		const char *uri, *headers, *body;
		uint16_t status;
		const char *said;
	} cases[] = {
	    {U101, TYPE, PIDF("open", ""), 200, "Expires: 3600\r\n"},
	    {U101, TYPE "Expires: 120\r\n", PIDF("open", ""), 200, "Expires: 120\r\n"},
	    {U101, TYPE "Expires: 59\r\n", PIDF("open", ""), 423, "Min-Expires: 60\r\n"},
	    {"sip:p1@10.0.0.1", TYPE, PIDF("open", ""), 200, ""},
	    {"sip:102@10.0.0.1", TYPE, PIDF("open", ""), 403, ""},
	    {"sip:999@10.0.0.1", TYPE, PIDF("open", ""), 404, ""},
	    {U101, "Event: dialog\r\n" TYPE, PIDF("open", ""), 489, "Allow-Events: presence\r\n"},
	    {U101, "SIP-If-Match: none\r\n" TYPE, PIDF("open", ""), 412, ""},
	    {U101, "", NULL, 400, ""},
	    {U101, "Content-Type: text/plain\r\n", "open", 415, "Accept: application/pidf+xml\r\n"},
	    {U101, TYPE "Content-Encoding: gzip\r\n", PIDF("open", ""), 415, ""},
	    {U101, TYPE, "<presence>", 400, ""},
	    {U101, TYPE "Require: x\r\n", PIDF("open", ""), 420, "Unsupported: x\r\n"},
	    {U101, TYPE "Expires: 0\r\n", PIDF("open", ""), 200, "Expires: 0\r\n"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint16_t status;

		fixture_setup(NULL);
		status = publish(cases[i].uri, cases[i].headers, cases[i].body);
		if (status != cases[i].status)
			fail_msg("case %zu: %u", i, status);
		if (!strstr(f.response_text, cases[i].said))
			fail_msg("case %zu: %s", i, f.response_text);
		assert_int_equal(presence_get_counts(f.p)->publications,
		    status == 200 && i + 1 < sizeof cases / sizeof cases[0]);
		fixture_teardown(NULL);
	}
}

/* Table 1 of RFC 3903: initial, refresh, modify, remove. */
static void
life_of_a_publication(void **state)
{
	char first[40];

	f.from = &f.dir.phone[1];
	subscribe(U101, "presence", "");
	assert_told("<basic>closed</basic>");
	f.from = &f.dir.phone[0];
	assert_int_equal(publish(U101, TYPE, PIDF("open", "<note>in &amp; out</note>")), 200);
	pass_ms(1000);
	assert_told("<basic>open</basic>");
	assert_told("<note>in &amp; out</note>");
	snprintf(first, sizeof first, "%s", etag);
	assert_int_equal(publish(U101, matching(first, "Expires: 600\r\n"), NULL), 200);
	assert_string_not_equal(etag, first); /* 6, step 6: a new tag each time */
	pass_ms(1000);
	assert_int_equal(f.n_notifies, 2); /* a refresh changes nothing */
	assert_int_equal(publish(U101, matching(first, TYPE), PIDF("closed", "")), 412);
	assert_int_equal(publish(U101, matching(etag, TYPE), PIDF("closed", "")), 200);
	pass_ms(1000);
	assert_told("<basic>closed</basic>");
	assert_not_told("<note>");
	assert_int_equal(publish(U101, matching(etag, TYPE), PIDF("open", "")), 200);
	pass_ms(1000);
	assert_told("<basic>open</basic>");
	assert_int_equal(publish(U101, matching(etag, "Expires: 0\r\n"), NULL), 200);
	pass_ms(1000);
	assert_told("<basic>closed</basic>");
	assert_int_equal(presence_get_counts(f.p)->publications, 0);
	assert_int_equal(publish(U101, matching(etag, ""), NULL), 412);
}

static void
it_expires(void **state)
{
	subscribe(U101, "presence", "");
	publish(U101, TYPE "Expires: 60\r\n", PIDF("open", ""));
	pass_ms(59000);
	assert_told("<basic>open</basic>");
	pass_ms(2000);
	assert_told("<basic>closed</basic>");
	assert_int_equal(presence_get_counts(f.p)->publications, 0);
}

/* What the phone says and what we know add up. */
static void
it_is_composed_with_calls(void **state)
{
	subscribe(U101, "presence", "");
	publish(U101, TYPE,
	    "<presence xmlns='urn:ietf:params:xml:ns:pidf' "
	    "xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'"
	    " xmlns:d='urn:ietf:params:xml:ns:pidf:data-model'>"
	    "<tuple id='a'><status><basic>open</basic></status></tuple>"
	    "<d:person id='p'><r:activities><r:meeting/><r:evil/></r:activities>"
	    "<d:note>back at 3</d:note></d:person></presence>");
	dialog(1, 1, CALL_DIALOG_CONFIRMED);
	pass_ms(1000);
	assert_told("<rpid:activities><rpid:meeting/><rpid:on-the-phone/></rpid:activities>");
	assert_told("<note>back at 3</note>");
	assert_not_told("evil");
}

/* A phone that forgets its tags does not fill us up. */
static void
there_is_a_limit(void **state)
{
	for (int i = 0; i < 50; i++)
		assert_int_equal(publish(U101, TYPE, PIDF("open", "")), 200);
	assert_int_equal(presence_get_counts(f.p)->publications, 8);
	assert_int_equal(publish(U101, matching(etag, ""), NULL), 200); /* the newest are kept */
}

static void
the_user_goes(void **state)
{
	static struct directory next;

	publish(U101, TYPE, PIDF("open", ""));
	next = f.dir;
	next.user[0].id = 77;
	presence_set_directory(f.p, &next);
	assert_int_equal(presence_get_counts(f.p)->publications, 0);
	pass_ms(60000);
	assert_int_equal(f.timers.count, 0);
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_are_judged),
	    TEST(life_of_a_publication),
	    TEST(it_expires),
	    TEST(it_is_composed_with_calls),
	    TEST(there_is_a_limit),
	    TEST(the_user_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
