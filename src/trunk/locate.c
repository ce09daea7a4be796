/* Where a line's servers are: all its targets located, their hops one after the other. */
#include "trunk/trunk_int.h"

enum { TTL_MIN_S = 30, TTL_MAX_S = 3600 };

static void
join(struct line *l)
{
	uint32_t ttl_s = TTL_MAX_S;
	size_t found = 0;

	for (size_t i = 0; i < l->n_targets; i++)
		found += l->found[i].n;
	if (found == 0 && l->locate_error == ERR_TIMEOUT) { /* what was known is still good */
		l->located_until_ms = line_now_ms(l) + TTL_MIN_S * 1000ull;
		return;
	}
	l->known.n = 0;
	for (size_t i = 0; i < l->n_targets; i++) {
		const struct sip_hops *f = &l->found[i];

		if (f->n && f->ttl_s < ttl_s)
			ttl_s = f->ttl_s;
		for (size_t k = 0; k < f->n && l->known.n < SIP_HOPS_MAX; k++)
			l->known.hop[l->known.n++] = f->hop[k];
	}
	if (ttl_s < TTL_MIN_S)
		ttl_s = TTL_MIN_S;
	l->known.ttl_s = ttl_s;
	l->located_until_ms = line_now_ms(l) + (l->known.n ? ttl_s * 1000ull : 0);
}

static void
answered(struct line *l, size_t target, enum err result, const struct sip_hops *hops)
{
	l->locate_open &= ~(1u << target);
	l->found[target].n = 0;
	if (result == ERR_OK && hops)
		l->found[target] = *hops;
	else
		l->locate_error = result;
	if (l->locate_open)
		return;
	join(l);
	line_on_hops(l);
}

void
line_locate(struct line *l)
{
	struct trunk *t = l->trunk;

	l->step = LOCATING;
	if (l->known.n && l->located_until_ms > line_now_ms(l)) {
		line_on_hops(l);
		return;
	}
	l->locate_serial = ++t->next_serial;
	l->locate_open = (1u << l->n_targets) - 1;
	l->locate_error = ERR_NOT_FOUND;
	for (size_t i = 0; i < l->n_targets; i++) {
		uint64_t token = (uint64_t)l->locate_serial << LINE_TARGET_BITS | i;
		enum err e = t->p.ops->locate(t->p.ctx, &l->target[i], token);

		if (e != ERR_OK)
			answered(l, i, e, NULL);
	}
}

void
line_locate_stop(struct line *l)
{
	l->locate_serial = 0;
	l->locate_open = 0;
}

void
trunk_on_located(struct trunk *t, uint64_t token, enum err result, const struct sip_hops *hops)
{
	size_t target = token & ((1u << LINE_TARGET_BITS) - 1);
	uint64_t serial = token >> LINE_TARGET_BITS;

	if (probe_located(t, (uint32_t)serial, target, result, hops))
		return;
	LIST_FOR_EACH (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		if (serial == 0 || l->locate_serial != serial)
			continue;
		if (target < l->n_targets && (l->locate_open >> target & 1))
			answered(l, target, result, hops);
		return;
	}
}

/* A host that is an address must be in the certificate as one. */
static void
expect_name(const struct trunk_params *p, const struct sip_hop *hop)
{
	char ip[ADDR_TEXT_MAX];
	struct buf b;

	buf_init(&b, ip, sizeof ip);
	addr_write_ip(&b, &hop->addr);
	p->ops->expect_name(
	    p->ctx, &hop->addr, hop->name[0] ? slice_cstr(hop->name) : buf_slice(&b));
}

enum err
line_flow_to(const struct line *l, const struct sip_hop *hop, struct sip_flow *out)
{
	struct sip_flow f = {.transport = hop->transport, .remote = hop->addr};
	const struct trunk_params *p = &l->trunk->p;
	enum err e = p->ops->local_for(p->ctx, hop->transport, &hop->addr, &f.local);

	if (e == ERR_OK && sip_transport_secure(hop->transport) && p->ops->expect_name)
		expect_name(p, hop);
	if (e == ERR_OK)
		*out = f;
	return e;
}

void
line_hop_failed(struct line *l, const struct sip_flow *flow, uint32_t for_s)
{
	l->trunk->counts.hop_failures++;
	sip_hop_failed(&l->trunk->failed, flow->transport, &flow->remote, line_now_ms(l), for_s);
}

bool
line_has_hop(const struct line *l, const struct addr *ip)
{
	for (size_t i = 0; i < l->known.n; i++)
		if (addr_eq_ip(&l->known.hop[i].addr, ip))
			return true;
	return false;
}
