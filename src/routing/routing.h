/*
 * routing/ - from what somebody dialled to what shall happen, as a pure function:
 * (snapshot, caller, digits, state) -> plan, with the reason for every step.
 *
 * The plan is data: call/ executes it, the live page and the call record show its
 * reasons. Nothing here does I/O, reads a clock or keeps anything:
 * the same input gives the same plan. Texts in a plan are borrowed from the
 * snapshot and the query. Any thread that may read the snapshot.
 */
#ifndef ROUTING_ROUTING_H
#define ROUTING_ROUTING_H

#include "directory/directory.h"
#include "model/live.h"
#include "routing/number.h"

enum {
	ROUTING_TARGETS_MAX = 128, /* a group of a hundred rings as a whole */
	ROUTING_DIALLED_MAX = 64,
	ROUTING_OUTSIDE_RING_MS = 180000, /* the public network gives up before */
	ROUTING_TWINS_MAX = 8,		  /* mobile phones in a plan; */
	ROUTING_TWIN_LINES_MAX = 4,	  /* the lines of each */
	ROUTING_HOPS_MAX = 5,		  /* redirections of a call, whoever makes them */
};

/* A way to the public network, now. */
enum routing_line_state {
	ROUTING_LINE_FREE,
	ROUTING_LINE_FULL,	     /* as many calls as it may have */
	ROUTING_LINE_NOT_REGISTERED, /* or nobody answers there */
};

/* What routing must know of the moment, asked through functions so that nothing
 * is collected that is not needed. */
struct routing_state {
	void *ctx;
	bool (*phone_reachable)(void *ctx, int64_t phone_id); /* has at least one contact */
	/** May be NULL: no line works. */
	enum routing_line_state (*line_state)(void *ctx, int64_t line_id);
	/** The line's minutes for costly calls are used up; may be NULL: never. */
	bool (*line_spent)(void *ctx, int64_t line_id);
	/** A call waits there; may be NULL: never. */
	bool (*orbit_taken)(void *ctx, unsigned orbit);
	/** The phone has dialled too many wrong PINs lately; may be NULL: never. */
	bool (*pin_locked)(void *ctx, int64_t phone_id);
	/** Is in a call, as the caller or because he has answered; may be NULL: nobody is. */
	bool (*user_talks)(void *ctx, int64_t user_id);
};

/* Of a PIN in front of the number. */
enum routing_pin { ROUTING_PIN_NONE, ROUTING_PIN_RIGHT, ROUTING_PIN_WRONG };

enum routing_action { ROUTING_RING, ROUTING_REFUSE };

struct routing_party {
	struct slice number, name; /* as shown to the other side */
	int64_t user;		   /* 0 = none */
};

/* Where we are, by the clock on the wall. */
struct routing_time {
	struct day day;
	uint16_t minute; /* since midnight */
};

/* Who calls whom. caller_phone or caller_line; both NULL: a call that one of our phones sends
 * on, from somebody outside. */
struct routing_query {
	struct slice dialled; /* user part of the Request-URI, as it came; of what is
				 sent on also DIR_MAILBOX_SCHEME and a code */
	const struct dir_phone *caller_phone; /* authenticated */
	const struct dir_line *caller_line;   /* the provider's line a call came in on; it reaches
						 our users, never another line */
	/* who calls from a mobile phone of his, and has shown so (USR-9): as if at a phone of his;
	 * caller.number: of that phone, canonical. Then both are NULL */
	const struct dir_user *caller_user;
	struct routing_party caller;	   /* with caller_line: what the provider says; with a
					      phone that is believed: whom it names; with
					      neither: who calls from outside */
	bool by_keys;			   /* dialled at the phone, so a PIN may stand in front */
	struct addr source;		   /* where the call came from; family 0 = not known */
	const struct dir_user *sent_on_by; /* who answers for a call that is sent on; NULL: the
					      caller himself */
	const struct dir_group
	    *sent_on_group;	  /* or a group, for which the settings' defaults hold */
	const struct slice *been; /* numbers that sent it on before: it never comes back */
	size_t n_been;
	unsigned hops;	 /* how often it was sent on before */
	bool one_device; /* nobody else is meant: no redirection acts */
	struct routing_time when;
	const struct routing_state *state;
};

enum routing_kind { ROUTING_PHONE, ROUTING_LINE, ROUTING_APP };

/* What answers instead of a person (apps/). */
enum routing_app {
	ROUTING_APP_ORDER,     /* does what a code asks for, and says so */
	ROUTING_APP_ORBIT,     /* a place to wait */
	ROUTING_APP_LOGIN,     /* the same for who is not known yet: asks for his PIN */
	ROUTING_APP_VOICEMAIL, /* takes a message; argument: the mailbox's code */
	ROUTING_APP_MAILBOX,   /* where people listen to theirs; argument: its code, or empty */
	ROUTING_APP_LISTEN,    /* plays what somebody wants to hear at his phone; argument: its
				  name (model/play.h) */
	ROUTING_APP_SPEAK,     /* records an announcement that somebody speaks there; the same */
	ROUTING_APP_BROADCAST, /* what is said there, a group hears */
	ROUTING_APP_DIAL_IN, /* calls what a user at his mobile phone dials; argument: its number */
	ROUTING_APP_CONFERENCE, /* a room where calls meet; argument: its id */
	ROUTING_APPS
};

/* How a line is used. */
struct routing_way {
	struct slice call_by_call; /* dialled before the number */
	struct slice shown; /* the caller's number there, as somebody wrote it; may be empty */
	bool hidden;	    /* withheld from who is called; the provider learns it */
};

