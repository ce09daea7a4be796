#include "daemon/providers.h"

static enum err
locate(void *ctx, const struct sip_target *target, uint64_t token)
{
	struct providers *pr = ctx;

	return pr->ops->locate ? pr->ops->locate(pr->ctx, target, token) : ERR_UNSUPPORTED;
}

static enum err
local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *local)
{
	struct providers *pr = ctx;

	return pr->ops->local_for(pr->ctx, t, remote, local);
}

static void
expect_name(void *ctx, const struct addr *remote, struct slice name)
{
	struct providers *pr = ctx;

	if (pr->ops->expect_name)
		pr->ops->expect_name(pr->ctx, remote, name);
}

static bool
peer(void *ctx, const struct addr *remote, struct trunk_peer *out)
{
	struct providers *pr = ctx;

	return pr->ops->peer && pr->ops->peer(pr->ctx, remote, out);
}

static void
keep_alive(void *ctx, const struct sip_flow *flow)
{
	struct providers *pr = ctx;

	if (pr->ops->keep_alive)
		pr->ops->keep_alive(pr->ctx, flow);
}

static int64_t
wall_ms(void *ctx)
{
	struct providers *pr = ctx;

	return pr->ops->wall_ms(pr->ctx);
}

static void
on_line(void *ctx, const struct live_line *l, bool removed)
{
	struct providers *pr = ctx;

	if (pr->ops->on_line)
		pr->ops->on_line(pr->ctx, l, removed);
}

static const struct trunk_ops trunk_ops = {.locate = locate,
    .local_for = local_for,
    .expect_name = expect_name,
    .peer = peer,
    .keep_alive = keep_alive,
    .wall_ms = wall_ms,
    .on_line = on_line};

enum err
providers_init(struct providers *pr, const struct switchboard_params *p, struct sip_core *core)
{
	pr->ops = p->ops;
	pr->ctx = p->ctx;
	return trunk_new(&pr->trunk, &(struct trunk_params){.core = core,
					 .timers = p->timers,
					 .rng = p->rng,
					 .ops = &trunk_ops,
					 .ctx = pr,
					 .dir = p->directory});
}

void
providers_fini(struct providers *pr)
{
	trunk_free(pr->trunk);
	pr->trunk = NULL;
}

void
providers_on_located(
    struct providers *pr, uint64_t token, enum err result, const struct sip_hops *hops)
{
	trunk_on_located(pr->trunk, token, result, hops);
	if (pr->gate)
		gate_look_again(pr->gate);
}

bool
providers_on_invite(struct providers *pr, struct call_switch *calls, struct sip_server *tsx,
    const struct sip_msg *req)
{
	const struct sip_flow *flow = sip_server_flow(tsx);
	struct trunk_incoming in;

	if (req->method != SIP_INVITE || !trunk_match(pr->trunk, req, flow, &in))
		return false;
	guard_trust(gate_guard(pr->gate), &flow->remote);
	call_on_invite(
	    calls, tsx, req, &(struct call_origin){.line = in.line, .called = in.called});
	return true;
}
