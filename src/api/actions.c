/*
 * Actions: what can be done besides reading and writing entities. SIP data of a phone,
 * a new SIP password, ending a call.
 */
#include <ifaddrs.h>
#include <stdio.h>

#include "api/api_int.h"

/* The address this machine has towards the browser that asks. */
static bool
address_towards(const struct request *rq, struct addr *out)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;

	return !rq->by_socket && rq->link &&
	       getsockname(rq->link->fd, (struct sockaddr *)&ss, &len) == 0 &&
	       addr_from_sockaddr((struct sockaddr *)&ss, out) == ERR_OK && !addr_is_loopback(out);
}

/* The first IPv4 address of this machine that others can reach. */
static bool
address_of_machine(struct addr *out)
{
	struct ifaddrs *all;
	bool found = false;

	if (getifaddrs(&all) != 0)
		return false;
	for (struct ifaddrs *i = all; i && !found; i = i->ifa_next)
		found = i->ifa_addr && i->ifa_addr->sa_family == AF_INET &&
			addr_from_sockaddr(i->ifa_addr, out) == ERR_OK && !addr_is_loopback(out);
	freeifaddrs(all);
	return found;
}

/* What to type into the phone as server. */
static void
sip_server(const struct request *rq, const struct settings *settings, char text[ADDR_TEXT_MAX])
{
	struct addr at;
	struct buf b;

	if (addr_parse_ip(slice_cstr(rq->api->params.sip_address), 0, &at) != ERR_OK ||
	    addr_is_any(&at)) {
		if (settings->media_address[0]) {
			slice_clip_cstr(slice_cstr(settings->media_address), text, ADDR_TEXT_MAX);
			return;
		}
		if (!address_towards(rq, &at) && !address_of_machine(&at))
			(void)!addr_parse_ip(SLICE("127.0.0.1"), 0, &at);
	}
	buf_init(&b, text, ADDR_TEXT_MAX - 1);
	addr_write_host(&b, &at);
	text[b.n] = '\0';
}

/* The port for the phone's transport; that of UDP and TCP when nobody listens for it. */
static uint16_t
sip_port_for(const struct api *api, const char *transport)
{
	const struct api_params *p = &api->params;
	enum sip_transport t;

	if (transport && sip_transport_parse(slice_cstr(transport), &t) == ERR_OK)
		for (size_t i = 0; i < p->listeners_n; i++)
			if (p->listeners[i].transport == t)
				return p->listeners[i].port;
	return p->sip_port;
}

static void
reply_account(struct request *rq)
{
	uint16_t port;
	struct settings settings;
	char server[ADDR_TEXT_MAX], uri[400];
	const char *name, *transport;
	json_t *phone = NULL;
	enum err e = store_get_secret(rq->api->store, &model_phone, rq->id, &phone);

	if (e == ERR_OK)
		e = store_settings(rq->api->store, &settings);
	if (e != ERR_OK) {
		json_decref(phone);
		reply_err(rq, e, NULL);
		return;
	}
	sip_server(rq, &settings, server);
	name = json_string_value(json_object_get(phone, "name"));
	transport = json_string_value(json_object_get(phone, "transport"));
	port = sip_port_for(rq->api, transport);
	snprintf(uri, sizeof uri, "sip:%s@%s:%u%s%s", name, server, port,
	    transport && strcmp(transport, "udp") != 0 ? ";transport=" : "",
	    transport && strcmp(transport, "udp") != 0 ? transport : "");
	reply_json(rq, 200,
	    json_pack("{s:s, s:i, s:O, s:O, s:O?, s:s, s:s}", "server", server, "port", (int)port,
		"transport", json_object_get(phone, "transport"), "username",
		json_object_get(phone, "name"), "password", json_object_get(phone, "secret"),
		"domain", settings.domain, "uri", uri));
	json_decref(phone);
}

void
handle_sip_account(struct request *rq)
{
	reply_account(rq);
}

void
handle_new_secret(struct request *rq)
{
	enum err e = store_phone_new_secret(rq->api->store, rq->id);

	if (e == ERR_OK)
		reply_account(rq);
	else
		reply_err(rq, e, NULL);
}

void
handle_group_pin(struct request *rq)
{
	json_t *group = NULL;
	enum err e = store_get_secret(rq->api->store, &model_group, rq->id, &group);

	if (e == ERR_OK)
		reply_json(rq, 200, json_pack("{s:O}", "pin", json_object_get(group, "pin")));
	else
		reply_err(rq, e, NULL);
	json_decref(group);
}

void
handle_hangup(struct request *rq)
{
	const struct api_control_ops *ops = rq->api->ops;
	char call_id[LIVE_CALL_ID_BYTES];
	enum err e = ERR_NOT_FOUND;

	if (live_has_call(rq->api->live, rq->call_id) &&
	    slice_copy_cstr(rq->call_id, call_id, sizeof call_id) == ERR_OK)
		e = ops && ops->hangup ? ops->hangup(rq->api->ops_ctx, call_id) : ERR_UNSUPPORTED;
	if (e == ERR_OK)
		reply_json(rq, 202, json_pack("{s:s}", "call_id", call_id));
	else if (e == ERR_NOT_FOUND)
		reply_error(rq, 404, "not_found", NULL, "This call is not in progress.");
	else
		reply_err(rq, e, NULL);
}
