/* routing/: star codes (KEY): which one was dialled, and what becomes of the call. */
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

static bool
reachable(void *ctx, int64_t phone_id)
{
	return true;
}

static void
plan(struct routing_plan *out, const char *caller, const char *dialled)
{
	struct routing_state state = {.phone_reachable = reachable};
	struct routing_query q = {.dialled = slice_cstr(dialled),
	    .caller_phone = dir_phone_by_name(office.directory, slice_cstr(caller)),
	    .state = &state};

	routing_plan_make(out, office.directory, &q);
}

static void
the_longest_code_that_fits_is_meant(void **state)
{
	static const struct {
		const char *dialled;
		enum feature feature; /* FEATURES_N: none */
		const char *argument;
	} cases[] = {
	    {"*09", FEATURE_DND_ON, ""},
	    {"*090", FEATURE_DND_OFF, ""},
	    {"*0905", FEATURES_N, ""}, /* nothing follows these */
	    {"*2101", FEATURE_PRIVATE_CALL, "101"},
	    {"*2", FEATURES_N, ""}, /* a number is missing */
	    {"*327", FEATURE_GROUP_ON, "7"},
	    {"*3312", FEATURE_GROUP_OFF, "12"},
	    {"*605", FEATURE_SPEED_DIAL, "05"},
	    {"***20221", FEATURE_LINE_PREFIX, "20221"},
	    {"*", FEATURES_N, ""},
	    {"101", FEATURES_N, ""},
	    {"#", FEATURES_N, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum feature f = FEATURES_N;
		struct slice argument = {0};

		print_message("%s\n", cases[i].dialled);
		assert_int_equal(
		    routing_feature(office.directory, slice_cstr(cases[i].dialled), &f, &argument),
		    cases[i].feature != FEATURES_N);
		assert_int_equal(f, cases[i].feature);
		assert_true(slice_eq(argument, slice_cstr(cases[i].argument)));
	}
}

static void
a_private_call_goes_where_any_call_would_and_is_marked(void **state)
{
	struct routing_plan p;

	plan(&p, "b1", "*2101");
	assert_int_equal(p.action, ROUTING_RING);
	assert_int_equal(p.n_targets, 2);
	assert_true(p.private_call);
	assert_true(slice_eq(p.called.number, SLICE("101")));
	plan(&p, "b1", "101");
	assert_false(p.private_call);
}

static void
an_app_answers_a_code_that_changes_something(void **state)
{
	struct routing_plan p;

	plan(&p, "b1", "*327");
	assert_int_equal(p.action, ROUTING_RING);
	assert_int_equal(p.n_targets, 1);
	assert_int_equal(p.target[0].kind, ROUTING_APP);
	assert_int_equal(p.target[0].app, ROUTING_APP_ORDER);
	assert_int_equal(p.feature, FEATURE_GROUP_ON);
	assert_true(slice_eq(p.argument, SLICE("7")));
}

static void
a_phone_without_a_user_is_told_so(void **state)
{
	struct routing_plan p;

	plan(&p, "x1", "*09");
	assert_int_equal(p.action, ROUTING_REFUSE);
	assert_int_equal(p.status, 403);
}

static void
an_emergency_number_behind_a_code_is_one(void **state)
{
	static const char *const dialled[] = {
	    "112", "0112", "***9112", "*2112", "*20112", "*2***9112"};

	for (size_t i = 0; i < sizeof dialled / sizeof dialled[0]; i++)
		assert_non_null(routing_emergency(office.directory, slice_cstr(dialled[i])));
	assert_null(routing_emergency(office.directory, SLICE("*32112")));
}

/* 101 is Anna's, whose phones ring; b1 is Ben's, x1 nobody's. */
static const char places[] =
    "{'speed-dials':[{'place':'05','number':'101','name':'Anna'},{'place':'6','number':'103'},"
    "{'place':'6','number':'101','user':'1002'},{'place':'7','number':'101','user':'1001'},"
    "{'place':'110','number':'112'}]}";

static void
a_speed_dial_is_the_number_that_is_stored_there_ones_own_first(void **state)
{
	static const struct {
		const char *phone, *dialled, *number;
	} cases[] = {
	    {"b1", "*605", "101"}, /* everybody's */
	    {"b1", "*66", "101"},  /* his own */
	    {"a1", "*66", "103"},  /* not his: everybody's */
	    {"x1", "*605", "101"}, /* a phone of nobody has everybody's */
	    {"b1", "*6110", "112"},
	};

	fixture_change(&office, places);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct routing_plan p;

		print_message("%s %s\n", cases[i].phone, cases[i].dialled);
		plan(&p, cases[i].phone, cases[i].dialled);
		assert_true(slice_eq(p.called.number, slice_cstr(cases[i].number)));
		assert_int_equal(p.feature, FEATURES_N); /* as if the number were dialled */
		assert_int_equal(p.emergency, i == 4);
	}
}

static void
an_empty_speed_dial_is_told(void **state)
{
	struct routing_plan p;

	fixture_change(&office, places);
	plan(&p, "b1", "*67"); /* another one's */
	assert_int_equal(p.action, ROUTING_RING);
	assert_int_equal(p.target[0].app, ROUTING_APP_ORDER);
	assert_int_equal(p.feature, FEATURE_SPEED_DIAL);
	plan(&p, "b1", "*65"); /* 5 is not 05 */
	assert_int_equal(p.feature, FEATURE_SPEED_DIAL);
	plan(&p, "x1", "*67"); /* nobody may dial codes there */
	assert_int_equal(p.status, 403);
}

static void
codes_follow_the_settings(void **state)
{
	enum feature f;
	struct slice argument;

	fixture_change(&office, "{'settings':{'code_dnd_on':'#7','code_dnd_off':''}}");
	assert_true(routing_feature(office.directory, SLICE("#7"), &f, &argument));
	assert_int_equal(f, FEATURE_DND_ON);
	assert_false(routing_feature(office.directory, SLICE("*09"), &f, &argument));
	assert_false(routing_feature(office.directory, SLICE("*090"), &f, &argument));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_code_that_fits_is_meant),
	    cmocka_unit_test(a_private_call_goes_where_any_call_would_and_is_marked),
	    cmocka_unit_test(an_app_answers_a_code_that_changes_something),
	    cmocka_unit_test(a_phone_without_a_user_is_told_so),
	    cmocka_unit_test(an_emergency_number_behind_a_code_is_one),
	    cmocka_unit_test(a_speed_dial_is_the_number_that_is_stored_there_ones_own_first),
	    cmocka_unit_test(an_empty_speed_dial_is_told),
	    cmocka_unit_test(codes_follow_the_settings),
	};

	return cmocka_run_group_tests(tests, open_office, close_office);
}
