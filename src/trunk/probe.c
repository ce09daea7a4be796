/*
 * The test of a line (LIN-2): what a line does by itself, one step after the other and told.
 *
 *   LOOKING ──► ASKING (OPTIONS to every server) ──► REGISTERING (the line's own machine) ──► OVER
 *
 * It decides nothing: names come from where the line's names come from, servers are asked as
 * qualify.c asks them, and the registration is the line's, so that what is seen here is what is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "trunk/trunk_int.h"

enum {
	SERVERS_MAX = 8,
	QUESTIONS_MAX = 16,
	OPTIONS_MS = 5000,
	REGISTER_MS = 60000, /* several servers may be silent */
};

enum stage { LOOKING, PROBING, REGISTERING, OVER };

/* OPTIONS to one server. */
struct question {
	struct probe *probe;
	struct sip_client *asked; /* NULL: it has answered, or is given up */
	struct line_test_step *step;
	struct sip_flow flow;
};

struct probe {
	struct list link;
	struct trunk *trunk;
	struct line *line; /* NULL: OVER */
	struct line_test *out;
	const struct trunk_test_ops *ops;
	void *ctx;
	enum stage stage;
	struct timer timer; /* begins, loses patience, ends */
	uint32_t serial, open;
	struct line_test_step *lookup[LINE_TARGETS_MAX];
	unsigned questions; /* of DNS, that are told */
	struct sip_hops hops;
	struct question server[SERVERS_MAX];
	size_t n_servers;
	unsigned asking;
	struct line_test_step *registering;
};

static uint64_t
now_ms(const struct probe *p)
{
	return timers_now_ms(p->trunk->p.timers);
}

static struct line_test_step *
begin(struct probe *p, enum line_test_kind kind, const char *subject)
{
	return line_test_begin(p->out, kind, now_ms(p), subject);
}

static void
end(struct probe *p, struct line_test_step *s, enum line_test_state state,
    enum line_test_advice advice, const char *found)
{
	line_test_end(p->out, s, now_ms(p), state, advice, found);
}

/* Told from a timer: we may be inside a callback of the line. */
static void
finish(struct probe *p)
{
	for (size_t i = 0; i < p->n_servers; i++) {
		if (p->server[i].asked)
			sip_client_detach(p->server[i].asked);
		p->server[i].asked = NULL;
	}
	if (p->line)
		p->line->probe = NULL;
	p->line = NULL;
	p->serial = 0;
	p->stage = OVER;
	timer_start(p->trunk->p.timers, &p->timer, 0);
}

static void
skip_register(struct probe *p, enum line_test_advice why)
{
	end(p, begin(p, LINE_TEST_REGISTER, ""), LINE_TEST_SKIPPED, why, NULL);
	finish(p);
}

static void
write_server(const struct sip_flow *flow, char *out, size_t cap)
{
	char to[ADDR_TEXT_MAX];

	snprintf(out, cap, "%.*s %s", SLICE_FMT(sip_transport_name(flow->transport)),
	    addr_text(&flow->remote, to));
}

/* ---- names ---- */

/* What DNS says is hostile; people read it. */
static void
put_plain(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_char(b, s.p[i] > ' ' && s.p[i] < 0x7f ? s.p[i] : '?');
}

static void
put_record(struct buf *b, enum sip_query kind, const struct sip_dns_answer *a, size_t i)
{
	switch (kind) {
	case SIP_QUERY_NAPTR:
		buf_printf(b, "%u %u ", a->naptr[i].order, a->naptr[i].preference);
		put_plain(b, a->naptr[i].service);
		buf_char(b, ' ');
		put_plain(b, a->naptr[i].replacement);
		break;
	case SIP_QUERY_SRV:
		buf_printf(b, "%u %u ", a->srv[i].priority, a->srv[i].weight);
		put_plain(b, a->srv[i].target);
		buf_printf(b, ":%u", a->srv[i].port);
		break;
	default: addr_write_ip(b, &a->addr[i]);
	}
}

static const char *
query_name(enum sip_query kind)
{
	static const char *const names[] = {"NAPTR", "SRV", "A", "AAAA"};

	return names[kind];
}

void
trunk_on_heard(struct trunk *t, uint64_t token, enum sip_query kind, const char *name,
    const struct sip_dns_answer *a)
{
	struct probe *p = probe_of(t, (uint32_t)(token >> LINE_TARGET_BITS));
	char subject[160], found[320];
	struct line_test_step *s;
	bool silent = a->result != ERR_OK && a->result != ERR_NOT_FOUND;
	struct buf b;

	if (!p || p->questions++ >= QUESTIONS_MAX)
		return;
	snprintf(subject, sizeof subject, "%s %s", query_name(kind), name);
	buf_init(&b, found, sizeof found - 1);
	for (size_t i = 0; i < a->n && a->result == ERR_OK; i++) {
		if (i)
			buf_lit(&b, ", ");
		put_record(&b, kind, a, i);
	}
	found[b.n] = '\0';
	s = begin(p, LINE_TEST_QUESTION, subject);
	end(p, s, silent ? LINE_TEST_WARNING : LINE_TEST_OK,
	    silent ? LINE_ADVICE_DNS_SILENT : LINE_ADVICE_NONE, found);
}

