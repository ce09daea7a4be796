/*
 * trunk/ - lines to providers of the public telephone network: where their servers are (RFC
 * 3263, with fail-over), registration at them (RFC 3261, 10; RFC 5626; RFC 3608), whether they
 * answer (OPTIONS), how a call through one must look, and which line an incoming call is from.
 *
 * Owns its lines, one for each dir_line, with their state; the configuration is the directory's.
 * Signalling thread (or a simulation): no I/O, no clock; names are located through ops and
 * requests leave through the core. Knows no calls (call/line.h asks it), no sockets, no SQL.
 * Passwords stay in here and are never logged.
 */
#ifndef TRUNK_TRUNK_H
#define TRUNK_TRUNK_H

#include "call/line.h"
#include "directory/directory.h"
#include "model/line_test.h"
#include "sip/core.h"
#include "sip/hops.h"

struct trunk;

/* A server behind TLS, for people: see net/net.h. Empty texts: not known. */
struct trunk_peer {
	char why[96]; /* why no encryption came about */
	char subject[128], issuer[128];
	int64_t until_s;
};

struct trunk_ops {
	/** Asks where target is; the answer goes to trunk_on_located with the token, later. */
	enum err (*locate)(void *ctx, const struct sip_target *target, uint64_t token);
	/** The local address a request to remote will leave from. ERR_NOT_FOUND. */
	enum err (*local_for)(
	    void *ctx, enum sip_transport transport, const struct addr *remote, struct addr *local);
	/** TLS connections to remote are for this name: the certificate must show it. May be
	 *  NULL. */
	void (*expect_name)(void *ctx, const struct addr *remote, struct slice name);
	/** CR LF CR LF on this flow, to keep a NAT open (RFC 5626, 3.5.1). May be NULL. */
	void (*keep_alive)(void *ctx, const struct sip_flow *flow);
	/** How the last TLS connection to remote went; false: nothing is known. May be NULL. */
	bool (*peer)(void *ctx, const struct addr *remote, struct trunk_peer *out);
	/** Milliseconds since 1970. */
	int64_t (*wall_ms)(void *ctx);
	/** The state of a line changed; removed: there is no such line any more. */
	void (*on_line)(void *ctx, const struct live_line *l, bool removed);
};

struct trunk_params {
	struct sip_core *core; /* borrowed, like all here */
	struct timers *timers;
	struct rng *rng;
	const struct trunk_ops *ops;
	void *ctx;
	const struct directory *dir;
};

struct trunk_counts {
	uint64_t registers_sent, registered, refused, timed_out;
	uint64_t hop_failures, options_sent, options_lost;
	uint64_t calls;
	size_t lines, usable; /* now */
};

/** Lines begin to register at once. ERR_NOMEM. */
ERR_MUST_CHECK enum err trunk_new(struct trunk **out, const struct trunk_params *p);
/** Nothing is said to anybody. Before sip_core_free. */
void trunk_free(struct trunk *t);
/** Takes the new snapshot; what changed about a line's registration ends the old one first. The
 *  old snapshot is not used any more. */
void trunk_set_directory(struct trunk *t, const struct directory *dir);
/** The answer to ops.locate; hops is borrowed and may be NULL when err is not OK. */
void trunk_on_located(
    struct trunk *t, uint64_t token, enum err result, const struct sip_hops *hops);
/** An answer to one question of DNS, of the search with this token; before trunk_on_located. */
void trunk_on_heard(struct trunk *t, uint64_t token, enum sip_query kind, const char *name,
    const struct sip_dns_answer *a);

/* Who tests a line. */
struct trunk_test_ops {
	/** A server of the line is about to be asked: its messages are of interest. */
	void (*server)(void *ctx, const struct addr *remote);
	/** All steps up to the registration are there; out is not written any more. */
	void (*done)(void *ctx);
};

/** Looks the line's servers up, asks each whether it is there, and registers (again): out gets a
 *  step for each, from now until ops.done, which comes later in any case. The registration is the
 *  line's own, so what it comes to holds. ERR_NOT_FOUND, ERR_WRONG_STATE (it is being tested),
 *  ERR_NOMEM. */
ERR_MUST_CHECK enum err trunk_test(struct trunk *t, int64_t line, struct line_test *out,
    const struct trunk_test_ops *ops, void *ctx);
/** A connection ended: lines registered over it register anew (RFC 5626, 4.4). */
void trunk_on_closed(struct trunk *t, const struct sip_flow *flow);
/** Something of ours has changed that may have kept servers from being reached (whose certificates
 *  we trust): lines that failed try again now. Not those that were refused, or told to wait. */
void trunk_retry(struct trunk *t);
/** Takes all registrations back, for an orderly stop. */
void trunk_stop(struct trunk *t);
/** After trunk_stop: everything was answered, or given up after some seconds. */
bool trunk_is_stopped(const struct trunk *t);

/* An incoming call of a provider. */
struct trunk_incoming {
	const struct dir_line *line; /* of the present snapshot */
	struct slice called; /* the number called, as it came; views into the request or line */
};

/** Is this request from one of our providers? By the user part of the Contact we registered,
 *  which nobody else knows; else by its source: the line's servers when the line is trusted by
 *  address, or the line's permitted networks. */
bool trunk_match(struct trunk *t, const struct sip_msg *req, const struct sip_flow *flow,
    struct trunk_incoming *out);
/** Does one of the lines' servers (or permitted networks) send from here? For guards. */
bool trunk_knows_address(const struct trunk *t, const struct addr *a);

/** What call/ asks; ctx is the trunk. */
extern const struct call_line_ops trunk_line_ops;

/** All lines, in no order. */
void trunk_each(
    const struct trunk *t, void (*each)(void *ctx, const struct live_line *l), void *ctx);
struct trunk_counts trunk_get_counts(const struct trunk *t);

#endif
