/*
 * Dialogs (RFC 3261, 12): the lasting relation of two user agents: identifiers,
 * sequence numbers, route set, remote target. Pure data without I/O; the owner
 * (a call leg, a subscription) embeds it. Texts that never change live in the
 * owner's arena; the remote target, which each re-INVITE may change, is heap memory
 * of the dialog's own (freed by sip_dialog_fini), so that a long call does not grow.
 */
#ifndef SIP_DIALOG_H
#define SIP_DIALOG_H

#include "base/arena.h"
#include "base/hmap.h"
#include "base/random.h"
#include "sip/core.h"
#include "sip/write.h"

/* All dialogs of an owner's kind, found by Call-ID and both tags. */
struct sip_dialogs {
	struct hmap map;
	/* A dialog with this peer begins (+1) or ends (-1); NULL: nobody counts. */
	void (*on_count)(void *ctx, const struct addr *peer, int change);
	void *ctx;
};

struct sip_dialog {
	struct hnode node;
	struct sip_dialogs *table;		     /* NULL when not (any more) in a table */
	struct slice call_id, local_tag, remote_tag; /* remote_tag empty before the first answer */
	struct slice local, remote; /* From/To values without tag: `"A" <sip:…>` */
	struct slice *route;	    /* in the owner's arena */
	uint8_t n_routes;
	bool is_uac, confirmed; /* confirmed: by a 2xx; set by the owner on the called side */
	bool remote_cseq_known;
	uint32_t local_cseq, remote_cseq;
	uint16_t target_n, target_cap;
	char *target;	      /* remote target */
	struct sip_flow flow; /* where requests go */
	struct addr counted;  /* the peer as on_count was told it */
};

void sip_dialogs_init(struct sip_dialogs *t);
void sip_dialogs_fini(struct sip_dialogs *t);

/** The dialog of an in-dialog request or an ACK (To tag = our local tag), NULL if
 *  none. A dialog whose remote tag is still empty matches any From tag. */
struct sip_dialog *sip_dialogs_find(const struct sip_dialogs *t, const struct sip_msg *req);
/** By its identifiers (Replaces, RFC 3891, 3). Both tags have to be known; NULL if none. */
struct sip_dialog *sip_dialogs_find_id(const struct sip_dialogs *t, struct slice call_id,
    struct slice local_tag, struct slice remote_tag);

/** From an INVITE we received (12.1.1): texts copied into a, our tag from the
 *  transaction. Contact missing or bad: ERR_MALFORMED. Put into t. */
ERR_MUST_CHECK enum err sip_dialog_init_uas(struct sip_dialog *d, struct sip_dialogs *t,
    struct arena *a, const struct sip_msg *req, const struct sip_flow *flow,
    struct slice local_tag);

struct sip_dialog_uac_params {
	struct slice local, remote; /* From and To values without tag; copied */
	struct slice target;	    /* initial Request-URI; copied */
	struct slice call_id;	    /* empty = drawn from rng */
	struct sip_flow flow;
	struct slice route; /* Route header lines with CR LF that our first request carries
			       (Path, Service-Route), or empty; the answer replaces them */
};
/** For an INVITE we are about to send: draws Call-ID and local tag. In t at once,
 *  so that early in-dialog requests find it. ERR_MALFORMED: route holds something else. */
ERR_MUST_CHECK enum err sip_dialog_init_uac(struct sip_dialog *d, struct sip_dialogs *t,
    struct arena *a, struct rng *rng, const struct sip_dialog_uac_params *p);
/** A 101–299 to our INVITE (12.1.2): remote tag, route set (reversed), target. The
 *  first response fixes the remote tag and routes; a 2xx with another tag
 *  replaces an early dialog (the forked answer wins). Other later calls only
 *  refresh the target; provisional ones of other forks change nothing.
 *  ERR_CONFLICT: a 2xx of another fork when the dialog is confirmed already (the
 *  owner ACKs it and says BYE). ERR_NOMEM, ERR_TOO_BIG. */
ERR_MUST_CHECK enum err sip_dialog_on_response(
    struct sip_dialog *d, struct arena *a, const struct sip_msg *resp);
/**
 * For one request to another early dialog of the same INVITE, which a proxy has forked: d
 * takes the identity that resp gives (tag, routes in a, target) and keeps its place in the
 * table; saved gets what it was. Leave it at once, also before anybody looks d up. The CSeq
 * number goes on counting. ERR_MALFORMED: no Contact, nothing can be sent there; on any
 * error d is as it was.
 */
ERR_MUST_CHECK enum err sip_dialog_enter_fork(
    struct sip_dialog *d, struct sip_dialog *saved, struct arena *a, const struct sip_msg *resp);
void sip_dialog_leave_fork(struct sip_dialog *d, const struct sip_dialog *saved);
/** Target refresh by a re-INVITE or UPDATE from the peer (12.2.2). Without a good
 *  Contact nothing changes. Symmetric: the flow follows when the peer's address
 *  behind NAT changed. */
void sip_dialog_refresh(
    struct sip_dialog *d, const struct sip_msg *req, const struct sip_flow *flow);
/** Checks and stores the CSeq of an in-dialog request. ERR_CONFLICT: lower than
 *  the last (answer 500, 12.2.2). */
ERR_MUST_CHECK enum err sip_dialog_check_cseq(struct sip_dialog *d, const struct sip_msg *req);
/** Takes it out of the table and forgets its target. Idempotent; also after an init that
 *  failed. */
void sip_dialog_fini(struct sip_dialog *d);

/** Writes Route, From, To, Call-ID, CSeq (next number; for ACK pass the INVITE's
 *  in cseq, else 0) and returns the number used. Fill r->uri with
 *  sip_dialog_uri; strict routers (no ;lr) are obeyed (12.2.1.1). */
uint32_t sip_dialog_write_headers(
    struct sip_dialog *d, struct buf *b, enum sip_method m, uint32_t cseq);
struct slice sip_dialog_uri(const struct sip_dialog *d);

#endif