static void
write_hops(const struct sip_hops *hops, char *out, size_t cap)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < hops->n && at < cap; i++) {
		char server[ADDR_TEXT_MAX + 16];
		int n;

		write_server(&(struct sip_flow){.transport = hops->hop[i].transport,
				 .remote = hops->hop[i].addr},
		    server, sizeof server);
		n = snprintf(out + at, cap - at, "%s%s", i ? ", " : "", server);
		at += n > 0 ? (size_t)n : 0;
	}
}

static enum line_test_advice
advice_of_search(enum err e)
{
	switch (e) {
	case ERR_TIMEOUT: return LINE_ADVICE_DNS_SILENT;
	case ERR_INVALID: return LINE_ADVICE_TRANSPORT_OFF;
	default: return LINE_ADVICE_NAME_UNKNOWN;
	}
}

static bool
is_listed(const struct sip_hops *hops, const struct sip_hop *hop)
{
	for (size_t i = 0; i < hops->n; i++)
		if (hops->hop[i].transport == hop->transport &&
		    addr_eq(&hops->hop[i].addr, &hop->addr))
			return true;
	return false;
}

static void ask_servers(struct probe *p);

static void
take_hops(struct probe *p, size_t target, enum err result, const struct sip_hops *hops)
{
	char found[320];

	p->open &= ~(1u << target);
	if (result == ERR_OK && hops && hops->n) {
		write_hops(hops, found, sizeof found);
		end(p, p->lookup[target], LINE_TEST_OK, LINE_ADVICE_NONE, found);
		for (size_t i = 0; i < hops->n && p->hops.n < SERVERS_MAX; i++)
			if (!is_listed(&p->hops, &hops->hop[i]))
				p->hops.hop[p->hops.n++] = hops->hop[i];
	} else {
		end(p, p->lookup[target], LINE_TEST_FAILED, advice_of_search(result), NULL);
	}
	if (!p->open)
		ask_servers(p);
}

struct probe *
probe_of(struct trunk *t, uint32_t serial)
{
	LIST_FOR_EACH (it, &t->probes) {
		struct probe *p = container_of(it, struct probe, link);

		if (serial && p->serial == serial)
			return p;
	}
	return NULL;
}

bool
probe_located(
    struct trunk *t, uint32_t serial, size_t target, enum err result, const struct sip_hops *hops)
{
	struct probe *p = probe_of(t, serial);

	if (p && target < LINE_TARGETS_MAX && (p->open >> target & 1))
		take_hops(p, target, result, hops);
	return p != NULL;
}

static void
look_up(struct probe *p)
{
	const struct line *l = p->line;
	struct trunk *t = p->trunk;

	if (l->n_targets == 0) { /* the host is no address; the line says so */
		end(p, begin(p, LINE_TEST_LOOKUP, ""), LINE_TEST_FAILED, LINE_ADVICE_NAME_UNKNOWN,
		    l->reason);
		ask_servers(p);
		return;
	}
	p->serial = ++t->next_serial;
	p->open = (1u << l->n_targets) - 1;
	for (size_t i = 0; i < l->n_targets; i++)
		p->lookup[i] = begin(p, LINE_TEST_LOOKUP, l->target[i].host);
	for (size_t i = 0; i < l->n_targets && p->stage == LOOKING; i++) {
		uint64_t token = (uint64_t)p->serial << LINE_TARGET_BITS | i;
		enum err e = t->p.ops->locate(t->p.ctx, &l->target[i], token);

		if (e != ERR_OK)
			take_hops(p, i, e, NULL);
	}
}

/* ---- servers ---- */

static bool
describe_peer(const struct probe *p, const struct sip_flow *flow, struct line_test_step *s,
    struct trunk_peer *peer)
{
	const struct trunk_params *tp = &p->trunk->p;

	if (!s || !sip_transport_secure(flow->transport) || !tp->ops->peer ||
	    !tp->ops->peer(tp->ctx, &flow->remote, peer))
		return false;
	memcpy(s->cert_subject, peer->subject, sizeof s->cert_subject);
	memcpy(s->cert_issuer, peer->issuer, sizeof s->cert_issuer);
	s->cert_until = peer->until_s * 1000;
	return true;
}

