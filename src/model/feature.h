/*
 * What people do by dialling a star code instead of a number, or by pressing one while they talk:
 * every feature declared once, with the code it has by default. Codes are settings ("code_" and the
 * name): each can be changed or switched off. Here too: what a feature asks management to change,
 * and what becomes of that, as plain values that cross planes.
 *
 * Any thread. Nothing here fails.
 */
#ifndef MODEL_FEATURE_H
#define MODEL_FEATURE_H

#include "model/live.h"

/* What follows the code. */
enum feature_argument {
	FEATURE_ALONE,	/* nothing: it is dialled exactly so */
	FEATURE_MAYBE,	/* something, or nothing */
	FEATURE_NEEDED, /* something */
};

/* Names are part of the interface: do not rename them. */
#define FEATURES(X)                                                                                \
	X(PRIVATE_CALL, "private_call", "*2", NEEDED, "Private call", "Then the number to call")   \
	X(GROUP_ON, "group_on", "*32", NEEDED, "Log on to a group", "Then the group's ID")         \
	X(GROUP_OFF, "group_off", "*33", NEEDED, "Log off from a group", "Then the group's ID")    \
	X(LINE_PREFIX, "line_prefix", "***", NEEDED, "Call through a certain line",                \
	    "Then the digit of the line, then the number")                                         \
	X(SPEED_DIAL, "speed_dial", "*6", NEEDED, "Speed dial",                                    \
	    "Then the place: its number is called, one's own before everybody's")                  \
	X(PHONE_LOGIN, "phone_login", "*77", NEEDED, "Log in to the telephone", "Then the login")  \
	X(PHONE_LOGOUT, "phone_logout", "*78", NEEDED, "Log out of the telephone",                 \
	    "Then the login")                                                                      \
	X(PHONE_LOGOUT_ALL, "phone_logout_all", "*79", ALONE,                                      \
	    "Log everybody out of the telephone", "")                                              \
	X(REDIRECT_ALWAYS, "redirect_always", "*01", NEEDED, "Redirect always: on",                \
	    "Then the target")                                                                     \
	X(REDIRECT_ALWAYS_OFF, "redirect_always_off", "*010", ALONE, "Redirect always: off", "")   \
	X(REDIRECT_BUSY, "redirect_busy", "*02", NEEDED, "Redirect when busy: on",                 \
	    "Then the target")                                                                     \
	X(REDIRECT_BUSY_OFF, "redirect_busy_off", "*020", ALONE, "Redirect when busy: off", "")    \
	X(REDIRECT_TIMEOUT, "redirect_timeout", "*03", NEEDED, "Redirect when nobody answers: on", \
	    "Then the target")                                                                     \
	X(REDIRECT_TIMEOUT_OFF, "redirect_timeout_off", "*030", ALONE,                             \
	    "Redirect when nobody answers: off", "")                                               \
	X(PICK_UP, "pick_up", "*8", MAYBE, "Pick up a call",                                       \
	    "Then the number that rings; without one any call")                                    \
	X(COMPLETION, "completion", "*07", ALONE, "Call completion",                               \
	    "You are called back when whom you tried last can be reached")                         \
	X(COMPLETION_OFF, "completion_off", "*070", ALONE, "Call completion: cancel", "")          \
	X(ORBIT, "orbit", "*08", NEEDED, "Park a call, or fetch it",                               \
	    "Then the place, 00 to 99: the call that is held waits there, or who waits comes "     \
	    "back")                                                                                \
	X(VOICEMAIL, "voicemail", "*9", MAYBE, "Voicemail",                                        \
	    "Then the ID of a mailbox; without one one's own")                                     \
	X(DND_ON, "dnd_on", "*09", ALONE, "Do not disturb: on", "")                                \
	X(DND_OFF, "dnd_off", "*090", ALONE, "Do not disturb: off", "")

/* What people press while they talk. A name space of its own: the same code may mean something else
 * when it is dialled. It acts with its last key, so none of them begins with another one. */
#define FEATURES_IN_CALL(X)                                                                        \
	X(CONSULT, "consult", "*2", ALONE, "In a call: ask somebody else",                         \
	    "The other one waits with music; the number follows the announcement. Pressed again: " \
	    "back to who waits. Who hangs up connects the two")                                    \
	X(THREE_WAY, "three_way", "*3", ALONE, "In a call: talk by three",                         \
	    "While somebody else is asked: who waits joins in")                                    \
	X(RECORD, "record", "*1", ALONE, "In a call: record it",                                   \
	    "Both voices, as a message in one's own mailbox, when the administrator allows it. "   \
	    "Pressed again: the recording ends")                                                   \
	X(TO_GO, "to_go", "**", ALONE, "In a call: go on at another telephone",                    \
	    "All one's other telephones ring, the mobile ones too; who picks up there goes on")

#define ALL_FEATURES(X) FEATURES(X) FEATURES_IN_CALL(X)

enum feature_place { FEATURE_DIALLED, FEATURE_IN_CALL };

enum feature {
#define FEATURE(id, name, code, argument, label, what) FEATURE_##id,
	ALL_FEATURES(FEATURE)
#undef FEATURE
	    FEATURES_N
};

enum { FEATURE_CODE_BYTES = 12 };

/* Codes as a whole, to begin with. */
enum feature_set {
	FEATURE_SET_STANDARD,
	FEATURE_SET_FREEPBX, /* as users of FreePBX know them, as far as it has them; its *52 and
			      *53 would hide calls with a PIN, and a place needs a code */
	FEATURE_SETS_N
};

/** As settings call it. */
const char *feature_name(enum feature f);
/** English, for people. */
const char *feature_label(enum feature f);
enum feature_argument feature_takes(enum feature f);
enum feature_place feature_place(enum feature f);
/** Of a set; "" = switched off there. */
const char *feature_code(enum feature_set set, enum feature f);

/* ---- what is stored changes by a code ---- */

struct feature_order {
	uint64_t id; /* of who asks; comes back with the outcome */
	enum feature feature;
	int64_t user, phone;		  /* ids: for whom, and at which phone; 0 = none */
	char argument[LIVE_NUMBER_BYTES]; /* what was dialled behind the code; of COMPLETION: the
					     number that he has tried; "" = none */
	struct live_tried tried;	  /* the rest of it */
};

enum feature_outcome {
	FEATURE_DONE,	 /* it is on the disk, and signalling knows of it */
	FEATURE_UNKNOWN, /* there is no such group … */
	FEATURE_DENIED,	 /* he may not */
	FEATURE_REFUSED, /* not for such a number */
	FEATURE_FULL,	 /* he has as many as he may have, or all together have */
	FEATURE_FAILED,	 /* the log of the system says why */
};

struct feature_result {
	uint64_t id;
	enum feature_outcome outcome;
};

#endif
