/*
 * Wrong PINs (RTG-2, those of mailboxes and conferences) are counted for each phone: after
 * PIN_TRIES of them it may use none for an hour, and the administrator learns of it. Who calls from
 * outside can show any number, so what is counted there is the line, with more patience. In memory;
 * that a phone may use none survives a restart (daemon/pin_locks.h). Private to call/, but for
 * call_pin_locked (call.h).
 */
#ifndef CALL_PIN_H
#define CALL_PIN_H

#include "call/call_int.h"
#include "model/pin.h"

enum { PIN_TRIES = 5, PIN_TRIES_OUTSIDE = 50 };

/* Who dials one. */
struct pin_dialler {
	int64_t id; /* of the phone; of a line, below 0; of a user, beyond all phones */
	struct slice name;
};

struct pin_dialler pin_dialler_of_phone(const struct dir_phone *phone);
/** Whose PIN it is, where anybody may say to be him; to be named by who counts. */
struct pin_dialler pin_dialler_of_user(const struct dir_user *user);
/** False: it is none of ours and through no line of ours. */
bool pin_dialler_of(const struct leg *l, struct pin_dialler *out);
/** A pin_dialler's id: may use no PINs now. */
bool pin_is_locked(const struct call_switch *sw, int64_t id);
/** What came of one. */
void pin_counts(struct call_switch *sw, const struct pin_dialler *who, enum routing_pin what);
void pin_free(struct call_switch *sw);

#endif
