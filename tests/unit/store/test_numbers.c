/* Blocks of numbers (LIN-4, NUM-1): store/number_block.c. */
#include "fixture.h"

static enum err
add(struct store *s, const char *text, bool dry_run, json_t **report, struct model_errors *errors)
{
	json_t *in = json_of(text);
	enum err e;

	errors->count = 0;
	*report = NULL;
	e = store_numbers_add(s, in, dry_run, report, errors);
	json_decref(in);
	return e;
}

static int64_t
total(struct store *s)
{
	struct store_query q = {.page = 1, .per_page = 1};
	json_t *items = NULL;
	int64_t n = 0;

	assert_int_equal(store_list(s, &model_number, &q, &items, &n, NULL), ERR_OK);
	json_decref(items);
	return n;
}

static bool
there(struct store *s, const char *number)
{
	json_t *row = NULL;
	enum err e = store_find(s, &model_number, "number", number, &row);

	json_decref(row);
	return e == ERR_OK;
}

static void
a_block_of_a_hundred_numbers_belongs_to_its_line(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	int64_t line = make(s, &model_line,
	    "{'name':'Telecom','host':'sip.example.com',"
	    "'username':'u'}");
	struct model_errors errors = {0};
	char text[160];
	json_t *report, *row = NULL;

	snprintf(text, sizeof text, "{'base':'02115551','first':0,'last':99,'width':2,'line':%lld}",
	    (long long)line);
	assert_int_equal(add(s, text, true, &report, &errors), ERR_OK);
	assert_json(report, "{'count':100,'first':'0211555100','last':'0211555199','created':100,"
			    "'taken':0,'named':[],'dry_run':true}");
	json_decref(report);
	assert_int_equal(total(s), 0); /* only a preview */
	assert_int_equal(add(s, text, false, &report, &errors), ERR_OK);
	json_decref(report);
	assert_int_equal(total(s), 100);
	assert_int_equal(store_find(s, &model_number, "number", "0211555107", &row), ERR_OK);
	assert_string_equal(text_at(row, "kind"), "external");
	assert_string_equal(text_at(row, "line_name"), "Telecom");
	json_decref(row);
}

static void
without_a_width_numbers_have_the_digits_they_have(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct model_errors errors = {0};
	json_t *report;

	assert_int_equal(
	    add(s, "{'base':'2345','first':1,'last':99}", false, &report, &errors), ERR_OK);
	json_decref(report);
	assert_true(there(s, "23451") && there(s, "234599"));
	assert_false(there(s, "234501"));
}

static void
numbers_that_exist_are_named_and_nothing_is_made(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	int64_t anna =
	    make(s, &model_user, "{'login':'1001','first_name':'Anna','last_name':'Berg'}");
	struct model_errors errors = {0};
	json_t *report;
	char text[128];

	snprintf(
	    text, sizeof text, "{'number':'5505','kind':'external','user':%lld}", (long long)anna);
	make(s, &model_number, text);
	make(s, &model_number, "{'number':'5507','kind':'external'}");
	assert_int_equal(
	    add(s, "{'base':'55','first':0,'last':9,'width':2}", false, &report, &errors),
	    ERR_CONFLICT);
	assert_string_equal(errors.at[0].code, "numbers_taken");
	assert_non_null(strstr(errors.at[0].message, "2 of these numbers exist already: 5505 "
						     "(Anna Berg), 5507"));
	assert_int_equal(total(s), 2);
	assert_int_equal(add(s, "{'base':'55','first':0,'last':9,'width':2,'skip_taken':true}",
			     false, &report, &errors),
	    ERR_OK);
	assert_int_equal(json_integer_value(json_object_get(report, "created")), 8);
	json_decref(report);
	assert_int_equal(total(s), 10);
}

