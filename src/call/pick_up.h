/* Inside call/: pick-up by code (pick_up.c). */
#ifndef CALL_PICK_UP_H
#define CALL_PICK_UP_H

#include "call/call_int.h"

/** An INVITE of that phone with the code for it: answers what rings for the number, or (empty) for
 *  anybody, or is refused. */
void pick_up(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone, struct slice number);

#endif
