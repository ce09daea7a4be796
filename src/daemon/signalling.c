#include "daemon/signalling.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "daemon/external.h"
#include "daemon/listeners.h"
#include "daemon/management.h"
#include "daemon/metrics.h"
#include "daemon/screening.h"
#include "daemon/switchboard.h"
#include "media/relay.h"

enum {
	WAKE_MS = 20, /* management is woken at most so often */
	SECOND_MS = 1000,
	GOODBYE_MS = 2000,
	TAKE_MAX = 64,
	TRACE_BATCH_BYTES = 65536,
	WARM_STREAMS = 64, /* whose sockets are open before the first call */
};

/* A message that must not get lost, waiting for room in the mailbox. */
struct waiting {
	struct list link;
	struct to_management message;
};

struct signalling {
	struct loop *loop;
	struct net *net;
	struct net_dns *dns;
	struct external external;
	struct media *media;
	struct switchboard *switchboard;
	struct rng rng;
	struct directory *directory;
	struct journal *journal;
	struct keep *keep, *kept_subscriptions;
	struct log_limit keep_log;
	struct mailbox *in, *out;
	struct screening screening;
	struct timer wake, second, goodbye;
	struct list waiting;
	struct trace_block *traces; /* being filled; NULL: nothing yet */
	uint64_t dropped;	    /* reports management had no room for */
	uint16_t sip_port;
	bool stopping;
	uint64_t goodbye_until_ms;
};

/* ---- to management ---- */

static void
arm_wake(struct signalling *s)
{
	if (!timer_active(&s->wake))
		timer_start(loop_timers(s->loop), &s->wake, WAKE_MS);
}

static void
wait_for_room(struct signalling *s, const struct to_management *m)
{
	struct waiting *w = malloc(sizeof *w);

	if (!w) { /* records are still in the journal */
		management_drop(m);
		return;
	}
	w->message = *m;
	list_push(&s->waiting, &w->link);
}

static void
post(struct signalling *s, const struct to_management *m)
{
	bool precious = m->kind == TO_MANAGEMENT_RECORD || m->kind == TO_MANAGEMENT_OLD_DIRECTORY ||
			m->kind == TO_MANAGEMENT_LINE;

	arm_wake(s);
	if (list_empty(&s->waiting) && mailbox_post_quiet(s->out, m) == ERR_OK)
		return;
	if (precious) {
		wait_for_room(s, m);
		return;
	}
	s->dropped++;
	management_drop(m);
}

static void
post_copy(struct signalling *s, enum management_kind kind, uint32_t slot, bool removed,
    const void *value, size_t bytes)
{
	struct to_management m = {
	    .kind = kind, .slot = slot, .removed = removed, .p = malloc(bytes)};

	if (!m.p) {
		s->dropped++;
		return;
	}
	memcpy(m.p, value, bytes);
	post(s, &m);
}

static void take_commands(void *ctx);
static void post_traces(struct signalling *s);

static void
on_wake(struct timer *t)
{
	struct signalling *s = container_of(t, struct signalling, wake);
	struct list *node;

	post_traces(s);
	while ((node = list_pop(&s->waiting))) {
		struct waiting *w = container_of(node, struct waiting, link);

		if (mailbox_post_quiet(s->out, &w->message) != ERR_OK) {
			list_push_front(&s->waiting, node);
			break;
		}
		free(w);
	}
	mailbox_wake_if_dirty(s->out);
	take_commands(s); /* quiet ones: journal slots to release */
	if (!list_empty(&s->waiting))
		arm_wake(s);
}

static void
on_second(struct timer *t)
{
	struct signalling *s = container_of(t, struct signalling, second);
	struct to_management m = {.kind = TO_MANAGEMENT_METRICS};

	timer_start(loop_timers(s->loop), &s->second, SECOND_MS);
	journal_tick(s->journal, (int64_t)loop_wall_ms());
	m.p = metrics_collect(&(struct metrics_sources){.net = s->net,
	    .media = s->media,
	    .dns = s->dns,
	    .switchboard = s->switchboard,
	    .firewall = s->screening.firewall,
	    .mailbox = s->out,
	    .reports_dropped = s->dropped});
	if (m.p)
		post(s, &m);
}

/* ---- what the switchboard asks for ---- */

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
	struct to_management m = {.kind = TO_MANAGEMENT_LIVE_CALL, .p = malloc(sizeof *call)};
	struct live_call *copy = m.p;

	if (!copy) {
		s->dropped++;
		return;
	}
	*copy = *call;
	copy->traced =
	    trace_filter_knows(switchboard_trace_filter(s->switchboard), slice_cstr(call->call_id));
	post(s, &m);
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
	post_copy(s, TO_MANAGEMENT_RECORD, handle, false, cdr, sizeof *cdr);
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

