/* routing/number: E.164 and what people and providers write (RFC 3966, ITU-T E.123). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fixture.h"
#include "routing/number.h"

static const struct number_plan dusseldorf = {SLICE("49"), SLICE("211")};
static const struct number_plan no_area = {SLICE("45"), SLICE("")};

static void
forms_become_canonical(void **state)
{
	static const struct {
		const struct number_plan *plan;
		const char *text, *dialled, *written; /* NULL: malformed */
	} cases[] = {
	    {&dusseldorf, "+49211123456", "+49211123456", "+49211123456"},
	    {&dusseldorf, "0049211123456", "+49211123456", "+49211123456"},
	    {&dusseldorf, "0211123456", "+49211123456", "+49211123456"},
	    {&dusseldorf, "123456", "123456", "123456"}, /* a short code, by its length */
	    {&dusseldorf, "5123456", "+492115123456", "+492115123456"},
	    {&dusseldorf, "4921112345", "+492114921112345", "+4921112345"},
	    {&dusseldorf, "4921", "+492114921", "+492114921"}, /* too short to be international */
	    {&dusseldorf, "0033123456789", "+33123456789", "+33123456789"},
	    {&dusseldorf, "110", "110", "110"},
	    {&dusseldorf, "112", "112", "112"},
	    {&dusseldorf, "116117", "116117", "116117"},
	    {&dusseldorf, "11833", "11833", "11833"},
	    {&dusseldorf, "*21#", "*21#", "*21#"},
	    {&dusseldorf, "0", "+492110", "+492110"},
	    {&dusseldorf, "+", NULL, NULL},
	    {&dusseldorf, "", NULL, NULL},
	    {&dusseldorf, "+49*1", NULL, NULL},
	    {&dusseldorf, "12a", NULL, NULL},
	    {&dusseldorf, "anonymous", NULL, NULL},
	    {&no_area, "33123456", "+4533123456", "33123456"},
	    {&no_area, "4533123456", "+454533123456", "+4533123456"},
	};

	for (size_t i = 0; i < 2 * (sizeof cases / sizeof cases[0]); i++) {
		const char *want = i & 1 ? cases[i / 2].written : cases[i / 2].dialled;
		char out[NUMBER_BYTES] = "untouched";
		enum err e = number_canonical(cases[i / 2].plan, slice_cstr(cases[i / 2].text),
		    i & 1 ? NUMBER_WRITTEN : NUMBER_DIALLED, out);

		if (e != (want ? ERR_OK : ERR_MALFORMED) ||
		    strcmp(out, want ? want : "untouched") != 0)
			fail_msg(
			    "%s (%s): %s", cases[i / 2].text, i & 1 ? "written" : "dialled", out);
	}
}

static void
too_long_numbers_are_refused(void **state)
{
	char text[100], out[NUMBER_BYTES];

	memset(text, '5', sizeof text);
	for (size_t n = 1; n <= sizeof text; n++)
		assert_int_equal(
		    number_canonical(&dusseldorf, slice_make(text, n), NUMBER_DIALLED, out),
		    n + 6 < NUMBER_BYTES ? ERR_OK : ERR_TOO_BIG);
}

static void
providers_get_their_format(void **state)
{
	static const struct {
		enum dir_number_format format;
		const char *canonical, *text;
	} cases[] = {
	    {DIR_FORMAT_PLUS, "+49211123456", "+49211123456"},
	    {DIR_FORMAT_ZEROS, "+49211123456", "0049211123456"},
	    {DIR_FORMAT_BARE, "+49211123456", "49211123456"},
	    {DIR_FORMAT_NATIONAL, "+49211123456", "0211123456"},
	    {DIR_FORMAT_NATIONAL, "+33123456789", "0033123456789"},
	    {DIR_FORMAT_ASIS, "+49211123456", "+49211123456"},
	    {DIR_FORMAT_ZEROS, "110", "110"},
	    {DIR_FORMAT_PLUS, "*21#", "*21#"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[NUMBER_BYTES];
		struct buf b;

		buf_init(&b, text, sizeof text);
		number_write(&dusseldorf, cases[i].format, slice_cstr(cases[i].canonical), &b);
		assert_true(buf_ok(&b));
		assert_true(slice_eq(buf_slice(&b), slice_cstr(cases[i].text)));
	}
}

/* The same number of ours, however the directory and the provider write it. */
static void
ours_is_found_in_all_forms(void **state)
{
	static const char *const typed[] = {"49211987650", "0049211987650", "0211987650", "987650"};
	static const struct {
		const char *text;
		bool found;
	} cases[] = {
	    {"+49211987650", true},
	    {"0049211987650", true},
	    {"49211987650", true},
	    {"0211987650", true},
	    {"211987650", true},
	    {"987650", true},
	    {"+49221987650", false},
	    {"0221987650", false},
	    {"+33211987650", false},
	    {"+49211987651", false},
	    {"101", true}, /* an extension alone */
	    {"199", false},
	    {"+49211101", false}, /* internal numbers have no public form */
	    {"", false},
	    {"anna", false},
	};

	for (size_t t = 0; t < sizeof typed / sizeof typed[0]; t++) {
		struct fixture f;
		char config[512];

		snprintf(config, sizeof config,
		    "{'settings':{'country_code':'49','area_code':'211'},"
		    "'ranges':[{'first':'100','last':'199'}],'numbers':[{'number':'101'},"
		    "{'number':'%s','kind':'external'}]}",
		    typed[t]);
		fixture_open(&f, config);
		for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
			if (!!number_find(f.directory, NULL, slice_cstr(cases[i].text)) !=
			    cases[i].found)
				fail_msg("%s with %s in the directory", cases[i].text, typed[t]);
		fixture_close(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms_become_canonical),
	    cmocka_unit_test(too_long_numbers_are_refused),
	    cmocka_unit_test(providers_get_their_format),
	    cmocka_unit_test(ours_is_found_in_all_forms),
	};

	return cmocka_run_group_tests_name("routing number", tests, NULL, NULL);
}
