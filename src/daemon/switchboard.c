#include "daemon/switchboard.h"

#include <stdlib.h>

#include "base/log.h"
#include "daemon/gate.h"
#include "daemon/providers.h"
#include "daemon/watching.h"
#include "sip/write.h"

enum { SIP_PORT = 5060 };

struct switchboard {
	struct switchboard_params p;
	struct sip_core *core;
	struct auth *auth;
	struct registrar *registrar;
	struct call_switch *calls;
	struct gate *gate;
	struct watching watching;
	struct providers providers;
	struct addr stun_address; /* what a STUN server saw; family 0 = unknown */
	struct addr external;	  /* of the router in front of us; family 0 = none */
	struct log_limit refused_log;
	struct trace_filter *traces; /* NULL: none wanted */
};

/* ---- requests ---- */

static void
log_refusal(struct switchboard *sb, const struct sip_msg *req, const struct sip_flow *flow,
    enum auth_result r)
{
	char from[ADDR_TEXT_MAX];

	if (r == AUTH_NO_CREDENTIALS || r == AUTH_STALE)
		return; /* the ordinary first round */
	if (log_limit_pass(&sb->refused_log, LOG_SUB_REGISTRAR, timers_now_ms(sb->p.timers)))
		log_warn(REGISTRAR, "%.*s as '%.*s' from %s refused: %s",
		    SLICE_FMT(req->method_text), SLICE_FMT(req->from.uri.user),
		    addr_text(&flow->remote, from), auth_result_name(r));
}

static void
on_new_request(struct switchboard *sb, struct sip_server *tsx, const struct sip_msg *req)
{
	const struct sip_flow *flow = sip_server_flow(tsx);
	const struct dir_phone *phone = NULL;
	uint64_t now = timers_now_ms(sb->p.timers);
	enum auth_result r;

	/* What needs no log-in has been answered at the gate. */
	if (providers_on_invite(&sb->providers, sb->calls, tsx, req))
		return;
	r = auth_check(sb->auth, sb->p.directory, req, flow, now, &phone);
	gate_on_auth(sb->gate, flow, req, r, phone);
	if (!auth_passed(r)) {
		log_refusal(sb, req, flow, r);
		auth_refuse(sb->auth, sb->p.directory, tsx, req, r, now);
		return;
	}
	switch (req->method) {
	case SIP_REGISTER: registrar_on_register(sb->registrar, tsx, req, phone); break;
	case SIP_MESSAGE: call_on_message(sb->calls, tsx, req, phone); break;
	case SIP_SUBSCRIBE: presence_on_subscribe(sb->watching.presence, tsx, req, phone); break;
	case SIP_PUBLISH: presence_on_publish(sb->watching.presence, tsx, req, phone); break;
	default: call_on_invite(sb->calls, tsx, req, &(struct call_origin){.phone = phone});
	}
}

static uint16_t
on_early(void *ctx, const struct sip_flow *flow, const struct sip_msg *req, struct buf *headers)
{
	struct switchboard *sb = ctx;

	return gate_on_early(sb->gate, flow, req, headers);
}

static void
on_server(void *ctx, const struct sip_flow *flow, int change)
{
	struct switchboard *sb = ctx;

	guard_on_transaction(gate_guard(sb->gate), &flow->remote, change);
}

static void
on_malformed(void *ctx, const struct sip_flow *flow)
{
	struct switchboard *sb = ctx;

	gate_on_malformed(sb->gate, flow);
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	struct switchboard *sb = ctx;

	if (req->to.tag.n == 0)
		on_new_request(sb, tsx, req);
	else if (!call_on_in_dialog(sb->calls, tsx, req) &&
		 !presence_on_in_dialog(sb->watching.presence, tsx, req))
		sip_server_reject(tsx, 481, SLICE(""));
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
	struct switchboard *sb = ctx;

	call_on_ack(sb->calls, ack, flow);
}

static void
on_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct switchboard *sb = ctx;

	sb->p.ops->send(sb->p.ctx, flow, bytes);
}

