/*
 * Private to sip/: what the transaction layer's files share.
 *
 *	core.c                dispatch, sending, replies without a transaction
 *	tsx_key.c             what makes two requests the same transaction
 *	tsx_server.c          what all server transactions have in common, public API
 *	tsx_plain_server.c    the machine of all methods but INVITE (17.2.2)
 *	tsx_invite_server.c   the machine of INVITE (17.2.1, RFC 6026)
 *	tsx_client.c          what all client transactions have in common, public API
 *	tsx_plain_client.c    17.1.2
 *	tsx_invite_client.c   17.1.1, RFC 6026
 *	tsx_client_again.c    requests asked again with credentials
 *	tsx_conn.c            client transactions of a connection
 *	tsx_large.c           requests too large for UDP
 *	ack.c, cancel.c       the two methods that are special on both sides
 *
 * A transaction dies in one place only: in the callback of its own `end` timer
 * (also when the wait is 0). So no call a user makes can free anything under his
 * feet, and no function here has to ask whether its transaction still lives.
 */
#ifndef SIP_CORE_INT_H
#define SIP_CORE_INT_H

#include "base/hmap.h"
#include "base/log.h"
#include "sip/core.h"
#include "sip/write.h"

enum {
	TSX_LIFE_MS = 64 * SIP_T1_MS, /* timers B, F, H, J, L, M */
	TSX_WAIT_D_MS = 32000,
	TSX_TRYING_MS = 200, /* 17.2.1: then we say 100 ourselves */
	TSX_TAG_BYTES = 16,
	TSX_TOKEN_BYTES = 16, /* random part of our branches */
	TSX_BRANCH_BYTES = 7 + TSX_TOKEN_BYTES,
	/* A call leaves three ended transactions behind for 32 s and one for 5 s: this is enough
	 * for 4,800 calls/s without end, at some 540 bytes each. */
	TSX_DEFAULT_MAX = 500000,
	TSX_RETRY_AFTER_S = 5,
	EARLY_HEADER_BYTES = 1600, /* two challenges fit */
};

/* Bytes on the heap with their length; p == NULL: none. */
struct bytes {
	char *p;
	size_t n;
};

ERR_MUST_CHECK enum err bytes_set(struct bytes *b, struct slice s);
void bytes_drop(struct bytes *b);

static inline struct slice
bytes_slice(struct bytes b)
{
	return slice_make(b.p, b.n);
}

/* 96 bits under the process secret stand for all that identifies a transaction
 * (two different ones never meet by chance, and nobody can make them meet), so
 * that an ended one need not keep its texts. */
struct tsx_key {
	uint64_t a;
	uint32_t b;
};

enum { LARGE_PEERS = 256 };

/* A peer of UDP that could not be reached by TCP. */
struct large_peer {
	struct addr remote;
	uint64_t until_ms;
};

struct sip_core {
	struct timers *timers;
	struct rng *rng;
	const struct sip_core_ops *ops;
	void *ctx;
	struct slice server_name;
	size_t transactions_max;
	struct hmap servers;		       /* sip_server.by_key */
	struct hmap merges;		       /* sip_server.by_merge */
	struct hmap clients;		       /* sip_client.by_branch */
	struct hmap conns;		       /* tsx_conn.node */
	struct large_peer no_tcp[LARGE_PEERS]; /* direct mapped */
	struct sip_core_stats stats;
	struct log_limit malformed_log;
	char scratch[SIP_MSG_MAX_BYTES]; /* a message being written; free again once sent */
};

/* ---- core.c ---- */

void core_send(struct sip_core *c, const struct sip_flow *flow, struct slice bytes);
/** The same, counted as retransmission. */
void core_resend(struct sip_core *c, const struct sip_flow *flow, struct slice bytes);
/** Answers without a transaction (RFC 3261, 8.2.7); never an ACK. */
void core_reply(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req,
    uint16_t status, struct slice reason, struct slice headers);
/** Writes a response into c->scratch. ERR_TOO_BIG. */
ERR_MUST_CHECK enum err core_write_response(struct sip_core *c, const struct sip_flow *flow,
    const struct sip_msg *req, const struct sip_response *r, struct slice to_tag,
    struct slice *out);
/** The rest of a response whose head is in b, which is c->scratch. ERR_TOO_BIG. */
ERR_MUST_CHECK enum err core_end_response(
    struct sip_core *c, struct buf *b, const struct sip_response *r, struct slice *out);
