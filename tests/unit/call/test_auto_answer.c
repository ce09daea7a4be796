/* call/: a phone that the plan asks to answer by itself (RFC 3261, 20.4 and 20.9, as phones of
 * all makers understand it). The plan is routing's, but for the wish. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "office.h"

void __real_routing_plan_make(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
void __wrap_routing_plan_make(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);

static bool wanted;

void
__wrap_routing_plan_make(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	__real_routing_plan_make(plan, dir, q);
	for (size_t i = 0; i < plan->n_targets; i++)
		plan->target[i].auto_answer = wanted;
}

static void
only_phones_that_are_asked_answer_by_themselves(void **state)
{
	static const struct {
		bool wanted;
		const char *call_info, *alert_info;
	} cases[] = {
	    {true, "<sip:10.0.0.1>;answer-after=0",
		"<http://10.0.0.1>;info=alert-autoanswer;delay=0"},
	    {false, "", "<http://www.notused.com>;info=alert-internal"},
	};
	static struct office o;
	struct ua *ben, *anna;

	office_open(&o);
	ben = office_phone(&o, "b1");
	anna = office_phone(&o, "a1");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *invite;
		char value[512];

		wanted = cases[i].wanted;
		ua_send(ben,
		    "INVITE sip:101@$PBX SIP/2.0\nVia: SIP/2.0/UDP $ME;rport;branch=z9hG4bKa%zu\n"
		    "Max-Forwards: 70\nFrom: <sip:b1@$PBX>;tag=ben\nTo: <sip:101@$PBX>\n"
		    "Call-ID: auto-%zu@test\nCSeq: 1 INVITE\nContact: <sip:b1@$ME>\n"
		    "Content-Type: application/sdp\nContent-Length: $LEN\n\n%s",
		    i, i, sdp_of(ben, 4000, ""));
		invite = ua_expect(anna, "INVITE", 100);
		assert_string_equal(header(invite, "Call-Info", value), cases[i].call_info);
		assert_string_equal(header(invite, "Alert-Info", value), cases[i].alert_info);
		ua_answer(anna, invite, 486, "", "");
		ua_ack_failure(ben, ua_expect(ben, "SIP/2.0 486", 100));
		office_run(&o, 100);
	}
	office_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_phones_that_are_asked_answer_by_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
