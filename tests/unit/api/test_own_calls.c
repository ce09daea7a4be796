/* USE-4: the call manager's routes: what becomes a command, whose, and what is said of the outcome.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static int
setup(void **state)
{
	fx_setup(state);
	fx_first_admin(*state);
	return 0;
}

static int64_t
me(struct fx *fx)
{
	json_t *user = fx_json(fx, "GET", "/api/me", NULL);
	int64_t id = json_integer_value(json_object_get(user, "id"));

	json_decref(user);
	return id;
}

static void
a_number_is_dialled_in_ones_own_name(void **state)
{
	struct fx *fx = *state;
	json_t *answer;

	snprintf(fx->result.call_id, sizeof fx->result.call_id, "new-call");
	answer = fx_json(fx, "POST", "/api/me/calls", "{\"number\":\"+49 211 5\",\"phone\":7}");
	assert_string_equal(json_string_value(json_object_get(answer, "call_id")), "new-call");
	json_decref(answer);
	assert_int_equal(fx->command.kind, CALL_COMMAND_DIAL);
	assert_int_equal(fx->command.user, me(fx));
	assert_int_equal(fx->command.phone, 7);
	assert_string_equal(fx->command.number, "+49 211 5");
	fx_expect(fx, "POST", "/api/me/calls", "{}", 422, "required", "number");
	fx_expect(fx, "POST", "/api/me/calls", "{\"number\":\"1\",\"phone\":\"x\"}", 422,
	    "wrong_type", "phone");
	fx_expect(fx, "POST", "/api/me/calls",
	    "{\"number\":\"1234567890123456789012345678901234567890123456789012345678901234\"}",
	    422, "too_long", "number");
}

static void
each_command_reaches_its_call(void **state)
{
	static const struct {
		const char *path, *body;
		enum call_command_kind kind;
	} cases[] = {
	    {"answer", NULL, CALL_COMMAND_ANSWER},
	    {"answer", "{\"phone\":3}", CALL_COMMAND_ANSWER},
	    {"hold", NULL, CALL_COMMAND_HOLD},
	    {"resume", NULL, CALL_COMMAND_RESUME},
	    {"transfer", "{\"number\":\"103\"}", CALL_COMMAND_TRANSFER},
	    {"transfer", "{\"call_id\":\"other\"}", CALL_COMMAND_JOIN},
	    {"hangup", NULL, CALL_COMMAND_HANG_UP},
	};
	struct fx *fx = *state;
	char path[80];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(path, sizeof path, "/api/me/calls/a%%2Fb/%s", cases[i].path);
		fx_expect(fx, "POST", path, cases[i].body, 202, NULL, NULL);
		assert_int_equal(fx->command.kind, cases[i].kind);
		assert_string_equal(fx->command.call_id, "a/b");
		assert_int_equal(fx->command.user, me(fx));
	}
	fx_expect(fx, "POST", "/api/me/calls/a/transfer", "{}", 422, "required", "number");
	fx_expect(fx, "POST", "/api/me/calls/a/transfer", "{\"call_id\":5}", 422, "wrong_type",
	    "call_id");
}

static void
what_could_not_be_done_is_said_with_its_reason(void **state)
{
	static const struct {
		enum call_outcome outcome;
		int status;
		const char *code;
	} cases[] = {
	    {CALL_OUTCOME_GONE, 404, "call_gone"},
	    {CALL_OUTCOME_NOT_YOURS, 403, "not_your_call"},
	    {CALL_OUTCOME_NOT_YOUR_PHONE, 403, "not_your_phone"},
	    {CALL_OUTCOME_NO_PHONE, 409, "no_own_phone"},
	    {CALL_OUTCOME_NO_OTHER_PHONE, 409, "no_other_phone"},
	    {CALL_OUTCOME_PHONE_AWAY, 409, "phone_not_registered"},
	    {CALL_OUTCOME_CANNOT_ANSWER, 409, "phone_cannot_answer"},
	    {CALL_OUTCOME_WRONG_STATE, 409, "wrong_state"},
	    {CALL_OUTCOME_BUSY, 503, "busy"},
	    {CALL_OUTCOME_REFUSED, 409, "call_refused"},
	};
	struct fx *fx = *state;
	struct answer_text a;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fx->result.outcome = cases[i].outcome;
		fx_expect(
		    fx, "POST", "/api/me/calls/a/hold", NULL, cases[i].status, cases[i].code, NULL);
	}
	reason_write(REASON_NUMBER_UNKNOWN, REASON_ARGS(SLICE("199")), fx->result.reason,
	    sizeof fx->result.reason);
	a = fx_call(fx, "POST", "/api/me/calls", "{\"number\":\"199\"}");
	assert_non_null(strstr(a.body, "Nobody has the number 199"));
	answer_text_free(&a);
}

static void
who_sends_commands_without_end_has_to_wait(void **state)
{
	struct fx *fx = *state;
	struct answer_text a = {0};
	int n = 0;

	do {
		answer_text_free(&a);
		a = fx_call(fx, "POST", "/api/me/calls/a/hold", NULL);
	} while (a.status == 202 && ++n < 1000);
	assert_int_equal(a.status, 429);
	assert_string_equal(fx_header(&a, "Retry-After"), "1");
	assert_true(n >= 30 && n < 1000);
	answer_text_free(&a);
}

static void
people_are_found_by_name_with_a_number_to_call_and_nothing_else(void **state)
{
	struct fx *fx = *state;
	json_t *list, *one;

	json_decref(fx_json(fx, "POST", "/api/users",
	    "{\"login\":\"2001\",\"password\":\"secret-2\",\"first_name\":\"Zoe\","
	    "\"last_name\":\"Quick\"}"));
	list = fx_json(fx, "GET", "/api/me/people?search=quick", NULL);
	assert_int_equal(json_array_size(json_object_get(list, "items")), 0); /* no number yet */
	json_decref(list);
	list = fx_json(fx, "GET", "/api/me/people", NULL);
	one = json_array_get(json_object_get(list, "items"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "number")), "100");
	assert_int_equal(json_object_size(one), 3);
	json_decref(list);
}

