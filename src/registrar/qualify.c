/*
 * Is it still there? OPTIONS to each binding (RFC 3261, 11), one at a time. Any final
 * answer means yes, also a refusal; silence twice means no.
 */
#include "base/log.h"
#include "registrar/registrar_int.h"
#include "sip/write.h"

static void
again(struct binding *b)
{
	timer_start(b->phone->registrar->p.timers, &b->qualify, b->phone->qualify_ms);
}

static void
missed(struct binding *b)
{
	b->phone->registrar->counts.options_lost++;
	if (++b->misses >= QUALIFY_MISSES_MAX) {
		b->misses = QUALIFY_MISSES_MAX;
		b->rtt_ms = 0;
		binding_set_reachable(b, false);
	}
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct binding *b = user;
	uint64_t rtt_ms = timers_now_ms(b->phone->registrar->p.timers) - b->asked_ms;
	bool first = b->rtt_ms == 0;

	if (resp->status < 200)
		return;
	sip_client_detach(tsx);
	b->asking = NULL;
	b->misses = 0;
	b->rtt_ms = rtt_ms ? (uint32_t)rtt_ms : 1; /* 0 means not known */
	again(b);
	if (!b->reachable)
		binding_set_reachable(b, true);
	else if (first)
		binding_tell(b, false);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct binding *b = user;

	sip_client_detach(tsx);
	b->asking = NULL;
	again(b);
	missed(b);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct binding *b = user;

	if (b->asking == tsx)
		b->asking = NULL;
}

static const struct sip_client_ops ops = {on_response, on_failed, on_gone};

/* From: the system; To and Request-URI: the contact; a dialog of its own each time. */
static bool
write_headers(struct buf *b, struct binding *to)
{
	struct registrar *r = to->phone->registrar;
	const char *domain = dir_settings(r->p.dir)->domain;
	char tag[16], call_id[32];
	struct buf t, c;

	buf_init(&t, tag, sizeof tag);
	rng_token(r->p.rng, &t, sizeof tag);
	buf_init(&c, call_id, sizeof call_id);
	rng_token(r->p.rng, &c, sizeof call_id);
	sip_write_hdrf(b, SIP_HDR_FROM, "<sip:%s>;tag=%.*s", domain, SLICE_FMT(buf_slice(&t)));
	buf_put(b, binding_text(to, TEXT_ROUTE));
	sip_write_hdrf(b, SIP_HDR_TO, "<%.*s>", SLICE_FMT(find_request_uri(to)));
	sip_write_hdrf(b, SIP_HDR_CALL_ID, "%.*s", SLICE_FMT(buf_slice(&c)));
	sip_write_hdrf(b, SIP_HDR_CSEQ, "%u OPTIONS", ++to->cseq_out);
	sip_write_hdrf(b, SIP_HDR_ACCEPT, "application/sdp");
	return buf_ok(b);
}

static void
ask(struct binding *b)
{
	struct registrar *r = b->phone->registrar;
	char headers[1500 + PATH_MAX_BYTES];
	struct sip_request req = {.method = SIP_OPTIONS, .uri = find_request_uri(b)};
	struct buf h;

	buf_init(&h, headers, sizeof headers);
	if (!write_headers(&h, b))
		return;
	req.headers = buf_slice(&h);
	b->asked_ms = timers_now_ms(r->p.timers);
	if (sip_client_send(r->p.core, &b->flow, &req, &ops, b, &b->asking) != ERR_OK)
		b->asking = NULL;
	else
		r->counts.options_sent++;
}

/* A question takes 32 s to fail; a shorter interval asks anew meanwhile. */
static void
on_qualify(struct timer *t)
{
	struct binding *b = container_of(t, struct binding, qualify);

	if (b->asking) {
		sip_client_detach(b->asking);
		b->asking = NULL;
		missed(b);
	}
	again(b);
	ask(b);
}

void
qualify_start(struct binding *b)
{
	struct registrar *r = b->phone->registrar;

	qualify_stop(b);
	timer_init(&b->qualify, on_qualify);
	if (b->phone->qualify_ms)
		timer_start(
		    r->p.timers, &b->qualify, rng_below(r->p.rng, b->phone->qualify_ms) + 1);
}

void
qualify_stop(struct binding *b)
{
	timer_stop(&b->qualify);
	if (b->asking)
		sip_client_detach(b->asking);
	b->asking = NULL;
}
