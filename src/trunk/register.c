/*
 * Registering a line: RFC 3261, 10.2 as the one who registers; RFC 5626, 4.2 (instance) and 4.5
 * (when to try again); RFC 3263, 4.3 (the next server).
 */
#include "trunk/trunk_int.h"

static void send_register(struct line *l, uint32_t expires_s);

/* ---- what it says ---- */

static void
write_contact(const struct line *l, struct buf *b, uint32_t expires_s)
{
	char params[128];
	struct buf p;

	buf_init(&p, params, sizeof params);
	if (l->conf.register_block) { /* RFC 6140, 5.2: no user part, no instance */
		buf_printf(&p, ";expires=%u", expires_s);
		sip_core_write_block_contact(l->trunk->p.core, b, &l->flow, buf_slice(&p));
		return;
	}
	buf_printf(
	    &p, ";expires=%u;+sip.instance=\"<urn:uuid:%s>\";reg-id=1", expires_s, l->instance);
	sip_core_write_contact(l->trunk->p.core, b, &l->flow, slice_cstr(l->token), buf_slice(&p));
}

static bool
write_headers(struct line *l, struct buf *b, struct slice uri, uint32_t expires_s)
{
	struct sip_credentials c = {
	    .username = l->conf.auth_username, .password = l->conf.password};
	char account[512], cnonce[17];
	struct buf a, n;

	buf_init(&a, account, sizeof account);
	line_write_account(l, &a);
	buf_init(&n, cnonce, sizeof cnonce);
	rng_token(l->trunk->p.rng, &n, 16);
	sip_write_hdrf(b, SIP_HDR_FROM, "<%.*s>;tag=%s", SLICE_FMT(buf_slice(&a)), l->tag);
	sip_write_hdrf(b, SIP_HDR_TO, "<%.*s>", SLICE_FMT(buf_slice(&a)));
	sip_write_hdrf(b, SIP_HDR_CALL_ID, "%s", l->call_id);
	sip_write_hdrf(b, SIP_HDR_CSEQ, "%u REGISTER", ++l->cseq);
	write_contact(l, b, expires_s);
	sip_write_hdrf(b, SIP_HDR_EXPIRES, "%u", expires_s);
	if (l->conf.register_block) /* RFC 6140, 5.1: whoever does not know it must refuse */
		buf_lit(b, "Supported: path, gin\r\nRequire: gin\r\nProxy-Require: gin\r\n");
	else
		buf_lit(b, "Supported: path, outbound\r\n");
	sip_write_hdr(b, SIP_HDR_ALLOW, SLICE(CALL_LINE_ALLOW));
	sip_client_auth_write(&l->auth, b, &c, SLICE("REGISTER"), uri, buf_slice(&n));
	return buf_ok(b) && buf_ok(&a);
}

/* ---- answers ---- */

static void
detach(struct line *l)
{
	timer_stop(&l->patience);
	if (l->asking)
		sip_client_detach(l->asking);
	l->asking = NULL;
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct line *l = user;

	if (resp->status < 200) {
		if (l->step == ASKING)
			timer_stop(&l->patience); /* somebody is there */
		return;
	}
	detach(l);
	line_on_register_answer(l, resp);
}

static void
gave_up(struct line *l, const char *why)
{
	char text[128], hop[ADDR_TEXT_MAX];

	detach(l);
	l->answered = 0;
	l->trunk->counts.timed_out++;
	if (l->step == LEAVING) {
		line_has_left(l);
		return;
	}
	snprintf(text, sizeof text, "%s %s", why, addr_text(&l->flow.remote, hop));
	line_next_hop(l, text, 0);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	gave_up(user, why == ERR_TIMEOUT ? "no answer from" : "no connection to");
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct line *l = user;

	if (l->asking == tsx)
		l->asking = NULL;
}

static const struct sip_client_ops register_ops = {on_response, on_failed, on_gone};

static void
on_patience(struct timer *t)
{
	gave_up(container_of(t, struct line, patience), "no answer from");
}

