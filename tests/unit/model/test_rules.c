/* model/rules.c over rows held in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/model.h"

/* ctx: {"range": [rows], "number": [rows], "user": [rows]} */
static enum err
each(void *ctx, const struct model_entity *e, const char *field, int64_t value,
    bool (*on_row)(void *arg, const json_t *row), void *arg)
{
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(ctx, e->name), i, row)
	{
		const json_t *v = json_object_get(row, field ? field : "");
		int64_t have = json_is_boolean(v) ? json_is_true(v) : json_integer_value(v);

		if ((!field || have == value) && !on_row(arg, row))
			break;
	}
	return ERR_OK;
}

static enum err
find(void *ctx, const struct model_entity *e, const char *field, struct slice text, int64_t *id)
{
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(ctx, e->name), i, row)
	{
		if (slice_eq(slice_cstr(row_text(row, field)), text)) {
			*id = json_integer_value(json_object_get(row, "id"));
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

struct rule_case {
	const char *data;
	const struct model_entity *entity;
	int64_t id;
	enum model_op op;
	const char *before;
	bool had_admin;
	enum err e;
	const char *code;
};

#define RANGE(f, l)	 "{\"first\":\"" f "\",\"last\":\"" l "\"}"
#define NUMBER(id, n, k) "{\"id\":" #id ",\"number\":\"" n "\",\"kind\":\"" k "\"}"
#define ADMIN(on)	 "{\"user\":[{\"id\":1,\"admin\":true,\"enabled\":" on "}]}"
#define NO_ADMIN	 "{\"user\":[{\"id\":1,\"admin\":false,\"enabled\":true}]}"
#define WAS_ADMIN	 "{\"admin\":true,\"enabled\":true}"
#define WAS_USER	 "{\"admin\":false,\"enabled\":true}"

static void
run(const struct rule_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rule_case *c = &cases[i];
		json_t *data = json_loads(c->data, 0, NULL);
		json_t *before = c->before ? json_loads(c->before, 0, NULL) : NULL;
		struct model_errors errors = {0};
		struct model_view view = {data, each, find};
		struct model_change change = {c->entity, c->id, c->op, before, c->had_admin};

		assert_non_null(data);
		assert_int_equal(model_rules_check(&view, &change, &errors), c->e);
		assert_int_equal(errors.count, c->code ? 1 : 0);
		if (c->code)
			assert_string_equal(errors.at[0].code, c->code);
		json_decref(data);
		json_decref(before);
	}
}

static void
lin_1_numbers_lie_in_ranges_that_do_not_overlap(void **state)
{
	static const struct rule_case cases[] = {
	    {"{\"range\":[" RANGE("100", "199") "],\"number\":[" NUMBER(7, "150", "internal") "]}",
		&model_number, 7, MODEL_OP_CREATE, NULL, false, ERR_OK, NULL},
	    {"{\"range\":[" RANGE("100", "199") "],\"number\":[" NUMBER(7, "200", "internal") "]}",
		&model_number, 7, MODEL_OP_CREATE, NULL, false, ERR_INVALID,
		"number_outside_range"},
	    {"{\"range\":[" RANGE("100", "199") "],\"number\":[" NUMBER(7, "1500", "internal") "]}",
		&model_number, 7, MODEL_OP_UPDATE, NULL, false, ERR_INVALID,
		"number_outside_range"},
	    {"{\"range\":[" RANGE("100", "199") "],\"number\":[" NUMBER(
		 7, "49301", "external") "]}",
		&model_number, 7, MODEL_OP_CREATE, NULL, false, ERR_OK, NULL},
	    {"{\"range\":[" RANGE("100", "199") "," RANGE("200", "299") "]}", &model_range, 1,
		MODEL_OP_CREATE, NULL, false, ERR_OK, NULL},
	    {"{\"range\":[" RANGE("100", "199") "," RANGE("199", "299") "]}", &model_range, 1,
		MODEL_OP_CREATE, NULL, false, ERR_INVALID, "ranges_overlap"},
	    {"{\"range\":[" RANGE("150", "160") "," RANGE("100", "299") "]}", &model_range, 1,
		MODEL_OP_UPDATE, NULL, false, ERR_INVALID, "ranges_overlap"},
	    {"{\"range\":[" RANGE("10", "99") "," RANGE("100", "299") "]}", &model_range, 1,
		MODEL_OP_UPDATE, NULL, false, ERR_OK, NULL},
	    /* the range of a number in use cannot go */
	    {"{\"range\":[],\"number\":[" NUMBER(7, "150", "internal") "]}", &model_range, 1,
		MODEL_OP_DELETE, NULL, false, ERR_CONFLICT, "number_outside_range"},
	    {"{\"range\":[],\"number\":[" NUMBER(7, "150", "internal") "]}", NULL, 0,
		MODEL_OP_IMPORT, NULL, false, ERR_INVALID, "number_outside_range"},
	};
	run(cases, sizeof cases / sizeof cases[0]);
}

static void
the_last_administrator_stays(void **state)
{
	static const struct rule_case cases[] = {
	    {ADMIN("true"), &model_user, 2, MODEL_OP_DELETE, WAS_ADMIN, false, ERR_OK, NULL},
	    {NO_ADMIN, &model_user, 2, MODEL_OP_DELETE, WAS_ADMIN, false, ERR_CONFLICT,
		"last_administrator"},
	    {ADMIN("false"), &model_user, 1, MODEL_OP_UPDATE, WAS_ADMIN, false, ERR_CONFLICT,
		"last_administrator"},
	    {NO_ADMIN, &model_user, 2, MODEL_OP_DELETE, WAS_USER, false, ERR_OK, NULL},
	    {NO_ADMIN, NULL, 0, MODEL_OP_IMPORT, NULL, true, ERR_CONFLICT, "last_administrator"},
	    /* before set-up there is none to protect */
	    {NO_ADMIN, NULL, 0, MODEL_OP_IMPORT, NULL, false, ERR_OK, NULL},
	};
	run(cases, sizeof cases / sizeof cases[0]);
}

#define REDIRECTIONS(target)                                                                       \
	"{\"settings\":[{\"id\":1,\"outside_prefix\":\"0\"}],\"range\":[" RANGE(                   \
	    "20", "39") "],\"number\":[" NUMBER(7, "20", "internal") "," NUMBER(8, "30",           \
	    "internal") "],\"emergency_number\":[{\"id\":1,\"number\":\"112\"}],"                  \
			"\"redirection\":[{\"id\":3,\"number\":7,\"target\":\"" target "\"}]}"
#define REDIRECTION(target, e, code)                                                               \
	{                                                                                          \
		REDIRECTIONS(target), &model_redirection, 3, MODEL_OP_UPDATE, NULL, false, e, code \
	}

static void
usr_5_a_redirection_goes_where_one_can_dial_and_never_back_or_to_the_fire_brigade(void **state)
{
	static const struct rule_case cases[] = {
	    REDIRECTION("30", ERR_OK, NULL),
	    REDIRECTION("", ERR_OK, NULL),
	    REDIRECTION("0015112345678", ERR_OK, NULL),
	    REDIRECTION("+4915112345678", ERR_OK, NULL),
	    REDIRECTION("***115112345678", ERR_OK, NULL),
	    REDIRECTION("20", ERR_INVALID, "itself"),
	    REDIRECTION("31", ERR_INVALID, "no_such_number"),
	    REDIRECTION("15112345678", ERR_INVALID, "no_such_number"),
	    REDIRECTION("112", ERR_INVALID, "emergency_target"),
	    REDIRECTION("0112", ERR_INVALID, "emergency_target"),
	    REDIRECTION("***1112", ERR_INVALID, "emergency_target"),
	    {REDIRECTIONS("31"), NULL, 0, MODEL_OP_IMPORT, NULL, false, ERR_INVALID,
		"no_such_number"},
	    {REDIRECTIONS("31"), &model_redirection, 3, MODEL_OP_DELETE, NULL, false, ERR_OK, NULL},
	};

	run(cases, sizeof cases / sizeof cases[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lin_1_numbers_lie_in_ranges_that_do_not_overlap),
	    cmocka_unit_test(the_last_administrator_stays),
	    cmocka_unit_test(
		usr_5_a_redirection_goes_where_one_can_dial_and_never_back_or_to_the_fire_brigade),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
