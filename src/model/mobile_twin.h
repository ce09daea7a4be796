/*
 * When a mobile phone rings as a twin (USR-9): the text of its field "times", frames of days and
 * hours with "; " between them, as "mon,tue,wed,thu,fri 08:00-18:00; sat 09:00-12:00". No frame:
 * always. Times are those of the clock on the wall; the end is not included, 24:00 is the end of
 * the day. As in time frames of routing, on a public holiday only "holiday" counts.
 *
 * Pure; any thread.
 */
#ifndef MODEL_MOBILE_TWIN_H
#define MODEL_MOBILE_TWIN_H

#include "base/buf.h"

struct twin_frame {
	uint8_t days;		   /* bits of MODEL_DAYS */
	uint16_t from_min, to_min; /* since midnight */
};

enum { TWIN_FRAMES_MAX = 20 };

/** Takes the first frame off *rest. False: there is none; then rest->n > 0 at one that cannot be
 *  read. */
bool twin_frame_next(struct slice *rest, struct twin_frame *out);

#endif
