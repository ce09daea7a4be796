/*
 * From which of our addresses the packets of a side leave. The media sockets are bound to
 * all addresses, so the kernel chooses by its routes; a peer that believes only the address
 * our SDP names (as latch.c does) needs exactly that one. Whether the kernel would choose it
 * by itself is asked with connected sockets that send nothing, for each peer's IP once in a
 * while: the common case then stays a plain sendto(), and a call to a phone that has just
 * talked costs no system call. Media thread.
 */
#ifndef MEDIA_EGRESS_INT_H
#define MEDIA_EGRESS_INT_H

#include <netinet/in.h>

#include "media/media.h"

enum {
	EGRESS_ANSWERS = 256,
	EGRESS_TRUST_MS = 10000, /* routes change */
};

/* A question, its answer, and until when it is believed; all zero = none yet. */
struct egress_answer {
	struct addr to, local[MEDIA_LOCALS];
	struct addr from;
	uint64_t until_ms;
};

/* Direct mapped: one that is pushed out is asked again. */
struct egress {
	struct egress_answer answer[EGRESS_ANSWERS];
};

/** The address that packets to `to` must be given as their source; family 0: none, for the
 *  kernel takes the right one anyway, or none of `local` can be used. A few system calls when
 *  the answer is not known or old, else none. */
struct addr egress_find(struct egress *s, uint64_t now_ms, const struct addr local[MEDIA_LOCALS],
    const struct addr *to);
/** sendto() with the source `from`, whatever the routes say. A mapped IPv4 peer of an IPv6
 *  socket has an IPv4 source. */
ssize_t egress_sendto(int fd, struct slice packet, const struct sockaddr *to, socklen_t to_bytes,
    const struct addr *from);

#endif
