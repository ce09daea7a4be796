/* trace: stored SIP messages: search, one call, capture files, phones that are watched. */
#include <errno.h>
#include <string.h>

#include "cli/cli_int.h"

enum { TARGET_BYTES = 3000 };

static const struct column trace_columns[] = {{"call_id", "CALL"}, {"started_at", "STARTED"},
    {"kind", "KIND"}, {"caller", "FROM"}, {"called", "TO"}, {"status", "STATUS"},
    {"messages", "MESSAGES"}, {"start_line", "FIRST"}};
static const struct column watch_columns[] = {{"target", "TRACED"}, {"until", "UNTIL"}};
#define COLUMNS(c) c, sizeof c / sizeof c[0]

/* A target in the making: path, then parameters. */
struct target {
	char text[TARGET_BYTES];
	struct buf b;
	bool has_query;
};

static void
begin(struct target *t, const char *path)
{
	buf_init(&t->b, t->text, sizeof t->text - 1);
	buf_cstr(&t->b, path);
	t->has_query = false;
}

static void
add(struct target *t, const char *name, struct slice value)
{
	buf_char(&t->b, t->has_query ? '&' : '?');
	t->has_query = true;
	buf_cstr(&t->b, name);
	buf_char(&t->b, '=');
	client_escape(&t->b, value);
}

static int
finish(struct cli *cli, struct target *t)
{
	if (!buf_ok(&t->b))
		return cli_usage(cli, "this is too much to search for");
	t->b.p[t->b.n] = '\0';
	return CLI_DONE;
}

/* "number=101", "user=@1001"; what has no '=' is a call id. */
static int
add_argument(struct cli *cli, struct target *t, const char *arg)
{
	static const char *const names[] = {
	    "number", "user", "status", "kind", "from", "to", "call_id"};
	struct slice value = slice_cstr(arg), name;
	char id_text[24];
	int64_t id;
	int status;

	if (slice_find(value, '=') == value.n) {
		add(t, "call_id", value);
		return CLI_DONE;
	}
	name = slice_take_until(&value, '=');
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!slice_eq(name, slice_cstr(names[i])))
			continue;
		if (strcmp(names[i], "user") == 0) {
			status = id_parse(cli, &model_user, value.p, &id);
			if (status != CLI_DONE)
				return status;
			snprintf(id_text, sizeof id_text, "%lld", (long long)id);
			value = slice_cstr(id_text);
		}
		add(t, names[i], value);
		return CLI_DONE;
	}
	return cli_usage(cli, "traces are not searched by %.*s", SLICE_FMT(name));
}

static int
add_arguments(struct cli *cli, struct target *t, int from)
{
	char limit[24];
	int status = CLI_DONE;

	for (int i = from; i < cli->count && status == CLI_DONE; i++)
		status = add_argument(cli, t, cli->args[i]);
	if (status != CLI_DONE)
		return status;
	if (cli->search)
		add(t, "search", slice_cstr(cli->search));
	if (cli->limit != UINT64_MAX) {
		snprintf(limit, sizeof limit, "%llu",
		    (unsigned long long)(cli->limit < 500 ? cli->limit : 500));
		add(t, "per_page", slice_cstr(limit));
	}
	return finish(cli, t);
}

static int
print_list(struct cli *cli, const char *path, const struct column *columns, size_t n)
{
	json_t *body = NULL;
	int status = cli_call(cli, "GET", path, NULL, &body);

	if (status != CLI_DONE)
		return status;
	if (cli->json)
		print_json(cli->out, json_object_get(body, "items"));
	else
		print_table(cli->out, json_object_get(body, "items"), columns, n);
	json_decref(body);
	return CLI_DONE;
}

static int
list_traces(struct cli *cli)
{
	struct target t;
	int status;

	begin(&t, "/api/traces");
	status = add_arguments(cli, &t, 1);
	return status == CLI_DONE ? print_list(cli, t.text, COLUMNS(trace_columns)) : status;
}

static int
show_trace(struct cli *cli)
{
	struct target t;
	json_t *body = NULL, *messages;
	int status;

	begin(&t, "/api/traces/");
	client_escape(&t.b, slice_cstr(cli->args[1]));
	status = finish(cli, &t);
	if (status == CLI_DONE)
		status = cli_call(cli, "GET", t.text, NULL, &body);
	if (status != CLI_DONE)
		return status;
	messages = json_object_get(body, "messages");
	if (cli->json)
		print_json(cli->out, messages);
	else
		print_ladder(cli->out, messages);
	json_decref(body);
	return CLI_DONE;
}

static int
write_file(struct cli *cli, const char *path, const struct answer *a)
{
	FILE *f = fopen(path, "we");
	bool ok = f && fwrite(a->text, 1, a->text_n, f) == a->text_n;

	if (f && fclose(f) != 0)
		ok = false;
	return ok ? CLI_DONE : cli_fail(cli, "%s cannot be written: %s", path, strerror(errno));
}

static int
save_capture(struct cli *cli)
{
	struct target t;
	struct answer a;
	int status;

	if (cli->count < 3)
		return cli_usage(cli, "trace pcap needs the name of a file");
	begin(&t, "/api/trace-pcap");
	status = add_arguments(cli, &t, 3);
	if (status == CLI_DONE)
		status = cli_fetch(cli, "GET", t.text, NULL, &a);
	if (status != CLI_DONE)
		return status;
	status = write_file(cli, cli->args[2], &a);
	answer_free(&a);
	return status;
}

static int
end_watch(struct cli *cli)
{
	struct target t;
	int status;

	begin(&t, "/api/trace-watches/");
	client_escape(&t.b, slice_cstr(cli->args[2]));
	status = finish(cli, &t);
	return status == CLI_DONE ? cli_call(cli, "DELETE", t.text, NULL, NULL) : status;
}

/* "phone desk", "phone desk for 10", "phone desk for 10 minutes", "phone desk off" */
static int
watch_phone(struct cli *cli)
{
	uint64_t minutes = 10;
	json_t *body, *answer = NULL;
	int status;

	if (cli->count == 4 && strcmp(cli->args[3], "off") == 0)
		return end_watch(cli);
	if (cli->count < 3 || cli->count == 4 || cli->count > 6 ||
	    (cli->count > 4 &&
		(strcmp(cli->args[3], "for") != 0 ||
		    slice_to_u64(slice_cstr(cli->args[4]), 1440, &minutes) != ERR_OK)))
		return cli_usage(cli, "say: trace phone NAME for MINUTES, or trace phone NAME off");
	body = json_pack("{s:s, s:I}", "target", cli->args[2], "minutes", (json_int_t)minutes);
	status = cli_call(cli, "POST", "/api/trace-watches", body, &answer);
	json_decref(body);
	if (status == CLI_DONE && cli->json)
		print_json(cli->out, json_object_get(answer, "items"));
	else if (status == CLI_DONE)
		print_table(cli->out, json_object_get(answer, "items"), COLUMNS(watch_columns));
	json_decref(answer);
	return status;
}

int
command_trace(struct cli *cli)
{
	const char *what = cli->count > 1 ? cli->args[1] : "";

	if (strcmp(what, "pcap") == 0)
		return save_capture(cli);
	if (strcmp(what, "phone") == 0)
		return watch_phone(cli);
	if (strcmp(what, "phones") == 0 && cli->count == 2)
		return print_list(cli, "/api/trace-watches", COLUMNS(watch_columns));
	if (cli->count == 1 || strchr(what, '='))
		return list_traces(cli);
	return cli->count == 2 ? show_trace(cli) : cli_usage(cli, "trace takes one CALL_ID");
}
