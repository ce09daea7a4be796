/*
 * Inside call/. Ownership: switch -> call -> legs and streams; children point up
 * uncounted. Legs that are done and calls that are over (no leg left, all streams
 * reported) are freed by the reaper, never from inside a callback.
 *
 * A call has two seats. The caller sits in his from the start, the called one's stays
 * empty until somebody answers. Legs that ring do it for a seat (leg->side); whoever
 * sits in the other one waits for the answer.
 *
 *   call states       RINGING ──► UP ──► ENDED
 */
#ifndef CALL_CALL_INT_H
#define CALL_CALL_INT_H

#include "base/log.h"
#include "call/call.h"
#include "call/diversion.h"
#include "call/leg_int.h"
#include "routing/routing.h"
#include "sip/rel100.h"
#include "sip/sdp.h"

enum { SESSION_MIN_S = 90, SDP_TEXT_MAX = SDP_MAX_BYTES + 1024, HEADERS_MAX = 6144 };

struct messages;
struct dir_music;
struct completions;
struct dialled;
struct request;
struct refusal;

enum { ORBITS = 100 };

/* What media do for one side of a stream; as small as it can be, for each call has many. */
struct stream_side {
	bool ip6 : 1;			    /* its media sockets */
	bool translated : 1, protected : 1; /* what comes from there */
	bool secured : 1;		    /* that peer comes by DTLS */
	bool served : 1;		    /* it hears something of ours */
	bool listened : 1;		    /* its keys are told */
	bool pressed : 1;		    /* media press its keys for the other one */
};

struct stream {
	struct call *call;
	struct media_ref ref;
	uint16_t port[MEDIA_SIDES];
	bool open, audio;
	struct stream_side side[MEDIA_SIDES];
};

enum call_state { CALL_RINGING, CALL_UP, CALL_ENDED };

/* A request inside a dialog (INFO …) on its way to the other leg. */
struct relayed {
	struct list link; /* call->relayed */
	struct call *call;
	struct sip_server *in;
	struct sip_client *out;
};

/* A mobile phone that rings with the phones of its user; lives as long as the call. */
struct ring_twin {
	bool confirm;		      /* who answers there takes the call by a key */
	uint8_t n_spare, next;	      /* of them, those that were tried */
	struct routing_target *spare; /* the other lines to it */
};

/* Whom a plan is about; lives as long as the call. */
struct ring_whom {
	struct routing_party party;
	struct slice outside, outside_dialled; /* for lines: of the plan */
	bool costly;			       /* for lines: minutes are counted */
	enum feature feature;		       /* for apps: of the plan */
	struct slice argument;
	struct ring_twin *twin; /* for lines: the mobile phone they lead to; NULL: none */
};

struct ring_target {
	struct routing_target t; /* its texts live as long as the call */
	const struct ring_whom *whom;
};

/* A plan being executed: its targets ring for one seat. */
struct ring {
	bool active : 1;
	bool group : 1;	  /* several people ring: none of them refuses for the others */
	bool several : 1; /* people: who declines does it for his own phones only */
	bool missed : 1;  /* a turn has ended without an answer */
	bool alone : 1;	  /* only one phone rings and none will later */
	bool told : 1;	  /* the one who waits knows that it rings */
	bool tone : 1;	  /* and hears it from us, unless the other side sends something */
	uint16_t best_status;
	enum media_side seat;
	struct timer timer;
	uint64_t start_ms, deadline_ms;
	struct ring_whom *whom;	      /* who is rung */
	struct routing_onward onward; /* where the call goes on; texts live as long as the call */
	const struct ring_whom *onward_of; /* whose redirection that is */
	struct ring_target *target;	   /* by delay; gone when the ringing is over */
	uint32_t n_targets, next_target;
	uint32_t ring_ms;
	unsigned asking;		     /* legs that ring */
	uint32_t turn;			     /* whose it is, see routing_target; 0 = nobody's */
	uint64_t turn_start_ms, turn_end_ms; /* of it */
	struct leg *early;		     /* whose early media the other side hears */
	struct leg *deciding; /* who hears now that he can take the call, twin.c; NULL: nobody */
};

/* How one side hears the other: judged now and then while they talk, of what came lately; at the
 * end of all that came. */
struct heard {
	uint16_t mos_x100, delay_ms; /* 0 = not known */
	uint16_t lost_x100, jitter_ms;
	uint8_t voice;		      /* enum live_voice */
	uint8_t told;		      /* how often; 2: often enough */
	uint32_t packets, lost;	      /* told last */
	uint32_t recent, recent_lost; /* halved with each telling */
};

