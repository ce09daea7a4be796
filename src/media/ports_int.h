/*
 * The port range: hands out bound pairs of UDP sockets (RTP even, RTCP + 1), in
 * order, and leaves out what other programs use. Signalling thread.
 *
 * Sockets are IPv6 that also carry IPv4 (measured: 0.1 us a packet dearer than
 * plain IPv4, and every pair fits every stream), unless the address to bind is
 * IPv4 or the machine has no IPv6.
 */
#ifndef MEDIA_PORTS_INT_H
#define MEDIA_PORTS_INT_H

#include "base/addr.h"

struct ports {
	struct addr bind; /* port unused */
	bool ip4, ip6;	  /* what the sockets carry */
	uint16_t first;	  /* even */
	uint32_t n_pairs, next;
	bool *taken; /* [n_pairs], ours */
	uint64_t full_until_ms;
	bool told_full;
};

struct port_pair {
	uint16_t port; /* of RTP */
	int fd[2];     /* RTP, RTCP */
};

/** bind: family 0 = any address. ERR_INVALID (no pair in the range), ERR_NOMEM,
 *  ERR_IO (the address is not ours). */
ERR_MUST_CHECK enum err ports_init(
    struct ports *p, const struct addr *bind, uint16_t port_min, uint16_t port_max);
void ports_fini(struct ports *p);
/** ERR_LIMIT: no pair can be had; asked again within a second it says so without
 *  trying. */
ERR_MUST_CHECK enum err ports_open(struct ports *p, uint64_t now_ms, struct port_pair *out);
void ports_close(struct ports *p, struct port_pair *pair);

#endif
