/*
 * Inside trunk/. Each line is a small machine (register.c), with these steps:
 *
 *   IDLE ──► LOCATING ──► ASKING ──200──► IDLE, timer: refresh
 *               ▲            ├─401, 423──► ASKING again
 *               │            ├─503, silence─► the next hop; none left: IDLE, timer: retry
 *               └── timer ───┘
 *   any ──► LEAVING (un-REGISTER) ──► configured anew, or freed
 *
 * Lines without registration only LOCATE; OPTIONS say whether they work (qualify.c).
 */
#ifndef TRUNK_TRUNK_INT_H
#define TRUNK_TRUNK_INT_H

#include "base/arena.h"
#include "base/list.h"
#include "base/log.h"
#include "sip/client_auth.h"
#include "sip/write.h"
#include "trunk/trunk.h"

enum {
	LINE_TARGETS_MAX = 4, /* the registrar, or outbound proxies */
	LINE_TARGET_BITS = 8, /* of a token of locate: which target; the rest says whose search */
	LINE_TOKEN_BYTES = 25,
	LINE_INSTANCE_BYTES = 37,
	LINE_ROUTE_BYTES = 1024,
	HOP_PATIENCE_MS = 8000,	  /* for the first answer, while other hops are left */
	LEAVE_PATIENCE_MS = 4000, /* for the answer to an un-REGISTER */
	REFUSED_PAUSE_S = 900,	  /* after "no" to the account: providers lock those who insist */
	RETRY_BASE_S = 30,	  /* RFC 5626, 4.5 */
	RETRY_MAX_S = 1800,
	EXPIRES_MIN_S = 5, /* an answer with less is not believed */
	EXPIRES_MAX_S = 86400,
	TELL_CALLS_MS = 1000,	   /* how late people see calls of a line */
	MISSES_MAX = 2,		   /* OPTIONS without answer until a hop counts as dead */
	KEEP_ALIVE_UDP_S = 25,	   /* NATs forget UDP after 30 s and more */
	KEEP_ALIVE_STREAM_S = 110, /* RFC 5626, 4.4.1: 95 to 120 s */
};

enum step { IDLE, LOCATING, ASKING, LEAVING };

struct line {
	struct trunk *trunk;
	struct list link;
	int64_t id;
	struct arena arena;
	struct dir_line conf; /* a copy: it outlives the snapshot when the line is taken back */
	bool stale;	      /* to be configured anew, or freed, when it has left */
	char token[LINE_TOKEN_BYTES];	    /* user part of our Contact */
	char instance[LINE_INSTANCE_BYTES]; /* UUID, RFC 5626, 4.1 */
	struct slice domain;		    /* of AOR and Request-URI, without port */

	/* where its servers are */
	struct sip_target target[LINE_TARGETS_MAX];
	size_t n_targets;
	struct sip_hops found[LINE_TARGETS_MAX];
	uint32_t locate_serial;
	uint32_t locate_open; /* bits of targets that have not answered */
	enum err locate_error;
	struct sip_hops known; /* of all targets, in the order of DNS */
	struct sip_hops hops;  /* the same in the order of this round */
	bool substitute;       /* the one in use is not the first: go back when that works */
	uint64_t located_until_ms;

	/* state, for people and for routing */
	enum live_line_state state;
	char reason[160];
	int64_t since, expires_at;
	uint64_t bound_until_ms; /* the registration is good; 0 = none */
	bool reachable;		 /* lines without registration */
	bool maybe_bound;	 /* the provider may have a binding of ours */
	unsigned calls;
	uint32_t outcomes[CALL_LINE_OUTCOMES]; /* since the start */
	struct timer tell;		       /* of calls, not at once */

	/* registration */
	enum step step;
	struct sip_client *asking; /* REGISTER under way */
	struct sip_flow flow;	   /* of the REGISTER under way; of what is in use */
	bool has_flow;
	size_t hop; /* index of hops being tried */
	char call_id[33], tag[17];
	uint32_t cseq, expires_s;
	unsigned failures, too_brief;
	uint32_t retry_after_s; /* the longest of this round */
	struct sip_client_auth auth;
	struct sip_auth_try round;
	char route[LINE_ROUTE_BYTES]; /* Route lines of Service-Route */
	size_t route_n;
	struct timer timer;    /* refresh, retry */
	struct timer patience; /* with one hop, or with leaving */

	struct probe *probe; /* somebody tests it; NULL: nobody */
	uint16_t answered;   /* the last final status of a REGISTER, 0: silence */

	/* is it there? */
	struct timer qualify, keep;
	struct sip_client *options;
	uint32_t options_cseq, rtt_ms, keep_s;
	uint64_t asked_ms;
	unsigned misses;
};

struct probe;

