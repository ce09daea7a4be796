/* The phone itself: power, network, who gets which message. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "phone_int.h"

uint32_t
phone_draw(struct phone *p, uint32_t below)
{
	return rng_below(&p->rng, below);
}

bool
phone_chance(struct phone *p, uint32_t percent)
{
	return rng_below(&p->rng, 100) < percent;
}

void
phone_broken(struct phone *p, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n = snprintf(text, sizeof text, "phone %s: ", p->p.name);

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof text - (size_t)n, fmt, ap);
	va_end(ap);
	p->p.ops->on_broken(p->p.ctx, text);
}

struct sip_flow
phone_flow(const struct phone *p)
{
	return (struct sip_flow){
	    .transport = SIP_UDP, .local = p->p.address, .remote = p->p.registrar};
}

/* ---- messages ---- */

static void
on_datagram(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct phone *p = ctx;

	sip_core_on_message(p->core,
	    &(struct sip_flow){.transport = SIP_UDP, .local = *to, .remote = *from}, bytes);
}

static void
on_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct phone *p = ctx;

	sim_send(p->p.sim, &flow->local, &flow->remote, bytes);
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	struct phone *p = ctx;
	struct sip_dialog *d;

	if (req->to.tag.n) {
		d = sip_dialogs_find(&p->dialogs, req);
		if (d)
			pc_on_request(container_of(d, struct phone_call, dialog), tsx, req);
		else if (req->method != SIP_NOTIFY || !phone_on_notify(p, tsx, req))
			sip_server_reject(tsx, 481, (struct slice){0});
	} else if (req->method == SIP_INVITE) {
		pc_on_invite(p, tsx, req);
	} else if (req->method == SIP_OPTIONS) {
		sip_server_reject(tsx, 200, (struct slice){0});
	} else {
		sip_server_reject(tsx, 405, SLICE("Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n"));
	}
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
	struct phone *p = ctx;
	struct sip_dialog *d = sip_dialogs_find(&p->dialogs, ack);

	if (d)
		pc_on_ack(container_of(d, struct phone_call, dialog), ack);
}

static const struct sip_core_ops core_ops = {
    .send = on_send, .on_request = on_request, .on_ack = on_ack};

bool
phone_authorize(struct phone *p, struct buf *b, const struct sip_msg *resp, struct slice method,
    struct slice uri)
{
	struct sip_digest challenge;
	char ha1[SIP_DIGEST_HEX_MAX], cnonce[16], value[1024];
	struct buf v;
	struct slice text;

	/* one challenge a header line; the first we understand */
	for (const struct sip_hdr *h = sip_msg_hdr(resp, SIP_HDR_WWW_AUTHENTICATE); h;
	     h = sip_msg_hdr_next(resp, h)) {
		text = h->value;
		if (sip_digest_parse(&challenge, text) != ERR_OK || challenge.unsupported)
			continue;
		sip_digest_ha1(challenge.algorithm, slice_cstr(p->p.name), challenge.realm,
		    slice_cstr(p->p.secret), ha1);
		buf_init(&v, cnonce, sizeof cnonce);
		rng_token(&p->rng, &v, sizeof cnonce);
		buf_init(&v, value, sizeof value);
		sip_digest_write_credentials(&v, &challenge, slice_cstr(p->p.name), slice_cstr(ha1),
		    method, uri, slice_make(cnonce, sizeof cnonce), 1);
		sip_write_hdr(b, SIP_HDR_AUTHORIZATION, buf_slice(&v));
		return buf_ok(&v);
	}
	return false;
}

/* ---- power ---- */

static void
reap(struct timer *t)
{
	struct phone *p = container_of(t, struct phone, reaper);
	struct list *node;

	while ((node = list_pop(&p->dead)))
		pc_free(container_of(node, struct phone_call, link));
}

static enum err
power_on(struct phone *p)
{
	enum err e =
	    sip_core_new(&p->core, &(struct sip_core_params){.timers = sim_timers(p->p.sim),
				       .rng = &p->rng,
				       .ops = &core_ops,
				       .ctx = p,
				       .server_name = SLICE("Simulated phone")});

	if (e == ERR_OK)
		e = sim_endpoint_add(p->p.sim, &p->p.address, on_datagram, p);
	if (e == ERR_OK && !p->p.outside) {
		phone_register(p);
		phone_watch_start(p);
	}
	return e;
}

