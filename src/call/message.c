/* Text messages: checked, sent to every phone of the user called, answered once. */
#include "call/message.h"

#include <stdlib.h>

#include "call/call_int.h"
#include "call/passing.h"

enum { COPIES_MAX = CALL_CONTACTS_MAX * 4, BUCKETS = 4096 };

struct copy {
	struct message *message;
	struct sip_client *tsx; /* NULL: answered, or over */
};

struct message {
	struct list link; /* messages->under_way */
	struct messages *all;
	struct sip_server *in; /* NULL: its sender has gone */
	struct timer wait;
	unsigned pending;
	uint16_t best; /* of the refusals; 0 = none */
	size_t n_copies;
	struct copy copy[COPIES_MAX];
};

/* What a phone may send. A phone that shares the place of another begins with a full one. */
struct bucket {
	int64_t phone;
	uint64_t full_at_ms; /* when all of the burst may be used again */
};

struct messages {
	struct call_switch *sw;
	struct list under_way;
	size_t n;
	struct bucket bucket[BUCKETS];
};

enum err
messages_new(struct messages **out, struct call_switch *sw)
{
	struct messages *m = calloc(1, sizeof *m);

	if (!m)
		return ERR_NOMEM;
	m->sw = sw;
	list_init(&m->under_way);
	*out = m;
	return ERR_OK;
}

static void
message_free(struct message *msg)
{
	timer_stop(&msg->wait);
	list_remove(&msg->link);
	msg->all->n--;
	if (msg->in)
		sip_server_attach(msg->in, NULL, NULL);
	for (size_t i = 0; i < msg->n_copies; i++)
		if (msg->copy[i].tsx)
			sip_client_detach(msg->copy[i].tsx);
	free(msg);
}

void
messages_free(struct messages *m)
{
	if (!m)
		return;
	LIST_FOR_EACH_SAFE (it, &m->under_way)
		message_free(container_of(it, struct message, link));
	free(m);
}

/* ---- answers ---- */

static void
finish(struct message *msg, uint16_t status)
{
	struct sip_server *in = msg->in;

	if (in)
		sip_server_reject(in, status, SLICE(""));
	message_free(msg);
}

/* What the sender is told when a phone said status: what is wrong with the message, or that
 * nobody took it. */
static uint16_t
status_for_sender(uint16_t status)
{
	switch (status) {
	case 413:
	case 415:
	case 486:
	case 488:
	case 493:
	case 513:
	case 603: return status;
	case 600: return 486;
	default: return 480;
	}
}

static void
copy_failed(struct copy *copy, uint16_t status)
{
	struct message *msg = copy->message;

	copy->tsx = NULL;
	status = status_for_sender(status);
	if (!msg->best || msg->best == 480)
		msg->best = status;
	if (--msg->pending == 0)
		finish(msg, msg->best);
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct copy *copy = user;
	struct message *msg = copy->message;

	if (resp->status < 200)
		return;
	if (resp->status < 300) {
		msg->all->sw->stats.messages_delivered++;
		finish(msg, resp->status == 202 ? 202 : 200);
		return;
	}
	sip_client_detach(tsx);
	copy_failed(copy, resp->status);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	sip_client_detach(tsx);
	copy_failed(user, 480);
}

static void
on_client_gone(void *user, struct sip_client *tsx)
{
	struct copy *copy = user;

	copy->tsx = NULL;
}

static const struct sip_client_ops client_ops = {
    .on_response = on_response, .on_failed = on_failed, .on_gone = on_client_gone};

static void
on_server_gone(void *user, struct sip_server *tsx)
{
	struct message *msg = user;

	msg->in = NULL;
}

static const struct sip_server_ops server_ops = {.on_gone = on_server_gone};

static void
on_wait_over(struct timer *t)
{
	struct message *msg = container_of(t, struct message, wait);

	finish(msg, msg->best ? msg->best : 480);
}

/* ---- sending ---- */

/* From is who the directory says; no Contact (RFC 3428, 4). */
static enum err
write_headers(struct messages *m, struct buf *b, const struct sip_msg *req,
    const struct routing_plan *plan, const struct call_contact *to)
{
	struct rng *rng = m->sw->p.rng;
	bool hidden = identity_is_hidden(req);
	struct addr host;

	sip_core_address(m->sw->p.core, &to->flow, &host);
	buf_put(b, to->route);
	buf_lit(b, "From: ");
	identity_write_party(b, &plan->caller, hidden, &host);
	buf_lit(b, ";tag=");
	rng_token(rng, b, 16);
	buf_lit(b, "\r\nTo: ");
	identity_write_party(b, &plan->called, false, &host);
	buf_lit(b, "\r\nCall-ID: ");
	rng_token(rng, b, 32);
	buf_lit(b, "\r\nCSeq: 1 MESSAGE\r\n");
	identity_write_asserted(b, &plan->caller, hidden, IDENTITY_PHONE, &host);
	passing_copy(b, req, PASS_MESSAGE);
	return buf_ok(b) ? ERR_OK : ERR_TOO_BIG;
}