static void
sb_keep_alive(void *ctx, const struct sip_flow *flow)
{
	struct signalling *s = ctx;

	(void)net_keep_alive(s->net, flow); /* a dead way shows at the next request */
}

static void
sb_line(void *ctx, const struct live_line *l, bool removed)
{
	post_copy(ctx, TO_MANAGEMENT_LINE, 0, removed, l, sizeof *l);
}

static void
sb_registration(void *ctx, const struct live_registration *r, bool removed)
{
	post_copy(ctx, TO_MANAGEMENT_REGISTRATION, 0, removed, r, sizeof *r);
}

static void
sb_binding_keep(void *ctx, uint32_t *handle, struct slice value)
{
	struct signalling *s = ctx;
	enum err e = keep_put(s->keep, handle, value);

	if (e != ERR_OK && log_limit_pass(&s->keep_log, LOG_SUB_STORE, loop_now_ms(s->loop)))
		log_error(STORE, "a registration would not survive a restart: %s", err_text(e));
}

static void
sb_binding_forget(void *ctx, uint32_t handle)
{
	keep_drop(((struct signalling *)ctx)->keep, handle);
}

static void
sb_subscription(void *ctx, const struct live_subscription *s, bool removed)
{
	post_copy(ctx, TO_MANAGEMENT_SUBSCRIPTION, 0, removed, s, sizeof *s);
}

static void
sb_subscription_keep(void *ctx, uint32_t *handle, struct slice value)
{
	struct signalling *s = ctx;
	enum err e = keep_put(s->kept_subscriptions, handle, value);

	if (e != ERR_OK && log_limit_pass(&s->keep_log, LOG_SUB_STORE, loop_now_ms(s->loop)))
		log_error(STORE, "a subscription would not survive a restart: %s", err_text(e));
}

static void
sb_subscription_forget(void *ctx, uint32_t handle)
{
	keep_drop(((struct signalling *)ctx)->kept_subscriptions, handle);
}

static void
post_traces(struct signalling *s)
{
	struct trace_block *block = s->traces;

	s->traces = NULL;
	if (block)
		post(s, &(struct to_management){.kind = TO_MANAGEMENT_TRACE, .p = block});
}

