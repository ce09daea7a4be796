/*
 * Values of the running system that cross planes: live calls, registrations, call
 * records. Plain structs of fixed size that can be copied into a mailbox;
 * zero-initialise, then fill. Their JSON comes from field tables
 * (model/live.c), so that OpenAPI knows them. Times are ms since 1970, 0 = none.
 * Texts must be NUL-terminated UTF-8; what is not UTF-8 becomes '?' in JSON.
 */
#ifndef MODEL_LIVE_H
#define MODEL_LIVE_H

#include <jansson.h>

#include "base/slice.h"
#include "model/money.h"
#include "model/reasons.h"

enum {
	LIVE_CALL_ID_BYTES = 128,
	LIVE_NUMBER_BYTES = 64,
	LIVE_NAME_BYTES = 96,
	LIVE_PHONE_BYTES = 40,
	LIVE_MOBILE_BYTES = LIVE_NUMBER_BYTES + 4, /* cdr_mobile_phone */
	LIVE_WHERE_BYTES = 400,
	LIVE_REASONS_MAX = 12,
	LIVE_REASONS_FIRST =
	    6, /* of a longer list: so many from its begin, the rest from its end */
	LIVE_RINGING_MAX = 16,
};

#define LIVE_CALL_STATES(X)                                                                        \
	X(SETUP, "setup")                                                                          \
	X(RINGING, "ringing")                                                                      \
	X(ANSWERED, "answered")                                                                    \
	X(HELD, "held")                                                                            \
	X(ENDED, "ended")

/* How well a side hears the other now. */
#define LIVE_VOICES(X)                                                                             \
	X(UNKNOWN, "unknown") /* not measured yet */                                               \
	X(SILENT, "silent")   /* too little came to judge it */                                    \
	X(DIRECT, "direct")   /* it goes past us, from phone to phone */                           \
	X(GOOD, "good")                                                                            \
	X(FAIR, "fair")                                                                            \
	X(POOR, "poor")

/* How far somebody is who speaks an announcement at a telephone. */
#define LIVE_SPOKEN(X)                                                                             \
	X(NONE, "none")		/* he does not */                                                  \
	X(TOLD, "told")		/* he hears what to do */                                          \
	X(SPEAKING, "speaking") /* and is recorded */                                              \
	X(JUDGING, "judging")	/* he hears it, and decides */                                     \
	X(KEPT, "kept")                                                                            \
	X(FAILED, "failed") /* it could not be recorded or kept: the one before stays */

#define LIVE_LINE_STATES(X)                                                                        \
	X(OFF, "off")                                                                              \
	X(REGISTERING, "registering")                                                              \
	X(REGISTERED, "registered")                                                                \
	X(ADDRESS, "address") /* usable without registration */                                    \
	X(FAILED, "failed")

#define CDR_RESULTS(X)                                                                             \
	X(ANSWERED, "answered")                                                                    \
	X(BUSY, "busy")                                                                            \
	X(NO_ANSWER, "no_answer")                                                                  \
	X(REJECTED, "rejected")                                                                    \
	X(CANCELLED, "cancelled")                                                                  \
	X(UNAVAILABLE, "unavailable")                                                              \
	X(NOT_FOUND, "not_found")                                                                  \
	X(FAILED, "failed")                                                                        \
	X(INTERRUPTED, "interrupted")

#define CDR_ENDERS(X)                                                                              \
	X(CALLER, "caller")                                                                        \
	X(CALLED, "called")                                                                        \
	X(SYSTEM, "system")

enum live_call_state {
#define X(id, text) LIVE_CALL_##id,
	LIVE_CALL_STATES(X)
#undef X
};

enum live_voice {
#define X(id, text) LIVE_VOICE_##id,
	LIVE_VOICES(X)
#undef X
};

enum live_spoken {
#define X(id, text) LIVE_SPOKEN_##id,
	LIVE_SPOKEN(X)
#undef X
};

enum live_line_state {
#define X(id, text) LIVE_LINE_##id,
	LIVE_LINE_STATES(X)
#undef X
};

enum cdr_result {
#define X(id, text) CDR_##id,
	CDR_RESULTS(X)
#undef X
};

enum cdr_ended_by {
#define X(id, text) CDR_BY_##id,
	CDR_ENDERS(X)
#undef X
};

struct live_party {
	char number[LIVE_NUMBER_BYTES];
	char name[LIVE_NAME_BYTES];
	int64_t user;		      /* id, 0 none */
	char phone[LIVE_PHONE_BYTES]; /* name, "" none */
};

