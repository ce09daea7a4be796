/*
 * When is it too much? Three measures - how late timers run, how full the receive queue of the
 * kernel is, how full the table of transactions is - give one of three levels, with hysteresis:
 * the first two count only when three samples in a row are high (a burst
 * fills a queue for milliseconds), and a level is left only when all measures have been well below
 * it for two seconds, so that the switch does not flicker between refusing and drowning. Pure; no
 * clock.
 */
#ifndef SECURITY_OVERLOAD_H
#define SECURITY_OVERLOAD_H

#include <stddef.h>
#include <stdint.h>

enum overload_level {
	OVERLOAD_NONE,
	OVERLOAD_STRANGERS, /* what strangers begin is refused */
	OVERLOAD_NEW	    /* whatever begins something new is refused */
};

struct guard_load {
	uint32_t lag_ms;	 /* a timer of now runs so late */
	uint32_t queue_permille; /* of the fullest receive queue */
	size_t transactions, transactions_max;
};

enum { OVERLOAD_SAMPLES = 3 };

struct overload {
	enum overload_level level;
	uint64_t calm_since_ms; /* 0 = it is not */
	uint32_t lag_ms[OVERLOAD_SAMPLES], queue_permille[OVERLOAD_SAMPLES];
	uint32_t next;
};

/** Returns the level from now on. */
enum overload_level overload_update(
    struct overload *o, const struct guard_load *load, uint64_t now_ms);

#endif