/* Collected: what is traced in 20 ms goes in one block. */
static void
sb_trace(void *ctx, const struct trace_record *record)
{
	struct signalling *s = ctx;
	struct trace_record r = *record;

	r.at_ms = (int64_t)loop_wall_ms();
	for (int attempt = 0; attempt < 2; attempt++) {
		if (!s->traces) {
			s->traces = trace_block_new(TRACE_BATCH_BYTES);
			arm_wake(s);
		}
		if (s->traces && trace_block_add(s->traces, &r) == ERR_OK)
			return;
		post_traces(s); /* full */
	}
	s->dropped++;
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

static void
report_screening(void *ctx, const struct guard_report *r)
{
	post_copy(ctx, TO_MANAGEMENT_SCREENING, 0, false, r, sizeof *r);
}

static const struct switchboard_ops switchboard_ops = {.send = sb_send,
    .on_block = sb_block,
    .on_unblock = sb_unblock,
    .on_hold = sb_hold,
    .local_for = sb_local_for,
    .wall_ms = sb_wall_ms,
    .on_live_call = sb_live_call,
    .record_begin = sb_record_begin,
    .record_update = sb_record_update,
    .record_end = sb_record_end,
    .on_registration = sb_registration,
    .locate = sb_locate,
    .expect_name = sb_expect_name,
    .keep_alive = sb_keep_alive,
    .on_line = sb_line,
    .binding_keep = sb_binding_keep,
    .binding_forget = sb_binding_forget,
    .subscription_keep = sb_subscription_keep,
    .subscription_forget = sb_subscription_forget,
    .on_subscription = sb_subscription,
    .on_trace = sb_trace};

/* ---- from the transports ---- */

static void
on_message(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct signalling *s = ctx;

	switchboard_on_message(s->switchboard, flow, bytes);
}

static void
on_closed(void *ctx, const struct sip_flow *flow)
{
	struct signalling *s = ctx;

	switchboard_on_closed(s->switchboard, flow);
}

static void
on_external(void *ctx, const struct addr *a)
{
	struct signalling *s = ctx;
	char text[ADDR_TEXT_MAX];

	log_info(
	    NET, "the STUN server sees us at %s", a->family ? addr_text(a, text) : "no address");
	switchboard_set_stun_address(s->switchboard, a);
}

/* ---- from management ---- */

static void
take_directory(struct signalling *s, struct directory *fresh)
{
	struct directory *old = s->directory;

	s->directory = fresh;
	switchboard_set_directory(s->switchboard, fresh);
	external_set_server(&s->external, dir_settings(fresh)->stun_server);
	post(s, &(struct to_management){.kind = TO_MANAGEMENT_OLD_DIRECTORY, .p = old});
}

static void
take_watch(struct signalling *s, const struct to_signalling *m)
{
	uint64_t now = loop_now_ms(s->loop);
	enum err e = trace_filter_watch(switchboard_trace_filter(s->switchboard),
	    slice_cstr(m->call_id), now, m->slot ? now + (uint64_t)m->slot * 1000 : 0);

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		log_warn(CALL, "%s cannot be traced: %s", m->call_id, err_text(e));
}

void
signalling_set_rule(void *ctx, const struct guard_rule *rule)
{
	screening_set_rule(&((struct signalling *)ctx)->screening, rule);
}

static void
take_commands(void *ctx)
{
	struct signalling *s = ctx;
	struct to_signalling batch[TAKE_MAX];
	size_t n;

	while ((n = mailbox_take_batch(s->in, batch, TAKE_MAX)) > 0)
		for (size_t i = 0; i < n; i++)
			switch (batch[i].kind) {
			case TO_SIGNALLING_DIRECTORY: take_directory(s, batch[i].directory); break;
			case TO_SIGNALLING_RELEASE:
				journal_release(s->journal, batch[i].slot);
				break;
			case TO_SIGNALLING_TLS: net_set_tls(s->net, batch[i].tls); break;
			case TO_SIGNALLING_WATCH: take_watch(s, &batch[i]); break;
			case TO_SIGNALLING_RULE:
				screening_set_rule(&s->screening, &batch[i].rule);
				break;
			case TO_SIGNALLING_WEB_LOGIN:
				screening_on_web_login(&s->screening, &batch[i].peer);
				break;
			case TO_SIGNALLING_HANG_UP:
				if (call_hang_up(switchboard_calls(s->switchboard),
					slice_cstr(batch[i].call_id)) != ERR_OK)
					log_debug(CALL, "[%s] cannot be ended: it is over",
					    batch[i].call_id);
				break;
			}
}

/* ---- start and stop ---- */

static void
on_goodbye(struct timer *t)
{
	struct signalling *s = container_of(t, struct signalling, goodbye);
	if (switchboard_is_stopped(s->switchboard) || loop_now_ms(s->loop) >= s->goodbye_until_ms) {
		loop_stop(s->loop);
		return;
	}
	timer_start(loop_timers(s->loop), &s->goodbye, 20);
}

static void
on_terminate(void *ctx, int signal_number)
{
	struct signalling *s = ctx;

	if (s->stopping) { /* the second one: at once */
		loop_stop(s->loop);
		return;
	}
	s->stopping = true;
	log_info(DAEMON, "stopping");
	switchboard_stop(s->switchboard);
	s->goodbye_until_ms = loop_now_ms(s->loop) + GOODBYE_MS;
	timer_start(loop_timers(s->loop), &s->goodbye, 20);
}

/* The transports, with what they need to find their way. */
static enum err
open_net(struct signalling *s, const struct signalling_params *p, char *why, size_t why_bytes)
{
	static const struct net_ops ops = {
	    .on_message = on_message, .on_closed = on_closed, .on_external = on_external};
	enum err e = net_new(&s->net, s->loop, &(struct net_config){0}, &ops, s);

	if (e == ERR_OK)
		e = net_dns_new(
		    &s->dns, s->loop, &(struct net_dns_params){.servers = p->dns_servers}, &s->rng);
	if (e == ERR_INVALID) {
		net_tls_free(p->tls);
		snprintf(why, why_bytes, "'%s' is no list of name servers", p->dns_servers);
		return e;
	}
	if (e != ERR_OK) {
		net_tls_free(p->tls);
		snprintf(why, why_bytes, "the transports cannot start: %s", err_text(e));
		return e;
	}
	external_init(&s->external, s->net, s->dns, loop_timers(s->loop));
	if (p->tls)
		net_set_tls(s->net, p->tls);
	return listeners_open(s->net, p->settings, p->any_port, &s->sip_port, why, why_bytes);
}

static enum err
open_media(struct signalling *s, const struct settings *set, char *why, size_t why_bytes)
{
	struct media_relay_params p = {.port_min = (uint16_t)set->rtp_port_min,
	    .port_max = (uint16_t)set->rtp_port_max,
	    .warm_streams = WARM_STREAMS};
	enum err e = media_relay_new(&s->media, s->loop, &p);

	if (e != ERR_OK)
		snprintf(why, why_bytes, "the media engine cannot use ports %u to %u: %s",
		    set->rtp_port_min, set->rtp_port_max, err_text(e));
	return e;
}

static enum err
open_all(struct signalling *s, const struct signalling_params *p, char *why, size_t why_bytes)
{
	enum err e = loop_new(&s->loop);

	snprintf(why, why_bytes, "the event loop cannot start: %s", err_text(e));
	if (e != ERR_OK) {
		net_tls_free(p->tls);
		return e;
	}
	e = open_net(s, p, why, why_bytes);
	if (e == ERR_OK)
		e = open_media(s, p->settings, why, why_bytes);
	if (e != ERR_OK)
		return e;
	e = switchboard_new(
	    &s->switchboard, &(struct switchboard_params){.timers = loop_timers(s->loop),
				 .rng = &s->rng,
				 .media = s->media,
				 .directory = s->directory,
				 .ops = &switchboard_ops,
				 .ctx = s});
	s->screening = (struct screening){.loop = s->loop,
	    .net = s->net,
	    .switchboard = s->switchboard,
	    .report = report_screening,
	    .ctx = s};
	if (e == ERR_OK)
		e = loop_mailbox_attach(s->loop, s->in, take_commands, s);
	if (e == ERR_OK)
		e = loop_on_terminate(s->loop, on_terminate, s);
	if (e != ERR_OK)
		snprintf(why, why_bytes, "signalling cannot start: %s", err_text(e));
	else
		external_set_server(&s->external, dir_settings(s->directory)->stun_server);
	return e;
}

enum err
signalling_new(
    struct signalling **out, const struct signalling_params *p, char *why, size_t why_bytes)
{
	struct signalling *s = calloc(1, sizeof *s);
	enum err e;

	if (!s) {
		directory_free(p->directory);
		net_tls_free(p->tls);
		snprintf(why, why_bytes, "out of memory");
		return ERR_NOMEM;
	}
	s->directory = p->directory;
	s->journal = p->journal;
	s->keep = p->keep;
	s->kept_subscriptions = p->subscriptions;
	s->in = p->in;
	s->out = p->to_management;
	list_init(&s->waiting);
	timer_init(&s->wake, on_wake);
	timer_init(&s->second, on_second);
	timer_init(&s->goodbye, on_goodbye);
	rng_init_system(&s->rng);
	e = open_all(s, p, why, why_bytes);
	if (e != ERR_OK) {
		signalling_free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
signalling_set_firewall(struct signalling *s, struct firewall *f)
{
	s->screening.firewall = f;
}

uint16_t
signalling_sip_port(const struct signalling *s)
{
	return s->sip_port;
}

size_t
signalling_listeners(const struct signalling *s, struct net_listener *out, size_t max)
{
	return net_local_addrs(s->net, out, max);
}

static void
restore(void *ctx, uint32_t handle, struct slice value)
{
	struct signalling *s = ctx;

	switchboard_restore(s->switchboard, handle, value);
}

static void
restore_subscription(void *ctx, uint32_t handle, struct slice value)
{
	struct signalling *s = ctx;

	switchboard_restore_subscription(s->switchboard, handle, value);
}

enum err
signalling_restore(struct signalling *s)
{
	enum err e = keep_each(s->keep, restore, s);

	return e == ERR_OK ? keep_each(s->kept_subscriptions, restore_subscription, s) : e;
}

void
signalling_run(struct signalling *s)
{
	timer_start(loop_timers(s->loop), &s->second, SECOND_MS);
	screening_start(&s->screening);
	loop_run(s->loop);
	timer_stop(&s->second);
	screening_stop(&s->screening);
	on_wake(&s->wake);
}

void
signalling_free(struct signalling *s)
{
	if (!s)
		return;
	if (s->media)
		media_relay_stop(s->media);
	external_fini(&s->external);
	net_dns_free(s->dns);
	switchboard_free(s->switchboard);
	net_free(s->net);
	loop_free(s->loop);
	media_relay_free(s->media);
	LIST_FOR_EACH_SAFE (it, &s->waiting) {
		struct waiting *w = container_of(it, struct waiting, link);

		management_drop(&w->message);
		free(w);
	}
	free(s->traces);
	directory_free(s->directory);
	free(s);
}
