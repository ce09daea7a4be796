/*
 * REFER (RFC 3515) inside a dialog, and its implicit subscription: NOTIFYs with a
 * sipfrag tell the sender how it goes, unless it wants none (RFC 4488).
 */
#include <stdio.h>

#include "call/app_int.h"
#include "call/transfer_int.h"

enum { EXPIRES_S = 180, ESCAPED_MAX = 1024 };

/* Where Refer-To points: a number, and the dialog its INVITE should replace. */
struct target {
	struct sip_uri uri;
	struct slice uri_text;
	bool attended;
	struct replaces replaces;
	char text[ESCAPED_MAX]; /* the unescaped Replaces */
};

static uint16_t
read_replaces(struct slice headers, struct target *out)
{
	while (headers.n) {
		struct slice value = slice_take_until(&headers, '&');
		struct slice name = slice_take_until(&value, '=');
		size_t n;

		if (!slice_eq_nocase(name, SLICE("Replaces")))
			continue;
		if (out->attended ||
		    sip_unescape(value, out->text, sizeof out->text, &n) != ERR_OK ||
		    replaces_parse(slice_make(out->text, n), &out->replaces) != ERR_OK)
			return 400;
		out->attended = true;
	}
	return 0;
}

/* 0, or the status that says what is wrong. */
static uint16_t
read_target(const struct sip_msg *req, struct target *out)
{
	const struct sip_hdr *h = sip_msg_hdr(req, SIP_HDR_REFER_TO);
	struct sip_name_addr na;
	struct slice method;

	*out = (struct target){0};
	if (!h || sip_msg_hdr_next(req, h) || sip_name_addr_parse(&na, h->value) != ERR_OK)
		return 400; /* exactly one (RFC 3515, 2.4.1) */
	if (!slice_eq_nocase(na.uri.scheme, SLICE("sip")) &&
	    !slice_eq_nocase(na.uri.scheme, SLICE("sips")) &&
	    !slice_eq_nocase(na.uri.scheme, SLICE("tel")))
		return 416;
	if (sip_param_find(na.uri.params, SLICE("method"), &method) &&
	    !slice_eq_nocase(method, SLICE("INVITE")))
		return 403; /* we send INVITEs on behalf of others, nothing else */
	out->uri = na.uri;
	out->uri_text = na.uri_text;
	return read_replaces(na.uri.headers, out);
}

/* An ACK that is due does not matter: it may have been lost on the way. */
static bool
is_changing(const struct leg *l)
{
	return l->invite_in_pending || l->invite_out_pending || update_in_progress(l);
}

bool
refer_is_allowed(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return l->phone || (line && line->allow_transfer);
}

uint16_t
refer_refusal(const struct leg *l)
{
	/* lines do not move our users' calls, unless they may */
	return refer_is_allowed(l) ? refer_obstacle(l) : 403;
}

uint16_t
refer_obstacle(const struct leg *l)
{
	const struct call *c = l->call;
	const struct leg *other = leg_other(l);

	if (c->state != CALL_UP || l->state != LEG_UP || c->leg[l->side] != l)
		return 481;
	if (c->transfer || c->replaced || c->consult || !other || other->state != LEG_UP ||
	    is_changing(l) || is_changing(other))
		return 491; /* one thing after the other */
	if (other->app)
		return 403; /* it stays with who called it */
	return 0;
}

static bool
wants_notify(const struct sip_msg *req)
{
	const struct sip_hdr *h = sip_msg_hdr_named(req, SLICE("Refer-Sub"));
	struct slice value = h ? h->value : SLICE("");

	return !slice_eq_nocase(slice_trim(slice_take_until(&value, ';')), SLICE("false"));
}

static bool
accept_refer(struct leg *l, struct sip_server *tsx, bool subscribed)
{
	char headers[512];
	struct buf b;

	buf_init(&b, headers, sizeof headers);
	sip_core_write_contact(l->call->sw->p.core, &b, &l->dialog.flow, SLICE(""), SLICE(""));
	buf_lit(&b, "Supported: norefersub, replaces\r\n");
	if (!subscribed)
		buf_lit(&b, "Refer-Sub: false\r\n");
	return buf_ok(&b) && sip_server_respond(tsx, &(struct sip_response){.status = 202,
							 .headers = buf_slice(&b)}) == ERR_OK;
}

