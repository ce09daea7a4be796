/* Inside call/: pick-up by code (pick_up.c). */
#ifndef CALL_PICK_UP_H
#define CALL_PICK_UP_H

#include "call/call_int.h"

/** Answers what rings for the number behind the code, or for anybody. False: it is no such code. */
bool pick_up_on_invite(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);

#endif
