/*
 * What call/ asks about lines to providers. trunk/ answers (struct call_line_ops); call/
 * knows of a line only its id and the texts it is given.
 *
 * Signalling thread. Texts given out live in the struct they stand in.
 */
#ifndef CALL_LINE_H
#define CALL_LINE_H

#include "routing/routing.h"
#include "sip/client_auth.h"
#include "sip/flow.h"

/* What methods a provider may send us: Allow, in calls and when registering. */
#define CALL_LINE_ALLOW "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, MESSAGE, PRACK, UPDATE"

/* Who calls whom through a line. Borrowed. */
struct call_line_call {
	int64_t line;
	struct slice number;	   /* called: routing_plan.outside */
	struct slice dialled;	   /* the same as dialled, for lines that take it unchanged */
	struct slice call_by_call; /* goes before the number, which is dialled nationally then */
	struct slice name;	   /* of the caller */
	struct slice shown;	   /* his number there, as somebody wrote it; empty: he has none */
	bool hidden;		   /* the caller does not want to be shown */
	unsigned attempt;	   /* 0: the best hop, 1: the next one … */
};

/* How the INVITE must look. */
struct call_line_leg {
	struct sip_flow flow;
	struct slice uri;	   /* Request-URI */
	struct slice from, to;	   /* values without tag */
	struct slice route;	   /* Route lines with CR LF, or empty */
	struct slice headers;	   /* identity and privacy, lines with CR LF, or empty */
	struct slice contact_user; /* user part of our Contact */
	uint32_t answer_within_ms; /* no answer at all for so long: the next hop is tried, if
				      there is one; 0 = the transaction's own time */
	char text[6144];
};

/* What became of a call on a line. */
enum call_line_outcome {
	CALL_LINE_CAME_IN,
	CALL_LINE_ANSWERED, /* this and the others went out */
	CALL_LINE_BUSY,
	CALL_LINE_UNANSWERED, /* nobody was there, or the caller gave up */
	CALL_LINE_REFUSED,
	CALL_LINE_FAILED, /* the provider could not, or did not answer at all */
	CALL_LINE_OUTCOMES,
};

struct call_line_ops {
	/** For routing. */
	enum routing_line_state (*state)(void *ctx, int64_t line);
	/** ERR_NOT_FOUND: no (more) hop, or no such line; ERR_TOO_BIG. */
	enum err (*leg)(void *ctx, const struct call_line_call *call, struct call_line_leg *out);
	/** A leg on this line begins; false: no call is free. Each true is followed by one
	 *  done. */
	bool (*take)(void *ctx, int64_t line);
	void (*done)(void *ctx, int64_t line);
	/** Once for each call, as soon as it is known. May be NULL. */
	void (*outcome)(void *ctx, int64_t line, enum call_line_outcome o);
	/** This hop did not answer, or said 503: avoid it for a while (0 = the usual time). */
	void (*hop_failed)(
	    void *ctx, int64_t line, const struct sip_flow *flow, uint32_t retry_after_s);
	/** A 401 or 407 to a request of ours; see sip_client_auth_on_challenge. */
	enum err (*challenged)(
	    void *ctx, int64_t line, struct sip_auth_try *t, const struct sip_msg *resp);
	/** Authorization lines for the next request, as far as challenges are known. */
	void (*write_auth)(
	    void *ctx, int64_t line, struct buf *b, struct slice method, struct slice uri);
};

#endif
