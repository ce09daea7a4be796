/* cli/: options, answers of the server taken apart, fields, printing. No server needed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/cli_int.h"

struct run {
	int status;
	char *out, *err;
};

static struct run
run(const char *line)
{
	char copy[512], *argv[32], *at = copy, *word;
	int argc = 0;
	size_t out_n, err_n;
	struct run r = {0};
	struct cli_streams io = {
	    stdin, open_memstream(&r.out, &out_n), open_memstream(&r.err, &err_n)};

	snprintf(copy, sizeof copy, "%s", line);
	while ((word = strsep(&at, " ")) != NULL)
		argv[argc++] = word;
	argv[argc] = NULL;
	r.status = cli_run(argc, argv, &io);
	fclose(io.out);
	fclose(io.err);
	return r;
}

static void
run_free(struct run *r)
{
	free(r->out);
	free(r->err);
}

/* Used wrongly: exit status 2, a word that helps, nothing on standard output. */
static void
test_usage(void **state)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
	    {"strowger nonsense", "unknown command \"nonsense\""},
	    {"strowger --nonsense users", "unknown option --nonsense"},
	    {"strowger users --limit many", "--limit needs a number"},
	    {"strowger users --limit", "--limit needs a value"},
	    {"strowger users explode", "unknown action \"explode\""},
	    {"strowger users show", "needs an ID"},
	    {"strowger users show 1 2", "takes one ID"},
	    {"strowger users show one", "is no id"},
	    {"strowger users account 1", "unknown action \"account\""},
	    {"strowger users add", "fields are missing"},
	    {"strowger users add login", "not like NAME=VALUE"},
	    {"strowger users add colour=red", "no field \"colour\""},
	    {"strowger users add ring_s=soon", "a whole number is expected"},
	    {"strowger users add admin=maybe", "yes or no is expected"},
	    {"strowger phones add ha1_md5=00", "no field \"ha1_md5\""},
	    {"strowger calls now", "takes no argument"},
	    {"strowger hangup", "needs one CALL_ID"},
	    {"strowger trace a b", "takes one CALL_ID"},
	    {"strowger import", "needs one file"},
	    {"strowger export a b", "takes one file"},
	    {"strowger passwd", "needs one log-in"},
	    {"strowger settings frob", "unknown action \"frob\""},
	    {"strowger settings set", "fields are missing"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct run r = run(cases[i].line);

		if (r.status != CLI_USAGE || !strstr(r.err, cases[i].says) || r.out[0])
			fail_msg("%s: %d, \"%s\"", cases[i].line, r.status, r.err);
		run_free(&r);
	}
}

static void
test_help(void **state)
{
	struct run r = run("strowger help"), none = run("strowger"),
		   flag = run("strowger users --help");

	assert_int_equal(r.status, CLI_DONE);
	assert_non_null(strstr(r.out, "import FILE.json [--dry-run]"));
	assert_int_equal(flag.status, CLI_DONE);
	assert_int_equal(none.status, CLI_USAGE);
	run_free(&r);
	run_free(&none);
	run_free(&flag);
}

static void
test_no_daemon(void **state)
{
	struct run r = run("strowger status --socket /nonexistent/strowger.sock");

	assert_int_equal(r.status, CLI_FAILED);
	assert_string_equal(r.err,
	    "strowger: strowgerd does not answer on /nonexistent/strowger.sock: is it running?\n");
	run_free(&r);
	r = run("strowger status --data=/nonexistent");
	assert_non_null(strstr(r.err, "/nonexistent/strowger.sock"));
	run_free(&r);
}

static void
test_import_file(void **state)
{
	struct run r = run("strowger import /nonexistent.json");

	assert_int_equal(r.status, CLI_FAILED);
	assert_non_null(strstr(r.err, "cannot read /nonexistent.json"));
	run_free(&r);
}

#define HEAD "HTTP/1.1 200 OK\r\n"

