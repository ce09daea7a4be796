/* Inside call completion (completion.h): requests, and what users have tried. */
#ifndef CALL_COMPLETION_INT_H
#define CALL_COMPLETION_INT_H

#include "call/call_int.h"

enum request_state { REQUEST_WAITING, REQUEST_RECALLING, REQUEST_OVER };

/* Somebody wants to be called back. */
struct request {
	struct list link; /* completions->requests */
	struct call_switch *sw;
	struct timer timer;	  /* WAITING: looks whether it can be served */
	int64_t id, user, target; /* target 0 = outside */
	int64_t until_wall_ms;
	uint64_t not_before_ms;
	enum request_state state;
	bool private_call, no_answer;
	bool active; /* the target has been in a call since, and out of it */
	bool rings;  /* RECALLING: at who has asked */
	uint8_t checks, recalls;
	struct call *call; /* RECALLING */
	char number[LIVE_NUMBER_BYTES];
};

/* The last call of a user that came to nothing. */
struct tried {
	struct hnode node;
	struct list link; /* completions->tried, the oldest first */
	int64_t user;
	uint64_t until_ms;
	bool possible; /* else nobody is called back for it, as he is told when he asks */
	struct live_tried how;
	char number[LIVE_NUMBER_BYTES];
};

struct completions {
	struct list requests; /* the oldest first */
	struct call_switch *sw;
	struct hmap by_user; /* tried */
	struct list tried;
	struct timer forget;
};

/** The lamp of a user may have changed. */
void completion_tell(struct call_switch *sw, int64_t user);

/* ---- tried.c ---- */
void tried_init(struct call_switch *sw);
void tried_fini(struct call_switch *sw);
/** NULL: nothing, or too long ago. */
const struct tried *tried_find(const struct call_switch *sw, int64_t user);
/** That is what r is about. */
bool tried_is_of(const struct tried *t, const struct request *r);
/** It is not offered any more. */
void tried_forget(const struct request *r);
void tried_on_call_end(struct call *c);

#endif
