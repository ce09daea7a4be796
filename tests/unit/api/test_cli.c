/* The command strowger against a real api, by the UNIX socket. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "fixture.h"

struct run {
	int status;
	char *out, *err;
};

/* Words are parted by blanks. */
static struct run
run_with(struct fx *fx, const char *input, const char *line)
{
	char copy[1024], option[120], *argv[40], *at = copy, *word;
	int argc = 0;
	size_t out_n, err_n;
	struct run r = {0};
	FILE *in = fmemopen((char *)input, strlen(input), "r");
	struct cli_streams io = {
	    in, open_memstream(&r.out, &out_n), open_memstream(&r.err, &err_n)};

	snprintf(copy, sizeof copy, "%s", line);
	snprintf(option, sizeof option, "--data=%s", fx->dir);
	argv[argc++] = option;
	argv[argc++] = option;
	while ((word = strsep(&at, " ")) != NULL)
		argv[argc++] = word;
	argv[argc] = NULL;
	r.status = cli_run(argc, argv, &io);
	fclose(io.out);
	fclose(io.err);
	fclose(in);
	return r;
}

static void
check(struct fx *fx, const char *line, int status, const char *out, const char *err)
{
	struct run r = run_with(fx, "\n", line);

	if (r.status != status || (out && !strstr(r.out, out)) || (err && !strstr(r.err, err)))
		fail_msg("%s: expected %d \"%s\" \"%s\", got %d \"%s\" \"%s\"", line, status,
		    out ? out : "", err ? err : "", r.status, r.out, r.err);
	free(r.out);
	free(r.err);
}

static void
test_entities(void **state)
{
	struct fx *fx = *state;

	check(fx, "phones add name=desk", 0, "desk", NULL);
	check(fx, "phones add name=sofa transport=tcp", 0, "tcp", NULL);
	check(fx,
	    "users add login=1001 first_name=Emma last_name=N\xc3\xbctt admin=yes "
	    "password=secret-1 phones=@sofa,@desk",
	    0, "N\xc3\xbctt", NULL);
	check(fx, "numbers add number=101 user=@1001", 0, "101", NULL);
	check(fx, "users", 0, "sofa, desk", NULL);
	check(fx, "users list --search emma", 0, "1001", NULL);
	check(fx, "users show @1001 --json", 0, "\"numbers\": [\n  \"101\"", NULL);
	check(fx, "users set @1001 ring_s=25", 0, "25", NULL);
	check(fx, "users add login=1002 first_name=Ben last_name=Bell", 0, "Bell", NULL);
	check(fx, "groups add name=Sales", 0, "Sales", NULL);
	check(fx, "users set @1002,@1001 ring_s=20 rights-=fax groups+=@Sales", 0, "2 of 2 changed",
	    NULL);
	check(fx, "groups", 0, "2", NULL);
	check(fx, "users set @1001 rights+=fax", 0, "1 of 1 changed", NULL);
	check(fx, "users set @1002,@1001 ring_s=999", 1, NULL, "ring_s: ");
	check(fx, "users set @1002,99 dnd=yes", 1, NULL, "99: There is no such entry");
	check(fx, "users set @1002 colours+=red", 2, NULL, "no list \"colours\"");
	check(fx, "phones account @sofa", 0, "sip:sofa@127.0.0.1:5070;transport=tcp", NULL);
	check(fx, "ranges", 0, "100", NULL);
	check(fx, "ranges add first=2000 last=2999", 0, "2999", NULL);
	check(fx, "records", 0, "STARTED", NULL);
	check(fx, "numbers set @101 user=null", 0, "101", NULL);
	check(fx, "numbers delete @101", 0, NULL, NULL);
	check(fx, "numbers show @101", 1, NULL, "no number with the number \"101\"");
	check(fx, "users show 99", 1, NULL, "There is no");
}

/* What the daemon refuses is said with the field, exit status 1. */
static void
test_refused(void **state)
{
	struct fx *fx = *state;

	check(fx, "users add login=12 first_name=A", 1, NULL, "login: ");
	check(fx, "users add login=12 first_name=A", 1, NULL, "last_name: ");
	check(fx, "ranges add first=10 last=999", 1, NULL, "last: ");
	check(fx, "numbers add number=77777", 1, NULL, "number: ");
	check(fx, "hangup nobody", 1, NULL, "not in progress");
	check(fx, "trace nobody", 1, NULL, "no trace");
	check(fx, "settings set sip_port=0", 1, NULL, "sip_port: ");
	check(fx, "passwd 4711", 1, NULL, "no user");
}

static void
test_settings(void **state)
{
	struct fx *fx = *state;

	check(fx, "settings set company=Bell ring_s=20", 0, NULL, NULL);
	check(fx, "settings get company", 0, "Bell\n", NULL);
	check(fx, "settings", 0, "ring_s", NULL);
	check(fx, "settings get colour", 2, NULL, "no setting");
	check(fx, "settings set sip_port=5099", 0, NULL, "after a restart of strowgerd: sip_port");
	check(fx, "status", 0, "running for 0 min", NULL);
	check(fx, "status --json", 0, "restart_needed", NULL);
	check(fx, "status --json", 0, "\"version\": \"0.0.test\"", NULL);
}

