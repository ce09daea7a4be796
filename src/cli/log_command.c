/* logs: the newest lines of the log, what comes, levels, the support bundle. */
#include <errno.h>
#include <time.h>

#include "cli/cli_int.h"

enum { TARGET_BYTES = 2000, LINES = 50, FOLLOW_MS = 500, POSITION_BYTES = 40 };

static const struct column level_columns[] = {
    {"name", "COMPONENT"}, {"level", "LEVEL"}, {"about", "ABOUT"}};

static void
print_line(FILE *f, const json_t *line)
{
	static const char *const fields[] = {"at", "level", "component", "text"};

	for (size_t i = 0; i < 4; i++) {
		const char *text = json_string_value(json_object_get(line, fields[i]));

		print_clean(f, slice_cstr(text ? text : ""));
		fputc(i < 3 ? ' ' : '\n', f);
	}
}

/* The newest last. The place of the newest goes into after. */
static int
print_lines(struct cli *cli, char after[POSITION_BYTES])
{
	unsigned long long limit =
	    cli->limit == UINT64_MAX ? LINES : (unsigned long long)cli->limit;
	char target[TARGET_BYTES];
	json_t *body = NULL, *items;
	struct buf b;
	int status;

	buf_init(&b, target, sizeof target - 1);
	buf_printf(&b, "/api/logs/lines?limit=%llu&after=%s",
	    after[0]	   ? 1000
	    : limit < 1000 ? limit
			   : 1000,
	    after);
	if (cli->search) {
		buf_lit(&b, "&search=");
		client_escape(&b, slice_cstr(cli->search));
	}
	if (!buf_ok(&b))
		return cli_usage(cli, "this is too much to search for");
	target[b.n] = '\0';
	status = cli_call(cli, "GET", target, NULL, &body);
	if (status != CLI_DONE)
		return status;
	items = json_object_get(body, "items");
	for (size_t i = json_array_size(items); i-- > 0;)
		print_line(cli->out, json_array_get(items, i));
	if (json_array_size(items))
		slice_clip_cstr(slice_cstr(json_string_value(
				    json_object_get(json_array_get(items, 0), "position"))),
		    after, POSITION_BYTES);
	fflush(cli->out);
	json_decref(body);
	return CLI_DONE;
}

static int
follow(struct cli *cli)
{
	const struct timespec pause = {0, FOLLOW_MS * 1000000L};
	char after[POSITION_BYTES] = "";
	int status;

	while ((status = print_lines(cli, after)) == CLI_DONE && !ferror(cli->out))
		nanosleep(&pause, NULL);
	return status;
}

static int
show_levels(struct cli *cli)
{
	json_t *body = NULL;
	int status = cli_call(cli, "GET", "/api/logs", NULL, &body);

	if (status != CLI_DONE)
		return status;
	if (cli->json)
		print_json(cli->out, json_object_get(body, "components"));
	else
		print_table(cli->out, json_object_get(body, "components"), level_columns,
		    sizeof level_columns / sizeof level_columns[0]);
	json_decref(body);
	return CLI_DONE;
}

/* "sip=debug net=trace" */
static int
set_levels(struct cli *cli)
{
	json_t *levels = json_object(), *body;
	int status;

	for (int i = 1; i < cli->count; i++) {
		struct slice value = slice_cstr(cli->args[i]);
		struct slice name = slice_take_until(&value, '=');
		char text[40];

		slice_clip_cstr(name, text, sizeof text);
		json_object_set_new(levels, text, json_stringn(value.p ? value.p : "", value.n));
	}
	body = json_pack("{s:o}", "levels", levels);
	status = cli_call(cli, "PATCH", "/api/logs", body, NULL);
	json_decref(body);
	return status == CLI_DONE ? show_levels(cli) : status;
}

static int
save_bundle(struct cli *cli)
{
	struct answer a;
	bool ok;
	FILE *f;
	int status = cli_fetch(cli, "GET", "/api/logs/file", NULL, &a);

	if (status != CLI_DONE)
		return status;
	f = fopen(cli->args[2], "we");
	ok = f && fwrite(a.text, 1, a.text_n, f) == a.text_n;
	if (f && fclose(f) != 0)
		ok = false;
	answer_free(&a);
	return ok ? CLI_DONE
		  : cli_fail(cli, "%s cannot be written: %s", cli->args[2], strerror(errno));
}

int
command_logs(struct cli *cli)
{
	const char *what = cli->count > 1 ? cli->args[1] : "";
	char after[POSITION_BYTES] = "";

	if (cli->count == 1)
		return print_lines(cli, after);
	if (strcmp(what, "follow") == 0 && cli->count == 2)
		return follow(cli);
	if (strcmp(what, "levels") == 0 && cli->count == 2)
		return show_levels(cli);
	if (strcmp(what, "save") == 0 && cli->count == 3)
		return save_bundle(cli);
	if (strchr(what, '='))
		return set_levels(cli);
	return cli_usage(
	    cli, "say: logs, logs follow, logs levels, logs COMPONENT=LEVEL, logs save FILE");
}
