/*
 * Server transactions, as far as INVITE and the other methods are alike: how they
 * begin, are found and end, and what their users call.
 */
#include <stdlib.h>

#include "sip/core_int.h"

static const struct server_machine *
machine(const struct sip_server *s)
{
	return s->method == SIP_INVITE ? &server_invite : &server_plain;
}

static void
on_end_timer(struct timer *t)
{
	server_run_timer(container_of(t, struct sip_server, end), SERVER_END);
}

static void
on_resend_timer(struct timer *t)
{
	server_run_timer(&container_of(t, struct sip_invite_server, resend)->base, SERVER_RESEND);
}

struct sip_server *
server_find(const struct sip_core *c, struct tsx_key key)
{
	for (struct hnode *n = hmap_first(&c->servers, key.a); n; n = hmap_next(n, key.a)) {
		struct sip_server *s = container_of(n, struct sip_server, by_key);

		if (s->key_b == key.b)
			return s;
	}
	return NULL;
}

static void
stop_timers(struct sip_server *s)
{
	timer_stop(&s->end);
	if (s->method == SIP_INVITE)
		timer_stop(&container_of(s, struct sip_invite_server, base)->resend);
}

static void
destroy(struct sip_server *s)
{
	stop_timers(s);
	free(s->kept);
	free(s);
}

static void
leave_merges(struct sip_server *s)
{
	if (s->merging)
		hmap_remove(&s->core->merges, &s->by_merge);
	s->merging = false;
}

void
server_run(struct sip_server *s, enum server_event ev)
{
	const struct server_rule *r = &machine(s)->rule[s->state][ev];

	if (!r->next) {
		s->core->stats.stray++;
		return;
	}
	if (r->next != s->state) {
		s->state = r->next;
		machine(s)->enter(s, (enum server_state)r->next);
	}
	if (r->act)
		r->act(s);
}

void
server_run_timer(struct sip_server *s, enum server_event ev)
{
	struct sip_core *c = s->core;

	server_run(s, ev);
	if (s->state != SERVER_TERMINATED)
		return;
	hmap_remove(&c->servers, &s->by_key);
	leave_merges(s);
	c->stats.servers--;
	if (c->ops->on_server)
		c->ops->on_server(c->ctx, &s->flow, -1);
	if (s->ops && s->ops->on_gone)
		s->ops->on_gone(s->user, s);
	destroy(s);
}

void
server_free_all(struct sip_core *c)
{
	struct hnode *n = hmap_each(&c->servers, NULL);

	while (n) {
		struct hnode *next = hmap_each(&c->servers, n);

		destroy(container_of(n, struct sip_server, by_key));
		n = next;
	}
}

/* ---- what is kept ---- */

static struct slice
kept_echo(const struct sip_server *s)
{
	return slice_make(s->kept, s->echo_bytes);
}

static struct slice
kept_last(const struct sip_server *s)
{
	return slice_make(s->kept + s->echo_bytes, s->last_bytes);
}

enum err
server_keep(struct sip_server *s, struct slice echo, struct slice last)
{
	char *block = malloc(echo.n + last.n);

	if (!block)
		return ERR_NOMEM;
	if (echo.n)
		memcpy(block, echo.p, echo.n);
	if (last.n)
		memcpy(block + echo.n, last.p, last.n);
	free(s->kept);
	s->kept = block;
	s->echo_bytes = (uint16_t)echo.n;
	s->last_bytes = (uint16_t)last.n;
	return ERR_OK;
}

void
server_keep_nothing(struct sip_server *s)
{
	free(s->kept);
	s->kept = NULL;
	s->echo_bytes = s->last_bytes = 0;
}

void
server_send_last(struct sip_server *s)
{
	if (s->last_bytes)
		core_send(s->core, &s->flow, kept_last(s));
}

void
server_resend_last(struct sip_server *s)
{
	if (s->last_bytes)
		core_resend(s->core, &s->flow, kept_last(s));
}

