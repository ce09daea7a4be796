/* The cache: each name and kind is asked once, everybody else waits or gets what is kept. */
#include "net/dns.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "net/dns_int.h"

static uint64_t
now_ms(const struct net_dns *d)
{
	return loop_now_ms(d->loop);
}

static void
set_defaults(struct net_dns_params *p)
{
	static const struct net_dns_params normal = {.resolv_conf = "/etc/resolv.conf",
	    .timeout_ms = 1500,
	    .tries = 3,
	    .questions_max = 256,
	    .cache_max = 2048,
	    .ttl_min_s = 5,
	    .ttl_max_s = 86400,
	    .negative_max_s = 300,
	    .failure_s = 5,
	    .file_check_ms = 5000};

#define DEFAULT(field)                                                                             \
	if (!p->field)                                                                             \
	p->field = normal.field
	DEFAULT(resolv_conf);
	DEFAULT(timeout_ms);
	DEFAULT(tries);
	DEFAULT(questions_max);
	DEFAULT(cache_max);
	DEFAULT(ttl_min_s);
	DEFAULT(ttl_max_s);
	DEFAULT(negative_max_s);
	DEFAULT(failure_s);
	DEFAULT(file_check_ms);
#undef DEFAULT
}

/* ---- entries ---- */

static void
entry_free(struct dns_entry *e)
{
	hmap_remove(&e->dns->entries, &e->node);
	list_remove(&e->lru);
	if (e->ready)
		e->dns->counts.cached--;
	arena_fini(&e->arena);
	free(e);
}

static void
forget_all_ready(struct net_dns *d)
{
	LIST_FOR_EACH_SAFE (it, &d->ready)
		entry_free(container_of(it, struct dns_entry, lru));
}

/* Lower case and without the dot at the end; false when it is no name. */
static bool
make_key(const char *name, char key[SIP_NAME_BYTES])
{
	size_t n = strnlen(name, SIP_NAME_BYTES);

	if (n && name[n - 1] == '.')
		n--;
	if (n == 0 || n >= SIP_NAME_BYTES)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)name[i];

		if (!isalnum(c) && c != '-' && c != '.' && c != '_')
			return false;
		key[i] = (char)tolower(c);
	}
	key[n] = '\0';
	return true;
}

static uint64_t
key_hash(enum sip_query kind, const char *key)
{
	return hash_mix(hash_bytes(slice_cstr(key)), kind);
}

static struct dns_entry *
entry_find(struct net_dns *d, enum sip_query kind, const char *key, uint64_t h)
{
	for (struct hnode *n = hmap_first(&d->entries, h); n; n = hmap_next(n, h)) {
		struct dns_entry *e = container_of(n, struct dns_entry, node);

		if (e->kind == kind && strcmp(e->name, key) == 0)
			return e;
	}
	return NULL;
}

static struct dns_entry *
entry_new(struct net_dns *d, enum sip_query kind, const char *key, uint64_t h)
{
	struct dns_entry *e;

	if (d->counts.under_way >= d->p.questions_max)
		return NULL;
	if (d->entries.count >= d->p.cache_max && !list_empty(&d->ready))
		entry_free(container_of(d->ready.next, struct dns_entry, lru));
	e = calloc(1, sizeof *e);
	if (!e || hmap_put(&d->entries, &e->node, h) != ERR_OK) {
		free(e);
		return NULL;
	}
	e->dns = d;
	e->kind = kind;
	memcpy(e->name, key, sizeof e->name);
	list_init(&e->waiting);
	arena_init(&e->arena, "dns answer", 256, DNS_ANSWER_MAX_BYTES);
	list_push(&d->asking, &e->lru);
	d->counts.under_way++;
	return e;
}

/* ---- asking ---- */

/* A new resolver when resolv.conf has changed: c-ares reads it only once, and without any
 * it keeps asking 127.0.0.1 for ever. */
static void
check_resolv_conf(struct net_dns *d, bool first)
{
	struct dns_channel *fresh;
	struct stat st;
	int64_t mtime_ns;

	if (d->p.servers || (!first && now_ms(d) - d->checked_ms < d->p.file_check_ms))
		return;
	d->checked_ms = now_ms(d);
	if (stat(d->p.resolv_conf, &st) != 0)
		memset(&st, 0, sizeof st);
	mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if (mtime_ns == d->file.mtime_ns && st.st_ino == d->file.inode &&
	    (uint64_t)st.st_size == d->file.size)
		return;
	d->file.mtime_ns = mtime_ns;
	d->file.inode = st.st_ino;
	d->file.size = (uint64_t)st.st_size;
	if (first || dns_channel_new(d, &fresh) != ERR_OK)
		return;
	dns_channel_retire(d->channel);
	d->channel = fresh;
	d->counts.reloads++;
	forget_all_ready(d);
	log_info(NET, "%s has changed: its name servers are used from now on", d->p.resolv_conf);
}