/** Room for one more transaction? What serves calls that exist already (requests in
 *  dialogs, our own) may use an eighth more, so that overload can still hang up. */
bool core_has_room(const struct sip_core *c, bool for_existing);

static inline void
core_start(struct sip_core *c, struct timer *t, uint64_t ms)
{
	timer_start(c->timers, t, ms);
}

/* Until a transaction that is over may be forgotten; 0: at once. */
static inline void
core_start_memory(struct sip_core *c, struct timer *t, uint64_t ms)
{
	if (ms)
		timer_start_late(c->timers, t, ms);
	else
		timer_start(c->timers, t, 0);
}

/* ---- tsx_key.c ---- */

/** Key of a request under this method: INVITE for an ACK or a CANCEL looking for
 *  what it means (17.2.3). */
struct tsx_key tsx_key_request(const struct sip_msg *req, enum sip_method as);
/** What merged requests have in common (8.2.2.2): From tag, Call-ID, CSeq. */
uint64_t tsx_key_merge(const struct sip_msg *req);
/** Our To tag for this request: always the same for the same request (8.2.7). */
void tsx_key_tag(const struct sip_msg *req, struct tsx_key key, char out[TSX_TAG_BYTES]);
/** Key of our branch token and a method, for clients. */
uint64_t tsx_key_client(struct slice token, enum sip_method m);

/* ---- servers ---- */

/* 0 is "no such cell" in the tables. */
enum server_state {
	SERVER_TRYING = 1,
	SERVER_PROCEEDING,
	SERVER_COMPLETED,
	SERVER_CONFIRMED,
	SERVER_ACCEPTED,
	SERVER_TERMINATED,
	SERVER_STATES
};

enum server_event {
	SERVER_REQUEST, /* the request again */
	SERVER_ACK,
	SERVER_1XX, /* from the user */
	SERVER_2XX,
	SERVER_3456XX,
	SERVER_RESEND, /* timer G, the wait before 100, 2xx again */
	SERVER_END,    /* timers H, I, J, L */
	SERVER_EVENTS
};

struct sip_server {
	struct hnode by_key, by_merge;
	struct sip_core *core;
	const struct sip_server_ops *ops;
	void *user;
	struct timer end;
	/* One block: what responses repeat of the request, until the final one; then the last
	 * response, while it may be needed again. */
	char *kept;
	uint16_t echo_bytes, last_bytes;
	struct sip_response_echo echo;
	uint32_t key_b;
	struct sip_flow flow;
	char tag[TSX_TAG_BYTES];
	uint8_t state, method;
	bool merging : 1; /* in core->merges */
	bool own_tag : 1; /* the To tag of our responses is `tag` */
	bool cancelled : 1, acked : 1;
	bool reliable : 1; /* the last response is provisional and waits for its PRACK */
};

/* Only INVITE sends by itself. */
struct sip_invite_server {
	struct sip_server base;
	struct timer resend;
	uint32_t interval_ms;
};

struct server_rule {
	void (*act)(struct sip_server *s); /* after the state is entered; may be NULL */
	uint8_t next;
};

struct server_machine {
	struct server_rule rule[SERVER_STATES][SERVER_EVENTS];
	void (*enter)(struct sip_server *s, enum server_state state);
	uint8_t first;
};

extern const struct server_machine server_plain, server_invite;

void server_on_request(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *req);
struct sip_server *server_find(const struct sip_core *c, struct tsx_key key);
void server_run(struct sip_server *s, enum server_event ev);
/** server_run and, when that ended it, the user's on_gone and its memory. Only for
 *  timer callbacks. */
void server_run_timer(struct sip_server *s, enum server_event ev);
/** Replaces what is kept. ERR_NOMEM: nothing changed. */
ERR_MUST_CHECK enum err server_keep(struct sip_server *s, struct slice echo, struct slice last);
void server_keep_nothing(struct sip_server *s);
void server_send_last(struct sip_server *s);
void server_resend_last(struct sip_server *s);
/** RFC 2543 only: is this ACK's To tag ours? (17.2.3) */
bool server_ack_fits(const struct sip_server *s, const struct sip_msg *ack);
void server_free_all(struct sip_core *c);

/* ---- clients ---- */

