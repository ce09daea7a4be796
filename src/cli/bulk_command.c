/* "users set 7,8,@1001 dnd=yes rights+=fax groups-=@Sales": one request about several rows. */
#include "cli/cli_int.h"

/* The '=' of NAME=VALUE, NAME+=VALUE, NAME-=VALUE; *op is '=', '+' or '-'. */
static const char *
find_op(const char *arg, char *op, struct slice *name)
{
	const char *eq = strchr(arg, '=');
	size_t n = eq ? (size_t)(eq - arg) : 0;

	*op = '=';
	if (n && (arg[n - 1] == '+' || arg[n - 1] == '-'))
		*op = arg[n - 1];
	*name = slice_make(arg, *op == '=' ? n : n - 1);
	return eq;
}

bool
bulk_is(const struct cli *cli)
{
	struct slice name;
	char op;

	if (strchr(cli->args[2], ','))
		return true;
	for (int i = 3; i < cli->count; i++)
		if (find_op(cli->args[i], &op, &name) && op != '=')
			return true;
	return false;
}

static int
parse_ids(struct cli *cli, const struct model_entity *e, json_t *in)
{
	struct slice rest = slice_cstr(cli->args[2]);
	json_t *ids = json_array();
	int status = CLI_DONE;

	while (rest.n && status == CLI_DONE) {
		char one[128];
		int64_t id = 0;

		slice_clip_cstr(slice_trim(slice_take_until(&rest, ',')), one, sizeof one);
		status = id_parse(cli, e, one, &id);
		if (status == CLI_DONE)
			json_array_append_new(ids, json_integer((json_int_t)id));
	}
	json_object_set_new(in, "ids", ids);
	return status;
}

/* A list that is rows of its own looks like a list of refs. */
static bool
find_list(const struct model_entity *e, struct slice name, struct model_field *out)
{
	const struct model_field *f = model_field_find(e, name);
	struct model_link link;

	if (f && model_is_list(f))
		*out = *f;
	else if (model_link_find(e, name, &link))
		*out = (struct model_field){
		    .name = link.other->path, .type = MODEL_REF_LIST, .ref = link.other->name};
	else
		return false;
	return true;
}

static int
parse_one(struct cli *cli, const struct model_entity *e, const char *arg, json_t *in)
{
	struct slice name;
	struct model_field list;
	const struct model_field *f;
	char op, text[64];
	const char *eq = find_op(arg, &op, &name);
	const char *part = op == '=' ? "values" : op == '+' ? "add" : "remove";
	json_t *value = NULL;
	int status;

	if (!eq)
		return cli_usage(cli, "\"%s\" is not like NAME=VALUE", arg);
	f = op == '=' ? model_field_find(e, name) : find_list(e, name, &list) ? &list : NULL;
	slice_clip_cstr(name, text, sizeof text);
	if (!f || f->flags & MODEL_INTERNAL)
		return cli_usage(
		    cli, "%s have no %s \"%s\"", e->path, op == '=' ? "field" : "list", text);
	status = value_parse(cli, f, eq + 1, &value);
	if (status != CLI_DONE)
		return status;
	if (!json_object_get(in, part))
		json_object_set_new(in, part, json_object());
	json_object_set_new(json_object_get(in, part), f->name, value);
	return CLI_DONE;
}

int
bulk_set(struct cli *cli, const struct model_entity *e)
{
	char target[80];
	json_t *in = json_object(), *result = NULL;
	int status = cli->count > 3 ? parse_ids(cli, e, in)
				    : cli_usage(cli, "fields are missing, like NAME=VALUE");

	for (int i = 3; i < cli->count && status == CLI_DONE; i++)
		status = parse_one(cli, e, cli->args[i], in);
	snprintf(target, sizeof target, "/api/%s", e->path);
	if (status == CLI_DONE)
		status = cli_call(cli, "PATCH", target, in, &result);
	if (status == CLI_DONE && cli->json)
		print_json(cli->out, result);
	else if (status == CLI_DONE)
		fprintf(cli->out, "%lld of %zu changed\n",
		    (long long)json_integer_value(json_object_get(result, "changed")),
		    json_array_size(json_object_get(result, "rows")));
	json_decref(in);
	json_decref(result);
	return status;
}