/* A key that was told while voice went past us. */
struct kept_key {
	enum media_side by;
	uint32_t ms;
	char key;
};

/* Whether the voices go past us, see direct.c. */
struct direct {
	struct timer timer; /* looks whether what the phones were told is what it should be */
	bool on;	    /* from now on descriptions name the other phone's own address */
	bool refused;	    /* a phone did not want that: not again in this call */
	bool was;	    /* at least for a time */
	uint8_t told;	    /* how often, since it was last as it should be */
	uint8_t n_keys;
	struct kept_key *key; /* of the arena; NULL: there was none */
};

struct call {
	struct call_switch *sw;
	struct list link; /* switch->calls or switch->dead */
	struct hnode by_id;
	struct arena arena;
	char id[CALL_ID_BYTES];
	enum call_state state;
	unsigned streams_open;
	struct leg *leg[MEDIA_SIDES]; /* who sits in the seats; NULL = nobody */
	struct list legs;	      /* all of them: seated, ringing, leaving */
	struct ring ring;
	uint64_t offer_of;   /* leg that made the last offer */
	bool offer_late : 1; /* the INVITE came without SDP */
	bool inner : 1;	     /* app_room.c's for another call, which has the record: goes nowhere */
	bool emergency : 1;  /* LIN-6 */
	bool quiet : 1;	     /* it is nobody's yet: no record, no page knows it (probe.c) */
	bool private_call : 1;	     /* KEY: to whom outside is not for records and pages */
	bool answer_waits : 1;	     /* somebody answered, but the caller's 18x has no PRACK yet */
	bool refitted : 1;	     /* media ports have changed for the one who takes over */
	bool recorded : 1, dead : 1; /* record is final; waits for the reaper */
	uint8_t family[MEDIA_SIDES]; /* of the media sockets facing a seat: 4 or 6 */
	uint8_t hops;		     /* how often a phone or a redirection has sent it on */
	uint8_t n_diverted;
	uint8_t n_sent_on; /* of diverted, those of ours: the first ones */
	uint16_t sip_status;
	int64_t site;		       /* of an emergency call, an id; 0 = not known */
	struct slice deposit;	       /* where it goes when nobody answers; empty: nowhere */
	struct refusal *refusal;       /* he hears why, see refusal.c; NULL: not yet refused */
	struct ports_wait *ports_wait; /* of an emergency call, see emergency.c; NULL: none */
	struct stream stream[SDP_MEDIA_MAX];
	struct media_stats stats;	 /* sums of the streams that reported */
	char codec[16];			 /* of the first media line, as far as known */
	struct heard heard[MEDIA_SIDES]; /* by whom */
	enum live_voice voice;		 /* of the side that hears worse now, as counted */
	uint32_t max_forwards;
	struct list relayed;
	struct direct direct;
	struct transfer *transfer;	 /* its parties are about to change */
	struct consult *consult;	 /* one of the two asks somebody else (consult.c) */
	struct talk_record *talk_record; /* one of the two records it (talk_record.c) */
	struct leg *replaced;		 /* leaves when the one who took its seat is connected */
	struct diversion *diverted;	 /* DIVERSIONS_MAX, newest first; NULL = never diverted */
	struct slice gruu;		 /* the Request-URI that means one device; empty: none */
	int64_t gruu_phone;		 /* whose device */
	struct slice invite_headers;	 /* of the first INVITE, as they pass to those who ring */
	struct slice answer_headers;	 /* of the 200, while answer_waits */
	struct slice end_headers;	 /* of the BYE or CANCEL that ended it, for the others */
	struct slice dialled;		 /* the number that was called, before redirections; by: */
	uint64_t dialler;		 /* a leg; 0 = nobody here */
	struct dialled *tried; /* what may be completed if it comes to nothing; NULL: that not */
	struct request *completion; /* it is made for that one; NULL: for nobody */
	enum live_spoken spoken;    /* how far its app is with an announcement */
	/* what the record says */
	enum reason last_reason; /* recorded here, not by the plan */
	struct routing_party caller_party, called_party;
	struct slice caller_phone, called_phone;
	struct slice called_line; /* name, through which it was answered outside */
	struct slice *reason;
	char *last_reasons; /* texts of reason[LIVE_REASONS_FIRST …] once it was full */
	uint32_t n_reasons, reasons_cap;
	int64_t started_at, ringing_at, answered_at, ended_at;
	int64_t charge_micro; /* of legs that have left their lines (spending.h) */
	char currency[CURRENCY_BYTES];
	uint64_t started_ms; /* by the clock that nobody sets */
	enum cdr_result result;
	enum cdr_ended_by ended_by;
	uint32_t record;
};

