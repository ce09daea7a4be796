/* A phone sends the call on: 302 with a Contact (RFC 3261, 8.1.3.4), followed here, within
 * the plan, as if the number had been dialled. */
#include <stdlib.h>

#include "call/call_int.h"

enum { SIP_PORT = 5060, FOREIGN_URI_BYTES = 300 };

/* The number in the first usable Contact. */
static bool
read_contact(const struct sip_msg *resp, struct slice *number)
{
	struct sip_values it = {0};
	struct sip_name_addr na;
	struct slice value;

	while (sip_msg_next_value(resp, SIP_HDR_CONTACT, &it, &value))
		if (sip_name_addr_parse(&na, value) == ERR_OK && na.uri.user.n) {
			*number = na.uri.user;
			return true;
		}
	return false;
}

static bool
has_been_there(const struct call *c, struct slice number)
{
	if (slice_eq(number, c->ring.whom->party.number) ||
	    slice_eq(number, c->called_party.number))
		return true;
	for (size_t i = 0; i < c->n_diverted; i++)
		if (slice_eq(number, slice_cstr(c->diverted[i].by.number)))
			return true;
	return false;
}

static void
note(struct leg *l, const struct sip_msg *resp)
{
	struct diversion d[DIVERSIONS_MAX] = {0};
	/* the phone says why it does */
	bool says = diversion_read(resp, d) > 0;

	onward_note(l->call, &l->party, says ? d[0].reason : DIVERSION_DEFLECTION);
	l->call->hops++;
}

/* PHO-5, "promiscredir": the Contact's host, when it is an IP address and not where we are. */
static bool
foreign_host(const struct leg *l, const struct sip_uri *uri, struct addr *out)
{
	return addr_parse_ip(uri->host, uri->port ? uri->port : SIP_PORT, out) == ERR_OK &&
	       out->family == l->dialog.flow.local.family &&
	       !addr_eq_ip(out, &l->dialog.flow.local);
}

/* True: it has been followed there, or refused for good (*status). Names are not looked up here. */
static bool
follow_foreign(struct leg *l, const struct sip_msg *resp, uint16_t *status)
{
	const struct dir_phone *p = dir_phone_by_id(l->call->sw->p.directory, l->phone);
	struct call_contact contact = {.flow = l->dialog.flow};
	struct sip_values it = {0};
	struct sip_name_addr na;
	char uri[FOREIGN_URI_BYTES];
	struct slice value;
	struct addr to;
	struct buf b;

	if (!p || !p->promisc_redir || l->dialog.flow.transport != SIP_UDP ||
	    !sip_msg_next_value(resp, SIP_HDR_CONTACT, &it, &value) ||
	    sip_name_addr_parse(&na, value) != ERR_OK || !foreign_host(l, &na.uri, &to))
		return false;
	buf_init(&b, uri, sizeof uri);
	buf_lit(&b, "sip:");
	if (na.uri.user.n) {
		buf_put(&b, na.uri.user);
		buf_char(&b, '@');
	}
	addr_write(&b, &to);
	contact.uri = buf_slice(&b);
	contact.flow.remote = to;
	record_reason(
	    l->call, REASON_DIVERTED, REASON_ARGS(l->party.name, l->phone_name, contact.uri));
	*status = 482;
	if (l->call->hops >= ROUTING_HOPS_MAX || !buf_ok(&b))
		return true;
	note(l, resp);
	*status = ring_foreign(l, &contact) == ERR_OK ? 0 : 480;
	return true;
}

/* LIN-2: a provider only when its line says so; then with the rights of who calls. */
static bool
may_divert(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	return l->phone || (line && line->allow_redirect);
}

/* What a provider names is a public number, and no prefix was dialled. */
static bool
as_dialled(const struct leg *l, struct slice *dialled, char text[NUMBER_BYTES + 1])
{
	struct number_plan plan = number_plan_of(dir_settings(l->call->sw->p.directory));

	if (!l->line)
		return true;
	text[0] = '+';
	if (number_canonical(&plan, *dialled, NUMBER_WRITTEN, text + 1) != ERR_OK)
		return false;
	*dialled = slice_cstr(text[1] == '+' ? text + 1 : text);
	return true;
}

uint16_t
divert_follow(struct leg *l, const struct sip_msg *resp)
{
	struct call *c = l->call;
	const struct leg *caller = leg_other(l);
	struct routing_plan plan;
	struct routing_query q = {0};
	char number[NUMBER_BYTES + 1];
	struct slice dialled, been[ONWARD_BEEN_MAX];
	uint16_t status;

	if (l->phone && caller && follow_foreign(l, resp, &status))
		return status;
	if (!may_divert(l) || !caller || transfer_is_dialling(c) || !read_contact(resp, &dialled) ||
	    !as_dialled(l, &dialled, number)) {
		record_reason(c, REASON_PHONE_ANSWERED,
		    REASON_ARGS(l->phone_name, SLICE("3xx"), sip_reason(resp->status)));
		return resp->status;
	}
	q.dialled = dialled;
	q.caller_phone = dir_phone_by_id(c->sw->p.directory, caller->phone);
	if (!q.caller_phone)
		q.caller = caller->party;
	q.sent_on_by = dir_user_by_id(c->sw->p.directory, l->party.user);
	onward_history(c, been, &q);
	plan_ask(c->sw, &q, &plan);
	record_reason(
	    c, REASON_DIVERTED, REASON_ARGS(l->party.name, l->phone_name, plan.called.number));
	if (has_been_there(c, plan.called.number) || c->hops >= ROUTING_HOPS_MAX) {
		record_reason(c, REASON_DIVERTED_ROUND, REASON_ARGS(plan.called.number));
		return 482;
	}
	plan_keep_reasons(c, &plan, q.caller_phone ? 1 : 0); /* how the caller is shown is known */
	if (plan.action == ROUTING_REFUSE)
		return plan.status;
	note(l, resp);
	return ring_add(c, &plan) == ERR_OK ? 0 : 500;
}