struct trunk {
	struct trunk_params p;
	struct list lines, dead;
	struct list probes; /* tests under way */
	struct timer reaper;
	uint32_t next_serial;
	struct sip_failed_hops failed;
	struct trunk_counts counts;
	bool stopping;
};

static inline uint64_t
line_now_ms(const struct line *l)
{
	return timers_now_ms(l->trunk->p.timers);
}

#define line_log(level, l, fmt, ...)                                                               \
	log_at(level, SIP, "line %.*s: " fmt, SLICE_FMT((l)->conf.name), ##__VA_ARGS__)

/* ---- trunk.c ---- */
struct line *trunk_line(const struct trunk *t, int64_t id);
/** New state, or the same with another reason; tells when something is new. reason may be
 *  NULL. */
void line_set_state(struct line *l, enum live_line_state state, const char *reason);
void line_tell(struct line *l);
/** The same for what changes with each call: soon, and once for many. */
void line_tell_soon(struct line *l);
/** Can a call be made through it now? */
bool line_is_usable(const struct line *l);
/** It has taken its registration back: configured anew or freed. */
void line_has_left(struct line *l);

/* ---- conf.c ---- */
/** Copies conf, derives names, targets and token. ERR_NOMEM, ERR_INVALID (reason is set). */
ERR_MUST_CHECK enum err line_configure(struct line *l, const struct dir_line *conf);
/** Would the change need a new registration? */
bool line_differs(const struct line *l, const struct dir_line *conf);
/** sip:user@domain of the account. */
void line_write_account(const struct line *l, struct buf *b);
/** The provider's host as it is configured, port included. */
void line_write_host(const struct line *l, struct buf *b);
/** sip:host */
void line_write_registrar(const struct line *l, struct buf *b);

/* ---- locate.c ---- */
/** Finds the servers, from memory when they are fresh; then line_on_hops. */
void line_locate(struct line *l);
void line_locate_stop(struct line *l);
/** hops is complete; empty: locate_error says why. In register.c. */
void line_on_hops(struct line *l);
/** The flow to a hop. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err line_flow_to(
    const struct line *l, const struct sip_hop *hop, struct sip_flow *out);
void line_hop_failed(struct line *l, const struct sip_flow *flow, uint32_t for_s);
bool line_has_hop(const struct line *l, const struct addr *ip);

/* ---- register.c ---- */
void line_init_register(struct line *l);
/** Begins to register (or to use a line that does not), or does it again. */
void line_start(struct line *l);
/** Takes the registration back, as far as there may be one; then line_has_left. */
void line_leave(struct line *l);
/** No more timers and transactions. */
void line_halt(struct line *l);
/** The hop in use is dead: the next one, at once. */
void line_move_on(struct line *l, const char *why);

/* ---- answer.c ---- */
/** The final answer to the REGISTER under way, which is over. */
void line_on_register_answer(struct line *l, const struct sip_msg *resp);
uint32_t trunk_retry_after_s(const struct sip_msg *resp);
/** Sends the REGISTER again: credentials, another interval. In register.c. */
void line_ask_again(struct line *l);
/** "403 Forbidden", for people. */
void line_describe_answer(const struct sip_msg *resp, char *out, size_t cap);
void line_next_hop(struct line *l, const char *why, uint32_t avoid_s);
void line_refused(struct line *l, const char *why);

/* ---- probe.c: all are harmless while nobody tests the line ---- */
/** REGISTER goes to l->flow. */
void probe_asks(struct line *l);
/** It came to nothing there. */
void probe_failed(struct line *l, const char *why);
/** And with all others: until the line tries again by itself. */
void probe_gave_up(struct line *l, const char *why);
/** The provider has said no. */
void probe_refused(struct line *l, const char *why);
void probe_registered(struct line *l, uint32_t expires_s);
/** The line is configured anew, or goes. */
void probe_drop(struct line *l);
/** The one that searches with this serial, NULL: none. */
struct probe *probe_of(struct trunk *t, uint32_t serial);
/** All of them, without a word. */
void probes_free(struct trunk *t);
/** The answer to a search of a test; false: of no test. */
bool probe_located(
    struct trunk *t, uint32_t serial, size_t target, enum err result, const struct sip_hops *hops);

/* ---- qualify.c ---- */
/** Everything of an OPTIONS but Via: a request that asks whether somebody is there. call_id is
 *  NUL-terminated, a new one for each. */
ERR_MUST_CHECK enum err line_ask_options(struct line *l, const struct sip_flow *flow,
    const char *call_id, const struct sip_client_ops *ops, void *user, struct sip_client **out);
void line_init_watch(struct line *l);
/** OPTIONS and keep-alives on the flow in use, from now on. */
void line_watch(struct line *l);
void line_watch_stop(struct line *l);

#endif
