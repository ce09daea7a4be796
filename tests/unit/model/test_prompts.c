/* model/prompts.h, model/say.h: what is said on the telephone, in each language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "model/model.h"
#include "model/say.h"

static char said[400];

/* What the pieces say, one after the other. */
static const char *
sentence(enum prompt_language l, const enum prompt *p, size_t n)
{
	struct buf b;

	buf_init(&b, said, sizeof said - 1);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(prompt_text(p[i], l));
		if (i)
			buf_char(&b, ' ');
		buf_cstr(&b, prompt_text(p[i], l));
	}
	assert_true(buf_ok(&b));
	said[b.n] = '\0';
	return said;
}

static const char *
number(enum prompt_language l, uint32_t n)
{
	enum prompt out[SAY_PARTS_MAX];

	return sentence(l, out, say_number(l, n, out, SAY_PARTS_MAX));
}

static const char *
at(enum prompt_language l, unsigned hour, unsigned minute)
{
	enum prompt out[SAY_PARTS_MAX];

	return sentence(l, out, say_time(l, hour, minute, out, SAY_PARTS_MAX));
}

static const char *
day(enum prompt_language l, unsigned weekday, unsigned d, unsigned month)
{
	enum prompt out[SAY_PARTS_MAX];

	return sentence(
	    l, out, say_day(l, &(struct say_day){weekday, d, month}, out, SAY_PARTS_MAX));
}

static const char *
messages(enum prompt_language l, uint32_t n, bool new)
{
	enum prompt out[SAY_PARTS_MAX];

	return sentence(l, out, say_messages(l, n, new, out, SAY_PARTS_MAX));
}

static void
every_prompt_has_a_name_of_its_own_that_is_a_file_name(void **state)
{
	for (int p = 0; p < PROMPTS_COUNT; p++) {
		enum prompt found;

		assert_true(model_chars_ok(slice_cstr(prompt_name(p)), "a-z0-9-"));
		assert_in_range(strlen(prompt_name(p)), 1, PROMPT_NAME_BYTES - 1);
		assert_true(prompt_find(slice_cstr(prompt_name(p)), &found));
		assert_int_equal(found, p);
		assert_true(prompt_text(p, PROMPT_EN) || prompt_text(p, PROMPT_DE));
	}
	assert_false(prompt_find(SLICE("../done"), &(enum prompt){0}));
	assert_false(prompt_language_find(SLICE("fr"), &(enum prompt_language){0}));
}

/* Whole sentences are there in each language; only pieces may be missing. */
static void
no_sentence_is_missing_in_a_language(void **state)
{
	for (int p = 0; p < PROMPTS_COUNT; p++) {
		const char *en = prompt_text(p, PROMPT_EN), *de = prompt_text(p, PROMPT_DE);

		if ((en && strchr(en, '.')) || (de && strchr(de, '.') && !strstr(de, "achricht")))
			assert_true(en && de);
	}
}

static void
numbers_are_said_as_people_say_them(void **state)
{
	assert_string_equal(number(PROMPT_EN, 0), "zero");
	assert_string_equal(number(PROMPT_EN, 21), "twenty one");
	assert_string_equal(number(PROMPT_EN, 100), "one hundred");
	assert_string_equal(number(PROMPT_EN, 342), "three hundred forty two");
	assert_string_equal(number(PROMPT_DE, 1), "eins");
	assert_string_equal(number(PROMPT_DE, 21), "einundzwanzig");
	assert_string_equal(number(PROMPT_DE, 67), "siebenundsechzig");
	assert_string_equal(number(PROMPT_DE, 100), "ein hundert");
	assert_string_equal(number(PROMPT_DE, 716), "sieben hundert sechzehn");
	assert_string_equal(number(PROMPT_DE, 1020), "eins null zwei null");
	for (uint32_t n = 0; n <= SAY_NUMBER_MAX + 100; n++)
		for (int l = 0; l < PROMPT_LANGUAGES_COUNT; l++)
			assert_true(*number(l, n));
}

