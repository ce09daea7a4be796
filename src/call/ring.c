/*
 * Ringing: executes a plan's targets. Each contact of each target is a fork of its
 * own with the same media ports; the first that answers wins, the others are
 * cancelled with the word that the call was taken elsewhere (RFC 3326).
 */
#include <stdio.h>

#include "call/call_int.h"

#define COMPLETED_ELSEWHERE SLICE("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n")

static void fork_failed(struct leg *l, uint16_t status);

/* Tells the caller that it rings, once for each thing worth telling. */
static void
tell_caller(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	uint16_t status = resp->status == 180 ? 180 : 183;
	struct slice sdp = {0};

	if (resp->body.n && !c->offer_late && (!c->early || c->early == l)) {
		if (bridge_take(l, resp->body, &l->dialog.flow, true) != ERR_OK ||
		    bridge_give(l, &c->caller, &sdp) != ERR_OK)
			return; /* the final answer will show whether this phone is usable */
		c->early = l;
	} else if (c->rang) {
		return;
	}
	c->rang = true;
	if (leg_accept(&c->caller, status, SLICE(""), sdp) != ERR_OK)
		call_log(LOG_WARN, c, "%u could not be passed on", status);
	if (!c->ringing_at) {
		c->ringing_at = c->sw->p.ops->wall_ms(c->sw->p.ctx);
		record_live(c, LIVE_CALL_RINGING);
	}
}

static bool fork_invite(struct leg *l);

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct leg *l = user;
	struct call *c = l->call;

	if (resp->status >= 200 && resp->status < 300) {
		answer_on_2xx(l, resp);
		return;
	}
	if (resp->status > 100 && resp->status < 200) {
		if (resp->to.tag.n && sip_dialog_on_response(&l->dialog, &c->arena, resp) != ERR_OK)
			return;
		if (l->state == LEG_ASKING && c->state == CALL_RINGING)
			tell_caller(l, resp);
		return;
	}
	if (resp->status < 300)
		return;
	if (resp->status == 422 && l->state == LEG_ASKING &&
	    (l->session_s = session_after_422(l, resp))) {
		sip_client_detach(tsx);
		l->invite_out = NULL;
		if (fork_invite(l))
			return;
	}
	fork_failed(l, resp->status);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct leg *l = user;

	fork_failed(l, why == ERR_TIMEOUT ? 408 : 503);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct leg *l = user;

	l->invite_out = NULL;
}

static const struct sip_client_ops fork_ops = {
    .on_response = on_response, .on_failed = on_failed, .on_gone = on_gone};

static bool
fork_invite(struct leg *l)
{
	struct call *c = l->call;
	struct slice sdp = {0};
	char extra[256];
	struct buf b;
	enum err e = ERR_OK;

	if (!c->offer_late)
		e = bridge_give(&c->caller, l, &sdp);
	buf_init(&b, extra, sizeof extra);
	session_write_offer(l, &b);
	if (e == ERR_OK)
		e = leg_request(l, SIP_INVITE, buf_slice(&b),
		    sdp.n ? SLICE("application/sdp") : SLICE(""), sdp, &fork_ops, l,
		    &l->invite_out);
	l->invite_out_pending = e == ERR_OK;
	if (e != ERR_OK)
		call_log(LOG_WARN, c, "phone %.*s cannot be called: %s", SLICE_FMT(l->phone_name),
		    err_text(e));
	return e == ERR_OK;
}

/* `"Anna Berg" <sip:101@192.0.2.1>`: the host is ours as this phone sees us. */
static void
write_party(struct buf *b, const struct routing_party *p, const struct addr *host)
{
	char uri[LIVE_NUMBER_BYTES + ADDR_TEXT_MAX + 8];
	struct buf u;

	buf_init(&u, uri, sizeof uri);
	buf_lit(&u, "sip:");
	buf_put(&u, p->number);
	buf_char(&u, '@');
	addr_write_host(&u, host);
	sip_write_name_addr(b, p->name, buf_slice(&u), SLICE(""));
}

static enum err
fork_new(
    struct call *c, struct slice phone_name, const struct call_contact *contact, struct leg **out)
{
	char from[512], to[512], id[40];
	struct addr host;
	struct buf f, t, i;
	struct leg *l = arena_new(&c->arena, struct leg);
	enum err e;

	if (!l || arena_dup(&c->arena, phone_name, &l->phone_name) != ERR_OK)
		return ERR_NOMEM;
	buf_init(&f, from, sizeof from);
	buf_init(&t, to, sizeof to);
	buf_init(&i, id, sizeof id);
	sip_core_address(c->sw->p.core, &contact->flow, &host);
	write_party(&f, &c->caller_party, &host);
	write_party(&t, &c->called_party, &host);
	buf_put(&i, slice_make(c->id, 16));
	buf_char(&i, '-');
	rng_token(c->sw->p.rng, &i, 16);
	if (!buf_ok(&f) || !buf_ok(&t))
		return ERR_TOO_BIG;
	e = sip_dialog_init_uac(&l->dialog, &c->sw->dialogs, &c->arena, c->sw->p.rng,
	    &(struct sip_dialog_uac_params){.local = buf_slice(&f),
		.remote = buf_slice(&t),
		.target = contact->uri,
		.call_id = buf_slice(&i),
		.flow = contact->flow});
	if (e != ERR_OK)
		return e;
	leg_init(l, c, MEDIA_CALLED, LEG_ASKING);
	list_push(&c->forks, &l->link);
	*out = l;
	return ERR_OK;
}

