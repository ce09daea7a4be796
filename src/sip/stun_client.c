#include "sip/stun_client.h"

/* RFC 8489, 6.2.1: 0, 500, 1500, 3500, 7500, 15500, 31500 ms, and 39500 ms is the end. */
enum { RTO_MS = 500, REQUESTS = 7, LAST_WAIT_MS = 16 * RTO_MS };

static void
tell(struct stun_client *c, const struct addr *external)
{
	if (addr_eq(&c->external, external))
		return;
	c->external = *external;
	c->ops->on_address(c->ctx, external);
}

static void
send_request(struct stun_client *c)
{
	char bytes[STUN_MESSAGE_MAX_BYTES];
	struct buf b;

	buf_init(&b, bytes, sizeof bytes);
	stun_write_request(&b, c->id, SLICE("Strowger"));
	timer_start(c->timers, &c->timer,
	    c->sent + 1 == REQUESTS ? LAST_WAIT_MS : (uint64_t)RTO_MS << c->sent);
	c->sent++;
	c->ops->send(c->ctx, &c->server, buf_slice(&b));
}

static void
begin_round(struct stun_client *c)
{
	rng_fill(c->rng, c->id, sizeof c->id);
	c->sent = 0;
	c->asked++;
	send_request(c);
}

static void
on_timer(struct timer *t)
{
	struct stun_client *c = container_of(t, struct stun_client, timer);

	if (c->sent == 0) {
		begin_round(c);
	} else if (c->sent < REQUESTS) {
		send_request(c);
	} else {
		c->lost++;
		c->sent = 0;
		timer_start(c->timers, &c->timer, c->every_ms);
		tell(c, &(struct addr){0});
	}
}

void
stun_client_init(struct stun_client *c, struct timers *timers, struct rng *rng, uint32_t every_ms,
    const struct stun_client_ops *ops, void *ctx)
{
	*c = (struct stun_client){
	    .ops = ops, .ctx = ctx, .timers = timers, .rng = rng, .every_ms = every_ms};
	timer_init(&c->timer, on_timer);
}

void
stun_client_ask(struct stun_client *c, const struct addr *server)
{
	if (addr_eq(&c->server, server))
		return;
	c->server = *server;
	c->sent = 0;
	timer_stop(&c->timer);
	if (server->family)
		begin_round(c);
	else
		tell(c, server);
}

bool
stun_client_on_message(struct stun_client *c, const struct addr *from, const struct stun_message *m)
{
	if (c->sent == 0 || (m->type != STUN_RESPONSE && m->type != STUN_ERROR) ||
	    memcmp(m->id, c->id, sizeof c->id) != 0 || !addr_eq(from, &c->server))
		return false;
	c->sent = 0;
	timer_start(c->timers, &c->timer, c->every_ms);
	if (m->type == STUN_ERROR || m->unknown || !m->mapped.family) {
		c->lost++; /* an answer, but not one that helps */
		return true;
	}
	c->answered++;
	tell(c, &m->mapped);
	return true;
}

void
stun_client_fini(struct stun_client *c)
{
	timer_stop(&c->timer);
}
