/* routing/: who rings and why (USR-1, NUM-1, USR-6 in part). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "routing/routing.h"

static struct fixture office;

static int
open_office(void **state)
{
	fixture_open(&office, fixture_office);
	return 0;
}

static int
close_office(void **state)
{
	fixture_close(&office);
	return 0;
}

/* Which phones are registered, by name. */
static bool
reachable(void *ctx, int64_t phone_id)
{
	const struct dir_phone *p = dir_phone_by_id(office.directory, phone_id);

	return p && strstr(ctx, p->name.p) != NULL;
}

static void
plan(struct routing_plan *out, const char *caller, const char *dialled, const char *registered)
{
	struct routing_state state = {
	    .ctx = (void *)(uintptr_t)registered, .phone_reachable = reachable};
	struct routing_query q = {.dialled = slice_cstr(dialled),
	    .caller_phone = dir_phone_by_name(office.directory, slice_cstr(caller)),
	    .state = &state};

	routing_plan_make(out, office.directory, &q);
}

static void
plans_by_table(void **state)
{
	static const struct {
		const char *caller, *dialled, *registered;
		uint16_t status; /* 0 = rings */
		enum cdr_result result;
		const char *targets, *reason;
	} cases[] = {
	    {"b1", "101", "a1 a2 b1", 0, 0, "a1 a2", "101 is a number of Anna Berg"},
	    {"b1", "101", "a1 a2 b1", 0, 0, "a1 a2", "Phone b1 calls as Ben Cohn (102)"},
	    {"b1", "101", "a2", 0, 0, "a2", "Phone a1 does not ring: it is not registered"},
	    {"b1", "1-0 1", "a1", 0, 0, "a1", "Phone a1 rings"},
	    {"b1", "%31%30%31", "a1", 0, 0, "a1", "Phone a1 rings"},
	    {"a1", "101", "a1 a2", 0, 0, "a2", "Phone a1 does not ring: it is the caller's"},
	    {"x1", "102", "b1", 0, 0, "b1", "Phone x1 belongs to no user: it shows its own name"},
	    {"b1", "101", "", 480, CDR_UNAVAILABLE, "", "Anna Berg has no phone that can ring"},
	    {"a1", "103", "c1", 480, CDR_UNAVAILABLE, "", "Cleo Dietz is switched off"},
	    {"a1", "104", "d1", 480, CDR_UNAVAILABLE, "",
		"Dora Ernst does not want to be disturbed"},
	    {"a1", "105", "", 480, CDR_UNAVAILABLE, "", "Emil Funk has no phone that can ring"},
	    {"a1", "106", "", 404, CDR_NOT_FOUND, "", "The number 106 is given to nobody"},
	    {"a1", "999", "", 404, CDR_NOT_FOUND, "", "Nobody has the number 999"},
	    {"a1", "anna", "", 404, CDR_NOT_FOUND, "",
		"What was dialled is not a telephone number"},
	    {"a1", "", "", 404, CDR_NOT_FOUND, "", "What was dialled is not a telephone number"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct routing_plan p;
		char targets[64] = "", text[REASON_TEXT_BYTES];
		bool reason = false;

		plan(&p, cases[i].caller, cases[i].dialled, cases[i].registered);
		for (size_t t = 0; t < p.n_targets; t++) {
			if (t)
				strcat(targets, " ");
			strncat(targets, p.target[t].phone_name.p, p.target[t].phone_name.n);
		}
		for (uint32_t r = 0; r < p.n_reasons; r++)
			reason |= strcmp(reason_text(slice_cstr(p.reasons[r]), text),
				      cases[i].reason) == 0;
		if (cases[i].status) {
			assert_int_equal(p.action, ROUTING_REFUSE);
			assert_int_equal(p.status, cases[i].status);
			assert_int_equal(p.result, cases[i].result);
		} else {
			assert_int_equal(p.action, ROUTING_RING);
			assert_int_equal(p.ring_ms, 30000);
		}
		assert_string_equal(targets, cases[i].targets);
		if (!reason)
			fail_msg("case %zu lacks the reason '%s'", i, cases[i].reason);
	}
}

static void
the_caller_is_shown_by_number_and_name(void **state)
{
	struct routing_plan p;

	plan(&p, "b1", "101", "a1");
	assert_true(slice_eq(p.caller.number, SLICE("102")));
	assert_true(slice_eq(p.caller.name, SLICE("Ben Cohn")));
	assert_true(slice_eq(p.called.number, SLICE("101")));
	assert_true(slice_eq(p.called.name, SLICE("Anna Berg")));
}

static void
dialled_text_is_normalised_or_refused(void **state)
{
	static const struct {
		const char *in, *out;
		enum err e;
	} cases[] = {
	    {"+49 (711) 123-45", "+4971112345", ERR_OK},
	    {"*21", "*21", ERR_OK},
	    {"#", "#", ERR_OK},
	    {"1+2", NULL, ERR_MALFORMED},
	    {"12a", NULL, ERR_MALFORMED},
	    {"%", NULL, ERR_MALFORMED},
	    {"%00", NULL, ERR_MALFORMED},
	    {"---", NULL, ERR_MALFORMED},
	    {"1234567890123456789012345678901234567890123456789012345678901234567890", NULL,
		ERR_TOO_BIG},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char out[ROUTING_DIALLED_MAX] = "untouched";

		assert_int_equal(routing_normalise(slice_cstr(cases[i].in), out), cases[i].e);
		assert_string_equal(out, cases[i].out ? cases[i].out : "untouched");
	}
}

/* ---- lines ---- */

static const char lines_config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'lines':[{'name':'second','host':'b.example','register':false,'auth':'address','position':20},"
    "{'name':'first','host':'a.example','username':'u','password':'p','position':10},"
    "{'name':'off','host':'c.example','register':false,'auth':'address','position':1,"
    "'enabled':false}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],"
    "'numbers':['101']}],"
    "'numbers':[{'number':'0211555001','kind':'external','user':'1001'}]}";

/* "first=full second=down": what is not named is free. */
static enum routing_line_state
line_state(void *ctx, int64_t line_id)
{
	const struct dir_line *l = dir_line_by_id(office.directory, line_id);
	const char *at = strstr(ctx, l->name.p);

	if (!at || at[l->name.n] != '=')
		return ROUTING_LINE_FREE;
	return at[l->name.n + 1] == 'f' ? ROUTING_LINE_FULL : ROUTING_LINE_NOT_REGISTERED;
}

static bool
all_reachable(void *ctx, int64_t phone_id)
{
	return true;
}

static void
lines_by_table(void **state)
{
	static const struct {
		const char *from; /* phone a1, or "line" */
		const char *dialled, *states;
		uint16_t status;
		const char *targets, *outside, *reason;
	} cases[] = {
	    {"a1", "00221 99", "", 0, "first second", "+4922199", "Line first is used"},
	    {"a1", "0555999", "", 0, "first second", "+49211555999",
		"Line second is used when the lines before fail"},
	    {"a1", "+33 1 23", "", 0, "first second", "+33123",
		"+33123 is a number of the public network"},
	    {"a1", "0110", "", 0, "first second", "110", "Line first is used"},
	    {"a1", "000331", "", 0, "first second", "+331", "Line first is used"},
	    {"a1", "0555999", "first=down", 0, "second", "+49211555999",
		"Line first is not used: the provider does not answer or has refused it"},
	    {"a1", "0555999", "first=full", 0, "second", "+49211555999",
		"Line first is not used: it has no free call"},
	    {"a1", "0555999", "first=full second=down", 480, "", "",
		"There is no line to the public network that can be used"},
	    /* internal first; ours come home instead of going out and in again */
	    {"a1", "199", "", 404, "", "", "Nobody has the number 199"},
	    {"a1", "555999", "", 404, "", "", "Nobody has the number 555999"},
	    {"a1", "0", "", 404, "", "", "Nobody has the number 0"},
	    {"", "+49211555001", "", 0, "a1", "", "0211555001 is a number of Anna Berg"},
	    {"", "00211555001", "", 0, "a1", "", "0211555001 is a number of Anna Berg"},
	    /* from a line: to users in all forms, and never out again (toll fraud) */
	    {"line", "+49211555001", "", 0, "a1", "", "The call came in on line first"},
	    {"line", "0049211555001", "", 0, "a1", "", "Phone a1 rings"},
	    {"line", "49211555001", "", 0, "a1", "", "Phone a1 rings"},
	    {"line", "0211555001", "", 0, "a1", "", "Phone a1 rings"},
	    {"line", "555001", "", 0, "a1", "", "Phone a1 rings"},
	    {"line", "101", "", 0, "a1", "", "Phone a1 rings"},
	    {"line", "0022199", "", 404, "", "", "Nobody has the number 0022199"},
	    {"line", "+33123", "", 404, "", "", "Nobody has the number +33123"},
	};
	size_t n;

	fixture_close(&office);
	fixture_open(&office, lines_config);
	assert_true(dir_lines(office.directory, &n)[1].name.n > 0 && n == 3);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct routing_state now = {.ctx = (void *)(uintptr_t)cases[i].states,
		    .phone_reachable = all_reachable,
		    .line_state = line_state};
		struct routing_query q = {.dialled = slice_cstr(cases[i].dialled), .state = &now};
		char targets[64] = "", text[REASON_TEXT_BYTES];
		struct routing_plan p;
		bool reason = false;

		if (strcmp(cases[i].from, "line") == 0) {
			q.caller_line = &dir_lines(office.directory, &n)[1];
			q.caller.number = SLICE("0221 12345");
		} else if (*cases[i].from) {
			q.caller_phone =
			    dir_phone_by_name(office.directory, slice_cstr(cases[i].from));
		}
		routing_plan_make(&p, office.directory, &q);
		for (size_t t = 0; t < p.n_targets; t++) {
			if (t)
				strcat(targets, " ");
			strncat(targets, p.target[t].phone_name.p, p.target[t].phone_name.n);
			assert_int_equal(p.target[t].kind == ROUTING_LINE, p.target[t].line != 0);
			assert_int_equal(p.target[t].kind == ROUTING_LINE, p.outside[0] != 0);
			assert_int_equal(p.target[t].delay_ms, t ? ROUTING_AFTER_OTHERS : 0);
		}
		for (uint32_t r = 0; r < p.n_reasons; r++)
			reason |= strcmp(reason_text(slice_cstr(p.reasons[r]), text),
				      cases[i].reason) == 0;
		if (strcmp(targets, cases[i].targets) != 0 || !reason ||
		    p.action != (cases[i].status ? ROUTING_REFUSE : ROUTING_RING) ||
		    (cases[i].status && p.status != cases[i].status))
			fail_msg("case %zu: %s dials %s: targets '%s', reason found: %d", i,
			    cases[i].from, cases[i].dialled, targets, reason);
		if (cases[i].outside[0])
			assert_string_equal(p.outside, cases[i].outside);
		if (q.caller_line)
			assert_true(slice_eq(p.caller.number, SLICE("+4922112345")));
	}
	fixture_close(&office);
	fixture_open(&office, fixture_office);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plans_by_table),
	    cmocka_unit_test(the_caller_is_shown_by_number_and_name),
	    cmocka_unit_test(dialled_text_is_normalised_or_refused),
	    cmocka_unit_test(lines_by_table),
	};
	return cmocka_run_group_tests(tests, open_office, close_office);
}
