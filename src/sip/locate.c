/*
 * The search in three rounds, each asking all its questions at once:
 *
 *   NAPTR of the domain ──► services ──► SRV of each ──► hosts ──► A, AAAA of each ──► hops
 *
 * A round without result hands a default to the next: the services of all transports we
 * have, then the domain itself as the one host. A port or a transport in the URI skips
 * rounds (RFC 3263, 4.1 and 4.2).
 */
#include "sip/locate.h"

#include "sip/locate_int.h"

enum phase { NAPTR, SRV, ADDRESS, DONE };

enum { PHASE_BITS = 8, IPV6 = 0, IPV4 = 1, NAPTR_MAX = 32 };

static const struct {
	struct slice naptr; /* RFC 3263, 4.1; RFC 7118 has none */
	const char *srv;
	enum sip_transport transport;
} services[] = {
    {SLICE("SIP+D2U"), "_sip._udp.", SIP_UDP},
    {SLICE("SIP+D2T"), "_sip._tcp.", SIP_TCP},
    {SLICE("SIPS+D2T"), "_sips._tcp.", SIP_TLS},
};

enum { SERVICES = sizeof services / sizeof services[0] };

static bool
usable(const struct sip_locate *l, enum sip_transport t)
{
	if (l->target.secure && !sip_transport_secure(t))
		return false;
	switch (t) {
	case SIP_UDP: return l->p.udp;
	case SIP_TCP:
	case SIP_WS: return l->p.tcp;
	case SIP_TLS:
	case SIP_WSS: return l->p.tls;
	}
	return false;
}

static uint32_t
token_of(const struct sip_locate *l, unsigned index, unsigned family)
{
	return (uint32_t)l->phase | index << PHASE_BITS | family << (2 * PHASE_BITS);
}

static void
ask(struct sip_locate *l, unsigned index, unsigned family, enum sip_query kind, const char *name)
{
	l->asked[family] |= 1ull << index;
	l->open++;
	l->p.query(l->p.ctx, token_of(l, index, family), kind, name);
}

static void
finish(struct sip_locate *l, enum err result)
{
	l->phase = DONE;
	l->p.done(l->p.ctx, result, &l->hops);
}

/* ---- services ---- */

static void
add_service(struct sip_locate *l, struct slice name, enum sip_transport t)
{
	struct sip_locate_service *s = &l->service[l->services];

	if (l->services == SIP_LOCATE_SERVICES_MAX || !usable(l, t) || name.n == 0 ||
	    slice_copy_cstr(name, s->name, sizeof s->name) != ERR_OK)
		return;
	s->transport = t;
	l->services++;
}

static void
add_named_service(struct sip_locate *l, const char *prefix, enum sip_transport t)
{
	char name[2 * SIP_NAME_BYTES];
	struct buf b;

	buf_init(&b, name, sizeof name);
	buf_cstr(&b, prefix);
	buf_cstr(&b, l->target.host);
	add_service(l, buf_slice(&b), t);
}

/* The service a record is about; SERVICES when it is none we can use. Only terminal
 * records: RFC 3263 knows no others, and chains of them could be endless. */
static size_t
service_of(const struct sip_locate *l, const struct sip_dns_naptr *r)
{
	size_t k = 0;

	if (!slice_eq_nocase(r->flags, SLICE("s")))
		return SERVICES;
	while (k < SERVICES && (!slice_eq_nocase(r->service, services[k].naptr) ||
				   !usable(l, services[k].transport)))
		k++;
	return k;
}

/* By preference, and only those of the lowest order (RFC 3403, 4.1: a later order is for
 * those who could not use an earlier one). */
static void
take_naptr(struct sip_locate *l, const struct sip_dns_answer *a)
{
	size_t n = a->n < NAPTR_MAX ? a->n : NAPTR_MAX;
	uint32_t used = 0, order = UINT32_MAX;

	for (size_t i = 0; i < n; i++)
		if (a->naptr[i].order < order && service_of(l, &a->naptr[i]) < SERVICES)
			order = a->naptr[i].order;
	for (;;) {
		const struct sip_dns_naptr *best = NULL;

		for (size_t i = 0; i < n; i++) {
			const struct sip_dns_naptr *r = &a->naptr[i];

			if (!(used >> i & 1) && r->order == order && service_of(l, r) < SERVICES &&
			    (!best || r->preference < best->preference))
				best = r;
		}
		if (!best)
			return;
		used |= 1u << (best - a->naptr);
		add_service(l, best->replacement, services[service_of(l, best)].transport);
	}
}

/* ---- hosts ---- */

static struct sip_locate_host *
add_host(struct sip_locate *l, struct slice name, enum sip_transport t, uint16_t port)
{
	struct sip_locate_host *h = &l->host[l->hosts];

	if (l->hosts == SIP_LOCATE_HOSTS_MAX || name.n == 0 ||
	    slice_copy_cstr(name, h->name, sizeof h->name) != ERR_OK)
		return NULL;
	h->transport = t;
	h->port = port ? port : sip_transport_port(t);
	h->service = 0;
	h->priority = h->weight = 0;
	h->addrs[IPV6] = h->addrs[IPV4] = 0;
	l->hosts++;
	return h;
}

static void
take_srv(struct sip_locate *l, unsigned index, const struct sip_dns_answer *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct sip_dns_srv *r = &a->srv[i];
		struct sip_locate_host *h;

		/* RFC 2782: a target of "." says that the service is decidedly not there. */
		if (r->target.n == 0 || slice_eq(r->target, SLICE(".")) || r->port == 0) {
			l->no_service = true;
			continue;
		}
		h = add_host(l, r->target, l->service[index].transport, r->port);
		if (!h)
			continue;
		h->service = (uint8_t)index;
		h->priority = r->priority;
		h->weight = r->weight;
	}
}