/* What one side hears of the other: of the last ten seconds or so. */
struct live_heard {
	enum live_voice voice;
	uint32_t mos_x100;  /* GOOD, FAIR, POOR; 0 else */
	uint32_t lost_x100; /* hundredths of a percent of the packets */
	uint32_t jitter_ms;
	uint32_t delay_ms; /* of the network, one way; 0 = not known */
	bool encrypted;	   /* between the system and this side's phone, both ways */
};

/* How a user could not reach a number. */
struct live_tried {
	int64_t target;	   /* user; 0 = outside, or nobody of ours */
	bool private_call; /* outside: nobody shall see the number */
	bool no_answer;	   /* else busy, or not to be reached at all */
};

#define LIVE_COMPLETION_STATES(X)                                                                  \
	X(OFF, "off")                                                                              \
	X(POSSIBLE, "possible")	  /* his last call came to nothing, and may be completed */        \
	X(ON, "on")		  /* somebody is waited for */                                     \
	X(RECALLING, "recalling") /* his phones ring for that */

enum live_completion_state {
#define X(id, text) LIVE_COMPLETION_##id,
	LIVE_COMPLETION_STATES(X)
#undef X
};

/* How a user's call completion looks to him. */
struct live_completion {
	int64_t user;
	enum live_completion_state state;
	char number[LIVE_NUMBER_BYTES]; /* POSSIBLE: as it was dialled; for nobody's eyes */
	struct live_tried tried;
};

/* One of his requests is over. */
struct live_completed {
	int64_t id; /* of the row */
	int64_t user;
	enum live_completed_why {
		LIVE_COMPLETED_SERVED,	/* the two were connected, or the target did not answer */
		LIVE_COMPLETED_EXPIRED, /* its time was over */
		LIVE_COMPLETED_UNANSWERED, /* he did not answer when he was called back */
		LIVE_COMPLETED_GONE, /* the number is nobody's any more, or he may not call it */
	} why;
};

/* A line has nothing left for costly calls today: so much were they. */
struct live_spent {
	int64_t at;
	char line[LIVE_NAME_BYTES];
	uint32_t minutes;
	char currency[CURRENCY_BYTES];
	int64_t charge_micro;
};

/* LIN-6: an emergency call begins, or could not be made. */
struct live_emergency {
	int64_t at;
	struct live_party caller;
	char number[LIVE_NUMBER_BYTES], name[LIVE_NAME_BYTES]; /* called */
	char where[LIVE_WHERE_BYTES]; /* address of the caller; "" unknown */
	bool refused;		      /* no line carried it */
};

struct live_call {
	char call_id[LIVE_CALL_ID_BYTES];
	int64_t started_at, answered_at;
	enum live_call_state state;
	bool traced;   /* its SIP messages are kept */
	bool recorded; /* by one of the two, into a mailbox */
	enum live_spoken spoken;
	struct live_party caller, called;
	char codec[32];
	struct live_heard heard_by_caller, heard_by_called;
	uint32_t ringing_count, reasons_count;
	char ringing[LIVE_RINGING_MAX][LIVE_PHONE_BYTES]; /* phone names */
	char reasons[LIVE_REASONS_MAX][LIVE_REASON_BYTES];
};

/** The bytes that mean something: what lies behind need not travel. */
static inline size_t
live_call_bytes(const struct live_call *c)
{
	return offsetof(struct live_call, reasons) + c->reasons_count * sizeof c->reasons[0];
}

struct live_registration {
	char phone[LIVE_PHONE_BYTES];
	int64_t phone_id;
	char contact[256];
	char source[64]; /* "192.0.2.1:5060" */
	char transport[8];
	char user_agent[128];
	int64_t registered_at; /* since when, refreshes do not count */
	int64_t expires_at;    /* at least: a refresh is told when this has come */
	uint32_t rtt_ms;       /* of the last answered OPTIONS, 0 = not known */
	bool reachable;
};

/** Who watches whom: one subscription of a phone. */
struct live_subscription {
	char tag[40]; /* ours; with the phone the key */
	char phone[LIVE_PHONE_BYTES];
	int64_t phone_id;
	char event[24];	    /* "dialog" … */
	char resource[160]; /* what is watched: "sip:101@192.0.2.1" */
	char contact[256];
	char source[64];
	char transport[8];
	int64_t subscribed_at, expires_at;
};

#define LIVE_TELEPHONY_STATES(X)                                                                   \
	X(FREE, "free")                                                                            \
	X(RINGING, "ringing")                                                                      \
	X(BUSY, "busy")

enum live_telephony_state {
#define X(id, text) LIVE_TELEPHONY_##id,
	LIVE_TELEPHONY_STATES(X)
#undef X
};