static void
test_parse_answers(void **state)
{
	static const struct {
		const char *text;
		enum err e;
		int status;
		const char *body;
	} cases[] = {
	    {HEAD "Content-Length: 2\r\n\r\n{}", ERR_OK, 200, "{}"},
	    {HEAD "content-length: 2\r\n\r\n{}more", ERR_OK, 200, "{}"},
	    {HEAD "\r\nto the end", ERR_OK, 200, "to the end"},
	    {HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
		ERR_OK, 200, "abc0123456789"},
	    {HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ERR_OK, 200, ""},
	    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", ERR_OK, 204, ""},
	    {"", ERR_INCOMPLETE, 0, NULL},
	    {HEAD "Content-Length: 3\r\n\r\nab", ERR_INCOMPLETE, 0, NULL},
	    {HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", ERR_INCOMPLETE, 0, NULL},
	    {HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", ERR_INCOMPLETE, 0, NULL},
	    {HEAD "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nabc\r\n", ERR_INCOMPLETE,
		0, NULL},
	    {HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", ERR_MALFORMED, 0, NULL},
	    {HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n", ERR_MALFORMED, 0, NULL},
	    {HEAD "Content-Length: -1\r\n\r\n", ERR_MALFORMED, 0, NULL},
	    {"SIP/2.0 200 OK\r\n\r\n", ERR_MALFORMED, 0, NULL},
	    {"HTTP/1.1 abc\r\n\r\n", ERR_MALFORMED, 0, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct answer a = {0};
		enum err e = client_parse(slice_cstr(cases[i].text), &a);

		if (e != cases[i].e)
			fail_msg("case %zu: %s", i, err_name(e));
		if (e != ERR_OK)
			continue;
		assert_int_equal(a.status, cases[i].status);
		assert_string_equal(a.text, cases[i].body);
		answer_free(&a);
	}
}

static void
test_escape(void **state)
{
	char text[64];
	struct buf b;

	buf_init(&b, text, sizeof text);
	client_escape(&b, SLICE("a/b c%@\xc3\xa4~"));
	assert_true(slice_eq(buf_slice(&b), SLICE("a%2Fb%20c%25%40%C3%A4~")));
}

static void
test_fields(void **state)
{
	char texts[][24] = {
	    "login=1001", "admin=yes", "ring_s=-5", "phones=3,4", "first_name=J\xc3\xb6rg"};
	char *args[] = {texts[0], texts[1], texts[2], texts[3], texts[4]};
	struct cli cli = {.err = stderr};
	json_t *in = NULL,
	       *expected = json_pack("{s:s, s:b, s:i, s:[i,i], s:s}", "login", "1001", "admin", 1,
		   "ring_s", -5, "phones", 3, 4, "first_name", "J\xc3\xb6rg");

	assert_int_equal(fields_parse(&cli, &model_user, args, 5, &in), CLI_DONE);
	assert_true(json_equal(in, expected));
	json_decref(in);
	json_decref(expected);
}

/* A name from the network must not move the cursor or colour the terminal. */
static void
test_print_is_clean(void **state)
{
	static const struct column columns[] = {{"name", "NAME"}, {"n", "N"}, {"list", "LIST"}};
	json_t *items =
	    json_pack("[{s:s, s:i, s:[s,s]}, {s:s, s:n, s:[]}]", "name", "a\x1b[31mb\xc2\x9b\x7f",
		"n", 7, "list", "x", "y", "name", "M\xc3\xbcller", "n", "list");
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	print_table(f, items, columns, 3);
	fclose(f);
	assert_string_equal(out, "NAME       N  LIST\n"
				 "a?[31mb??  7  x, y\n"
				 "M\xc3\xbcller        \n");
	free(out);
	json_decref(items);
}

/* A person reads the sentence of a reason, not how it is made. */
static void
test_reasons_are_sentences(void **state)
{
	json_t *record = json_pack("{s:[{s:s, s:[s], s:s}, {s:s, s:[], s:s}]}", "explanation",
	    "code", "phone_rings", "args", "desk", "text", "Phone desk rings", "code", "no_answer",
	    "args", "text", "Nobody answered in time");
	char *out = NULL;
	size_t n;
	FILE *f = open_memstream(&out, &n);

	assert_non_null(record);
	print_object(f, record);
	fclose(f);
	assert_string_equal(out, "explanation  Phone desk rings, Nobody answered in time\n");
	free(out);
	json_decref(record);
}

static void
test_socket_path(void **state)
{
	struct cli cli = {0};
	char text[128];

	setenv("STROWGER_DATA", "/srv/pbx", 1);
	assert_string_equal(cli_socket(&cli, text, sizeof text), "/srv/pbx/strowger.sock");
	cli.data = "/data";
	assert_string_equal(cli_socket(&cli, text, sizeof text), "/data/strowger.sock");
	cli.socket = "/run/x";
	assert_string_equal(cli_socket(&cli, text, sizeof text), "/run/x");
	unsetenv("STROWGER_DATA");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_usage),
	    cmocka_unit_test(test_help),
	    cmocka_unit_test(test_no_daemon),
	    cmocka_unit_test(test_import_file),
	    cmocka_unit_test(test_parse_answers),
	    cmocka_unit_test(test_escape),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_print_is_clean),
	    cmocka_unit_test(test_reasons_are_sentences),
	    cmocka_unit_test(test_socket_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
