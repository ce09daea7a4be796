/* Replies of a hostile name server: read as all four kinds, by a search that believes them. The
 * first byte says as which outcome of c-ares they come. */
#include "fuzz.h"

#include <ares.h>

#include "net/dns_int.h"

enum { QUESTIONS_MAX = 40 };

struct search {
	struct sip_locate sip;
	const uint8_t *bytes;
	int n, status;
	unsigned asked, done;
};

static void
on_query(void *ctx, uint32_t token, enum sip_query kind, const char *name)
{
	struct search *s = ctx;
	struct net_dns dns = {
	    .p = {.ttl_min_s = 5, .ttl_max_s = 86400, .negative_max_s = 300, .failure_s = 5}};
	struct dns_entry e = {.dns = &dns, .kind = kind};

	PROMISE(++s->asked <= QUESTIONS_MAX);
	PROMISE(strlen(name) > 0 && strlen(name) < SIP_NAME_BYTES);
	arena_init(&e.arena, "fuzz", 256, DNS_ANSWER_MAX_BYTES);
	dns_take_answer(&e, s->status, s->bytes, s->n);
	PROMISE(e.answer.n <= DNS_RECORDS_MAX);
	PROMISE(e.answer.ttl_s >= 5 && e.answer.ttl_s <= 86400);
	PROMISE((e.answer.result == ERR_OK) == (e.answer.n > 0));
	sip_locate_on_answer(&s->sip, token, &e.answer);
	arena_fini(&e.arena);
}

static void
on_done(void *ctx, enum err result, const struct sip_hops *hops)
{
	struct search *s = ctx;

	s->done++;
	PROMISE(hops->n <= SIP_HOPS_MAX);
	PROMISE((result == ERR_OK) == (hops->n > 0));
	for (size_t i = 0; i < hops->n; i++)
		PROMISE(hops->hop[i].addr.port && hops->hop[i].addr.family);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int outcomes[] = {ARES_SUCCESS, ARES_SUCCESS, ARES_ENODATA, ARES_ENOTFOUND};
	static struct search s;
	struct sip_target target = {.host = "a.test", .name = "a.test"};
	struct rng rng;

	if (size < 1 || size > 65535)
		return 0;
	rng_init_seed(&rng, size);
	s = (struct search){.bytes = data + 1,
	    .n = (int)size - 1,
	    .status = outcomes[data[0] % (sizeof outcomes / sizeof outcomes[0])]};
	sip_locate_start(&s.sip, &target,
	    &(struct sip_locate_params){.query = on_query,
		.done = on_done,
		.ctx = &s,
		.rng = &rng,
		.ipv4 = true,
		.ipv6 = true,
		.udp = true,
		.tcp = true,
		.tls = true});
	PROMISE(s.done == 1);
	return 0;
}