/* Peers outside the local networks see the router in front of us. */
static void
address_for(void *ctx, const struct sip_flow *flow, struct addr *out)
{
	struct switchboard *sb = ctx;
	const struct settings *set = dir_settings(sb->p.directory);

	*out = flow->local;
	if (sb->external.family != flow->remote.family ||
	    addr_nets_have(dir_local_networks(sb->p.directory), &flow->remote))
		return;
	*out = sb->external;
	out->port = flow->local.port;
	if (set->external_sip_port && flow->local.port == set->sip_port)
		out->port = (uint16_t)set->external_sip_port;
}

/* A phone behind a router of its own cannot be called by TCP, and its router would swallow the
 * attempt: so only in the local networks, and at the SIP port, where servers live. */
static bool
may_switch(void *ctx, const struct sip_flow *flow)
{
	struct switchboard *sb = ctx;

	return flow->remote.port == SIP_PORT ||
	       addr_nets_have(dir_local_networks(sb->p.directory), &flow->remote);
}

static void
on_trace(void *ctx, enum sip_direction dir, const struct sip_flow *flow, struct slice bytes,
    struct slice call_id)
{
	struct switchboard *sb = ctx;
	char id[CALL_ID_BYTES];
	struct trace_record r = {.direction = dir == SIP_IN ? TRACE_IN : TRACE_OUT,
	    .transport = flow->transport,
	    .local = flow->local,
	    .remote = flow->remote,
	    .bytes = bytes};

	if (call_id.n == 0 || dir_settings(sb->p.directory)->trace_keep_messages == 0)
		return;
	call_id_of(call_id, id);
	r.key = slice_cstr(id);
	if (trace_filter_take(sb->traces, timers_now_ms(sb->p.timers), flow, bytes, r.key, &r.kind))
		sb->p.ops->on_trace(sb->p.ctx, &r);
}

#define CORE_OPS                                                                                   \
	.send = on_send, .address = address_for, .may_switch = may_switch, .on_early = on_early,   \
	.on_server = on_server, .on_malformed = on_malformed, .on_request = on_request,            \
	.on_ack = on_ack

static const struct sip_core_ops core_ops = {CORE_OPS};
static const struct sip_core_ops core_ops_traced = {CORE_OPS, .on_trace = on_trace};

/* ---- calls ---- */

/* Those that can be reached. */
static size_t
hand_over(const struct reg_contact *contact, size_t n, struct call_contact *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (contact[i].reachable)
			out[kept++] = (struct call_contact){.uri = contact[i].uri,
			    .flow = contact[i].flow,
			    .route = contact[i].route};
	return kept;
}

static size_t
call_contacts(void *ctx, int64_t phone_id, struct call_contact *out, size_t max)
{
	struct switchboard *sb = ctx;
	struct reg_contact contact[CALL_CONTACTS_MAX];

	if (max > CALL_CONTACTS_MAX)
		max = CALL_CONTACTS_MAX;
	return hand_over(contact, registrar_contacts(sb->registrar, phone_id, contact, max), out);
}

static enum err
call_gruu(void *ctx, const struct sip_uri *uri, int64_t *phone_id, struct call_contact *out,
    size_t max, size_t *n)
{
	struct switchboard *sb = ctx;
	struct reg_contact contact[CALL_CONTACTS_MAX];
	size_t found;
	enum err e;

	if (max > CALL_CONTACTS_MAX)
		max = CALL_CONTACTS_MAX;
	e = registrar_find_gruu(sb->registrar, uri, phone_id, contact, max, &found);
	if (e == ERR_OK)
		*n = hand_over(contact, found, out);
	return e;
}

static int64_t
wall_ms(void *ctx)
{
	struct switchboard *sb = ctx;

	return sb->p.ops->wall_ms(sb->p.ctx);
}

static void
call_on_live(void *ctx, const struct live_call *call)
{
	struct switchboard *sb = ctx;

	sb->p.ops->on_live_call(sb->p.ctx, call);
}

static uint32_t
call_record_begin(void *ctx, const struct cdr *cdr)
{
	struct switchboard *sb = ctx;

	return sb->p.ops->record_begin(sb->p.ctx, cdr);
}

static void
call_record_update(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct switchboard *sb = ctx;

	sb->p.ops->record_update(sb->p.ctx, handle, cdr);
}

