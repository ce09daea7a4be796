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

bool
path_is_route(struct slice s)
{
	while (s.n) {
		size_t n = slice_find(s, '\n');
		struct slice line = slice_make(s.p, n);
		struct sip_uri uri;

		if (n == s.n || n == 0 || line.p[n - 1] != '\r' ||
		    !slice_starts(line, SLICE("Route: ")))
			return false;
		line = slice_from(slice_make(line.p, n - 1), 7);
		for (size_t i = 0; i < line.n; i++)
			if ((unsigned char)line.p[i] < ' ')
				return false;
		if (!read_hop(line, &uri))
			return false;
		s = slice_from(s, n + 1);
	}
	return true;
}
