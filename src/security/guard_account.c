/*
 * Names that are guessed from a thousand addresses, each of which stays below its own limit:
 * the name itself slows down. Twenty failures are free, then one try in thirty seconds is
 * looked at; the rest hears 503 and learns nothing. The phone that has this name is not
 * concerned: addresses where it has logged in are its homes.
 */
#include <stdlib.h>

#include "security/guard_int.h"

enum { FREE_TRIES = 20 }; /* leak away over WINDOW_MS: one in thirty seconds */

static struct account *
find(struct guard *g, uint64_t hash)
{
	struct hnode *n = hmap_first(&g->accounts, hash);

	return n ? container_of(n, struct account, node) : NULL;
}

static void
forget(struct guard *g, struct account *a)
{
	hmap_remove(&g->accounts, &a->node);
	list_remove(&a->link);
	g->counts.accounts--;
	free(a);
}

/* One with a home stays longer than one that only strangers name. */
static struct account *
oldest(struct guard *g)
{
	struct list *l = list_empty(&g->homeless) ? &g->at_home : &g->homeless;

	return container_of(l->next, struct account, link);
}

static struct account *
account_of(struct guard *g, struct slice name)
{
	uint64_t hash = hash_bytes(name);
	struct account *a = find(g, hash);

	if (!a) {
		if (g->counts.accounts >= ACCOUNTS_MAX)
			forget(g, oldest(g));
		a = calloc(1, sizeof *a);
		if (!a)
			return NULL;
		list_init(&a->link);
		if (hmap_put(&g->accounts, &a->node, hash) != ERR_OK) {
			free(a);
			return NULL;
		}
		g->counts.accounts++;
	}
	list_remove(&a->link);
	list_push(a->home[0] ? &g->at_home : &g->homeless, &a->link);
	return a;
}

static bool
is_home(const struct account *a, uint64_t source)
{
	for (size_t i = 0; i < sizeof a->home / sizeof a->home[0]; i++)
		if (a->home[i] == source)
			return true;
	return false;
}

bool
account_may_try(struct guard *g, const struct source *s, struct slice name)
{
	struct account *a = find(g, hash_bytes(name));

	if (!a || a->points == 0 || is_home(a, source_hash(s)))
		return true;
	leaky_add(&a->points, &a->points_at_ms, 0, FREE_TRIES * POINT, guard_now(g));
	return a->points + POINT <= FREE_TRIES * POINT;
}

void
account_failed(struct guard *g, const struct source *s, struct slice name)
{
	struct account *a = account_of(g, name);
	uint64_t now = guard_now(g);
	bool was_slow;

	if (!a || is_home(a, source_hash(s)))
		return;
	was_slow = a->points + POINT > FREE_TRIES * POINT;
	leaky_add(&a->points, &a->points_at_ms, POINT, FREE_TRIES * POINT, now);
	if (!was_slow && a->points + POINT > FREE_TRIES * POINT &&
	    log_limit_pass(&g->account_log, LOG_SUB_SECURITY, now))
		log_warn(SECURITY,
		    "passwords of '%.*s' are guessed from several addresses: slowed down",
		    SLICE_FMT(name));
}

void
account_logged_in(struct guard *g, const struct source *s, struct slice name)
{
	struct account *a = account_of(g, name);
	uint64_t source = source_hash(s);
	size_t i, last = sizeof a->home / sizeof a->home[0] - 1;

	if (!a)
		return;
	for (i = 0; i < last && a->home[i] != source; i++)
		;
	memmove(&a->home[1], &a->home[0], i * sizeof a->home[0]);
	a->home[0] = source;
	list_remove(&a->link);
	list_push(&g->at_home, &a->link);
}

void
accounts_free(struct guard *g)
{
	list_splice(&g->homeless, &g->at_home);
	LIST_FOR_EACH_SAFE (it, &g->homeless)
		forget(g, container_of(it, struct account, link));
	hmap_fini(&g->accounts);
}
