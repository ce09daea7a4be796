/* From the bytes of a name server to records in the entry's arena. */
#include <ares.h>

#include <arpa/nameser.h>

#include "net/dns_int.h"

static uint32_t
get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static unsigned
get_u16(const unsigned char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* The bytes a name takes at *at; false when it does not fit. */
static bool
skip_name(const unsigned char *bytes, int n, int *at)
{
	char *text;
	long length;

	if (*at >= n || ares_expand_name(bytes + *at, bytes, n, &text, &length) != ARES_SUCCESS)
		return false;
	ares_free_string(text);
	*at += (int)length;
	return true;
}

/* The smallest TTL of the answer's records; of a negative answer that of its SOA record
 * (RFC 2308, 5). c-ares 1.18 does not tell them for SRV and NAPTR. UINT32_MAX: none. */
static uint32_t
smallest_ttl(const unsigned char *bytes, int n, bool negative)
{
	uint32_t ttl, best = UINT32_MAX;
	unsigned questions, answers, authorities;
	int at = NS_HFIXEDSZ;

	if (!bytes || n < NS_HFIXEDSZ)
		return best;
	questions = get_u16(bytes + 4);
	answers = get_u16(bytes + 6);
	authorities = negative ? get_u16(bytes + 8) : 0;
	while (questions--) {
		if (!skip_name(bytes, n, &at))
			return best;
		at += NS_QFIXEDSZ;
	}
	for (unsigned i = 0; i < answers + authorities; i++) {
		unsigned type, length;

		if (!skip_name(bytes, n, &at) || n - at < NS_RRFIXEDSZ)
			return best;
		type = get_u16(bytes + at);
		ttl = get_u32(bytes + at + 4);
		length = get_u16(bytes + at + 8);
		at += NS_RRFIXEDSZ;
		if ((unsigned)(n - at) < length)
			return best;
		if (i >= answers && type == ns_t_soa && length >= 20) {
			uint32_t minimum = get_u32(bytes + at + length - 4);

			ttl = minimum < ttl ? minimum : ttl;
		}
		if ((i < answers || type == ns_t_soa) && ttl < best)
			best = ttl;
		at += (int)length;
	}
	return best;
}

static uint32_t
clamp(uint32_t v, uint32_t min, uint32_t max)
{
	return v < min ? min : v > max ? max : v;
}

static enum err
keep(struct dns_entry *e, const char *text, struct slice *out)
{
	return arena_dup(&e->arena, slice_cstr(text), out);
}

/* ---- the four kinds ---- */

static int
take_naptr(struct dns_entry *e, const unsigned char *bytes, int n)
{
	struct sip_dns_naptr *list = arena_alloc(&e->arena, DNS_RECORDS_MAX * sizeof *list);
	struct ares_naptr_reply *all;
	int status = ares_parse_naptr_reply(bytes, n, &all);

	if (status != ARES_SUCCESS)
		return status;
	for (struct ares_naptr_reply *r = all; r && list && e->answer.n < DNS_RECORDS_MAX;
	     r = r->next) {
		struct sip_dns_naptr *to = &list[e->answer.n];

		if (keep(e, (const char *)r->flags, &to->flags) != ERR_OK ||
		    keep(e, (const char *)r->service, &to->service) != ERR_OK ||
		    keep(e, r->replacement, &to->replacement) != ERR_OK)
			break;
		to->order = r->order;
		to->preference = r->preference;
		e->answer.n++;
	}
	ares_free_data(all);
	e->answer.naptr = list;
	return ARES_SUCCESS;
}

static int
take_srv(struct dns_entry *e, const unsigned char *bytes, int n)
{
	struct sip_dns_srv *list = arena_alloc(&e->arena, DNS_RECORDS_MAX * sizeof *list);
	struct ares_srv_reply *all;
	int status = ares_parse_srv_reply(bytes, n, &all);

	if (status != ARES_SUCCESS)
		return status;
	for (struct ares_srv_reply *r = all; r && list && e->answer.n < DNS_RECORDS_MAX;
	     r = r->next) {
		struct sip_dns_srv *to = &list[e->answer.n];

		if (keep(e, r->host, &to->target) != ERR_OK)
			break;
		to->priority = r->priority;
		to->weight = r->weight;
		to->port = r->port;
		e->answer.n++;
	}
	ares_free_data(all);
	e->answer.srv = list;
	return ARES_SUCCESS;
}

static int
take_addresses(struct dns_entry *e, const unsigned char *bytes, int n)
{
	struct addr *list = arena_alloc(&e->arena, DNS_RECORDS_MAX * sizeof *list);
	struct ares_addr6ttl six[DNS_RECORDS_MAX];
	struct ares_addrttl four[DNS_RECORDS_MAX];
	int count = DNS_RECORDS_MAX, status;
	bool ipv6 = e->kind == SIP_QUERY_AAAA;

	status = ipv6 ? ares_parse_aaaa_reply(bytes, n, NULL, six, &count)
		      : ares_parse_a_reply(bytes, n, NULL, four, &count);
	if (status != ARES_SUCCESS)
		return status;
	for (int i = 0; i < count && list; i++) {
		list[i] = (struct addr){.family = ipv6 ? 6 : 4};
		if (ipv6)
			memcpy(list[i].ip, &six[i].ip6addr, 16);
		else
			memcpy(list[i].ip, &four[i].ipaddr, 4);
		e->answer.n++;
	}
	e->answer.addr = list;
	return ARES_SUCCESS;
}

void
dns_take_answer(struct dns_entry *e, int ares_status, const unsigned char *bytes, int n)
{
	const struct net_dns_params *p = &e->dns->p;
	struct sip_dns_answer *a = &e->answer;

	if (ares_status == ARES_SUCCESS) {
		ares_status = e->kind == SIP_QUERY_NAPTR ? take_naptr(e, bytes, n)
			      : e->kind == SIP_QUERY_SRV ? take_srv(e, bytes, n)
							 : take_addresses(e, bytes, n);
		if (ares_status == ARES_SUCCESS && a->n == 0)
			ares_status = ARES_ENODATA;
	}
	switch (ares_status) {
	case ARES_SUCCESS:
		a->result = ERR_OK;
		a->ttl_s = clamp(smallest_ttl(bytes, n, false), p->ttl_min_s, p->ttl_max_s);
		break;
	case ARES_ENOTFOUND:
	case ARES_ENODATA:
	case ARES_EBADNAME:
		a->result = ERR_NOT_FOUND;
		a->ttl_s = clamp(smallest_ttl(bytes, n, true), p->ttl_min_s, p->negative_max_s);
		break;
	default: a->result = ERR_TIMEOUT; a->ttl_s = p->failure_s;
	}
}