struct call_switch {
	struct call_switch_params p;
	size_t calls_max;
	struct sip_dialogs dialogs;
	struct hmap by_id;
	struct hmap talking; /* talking.c's */
	struct list calls, dead;
	struct list done; /* legs without a call */
	struct timer reaper;
	uint64_t next_leg_id;
	struct hmap apps;	/* those that wait for a result, by their ids */
	struct hmap recordings; /* recording.c's, by their ids */
	uint64_t next_app_id;	/* of apps, recordings and what is played */
	struct list plays;	/* music that is heard, see plays.h */
	size_t n_plays;
	struct list conferences;       /* that run, conference.c's */
	struct list conference_called; /* participants, conference_date.c's, as the next */
	struct timer conference_start; /* of the next planned one */
	bool conferences_ready;	       /* what was before the start is known */
	struct leg *orbit[ORBITS];     /* the app's, where somebody waits; NULL: free */
	uint32_t last_association;     /* media_transport's */
	struct messages *messages;
	struct completions *completions;
	struct pin_tries *pins; /* wrong ones, see pin.c */
	struct spent *spent;	/* what lines have used of today, see spending.c */
	size_t n_spent;
	struct call_switch_stats stats;
	struct sdp_memo sdp_memo;
	struct sdp_choice sdp_choice[SDP_MEDIA_MAX]; /* scratch, as the next */
	struct sdp_protection sdp_protection[SDP_MEDIA_MAX];
	char protect_scratch[SDP_MEDIA_MAX * 512];
	char sdp_scratch[SDP_TEXT_MAX];
};

#define call_log(level, call, fmt, ...) log_at(level, CALL, "[%s] " fmt, (call)->id, ##__VA_ARGS__)

/* ---- call.c: life of a call ---- */
ERR_MUST_CHECK enum err call_new(
    struct call_switch *sw, struct slice sip_call_id, bool emergency, struct call **out);
/** Milliseconds since 1970 for its record: goes on evenly even when somebody sets the clock. */
int64_t call_wall_ms(const struct call *c);
/** Both sides talk from now on; called: who answered. */
void call_answered(struct call *c, struct leg *called);
/** Ends it towards all sides still there: BYE, CANCEL, or status to a caller who is
 *  still waiting. Idempotent. */
void call_end(struct call *c, enum cdr_result result, enum cdr_ended_by by, uint16_t status);
/** By its id; NULL if none. */
struct call *call_find(const struct call_switch *sw, struct slice id);
/** Forgets a call; for the reaper and the end of the switch. */
void call_free(struct call *c);
/** Drops a call that never had a leg or a record. */
void call_abandon(struct call *c);
/** One leg or stream less; hands an ended call to the reaper. */
void call_settle(struct call *c);

/** Somebody else sits in l's seat: record, live page and watchers. */
void call_seat_changed(struct call *c, struct leg *l);

/* RFC 3326: a seat was given to somebody else; to the one who had it. */
#define SEAT_GIVEN_AWAY SLICE("Reason: Q.850;cause=16;text=\"Call transferred\"\r\n")
/* RFC 3326: to those who need not ring any more. */
#define COMPLETED_ELSEWHERE SLICE("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n")

/* ---- ring.c, ring_targets.c: executing the plan ---- */
/** The next targets are due, or the time is over. */
void ring_on_timer(struct timer *t);
/** Keeps what the plan says about ringing party for a seat; somebody waits in the other one. */
ERR_MUST_CHECK enum err ring_prepare(struct call *c, enum media_side seat,
    const struct routing_party *party, const struct routing_plan *plan);
/** Rings. The media of who waits are known, or its offer comes late. */
void ring_start(struct call *c);
/** Sends the INVITE of a new leg; false: it failed and is done. */
bool ring_launch(struct leg *l);
/** Its provider's sounds before the answer are not for the caller. */
bool ring_is_local(const struct leg *l);
/** Is it another phone's early media that the other side hears? Those of this one wait then, and
 * are agreed on all the same when they came reliably (RFC 3261, 13.2.1). */
bool ring_hears_another(const struct leg *l);
/** A leg that rings is told to stop; replaced: another one rings in its place, else the next
 *  target follows. */
