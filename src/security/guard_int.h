/*
 * Private to security/: what the guard's files share.
 *
 *	guard.c           life, the way of a message, what authentication found
 *	guard_source.c    the table of sources
 *	guard_block.c     blocking, holding, rules, expiry
 *	guard_account.c   names that are guessed from many addresses
 *	guard_agent.c     attack tools by their User-Agent
 */
#ifndef SECURITY_GUARD_INT_H
#define SECURITY_GUARD_INT_H

#include "base/hmap.h"
#include "base/list.h"
#include "base/log.h"
#include "security/guard.h"

enum {
	SOURCES_DEFAULT = 65536,
	ACCOUNTS_MAX = 131072,
	WINDOW_MS = 600 * 1000, /* failures are forgotten over ten minutes */
	KNOWN_MS = 24 * 3600 * 1000,
	HOLD_MS = 600 * 1000,
	SWEEP_MS = 30 * 1000,
	AGENT_BYTES = 128,
	POINT = 1000, /* one failure */
};

enum source_kind { STRANGER, KNOWN, BLOCKED, SOURCE_KINDS };

struct source {
	struct hnode node;
	struct list link; /* in the list of its kind, the one heard last at the end */
	struct addr_net net;
	uint8_t kind, reason;
	bool exempt; /* this machine, static phone, line, allow rule: as of epoch */
	bool refused_by_rule;
	uint32_t epoch; /* of rules and directory when exempt was found out */
	uint32_t transactions, dialogs;
	uint64_t known_until_ms, blocked_until_ms, held_until_ms;
	/* Failures in thousandths; leak away over WINDOW_MS. */
	uint32_t points;
	uint64_t points_at_ms;
	/* Requests: below 0 too many, at most one second's worth each way, in thousandths. */
	int64_t tokens;
	uint64_t tokens_at_ms;
	/* What was too much, leaks like points. */
	uint32_t excess;
	uint64_t targets; /* a bit for each number it asked for, by hash */
	uint64_t targets_at_ms;
};

struct account {
	struct hnode node;
	struct list link;
	uint64_t home[4]; /* sources where it has logged in, by hash, the latest first */
	uint32_t points;
	uint64_t points_at_ms;
};

struct human_rule {
	struct guard_rule rule;
	uint64_t until_ms; /* UINT64_MAX: for ever */
	bool held;	   /* whoever can drop earlier does */
};

struct guard {
	struct guard_params p;
	struct settings settings;
	struct hmap sources;
	struct list kind[SOURCE_KINDS];
	size_t kind_count[SOURCE_KINDS], kind_max;
	struct source *last; /* heard last: the next question is about it */
	uint32_t epoch;
	struct hmap accounts;
	struct list homeless, at_home; /* accounts, the one named last at the end */
	struct human_rule *rules;
	size_t n_rules, cap_rules;
	struct overload overload;
	size_t transactions_max; /* as last told */
	struct guard_counts counts;
	struct timer sweep;
	struct log_limit block_log, rate_log, account_log;
};

static inline uint64_t
guard_now(const struct guard *g)
{
	return timers_now_ms(g->p.timers);
}

/* ---- guard_source.c ---- */

/** The network a source is counted under. */
struct addr_net source_net(const struct addr *remote);
/** NULL if it has never been heard of. */
struct source *source_find(struct guard *g, const struct addr_net *net);
/** Finds or makes it, and counts it as heard now. NULL: out of memory. */
struct source *source_of(struct guard *g, const struct addr *remote);
/** Another kind; may make the oldest of that kind give way. */
void source_set_kind(struct guard *g, struct source *s, enum source_kind kind);
uint64_t source_hash(const struct source *s);
/** Adds so many thousandths to a value that leaks away whole_per_window in WINDOW_MS. */
void leaky_add(uint32_t *value, uint64_t *at_ms, uint32_t add, uint32_t whole, uint64_t now_ms);
void sources_free(struct guard *g);

/* ---- guard_block.c ---- */

/** Nothing happens to exempt and known ones, nor while screening is off. */
void source_block(
    struct guard *g, struct source *s, enum guard_reason reason, struct slice user_agent);
/** A blocked one spoke: dropped, and its time begins anew. False: its time is over. */
bool source_still_blocked(struct guard *g, struct source *s);
void source_unblock(struct guard *g, struct source *s, bool tell);
/** What the rules of people say; GUARD_RULE_NONE: nothing. */
enum guard_action rules_decide(const struct guard *g, const struct addr *a);
/** What ends by itself. Runs while anything is blocked or ruled. */
void guard_sweep(struct timer *t);

/* ---- guard_account.c ---- */

/** May this source try a password for this name now? */
bool account_may_try(struct guard *g, const struct source *s, struct slice name);
void account_failed(struct guard *g, const struct source *s, struct slice name);
void account_logged_in(struct guard *g, const struct source *s, struct slice name);
void accounts_free(struct guard *g);

/* ---- guard_agent.c ---- */

/** A program that only attackers use. */
bool agent_is_scanner(struct slice user_agent);

#endif
