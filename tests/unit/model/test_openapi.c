/* model/openapi.c and the tables it comes from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/model.h"

static json_t *
at(json_t *j, const char *path)
{
	struct slice rest = slice_cstr(path), part;
	char name[80];

	while (rest.n && j) {
		part = slice_take_until(&rest, '|');
		slice_clip_cstr(part, name, sizeof name);
		j = json_object_get(j, name);
	}
	return j;
}

/* Each $ref must lead somewhere. */
static void
check_refs(json_t *doc, json_t *j)
{
	const char *key;
	size_t i;
	json_t *v;

	if (json_is_array(j)) {
		json_array_foreach(j, i, v) check_refs(doc, v);
		return;
	}
	json_object_foreach(j, key, v)
	{
		if (strcmp(key, "$ref") == 0) {
			const char *name = strrchr(json_string_value(v), '/') + 1;

			if (!json_object_get(at(doc, "components|schemas"), name) &&
			    !json_object_get(at(doc, "components|responses"), name))
				fail_msg("nothing is called %s", name);
		}
		check_refs(doc, v);
	}
}

static void
the_document_is_whole(void **state)
{
	static const char *const paths[] = {
	    "/api/users|get|parameters",
	    "/api/users|post|requestBody",
	    "/api/users/{id}|patch",
	    "/api/users/{id}|delete",
	    "/api/phones/{id}|get",
	    "/api/numbers|post",
	    "/api/ranges|post",
	    "/api/settings|patch",
	    "/api/call-records|get",
	    "/api/session|post",
	    "/api/phones/{id}/sip-account|get",
	    "/api/calls/{call_id}/hangup|post|parameters",
	    "/api/events|get|responses|200|content|text/event-stream",
	    "/metrics|get",
	    "/api/import|post|parameters",
	};
	static const char reason_ref[] = "#/components/schemas/reason";
	json_t *doc = model_openapi("1.2.3"), *s;

	assert_non_null(doc);
	assert_string_equal(json_string_value(at(doc, "info|version")), "1.2.3");
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (!at(at(doc, "paths"), paths[i]))
			fail_msg("no %s", paths[i]);
	assert_null(at(doc, "paths|/api/second-factors"));
	assert_null(at(doc, "paths|/api/call-records|post"));
	check_refs(doc, doc);
	s = at(doc, "components|schemas");
	assert_null(at(s, "user|properties|password"));
	assert_non_null(at(s, "user_create|properties|password"));
	assert_null(at(s, "user_create|properties|numbers"));
	assert_null(at(s, "phone|properties|ha1_md5"));
	assert_string_equal(json_string_value(at(s, "number|properties|user|x-ref")), "user");
	assert_true(json_is_true(at(s, "settings_patch|properties|sip_port|x-restart")));
	assert_int_equal(json_integer_value(at(s, "user_create|properties|login|minLength")), 4);
	assert_string_equal(
	    json_string_value(at(s, "user_create|properties|login|pattern")), "^[0-9]*$");
	assert_string_equal(
	    json_string_value(at(s, "live_call|properties|reasons|items|$ref")), reason_ref);
	assert_string_equal(
	    json_string_value(at(s, "call_record|properties|explanation|items|$ref")), reason_ref);
	json_decref(doc);
}

static void
the_tables_are_sound(void **state)
{
	size_t count;
	const struct model_entity *const *all = model_entities(&count);

	for (size_t i = 0; i < count; i++) {
		const struct model_entity *e = all[i];

		assert_ptr_equal(model_find(e->name), e);
		for (size_t k = 0; k < e->field_count; k++) {
			const struct model_field *f = &e->fields[k];
			json_t *def = model_default(f);

			assert_non_null(def);
			json_decref(def);
			assert_non_null(f->label);
			assert_ptr_equal(model_field_find(e, slice_cstr(f->name)), f);
			if (f->type == MODEL_ENUM)
				assert_non_null(f->choices);
			if (f->type == MODEL_REF || f->type == MODEL_REF_LIST)
				assert_non_null(model_find(f->ref));
		}
	}
	assert_ptr_equal(model_find_path(SLICE("call-records")), &model_call_record);
	assert_null(model_find_path(SLICE("second-factors")));
	assert_null(model_find_path(SLICE("")));
}

static void
sql_comes_from_the_table(void **state)
{
	static char text[8192];
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	model_sql_create(&b, &model_user);
	assert_true(buf_ok(&b));
	text[b.n] = '\0';
	assert_non_null(strstr(text, "\"login\" TEXT NOT NULL DEFAULT '' UNIQUE"));
	assert_non_null(strstr(text, "\"password_hash\" TEXT NOT NULL DEFAULT ''"));
	assert_non_null(strstr(text, "\"enabled\" INTEGER NOT NULL DEFAULT 1"));
	assert_non_null(strstr(text, "CREATE TABLE \"user_phone\""));
	assert_null(strstr(text, "\"numbers\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_document_is_whole),
	    cmocka_unit_test(the_tables_are_sound),
	    cmocka_unit_test(sql_comes_from_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