void ring_give_up(struct leg *l, bool replaced);
/** Launches the phones that are due; nobody rings and nobody is left: the ringing has failed. */
void ring_next(struct call *c);
/** Leg l answered: the others are told that they need not ring any more. */
void ring_on_winner(struct leg *l);
/** A person who is rung does not want the call. */
void ring_decline(struct call *c, int64_t user);
/** One leg that rings for that seat goes on to, nobody else does; the other side knows. */
void ring_go_on(struct call *c, enum media_side seat, struct ring_whom *whom, uint32_t ring_ms);
/** Nothing rings any more; reason_hdr goes with the CANCELs. */
void ring_stop(struct call *c, struct slice reason_hdr);

/** Calls this address elsewhere, to which a phone sends the call on. ERR_LIMIT, ERR_UNSUPPORTED. */
ERR_MUST_CHECK enum err ring_foreign(const struct leg *by, const struct call_contact *contact);
/** More phones for the ringing that is under way, those of another plan. */
ERR_MUST_CHECK enum err ring_add(struct call *c, const struct routing_plan *plan);

/* ---- to_go.c: Call2Go ---- */
/** What else its user has rings, and whoever picks up there goes on with the call in the place of
 *  l; until then, and when nobody does, all stays as it is. ERR_DENIED: not in this state;
 *  ERR_NOT_FOUND: there is nothing else that could ring; ERR_NOMEM. */
ERR_MUST_CHECK enum err call_to_go(struct call *c, struct leg *l);

/* ---- gruu.c: RFC 5627 ---- */
/** Is one device called by this URI (text: the whole of it)? Then *dialled becomes its user's
 *  number. Forgets who was called before. Returns the status to refuse with, or 0. */
uint16_t gruu_take(
    struct call *c, const struct sip_uri *uri, struct slice text, struct slice *dialled);
/** Of the plan stays what rings that device's phone. */
void gruu_limit(const struct call *c, struct routing_plan *plan);
/** Contacts of a phone; of the one whose device is called, only that device's. */
size_t gruu_contacts(const struct call *c, int64_t phone, struct call_contact *out, size_t max);

/* ---- setup.c ---- */
/** What outlives the snapshot the plan was made from. */
ERR_MUST_CHECK enum err setup_keep_plan(
    struct call *c, const struct routing_plan *plan, const struct call_origin *from);
/** Takes the caller's media and rings, or ends the call when that cannot be. An emergency call
 * waits for ports when there are none, and comes back here. offer: what the caller sent. */
void setup_take_offer(struct call *c, struct slice offer);

/* ---- play.c ---- */
/** The plan of a call in which the user hears or speaks what has this name (model/play.h); title:
 * as people know it. Texts as these. False: it is none. */
bool play_plan(const struct call_switch *sw, int64_t user, struct slice name, struct slice title,
    struct routing_plan *plan);

/* ---- plan.c ---- */
/** What to do for somebody who dials; fills in q->state. */
void plan_ask(struct call_switch *sw, struct routing_query *q, struct routing_plan *out);
/** What else user has than that phone (NULL) or mobile phone; the same. */
void plan_ask_others(struct call_switch *sw, struct routing_query *q, const struct dir_user *user,
    const struct dir_phone *but, struct slice but_mobile, struct routing_plan *out);
/** What routing/ asks about the moment. */
struct routing_state plan_state(struct call_switch *sw);
/** The plan's reasons, from that one on, become the call's. */
/** Where we are, for time frames and days. */
struct routing_time plan_local_time(struct call_switch *sw);
void plan_keep_reasons(struct call *c, const struct routing_plan *plan, size_t first);

/* ---- divert.c ---- */
/** A phone that rings answered 3xx; the reasons are recorded. 0: other phones ring instead; else
 *  the status that this comes to. */
uint16_t divert_follow(struct leg *l, const struct sip_msg *resp);

/* ---- onward.c: redirections of numbers, the deposit ---- */
enum { ONWARD_BEEN_MAX = DIVERSIONS_MAX + 1 };
/** Those who ring do not take the call: true when others ring now instead. */
bool onward_follow(struct call *c, enum routing_why why);
/** Why the call goes on that phones answered with that status, as status_for_caller has it. */
enum routing_why onward_why(uint16_t status);
/** One of ours has sent the call on. */
void onward_note(struct call *c, const struct routing_party *by, enum diversion_reason reason);
/** The same for those of a plan that is executed. */
void onward_note_plan(struct call *c, const struct routing_plan *plan);
/** Where the call has been, for whoever asks for a plan to go on; been lives as long as q. */
void onward_history(
    const struct call *c, struct slice been[ONWARD_BEEN_MAX], struct routing_query *q);

