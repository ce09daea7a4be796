/*
 * Emergency calls (LIN-6): they are recognised before anything is limited, other calls make room
 * for them, and the administrator learns of them. Private to call/, but for
 * call_is_emergency (call.h).
 */
#ifndef CALL_EMERGENCY_H
#define CALL_EMERGENCY_H

#include "call/call_int.h"

enum { EMERGENCY_CALLS = 16 }; /* more than the system may carry otherwise */

/** Tells of one that begins, and of one that ends without an answer though the caller waited. Other
 *  calls are none of its business. */
void emergency_begins(const struct call *c);
void emergency_ends(const struct call *c);
/** The youngest other call on this line ends at once, and what it took of the line is free.
 *  False: there is none. */
bool emergency_make_room(struct call_switch *sw, int64_t line);
/** All ports of voice are taken, and those that are kept for emergency calls as c run out: the
 *  youngest other call ends, and gives its ports back for the next one. */
void emergency_free_ports(const struct call *c);
/** There was no port at all for the call, not even of those that are kept: the youngest other call
 *  has ended, or nobody is left to end. Until it has given its ports back the caller waits, and
 *  setup_take_offer is called again. False: it is no emergency call, or has waited long enough. */
bool emergency_wait_for_ports(struct call *c, struct slice offer);
/** Before the call is freed. */
void emergency_free(struct call *c);

#endif