static void
call_record_end(void *ctx, uint32_t handle, const struct cdr *cdr)
{
	struct switchboard *sb = ctx;

	sb->p.ops->record_end(sb->p.ctx, handle, cdr);
}

static void
call_on_dialog(void *ctx, const struct call_dialog_event *ev)
{
	struct switchboard *sb = ctx;

	presence_on_dialog(sb->watching.presence, ev);
}

static void
call_on_dialog_count(void *ctx, const struct addr *peer, int change)
{
	struct switchboard *sb = ctx;

	if (sb->gate) /* at the end calls go after it */
		guard_on_dialog(gate_guard(sb->gate), peer, change);
}

static const struct call_switch_ops call_ops = {.on_dialog_count = call_on_dialog_count,
    .on_dialog = call_on_dialog,
    .contacts = call_contacts,
    .gruu = call_gruu,
    .wall_ms = wall_ms,
    .on_live = call_on_live,
    .record_begin = call_record_begin,
    .record_update = call_record_update,
    .record_end = call_record_end};

static void
on_media_event(void *ctx, const struct media_event *ev)
{
	struct switchboard *sb = ctx;

	call_on_media_event(sb->calls, ev);
}

/* ---- registrations ---- */

static void
reg_keep(void *ctx, uint32_t *handle, struct slice value)
{
	struct switchboard *sb = ctx;

	sb->p.ops->binding_keep(sb->p.ctx, handle, value);
}

static void
reg_forget(void *ctx, uint32_t handle)
{
	struct switchboard *sb = ctx;

	sb->p.ops->binding_forget(sb->p.ctx, handle);
}

static void
reg_on_registration(void *ctx, const struct live_registration *r, bool removed)
{
	struct switchboard *sb = ctx;

	sb->p.ops->on_registration(sb->p.ctx, r, removed);
}

static void
reg_on_phone(void *ctx, int64_t phone_id, size_t contacts, size_t reachable)
{
	struct switchboard *sb = ctx;

	if (sb->watching.presence) /* static contacts come before it is there */
		presence_on_registration(sb->watching.presence, phone_id);
}

static enum err
reg_local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *local)
{
	struct switchboard *sb = ctx;

	return sb->p.ops->local_for(sb->p.ctx, t, remote, local);
}

static const struct registrar_ops registrar_ops = {.keep = reg_keep,
    .forget = reg_forget,
    .on_registration = reg_on_registration,
    .on_phone = reg_on_phone,
    .local_for = reg_local_for,
    .wall_ms = wall_ms};

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
	enum err e =
	    sip_core_new(&sb->core, &(struct sip_core_params){.timers = p->timers,
					.rng = p->rng,
					.ops = p->ops->on_trace ? &core_ops_traced : &core_ops,
					.ctx = sb,
					.server_name = SLICE("Strowger/" STROWGER_VERSION)});

	if (e == ERR_OK && p->ops->on_trace) {
		sb->traces = trace_filter_new();
		e = sb->traces ? ERR_OK : ERR_NOMEM;
	}
	if (e == ERR_OK)
		e = auth_new(&sb->auth, p->rng);
	if (e == ERR_OK)
		e = registrar_new(&sb->registrar, &(struct registrar_params){.core = sb->core,
						      .timers = p->timers,
						      .rng = p->rng,
						      .ops = &registrar_ops,
						      .ctx = sb,
						      .dir = p->directory});
	if (e == ERR_OK)
		e = watching_init(&sb->watching, p, sb->core, sb->registrar);
	if (e == ERR_OK)
		e = providers_init(&sb->providers, p, sb->core);
	if (e == ERR_OK)
		e = call_switch_new(&sb->calls, &(struct call_switch_params){.core = sb->core,
						    .timers = p->timers,
						    .rng = p->rng,
						    .media = p->media,
						    .directory = p->directory,
						    .ops = &call_ops,
						    .ctx = sb,
						    .line_ops = &trunk_line_ops,
						    .line_ctx = sb->providers.trunk,
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
	p->media->on_event = on_media_event;
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
switchboard_free(struct switchboard *sb)
{
	if (!sb)
		return;
	gate_free(sb->gate);
	sb->gate = NULL;
	call_switch_free(sb->calls);
	providers_fini(&sb->providers);
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
