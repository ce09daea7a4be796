/*
 * security/guard - who may speak to the switch at all, and how much (SEC-3).
 *
 * Counts every source address (IPv6 by /64: whoever has one address has them all) and decides
 * three times, each time cheaper than what would follow: before a message is parsed
 * (guard_on_message), before a transaction is made for it (guard_admit), and from what
 * authentication found (guard_on_result). A source that guesses, scans or floods is blocked for
 * screening_block_h hours since its last request. Whoever logs in is known for 24 hours and is
 * never blocked; so are static phones and lines (ops.is_known), allow rules, and this machine.
 *
 * One name that is guessed from many addresses is slowed down for all but the addresses where
 * its phone has logged in. Under overload requests of strangers are refused first, then all that
 * begin something new; what belongs to a call, and calls for help, always pass.
 *
 * No I/O, no clock: time is the monotonic ms of the timers it was given. Signalling thread only.
 * Owns its tables, all of them bounded; borrows timers. Does not know calls or registrations.
 */
#ifndef SECURITY_GUARD_H
#define SECURITY_GUARD_H

#include "base/addr_net.h"
#include "loop/timer.h"
#include "model/settings.h"
#include "security/overload.h"
#include "sip/flow.h"
#include "sip/msg.h"

struct guard;

/* id, code in the address rules, what the source did */
#define GUARD_REASONS(X)                                                                           \
	X(SCANNER, "scanner", "names itself as an attack tool")                                    \
	X(WRONG_PASSWORD, "wrong_password", "tries passwords")                                     \
	X(UNKNOWN_NAMES, "unknown_names", "tries names that do not exist")                         \
	X(GUESSING, "guessing", "looks for numbers")                                               \
	X(FORBIDDEN, "forbidden", "asks for what it may not")                                      \
	X(MALFORMED, "malformed", "sends what is no SIP")                                          \
	X(FLOOD, "flood", "sends too many requests")                                               \
	X(WEB_LOGIN, "web_login", "tries passwords of the web page")

enum guard_reason {
#define X(id, code, text) GUARD_REASON_##id,
	GUARD_REASONS(X)
#undef X
	    GUARD_REASONS_N
};

/** "wrong_password" …, and what it means in English. */
const char *guard_reason_code(enum guard_reason r);
const char *guard_reason_text(enum guard_reason r);

struct guard_block {
	struct addr_net net; /* IPv4 /32, IPv6 /64 */
	enum guard_reason reason;
	const char *user_agent; /* of the last request; "" = none. Good during the call. */
	uint64_t for_ms;
	bool is_new; /* false: renewed by further requests, told at most every ten minutes */
};

/* All may be NULL but on_block and on_unblock. None may call the guard. */
struct guard_ops {
	/** A source that is known without logging in: a static phone, a provider's line. */
	bool (*is_known)(void *ctx, const struct addr *remote);
	/** A number that is never shed; digits as dialled. NULL: guard_is_emergency. */
	bool (*is_emergency)(void *ctx, struct slice digits);
	void (*on_block)(void *ctx, const struct guard_block *b);
	/** Before its time: an allow rule, or the phone there has logged in. */
	void (*on_unblock)(void *ctx, const struct addr_net *net);
	/** Whoever can drop earlier (kernel, transports) does so for so many seconds; 0: no more,
	 *  GUARD_FOR_EVER: until told otherwise. Blocks are held for ten minutes at a time, so
	 *  that a request now and then comes through and renews them. */
	void (*on_hold)(void *ctx, const struct addr_net *net, uint32_t seconds);
};

#define GUARD_FOR_EVER UINT32_MAX

struct guard_params {
	struct timers *timers; /* borrowed */
	const struct guard_ops *ops;
	void *ctx;
	const struct settings *settings; /* read during the call, see guard_set_settings */
	size_t sources_max;		 /* of each kind: strangers, known, blocked; 0 = 65,536 */
};

