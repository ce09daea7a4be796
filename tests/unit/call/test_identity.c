/* call/: who a party is for the other side, and what passes between legs (RFC 3323, 3325,
 * 5806, 7044). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "call/diversion.h"
#include "call/passing.h"

/* An INVITE from from with these header lines. */
static const struct sip_msg *
invite(const char *from, const char *lines)
{
	static char text[8192];
	static struct sip_msg m;
	int n = snprintf(text, sizeof text,
	    "INVITE sip:101@pbx SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
	    "From: %s;tag=1\r\nTo: <sip:101@pbx>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n%s\r\n",
	    from, lines);

	assert_true(n > 0 && (size_t)n < sizeof text);
	assert_int_equal(sip_msg_parse(&m, slice_make(text, (size_t)n), NULL), ERR_OK);
	return &m;
}

#define ANNA "\"Anna\" <sip:+4930101@isp>"

static void
lines_say_who_calls(void **state)
{
	static const struct {
		const char *what, *from, *lines;
		bool found;
		const char *number, *name;
		bool hidden;
	} cases[] = {
	    {"From only", ANNA, "", true, "+4930101", "Anna", false},
	    {"RFC 3325, 9.1: PAI wins", ANNA,
		"P-Asserted-Identity: \"Real\" <sip:+4930999@isp>\r\n", true, "+4930999", "Real",
		false},
	    {"two PAI: the first that has a number", ANNA,
		"P-Asserted-Identity: <sip:isp>, <tel:+4930998>\r\n", true, "+4930998", "", false},
	    {"PPI before Remote-Party-ID", ANNA,
		"Remote-Party-ID: <sip:1@isp>\r\nP-Preferred-Identity: <sip:2@isp>\r\n", true, "2",
		"", false},
	    {"Remote-Party-ID hides", ANNA,
		"Remote-Party-ID: \"R\" <sip:1@isp>;party=calling;privacy=full\r\n", true, "1", "R",
		true},
	    {"Remote-Party-ID does not hide", ANNA, "Remote-Party-ID: <sip:1@isp>;privacy=off\r\n",
		true, "1", "", false},
	    {"RFC 3325, 9.3: hidden, yet known to us", "<sip:anonymous@anonymous.invalid>",
		"P-Asserted-Identity: <sip:+4930101@isp>\r\nPrivacy: id\r\n", true, "+4930101", "",
		true},
	    {"RFC 3323: nobody", "\"Anonymous\" <sip:anonymous@anonymous.invalid>", "", false, "",
		"", true},
	    {"Privacy: none beats the From", "<sip:anonymous@isp>", "Privacy: none\r\n", false, "",
		"", false},
	    {"several values", ANNA, "Privacy: header;  user ; critical\r\n", true, "+4930101",
		"Anna", true},
	    {"history hides others, not the caller", ANNA, "Privacy: history\r\n", true, "+4930101",
		"Anna", false},
	    {"parameters of a number", "<sip:030101;phone-context=+49@isp;user=phone>", "", true,
		"030101", "", false},
	    {"a user part that is no number", "<sip:a%20b%22@isp>", "", false, "", "", false},
	    {"too long",
		"<sip:01234567890123456789012345678901234567890123456789012345678901234@isp>", "",
		false, "", "", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct identity id;

		if (identity_read(invite(cases[i].from, cases[i].lines), &id) != cases[i].found ||
		    strcmp(id.number, cases[i].number) != 0 ||
		    strcmp(id.name, cases[i].name) != 0 || id.hidden != cases[i].hidden)
			fail_msg("%s: '%s' '%s' %d", cases[i].what, id.number, id.name, id.hidden);
	}
}

static struct addr
host(void)
{
	struct addr a;

	assert_int_equal(addr_parse(SLICE("192.0.2.7"), 5060, &a), ERR_OK);
	return a;
}

static void
parties_are_written(void **state)
{
	static const struct {
		const char *what, *number, *name;
		bool hidden;
		enum identity_trust to;
		const char *from, *asserted;
	} cases[] = {
	    {"shown", "101", "Anna \"A\"", false, IDENTITY_PHONE,
		"\"Anna \\\"A\\\"\" <sip:101@192.0.2.7>",
		"P-Asserted-Identity: \"Anna \\\"A\\\"\" <sip:101@192.0.2.7>\r\n"},
	    {"hidden from phones", "101", "Anna", true, IDENTITY_PHONE,
		"\"Anonymous\" <sip:anonymous@anonymous.invalid>", "Privacy: id\r\n"},
	    {"RFC 3325, 7: the trusted line is told", "101", "Anna", true, IDENTITY_LINE,
		"\"Anonymous\" <sip:anonymous@anonymous.invalid>",
		"P-Asserted-Identity: \"Anna\" <sip:101@192.0.2.7>\r\nPrivacy: id\r\n"},
	    {"nobody", "", "", false, IDENTITY_PHONE,
		"\"Anonymous\" <sip:anonymous@anonymous.invalid>", ""},
	    {"a code", "*21#", "", false, IDENTITY_PHONE, "<sip:*21%23@192.0.2.7>",
		"P-Asserted-Identity: <sip:*21%23@192.0.2.7>\r\n"},
	    {"no header is smuggled in", "1\r\nX: y", "B\r\nC", false, IDENTITY_PHONE,
		"\"BC\" <sip:1X: y@192.0.2.7>",
		"P-Asserted-Identity: \"BC\" <sip:1X: y@192.0.2.7>\r\n"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct routing_party p = {
		    .number = slice_cstr(cases[i].number), .name = slice_cstr(cases[i].name)};
		struct addr h = host();
		char text[1024];
		struct buf b;

		buf_init(&b, text, sizeof text);
		identity_write_party(&b, &p, cases[i].hidden, &h);
		if (!slice_eq(buf_slice(&b), slice_cstr(cases[i].from)))
			fail_msg("%s: %.*s", cases[i].what, SLICE_FMT(buf_slice(&b)));
		buf_init(&b, text, sizeof text);
		identity_write_asserted(&b, &p, cases[i].hidden, cases[i].to, &h);
		if (!slice_eq(buf_slice(&b), slice_cstr(cases[i].asserted)))
			fail_msg("%s: %.*s", cases[i].what, SLICE_FMT(buf_slice(&b)));
	}
}

static void
redirections_are_read(void **state)
{
	static const struct {
		const char *what, *lines;
		size_t n;
		struct {
			const char *number;
			enum diversion_reason reason;
			bool hidden;
		} d[3];
	} cases[] = {
	    {"none", "", 0, {{0}}},
	    {"RFC 5806, 7", "Diversion: <sip:+4989@isp>;reason=user-busy;counter=1\r\n", 1,
		{{"+4989", DIVERSION_BUSY, false}}},
	    {"two, one hidden, one reason nobody knows",
		"Diversion: <tel:+4989>;reason=no-answer;privacy=full, \"X\" "
		"<sip:5@i>;reason=z\r\n",
		2, {{"+4989", DIVERSION_NO_ANSWER, true}, {"5", DIVERSION_UNKNOWN, false}}},
	    {"garbage is left out", "Diversion: <>, <sip:5@i>\r\n", 1,
		{{"5", DIVERSION_UNKNOWN, false}}},
	    {"RFC 7044: one redirection",
		"History-Info: <sip:1@isp>;index=1, <sip:2@isp;cause=302>;index=1.1;mp=1\r\n", 1,
		{{"1", DIVERSION_ALWAYS, false}}},
	    {"RFC 7044: two, the last first, with an entry that only passes on",
		"History-Info: <sip:1@isp?Privacy=history>;index=1\r\n"
		"History-Info: <sip:2@isp;cause=486>;index=1.1\r\n"
		"History-Info: <sip:2@edge.isp>;index=1.1.1\r\n"
		"History-Info: <sip:3@isp;cause=408>;index=1.1.2\r\n",
		2, {{"2", DIVERSION_NO_ANSWER, false}, {"1", DIVERSION_BUSY, true}}},
	    {"Diversion before History-Info",
		"History-Info: <sip:1@isp>;index=1,<sip:2@isp;cause=302>;index=1.1\r\n"
		"Diversion: <sip:9@isp>;reason=deflection\r\n",
		1, {{"9", DIVERSION_DEFLECTION, false}}},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct diversion d[DIVERSIONS_MAX];
		size_t n = diversion_read(invite(ANNA, cases[i].lines), d);

		if (n != cases[i].n)
			fail_msg("%s: %zu", cases[i].what, n);
		for (size_t k = 0; k < n; k++)
			if (strcmp(d[k].by.number, cases[i].d[k].number) != 0 ||
			    d[k].reason != cases[i].d[k].reason ||
			    d[k].by.hidden != cases[i].d[k].hidden)
				fail_msg("%s: %zu: %s %d %d", cases[i].what, k, d[k].by.number,
				    (int)d[k].reason, d[k].by.hidden);
	}
}

/* What is written says the same when it is read again, and names no host but ours. */
static void
redirections_are_written(void **state)
{
	static const enum sip_hdr_id both[] = {SIP_HDR_DIVERSION, SIP_HDR_HISTORY_INFO};
	struct diversion d[2] = {{.by = {.number = "22", .name = "Two"}, .reason = DIVERSION_BUSY},
	    {.by = {.number = "11", .hidden = true}, .reason = DIVERSION_ALWAYS}};
	char text[4096];

	for (size_t i = 0; i < 2; i++) {
		struct diversion again[DIVERSIONS_MAX];
		struct addr h = host();
		struct buf b;

		buf_init(&b, text, sizeof text - 1);
		diversion_write(&b, d, 2, SLICE("33"), IDENTITY_LINE, &h);
		assert_true(buf_ok(&b));
		text[b.n] = '\0';
		if (both[i] == SIP_HDR_HISTORY_INFO) /* only the second half */
			memmove(text, strstr(text, "History"), strlen(strstr(text, "History")) + 1);
		assert_int_equal(diversion_read(invite(ANNA, text), again), 2);
		assert_string_equal(again[0].by.number, "22");
		assert_int_equal(again[0].reason, DIVERSION_BUSY);
		assert_string_equal(again[1].by.number, "11");
		assert_int_equal(again[1].reason, DIVERSION_ALWAYS);
		buf_init(&b, text, sizeof text - 1);
		diversion_write(&b, d, 2, SLICE("33"), IDENTITY_PHONE, &h);
		text[b.n] = '\0';
		assert_null(strstr(text, "sip:11@")); /* hidden from phones */
		assert_non_null(strstr(text, "<sip:33@192.0.2.7;cause=486>;index=1.1.1;mp=1.1"));
		buf_init(&b, text, sizeof text);
		diversion_write(&b, d, 0, SLICE("33"), IDENTITY_LINE, &h);
		assert_int_equal(b.n, 0);
	}
}

/* SEC, topology: no header of one leg reaches the other unless the table lists it. */
static void
only_listed_headers_pass(void **state)
{
	static const char everything[] =
	    "Record-Route: <sip:inner.example;lr>\r\nContact: <sip:x@10.1.2.3>\r\n"
	    "Supported: foo\r\nAllow: INVITE\r\nUser-Agent: Phone 1.2\r\nServer: s\r\n"
	    "P-Asserted-Identity: <sip:boss@inner>\r\nRemote-Party-ID: <sip:boss@inner>\r\n"
	    "Alert-Info: <http://evil>;info=alert-autoanswer\r\n"
	    "Call-Info: <sip:x>;answer-after=0\r\nAnswer-Mode: Auto\r\n"
	    "P-Charging-Vector: x\r\nX-Secret: 1\r\nWarning: 399 inner \"x\"\r\n"
	    "Organization: o\r\nIn-Reply-To: 1@inner\r\nGeolocation: <cid:1>\r\n"
	    "Reason: Q.850;cause=16\r\nUser-to-User: 56a3;encoding=hex\r\n"
	    "Subject: Lunch?\r\nPriority: urgent\r\nInfo-Package: dtmf\r\n"
	    "Content-Disposition: render\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n";
	static const struct {
		enum passing kind;
		const char *passes;
	} cases[] = {
	    {PASS_INVITE,
		"User-to-User: 56a3;encoding=hex\r\nSubject: Lunch?\r\nPriority: urgent\r\n"},
	    {PASS_ANSWER, "User-to-User: 56a3;encoding=hex\r\n"},
	    {PASS_BYE, "Reason: Q.850;cause=16\r\nUser-to-User: 56a3;encoding=hex\r\n"},
	    {PASS_CANCEL, "Reason: Q.850;cause=16\r\n"},
	    {PASS_INFO, "Info-Package: dtmf\r\nContent-Disposition: render\r\n"},
	    {PASS_MESSAGE,
		"In-Reply-To: 1@inner\r\nSubject: Lunch?\r\nPriority: urgent\r\n"
		"Content-Disposition: render\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\n"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[2048];
		struct buf b;

		buf_init(&b, text, sizeof text);
		passing_copy(&b, invite(ANNA, everything), cases[i].kind);
		if (!slice_eq(buf_slice(&b), slice_cstr(cases[i].passes)))
			fail_msg("%d: %.*s", (int)cases[i].kind, SLICE_FMT(buf_slice(&b)));
	}
}

static void
what_passes_is_bounded(void **state)
{
	char lines[4096], value[PASSING_VALUE_MAX + 2], text[2048];
	struct buf b;

	memset(value, 's', sizeof value);
	value[PASSING_VALUE_MAX + 1] = '\0';
	snprintf(lines, sizeof lines, "Subject: %s\r\nPriority: urgent\r\n", value);
	buf_init(&b, text, sizeof text);
	passing_copy(&b, invite(ANNA, lines), PASS_INVITE);
	assert_true(slice_eq(buf_slice(&b), SLICE("Priority: urgent\r\n")));
	value[PASSING_VALUE_MAX] = '\0';
	snprintf(lines, sizeof lines, "Subject: %s\r\nSubject: %s\r\nSubject: a\r\n b\r\n", value,
	    value);
	buf_init(&b, text, sizeof text);
	passing_copy(&b, invite(ANNA, lines), PASS_INVITE);
	assert_true(b.n <= PASSING_MAX_BYTES);
	assert_true(slice_starts(
	    slice_from(buf_slice(&b), PASSING_VALUE_MAX + 9), SLICE("\r\nSubject: a b\r\n")));
	buf_init(&b, text, 8); /* no room: left out, no overflow */
	passing_copy(&b, invite(ANNA, lines), PASS_INVITE);
	assert_true(buf_ok(&b));
}

static void
who_has_no_name_is_shown_by_his_number(void **state)
{
	const struct routing_party anna = {.number = SLICE("101"), .name = SLICE("Anna Berg")},
				   stranger = {.number = SLICE("+4922199")};

	assert_true(slice_eq(identity_shown(&anna), SLICE("Anna Berg")));
	assert_true(slice_eq(identity_shown(&stranger), SLICE("+4922199")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_say_who_calls),
	    cmocka_unit_test(parties_are_written),
	    cmocka_unit_test(who_has_no_name_is_shown_by_his_number),
	    cmocka_unit_test(redirections_are_read),
	    cmocka_unit_test(redirections_are_written),
	    cmocka_unit_test(only_listed_headers_pass),
	    cmocka_unit_test(what_passes_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
