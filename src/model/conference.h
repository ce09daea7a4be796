/*
 * Planned conferences (CNF-1): how many there may be, and the form of what a series has changed
 * dates in.
 *
 * Pure; any thread.
 */
#ifndef MODEL_CONFERENCE_H
#define MODEL_CONFERENCE_H

#include "base/buf.h"

enum {
	CONFERENCE_PIN_DIGITS = 6,
	CONFERENCE_LENGTH_MAX_MIN = 24 * 60,
	CONFERENCES_PER_USER = 200,
	CONFERENCE_PARTICIPANTS_MAX = 100, /* of one conference */
	CONFERENCE_EXCEPTIONS_MAX = 100,   /* dates of one series that differ */
	CONFERENCE_CHANGES_MAX = 50 * CONFERENCE_EXCEPTIONS_MAX,
	CONFERENCE_ZONE_BYTES = 41,
	CONFERENCE_REMIND_MIN = 15, /* before a date begins */
	CONFERENCE_EARLY_MIN = 15,  /* the same: participants come in */
};

/* How often, by their index. */
#define CONFERENCE_REPEATS "once|day|week|month"

/* One date of a series that does not take place when it would. */
struct conference_change {
	int64_t original_ms; /* when it would begin, since 1970 */
	int64_t moved_ms;    /* when it begins; 0 = it is cancelled */
};

/** Takes the first off *rest, the text of the field "changed_dates". False: there is none; then
 *  rest->n > 0 at one that cannot be read. */
bool conference_change_next(struct slice *rest, struct conference_change *out);

#endif
