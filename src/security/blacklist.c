#include "security/blacklist.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/hmap.h"
#include "base/log.h"

enum { REPORTS_MAX = 256 };

/* A rule as the guard was told it. */
struct entry {
	struct hnode node;
	int64_t id;
	struct addr_net net;
	bool allow, automatic;
	int64_t expires_at;
	uint32_t round; /* of the load that saw it last */
};

struct blacklist {
	struct blacklist_params p;
	struct hmap by_id;
	struct store_screening waiting[REPORTS_MAX];
	size_t n_waiting;
	uint32_t round;
	int64_t now_ms; /* of a load under way */
	pthread_t writer;
	_Atomic bool writing;
	bool failing;
};

static uint64_t
hash_of(int64_t id)
{
	return hash_mix((uint64_t)id, 0);
}

static struct entry *
find(struct blacklist *b, int64_t id)
{
	for (struct hnode *n = hmap_first(&b->by_id, hash_of(id)); n; n = hmap_next(n, n->hash)) {
		struct entry *e = container_of(n, struct entry, node);

		if (e->id == id)
			return e;
	}
	return NULL;
}

enum err
blacklist_new(struct blacklist **out, const struct blacklist_params *p)
{
	struct blacklist *b = calloc(1, sizeof *b);

	if (!b)
		return ERR_NOMEM;
	b->p = *p;
	hmap_init(&b->by_id);
	*out = b;
	return ERR_OK;
}

static void
forget(struct blacklist *b, struct entry *e)
{
	hmap_remove(&b->by_id, &e->node);
	free(e);
}

void
blacklist_free(struct blacklist *b)
{
	if (!b)
		return;
	for (struct hnode *n; (n = hmap_each(&b->by_id, NULL)) != NULL;)
		forget(b, container_of(n, struct entry, node));
	hmap_fini(&b->by_id);
	free(b);
}

/* ---- to the guard ---- */

static void
tell(struct blacklist *b, const struct entry *e, int64_t now_ms)
{
	struct guard_rule rule = {.net = e->net,
	    .action = e->allow ? GUARD_RULE_ALLOW : GUARD_RULE_BLOCK,
	    .automatic = e->automatic && !e->allow && e->expires_at};

	if (e->expires_at && e->expires_at <= now_ms)
		rule.action = GUARD_RULE_NONE;
	else if (e->expires_at)
		rule.for_ms = (uint64_t)(e->expires_at - now_ms);
	b->p.on_rule(b->p.ctx, &rule);
}

static void
tell_gone(struct blacklist *b, const struct entry *e)
{
	b->p.on_rule(
	    b->p.ctx, &(struct guard_rule){
			  .net = e->net, .action = GUARD_RULE_NONE, .automatic = e->automatic});
}

static struct entry *
entry_new(struct blacklist *b, int64_t id)
{
	struct entry *e = calloc(1, sizeof *e);

	if (e && hmap_put(&b->by_id, &e->node, hash_of(id)) != ERR_OK) {
		free(e);
		return NULL;
	}
	if (e)
		e->id = id;
	return e;
}

/* quiet: the guard knows, it is where the rule comes from. */
static void
learn(struct blacklist *b, const struct store_address_rule *r, int64_t now_ms, bool quiet)
{
	struct entry *e = find(b, r->id);
	bool known = e != NULL;
	struct addr_net net;

	if (addr_net_parse(slice_cstr(r->address), &net) != ERR_OK)
		return; /* checked when it was entered */
	if (!e && !(e = entry_new(b, r->id)))
		return;
	e->round = b->round;
	if (known && addr_net_eq(&e->net, &net) && e->allow == r->allow &&
	    e->expires_at == r->expires_at)
		return;
	if (known && !addr_net_eq(&e->net, &net))
		tell_gone(b, e);
	e->net = net;
	e->allow = r->allow;
	e->automatic = r->automatic;
	e->expires_at = r->expires_at;
	if (!quiet)
		tell(b, e, now_ms);
}

static void
on_row(void *ctx, const struct store_address_rule *r)
{
	struct blacklist *b = ctx;

	learn(b, r, b->now_ms, false);
}

enum err
blacklist_load(struct blacklist *b, int64_t now_ms)
{
	struct hnode *n;
	enum err e;

	b->round++;
	b->now_ms = now_ms;
	e = store_address_rules_load(b->p.store, on_row, b);
	if (e != ERR_OK)
		return e;
	for (n = hmap_each(&b->by_id, NULL); n;) {
		struct entry *one = container_of(n, struct entry, node);

		n = hmap_each(&b->by_id, n);
		if (one->round != b->round) {
			tell_gone(b, one);
			forget(b, one);
		}
	}
	return ERR_OK;
}

void
blacklist_on_changed(struct blacklist *b, int64_t id, bool own, int64_t now_ms)
{
	struct store_address_rule r;
	struct entry *e = find(b, id);

	switch (store_address_rule_get(b->p.store, id, &r)) {
	case ERR_OK: learn(b, &r, now_ms, own); break;
	case ERR_NOT_FOUND:
		if (e && !own)
			tell_gone(b, e);
		if (e)
			forget(b, e);
		break;
	default: log_warn(SECURITY, "an address rule cannot be read"); break;
	}
}

/* ---- from the guard ---- */

void
blacklist_on_report(struct blacklist *b, const struct guard_report *r)
{
	struct store_screening *s;

	if (b->n_waiting == REPORTS_MAX)
		blacklist_flush(b, r->at_ms);
	if (b->n_waiting == REPORTS_MAX)
		return; /* the disk refuses: the guard knows, until the next start */
	s = &b->waiting[b->n_waiting++];
	*s = (struct store_screening){.remove = r->unblocked,
	    .is_new = r->is_new,
	    .at = r->at_ms,
	    .expires_at = r->at_ms + (int64_t)r->for_ms};
	addr_net_text(&r->net, s->address);
	slice_clip_cstr(slice_cstr(guard_reason_code(r->reason)), s->reason, sizeof s->reason);
	slice_clip_cstr(slice_cstr(r->user_agent), s->user_agent, sizeof s->user_agent);
}

void
blacklist_flush(struct blacklist *b, int64_t now_ms)
{
	enum err e;

	if (b->n_waiting == 0)
		return;
	b->writer = pthread_self();
	atomic_store(&b->writing, true);
	e = store_screening_apply(b->p.store, b->waiting, b->n_waiting);
	atomic_store(&b->writing, false);
	if (e != ERR_OK) {
		if (!b->failing)
			log_error(SECURITY, "blocked addresses cannot be written: %s", err_text(e));
		b->failing = true;
		return;
	}
	b->failing = false;
	b->n_waiting = 0;
}

bool
blacklist_is_writing(const struct blacklist *b)
{
	return atomic_load(&b->writing) && pthread_equal(b->writer, pthread_self());
}

void
blacklist_expire(struct blacklist *b, int64_t now_ms)
{
	enum err e;

	b->writer = pthread_self();
	atomic_store(&b->writing, true);
	e = store_address_rules_expire(b->p.store, now_ms);
	atomic_store(&b->writing, false);
	if (e != ERR_OK)
		log_warn(SECURITY, "address rules that have ended cannot be removed");
}