static void
ring_phone(struct call *c, const struct routing_target *target)
{
	struct call_contact contact[CALL_CONTACTS_MAX];
	size_t n = c->sw->p.ops->contacts(c->sw->p.ctx, target->phone, contact, CALL_CONTACTS_MAX);

	for (size_t i = 0; i < n && c->forks_asking < CALL_LEGS_MAX; i++) {
		struct leg *l;

		if (fork_new(c, target->phone_name, &contact[i], &l) != ERR_OK) {
			call_log(LOG_WARN, c, "no memory for another phone");
			continue;
		}
		c->forks_asking++;
		if (!fork_invite(l)) {
			c->forks_asking--;
			c->best_status = status_better(c->best_status, 480);
			leg_done(l);
		}
	}
}

/* Launches the targets that are due; arms the timer for the next or the end. */
static void
ring_next(struct call *c)
{
	struct timers *timers = c->sw->p.timers;
	uint64_t now = timers_now_ms(timers), next = c->ring_deadline_ms;

	while (c->next_target < c->n_targets) {
		const struct routing_target *t = &c->target[c->next_target];
		uint64_t due = c->ring_start_ms + t->delay_ms;

		if (due > now && c->forks_asking > 0) {
			next = due < next ? due : next;
			break;
		}
		c->next_target++; /* nobody rings: do not wait for the next one */
		ring_phone(c, t);
	}
	if (c->forks_asking == 0) {
		uint16_t status = c->best_status ? c->best_status : 480;

		call_end(c, status_result(status), CDR_BY_CALLED, status);
		return;
	}
	timer_start(timers, &c->ring, next > now ? next - now : 0);
}

static void
on_ring_timer(struct timer *t)
{
	struct call *c = container_of(t, struct call, ring);

	if (timers_now_ms(c->sw->p.timers) < c->ring_deadline_ms) {
		ring_next(c);
		return;
	}
	record_reason(c, REASON_NO_ANSWER, NULL);
	call_end(c, CDR_NO_ANSWER, CDR_BY_SYSTEM, 480);
}

static void
fork_failed(struct leg *l, uint16_t status)
{
	struct call *c = l->call;
	bool asking = l->state == LEG_ASKING;
	char code[8];

	l->invite_out_pending = false;
	if (asking && c->state == CALL_RINGING) {
		snprintf(code, sizeof code, "%u", status);
		record_reason(c, REASON_PHONE_ANSWERED,
		    REASON_ARGS(l->phone_name, slice_cstr(code), sip_reason(status)));
	}
	if (c->early == l)
		c->early = NULL;
	if (asking)
		c->forks_asking--;
	leg_done(l);
	if (!asking || c->state != CALL_RINGING)
		return;
	c->best_status = status_better(c->best_status, status_for_caller(status));
	if (status >= 600) { /* a person said no, for all phones (RFC 3261, 16.7) */
		call_end(c, status_result(c->best_status), CDR_BY_CALLED, c->best_status);
		return;
	}
	if (c->forks_asking == 0)
		ring_next(c);
}

void
ring_on_winner(struct leg *l)
{
	l->call->forks_asking--;
	timer_stop(&l->call->ring);
	ring_stop(l->call, l, COMPLETED_ELSEWHERE);
}

void
ring_stop(struct call *c, const struct leg *keep, struct slice reason_hdr)
{
	LIST_FOR_EACH_SAFE (it, &c->forks) {
		struct leg *l = container_of(it, struct leg, link);

		if (l == keep || l->state != LEG_ASKING)
			continue;
		l->state = LEG_CANCELLED;
		c->forks_asking--;
		if (l->invite_out_pending)
			sip_client_cancel(l->invite_out, reason_hdr);
		else
			leg_done(l);
	}
}

/* IPv6 sockets also reach IPv4 peers, so one phone with IPv6 decides. */
static uint8_t
called_family(struct call *c)
{
	struct call_contact contact[CALL_CONTACTS_MAX];

	for (size_t t = 0; t < c->n_targets; t++) {
		size_t n = c->sw->p.ops->contacts(
		    c->sw->p.ctx, c->target[t].phone, contact, CALL_CONTACTS_MAX);

		for (size_t i = 0; i < n; i++)
			if (contact[i].flow.remote.family == 6)
				return 6;
	}
	return 4;
}

static enum err
keep_targets(struct call *c, const struct routing_plan *plan)
{
	enum err e = ERR_OK;

	c->target = arena_alloc(&c->arena, plan->n_targets * sizeof *c->target);
	if (!c->target)
		return ERR_NOMEM;
	for (size_t i = 0; i < plan->n_targets && e == ERR_OK; i++) {
		c->target[i] = plan->target[i];
		e = arena_dup(&c->arena, plan->target[i].phone_name, &c->target[i].phone_name);
	}
	c->n_targets = plan->n_targets;
	return e;
}

static uint16_t
status_of_offer(enum err e)
{
	switch (e) {
	case ERR_LIMIT: return 503; /* all media ports taken */
	case ERR_MALFORMED: return 400;
	case ERR_NOMEM: return 500;
	default: return 488;
	}
}

void
ring_start(struct call *c, const struct routing_plan *plan, struct slice offer)
{
	enum err e = keep_targets(c, plan);

	timer_init(&c->ring, on_ring_timer);
	c->ring_start_ms = timers_now_ms(c->sw->p.timers);
	c->ring_deadline_ms = c->ring_start_ms + plan->ring_ms;
	if (e == ERR_OK) {
		c->called_family = called_family(c);
		if (!c->offer_late)
			e = bridge_take(&c->caller, offer, &c->caller.dialog.flow, false);
	}
	if (e != ERR_OK) {
		record_reason(c, REASON_CALLER_MEDIA, REASON_ARGS(slice_cstr(err_text(e))));
		call_end(c, CDR_FAILED, CDR_BY_SYSTEM, status_of_offer(e));
		return;
	}
	ring_next(c);
}
