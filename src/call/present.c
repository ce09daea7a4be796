/*
 * What a leg is shown of the party at the other end: identity in the first INVITE, in 18x and
 * 2xx, and in later INVITEs and UPDATEs when a transfer has put somebody else there (RFC
 * 3325, in the manner of RFC 4916); who redirected the call; how a phone shall ring.
 */
#include <stdio.h>

#include "call/call_int.h"
#include "call/line_int.h"
#include "call/outside.h"
#include "call/passing.h"
#include "call/transfer_int.h"

/* A dummy host: phones would try to load a tone from a real one. */
#define RING_TONE "Alert-Info: <http://www.notused.com>;info=alert-"

static enum identity_trust
trust(const struct leg *l)
{
	return l->line ? IDENTITY_LINE : IDENTITY_PHONE;
}

/* A call that comes back from where it was parked says so: "*0812: Anna Berg". */
struct routing_party
present_party(const struct leg *who, const struct leg *to, char name[PRESENT_NAME_BYTES])
{
	const struct transfer *t = to->call->transfer;
	struct routing_party p = who->party;

	if (who->dialled_in || to->state == LEG_UP || !t || t->call != to->call || !t->by ||
	    !t->by->app)
		return p;
	snprintf(name, PRESENT_NAME_BYTES, "%.*s: %.*s", SLICE_FMT(t->by->party.number),
	    SLICE_FMT(p.name));
	p.name = slice_cstr(name);
	return p;
}

void
present_write(const struct leg *to, const struct leg *who, struct buf *b)
{
	const struct call *c = to->call;
	char name[PRESENT_NAME_BYTES];
	struct routing_party p;
	struct addr host;

	if (to->line) /* our internal numbers are nothing to a provider */
		return;
	sip_core_address(c->sw->p.core, &to->dialog.flow, &host);
	if (who) {
		p = present_party(who, to, name);
		identity_write_asserted(b, &p, who->hidden, trust(to), &host);
	} else if (c->ring.active && c->ring.seat != to->side) {
		identity_write_asserted(b, &c->ring.whom->party, false, trust(to), &host);
	}
}

static void
write_alert(const struct leg *l, const struct leg *caller, struct buf *b)
{
	struct addr host;

	if (l->line)
		return;
	if (!l->auto_answer) {
		buf_lit(b, RING_TONE);
		buf_put(b, caller->phone || caller->dialled_in ? SLICE("internal\r\n")
							       : SLICE("external\r\n"));
		return;
	}
	sip_core_address(l->call->sw->p.core, &l->dialog.flow, &host);
	buf_lit(b, "Call-Info: <sip:");
	addr_write_host(b, &host);
	buf_lit(b, ">;answer-after=0\r\nAlert-Info: <http://");
	addr_write_host(b, &host);
	buf_lit(b, ">;info=alert-autoanswer;delay=0\r\n");
}

/* Our internal numbers are nothing to a provider here either. */
static void
write_diversions(const struct leg *l, const struct addr *host, struct buf *b)
{
	const struct call *c = l->call;
	const struct directory *dir = c->sw->p.directory;
	char called[IDENTITY_NUMBER_BYTES];
	struct diversion d[DIVERSIONS_MAX];
	size_t n;

	if (!l->line) {
		diversion_write(
		    b, c->diverted, c->n_diverted, l->party.number, IDENTITY_PHONE, host);
		return;
	}
	n = outside_diversions(dir, l->line, c->diverted, c->n_diverted, d);
	if (n && outside_format(dir, l->line, leg_line_called(l), called))
		diversion_write(b, d, n, slice_cstr(called), IDENTITY_LINE, host);
}

void
present_write_invite(const struct leg *l, struct buf *b)
{
	const struct call *c = l->call;
	const struct leg *caller = leg_other(l);
	struct addr host;

	if (!caller)
		return;
	present_write(l, caller, b);
	leg_line_write_identity(l, b);
	sip_core_address(c->sw->p.core, &l->dialog.flow, &host);
	write_diversions(l, &host, b);
	write_alert(l, caller, b);
	buf_put(b, c->invite_headers);
}

void
present_take_invite(struct leg *caller, const struct sip_msg *req)
{
	struct call *c = caller->call;
	struct diversion d[DIVERSIONS_MAX];
	struct identity who;
	char text[PASSING_MAX_BYTES];
	struct buf b;
	size_t n;

	caller->hidden = identity_is_hidden(req);
	if (caller->line && identity_read(req, &who)) /* also what Remote-Party-ID asks */
		caller->hidden = who.hidden;
	buf_init(&b, text, sizeof text);
	passing_copy(&b, req, PASS_INVITE);
	if (b.n && arena_dup(&c->arena, buf_slice(&b), &c->invite_headers) != ERR_OK)
		call_log(LOG_DEBUG, c, "no memory for what the INVITE says besides");
	n = caller->line ? diversion_read(req, d) : 0; /* phones are not believed */
	for (size_t i = n; i-- > 0;)
		diversion_note(c, &d[i]);
	if (n)
		record_reason(c, REASON_CAME_DIVERTED, REASON_ARGS(slice_cstr(d[0].by.number)));
}

void
diversion_note(struct call *c, const struct diversion *d)
{
	if (!c->diverted)
		c->diverted = arena_alloc(&c->arena, DIVERSIONS_MAX * sizeof *c->diverted);
	if (!c->diverted)
		return;
	if (c->n_diverted == DIVERSIONS_MAX)
		c->n_diverted--; /* the oldest goes */
	memmove(c->diverted + 1, c->diverted, c->n_diverted * sizeof *c->diverted);
	c->diverted[0] = *d;
	c->n_diverted++;
}

void
present_take_response(struct leg *l, const struct sip_msg *resp)
{
	struct routing_party party;
	struct identity who;

	update_note_allow(l, resp);
	l->takes_talk |= sip_msg_has_token(resp, SIP_HDR_ALLOW_EVENTS, SLICE("talk"));
	l->hidden = identity_is_hidden(resp);
	if (!l->line || leg_line_twin(l) || !identity_read(resp, &who))
		return; /* of phones the directory knows better */
	party =
	    (struct routing_party){.number = slice_cstr(who.number), .name = slice_cstr(who.name)};
	if (slice_eq(party.number, l->party.number) && slice_eq(party.name, l->party.name))
		return;
	if (party_copy(&l->arena, &party, &party) == ERR_OK)
		l->party = party;
}

void
present_keep_end(struct call *c, const struct sip_msg *req)
{
	char text[PASSING_MAX_BYTES];
	struct buf b;

	buf_init(&b, text, sizeof text);
	passing_copy(&b, req, req->method == SIP_BYE ? PASS_BYE : PASS_CANCEL);
	if (b.n && arena_dup(&c->arena, buf_slice(&b), &c->end_headers) != ERR_OK)
		call_log(LOG_DEBUG, c, "no memory for the reason of the end");
}
