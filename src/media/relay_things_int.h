/*
 * Sounds, rooms and recordings as the signalling thread has them. Each is counted: by who made it,
 * and by every order (plan_extra) that names it. Who counts the last one down knows that no media
 * thread has it any more.
 */
#ifndef MEDIA_RELAY_THINGS_INT_H
#define MEDIA_RELAY_THINGS_INT_H

#include "media/relay_int.h"

/** What the service means on that slot's thread; a room may choose another one. Nothing is counted
 *  yet. ERR_NOMEM, ERR_LIMIT, ERR_CONFLICT. */
ERR_MUST_CHECK enum err things_order(struct relay *r, struct slot *slot, enum media_side side,
    const struct media_service *what, struct attendant_order *out);
/** Counts what an order names. */
void things_hold(const struct attendant_order *o);
void things_let_go(const struct attendant_order *o);

/** Fills in the calls about things. */
void things_ops(struct media_ops *ops);

#endif
