/*
 * The real media engine: relays RTP and RTCP between the two sides of a stream.
 *
 * Who owns what: the signalling thread owns the streams' handles and the pool of
 * sockets; each media thread owns the streams it carries. They share nothing but
 * the plan boxes (plan_int.h) and the mailboxes. Nothing is allocated and no lock
 * of another thread is waited for on a packet's way.
 *
 * Sockets are opened once and stay with a stream slot; slots are used again, the
 * longest unused first and rested for some seconds as long as there are others,
 * so that late packets of an old call meet a closed door. Opening a stream
 * therefore costs about a microsecond once the pool is warm.
 *
 * What merely passes may be forwarded by the kernel (fastpath_int.h); nobody notices but by the
 * figures.
 *
 * RTP of a side on hold is dropped, its RTCP goes on (RFC 3264 section 5.1).
 * STUN and DTLS are for us, of a side that comes by them (transport.h); else they go nowhere, as
 * garbage does; SRTP without keys of ours passes like RTP. RTCP that comes to the RTP port (RFC
 * 5761) leaves for the RTP port of the other side.
 */
#ifndef MEDIA_RELAY_H
#define MEDIA_RELAY_H

#include "loop/loop.h"
#include "media/media.h"

/* Forwarding what merely passes in the kernel, where that can be done (decision 21). */
enum media_fastpath {
	MEDIA_FASTPATH_OFF,
	MEDIA_FASTPATH_ON,
	MEDIA_FASTPATH_OLD_HOOK, /* as on kernels before 6.6; for tests */
};

struct media_relay_params {
	uint16_t port_min, port_max;
	struct addr bind;      /* address of the sockets; family 0 = any, IPv4 and IPv6 */
	uint32_t n_threads;    /* 0 = one per core */
	uint32_t pack_streams; /* so many for a thread before the next gets any; 0 = 500 */
	uint32_t warm_streams; /* so many streams' sockets are opened at once */
	uint32_t
	    kept_streams; /* so many are only for urgent ones; at most a quarter of the range */
	enum media_fastpath fastpath;
};

/* Counters since the start; gauges where said. */
struct media_relay_stats {
	uint64_t streams_open;	 /* gauge */
	uint64_t ports;		 /* gauge: of the range */
	uint64_t ports_in_use;	 /* gauge: by open or closing streams */
	uint64_t packets;	 /* relayed, RTP and RTCP */
	uint64_t kernel_packets; /* of these, by the kernel; known twice a second */
	uint64_t refused;	 /* from strangers */
	uint64_t unauthentic;	 /* of encrypted streams: not from who has the key, or twice */
	uint64_t malformed;	 /* neither RTP nor RTCP, too short or too long */
	uint64_t foreign;	 /* STUN, DTLS, for nobody */
	uint64_t late;		 /* for streams that are closed */
	uint64_t untranslatable; /* of a codec that was not agreed on, or broken */
	uint64_t handshakes;	 /* DTLS: done; and failed, the log says why */
	uint64_t handshakes_failed;
	uint64_t undeliverable; /* hold, or the other peer is not known yet */
	uint64_t send_failed;
	uint64_t open_refused;	 /* streams: no ports left */
	uint64_t threads;	 /* gauge */
	uint64_t threads_failed; /* ended or stuck, though nobody wanted it */
	bool fastpath;		 /* the kernel takes part */
};

/**
 * Starts the engine and its threads; its events run on loop's thread: set
 * on_event and ctx of *out before the first stream is opened. Raises the soft
 * limit of open files when the port range needs it. Signalling thread.
 * ERR_INVALID (no port pair in the range), ERR_NOMEM, ERR_LIMIT, ERR_IO.
 */
ERR_MUST_CHECK enum err media_relay_new(
    struct media **out, struct loop *loop, const struct media_relay_params *params);
/** Ends the threads: no packet and no event from here on; open streams just end.
 *  To be called before loop_free. A thread that hangs is left behind, with all it may still touch.
 *  Signalling thread. */
void media_relay_stop(struct media *m);
/** After loop_free, which still touches the engine's mailbox. NULL is fine. */
void media_relay_free(struct media *m);
/** Any thread, between new and free. */
void media_relay_stats(const struct media *m, struct media_relay_stats *out);

#endif
