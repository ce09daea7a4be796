/*
 * Between the thread of tapes (tapes.c) and the two kinds of them (tape_in.c, tape_out.c).
 */
#ifndef SOUND_TAPES_INT_H
#define SOUND_TAPES_INT_H

#include "base/list.h"
#include "sound/tapes.h"

enum { TAPE_CACHE_LINE_BYTES = 64 };

/* What both kinds begin with. The tapes thread's, once it has arrived. */
struct tape {
	struct list link;
	struct tape *older; /* among those that have arrived and are not yet in a list */
	bool plays;
};

/* What a tape says after some work. */
enum tape_wish {
	TAPE_RESTS, /* until the next look */
	TAPE_MORE,  /* there is more to do at once */
	TAPE_GONE,  /* it is freed */
};

/** Hands a new tape over to the thread. Any thread. */
void tapes_add(struct tapes *ts, struct tape *t);
/** Has the thread look at once. Any thread; no lock. */
void tapes_wake(struct tapes *ts);

/* ---- on the tapes thread ---- */

/** Reads some blocks ahead. */
enum tape_wish tape_in_work(struct tape *t);
void tape_in_drop(struct tape *t);
/** Writes what is due. may_close: a tape that is to end may do so now, which waits for the disk. */
enum tape_wish tape_out_work(struct tape *t, uint64_t now_ms, bool may_close);
/** Ends it, whether its owner wanted that or not. */
void tape_out_finish(struct tape *t);

#endif
