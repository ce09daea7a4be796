/*
 * Presence documents (PIDF, RFC 3863, with the activities of RFC 4480) as far as a telephone
 * system needs them. Private to presence/ but for the fuzz target.
 */
#ifndef PRESENCE_PIDF_H
#define PRESENCE_PIDF_H

#include "base/buf.h"

/* The activities of RFC 4480, 3.2: id, element name. */
#define PIDF_ACTIVITIES(X)                                                                         \
	X(APPOINTMENT, "appointment")                                                              \
	X(AWAY, "away")                                                                            \
	X(BREAKFAST, "breakfast")                                                                  \
	X(BUSY, "busy")                                                                            \
	X(DINNER, "dinner")                                                                        \
	X(HOLIDAY, "holiday")                                                                      \
	X(IN_TRANSIT, "in-transit")                                                                \
	X(LOOKING_FOR_WORK, "looking-for-work")                                                    \
	X(LUNCH, "lunch")                                                                          \
	X(MEAL, "meal")                                                                            \
	X(MEETING, "meeting")                                                                      \
	X(ON_THE_PHONE, "on-the-phone")                                                            \
	X(PERFORMANCE, "performance")                                                              \
	X(PERMANENT_ABSENCE, "permanent-absence")                                                  \
	X(PLAYING, "playing")                                                                      \
	X(PRESENTATION, "presentation")                                                            \
	X(SHOPPING, "shopping")                                                                    \
	X(SLEEPING, "sleeping")                                                                    \
	X(SPECTATOR, "spectator")                                                                  \
	X(STEERING, "steering")                                                                    \
	X(TRAVEL, "travel")                                                                        \
	X(TV, "tv")                                                                                \
	X(VACATION, "vacation")                                                                    \
	X(WORKING, "working")                                                                      \
	X(WORSHIP, "worship")

enum pidf_activity {
#define X(id, name) PIDF_##id,
	PIDF_ACTIVITIES(X)
#undef X
	    PIDF_ACTIVITIES_N
};

enum { PIDF_NOTE_BYTES = 128, PIDF_MAX_BYTES = 16384, PIDF_DEPTH_MAX = 16 };

/* Stands in shared bodies where each watcher sees the host it knows us by; no text has it,
 * because xml_text lets no control character through. */
#define PIDF_HOST '\x01'

struct pidf_state {
	bool open;	     /* some tuple's basic status is open */
	uint32_t activities; /* a bit for each */
	char note[PIDF_NOTE_BYTES];
};

/** Reads a document: at most PIDF_MAX_BYTES and PIDF_DEPTH_MAX deep, without DOCTYPE. What it
 *  does not know is skipped. ERR_MALFORMED (no XML, not PIDF, no basic status), ERR_TOO_BIG,
 *  ERR_NOMEM. */
ERR_MUST_CHECK enum err pidf_parse(struct slice text, struct pidf_state *out);
const char *pidf_activity_name(enum pidf_activity a);

#endif