static void
send_register(struct line *l, uint32_t expires_s)
{
	struct trunk *t = l->trunk;
	char headers[4096], uri[300];
	struct sip_request req = {.method = SIP_REGISTER};
	struct buf h, u;
	enum err e = ERR_TOO_BIG;

	buf_init(&u, uri, sizeof uri);
	line_write_registrar(l, &u);
	req.uri = buf_slice(&u);
	buf_init(&h, headers, sizeof headers);
	if (write_headers(l, &h, req.uri, expires_s) && buf_ok(&u)) {
		req.headers = buf_slice(&h);
		e = sip_client_send(t->p.core, &l->flow, &req, &register_ops, l, &l->asking);
	}
	if (e != ERR_OK) {
		l->asking = NULL;
		line_log(LOG_WARN, l, "REGISTER cannot be sent: %s", err_text(e));
		timer_start(t->p.timers, &l->patience, 1000);
		return;
	}
	t->counts.registers_sent++;
	if (expires_s)
		l->maybe_bound = true;
	if (expires_s == 0)
		timer_start(t->p.timers, &l->patience, LEAVE_PATIENCE_MS);
	else if (l->hop + 1 < l->hops.n)
		timer_start(t->p.timers, &l->patience, HOP_PATIENCE_MS);
}

void
line_ask_again(struct line *l)
{
	send_register(l, l->step == LEAVING ? 0 : l->expires_s);
}

/* ---- hops ---- */

/* False: there is no way to it from here. */
static bool
try_hop(struct line *l)
{
	const struct sip_hop *hop = &l->hops.hop[l->hop];

	l->round = (struct sip_auth_try){0};
	if (line_flow_to(l, hop, &l->flow) != ERR_OK) {
		l->flow = (struct sip_flow){.transport = hop->transport, .remote = hop->addr};
		return false;
	}
	l->has_flow = true;
	if (l->state == LIVE_LINE_REGISTERING)
		line_tell(l); /* where it is trying */
	probe_asks(l);
	send_register(l, l->expires_s);
	return true;
}

/* RFC 5626, 4.5: doubling, and not everybody at once. */
static uint64_t
retry_ms(struct line *l)
{
	unsigned doublings = l->failures < 6 ? l->failures : 6;
	uint64_t wait_ms = (uint64_t)RETRY_BASE_S * 1000 << doublings;

	if (wait_ms > RETRY_MAX_S * 1000ull)
		wait_ms = RETRY_MAX_S * 1000ull;
	wait_ms = wait_ms / 2 + rng_below(l->trunk->p.rng, (uint32_t)(wait_ms / 2) + 1);
	if (wait_ms < l->retry_after_s * 1000ull)
		wait_ms = l->retry_after_s * 1000ull;
	return wait_ms;
}

/* None of the hops would have us. What is registered stays so until it expires. */
static void
all_failed(struct line *l, const char *why)
{
	uint64_t now = line_now_ms(l), wait_ms = retry_ms(l);

	probe_gave_up(l, why);
	l->failures++;
	l->step = IDLE;
	l->located_until_ms = 0; /* ask DNS anew */
	if (l->bound_until_ms > now) {
		if (wait_ms > l->bound_until_ms - now)
			wait_ms = l->bound_until_ms - now;
		line_set_state(l, LIVE_LINE_REGISTERED, why);
	} else {
		line_set_state(l, LIVE_LINE_FAILED, why);
	}
	timer_start(l->trunk->p.timers, &l->timer, wait_ms);
}

static void
leave_hop(struct line *l, const char *why, uint32_t avoid_s)
{
	probe_failed(l, why);
	l->substitute = true;
	line_hop_failed(l, &l->flow, avoid_s);
	if (avoid_s > l->retry_after_s)
		l->retry_after_s = avoid_s;
	line_log(LOG_INFO, l, "%s", why);
	l->hop++;
}

/* Asks the first hop from here on that can be reached; why: what the one before said. */
static void
walk_hops(struct line *l, const char *why)
{
	while (l->hop < l->hops.n) {
		if (try_hop(l))
			return;
		why = "no local address of that kind";
		leave_hop(l, why, 0);
	}
	all_failed(l, why);
}

void
line_next_hop(struct line *l, const char *why, uint32_t avoid_s)
{
	char keep[sizeof l->reason];

	snprintf(keep, sizeof keep, "%s", why);
	leave_hop(l, keep, avoid_s);
	walk_hops(l, keep);
}

void
line_refused(struct line *l, const char *why)
{
	uint64_t pause_ms = REFUSED_PAUSE_S * 1000ull;

	l->trunk->counts.refused++;
	l->step = IDLE;
	l->bound_until_ms = 0;
	l->maybe_bound = false;
	line_set_state(l, LIVE_LINE_FAILED, why);
	probe_refused(l, why);
	pause_ms += rng_below(l->trunk->p.rng, (uint32_t)(pause_ms / 4));
	timer_start(l->trunk->p.timers, &l->timer, pause_ms);
}