/* How a user's telephony looks to those who have a key for him. */
struct live_telephony {
	int64_t user;
	enum live_telephony_state state;
	char call_id[LIVE_CALL_ID_BYTES];		       /* ours; "" with FREE */
	char number[LIVE_NUMBER_BYTES], name[LIVE_NAME_BYTES]; /* the other one; "" not shown */
};

/* A place where calls are parked (KEY). */
struct live_orbit {
	uint8_t orbit; /* 0 … 99 */
	bool taken;    /* else the rest says nothing */
	int64_t since;
	char call_id[LIVE_CALL_ID_BYTES];
	char number[LIVE_NUMBER_BYTES], name[LIVE_NAME_BYTES]; /* who waits; "" of a private call */
	char by_name[LIVE_NAME_BYTES];			       /* who brought the call there */
};

/* A line to a provider. */
struct live_line {
	int64_t line_id;
	char name[LIVE_NAME_BYTES];
	enum live_line_state state;
	char reason[160]; /* of FAILED, or of trouble while it still works; "" none */
	char hop[64];	  /* the server in use: "192.0.2.1:5060", "" none */
	char transport[8];
	int64_t since;		   /* in this state */
	int64_t expires_at;	   /* of the registration */
	uint32_t rtt_ms;	   /* of the last answered OPTIONS, 0 = not known */
	uint32_t calls, max_calls; /* now; at most, 0 = no limit */
	/* What became of calls since the start: those that came in, then those that went out. The
	 * interface tells them since midnight. */
	uint32_t incoming, answered, busy, unanswered, refused, failed;
};

/** One call record (entity call_record). */
struct cdr {
	char call_id[LIVE_CALL_ID_BYTES];
	int64_t started_at, ringing_at, answered_at, ended_at;
	char caller_number[LIVE_NUMBER_BYTES];
	char caller_name[LIVE_NAME_BYTES];
	int64_t caller_user;		     /* id, 0 none */
	char caller_phone[LIVE_PHONE_BYTES]; /* name; survives the phone */
	char called_number[LIVE_NUMBER_BYTES];
	char called_name[LIVE_NAME_BYTES];
	int64_t called_user;
	char called_phone[LIVE_PHONE_BYTES]; /* the one that answered */
	enum cdr_result result;
	uint32_t sip_status; /* final status the caller got, 0 none */
	enum cdr_ended_by ended_by;
	uint32_t duration_s; /* answered to ended */
	uint64_t packets_to_caller, packets_to_called;
	uint64_t lost_to_caller, lost_to_called;
	uint32_t jitter_to_caller_us, jitter_to_called_us;
	char codec[16];
	uint32_t mos_to_caller_x100, mos_to_called_x100; /* 0 = too little was heard */
	uint32_t delay_to_caller_ms, delay_to_called_ms; /* one way, by RTCP; 0 = not known */
	bool private_call; /* the number called outside is not complete */
	bool direct;	   /* the voices went past us, at least for a time: MOS is not known */
	char line[LIVE_PHONE_BYTES];   /* name, that carried it outside; survives the line */
	char currency[CURRENCY_BYTES]; /* of what it cost by the rates; "" = there was no rate */
	int64_t charge_micro;
	uint32_t explanation_count;
	char explanation[LIVE_REASONS_MAX][LIVE_REASON_BYTES];
};

/** The bytes that mean something. */
static inline size_t
cdr_bytes(const struct cdr *r)
{
	return offsetof(struct cdr, explanation) + r->explanation_count * sizeof r->explanation[0];
}

/** A mobile phone of a user is called so where it is one of his phones (USR-9), in records too. */
struct slice cdr_mobile_phone(struct slice number, char out[LIVE_MOBILE_BYTES]);
/** The number in that name; empty: it is no mobile phone. */
struct slice cdr_mobile_number(struct slice phone);

/** How many fields of a call record are kept; those that are looked up follow them. */
size_t cdr_kept_fields(void);

const char *live_call_state_name(enum live_call_state s);
const char *live_line_state_name(enum live_line_state s);
const char *cdr_result_name(enum cdr_result r);

/** New references; NULL when out of memory. */
json_t *live_call_json(const struct live_call *call);
json_t *live_registration_json(const struct live_registration *r);
json_t *live_subscription_json(const struct live_subscription *s);

json_t *live_line_json(const struct live_line *l);
json_t *cdr_json(const struct cdr *cdr);
/** Adds to a list of reasons; a full one drops the first behind LIVE_REASONS_FIRST. args:
 *  REASON_ARGS() or NULL. */
void live_reason_add(char list[LIVE_REASONS_MAX][LIVE_REASON_BYTES], uint32_t *count, enum reason r,
    const struct slice *args);

#endif
