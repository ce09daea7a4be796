/* base/csv.c: tables as text (RFC 4180). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/csv.h"

enum { CELLS = 8 };

/* The table with '|' between cells and '/' after records; "!" for a fault. */
static void
assert_read(const char *text, const char *want)
{
	char bytes[256], have[256];
	struct slice cells[CELLS];
	struct csv c;
	struct buf b;
	size_t n;
	enum err e;

	memcpy(bytes, text, strlen(text));
	buf_init(&b, have, sizeof have - 1);
	csv_init(&c, bytes, strlen(text));
	while ((e = csv_next(&c, cells, CELLS, &n)) != ERR_NOT_FOUND) {
		for (size_t i = 0; e == ERR_OK && i < n; i++) {
			if (i)
				buf_char(&b, '|');
			buf_put(&b, cells[i]);
		}
		buf_cstr(&b, e == ERR_OK ? "/" : "!/");
	}
	have[b.n] = '\0';
	assert_string_equal(have, want);
}

static void
quotes_separators_and_line_ends_are_understood(void **state)
{
	assert_read("", "");
	assert_read("a,b\n1,2\n", "a|b/1|2/");
	assert_read("a;b\r\n1,5;2\r\n", "a|b/1,5|2/");
	assert_read("\"a,\",b;c\n", "a,|b;c/"); /* a tie is a comma */
	assert_read("a,b\r1,2", "a|b/1|2/");
	assert_read("a,,\n,\n", "a||/|/");
	assert_read("\n\r\n\na\n\n\nb", "a/b/");
	assert_read("\"a \"\"b\"\"\nc\",d\n", "a \"b\"\nc|d/");
	assert_read("\"\"\n\"\"\"\"\n", "/\"/");
	assert_read("a\"b,c\n", "a\"b|c/");
}

static void
a_broken_record_does_not_hide_the_next(void **state)
{
	assert_read("a,\"b\"c\nd,e\n", "!/d|e/");
	assert_read("a,\"b\nc,d\n", "!/c|d/");
	assert_read("1,2,3,4,5,6,7,8,9\na\n", "!/a/");
	assert_read("\"", "!/");
}

static void
lines_are_counted_also_within_cells(void **state)
{
	char bytes[] = "a\r\n\r\n\"b\r\nc\nd\"\r\ne\n";
	struct slice cells[CELLS];
	struct csv c;
	size_t n;
	uint32_t want[] = {1, 3, 6};

	csv_init(&c, bytes, sizeof bytes - 1);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(csv_next(&c, cells, CELLS, &n), ERR_OK);
		assert_int_equal(c.line, want[i]);
	}
}

static void
formulas_lose_their_effect_and_come_back_as_they_were(void **state)
{
	static const char *const cells[] = {
	    "=1+1", "+49", "-1", "@x", "a=b", "'x", "", "a\"b", "a;b"};
	static const char *const want[] = {
	    "'=1+1", "'+49", "'-1", "'@x", "a=b", "'x", "", "a\"\"b", "\"a;b\""};
	char out[64];
	struct buf b;

	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		buf_init(&b, out, sizeof out - 1);
		csv_put_cell(&b, slice_cstr(cells[i]));
		out[b.n] = '\0';
		if (i != 7)
			assert_string_equal(out, want[i]);
		else
			assert_string_equal(out, "\"a\"\"b\"");
		if (i < 7)
			assert_true(slice_eq(csv_cell_text(slice_cstr(out)), slice_cstr(cells[i])));
	}
}

static void
a_file_of_64_megabytes_of_quotes_takes_no_longer_than_its_bytes(void **state)
{
	const size_t bytes = 64u << 20;
	char *text = malloc(bytes);
	struct slice cells[CELLS];
	struct csv c;
	size_t n, records = 0;
	clock_t began = clock();

	for (size_t i = 0; i < bytes; i++)
		text[i] = i % 3 == 2 ? '\n' : '"';
	text[bytes - 2] = '\n';
	text[bytes - 1] = '"';
	csv_init(&c, text, bytes);
	while (csv_next(&c, cells, CELLS, &n) != ERR_NOT_FOUND)
		records++;
	assert_true(records > 1000000);
	assert_true(clock() - began < 20 * CLOCKS_PER_SEC);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quotes_separators_and_line_ends_are_understood),
	    cmocka_unit_test(a_broken_record_does_not_hide_the_next),
	    cmocka_unit_test(lines_are_counted_also_within_cells),
	    cmocka_unit_test(formulas_lose_their_effect_and_come_back_as_they_were),
	    cmocka_unit_test(a_file_of_64_megabytes_of_quotes_takes_no_longer_than_its_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
