/* A mail as it goes over the wire, and texts with words in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mail/mail_int.h"

static void
put_words(const char *text, const struct mail_word *words, size_t n, const char *expected)
{
	char out[500];
	struct buf b;

	buf_init(&b, out, sizeof out - 1);
	mail_fill(&b, slice_cstr(text), words, n);
	out[b.n] = '\0';
	assert_string_equal(out, expected);
}

static void
words_are_replaced_and_strangers_stay(void **state)
{
	const struct mail_word words[] = {{.name = "name", .value = "Anna"}, {.name = "none"},
	    {.name = "evil", .value = "a\r\nBcc: x@y.test"}, {.name = "brace", .value = "{name}"}};

	put_words("Hello {name}!", words, 4, "Hello Anna!");
	put_words("{name}{name}", words, 4, "AnnaAnna");
	put_words("a{none}b", words, 4, "ab");
	put_words("{unknown} {name", words, 4, "{unknown} {name");
	put_words("{{name}}", words, 4, "{Anna}");
	put_words("{}", words, 4, "{}");
	put_words("{evil}", words, 4, "a  Bcc: x@y.test");
	put_words("{brace}", words, 4, "{name}"); /* once only */
	put_words("", words, 4, "");
}

static char *
written(const char *from_name, const char *subject, const char *text)
{
	size_t n;
	char *raw = message_write(&(struct mail_message){.from = "pbx@firm.test",
				      .from_name = from_name,
				      .to = "anna@firm.test",
				      .to_name = "",
				      .subject = subject,
				      .text = text,
				      .created_ms = 1764468000123,
				      .id = 7},
	    &n);
	char *out;

	assert_non_null(raw);
	out = strndup(raw, n);
	free(raw);
	return out;
}

static void
a_message_is_plain_ascii_with_short_lines(void **state)
{
	char text[3000];
	char *m;
	size_t line = 0;

	for (size_t i = 0; i < sizeof text - 1; i++)
		text[i] =
		    i % 97 == 0 ? '\n' : (char)(0xc3 - (i % 2) * 0x0d); /* "ö" over and over */
	text[sizeof text - 1] = '\0';
	m = written("Zentrale Köln, die mit dem langen Namen über dreißig Zeichen",
	    "Ein Betreff mit Umlauten, länger als eine Zeile sein darf: äöüß äöüß äöüß äöüß", text);
	for (const char *p = m; *p; p++) {
		assert_true((unsigned char)*p < 0x80);
		if (*p == '\n') {
			assert_true(p > m && p[-1] == '\r');
			line = 0;
		} else {
			assert_true(++line <= 79);
		}
	}
	assert_non_null(strstr(m, "Date: Sun, 30 Nov 2025 02:00:00 +0000\r\n"));
	assert_non_null(strstr(m, "Message-ID: <1764468000123.7@firm.test>\r\n"));
	assert_non_null(strstr(m, "\r\n\r\n"));
	free(m);
}

static void
text_is_base64_with_crlf(void **state)
{
	char *m = written("", "Hello", "a\nb");

	assert_non_null(strstr(m, "From: <pbx@firm.test>\r\n"));
	assert_non_null(strstr(m, "Subject: Hello\r\n"));
	assert_string_equal(strstr(m, "\r\n\r\n") + 4, "YQ0KYg==\r\n"); /* "a\r\nb" */
	free(m);
	m = written("", "Hello", "");
	assert_string_equal(strstr(m, "\r\n\r\n"), "\r\n\r\n");
	free(m);
}

static void
a_head_cannot_grow_lines(void **state)
{
	char *m = written("", "Hello\r\nBcc: x@y.test", "");

	assert_null(strstr(m, "Bcc:"));
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_replaced_and_strangers_stay),
	    cmocka_unit_test(a_message_is_plain_ascii_with_short_lines),
	    cmocka_unit_test(text_is_base64_with_crlf),
	    cmocka_unit_test(a_head_cannot_grow_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