ERR_MUST_CHECK enum err guard_new(struct guard **out, const struct guard_params *p);
/** NULL is fine. */
void guard_free(struct guard *g);
/** screening, screening_failures, screening_block_h, source_requests_per_s, outside_prefix. */
void guard_set_settings(struct guard *g, const struct settings *s);

/* ---- a message's way ---- */

/** A message came, nothing of it is read yet. False: drop it. */
bool guard_on_message(struct guard *g, const struct sip_flow *flow);

enum guard_admission {
	GUARD_ADMIT,
	GUARD_REFUSE, /* 503 with Retry-After, without a transaction */
	GUARD_IGNORE  /* no answer at all */
};

/** A request (not ACK, not CANCEL) for which there is no transaction yet. *retry_after_s is set
 *  with GUARD_REFUSE. */
enum guard_admission guard_admit(struct guard *g, const struct sip_flow *flow,
    const struct sip_msg *req, uint32_t *retry_after_s);
/** Nobody has logged in from there: what it is told costs no memory here. */
bool guard_is_stranger(struct guard *g, const struct sip_flow *flow);

enum guard_event {
	GUARD_OK,	  /* right password: known for 24 hours */
	GUARD_CHALLENGED, /* without credentials */
	GUARD_WRONG_PASSWORD,
	GUARD_UNKNOWN_NAME,
	GUARD_FORBIDDEN,
	GUARD_MALFORMED,
	GUARD_WEB_LOGIN, /* failed log-in at the web page */
};

struct guard_result {
	enum guard_event event;
	struct slice name;	 /* who it says it is; empty when unknown */
	bool name_exists;	 /* GUARD_CHALLENGED: there is such a phone */
	struct slice user_agent; /* may be empty */
};

/** What became of a request. Of the flow only its addresses count. */
void guard_on_result(struct guard *g, const struct sip_flow *flow, const struct guard_result *r);
/** Server transactions begin (+1) and end (-1): the limit of each source counts them. */
void guard_on_transaction(struct guard *g, const struct addr *remote, int change);
/** Dialogs of calls begin (+1) and end (-1). */
void guard_on_dialog(struct guard *g, const struct addr *remote, int change);
/** A registration of the run before: known as if it had logged in now. */
void guard_trust(struct guard *g, const struct addr *remote);
/** The load of the last tenth of a second; see overload.h. */
void guard_on_load(struct guard *g, const struct guard_load *load);

/** 110 and 112, also behind the prefix for outside calls and as +49110, 0049112 …: the numbers
 *  that the law asks for in every telephone network here. */
bool guard_is_emergency(const struct settings *s, struct slice digits);

/* ---- rules ---- */

enum guard_action { GUARD_RULE_NONE, GUARD_RULE_BLOCK, GUARD_RULE_ALLOW };

struct guard_rule {
	struct addr_net net;
	enum guard_action action; /* NONE: there is no rule for this network any more */
	bool automatic;		  /* made by the guard itself, this run or an earlier one */
	uint64_t for_ms;	  /* 0 = for ever */
};

enum { GUARD_RULES_MAX = 1000 }; /* made by people; automatic ones are limited as sources */

/** Sets, replaces or removes the rule of a network. ERR_LIMIT, ERR_NOMEM. */
ERR_MUST_CHECK enum err guard_set_rule(struct guard *g, const struct guard_rule *rule);

/* ---- figures ---- */

struct guard_counts {
	uint64_t dropped_blocked, dropped_flood; /* before parsing */
	uint64_t refused_rate, refused_transactions, refused_dialogs, refused_account;
	uint64_t refused_overload; /* 503 */
	uint64_t blocks[GUARD_REASONS_N], renewals, unblocks;
	uint64_t forgotten; /* sources that had to make room */
	size_t strangers, known, blocked, accounts;
	enum overload_level level;
};

const struct guard_counts *guard_get_counts(const struct guard *g);

#endif
