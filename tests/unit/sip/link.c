#include "link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fault.h"

struct packet {
	struct timer timer;
	struct link *link;
	int to;
	size_t n;
	char bytes[];
};

static void
note(struct link *l, int end, enum link_event ev, int value, struct slice line)
{
	struct link_note *n;

	if (l->quiet)
		return;
	assert_true(l->notes < LINK_NOTES_MAX);
	n = &l->note[l->notes++];
	*n = (struct link_note){timers_now_ms(&l->timers), ev, end, value, ""};
	slice_clip_cstr(line, n->line, sizeof n->line);
}

static unsigned
kind_of(struct slice bytes)
{
	if (slice_starts(bytes, SLICE("SIP/2.0 "))) {
		struct slice cseq = bytes;

		while (cseq.n && !slice_starts(cseq, SLICE("CSeq:")))
			(void)slice_take_until(&cseq, '\n');
		cseq = slice_take_until(&cseq, '\r');
		if (cseq.n > 6 && slice_starts(slice_from(cseq, cseq.n - 6), SLICE("CANCEL")))
			return LINK_CANCEL_ANSWER;
		switch (bytes.p[8]) {
		case '1': return bytes.p[10] == '0' && bytes.p[9] == '0' ? LINK_100 : LINK_1XX;
		case '2': return LINK_2XX;
		default: return LINK_FAILURE;
		}
	}
	return slice_starts(bytes, SLICE("ACK "))      ? LINK_ACK
	       : slice_starts(bytes, SLICE("CANCEL ")) ? LINK_CANCEL
						       : LINK_REQUEST;
}

static void
arrive(struct timer *t)
{
	struct packet *p = container_of(t, struct packet, timer);
	struct link_end *e = &p->link->end[p->to];

	/* a copy of its own, so that nobody keeps views into it unseen */
	sip_core_on_message(e->core, &e->flow, slice_make(p->bytes, p->n));
	free(p);
}

static void
deliver(struct link *l, int to, struct slice bytes)
{
	size_t fail_at = fault.fail_at;
	struct packet *p;

	fault.fail_at = 0; /* the link itself never runs out of memory */
	p = malloc(sizeof *p + bytes.n);
	fault.fail_at = fail_at;
	assert_non_null(p);
	p->link = l;
	p->to = to;
	p->n = bytes.n;
	memcpy(p->bytes, bytes.p, bytes.n);
	timer_init(&p->timer, arrive);
	timer_start(&l->timers, &p->timer, l->delay_ms);
}

static void
on_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct link_end *e = ctx;
	struct link *l = e->link;
	unsigned kind = kind_of(bytes);
	struct slice line = bytes;

	note(l, e->id, LINK_SENT, 0, slice_take_until(&line, '\r'));
	memcpy(l->last_sent[e->id], bytes.p, bytes.n);
	l->last_sent_n[e->id] = bytes.n;
	if (l->drop & kind)
		return;
	if (l->drop_once & kind) {
		l->drop_once &= ~kind;
		return;
	}
	deliver(l, !e->id, bytes);
	if (l->double_all & kind)
		deliver(l, !e->id, bytes);
}

/* ---- B's user ---- */

static void
respond(struct link *l, uint16_t status)
{
	struct link_end *e = &l->end[LINK_B];
	struct sip_response r = {
	    .status = status, .headers = l->b_headers, .reliable = l->b_reliable && status < 200};

	if (e->server)
		(void)!sip_server_respond(e->server, &r);
}

static void
next_answer(struct timer *t)
{
	struct link *l = container_of(t, struct link, answer_timer);
	struct link_answer a = l->plan[l->next_answer++];

	if (l->next_answer < LINK_PLAN_MAX && l->plan[l->next_answer].status)
		timer_start(&l->timers, t, l->plan[l->next_answer].at_ms - a.at_ms);
	respond(l, a.status);
}

static void
server_on_cancel(void *user, struct sip_server *tsx, const struct sip_msg *cancel)
{
	struct link_end *e = user;

	note(e->link, e->id, LINK_ON_CANCEL, 0, (struct slice){0});
	if (e->link->b_answers_cancel)
		sip_server_reject(tsx, 487, (struct slice){0});
}

