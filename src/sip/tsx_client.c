/*
 * Client transactions, as far as INVITE and the other methods are alike: how they
 * begin, are found by their responses (17.1.3) and end, and what their users call.
 */
#include <stdlib.h>

#include "sip/core_int.h"

#define COOKIE "z9hG4bK"

static const struct client_machine *
machine(const struct sip_client *t)
{
	return t->method == SIP_INVITE ? &client_invite : &client_plain;
}

static void
destroy(struct sip_client *t)
{
	timer_stop(&t->resend);
	timer_stop(&t->end);
	tsx_conn_leave(t);
	bytes_drop(&t->request);
	free(t->cancel_extra);
	free(t->auth);
	free(t);
}

static void
run(struct sip_client *t, enum client_event ev, const struct sip_msg *resp)
{
	const struct client_rule *r = &machine(t)->rule[t->state][ev];

	if (!r->next) {
		t->core->stats.stray++;
		return;
	}
	if (r->next != t->state) {
		t->state = r->next;
		machine(t)->enter(t, (enum client_state)r->next);
	}
	if (r->act)
		r->act(t, resp);
}

static void
on_resend_timer(struct timer *timer)
{
	struct sip_client *t = container_of(timer, struct sip_client, resend);

	if (!large_fall_back(t))
		run(t, CLIENT_RESEND, NULL);
}

static void
on_end_timer(struct timer *timer)
{
	struct sip_client *t = container_of(timer, struct sip_client, end);
	struct sip_core *c = t->core;

	if (t->closed && large_fall_back(t))
		return;
	run(t, t->closed ? CLIENT_CLOSED : CLIENT_END, NULL);
	if (t->state != CLIENT_TERMINATED)
		return;
	hmap_remove(&c->clients, &t->by_branch);
	c->stats.clients--;
	if (t->ops && t->ops->on_gone)
		t->ops->on_gone(t->user, t);
	destroy(t);
}

void
client_free_all(struct sip_core *c)
{
	struct hnode *n = hmap_each(&c->clients, NULL);

	while (n) {
		struct hnode *next = hmap_each(&c->clients, n);

		destroy(container_of(n, struct sip_client, by_branch));
		n = next;
	}
}

/* ---- responses ---- */

/* The branch is 64 random bits of ours: that it comes back proves more than the
 * sent-by of 18.1.2, which some address translators rewrite. */
static struct sip_client *
find(const struct sip_core *c, const struct sip_msg *resp)
{
	struct slice token = slice_from(resp->via.branch, sizeof COOKIE - 1);
	uint64_t key;

	if (resp->via.branch.n != TSX_BRANCH_BYTES ||
	    !slice_starts(resp->via.branch, SLICE(COOKIE)))
		return NULL;
	key = tsx_key_client(token, resp->method);
	for (struct hnode *n = hmap_first(&c->clients, key); n; n = hmap_next(n, key)) {
		struct sip_client *t = container_of(n, struct sip_client, by_branch);

		if (t->method == resp->method &&
		    slice_eq(token, slice_make(t->token, sizeof t->token)))
			return t;
	}
	return NULL;
}

/* 8.1.3.3: more than one Via means that it went astray. */
static bool
has_one_via(const struct sip_msg *resp)
{
	struct sip_values it = {0};
	struct slice value;
	size_t n = 0;

	while (sip_msg_next_value(resp, SIP_HDR_VIA, &it, &value))
		n++;
	return n == 1;
}

void
client_on_response(struct sip_core *c, const struct sip_msg *resp)
{
	struct sip_client *t = find(c, resp);

	if (!t || !has_one_via(resp)) {
		c->stats.stray++;
		return;
	}
	if (client_ask_again(t, resp))
		return;
	large_answered(t);
	run(t,
	    resp->status < 200	 ? CLIENT_1XX
	    : resp->status < 300 ? CLIENT_2XX
				 : CLIENT_3456XX,
	    resp);
}

/* ---- actions of both machines ---- */

void
client_tell(struct sip_client *t, const struct sip_msg *resp)
{
	if (t->ops && t->ops->on_response)
		t->ops->on_response(t->user, t, resp);
}

static void
fail(struct sip_client *t, enum err why)
{
	if (t->ops && t->ops->on_failed)
		t->ops->on_failed(t->user, t, why);
}

void
client_fail_timeout(struct sip_client *t, const struct sip_msg *resp)
{
	t->core->stats.timeouts++;
	fail(t, ERR_TIMEOUT);
}

void
client_fail_closed(struct sip_client *t, const struct sip_msg *resp)
{
	fail(t, ERR_CLOSED);
}

