/*
 * From which of our addresses the packets of a side leave. The media sockets are bound to
 * all addresses, so the kernel chooses by its routes; a peer that believes only the address
 * our SDP names (as latch.c does) needs exactly that one. Whether the kernel would choose it
 * by itself is asked once for each peer's IP, with connected sockets that send nothing: the
 * common case then stays a plain sendto(). Media thread.
 */
#ifndef MEDIA_EGRESS_INT_H
#define MEDIA_EGRESS_INT_H

#include <netinet/in.h>

#include "media/media.h"

/* The last question and its answer; all zero = none yet. */
struct egress {
	struct addr to, local[MEDIA_LOCALS];
	struct addr from;
};

/** The address that packets to `to` must be given as their source; family 0: none, for the
 *  kernel takes the right one anyway, or none of `local` can be used. A few system calls when
 *  the IPs differ from those of the last question, else none. */
struct addr egress_find(
    struct egress *s, const struct addr local[MEDIA_LOCALS], const struct addr *to);
/** sendto() with the source `from`, whatever the routes say. A mapped IPv4 peer of an IPv6
 *  socket has an IPv4 source. */
ssize_t egress_sendto(int fd, struct slice packet, const struct sockaddr *to, socklen_t to_bytes,
    const struct addr *from);

#endif
