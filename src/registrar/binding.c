/* One binding: made, refreshed, expired, reported. */
#include <stdio.h>
#include <stdlib.h>

#include "registrar/registrar_int.h"

static uint64_t
now_ms(const struct binding *b)
{
	return timers_now_ms(b->phone->registrar->p.timers);
}

static void
on_expiry(struct timer *t)
{
	struct binding *b = container_of(t, struct binding, expiry);
	struct reg_phone *phone = b->phone;

	phone->registrar->counts.expired++;
	binding_remove(b);
	phone_drop_if_empty(phone);
}

struct binding *
binding_make(struct reg_phone *p)
{
	struct binding *b = calloc(1, sizeof *b);

	if (!b)
		return NULL;
	b->phone = p;
	b->reachable = true;
	b->data.phone_id = p->id;
	timer_init(&b->expiry, on_expiry);
	timer_init(&b->qualify, NULL); /* qualify_start says what it does */
	list_push_front(&p->bindings, &b->node);
	p->n_bindings++;
	p->registrar->counts.bindings++;
	return b;
}

void
binding_update(struct binding *b, const struct binding_update *u)
{
	struct registrar *r = b->phone->registrar;
	struct reg_binding *d = &b->data;
	struct sip_uri uri;

	slice_clip_cstr(u->contact, d->contact, sizeof d->contact);
	slice_clip_cstr(u->call_id, d->call_id, sizeof d->call_id);
	slice_clip_cstr(u->instance, d->instance, sizeof d->instance);
	slice_clip_cstr(u->user_agent, d->user_agent, sizeof d->user_agent);
	d->cseq = u->cseq;
	d->q_permille = u->q_permille;
	d->registered_at = r->p.ops->wall_ms(r->p.ctx);
	d->expires_at = d->registered_at + (int64_t)u->expires_s * 1000;
	b->expires_ms = now_ms(b) + (uint64_t)u->expires_s * 1000;
	b->source = u->flow.remote;
	conn_unbind(b);
	d->flow = u->flow;
	if (sip_uri_parse(&uri, slice_cstr(d->contact)) == ERR_OK)
		d->flow = target_of(&uri, &u->flow);
	conn_bind(b);
	list_remove(&b->node); /* the newest is the first */
	list_push_front(&b->phone->bindings, &b->node);
}

void
binding_announce(struct binding *b)
{
	struct registrar *r = b->phone->registrar;

	if (!b->is_static) {
		timer_start(r->p.timers, &b->expiry, b->expires_ms - now_ms(b));
		r->p.ops->save(r->p.ctx, &b->data, false);
	}
	/* Who registers is there. */
	if (!b->reachable) {
		b->reachable = true;
		r->counts.unreachable--;
	}
	b->misses = 0;
	if (!timer_active(&b->qualify) && !b->asking)
		qualify_start(b);
	binding_tell(b, false);
}

void
binding_moves(struct binding *b)
{
	struct registrar *r = b->phone->registrar;

	r->p.ops->save(r->p.ctx, &b->data, true);
	binding_tell(b, true);
}

void
binding_restored(struct binding *b, uint64_t left_ms)
{
	b->expires_ms = now_ms(b) + left_ms;
	timer_start(b->phone->registrar->p.timers, &b->expiry, left_ms);
	qualify_start(b);
	if (sip_transport_reliable(b->data.flow.transport))
		conn_lost(b);
	binding_tell(b, false);
}

void
binding_free(struct binding *b)
{
	struct registrar *r = b->phone->registrar;

	conn_unbind(b);

	timer_stop(&b->expiry);
	qualify_stop(b);
	list_remove(&b->node);
	b->phone->n_bindings--;
	r->counts.bindings--;
	if (!b->reachable)
		r->counts.unreachable--;
	free(b);
}

void
binding_remove(struct binding *b)
{
	struct registrar *r = b->phone->registrar;

	if (!b->is_static)
		r->p.ops->save(r->p.ctx, &b->data, true);
	binding_tell(b, true);
	binding_free(b);
}

void
binding_set_reachable(struct binding *b, bool reachable)
{
	if (b->reachable == reachable)
		return;
	b->reachable = reachable;
	if (reachable)
		b->phone->registrar->counts.unreachable--;
	else
		b->phone->registrar->counts.unreachable++;
	binding_tell(b, false);
}

uint32_t
binding_expires_s(const struct binding *b)
{
	uint64_t now = now_ms(b);

	return b->expires_ms > now ? (uint32_t)((b->expires_ms - now + 999) / 1000) : 0;
}

void
binding_live(const struct binding *b, struct live_registration *out)
{
	const struct reg_binding *d = &b->data;

	*out = (struct live_registration){.phone_id = d->phone_id,
	    .registered_at = d->registered_at,
	    .expires_at = d->expires_at,
	    .rtt_ms = b->rtt_ms,
	    .reachable = b->reachable};
	snprintf(out->phone, sizeof out->phone, "%s", b->phone->name);
	slice_clip_cstr(slice_cstr(d->contact), out->contact, sizeof out->contact);
	addr_text(&b->source, out->source);
	slice_clip_cstr(
	    sip_transport_name(d->flow.transport), out->transport, sizeof out->transport);
	slice_clip_cstr(slice_cstr(d->user_agent), out->user_agent, sizeof out->user_agent);
}

void
binding_tell(const struct binding *b, bool removed)
{
	const struct registrar *r = b->phone->registrar;
	struct live_registration live;

	binding_live(b, &live);
	r->p.ops->on_registration(r->p.ctx, &live, removed);
}