/* ---- talking.c ---- */
/** The user is in a call. O(1). */
bool talking_is(const struct call_switch *sw, int64_t user);
/** A leg takes a seat; is done. Both idempotent. */
void talking_begin(struct leg *l);
void talking_end(struct leg *l);

/* ---- transfer.c, transfer_leave.c, replaces.c: what the other files ask of transfers
 * (transfer_int.h) ---- */
/** A leg of a call with a transfer is progressing. False: the caller is to be told as usual. */
bool transfer_on_progress(struct leg *l, const struct sip_msg *resp);
/** It has answered. False: it cannot be connected, end it. */
bool transfer_on_answer(struct leg *l, const struct sip_msg *resp);
/** Nobody answered. */
void transfer_on_ring_failed(
    struct call *c, enum cdr_result result, enum cdr_ended_by by, uint16_t status);
/** Answers to re-INVITEs with one of its purposes. */
void transfer_on_2xx(struct leg *l, const struct sip_msg *resp);
void transfer_on_refusal(struct leg *l, uint16_t status);
/** True: the call goes on without that leg. */
bool transfer_on_bye(struct leg *l);
bool transfer_on_cancel(struct leg *l);
/** Who was called for it has answered: heard from now on, and told so. */
void transfer_take_2xx(struct leg *l, const struct sip_msg *resp);
/** Leg l, which is seated by that, has answered. */
void transfer_on_arrival(struct transfer *t, struct leg *l);
/** A phone is called that shall dial itself: there is nobody yet at the other end. */
bool transfer_is_dialling(const struct call *c);
/** Who waits hears that it rings. */
bool transfer_wants_ringback(const struct leg *l);
/** Who has picked up a call that tests a line hears our tone. */
bool probe_wants_tone(const struct leg *l);
bool trial_wants_tone(const struct leg *l);
/** Who will be opposite l when it has agreed to what it is asked now; NULL: who is there already.
 */
const struct leg *transfer_comes_to(const struct leg *l);
/** The call is ending. */
void transfer_on_end(struct call *c);
/** Referred-By for who is rung because of a transfer (RFC 3892). */
void transfer_write_invite(const struct leg *l, struct buf *b);
/** An INVITE with Replaces was answered here, or goes on here. False: it has none. */
bool replaces_on_invite(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct call_origin *from);
/** This INVITE of a phone takes the place of old, as if it had a Replaces for it. 0, or the status
 * to refuse it with. */
uint16_t replaces_take(struct leg *old, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);
/** The other party agreed to the leg that took a seat; or not. */
void replaces_accepted(struct leg *l);
void replaces_refused(struct leg *l, uint16_t status);

/* ---- answer.c ---- */
void answer_on_2xx(struct leg *l, const struct sip_msg *resp);
/** The ACK of the caller's INVITE or of anybody's re-INVITE. */
void answer_on_ack(struct leg *l, const struct sip_msg *ack);
/** l has answered: the 200 for the caller, now or after a PRACK. */
void answer_caller_soon(struct call *c);
/** What the 200 says of l, who answers. */
void answer_tell_who(const struct leg *l);
/** The 200 that had to wait for a PRACK. */
void answer_caller_now(struct call *c);
extern const struct sip_server_ops answer_server_ops; /* for every INVITE we received */

/* ---- prack.c: RFC 3262 ---- */
/** A 101-199 of a called leg: acknowledges it when it wants that. False: it was heard before or
 *  comes out of order, and must not be heard. */
bool prack_take(struct leg *l, const struct sip_msg *resp);
/** May l's provisional responses bring the offer that the INVITE has not? */
bool prack_may_offer_late(const struct leg *l);
/** Notes what a caller can. */
void prack_on_invite(struct leg *l, const struct sip_msg *req);
/** An 18x to a caller, reliable if it can or must be, now or after the PRACK of the last. */
ERR_MUST_CHECK enum err prack_tell(
    struct leg *l, uint16_t status, struct slice extra, struct slice sdp);
void prack_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);
/** answer_server_ops.on_no_prack */
void prack_on_missing(void *user, struct sip_server *tsx);

/* ---- change.c: changes by re-INVITE, UPDATE or PRACK ---- */
/** An offer, or a request that may carry one, is open with this peer. */
bool change_in_progress(const struct leg *l);
/** Answers the change l asked for with the other side's media. */
void change_accept(struct leg *l);
/** Refuses it; all stays as it was. */
void change_refuse(struct leg *l, uint16_t status);
/** l's peer knows nothing of the call any more: it ends. */
void change_forgotten(struct leg *l);
/** Media have changed: the longest silence, music, page and watchers follow. */
void change_done(struct call *c);
/** l's peer refused our request, which carried asker's offer, or (NULL) refreshed. */
void change_on_refusal(struct leg *l, struct leg *asker, const struct sip_msg *resp);

