/*
 * The way of a message through the transaction layer. In: parse, then ACK and
 * CANCEL to their files, other requests to the servers, responses to the clients.
 * Out: everything passes core_send.
 */
#include <stdlib.h>

#include "sip/core_int.h"

enum err
bytes_set(struct bytes *b, struct slice s)
{
	char *p = malloc(s.n ? s.n : 1);

	if (!p)
		return ERR_NOMEM;
	if (s.n)
		memcpy(p, s.p, s.n);
	free(b->p);
	b->p = p;
	b->n = s.n;
	return ERR_OK;
}

void
bytes_drop(struct bytes *b)
{
	free(b->p);
	*b = (struct bytes){0};
}

enum err
sip_core_new(struct sip_core **out, const struct sip_core_params *p)
{
	struct sip_core *c = malloc(sizeof *c);

	if (!c)
		return ERR_NOMEM;
	memset(c, 0, offsetof(struct sip_core, scratch));
	c->timers = p->timers;
	c->rng = p->rng;
	c->ops = p->ops;
	c->ctx = p->ctx;
	c->server_name = p->server_name;
	c->transactions_max = p->transactions_max ? p->transactions_max : TSX_DEFAULT_MAX;
	c->stats.transactions_max = c->transactions_max;
	*out = c;
	return ERR_OK;
}

void
sip_core_free(struct sip_core *c)
{
	if (!c)
		return;
	server_free_all(c);
	client_free_all(c);
	hmap_fini(&c->servers);
	hmap_fini(&c->merges);
	hmap_fini(&c->clients);
	hmap_fini(&c->conns);
	free(c);
}

const struct sip_core_stats *
sip_core_get_stats(const struct sip_core *c)
{
	return &c->stats;
}

bool
core_has_room(const struct sip_core *c, bool for_existing)
{
	size_t max = c->transactions_max;

	if (for_existing)
		max += max / 8 + 1;
	return c->stats.servers + c->stats.clients < max;
}

/* Call-ID of a message we wrote ourselves, for traces only. */
static struct slice
own_call_id(struct slice bytes)
{
	while (bytes.n) {
		struct slice line = slice_trim(slice_take_until(&bytes, '\n'));
		struct slice name;

		if (line.n == 0)
			break;
		name = slice_trim(slice_take_until(&line, ':'));
		if (slice_eq_nocase(name, SLICE("Call-ID")) || slice_eq_nocase(name, SLICE("i")))
			return slice_trim(line);
	}
	return (struct slice){0};
}

void
core_send(struct sip_core *c, const struct sip_flow *flow, struct slice bytes)
{
	c->stats.sent++;
	if (c->ops->on_trace)
		c->ops->on_trace(c->ctx, SIP_OUT, flow, bytes, own_call_id(bytes));
	c->ops->send(c->ctx, flow, bytes);
}

void
core_resend(struct sip_core *c, const struct sip_flow *flow, struct slice bytes)
{
	c->stats.retransmits_out++;
	core_send(c, flow, bytes);
}

enum err
core_end_response(
    struct sip_core *c, struct buf *b, const struct sip_response *r, struct slice *out)
{
	if (c->server_name.n)
		sip_write_hdr(b, SIP_HDR_SERVER, c->server_name);
	buf_put(b, r->headers);
	sip_write_body(b, r->content_type, r->body);
	if (!buf_ok(b))
		return ERR_TOO_BIG;
	*out = buf_slice(b);
	return ERR_OK;
}

enum err
core_write_response(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req,
    const struct sip_response *r, struct slice to_tag, struct slice *out)
{
	struct buf b;

	buf_init(&b, c->scratch, sizeof c->scratch);
	if (r->status == 100) /* 8.2.6.2: needs no tag, and creates no dialog */
		to_tag = (struct slice){0};
	sip_write_response_head(&b, req, flow, r->status, r->reason, to_tag);
	return core_end_response(c, &b, r, out);
}

void
core_reply(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req,
    uint16_t status, struct slice reason, struct slice headers)
{
	struct sip_response r = {.status = status, .reason = reason, .headers = headers};
	char tag[TSX_TAG_BYTES];
	struct slice bytes;

	if (req->method == SIP_ACK)
		return;
	tsx_key_tag(req, tsx_key_request(req, req->method), tag);
	if (core_write_response(c, flow, req, &r, slice_make(tag, sizeof tag), &bytes) == ERR_OK)
		core_send(c, flow, bytes);
}

static void
on_malformed(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *m,
    const struct sip_parse_error *why)
{
	char text[ADDR_TEXT_MAX];

	c->stats.malformed++;
	if (c->ops->on_malformed)
		c->ops->on_malformed(c->ctx, flow);
	if (log_limit_pass(&c->malformed_log, LOG_SUB_SIP, timers_now_ms(c->timers)))
		log_info(SIP, "malformed message from %s: %s", addr_text(&flow->remote, text),
		    why->why ? why->why : "not SIP");
	if (m->is_request && why->status)
		core_reply(c, flow, m, why->status, slice_cstr(why->why), (struct slice){0});
}

/* Blank lines keep NAT bindings and connections open (RFC 5626, 3.5.1). */
static bool
is_keepalive(struct slice bytes)
{
	return slice_trim(bytes).n == 0;
}

static void
on_request(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *m)
{
	c->stats.requests_by_method[m->method]++;
	switch (m->method) {
	case SIP_ACK: ack_on_request(c, flow, m); break;
	case SIP_CANCEL: cancel_on_request(c, flow, m); break;
	default: server_on_request(c, flow, m); break;
	}
}

void
sip_core_on_message(struct sip_core *c, const struct sip_flow *flow, struct slice bytes)
{
	struct sip_parse_error why = {0};
	struct sip_msg m;
	enum err e;

	if (is_keepalive(bytes))
		return;
	c->stats.received++;
	m.is_request = false;
	e = sip_msg_parse(&m, bytes, &why);
	if (c->ops->on_trace)
		c->ops->on_trace(
		    c->ctx, SIP_IN, flow, bytes, e == ERR_OK ? m.call_id : (struct slice){0});
	if (e != ERR_OK)
		on_malformed(c, flow, &m, &why);
	else if (m.is_request)
		on_request(c, flow, &m);
	else
		client_on_response(c, &m);
}

void
sip_core_address(struct sip_core *c, const struct sip_flow *flow, struct addr *out)
{
	*out = flow->local;
	if (c->ops->address)
		c->ops->address(c->ctx, flow, out);
}

static void
write_contact(struct sip_core *c, struct buf *b, const struct sip_flow *flow, struct slice user,
    struct slice uri_params, struct slice params)
{
	struct addr host;

	sip_core_address(c, flow, &host);
	buf_lit(b, "Contact: <sip:");
	if (user.n) {
		buf_put(b, user);
		buf_char(b, '@');
	}
	addr_write(b, &host);
	sip_write_transport_param(b, flow->transport);
	buf_put(b, uri_params);
	buf_char(b, '>');
	buf_put(b, params);
	buf_lit(b, "\r\n");
}

void
sip_core_write_contact(struct sip_core *c, struct buf *b, const struct sip_flow *flow,
    struct slice user, struct slice params)
{
	write_contact(c, b, flow, user, SLICE(""), params);
}

void
sip_core_write_block_contact(
    struct sip_core *c, struct buf *b, const struct sip_flow *flow, struct slice params)
{
	write_contact(c, b, flow, SLICE(""), SLICE(";bnc"), params);
}