enum client_state {
	CLIENT_CALLING = 1,
	CLIENT_TRYING,
	CLIENT_PROCEEDING,
	CLIENT_COMPLETED,
	CLIENT_ACCEPTED,
	CLIENT_TERMINATED,
	CLIENT_STATES
};

enum client_event {
	CLIENT_RESEND, /* timers A, E */
	CLIENT_END,    /* timers B, D, F, K, M; nothing final after CANCEL */
	CLIENT_CLOSED,
	CLIENT_1XX,
	CLIENT_2XX,
	CLIENT_3456XX,
	CLIENT_EVENTS
};

struct tsx_conn;

struct client_auth {
	const struct sip_auth_ops *ops;
	void *ctx;
	int64_t id;
};

struct sip_client {
	struct hnode by_branch;
	struct sip_core *core;
	const struct sip_client_ops *ops;
	void *user;
	struct timer resend, end;
	struct tsx_conn *conn; /* NULL over UDP and once the connection is gone */
	struct list in_conn;
	struct bytes request;	  /* while it may be sent again; then our ACK of 300–699 */
	struct client_auth *auth; /* NULL: challenges are told, or were answered once */
	char *cancel_extra;	  /* header lines of a CANCEL that waits; NUL at the end */
	struct sip_flow flow;
	uint32_t interval_ms;
	char token[TSX_TOKEN_BYTES]; /* branch without the magic cookie */
	uint8_t state, method;
	bool closed : 1, cancel_waits : 1, cancelled : 1;
	bool switched : 1; /* by TCP instead of UDP, and no answer yet */
};

struct client_rule {
	void (*act)(struct sip_client *t, const struct sip_msg *resp);
	uint8_t next;
};

struct client_machine {
	struct client_rule rule[CLIENT_STATES][CLIENT_EVENTS];
	void (*enter)(struct sip_client *t, enum client_state state);
	uint8_t first;
};

extern const struct client_machine client_plain, client_invite;

void client_on_response(struct sip_core *c, const struct sip_msg *resp);
/** Makes a client transaction for a request in c->scratch and sends it. */
ERR_MUST_CHECK enum err client_start(struct sip_core *c, const struct sip_flow *flow,
    enum sip_method m, struct slice bytes, const char token[TSX_TOKEN_BYTES],
    struct sip_client **out);
/** Writes a request with our Via into c->scratch. ERR_TOO_BIG. */
ERR_MUST_CHECK enum err client_write(struct sip_core *c, const struct sip_flow *flow,
    const struct sip_request *r, const char token[TSX_TOKEN_BYTES], struct slice *out);
void client_draw_token(struct sip_core *c, char token[TSX_TOKEN_BYTES]);
void client_tell(struct sip_client *t, const struct sip_msg *resp);
void client_fail_timeout(struct sip_client *t, const struct sip_msg *resp);
void client_fail_closed(struct sip_client *t, const struct sip_msg *resp);
/** Sends the request again and doubles the wait up to cap_ms. */
void client_resend(struct sip_client *t, uint32_t cap_ms);
void client_free_all(struct sip_core *c);

/* ---- tsx_client_again.c ---- */

/** A challenge of a plain request that could be answered: it is under way again. */
bool client_ask_again(struct sip_client *t, const struct sip_msg *resp);
ERR_MUST_CHECK enum err client_take_auth(struct sip_client *t, const struct sip_request *r);

/* ---- tsx_large.c ---- */

/** Before a request begins: too large for UDP, it changes to TCP. */
void large_begin(struct sip_client *t);
/** After it has begun. */
void large_started(struct sip_client *t);
/** A response came. */
void large_answered(struct sip_client *t);
/** The connection failed, or nothing came: sends by UDP. False: it was not switched. */
bool large_fall_back(struct sip_client *t);

/* ---- tsx_conn.c ---- */

ERR_MUST_CHECK enum err tsx_conn_join(struct sip_client *t);
void tsx_conn_leave(struct sip_client *t);

/* ---- ack.c, cancel.c ---- */

void ack_on_request(struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *ack);
/** The ACK of a 300–699 takes the place of the request's bytes. */
void ack_make(struct sip_client *t, const struct sip_msg *resp);
void cancel_on_request(
    struct sip_core *c, const struct sip_flow *flow, const struct sip_msg *cancel);
void cancel_send(struct sip_client *t, struct slice extra);

#endif
