/* USR-1, PHO-2: PATCH of a collection, and undoing several changes. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static int
office_setup(void **state)
{
	struct fx *fx;

	fx_setup(state);
	fx = *state;
	fx_first_admin(fx);
	json_decref(fx_json(fx, "POST", "/api/users",
	    "{\"login\":\"1001\",\"first_name\":\"Emma\",\"last_name\":\"Nutt\"}"));
	json_decref(fx_json(fx, "POST", "/api/phones", "{\"name\":\"desk\"}"));
	json_decref(fx_json(fx, "POST", "/api/phones", "{\"name\":\"sofa\"}"));
	return 0;
}

static void
assert_value(struct fx *fx, const char *path, const char *field, const char *want)
{
	json_t *row = fx_json(fx, "GET", path, NULL);
	char *text = json_dumps(json_object_get(row, field), JSON_ENCODE_ANY | JSON_COMPACT);

	assert_string_equal(text, want);
	free(text);
	json_decref(row);
}

static void
phones_change_together_and_back(void **state)
{
	struct fx *fx = *state;
	json_t *done = fx_json(fx, "PATCH", "/api/phones",
	    "{\"ids\":[1,2],\"values\":{\"codecs\":\"g722,alaw\",\"srtp\":\"required\"}}");
	json_t *rows = json_object_get(done, "rows"), *ids = json_array();
	char *body;

	assert_int_equal(json_integer_value(json_object_get(done, "changed")), 2);
	assert_value(fx, "/api/phones/2", "codecs", "\"g722,alaw\"");
	for (size_t i = 0; i < 2; i++)
		json_array_extend(ids, json_object_get(json_array_get(rows, i), "changes"));
	done = (json_decref(done), json_pack("{s:o}", "ids", ids));
	body = json_dumps(done, 0);
	json_decref(fx_json(fx, "POST", "/api/changes/revert", body));
	assert_value(fx, "/api/phones/2", "codecs", "null");
	assert_value(fx, "/api/phones/1", "srtp", "null");
	fx_expect(fx, "POST", "/api/changes/revert", body, 409, "changed_since", "codecs");
	free(body);
	json_decref(done);
}

static void
a_refusal_names_row_and_field(void **state)
{
	struct fx *fx = *state;
	struct answer_text a = fx_call(
	    fx, "PATCH", "/api/phones", "{\"ids\":[1,2],\"values\":{\"auth\":\"address\"}}");
	json_t *details = json_object_get(json_object_get(a.json, "error"), "details"), *one;

	assert_int_equal(a.status, 422);
	one = json_array_get(details, json_array_size(details) - 1);
	assert_int_equal(json_integer_value(json_object_get(one, "row")), 2);
	assert_string_equal(json_string_value(json_object_get(one, "field")), "host");
	answer_text_free(&a);
	assert_value(fx, "/api/phones/1", "auth", "\"password\"");
}

static void
what_cannot_be_changed_in_one_row_cannot_in_several(void **state)
{
	struct fx *fx = *state;

	fx_expect(fx, "PATCH", "/api/users", "{\"ids\":[1,2],\"values\":{\"enabled\":false}}", 409,
	    "last_administrator", "admin");
	fx_expect(fx, "PATCH", "/api/users", "{\"ids\":[2],\"values\":{\"numbers\":[]}}", 422,
	    "read_only", "numbers");
	fx_expect(fx, "PATCH", "/api/phones", "{\"ids\":[1],\"values\":{\"secret\":\"x\"}}", 422,
	    "one_row_only", "secret");
	fx_expect(fx, "PATCH", "/api/device-types", "{\"ids\":[1],\"values\":{\"comment\":\"x\"}}",
	    409, "supplied", NULL);
	fx_expect(fx, "PATCH", "/api/call-records", "{\"ids\":[1]}", 405, NULL, NULL);
	fx_expect(fx, "PATCH", "/api/sessions", "{\"ids\":[1]}", 405, NULL, NULL);
	fx_expect(fx, "POST", "/api/changes/revert", "{\"ids\":[]}", 422, "invalid", "ids");
	fx_expect(fx, "POST", "/api/changes/revert", "{\"ids\":[99999]}", 404, "not_found", NULL);
}

#define T(name) cmocka_unit_test_setup_teardown(name, office_setup, fx_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(phones_change_together_and_back),
	    T(a_refusal_names_row_and_field),
	    T(what_cannot_be_changed_in_one_row_cannot_in_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
