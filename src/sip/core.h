/*
 * The transaction layer: RFC 3261, 17 with RFC 6026, over any transport,
 * without I/O. Bytes go in with sip_core_on_message, come out through
 * ops.send; time passes through the timers it was given.
 *
 * One sip_core belongs to one thread (signalling, or a simulation). It owns the
 * transactions; users hold borrowed pointers that are good until on_gone.
 *
 * Rules for users: a callback may send, respond, cancel and detach. Pointers to
 * messages are good during the callback only. Transactions end in timer callbacks
 * only, so no function here ends one (calls on_gone) before it returns.
 */
#ifndef SIP_CORE_H
#define SIP_CORE_H

#include "base/random.h"
#include "loop/timer.h"
#include "sip/flow.h"
#include "sip/msg.h"

struct sip_core;
struct sip_server; /* server transaction: a request we were asked */
struct sip_client; /* client transaction: a request we ask */

/* RFC 3261, table 4, in ms; sims and tests may shorten nothing, time is virtual. */
enum { SIP_T1_MS = 500, SIP_T2_MS = 4000, SIP_T4_MS = 5000 };

enum sip_direction { SIP_IN, SIP_OUT };

enum { SIP_NO_ANSWER = UINT16_MAX };

struct sip_core_ops {
	/** Sends bytes; copied or sent before return. Never calls back from inside. */
	void (*send)(void *ctx, const struct sip_flow *flow, struct slice bytes);
	/** The address we show to the peer of this flow (Via, Contact, SDP): flow's local one, or
	 *  that of the router in front of us. NULL: always the local one. */
	void (*address)(void *ctx, const struct sip_flow *flow, struct addr *out);
	/** A request (not ACK, not CANCEL) that belongs to no transaction, before one is made: what
	 *  is decided here leaves nothing behind (RFC 3261, 8.2.7). 0: go on; SIP_NO_ANSWER: as if
	 *  it had never come; else the status to answer with, and header lines in headers. May be
	 *  NULL. */
	uint16_t (*on_early)(
	    void *ctx, const struct sip_flow *flow, const struct sip_msg *req, struct buf *headers);
	/** A request too large for UDP is about to go to the peer of this flow: may TCP to the same
	 *  address be tried (RFC 3261, 18.1.1)? NULL: never. */
	bool (*may_switch)(void *ctx, const struct sip_flow *flow);
	/** A server transaction begins (+1) or ends (-1); may be NULL. */
	void (*on_server)(void *ctx, const struct sip_flow *flow, int change);
	/** What came from there is no valid SIP; may be NULL. */
	void (*on_malformed)(void *ctx, const struct sip_flow *flow);
	/** A new request (not ACK, not CANCEL) for which tsx was made. Answer it with
	 *  sip_server_respond, now or later. */
	void (*on_request)(void *ctx, struct sip_server *tsx, const struct sip_msg *req);
	/** An ACK that belongs to no failed INVITE: the ACK of a 2xx, to be matched
	 *  with a dialog. */
	void (*on_ack)(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow);
	/** Every message in and out, for traces; may be NULL. msg is NULL when the
	 *  bytes do not parse; call_id is empty then. */
	void (*on_trace)(void *ctx, enum sip_direction dir, const struct sip_flow *flow,
	    struct slice bytes, struct slice call_id);
};

struct sip_core_params {
	struct timers *timers; /* borrowed */
	struct rng *rng;       /* borrowed */
	const struct sip_core_ops *ops;
	void *ctx;
	struct slice server_name; /* Server and User-Agent; borrowed for life */
	size_t transactions_max;  /* beyond: new requests get 503 with Retry-After; 0 = 500,000.
				     Requests in dialogs and our own may use 1/8 more. */
};

