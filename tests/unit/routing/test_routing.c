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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plans_by_table),
	    cmocka_unit_test(the_caller_is_shown_by_number_and_name),
	    cmocka_unit_test(dialled_text_is_normalised_or_refused),
	};
	return cmocka_run_group_tests(tests, open_office, close_office);
}
