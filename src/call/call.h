/*
 * call/ - telephone calls: a back-to-back user agent that executes plans.
 *
 * The switch owns calls, a call owns its legs, a leg owns its dialog. A call has two
 * seats, the caller's and the called one; legs ring for a seat, and a transfer gives
 * a seat to another leg. It asks routing/ what to do, rings,
 * connects media through media/, carries re-INVITEs from one side to the other,
 * watches the session, and says at the end what happened: one record a call.
 *
 * One thread (signalling or a simulation); no I/O, no clock of its own: requests,
 * events and timers go in, messages leave through sip/. Decides nothing about who
 * is rung. Knows no HTTP, no SQL, no sockets; who is calling was authenticated
 * before.
 */
#ifndef CALL_CALL_H
#define CALL_CALL_H

#include "call/line.h"
#include "directory/directory.h"
#include "directory/prompts.h"
#include "media/media.h"
#include "model/callman.h"
#include "model/feature.h"
#include "model/live_conference.h"
#include "model/pin.h"
#include "model/voicemail.h"
#include "sip/core.h"
#include "sip/dialog.h"

struct call_switch;
struct call_app_kind;

enum {
	CALL_ID_BYTES = 24,
	CALL_LEGS_MAX = 128,
	CALL_CONTACTS_MAX = 8,
	CALL_KEPT_FORMAT = 1, /* of what called_keep is given */
};

/* Where a phone can be reached; texts borrowed until the asking callback returns. */
struct call_contact {
	struct slice uri;
	struct sip_flow flow;
	struct slice route; /* Route header lines with CR LF (Path, Service-Route), or empty */
	uint64_t device;    /* the same for all flows of a device that may have several (RFC 5626);
			       0 = this is its only one */
};

/* Who sent a request: exactly one of them. Borrowed. */
struct call_origin {
	const struct dir_phone *phone; /* authenticated */
	const struct dir_line *line;   /* a provider's */
	struct slice called; /* with line: the number it calls, wherever the provider put it */
};

/* RFC 4235, 3.7.1. */
enum call_dialog_state {
	CALL_DIALOG_TRYING,
	CALL_DIALOG_PROCEEDING, /* answered provisionally without a To tag */
	CALL_DIALOG_EARLY,
	CALL_DIALOG_CONFIRMED,
	CALL_DIALOG_TERMINATED,
};

/* The state of a leg that belongs to one of our users changed. Texts are borrowed during
 * the callback. */
struct call_dialog_event {
	int64_t user, phone; /* ids; phone 0 = one that is gone from the directory */
	bool recipient;	     /* its direction (RFC 4235, 4.1): it is called; else the initiator */
	enum call_dialog_state state;
	uint64_t id;	      /* the same for all events of a leg, never used again */
	const char *call;     /* our id of the call */
	struct slice call_id; /* of SIP, with the tags as the user's phone has them: what an */
	struct slice local_tag, remote_tag; /* INVITE with Replaces may name; local_tag is empty
					       until the phone has given one */
	struct slice remote_number, remote_name; /* who is at the other end */
	int64_t remote_user;			 /* 0 = none of ours */
	bool hidden;				 /* the other end does not want to be shown */
	bool held;				 /* by either side */
};