struct sip_core_stats {
	uint64_t received, sent, malformed, retransmits_in, retransmits_out, timeouts, stray;
	uint64_t requests_by_method[SIP_METHOD_N];
	uint64_t switched_to_tcp, switched_back; /* requests too large for UDP */
	uint64_t early;		 /* requests done with before a transaction was made */
	size_t servers, clients; /* alive now */
	size_t transactions_max;
};

ERR_MUST_CHECK enum err sip_core_new(struct sip_core **out, const struct sip_core_params *p);
/** Ends all transactions silently (no on_gone). */
void sip_core_free(struct sip_core *c);

/** One message from a transport. Malformed requests are answered (400 …) or
 *  ignored here; bytes are borrowed during the call. */
void sip_core_on_message(struct sip_core *c, const struct sip_flow *flow, struct slice bytes);
/** The connection of this flow is gone: client transactions on it fail with
 *  on_failed(ERR_CLOSED), at the next advance of the timers. A flow without handle
 *  (conn_slot and conn_gen 0) means every connection to its remote address; does
 *  nothing for UDP. */
void sip_core_on_closed(struct sip_core *c, const struct sip_flow *flow);
/** What the peer of this flow is told to be our address (ops.address). */
void sip_core_address(struct sip_core *c, const struct sip_flow *flow, struct addr *out);
/** "Contact: <sip:user@host:port;transport=…>params\r\n" for the peer of this flow. user may be
 *  empty; params are header parameters beginning with ';', or empty. Every Contact of ours is
 *  written here. */
void sip_core_write_contact(struct sip_core *c, struct buf *b, const struct sip_flow *flow,
    struct slice user, struct slice params);
/** The Contact of all our numbers at once (RFC 6140, 5.2). */
void sip_core_write_block_contact(
    struct sip_core *c, struct buf *b, const struct sip_flow *flow, struct slice params);
const struct sip_core_stats *sip_core_get_stats(const struct sip_core *c);

/* ---- server side ---- */

struct sip_server_ops {
	/** A CANCEL for this INVITE came and was answered with 200; nothing final was
	 *  sent yet. The user sends the 487. */
	void (*on_cancel)(void *user, struct sip_server *tsx, const struct sip_msg *cancel);
	/** 2xx to INVITE: no ACK for 64*T1 (the user ends the call with BYE). */
	void (*on_no_ack)(void *user, struct sip_server *tsx);
	/** A reliable provisional response: no PRACK for 64*T1 (RFC 3262, 3; the user answers
	 *  the INVITE with a 5xx). */
	void (*on_no_prack)(void *user, struct sip_server *tsx);
	/** The transaction ends; the pointer is dead after this. */
	void (*on_gone)(void *user, struct sip_server *tsx);
};

/** Attaches the one who wants the callbacks; NULL ops detaches. ops is static. A
 *  request nobody answers ends after 64*T1 (INVITE: with a 500) unless somebody is
 *  attached to the INVITE. Every tsx lives at least until on_request returns; keep
 *  the pointer longer only when attached. */
void sip_server_attach(struct sip_server *tsx, const struct sip_server_ops *ops, void *user);

struct sip_response {
	uint16_t status;
	struct slice reason;  /* empty = standard phrase */
	struct slice to_tag;  /* put on To when the request had none; empty = the
				 transaction's own tag (stable for its life) */
	struct slice headers; /* more header lines, each with CR LF: Contact, Allow … */
	struct slice content_type, body;
	/* A 101-199 to INVITE that is sent again (T1 doubling, any transport) until
	 * sip_server_pracked or 64*T1; the headers carry Require and RSeq (RFC 3262, 3). */
	bool reliable;
};

/**
 * Sends a response: provisional ones as often as wanted, a final one once.
 * A 2xx to INVITE is sent again by the layer (T1 doubling to T2, also over TCP)
 * until sip_server_acked or 64*T1. ERR_WRONG_STATE: a final response was sent
 * already, or a provisional one while a reliable one waits for its PRACK (one at a
 * time; a final one ends that wait); ERR_INVALID: reliable, but no 101-199 to an INVITE;
 * ERR_TOO_BIG: does not fit in SIP_MSG_MAX_BYTES. Out of memory it is sent but not repeated.
 */