bool
server_ack_fits(const struct sip_server *s, const struct sip_msg *ack)
{
	return slice_starts_nocase(ack->via.branch, SLICE("z9hG4bK")) || !s->own_tag ||
	       slice_eq(ack->to.tag, sip_server_tag(s));
}

/* ---- beginning ---- */

/* Only what responses repeat (8.2.6); all else is for the user, at once. */
static enum err
keep_echo(struct sip_server *s, const struct sip_msg *req)
{
	struct buf b;

	buf_init(&b, s->core->scratch, sizeof s->core->scratch);
	sip_response_echo_write(&b, req, &s->flow, &s->echo);
	return buf_ok(&b) && b.n <= UINT16_MAX ? server_keep(s, buf_slice(&b), (struct slice){0})
					       : ERR_TOO_BIG;
}

static enum err
enlist(struct sip_server *s, struct tsx_key key, uint64_t merge, bool merging)
{
	struct sip_core *c = s->core;
	enum err e = hmap_put(&c->servers, &s->by_key, key.a);

	if (e != ERR_OK)
		return e;
	if (merging && (e = hmap_put(&c->merges, &s->by_merge, merge)) != ERR_OK) {
		hmap_remove(&c->servers, &s->by_key);
		return e;
	}
	s->merging = merging;
	s->own_tag = merging;
	s->key_b = key.b;
	c->stats.servers++;
	if (c->ops->on_server)
		c->ops->on_server(c->ctx, &s->flow, 1);
	return ERR_OK;
}

static struct sip_server *
create(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req,
    struct tsx_key key, uint64_t merge)
{
	bool invite = req->method == SIP_INVITE;
	struct sip_server *s =
	    calloc(1, invite ? sizeof(struct sip_invite_server) : sizeof(struct sip_server));

	if (!s)
		return NULL;
	s->core = c;
	s->flow = *flow;
	s->method = (uint8_t)req->method;
	tsx_key_tag(req, key, s->tag);
	timer_init(&s->end, on_end_timer);
	if (invite)
		timer_init(
		    &container_of(s, struct sip_invite_server, base)->resend, on_resend_timer);
	if (keep_echo(s, req) != ERR_OK || enlist(s, key, merge, req->to.tag.n == 0) != ERR_OK) {
		destroy(s);
		return NULL;
	}
	s->state = machine(s)->first;
	machine(s)->enter(s, (enum server_state)s->state);
	return s;
}

static void
refuse(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req)
{
	char text[40];
	struct buf b;

	buf_init(&b, text, sizeof text);
	sip_write_hdrf(&b, SIP_HDR_RETRY_AFTER, "%d", TSX_RETRY_AFTER_S);
	core_reply(c, flow, req, 503, (struct slice){0}, buf_slice(&b));
}

/* True: somebody has decided what becomes of it, and no transaction is needed. */
static bool
done_early(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req)
{
	char text[EARLY_HEADER_BYTES];
	struct buf headers;
	uint16_t status;

	if (!c->ops->on_early)
		return false;
	buf_init(&headers, text, sizeof text);
	status = c->ops->on_early(c->ctx, flow, req, &headers);
	if (status == 0)
		return false;
	c->stats.early++;
	if (status != SIP_NO_ANSWER)
		core_reply(c, flow, req, status, (struct slice){0}, buf_slice(&headers));
	return true;
}

static void
on_again(struct sip_server *s, const struct sip_flow *flow)
{
	s->core->stats.retransmits_in++;
	/* A client whose connection broke asks again through a new one. */
	if (sip_transport_reliable(flow->transport))
		s->flow = *flow;
	server_run(s, SERVER_REQUEST);
}

