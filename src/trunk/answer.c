/* What providers answer to REGISTER: RFC 3261, 10.2.4, 10.2.8, 20.33; RFC 3608; RFC 5626. */
#include "trunk/trunk_int.h"

uint32_t
trunk_retry_after_s(const struct sip_msg *resp)
{
	uint32_t s = sip_leading_number(sip_msg_value(resp, SIP_HDR_RETRY_AFTER));

	return s > SIP_HOP_AVOID_MAX_S ? SIP_HOP_AVOID_MAX_S : s;
}

/* How long we are registered: what stands at our Contact, else Expires, else what we asked. */
static uint32_t
granted_s(const struct line *l, const struct sip_msg *resp)
{
	struct sip_values it = {0};
	struct slice value, expires;
	uint32_t s = l->expires_s;
	bool ours = false;

	if (sip_msg_hdr(resp, SIP_HDR_EXPIRES))
		s = sip_leading_number(sip_msg_value(resp, SIP_HDR_EXPIRES));
	while (!ours && sip_msg_next_value(resp, SIP_HDR_CONTACT, &it, &value)) {
		struct sip_name_addr contact;

		if (sip_name_addr_parse(&contact, value) != ERR_OK)
			continue;
		ours = l->conf.register_block
			   ? contact.uri.user.n == 0 &&
				 sip_param_find(contact.uri.params, SLICE("bnc"), NULL)
			   : slice_eq(contact.uri.user, slice_cstr(l->token));
		if (ours && sip_param_find(contact.params, SLICE("expires"), &expires))
			s = sip_leading_number(expires);
	}
	if (s < EXPIRES_MIN_S)
		s = EXPIRES_MIN_S;
	return s < EXPIRES_MAX_S ? s : EXPIRES_MAX_S;
}

/* RFC 3608, 6.1: Route of everything that goes out; replaced by each answer. One that is not SIP
 * would spoil every request of ours: then there is none. */
static void
keep_service_route(struct line *l, const struct sip_msg *resp)
{
	struct sip_values it = {0};
	struct slice value;
	bool good = true;
	struct buf b;

	buf_init(&b, l->route, sizeof l->route);
	while (sip_msg_next_value(resp, SIP_HDR_SERVICE_ROUTE, &it, &value)) {
		struct sip_name_addr hop;

		good = good && sip_name_addr_parse(&hop, value) == ERR_OK && hop.uri.host.n;
		sip_write_hdr(&b, SIP_HDR_ROUTE, value);
	}
	good = good && buf_ok(&b);
	l->route_n = good ? b.n : 0;
	if (!good)
		line_log(LOG_WARN, l, "the Service-Route is no route or too long: not followed");
}

static void
keep_flow_timer(struct line *l, const struct sip_msg *resp)
{
	const struct sip_hdr *h = sip_msg_hdr_named(resp, SLICE("Flow-Timer"));
	uint32_t s = h ? sip_leading_number(h->value) : 0;

	l->keep_s =
	    sip_transport_reliable(l->flow.transport) ? KEEP_ALIVE_STREAM_S : KEEP_ALIVE_UDP_S;
	if (s >= 10 && s < l->keep_s) /* RFC 5626, 4.4.1: 80 to 100 % of it */
		l->keep_s = s - s / 5;
}

static void
accepted(struct line *l, const struct sip_msg *resp)
{
	struct trunk *t = l->trunk;
	uint32_t s = granted_s(l, resp), percent = 65 + rng_below(t->p.rng, 20);

	t->counts.registered++;
	l->step = IDLE;
	l->failures = 0;
	l->bound_until_ms = line_now_ms(l) + s * 1000ull;
	l->expires_at = t->p.ops->wall_ms(t->p.ctx) + s * 1000ll;
	keep_service_route(l, resp);
	keep_flow_timer(l, resp);
	sip_hop_works(&t->failed, l->flow.transport, &l->flow.remote);
	if (l->state != LIVE_LINE_REGISTERED)
		line_log(LOG_INFO, l, "registered for %u s", s);
	line_set_state(l, LIVE_LINE_REGISTERED, NULL);
	line_tell(l); /* a later end */
	probe_registered(l, s);
	timer_start(t->p.timers, &l->timer, s * 10ull * percent);
	line_watch(l);
}

static void
too_brief(struct line *l, const struct sip_msg *resp)
{
	uint32_t min = sip_leading_number(sip_msg_value(resp, SIP_HDR_MIN_EXPIRES));

	if (min <= l->expires_s || min > EXPIRES_MAX_S || l->too_brief++ > 1) {
		line_refused(l, "423 Interval Too Brief, without a better one");
		return;
	}
	l->expires_s = min;
	line_ask_again(l);
}

static void
challenged(struct line *l, const struct sip_msg *resp)
{
	struct sip_credentials c = {
	    .username = l->conf.auth_username, .password = l->conf.password};

	switch (sip_client_auth_on_challenge(&l->auth, &l->round, resp, &c)) {
	case ERR_OK: line_ask_again(l); break;
	case ERR_DENIED: line_refused(l, "user name or password is wrong"); break;
	default:
		l->answered = 0; /* it is we who cannot */
		line_refused(l, "the provider wants an authentication that is not supported");
	}
}

void
line_describe_answer(const struct sip_msg *resp, char *out, size_t cap)
{
	char phrase[96];

	slice_clip_cstr(
	    resp->reason.n ? resp->reason : sip_reason(resp->status), phrase, sizeof phrase);
	for (char *p = phrase; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	snprintf(out, cap, "%u %s", resp->status, phrase);
}

void
line_on_register_answer(struct line *l, const struct sip_msg *resp)
{
	uint16_t status = resp->status;
	char why[128];

	l->answered = status;
	if (status == 401 || status == 407) {
		if (l->step == LEAVING && (l->round.rounds || !l->conf.password.n))
			line_has_left(l);
		else
			challenged(l, resp);
		return;
	}
	if (l->step == LEAVING) {
		line_has_left(l);
		return;
	}
	line_describe_answer(resp, why, sizeof why);
	if (status < 300) {
		accepted(l, resp);
	} else if (status == 423) {
		too_brief(l, resp);
	} else if (status == 403 || status == 404 || status == 405 || status >= 600) {
		line_refused(l, why);
	} else { /* another server may do better */
		line_next_hop(l, why, trunk_retry_after_s(resp));
	}
}
