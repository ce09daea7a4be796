/* RFC 3263 searches: sip/locate asks, the cache or the network answers. */
#include <stdlib.h>

#include "net/dns_int.h"

enum { LOCATES_MAX = 512, QUESTIONS_MAX = 40 };

struct question {
	struct dns_wait wait;
	struct locate *locate;
	uint32_t token;
	enum sip_query kind;
	char name[SIP_NAME_BYTES];
};

struct locate {
	struct list link;
	struct net_dns *dns;
	struct timer start;
	struct net_reach reach;
	struct sip_target target;
	net_on_located *done;
	void *ctx;
	uint64_t token;
	size_t n_questions;
	struct question question[QUESTIONS_MAX];
	struct sip_locate sip;
};

static void
locate_free(struct locate *l)
{
	timer_stop(&l->start);
	for (size_t i = 0; i < l->n_questions; i++)
		list_remove(&l->question[i].wait.link);
	list_remove(&l->link);
	l->dns->locate_count--;
	free(l);
}

static void
on_answer(struct dns_wait *w, const struct sip_dns_answer *a)
{
	struct question *q = container_of(w, struct question, wait);
	const struct locate *l = q->locate;

	if (l->dns->p.on_heard)
		l->dns->p.on_heard(l->dns->p.heard_ctx, l->ctx, l->token, q->kind, q->name, a);
	sip_locate_on_answer(&q->locate->sip, q->token, a);
}

static void
on_query(void *ctx, uint32_t token, enum sip_query kind, const char *name)
{
	struct locate *l = ctx;
	struct question *q;

	if (l->n_questions == QUESTIONS_MAX) { /* more than a search has; do not hang */
		sip_locate_on_answer(&l->sip, token, &(struct sip_dns_answer){.result = ERR_LIMIT});
		return;
	}
	q = &l->question[l->n_questions++];
	q->wait.on_answer = on_answer;
	q->locate = l;
	q->token = token;
	q->kind = kind;
	slice_clip_cstr(slice_cstr(name), q->name, sizeof q->name);
	dns_ask(l->dns, kind, name, &q->wait);
}

static void
on_done(void *ctx, enum err result, const struct sip_hops *hops)
{
	struct locate *l = ctx;
	struct sip_hops found = *hops;
	net_on_located *done = l->done;
	void *user = l->ctx;
	uint64_t token = l->token;

	locate_free(l);
	done(user, token, result, &found);
}

static void
on_start(struct timer *t)
{
	struct locate *l = container_of(t, struct locate, start);

	sip_locate_start(&l->sip, &l->target,
	    &(struct sip_locate_params){.query = on_query,
		.done = on_done,
		.ctx = l,
		.rng = l->dns->rng,
		.ipv4 = l->reach.ipv4,
		.ipv6 = l->reach.ipv6,
		.udp = l->reach.udp,
		.tcp = l->reach.tcp,
		.tls = l->reach.tls});
}

enum err
net_locate(struct net_dns *d, const struct sip_target *target, struct net_reach reach,
    net_on_located *done, void *ctx, uint64_t token)
{
	struct locate *l;

	if (d->locate_count >= LOCATES_MAX)
		return ERR_LIMIT;
	l = calloc(1, sizeof *l);
	if (!l)
		return ERR_NOMEM;
	l->dns = d;
	l->target = *target;
	l->reach = reach;
	l->done = done;
	l->ctx = ctx;
	l->token = token;
	list_push(&d->locates, &l->link);
	d->locate_count++;
	timer_init(&l->start, on_start);
	timer_start(loop_timers(d->loop), &l->start, 0);
	return ERR_OK;
}

void
dns_locates_free(struct net_dns *d)
{
	LIST_FOR_EACH_SAFE (it, &d->locates)
		locate_free(container_of(it, struct locate, link));
}