static void
finish(struct dns_entry *e)
{
	struct net_dns *d = e->dns;
	struct list waiting, *node;

	list_remove(&e->lru);
	list_push(&d->ready, &e->lru);
	e->ready = true;
	e->until_ms = now_ms(d) + e->answer.ttl_s * 1000ull;
	d->counts.under_way--;
	d->counts.cached++;
	d->counts.not_found += e->answer.result == ERR_NOT_FOUND;
	d->counts.failed += e->answer.result != ERR_OK && e->answer.result != ERR_NOT_FOUND;
	/* What a waiter does may ask anew and so push this entry out of the cache. */
	list_init(&waiting);
	list_splice(&waiting, &e->waiting);
	list_remove(&e->lru);
	while ((node = list_pop(&waiting)) != NULL) {
		struct dns_wait *w = container_of(node, struct dns_wait, link);

		w->on_answer(w, &e->answer);
	}
	list_push(&d->ready, &e->lru);
}

static bool
answer_from_hosts_file(struct dns_entry *e)
{
	struct net_dns *d = e->dns;
	bool ipv6 = e->kind == SIP_QUERY_AAAA;
	struct addr *list;

	if (d->p.no_hosts_file || (!ipv6 && e->kind != SIP_QUERY_A))
		return false;
	list = arena_alloc(&e->arena, DNS_RECORDS_MAX * sizeof *list);
	if (!list)
		return false;
	e->answer.n = dns_hosts_file(d->channel, e->name, ipv6, list, DNS_RECORDS_MAX);
	if (e->answer.n == 0)
		return false;
	e->answer.addr = list;
	e->answer.ttl_s = 60;
	return true;
}

void
dns_ask(struct net_dns *d, enum sip_query kind, const char *name, struct dns_wait *w)
{
	char key[SIP_NAME_BYTES] = "";
	struct dns_entry *e;
	uint64_t h;

	list_init(&w->link);
	if (!make_key(name, key)) {
		w->on_answer(w, &(struct sip_dns_answer){.result = ERR_NOT_FOUND});
		return;
	}
	check_resolv_conf(d, false);
	h = key_hash(kind, key);
	e = entry_find(d, kind, key, h);
	if (e && e->ready && e->until_ms <= now_ms(d) && !list_empty(&e->lru)) {
		entry_free(e);
		e = NULL;
	}
	if (e && e->ready) {
		struct sip_dns_answer a = e->answer;

		d->counts.from_cache++;
		if (!list_empty(&e->lru)) {
			list_remove(&e->lru);
			list_push(&d->ready, &e->lru);
		}
		a.ttl_s =
		    e->until_ms > now_ms(d) ? (uint32_t)((e->until_ms - now_ms(d)) / 1000) : 0;
		w->on_answer(w, &a);
		return;
	}
	if (!e) {
		e = entry_new(d, kind, key, h);
		if (!e) {
			d->counts.refused++;
			w->on_answer(w, &(struct sip_dns_answer){.result = ERR_LIMIT});
			return;
		}
		list_push(&e->waiting, &w->link);
		if (answer_from_hosts_file(e))
			finish(e);
		else
			dns_channel_ask(d->channel, e);
		return;
	}
	list_push(&e->waiting, &w->link);
}

void
dns_on_result(struct dns_entry *e, int ares_status, const unsigned char *bytes, int n)
{
	if (e->dns->stopping)
		return;
	dns_take_answer(e, ares_status, bytes, n);
	finish(e);
}

/* ---- life ---- */

enum err
net_dns_new(
    struct net_dns **out, struct loop *loop, const struct net_dns_params *p, struct rng *rng)
{
	struct net_dns *d = calloc(1, sizeof *d);
	enum err e;

	if (!d)
		return ERR_NOMEM;
	d->loop = loop;
	d->p = *p;
	d->rng = rng;
	set_defaults(&d->p);
	hmap_init(&d->entries);
	list_init(&d->ready);
	list_init(&d->asking);
	list_init(&d->retired);
	list_init(&d->locates);
	check_resolv_conf(d, true);
	e = dns_channel_new(d, &d->channel);
	if (e != ERR_OK) {
		free(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

void
net_dns_free(struct net_dns *d)
{
	if (!d)
		return;
	d->stopping = true;
	dns_locates_free(d);
	dns_channel_free(d->channel);
	while (!list_empty(&d->retired))
		dns_channel_free((struct dns_channel *)(void *)d->retired.next);
	forget_all_ready(d);
	LIST_FOR_EACH_SAFE (it, &d->asking)
		entry_free(container_of(it, struct dns_entry, lru));
	hmap_fini(&d->entries);
	free(d);
}

const struct net_dns_counts *
net_dns_get_counts(const struct net_dns *d)
{
	return &d->counts;
}
