/* sip/: RSeq and RAck (RFC 3262, 7). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sip/rel100.h"

static void
rack_is_read(void **state)
{
	static const struct {
		const char *value;
		bool good;
		struct sip_rack rack;
	} cases[] = {
	    {"776656 1 INVITE", true, {776656, 1, SIP_INVITE}}, /* RFC 3262, 7.2 */
	    {" 4294967295\t0 \r\n INVITE ", true, {4294967295u, 0, SIP_INVITE}},
	    {"1 2 FOO", true, {1, 2, SIP_METHOD_OTHER}},
	    {"0 1 INVITE", false, {0}},
	    {"4294967296 1 INVITE", false, {0}},
	    {"1 4294967296 INVITE", false, {0}},
	    {"1 1", false, {0}},
	    {"1 1 ", false, {0}},
	    {"1 INVITE", false, {0}},
	    {"1 1INVITE", false, {0}},
	    {"1 1 INVITE x", false, {0}},
	    {"-1 1 INVITE", false, {0}},
	    {"", false, {0}},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_rack r = {77, 77, SIP_BYE};
		enum err e = sip_rack_parse(&r, slice_cstr(cases[i].value));

		if (e != (cases[i].good ? ERR_OK : ERR_MALFORMED))
			fail_msg("%s", cases[i].value);
		if (!cases[i].good)
			assert_int_equal(r.rseq, 77);
		else if (r.rseq != cases[i].rack.rseq || r.cseq != cases[i].rack.cseq ||
			 r.method != cases[i].rack.method)
			fail_msg("%s: %u %u %d", cases[i].value, r.rseq, r.cseq, (int)r.method);
	}
}

static void
which_responses_are_reliable(void **state)
{
	static const struct {
		int status;
		const char *lines;
		uint32_t rseq; /* 0: not reliable */
	} cases[] = {
	    {183, "Require: 100rel\r\nRSeq: 988789\r\n", 988789}, /* RFC 3262, 7.1 */
	    {180, "Require: foo, 100REL\r\nRSeq: 1\r\n", 1},
	    {100, "Require: 100rel\r\nRSeq: 1\r\n", 0}, /* RFC 3262, 4 */
	    {200, "Require: 100rel\r\nRSeq: 1\r\n", 0},
	    {183, "RSeq: 1\r\n", 0},
	    {183, "Supported: 100rel\r\nRSeq: 1\r\n", 0},
	    {183, "Require: 100rel\r\n", 0},
	    {183, "Require: 100rel\r\nRSeq: 0\r\n", 0},
	    {183, "Require: 100rel\r\nRSeq: 1 2\r\n", 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint32_t rseq = 0;
		struct sip_msg m;
		char text[512];
		int n = snprintf(text, sizeof text,
		    "SIP/2.0 %d Test\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
		    "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: c\r\n"
		    "CSeq: 1 INVITE\r\n%s\r\n",
		    cases[i].status, cases[i].lines);

		assert_int_equal(sip_msg_parse(&m, slice_make(text, (size_t)n), NULL), ERR_OK);
		if (sip_is_reliable(&m, &rseq) != (cases[i].rseq != 0) || rseq != cases[i].rseq)
			fail_msg("%d %s", cases[i].status, cases[i].lines);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rack_is_read),
	    cmocka_unit_test(which_responses_are_reliable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