void
server_on_request(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req)
{
	struct tsx_key key = tsx_key_request(req, req->method);
	struct sip_server *s = server_find(c, key);
	uint64_t merge = tsx_key_merge(req);
	bool in_dialog = req->to.tag.n > 0;

	if (s) {
		on_again(s, flow);
		return;
	}
	if (!in_dialog && hmap_first(&c->merges, merge)) {
		core_reply(c, flow, req, 482, (struct slice){0}, (struct slice){0});
		return;
	}
	if (done_early(c, flow, req))
		return;
	if (core_has_room(c, in_dialog))
		s = create(c, flow, req, key, merge);
	if (!s) {
		refuse(c, flow, req);
		return;
	}
	c->ops->on_request(c->ctx, s, req);
}

/* ---- for users ---- */

void
sip_server_attach(struct sip_server *tsx, const struct sip_server_ops *ops, void *user)
{
	bool unanswered = tsx->state == SERVER_TRYING || tsx->state == SERVER_PROCEEDING;

	tsx->ops = ops;
	tsx->user = user;
	if (!ops && unanswered && !timer_active(&tsx->end))
		core_start(tsx->core, &tsx->end, TSX_LIFE_MS);
}

static enum err
write_response(struct sip_server *s, const struct sip_response *r, struct slice *out)
{
	struct slice tag = r->to_tag.n ? r->to_tag : sip_server_tag(s);
	struct buf b;

	if (r->status == 100) /* 8.2.6.2: needs no tag, and creates no dialog */
		tag = (struct slice){0};
	buf_init(&b, s->core->scratch, sizeof s->core->scratch);
	sip_write_response_echo(&b, &s->echo, s->kept, r->status, r->reason, tag);
	return core_end_response(s->core, &b, r, out);
}

/* Out of memory a response is sent once and cannot be repeated: false then. */
static bool
keep_response(struct sip_server *s, uint16_t status, struct slice bytes)
{
	bool final = status >= 200;
	struct slice echo = {0};

	if (!final)
		echo = kept_echo(s);
	if (server_keep(s, echo, bytes) == ERR_OK)
		return true;
	s->last_bytes = 0;
	if (final)
		server_keep_nothing(s);
	return false;
}

enum err
sip_server_respond(struct sip_server *s, const struct sip_response *r)
{
	struct slice bytes;
	bool kept;
	enum err e;

	if (s->state != SERVER_TRYING && s->state != SERVER_PROCEEDING)
		return ERR_WRONG_STATE;
	if (r->status < 100 || r->status > 699)
		return ERR_INVALID;
	if (r->reliable && (r->status == 100 || r->status >= 200 || s->method != SIP_INVITE))
		return ERR_INVALID;
	if (s->reliable && r->status < 200)
		return ERR_WRONG_STATE;
	e = write_response(s, r, &bytes);
	if (e != ERR_OK)
		return e;
	if (r->to_tag.n)
		s->own_tag = false;
	/* Some phones repeat the CSeq when they come back with credentials. */
	if (r->status == 401 || r->status == 407)
		leave_merges(s);
	kept = keep_response(s, r->status, bytes);
	s->reliable = r->reliable;
	server_run(s, r->status < 200 ? SERVER_1XX : r->status < 300 ? SERVER_2XX : SERVER_3456XX);
	if (!kept)
		core_send(s->core, &s->flow, bytes);
	return ERR_OK;
}

void
sip_server_reject(struct sip_server *tsx, uint16_t status, struct slice headers)
{
	enum err e =
	    sip_server_respond(tsx, &(struct sip_response){.status = status, .headers = headers});

	if (e != ERR_OK)
		log_warn(SIP, "%u to %.*s was not sent: %s", status,
		    SLICE_FMT(sip_method_name((enum sip_method)tsx->method)), err_text(e));
}

const struct sip_flow *
sip_server_flow(const struct sip_server *tsx)
{
	return &tsx->flow;
}

struct slice
sip_server_tag(const struct sip_server *tsx)
{
	return slice_make(tsx->tag, sizeof tsx->tag);
}
