/*
 * RTP that merely passes, forwarded in the kernel: a program (fastpath.bpf.c) at the ingress hook
 * of each interface, and its map in our memory. Here is the engine's part of it; which streams are
 * in it, and when, is decided in fastpath_stream_int.h.
 *
 * It needs CAP_BPF and CAP_NET_ADMIN while it is made, nothing afterwards. It is gone with the
 * process: nothing is pinned. (Kernels before 6.6 keep the program at its hook; it does nothing
 * when its leases have ended, and the next start replaces it.)
 *
 * Made and freed by the signalling thread, while no media thread runs.
 */
#ifndef MEDIA_FASTPATH_INT_H
#define MEDIA_FASTPATH_INT_H

#include "base/addr.h"
#include "media/fastpath_shared_int.h"

struct fastpath_stream;
struct fastpath_way;
struct fastpath_kernel;

struct fastpath {
	struct fastpath_kernel *kernel; /* owned: program, map and hooks */
	struct fastpath_entry *entry;	/* [n_ports], the kernel's */
	struct fastpath_stream *stream; /* [n_streams], each its media thread's */
	struct fastpath_way *way;	/* the same */
	uint16_t first_port;
	uint32_t n_ports; /* of RTP, two apart */
	uint32_t n_streams;
	struct addr bind; /* of the sockets */
};

struct fastpath_params {
	uint16_t first_port;
	uint32_t n_ports, n_streams;
	struct addr bind;
	bool old_hook; /* as kernels before 6.6 have it, for tests */
};

enum { FASTPATH_TEXT_MAX = 256 };

/** NULL: all goes through user space. text gets a sentence for the log, in either case. */
struct fastpath *fastpath_new(const struct fastpath_params *p, char *text, size_t text_bytes);
/** NULL is fine. */
void fastpath_free(struct fastpath *f);
struct fastpath_entry *fastpath_entry_of(const struct fastpath *f, uint16_t port);
/** At once, and before anybody learns that it should; any thread. f may be NULL. */
void fastpath_cut(const struct fastpath *f, uint16_t port);

/* The kernel's part. */

/** ERR_UNSUPPORTED: built without; ERR_DENIED, ERR_IO. why gets a sentence. */
ERR_MUST_CHECK enum err fastpath_kernel_new(
    struct fastpath_kernel **out, const struct fastpath_params *p, char *why, size_t why_bytes);
void fastpath_kernel_free(struct fastpath_kernel *k);
/** Its map, for as long as it lives. */
struct fastpath_entry *fastpath_kernel_entries(struct fastpath_kernel *k);
unsigned fastpath_kernel_interfaces(const struct fastpath_kernel *k);

/* How packets to somebody leave. */
struct fastpath_route {
	uint32_t interface;
	struct addr from;
	uint32_t ip_bytes_max;
};

/** Asks the kernel: two dozen microseconds. from: family 0 = of the kernel's choice. ERR_NOT_FOUND:
 * not over a network, or by no way that can be told. */
ERR_MUST_CHECK enum err fastpath_route_find(
    struct fastpath_route *out, const struct addr *from, const struct addr *to);

#endif
