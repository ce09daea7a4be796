/* Private to the simulated phone: what phone.c, phone_register.c and the call's files share. */
#ifndef SIM_PHONE_INT_H
#define SIM_PHONE_INT_H

#include "phone.h"
#include "sip/digest.h"
#include "sip/sdp.h"

enum phone_call_state {
	PC_DIALLING, /* our INVITE has no final response */
	PC_ASKED,    /* theirs has none */
	PC_UP,
	PC_OVER
};

/* One call of a phone, from the first INVITE to the last word. */
struct phone_call {
	struct list link;
	struct phone *phone;
	struct arena arena;
	struct sip_dialog dialog;
	enum phone_call_state state;
	bool outgoing, told;	      /* told: on_outcome was called */
	char uri[96];		      /* what was dialled */
	struct phone_dialog replaces; /* in the place of this one; empty = nobody's */
	bool picks_up;		      /* what was dialled takes somebody else's call */
	struct sip_client *refer_out;
	bool referring; /* a transfer of ours is under way */
	uint64_t up_ms; /* since when it is up */
	bool gives;	/* it was to be given to somebody else */
	unsigned tries; /* with credentials */
	struct sip_client *invite_out;
	struct sip_server *invite_in;
	bool out_pending, in_pending, ack_due, bye_wanted, cancelled;
	uint32_t out_cseq, in_cseq;
	struct sip_client *update_out;
	bool update_pending; /* ours has no answer yet */
	bool rel;	     /* reliable responses are welcome (RFC 3262) */
	bool rel_waits,
	    rel_agreed; /* for the PRACK of our 183; media are agreed to before the 200 */
	uint32_t rseq_in, rseq_out;
	bool out_late; /* our INVITE has no SDP, the offer is in the 2xx */
	bool in_late;  /* theirs has none: our 2xx offers, their ACK answers */
	bool holding, held;
	bool agreed_holding; /* what the switch has accepted */
	bool was_late;	     /* an answer of ours went in an ACK, so nobody confirms it */
	unsigned disagreed;  /* inspections that found something wrong */
	uint16_t port;
	struct addr remote; /* where its voice goes: to the switch, or to another phone */
	struct addr agreed; /* the same before a re-INVITE: it stays so when that is refused */
	bool agreed_held;
	uint32_t sdp_version;
	bool encrypted;	      /* the last description */
	uint32_t key_tag;     /* of its key, or of ours */
	unsigned named;	      /* codecs of the last description, as bits of their numbers */
	unsigned n_named;     /* how many there were, known to us or not */
	struct timer act;     /* the next thing to do */
	struct timer limit;   /* enough of it */
	struct timer answer;  /* an INVITE waits for our answer */
	struct timer again;   /* after a 491 */
	struct timer refresh; /* of the session, RFC 4028 */
	struct timer finger;  /* the next key */
	const char *keys;     /* still to be pressed */
	bool by_info;	      /* they travel as INFO */
	uint16_t answer_status;
	uint32_t session_s; /* what we ask for; 0: we know no session timers */
	bool refresher;
};

/* ---- phone.c ---- */

/** 0 … below-1, of the phone's habits. */
uint32_t phone_draw(struct phone *p, uint32_t below);
bool phone_chance(struct phone *p, uint32_t percent);
void phone_broken(struct phone *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct sip_flow phone_flow(const struct phone *p);
/** Appends an Authorization for the challenge in resp. False: there is none for us. */
bool phone_authorize(struct phone *p, struct buf *b, const struct sip_msg *resp,
    struct slice method, struct slice uri);

/* ---- phone_register.c ---- */

void phone_register(struct phone *p);

/* ---- phone_watch.c ---- */

void phone_watch_start(struct phone *p);
void phone_watch_stop(struct phone *p);
/** False: it belongs to no lamp. */
bool phone_on_notify(struct phone *p, struct sip_server *tsx, const struct sip_msg *req);

/* ---- phone_call.c: life and dialog ---- */

struct phone_call *pc_new(struct phone *p, bool outgoing);
/** Nothing more will be said; freed soon. Idempotent. */
void pc_over(struct phone_call *c);
void pc_free(struct phone_call *c);
/** (Re)starts one of its timers. */
void pc_start(struct phone_call *c, struct timer *t, void (*cb)(struct timer *t), uint64_t ms);
void pc_outcome(struct phone_call *c, uint16_t status, bool failed);
/** The call, which was up, ends. */
void pc_tell_ending(struct phone_call *c, bool by_switch);
/** Sends BYE now, or after the ACK that is due. */
void pc_bye(struct phone_call *c);
void pc_ack(struct phone_call *c, bool with_sdp);
ERR_MUST_CHECK enum err pc_request(struct phone_call *c, enum sip_method m, struct slice extra,
    bool with_sdp, const struct sip_client_ops *ops, struct sip_client **out);
/** One key in an INFO. */
ERR_MUST_CHECK enum err pc_send_key(struct phone_call *c, char key);
/** Answers invite_in. */
void pc_respond(struct phone_call *c, uint16_t status, bool with_sdp);
void pc_write_contact(const struct phone_call *c, struct buf *b);
/** An offer names all that the phone speaks, an answer what the offer has of it. */
void pc_write_sdp(struct phone_call *c, struct buf *b, bool answer);
/** Takes an SDP of the switch; complains about a bad one, and about an answer (or a change) in
 * which the phone finds nothing that it speaks. */
void pc_take_sdp(struct phone_call *c, const struct sip_msg *m, const char *where);
/** Does it speak something of the description that it took last? */
bool pc_speaks(const struct phone_call *c);

/* ---- phone_dial.c: outgoing INVITEs ---- */

/** INVITE within the call: hold, resume, refresh; late: without SDP. False: not now. */
bool pc_reinvite(struct phone_call *c, bool late);

/* ---- phone_answer.c: incoming requests ---- */

void pc_on_invite(struct phone *p, struct sip_server *tsx, const struct sip_msg *req);
void pc_on_request(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req);
void pc_on_ack(struct phone_call *c, const struct sip_msg *ack);

/* ---- phone_transfer.c ---- */

void pc_transfer(struct phone_call *c);
void pc_on_notify(struct phone_call *c, const struct sip_msg *req);

/* ---- phone_reliable.c: RFC 3262, 3311 ---- */

/** 183 with SDP; the 200 has to wait for its PRACK. */
void pc_ring_reliably(struct phone_call *c);
void pc_on_no_prack(void *user, struct sip_server *tsx);
void pc_on_prack(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req);
/** A provisional response: PRACKed when it wants that; false: not to be heard. */
bool pc_take_reliable(struct phone_call *c, const struct sip_msg *resp);
/** Does this phone know UPDATE? */
bool phone_updates(const struct phone *p);
/** Hold, resume by UPDATE. False: not now. */
bool pc_update(struct phone_call *c);
void pc_on_update(struct phone_call *c, struct sip_server *tsx, const struct sip_msg *req);

/* ---- phone_talk.c: what people do in a call ---- */

void pc_talk(struct phone_call *c);

/* ---- phone_keys.c ---- */

/** Presses some keys, one after the other; nothing while it still does. */
void pc_press_keys(struct phone_call *c);
/** Who answers a mobile phone: takes the call by key, refuses it, or is a mailbox. */
void pc_decide(struct phone_call *c);

#endif