/* ---- update.c: RFC 3311 ---- */
/** Notes whether a message's Allow has UPDATE. */
void update_note_allow(struct leg *l, const struct sip_msg *m);
/** Who an offer of l is for: who sits opposite, or the phone whose early media are heard. */
struct leg *update_peer(const struct leg *l);
bool update_in_progress(const struct leg *l);
/** Refreshes the session, and shows the peer who is at the other end now: by UPDATE if it
 *  can, else by re-INVITE. Later when something is under way. */
void update_refresh(struct leg *l);
/** Answers update_in. */
ERR_MUST_CHECK enum err update_respond(
    struct leg *l, uint16_t status, struct slice extra, struct slice sdp);
/** The leg goes: nobody may wait for its UPDATEs. */
void update_drop(struct leg *l);
void update_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);
/** An offer in a PRACK or UPDATE of l; tsx is answered, now or later. */
void update_on_offer(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);

/* ---- reinvite.c ---- */
void reinvite_on_request(struct leg *l, struct sip_server *tsx, const struct sip_msg *req);
/** The same with the INVITE of a leg that has taken a seat. */
void reinvite_pass(struct leg *l, const struct sip_msg *invite);
void reinvite_refresh(struct leg *l);
/** An offer of the other side for to. */
ERR_MUST_CHECK enum err reinvite_forward(struct leg *to, struct slice sdp);
/** Sends one; sdp empty: asks for an offer. */
ERR_MUST_CHECK enum err reinvite_send(
    struct leg *to, struct slice sdp, enum reinvite_purpose purpose);
/** Cancels our re-INVITEs to seated phones that got no final answer for 64*T1. A phone that
 *  said 100 and vanished would keep one, and so all further changes, waiting for ever: with
 *  a CANCEL it ends one way or another (RFC 3261, 9.1). */
void reinvite_cancel_stale(struct call *c);
/** The peer cancelled its re-INVITE. */
void reinvite_on_cancel(struct leg *l);

/* ---- in_dialog.c ---- */
void relayed_drop_all(struct call *c);
/** A request of our own to a leg that is up; whatever it answers. */
void relayed_send(
    struct leg *to, enum sip_method method, struct slice content_type, struct slice body);

/* ---- bridge.c: SDP and streams ---- */
/** What l's peer has described last; points into l->remote_sdp. */
ERR_MUST_CHECK enum err bridge_read(const struct leg *l, struct sdp *out);
/** The address that to's peer shall send to: the configured one, or the one that faces it. No
 *  port. */
void bridge_address(const struct leg *to, struct addr *out);
/** Takes an offer or answer of leg l: opens streams its live media need, tells media
 *  where l's peer is.  ERR_MALFORMED, ERR_CONFLICT
 *  (answer does not fit), ERR_LIMIT (no ports), ERR_UNSUPPORTED (no media we carry). */
ERR_MUST_CHECK enum err bridge_take(
    struct leg *l, struct slice text, const struct sip_flow *flow, bool is_answer);
/** What l says of itself, whose leg has no peer: fits what the other side has described, or is an
 *  offer when that has described nothing yet. Nobody's media come from there. Errors as before. */
ERR_MUST_CHECK enum err bridge_take_own(struct leg *l, struct slice text);
/** Writes from's last SDP as to shall see it into the switch's scratch; remembers it
 *  as to's local_sdp. */
ERR_MUST_CHECK enum err bridge_give(struct leg *from, struct leg *to, struct slice *out);
/** The same before anybody has answered: what to has offered, with our addresses, so that it can
 * hear us. ERR_UNSUPPORTED: it wants to hear nothing. */
ERR_MUST_CHECK enum err bridge_give_early(struct leg *from, struct leg *to, struct slice *out);
/** Where both sides have made an offer, each one is the other's answer: */
/** Could l's offer be answered with its other side's? Takes its keys. ERR_UNSUPPORTED: no codec in
 *  common, or not encrypted as it may or must be. */
ERR_MUST_CHECK enum err bridge_can_cross(struct leg *l, struct slice offer);
/** Takes l's offer; its other side's is known. */
ERR_MUST_CHECK enum err bridge_take_crossed(
    struct leg *l, struct slice offer, const struct sip_flow *flow);
