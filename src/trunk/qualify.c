/*
 * Does the server still answer? OPTIONS (RFC 3261, 11) on the flow in use; any answer but 503
 * and 408 means yes. And CR LF now and then, so that a NAT keeps its hole open.
 */
#include "trunk/trunk_int.h"

static void
stop_asking(struct line *l)
{
	if (l->options)
		sip_client_detach(l->options);
	l->options = NULL;
}

static void
again(struct line *l, uint64_t in_ms)
{
	if (l->conf.qualify_s)
		timer_start(l->trunk->p.timers, &l->qualify, in_ms);
}

static void
works(struct line *l)
{
	l->misses = 0;
	sip_hop_works(&l->trunk->failed, l->flow.transport, &l->flow.remote);
	if (l->conf.registers)
		return;
	l->reachable = true;
	l->failures = 0;
	line_set_state(l, LIVE_LINE_ADDRESS, NULL);
}

/* The next hop of a line without registration, from the first again after the last. */
static void
other_hop(struct line *l, const char *why)
{
	l->substitute = true;
	if (++l->hop < l->hops.n && line_flow_to(l, &l->hops.hop[l->hop], &l->flow) == ERR_OK) {
		l->misses = MISSES_MAX - 1; /* one miss is enough now */
		again(l, 0);
		return;
	}
	l->reachable = false;
	line_set_state(l, LIVE_LINE_FAILED, why);
	l->located_until_ms = 0;
	timer_start(l->trunk->p.timers, &l->timer, l->conf.qualify_s * 1000ull);
}

static void
missed(struct line *l)
{
	char why[128], hop[ADDR_TEXT_MAX];

	l->trunk->counts.options_lost++;
	if (++l->misses < MISSES_MAX) {
		again(l, HOP_PATIENCE_MS / 4);
		return;
	}
	l->misses = 0;
	l->rtt_ms = 0;
	snprintf(why, sizeof why, "no answer from %s", addr_text(&l->flow.remote, hop));
	line_hop_failed(l, &l->flow, 0);
	if (l->conf.registers)
		line_move_on(l, why);
	else
		other_hop(l, why);
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct line *l = user;
	uint64_t rtt_ms = line_now_ms(l) - l->asked_ms;
	bool first = l->rtt_ms == 0;

	if (resp->status < 200)
		return;
	stop_asking(l);
	again(l, l->conf.qualify_s * 1000ull);
	if (resp->status == 503 || resp->status == 408) {
		missed(l);
		return;
	}
	l->rtt_ms = rtt_ms ? (uint32_t)rtt_ms : 1; /* 0 means not known */
	works(l);
	if (first)
		line_tell(l);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct line *l = user;

	stop_asking(l);
	again(l, l->conf.qualify_s * 1000ull);
	missed(l);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct line *l = user;

	if (l->options == tsx)
		l->options = NULL;
}

static const struct sip_client_ops options_ops = {on_response, on_failed, on_gone};

static bool
write_headers(struct line *l, struct buf *b, const struct sip_flow *flow, const char *call_id)
{
	char tag[16], account[512];
	struct buf t, a;

	buf_init(&t, tag, sizeof tag);
	rng_token(l->trunk->p.rng, &t, sizeof tag);
	buf_init(&a, account, sizeof account);
	line_write_account(l, &a);
	sip_write_hdrf(
	    b, SIP_HDR_FROM, "<%.*s>;tag=%.*s", SLICE_FMT(buf_slice(&a)), SLICE_FMT(buf_slice(&t)));
	sip_write_hdrf(b, SIP_HDR_TO, "<sip:%.*s>", SLICE_FMT(l->domain));
	sip_write_hdrf(b, SIP_HDR_CALL_ID, "%s", call_id);
	sip_write_hdrf(b, SIP_HDR_CSEQ, "%u OPTIONS", ++l->options_cseq);
	sip_core_write_contact(l->trunk->p.core, b, flow, slice_cstr(l->token), SLICE(""));
	sip_write_hdrf(b, SIP_HDR_ACCEPT, "application/sdp");
	return buf_ok(b) && buf_ok(&a);
}

enum err
line_ask_options(struct line *l, const struct sip_flow *flow, const char *call_id,
    const struct sip_client_ops *ops, void *user, struct sip_client **out)
{
	char headers[2048], uri[300];
	struct sip_request req = {.method = SIP_OPTIONS};
	struct buf h, u;

	buf_init(&h, headers, sizeof headers);
	buf_init(&u, uri, sizeof uri);
	line_write_registrar(l, &u);
	if (!write_headers(l, &h, flow, call_id) || !buf_ok(&u))
		return ERR_TOO_BIG;
	req.uri = buf_slice(&u);
	req.headers = buf_slice(&h);
	return sip_client_send(l->trunk->p.core, flow, &req, ops, user, out);
}

static void
ask(struct line *l)
{
	char call_id[33];
	struct buf c;

	buf_init(&c, call_id, sizeof call_id - 1);
	rng_token(l->trunk->p.rng, &c, sizeof call_id - 1);
	call_id[c.n] = '\0';
	l->asked_ms = line_now_ms(l);
	if (line_ask_options(l, &l->flow, call_id, &options_ops, l, &l->options) != ERR_OK)
		l->options = NULL;
	else
		l->trunk->counts.options_sent++;
}

/* Silence for HOP_PATIENCE_MS is a miss; the transaction would try for 32 s. */
static void
on_qualify(struct timer *t)
{
	struct line *l = container_of(t, struct line, qualify);

	if (l->options) {
		stop_asking(l);
		again(l, l->conf.qualify_s * 1000ull);
		missed(l);
		return;
	}
	again(l, HOP_PATIENCE_MS);
	ask(l);
}

static void
on_keep(struct timer *t)
{
	struct line *l = container_of(t, struct line, keep);
	struct trunk *trunk = l->trunk;

	trunk->p.ops->keep_alive(trunk->p.ctx, &l->flow);
	timer_start(trunk->p.timers, &l->keep, l->keep_s * 1000ull);
}

void
line_init_watch(struct line *l)
{
	timer_init(&l->qualify, on_qualify);
	timer_init(&l->keep, on_keep);
}

void
line_watch(struct line *l)
{
	const struct trunk_params *p = &l->trunk->p;

	if (!l->options && l->conf.qualify_s)
		timer_start(p->timers, &l->qualify,
		    l->conf.registers ? rng_below(p->rng, l->conf.qualify_s * 1000) + 1 : 1);
	if (!l->conf.qualify_s && !l->conf.registers)
		line_set_state(l, LIVE_LINE_ADDRESS, NULL);
	if (p->ops->keep_alive && l->conf.registers)
		timer_start(p->timers, &l->keep, l->keep_s * 1000ull);
}

void
line_watch_stop(struct line *l)
{
	timer_stop(&l->qualify);
	timer_stop(&l->keep);
	stop_asking(l);
	l->misses = 0;
	l->rtt_ms = 0;
}
