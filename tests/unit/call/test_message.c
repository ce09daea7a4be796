/* call/: text messages outside of calls on the wire (RFC 3428). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	anna2 = office_phone(&o, "a2");
	return 0;
}

static int
tear_down(void **state)
{
	office_close(&o);
	return 0;
}

static void
ben_writes(const char *number, const char *extra, const char *text)
{
	static unsigned n;

	n++;
	ua_send(ben,
	    "MESSAGE sip:%s@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKm%u\n"
	    "Max-Forwards: 70\nFrom: \"Boss\" <sip:boss@x>;tag=ben\nTo: <sip:%s@$PBX>\n"
	    "Call-ID: message-%u@test\nCSeq: 1 MESSAGE\n%sContent-Length: $LEN\n\n%s",
	    number, n, number, n, extra, text);
}

#define PLAIN "Content-Type: text/plain;charset=utf-8\n"

static void
every_phone_gets_it_and_the_first_answers(void **state)
{
	const char *m1, *m2;
	char value[512];

	ben_writes("101", PLAIN "Subject: Lunch\nX-Secret: 1\nPriority: urgent\n", "Hä? 12:30!");
	m1 = ua_expect(anna1, "MESSAGE sip:a1@", 100);
	m2 = ua_expect(anna2, "MESSAGE sip:a2@", 100);
	assert_non_null(strstr(m1, "\r\n\r\nHä? 12:30!"));
	assert_string_equal(header(m1, "Content-Type", value), "text/plain;charset=utf-8");
	assert_true(slice_starts(
	    slice_cstr(header(m1, "From", value)), SLICE("\"Ben Cohn\" <sip:102@10.0.0.1>;tag=")));
	assert_string_equal(header(m1, "To", value), "\"Anna Berg\" <sip:101@10.0.0.1>");
	assert_string_equal(header(m1, "Max-Forwards", value), "69");
	assert_string_equal(header(m1, "Subject", value), "Lunch");
	assert_string_equal(header(m1, "X-Secret", value), "");
	assert_string_equal(header(m1, "Contact", value), ""); /* RFC 3428, 4 */
	ua_answer(anna1, m1, 486, "", "");
	office_run(&o, 50);
	ua_expect_none(ben, "SIP/2.0");
	ua_answer(anna2, m2, 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
	assert_int_equal(call_switch_get_stats(o.calls)->messages_delivered, 1);
}

/* What Ben is told. 0 = the phone says nothing. */
static void
answers_of_phones(void **state)
{
	static const struct {
		int anna1, anna2;
		const char *ben;
	} cases[] = {
	    {200, 0, "SIP/2.0 200"},
	    {0, 202, "SIP/2.0 202"},
	    {415, 415, "SIP/2.0 415"},
	    {404, 415, "SIP/2.0 415"},
	    {500, 481, "SIP/2.0 480"},
	    {405, 0, "SIP/2.0 480"},
	    {0, 0, "SIP/2.0 480"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *m1, *m2;

		ben_writes("101", PLAIN, "x");
		m1 = ua_expect(anna1, "MESSAGE", 100);
		m2 = ua_expect(anna2, "MESSAGE", 100);
		if (cases[i].anna1)
			ua_answer(anna1, m1, cases[i].anna1, "", "");
		if (cases[i].anna2)
			ua_answer(anna2, m2, cases[i].anna2, "", "");
		ua_expect(ben, cases[i].ben, 25100);
		office_run(&o, 40000); /* repetitions to a phone that says nothing end */
		for (size_t k = 0; k < 2; k++) {
			struct ua *u = k ? anna2 : anna1;

			while (u->n_inbox) {
				u->n_inbox--;
				free(u->inbox[u->n_inbox]);
			}
		}
	}
}

static void
what_is_refused(void **state)
{
	char big[1400];
	const struct {
		const char *what, *number, *extra, *text, *answer;
	} cases[] = {
	    {"unknown number", "999", PLAIN, "x", "SIP/2.0 404"},
	    {"nobody's number", "106", PLAIN, "x", "SIP/2.0 404"},
	    {"no phone reachable", "104", PLAIN, "x", "SIP/2.0 480"},
	    {"switched off", "103", PLAIN, "x", "SIP/2.0 480"},
	    {"only the sender's own phone", "102", PLAIN, "x", "SIP/2.0 480"},
	    {"RFC 3428, 8: too large for UDP", "101", PLAIN, big, "SIP/2.0 513"},
	    {"RFC 3261, 8.2.2.3", "101", PLAIN "Require: foo\n", "x", "SIP/2.0 420"},
	    {"a body of no type", "101", "", "x", "SIP/2.0 400"},
	};

	memset(big, 'x', sizeof big);
	big[sizeof big - 1] = '\0';
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ben_writes(cases[i].number, cases[i].extra, cases[i].text);
		ua_expect(ben, cases[i].answer, 100);
		ua_expect_none(anna1, "MESSAGE");
	}
}

/* A phone that hides stays hidden. */
static void
hidden_writers_stay_hidden(void **state)
{
	const char *m;
	char value[512];

	ben_writes("101", PLAIN "Privacy: id\n", "x");
	m = ua_expect(anna1, "MESSAGE", 100);
	assert_true(slice_starts(slice_cstr(header(m, "From", value)),
	    SLICE("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=")));
	assert_null(strstr(m, "102"));
	ua_answer(anna1, m, 200, "", "");
	ua_expect(ben, "SIP/2.0 200", 100);
}

/* SEC-3: 20 at once, then one a second. */
static void
a_phone_that_floods_is_slowed_down(void **state)
{
	unsigned passed = 0;

	for (int i = 0; i < 30; i++) {
		char id[512];
		const char *r;

		ben_writes("999", PLAIN, "x");
		r = ua_expect(ben, "SIP/2.0 ", 100);
		if (strncmp(r + 8, "404", 3) == 0)
			passed++;
		else
			assert_string_equal(header(r, "Retry-After", id), "2");
	}
	assert_int_equal(passed, 20);
	assert_int_equal(call_switch_get_stats(o.calls)->messages_refused, 10);
	office_run(&o, 2000);
	for (int i = 0; i < 2; i++) {
		ben_writes("999", PLAIN, "x");
		ua_expect(ben, "SIP/2.0 404", 100);
	}
	ben_writes("999", PLAIN, "x");
	ua_expect(ben, "SIP/2.0 503", 100);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(every_phone_gets_it_and_the_first_answers),
	    TEST(answers_of_phones),
	    TEST(what_is_refused),
	    TEST(hidden_writers_stay_hidden),
	    TEST(a_phone_that_floods_is_slowed_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
