#include "daemon/gate.h"

#include <stdlib.h>

#include "presence/presence.h"
#include "sip/digest.h"
#include "sip/write.h"

struct gate {
	struct gate_params p;
	struct guard *guard;
};

/* ---- who is known without logging in ---- */

static bool
is_known(void *ctx, const struct addr *remote)
{
	struct gate *g = ctx;

	return dir_phone_by_source(g->p.directory, remote, SLICE("")) ||
	       trunk_knows_address(g->p.trunk, remote);
}

static void
on_block(void *ctx, const struct guard_block *b)
{
	struct gate *g = ctx;

	if (g->p.on_block)
		g->p.on_block(g->p.ctx, b);
}

static void
on_unblock(void *ctx, const struct addr_net *net)
{
	struct gate *g = ctx;

	if (g->p.on_unblock)
		g->p.on_unblock(g->p.ctx, net);
}

static void
on_hold(void *ctx, const struct addr_net *net, uint32_t seconds)
{
	struct gate *g = ctx;

	if (g->p.on_hold)
		g->p.on_hold(g->p.ctx, net, seconds);
}

static const struct guard_ops guard_ops = {
    .is_known = is_known, .on_block = on_block, .on_unblock = on_unblock, .on_hold = on_hold};

enum err
gate_new(struct gate **out, const struct gate_params *p)
{
	struct gate *g = calloc(1, sizeof *g);
	enum err e;

	if (!g)
		return ERR_NOMEM;
	g->p = *p;
	e = guard_new(&g->guard, &(struct guard_params){.timers = p->timers,
				     .ops = &guard_ops,
				     .ctx = g,
				     .settings = dir_settings(p->directory)});
	if (e == ERR_OK)
		*out = g;
	else
		free(g);
	return e;
}

void
gate_free(struct gate *g)
{
	if (!g)
		return;
	guard_free(g->guard);
	free(g);
}

void
gate_set_directory(struct gate *g, const struct directory *dir)
{
	g->p.directory = dir;
	guard_set_settings(g->guard, dir_settings(dir));
}

void
gate_look_again(struct gate *g)
{
	guard_set_settings(g->guard, dir_settings(g->p.directory));
}

struct guard *
gate_guard(struct gate *g)
{
	return g->guard;
}

/* ---- before a transaction ---- */

static bool
needs_login(enum sip_method m)
{
	return m == SIP_REGISTER || m == SIP_INVITE || m == SIP_MESSAGE || m == SIP_SUBSCRIBE ||
	       m == SIP_PUBLISH;
}

/* What needs no log-in: "are you there?", and what we do not do at all. */
static uint16_t
answer_at_once(const struct sip_msg *req, struct buf *headers)
{
	switch (req->method) {
	case SIP_OPTIONS:
		if (call_write_unsupported(headers, req))
			return 420;
		call_write_capabilities(headers);
		sip_write_hdr(headers, SIP_HDR_ALLOW_EVENTS, presence_allow_events);
		return 200;
	case SIP_REFER: return 403; /* calls are moved by those who are in them */
	case SIP_METHOD_OTHER:
		sip_write_hdr(headers, SIP_HDR_ALLOW, call_allow[CALL_ALLOW_ANYWHERE]);
		return 501;
	default: sip_write_hdr(headers, SIP_HDR_ALLOW, call_allow[CALL_ALLOW_ANYWHERE]); return 405;
	}
}

/* Who guesses numbers puts them into From, or into the address of an OPTIONS. */
static void
tell_challenged(struct gate *g, const struct sip_flow *flow, const struct sip_msg *req)
{
	struct guard_result r = {.event = GUARD_CHALLENGED,
	    .name = req->method == SIP_OPTIONS ? req->uri.user : req->from.uri.user,
	    .user_agent = sip_msg_value(req, SIP_HDR_USER_AGENT)};

	r.name_exists = r.name.n == 0 || dir_phone_by_name(g->p.directory, r.name) != NULL;
	guard_on_result(g->guard, flow, &r);
}

