/*
 * Marks what leaves a socket for the network (DiffServ, RFC 2474 and 4594), so that routers carry
 * voice and signalling first. A courtesy: where it is not permitted all works as well.
 */
#ifndef LOOP_MARK_H
#define LOOP_MARK_H

#include <stdint.h>

/** dscp: code point, 0 to 63. Any thread. */
void mark_socket(int fd, uint32_t dscp);

#endif