struct routing_target {
	enum routing_kind kind;
	int64_t phone, line;	 /* ids; that of its kind */
	enum routing_app app;	 /* of its kind */
	struct slice phone_name; /* or the line's name, or the app's */
	struct routing_way way;	 /* of a line */
	/* of a group: the member whose phone it is; user 0 = who is called by the plan */
	struct routing_party member;
	uint32_t delay_ms; /* after the start of ringing; ROUTING_AFTER_OTHERS */
	/* Targets of one turn ring together, until it is over; then those of the next one. 0: no
	 * turns, it rings as long as the call does. */
	uint32_t turn, turn_ms;
	uint32_t turn_delay_ms; /* of turns: after the start of its turn */
	/* of a line that leads to a mobile phone of the one who is rung: which of the plan's twins,
	 * from 1; 0 = none */
	uint8_t twin;
	bool spare;	  /* of a twin: only when the line before cannot serve it */
	bool auto_answer; /* the phone is asked to answer by itself */
};

/* A mobile phone that rings with the phones of its user (USR-9). */
struct routing_twin {
	struct slice number; /* canonical */
	bool confirm;	     /* who answers there takes the call by a key */
	bool costly;	     /* as the plan's */
};

/* Why a number of ours sends a call on. */
enum routing_why { ROUTING_ALWAYS, ROUTING_BUSY, ROUTING_UNREACHED, ROUTING_NO_ANSWER };

/* A user or group that sends the call on. */
struct routing_via {
	struct routing_party by; /* the number that was called */
	enum routing_why why;
};

/* Where the call goes on when it does not get through, as that would be dialled; empty: nowhere. */
struct routing_onward {
	struct slice busy, timeout;
	int64_t user, group; /* who answers for it */
};

/* A delay that never ends: only when nobody rings any more. */
#define ROUTING_AFTER_OTHERS UINT32_MAX

struct routing_plan {
	enum routing_action action;
	uint16_t status;	/* REFUSE: SIP status for the caller */
	enum cdr_result result; /* REFUSE: what the call record says */
	struct routing_party caller, called;
	uint32_t ring_ms;
	enum routing_pin pin;
	bool costly;	/* an outside number that is counted, number_is_costly */
	bool emergency; /* goes before all other calls; lines that are full make room */
	const struct dir_site *site; /* of an emergency call: where it comes from; NULL: unknown */
	bool private_call;	     /* only who makes it sees with whom */
	enum feature feature;	     /* of the code that was dialled; FEATURES_N = none */
	struct slice argument;	     /* what was dialled behind it */
	struct slice deposit; /* internal number to go on to when nobody answers; often empty */
	struct routing_onward onward; /* before the deposit */
	/* who has sent the call on already, the first one first; called is where it came to */
	struct routing_via via[ROUTING_HOPS_MAX];
	size_t n_via;
	struct routing_target target[ROUTING_TARGETS_MAX];
	size_t n_targets;
	struct routing_twin twin[ROUTING_TWINS_MAX];
	size_t n_twins;
	char reasons[LIVE_REASONS_MAX][LIVE_REASON_BYTES];
	uint32_t n_reasons;
	char dialled[ROUTING_DIALLED_MAX]; /* normalised, without PIN, or where it was redirected
					      to; called.number may point here */
	char caller_number[NUMBER_BYTES];  /* canonical, of a line; caller.number points here */
	/* for targets that are lines, else empty: the public number, canonical and as dialled
	 * behind the outside prefix */
	char outside[NUMBER_BYTES], outside_dialled[ROUTING_DIALLED_MAX];
};

/** Always gives a plan. dir and q are borrowed until plan is dropped. */
void routing_plan_make(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
/** Rings what user has besides the phone he speaks at (NULL) or his mobile phone there (canonical;
 *  may be empty), for q->caller; q->dialled does not count. The plan refuses when he has none. */
void routing_plan_others(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, const struct dir_user *user, const struct dir_phone *but,
    struct slice but_mobile);
/** GRP-2, broadcast: the phone at which a member hears what a group is told: the first of his that
 *  may be called. NULL: none, *why says so about *whom. q->caller_phone's users hear nothing. */
const struct dir_phone *routing_listener(const struct routing_query *q, const struct dir_member *m,
    enum reason *why, struct slice *whom);
/** How a user is shown inside. */
struct routing_party routing_party_of(const struct dir_user *user);
/** The code at the beginning of what was dialled (normalised), the longest that fits, and what
 *  follows it. False: none, or one that is dialled otherwise. */
bool routing_feature(const struct directory *dir, struct slice dialled, enum feature *feature,
    struct slice *argument);
/** Puts the number that user (NULL: nobody) has at a speed dial in its place, *found. False: it is
 *  none (normalised), or nothing is stored there. */
bool routing_speed_dial(const struct directory *dir, const struct dir_user *user,
    char dialled[ROUTING_DIALLED_MAX], const struct dir_speed_dial **found);
/** The emergency number that this dials (normalised), with or without prefix; NULL: none. */
const struct dir_emergency *routing_emergency(const struct directory *dir, struct slice dialled);
/** What was dialled without visual separators ("-", ".", "(", ")", blanks) and %xx.
 *  ERR_MALFORMED: nothing left or a character no phone dials; ERR_TOO_BIG. */
ERR_MUST_CHECK enum err routing_normalise(struct slice dialled, char out[ROUTING_DIALLED_MAX]);

#endif