/* The hop that works stays first, unless it was only a substitute for a better one. */
static void
sort_hops(struct line *l)
{
	struct sip_hops *h = &l->hops;
	struct sip_hop first;

	*h = l->known;
	for (size_t i = 1; i < h->n && l->has_flow && !l->substitute; i++)
		if (h->hop[i].transport == l->flow.transport &&
		    addr_eq(&h->hop[i].addr, &l->flow.remote)) {
			first = h->hop[i];
			memmove(&h->hop[1], &h->hop[0], i * sizeof first);
			h->hop[0] = first;
		}
	first = h->hop[0];
	sip_hops_sort(&l->trunk->failed, h, line_now_ms(l));
	l->substitute =
	    first.transport != h->hop[0].transport || !addr_eq(&first.addr, &h->hop[0].addr);
}

void
line_on_hops(struct line *l)
{
	char why[128];

	if (l->known.n == 0) {
		l->hops.n = 0;
		snprintf(why, sizeof why, "%.*s: %s", SLICE_FMT(slice_cstr(l->target[0].name)),
		    l->locate_error == ERR_TIMEOUT   ? "no answer from DNS"
		    : l->locate_error == ERR_INVALID ? "a transport that is not available"
						     : "not found in DNS");
		all_failed(l, why);
		return;
	}
	sort_hops(l);
	l->hop = 0;
	l->too_brief = 0;
	l->retry_after_s = 0;
	if (l->conf.registers) {
		l->step = ASKING;
		walk_hops(l, "");
		return;
	}
	l->step = IDLE;
	if (line_flow_to(l, &l->hops.hop[0], &l->flow) != ERR_OK) {
		all_failed(l, "no local address of that kind");
		return;
	}
	l->has_flow = true;
	timer_start(l->trunk->p.timers, &l->timer, l->hops.ttl_s * 1000ull);
	if (l->reachable)
		line_set_state(l, LIVE_LINE_ADDRESS, NULL);
	line_watch(l);
}

void
line_move_on(struct line *l, const char *why)
{
	line_log(LOG_INFO, l, "%s", why);
	if (l->step != IDLE)
		return; /* on its way already */
	timer_start(l->trunk->p.timers, &l->timer, 0);
}

/* ---- beginning and end ---- */

static void
on_timer(struct timer *t)
{
	line_start(container_of(t, struct line, timer));
}

void
line_init_register(struct line *l)
{
	struct buf b;

	timer_init(&l->timer, on_timer);
	timer_init(&l->patience, on_patience);
	buf_init(&b, l->call_id, sizeof l->call_id - 1);
	rng_token(l->trunk->p.rng, &b, sizeof l->call_id - 1);
	buf_init(&b, l->tag, sizeof l->tag - 1);
	rng_token(l->trunk->p.rng, &b, sizeof l->tag - 1);
}

void
line_start(struct line *l)
{
	if (l->step != IDLE)
		return;
	if (!l->conf.enabled) {
		line_set_state(l, LIVE_LINE_OFF, NULL);
		return;
	}
	l->expires_s = l->conf.expires_s;
	if (l->conf.registers) {
		if (l->bound_until_ms <= line_now_ms(l) && l->state != LIVE_LINE_FAILED)
			line_set_state(l, LIVE_LINE_REGISTERING, NULL);
	} else if (l->state == LIVE_LINE_OFF) { /* believed until OPTIONS say otherwise */
		l->reachable = true;
		line_set_state(l, LIVE_LINE_REGISTERING, NULL);
	}
	line_locate(l);
}

void
line_halt(struct line *l)
{
	detach(l);
	timer_stop(&l->timer);
	line_watch_stop(l);
	line_locate_stop(l);
	l->step = IDLE;
}

void
line_leave(struct line *l)
{
	bool bound = l->conf.registers && l->maybe_bound && l->has_flow;

	probe_drop(l);
	line_halt(l);
	l->bound_until_ms = 0;
	l->reachable = false;
	if (!bound) {
		line_has_left(l);
		return;
	}
	l->step = LEAVING;
	l->round = (struct sip_auth_try){0};
	send_register(l, 0);
}
