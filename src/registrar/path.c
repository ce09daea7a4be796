/*
 * The proxies between a phone and us (Path, RFC 3327): each adds itself on top, so the values
 * in order are the Route of every request to the phone.
 */
#include "registrar/register_int.h"
#include "registrar/registrar_int.h"
#include "sip/write.h"

enum { HOPS_MAX = 8 };

/* 4: name-addr with rr-params; what stands outside < and > belongs to the Route as well. */
static bool
read_hop(struct slice value, struct sip_uri *uri)
{
	struct sip_name_addr na;

	if (slice_find(value, '<') == value.n || sip_name_addr_parse(&na, value) != ERR_OK ||
	    na.uri.host.n == 0)
		return false;
	*uri = na.uri;
	return true;
}

uint16_t
path_read(struct request *q)
{
	struct sip_values it = {0};
	struct slice value;
	struct buf b;

	buf_init(&b, q->route_text, sizeof q->route_text);
	while (sip_msg_next_value(q->msg, SIP_HDR_PATH, &it, &value)) {
		if (q->n_hops == HOPS_MAX || !read_hop(value, &q->last_hop))
			return 400;
		if (q->n_hops++ == 0)
			q->first_hop = q->last_hop;
		sip_write_hdr(&b, SIP_HDR_ROUTE, value);
	}
	if (!buf_ok(&b))
		return 400;
	q->route = buf_slice(&b);
	return 0;
}
