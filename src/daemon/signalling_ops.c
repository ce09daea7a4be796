/* What the switchboard asks for: real sockets, names and clocks, files that outlive the process,
 * and somebody who tells people. */
#include <stdlib.h>

#include "daemon/signalling_int.h"

static void
sb_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct signalling *s = ctx;

	(void)net_send(s->net, flow, bytes); /* counted there; SIP sends again */
}

static enum err
sb_local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *out)
{
	struct signalling *s = ctx;

	return net_local_for(s->net, t, remote, out);
}

static int64_t
sb_wall_ms(void *ctx)
{
	return (int64_t)loop_wall_ms();
}

static void
sb_live_call(void *ctx, const struct live_call *call)
{
	struct signalling *s = ctx;
	size_t bytes = live_call_bytes(call);
	struct live_call *copy = reports_add(&s->reports, REPORT_LIVE_CALL, 0, false, bytes);

	if (!copy)
		return;
	memcpy(copy, call, bytes);
	copy->traced =
	    trace_filter_knows(switchboard_trace_filter(s->switchboard), slice_cstr(call->call_id));
}

static uint32_t
sb_record_begin(void *ctx, const struct cdr *cdr)
{
	struct signalling *s = ctx;

	return journal_begin(s->journal, cdr);
}

static void
sb_record_update(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct signalling *s = ctx;

	if (cdr->ended_at)
		journal_end(s->journal, handle, cdr);
	else
		journal_update(s->journal, handle, cdr);
}

static void
sb_record_end(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct signalling *s = ctx;

	journal_end(s->journal, handle, cdr);
	reports_copy(&s->reports, REPORT_RECORD, handle, false, cdr, cdr_bytes(cdr));
}

static void
on_located(void *ctx, uint64_t token, enum err result, const struct sip_hops *hops)
{
	struct signalling *s = ctx;

	switchboard_on_located(s->switchboard, token, result, hops);
}

static enum err
sb_locate(void *ctx, const struct sip_target *target, uint64_t token)
{
	struct signalling *s = ctx;

	return net_locate(s->dns, target, listeners_reach(s->net), on_located, s, token);
}

static void
sb_expect_name(void *ctx, const struct addr *remote, struct slice name)
{
	struct signalling *s = ctx;
	enum err e = net_expect_name(s->net, remote, name);

	if (e != ERR_OK)
		log_error(NET, "a provider's certificate would not be checked: %s", err_text(e));
}

static bool
sb_peer(void *ctx, const struct addr *remote, struct trunk_peer *out)
{
	struct signalling *s = ctx;
	struct net_peer peer;

	if (net_get_peer(s->net, remote, &peer) != ERR_OK)
		return false;
	*out = (struct trunk_peer){.until_s = peer.until_s};
	memcpy(out->why, peer.why, sizeof out->why);
	memcpy(out->subject, peer.subject, sizeof out->subject);
	memcpy(out->issuer, peer.issuer, sizeof out->issuer);
	return true;
}

static void
sb_keep_alive(void *ctx, const struct sip_flow *flow)
{
	struct signalling *s = ctx;

	(void)net_keep_alive(s->net, flow); /* a dead way shows at the next request */
}

static void
sb_spent(void *ctx, const struct live_spent *v)
{
	reports_copy(&((struct signalling *)ctx)->reports, REPORT_SPENT, 0, false, v, sizeof *v);
}

static void
sb_pin_locked(void *ctx, const struct pin_locked *l)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_PIN_LOCKED, 0, false, l, sizeof *l);
}

static void
sb_emergency(void *ctx, const struct live_emergency *e)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_EMERGENCY, 0, false, e, sizeof *e);
}

static void
sb_order(void *ctx, const struct feature_order *order)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_ORDER, 0, false, order, sizeof *order);
}

static void
sb_voicemail_began(void *ctx, const struct voicemail_began *b)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_MESSAGE_BEGAN, 0, false, b, sizeof *b);
}

static void
sb_voicemail_ended(void *ctx, const struct voicemail_ended *e)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_MESSAGE_ENDED, 0, false, e, sizeof *e);
}

static void
sb_voicemail_ask(void *ctx, const struct voicemail_ask *ask)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_MESSAGE_ASK, 0, false, ask, sizeof *ask);
}

static void
sb_completion(void *ctx, const struct live_completion *c)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_COMPLETION, 0, false, c, sizeof *c);
}

static void
sb_completed(void *ctx, const struct live_completed *c)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_COMPLETED, 0, false, c, sizeof *c);
}

static void
sb_line(void *ctx, const struct live_line *l, bool removed)
{
	reports_copy(&((struct signalling *)ctx)->reports, REPORT_LINE, 0, removed, l, sizeof *l);
}