static void
send_copy(struct message *msg, const struct sip_msg *req, const struct routing_plan *plan,
    const struct call_contact *to)
{
	struct copy *copy = &msg->copy[msg->n_copies];
	char headers[4096];
	struct buf b;
	enum err e;

	if (to->flow.transport == SIP_UDP && req->body.n > MESSAGE_UDP_MAX_BYTES) {
		msg->best = 513;
		return;
	}
	buf_init(&b, headers, sizeof headers);
	e = write_headers(msg->all, &b, req, plan, to);
	if (e == ERR_OK)
		e = sip_client_send(msg->all->sw->p.core, &to->flow,
		    &(struct sip_request){.method = SIP_MESSAGE,
			.uri = to->uri,
			.headers = buf_slice(&b),
			.content_type = sip_msg_value(req, SIP_HDR_CONTENT_TYPE),
			.body = req->body,
			.max_forwards = req->max_forwards - 1},
		    &client_ops, copy, &copy->tsx);
	if (e != ERR_OK) {
		log_warn(CALL, "a text message could not be sent: %s", err_text(e));
		return;
	}
	copy->message = msg;
	msg->n_copies++;
	msg->pending++;
}

static void
send_to_user(struct message *msg, const struct sip_msg *req, const struct routing_plan *plan,
    const struct dir_phone *from)
{
	const struct call_switch_params *p = &msg->all->sw->p;
	const struct dir_user *user = dir_user_by_id(p->directory, plan->called.user);
	struct call_contact contact[CALL_CONTACTS_MAX];

	for (size_t i = 0; user && user->enabled && i < user->phone_count; i++) {
		const struct dir_phone *phone = user->phones[i];
		size_t n = 0;

		if (phone->enabled && phone != from)
			n = p->ops->contacts(p->ctx, phone->id, contact, CALL_CONTACTS_MAX);
		for (size_t k = 0; k < n && msg->n_copies < COPIES_MAX; k++)
			send_copy(msg, req, plan, &contact[k]);
	}
}

/* ---- taking it ---- */

static bool
may_send(struct messages *m, int64_t phone, uint64_t now_ms)
{
	struct bucket *b = &m->bucket[(uint64_t)phone % BUCKETS];

	if (b->phone != phone)
		*b = (struct bucket){.phone = phone};
	if (b->full_at_ms < now_ms)
		b->full_at_ms = now_ms;
	if (b->full_at_ms + MESSAGE_EVERY_MS > now_ms + MESSAGE_BURST * MESSAGE_EVERY_MS)
		return false;
	b->full_at_ms += MESSAGE_EVERY_MS;
	return true;
}

/* The status of a refusal, 0: it may go on. */
static uint16_t
refusal(struct messages *m, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *from)
{
	if (req->max_forwards <= 1)
		return 483;
	if (sip_server_flow(tsx)->transport == SIP_UDP && req->raw.n > MESSAGE_UDP_MAX_BYTES)
		return 513;
	if (req->body.n && !sip_msg_hdr(req, SIP_HDR_CONTENT_TYPE))
		return 400;
	if (m->n >= MESSAGES_MAX || !may_send(m, from->id, timers_now_ms(m->sw->p.timers)))
		return 503;
	return 0;
}

static bool
nobody_is_asked(void *ctx, int64_t phone_id)
{
	return false; /* only the parties of the plan matter here */
}

void
message_start(struct messages *m, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *from)
{
	const struct routing_state state = {.phone_reachable = nobody_is_asked};
	struct timers *timers = m->sw->p.timers;
	struct routing_plan plan;
	struct message *msg;
	uint16_t status;

	if (extensions_refuse(tsx, req))
		return;
	status = refusal(m, tsx, req, from);
	if (status) {
		m->sw->stats.messages_refused++;
		sip_server_reject(
		    tsx, status, status == 503 ? SLICE("Retry-After: 2\r\n") : SLICE(""));
		return;
	}
	routing_plan_make(&plan, m->sw->p.directory,
	    &(struct routing_query){
		.dialled = req->uri.user, .caller_phone = from, .state = &state});
	if (!plan.called.user) {
		sip_server_reject(tsx, 404, SLICE(""));
		return;
	}
	msg = calloc(1, sizeof *msg);
	if (!msg) {
		sip_server_reject(tsx, 500, SLICE(""));
		return;
	}
	m->sw->stats.messages++;
	m->n++;
	msg->all = m;
	msg->in = tsx;
	list_push(&m->under_way, &msg->link);
	timer_init(&msg->wait, on_wait_over);
	sip_server_attach(tsx, &server_ops, msg);
	send_to_user(msg, req, &plan, from);
	if (msg->pending == 0)
		finish(msg, msg->best ? msg->best : 480);
	else
		timer_start(timers, &msg->wait, MESSAGE_WAIT_MS);
}

void
call_on_message(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *from)
{
	message_start(sw->messages, tsx, req, from);
}
