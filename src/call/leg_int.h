/*
 * Inside call/: a leg, what the system and one peer have with each other. It belongs to its call
 * and, when it is done, to the switch until the reaper comes.
 *
 *   states  caller: ASKED ──200──► UP ──► DONE
 *           called: ASKING ─2xx──► UP ──► DONE
 *                     └─CANCEL─► CANCELLED ──final──► DONE
 *                     (a 2xx that crosses the CANCEL: ACK, BYE, DONE)
 */
#ifndef CALL_LEG_INT_H
#define CALL_LEG_INT_H

#include "call/call.h"
#include "model/feature.h"
#include "routing/routing.h"

struct call;
struct leg_dtls;
struct leg_keys;
struct leg_line;
struct leg_twin;
struct call_app;

/* An SDP text kept with a leg: replaced by each round, so a long call does not grow. */
struct sdp_text {
	char *p;
	uint32_t n, cap;
};

enum leg_state { LEG_ASKED, LEG_ASKING, LEG_CANCELLED, LEG_UP, LEG_DONE };

/* Why an INVITE of ours inside a dialog is under way. */
enum reinvite_purpose {
	REINVITE_NONE,
	REINVITE_FORWARD,
	REINVITE_REFRESH,
	REINVITE_DIRECT, /* direct.c's, there and back */
	REINVITE_ASK,	 /* transfer: these three, in that order (transfer_int.h) */
	REINVITE_TELL,
	REINVITE_UPDATE,
};

/* Reliable provisional responses of a leg's first INVITE (RFC 3262). */
struct reliable {
	uint32_t rseq_in;      /* of the last we took; 0 = none */
	uint32_t rseq_out;     /* of the last we sent */
	uint32_t owed_cseq;    /* our PRACK for rseq_in waits for an answer; the INVITE's number */
	uint32_t foreign_rseq; /* the last of another early dialog, not to take it twice */
	uint64_t foreign_tag;
	uint64_t sdp_version;		  /* of the description that went out reliably */
	uint16_t queued;		  /* status that waits for the PRACK; 0 = none */
	bool supported : 1, required : 1; /* by the caller */
	bool waits : 1, waits_sdp : 1;	  /* for a PRACK; of a response with SDP */
	bool queued_sdp : 1;
	bool agreed : 1;	/* offer and answer were exchanged before the 200 */
	bool no_sdp_in_200 : 1; /* because the offer was ours */
};

struct music_play;

/* Of each call there are two, of a group that is rung many: flags are bits, and stand together. */
struct leg {
	struct call *call;
	struct list link;     /* call->legs, in the end switch->done */
	uint64_t id;	      /* never used again */
	uint32_t media_party; /* struct media_peer.party */
	enum media_side side; /* the seat it has, or rings for */
	enum leg_state state;
	enum reinvite_purpose purpose;
	struct arena arena;	    /* its texts: it can change its call and go before it */
	struct routing_party party; /* who speaks here, as others are shown it */
	int64_t phone;		    /* of ours, 0 = none */
	int64_t talks_as;	    /* the user who counts as being in a call by it; 0 = none */
	struct slice phone_name;    /* or what a record calls it */
	struct sip_dialog dialog;
	struct sip_server *invite_in;  /* an INVITE or re-INVITE of the peer we have not finished */
	struct sip_client *invite_out; /* our INVITE or re-INVITE, until gone */
	uint64_t invite_out_ms;	       /* when it was sent */
	uint32_t invite_cseq;	       /* of invite_out, for its ACK */
	uint32_t in_cseq;	       /* of invite_in; its ACK carries it */

	bool invite_out_pending : 1; /* no final response yet */
	bool invite_in_pending : 1;  /* we have sent none */
	bool reoffer_late : 1;	     /* its re-INVITE came without SDP */
	bool asked_late : 1;	     /* invite_out had no SDP: its 2xx holds an offer */
	bool media_waits : 1;	     /* its media are connected when the other side has agreed */
	bool takes_over : 1; /* its INVITE has Replaces: it sits, the other side has not agreed */
	bool ack_owed : 1;   /* 2xx with an offer: our ACK waits for the other side's answer */
	bool ack_sdp : 1;    /* that ACK carried local_sdp */
	bool ack_due : 1;    /* we sent a 2xx, its ACK has not come */
	bool bye_wanted : 1; /* BYE as soon as the ACK is here (RFC 3261, 15) */
	bool supports_timer : 1, holding : 1;
	bool holding_here : 1;	    /* hold.c: it holds without its phone knowing */
	bool takes_talk : 1;	    /* its phone can be made to answer (Allow-Events: talk) */
	bool allows_update : 1;	    /* its Allow says so */
	bool second_flow : 1;	    /* another flow of its device has failed before */
	bool codecs_wanted : 1;	    /* it refused those it was offered: ours, too */
	bool codecs_ours : 1;	    /* local_sdp has others than the other side's */
	bool direct : 1;	    /* its peer may be sending past us, to the other one */
	bool direct_before : 1;	    /* the same before the re-INVITE that is under way */
	bool direct_text : 1;	    /* local_sdp names the other one's address */
	bool keys_told : 1;	    /* it sends keys by INFO, whatever it said before */
	bool dialled_in : 1;	    /* its user is at a mobile phone of his, as shown (dial_in.h) */
	bool located : 1;	    /* its INVITE says where it comes from (location.h) */
	bool location_refused : 1;  /* which was not liked: no more */
	bool hidden : 1;	    /* its party does not want to be shown */
	bool auto_answer : 1;	    /* the phone is asked to answer by itself */
	bool watched : 1;	    /* its watchers know of it, in the state told */
	bool session_refresher : 1; /* we refresh */
	bool refresh_owed : 1;	    /* the timer runs for one that could not be sent */
	uint8_t told;		    /* enum call_dialog_state */
	uint8_t session_rounds;	    /* 422s to the request under way */

