/*
 * The engine as the signalling thread sees it: the slots with their sockets and
 * the threads they belong to. A slot stays with its thread, unless its stream joins
 * a room of another one.
 */
#ifndef MEDIA_RELAY_INT_H
#define MEDIA_RELAY_INT_H

#include "media/relay.h"
#include "media/worker_int.h"

struct relay {
	struct media media;
	struct media_ops ops; /* its */
	struct ports ports;
	struct fastpath *fastpath; /* NULL: none */
	char fastpath_text[FASTPATH_TEXT_MAX];
	struct timer
	    announce; /* says it once all have started: who fails to has one thing to say */
	struct loop *loop;
	struct mailbox *events;
	struct timer watch; /* over the threads, while streams are open */
	struct timer look;  /* runs while streams are closing, or extras can be forgotten soon */
	uint32_t n_written_off;
	uint32_t n_closing;   /* closed, and their last word has not come */
	struct list trimming; /* slots with extras to forget */
	struct dtls_identity *identity;
	struct tapes *tapes; /* NULL: nobody has played or recorded a file */
	bool stopped;
	uint32_t n_workers;
	struct worker *workers; /* [n_workers] */
	uint32_t pack_streams;
	uint32_t n_slots;   /* room for so many */
	uint32_t n_made;    /* so many have sockets */
	uint32_t n_kept;    /* so many of these stay free for urgent streams */
	struct slot *slots; /* [n_slots], memory comes with use */

	/* For the statistics. */
	_Atomic uint64_t streams_open, slots_busy, open_refused, threads_failed;
};

/** For the statistics, which any thread reads and only this one writes. */
static inline void
relay_gauge(_Atomic uint64_t *gauge, int delta)
{
	uint64_t now = atomic_load_explicit(gauge, memory_order_relaxed);

	atomic_store_explicit(gauge, now + (uint64_t)(int64_t)delta, memory_order_relaxed);
}

/** Takes what media threads have to say; the rest soon. */
void relay_fetch(struct relay *r);
/** The clock of resting, monotonic. Not the loop's: opening many streams takes a
 *  while after the loop woke up. */
uint64_t slots_clock_ms(void);
/** Opens the sockets of a new slot; it is in no list yet. ERR_LIMIT. */
ERR_MUST_CHECK enum err slots_make(
    struct relay *r, struct worker *w, uint64_t now_ms, struct slot **out);
/** A slot for a stream: a rested one, else a new one, else the one that rested
 *  longest (rested is false then: old packets may be in its sockets). Only an urgent stream gets
 *  one of the last r->n_kept. ERR_LIMIT. */
ERR_MUST_CHECK enum err slots_take(struct relay *r, bool urgent, struct slot **out, bool *rested);
/** So many have sockets and are free. */
uint32_t slots_free(const struct relay *r);
/** The thread that gets what comes next. */
struct worker *slots_choose_worker(struct relay *r);
/** The slot's stream is carried by another thread from the next plan on. */
void slots_move(struct slot *slot, struct worker *to);
/** Its stream has ended: counted as busy no longer. */
void slots_release(struct relay *r, struct slot *slot);
/** freed_ms 0: never used. */
void slots_give_back(struct slot *slot, uint64_t freed_ms);

#endif
