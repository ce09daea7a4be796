#include "daemon/external.h"

#include "base/log.h"

enum { STUN_PORT = 3478, LOOK_AGAIN_MS = 3600000, RETRY_MS = 60000 };

static void
on_located(void *ctx, uint64_t search, enum err result, const struct sip_hops *hops)
{
	struct external *x = ctx;

	if (search != x->search)
		return;
	if (result != ERR_OK) {
		log_warn(NET, "the STUN server %s is not found: %s", x->server, err_text(result));
		timer_start(x->timers, &x->again, RETRY_MS);
		return;
	}
	net_ask_stun(x->net, &hops->hop[0].addr);
	timer_start(x->timers, &x->again, LOOK_AGAIN_MS);
}

/* The way to a host with a port needs address records only (RFC 3263, 4.2). */
static void
look(struct external *x)
{
	struct slice rest = slice_cstr(x->server), host = slice_take_until(&rest, ':');
	struct sip_target target = {.port = STUN_PORT, .has_transport = true, .transport = SIP_UDP};
	struct addr literal;
	uint32_t port;

	if (!x->server[0]) {
		net_ask_stun(x->net, &(struct addr){0});
		return;
	}
	if (addr_parse(slice_cstr(x->server), STUN_PORT, &literal) == ERR_OK) {
		net_ask_stun(x->net, &literal);
		return;
	}
	if (rest.n && slice_to_u32(rest, 65535, &port) == ERR_OK && port)
		target.port = (uint16_t)port;
	slice_clip_cstr(host, target.host, sizeof target.host);
	slice_clip_cstr(host, target.name, sizeof target.name);
	if (net_locate(x->dns, &target, (struct net_reach){.ipv4 = true, .udp = true}, on_located,
		x, x->search) != ERR_OK)
		timer_start(x->timers, &x->again, RETRY_MS);
}

static void
on_again(struct timer *t)
{
	struct external *x = container_of(t, struct external, again);

	x->search++;
	look(x);
}

void
external_init(struct external *x, struct net *net, struct net_dns *dns, struct timers *timers)
{
	*x = (struct external){.net = net, .dns = dns, .timers = timers};
	timer_init(&x->again, on_again);
}

void
external_set_server(struct external *x, const char *server)
{
	if (strcmp(x->server, server) == 0)
		return;
	slice_clip_cstr(slice_cstr(server), x->server, sizeof x->server);
	timer_stop(&x->again);
	x->search++;
	look(x);
}

void
external_fini(struct external *x)
{
	if (x->timers)
		timer_stop(&x->again);
	x->search++;
}