static void
server_on_no_ack(void *user, struct sip_server *tsx)
{
	struct link_end *e = user;

	note(e->link, e->id, LINK_ON_NO_ACK, 0, (struct slice){0});
}

static void
server_on_no_prack(void *user, struct sip_server *tsx)
{
	struct link_end *e = user;

	note(e->link, e->id, LINK_ON_NO_PRACK, 0, (struct slice){0});
	sip_server_reject(tsx, 504, (struct slice){0});
}

static void
server_on_gone(void *user, struct sip_server *tsx)
{
	struct link_end *e = user;

	note(e->link, e->id, LINK_ON_GONE, 0, (struct slice){0});
	if (e->server == tsx)
		e->server = NULL;
}

static const struct sip_server_ops server_ops = {
    server_on_cancel, server_on_no_ack, server_on_no_prack, server_on_gone};

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	struct link_end *e = ctx;
	struct link *l = e->link;

	note(l, e->id, LINK_ON_REQUEST, (int)req->method, (struct slice){0});
	e->requests++;
	if (l->b_status) {
		sip_server_reject(tsx, l->b_status, (struct slice){0});
		return;
	}
	e->server = tsx;
	sip_server_attach(tsx, &server_ops, e);
	l->next_answer = 0;
	if (l->plan[0].status && l->plan[0].at_ms == 0)
		next_answer(&l->answer_timer);
	else if (l->plan[0].status)
		timer_start(&l->timers, &l->answer_timer, l->plan[0].at_ms);
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
	struct link_end *e = ctx;

	note(e->link, e->id, LINK_ON_ACK, 0, (struct slice){0});
	e->acks++;
	if (e->link->b_takes_acks && e->server)
		sip_server_acked(e->server);
}

static const struct sip_core_ops core_ops = {
    .send = on_send, .on_request = on_request, .on_ack = on_ack};

/* ---- A's user ---- */

static void
client_on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct link_end *e = user;
	struct link *l = e->link;
	char text[512];
	struct buf b;

	note(l, e->id, LINK_ON_RESPONSE, resp->status, (struct slice){0});
	if (!l->a_acks_2xx || resp->method != SIP_INVITE || resp->status / 100 != 2)
		return;
	buf_init(&b, text, sizeof text);
	sip_copy_hdrs(&b, resp, SIP_HDR_FROM);
	sip_copy_hdrs(&b, resp, SIP_HDR_TO);
	sip_copy_hdrs(&b, resp, SIP_HDR_CALL_ID);
	sip_write_hdrf(&b, SIP_HDR_CSEQ, "%u ACK", resp->cseq);
	assert_int_equal(
	    sip_core_send_ack(e->core, &e->flow,
		&(struct sip_request){
		    .method = SIP_ACK, .uri = SLICE("sip:b@192.0.2.2"), .headers = buf_slice(&b)}),
	    ERR_OK);
}

static void
client_on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct link_end *e = user;

	note(e->link, e->id, LINK_ON_FAILED, (int)why, (struct slice){0});
}

static void
client_on_gone(void *user, struct sip_client *tsx)
{
	struct link_end *e = user;

	note(e->link, e->id, LINK_ON_GONE, 0, (struct slice){0});
	if (e->client == tsx)
		e->client = NULL;
}

static const struct sip_client_ops client_ops = {
    client_on_response, client_on_failed, client_on_gone};

struct slice
link_headers(struct buf *b, enum sip_method m, unsigned n)
{
	buf_printf(b,
	    "From: <sip:a@192.0.2.1>;tag=a%u\r\nTo: <sip:b@192.0.2.2>\r\n"
	    "Call-ID: call-%u\r\nCSeq: 1 %.*s\r\nContact: <sip:a@192.0.2.1>\r\n",
	    n, n, SLICE_FMT(sip_method_name(m)));
	return buf_slice(b);
}