static void
sb_registration(void *ctx, const struct live_registration *r, bool removed)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_REGISTRATION, 0, removed, r, sizeof *r);
}

/* ---- what is kept ---- */

static void
keep_value(struct signalling *s, enum kept_kind kind, uint32_t *handle, struct slice value)
{
	enum err e = keep_put(s->kept->in[kind], handle, value);

	if (e != ERR_OK && log_limit_pass(&s->keep_log, LOG_SUB_STORE, loop_now_ms(s->loop)))
		log_error(
		    STORE, "a %s would not survive a restart: %s", kept_name(kind), err_text(e));
}

static void
forget_value(const struct signalling *s, enum kept_kind kind, uint32_t handle)
{
	keep_drop(s->kept->in[kind], handle);
}

static void
sb_binding_keep(void *ctx, uint32_t *handle, struct slice value)
{
	keep_value(ctx, KEPT_REGISTRATIONS, handle, value);
}

static void
sb_binding_forget(void *ctx, uint32_t handle)
{
	forget_value(ctx, KEPT_REGISTRATIONS, handle);
}

static void
sb_subscription_keep(void *ctx, uint32_t *handle, struct slice value)
{
	keep_value(ctx, KEPT_SUBSCRIPTIONS, handle, value);
}

static void
sb_subscription_forget(void *ctx, uint32_t handle)
{
	forget_value(ctx, KEPT_SUBSCRIPTIONS, handle);
}

static void
sb_called_keep(void *ctx, uint32_t *handle, struct slice value)
{
	keep_value(ctx, KEPT_CALLED, handle, value);
}

static void
sb_called_forget(void *ctx, uint32_t handle)
{
	forget_value(ctx, KEPT_CALLED, handle);
}

/* ---- what is told ---- */

static void
sb_subscription(void *ctx, const struct live_subscription *s, bool removed)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_SUBSCRIPTION, 0, removed, s, sizeof *s);
}

static void
sb_telephony(void *ctx, const struct live_telephony *t)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_TELEPHONY, 0, false, t, sizeof *t);
}

static void
sb_orbit(void *ctx, const struct live_orbit *o)
{
	reports_copy(&((struct signalling *)ctx)->reports, REPORT_ORBIT, 0, false, o, sizeof *o);
}

static void
sb_conference(void *ctx, const struct live_conference *c)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_CONFERENCE, 0, false, c, sizeof *c);
}

static void
sb_conference_member(void *ctx, const struct live_conference_member *m)
{
	reports_copy(&((struct signalling *)ctx)->reports, REPORT_MEMBER, 0, false, m, sizeof *m);
}

static void
sb_trace(void *ctx, const struct trace_record *record)
{
	struct trace_record r = *record;

	r.at_ms = (int64_t)loop_wall_ms();
	reports_trace(&((struct signalling *)ctx)->reports, &r);
}

static void
sb_block(void *ctx, const struct guard_block *b)
{
	screening_on_block(&((struct signalling *)ctx)->screening, b);
}

static void
sb_unblock(void *ctx, const struct addr_net *net)
{
	screening_on_unblock(&((struct signalling *)ctx)->screening, net);
}

static void
sb_hold(void *ctx, const struct addr_net *net, uint32_t seconds)
{
	screening_on_hold(&((struct signalling *)ctx)->screening, net, seconds);
}

const struct switchboard_ops signalling_ops = {.send = sb_send,
    .on_block = sb_block,
    .on_unblock = sb_unblock,
    .on_hold = sb_hold,
    .local_for = sb_local_for,
    .wall_ms = sb_wall_ms,
    .on_live_call = sb_live_call,
    .on_emergency = sb_emergency,
    .on_spent = sb_spent,
    .on_pin_locked = sb_pin_locked,
    .order = sb_order,
    .voicemail_began = sb_voicemail_began,
    .voicemail_ended = sb_voicemail_ended,
    .voicemail_ask = sb_voicemail_ask,
    .on_completion = sb_completion,
    .on_completed = sb_completed,
    .record_begin = sb_record_begin,
    .record_update = sb_record_update,
    .record_end = sb_record_end,
    .on_registration = sb_registration,
    .locate = sb_locate,
    .expect_name = sb_expect_name,
    .peer = sb_peer,
    .keep_alive = sb_keep_alive,
    .on_line = sb_line,
    .binding_keep = sb_binding_keep,
    .binding_forget = sb_binding_forget,
    .subscription_keep = sb_subscription_keep,
    .subscription_forget = sb_subscription_forget,
    .called_keep = sb_called_keep,
    .called_forget = sb_called_forget,
    .on_subscription = sb_subscription,
    .on_telephony = sb_telephony,
    .on_orbit = sb_orbit,
    .on_conference = sb_conference,
    .on_conference_member = sb_conference_member,
    .on_trace = sb_trace};
