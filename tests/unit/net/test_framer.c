/* Framing of a stream (RFC 3261, 18.3), whole, split at every byte, and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/framer.h"

enum { STREAM_MAX = 200000 };

/* What came out of a stream: messages joined with '|', keep-alives as 'K', an error as
 * its name. */
struct outcome {
	char text[STREAM_MAX];
	size_t n;
};

static void
add(struct outcome *o, const void *p, size_t n)
{
	assert_true(o->n + n < sizeof o->text);
	memcpy(o->text + o->n, p, n);
	o->n += n;
	o->text[o->n] = '\0';
}

/* Feeds a copy on the heap, so that the address sanitizer sees reads beyond its end. */
static enum err
feed(struct net_framer *f, struct outcome *o, const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct slice in = {copy, n}, message;
	enum err e;

	assert_non_null(copy);
	memcpy(copy, p, n);
	while ((e = net_framer_next(f, &in, &message)) == ERR_OK) {
		add(o, message.n ? message.p : "K", message.n ? message.n : 1);
		add(o, "|", 1);
	}
	if (e == ERR_INCOMPLETE)
		assert_int_equal(in.n, 0);
	else
		add(o, err_name(e), strlen(err_name(e)));
	free(copy);
	return e;
}

static void
check(const char *stream, size_t n, const char *expected)
{
	struct outcome *o = malloc(sizeof *o);
	struct net_framer f;

	assert_non_null(o);
	for (size_t split = 0; split <= n; split++) { /* 0: whole */
		o->n = 0;
		o->text[0] = '\0';
		net_framer_init(&f);
		if (feed(&f, o, stream, split ? split : n) == ERR_INCOMPLETE && split && split < n)
			(void)feed(&f, o, stream + split, n - split);
		assert_string_equal(o->text, expected);
		net_framer_fini(&f);
		if (split == 0 && n > 2000)
			break; /* the long ones only whole and byte by byte */
	}
	o->n = 0;
	o->text[0] = '\0';
	net_framer_init(&f);
	for (size_t i = 0; i < n; i++)
		if (feed(&f, o, stream + i, 1) != ERR_INCOMPLETE)
			break;
	assert_string_equal(o->text, expected);
	net_framer_fini(&f);
	free(o);
}

#define A "OPTIONS sip:a SIP/2.0\r\nContent-Length: 4\r\n\r\nbody"
#define B "SIP/2.0 200 OK\r\nl:0\r\nVia: x\r\n\r\n"