/* Nobody answered, or no connection came about: why? */
static void
end_unheard(struct probe *p, const struct sip_flow *flow, struct line_test_step *s,
    enum line_test_state state, bool closed)
{
	struct trunk_peer peer = {0};

	if (describe_peer(p, flow, s, &peer) && peer.why[0])
		end(p, s, LINE_TEST_FAILED,
		    peer.until_s ? LINE_ADVICE_CERTIFICATE_REFUSED : LINE_ADVICE_TLS_FAILED,
		    peer.why);
	else if (closed)
		end(p, s, LINE_TEST_FAILED, LINE_ADVICE_NO_CONNECTION, NULL);
	else
		end(p, s, state, LINE_ADVICE_NO_ANSWER, NULL);
}

static void register_now(struct probe *p);

static void
one_is_through(struct question *q)
{
	struct probe *p = q->probe;

	if (q->asked)
		sip_client_detach(q->asked);
	q->asked = NULL;
	if (--p->asking == 0)
		register_now(p);
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct question *q = user;
	struct trunk_peer peer;
	char found[160];

	if (resp->status < 200)
		return;
	line_describe_answer(resp, found, sizeof found);
	describe_peer(q->probe, &q->flow, q->step, &peer);
	if (resp->status == 503 || resp->status == 408)
		end(q->probe, q->step, LINE_TEST_WARNING, LINE_ADVICE_NOT_SERVING, found);
	else
		end(q->probe, q->step, LINE_TEST_OK, LINE_ADVICE_NONE, found);
	one_is_through(q);
}

/* Some providers do not answer OPTIONS: the registration will show it. */
static void
silent(struct question *q, bool closed)
{
	const struct line *l = q->probe->line;
	bool judges = !l->conf.registers && l->conf.qualify_s;

	end_unheard(
	    q->probe, &q->flow, q->step, judges ? LINE_TEST_FAILED : LINE_TEST_WARNING, closed);
	one_is_through(q);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	silent(user, why != ERR_TIMEOUT);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	((struct question *)user)->asked = NULL;
}

static const struct sip_client_ops options_ops = {on_response, on_failed, on_gone};

static void
ask_server(struct probe *p, const struct sip_hop *hop)
{
	struct question *q = &p->server[p->n_servers++];
	char subject[160], call_id[33];
	struct buf b;

	*q = (struct question){
	    .probe = p, .flow = {.transport = hop->transport, .remote = hop->addr}};
	write_server(&q->flow, subject, sizeof subject);
	q->step = begin(p, LINE_TEST_SERVER, subject);
	if (line_flow_to(p->line, hop, &q->flow) != ERR_OK) {
		end(p, q->step, LINE_TEST_FAILED, LINE_ADVICE_NO_LOCAL_ADDRESS, NULL);
		return;
	}
	buf_init(&b, call_id, sizeof call_id - 1);
	rng_token(p->trunk->p.rng, &b, sizeof call_id - 1);
	call_id[b.n] = '\0';
	if (q->step)
		snprintf(q->step->trace, sizeof q->step->trace, "%s", call_id);
	p->ops->server(p->ctx, &hop->addr);
	if (line_ask_options(p->line, &q->flow, call_id, &options_ops, q, &q->asked) != ERR_OK)
		end(p, q->step, LINE_TEST_FAILED, LINE_ADVICE_NONE, "no memory");
	else
		p->asking++;
}

static void
ask_servers(struct probe *p)
{
	p->stage = PROBING;
	if (p->hops.n == 0) {
		skip_register(p, LINE_ADVICE_NO_STEP_BEFORE);
		return;
	}
	timer_start(p->trunk->p.timers, &p->timer, OPTIONS_MS);
	for (size_t i = 0; i < p->hops.n; i++)
		ask_server(p, &p->hops.hop[i]);
	if (p->asking == 0)
		register_now(p);
}

static void
lose_patience(struct probe *p)
{
	for (size_t i = 0; i < p->n_servers && p->stage == PROBING; i++)
		if (p->server[i].asked)
			silent(&p->server[i], false);
}

/* ---- registration ---- */

static void
register_now(struct probe *p)
{
	struct line *l = p->line;

	p->stage = REGISTERING;
	if (!l->conf.enabled || !l->conf.registers) {
		skip_register(p, l->conf.enabled ? LINE_ADVICE_BY_ADDRESS : LINE_ADVICE_LINE_OFF);
		return;
	}
	timer_start(p->trunk->p.timers, &p->timer, REGISTER_MS);
	if (l->step == ASKING)
		probe_asks(l);
	if (l->step != IDLE)
		return;		 /* on its way by itself */
	l->located_until_ms = 0; /* with what was found just now */
	line_start(l);
}