/** What from offered of what to has too. */
ERR_MUST_CHECK enum err bridge_give_common(struct leg *from, struct leg *to, struct slice *out);
/** Its media go where it said last, also when they had to wait. */
void bridge_connect(struct leg *l);
/** Opens streams anew that do not reach the address family of a seat. True: ports changed. */
bool bridge_refit(struct call *c);
/** The answer that refuses all of offer (RFC 3264, 6), for l, in the switch's scratch;
 *  empty when the offer cannot be read. */
struct slice bridge_refusal(const struct leg *l, struct slice offer);
/** Has media press a key of l for the other side. False: that cannot be done. */
bool bridge_press(struct leg *l, char key, uint32_t ms);
/** Closes the streams that l's final answer refused. */
void bridge_drop_refused(struct leg *l);
void bridge_close(struct call *c);
/** What media have to do between the two, when they have agreed to an offer of ours. */
void bridge_translate(struct leg *l);
/** One of the two holds. */
bool bridge_is_held(const struct call *c);
/** Who holds may have changed: with it the longest silence allowed, and who hears music. */
void bridge_follow_hold(struct call *c);

/* ---- direct.c ---- */
void direct_init(struct call *c);
/** Something has changed: the voices may go past us, or may not any more. */
void direct_follow(struct call *c);
/** Whoever needs the voices here, or is about to change the parties, says so before it composes
 *  descriptions; phones that nobody else tells are told soon. */
void direct_leave(struct call *c);
/** A key of l to be pressed here: kept until the voice that shall carry it is back. False: it is
 *  here. */
bool direct_keep_key(struct leg *l, char key, uint32_t ms);
/** May voice go past us? Then nobody here can say whether there is any. */
bool direct_is_on(const struct call *c);
/** A description from the peer of l that says the same as its last one. */
bool direct_is_same(const struct leg *l, struct slice text);
/** What to says of from, where voice goes past us: address and ports of from's own. */
void direct_describe(const struct leg *from, const struct sdp *s, struct sdp_rewrite_params *p);
/** Answers to re-INVITEs of that purpose. */
void direct_on_2xx(struct leg *l, const struct sip_msg *resp);
void direct_on_refusal(struct leg *l, const struct sip_msg *resp);

/* ---- hold.c ---- */
/** Whether the other one waits, by the phone of l or by our own doing. */
bool hold_is_on(const struct leg *l);
/** l holds, or not any more; its phone is not told, it hears nothing meanwhile. */
void hold_set(struct leg *l, bool on);
/** No voice for l on stream i now, whatever its phone wants. */
bool hold_silences(const struct leg *l, size_t i);
/** l leaves its call: nobody is held by it any more. */
void hold_leave(struct leg *l);

/* ---- music.c ---- */
/** Does who is held hear music of ours? */
bool music_is_on(const struct call *c);
void music_follow(struct call *c);
/** What somebody hears who waits. Never NULL. */
const struct dir_music *music_of(const struct leg *l);
/** l hears no music any more. */
void music_leave(struct leg *l);
/** A sound of that id is over on a stream of c, which loops never are. False: it was no music. */
bool music_on_played(struct call *c, uint64_t id);

/* ---- inband.c ---- */

/** Nothing that the called side sends before its answer is for this caller. */
bool inband_never(const struct leg *caller);
/** The caller is to hear our ringing tone: what it is told with 183. Empty: 180 is enough. */
struct slice inband_begin(struct leg *from, struct leg *caller);
/** It hears it now. */
bool inband_wants_tone(const struct leg *l);
/** Early SDP that is the answer already (RFC 3262), but of which nothing is to be heard yet. */
ERR_MUST_CHECK enum err inband_keep(struct leg *l, const struct sip_msg *resp);
/** The phone has answered. */
void inband_end(struct leg *l);

/* ---- refusal.c ---- */
/** Who calls gets nobody: the call ends now, or, when nobody can be reached and he calls from
 * outside, as soon as he has heard so, if that is set. offer: his, when media do not have it yet.
 */
void call_refuse(struct call *c, enum cdr_result result, enum cdr_ended_by by, uint16_t status,
    struct slice offer);
/** l hears it now. */
bool refusal_is_heard(const struct leg *l);
/** The call ends: if it was refused, so it was. */
void refusal_on_end(struct call *c, enum cdr_result *result, enum cdr_ended_by *by);

