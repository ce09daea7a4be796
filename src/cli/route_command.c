/* route-test: what would happen to a call, and why. */
#include <stdio.h>
#include <string.h>

#include "cli/cli_int.h"

/* What can be said of the call; the ids are looked up like those of any reference. */
static const struct {
	const char *name;
	const struct model_entity *ref; /* NULL: a text */
} arguments[] = {{"phone", &model_phone}, {"user", &model_user}, {"line", &model_line},
    {"caller", NULL}, {"at", NULL}};
enum { ARGUMENTS = sizeof arguments / sizeof arguments[0] };

static int
take(struct cli *cli, const char *arg, json_t *in)
{
	const char *eq = strchr(arg, '=');
	size_t n = eq ? (size_t)(eq - arg) : 0;

	for (size_t i = 0; i < ARGUMENTS && eq; i++) {
		int status = CLI_DONE;
		int64_t id = 0;

		if (!slice_eq(slice_make(arg, n), slice_cstr(arguments[i].name)))
			continue;
		if (arguments[i].ref)
			status = id_parse(cli, arguments[i].ref, eq + 1, &id);
		if (status == CLI_DONE)
			json_object_set_new(in, arguments[i].name,
			    arguments[i].ref ? json_integer(id) : json_string(eq + 1));
		return status;
	}
	return cli_usage(cli, "\"%s\" is not one of phone=, user=, line=, caller=, at=", arg);
}

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static void
put(FILE *f, const char *before, const char *text)
{
	if (!text[0])
		return;
	fputs(before, f);
	print_clean(f, slice_cstr(text));
}

static void
print_party(FILE *f, const char *title, const json_t *party)
{
	put(f, title, text_of(party, "number"));
	put(f, ", ", text_of(party, "name"));
	fputc('\n', f);
}

static void
print_target(FILE *f, const json_t *t)
{
	bool line = strcmp(text_of(t, "kind"), "line") == 0;

	put(f, line ? "  line " : "  phone ", text_of(t, "name"));
	put(f, ", dialled as ", text_of(t, "number"));
	if (line)
		put(f, json_is_true(json_object_get(t, "hidden")) ? ", withheld: " : ", shown: ",
		    text_of(t, "shown"));
	put(f, " for ", text_of(json_object_get(t, "member"), "name"));
	if (json_is_integer(json_object_get(t, "turn")))
		fprintf(f, ", turn %lld for %lld s",
		    (long long)json_integer_value(json_object_get(t, "turn")),
		    (long long)json_integer_value(json_object_get(t, "turn_s")));
	else if (json_is_true(json_object_get(t, "after_others")))
		fputs(", when those before fail", f);
	fputc('\n', f);
}

static void
print_plan(FILE *f, const json_t *plan)
{
	json_t *one;
	size_t i;

	print_party(f, "caller: ", json_object_get(plan, "caller"));
	print_party(f, "called: ", json_object_get(plan, "called"));
	if (strcmp(text_of(plan, "action"), "ring") == 0)
		fprintf(f, "rings for %lld s:\n",
		    (long long)json_integer_value(json_object_get(plan, "ring_s")));
	else
		fprintf(f, "is refused: %s, SIP %lld\n", text_of(plan, "result"),
		    (long long)json_integer_value(json_object_get(plan, "status")));
	json_array_foreach(json_object_get(plan, "targets"), i, one) print_target(f, one);
	put(f, "then: deposit ", text_of(plan, "deposit"));
	fputs(text_of(plan, "deposit")[0] ? "\nbecause:\n" : "because:\n", f);
	json_array_foreach(json_object_get(plan, "reasons"), i, one)
	{
		put(f, "  ", text_of(one, "text"));
		fputc('\n', f);
	}
}

int
command_route_test(struct cli *cli)
{
	json_t *in, *plan = NULL;
	int status = CLI_DONE;

	if (cli->count < 3)
		return cli_usage(
		    cli, "route-test needs a number, and phone=, user= or line= for who calls");
	in = json_pack("{s:s}", "dialled", cli->args[1]);
	if (!in)
		return cli_usage(cli, "the number is not UTF-8 text");
	for (int i = 2; i < cli->count && status == CLI_DONE; i++)
		status = take(cli, cli->args[i], in);
	json_object_set_new(
	    in, "direction", json_string(json_object_get(in, "line") ? "in" : "out"));
	if (status == CLI_DONE)
		status = cli_call(cli, "POST", "/api/routing/test", in, &plan);
	if (status == CLI_DONE && cli->json)
		print_json(cli->out, plan);
	else if (status == CLI_DONE)
		print_plan(cli->out, plan);
	json_decref(plan);
	json_decref(in);
	return status;
}
