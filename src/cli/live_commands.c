/* status, calls, registrations, subscriptions, hangup; import and export. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli_int.h"

static const struct column call_columns[] = {{"call_id", "CALL"}, {"started_at", "STARTED"},
    {"state", "STATE"}, {"caller.number", "FROM"}, {"caller.name", "NAME"}, {"called.number", "TO"},
    {"called.name", "NAME"}, {"ringing", "RINGING"}};
static const struct column registration_columns[] = {{"phone", "PHONE"}, {"source", "ADDRESS"},
    {"transport", "TRANSPORT"}, {"reachable", "REACHABLE"}, {"rtt_ms", "RTT MS"},
    {"expires_at", "UNTIL"}, {"user_agent", "USER AGENT"}};

static const struct column line_columns[] = {{"line_id", "ID"}, {"line", "LINE"},
    {"state", "STATE"}, {"server", "SERVER"}, {"transport", "TRANSPORT"}, {"since", "SINCE"},
    {"expires_at", "UNTIL"}, {"calls", "CALLS"}, {"max_calls", "OF"}, {"reason", "REASON"}};
static const struct column subscription_columns[] = {{"phone", "PHONE"}, {"event", "EVENT"},
    {"resource", "WATCHES"}, {"source", "ADDRESS"}, {"transport", "TRANSPORT"},
    {"subscribed_at", "SINCE"}, {"expires_at", "UNTIL"}};

static int
no_arguments(struct cli *cli)
{
	return cli->count == 1 ? CLI_DONE : cli_usage(cli, "%s takes no argument", cli->args[0]);
}

static int
print_items(struct cli *cli, const char *target, const struct column *columns, size_t n)
{
	json_t *body = NULL, *items;
	int status = no_arguments(cli);

	if (status == CLI_DONE)
		status = cli_call(cli, "GET", target, NULL, &body);
	if (status != CLI_DONE)
		return status;
	items = json_object_get(body, "items");
	if (cli->json)
		print_json(cli->out, items);
	else
		print_table(cli->out, items, columns, n);
	json_decref(body);
	return CLI_DONE;
}

int
command_calls(struct cli *cli)
{
	return print_items(
	    cli, "/api/calls", call_columns, sizeof call_columns / sizeof call_columns[0]);
}

int
command_registrations(struct cli *cli)
{
	return print_items(cli, "/api/registrations", registration_columns,
	    sizeof registration_columns / sizeof registration_columns[0]);
}

/* Alone: how they are now. With more words: what is stored, like any collection. */
int
command_lines(struct cli *cli)
{
	if (cli->count == 2 && strcmp(cli->args[1], "status") == 0)
		cli->count = 1;
	return cli->count > 1 ? command_entity(cli)
			      : print_items(cli, "/api/lines/status", line_columns,
				    sizeof line_columns / sizeof line_columns[0]);
}

int
command_subscriptions(struct cli *cli)
{
	return print_items(cli, "/api/subscriptions", subscription_columns,
	    sizeof subscription_columns / sizeof subscription_columns[0]);
}

static long long
number(const json_t *object, const char *name)
{
	return (long long)json_integer_value(json_object_get(object, name));
}

