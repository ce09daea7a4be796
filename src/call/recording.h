/*
 * What apps record (call/app.h): messages, announcements. A recording outlives its app, until media
 * has closed the file: then management learns whether it is kept. Private to call/.
 */
#ifndef CALL_RECORDING_H
#define CALL_RECORDING_H

#include <limits.h>

#include "call/call_int.h"

struct call_app;

/** What media records of who sits opposite, now; NULL: nothing. */
struct media_recording *recording_of(const struct call_app *a);
/** a ends: what it recorded is kept unless it said otherwise. */
void recording_leave(struct call_app *a);
/** A file has been closed. */
void recording_on_event(struct call_switch *sw, const struct media_event *ev);
/** All that are left, without a word to anybody. */
void recording_free_all(struct call_switch *sw);
/** FOLDER/FILE.wav below the data folder. False: there is none, or the path is too long. */
bool recording_path(
    const struct call_switch *sw, const char *folder, struct slice file, char path[PATH_MAX]);

#endif
