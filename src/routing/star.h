/*
 * What phones dial besides numbers (docs/star-codes.md), in one place: which key says what.
 * Pure functions, any thread. Private to routing/.
 */
#ifndef ROUTING_STAR_H
#define ROUTING_STAR_H

#include "base/slice.h"

/** "*5" PIN "*" number. False: it does not begin so, or the PIN is none; *number is empty then. */
bool star_pin(struct slice dialled, struct slice *pin, struct slice *number);
/** True: it begins as a call with a PIN does, so it must be shown nowhere. */
bool star_is_pin(struct slice dialled);
/** What may be shown of something that is no number (as it came, with escapes): itself, or the code
 *  alone where a PIN may be in it. */
struct slice star_hide(struct slice raw);

#endif