ERR_MUST_CHECK enum err sip_server_respond(struct sip_server *tsx, const struct sip_response *r);
/** respond() with nothing but a status; failure is logged, not returned. */
void sip_server_reject(struct sip_server *tsx, uint16_t status, struct slice headers);
/** The ACK of the 2xx arrived: stop sending it again. */
void sip_server_acked(struct sip_server *tsx);
/** The PRACK of the reliable provisional response arrived: stop sending it again. */
void sip_server_pracked(struct sip_server *tsx);
const struct sip_flow *sip_server_flow(const struct sip_server *tsx);
/** The tag this transaction puts on To. */
struct slice sip_server_tag(const struct sip_server *tsx);

/* ---- client side ---- */

struct sip_client_ops {
	/** Each provisional, the first final response, and for INVITE every 2xx again
	 *  (RFC 6026: retransmitted and forked ones; the user sends the ACK each time).
	 *  The ACK for 300–699 is sent by the layer. */
	void (*on_response)(void *user, struct sip_client *tsx, const struct sip_msg *resp);
	/** No final response: ERR_TIMEOUT (timer B, F: treat as 408) or ERR_CLOSED
	 *  (transport failed: treat as 503). No on_response follows. */
	void (*on_failed)(void *user, struct sip_client *tsx, enum err why);
	/** The transaction ends; the pointer is dead after this. Always the last call. */
	void (*on_gone)(void *user, struct sip_client *tsx);
};

/* Who has credentials. */
struct sip_auth_ops {
	/** A 401 or 407. True: write has an answer to it. */
	bool (*challenged)(void *ctx, int64_t id, const struct sip_msg *resp);
	/** Authorization lines for a request. */
	void (*write)(void *ctx, int64_t id, struct buf *b, struct slice method, struct slice uri);
};

struct sip_request {
	enum sip_method method;
	struct slice uri;     /* Request-URI */
	struct slice headers; /* header lines with CR LF: Route, From, To, Call-ID, CSeq, Contact …;
				 not Via, Max-Forwards, User-Agent, Content-Type, Content-Length */
	struct slice content_type, body;
	uint32_t max_forwards; /* 0 = 70 */
	/* Not for INVITE: the layer answers the first 401 or 407 itself and asks again with the
	 * next CSeq number, which the sender leaves free (RFC 3261, 22.2). NULL: it is told. */
	const struct sip_auth_ops *auth; /* static */
	void *auth_ctx;			 /* outlives the layer's transactions */
	int64_t auth_id;
};

/** Starts a client transaction (not ACK, not CANCEL). All is copied. No callback
 *  before return. ops is static; out may be NULL. ERR_TOO_BIG, ERR_LIMIT, ERR_NOMEM. */
ERR_MUST_CHECK enum err sip_client_send(struct sip_core *c, const struct sip_flow *flow,
    const struct sip_request *r, const struct sip_client_ops *ops, void *user,
    struct sip_client **out);
/** Cancels an INVITE (9.1): CANCEL goes out now, or after the first provisional
 *  response. The INVITE's final response (487) comes as usual; when it does not
 *  within 64*T1, on_failed(ERR_TIMEOUT). Repeats do nothing. extra: header lines
 *  (Reason) or empty. */
void sip_client_cancel(struct sip_client *tsx, struct slice extra);
/** The user is no longer interested: no more callbacks; the transaction ends by itself,
 *  an INVITE without final response after 64*T1 (nobody ACKs a 2xx then). */
void sip_client_detach(struct sip_client *tsx);
/** Sends the ACK of a 2xx (13.2.2.4), a message of its own without transaction. */
ERR_MUST_CHECK enum err sip_core_send_ack(
    struct sip_core *c, const struct sip_flow *flow, const struct sip_request *r);

#endif
