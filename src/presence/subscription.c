/* One subscription: made, refreshed, expired, ended, kept; and the phones that have some. */
#include <stdlib.h>

#include "presence/presence_int.h"

/* Ids are ours, not a stranger's choice: no secret hash needed. */
static uint64_t
id_hash(int64_t id)
{
	return hash_mix((uint64_t)id, 0);
}

/* ---- phones that watch ---- */

struct watcher *
watcher_find(const struct presence *p, int64_t id)
{
	uint64_t h = id_hash(id);

	for (struct hnode *n = hmap_first(&p->watchers, h); n; n = hmap_next(n, h)) {
		struct watcher *w = container_of(n, struct watcher, node);

		if (w->id == id)
			return w;
	}
	return NULL;
}

struct watcher *
watcher_get_or_make(struct presence *p, const struct dir_phone *dp)
{
	struct watcher *w = watcher_find(p, dp->id);

	if (w)
		return w;
	w = calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->p = p;
	w->id = dp->id;
	slice_clip_cstr(dp->name, w->name, sizeof w->name);
	list_init(&w->subs);
	if (hmap_put(&p->watchers, &w->node, id_hash(w->id)) != ERR_OK) {
		free(w);
		return NULL;
	}
	return w;
}

void
watcher_drop_if_idle(struct watcher *w)
{
	if (w->n_subs)
		return;
	hmap_remove(&w->p->watchers, &w->node);
	free(w);
}

/* ---- reports ---- */

int64_t
sub_expires_at(const struct sub *s)
{
	const struct presence *p = s->resource->p;

	return p->p.ops->wall_ms(p->p.ctx) + (int64_t)(s->expires_ms - presence_now_ms(p));
}

void
sub_live(const struct sub *s, struct live_subscription *out)
{
	struct slice entity = sub_text(s, SUB_ENTITY);
	struct sip_flow flow = sub_flow(s);

	*out = (struct live_subscription){.phone_id = s->watcher->id,
	    .subscribed_at = s->subscribed_at,
	    .expires_at = sub_expires_at(s)};
	slice_clip_cstr(slice_cstr(s->watcher->name), out->phone, sizeof out->phone);
	slice_clip_cstr(presence_packages[s->package].name, out->event, sizeof out->event);
	slice_clip_cstr(entity, out->resource, sizeof out->resource);
	slice_clip_cstr(sub_text(s, SUB_TARGET), out->contact, sizeof out->contact);
	slice_clip_cstr(sub_text(s, SUB_LOCAL_TAG), out->tag, sizeof out->tag);
	slice_clip_cstr(sip_transport_name(flow.transport), out->transport, sizeof out->transport);
	addr_text(&flow.remote, out->source);
}

static void
tell_people(const struct sub *s, bool removed)
{
	struct presence *p = s->resource->p;
	struct live_subscription live;

	sub_live(s, &live);
	p->p.ops->on_subscription(p->p.ctx, &live, removed);
}

void
sub_report(struct sub *s)
{
	s->reported = true;
	sub_keep(s);
	tell_people(s, false);
}

void
sub_restored(struct sub *s)
{
	s->reported = true;
	tell_people(s, false);
	sub_notify_restored(s);
}

/* It is over, for people and after a restart. */
static void
withdraw(struct sub *s)
{
	struct presence *p = s->resource->p;

	if (!s->reported)
		return;
	s->reported = false;
	p->p.ops->forget(p->p.ctx, s->handle);
	tell_people(s, true);
}

/* ---- life ---- */

static void
on_timer(struct timer *t)
{
	struct sub *s = container_of(t, struct sub, timer);
	struct presence *p = s->resource->p;

	if (s->reason || presence_now_ms(p) < s->expires_ms) {
		sub_notify_arrange(s);
		return;
	}
	p->counts.expired++;
	sub_end(s, SUB_TIMEOUT, false);
}

void
sub_join(struct sub *s, enum presence_package package, struct resource *r, struct watcher *w)
{
	s->package = (uint8_t)package;
	s->subscribed_at = r->p->p.ops->wall_ms(r->p->p.ctx);
	timer_init(&s->timer, on_timer);
	s->resource = r;
	s->watcher = w;
	list_push(&r->subs[s->package], &s->in_resource);
	list_push(&w->subs, &s->in_watcher);
	w->n_subs++;
	r->p->counts.subscriptions[s->package]++;
}

void
sub_discard(struct sub *s)
{
	struct resource *r = s->resource;
	struct watcher *w = s->watcher;

	sub_notify_stop(s);
	if (!s->reason)
		sub_delist(s, r->p);
	list_remove(&s->in_resource);
	list_remove(&s->in_watcher);
	w->n_subs--;
	r->p->counts.subscriptions[s->package]--;
	sub_dispose(s, r->p);
	watcher_drop_if_idle(w);
	resource_drop_if_idle(r);
}

void
sub_free(struct sub *s)
{
	withdraw(s);
	sub_discard(s);
}

void
sub_end(struct sub *s, enum sub_reason reason, bool at_once)
{
	if (s->reason)
		return;
	withdraw(s);
	sub_delist(s, s->resource->p);
	s->reason = (uint8_t)reason;
	if (s->flow_lost)
		sub_free(s); /* it would not hear it */
	else if (at_once)
		sub_notify_now(s);
	else
		sub_notify_later(s);
}

void
sub_set_expiry(struct sub *s, uint32_t seconds)
{
	s->expires_ms = presence_now_ms(s->resource->p) + (uint64_t)seconds * 1000;
	sub_notify_arrange(s);
}

uint32_t
sub_expires_s(const struct sub *s)
{
	uint64_t now_ms = presence_now_ms(s->resource->p);

	return s->expires_ms > now_ms ? (uint32_t)((s->expires_ms - now_ms + 999) / 1000) : 0;
}
