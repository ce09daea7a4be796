/*
 * What people ask of their calls from the web page or a program (the call manager), and what comes
 * of it: plain values that cross planes. Zero-initialise, then fill; texts are NUL-terminated.
 * Nothing here fails; any thread.
 */
#ifndef MODEL_CALLMAN_H
#define MODEL_CALLMAN_H

#include "model/live.h"

enum call_command_kind {
	CALL_COMMAND_DIAL,     /* number, phone: that phone rings first */
	CALL_COMMAND_PLAY,     /* number: the name of what is heard or spoken (model/play.h), title;
				  phone: that one rings */
	CALL_COMMAND_ANSWER,   /* call_id; phone: there, else at one that rings */
	CALL_COMMAND_HOLD,     /* call_id */
	CALL_COMMAND_RESUME,   /* call_id */
	CALL_COMMAND_TRANSFER, /* call_id, number */
	CALL_COMMAND_JOIN,     /* call_id, other_call_id: their far parties are connected */
	CALL_COMMAND_TO_GO,    /* call_id: the user's other phones ring, and take it over */
	CALL_COMMAND_RECORD,   /* call_id */
	CALL_COMMAND_END_RECORDING, /* call_id */
	CALL_COMMAND_HANG_UP,	    /* call_id */
	CALL_COMMAND_PICK_UP, /* call_id, other_user: it rings there, and is answered at phone */
	CALL_COMMAND_PARK,    /* call_id, "" = the one that is talked in; number: the place */
	CALL_COMMAND_FETCH,   /* number: the place where a call waits; phone: for there */
};

struct call_command {
	enum call_command_kind kind;
	int64_t user, phone; /* ids: whose call it is; phone 0: not said */
	int64_t other_user;
	char call_id[LIVE_CALL_ID_BYTES], other_call_id[LIVE_CALL_ID_BYTES];
	char number[LIVE_NUMBER_BYTES]; /* as dialled */
	char title[LIVE_NAME_BYTES];	/* for the display of the phone */
};

/* Codes are part of the interface: do not rename them. */
#define CALL_OUTCOMES(X)                                                                           \
	X(DONE, "done", "It is under way.")                                                        \
	X(GONE, "call_gone", "This call is over.")                                                 \
	X(NOT_YOURS, "not_your_call", "This is not a call of yours.")                              \
	X(NOT_YOUR_PHONE, "not_your_phone", "This is not a phone of yours.")                       \
	X(NO_PHONE, "no_own_phone", "You have no phone that is registered.")                       \
	X(NO_OTHER_PHONE, "no_other_phone", "You have no other phone that can ring now.")          \
	X(PHONE_AWAY, "phone_not_registered", "This phone is not registered.")                     \
	X(CANNOT_ANSWER, "phone_cannot_answer",                                                    \
	    "This phone cannot be made to answer. Lift its receiver, or name another phone.")      \
	X(WRONG_STATE, "wrong_state", "The call is in no state in which this can be done.")        \
	X(NO_CALL, "no_call_to_park", "You are in no call that could be parked.")                  \
	X(NOBODY_WAITS, "nobody_waits", "No call waits at this place.")                            \
	X(RECORDING_OFF, "recording_not_allowed", "Recording of calls is switched off.")           \
	X(NO_MAILBOX, "no_own_mailbox", "You have no mailbox in which a recording could be kept.") \
	X(REFUSED, "call_refused", "This number cannot be called.")                                \
	X(BUSY, "busy", "The system is busy. Please try again.")

enum call_outcome {
#define CALL_OUTCOME(id, code, text) CALL_OUTCOME_##id,
	CALL_OUTCOMES(CALL_OUTCOME)
#undef CALL_OUTCOME
	    CALL_OUTCOMES_N
};

struct call_result {
	enum call_outcome outcome;
	char call_id[LIVE_CALL_ID_BYTES]; /* DONE: the call it is about */
	char reason[LIVE_REASON_BYTES];	  /* REFUSED: why (model/reasons.h), or "" */
};

const char *call_outcome_code(enum call_outcome o);
/** English, for people. */
const char *call_outcome_text(enum call_outcome o);

#endif
