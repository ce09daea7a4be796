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
/** Who waits there is connected with that phone of by's, which shall answer by itself; until then
 * he waits on. *out: the call, when it is under way. */
enum call_outcome orbit_ring(struct call_switch *sw, struct slice orbit, const struct dir_user *by,
    const struct dir_phone *phone, struct call **out);
/** An INVITE of that phone with the code for places: fetches the call that waits at the one that
 * was dialled. False: nobody is there. */
bool orbit_fetch(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone, struct slice argument);

#endif
