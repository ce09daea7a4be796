/* "Test a number" and the list of public holidays: RTG-1 to RTG-3, LIN-5, LIN-6 as people ask. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

enum { FIRST = 1, SECOND = 2 }; /* ids of the lines */

static void
add(struct fx *fx, const char *path, const char *body)
{
	json_decref(fx_json(fx, "POST", path, body));
}

static void
line_works(struct fx *fx, int64_t id, const char *name)
{
	struct live_line l = {.line_id = id, .state = LIVE_LINE_REGISTERED};

	snprintf(l.name, sizeof l.name, "%s", name);
	api_on_line(fx->api, &l, false);
}

static void
phone_registers(struct fx *fx, int64_t id, const char *name)
{
	struct live_registration r = {.phone_id = id, .reachable = true};

	snprintf(r.phone, sizeof r.phone, "%s", name);
	snprintf(r.contact, sizeof r.contact, "sip:%s@192.0.2.7", name);
	api_on_registration(fx->api, &r, false);
}

/* Ada (1000, number 100) has the phone desk; Berta (2000, number 101) has sofa. Two lines work.
 * Calls to Duesseldorf take the second one on working days by day, through 01019. */
static int
setup(void **state)
{
	struct fx *fx;

	fx_setup(state);
	fx = *state;
	fx_first_admin(fx);
	json_decref(fx_json(fx, "PATCH", "/api/settings",
	    "{\"country_code\":\"49\",\"area_code\":\"30\",\"outside_prefix\":\"0\","
	    "\"holidays\":\"de-nw\"}"));
	add(fx, "/api/phones", "{\"name\":\"desk\"}");
	add(fx, "/api/phones", "{\"name\":\"sofa\"}");
	json_decref(fx_json(fx, "PATCH", "/api/users/1", "{\"phones\":[1]}"));
	add(fx, "/api/users",
	    "{\"login\":\"2000\",\"first_name\":\"Berta\",\"last_name\":\"Berg\","
	    "\"password\":\"geheim-2\",\"phones\":[2]}");
	add(fx, "/api/numbers", "{\"number\":\"101\",\"kind\":\"internal\",\"user\":2}");
	add(fx, "/api/lines",
	    "{\"name\":\"alpha\",\"host\":\"a.example\",\"auth\":\"address\",\"register\":false,"
	    "\"main_number\":\"+493055\",\"number_format\":\"zeros\",\"line_prefix\":\"7\","
	    "\"position\":1}");
	add(fx, "/api/lines",
	    "{\"name\":\"beta\",\"host\":\"b.example\",\"auth\":\"address\",\"register\":false,"
	    "\"main_number\":\"+493066\",\"position\":2,\"max_calls\":1}");
	add(fx, "/api/time-frames",
	    "{\"name\":\"office\",\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],"
	    "\"from\":\"08:00\",\"to\":\"18:00\"}");
	add(fx, "/api/cor-rules", "{\"number\":\"0211\"}");
	add(fx, "/api/cor-lines", "{\"rule\":1,\"frame\":2,\"line\":2,\"call_by_call\":\"01019\"}");
	line_works(fx, FIRST, "alpha");
	line_works(fx, SECOND, "beta");
	phone_registers(fx, 2, "sofa");
	return 0;
}

static json_t *
ask(struct fx *fx, const char *what)
{
	return fx_json(fx, "POST", "/api/routing/test", what);
}

