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
/** All ports of voice are taken, and those that are kept for emergency calls run out: the youngest
 *  other call ends, and gives its ports back for the next one. */
void emergency_free_ports(struct call_switch *sw);

#endif