static void
print_uptime(FILE *f, long long s)
{
	if (s >= 86400)
		fprintf(f, "%lld d %lld h", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		fprintf(f, "%lld h %lld min", s / 3600, s / 60 % 60);
	else
		fprintf(f, "%lld min %lld s", s / 60, s % 60);
}

/* Counters are for /metrics and --json; people get what they would ask for. */
static void
print_status(FILE *f, const json_t *st)
{
	const json_t *counts = json_object_get(st, "counts"), *item;
	const json_t *restart = json_object_get(st, "restart_fields");
	size_t i;

	fprintf(f, "Strowger %s, running for ", json_string_value(json_object_get(st, "version")));
	print_uptime(f, number(st, "uptime_s"));
	fprintf(f, ", %.1f MB of memory\n", (double)number(st, "memory_bytes") / 1e6);
	fprintf(f, "%lld calls, %lld registrations\n", number(st, "calls"),
	    number(st, "registrations"));
	fprintf(f, "%lld users, %lld phones, %lld numbers, %lld call records\n",
	    number(counts, "user"), number(counts, "phone"), number(counts, "number"),
	    number(counts, "call_record"));
	if (number(json_object_get(st, "disk"), "total_bytes"))
		fprintf(f, "%lld MB free on the disk%s\n",
		    number(json_object_get(st, "disk"), "free_bytes") >> 20,
		    strcmp(json_string_value(json_object_get(json_object_get(st, "disk"), "state")),
			"ok") == 0
			? ""
			: ": too little");
	json_array_foreach(json_object_get(st, "listening"), i, item) fprintf(f,
	    "listening for %s on %s (%s)\n", json_string_value(json_object_get(item, "service")),
	    json_string_value(json_object_get(item, "address")),
	    json_string_value(json_object_get(item, "transport")));
	json_array_foreach(restart, i, item)
	    fprintf(f, "%s%s", i ? ", " : "a restart is needed for: ", json_string_value(item));
	if (json_array_size(restart))
		fputc('\n', f);
}

int
command_status(struct cli *cli)
{
	json_t *body = NULL;
	int status = no_arguments(cli);

	if (status == CLI_DONE)
		status = cli_call(cli, "GET", "/api/status", NULL, &body);
	if (status != CLI_DONE)
		return status;
	if (cli->json)
		print_json(cli->out, body);
	else
		print_status(cli->out, body);
	json_decref(body);
	return CLI_DONE;
}

int
command_hangup(struct cli *cli)
{
	char target[512];
	struct buf b;

	if (cli->count != 2)
		return cli_usage(cli, "hangup needs one CALL_ID");
	buf_init(&b, target, sizeof target - 1);
	buf_lit(&b, "/api/calls/");
	client_escape(&b, slice_cstr(cli->args[1]));
	buf_lit(&b, "/hangup");
	if (!buf_ok(&b))
		return cli_usage(cli, "this CALL_ID is too long");
	target[b.n] = '\0';
	return cli_call(cli, "POST", target, NULL, NULL);
}

/* The file has secrets: nobody else may read it. It is complete or not there at all. */
static int
write_file(struct cli *cli, const char *path, const json_t *body)
{
	char partial[4096];
	int fd, n = snprintf(partial, sizeof partial, "%s.new", path);
	FILE *f = NULL;
	bool ok;

	if (n < 0 || (size_t)n >= sizeof partial)
		return cli_usage(cli, "the file name is too long");
	fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		f = fdopen(fd, "w");
	if (!f)
		return cli_fail(cli, "cannot write %s: %s", partial, strerror(errno));
	ok = json_dumpf(body, f, JSON_INDENT(1)) == 0 && fputc('\n', f) != EOF && fflush(f) == 0 &&
	     fsync(fd) == 0;
	ok = fclose(f) == 0 && ok && rename(partial, path) == 0;
	if (!ok) {
		n = errno;
		unlink(partial);
		return cli_fail(cli, "cannot write %s: %s", path, strerror(n));
	}
	return CLI_DONE;
}

int
command_export(struct cli *cli)
{
	json_t *body = NULL;
	int status;

	if (cli->count > 2)
		return cli_usage(cli, "export takes one file");
	status = cli_call(cli, "GET", "/api/export", NULL, &body);
	if (status != CLI_DONE)
		return status;
	if (cli->count == 2)
		status = write_file(cli, cli->args[1], body);
	else
		print_json(cli->out, body);
	json_decref(body);
	return status;
}

static json_t *
read_file(struct cli *cli, const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? cli->in : fopen(path, "re");
	json_error_t at;
	json_t *file;

	if (!f) {
		cli_fail(cli, "cannot read %s: %s", path, strerror(errno));
		return NULL;
	}
	file = json_loadf(f, JSON_REJECT_DUPLICATES, &at);
	if (!file)
		cli_fail(cli, "%s is not well formed JSON: line %d, column %d: %s", path, at.line,
		    at.column, at.text);
	if (!standard)
		fclose(f);
	return file;
}

static void
print_report(struct cli *cli, const json_t *report)
{
	static const char *const names[] = {"created", "updated", "unchanged", "deleted"};

	if (cli->json) {
		print_json(cli->out, report);
		return;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *text = value_text(json_object_get(report, names[i]));

		fprintf(cli->out, "%s%s %s", i ? ", " : "", names[i], text ? text : "");
		free(text);
	}
	fprintf(cli->out, "%s\n", cli->dry_run ? " (nothing has been changed)" : "");
}

int
command_import(struct cli *cli)
{
	char target[80];
	json_t *file, *report = NULL;
	int status;

	if (cli->count != 2)
		return cli_usage(cli, "import needs one file (or - for standard input)");
	file = read_file(cli, cli->args[1]);
	if (!file)
		return CLI_FAILED;
	snprintf(target, sizeof target, "/api/import?dry_run=%d&keep_others=%d", cli->dry_run,
	    cli->keep_others);
	status = cli_call(cli, "POST", target, file, &report);
	if (status == CLI_DONE)
		print_report(cli, report);
	json_decref(file);
	json_decref(report);
	return status;
}
