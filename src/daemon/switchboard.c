#include "daemon/switchboard.h"

#include <stdlib.h>

#include "apps/apps.h"
#include "daemon/switchboard_int.h"

void
switchboard_restore(struct switchboard *sb, uint32_t handle, struct slice value)
{
	struct addr source;

	if (registrar_restore(sb->registrar, handle, value, &source))
		guard_trust(gate_guard(sb->gate), &source);
}

void
switchboard_restore_subscription(struct switchboard *sb, uint32_t handle, struct slice value)
{
	enum err e = presence_restore(sb->watching.presence, handle, value);

	if (e != ERR_OK)
		log_info(PRESENCE, "a saved subscription is not taken up: %s", err_text(e));
}

/* ---- life ---- */

static void
learn_external(struct switchboard *sb)
{
	const char *entered = dir_settings(sb->p.directory)->external_address;

	if (addr_parse_ip(slice_cstr(entered), 0, &sb->external) != ERR_OK)
		sb->external = sb->stun_address;
}

void
switchboard_set_stun_address(struct switchboard *sb, const struct addr *a)
{
	sb->stun_address = *a;
	learn_external(sb);
}

static enum err
build(struct switchboard *sb)
{
	const struct switchboard_params *p = &sb->p;
	enum err e = sip_core_new(&sb->core,
	    &(struct sip_core_params){.timers = p->timers,
		.rng = p->rng,
		.ops = p->ops->on_trace ? &switchboard_core_ops_traced : &switchboard_core_ops,
		.ctx = sb,
		.server_name = SLICE("Strowger/" STROWGER_VERSION)});

	if (e == ERR_OK && p->ops->on_trace) {
		sb->traces = trace_filter_new();
		e = sb->traces ? ERR_OK : ERR_NOMEM;
	}
	sb->line_tests = line_tests_new();
	if (!sb->line_tests)
		e = ERR_NOMEM;
	if (e == ERR_OK)
		e = auth_new(&sb->auth, p->rng);
	if (e == ERR_OK)
		e = registrar_new(&sb->registrar, &(struct registrar_params){.core = sb->core,
						      .timers = p->timers,
						      .rng = p->rng,
						      .ops = &switchboard_registrar_ops,
						      .ctx = sb,
						      .dir = p->directory});
	if (e == ERR_OK) {
		auth_set_registrar(sb->auth, sb->registrar);
		e = watching_init(&sb->watching, p, sb->core, sb->registrar);
	}
	if (e == ERR_OK)
		e = providers_init(&sb->providers, p, sb->core);
	if (e == ERR_OK)
		e = call_switch_new(&sb->calls, &(struct call_switch_params){.core = sb->core,
						    .timers = p->timers,
						    .rng = p->rng,
						    .media = p->media,
						    .directory = p->directory,
						    .ops = &switchboard_call_ops,
						    .ctx = sb,
						    .line_ops = &trunk_line_ops,
						    .line_ctx = sb->providers.trunk,
						    .apps = apps,
						    .prompts = p->prompts,
						    .hold_tone = p->hold_tone,
						    .ringback = p->ringback,
						    .refusal_tone = p->refusal_tone,
						    .calls_max = p->calls_max});
	if (e == ERR_OK)
		e = gate_new(&sb->gate, &(struct gate_params){.timers = p->timers,
					    .auth = sb->auth,
					    .calls = sb->calls,
					    .trunk = sb->providers.trunk,
					    .directory = p->directory,
					    .on_block = p->ops->on_block,
					    .on_unblock = p->ops->on_unblock,
					    .on_hold = p->ops->on_hold,
					    .ctx = p->ctx});
	if (e == ERR_OK)
		line_tests_set(sb->line_tests, &(struct line_tests_params){.timers = p->timers,
						   .trunk = sb->providers.trunk,
						   .calls = sb->calls,
						   .traces = sb->traces,
						   .wall_ms = p->ops->wall_ms,
						   .ctx = p->ctx});
	sb->providers.gate = sb->gate;
	return e;
}

