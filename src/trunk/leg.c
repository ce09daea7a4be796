/* How a call through a line must look: what call/ asks (call/line.h). */
#include "trunk/trunk_int.h"

#define ANONYMOUS SLICE("\"Anonymous\" <sip:anonymous@anonymous.invalid>")

/* ---- which hop ---- */

static bool
avoided(const struct line *l, enum sip_transport transport, const struct addr *a)
{
	return sip_hop_is_avoided(&l->trunk->failed, transport, a, line_now_ms(l));
}

/* The server in use, then the others in their order; later attempts skip what failed. */
static enum err
choose_flow(const struct line *l, bool first, struct sip_flow *out, bool *others)
{
	bool chosen = false;

	*others = false;
	if (l->has_flow && !avoided(l, l->flow.transport, &l->flow.remote)) {
		*out = l->flow;
		chosen = true;
	}
	for (size_t i = 0; i < l->hops.n; i++) {
		const struct sip_hop *h = &l->hops.hop[i];

		if (avoided(l, h->transport, &h->addr))
			continue;
		if (!chosen && line_flow_to(l, h, out) == ERR_OK)
			chosen = true;
		else if (chosen && !addr_eq(&h->addr, &out->remote))
			*others = true;
	}
	if (!chosen && first && l->has_flow) { /* all failed lately: one may be back */
		*out = l->flow;
		chosen = true;
	}
	return chosen ? ERR_OK : ERR_NOT_FOUND;
}

/* ---- who calls ---- */

/* Canonical or empty. */
static struct slice
caller_number(const struct line *l, const struct call_line_call *call, char out[NUMBER_BYTES])
{
	struct number_plan plan = number_plan_of_line(l->trunk->p.dir, &l->conf);

	if (call->shown.n == 0 ||
	    number_canonical(&plan, call->shown, NUMBER_WRITTEN, out) != ERR_OK)
		return (struct slice){0};
	return slice_cstr(out);
}

struct writing {
	const struct line *l;
	const struct call_line_call *call;
	struct number_plan plan;
	struct slice caller; /* canonical, may be empty */
	struct buf b;	     /* into call_line_leg.text */
};

/* What was written since from. */
static struct slice
since(const struct writing *w, size_t from)
{
	return slice_make(w->b.p + from, w->b.n - from);
}

/* RFC 3261, 19.1.1: the user part is a telephone number. */
static void
mark_number(const struct writing *w, struct buf *b)
{
	if (w->l->conf.user_phone)
		buf_lit(b, ";user=phone");
}

/* Request-URI: the number at the provider. */
static struct slice
write_uri(struct writing *w)
{
	size_t from = w->b.n;

	buf_lit(&w->b, "sip:");
	number_write_called(&w->plan, w->l->conf.number_format, w->call->call_by_call,
	    w->call->number, w->call->dialled, &w->b);
	buf_char(&w->b, '@');
	line_write_host(w->l, &w->b);
	mark_number(w, &w->b);
	return since(w, from);
}

static struct slice
write_to(struct writing *w, struct slice uri)
{
	size_t from = w->b.n;

	buf_char(&w->b, '<');
	buf_put(&w->b, uri);
	buf_char(&w->b, '>');
	return since(w, from);
}

/* sip:+49…@provider */
static void
write_number(const struct writing *w, struct slice canonical, struct buf *b)
{
	buf_lit(b, "sip:");
	number_write(&w->plan, w->l->conf.number_format, canonical, b);
	buf_char(b, '@');
	buf_put(b, w->l->domain);
	mark_number(w, b);
}

/* From: the fixed user of the line, else the caller's number, else the account. */
static struct slice
write_from(struct writing *w)
{
	const struct dir_line *conf = &w->l->conf;
	size_t from = w->b.n;
	char uri[512];
	struct buf u;

	if (w->call->hidden && conf->clir != DIR_CLIR_PRIVACY) {
		buf_put(&w->b, ANONYMOUS);
		return since(w, from);
	}
	buf_init(&u, uri, sizeof uri);
	if (conf->from_user.n) {
		buf_lit(&u, "sip:");
		buf_put(&u, conf->from_user);
		buf_char(&u, '@');
		buf_put(&u, w->l->domain);
	} else if (w->caller.n && !conf->from_account) {
		write_number(w, w->caller, &u);
	} else {
		line_write_account(w->l, &u);
	}
	sip_write_name_addr(&w->b, w->call->name, buf_slice(&u), SLICE(""));
	w->b.overflow |= !buf_ok(&u);
	return since(w, from);
}

