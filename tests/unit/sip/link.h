/*
 * Two transaction layers, A and B, and a link between them in virtual time: what
 * is sent is noted, may be dropped, doubled or delayed by the test, and arrives
 * from a timer, never from inside send. A asks, B answers as its plan says.
 */
#ifndef TEST_SIP_LINK_H
#define TEST_SIP_LINK_H

#include "sip/core.h"
#include "sip/dialog.h"
#include "sip/write.h"

enum { LINK_A, LINK_B, LINK_ENDS };
enum { LINK_NOTES_MAX = 4096, LINK_PLAN_MAX = 4 };

/* What a message is, as bits, for the test's drop mask. */
enum link_kind {
	LINK_REQUEST = 1,
	LINK_ACK = 2,
	LINK_CANCEL = 4,
	LINK_100 = 8,
	LINK_1XX = 16,
	LINK_2XX = 32,
	LINK_FAILURE = 64,
	LINK_CANCEL_ANSWER = 128,
};

enum link_event {
	LINK_SENT,
	LINK_ON_REQUEST,
	LINK_ON_ACK,
	LINK_ON_RESPONSE,
	LINK_ON_FAILED,
	LINK_ON_CANCEL,
	LINK_ON_NO_ACK,
	LINK_ON_NO_PRACK,
	LINK_ON_GONE
};

struct link_note {
	uint64_t at_ms;
	enum link_event event;
	int end;
	int value;     /* status, or enum err */
	char line[40]; /* first line of what was sent */
};

/* B's user: answers status at_ms after the request. */
struct link_answer {
	uint64_t at_ms;
	uint16_t status;
};

struct link;

struct link_end {
	struct link *link;
	int id;
	struct sip_core *core;
	struct sip_flow flow; /* towards the other end */
	struct sip_server *server;
	struct sip_client *client;
	size_t requests, acks;
};

struct link {
	struct timers timers;
	struct rng rng;
	struct link_end end[LINK_ENDS];
	struct link_answer plan[LINK_PLAN_MAX];
	size_t next_answer;
	struct timer answer_timer;
	unsigned drop;	     /* mask of kinds never delivered */
	unsigned drop_once;  /* the first of each of these */
	unsigned double_all; /* mask of kinds delivered twice */
	uint32_t delay_ms;
	bool a_acks_2xx;	/* A's user sends the ACK */
	bool b_takes_acks;	/* B's user calls sip_server_acked */
	bool b_answers_cancel;	/* B's user answers 487 */
	bool quiet;		/* notes nothing */
	uint16_t b_status;	/* not 0: answered inside on_request */
	struct slice b_headers; /* with every answer */
	bool b_reliable;	/* B's provisional answers want a PRACK */
	struct link_note note[LINK_NOTES_MAX];
	size_t notes;
	char last_sent[LINK_ENDS][SIP_MSG_MAX_BYTES];
	size_t last_sent_n[LINK_ENDS];
};

void link_init(struct link *l, enum sip_transport transport, size_t transactions_max);
/** Frees what lives; notes stay. */
void link_fini(struct link *l);
void link_run_until(struct link *l, uint64_t ms);
/** A sends a request; ERR_OK also puts the transaction into end[LINK_A].client. */
enum err link_ask(struct link *l, enum sip_method m);
/** The headers of a request that A sends, for a Call-ID "call-<n>". */
struct slice link_headers(struct buf *b, enum sip_method m, unsigned n);
/** Bytes reach an end as if from the other one. */
void link_inject(struct link *l, int end, const char *text);
void link_inject_from(struct link *l, int end, const struct sip_flow *flow, const char *text);

/** How often, and when first, this was noted; first UINT64_MAX when never. */
size_t link_count(const struct link *l, int end, enum link_event ev, int value);
uint64_t link_when(const struct link *l, int end, enum link_event ev, int value);
/** Times at which an end sent messages beginning with line; returns how many. */
size_t link_sent(const struct link *l, int end, const char *line, uint64_t *at_ms, size_t max);

enum { LINK_ANY = -1 };

#endif