enum err
switchboard_new(struct switchboard **out, const struct switchboard_params *p)
{
	struct switchboard *sb = calloc(1, sizeof *sb);
	enum err e;

	if (!sb)
		return ERR_NOMEM;
	sb->p = *p;
	learn_external(sb);
	p->media->on_event = switchboard_on_media_event;
	p->media->ctx = sb;
	e = build(sb);
	if (e != ERR_OK) {
		switchboard_free(sb);
		return e;
	}
	*out = sb;
	return ERR_OK;
}

void
switchboard_on_feature_result(struct switchboard *sb, const struct feature_result *r)
{
	call_on_feature_result(sb->calls, r);
}

void
switchboard_on_voicemail_answer(struct switchboard *sb, const struct voicemail_answer *a)
{
	call_on_voicemail_answer(sb->calls, a);
}

void
switchboard_on_waiting(struct switchboard *sb, const struct voicemail_waiting *w)
{
	presence_set_waiting(sb->watching.presence, w->user,
	    &(struct presence_waiting){.unheard = w->unheard, .heard = w->heard});
}

void
switchboard_free(struct switchboard *sb)
{
	if (!sb)
		return;
	gate_free(sb->gate);
	sb->gate = NULL;
	call_switch_free(sb->calls);
	providers_fini(&sb->providers);
	line_tests_free(sb->line_tests);
	watching_fini(&sb->watching);
	registrar_free(sb->registrar);
	auth_free(sb->auth);
	sip_core_free(sb->core);
	trace_filter_free(sb->traces);
	free(sb);
}

void
switchboard_set_directory(struct switchboard *sb, const struct directory *dir)
{
	sb->p.directory = dir;
	learn_external(sb);
	trunk_set_directory(sb->providers.trunk, dir);
	gate_set_directory(sb->gate, dir);
	call_switch_set_directory(sb->calls, dir);
	registrar_set_directory(sb->registrar, dir);
	presence_set_directory(sb->watching.presence, dir);
}

void
switchboard_on_message(struct switchboard *sb, const struct sip_flow *flow, struct slice bytes)
{
	if (guard_on_message(gate_guard(sb->gate), flow))
		sip_core_on_message(sb->core, flow, bytes);
}

void
switchboard_on_load(struct switchboard *sb, uint32_t lag_ms, uint32_t queue_permille)
{
	const struct sip_core_stats *st = sip_core_get_stats(sb->core);

	guard_on_load(gate_guard(sb->gate), &(struct guard_load){.lag_ms = lag_ms,
						.queue_permille = queue_permille,
						.transactions = st->servers + st->clients,
						.transactions_max = st->transactions_max});
}

struct guard *
switchboard_guard(struct switchboard *sb)
{
	return gate_guard(sb->gate);
}

void
switchboard_on_closed(struct switchboard *sb, const struct sip_flow *flow)
{
	sip_core_on_closed(sb->core, flow);
	registrar_on_closed(sb->registrar, flow);
	trunk_on_closed(sb->providers.trunk, flow);
}

void
switchboard_on_located(
    struct switchboard *sb, uint64_t token, enum err result, const struct sip_hops *hops)
{
	providers_on_located(&sb->providers, token, result, hops);
}

void
switchboard_stop(struct switchboard *sb)
{
	call_switch_end_all(sb->calls);
	trunk_stop(sb->providers.trunk);
}

bool
switchboard_is_stopped(const struct switchboard *sb)
{
	return call_switch_get_stats(sb->calls)->streams_now == 0 &&
	       trunk_is_stopped(sb->providers.trunk);
}

struct line_tests *
switchboard_line_tests(struct switchboard *sb)
{
	return sb->line_tests;
}

struct call_switch *
switchboard_calls(struct switchboard *sb)
{
	return sb->calls;
}

struct registrar *
switchboard_registrar(struct switchboard *sb)
{
	return sb->registrar;
}

struct trunk *
switchboard_trunk(struct switchboard *sb)
{
	return sb->providers.trunk;
}

struct presence *
switchboard_presence(struct switchboard *sb)
{
	return sb->watching.presence;
}

struct sip_core *
switchboard_core(struct switchboard *sb)
{
	return sb->core;
}

struct auth *
switchboard_auth(struct switchboard *sb)
{
	return sb->auth;
}

struct trace_filter *
switchboard_trace_filter(struct switchboard *sb)
{
	return sb->traces;
}