/* RFC 3325, 9.1 and 9.2; RFC 3323, 4.2. */
static struct slice
write_headers(struct writing *w)
{
	enum dir_identity kind = w->l->conf.identity;
	size_t from = w->b.n;

	if (kind != DIR_IDENTITY_NONE && w->caller.n) {
		buf_put(
		    &w->b, sip_hdr_name(kind == DIR_IDENTITY_PAI ? SIP_HDR_P_ASSERTED_IDENTITY
								 : SIP_HDR_P_PREFERRED_IDENTITY));
		buf_lit(&w->b, ": <");
		write_number(w, w->caller, &w->b);
		buf_lit(&w->b, ">\r\n");
	}
	if (w->call->hidden && w->l->conf.clir != DIR_CLIR_FROM)
		buf_lit(&w->b, "Privacy: id\r\n");
	return since(w, from);
}

static enum err
leg(void *ctx, const struct call_line_call *call, struct call_line_leg *out)
{
	struct trunk *t = ctx;
	struct line *l = trunk_line(t, call->line);
	char number[NUMBER_BYTES];
	struct writing w = {.l = l, .call = call};
	bool others;
	enum err e;

	if (!l || !line_is_usable(l))
		return ERR_NOT_FOUND;
	e = choose_flow(l, call->attempt == 0, &out->flow, &others);
	if (e != ERR_OK)
		return e;
	w.plan = number_plan_of_line(t->p.dir, &l->conf);
	w.caller = caller_number(l, call, number);
	buf_init(&w.b, out->text, sizeof out->text);
	out->uri = write_uri(&w);
	out->to = write_to(&w, out->uri);
	out->from = write_from(&w);
	out->headers = write_headers(&w);
	out->route = slice_make(l->route, l->route_n);
	out->contact_user = slice_cstr(l->token);
	out->answer_within_ms = others ? HOP_PATIENCE_MS : 0;
	return buf_ok(&w.b) ? ERR_OK : ERR_TOO_BIG;
}

/* ---- the other questions of call/ ---- */

static enum routing_line_state
state(void *ctx, int64_t id)
{
	const struct line *l = trunk_line(ctx, id);

	if (!l || !line_is_usable(l))
		return ROUTING_LINE_NOT_REGISTERED;
	return l->conf.max_calls && l->calls >= l->conf.max_calls ? ROUTING_LINE_FULL
								  : ROUTING_LINE_FREE;
}

static bool
take(void *ctx, int64_t id)
{
	struct line *l = trunk_line(ctx, id);

	if (!l || (l->conf.max_calls && l->calls >= l->conf.max_calls))
		return false;
	l->calls++;
	line_tell_soon(l);
	l->trunk->counts.calls++;
	return true;
}

static void
done(void *ctx, int64_t id)
{
	struct line *l = trunk_line(ctx, id);

	if (!l || !l->calls)
		return;
	l->calls--;
	line_tell_soon(l);
}

static void
outcome(void *ctx, int64_t id, enum call_line_outcome o)
{
	struct line *l = trunk_line(ctx, id);

	if (!l)
		return;
	l->outcomes[o]++;
	line_tell_soon(l);
}

/* A dead server of a registered line takes no calls either: register at another one. */
static void
hop_failed(void *ctx, int64_t id, const struct sip_flow *flow, uint32_t retry_after_s)
{
	struct line *l = trunk_line(ctx, id);

	if (!l)
		return;
	line_hop_failed(l, flow, retry_after_s);
	if (l->has_flow && l->hops.n > 1 && addr_eq(&flow->remote, &l->flow.remote))
		line_move_on(l, "a call got no answer: trying another server");
}

static struct sip_credentials
credentials(const struct line *l)
{
	return (struct sip_credentials){
	    .username = l->conf.auth_username, .password = l->conf.password};
}

static enum err
challenged(void *ctx, int64_t id, struct sip_auth_try *round, const struct sip_msg *resp)
{
	struct line *l = trunk_line(ctx, id);
	struct sip_credentials c;

	if (!l || !l->conf.password.n)
		return ERR_UNSUPPORTED;
	c = credentials(l);
	return sip_client_auth_on_challenge(&l->auth, round, resp, &c);
}

static void
write_auth(void *ctx, int64_t id, struct buf *b, struct slice method, struct slice uri)
{
	struct line *l = trunk_line(ctx, id);
	struct sip_credentials c;
	char cnonce[16];
	struct buf n;

	if (!l || !l->conf.password.n)
		return;
	c = credentials(l);
	buf_init(&n, cnonce, sizeof cnonce);
	rng_token(l->trunk->p.rng, &n, sizeof cnonce);
	sip_client_auth_write(&l->auth, b, &c, method, uri, buf_slice(&n));
}

const struct call_line_ops trunk_line_ops = {.state = state,
    .leg = leg,
    .take = take,
    .done = done,
    .outcome = outcome,
    .hop_failed = hop_failed,
    .challenged = challenged,
    .write_auth = write_auth};
