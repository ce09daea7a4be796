/*
 * Wrong PINs before numbers (RTG-2) are counted for each phone: after PIN_TRIES of them it may use
 * none for an hour, and the administrator learns of it. In memory; that a phone may use none
 * survives a restart (daemon/pin_locks.h). Private to call/, but for call_pin_locked (call.h).
 */
#ifndef CALL_PIN_H
#define CALL_PIN_H

#include "call/call_int.h"
#include "model/pin.h"

enum { PIN_TRIES = 5 };

/** The phone (an id) may not use PINs now. */
bool pin_is_locked(const struct call_switch *sw, int64_t phone);
/** What came of one. */
void pin_counts(struct call_switch *sw, const struct dir_phone *phone, enum routing_pin what);
void pin_free(struct call_switch *sw);

#endif
