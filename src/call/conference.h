/*
 * Conferences (CNF-2 to CNF-4): calls meet in a room that they enter, each opposite an app
 * (apps/conference.c) that asks for the PIN, says what happens and takes the keys. Here: who is in,
 * who hears whom, the lock, recordings, and who is called into it. A room on a number and a managed
 * conference are held alike; participants of the latter who shall be called when it begins are
 * called here.
 *
 * A conference begins with the first who comes and ends with the last who goes; nothing of it is
 * stored. Who watches is told by the switch's ops (call.h): on_conference and on_conference_member,
 * CONFERENCE_TELL_MS after something changed, with all that changed meanwhile in one.
 *
 * Signalling thread. Nothing here waits.
 */
#ifndef CALL_CONFERENCE_H
#define CALL_CONFERENCE_H

#include "call/call.h"
#include "model/live_conference.h"

enum { CONFERENCE_TELL_MS = 200 };

/** Does what a moderator asks, who was checked to be one; what follows is told to who watches. out
 *  is filled in. */
void call_conference_command(
    struct call_switch *sw, const struct conference_command *cmd, struct conference_result *out);

#endif