static void
power_back(struct timer *t)
{
	struct phone *p = container_of(t, struct phone, power);

	if (!p->resting && power_on(p) != ERR_OK)
		phone_broken(p, "does not come back");
}

void
phone_power_off(struct phone *p, uint32_t back_ms)
{
	struct list *node;

	if (!p->core)
		return;
	p->off_ms = sim_now_ms(p->p.sim);
	(void)sim_endpoint_remove(p->p.sim, &p->p.address);
	timer_stop(&p->reaper);
	timer_stop(&p->reg_timer);
	while ((node = list_pop(&p->dead)))
		pc_free(container_of(node, struct phone_call, link));
	while ((node = list_pop(&p->calls))) {
		struct phone_call *c = container_of(node, struct phone_call, link);

		if (c->outgoing && !c->told)
			p->p.ops->on_outcome(
			    p->p.ctx, &(struct phone_outcome){.sip_call_id = c->dialog.call_id,
					  .vanished = true,
					  .replacing = c->picks_up || c->replaces.text[0] != '\0'});
		pc_tell_ending(c, false);
		sip_dialog_fini(&c->dialog);
		pc_free(c);
	}
	sip_core_free(p->core);
	phone_watch_stop(p);
	p->core = NULL;
	p->reg_client = NULL;
	p->registered = false;
	if (back_ms && !p->resting)
		timer_start(sim_timers(p->p.sim), &p->power, back_ms);
}

void
phone_pull_plug(struct phone *p)
{
	uint32_t back_ms = 0;

	if (phone_chance(p, 50))
		back_ms = 1000 + phone_draw(p, 60000);
	else if (p->p.off_ms)
		back_ms = 1000 + phone_draw(p, p->p.off_ms);
	phone_power_off(p, back_ms);
}

enum err
phone_init(struct phone *p, const struct phone_params *params)
{
	*p = (struct phone){.p = *params, .next_port = 4000};
	rng_init_seed(&p->rng, params->seed);
	sip_dialogs_init(&p->dialogs);
	list_init(&p->calls);
	list_init(&p->dead);
	timer_init(&p->reaper, reap);
	timer_init(&p->power, power_back);
	timer_init(&p->reg_timer, NULL);
	timer_init(&p->watch.timer, NULL);
	return power_on(p);
}

void
phone_fini(struct phone *p)
{
	phone_power_off(p, 0);
	timer_stop(&p->power);
	sip_dialogs_fini(&p->dialogs);
}

void
phone_rest(struct phone *p)
{
	p->resting = true;
	p->rest_ms = sim_now_ms(p->p.sim);
	timer_stop(&p->reg_timer);
	timer_stop(&p->power);
}

struct slice
phone_call_from(const struct phone *p, uint16_t port)
{
	LIST_FOR_EACH (it, &p->calls) {
		const struct phone_call *c = container_of(it, struct phone_call, link);

		if (c->port == port && c->state == PC_UP)
			return c->dialog.call_id;
	}
	return SLICE("");
}

bool
phone_sends_rtp(const struct phone *p, uint16_t port)
{
	LIST_FOR_EACH (it, &p->calls) {
		const struct phone_call *c = container_of(it, struct phone_call, link);

		if (c->port == port && c->state != PC_OVER)
			return true;
	}
	return false;
}

void
phone_inspect(struct phone *p,
    bool (*is_right)(void *ctx, const struct addr *from, const struct addr *to, bool holding),
    void *ctx)
{
	LIST_FOR_EACH (it, &p->calls) {
		struct phone_call *c = container_of(it, struct phone_call, link);
		struct addr from = p->p.address;

		from.port = c->port;
		if (c->state != PC_UP || c->out_pending || c->update_pending || c->in_pending ||
		    c->ack_due || c->was_late || c->referring)
			continue;
		if (is_right(ctx, &from, &c->remote, c->agreed_holding))
			c->disagreed = 0;
		else if (++c->disagreed > p->p.patience)
			phone_broken(p, "sends from %u to %u%s; nobody knows it so", c->port,
			    c->remote.port, c->agreed_holding ? ", on hold" : "");
	}
}

bool
phone_talks(const struct phone *p)
{
	LIST_FOR_EACH (it, &p->calls)
		if (container_of(it, struct phone_call, link)->state == PC_UP)
			return true;
	return false;
}

size_t
phone_calls(const struct phone *p)
{
	size_t n = 0;

	LIST_FOR_EACH (it, &p->calls)
		n++;
	return n;
}
