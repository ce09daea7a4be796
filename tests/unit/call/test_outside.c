/* call/: numbers as providers may hear them (RFC 5806, 7044; SEC: topology is not leaked). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "call/outside.h"
#include "fixture.h"

static const char config[] =
    "{'settings':{'country_code':'49','area_code':'211','outside_prefix':'0'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'lines':[{'name':'one','host':'one.example','username':'u','password':'p'},"
    "{'name':'two','host':'two.example','username':'u','password':'p',"
    "'main_number':'+49211800','number_format':'zeros'}],"
    "'users':[{'login':'1001','first_name':'Ben','last_name':'Cohn','numbers':['102']},"
    "{'login':'1002','first_name':'Cleo','last_name':'Dietz','numbers':['103']}],"
    "'numbers':[{'number':'0211555002','kind':'external','user':'1001'},"
    "{'number':'0211555003','kind':'external','user':'1001','line':'two'}]}";

static void
numbers_have_a_public_form_or_none(void **state)
{
	static const struct {
		const char *what, *number, *one, *two;
	} cases[] = {
	    {"internal: own, on the line first", "102", "+49211555002", "0049211555003"},
	    {"internal: the main number, if any", "103", "", "0049211800"},
	    {"ours outside", "0211555002", "+49211555002", "0049211555002"},
	    {"somebody's", "+4989123", "+4989123", "004989123"},
	    {"somebody's, national", "089123", "+4989123", "004989123"},
	    {"internal, nobody's", "150", "", ""},
	    {"internal, longer", "2150999", "", ""},
	    {"a service of ours", "*97", "", ""},
	    {"a name", "reception", "", ""},
	    {"nothing", "", "", ""},
	};
	struct fixture f;
	size_t n;

	fixture_open(&f, config);
	assert_non_null(dir_lines(f.directory, &n));
	assert_int_equal(n, 2);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (size_t l = 0; l < n; l++) {
			const struct dir_line *line = &dir_lines(f.directory, &n)[l];
			const char *wanted =
			    slice_eq(line->name, SLICE("one")) ? cases[i].one : cases[i].two;
			char out[IDENTITY_NUMBER_BYTES] = "";

			if (outside_number(f.directory, line->id, slice_cstr(cases[i].number),
				out) != (*wanted != '\0') ||
			    strcmp(out, wanted) != 0)
				fail_msg("%s: '%s', not '%s'", cases[i].what, out, wanted);
		}
	fixture_close(&f);
}

static void
what_has_no_public_form_is_left_out(void **state)
{
	const struct diversion d[] = {{.by.number = "102", .reason = DIVERSION_BUSY},
	    {.by.number = "150"}, {.by.number = "+4989123", .reason = DIVERSION_ALWAYS}};
	struct diversion out[DIVERSIONS_MAX];
	struct fixture f;

	fixture_open(&f, config);
	assert_int_equal(outside_diversions(f.directory, 0, d, 3, out), 2);
	assert_string_equal(out[0].by.number, "+49211555002");
	assert_int_equal(out[0].reason, DIVERSION_BUSY);
	assert_string_equal(out[1].by.number, "+4989123");
	assert_int_equal(out[1].reason, DIVERSION_ALWAYS);
	fixture_close(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_have_a_public_form_or_none),
	    cmocka_unit_test(what_has_no_public_form_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