struct call_switch_ops {
	/** A dialog with this peer begins (+1) or ends (-1); may be NULL. */
	void (*on_dialog_count)(void *ctx, const struct addr *peer, int change);
	/** Contacts of a phone, best first; returns how many. */
	size_t (*contacts)(void *ctx, int64_t phone_id, struct call_contact *out, size_t max);
	/** The phone, and the contacts of the one device of it, that this Request-URI with a gr
	 *  parameter means (RFC 5627). ERR_NOT_FOUND: not one of ours; *n 0: the device is not
	 *  registered. NULL: there are no such addresses. */
	enum err (*gruu)(void *ctx, const struct sip_uri *uri, int64_t *phone_id,
	    struct call_contact *out, size_t max, size_t *n);
	/** Another flow of this device, the best one but the failed one. ERR_NOT_FOUND. NULL: no
	 *  device has several. */
	enum err (*next_flow)(void *ctx, int64_t phone_id, uint64_t device,
	    const struct sip_flow *failed, struct call_contact *out);
	/** Milliseconds since 1970. */
	int64_t (*wall_ms)(void *ctx);
	/** The state of a call changed; with state LIVE_CALL_ENDED for the last time. */
	void (*on_live)(void *ctx, const struct live_call *call);
	/** Call records: begin returns a handle for the later two; end is final. A call
	 *  makes exactly one begin and one end. An update with ended_at: the call is over, and
	 *  only what its media still report is missing. */
	uint32_t (*record_begin)(void *ctx, const struct cdr *cdr);
	void (*record_update)(void *ctx, uint32_t handle, const struct cdr *cdr);
	void (*record_end)(void *ctx, uint32_t handle, const struct cdr *cdr);
	/** An emergency call begins, or could not be made; may be NULL. */
	void (*on_emergency)(void *ctx, const struct live_emergency *e);
	/** A line has nothing left for costly calls today; may be NULL. */
	void (*on_spent)(void *ctx, const struct live_spent *s);
	/** A phone may use no PINs for a while; may be NULL. */
	void (*on_pin_locked)(void *ctx, const struct pin_locked *l);
	/** Something stored shall change; call_on_feature_result follows. NULL: nothing can. */
	void (*order)(void *ctx, const struct feature_order *order);
	/** Messages in mailboxes: one begins, has ended (with keep false, too), or somebody at a
	 *  telephone asks; call_on_voicemail_answer follows the first and the last. NULL: there is
	 *  nobody who keeps any. */
	void (*voicemail_began)(void *ctx, const struct voicemail_began *b);
	void (*voicemail_ended)(void *ctx, const struct voicemail_ended *e);
	void (*voicemail_ask)(void *ctx, const struct voicemail_ask *a);
	/** A call waits at this place, or not any more; may be NULL. */
	void (*on_orbit)(void *ctx, const struct live_orbit *o);
	/** A conference, or somebody in one, has changed (conference.h); with over, gone for the
	 * last time. May be NULL. */
	void (*on_conference)(void *ctx, const struct live_conference *c);
	void (*on_conference_member)(void *ctx, const struct live_conference_member *m);
	/** Whom a planned conference has called, over restart and crash, as registrar_ops keep
	 *  registrations; call_restore_called brings it back. NULL = it is not kept. */
	void (*called_keep)(void *ctx, uint32_t *handle, struct slice value);
	void (*called_forget)(void *ctx, uint32_t handle);
	/** What a user may have completed, or waits for, has changed; may be NULL. */
	void (*on_completion)(void *ctx, const struct live_completion *c);
	/** A request of the directory is over: its row is to go. */
	void (*on_completed)(void *ctx, const struct live_completed *c);
	/** For those who watch users; NULL = nobody. */
	void (*on_dialog)(void *ctx, const struct call_dialog_event *ev);
};

struct call_switch_params {
	struct sip_core *core; /* borrowed, as all here */
	struct timers *timers;
	struct rng *rng;
	struct media *media;
	const struct directory *directory;
	const struct call_switch_ops *ops;
	void *ctx;
	const struct call_line_ops *line_ops; /* trunk/; NULL = there are no lines */
	void *line_ctx;
	const struct call_app_kind *const *apps; /* of each routing_app; NULL: there are none */
	struct prompt_folders prompts;		 /* sounds NULL: nothing is said */
	struct media_sound *hold_tone; /* shared, for who waits and cannot hear music; NULL: none */
	struct media_sound *ringback;  /* the same: it rings at the other end */
	struct media_sound *refusal_tone; /* the same: nobody can be reached there */
	size_t calls_max;		  /* beyond: 503; 0 = 20,000 */
};

/* How well one side of a call heard the other. */
enum call_quality { CALL_QUALITY_GOOD, CALL_QUALITY_FAIR, CALL_QUALITY_POOR, CALL_QUALITIES };

struct call_switch_stats {
	uint64_t calls, answered;
	uint64_t messages, messages_delivered, messages_refused; /* text ones outside of calls */
	uint64_t refused_limit, no_ack, media_timeouts, session_timeouts;
	uint64_t transfers, transfers_failed,
	    replaced; /* REFERs taken; INVITEs with Replaces taken */
	uint64_t by_result[CDR_INTERRUPTED + 1];
	uint64_t heard[CALL_QUALITIES];		 /* sides of calls that are over */
	uint64_t heard_now[LIVE_VOICE_POOR + 1]; /* calls, by the side that hears worse */
	uint64_t media_failures;		 /* calls ended by them */
	size_t calls_now, legs_now, streams_now; /* objects alive, lingering ones included */
	size_t calls_up;			 /* ringing or talking */
};

ERR_MUST_CHECK enum err call_switch_new(
    struct call_switch **out, const struct call_switch_params *p);