/* ---- session.c: RFC 4028 ---- */
/** Session-Expires of an INVITE we received too small? Then 422 was sent: true. */
bool session_refuse_small(struct sip_server *tsx, const struct sip_msg *req);
/** Notes what the peer's INVITE wants and writes our answer's headers for the 2xx. */
void session_write_answer(struct leg *l, struct buf *b);
void session_on_invite(struct leg *l, const struct sip_msg *req);
/** Headers of an INVITE of ours. */
/** No session timers with this one: its line says so. */
bool session_is_off(const struct leg *l);
/** It may transfer calls: a phone, or a provider whose line says so. */
bool refer_is_allowed(const struct leg *l);
void session_write_offer(const struct leg *l, struct buf *b);
void session_on_2xx(struct leg *l, const struct sip_msg *resp);
/** 422 to our INVITE: the new interval, 0 = give up. */
uint32_t session_after_422(struct leg *l, const struct sip_msg *resp);
void session_start(struct leg *l);
/** A refresh could not be sent now: again then, whoever's turn it is. */
void session_retry(struct leg *l, uint64_t ms);

/* ---- extensions.c ---- */
/** A Require names what we cannot do? Then 420 was sent: true. */
bool extensions_refuse(struct sip_server *tsx, const struct sip_msg *req);
/** A body that is no SDP (RFC 3261, 8.2.3)? Then 415 was sent: true. */
bool extensions_refuse_body(struct sip_server *tsx, const struct sip_msg *req);
/** Allow and Supported for the peer of l; reliable: with 100rel. */
void extensions_write(const struct leg *l, struct buf *b, bool reliable);
/** What methods l's peer may send. */
enum call_allow extensions_allow(const struct leg *l);

/* ---- present.c: what a leg is shown of the other party ---- */
enum { PRESENT_NAME_BYTES = 160 };
/** Who, as to is shown him; name: room for its name. */
struct routing_party present_party(
    const struct leg *who, const struct leg *to, char name[PRESENT_NAME_BYTES]);
/** P-Asserted-Identity and Privacy of who for to; NULL: of the one who is rung. */
void present_write(const struct leg *to, const struct leg *who, struct buf *b);
/** All of it in the first INVITE to a leg that is called. */
void present_write_invite(const struct leg *l, struct buf *b);
/** Notes what a caller's INVITE says of himself, of redirections, and what passes. */
void present_take_invite(struct leg *caller, const struct sip_msg *req);
/** Notes what an 18x or 2xx says of who answers. */
void present_take_response(struct leg *l, const struct sip_msg *resp);
/** Notes what passes of a BYE or CANCEL to those who hear of the end from us. */
void present_keep_end(struct call *c, const struct sip_msg *req);
/** The call was redirected once more. d is copied. */
void diversion_note(struct call *c, const struct diversion *d);

/* ---- heard.c ---- */
/** While they talk: figures of the first stream. Tells the live page what has changed. */
void heard_now(struct call *c, const struct media_stats *stats);
/** The voices go past us from now on, or come here again. */
void heard_direct(struct call *c, bool on);
/** It is over, and not counted among those that talk any more. */
void heard_end(struct call *c);
/** The first stream of a call has ended. */
void heard_note(struct call *c, const struct media_stats *stats);

/* ---- record.c ---- */
void record_begin(struct call *c);
void record_update(struct call *c);
void record_end(struct call *c);
void record_live(struct call *c, enum live_call_state state);
/** For the record: the phone that has answered, the line that it is on. */
void record_note_called(struct call *c, const struct leg *called);
/** Who is called, as others may know it: of a private call without the last digits. */
struct slice record_called(const struct call *c, char out[LIVE_NUMBER_BYTES]);
/** What happened, added to the plan's reasons. args: REASON_ARGS() or NULL. */
void record_reason(struct call *c, enum reason r, const struct slice *args);
/** One as it travels. */
void record_reason_text(struct call *c, struct slice text);

/* ---- watch.c ---- */
/** Tells watchers the state of a leg, when it is new to them; CONFIRMED: always. */
void watch_tell(struct leg *l, enum call_dialog_state state);
/** Hold and the other party may have changed for both seats. */
void watch_tell_seats(struct call *c);

/* ---- ending.c ---- */
/** The Reason line for those we hang up on, of the last reason recorded; may be empty. */
struct slice ending_header(const struct call *c);

/* ---- status.c ---- */
/** What the caller is told when a phone said status. */
uint16_t status_for_caller(uint16_t status);
/** The same when the public network said it: there a number may not exist, or be forbidden. */
uint16_t status_from_line(uint16_t status);
/** The better of two answers to give to a caller (0 = none yet). */
uint16_t status_better(uint16_t a, uint16_t b);
enum cdr_result status_result(uint16_t status);

#endif
