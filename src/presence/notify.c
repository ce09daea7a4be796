/*
 * When a NOTIFY goes out, and what becomes of it (RFC 6665, 4.2.2). Of one subscription one at
 * most is under way; what changes meanwhile is told afterwards, in its latest state. Changes
 * are INTERVAL_MIN_MS apart (in the spirit of RFC 6446), and of all that are due SEND_MAX go
 * at a time, so that a thousand watchers of one user do not make a call wait.
 */
#include "presence/presence_int.h"

static void
enqueue(struct sub *s)
{
	struct presence *p = s->resource->p;

	timer_stop(&s->timer);
	list_push(&p->ready, &s->timer.node);
	s->queued = true;
	if (!timer_active(&p->sender))
		timer_start(p->p.timers, &p->sender, 0);
}

static void
dequeue(struct sub *s)
{
	if (s->queued)
		list_remove(&s->timer.node);
	s->queued = false;
}

/* A timer that is due earlier stays: a refresh costs none. */
static void
wake_at(struct sub *s, uint64_t at_ms, uint64_t now_ms)
{
	if (!timer_active(&s->timer) || s->timer.due_ms > at_ms)
		timer_start(
		    s->resource->p->p.timers, &s->timer, at_ms > now_ms ? at_ms - now_ms : 0);
}

void
sub_notify_arrange(struct sub *s)
{
	uint64_t now_ms = presence_now_ms(s->resource->p);
	bool may_tell = s->pending && !s->asking && !s->flow_lost;

	if (s->queued)
		return;
	if (may_tell && now_ms >= s->earliest_ms)
		enqueue(s);
	else if (may_tell && (s->reason || s->earliest_ms < s->expires_ms))
		wake_at(s, s->earliest_ms, now_ms);
	else if (!s->reason)
		wake_at(s, s->expires_ms, now_ms);
}

/* Something is to be told, but not before. */
static void
wait_ms(struct sub *s, uint64_t ms)
{
	s->pending = true;
	s->earliest_ms = presence_now_ms(s->resource->p) + ms;
	sub_notify_arrange(s);
}

static const struct sip_client_ops client_ops;

static void
send_pending(struct sub *s)
{
	struct presence *p = s->resource->p;
	enum err e;

	dequeue(s);
	s->pending = false;
	s->earliest_ms = presence_now_ms(p) + INTERVAL_MIN_MS;
	if (s->reason) { /* the last one: its answer changes nothing any more */
		if (sub_notify_send(s, NULL, NULL) != ERR_OK)
			p->counts.notifies_failed++;
		sub_free(s);
		return;
	}
	e = sub_notify_send(s, &client_ops, &s->asking);
	if (e != ERR_OK) { /* no room in the transaction layer */
		s->asking = NULL;
		p->counts.notifies_failed++;
		wait_ms(s, NO_ROOM_WAIT_MS);
		return;
	}
	if (s->local_cseq >= s->kept_cseq)
		sub_keep(s);
	sub_notify_arrange(s);
}

/* ---- the way to the phone ---- */

static bool
is_target(const struct sub *s, struct slice uri)
{
	struct sip_uri a, b;

	return sip_uri_parse(&a, uri) == ERR_OK &&
	       sip_uri_parse(&b, sub_text(s, SUB_TARGET)) == ERR_OK && sip_uri_eq(&a, &b);
}

static bool
is_other_flow(const struct sip_flow *a, const struct sip_flow *b)
{
	return a->transport != b->transport || a->conn_slot != b->conn_slot ||
	       a->conn_gen != b->conn_gen || !addr_eq(&a->remote, &b->remote);
}