static void
what_is_no_block_is_refused(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	static const struct {
		const char *in, *code;
	} bad[] = {
	    {"{'base':'1','first':5,'last':4}", "wrong_order"},
	    {"{'base':'1','first':0,'last':10000}", "block_too_large"},
	    {"{'base':'1','first':0,'last':100,'width':2}", "too_long"},
	    {"{'base':'1234567890123456789','first':0,'last':10}", "too_long"},
	    {"{'base':'0211/5','first':0,'last':10}", "bad_characters"},
	    {"{'base':'1','first':0,'last':9,'line':77}", "no_such_reference"},
	    {"{'base':'1','first':0,'last':9,'kind':'internal'}", "number_outside_range"},
	    {"{'base':'1','last':9}", "required"},
	};
	struct model_errors errors = {0};
	json_t *report;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(add(s, bad[i].in, false, &report, &errors), ERR_INVALID);
		assert_string_equal(errors.at[0].code, bad[i].code);
	}
	assert_int_equal(total(s), 0);
}

static void
a_removed_block_leaves_the_numbers_that_somebody_holds(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	int64_t sales = make(s, &model_group, "{'name':'Sales'}");
	struct model_errors errors = {0};
	json_t *report, *in = json_of("{'base':'55','first':0,'last':99,'width':2}");
	char text[128];

	snprintf(text, sizeof text, "{'number':'5542','kind':'external','group':%lld}",
	    (long long)sales);
	make(s, &model_number, text);
	assert_int_equal(
	    add(s, "{'base':'55','first':40,'last':49}", false, &report, &errors), ERR_CONFLICT);
	assert_int_equal(
	    add(s, "{'base':'55','first':50,'last':59}", false, &report, &errors), ERR_OK);
	json_decref(report);
	assert_int_equal(store_numbers_remove(s, in, true, &report, &errors), ERR_OK);
	assert_json(report, "{'count':100,'first':'5500','last':'5599','removed':10,'held':1,"
			    "'named':[{'number':'5542','holder':'Sales'}],'dry_run':true}");
	json_decref(report);
	assert_int_equal(total(s), 11);
	assert_int_equal(store_numbers_remove(s, in, false, &report, &errors), ERR_OK);
	json_decref(report);
	json_decref(in);
	assert_int_equal(total(s), 1);
	assert_true(there(s, "5542"));
}

static void
count_change(void *ctx, const struct store_change *change)
{
	assert_ptr_equal(change->entity, &model_number);
	++*(int *)ctx;
}

static void
ten_thousand_numbers_are_one_change_for_those_who_listen_and_quick_to_page(void **state)
{
	struct store *s = ((struct fixture *)*state)->store;
	struct store_query q = {.page = 150, .per_page = 50, .sort = SLICE("number")};
	struct model_errors errors = {0};
	json_t *report, *items = NULL;
	int64_t n = 0, begin = now_us();
	int changes = 0;

	store_on_change(s, count_change, &changes);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(add(s,
				     i ? "{'base':'0212','first':0,'last':9999,'width':4}"
				       : "{'base':'0211','first':0,'last':9999,'width':4}",
				     false, &report, &errors),
		    ERR_OK);
		json_decref(report);
	}
	print_message("20,000 numbers in %lld ms\n", (long long)((now_us() - begin) / 1000));
	begin = now_us();
	assert_int_equal(store_list(s, &model_number, &q, &items, &n, NULL), ERR_OK);
	print_message("page 150 of them in %lld us\n", (long long)(now_us() - begin));
	assert_int_equal(n, 20000);
	assert_int_equal(changes, 2);
	assert_string_equal(text_at(json_array_get(items, 0), "number"), "02117450");
	json_decref(items);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	    TEST(a_block_of_a_hundred_numbers_belongs_to_its_line),
	    TEST(without_a_width_numbers_have_the_digits_they_have),
	    TEST(numbers_that_exist_are_named_and_nothing_is_made),
	    TEST(what_is_no_block_is_refused),
	    TEST(a_removed_block_leaves_the_numbers_that_somebody_holds),
	    TEST(ten_thousand_numbers_are_one_change_for_those_who_listen_and_quick_to_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
