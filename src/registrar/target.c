/*
 * Where requests to a contact go. A phone behind a NAT names an address that only it can
 * see; what works is the way its REGISTER came (RFC 3581, RFC 5626). So:
 *
 *   connection                    back over the connection
 *   UDP, Contact = source IP      to the Contact's port and transport: nothing is in between
 *   UDP, everything else          to the source of the REGISTER
 */
#include "registrar/registrar_int.h"

enum { SIP_PORT = 5060 };

/* Loopback counts: on a test machine everything is there, and the source decides anyway. */
static bool
is_unroutable(const struct addr *a)
{
	return addr_is_any(a) || (a->family == 4 && (a->ip[0] == 0 || a->ip[0] >= 224)) ||
	       (a->family == 6 && a->ip[0] == 0xff);
}

bool
target_direct(const struct sip_uri *contact, struct addr *out)
{
	struct addr a;

	if (addr_parse_ip(contact->host, contact->port ? contact->port : SIP_PORT, &a) != ERR_OK ||
	    is_unroutable(&a))
		return false;
	*out = a;
	return true;
}

struct sip_flow
target_of(const struct sip_uri *contact, const struct sip_flow *flow)
{
	struct sip_flow target = *flow;
	struct slice transport;
	struct addr direct;

	if (sip_transport_reliable(flow->transport))
		return target;
	if (!target_direct(contact, &direct) || !addr_eq_ip(&direct, &flow->remote))
		return target;
	direct.scope = flow->remote.scope;
	target.remote = direct;
	if (sip_param_find(contact->params, SLICE("transport"), &transport) &&
	    slice_eq_nocase(transport, SLICE("tcp")))
		target.transport = SIP_TCP;
	return target;
}
