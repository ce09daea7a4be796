#include "daemon/listeners.h"

#include <stdio.h>

#include "base/log.h"

enum { ADDRESSES_MAX = 2, ATTEMPTS = 16 };

struct places {
	struct addr at[ADDRESSES_MAX];
	size_t n;
};

/* "::" is every address: a socket for each family, so that an IPv4 peer is one. */
static enum err
find_places(const char *text, struct places *p)
{
	struct addr a;
	enum err e = addr_parse_ip(slice_cstr(text), 0, &a);

	if (e != ERR_OK)
		return e;
	p->n = 0;
	if (a.family == 6 && addr_is_any(&a))
		p->at[p->n++] = (struct addr){.family = 4};
	p->at[p->n++] = a;
	return ERR_OK;
}

/* On all places with one port. A machine without IPv6 listens on the other family alone. */
static enum err
listen_on(struct net *n, enum sip_transport t, const struct places *p, uint16_t *port)
{
	for (size_t i = 0; i < p->n; i++) {
		struct addr at = p->at[i], bound;
		enum err e;

		at.port = *port;
		e = net_listen(n, t, &at, &bound);
		if (p->n > 1 && at.family == 6 && (e == ERR_UNSUPPORTED || e == ERR_INVALID)) {
			log_warn(NET, "this machine has no IPv6: %.*s over IPv4 only",
			    SLICE_FMT(sip_transport_name(t)));
			continue;
		}
		if (e != ERR_OK)
			return e;
		*port = bound.port;
	}
	return ERR_OK;
}

static enum err
explain(enum err e, enum sip_transport t, unsigned port, const struct settings *set, char *why,
    size_t why_bytes)
{
	static const char *const option[] = {[SIP_UDP] = "--sip-port",
	    [SIP_TCP] = "--sip-port",
	    [SIP_TLS] = "--sips-port",
	    [SIP_WS] = "--ws-port",
	    [SIP_WSS] = "--wss-port"};
	struct slice name = sip_transport_name(t);

	if (e == ERR_IN_USE)
		snprintf(why, why_bytes,
		    "SIP port %u (%.*s) on %s is in use: stop the other program or start with %s",
		    port, SLICE_FMT(name), set->sip_address, option[t]);
	else
		snprintf(why, why_bytes, "cannot listen for SIP on %s port %u (%.*s): %s",
		    set->sip_address, port, SLICE_FMT(name), err_text(e));
	return e;
}

static enum err
open_plain(struct net *n, const struct settings *set, const struct places *p, uint16_t *sip_port,
    char *why, size_t why_bytes)
{
	enum sip_transport t = SIP_UDP;
	enum err e = ERR_IN_USE;

	/* A free UDP port may be taken for TCP: draw again. */
	for (int i = 0; e == ERR_IN_USE && i < (set->sip_port ? 1 : ATTEMPTS); i++) {
		*sip_port = (uint16_t)set->sip_port;
		t = SIP_UDP;
		e = listen_on(n, t, p, sip_port);
		if (e == ERR_OK) {
			t = SIP_TCP;
			e = listen_on(n, t, p, sip_port);
		}
	}
	return e == ERR_OK ? ERR_OK : explain(e, t, set->sip_port, set, why, why_bytes);
}

enum err
listeners_open(struct net *n, const struct settings *set, unsigned any_port, uint16_t *sip_port,
    char *why, size_t why_bytes)
{
	const struct {
		enum sip_transport transport;
		uint32_t port;
	} more[] = {{SIP_TLS, set->sips_port}, {SIP_WS, set->ws_port}, {SIP_WSS, set->wss_port}};
	struct places places;
	enum err e = find_places(set->sip_address, &places);

	if (e != ERR_OK) {
		snprintf(why, why_bytes, "the SIP address '%s' is no IP address", set->sip_address);
		return e;
	}
	e = open_plain(n, set, &places, sip_port, why, why_bytes);
	for (size_t i = 0; e == ERR_OK && i < sizeof more / sizeof more[0]; i++) {
		enum sip_transport t = more[i].transport;
		uint16_t port = (uint16_t)more[i].port;

		if (!port && !(any_port & LISTENERS_ANY(t)))
			continue;
		e = listen_on(n, t, &places, &port);
		if (e == ERR_WRONG_STATE) {
			log_error(NET, "%.*s is off: there is no certificate that can be used",
			    SLICE_FMT(sip_transport_name(t)));
			e = ERR_OK;
		} else if (e != ERR_OK) {
			return explain(e, t, more[i].port, set, why, why_bytes);
		}
	}
	return e;
}

struct net_reach
listeners_reach(const struct net *n)
{
	struct net_listener all[NET_LISTENERS_MAX];
	struct net_reach r = {0};
	size_t count = net_local_addrs(n, all, NET_LISTENERS_MAX);

	for (size_t i = 0; i < count && i < NET_LISTENERS_MAX; i++) {
		r.ipv4 |= all[i].addr.family == 4;
		r.ipv6 |= all[i].addr.family == 6;
		r.udp |= all[i].transport == SIP_UDP;
		r.tcp |= all[i].transport == SIP_TCP;
		r.tls |= all[i].transport == SIP_TLS;
	}
	return r;
}
