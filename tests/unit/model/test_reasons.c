/* model/reasons.c: what a reason says survives the way it travels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/model.h"
#include "model/reasons.h"

static const struct {
	const char *code, *text;
} all[] = {
#define X(id, code, text) {code, text},
    REASONS(X)
#undef X
};

enum { COUNT = sizeof all / sizeof all[0] };

static size_t
places(const char *text)
{
	size_t n = 0;

	for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{'))
		n++;
	return n;
}

static void
every_reason_can_be_written_and_read(void **state)
{
	const struct slice *args = REASON_ARGS(SLICE("a b"), SLICE("\xc3\xa4"), SLICE("c"));
	char out[LIVE_REASON_BYTES], text[REASON_TEXT_BYTES];

	for (size_t i = 0; i < COUNT; i++) {
		json_t *j;

		reason_write((enum reason)i, args, out, sizeof out);
		j = reason_json(slice_cstr(out));
		assert_string_equal(json_string_value(json_object_get(j, "code")), all[i].code);
		assert_int_equal(json_array_size(json_object_get(j, "args")), places(all[i].text));
		for (size_t k = 0; k < places(all[i].text); k++)
			assert_string_equal(
			    json_string_value(json_array_get(json_object_get(j, "args"), k)),
			    args[k].p);
		reason_text(slice_cstr(out), text);
		assert_string_equal(json_string_value(json_object_get(j, "text")), text);
		assert_null(strchr(text, '{'));
		json_decref(j);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(all[k].code, all[i].code);
	}
}

static void
sentences_by_table(void **state)
{
	static const struct {
		enum reason reason;
		struct slice args[REASON_ARGS_MAX];
		const char *text;
	} cases[] = {
	    {REASON_CALLS_AS, {{"p1", 2}, {"Anna", 4}, {"101", 3}}, "Phone p1 calls as Anna (101)"},
	    {REASON_NO_ANSWER, {{"not looked at", 13}}, "Nobody answered in time"},
	    {REASON_NUMBER_OF_USER, {{"1\x1f\x32\n", 4}, {"\x7f\xc2\x9b[31mA\x1b", 9}},
		"12 is a number of [31mA"},
	    {REASON_USER_DND, {{"{1}\xff\xc3", 5}}, "{1}?? does not want to be disturbed"},
	    {REASON_USER_OFF, {{NULL, 0}}, " is switched off"},
	    {REASON_PHONE_ANSWERED, {{"", 0}, {"486", 3}, {"Busy", 4}}, "Phone  answered 486 Busy"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char out[LIVE_REASON_BYTES], text[REASON_TEXT_BYTES];

		reason_write(cases[i].reason, cases[i].args, out, sizeof out);
		assert_string_equal(reason_text(slice_cstr(out), text), cases[i].text);
	}
}

/* The short arguments stay whole, the long one loses whole characters. */
static void
the_longest_argument_is_cut(void **state)
{
	char name[400], out[LIVE_REASON_BYTES];
	json_t *j, *args;

	for (size_t i = 0; i < sizeof name; i += 2)
		memcpy(name + i, "\xc3\xa4", 2);
	for (size_t skip = 0; skip < 2; skip++) {
		memset(out, 'x', sizeof out);
		reason_write(REASON_CALLS_AS,
		    REASON_ARGS(
			SLICE("desk"), slice_make(name, sizeof name), slice_make("101x", 3 + skip)),
		    out, sizeof out);
		assert_true(strlen(out) >= LIVE_REASON_BYTES - 2);
		assert_true(model_utf8_count(slice_cstr(out)) > 0);
		j = reason_json(slice_cstr(out));
		args = json_object_get(j, "args");
		assert_string_equal(json_string_value(json_array_get(args, 0)), "desk");
		assert_true(json_string_length(json_array_get(args, 1)) > 90);
		assert_int_equal(json_string_length(json_array_get(args, 2)), 3 + skip);
		json_decref(j);
	}
}

static void
what_has_no_code_is_a_note(void **state)
{
	static const struct {
		const char *stored, *text;
	} cases[] = {
	    {"102 is busy", "102 is busy"},
	    {"", ""},
	    {"calls_asx", "calls_asx"},
	    {"of_a_later_version\x1f"
	     "desk",
		"of_a_later_versiondesk"},
	    {"\xc3", "?"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *j = reason_json(slice_cstr(cases[i].stored));

		assert_string_equal(json_string_value(json_object_get(j, "code")), "note");
		assert_string_equal(json_string_value(json_object_get(j, "text")), cases[i].text);
		json_decref(j);
	}
}

static void
the_schema_names_every_code(void **state)
{
	json_t *schema = reason_schema();
	json_t *code = json_object_get(json_object_get(schema, "properties"), "code");
	json_t *codes = json_object_get(code, "enum"), *texts = json_object_get(code, "x-texts");

	assert_int_equal(json_array_size(codes), COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_string_equal(json_string_value(json_array_get(codes, i)), all[i].code);
		assert_string_equal(
		    json_string_value(json_object_get(texts, all[i].code)), all[i].text);
	}
	json_decref(schema);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_reason_can_be_written_and_read),
	    cmocka_unit_test(sentences_by_table),
	    cmocka_unit_test(the_longest_argument_is_cut),
	    cmocka_unit_test(what_has_no_code_is_a_note),
	    cmocka_unit_test(the_schema_names_every_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