static void
streams_become_messages(void **state)
{
	static const struct {
		const char *stream, *messages;
	} cases[] = {
	    {A, A "|"}, {B, B "|"}, {A A B, A "|" A "|" B "|"},
	    {"\r\n" A "\r\n" B, A "|" B "|"}, /* RFC 3261, 7.5: empty lines before */
	    {"\r\n\r\n" A, "K|" A "|"},	      /* RFC 5626, 3.5.1 */
	    {A "\r\n\r\n\r\n\r\n" B, A "|K|K|" B "|"}, {"\r\n", ""}, {"\r\n\r", ""},
	    {"\n\n\n\n" B, B "|"},
	    {"X\r\nCONTENT-LENGTH:2\r\n\r\nab", "X\r\nCONTENT-LENGTH:2\r\n\r\nab|"},
	    {"X\r\nL : 2\r\n\r\nab", "X\r\nL : 2\r\n\r\nab|"},
	    {"X\r\nl:\r\n 2\r\n\r\nab", "X\r\nl:\r\n 2\r\n\r\nab|"}, /* folded */
	    {"X\r\nl: 2\r\nContent-length: 2\r\n\r\nab",
		"X\r\nl: 2\r\nContent-length: 2\r\n\r\nab|"},
	    {"X\r\nNo: length\r\n\r\n" B, "X\r\nNo: length\r\n\r\n|" B "|"},
	    {"X\r\nA: b\r\n l: 9\r\n\r\n",
		"X\r\nA: b\r\n l: 9\r\n\r\n|"},	       /* a continuation, no header */
	    {"l: 3\r\n\r\n" B, "l: 3\r\n\r\n|" B "|"}, /* a start line, no header */
	    {"X\r\n\r\n", "X\r\n\r\n|"},
	    {"X\r\nl: 2\r\nl: 3\r\n\r\nabc", "malformed"}, /* which one? nobody knows */
	    {"X\r\nl: -1\r\n\r\n", "malformed"}, {"X\r\nl: 1x\r\n\r\n", "malformed"},
	    {"X\r\nl:\r\n\r\n", "malformed"}, {"X\r\nl: 99999999999999999999\r\n\r\n", "too_big"},
	    {"X\r\nl: 65535\r\n\r\n", "too_big"}, /* with its headers */
	    {"X\r\nl: 5\r\n\r\nabc", ""},	  /* incomplete */
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check(cases[i].stream, strlen(cases[i].stream), cases[i].messages);
}

static void
headers_have_a_limit(void **state)
{
	static char stream[NET_HEADERS_MAX_BYTES + 100];

	memset(stream, 'a', sizeof stream);
	check(stream, NET_HEADERS_MAX_BYTES - 1, "");
	check(stream, NET_HEADERS_MAX_BYTES, "too_big");
	check(stream, sizeof stream, "too_big");
	/* The empty line just inside the limit, and one byte beyond. */
	memcpy(stream + NET_HEADERS_MAX_BYTES - 5, "\r\n\r\n", 4);
	stream[NET_HEADERS_MAX_BYTES - 1] = '\0';
	{
		char expected[NET_HEADERS_MAX_BYTES + 1];

		memcpy(expected, stream, NET_HEADERS_MAX_BYTES - 1);
		memcpy(expected + NET_HEADERS_MAX_BYTES - 1, "|", 2);
		check(stream, NET_HEADERS_MAX_BYTES - 1, expected);
	}
	memset(stream, 'a', sizeof stream);
	memcpy(stream + NET_HEADERS_MAX_BYTES - 3, "\r\n\r\n", 4);
	check(stream, NET_HEADERS_MAX_BYTES + 1, "too_big");
}

static void
the_largest_message_passes(void **state)
{
	static char stream[NET_MESSAGE_MAX_BYTES + 1];
	static char expected[NET_MESSAGE_MAX_BYTES + 2];
	static const char head[] = "X\r\nl: 65513\r\n\r\n"; /* 15 + 65513 = 65528 */
	size_t n = sizeof head - 1 + 65513;

	memcpy(stream, head, sizeof head - 1);
	memset(stream + sizeof head - 1, 'b', 65513);
	memcpy(expected, stream, n);
	memcpy(expected + n, "|", 2);
	assert_true(n <= NET_MESSAGE_MAX_BYTES);
	check(stream, n, expected);
}

static void
an_idle_framer_holds_no_memory(void **state)
{
	struct net_framer f;
	struct outcome *o = malloc(sizeof *o);
	char big[10000] = "X\r\nl: 9000\r\n\r\n";

	assert_non_null(o);
	o->n = 0;
	net_framer_init(&f);
	assert_int_equal(feed(&f, o, A, sizeof A - 1), ERR_INCOMPLETE);
	assert_null(f.buf); /* whole messages are not copied */
	memset(big + strlen(big), 'c', 9000);
	assert_int_equal(feed(&f, o, big, 5000), ERR_INCOMPLETE);
	assert_non_null(f.buf);
	assert_int_equal(feed(&f, o, big + 5000, strlen(big) - 5000), ERR_INCOMPLETE);
	assert_null(f.buf);
	net_framer_fini(&f);
	free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(streams_become_messages),
	    cmocka_unit_test(headers_have_a_limit),
	    cmocka_unit_test(the_largest_message_passes),
	    cmocka_unit_test(an_idle_framer_holds_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
