/*
 * Networks: an address and how many leading bits of it count (RFC 4632, RFC 4291), and
 * lists of them, as administrators write them: "10.0.0.0/8, 2001:db8::/32, 192.0.2.7".
 */
#ifndef BASE_ADDR_NET_H
#define BASE_ADDR_NET_H

#include "base/addr.h"

struct addr_net {
	struct addr addr; /* port 0; bits behind the prefix are 0 */
	uint8_t bits;	  /* 0–32 or 0–128 */
};

struct addr_nets {
	const struct addr_net *net;
	size_t n;
};

enum { ADDR_NET_TEXT_MAX = 56 }; /* IPv6, "/128" and the NUL */

/** One address, "address/bits" or, of IPv4, "address/mask". Bits behind the prefix are cleared.
 *  ERR_MALFORMED. */
ERR_MUST_CHECK enum err addr_net_parse(struct slice s, struct addr_net *out);
/** "255.255.255.0" is 24 bits. ERR_MALFORMED: not ones, then zeros. */
ERR_MUST_CHECK enum err addr_mask_parse(struct slice s, uint8_t *bits);
/** The network of this address alone. */
struct addr_net addr_net_of(const struct addr *a);
bool addr_net_has(const struct addr_net *net, const struct addr *a);
bool addr_net_eq(const struct addr_net *a, const struct addr_net *b);
uint64_t addr_net_hash(const struct addr_net *net);
/** "10.0.0.0/8"; a single address without bits. Returns text. */
const char *addr_net_text(const struct addr_net *net, char text[ADDR_NET_TEXT_MAX]);

/** Writes at most max networks and how many there are in the text. ERR_MALFORMED: one of
 *  them is none; ERR_LIMIT: more than max. With max 0 it only counts; out may be NULL then. */
ERR_MUST_CHECK enum err addr_nets_parse(
    struct slice text, struct addr_net *out, size_t max, size_t *n);
bool addr_nets_have(struct addr_nets nets, const struct addr *a);

#endif
