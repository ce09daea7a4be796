/* Requests to be called back as rows (KEY): who may ask for whom, how many, and that none is there
 * twice. */
#include "fixture.h"

#include "model/feature.h"

struct office {
	int64_t anna, ben;
};

static int64_t
add_user(struct fixture *f, int n)
{
	char text[160];
	int64_t id;

	snprintf(text, sizeof text, "{'login':'10%d','first_name':'U%d','last_name':'N'}", n, n);
	id = make(f->store, &model_user, text);
	snprintf(text, sizeof text, "{'number':'1%d','user':%lld}", n, (long long)id);
	make(f->store, &model_number, text);
	return id;
}

static struct office
furnish(struct fixture *f)
{
	struct office o;
	char text[128];
	int64_t sales;

	o.anna = add_user(f, 20);
	o.ben = add_user(f, 21);
	sales = make(f->store, &model_group, "{'name':'Sales','group_id':'7'}");
	snprintf(text, sizeof text, "{'number':'300','group':%lld}", (long long)sales);
	make(f->store, &model_number, text);
	make(f->store, &model_number, "{'number':'301'}");
	return o;
}

static enum err
ask(struct fixture *f, int64_t user, const char *number, bool private_call, char shown[64])
{
	json_t *row = NULL;
	enum err e = store_completion_request(f->store,
	    &(struct store_completion){.user = user,
		.number = number,
		.tried = {.private_call = private_call},
		.since_ms = 1000},
	    &row);

	shown[0] = '\0';
	if (e == ERR_OK) {
		snprintf(shown, 64, "%s", json_string_value(json_object_get(row, "number")));
		assert_null(json_object_get(row, "dialled"));
	}
	json_decref(row);
	return e;
}

static int64_t
rows(struct fixture *f)
{
	struct store_query q = {0};
	json_t *all = NULL;
	int64_t total;

	assert_int_equal(
	    store_list(f->store, &model_call_completion, &q, &all, &total, NULL), ERR_OK);
	json_decref(all);
	return total;
}

static void
asking_twice_is_one_request(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	char shown[64], text[96];

	snprintf(text, sizeof text, "{'number':'421','user':%lld}", (long long)o.ben);
	make(f->store, &model_number, text);
	assert_int_equal(ask(f, o.anna, "121", false, shown), ERR_OK);
	assert_string_equal(shown, "121");
	assert_int_equal(ask(f, o.anna, "121", false, shown), ERR_OK);
	assert_int_equal(ask(f, o.anna, "421", false, shown), ERR_OK); /* he again */
	assert_int_equal(rows(f), 1);
	assert_int_equal(ask(f, o.ben, "120", false, shown), ERR_OK);
	assert_int_equal(rows(f), 2);
}

static void
nobody_is_called_back_for_groups_emergencies_nobody_and_himself(void **state)
{
	static const char *const numbers[] = {"300", "112", "0112", "***2112", "120"};
	struct fixture *f = *state;
	struct office o = furnish(f);
	char shown[64];

	assert_int_equal(ask(f, o.anna, "121", false, shown), ERR_OK);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		assert_int_equal(ask(f, o.anna, numbers[i], false, shown), ERR_INVALID);
	assert_int_equal(ask(f, o.anna, "301", false, shown), ERR_NOT_FOUND);
	assert_int_equal(ask(f, o.anna, "777", false, shown), ERR_NOT_FOUND);
	assert_int_equal(rows(f), 1);
}

static void
a_private_number_is_not_shown(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	char shown[64];

	assert_int_equal(ask(f, o.anna, "0022112345", true, shown), ERR_OK);
	assert_string_equal(shown, "0022112xxx");
	assert_int_equal(ask(f, o.anna, "121", true, shown), ERR_OK);
	assert_string_equal(shown, "121"); /* of ours */
}

static void
a_user_has_five_at_most_and_cancels_all_of_his_own(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	char shown[64], number[16];
	size_t n;

	for (int i = 0; i < STORE_COMPLETIONS_PER_USER; i++) {
		snprintf(number, sizeof number, "002211%d", i);
		assert_int_equal(ask(f, o.anna, number, false, shown), ERR_OK);
	}
	assert_int_equal(ask(f, o.anna, "121", false, shown), ERR_LIMIT);
	assert_int_equal(ask(f, o.anna, "0022110", false, shown), ERR_OK); /* is there */
	assert_int_equal(ask(f, o.ben, "120", false, shown), ERR_OK);
	assert_int_equal(store_completion_cancel(f->store, o.anna, &n), ERR_OK);
	assert_int_equal(n, STORE_COMPLETIONS_PER_USER);
	assert_int_equal(rows(f), 1);
	assert_int_equal(store_completion_cancel(f->store, o.anna, &n), ERR_OK);
	assert_int_equal(n, 0);
}

static void
who_is_deleted_is_waited_for_no_longer(void **state)
{
	struct fixture *f = *state;
	struct model_errors errors = {0};
	struct office o = furnish(f);
	char shown[64];

	assert_int_equal(ask(f, o.anna, "121", false, shown), ERR_OK);
	assert_int_equal(store_delete(f->store, &model_user, o.ben, &errors), ERR_OK);
	assert_int_equal(rows(f), 0);
	assert_int_equal(store_completion_over(f->store, 4711), ERR_OK);
}

static void
a_code_says_why_it_was_not_done(void **state)
{
	struct fixture *f = *state;
	struct office o = furnish(f);
	struct feature_order order = {.feature = FEATURE_COMPLETION, .user = o.anna};

	assert_int_equal(store_feature(f->store, &order), FEATURE_UNKNOWN); /* nothing was tried */
	snprintf(order.argument, sizeof order.argument, "300");
	assert_int_equal(store_feature(f->store, &order), FEATURE_REFUSED);
	snprintf(order.argument, sizeof order.argument, "121");
	order.tried.target = o.ben;
	assert_int_equal(store_feature(f->store, &order), FEATURE_DONE);
	order.feature = FEATURE_COMPLETION_OFF;
	assert_int_equal(store_feature(f->store, &order), FEATURE_DONE);
	assert_int_equal(store_feature(f->store, &order), FEATURE_UNKNOWN);
}

#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(asking_twice_is_one_request),
	    T(nobody_is_called_back_for_groups_emergencies_nobody_and_himself),
	    T(a_private_number_is_not_shown),
	    T(a_user_has_five_at_most_and_cancels_all_of_his_own),
	    T(who_is_deleted_is_waited_for_no_longer),
	    T(a_code_says_why_it_was_not_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
