/*
 * What the engine and its program in the kernel (fastpath.bpf.c) have in common: an entry for
 * each RTP port of the range, in a map that the engine has in its memory. No system call is
 * needed to put an entry in, to take it out, or to read its figures.
 *
 * An entry is written while it is off, and has been for a while; the program reads nothing of
 * it then. What is not said to be the kernel's byte order is the network's.
 */
#ifndef MEDIA_FASTPATH_SHARED_INT_H
#define MEDIA_FASTPATH_SHARED_INT_H

#include <linux/types.h>

/* From whom to whom. IPv4: in the first word, the others are zero. */
struct fastpath_ends {
	__u32 from[4], to[4];
};

/* RTP that comes from one peer of a stream to one port of ours, and where it goes. */
struct fastpath_entry {
	/* The engine's. The program forwards until then (CLOCK_MONOTONIC); 0: not at all. It is
	 * a short lease, so that the program does nothing for an engine that has died. */
	__u64 until_ns;
	struct fastpath_ends old; /* as they arrive: the peer and us */
	struct fastpath_ends new;
	__u16 from_port;
	__u16 new_from_port, new_to_port;
	__u16 ip_bytes_max; /* the kernel's order; larger ones go up */
	__u32 ssrc;
	__u32 interface; /* it leaves by; the kernel's order, as all below */
	__u32 priority;	 /* of the queue there, as the socket has it */
	__u64 unit_ps;	 /* length of a timestamp unit */
	__u8 tos;	 /* mark of its packets */
	__u8 family;	 /* 4 or 6, of both sides */
	__u8 up[2];	 /* payload types that go up: keys that are told; FASTPATH_NONE */

	/* The program's, in a cache line of its own; it begins with what the engine gives it. Only
	 * ever grow: */
	__u64 packets __attribute__((aligned(64))), bytes;
	__u64 last_ns; /* the last packet came */
	/* as in rtp_stats */
	__u64 highest; /* extended sequence number */
	__u64 jitter_ns_x16;
	__u64 stamped_ns; /* the first packet with that timestamp came; 0: none yet */
	__u32 timestamp;
};

enum { FASTPATH_NONE = 0xff /* no payload type */ };
enum { FASTPATH_MAX_DROPOUT = 3000, FASTPATH_MAX_MISORDER = 100 }; /* RFC 3550 A.1 */

#endif
