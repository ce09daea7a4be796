/*
 * Inside call/: calls whose parties change.
 *
 * A REFER starts a transfer: its sender (by) wants somebody else on its seat of the
 * call. Blind (RFC 3515): the plan for the number rings for that seat while the other
 * party waits. Attended (RFC 3891): the one at the far end of another call of the
 * sender moves over. Until then nothing is given up: who transfers keeps its calls
 * when it fails, and when it has hung up meanwhile its phone rings again.
 *
 *   blind     RINGING ─2xx─► UPDATING ─► gone
 *                └─fails, by has left─► RINGING (recall)
 *   attended  [RINGING in the other call ─2xx─►] ASKING ─2xx─► TELLING ─2xx─► gone
 *
 * ASKING: the target is asked for an offer; TELLING: the one who stays has got it; the
 * answer goes in the ACK to the target (RFC 3725, 4.3). A target that does not make offers gets
 * one while ASKING, and UPDATING follows at once. UPDATING: the new party is
 * connected, the one who stays is told what changed in the media.
 *
 * A call from the web page (dial.c) is half a transfer: the own phone is rung while a leg without a
 * peer keeps the other seat; then it waits, and the other one is rung for that seat.
 *
 *   dialled   DIALLING ─2xx─► RINGING ─2xx─► UPDATING ─► gone
 *
 * A call that tests a line (trial.c) is half of that: nobody calls, and who answers hears a tone.
 *
 *   trial     DIALLING ─2xx─► the call ends when the tone has been heard
 *
 * An INVITE with Replaces needs no object: its leg takes the seat, call->replaced keeps
 * the leg that has it to leave.
 */
#ifndef CALL_TRANSFER_INT_H
#define CALL_TRANSFER_INT_H

#include "call/call_int.h"

enum transfer_stage {
	TRANSFER_PROBING, /* probe.c's, as the next */
	TRANSFER_CALLING_BACK,
	TRANSFER_DIALLING,
	TRANSFER_RINGING,
	TRANSFER_ASKING,
	TRANSFER_TELLING,
	TRANSFER_UPDATING
};

struct transfer {
	struct call *call; /* the one that goes on */
	struct call
	    *other; /* attended: the one whose far party moves; NULL = blind, or it is over */
	enum transfer_stage stage;
	enum media_side seat;	     /* by's in call */
	struct leg *by;		     /* NULL: has hung up */
	struct leg *consult;	     /* by's leg in other; NULL: has hung up */
	struct leg *target;	     /* attended, from ASKING on: who moves; NULL: has hung up */
	enum media_side target_seat; /* in other */
	bool subscribed;	     /* by wants NOTIFYs */
	bool attended, recalling;
	bool dialled;		    /* no transfer: dial.c's */
	bool plays;		    /* dialled: number is a name of play.c's */
	bool trial;		    /* dialled, by nobody: trial.c's */
	bool goes;		    /* to_go.c's: by talks on until somebody picks up */
	bool probe;		    /* dialled, by nobody yet: probe.c's */
	struct ring_whom *far_whom; /* probe: who is called */
	struct slice number;	    /* dialled: what */
	bool offered;		    /* ASKING: the target, who makes no offers, has got one */
	bool must_tell;		    /* who stays has been told something that came to nothing */
	bool refitted;		    /* media ports have changed */
	bool both;		    /* UPDATING: the other seat comes after this one */
	uint16_t told;		    /* last status by was notified of */
	uint8_t tries;
	uint32_t refer_cseq; /* id of the implicit subscription (RFC 3515, 2.4.6) */
	struct timer retry;
	struct timer tone; /* trial: it has been heard long enough; probe: it rings, it seems */
	struct arena arena;
	struct routing_party from, to; /* who transfers, and to whom */
	int64_t from_phone, from_line; /* who transferred; 0 = none */
	bool from_hidden;
	struct slice from_phone_name, referred_by;
};

/* What a Replaces says (RFC 3891, 6.1). */
struct replaces {
	struct slice call_id, to_tag, from_tag;
	bool early_only;
};

/* ---- refer.c: the request and its implicit subscription ---- */
void refer_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);
/** SUBSCRIBE that refreshes or ends the implicit subscription (RFC 3515, 2.4.4). False: not for
 *  event refer. */
bool refer_on_subscribe(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);
/** Tells by how it goes; from 200 on for the last time. */
void refer_notify(struct transfer *t, uint16_t status);
/** May this leg transfer now? 0, or the status that says why not. */
uint16_t refer_refusal(const struct leg *l);
/** The same, whoever l is. */
uint16_t refer_obstacle(const struct leg *l);
/** May it be connected with the far party of that other leg? The same. */
uint16_t refer_consult_refusal(
    const struct transfer *t, const struct leg *consult, bool early_only);

/* ---- transfer.c ---- */
/* What a REFER says; all empty: a user asked for it elsewhere. */
struct transfer_asked {
	struct slice referred_by;
	uint32_t cseq;
	bool subscribed; /* by wants NOTIFYs */
};

/** For a call that has none, and nothing in it; NULL: no memory. */
struct transfer *transfer_alloc(struct call *c, enum media_side seat);
/** to: the number that is meant, maybe empty. */
ERR_MUST_CHECK enum err transfer_new(
    struct leg *by, const struct transfer_asked *asked, struct slice to, struct transfer **out);
