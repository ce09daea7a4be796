/*
 * When to stop waking for each datagram. A sleeping thread that is woken for one
 * datagram pays more for the waking than for the message; so above some rate the
 * socket is looked at by the clock instead, every few milliseconds (what network cards call
 * interrupt moderation). Below it nothing changes, and a lone call is served at once.
 */
#ifndef NET_PACE_H
#define NET_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PACE_WINDOW_MS = 64,
	PACE_ENTER = 96, /* datagrams in a window: 1,500 a second */
	PACE_LEAVE = 48,
	PACE_LOOK_MS = 3,
};

struct pace {
	uint64_t window_ms; /* when it began */
	uint32_t datagrams; /* in it */
	bool paced;
};

/** So many datagrams were read just now. Returns whether to look by the clock from now on. */
static inline bool
pace_on_read(struct pace *p, uint64_t now_ms, uint32_t datagrams)
{
	p->datagrams += datagrams;
	if (now_ms - p->window_ms < PACE_WINDOW_MS)
		return p->paced;
	/* a window that a silence has stretched says that nothing is going on */
	p->paced = now_ms - p->window_ms < 2 * PACE_WINDOW_MS &&
		   p->datagrams >= (p->paced ? PACE_LEAVE : PACE_ENTER);
	p->window_ms = now_ms;
	p->datagrams = 0;
	return p->paced;
}

#endif