static struct probe *
registering(const struct line *l)
{
	return l->probe && l->probe->stage == REGISTERING ? l->probe : NULL;
}

void
probe_asks(struct line *l)
{
	struct probe *p = registering(l);
	char subject[160];

	if (!p)
		return;
	write_server(&l->flow, subject, sizeof subject);
	p->registering = begin(p, LINE_TEST_REGISTER, subject);
	if (p->registering)
		snprintf(p->registering->trace, sizeof p->registering->trace, "%.32s", l->call_id);
}

static enum line_test_advice
advice_of_answer(uint16_t status)
{
	switch (status) {
	case 401:
	case 407: return LINE_ADVICE_WRONG_PASSWORD;
	case 403: return LINE_ADVICE_FORBIDDEN;
	case 404:
	case 604: return LINE_ADVICE_ACCOUNT_UNKNOWN;
	case 500:
	case 503: return LINE_ADVICE_OVERLOADED;
	default: return LINE_ADVICE_REGISTER_REFUSED;
	}
}

void
probe_failed(struct line *l, const char *why)
{
	struct probe *p = registering(l);

	if (!p)
		return;
	if (!p->registering) {
		probe_asks(l);
		end(p, p->registering, LINE_TEST_FAILED, LINE_ADVICE_NO_LOCAL_ADDRESS, NULL);
	} else if (l->answered) {
		end(p, p->registering, LINE_TEST_FAILED, advice_of_answer(l->answered), why);
	} else {
		end_unheard(p, &l->flow, p->registering, LINE_TEST_FAILED, false);
	}
	p->registering = NULL;
}

void
probe_gave_up(struct line *l, const char *why)
{
	struct probe *p = registering(l);

	if (p)
		finish(p);
}

void
probe_refused(struct line *l, const char *why)
{
	struct probe *p = registering(l);

	if (!p)
		return;
	end(p, p->registering, LINE_TEST_FAILED,
	    l->answered ? advice_of_answer(l->answered) : LINE_ADVICE_METHOD_UNKNOWN, why);
	finish(p);
}

void
probe_registered(struct line *l, uint32_t expires_s)
{
	struct probe *p = registering(l);
	struct trunk_peer peer;
	char found[64];

	if (!p)
		return;
	snprintf(found, sizeof found, "200 OK, %u s", expires_s);
	describe_peer(p, &l->flow, p->registering, &peer);
	end(p, p->registering, LINE_TEST_OK, LINE_ADVICE_NONE, found);
	finish(p);
}

/* ---- beginning and end ---- */

static void
end_running(struct probe *p, enum line_test_advice why)
{
	for (uint32_t i = 0; i < p->out->n; i++)
		if (p->out->step[i].state == LINE_TEST_RUNNING)
			end(p, &p->out->step[i], LINE_TEST_FAILED, why, NULL);
}

void
probe_drop(struct line *l)
{
	struct probe *p = l->probe;

	if (!p)
		return;
	if (p->stage == LOOKING && !p->out->n) /* it has not begun: somebody shall know why */
		begin(p, LINE_TEST_LOOKUP, "");
	end_running(p, LINE_ADVICE_CHANGED);
	finish(l->probe);
}

static void
probe_free(struct probe *p)
{
	timer_stop(&p->timer);
	list_remove(&p->link);
	free(p);
}

void
probes_free(struct trunk *t)
{
	LIST_FOR_EACH_SAFE (it, &t->probes)
		probe_free(container_of(it, struct probe, link));
}

static void
on_timer(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, timer);
	const struct trunk_test_ops *ops = p->ops;
	void *ctx = p->ctx;

	switch (p->stage) {
	case LOOKING: look_up(p); break;
	case PROBING: lose_patience(p); break;
	case REGISTERING:
		end_running(p, LINE_ADVICE_NO_ANSWER);
		finish(p);
		break;
	case OVER:
		probe_free(p);
		ops->done(ctx);
		break;
	}
}

enum err
trunk_test(struct trunk *t, int64_t line, struct line_test *out, const struct trunk_test_ops *ops,
    void *ctx)
{
	struct line *l = trunk_line(t, line);
	struct probe *p;

	if (!l)
		return ERR_NOT_FOUND;
	if (l->probe || l->step == LEAVING || t->stopping)
		return ERR_WRONG_STATE;
	p = calloc(1, sizeof *p);
	if (!p)
		return ERR_NOMEM;
	p->trunk = t;
	p->line = l;
	p->out = out;
	p->ops = ops;
	p->ctx = ctx;
	l->probe = p;
	list_push(&t->probes, &p->link);
	timer_init(&p->timer, on_timer);
	timer_start(t->p.timers, &p->timer, 0);
	return ERR_OK;
}
