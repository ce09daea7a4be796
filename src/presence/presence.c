/* The whole: beginning and end, the snapshot, what others report, what people ask. */
#include "presence/presence.h"

#include <stdlib.h>

#include "presence/presence_int.h"

enum { SUBSCRIPTIONS_MAX = 250000, SUBSCRIPTIONS_PHONE_MAX = 500 };

enum err
presence_new(struct presence **out, const struct presence_params *params)
{
	struct presence *p = calloc(1, sizeof *p);

	if (!p)
		return ERR_NOMEM;
	p->p = *params;
	if (!p->p.subscriptions_max)
		p->p.subscriptions_max = SUBSCRIPTIONS_MAX;
	if (!p->p.subscriptions_phone_max)
		p->p.subscriptions_phone_max = SUBSCRIPTIONS_PHONE_MAX;
	hmap_init(&p->resources);
	hmap_init(&p->watchers);
	hmap_init(&p->subs);
	hmap_init(&p->dialogs);
	hmap_init(&p->shared);
	sub_notify_init(p);
	*out = p;
	return ERR_OK;
}

static void
forget_publications(struct resource *r)
{
	LIST_FOR_EACH_SAFE (node, &r->publications)
		publication_free(container_of(node, struct publication, node));
}

void
presence_free(struct presence *p)
{
	struct hnode *n;

	if (!p)
		return;
	timer_stop(&p->sender);
	while (
	    (n = hmap_each(&p->watchers, NULL))) { /* ended ones too, which are in no other table */
		struct watcher *w = container_of(n, struct watcher, node);

		sub_discard(container_of(w->subs.next, struct sub, in_watcher));
	}
	while ((n = hmap_each(&p->resources, NULL))) {
		struct resource *r = container_of(n, struct resource, node);

		dialogs_free(r);
		forget_publications(r);
		resource_free(r);
	}
	hmap_fini(&p->resources);
	hmap_fini(&p->watchers);
	hmap_fini(&p->subs);
	hmap_fini(&p->dialogs);
	hmap_fini(&p->shared);
	free(p);
}

/* ---- the snapshot ---- */

/* Is it still what was subscribed to? SUB_ACTIVE: yes; else the reason why not. */
static enum sub_reason
reason_to_end(const struct sub *s, const struct directory *dir)
{
	const struct dir_phone *phone = dir_phone_by_id(dir, s->watcher->id);
	struct resource_key key;

	if (!phone || !phone->enabled)
		return SUB_REJECTED;
	switch (resource_resolve(dir, entity_user(sub_text(s, SUB_ENTITY)),
	    (enum presence_package)s->package, phone, &key)) {
	case ERR_OK: return resource_is(s->resource, &key) ? SUB_ACTIVE : SUB_DEACTIVATED;
	case ERR_DENIED: return SUB_REJECTED;
	default: return SUB_NORESOURCE;
	}
}

static void
follow_subscriptions(struct presence *p)
{
	struct hnode *n = hmap_each(&p->subs, NULL);

	while (n) {
		struct sub *s = container_of(n, struct sub, by_dialog);
		enum sub_reason reason = reason_to_end(s, p->p.dir);

		n = hmap_each(&p->subs, n);
		if (reason)
			sub_end(s, reason, false);
	}
}

static void
follow_resources(struct presence *p)
{
	struct hnode *n = hmap_each(&p->resources, NULL);

	while (n) {
		struct resource *r = container_of(n, struct resource, node);

		n = hmap_each(&p->resources, n);
		resource_follow(r);
		if (r->key.kind != RESOURCE_PHONE && !dir_user_by_id(p->p.dir, r->key.id)) {
			forget_publications(r);
			r->waiting_known = false;
			r->lamp = PRESENCE_LAMP_OFF;
			resource_drop_if_idle(r);
		}
	}
}

void
presence_set_directory(struct presence *p, const struct directory *dir)
{
	p->p.dir = dir;
	follow_subscriptions(p);
	follow_resources(p);
}

/* ---- what others report ---- */

void
presence_on_registration(struct presence *p, int64_t phone_id)
{
	const struct dir_phone *phone = dir_phone_by_id(p->p.dir, phone_id);
	struct watcher *w = watcher_find(p, phone_id);
	struct resource *r =
	    resource_find(p, &(struct resource_key){.kind = RESOURCE_PHONE, .id = phone_id});

	if (w)
		LIST_FOR_EACH (node, &w->subs)
			sub_notify_follow(container_of(node, struct sub, in_watcher));
	if (r)
		resource_changed(r, PRESENCE_REG);
	for (size_t i = 0; phone && i < phone->user_count; i++) {
		r = resource_find(
		    p, &(struct resource_key){.kind = RESOURCE_USER, .id = phone->users[i]->id});
		if (!r)
			continue;
		resource_changed(r, PRESENCE_PRESENCE);
		if (r->waiting_known && r->waiting.unheard)
			unsolicited_send(r, phone);
	}
}

void
presence_set_waiting(struct presence *p, int64_t user_id, const struct presence_waiting *w)
{
	const struct dir_user *u = dir_user_by_id(p->p.dir, user_id);
	struct resource *r = u ? resource_get_or_make(p,
				     &(struct resource_key){.kind = RESOURCE_USER, .id = user_id})
			       : NULL;

	if (!r)
		return;
	if (!r->waiting_known || memcmp(&r->waiting, w, sizeof *w) != 0) {
		r->waiting = *w;
		r->waiting_known = true;
		resource_changed(r, PRESENCE_MESSAGE_SUMMARY);
		for (size_t i = 0; i < u->phone_count; i++)
			unsolicited_send(r, u->phones[i]);
	}
	resource_drop_if_idle(r);
}

/* ---- what people ask ---- */

void
presence_each(
    const struct presence *p, void (*each)(void *ctx, const struct live_subscription *s), void *ctx)
{
	struct live_subscription live;

	for (struct hnode *n = hmap_each(&p->subs, NULL); n; n = hmap_each(&p->subs, n)) {
		sub_live(container_of(n, struct sub, by_dialog), &live);
		each(ctx, &live);
	}
}

const struct presence_counts *
presence_get_counts(const struct presence *p)
{
	return &p->counts;
}