	uint8_t n_typed;
	char typed[FEATURE_CODE_BYTES]; /* in_call.c: of a code, so far */
	uint64_t typed_ms;		/* when the last key of it came */
	int64_t line;			/* of ours to a provider, 0 = none */
	struct leg_line *on_line;	/* line.c's; with line */
	struct leg_twin *twin;		/* twin.c's: it has answered, but not taken the call */
	struct call_app *app;		/* it has no peer: an app speaks here; NULL: none */
	struct reliable rel;
	struct sip_server *update_in;  /* an UPDATE or PRACK with an offer we have not answered */
	struct sip_client *update_out; /* our UPDATE */
	struct leg *update_for;	       /* whose offer it carries; NULL = a refresh */
	uint64_t device;	       /* call_contact.device */
	struct music_play *music;      /* that it hears; NULL: none */
	int64_t music_wanted;	       /* the loop that it should hear */
	uint64_t sdp_session, sdp_version;
	struct sdp_text local_sdp, remote_sdp; /* last sent, last received */
	struct leg_keys *keys;	     /* protect.c's, one a media line; NULL: never encrypted */
	struct leg_dtls **dtls;	     /* protect_dtls.c's, the same */
	struct sdp_text agreed_sdp;  /* remote_sdp before an offer that is still open */
	struct sdp_text invite_auth; /* Authorization lines of invite_out, for its ACK */
	struct timer session;
	uint32_t session_s;	/* 0 = no session timer */
	uint32_t session_min_s; /* the largest Min-SE of its 422s; 0 = none */
};

/* ---- leg.c ---- */

ERR_MUST_CHECK enum err party_copy(
    struct arena *a, const struct routing_party *from, struct routing_party *to);
/** A leg of c; does not sit down. party is copied. */
ERR_MUST_CHECK enum err leg_new(struct call *c, enum media_side side, enum leg_state state,
    const struct routing_party *party, struct leg **out);
/** It takes its seat; whoever sat there must have left. */
void leg_sit(struct leg *l);
/** Who sits opposite; NULL: nobody (before the answer). */
struct leg *leg_other(const struct leg *l);
/** Whose settings hold for it: *line, else *phone; both NULL: nobody's. Of the directory as it is
 *  now. */
void leg_whose(const struct leg *l, const struct dir_phone **phone, const struct dir_line **line);
/** Everything of it is over: it leaves call and seat, detaches its transactions, frees its
 *  SDP texts. The object itself lives until the reaper comes. Idempotent. */
void leg_done(struct leg *l);
void leg_free(struct leg *l);
/** Hangs up: BYE now, or after the ACK that is due. */
void leg_bye(struct leg *l, struct slice reason_hdr);
/** (re-)INVITE, INFO … within the dialog. Adds Contact for INVITE. */
ERR_MUST_CHECK enum err leg_request(struct leg *l, enum sip_method m, struct slice extra,
    struct slice content_type, struct slice body, const struct sip_client_ops *ops, void *user,
    struct sip_client **out);
/** ACK for the 2xx of invite_out; sdp may be empty. */
void leg_ack(struct leg *l, struct slice sdp);
/** Answers invite_in with a 1xx or 2xx carrying sdp; reliable: a 1xx that wants a PRACK. */
ERR_MUST_CHECK enum err leg_respond(
    struct leg *l, uint16_t status, struct slice extra, struct slice sdp, bool reliable);
/** tsx, a (re-)INVITE of its peer, waits for leg_respond; one before it is forgotten. */
void leg_take_invite(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);
ERR_MUST_CHECK enum err sdp_text_set(struct sdp_text *t, struct slice s);
static inline struct slice
sdp_text_slice(const struct sdp_text *t)
{
	return (struct slice){t->p, t->n};
}

#endif
