/* "k=v" of the command line to JSON, typed by the entity's table. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli_int.h"

enum { FILE_TEXT_MIN = 4096 }; /* longer texts may be read from a file */

static bool
is_key(const char *text)
{
	return text[0] == '@' && text[1];
}

static int
find_key(struct cli *cli, const struct model_entity *e, const char *key, int64_t *id)
{
	char target[512];
	struct buf b;
	json_t *page = NULL, *items;
	int status;

	if (!e->key || e->key_with)
		return cli_usage(cli, "%s have no key: use the id", e->path);
	buf_init(&b, target, sizeof target - 1);
	buf_printf(&b, "/api/%s?per_page=1&%s=", e->path, e->key);
	client_escape(&b, slice_cstr(key));
	if (!buf_ok(&b))
		return cli_usage(cli, "\"@%s\" is too long", key);
	target[b.n] = '\0';
	status = cli_call(cli, "GET", target, NULL, &page);
	if (status != CLI_DONE)
		return status;
	items = json_object_get(page, "items");
	if (json_array_size(items))
		*id = json_integer_value(json_object_get(json_array_get(items, 0), "id"));
	else
		status = cli_fail(cli, "there is no %s with the %s \"%s\"", e->name, e->key, key);
	json_decref(page);
	return status;
}

int
id_parse(struct cli *cli, const struct model_entity *e, const char *text, int64_t *id)
{
	uint64_t n;

	if (is_key(text))
		return find_key(cli, e, text + 1, id);
	if (slice_to_u64(slice_cstr(text), INT64_MAX, &n) != ERR_OK)
		return cli_usage(cli, "\"%s\" is no id; write a number or @ and the key", text);
	*id = (int64_t)n;
	return CLI_DONE;
}

static int
wrong(struct cli *cli, const struct model_field *f, const char *value, const char *expected)
{
	return cli_usage(cli, "%s=%s: %s is expected", f->name, value, expected);
}

static int
parse_list(struct cli *cli, const struct model_field *f, const char *value, json_t **out)
{
	const struct model_entity *ref = f->ref ? model_find(f->ref) : NULL;
	struct slice rest = slice_cstr(value);
	json_t *list = json_array();
	int status = CLI_DONE;

	while (rest.n && status == CLI_DONE) {
		char one[128];
		int64_t id = 0;

		slice_clip_cstr(slice_trim(slice_take_until(&rest, ',')), one, sizeof one);
		if (ref)
			status = id_parse(cli, ref, one, &id);
		if (status == CLI_DONE)
			json_array_append_new(list, ref ? json_integer(id) : json_string(one));
	}
	*out = list;
	return status;
}

static int
parse_integer(struct cli *cli, const struct model_field *f, const char *value, json_t **out)
{
	char *end;
	long long n = strtoll(value, &end, 10);

	if (end == value || *end)
		return wrong(cli, f, value, "a whole number");
	*out = json_integer(n);
	return CLI_DONE;
}

static int
parse_bool(struct cli *cli, const struct model_field *f, const char *value, json_t **out)
{
	static const char *const yes[] = {"true", "yes", "on", "1"}, *const no[] = {
									 "false", "no", "off", "0"};

	for (size_t i = 0; i < 4; i++)
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*out = json_boolean(strcmp(value, yes[i]) == 0);
			return CLI_DONE;
		}
	return wrong(cli, f, value, "yes or no");
}

/* "@FILE" for texts that nobody types: a certificate, its key (which must not be seen among
 * the arguments of a process either). */
static int
read_text_file(struct cli *cli, const struct model_field *f, const char *path, json_t **out)
{
	FILE *in = fopen(path, "r");
	size_t cap = (size_t)f->max + 1, n;
	char *text = in ? malloc(cap) : NULL;

	if (!text) {
		if (in)
			fclose(in);
		return cli_fail(cli, "%s cannot be read: %s", path, strerror(errno));
	}
	n = fread(text, 1, cap, in);
	fclose(in);
	*out = json_stringn(text, n);
	explicit_bzero(text, n);
	free(text);
	return *out ? CLI_DONE : wrong(cli, f, "…", "UTF-8 text");
}

int
value_parse(struct cli *cli, const struct model_field *f, const char *value, json_t **out)
{
	int64_t id = 0;
	int status;

	switch (f->type) {
	case MODEL_INT: return parse_integer(cli, f, value, out);
	case MODEL_BOOL: return parse_bool(cli, f, value, out);
	case MODEL_REF:
		if (!value[0] || strcmp(value, "null") == 0) {
			*out = json_null();
			return CLI_DONE;
		}
		status = id_parse(cli, model_find(f->ref), value, &id);
		if (status == CLI_DONE)
			*out = json_integer(id);
		return status;
	case MODEL_REF_LIST:
	case MODEL_TEXT_LIST: return parse_list(cli, f, value, out);
	default:
		if (f->max >= FILE_TEXT_MIN && is_key(value))
			return read_text_file(cli, f, value + 1, out);
		*out = json_string(value);
		return *out ? CLI_DONE : wrong(cli, f, "…", "UTF-8 text");
	}
}

int
fields_parse(struct cli *cli, const struct model_entity *e, char **args, int n, json_t **out)
{
	json_t *all = json_object();
	int status = n > 0 ? CLI_DONE : cli_usage(cli, "fields are missing, like NAME=VALUE");

	for (int i = 0; i < n && status == CLI_DONE; i++) {
		const char *eq = strchr(args[i], '=');
		const struct model_field *f =
		    eq ? model_field_find(e, slice_make(args[i], (size_t)(eq - args[i]))) : NULL;
		json_t *value = NULL;

		if (!eq)
			status = cli_usage(cli, "\"%s\" is not like NAME=VALUE", args[i]);
		else if (!f || f->flags & MODEL_INTERNAL)
			status = cli_usage(cli, "%s have no field \"%.*s\"", e->path,
			    (int)(eq - args[i]), args[i]);
		else
			status = value_parse(cli, f, eq + 1, &value);
		if (value)
			json_object_set_new(all, f->name, value);
	}
	if (status == CLI_DONE)
		*out = all;
	else
		json_decref(all);
	return status;
}