void
client_resend(struct sip_client *t, uint32_t cap_ms)
{
	core_resend(t->core, &t->flow, bytes_slice(t->request));
	t->interval_ms = t->interval_ms * 2 < cap_ms ? t->interval_ms * 2 : cap_ms;
	core_start(t->core, &t->resend, t->interval_ms);
}

/* ---- beginning ---- */

void
client_draw_token(struct sip_core *c, char token[TSX_TOKEN_BYTES])
{
	struct buf b;

	buf_init(&b, token, TSX_TOKEN_BYTES);
	rng_token(c->rng, &b, TSX_TOKEN_BYTES);
}

enum err
client_write(struct sip_core *c, const struct sip_flow *flow, const struct sip_request *r,
    const char token[TSX_TOKEN_BYTES], struct slice *out)
{
	char branch[TSX_BRANCH_BYTES];
	struct addr sent_by;
	struct buf b;

	sip_core_address(c, flow, &sent_by);
	buf_init(&b, branch, sizeof branch);
	buf_lit(&b, COOKIE);
	buf_put(&b, slice_make(token, TSX_TOKEN_BYTES));
	buf_init(&b, c->scratch, sizeof c->scratch);
	sip_write_request_line(&b, sip_method_name(r->method), r->uri);
	sip_write_via(&b, flow->transport, &sent_by, slice_make(branch, sizeof branch));
	sip_write_hdrf(&b, SIP_HDR_MAX_FORWARDS, "%u", r->max_forwards ? r->max_forwards : 70);
	buf_put(&b, r->headers);
	if (c->server_name.n)
		sip_write_hdr(&b, SIP_HDR_USER_AGENT, c->server_name);
	sip_write_body(&b, r->content_type, r->body);
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	*out = buf_slice(&b);
	return ERR_OK;
}

static enum err
enlist(struct sip_client *t)
{
	struct slice token = slice_make(t->token, sizeof t->token);
	enum err e = tsx_conn_join(t);

	if (e == ERR_OK)
		e = hmap_put(&t->core->clients, &t->by_branch,
		    tsx_key_client(token, (enum sip_method)t->method));
	if (e == ERR_OK)
		t->core->stats.clients++;
	return e;
}

enum err
client_start(struct sip_core *c, const struct sip_flow *flow, enum sip_method m, struct slice bytes,
    const char token[TSX_TOKEN_BYTES], struct sip_client **out)
{
	struct sip_client *t = calloc(1, sizeof *t);
	enum err e;

	if (!t)
		return ERR_NOMEM;
	t->core = c;
	t->flow = *flow;
	t->method = (uint8_t)m;
	memcpy(t->token, token, sizeof t->token);
	timer_init(&t->resend, on_resend_timer);
	timer_init(&t->end, on_end_timer);
	list_init(&t->in_conn);
	e = bytes_set(&t->request, bytes);
	if (e == ERR_OK) {
		large_begin(t);
		e = enlist(t);
	}
	if (e != ERR_OK) {
		destroy(t);
		return e;
	}
	t->state = machine(t)->first;
	machine(t)->enter(t, (enum client_state)t->state);
	large_started(t);
	core_send(c, &t->flow, bytes_slice(t->request));
	*out = t;
	return ERR_OK;
}

/* ---- for users ---- */

enum err
sip_client_send(struct sip_core *c, const struct sip_flow *flow, const struct sip_request *r,
    const struct sip_client_ops *ops, void *user, struct sip_client **out)
{
	char token[TSX_TOKEN_BYTES];
	struct sip_client *t = NULL;
	struct slice bytes;
	enum err e;

	if (r->method == SIP_ACK || r->method == SIP_CANCEL || r->method == SIP_METHOD_OTHER)
		return ERR_INVALID;
	if (!core_has_room(c, true))
		return ERR_LIMIT;
	client_draw_token(c, token);
	e = client_write(c, flow, r, token, &bytes);
	if (e == ERR_OK)
		e = client_start(c, flow, r->method, bytes, token, &t);
	if (e != ERR_OK)
		return e;
	if (client_take_auth(t, r) != ERR_OK)
		log_warn(SIP, "no memory to answer a challenge");
	t->ops = ops;
	t->user = user;
	if (out)
		*out = t;
	return ERR_OK;
}

void
sip_client_detach(struct sip_client *t)
{
	t->ops = NULL;
	t->user = NULL;
	/* Nobody will cancel it any more: ringing must not go on for ever. */
	if (t->state == CLIENT_PROCEEDING && !timer_active(&t->end))
		core_start(t->core, &t->end, TSX_LIFE_MS);
}
