/*
 * A lamp of the simulated phone: it watches somebody's calls (RFC 6665, RFC 4235), subscribes with
 * digest, refreshes, and begins anew when its subscription is lost. Lamps never go back in time,
 * and when all calls are over they are dark.
 */
#include <stdio.h>

#include "phone_int.h"

enum { RETRY_MS = 5000, FIRST_MS = 4000, TRIES_MAX = 4 };

static void ask(struct phone *p, const struct sip_msg *challenge);

/* Who rests watches on while its lamp is lit: a subscription may not end before the call. */
static void
next_in(struct phone *p, uint32_t ms)
{
	if (!p->resting || p->watch.lit || sim_now_ms(p->p.sim) < p->rest_ms + PHONE_WATCH_REST_MS)
		timer_start(sim_timers(p->p.sim), &p->watch.timer, ms);
}

static void
draw(struct phone *p, char *out, size_t n)
{
	struct buf b;

	buf_init(&b, out, n);
	rng_token(&p->rng, &b, n);
	out[b.n] = '\0';
}

/* A subscription of its own, which has nothing to do with the one before. */
static void
begin_anew(struct phone *p, uint32_t ms)
{
	struct phone_watch *w = &p->watch;

	draw(p, w->call_id, sizeof w->call_id - 1);
	draw(p, w->tag, sizeof w->tag - 1);
	w->to_tag[0] = '\0';
	w->cseq = w->tries = 0;
	w->version = -1;
	w->ended = false;
	next_in(p, ms);
}

static void
on_timer(struct timer *t)
{
	struct phone *p = container_of(t, struct phone, watch.timer);

	if (!p->watch.client)
		ask(p, NULL);
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct phone *p = user;
	struct phone_watch *w = &p->watch;

	if (resp->status < 200)
		return;
	sip_client_detach(tsx);
	w->client = NULL;
	if (resp->status == 401 && w->tries < TRIES_MAX) {
		w->tries++;
		ask(p, resp);
	} else if (resp->status == 200) {
		w->tries = 0;
		slice_clip_cstr(resp->to.tag, w->to_tag, sizeof w->to_tag);
		if (!w->ended)
			next_in(p, p->p.watch_s * 500);
	} else {
		if (resp->status != 481 && resp->status != 503 && resp->status != 482)
			phone_broken(p, "SUBSCRIBE was answered with %u", resp->status);
		begin_anew(p, resp->status == 481 ? 1 : RETRY_MS);
	}
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	begin_anew(user, RETRY_MS);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct phone *p = user;

	if (p->watch.client == tsx)
		p->watch.client = NULL;
}

static const struct sip_client_ops ops = {on_response, on_failed, on_gone};

static void
ask(struct phone *p, const struct sip_msg *challenge)
{
	struct phone_watch *w = &p->watch;
	char headers[2048], uri[ADDR_TEXT_MAX + 16], text[ADDR_TEXT_MAX];
	struct sip_flow flow = phone_flow(p);
	struct buf b;

	snprintf(uri, sizeof uri, "sip:%s@%s", w->number, addr_text(&p->p.registrar, text));
	buf_init(&b, headers, sizeof headers);
	buf_printf(&b,
	    "From: <sip:%s@strowger>;tag=%s\r\nTo: <%s>%s%s\r\nCall-ID: %s\r\n"
	    "CSeq: %u SUBSCRIBE\r\nContact: <sip:%s@%s>\r\nEvent: dialog\r\nExpires: %u\r\n",
	    p->p.name, w->tag, uri, w->to_tag[0] ? ";tag=" : "", w->to_tag, w->call_id, ++w->cseq,
	    p->p.name, addr_text(&p->p.address, text), p->p.watch_s);
	if (challenge && !phone_authorize(p, &b, challenge, SLICE("SUBSCRIBE"), slice_cstr(uri)))
		phone_broken(p, "401 without a challenge for us");
	if (!buf_ok(&b) ||
	    sip_client_send(p->core, &flow,
		&(struct sip_request){
		    .method = SIP_SUBSCRIBE, .uri = slice_cstr(uri), .headers = buf_slice(&b)},
		&ops, p, &w->client) != ERR_OK)
		phone_broken(p, "SUBSCRIBE could not be sent");
}

/* ---- what the switch tells ---- */

static bool
says(const struct sip_msg *m, const char *text)
{
	return memmem(m->body.p, m->body.n, text, strlen(text)) != NULL;
}

static int64_t
version_of(const struct sip_msg *m)
{
	static const char name[] = "<dialog-info";
	const char *at = memmem(m->body.p, m->body.n, name, sizeof name - 1);
	struct slice rest = at ? slice_from(m->body, (size_t)(at - m->body.p)) : SLICE("");
	uint32_t version;

	at = memmem(rest.p, rest.n, "version=\"", 9);
	rest = at ? slice_from(rest, (size_t)(at - rest.p) + 9) : SLICE("");
	if (slice_to_u32(slice_take_until(&rest, '"'), UINT32_MAX, &version) != ERR_OK)
		return -1;
	return version;
}

bool
phone_on_notify(struct phone *p, struct sip_server *tsx, const struct sip_msg *req)
{
	struct phone_watch *w = &p->watch;
	int64_t version;

	if (!slice_eq(req->call_id, slice_cstr(w->call_id)) ||
	    !slice_eq(req->to.tag, slice_cstr(w->tag)))
		return false;
	sip_server_reject(tsx, 200, SLICE(""));
	version = version_of(req);
	if (!slice_eq(req->from.tag, slice_cstr(w->notify_tag))) {
		/* Another dialog: the switch was restarted before its 200 got here. */
		slice_clip_cstr(req->from.tag, w->notify_tag, sizeof w->notify_tag);
		w->version = -1;
	}
	/* The last repetition may come when we have forgotten that we answered: timer J. */
	if (version < w->version || (version == w->version && req->cseq != w->notify_cseq))
		phone_broken(p, "its lamp goes back from %lld to %lld", (long long)w->version,
		    (long long)version);
	w->version = version;
	w->notify_cseq = req->cseq;
	w->lit = says(req, "<state>early") || says(req, "<state>confirmed") ||
		 says(req, "<state>trying") || says(req, "<state>proceeding");
	w->n_lit += w->lit;
	if (w->lit && !w->client && !timer_active(&w->timer))
		next_in(p, RETRY_MS);
	if (!slice_starts(sip_msg_value(req, SIP_HDR_SUBSCRIPTION_STATE), SLICE("terminated")))
		return true;
	w->ended = true;
	timer_stop(&w->timer);
	if (!p->resting || w->lit)
		begin_anew(p, RETRY_MS);
	return true;
}

struct phone_lamp
phone_lamp(const struct phone *p)
{
	bool stands = p->core && !p->p.outside && p->watch.to_tag[0] && !p->watch.ended;

	return (struct phone_lamp){stands ? p->watch.number : NULL, p->watch.lit};
}

/* ---- power ---- */

void
phone_watch_start(struct phone *p)
{
	struct phone_watch *w = &p->watch;

	timer_init(&w->timer, on_timer);
	w->client = NULL;
	w->lit = false;
	snprintf(w->number, sizeof w->number, "10%u", 1 + phone_draw(p, 4));
	begin_anew(p, FIRST_MS);
}

void
phone_watch_stop(struct phone *p)
{
	timer_stop(&p->watch.timer);
	p->watch.client = NULL; /* it went with the core */
	p->watch.ended = false;
}

bool
phone_lamp_stuck(const struct phone *p)
{
	return p->core && p->watch.ended && p->watch.lit;
}
