/*
 * What the planes say to each other. Small values; larger things travel as heap
 * blocks whose ownership goes with the message (receiver frees).
 */
#ifndef DAEMON_MESSAGES_H
#define DAEMON_MESSAGES_H

#include "api/api.h"
#include "directory/directory.h"
#include "model/live.h"
#include "model/pin.h"
#include "model/trace.h"
#include "model/voicemail.h"
#include "net/tls.h"
#include "security/blacklist.h"

enum management_kind {
	TO_MANAGEMENT_REPORTS,	     /* p: struct report_block */
	TO_MANAGEMENT_TRACE,	     /* p: struct trace_block */
	TO_MANAGEMENT_METRICS,	     /* p: struct metrics_block */
	TO_MANAGEMENT_OLD_DIRECTORY, /* p: struct directory, to be freed */
	TO_MANAGEMENT_CHANGED,	     /* from the store's feed: rebuild the directory */
	TO_MANAGEMENT_CERTIFICATES,  /* from the store's feed: rebuild what TLS uses */
	TO_MANAGEMENT_VOICEMAIL,     /* from the feed: what waits for users may be otherwise */
	TO_MANAGEMENT_RULE,	     /* from the feed: address rule id, or all with id 0; own */
};

struct to_management {
	enum management_kind kind;
	bool own;
	int64_t id;
	void *p;
};

/* What happens often travels in blocks: a block for each call's every step would cost more
 * than the step. */
enum report_kind {
	REPORT_RECORD,	      /* struct cdr, cdr_bytes of it; slot: of the journal */
	REPORT_LIVE_CALL,     /* struct live_call, live_call_bytes of it */
	REPORT_REGISTRATION,  /* struct live_registration; removed */
	REPORT_SUBSCRIPTION,  /* struct live_subscription; removed */
	REPORT_TELEPHONY,     /* struct live_telephony */
	REPORT_ORBIT,	      /* struct live_orbit */
	REPORT_CONFERENCE,    /* struct live_conference */
	REPORT_MEMBER,	      /* struct live_conference_member */
	REPORT_LINE,	      /* struct live_line; removed */
	REPORT_SCREENING,     /* struct guard_report */
	REPORT_EMERGENCY,     /* struct live_emergency */
	REPORT_SPENT,	      /* struct live_spent */
	REPORT_PIN_LOCKED,    /* struct pin_locked */
	REPORT_ORDER,	      /* struct feature_order */
	REPORT_MESSAGE_BEGAN, /* struct voicemail_began */
	REPORT_MESSAGE_ENDED, /* struct voicemail_ended */
	REPORT_MESSAGE_ASK,   /* struct voicemail_ask */
	REPORT_COMPLETION,    /* struct live_completion */
	REPORT_COMPLETED,     /* struct live_completed */
};

struct report {
	enum report_kind kind;
	uint32_t slot, bytes; /* of the value that follows, padded to 8 */
	bool removed;
	uint64_t value[];
};

/** What a report with so many bytes takes in its block. */
static inline size_t
report_room(size_t bytes)
{
	return sizeof(struct report) + ((bytes + 7) & ~(size_t)7);
}

struct report_block {
	uint32_t n, cap; /* bytes */
	bool precious;	 /* must not get lost */
	uint64_t reports[];
};

struct metrics_block {
	size_t n;
	struct api_metric metric[];
};

enum signalling_kind {
	TO_SIGNALLING_DIRECTORY, /* directory: the new snapshot */
	TO_SIGNALLING_HANG_UP,	 /* call_id */
	TO_SIGNALLING_COMMAND,	 /* command: taken, and answered (commands.h) */
	TO_SIGNALLING_WATCH,	 /* call_id: whom to trace, slot: for how many seconds */
	TO_SIGNALLING_TLS,	 /* tls: certificates and policy from now on */
	TO_SIGNALLING_RELEASE,	 /* slot: the record is in the database */
	TO_SIGNALLING_RULE,	 /* rule: who is kept out, who never is */
	TO_SIGNALLING_RESULT,	 /* result: of an order */
	TO_SIGNALLING_MESSAGES,	 /* answer: about messages in a mailbox */
	TO_SIGNALLING_WAITING,	 /* waiting: messages of a user */
	TO_SIGNALLING_WEB_LOGIN, /* peer: failed to log in at the web page */
};

struct to_signalling {
	enum signalling_kind kind;
	uint32_t slot;
	struct directory *directory;
	uint64_t changes; /* with the directory: how many it was read after (activation.h) */
	struct net_tls *tls;
	struct command *command;
	struct guard_rule rule;
	struct addr peer;
	struct feature_result result;
	struct voicemail_answer *answer;
	struct voicemail_waiting waiting;
	char call_id[LIVE_CALL_ID_BYTES];
};

#endif
