/* Inside call/: places where calls wait (orbit.c). */
#ifndef CALL_ORBIT_H
#define CALL_ORBIT_H

#include "call/app_int.h"

struct transfer;

bool orbit_is_taken(const struct call_switch *sw, unsigned n);
/** The app goes: its place is free. */
void orbit_leave(struct call_switch *sw, struct call_app *a);
/** The call was brought to the app by a transfer. */
void orbit_note_from(struct call_app *a, const struct transfer *t);
/** An INVITE of that phone with the code for places: fetches the call that waits at the one that
 * was dialled. False: nobody is there. */
bool orbit_fetch(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone, struct slice argument);

#endif