/* Where the subscription's Contact is registered now, unless that is what was lost. */
static bool
take_registered_flow(struct sub *s)
{
	struct presence *p = s->resource->p;
	struct presence_contact contact[PRESENCE_CONTACTS_MAX];
	size_t n = p->p.ops->contacts(p->p.ctx, s->watcher->id, contact, PRESENCE_CONTACTS_MAX);
	struct sip_flow flow = sub_flow(s);

	for (size_t i = 0; i < n; i++)
		if (contact[i].reachable && is_target(s, contact[i].uri) &&
		    is_other_flow(&contact[i].flow, &flow))
			return sub_set_way(s, sub_text(s, SUB_TARGET), &contact[i].flow) == ERR_OK;
	return false;
}

void
sub_notify_follow(struct sub *s)
{
	if (!s->flow_lost || !take_registered_flow(s))
		return;
	s->flow_lost = false;
	sub_report(s);
	sub_notify_later(s);
}

/* ---- what the phone says ---- */

static bool
read_retry_after(const struct sip_msg *resp, uint32_t *seconds)
{
	struct slice value = slice_trim(sip_msg_value(resp, SIP_HDR_RETRY_AFTER));
	size_t n = 0;

	while (n < value.n && value.p[n] >= '0' && value.p[n] <= '9')
		n++; /* a comment or parameters may follow */
	if (slice_to_u32(slice_make(value.p, n), UINT32_MAX, seconds) != ERR_OK)
		return false;
	if (*seconds > RETRY_AFTER_MAX_S)
		*seconds = RETRY_AFTER_MAX_S;
	return true;
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct sub *s = user;
	uint32_t seconds;

	if (resp->status < 200)
		return;
	sip_client_detach(tsx);
	s->asking = NULL;
	if (resp->status >= 300)
		s->resource->p->counts.notifies_failed++;
	if (resp->status < 300) {
		if (s->reason)
			send_pending(s);
		else
			sub_notify_arrange(s);
	} else if (!s->reason && read_retry_after(resp, &seconds)) {
		wait_ms(s, seconds ? seconds * 1000 : 1000);
	} else {
		sub_free(s); /* 4.2.2: no such subscription there (481 …) */
	}
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct sub *s = user;

	sip_client_detach(tsx);
	s->asking = NULL;
	s->resource->p->counts.notifies_failed++;
	if (why != ERR_CLOSED || s->reason) {
		sub_free(s);
		return;
	}
	/* The connection is gone, the phone perhaps not: it will register over a new one. */
	s->flow_lost = true;
	s->pending = true;
	sub_notify_follow(s);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct sub *s = user;

	if (s->asking == tsx)
		s->asking = NULL;
}

static const struct sip_client_ops client_ops = {on_response, on_failed, on_gone};

/* ---- for the other files ---- */

void
sub_notify_later(struct sub *s)
{
	s->pending = true;
	sub_notify_arrange(s);
}

void
sub_notify_now(struct sub *s)
{
	s->pending = true;
	if (!s->asking && !s->flow_lost)
		send_pending(s);
}

void
sub_notify_restored(struct sub *s)
{
	struct presence *p = s->resource->p;

	s->flow_lost = /* its connection is not ours any more */
	    sip_transport_reliable(sub_flow(s).transport) && !take_registered_flow(s);
	wait_ms(s, s->flow_lost ? 0 : rng_below(p->p.rng, RESTORED_SPREAD_MS) + 1);
}

void
sub_notify_stop(struct sub *s)
{
	timer_stop(&s->timer);
	dequeue(s);
	if (s->asking)
		sip_client_detach(s->asking);
	s->asking = NULL;
}

static void
on_sender(struct timer *t)
{
	struct presence *p = container_of(t, struct presence, sender);

	for (int i = 0; i < SEND_MAX; i++) {
		struct list *node = list_pop(&p->ready);

		if (!node)
			return;
		send_pending(container_of(node, struct sub, timer.node));
	}
	if (!list_empty(&p->ready))
		timer_start(p->p.timers, &p->sender, SEND_PAUSE_MS);
}

void
sub_notify_init(struct presence *p)
{
	list_init(&p->ready);
	timer_init(&p->sender, on_sender);
}
