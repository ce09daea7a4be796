/*
 * Network address: IPv4 or IPv6 and a port, as a small comparable value.
 * IPv4-mapped IPv6 addresses are stored as IPv4, so that equal means equal.
 */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <sys/socket.h>

#include "base/buf.h"

struct addr {
	uint8_t family; /* 0 = none, 4, 6 */
	uint8_t reserved;
	uint16_t port;	/* host byte order */
	uint32_t scope; /* IPv6 link-local scope, else 0 */
	uint8_t ip[16]; /* network order; IPv4 in the first four, rest zero */
};

enum { ADDR_TEXT_MAX = 64 }; /* "[v6%scope]:port" and the NUL */

/** Parses "1.2.3.4" or "::1" or "[::1]" without port. ERR_MALFORMED. */
ERR_MUST_CHECK enum err addr_parse_ip(struct slice s, uint16_t port, struct addr *out);
/** Parses "1.2.3.4:5060", "[::1]:5060"; without port default_port. */
ERR_MUST_CHECK enum err addr_parse(struct slice s, uint16_t default_port, struct addr *out);
ERR_MUST_CHECK enum err addr_from_sockaddr(const struct sockaddr *sa, struct addr *out);
/** Returns the length of what was written to ss. */
socklen_t addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss);
/** Writes the IP alone; IPv6 without brackets. */
void addr_write_ip(struct buf *b, const struct addr *a);
/** Writes the IP as a URI host: IPv6 in brackets. */
void addr_write_host(struct buf *b, const struct addr *a);
/** "1.2.3.4:5060" or "[::1]:5060". */
void addr_write(struct buf *b, const struct addr *a);
/** addr_write into text (ADDR_TEXT_MAX bytes), returns text. */
const char *addr_text(const struct addr *a, char text[ADDR_TEXT_MAX]);
bool addr_eq(const struct addr *a, const struct addr *b);
/** The same IP; ports may differ. */
bool addr_eq_ip(const struct addr *a, const struct addr *b);
uint64_t addr_hash(const struct addr *a);
bool addr_is_any(const struct addr *a);
bool addr_is_loopback(const struct addr *a);

#endif