enum err
link_ask(struct link *l, enum sip_method m)
{
	static unsigned n;
	struct link_end *e = &l->end[LINK_A];
	char text[512];
	struct buf b;

	buf_init(&b, text, sizeof text);
	return sip_client_send(e->core, &e->flow,
	    &(struct sip_request){
		.method = m, .uri = SLICE("sip:b@192.0.2.2"), .headers = link_headers(&b, m, ++n)},
	    &client_ops, e, &e->client);
}

void
link_inject_from(struct link *l, int end, const struct sip_flow *flow, const char *text)
{
	size_t n = strlen(text);
	char *copy = malloc(n);

	assert_non_null(copy);
	memcpy(copy, text, n);
	sip_core_on_message(l->end[end].core, flow, slice_make(copy, n));
	free(copy);
}

void
link_inject(struct link *l, int end, const char *text)
{
	link_inject_from(l, end, &l->end[end].flow, text);
}

/* ---- the link ---- */

void
link_init(struct link *l, enum sip_transport transport, size_t transactions_max)
{
	static const char *const address[] = {"192.0.2.1", "192.0.2.2"};

	memset(l, 0, offsetof(struct link, note));
	l->notes = 0;
	timers_init(&l->timers, 0);
	rng_init_seed(&l->rng, 1);
	timer_init(&l->answer_timer, next_answer);
	for (int i = 0; i < LINK_ENDS; i++) {
		struct link_end *e = &l->end[i];
		struct sip_core_params p = {
		    &l->timers, &l->rng, &core_ops, e, SLICE("test"), transactions_max};

		e->link = l;
		e->id = i;
		e->flow.transport = transport;
		if (sip_transport_reliable(transport))
			e->flow.conn_slot = e->flow.conn_gen = 1;
		assert_int_equal(
		    addr_parse_ip(slice_cstr(address[i]), 5060, &e->flow.local), ERR_OK);
		assert_int_equal(
		    addr_parse_ip(slice_cstr(address[!i]), 5060, &e->flow.remote), ERR_OK);
		assert_int_equal(sip_core_new(&e->core, &p), ERR_OK);
	}
}

void
link_fini(struct link *l)
{
	struct list *slot;

	for (int i = 0; i < LINK_ENDS; i++)
		sip_core_free(l->end[i].core);
	timer_stop(&l->answer_timer);
	/* only packets are left in the wheel */
	for (int level = 0; level < TIMER_LEVELS; level++)
		for (int i = 0; i < TIMER_SLOTS; i++) {
			slot = &l->timers.slot[level][i];
			while (!list_empty(slot)) {
				struct timer *t = container_of(slot->next, struct timer, node);

				timer_stop(t);
				free(container_of(t, struct packet, timer));
			}
		}
	assert_int_equal(l->timers.count, 0);
}

void
link_run_until(struct link *l, uint64_t ms)
{
	while (timers_next_ms(&l->timers) <= ms)
		timers_advance(&l->timers, timers_next_ms(&l->timers));
	timers_advance(&l->timers, ms);
}

/* ---- what was noted ---- */

static bool
matches(const struct link_note *n, int end, enum link_event ev, int value)
{
	return n->end == end && n->event == ev && (value == LINK_ANY || n->value == value);
}

size_t
link_count(const struct link *l, int end, enum link_event ev, int value)
{
	size_t count = 0;

	for (size_t i = 0; i < l->notes; i++)
		count += matches(&l->note[i], end, ev, value);
	return count;
}

uint64_t
link_when(const struct link *l, int end, enum link_event ev, int value)
{
	for (size_t i = 0; i < l->notes; i++)
		if (matches(&l->note[i], end, ev, value))
			return l->note[i].at_ms;
	return UINT64_MAX;
}

size_t
link_sent(const struct link *l, int end, const char *line, uint64_t *at_ms, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < l->notes; i++)
		if (matches(&l->note[i], end, LINK_SENT, LINK_ANY) &&
		    slice_starts(slice_cstr(l->note[i].line), slice_cstr(line)) && n < max)
			at_ms[n++] = l->note[i].at_ms;
	return n;
}
