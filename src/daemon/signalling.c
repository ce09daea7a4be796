#include "daemon/signalling.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/commands.h"
#include "daemon/management.h"
#include "daemon/metrics.h"
#include "daemon/signalling_int.h"
#include "media/relay.h"

enum {
	SECOND_MS = 1000,
	GOODBYE_MS = 2000,
	TAKE_MAX = 64,
	WARM_STREAMS = 64, /* whose sockets are open before the first call */
	KEPT_STREAMS = 16, /* only for emergency calls, as many as calls are */
};

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
	    .mailbox = s->reports.out,
	    .reports_dropped = s->reports.dropped});
	if (m.p)
		reports_post(&s->reports, &m);
}

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
on_heard(void *ctx, const void *of, uint64_t token, enum sip_query kind, const char *name,
    const struct sip_dns_answer *a)
{
	struct signalling *s = ctx;

	if (of == s) /* a line's, see signalling_ops.c */
		trunk_on_heard(switchboard_trunk(s->switchboard), token, kind, name, a);
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
take_directory(struct signalling *s, struct directory *fresh, uint64_t changes)
{
	struct directory *old = s->directory;

	s->directory = fresh;
	switchboard_set_directory(s->switchboard, fresh);
	external_set_server(&s->external, dir_settings(fresh)->stun_server);
	activation_applied(s->activation, changes);
	reports_post(
	    &s->reports, &(struct to_management){.kind = TO_MANAGEMENT_OLD_DIRECTORY, .p = old});
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
			case TO_SIGNALLING_DIRECTORY:
				take_directory(s, batch[i].directory, batch[i].changes);
				break;
			case TO_SIGNALLING_RELEASE:
				journal_release(s->journal, batch[i].slot);
				break;
			case TO_SIGNALLING_TLS:
				net_set_tls(s->net, batch[i].tls);
				trunk_retry(switchboard_trunk(s->switchboard));
				break;
			case TO_SIGNALLING_WATCH: take_watch(s, &batch[i]); break;
			case TO_SIGNALLING_RULE:
				screening_set_rule(&s->screening, &batch[i].rule);
				break;
			case TO_SIGNALLING_WEB_LOGIN:
				screening_on_web_login(&s->screening, &batch[i].peer);
				break;
			case TO_SIGNALLING_RESULT:
				switchboard_on_feature_result(s->switchboard, &batch[i].result);
				break;
			case TO_SIGNALLING_MESSAGES:
				switchboard_on_voicemail_answer(s->switchboard, batch[i].answer);
				free(batch[i].answer);
				break;
			case TO_SIGNALLING_WAITING:
				switchboard_on_waiting(s->switchboard, &batch[i].waiting);
				break;
			case TO_SIGNALLING_COMMAND:
				command_execute(batch[i].command, s->switchboard);
				break;
			case TO_SIGNALLING_HANG_UP:
				if (call_hang_up(switchboard_calls(s->switchboard),
					slice_cstr(batch[i].call_id)) != ERR_OK)
					log_debug(CALL, "[%s] cannot be ended: it is over",
					    batch[i].call_id);
				break;
			}
}

