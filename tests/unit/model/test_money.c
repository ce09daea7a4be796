/* model/money.h: amounts as people write them, without a floating point number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/money.h"

static void
is(const char *text, int64_t expected)
{
	int64_t micro = -1;

	assert_int_equal(money_read(slice_cstr(text), MONEY_PRICE_MAX_MICRO, &micro), ERR_OK);
	assert_int_equal(micro, expected);
}

static void
an_amount_is_read_to_the_millionth(void **state)
{
	is("0.019", 19000);
	is("0,019", 19000); /* as a German spreadsheet writes it */
	is("12", 12000000);
	is("0.000001", 1);
	is("1.999999", 1999999);

	is("1000", MONEY_PRICE_MAX_MICRO);
}

static void
what_is_no_amount_is_refused(void **state)
{
	static const char *const bad[] = {"", ".", ".5", "-1", "+1", "1.2.3", "1 ", "1e3", "abc",
	    "0.0000001", "1000.000001", "99999999999999999999", "1,000.00"};
	int64_t micro;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (money_read(slice_cstr(bad[i]), MONEY_PRICE_MAX_MICRO, &micro) == ERR_OK)
			fail_msg("%s was taken", bad[i]);
}

static void
writes(int64_t micro, char point, const char *expected)
{
	char text[MONEY_TEXT_MAX];
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	money_put(&b, micro, point);
	text[b.n] = '\0';
	assert_true(buf_ok(&b));
	assert_string_equal(text, expected);
}

static void
an_amount_is_written_with_at_least_two_decimals(void **state)
{
	writes(0, '.', "0.00");
	writes(19000, '.', "0.019");
	writes(2500000, '.', "2.50");
	writes(12000000, ',', "12,00");
	writes(1, '.', "0.000001");
	writes(-1500000, '.', "-1.50");
	writes(INT64_MAX, '.', "9223372036854.775807");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_amount_is_read_to_the_millionth),
	    cmocka_unit_test(what_is_no_amount_is_refused),
	    cmocka_unit_test(an_amount_is_written_with_at_least_two_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
