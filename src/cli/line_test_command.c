/* line-test: the steps to a provider, each as soon as it is known. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli_int.h"

enum { ASK_AGAIN_MS = 300, TARGET_BYTES = 64 };

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void
put(FILE *f, const char *before, const char *text, const char *behind)
{
	if (!text[0])
		return;
	fputs(before, f);
	print_clean(f, slice_cstr(text));
	fputs(behind, f);
}

static void
print_certificate(FILE *f, const json_t *c)
{
	char *until = json_is_object(c) ? value_text(json_object_get(c, "until")) : NULL;

	put(f, "          certificate of ", text_of(c, "subject"), "");
	put(f, ", issued by ", text_of(c, "issuer"), "");
	put(f, ", until ", until ? until : "", "\n");
	free(until);
}

static void
print_step(FILE *f, const json_t *step)
{
	const char *state = text_of(step, "state");

	fprintf(f, "%-8s  %-8s ", state, text_of(step, "kind"));
	put(f, " ", text_of(step, "subject"), "");
	put(f, ": ", text_of(step, "found"), "");
	fprintf(
	    f, "  (%lld ms)\n", (long long)json_integer_value(json_object_get(step, "took_ms")));
	print_certificate(f, json_object_get(step, "certificate"));
	put(f, "          ", text_of(step, "text"), "\n");
	if (strcmp(text_of(step, "kind"), "call") == 0)
		put(f, "          its messages: strowger trace ", text_of(step, "call_id"), "\n");
	fflush(f);
}

/* Those that are over, in their order, from the one that was not shown yet. */
static size_t
print_steps(FILE *f, const json_t *steps, size_t shown)
{
	for (; shown < json_array_size(steps); shown++) {
		const json_t *step = json_array_get(steps, shown);

		if (strcmp(text_of(step, "state"), "running") == 0)
			break;
		print_step(f, step);
	}
	return shown;
}

static bool
has_failed(const json_t *steps)
{
	const json_t *step;
	size_t i;

	json_array_foreach((json_t *)steps, i, step)
	{
		const char *state = text_of(step, "state"), *advice = text_of(step, "advice");

		if (strcmp(text_of(step, "kind"), "server") == 0)
			continue; /* another one may do; the registration tells */
		if (strcmp(state, "failed") == 0 || strcmp(advice, "no_step_before") == 0)
			return true;
	}
	return false;
}

static void
wait_a_moment(void)
{
	struct timespec t = {.tv_nsec = ASK_AGAIN_MS * 1000000L};

	nanosleep(&t, NULL);
}

/* Until it is over; test is the last answer. */
static int
follow(struct cli *cli, const char *target, json_t **test)
{
	size_t shown = 0;

	for (;;) {
		int status;

		if (!cli->json)
			shown = print_steps(cli->out, json_object_get(*test, "steps"), shown);
		if (!json_is_true(json_object_get(*test, "running")))
			return CLI_DONE;
		wait_a_moment();
		json_decref(*test);
		*test = NULL;
		status = cli_call(cli, "GET", target, NULL, test);
		if (status != CLI_DONE)
			return status;
	}
}

int
command_line_test(struct cli *cli)
{
	char target[TARGET_BYTES], name[128];
	json_t *in, *test = NULL;
	int64_t id = 0;
	int status;

	if (cli->count < 2 || cli->count > 3)
		return cli_usage(
		    cli, "line-test needs a line, and a number if one shall be called");
	snprintf(name, sizeof name, "@%s", cli->args[1]);
	status = id_parse(cli, &model_line, cli->args[1][0] == '@' ? cli->args[1] : name, &id);
	if (status != CLI_DONE)
		return status;
	snprintf(target, sizeof target, "/api/lines/%lld/test", (long long)id);
	in = json_pack("{s:s?}", "number", cli->count == 3 ? cli->args[2] : NULL);
	if (!in)
		return cli_usage(cli, "the number is not UTF-8 text");
	status = cli_call(cli, "POST", target, in, &test);
	if (status == CLI_DONE)
		status = follow(cli, target, &test);
	if (status == CLI_DONE && cli->json)
		print_json(cli->out, test);
	if (status == CLI_DONE && has_failed(json_object_get(test, "steps")))
		status = CLI_FAILED;
	json_decref(test);
	json_decref(in);
	return status;
}
