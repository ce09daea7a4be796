/*
 * Where requests to a contact go. A phone behind a NAT names an address that only it can
 * see; what works is the way its REGISTER came (RFC 3581, RFC 5626). So:
 *
 *   connection                    back over the connection
 *   UDP, Path                     to its first hop, if that is where the REGISTER came from,
 *                                 or in a local network
 *   UDP, Contact = source IP      to the Contact's port and transport: nothing is in between
 *   UDP, everything else          to the source of the REGISTER
 *
 * A phone can be set to nat=always (to the source, whatever it names) or nat=never (to the
 * address that it names, whatever the source). Names are not resolved here: the source counts.
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

/* May requests for this phone go there? A stranger's address would make us speak to whomever
 * the phone names. */
static bool
is_believed(const struct registrar *r, const struct dir_phone *dp, const struct addr *named,
    const struct addr *source, bool is_hop)
{
	switch (dp->nat) {
	case DIR_NAT_ALWAYS: return false;
	case DIR_NAT_NEVER: return true;
	case DIR_NAT_AUTO: break;
	}
	return addr_eq_ip(named, source) ||
	       (is_hop && addr_nets_have(dir_local_networks(r->p.dir), named));
}

struct sip_flow
target_of(const struct registrar *r, const struct dir_phone *dp, const struct sip_uri *contact,
    const struct sip_uri *hop, const struct sip_flow *flow)
{
	const struct sip_uri *uri = hop ? hop : contact;
	struct sip_flow target = *flow;
	struct slice transport;
	struct addr direct;

	if (sip_transport_reliable(flow->transport))
		return target;
	if (!target_direct(uri, &direct) ||
	    !is_believed(r, dp, &direct, &flow->remote, hop != NULL))
		return target;
	if (sip_param_find(uri->params, SLICE("transport"), &transport) &&
	    slice_eq_nocase(transport, SLICE("tcp")))
		target.transport = SIP_TCP;
	if (addr_eq_ip(&direct, &flow->remote))
		direct.scope = flow->remote.scope;
	else
		(void)!r->p.ops->local_for(r->p.ctx, target.transport, &direct, &target.local);
	target.remote = direct;
	return target;
}