static void
report_screening(void *ctx, const struct guard_report *r)
{
	reports_copy(
	    &((struct signalling *)ctx)->reports, REPORT_SCREENING, 0, false, r, sizeof *r);
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
	enum err e =
	    net_new(&s->net, s->loop, &(struct net_config){.dscp = p->settings->sip_dscp}, &ops, s);

	if (e == ERR_OK)
		e = net_dns_new(&s->dns, s->loop,
		    &(struct net_dns_params){
			.servers = p->dns_servers, .on_heard = on_heard, .heard_ctx = s},
		    &s->rng);
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
open_media(struct signalling *s, const struct signalling_params *sp, char *why, size_t why_bytes)
{
	const struct settings *set = sp->settings;
	struct media_relay_params p = {.port_min = (uint16_t)set->rtp_port_min,
	    .port_max = (uint16_t)set->rtp_port_max,
	    .warm_streams = WARM_STREAMS,
	    .kept_streams = KEPT_STREAMS,
	    .fastpath = sp->no_fastpath ? MEDIA_FASTPATH_OFF : MEDIA_FASTPATH_ON};
	enum err e = media_relay_new(&s->media, s->loop, &p);

	if (e != ERR_OK)
		snprintf(why, why_bytes, "the media engine cannot use ports %u to %u: %s",
		    set->rtp_port_min, set->rtp_port_max, err_text(e));
	return e;
}

/* Of the European plan. NULL: no memory. */
static struct media_sound *
open_tone(struct signalling *s, enum tone tone)
{
	struct media_sound_params p = {
	    .tone = tone_find(SLICE(""), tone), .shared = true, .rate_hz = MEDIA_NARROW_HZ};
	struct media_sound *sound = NULL;

	if (media_sound_new(s->media, &p, &sound) != ERR_OK)
		log_error(MEDIA, "no memory for a tone");
	return sound;
}

static void
open_tones(struct signalling *s)
{
	s->hold_tone = open_tone(s, TONE_WAITING); /* where no music can be played */
	s->ringback = open_tone(s, TONE_RINGING);
	s->refusal_tone = open_tone(s, TONE_SPECIAL);
}

static void
drop_tones(struct signalling *s)
{
	media_sound_drop(s->media, s->hold_tone);
	media_sound_drop(s->media, s->ringback);
	media_sound_drop(s->media, s->refusal_tone);
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
	/* with each wake-up come the quiet commands: journal slots to release */
	reports_init(&s->reports, p->to_management, loop_timers(s->loop), take_commands, s);
	e = open_net(s, p, why, why_bytes);
	if (e == ERR_OK)
		e = open_media(s, p, why, why_bytes);
	if (e != ERR_OK)
		return e;
	open_tones(s);
	e = switchboard_new(
	    &s->switchboard, &(struct switchboard_params){.timers = loop_timers(s->loop),
				 .rng = &s->rng,
				 .media = s->media,
				 .prompts = p->folders,
				 .hold_tone = s->hold_tone,
				 .ringback = s->ringback,
				 .refusal_tone = s->refusal_tone,
				 .directory = s->directory,
				 .ops = &signalling_ops,
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
	s->kept = p->kept;
	s->in = p->in;
	s->activation = p->activation;
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
restore_registration(void *ctx, uint32_t handle, struct slice value)
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

static void
restore_called(void *ctx, uint32_t handle, struct slice value)
{
	struct signalling *s = ctx;

	call_restore_called(switchboard_calls(s->switchboard), handle, value);
}

enum err
signalling_restore(struct signalling *s)
{
	static void (*const restore[KEPT_KINDS])(void *ctx, uint32_t handle, struct slice value) = {
	    [KEPT_REGISTRATIONS] = restore_registration,
	    [KEPT_SUBSCRIPTIONS] = restore_subscription,
	    [KEPT_CALLED] = restore_called};
	enum err e = ERR_OK;

	for (int i = 0; i < KEPT_KINDS && e == ERR_OK; i++)
		e = keep_each(s->kept->in[i], restore[i], s);
	return e;
}

void
signalling_spent(void *ctx, int64_t line, uint32_t minutes, int64_t charge_micro)
{
	struct signalling *s = ctx;

	call_spent(switchboard_calls(s->switchboard), line, minutes, charge_micro);
}

void
signalling_pin_locked(void *ctx, int64_t phone, int64_t at_ms)
{
	struct signalling *s = ctx;

	call_pin_locked(switchboard_calls(s->switchboard), phone, at_ms);
}

void
signalling_run(struct signalling *s)
{
	timer_start(loop_timers(s->loop), &s->second, SECOND_MS);
	screening_start(&s->screening);
	loop_run(s->loop);
	timer_stop(&s->second);
	screening_stop(&s->screening);
	reports_flush(&s->reports);
	take_commands(s);
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
	reports_fini(&s->reports);
	net_free(s->net);
	loop_free(s->loop);
	if (s->media)
		drop_tones(s);
	media_relay_free(s->media);
	directory_free(s->directory);
	free(s);
}
