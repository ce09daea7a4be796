/* What the SIP core says and asks: who sent a request, and which room answers it. */
#include "daemon/switchboard_int.h"

enum { SIP_PORT = 5060 };

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

const struct sip_core_ops switchboard_core_ops = {CORE_OPS};
const struct sip_core_ops switchboard_core_ops_traced = {CORE_OPS, .on_trace = on_trace};
