/*
 * Mirror of the subscriptions: who watches whom, for GET. Kept packed (texts end to end), because
 * there may be tens of thousands; JSON is made only for those who look.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/hmap.h"

struct watch {
	struct hnode node;
	int64_t phone_id, subscribed_at, expires_at;
	char text[]; /* tag first: with phone_id the key */
};

struct api_subscriptions {
	pthread_mutex_t lock;
	struct hmap map;
};

#define TEXTS(X) X(tag) X(phone) X(event) X(resource) X(contact) X(source) X(transport)

/* With at NULL only counts. */
static size_t
pack(char *at, const struct live_subscription *s)
{
	size_t n = 0;

#define X(member)                                                                                  \
	{                                                                                          \
		size_t len = strnlen(s->member, sizeof s->member - 1);                             \
                                                                                                   \
		if (at) {                                                                          \
			memcpy(at + n, s->member, len);                                            \
			at[n + len] = '\0';                                                        \
		}                                                                                  \
		n += len + 1;                                                                      \
	}
	TEXTS(X)
#undef X
	return n;
}

static json_t *
to_json(const struct watch *w)
{
	struct live_subscription s = {.phone_id = w->phone_id,
	    .subscribed_at = w->subscribed_at,
	    .expires_at = w->expires_at};
	const char *at = w->text;

#define X(member)                                                                                  \
	memcpy(s.member, at, strlen(at) + 1);                                                      \
	at += strlen(at) + 1;
	TEXTS(X)
#undef X
	return live_subscription_json(&s);
}

struct api_subscriptions *
subscriptions_new(void)
{
	struct api_subscriptions *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	hmap_init(&w->map);
	return w;
}

static void
drop(struct api_subscriptions *all, struct watch *w)
{
	hmap_remove(&all->map, &w->node);
	free(w);
}

void
subscriptions_free(struct api_subscriptions *all)
{
	struct hnode *n;

	if (!all)
		return;
	while ((n = hmap_each(&all->map, NULL)) != NULL)
		drop(all, container_of(n, struct watch, node));
	hmap_fini(&all->map);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

static struct watch *
find(const struct api_subscriptions *all, const struct live_subscription *s, uint64_t h)
{
	for (struct hnode *n = hmap_first(&all->map, h); n; n = hmap_next(n, h)) {
		struct watch *w = container_of(n, struct watch, node);

		if (w->phone_id == s->phone_id && strcmp(w->text, s->tag) == 0)
			return w;
	}
	return NULL;
}

void
api_on_subscription(struct api *api, const struct live_subscription *s, bool removed)
{
	struct api_subscriptions *all = api->subscriptions;
	uint64_t h = hash_mix(hash_bytes(slice_cstr(s->tag)), (uint64_t)s->phone_id);
	struct watch *old, *fresh = removed ? NULL : malloc(sizeof *fresh + pack(NULL, s));

	if (!removed && !fresh)
		return;
	if (fresh) {
		*fresh = (struct watch){.phone_id = s->phone_id,
		    .subscribed_at = s->subscribed_at,
		    .expires_at = s->expires_at};
		pack(fresh->text, s);
	}
	pthread_mutex_lock(&all->lock);
	old = find(all, s, h);
	if (old)
		drop(all, old);
	if (fresh && hmap_put(&all->map, &fresh->node, h) != ERR_OK)
		free(fresh);
	pthread_mutex_unlock(&all->lock);
}

static int
compare(const void *a, const void *b)
{
	static const char *const keys[] = {"phone", "event", "resource", "tag"};
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		const char *s = json_string_value(json_object_get(x, keys[i]));
		const char *t = json_string_value(json_object_get(y, keys[i]));
		int order = strcmp(s ? s : "", t ? t : "");

		if (order)
			return order;
	}
	return 0;
}

void
handle_subscriptions(struct request *rq)
{
	struct api_subscriptions *all = rq->api->subscriptions;
	json_t *items = json_array(), **sorted;
	size_t n = 0;

	pthread_mutex_lock(&all->lock);
	sorted = malloc((all->map.count + 1) * sizeof(json_t *));
	for (struct hnode *node = hmap_each(&all->map, NULL); node && sorted;
	     node = hmap_each(&all->map, node)) {
		json_t *one = to_json(container_of(node, struct watch, node));

		if (one)
			sorted[n++] = one;
	}
	pthread_mutex_unlock(&all->lock);
	if (sorted)
		qsort(sorted, n, sizeof(json_t *), compare);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(items, sorted[i]);
	free(sorted);
	reply_json(rq, 200, json_pack("{s:o, s:I}", "items", items, "total", (json_int_t)n));
}