/** Frees everything without a word to anybody. Before core and media. */
void call_switch_free(struct call_switch *sw);
/** A new snapshot. Running calls keep what they were planned with; the old
 *  snapshot is not touched any more after this returns. */
void call_switch_set_directory(struct call_switch *sw, const struct directory *dir);

/** A new INVITE without To tag, from somebody whose right to speak was checked (from is
 *  borrowed). The answer goes out here, now or later. */
void call_on_invite(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct call_origin *from);
/** A MESSAGE without To tag from an authenticated phone (borrowed): goes to all phones of the
 *  user it names. The answer goes out here, now or later (RFC 3428). */
void call_on_message(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *from);
/** A request with a To tag (BYE, re-INVITE, INFO …). False: no dialog of ours, and
 *  nothing was answered. */
bool call_on_in_dialog(struct call_switch *sw, struct sip_server *tsx, const struct sip_msg *req);
/** Does a request with a To tag belong to one of our dialogs? */
bool call_has_dialog(const struct call_switch *sw, const struct sip_msg *req);
void call_on_ack(struct call_switch *sw, const struct sip_msg *ack, const struct sip_flow *flow);
/** media's on_event. */
void call_on_media_event(struct call_switch *sw, const struct media_event *ev);

/** What became of an order. */
void call_on_feature_result(struct call_switch *sw, const struct feature_result *r);
/** What became of a beginning or a wish; borrowed. */
void call_on_voicemail_answer(struct call_switch *sw, const struct voicemail_answer *a);
/** Ends a call by its id. ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err call_hang_up(struct call_switch *sw, struct slice call_id);
/** Does what somebody asks of a call of his (model/callman.h); what follows shows in live states
 *  and records. out is filled in. */
void call_command(struct call_switch *sw, const struct call_command *cmd, struct call_result *out);
/** May number, as dialled behind the outside prefix, be called to test a line? ERR_INVALID: no
 *  number of the public network; ERR_DENIED: an emergency number. */
ERR_MUST_CHECK enum err call_trial_check(const struct call_switch *sw, struct slice number);
/** Calls it through exactly this line, plays a tone for some seconds when it is picked up, and
 *  hangs up (LIN-2). Live states and the record tell how it goes; call_id is written before the
 *  first. Errors as above; ERR_NOT_FOUND (the line), ERR_LIMIT, ERR_NOMEM. */
ERR_MUST_CHECK enum err call_trial(
    struct call_switch *sw, int64_t line_id, struct slice number, char call_id[CALL_ID_BYTES]);
/** Ends all calls, for an orderly stop; the records follow as media reports. */
void call_switch_end_all(struct call_switch *sw);
const struct call_switch_stats *call_switch_get_stats(const struct call_switch *sw);

/** The id of the call a SIP Call-ID belongs to (both legs give the same), for traces:
 *  a hash of the caller's Call-ID, carried in the Call-IDs we make. Writes
 *  CALL_ID_BYTES at most. Needs no state, so it knows before the call exists. */
void call_id_of(struct slice sip_call_id, char out[CALL_ID_BYTES]);

/* Whom an Allow is for (RFC 3261, 20.5). */
enum call_allow {
	CALL_ALLOW_ANYWHERE,   /* outside of calls: all we take at all */
	CALL_ALLOW_PHONE,      /* in a phone's call */
	CALL_ALLOW_LINE,       /* in a call to or from a provider */
	CALL_ALLOW_LINE_REFER, /* the same, when it may transfer */
};

/** "INVITE, ACK, …", by enum call_allow. */
extern const struct slice call_allow[];
/** Allow, Supported and Accept, as answers to OPTIONS carry them. */
void call_write_capabilities(struct buf *b);
/** So many minutes of costly calls were made on a line today, before the switch began, and so much
 *  did they cost. */
void call_spent(struct call_switch *sw, int64_t line, uint32_t minutes, int64_t charge_micro);
/** The phone was locked at that time (ms since 1970), before the switch began. */
void call_pin_locked(struct call_switch *sw, int64_t phone, int64_t at_ms);
/** What called_keep kept in the run before. */
void call_restore_called(struct call_switch *sw, uint32_t handle, struct slice value);
/** A request that begins a call to an emergency number: nothing may refuse it but its log-in. */
bool call_is_emergency(const struct directory *dir, const struct sip_msg *req);
/** Unsupported lines for what a request requires of us and we do not know (RFC 3261, 8.2.2.3);
 *  false: there is nothing, the request may be served. */
bool call_write_unsupported(struct buf *b, const struct sip_msg *req);

#endif
