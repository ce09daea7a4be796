/*
 * What apps record (call/app.h): messages, announcements; and what is said in conferences. A
 * recording outlives its app, until media has closed the file: then management learns whether it is
 * kept. Private to call/.
 */
#ifndef CALL_RECORDING_H
#define CALL_RECORDING_H

#include <limits.h>

#include "call/call_int.h"

struct call_app;
struct call_room;

/** What media records of who sits opposite, now; NULL: nothing. */
struct media_recording *recording_of(const struct call_app *a);
/** a ends: what it recorded is kept unless it said otherwise. */
void recording_leave(struct call_app *a);
/** Records what is said in a room, for a mailbox; on_end is told when it is over without
 *  recording_end_room. Who: as he is shown who left the message. NULL: it cannot be. */
struct recording *recording_of_room(struct call_room *room, int64_t mailbox,
    const struct routing_party *who, void (*on_end)(struct call_room *room));
/** It is kept. Before the room goes. NULL is fine. */
void recording_end_room(struct recording *r);
/** Management says whether a message may begin. False: it is not for a recording of a room. */
bool recording_on_answer(struct call_switch *sw, const struct voicemail_answer *answer);
/** A file has been closed. */
void recording_on_event(struct call_switch *sw, const struct media_event *ev);
/** All that are left, without a word to anybody. */
void recording_free_all(struct call_switch *sw);
/** FOLDER/FILE.wav below the data folder. False: there is none, or the path is too long. */
bool recording_path(
    const struct call_switch *sw, const char *folder, struct slice file, char path[PATH_MAX]);

#endif
