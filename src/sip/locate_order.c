/* From hosts with addresses to hops: RFC 2782's order, and what a URI says of its target. */
#include "sip/locate_int.h"

static bool
before(const struct sip_locate_host *a, const struct sip_locate_host *b)
{
	if (a->service != b->service)
		return a->service < b->service;
	return a->priority < b->priority;
}

static bool
equal_rank(const struct sip_locate_host *a, const struct sip_locate_host *b)
{
	return a->service == b->service && a->priority == b->priority;
}

/* Which of the n hosts of equal rank comes next (RFC 2782, "Weight"): those of weight 0
 * first in the running sum, so that they have a small chance. */
static size_t
draw(const uint8_t *order, size_t n, const struct sip_locate *l)
{
	uint32_t sum = 0, running = 0, at;

	for (size_t i = 0; i < n; i++)
		sum += l->host[order[i]].weight;
	if (sum == 0) /* nothing to choose by: share the load all the same */
		return rng_below(l->p.rng, (uint32_t)n);
	at = rng_below(l->p.rng, sum + 1);
	for (size_t i = 0; i < n; i++)
		if (l->host[order[i]].weight == 0 && at == 0)
			return i;
	for (size_t i = 0; i < n; i++) {
		running += l->host[order[i]].weight;
		if (l->host[order[i]].weight && running >= at)
			return i;
	}
	return 0;
}

static void
draw_all(struct sip_locate *l, uint8_t *order, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		size_t k = i + draw(order + i, n - i, l);
		uint8_t chosen = order[k];

		memmove(order + i + 1, order + i, k - i);
		order[i] = chosen;
	}
}

static void
sort(struct sip_locate *l, uint8_t order[SIP_LOCATE_HOSTS_MAX])
{
	for (size_t i = 0; i < l->hosts; i++) {
		size_t k = i;

		while (k && before(&l->host[i], &l->host[order[k - 1]])) {
			order[k] = order[k - 1];
			k--;
		}
		order[k] = (uint8_t)i;
	}
	for (size_t i = 0, n; i < l->hosts; i += n) {
		for (n = 1;
		     i + n < l->hosts && equal_rank(&l->host[order[i]], &l->host[order[i + n]]);
		     n++)
			;
		draw_all(l, order + i, n);
	}
}

static void
add_hop(struct sip_locate *l, const struct sip_locate_host *h, const struct addr *at)
{
	struct sip_hops *hops = &l->hops;
	struct sip_hop *hop = &hops->hop[hops->n];

	if (hops->n == SIP_HOPS_MAX)
		return;
	for (size_t i = 0; i < hops->n; i++)
		if (hops->hop[i].transport == h->transport && addr_eq(&hops->hop[i].addr, at))
			return;
	hop->transport = h->transport;
	hop->addr = *at;
	memcpy(hop->name, l->target.name, sizeof hop->name);
	hops->n++;
}

void
locate_order(struct sip_locate *l)
{
	uint8_t order[SIP_LOCATE_HOSTS_MAX] = {0};

	sort(l, order);
	for (size_t i = 0; i < l->hosts; i++) {
		const struct sip_locate_host *h = &l->host[order[i]];

		for (unsigned family = 0; family < 2; family++)
			for (unsigned k = 0; k < h->addrs[family]; k++)
				add_hop(l, h, &h->addr[family][k]);
	}
	l->hops.ttl_s = l->ttl_s;
}

uint16_t
sip_transport_port(enum sip_transport t)
{
	switch (t) {
	case SIP_TLS: return 5061;
	case SIP_WS: return 80;
	case SIP_WSS: return 443;
	default: return 5060;
	}
}

bool
sip_transport_secure(enum sip_transport t)
{
	return t == SIP_TLS || t == SIP_WSS;
}

static enum err
set_transport(struct sip_target *t, struct slice value)
{
	if (sip_transport_parse(value, &t->transport) != ERR_OK)
		return ERR_UNSUPPORTED;
	t->has_transport = true;
	if (!t->secure)
		return ERR_OK;
	switch (t->transport) {
	case SIP_UDP: return ERR_INVALID;
	case SIP_TCP: t->transport = SIP_TLS; break;
	case SIP_WS: t->transport = SIP_WSS; break;
	default: break;
	}
	return ERR_OK;
}

enum err
sip_target_from_uri(struct sip_target *out, const struct sip_uri *uri)
{
	struct sip_target t = {.port = uri->port};
	struct slice maddr, transport, host = uri->host;
	enum err e;

	t.secure = slice_eq_nocase(uri->scheme, SLICE("sips"));
	if (!t.secure && !slice_eq_nocase(uri->scheme, SLICE("sip")))
		return ERR_UNSUPPORTED;
	if (sip_param_find(uri->params, SLICE("maddr"), &maddr) && maddr.n)
		host = maddr;
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = slice_make(host.p + 1, host.n - 2);
	if (host.n == 0)
		return ERR_INVALID;
	e = slice_copy_cstr(host, t.host, sizeof t.host);
	if (e == ERR_OK)
		e = slice_copy_cstr(uri->host, t.name, sizeof t.name);
	if (e == ERR_OK && sip_param_find(uri->params, SLICE("transport"), &transport))
		e = set_transport(&t, transport);
	if (e == ERR_OK)
		*out = t;
	return e;
}
