/*
 * A media thread: waits for its sockets, carries packets, and every 40 ms looks
 * at silence and hands events to signalling.
 *
 * Once in 5 s it tells the figures of each open stream, in every tick those of some. That is worth
 * waking nobody: signalling fetches them (relay.c).
 *
 * While a stream is open the thread wakes at least every 40 ms, so signalling
 * never has to wake it; with no stream open it sleeps until the first one.
 */
#ifndef MEDIA_WORKER_INT_H
#define MEDIA_WORKER_INT_H

#include "loop/mailbox.h"
#include "loop/thread.h"
#include "media/egress_int.h"
#include "media/fastpath_stream_int.h"
#include "media/stream_int.h"

/* What is shared by the threads, and who may touch it when. */
struct slot { /* a cache line a thread */
	/* Set before the slot is first told of, then constant. */
	uint32_t index;
	struct port_pair pair[MEDIA_SIDES];

	/* Signalling thread, as the box; in a worker's free list after CLOSED. */
	struct worker *worker;		  /* as wanted; its thread follows */
	_Atomic(struct worker *) carrier; /* whose stream it is; that thread alone gives it away */
	uint64_t freed_ms;
	uint32_t dscp;		   /* how its sockets are marked */
	bool written_off;	   /* the last word was said for its thread, which does not move */
	struct plan_extra *extras; /* that the stream may need, newest first */
	uint32_t extra_serial;
	struct list trim_node; /* in the relay's list, while extras wait to be forgotten */
	struct list free_node;
	struct plan_box box;

	/* Media thread. */
	_Alignas(64) struct stream stream;
	_Atomic uint32_t followed; /* extra_serial of its plan */
};

static inline struct plan *
slot_wanted(struct slot *slot)
{
	return plan_box_wanted(&slot->box);
}

#define WORKER_COUNTERS(X)                                                                         \
	X(packets)                                                                                 \
	X(kernel_packets)                                                                          \
	X(refused)                                                                                 \
	X(unauthentic)                                                                             \
	X(malformed)                                                                               \
	X(foreign)                                                                                 \
	X(late)                                                                                    \
	X(undeliverable)                                                                           \
	X(untranslatable)                                                                          \
	X(handshakes)                                                                              \
	X(handshakes_failed)                                                                       \
	X(send_failed)

/* Written by one thread, read by any. */
struct worker_counters {
#define X(name) _Atomic uint64_t name;
	WORKER_COUNTERS(X)
#undef X
};

#define worker_count_n(w, name, n)                                                                 \
	atomic_store_explicit(&(w)->counters.name,                                                 \
	    atomic_load_explicit(&(w)->counters.name, memory_order_relaxed) + (n),                 \
	    memory_order_relaxed)
#define worker_count(w, name) worker_count_n(w, name, 1)

struct worker_event {
	struct media_event event;
	uint32_t timeout_serial;
};

struct worker_key {
	struct media_ref ref;
	uint8_t to; /* enum media_side */
	char key;
	uint32_t ms;
};

enum {
	WORKER_READY_MAX = 128,
	WORKER_TICK_US = 40000,
	WORKER_STATS_TICKS = 125, /* how often each stream's figures are told: every 5 s */
};

/* For tests of what happens then. */
enum worker_fault { WORKER_SOUND, WORKER_ENDS, WORKER_HANGS };

struct worker {
	/* Constant while the thread runs. */
	int epoll_fd, wake_fd;
	struct mailbox *told;	 /* uint32_t: slots with a new plan */
	struct mailbox *pressed; /* struct worker_key: keys for listeners */
	struct mailbox *events;	 /* struct worker_event, to signalling */
	struct slot *slots;
	bool ip6; /* kind of the sockets */
	const struct dtls_identity *identity;
	struct fastpath *fastpath; /* NULL: none; the relay's */
	struct thread *thread;

	_Atomic bool stop;
	_Atomic bool asleep;	/* without end: whoever tells must wake */
	_Atomic bool ended;	/* the thread, though nobody has asked for it */
	_Atomic uint32_t beats; /* turns so far */
	_Atomic unsigned fault; /* enum worker_fault */
	struct worker_counters counters;

	/* Media thread. */
	uint64_t now_us, tick_due_us;
	uint32_t n_open;
	uint32_t n_known;    /* slots it was told of have smaller numbers */
	uint32_t stats_tick; /* whose turn it is */
	struct timers timers;
	struct list waiting;	     /* streams with events that are due */
	struct list clocked;	     /* streams for which the clock ticks */
	struct list rooms;	     /* with members */
	uint64_t tick, clock_due_us; /* of the clock */
	struct egress egress;
	struct list fast; /* open streams, if there is a fast path */
	uint64_t scan_due_us;
	struct rng rng;
	struct transcode_room room;
	unsigned char packet[RTP_PACKET_MAX + 1];
	unsigned char sealed[RTP_PACKET_MAX + CIPHER_TRAILER_MAX];

	/* Signalling thread. */
	_Alignas(64) uint32_t n_busy;
	struct list free_slots; /* longest unused first */
	uint32_t beats_seen, still;
	bool stuck;
};

/** Sets everything up but the thread. ERR_NOMEM, ERR_IO. */
ERR_MUST_CHECK enum err worker_init(
    struct worker *w, struct slot *slots, uint32_t n_slots, bool ip6, struct mailbox *events);
/** Fine for a zeroed one. The thread has ended. */
void worker_fini(struct worker *w);
ERR_MUST_CHECK enum err worker_start(struct worker *w, unsigned number);
/** After the thread has ended by itself: another one goes on where it was, with a new epoll set of
 *  what it carries of the first n_slots. On failure it is as before. ERR_NOMEM, ERR_LIMIT, ERR_IO.
 */
ERR_MUST_CHECK enum err worker_restart(struct worker *w, unsigned number, uint32_t n_slots);
/** Waits for the thread's end. */
void worker_stop(struct worker *w);
/** Makes the sockets of a new slot this worker's. Signalling thread. */
ERR_MUST_CHECK enum err worker_adopt(struct worker *w, struct slot *slot);
/** Tells the media thread of a new plan. Signalling thread. */
void worker_tell(struct worker *w, const struct slot *slot);
/** A key for a stream. Signalling thread. */
void worker_press(struct worker *w, const struct worker_key *key);
/** Has it look now. Any thread. */
void worker_wake(const struct worker *w);
/** For streams: an event is due. */
void worker_post(struct worker *w, struct stream *s, enum stream_due due);
/** The clock ticks for it from now on, as long as it needs it; its rooms, too. */
void worker_clock(struct worker *w, struct stream *s);

#endif
