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
/** Fetches the call that waits where the code says. False: it is no such code, or nobody is there.
 */
bool orbit_on_invite(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);

#endif
