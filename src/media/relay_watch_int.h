/*
 * Watches over the media threads: once a second while streams are open, by a counter that each of
 * them moves. Nobody is woken for it.
 *
 * A thread that has ended gets a successor, with a new epoll set and its streams. One that does not
 * move any more may come back at any time, so nothing of its own is touched: it gets no new
 * streams, and what it owes for those it had (the last word) is said in its place.
 *
 * In both cases those who opened the streams hear MEDIA_EV_FAILED and shall close them: nobody
 * knows what was lost. Signalling thread.
 */
#ifndef MEDIA_RELAY_WATCH_INT_H
#define MEDIA_RELAY_WATCH_INT_H

#include "media/relay_int.h"

enum {
	WATCH_MS = 1000,
	WATCH_STILL_MAX = 5, /* so often not moved: stuck */
};

void watch_init(struct relay *r);
/** There are streams to carry. */
void watch_start(struct relay *r);
void watch_stop(struct relay *r);

/** For tests: makes a thread fail as soon as it is awake. */
void watch_break(struct media *m, unsigned worker, enum worker_fault fault);

#endif