static void
take_addresses(
    struct sip_locate *l, unsigned index, unsigned family, const struct sip_dns_answer *a)
{
	struct sip_locate_host *h = &l->host[index];

	for (size_t i = 0; i < a->n && h->addrs[family] < SIP_LOCATE_ADDRS_MAX; i++) {
		struct addr at = a->addr[i];

		if (at.family != (family == IPV6 ? 6 : 4) || addr_is_any(&at))
			continue;
		at.port = h->port;
		h->addr[family][h->addrs[family]++] = at;
	}
}

/* ---- rounds ---- */

static void
begin_address(struct sip_locate *l)
{
	l->phase = ADDRESS;
	l->asked[0] = l->asked[1] = 0;
	for (unsigned i = 0; i < l->hosts; i++) {
		if (l->p.ipv6)
			ask(l, i, IPV6, SIP_QUERY_AAAA, l->host[i].name);
		if (l->p.ipv4)
			ask(l, i, IPV4, SIP_QUERY_A, l->host[i].name);
	}
}

/* No SRV record anywhere: the domain itself is the host (4.2, last paragraph). */
static void
end_srv(struct sip_locate *l)
{
	enum sip_transport t = l->target.has_transport ? l->target.transport
			       : l->target.secure      ? SIP_TLS
						       : SIP_UDP;

	if (l->hosts == 0 && !l->no_service && usable(l, t))
		add_host(l, slice_cstr(l->target.host), t, l->target.port);
	begin_address(l);
}

static void
begin_srv(struct sip_locate *l)
{
	l->phase = SRV;
	l->asked[0] = l->asked[1] = 0;
	for (unsigned i = 0; i < l->services; i++)
		ask(l, i, 0, SIP_QUERY_SRV, l->service[i].name);
}

/* No usable NAPTR record: every transport we have (4.1). */
static void
end_naptr(struct sip_locate *l)
{
	if (l->services == 0)
		for (size_t i = 0; i < SERVICES; i++)
			add_named_service(l, services[i].srv, services[i].transport);
	begin_srv(l);
}

/* Goes on as long as no answer is awaited; answers that come from inside a question only
 * count, so that this never calls itself. */
static void
pump(struct sip_locate *l)
{
	if (l->pumping)
		return;
	l->pumping = true;
	while (l->open == 0 && l->phase != DONE) {
		if (l->phase == NAPTR) {
			end_naptr(l);
		} else if (l->phase == SRV) {
			end_srv(l);
		} else {
			locate_order(l);
			finish(l, l->hops.n	       ? ERR_OK
				  : l->resolver_failed ? ERR_TIMEOUT
						       : ERR_NOT_FOUND);
			return; /* l may be gone */
		}
	}
	l->pumping = false;
}

void
sip_locate_on_answer(struct sip_locate *l, uint32_t token, const struct sip_dns_answer *answer)
{
	unsigned index = token >> PHASE_BITS & 0xff, family = token >> (2 * PHASE_BITS);

	if ((token & 0xff) != l->phase || family > 1 || index >= 64 ||
	    !(l->asked[family] >> index & 1))
		return;
	l->asked[family] &= ~(1ull << index);
	l->open--;
	if (answer->result == ERR_OK) {
		if (answer->ttl_s < l->ttl_s)
			l->ttl_s = answer->ttl_s;
		if (l->phase == NAPTR)
			take_naptr(l, answer);
		else if (l->phase == SRV)
			take_srv(l, index, answer);
		else
			take_addresses(l, index, family, answer);
	} else if (answer->result != ERR_NOT_FOUND) {
		l->resolver_failed = true;
	}
	pump(l);
}

/* ---- start ---- */

static bool
start_numeric(struct sip_locate *l)
{
	struct sip_target *t = &l->target;
	struct sip_hop *hop = &l->hops.hop[0];

	if (addr_parse_ip(slice_cstr(t->host), 0, &hop->addr) != ERR_OK)
		return false;
	hop->transport = t->has_transport ? t->transport : t->secure ? SIP_TLS : SIP_UDP;
	hop->addr.port = t->port ? t->port : sip_transport_port(hop->transport);
	memcpy(hop->name, t->name, sizeof hop->name);
	if (strcmp(t->name, t->host) == 0)
		hop->name[0] = '\0';
	if (!usable(l, hop->transport) || (hop->addr.family == 6 ? !l->p.ipv6 : !l->p.ipv4)) {
		finish(l, ERR_INVALID);
		return true;
	}
	l->hops.n = 1;
	finish(l, ERR_OK);
	return true;
}

static const char *
srv_prefix(enum sip_transport t)
{
	for (size_t i = 0; i < SERVICES; i++)
		if (services[i].transport == t)
			return services[i].srv;
	return NULL;
}

void
sip_locate_start(
    struct sip_locate *l, const struct sip_target *target, const struct sip_locate_params *p)
{
	memset(l, 0, sizeof *l);
	l->p = *p;
	l->target = *target;
	l->ttl_s = l->hops.ttl_s = UINT32_MAX;
	if (start_numeric(l))
		return;
	if (target->has_transport && !usable(l, target->transport)) {
		finish(l, ERR_INVALID);
		return;
	}
	l->pumping = true; /* answers from inside wait until all was asked */
	if (target->port) {
		l->phase = SRV; /* ended at once: the host with this port */
	} else if (target->has_transport) {
		if (srv_prefix(target->transport))
			add_named_service(l, srv_prefix(target->transport), target->transport);
		begin_srv(l);
	} else {
		l->phase = NAPTR;
		ask(l, 0, 0, SIP_QUERY_NAPTR, l->target.host);
	}
	l->pumping = false;
	pump(l);
}