/** The same for the leg of an app: somebody shall be rung in its place. False: not now. */
bool transfer_instead_of(struct leg *app, struct slice number, struct transfer **out);
/** Rings whom a plan says for t's seat; who waits has told its media. */
bool transfer_ring(struct transfer *t, const struct routing_plan *plan);
/** The same, or refuses as it says; reasons are kept from that one on. */
void transfer_execute(struct transfer *t, const struct routing_plan *plan, size_t first_reason);
/** The phone that calls now: of who waits, else of who transfers; may be NULL. */
const struct dir_phone *transfer_calling_phone(const struct transfer *t);
/** Rings who has the number in a URI, or the one device that it means (RFC 5627). */
void transfer_blind(struct transfer *t, const struct sip_uri *uri, struct slice text);
/** The target could not be reached. Ends t, or rings the one who transferred. */
void transfer_fail(struct transfer *t, uint16_t status);
/** Leg l sits in by's seat: who left hears of it, the record says it. */
void transfer_arrived(struct transfer *t, struct leg *l);
/** Tells the one who stays about the media of its new party; ends t. */
void transfer_update(struct transfer *t);
/** Who waits in the other seat; NULL: has hung up. */
struct leg *transfer_waiting(const struct transfer *t);
/** Forgets it without a word. */
void transfer_free(struct transfer *t);

/* ---- dial.c: calls from the web page ---- */
/** A call that nobody has dialled at a phone, with a transfer for that seat; nothing of it is told
 * or recorded yet. ERR_LIMIT, ERR_NOMEM. */
ERR_MUST_CHECK enum err dial_new(struct call_switch *sw, const struct routing_plan *plan,
    const struct call_origin *from, enum media_side seat, struct transfer **out);
struct dial_params {
	struct slice number;		 /* to be called */
	const struct routing_plan *plan; /* for that */
	const struct dir_phone *phone;	 /* whose plan it is */
	/* call completion, else NULL: who is rung for that, and what is shown there */
	const struct routing_plan *own;
	const struct routing_party *shown;
	struct request *request;
	bool plays; /* number is the name of what is heard or spoken (play.c) */
};

/** The phone is rung, to answer by itself (or those of the plan own), and when it is picked up, the
 *  number is called. All is borrowed. ERR_LIMIT, ERR_NOMEM. */
ERR_MUST_CHECK enum err dial_start(
    struct call_switch *sw, const struct dial_params *p, struct call **out);
/** Parts of it, for probe.c: a call that nobody has made; one that comes to nothing before it has
 *  begun; what p says of it. */
ERR_MUST_CHECK enum err dial_new_call(struct call_switch *sw, bool emergency, struct call **out);
void dial_abandon(struct call *c);
ERR_MUST_CHECK enum err dial_prepare(
    struct call *c, const struct dial_params *p, enum media_side seat);
/** Of the phones that were rung for him, this one calls. */
void dial_note_phone(struct transfer *t, const struct leg *l);
/** The phone that shall call has answered. False: it is of no use. */
bool dial_on_own_answer(struct transfer *t, struct leg *l, const struct sip_msg *resp);
/** The other one has answered. */
void dial_arrived(struct transfer *t, struct leg *l);
/** One of the two did not. Ends the call. */
void dial_failed(struct transfer *t, enum cdr_result result, enum cdr_ended_by by, uint16_t status);

/** A leg without a peer sits down: its offer is for who is rung for the other seat. */
ERR_MUST_CHECK enum err dial_stand_in(
    struct call *c, enum media_side seat, const struct routing_party *party);

/* ---- trial.c: calls that test a line ---- */
/** Its one other party has picked up. */
void trial_answered(struct transfer *t, struct leg *l);

/* ---- probe.c: completion of calls to numbers outside ---- */
/** Calls the number of p, quietly; p->own is rung when it rings there. */
ERR_MUST_CHECK enum err probe_start(
    struct call_switch *sw, const struct dial_params *p, struct call **out);
/** False: it is none, or not before both have answered. */
bool probe_on_progress(struct transfer *t, const struct leg *l, const struct sip_msg *resp);
/** The same; *used: else l's answer is of no use. */
bool probe_on_answer(struct transfer *t, struct leg *l, const struct sip_msg *resp, bool *used);
/** A leg that rings at the other end than the others has failed; false: it does not. */
bool probe_on_leg_failed(struct leg *l, uint16_t status);

/* ---- join.c: attended ---- */
/** By's other call, found by its leg there. */
void join_start(struct transfer *t, struct leg *consult);
/** The call the target was being rung in is answered by l. */
void join_on_answer(struct transfer *t, struct leg *l, const struct sip_msg *resp);
void join_on_2xx(struct transfer *t, struct leg *l, const struct sip_msg *resp);
void join_on_refusal(struct transfer *t, struct leg *l, uint16_t status);
/** The target goes back to where it was, as far as that still is there. */
void join_undo(struct transfer *t);
void join_retry(struct transfer *t);

/* ---- replaces.c ---- */
/** "call-id;to-tag=…;from-tag=…". ERR_MALFORMED. */
ERR_MUST_CHECK enum err replaces_parse(struct slice value, struct replaces *out);
/** The leg whose dialog is meant; NULL if none. */
struct leg *replaces_find(const struct call_switch *sw, const struct replaces *r);

#endif