static void
test_live(void **state)
{
	struct fx *fx = *state;
	struct live_call c = {
	    .call_id = "x/1", .traced = true, .started_at = 1700000000000, .caller.number = "101"};
	struct live_registration r = {.phone = "desk", .phone_id = 1, .source = "192.0.2.1:5060"};

	api_on_live_call(fx->api, &c);
	api_on_registration(fx->api, &r, false);
	fx_trace(fx, "x/1", 1700000000000, TRACE_IN, "192.0.2.1:5060",
	    "INVITE sip:102@x SIP/2.0\r\nVia: \x1b[31m\r\n\r\n");
	fx_trace(
	    fx, "x/1", 1700000000100, TRACE_IN, "192.0.2.2:5060", "SIP/2.0 180 Ringing\r\n\r\n");
	check(fx, "calls", 0, "x/1", NULL);
	check(fx, "registrations", 0, "192.0.2.1:5060", NULL);
	check(fx, "hangup x/1", 0, NULL, NULL);
	assert_string_equal(fx->hung_up, "x/1");
	check(fx, "trace", 0, "INVITE sip:102@x", NULL);
	check(fx, "trace x/1", 0, "|-- INVITE sip:102@x -", NULL);
	check(fx, "trace x/1", 0, "|<- 180 Ringing -", NULL);
	check(
	    fx, "trace x/1", 0, "Via: ?[31m\n", NULL); /* nothing from the network moves a cursor */
	check(fx, "trace number=101", 0, "INVITE", NULL);
	check(fx, "trace status=486 --limit 5", 0, "CALL", NULL);
	check(fx, "trace colour=red", 2, NULL, "not searched by colour");
	check(fx, "trace user=@4711", 1, NULL, "4711");
	check(fx, "trace status=nonsense", 1, NULL, "status: ");
	check(fx, "trace phone desk for 5 minutes", 0, "desk", NULL);
	assert_string_equal(fx->watched, "desk for 300");
	check(fx, "trace phones", 0, "desk", NULL);
	check(fx, "trace phone desk off", 0, NULL, NULL);
	check(fx, "trace phone desk until tea", 2, NULL, "for MINUTES");
	check(fx, "trace pcap /nowhere/x x/1", 1, NULL, "cannot be written");
	check(fx, "trace pcap", 2, NULL, "name of a file");
	check(fx, "trace x/1 --json", 0, "\"start_line\": \"SIP/2.0 180 Ringing\"", NULL);
}

static void
test_import_export(void **state)
{
	struct fx *fx = *state;
	char line[300], path[128];
	struct stat st;
	struct run r;

	snprintf(path, sizeof path, "%s/company.json", fx->dir);
	check(fx, "phones add name=desk", 0, NULL, NULL);
	snprintf(line, sizeof line, "export %s", path);
	check(fx, line, 0, NULL, NULL);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600); /* it has secrets */
	check(fx, "phones delete @desk", 0, NULL, NULL);
	snprintf(line, sizeof line, "import %s --dry-run", path);
	check(fx, line, 0, "created 1", NULL);
	check(fx, "phones show @desk", 1, NULL, NULL);
	snprintf(line, sizeof line, "import %s", path);
	check(fx, line, 0, "created 1", NULL);
	check(fx, line, 0, "created 0, updated 0", NULL);
	check(fx, "phones show @desk", 0, "desk", NULL);
	check(fx, "export", 0, "\"phones\"", NULL);
	r = run_with(fx, "{\"phones\":", "import -");
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.err, "not well formed"));
	free(r.out);
	free(r.err);
	r = run_with(fx, "{\"phones\":[{\"name\":\"no blanks\"}]}", "import -");
	assert_int_equal(r.status, 1);
	assert_non_null(strstr(r.err, "name: "));
	free(r.out);
	free(r.err);
}

static void
test_passwd(void **state)
{
	struct fx *fx = *state;
	FILE *in = tmpfile();
	json_t *user = NULL;
	struct cli_streams io = {in, stdout, stderr};
	char option[120], *argv[] = {option, option, NULL, NULL, NULL};
	char command[] = "passwd", login[] = "1001";

	check(fx, "users add login=1001 first_name=A last_name=B", 0, NULL, NULL);
	snprintf(option, sizeof option, "--data=%s", fx->dir);
	argv[2] = command;
	argv[3] = login;
	fputs("new-secret-1\n", in);
	rewind(in);
	assert_int_equal(cli_run(4, argv, &io), 0);
	fclose(in);
	assert_int_equal(store_authenticate(fx->store, "1001", "new-secret-1", &user), ERR_OK);
	json_decref(user);
}

/* A large answer (more than a socket buffer) arrives whole. */
static void
test_large(void **state)
{
	struct fx *fx = *state;
	json_t *phones = json_array(), *file;
	char name[40];
	char *text;
	struct run r;

	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "phone-%04d", i);
		json_array_append_new(phones, json_pack("{s:s}", "name", name));
	}
	file = json_pack("{s:o}", "phones", phones);
	text = json_dumps(file, 0);
	r = run_with(fx, text, "import - --keep-others");
	assert_int_equal(r.status, 0);
	free(r.out);
	free(r.err);
	r = run_with(fx, "\n", "phones");
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "phone-0000"));
	assert_non_null(strstr(r.out, "phone-2999"));
	free(r.out);
	free(r.err);
	r = run_with(fx, "\n", "phones --limit 3");
	assert_null(strstr(r.out, "phone-0003"));
	free(r.out);
	free(r.err);
	free(text);
	json_decref(file);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_entities),
	    T(test_refused),
	    T(test_settings),
	    T(test_live),
	    T(test_import_export),
	    T(test_passwd),
	    T(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