/* RFC 3891, 3, seen from the one who is to be replaced; 0: go on. */
uint16_t
refer_consult_refusal(const struct transfer *t, const struct leg *consult, bool early_only)
{
	const struct call *o;

	if (!consult || consult->call == t->call)
		return 481;
	if (app_of_peer(consult))
		return 403;
	o = consult->call;
	if (o->transfer || o->replaced || o->consult || o->leg[consult->side] != consult)
		return 491;
	if (consult->state == LEG_UP)
		return early_only ? 486 : !leg_other(consult) ? 481 : 0;
	if (consult->state != LEG_ASKED)
		return 481;
	return o->ring.active ? 0 : 491;
}

void
refer_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	struct transfer_asked asked = {.referred_by = sip_msg_value(req, SIP_HDR_REFERRED_BY),
	    .cseq = req->cseq,
	    .subscribed = wants_notify(req)};
	struct target to;
	struct transfer *t;
	struct leg *consult;
	uint16_t status = refer_refusal(l);

	if (!status && extensions_refuse(tsx, req))
		return;
	if (!status)
		status = read_target(req, &to);
	if (!status && !l->phone && to.attended)
		status = 403; /* a provider has no calls of ours to join */
	if (!status && transfer_new(l, &asked, to.uri.user, &t) != ERR_OK)
		status = 500;
	if (status) {
		sip_server_reject(tsx, status, SLICE(""));
		return;
	}
	if (!accept_refer(l, tsx, asked.subscribed)) {
		transfer_free(t);
		return;
	}
	direct_leave(l->call);
	refer_notify(t, 100); /* at once (RFC 3515, 2.4.4) */
	if (!to.attended) {
		transfer_blind(t, &to.uri, to.uri_text);
		return;
	}
	consult = replaces_find(l->call->sw, &to.replaces);
	if (consult && app_of_peer(consult)) { /* an app is the same for whoever calls it */
		to.uri.user = consult->call->called_party.number;
		transfer_blind(t, &to.uri, SLICE(""));
		return;
	}
	status = refer_consult_refusal(t, consult, to.replaces.early_only);
	if (status)
		transfer_fail(t, status);
	else
		join_start(t, consult);
}

static void
send_notify(struct transfer *t, uint16_t status, const char *state)
{
	char headers[768], body[128];
	struct leg *by = t->by;
	struct buf h, b;

	buf_init(&h, headers, sizeof headers);
	buf_init(&b, body, sizeof body);
	sip_core_write_contact(by->call->sw->p.core, &h, &by->dialog.flow, SLICE(""), SLICE(""));
	buf_printf(&h, "Event: refer;id=%u\r\nSubscription-State: %s\r\n", t->refer_cseq, state);
	sip_write_status_line(&b, status, SLICE(""));
	/* one that is lost is sent again by its transaction; an answer changes nothing */
	if (!buf_ok(&h) ||
	    leg_request(by, SIP_NOTIFY, buf_slice(&h), SLICE("message/sipfrag;version=2.0"),
		buf_slice(&b), NULL, NULL, NULL) != ERR_OK)
		call_log(LOG_WARN, by->call, "the one who transfers could not be notified");
}

void
refer_notify(struct transfer *t, uint16_t status)
{
	char active[32];

	if (!t->subscribed || !t->by || t->by->state != LEG_UP || status <= t->told)
		return;
	t->told = status;
	snprintf(active, sizeof active, "active;expires=%d", EXPIRES_S);
	send_notify(t, status, status < 200 ? active : "terminated;reason=noresource");
	if (status >= 200)
		t->subscribed = false;
}

bool
refer_on_subscribe(struct leg *l, struct sip_server *tsx, const struct sip_msg *req)
{
	struct transfer *t = l->call->transfer;
	struct slice event = sip_msg_value(req, SIP_HDR_EVENT);
	uint32_t expires = EXPIRES_S;
	char headers[64];
	struct buf b;

	if (!slice_eq_nocase(slice_trim(slice_take_until(&event, ';')), SLICE("refer")))
		return false;
	if (!t || t->by != l || !t->subscribed) {
		sip_server_reject(tsx, 481, SLICE(""));
		return true;
	}
	if (slice_to_u32(sip_msg_value(req, SIP_HDR_EXPIRES), UINT32_MAX, &expires) != ERR_OK ||
	    expires > EXPIRES_S)
		expires = EXPIRES_S;
	buf_init(&b, headers, sizeof headers);
	buf_printf(&b, "Expires: %u\r\n", expires);
	sip_server_reject(tsx, 200, buf_slice(&b));
	send_notify(t, t->told, expires ? "active;expires=180" : "terminated;reason=timeout");
	t->subscribed = expires > 0;
	return true;
}