/* The first round of a log-in costs a stranger's request no memory here. */
static uint16_t
on_stranger(
    struct gate *g, const struct sip_flow *flow, const struct sip_msg *req, struct buf *headers)
{
	const struct dir_phone *phone;
	uint64_t now = timers_now_ms(g->p.timers);

	struct trunk_incoming line;

	if (req->to.tag.n)
		return call_has_dialog(g->p.calls, req) ? 0 : 481;
	if (req->method == SIP_INVITE && trunk_match(g->p.trunk, req, flow, &line))
		return 0;
	if (req->method == SIP_OPTIONS)
		tell_challenged(g, flow, req);
	if (!needs_login(req->method) || sip_msg_hdr(req, SIP_HDR_AUTHORIZATION))
		return 0;
	if (auth_check(g->p.auth, g->p.directory, req, flow, now, &phone) != AUTH_NO_CREDENTIALS)
		return 0;
	tell_challenged(g, flow, req);
	auth_write_challenge(g->p.auth, g->p.directory, req, false, now, headers);
	return buf_ok(headers) ? 401 : 500;
}

uint16_t
gate_on_early(
    struct gate *g, const struct sip_flow *flow, const struct sip_msg *req, struct buf *headers)
{
	uint32_t after_s = 0;
	uint16_t status = 0;

	switch (guard_admit(g->guard, flow, req, &after_s)) {
	case GUARD_IGNORE: return SIP_NO_ANSWER;
	case GUARD_REFUSE:
		if (call_is_emergency(g->p.directory, req))
			break; /* LIN-6: however busy we are */
		sip_write_hdrf(headers, SIP_HDR_RETRY_AFTER, "%u", after_s);
		return 503;
	case GUARD_ADMIT: break;
	}
	/* The first round of a REGISTER costs nobody memory: thousands may come at once. */
	if (guard_is_stranger(g->guard, flow) || req->method == SIP_REGISTER)
		status = on_stranger(g, flow, req, headers);
	if (status == 0 && req->to.tag.n == 0 && !needs_login(req->method))
		status = answer_at_once(req, headers);
	return status;
}

/* ---- after authentication ---- */

static enum guard_event
event_of(enum auth_result r)
{
	switch (r) {
	case AUTH_NO_CREDENTIALS: return GUARD_CHALLENGED;
	case AUTH_MALFORMED: return GUARD_MALFORMED;
	case AUTH_UNKNOWN_PHONE: return GUARD_UNKNOWN_NAME;
	case AUTH_WRONG_PASSWORD: return GUARD_WRONG_PASSWORD;
	default: return GUARD_FORBIDDEN;
	}
}

static struct slice
claimed_name(const struct sip_msg *req)
{
	const struct sip_hdr *h = sip_msg_hdr(req, SIP_HDR_AUTHORIZATION);
	struct sip_digest d;

	return h && sip_digest_parse(&d, h->value) == ERR_OK ? d.username : req->from.uri.user;
}

void
gate_on_auth(struct gate *g, const struct sip_flow *flow, const struct sip_msg *req,
    enum auth_result r, const struct dir_phone *phone)
{
	struct guard_result result = {.user_agent = sip_msg_value(req, SIP_HDR_USER_AGENT)};

	if (r == AUTH_BY_ADDRESS || r == AUTH_STALE || r == AUTH_REPLAY || r == AUTH_UNSUPPORTED)
		return;
	if (r == AUTH_BY_DIGEST) {
		result.event = GUARD_OK;
		result.name = phone->name;
	} else {
		result.event = event_of(r);
		result.name = claimed_name(req);
		result.name_exists = dir_phone_by_name(g->p.directory, result.name) != NULL;
	}
	guard_on_result(g->guard, flow, &result);
}

void
gate_on_malformed(struct gate *g, const struct sip_flow *flow)
{
	guard_on_result(g->guard, flow, &(struct guard_result){.event = GUARD_MALFORMED});
}
