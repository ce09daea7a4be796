#include "sip/hops.h"

void
sip_failed_hops_init(struct sip_failed_hops *f)
{
	memset(f, 0, sizeof *f);
}

static bool
same(const struct sip_failed_hop *h, enum sip_transport t, const struct addr *a)
{
	return h->until_ms && h->transport == t && addr_eq(&h->addr, a);
}

void
sip_hop_failed(struct sip_failed_hops *f, enum sip_transport t, const struct addr *a,
    uint64_t now_ms, uint32_t for_s)
{
	struct sip_failed_hop *place = &f->hop[0];

	if (for_s == 0)
		for_s = SIP_HOP_AVOID_S;
	if (for_s > SIP_HOP_AVOID_MAX_S)
		for_s = SIP_HOP_AVOID_MAX_S;
	for (size_t i = 0; i < SIP_FAILED_HOPS_MAX; i++) {
		if (same(&f->hop[i], t, a)) {
			place = &f->hop[i];
			break;
		}
		if (f->hop[i].until_ms < place->until_ms)
			place = &f->hop[i];
	}
	*place = (struct sip_failed_hop){t, *a, now_ms + for_s * 1000ull};
}

void
sip_hop_works(struct sip_failed_hops *f, enum sip_transport t, const struct addr *a)
{
	for (size_t i = 0; i < SIP_FAILED_HOPS_MAX; i++)
		if (same(&f->hop[i], t, a))
			f->hop[i].until_ms = 0;
}

bool
sip_hop_is_avoided(
    const struct sip_failed_hops *f, enum sip_transport t, const struct addr *a, uint64_t now_ms)
{
	for (size_t i = 0; i < SIP_FAILED_HOPS_MAX; i++)
		if (same(&f->hop[i], t, a))
			return f->hop[i].until_ms > now_ms;
	return false;
}

void
sip_hops_sort(const struct sip_failed_hops *f, struct sip_hops *hops, uint64_t now_ms)
{
	struct sip_hop avoided[SIP_HOPS_MAX];
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < hops->n; i++) {
		struct sip_hop *h = &hops->hop[i];

		if (sip_hop_is_avoided(f, h->transport, &h->addr, now_ms))
			avoided[n++] = *h;
		else if (kept++ != i)
			hops->hop[kept - 1] = *h;
	}
	if (n)
		memcpy(hops->hop + kept, avoided, n * sizeof *avoided);
}
