/*
 * One binding: made, refreshed, expired, reported.
 *
 * The expiry timer is lazy: a refresh leaves it where it is. When it comes and the binding has
 * more time, people are told of the new end and it starts again. So a plain refresh, which is
 * nearly every REGISTER, wakes nobody.
 */
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

	if (b->expires_ms > now_ms(b)) {
		timer_start(phone->registrar->p.timers, t, b->expires_ms - now_ms(b));
		binding_tell(b, false);
		return;
	}
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
	timer_init(&b->expiry, on_expiry);
	timer_init(&b->qualify, NULL); /* qualify_start says what it does */
	list_push_front(&p->bindings, &b->node);
	p->n_bindings++;
	p->n_reachable++;
	p->registrar->counts.bindings++;
	return b;
}

bool
binding_is_registered(const struct binding *b)
{
	return !b->is_static && b->texts;
}

/* Who registers is there. */
static void
is_there(struct binding *b)
{
	b->misses = 0;
	if (!b->reachable) {
		b->reachable = true;
		b->phone->n_reachable++;
		b->phone->registrar->counts.unreachable--;
	}
	if (!timer_active(&b->qualify) && !b->asking)
		qualify_start(b);
}

static bool
same_flow(const struct sip_flow *a, const struct sip_flow *b)
{
	return a->transport == b->transport && a->conn_slot == b->conn_slot &&
	       a->conn_gen == b->conn_gen && addr_eq(&a->remote, &b->remote) &&
	       addr_eq(&a->local, &b->local);
}

/* What was listed under another contact goes from the list. */
static void
tell_of_move(const struct binding *b, struct slice contact)
{
	if (b->texts && !slice_eq(binding_text(b, TEXT_CONTACT), contact))
		binding_tell(b, true);
}

bool
binding_update(struct binding *b, const struct binding_update *u)
{
	struct registrar *r = b->phone->registrar;
	bool is_new = !b->texts, was_reachable = b->reachable, changed;

	tell_of_move(b, u->text[TEXT_CONTACT]);
	if (!binding_set_texts(b, u->text, &changed))
		return false;
	changed |= !addr_eq(&b->source, &u->source);
	b->cseq = u->cseq;
	b->reg_id = u->reg_id;
	b->q_permille = u->q_permille;
	b->source = u->source;
	if (!same_flow(&b->flow, &u->flow)) {
		conn_unbind(b);
		b->flow = u->flow;
		conn_bind(b);
		changed = true;
	}
	b->expires_at = r->p.ops->wall_ms(r->p.ctx) + (int64_t)u->expires_s * 1000;
	b->expires_ms = now_ms(b) + (uint64_t)u->expires_s * 1000;
	if (is_new)
		b->registered_at = r->p.ops->wall_ms(r->p.ctx);
	if (!timer_active(&b->expiry) || b->expiry.due_ms > b->expires_ms) {
		timer_start(r->p.timers, &b->expiry, b->expires_ms - now_ms(b));
		changed = true;
	}
	list_remove(&b->node); /* the newest is the first */
	list_push_front(&b->phone->bindings, &b->node);
	kept_write(b);
	is_there(b);
	if (changed || !was_reachable) {
		binding_tell(b, false);
		phone_tell(b->phone);
	}
	return true;
}

void
binding_begin_static(struct binding *b)
{
	qualify_start(b);
	binding_tell(b, false);
	phone_tell(b->phone);
}

void
binding_restored(struct binding *b, uint64_t left_ms)
{
	b->expires_ms = now_ms(b) + left_ms;
	timer_start(b->phone->registrar->p.timers, &b->expiry, left_ms);
	qualify_start(b);
	if (sip_transport_reliable(b->flow.transport))
		conn_lost(b);
	binding_tell(b, false);
	phone_tell(b->phone);
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
	if (b->reachable)
		b->phone->n_reachable--;
	else
		r->counts.unreachable--;
	free(b->texts);
	free(b);
}

void
binding_remove(struct binding *b)
{
	struct reg_phone *phone = b->phone;
	struct registrar *r = phone->registrar;

	if (b->handle)
		r->p.ops->forget(r->p.ctx, b->handle);
	binding_tell(b, true);
	binding_free(b);
	phone_tell(phone);
}

void
binding_set_reachable(struct binding *b, bool reachable)
{
	if (b->reachable == reachable)
		return;
	b->reachable = reachable;
	if (reachable) {
		b->phone->n_reachable++;
		b->phone->registrar->counts.unreachable--;
	} else {
		b->phone->n_reachable--;
		b->phone->registrar->counts.unreachable++;
	}
	binding_tell(b, false);
	phone_tell(b->phone);
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
	*out = (struct live_registration){.phone_id = b->phone->id,
	    .registered_at = b->registered_at,
	    .expires_at = b->expires_at,
	    .rtt_ms = b->rtt_ms,
	    .reachable = b->reachable};
	slice_clip_cstr(slice_cstr(b->phone->name), out->phone, sizeof out->phone);
	slice_clip_cstr(binding_text(b, TEXT_CONTACT), out->contact, sizeof out->contact);
	addr_text(&b->source, out->source);
	slice_clip_cstr(
	    sip_transport_name(b->flow.transport), out->transport, sizeof out->transport);
	slice_clip_cstr(binding_text(b, TEXT_USER_AGENT), out->user_agent, sizeof out->user_agent);
}

/* Several flows of a device may have one contact; people see a line for each contact. */
static const struct binding *
twin_of(const struct binding *b)
{
	LIST_FOR_EACH (node, &b->phone->bindings) {
		const struct binding *other = container_of(node, struct binding, node);

		if (other != b &&
		    slice_eq(binding_text(other, TEXT_CONTACT), binding_text(b, TEXT_CONTACT)))
			return other;
	}
	return NULL;
}

void
binding_tell(const struct binding *b, bool removed)
{
	const struct registrar *r = b->phone->registrar;
	const struct binding *twin = removed ? twin_of(b) : NULL;
	struct live_registration live;

	binding_live(twin ? twin : b, &live);
	removed &= !twin;
	r->p.ops->on_registration(r->p.ctx, &live, removed);
}