static const char *
text(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

static const json_t *
target(const json_t *plan, size_t i)
{
	return json_array_get(json_object_get(plan, "targets"), i);
}

static bool
because(const json_t *plan, const char *code)
{
	json_t *reason;
	size_t i;

	json_array_foreach(json_object_get(plan, "reasons"), i, reason)
	{
		if (strcmp(text(reason, "code"), code) == 0)
			return true;
	}
	return false;
}

static void
an_internal_number_says_whose_phone_rings_and_who_is_shown(void **state)
{
	json_t *plan = ask(*state, "{\"direction\":\"out\",\"user\":1,\"dialled\":\"1 0 1\"}");

	assert_string_equal(text(plan, "action"), "ring");
	assert_string_equal(text(plan, "phone"), "desk");
	assert_string_equal(text(plan, "dialled"), "101");
	assert_string_equal(text(json_object_get(plan, "caller"), "number"), "100");
	assert_string_equal(text(json_object_get(plan, "called"), "name"), "Berta Berg");
	assert_string_equal(text(target(plan, 0), "kind"), "phone");
	assert_string_equal(text(target(plan, 0), "name"), "sofa");
	assert_int_equal(json_integer_value(json_object_get(plan, "ring_s")), 30);
	assert_true(because(plan, "phone_rings"));
	json_decref(plan);
}

static void
a_phone_that_is_not_registered_is_told(void **state)
{
	json_t *plan = ask(*state, "{\"direction\":\"out\",\"phone\":2,\"dialled\":\"100\"}");

	assert_string_equal(text(plan, "action"), "refuse");
	assert_int_equal(json_integer_value(json_object_get(plan, "status")), 480);
	assert_string_equal(text(plan, "result"), "unavailable");
	assert_true(because(plan, "phone_not_registered"));
	json_decref(plan);
}

static void
the_cor_rule_holds_at_its_time_only(void **state)
{
	json_t *day = ask(*state, "{\"direction\":\"out\",\"phone\":1,\"dialled\":\"0021144\","
				  "\"at\":\"2026-11-24T10:00\"}");
	json_t *night = ask(*state, "{\"direction\":\"out\",\"phone\":1,\"dialled\":\"0021144\","
				    "\"at\":\"2026-11-24T18:00\"}");
	json_t *holiday = ask(*state, "{\"direction\":\"out\",\"phone\":1,\"dialled\":\"0021144\","
				      "\"at\":\"2026-12-25T10:00\"}");

	assert_string_equal(text(day, "number"), "+4921144");
	assert_string_equal(text(target(day, 0), "name"), "beta");
	assert_string_equal(text(target(day, 0), "call_by_call"), "01019");
	assert_string_equal(text(target(day, 0), "number"), "01019021144");
	assert_string_equal(text(target(day, 1), "name"), "alpha");
	assert_string_equal(text(target(day, 1), "number"), "004921144");
	assert_string_equal(text(target(day, 1), "shown"), "00493055");
	assert_true(json_is_true(json_object_get(target(day, 1), "after_others")));
	assert_true(because(day, "cor_rule"));
	assert_string_equal(text(target(night, 0), "name"), "alpha");
	assert_true(because(night, "cor_not_now"));
	assert_true(json_is_true(json_object_get(holiday, "holiday")));
	assert_string_equal(text(target(holiday, 0), "name"), "alpha");
	json_decref(day);
	json_decref(night);
	json_decref(holiday);
}

static void
a_line_that_is_full_or_does_not_work_is_passed_over(void **state)
{
	static const char question[] = "{\"direction\":\"out\",\"phone\":1,\"dialled\":\"0021144\","
				       "\"at\":\"2026-11-24T10:00\"}";
	struct live_call c = {.call_id = "c1", .state = LIVE_CALL_ANSWERED, .called.phone = "beta"};
	struct live_line l = {.line_id = FIRST, .name = "alpha", .state = LIVE_LINE_FAILED};
	struct fx *fx = *state;
	json_t *plan;

	api_on_live_call(fx->api, &c);
	plan = ask(fx, question);
	assert_string_equal(text(target(plan, 0), "name"), "alpha");
	assert_true(because(plan, "line_full"));
	json_decref(plan);
	c.state = LIVE_CALL_ENDED;
	api_on_live_call(fx->api, &c);
	api_on_line(fx->api, &l, false);
	plan = ask(fx, question);
	assert_string_equal(text(target(plan, 0), "name"), "beta");
	assert_int_equal(json_array_size(json_object_get(plan, "targets")), 1);
	assert_true(because(plan, "line_not_registered"));
	json_decref(plan);
}

static void
an_emergency_number_and_a_line_prefix_are_tested_alike(void **state)
{
	json_t *plan = ask(*state, "{\"direction\":\"out\",\"user\":1,\"dialled\":\"112\"}");

	assert_true(json_is_true(json_object_get(plan, "emergency")));
	assert_string_equal(text(target(plan, 0), "number"), "112");
	assert_string_equal(text(target(plan, 1), "name"), "beta");
	json_decref(plan);
	plan = ask(*state, "{\"direction\":\"out\",\"user\":1,\"dialled\":\"***7021144\"}");
	assert_string_equal(text(target(plan, 0), "name"), "alpha");
	assert_int_equal(json_array_size(json_object_get(plan, "targets")), 1);
	assert_true(because(plan, "line_prefix"));
	json_decref(plan);
}

static void
a_withheld_number_is_told_to_the_provider_only(void **state)
{
	struct fx *fx = *state;
	json_t *plan;

	json_decref(fx_json(fx, "PATCH", "/api/users/1", "{\"hide_number\":true}"));
	plan = ask(fx, "{\"direction\":\"out\",\"user\":1,\"dialled\":\"003044\"}");
	assert_true(json_is_true(json_object_get(target(plan, 0), "hidden")));
	assert_string_equal(text(target(plan, 0), "shown"), "00493055");
	json_decref(plan);
}

static void
a_call_that_comes_in_shows_who_calls_and_the_deposit(void **state)
{
	struct fx *fx = *state;
	json_t *plan;

	json_decref(fx_json(fx, "PATCH", "/api/lines/1", "{\"deposit\":\"100\"}"));
	add(fx, "/api/numbers",
	    "{\"number\":\"493055101\",\"kind\":\"external\",\"user\":2,\"line\":1}");
	plan = ask(fx, "{\"direction\":\"in\",\"line\":1,\"caller\":\"021177\","
		       "\"dialled\":\"03055101\"}");
	assert_string_equal(text(json_object_get(plan, "caller"), "number"), "+4921177");
	assert_string_equal(text(target(plan, 0), "name"), "sofa");
	assert_string_equal(text(plan, "deposit"), "100");
	json_decref(plan);
}

static void
a_question_that_makes_no_sense_says_which_field(void **state)
{
	struct fx *fx = *state;
	static const char path[] = "/api/routing/test";

	fx_expect(fx, "POST", path, "{\"dialled\":\"1\"}", 422, "bad_choice", "direction");
	fx_expect(
	    fx, "POST", path, "{\"direction\":\"out\",\"user\":1}", 422, "required", "dialled");
	fx_expect(fx, "POST", path, "{\"direction\":\"out\",\"dialled\":\"1\"}", 422, "required",
	    "phone");
	fx_expect(fx, "POST", path, "{\"direction\":\"out\",\"dialled\":\"1\",\"user\":99}", 422,
	    "no_such_reference", "user");
	fx_expect(fx, "POST", path, "{\"direction\":\"in\",\"dialled\":\"1\",\"line\":null}", 422,
	    "required", "line");
	fx_expect(fx, "POST", path,
	    "{\"direction\":\"out\",\"dialled\":\"1\",\"user\":1,\"at\":\"2026-02-30T10:00\"}", 422,
	    "bad_format", "at");
	fx_expect(fx, "POST", path,
	    "{\"direction\":\"in\",\"dialled\":\"1\",\"line\":1,\"caller\":5}", 422, "bad_format",
	    "caller");
	fx_expect(fx, "POST", path,
	    "{\"direction\":\"out\",\"user\":1,\"dialled\":"
	    "\"1234567890123456789012345678901234567890123456789012345678901234\"}",
	    422, "bad_format", "dialled");
}

static void
the_public_holidays_of_a_year_are_listed_for_any_region(void **state)
{
	struct fx *fx = *state;
	json_t *days = fx_json(fx, "GET", "/api/holidays/public?year=2027", NULL);
	const json_t *first = json_array_get(json_object_get(days, "items"), 0);

	assert_string_equal(text(days, "region"), "de-nw");
	assert_int_equal(json_array_size(json_object_get(days, "items")), 11);
	assert_string_equal(text(first, "date"), "2027-01-01");
	assert_string_equal(text(first, "code"), "new_year");
	json_decref(days);
	days = fx_json(fx, "GET", "/api/holidays/public?year=2027&region=at", NULL);
	assert_int_equal(json_array_size(json_object_get(days, "items")), 13);
	json_decref(days);
	days = fx_json(fx, "GET", "/api/holidays/public?year=2027&region=none", NULL);
	assert_int_equal(json_array_size(json_object_get(days, "items")), 0);
	json_decref(days);
	fx_expect(fx, "GET", "/api/holidays/public?year=2027&region=xx", NULL, 400, "bad_parameter",
	    "region");
	fx_expect(fx, "GET", "/api/holidays/public", NULL, 400, "bad_parameter", "year");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(an_internal_number_says_whose_phone_rings_and_who_is_shown),
	    TEST(a_phone_that_is_not_registered_is_told),
	    TEST(the_cor_rule_holds_at_its_time_only),
	    TEST(a_line_that_is_full_or_does_not_work_is_passed_over),
	    TEST(an_emergency_number_and_a_line_prefix_are_tested_alike),
	    TEST(a_withheld_number_is_told_to_the_provider_only),
	    TEST(a_call_that_comes_in_shows_who_calls_and_the_deposit),
	    TEST(a_question_that_makes_no_sense_says_which_field),
	    TEST(the_public_holidays_of_a_year_are_listed_for_any_region),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