static void
ones_own_phones_say_whether_they_are_registered(void **state)
{
	struct fx *fx = *state;
	json_t *phone = fx_json(fx, "POST", "/api/phones", "{\"name\":\"desk\"}"), *list, *one;
	int64_t id = json_integer_value(json_object_get(phone, "id"));
	struct live_registration r = {.phone = "desk", .phone_id = id, .contact = "sip:desk@x"};
	char path[60], body[60];

	json_decref(phone);
	json_decref(fx_json(fx, "POST", "/api/phones", "{\"name\":\"other\"}"));
	snprintf(path, sizeof path, "/api/users/%lld", (long long)me(fx));
	snprintf(body, sizeof body, "{\"phones\":[%lld]}", (long long)id);
	fx_expect(fx, "PATCH", path, body, 200, NULL, NULL);
	for (int on = 0; on < 2; on++) {
		if (on)
			api_on_registration(fx->api, &r, false);
		list = fx_json(fx, "GET", "/api/me/phones", NULL);
		assert_int_equal(json_array_size(json_object_get(list, "items")), 1);
		one = json_array_get(json_object_get(list, "items"), 0);
		assert_string_equal(json_string_value(json_object_get(one, "name")), "desk");
		assert_int_equal(json_is_true(json_object_get(one, "registered")), on);
		json_decref(list);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(a_number_is_dialled_in_ones_own_name),
	    T(each_command_reaches_its_call),
	    T(what_could_not_be_done_is_said_with_its_reason),
	    T(who_sends_commands_without_end_has_to_wait),
	    T(people_are_found_by_name_with_a_number_to_call_and_nothing_else),
	    T(ones_own_phones_say_whether_they_are_registered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
