/* block, allow, unblock: address rules by their address. */
#include <stdio.h>
#include <string.h>

#include "base/addr_net.h"
#include "cli/cli_int.h"

/* Whoever has one IPv6 address has its /64: this is what call screening blocks. */
static bool
widen(struct addr_net *net)
{
	if (net->addr.family != 6 || net->bits != 128)
		return false;
	net->bits = 64;
	memset(net->addr.ip + 8, 0, 8);
	return true;
}

/* The id of the rule for this network; 0 = there is none. */
static int
find(struct cli *cli, const struct addr_net *net, int64_t *id)
{
	char text[ADDR_NET_TEXT_MAX], target[160];
	json_t *body = NULL;
	struct buf b;
	int status;

	buf_init(&b, target, sizeof target - 1);
	buf_lit(&b, "/api/address-rules?address=");
	client_escape(&b, slice_cstr(addr_net_text(net, text)));
	target[b.n] = '\0';
	status = cli_call(cli, "GET", target, NULL, &body);
	*id = json_integer_value(
	    json_object_get(json_array_get(json_object_get(body, "items"), 0), "id"));
	json_decref(body);
	return status;
}

static int
parse(struct cli *cli, int max_args, struct addr_net *net)
{
	if (cli->count < 2 || cli->count > max_args)
		return cli_usage(cli, "%s needs one address", cli->args[0]);
	if (addr_net_parse(slice_cstr(cli->args[1]), net) != ERR_OK)
		return cli_usage(cli, "\"%s\" is no IP address and no network", cli->args[1]);
	return CLI_DONE;
}

static int
set_rule(struct cli *cli, const char *action)
{
	char text[ADDR_NET_TEXT_MAX], target[60] = "/api/address-rules";
	struct addr_net net;
	json_t *in;
	int64_t id = 0;
	int status = parse(cli, 3, &net);

	if (status == CLI_DONE)
		status = find(cli, &net, &id);
	if (status != CLI_DONE)
		return status;
	in = json_pack("{s:s, s:s, s:n}", "address", addr_net_text(&net, text), "action", action,
	    "expires_at");
	if (in && cli->count == 3)
		json_object_set_new(in, "comment", json_string(cli->args[2]));
	if (id)
		snprintf(target, sizeof target, "/api/address-rules/%lld", (long long)id);
	status = in ? cli_call(cli, id ? "PATCH" : "POST", target, in, NULL)
		    : cli_fail(cli, "out of memory");
	json_decref(in);
	return status;
}

int
command_block(struct cli *cli)
{
	return set_rule(cli, "block");
}

int
command_allow(struct cli *cli)
{
	return set_rule(cli, "allow");
}

int
command_unblock(struct cli *cli)
{
	struct addr_net net;
	char target[60];
	int64_t id = 0;
	int status = parse(cli, 2, &net);

	if (status == CLI_DONE)
		status = find(cli, &net, &id);
	if (status == CLI_DONE && !id && widen(&net))
		status = find(cli, &net, &id);
	if (status != CLI_DONE)
		return status;
	if (!id)
		return cli_fail(cli, "there is no rule for %s", cli->args[1]);
	snprintf(target, sizeof target, "/api/address-rules/%lld", (long long)id);
	return cli_call(cli, "DELETE", target, NULL, NULL);
}