static void
what_does_not_fit_is_left_out(void **state)
{
	enum prompt out[3] = {PROMPTS_COUNT, PROMPTS_COUNT, PROMPTS_COUNT};

	assert_int_equal(say_number(PROMPT_EN, 342, out, 2), 2);
	assert_int_equal(out[1], PROMPT_HUNDRED);
	assert_int_equal(out[2], PROMPTS_COUNT);
	assert_int_equal(say_digits(PROMPT_EN, SLICE("12345"), out, 2), 2);
	assert_int_equal(say_number(PROMPT_DE, 342, NULL, 0), 0);
}

static void
digits_are_said_one_by_one(void **state)
{
	enum prompt out[SAY_PARTS_MAX];
	size_t n = say_digits(PROMPT_DE, SLICE("+49 *0#"), out, SAY_PARTS_MAX);

	assert_string_equal(sentence(PROMPT_DE, out, n), "vier neun Stern null Raute");
}

static void
times_are_said_by_the_clock_of_the_country(void **state)
{
	assert_string_equal(at(PROMPT_EN, 0, 0), "twelve o'clock a m");
	assert_string_equal(at(PROMPT_EN, 12, 5), "twelve oh five p m");
	assert_string_equal(at(PROMPT_EN, 14, 30), "two thirty p m");
	assert_string_equal(at(PROMPT_DE, 1, 0), "ein Uhr");
	assert_string_equal(at(PROMPT_DE, 14, 30), "vierzehn Uhr dreißig");
	assert_string_equal(at(PROMPT_DE, 0, 1), "null Uhr eins");
	for (unsigned m = 0; m < 24 * 60; m++)
		for (int l = 0; l < PROMPT_LANGUAGES_COUNT; l++)
			assert_true(*at(l, m / 60, m % 60));
	assert_int_equal(say_time(PROMPT_DE, 24, 0, &(enum prompt){0}, 1), 0);
}

static void
days_are_said_in_the_order_of_the_language(void **state)
{
	assert_string_equal(day(PROMPT_EN, 1, 1, 3), "Monday March first");
	assert_string_equal(day(PROMPT_EN, 0, 31, 12), "Sunday December thirty first");
	assert_string_equal(day(PROMPT_EN, 6, 30, 1), "Saturday January thirtieth");
	assert_string_equal(day(PROMPT_DE, 1, 1, 3), "am Montag dem ersten März");
	assert_string_equal(
	    day(PROMPT_DE, 3, 24, 12), "am Mittwoch dem vierundzwanzigsten Dezember");
	for (unsigned i = 0; i < 31 * 12; i++)
		for (int l = 0; l < PROMPT_LANGUAGES_COUNT; l++)
			assert_true(*day(l, i % 7, i % 31 + 1, i / 31 + 1));
	assert_int_equal(say_day(PROMPT_DE, &(struct say_day){0, 1, 13}, &(enum prompt){0}, 1), 0);
}

static void
one_message_is_not_several(void **state)
{
	assert_string_equal(messages(PROMPT_EN, 0, true), "You have no new messages.");
	assert_string_equal(messages(PROMPT_EN, 1, true), "You have one new message");
	assert_string_equal(messages(PROMPT_EN, 22, false), "You have twenty two old messages");
	assert_string_equal(messages(PROMPT_DE, 1, true), "Sie haben eine neue Nachricht.");
	assert_string_equal(messages(PROMPT_DE, 3, true), "Sie haben drei neue Nachrichten.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_prompt_has_a_name_of_its_own_that_is_a_file_name),
	    cmocka_unit_test(no_sentence_is_missing_in_a_language),
	    cmocka_unit_test(numbers_are_said_as_people_say_them),
	    cmocka_unit_test(what_does_not_fit_is_left_out),
	    cmocka_unit_test(digits_are_said_one_by_one),
	    cmocka_unit_test(times_are_said_by_the_clock_of_the_country),
	    cmocka_unit_test(days_are_said_in_the_order_of_the_language),
	    cmocka_unit_test(one_message_is_not_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
